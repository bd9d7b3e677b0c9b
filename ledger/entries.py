"""Entries on their way into a book and where they came to stand. Imports no Django."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from ledger.money import Line


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry to be posted. `kind` is a word of the app that owns it; `memo` is kept apart and can be erased."""

    effective_on: date
    kind: str
    postings: Sequence[Line]
    memo: str | None = None
    reverses_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Posted:
    """Where an entry stands in its book: `seq` has no gaps, `hash` is the head of the chain after it."""

    id: UUID
    seq: int
    effective_on: date
    recorded_at: datetime
    hash: bytes
