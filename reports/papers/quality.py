"""How good a group's loans are, for who lends to it: what is at risk, the classes, what of the dues came in, and the
twelve months to the day. A part of the lender's paper."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext

from ledger.dates import short_day
from ledger.money import SIGNS, grouped
from loans import portfolio
from loans.portfolio import Collected, Figures, Portfolio
from loans.views.words import comma
from members.models import Group
from reports.papers.frame import Table
from reports.papers.periods import month_ends
from reports.papers.trend import Bar, drawn, scale_of

MONTHS = 12
AT_RISK = 30
"""The days late from which the trend counts a loan as at risk."""


@dataclass(frozen=True, slots=True)
class Risk:
    """The principal of loans at least so many days late, and its part of what is owed ("–": nothing is)."""

    days: int
    amount: int
    percent: str


@dataclass(frozen=True, slots=True)
class ClassSum:
    """A class: its loans, what they owe, and what is to be set aside."""

    name: str
    loans: int
    outstanding: int
    provision: int


@dataclass(frozen=True, slots=True)
class Month:
    """The last day of a month, or the paper's own: what was owed and at risk then; what fell due in the month and what
    was paid in it."""

    on: date
    outstanding: int
    at_risk: int
    risk_percent: str
    due: int
    paid: int
    paid_percent: str


@dataclass(frozen=True, slots=True)
class Quality:
    """At the end of the last of its months. `due`, `paid` and `collection` are of all its months together."""

    loans: int
    outstanding: int
    late_principal: int
    late_interest: int
    risks: tuple[Risk, ...]
    classes: tuple[ClassSum, ...]
    provision: int
    due: int
    paid: int
    collection: str
    months: tuple[Month, ...]
    language: str
    sign: str
    digits: int

    @property
    def marks(self) -> Mapping[str, str]:
        """The drawing that the template names `mark:trend`."""
        bars = [Bar(short_day(one.on, self.language).split()[1], one.outstanding, one.at_risk) for one in self.months]
        return {"trend": drawn(bars, [self.sign + grouped(amount, self.digits) for amount in scale_of(bars)])}


def quality(group: Group, *, until: date, language: str) -> Quality:
    """The quality of what is owed at the end of a day; as many questions for a large group as for a small one."""
    ends = month_ends(until, MONTHS)
    whole = portfolio.portfolio(group, as_of=until)
    figures = [portfolio.figures(group.id, as_of=on) for on in ends]
    came = portfolio.collected(group.id, since=ends[0].replace(day=1), until=until)
    return of(group, whole, list(zip(ends, figures, strict=True)), came, language)


def of(
    group: Group, whole: Portfolio, ends: Sequence[tuple[date, Figures]], came: Sequence[Collected], language: str
) -> Quality:
    """The part out of these figures, in the language that is in force."""
    by_month = {one.month: one for one in came}
    months = tuple(_month(on, figures, by_month.get(on.replace(day=1))) for on, figures in ends)
    due, paid = sum(one.due for one in months), sum(one.paid for one in months)
    return Quality(
        loans=whole.loans,
        outstanding=whole.outstanding,
        late_principal=whole.arrears_principal,
        late_interest=whole.arrears_interest,
        risks=tuple(Risk(days, one.amount, told(one.percent)) for days, one in sorted(whole.par.items())),
        classes=tuple(
            ClassSum(gettext(one.class_name), one.loans, one.outstanding, one.provision) for one in whole.classes
        ),
        provision=whole.provisions_due,
        due=due,
        paid=paid,
        collection=told(portfolio.percent(paid, due)),
        months=months,
        language=language,
        sign=SIGNS.get(group.currency, group.currency + "\u00a0"),
        digits=group.digits,
    )


def _month(on: date, figures: Figures, came: Collected | None) -> Month:
    due, paid = (came.due, came.paid) if came else (0, 0)
    at_risk = figures.par[AT_RISK]
    return Month(
        on=on,
        outstanding=figures.outstanding,
        at_risk=at_risk,
        risk_percent=told(portfolio.percent(at_risk, figures.outstanding)),
        due=due,
        paid=paid,
        paid_percent=told(portfolio.percent(paid, due)),
    )


def told(percent: Decimal | None) -> str:
    """`12,5%`, or a dash where there is nothing to divide by."""
    return "–" if percent is None else f"{comma(percent)}%"


def tables(body: Quality) -> tuple[Table, ...]:
    """Risks, classes and months as data."""
    return (
        Table(
            "risiko", ("days", "amount", "percent"), tuple((one.days, one.amount, one.percent) for one in body.risks)
        ),
        Table(
            "kelas",
            ("class", "loans", "outstanding", "provision"),
            tuple((one.name, one.loans, one.outstanding, one.provision) for one in body.classes),
        ),
        Table(
            "bulan",
            ("until", "outstanding", "at_risk", "due", "paid"),
            tuple((one.on, one.outstanding, one.at_risk, one.due, one.paid) for one in body.months),
        ),
    )
