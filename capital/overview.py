"""Where a group's capital comes from and where it is now, at the end of any day: one question to the ledger, laid out
in two columns that are equal because every entry is.

Each account of the book stands in exactly one place, those of the chart with all their leaves; memo accounts, which are
off the balance, in none. What a facility owes beside its principal (due, arrears) is derived and stands beside it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from capital import queries
from capital.models import GRANTS, Facility
from ledger import queries as books
from ledger.queries import Head

LENDERS = ("2-1110", "2-1120", "2-1130")
INTEREST_DUE = "2-1140"
SAVINGS = {"liability": ("2-1010", "2-1020", "2-1030", "2-1040"), "equity": ("3-1010", "3-1020")}
RESERVES = ("3-2010", "3-2020")
OPENING = ("3-9010",)
CASH = ("1-1010", "1-1020", "1-1030")
BANK = ("1-1110", "1-1120", "1-1130")
LOANS = {"material": "1-1210", "working": "1-1220", "seasonal": "1-1230", "social": "1-1240", "allowance": "1-1290"}
RECEIVABLES = ("1-1310", "1-1320", "1-1330", "1-1340")


@dataclass(frozen=True, slots=True)
class FacilityRow:
    """A facility in the view: `outstanding` is its account's balance; `due` unpaid of what fell due by the day, costs
    included, `arrears` the part that fell due before it."""

    facility: Facility
    limit: int
    drawn: int
    outstanding: int
    due: int
    arrears: int


@dataclass(frozen=True, slots=True)
class Sources:
    """Where it comes from. `lenders` are the facilities, `other_loans` what is owed to lenders without one,
    `interest_due` what costs are owed (under accrual). `surplus` is that of earlier years with this one's so far."""

    lenders: list[FacilityRow]
    other_loans: int
    interest_due: int
    savings: dict[str, int]
    grants: dict[str, int]
    reserves: int
    surplus: int
    opening: int
    other: int

    @property
    def borrowed(self) -> int:
        return sum(one.outstanding for one in self.lenders) + self.other_loans

    @property
    def total(self) -> int:
        own = sum(self.savings.values()) + sum(self.grants.values()) + self.reserves + self.surplus + self.opening
        return self.borrowed + self.interest_due + own + self.other


@dataclass(frozen=True, slots=True)
class Uses:
    """Where it is. `loans` by what they are for, the allowance for losses taken off."""

    cash: int
    bank: int
    loans: dict[str, int]
    receivables: int
    other: int

    @property
    def total(self) -> int:
        return self.cash + self.bank + sum(self.loans.values()) + self.receivables + self.other


@dataclass(frozen=True, slots=True)
class Overview:
    """Both sides at the end of a day, and the head of the chain they were read at."""

    as_of: date
    head: Head
    sources: Sources
    uses: Uses


def overview(group_id: UUID, *, as_of: date) -> Overview:
    """The group's capital at the end of a day; `sources.total` equals `uses.total`."""
    found = list(queries.facilities(group_id))
    at = books.balances(group_id, as_of=as_of)
    book = _Book(group_id, at)
    standings = queries.standings(group_id, found, on=as_of)
    rows = [
        FacilityRow(
            one.facility, one.facility.limit, one.drawn, at.get(one.facility.account_id, 0), one.due_now, one.arrears
        )
        for one in standings
        if one.facility.opened_on <= as_of
    ]
    borrowed = book.take(LENDERS)
    sources = Sources(
        lenders=rows,
        other_loans=borrowed - sum(one.outstanding for one in rows),
        interest_due=book.take([INTEREST_DUE]),
        savings={nature: book.take(codes) for nature, codes in SAVINGS.items()},
        grants={kind: book.take([code]) for kind, code in GRANTS.items()},
        reserves=book.take(RESERVES),
        surplus=book.surplus(),
        opening=book.take(OPENING),
        other=book.rest("liability", "equity"),
    )
    uses = Uses(
        cash=book.take(CASH),
        bank=book.take(BANK),
        loans={use: book.take([code]) for use, code in LOANS.items()},
        receivables=book.take(RECEIVABLES),
        other=book.rest("asset"),
    )
    return Overview(as_of, books.head(group_id), sources, uses)


class _Book:
    """Balances by the chart's codes, leaves with their parents, each positive on the side on which its kind grows; what
    was taken is not taken again."""

    def __init__(self, group_id: UUID, at: dict[UUID, int]) -> None:
        self.amounts: dict[tuple[str, str], int] = {}
        for id, code, kind, normal in books.accounts(group_id).values_list("id", "code", "kind", "normal"):
            grows = "D" if kind in ("asset", "expense", "memo") else "C"
            place = kind, code.split(".")[0]
            self.amounts[place] = self.amounts.get(place, 0) + at.get(id, 0) * (1 if normal == grows else -1)

    def take(self, codes: Iterable[str]) -> int:
        wanted = set(codes)
        return sum(self.amounts.pop(place) for place in list(self.amounts) if place[1] in wanted)

    def rest(self, *kinds: str) -> int:
        return sum(self.amounts.pop(place) for place in list(self.amounts) if place[0] in kinds)

    def surplus(self) -> int:
        """Income less expense, with what earlier closings left of it in equity."""
        return self.take(["3-3010", "3-3020"]) + self.rest("income") - self.rest("expense")
