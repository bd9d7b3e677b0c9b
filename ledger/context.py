"""One transaction for one group: `in_book` opens it, names the group and the actor to the database, sets time limits.

Row security shows only the named group's rows. The settings are literal `SET LOCAL` statements, so they end with the
transaction and travel to other nodes. Every web view, task and command enters here; nothing below reads the clock.
"""

import json
import random
import time
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from django.db import OperationalError, transaction

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
    """Whose book is open, who acts (None: the clock), and under which command entries are posted (None: none may).

    `known` is the command's row when it was answered before: fingerprint, actor id, status, answer as JSON text.
    """

    group_id: UUID
    actor_id: UUID | None
    limits: Limits
    command: UUID | None = None
    known: tuple[Any, ...] | None = None


_context: ContextVar[Context | None] = ContextVar("ledger_context", default=None)
request_id: ContextVar[UUID | None] = ContextVar("request_id", default=None)
"""The request being served, if any: the history of what it changes names it."""


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
    """Run `body` in one transaction on one group's rows and return what it returns; under a `command` the book is
    locked first and the command looked up (`current().known`).

    A serialization failure or deadlock (40001, 40P01) runs the whole body again, five times at most. Inside another
    `in_book` it is part of that transaction, which must be the same group's: two groups in one are a bug. Actor and
    limits are then the outer one's again.
    """
    outer = _context.get()
    if outer is not None and outer.group_id != group_id:
        raise RuntimeError(f"the book of {outer.group_id} is open; {group_id} needs a transaction of its own")
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with transaction.atomic():
                token = _context.set(_open(group_id, actor_id, command, limits))
                try:
                    result = body()
                finally:
                    _context.reset(token)
                if outer is not None and (outer.actor_id, outer.limits) != (actor_id, limits):
                    kernel.several("; ".join(_settings(outer.actor_id, outer.limits)))
                return result
        except OperationalError as error:
            if outer is not None or attempt == ATTEMPTS or kernel.sqlstate(error) not in ("40001", "40P01"):
                raise
        time.sleep(random.uniform(0.01, 0.05) * attempt)
    raise AssertionError("unreachable")


def outside_books(actor_id: UUID | None, body: Callable[[], T], *, limits: Limits = WEB) -> T:
    """Run `body` in one transaction on the tables that belong to no group; inside it no group's row is seen.

    What changes is attributed to `actor_id`. Inside an open book it is a bug (RuntimeError).
    """
    if _context.get() is not None:
        raise RuntimeError("a book is open: what belongs to no group needs a transaction of its own")
    with transaction.atomic():
        kernel.several("; ".join(["set local app.group_id = ''", *_settings(actor_id, limits)]))
        return body()


def _settings(actor_id: UUID | None, limits: Limits) -> list[str]:
    """Literal statements: ids are made UUIDs and limits ints here, whatever was passed."""
    actor = "" if actor_id is None else UUID(str(actor_id))
    request = request_id.get()
    who = {name: str(id) for name, id in (("actor", actor), ("request", request)) if id}
    return [
        f"set local app.actor_id = '{actor}'",
        f"set local pghistory.context_metadata = '{json.dumps(who)}'",
        f"set local lock_timeout = '{limits.lock:d}s'",
        f"set local statement_timeout = '{limits.statement:d}s'",
        f"set local idle_in_transaction_session_timeout = '{limits.idle:d}s'",
    ]


def _open(group_id: UUID, actor_id: UUID | None, command: UUID | None, limits: Limits) -> Context:
    """Name group and actor and set the limits; under a command also lock the book and look the command up.

    One round trip of literal statements.
    """
    group = UUID(str(group_id))
    statements = [f"set local app.group_id = '{group}'", *_settings(actor_id, limits)]
    if command is not None:
        columns = "fingerprint, actor_id, status, answer::text"
        statements.append(f"select {columns} from ledger_begin('{group}', '{UUID(str(command))}')")  # noqa: S608
    return Context(group_id, actor_id, limits, command, kernel.several("; ".join(statements)))
