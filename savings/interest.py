"""Interest on daily balances: days, integer money and Decimal rates in, exact and credited interest out. No Django.

A day earns on the balance at its end: `balance × rate / 100 / days of the year`. The sum over all days is kept exact
and rounded once, half up, to the currency's smallest payable unit; what the rounding gave or took stays visible.
`rate_percent` is a year's: three percent is Decimal("3.00"). A balance below zero earns nothing and costs nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

ACTUAL_365, ACTUAL_ACTUAL = "actual_365", "actual_actual"
BASES = (ACTUAL_365, ACTUAL_ACTUAL)
ONE_DAY = timedelta(days=1)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Interest:
    """What a balance earned: `exact`, what is `credited` of it, and the `rounding` between (credited less exact)."""

    exact: Fraction
    credited: int

    @property
    def rounding(self) -> Fraction:
        """More than -1/2 and at most 1/2 of the smallest unit; positive in the saver's favour."""
        return self.credited - self.exact


NOTHING = Interest(Fraction(0), 0)


def daily_balance_interest(
    balances: Sequence[tuple[date, int]],
    *,
    rate_percent: Decimal,
    first: date,
    last: date,
    basis: str = ACTUAL_365,
) -> Interest:
    """Interest at one rate from `first` to `last`, both inclusive.

    `balances` are (day, balance at its end), each day later than the one before; a balance stands until the next.
    Before the first of them nothing stands.
    """
    return interest_at_rates(balances, rates=[(first, rate_percent)], first=first, last=last, basis=basis)


def interest_at_rates(
    balances: Sequence[tuple[date, int]],
    *,
    rates: Sequence[tuple[date, Decimal | None]],
    first: date,
    last: date,
    basis: str = ACTUAL_365,
) -> Interest:
    """The same at rates that change: (day from which, rate; None: none), each later than the one before."""
    exact = sum(
        (
            Fraction(rate) / 100 * earning_days(balances, first=max(first, start), last=min(last, end), basis=basis)
            for start, end, rate in _spans(rates, last)
            if rate
        ),
        Fraction(0),
    )
    return Interest(exact, round_half_up(exact))


def earning_days(balances: Sequence[tuple[date, int]], *, first: date, last: date, basis: str = ACTUAL_365) -> Fraction:
    """The sum of balance × share of a year over the days from `first` to `last`, both inclusive."""
    return sum(
        (
            balance * _years(max(first, start), min(last, end), basis)
            for start, end, balance in _spans(balances, last)
            if balance > 0
        ),
        Fraction(0),
    )


def total(interests: Iterable[Interest]) -> Interest:
    """Several accounts together, for the journal: what is credited is the sum of what each is credited."""
    exact, credited = Fraction(0), 0
    for interest in interests:
        exact, credited = exact + interest.exact, credited + interest.credited
    return Interest(exact, credited)


def round_half_up(value: Fraction) -> int:
    """The nearest whole unit; a half goes up."""
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


def _spans(steps: Sequence[tuple[date, T]], last: date) -> Iterable[tuple[date, date, T]]:
    """Each step with the day before the next one; the last step ends on `last`."""
    for place, (start, value) in enumerate(steps, start=1):
        yield start, steps[place][0] - ONE_DAY if place < len(steps) else last, value


def _years(first: date, last: date, basis: str) -> Fraction:
    """The days from `first` to `last`, both inclusive, in years; none when `last` is before `first`."""
    if last < first:
        return Fraction(0)
    if basis == ACTUAL_365:
        return Fraction((last - first).days + 1, 365)
    if basis != ACTUAL_ACTUAL:
        raise ValueError(f"days are counted by one of {', '.join(BASES)}, not {basis}")
    end = min(last, date(first.year, 12, 31))
    share = Fraction((end - first).days + 1, (date(first.year, 12, 31) - date(first.year - 1, 12, 31)).days)
    return share + _years(end + ONE_DAY, last, basis)
