"""A command has one effect, however often it is sent: the key is unique per group and kept with the answer for ever.

One mechanism for every door. A request brings the key its client made; work of the clock derives its key from what it
is about (`key_for`), so a night that runs twice books once.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid5

from django.db import OperationalError

from ledger import context, kernel
from ledger.errors import CommandInProgress, KeyReused

CLOCK = UUID("6c756d62-756e-5720-8000-6a616d000000")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command answers: HTTP status 2xx, a body of ids, figures and dates, and whether it stood already."""

    status: int
    body: dict[str, Any]
    replayed: bool = False


def fingerprint(method: str, path: str, actor_id: UUID | None, body: Any) -> bytes:
    """sha256 over what makes two requests the same request; the order of JSON keys does not matter."""
    canonical = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256("\n".join([method, path, str(actor_id or "-"), canonical]).encode()).digest()


def key_for(*parts: object) -> UUID:
    """The key of work that no client asked for: the same parts give the same key."""
    return uuid5(CLOCK, "\n".join(str(part) for part in parts))


def keep(group_id: UUID, key: UUID, actor_id: UUID | None, fingerprint: bytes, answer: Answer) -> None:
    """Store what a command answered, in the open transaction. A second answer under the key is an IntegrityError."""
    kernel.call(
        "insert into ledger_command (group_id, key, fingerprint, actor_id, status, answer, recorded_at) "
        "values (%s, %s, %s, %s, %s, %s::jsonb, clock_timestamp())",
        (group_id, key, fingerprint, actor_id, answer.status, json.dumps(answer.body)),
    )


def perform(
    *,
    group_id: UUID,
    key: UUID,
    actor_id: UUID | None,
    fingerprint: bytes,
    act: Callable[[], Answer],
    limits: context.Limits = context.WEB,
) -> Answer:
    """Lock the book, answer a known key from its row, else run `act` and store its answer, all in one transaction.

    Only success is stored: a refusal or a bug rolls back and leaves the key free. Raises KeyReused for another actor or
    body under the key, CommandInProgress when the book stays locked beyond the limit, NoSuchBook.
    """

    def body() -> Answer:
        known = context.current().known
        if known is not None:
            its_fingerprint, its_actor_id, status, stored = known
            if (its_fingerprint, its_actor_id) != (fingerprint, actor_id):
                raise KeyReused(key=key)
            return Answer(status, json.loads(stored), replayed=True)
        answer = act()
        keep(group_id, key, actor_id, fingerprint, answer)
        return answer

    try:
        return context.in_book(group_id, actor_id, body, command=key, limits=limits)
    except OperationalError as error:
        if kernel.sqlstate(error) == "55P03":
            raise CommandInProgress() from error
        raise
