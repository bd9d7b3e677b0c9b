"""A member's own standing: what she has, owes, is asked to bring, and the latest lines of her one book over savings and
loans."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from ledger import queries as books
from loans import history
from loans.history import LoanLine
from savings import queries as savings
from savings.queries import BookPage, PassbookLine

DISBURSEMENT = "loan_disbursement"


@dataclass(frozen=True, slots=True)
class OwnLine:
    """A line of her book. `kind` is that of the entry; `amount` as it changed her savings, or what she owes of loan
    `loan` (negative: she paid). `balance`: her savings after it, None for a line of a loan. `undone`: taken back."""

    entry_id: UUID
    command_id: UUID
    seq: int
    on: date
    kind: str
    amount: int
    balance: int | None
    product: str
    loan: int | None
    undone: bool

    @property
    def key(self) -> tuple[date, int, bool]:
        return self.on, self.seq, self.loan is None


def latest(group_id: UUID, member_id: UUID, page: BookPage, *, limit: int) -> list[OwnLine]:
    """The latest `limit` lines, newest first; `page` is the first one of her savings, of as many lines."""
    lent = history.lines(group_id, member_id, limit=limit)
    undone = books.reversals(group_id, [line.entry_id for line in page.lines])
    return merged(page.lines, lent, undone)[:limit]


def of_entry(group_id: UUID, member_id: UUID, entry_id: UUID) -> list[OwnLine]:
    """The lines of one entry; none where it moved nothing that she counts."""
    lent = history.lines(group_id, member_id, limit=100, entry_id=entry_id)
    saved = savings.lines_of_entry(group_id, member_id, entry_id)
    return merged(saved, lent, books.reversals(group_id, [entry_id]))


def merged(saved: Sequence[PassbookLine], lent: Sequence[LoanLine], undone: dict[UUID, UUID]) -> list[OwnLine]:
    """One list, newest first. What was paid for a loan out of her savings stands once, as it left them."""
    there = {line.entry_id for line in saved}
    found = [
        OwnLine(
            line.entry_id,
            line.command_id,
            line.seq,
            line.effective_on,
            line.kind,
            line.amount,
            line.balance_after,
            line.product,
            None,
            line.entry_id in undone,
        )
        for line in saved
    ]
    found += [
        OwnLine(
            line.entry_id,
            line.command_id,
            line.seq,
            line.effective_on,
            line.kind,
            line.amount,
            None,
            "",
            line.number,
            line.undone,
        )
        for line in lent
        if line.about == DISBURSEMENT or line.entry_id not in there
    ]
    return sorted(found, key=lambda line: line.key, reverse=True)
