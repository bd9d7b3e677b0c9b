"""A lender's facilities on paper: what was agreed, what was drawn and paid back, what is due, and the schedule."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.utils.translation import gettext_noop

from capital import queries as capital
from capital.account import State
from capital.models import Facility
from capital.queries import Standing
from ledger import queries as books
from loans.allocation import FEE, INTEREST, PRINCIPAL
from members.models import Group
from reports.papers.frame import Table
from reports.papers.lent import agreed
from reports.papers.moved import Rows, moved
from reports.papers.slips import Told

SHORTER = {"facility_drawdown": gettext_noop("Pencairan"), "facility_payment": gettext_noop("Angsuran")} | {
    "facility_reallocation": gettext_noop("Dihitung ulang"),
}
"""Under the head of a facility its lines need not say that they are about one."""


@dataclass(frozen=True, slots=True)
class Instalment:
    """What is asked for on a day, of which drawdown, and what is paid of it; `state`: paid, late, due or upcoming."""

    drawdown: int
    number: int
    due_on: date
    principal: int
    interest: int
    other: int
    paid: int
    left: int
    state: str


@dataclass(frozen=True, slots=True)
class Line:
    """What an entry moved: drawn, or paid and what of it was principal, interest and fees. `balance`: the principal
    owed after it. `provision` is what the lender kept of what was drawn, None where it kept nothing: the rest came in.
    A line that takes another back has its amounts negative."""

    on: date
    slip: str
    about: str
    drawn: int | None
    paid: int | None
    principal: int | None
    interest: int | None
    other: int | None
    balance: int
    undone: bool
    provision: int | None = None

    @property
    def received(self) -> int | None:
        """What of the money drawn came in."""
        return None if self.drawn is None else self.drawn - (self.provision or 0)


@dataclass(frozen=True, slots=True)
class FacilityCard:
    """A facility at the end of a day. `opening` and `closing` are principal, `scheduled` what of it the schedules still
    ask for; `used` was drawn of the limit in all; `due_now` fell due on or before the day and is unpaid, `arrears` the
    part of it that fell due before, `days` ago the oldest; `payoff` ends it on that day."""

    number: int
    opened_on: date
    agreed: str
    limit: int
    used: int
    available: int
    opening: int
    closing: int
    scheduled: int
    due_now: int
    arrears: int
    days: int
    next_due_on: date | None
    next_due_amount: int
    payoff: int
    ended_on: date | None
    instalments: tuple[Instalment, ...]
    lines: tuple[Line, ...]

    @property
    def several(self) -> bool:
        """Whether it was drawn in several parts, each with a schedule of its own."""
        return len({one.drawdown for one in self.instalments}) > 1

    @property
    def largest(self) -> int:
        """The largest figure, for the width of the columns."""
        moved = (abs(amount or 0) for line in self.lines for amount in (line.drawn, line.paid, line.balance))
        return max((self.opening, self.asked.principal, self.asked.left, *moved))

    @property
    def fees(self) -> bool:
        """Whether it ever asks for, or was paid, a fee."""
        return any(one.other for one in self.instalments) or any(line.other for line in self.lines)

    @property
    def drawn(self) -> int:
        return sum(line.drawn or 0 for line in self.lines)

    @property
    def provision(self) -> int:
        return sum(line.provision or 0 for line in self.lines)

    @property
    def kept(self) -> bool:
        """Whether the lender kept anything of what was drawn."""
        return any(line.provision for line in self.lines)

    @property
    def received(self) -> int:
        return sum(line.received or 0 for line in self.lines)

    @property
    def paid(self) -> int:
        return sum(line.paid or 0 for line in self.lines)

    @property
    def principal_paid(self) -> int:
        return sum(line.principal or 0 for line in self.lines)

    @property
    def interest_paid(self) -> int:
        return sum(line.interest or 0 for line in self.lines)

    @property
    def other_paid(self) -> int:
        return sum(line.other or 0 for line in self.lines)

    @property
    def asked(self) -> "Asked":
        """The columns of the schedule, added up."""
        names = ("principal", "interest", "other", "paid", "left")
        return Asked(*(sum(getattr(one, name) for one in self.instalments) for name in names))


@dataclass(frozen=True, slots=True)
class Asked:
    """The sums of a schedule."""

    principal: int
    interest: int
    other: int
    paid: int
    left: int


def cards(group: Group, facilities: Sequence[Facility], *, since: date | None, until: date) -> tuple[FacilityCard, ...]:
    """Those of these facilities that were promised by then and had not ended before that time; as many questions for
    many as for one."""
    there = [one for one in facilities if one.opened_on <= until]
    standings = capital.standings(group.id, there, on=until)
    known = {one.account_id: one for one in there}
    day_before = None if since is None else since - timedelta(days=1)
    opening = books.balances(group.id, as_of=day_before, account_ids=list(known)) if day_before and known else {}
    ids = {account_id: one.id for account_id, one in known.items()}
    booked = capital.paid_parts(group.id, list(ids.values()))
    rows_of = moved(group.id, ids, booked, raised_by="credit", since=since, until=until)
    kept = capital.kept(group.id, [one.id for one in there])
    told = Told(group, (entry for some in rows_of.values() for entry, _ in some.values()))
    found = []
    for standing in standings:
        before, rows = opening.get(standing.facility.account_id, 0), rows_of[standing.facility.id]
        ended = standing.derived.ended_on
        if rows or before or ended is None or since is None or ended >= since:
            lines = _lines(rows, before, told, kept.get(standing.facility.id, {}))
            found.append(_card(group, standing, lines, opening=before, until=until))
    return tuple(found)


def _card(group: Group, standing: Standing, lines: tuple[Line, ...], *, opening: int, until: date) -> FacilityCard:
    facility, derived = standing.facility, standing.derived
    return FacilityCard(
        number=facility.number,
        opened_on=facility.opened_on,
        agreed=agreed(group, facility.terms),
        limit=facility.limit,
        used=standing.drawn,
        available=standing.available,
        opening=opening,
        closing=lines[-1].balance if lines else opening,
        scheduled=standing.outstanding,
        due_now=standing.due_now,
        arrears=standing.arrears,
        days=standing.days_past_due,
        next_due_on=standing.next_due_on,
        next_due_amount=standing.next_due_amount or 0,
        payoff=derived.payoff.total,
        ended_on=derived.ended_on,
        instalments=tuple(_instalment(one, until) for one in derived.states),
        lines=lines,
    )


def _lines(rows: Rows, opening: int, told: Told, kept: Mapping[UUID, int]) -> tuple[Line, ...]:
    running, lines = opening, []
    for entry, parts in sorted(rows.values(), key=lambda row: (row[0].effective_on, row[0].seq)):
        running += parts["owed"]
        paid = {name: parts.get(name, 0) for name in (PRINCIPAL, INTEREST, FEE)}
        is_payment = any(paid.values())
        lines.append(
            Line(
                on=entry.effective_on,
                slip=told.number(entry),
                about=told.about(entry, SHORTER),
                drawn=None if is_payment else parts["owed"],
                paid=sum(paid.values()) if is_payment else None,
                principal=paid[PRINCIPAL] if is_payment else None,
                interest=paid[INTEREST] if is_payment else None,
                other=paid[FEE] if is_payment else None,
                balance=running,
                undone=entry.id in told.undone,
                provision=kept.get(entry.id),
            )
        )
    return tuple(lines)


def _instalment(one: State, on: date) -> Instalment:
    late = "late" if one.due_on < on else "due" if one.due_on == on else "upcoming"
    return Instalment(
        drawdown=one.drawdown,
        number=one.number,
        due_on=one.due_on,
        principal=one.owed[PRINCIPAL],
        interest=one.owed[INTEREST],
        other=one.owed[FEE],
        paid=one.due - one.unpaid,
        left=one.unpaid,
        state=late if one.unpaid else "paid",
    )


def tables(found: Sequence[FacilityCard]) -> tuple[Table, ...]:
    """Facilities, their lines and schedules as data."""
    stands = ("limit", "used", "opening", "closing", "due_now", "arrears", "days", "payoff")
    moved = ("drawn", "provision", "received", "paid", "principal", "interest", "other", "balance")
    asked = ("principal", "interest", "other", "paid", "left", "state")
    return (
        Table(
            "fasilitas",
            ("facility", "opened_on", "terms", *stands),
            tuple((one.number, one.opened_on, one.agreed, *(getattr(one, name) for name in stands)) for one in found),
        ),
        Table(
            "rekening",
            ("facility", "date", "slip", "about", *moved),
            tuple(
                (one.number, line.on, line.slip, line.about, *(getattr(line, name) for name in moved))
                for one in found
                for line in one.lines
            ),
        ),
        Table(
            "jadwal",
            ("facility", "drawdown", "number", "due_on", *asked),
            tuple(
                (one.number, row.drawdown, row.number, row.due_on, *(getattr(row, name) for name in asked))
                for one in found
                for row in one.instalments
            ),
        ),
    )
