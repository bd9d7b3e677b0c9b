"""Every group at a glance, for the operator of the service: people, money, what is late, and when somebody last wrote.

One query however many groups there are; sums alone, nobody's person. Loans are as the last night left them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from ledger import kernel
from loans.portfolio import percent
from members.models import Group
from members.services import today_in

SILENT_DAYS = 35
"""So many days without an entry, and somebody should ask the group how it is: it meets at least monthly."""
MONTHS_OPEN = 2
"""So many months that are over and not closed."""
RISK_PERCENT = Decimal(10)
"""PAR 30 above this share of what is lent."""
READ = "select * from reports_groups()"


class Read(NamedTuple):
    """A row of `reports_groups()`; groups.sql says what it means."""

    group_id: UUID
    members: int
    savings: int
    loans: int | None
    outstanding: int | None
    par30: int | None
    counted_on: date | None
    begun_on: date | None
    recorded_at: datetime | None
    closed: date | None


@dataclass(frozen=True, slots=True)
class Glance:
    """One group. Money in its currency's smallest unit; loans, their risk and their day are None before its first
    night, the percentage also where nothing is lent. `written_on` is the day of the last entry by a person."""

    group: Group
    members: int
    savings: int
    loans: int | None
    outstanding: int | None
    par30: int | None
    counted_on: date | None
    written_on: date | None
    closed: date | None
    silent: bool
    months_open: int
    par30_percent: Decimal | None

    @property
    def at_risk(self) -> bool:
        return self.par30_percent is not None and self.par30_percent > RISK_PERCENT

    @property
    def behind(self) -> bool:
        return self.months_open >= MONTHS_OPEN

    @property
    def warnings(self) -> int:
        """How many things about it want attention."""
        return self.at_risk + self.silent + self.behind


@dataclass(frozen=True, slots=True)
class Total:
    """All groups of one currency together, demonstrations apart."""

    currency: str
    digits: int
    groups: int
    members: int
    savings: int
    outstanding: int
    par30: int
    par30_percent: Decimal | None


def glances(now: datetime) -> list[Glance]:
    """Every group, what wants attention first; demonstrations last. Outside any book."""
    known = {group.id: group for group in Group.objects.all()}
    rows = [Read(*row) for row in kernel.call(READ, {})]
    found = [_glance(known[row.group_id], row, now) for row in rows if row.group_id in known]
    return sorted(found, key=lambda one: (one.group.demo, -one.warnings, -(one.par30_percent or 0), one.group.name))


def totals(found: Iterable[Glance]) -> list[Total]:
    """By currency, rupiah first."""
    real = [one for one in found if not one.group.demo]
    by_currency: dict[tuple[str, int], list[Glance]] = {}
    for one in real:
        by_currency.setdefault((one.group.currency, one.group.digits), []).append(one)
    order = sorted(by_currency, key=lambda key: (key[0] != "IDR", key))
    return [_total(*key, by_currency[key]) for key in order]


def matching(found: Sequence[Glance], words: str) -> list[Glance]:
    """Those whose name, village, district or regency holds all of the words, or whose id it is."""
    wanted = words.casefold().split()

    def text(group: Group) -> str:
        places = (group.name, group.village, group.district, group.regency, str(group.id))
        return " ".join(place for place in places if place).casefold()

    return [one for one in found if all(word in text(one.group) for word in wanted)]


def _total(currency: str, digits: int, rows: Sequence[Glance]) -> Total:
    outstanding, late = (sum(getattr(one, name) or 0 for one in rows) for name in ("outstanding", "par30"))
    return Total(
        currency=currency,
        digits=digits,
        groups=len(rows),
        members=sum(one.members for one in rows),
        savings=sum(one.savings for one in rows),
        outstanding=outstanding,
        par30=late,
        par30_percent=percent(late, outstanding),
    )


def _glance(group: Group, read: Read, now: datetime) -> Glance:
    today = today_in(group, now)
    written_on = today_in(group, read.recorded_at) if read.recorded_at else None
    return Glance(
        group=group,
        members=read.members,
        savings=read.savings,
        loans=read.loans,
        outstanding=read.outstanding,
        par30=read.par30,
        counted_on=read.counted_on,
        written_on=written_on,
        closed=read.closed,
        silent=(today - (written_on or today_in(group, group.created_at))).days > SILENT_DAYS,
        months_open=_months_open(today, read.begun_on, read.closed),
        par30_percent=percent(read.par30 or 0, read.outstanding or 0),
    )


def _months_open(today: date, begun_on: date | None, closed: date | None) -> int:
    """How many months have ended and are not closed, from the first that has an entry."""
    if begun_on is None:
        return 0
    done = _number(closed) if closed else _number(begun_on) - 1
    return max(_number(today) - done - 1, 0)


def _number(day: date) -> int:
    return day.year * 12 + day.month
