"""One transaction for one group: `in_book` opens it, names the group and the actor to the database, sets time limits.

Row security shows only the named group's rows. The settings are literal `SET LOCAL` statements, so they end with the
transaction and travel to other nodes. Every web view, task and command enters here; nothing below reads the clock.
"""

import random
import time
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import NamedTuple, TypeVar
from uuid import UUID

import psycopg
from django.db import OperationalError, transaction
from psycopg import sql

from ledger import kernel

T = TypeVar("T")
ATTEMPTS = 5


class Limits(NamedTuple):
    """Seconds a transaction may wait for a lock, spend in one statement, and sit idle; 0 is no limit."""

    lock: int
    statement: int
    idle: int


WEB, WORKER, COMMAND = Limits(3, 10, 15), Limits(3, 60, 60), Limits(10, 0, 600)


@dataclass(frozen=True, slots=True)
class Context:
    """Whose book is open, who acts (None: the clock), and under which command entries are posted (None: none may)."""

    group_id: UUID
    actor_id: UUID | None
    command: UUID | None = None


_context: ContextVar[Context | None] = ContextVar("ledger_context", default=None)


def current() -> Context:
    """The open context. Calling it outside `in_book` is a bug and raises RuntimeError."""
    context = _context.get()
    if context is None:
        raise RuntimeError("no book is open: enter through ledger.context.in_book")
    return context


def in_book(
    group_id: UUID,
    actor_id: UUID | None,
    body: Callable[[], T],
    *,
    command: UUID | None = None,
    limits: Limits = WEB,
) -> T:
    """Run `body` in one transaction on one group's rows and return what it returns.

    A serialization failure or deadlock (40001, 40P01) runs the whole body again, five times at most. Inside another
    `in_book` it is part of that transaction, which must be the same group's: two groups in one are a bug.
    """
    outer = _context.get()
    if outer is not None and outer.group_id != group_id:
        raise RuntimeError(f"the book of {outer.group_id} is open; {group_id} needs a transaction of its own")
    context = Context(group_id, actor_id, command)
    for attempt in range(1, ATTEMPTS + 1):
        token = _context.set(context)
        try:
            with transaction.atomic():
                _name(context, limits)
                return body()
        except (OperationalError, psycopg.OperationalError) as error:
            if outer is not None or attempt == ATTEMPTS or kernel.sqlstate(error) not in ("40001", "40P01"):
                raise
        finally:
            _context.reset(token)
        time.sleep(random.uniform(0.01, 0.05) * attempt)
    raise AssertionError("unreachable")


_SETTINGS = sql.SQL(
    "set local app.group_id = {}; set local app.actor_id = {}; set local lock_timeout = {}; "
    "set local statement_timeout = {}; set local idle_in_transaction_session_timeout = {}"
)


def _name(context: Context, limits: Limits) -> None:
    settings = _SETTINGS.format(
        sql.Literal(str(UUID(str(context.group_id)))),
        sql.Literal(str(context.actor_id or "")),
        *(sql.Literal(f"{seconds}s") for seconds in limits),
    )
    kernel.several(settings)
