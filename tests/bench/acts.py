"""The acts that are measured, entered where a view or a task enters: one command, one transaction each."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from ledger import queries, services
from ledger.commands import Answer, fingerprint, perform
from ledger.context import COMMAND, WEB, Limits, in_book
from ledger.entries import NewEntry
from ledger.ids import uuid7
from ledger.money import Line, credit, debit

ACTOR = uuid7()
CASH, FEES = "1-1010", "4-1040"
TODAY = date(2026, 3, 5)


@dataclass(frozen=True, slots=True)
class BenchBook:
    """A book and the two accounts of it that entries use."""

    group_id: UUID
    cash: UUID
    fees: UUID

    def lines(self, amount: int = 10_000) -> list[Line]:
        return [debit(self.cash, amount), credit(self.fees, amount)]


def opened() -> BenchBook:
    """A new book with the whole chart of accounts."""
    group_id = uuid7()

    def act() -> BenchBook:
        services.open_book(group_id)
        known = queries.accounts_by_code(group_id, [CASH, FEES])
        return BenchBook(group_id, known[CASH].id, known[FEES].id)

    return in_book(group_id, ACTOR, act)


def post_one(book: BenchBook) -> None:
    """One entry of two lines, with all that a view would add but HTTP: fingerprint, context, command row, lock, proof,
    chain, commit."""
    body = {"kind": "payment", "amount": 10_000, "cash": str(book.cash), "fees": str(book.fees)}

    def act() -> Answer:
        posted = services.post_entry(book.group_id, effective_on=TODAY, kind="payment", postings=book.lines())
        return Answer(201, {"entry_id": str(posted.id), "seq": posted.seq})

    _perform(book, act, body, WEB)


def post_many(book: BenchBook, entries: Sequence[NewEntry]) -> None:
    """A list of entries as one act under one command."""

    def act() -> Answer:
        posted = services.post_entries(book.group_id, entries)
        return Answer(201, {"first_seq": posted[0].seq, "entries": len(posted)})

    _perform(book, act, len(entries), COMMAND)


def _perform(book: BenchBook, act, body: object, limits: Limits) -> None:
    print_of_it = fingerprint("POST", f"/groups/{book.group_id}/entries", ACTOR, body)
    perform(group_id=book.group_id, key=uuid7(), actor_id=ACTOR, fingerprint=print_of_it, act=act, limits=limits)


def pairs(book: BenchBook, count: int, *, spread: int = 0) -> list[NewEntry]:
    """Entries of two lines, dated over the `spread` days before today."""
    days = [TODAY - timedelta(days=random.randrange(spread + 1)) for _ in range(count)]
    return [NewEntry(day, "payment", book.lines()) for day in days]
