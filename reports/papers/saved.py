"""A member's savings on paper: a card for each product, with its lines and the balance after each."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from ledger import queries as books
from ledger.models import Posting
from members.models import Group
from reports.papers.slips import Told
from savings import queries as savings


@dataclass(frozen=True, slots=True)
class Movement:
    """A line of a card: one of `incoming` and `outgoing` is an amount, the other None. `undone`: taken back since."""

    on: date
    slip: str
    about: str
    incoming: int | None
    outgoing: int | None
    balance: int
    undone: bool


@dataclass(frozen=True, slots=True)
class Card:
    """A product of hers: `opening` and `closing` are balances, `incoming` and `outgoing` the sums of the columns."""

    code: str
    name: str
    opening: int
    closing: int
    lines: tuple[Movement, ...]

    @property
    def incoming(self) -> int:
        return sum(line.incoming or 0 for line in self.lines)

    @property
    def outgoing(self) -> int:
        return sum(line.outgoing or 0 for line in self.lines)


def cards(group: Group, member_id: UUID, *, since: date | None, until: date) -> tuple[Card, ...]:
    """Her products that held something or moved, the group's oldest first."""
    theirs = sorted(savings.accounts(group.id, member_id=member_id), key=lambda one: str(one.product_id))
    ids = [one.account_id for one in theirs]
    opening = {} if since is None else books.balances(group.id, as_of=since - timedelta(days=1), account_ids=ids)
    moved: dict[UUID, list[Posting]] = defaultdict(list)
    for posting in books.postings_between(group.id, ids, since=since, until=until) if ids else ():
        moved[posting.account_id].append(posting)
    told = Told(group, (posting.entry for some in moved.values() for posting in some))
    found = (
        _card(one.product.code, one.product.name, opening.get(one.account_id, 0), moved[one.account_id], told)
        for one in theirs
    )
    return tuple(card for card in found if card.lines or card.opening)


def _card(code: str, name: str, opening: int, postings: list[Posting], told: Told) -> Card:
    running, lines = opening, []
    for posting in postings:
        running += posting.credit - posting.debit
        lines.append(
            Movement(
                on=posting.effective_on,
                slip=told.number(posting.entry),
                about=told.about(posting.entry),
                incoming=posting.credit or None,
                outgoing=posting.debit or None,
                balance=running,
                undone=posting.entry.id in told.undone,
            )
        )
    return Card(code, name, opening, running, tuple(lines))
