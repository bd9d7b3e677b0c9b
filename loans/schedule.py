"""Repayment schedules: what was agreed in, instalments out. Imports no Django.

Whole numbers only: amounts count the currency's smallest payable unit, and a rate is a fraction of two ints, so nothing
is rounded but interest, level instalments and percentual fees, each once, as `terms.rounding` says. Shares of a whole
are rounded down and the last instalment takes what is left: nothing is ever negative, and columns sum exactly.

Everything here takes terms that have passed `terms.check`.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from loans.calendar import NATIONAL, Calendar, elapsed
from loans.terms import LATEST, BadTerms, RatePer, Terms, When, due_on

ONE_DAY = timedelta(days=1)
YEAR_PERIODS = {"month": 12, "week": 52, "day": 365}
YEAR_DAYS = {"actual_365": 365, "actual_360": 360, "actual_364": 364}


class Installment(NamedTuple):
    """One row. Its period runs from `from_on`, exclusive, to `due_on`, inclusive; `balance` is the principal owed after
    it."""

    number: int
    due_on: date
    principal: int
    interest: int
    fee: int
    balance: int
    from_on: date

    @property
    def due(self) -> int:
        """All that is to be paid for this row."""
        return self.principal + self.interest + self.fee


def schedule(terms: Terms, calendar: Calendar = NATIONAL) -> tuple[Installment, ...]:
    """The instalments of a loan as agreed, nothing paid yet; they sum to `terms.principal` and are strictly in order.

    Raises BadTerms when the calendar holds no meeting where the terms ask for one, or carries a day past the year 2200.
    """
    dates = due_dates(terms, calendar)
    principals, accrued = _columns(terms, dates)
    interests = _deferred(accrued, terms.grace_interest)
    return _rows(terms.principal, dates, principals, interests, fee=installment_fees(terms))


def rerated(
    terms: Terms, installments: Sequence[Installment], *, from_number: int, rate: Decimal, rate_per: RatePer
) -> tuple[Installment, ...]:
    """The same instalments, those from `from_number` on at another rate; dates and fees stay.

    An annuity is sized anew on the principal then left. Flat and sum of digits ask in those rows what the loan would
    ask had it borne the new rate from the start; an interest agreed row by row stays. Interest that a grace period has
    put off until then is owed at the rate of `terms`, the old one. Raises ValueError when there is no such number.
    """
    if not 1 <= from_number <= len(installments):
        raise ValueError(f"a loan of {len(installments)} instalments has no number {from_number}")
    first, dates = from_number - 1, [terms.disbursed_on, *(one.due_on for one in installments)]
    left = installments[first - 1].balance if first else terms.principal
    principals, interests = _columns(replace(terms, rate=rate, rate_per=rate_per), dates, first, left)
    if first <= terms.grace_interest:
        before = _columns(terms, dates)[1][:first]
        interests = _deferred(before + interests, terms.grace_interest)[first:]
    rows = _rows(left, dates[first:], principals, interests, fee=installments[first].fee, number=from_number)
    return (*installments[:first], *rows)


def upfront_fees(terms: Terms) -> int:
    """What is kept back at disbursement; the borrower receives `terms.principal` less this, which may be nothing."""
    return _fees(terms, "upfront")


def installment_fees(terms: Terms) -> int:
    """What every instalment asks beside principal and interest."""
    return _fees(terms, "installment")


def due_dates(terms: Terms, calendar: Calendar = NATIONAL) -> list[date]:
    """The day of disbursement, then every due date, strictly increasing.

    Two that would be moved to one day: the later goes to the next workday or meeting. Raises BadTerms.
    """
    rule, found = terms.due_dates, [terms.disbursed_on]
    counted_on = (due_on(terms, number) for number in range(1, terms.installments + 1))
    if rule == "as_counted":
        return [*found, *counted_on]
    if rule == "meeting_day" and calendar.meeting is None:
        raise BadTerms("due_dates", "invalid", "Kelompok ini belum punya jadwal pertemuan.")
    try:
        for day in counted_on:
            found.append(calendar.moved(max(day, found[-1] + ONE_DAY), rule))
    except OverflowError:
        found.append(date.max)
    if found[-1] > LATEST:
        raise BadTerms("due_dates", "out_of_range", f"Angsuran terakhir jatuh sesudah tahun {LATEST.year}.")
    return found


def rounded(numerator: int, denominator: int, rounding: str) -> int:
    """The nearest whole number to a fraction that is not negative; a half goes up, or to the even one."""
    whole, rest = divmod(2 * numerator + denominator, 2 * denominator)
    return whole - 1 if rest == 0 and rounding == "half_even" and whole % 2 else whole


class _Rates:
    """The rate of every period as `of[n] / over`, exactly."""

    __slots__ = ("of", "over")

    def __init__(self, terms: Terms, dates: Sequence[date]) -> None:
        percent, over = terms.rate.as_integer_ratio()
        percent *= 12 if terms.rate_per == "month" else 1
        basis = terms.interest_basis
        if basis == "per_installment":
            self.over = over * 100 * YEAR_PERIODS[terms.unit]
            if not terms.rows:
                self.of = [percent * terms.every] * (len(dates) - 1)
                return
            spans = (elapsed(first, last, terms.every, terms.unit) for first, last in pairwise(dates))
            self.of = [percent * terms.every * span for span in spans]
        elif basis == "actual_actual":
            self.over = over * 100 * 365 * 366
            self.of = [percent * _year_parts(first, last) for first, last in pairwise(dates)]
        else:
            self.over = over * 100 * YEAR_DAYS[basis]
            self.of = [percent * (last - first).days for first, last in pairwise(dates)]


def _year_parts(first: date, last: date) -> int:
    """Years between two days in 365 × 366ths: each day counts by the year it lies in, cut at every 31 December."""
    parts = 0
    for year in range(first.year, last.year + 1):
        until = last if year == last.year else date(year, 12, 31)
        leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
        parts += (until - first).days * (365 if leap else 366)
        first = until
    return parts


class _Plan(NamedTuple):
    """How a method fills its rows: interest given for each row (`None`: that of the balance), and the principal either
    as shares or as what a `level` instalment leaves."""

    interests: Sequence[int | None] | None
    shares: Sequence[int] | None
    level: int = 0


def _columns(
    terms: Terms, dates: Sequence[date], first: int = 0, left: int | None = None
) -> tuple[list[int], list[int]]:
    """Principal, and interest as it accrues, of the rows after the first `first`, with `left` owed before them."""
    balance, rates = terms.principal if left is None else left, _Rates(terms, dates)
    interests, shares, level = METHODS[terms.method](terms, rates, first, balance)
    last, principals, accrued = terms.installments - 1, [], []
    for row in range(first, last + 1):
        interest = interests[row] if interests is not None else None
        if interest is None:
            interest = rounded(balance * rates.of[row], rates.over, terms.rounding)
        if row == last:
            principal = balance
        elif row < terms.grace_principal:
            principal = 0
        else:
            principal = shares[row] if shares is not None else level - interest
            principal = 0 if principal < 0 else balance if principal > balance else principal
        balance -= principal
        principals.append(principal)
        accrued.append(interest)
    return principals, accrued


def _flat(terms: Terms, rates: _Rates, first: int, left: int) -> _Plan:
    rows, paying = terms.installments, terms.installments - terms.grace_principal
    total = rounded(terms.principal * sum(rates.of), rates.over, terms.rounding)
    interests = _shared(total, [1] * rows, rows, terms.rounding)
    if not terms.installment_multiple:
        return _Plan(interests, [terms.principal // paying] * rows)
    return _Plan(interests, None, _level(terms, terms.principal * rows + total * paying, rows * paying))


def _sum_of_digits(terms: Terms, rates: _Rates, first: int, left: int) -> _Plan:
    """The flat interest, the n-th row from the end bearing n parts of it, in level instalments (rule of 78)."""
    rows, paying = terms.installments, terms.installments - terms.grace_principal
    total = rounded(terms.principal * sum(rates.of), rates.over, terms.rounding)
    interests = _shared(total, range(rows, 0, -1), rows * (rows + 1) // 2, terms.rounding)
    asked = terms.principal + sum(interests[terms.grace_principal :])
    level = _level(terms, asked, paying) if terms.installment_multiple else asked // paying
    return _Plan(interests, None, level)


def _equal_principal(terms: Terms, rates: _Rates, first: int, left: int) -> _Plan:
    share = terms.principal // (terms.installments - terms.grace_principal)
    share -= share % (terms.installment_multiple or 1)
    return _Plan(None, [share] * terms.installments)


def _annuity(terms: Terms, rates: _Rates, first: int, left: int) -> _Plan:
    """The instalment whose present value, discounted by the periods' own rates, is what is left.

    With f = 1 + rate: left × Πf over Σ of each row's product of the later f (exactly, over powers of one denominator).
    """
    of, over = rates.of[max(first, terms.grace_principal) :], rates.over
    grown, worth, power = 1, 0, 1
    for rate in of:
        power *= over
        factor = over + rate
        grown *= factor
        worth = worth * factor + power
    return _Plan(None, None, _level(terms, left * grown, worth))


def _bullet(terms: Terms, rates: _Rates, first: int, left: int) -> _Plan:
    return _Plan(None, [0] * terms.installments)


def _uneven(terms: Terms, rates: _Rates, first: int, left: int) -> _Plan:
    return _Plan([row.interest for row in terms.rows], [row.principal for row in terms.rows])


METHODS: dict[str, Callable[[Terms, _Rates, int, int], _Plan]] = {
    "flat": _flat,
    "equal_principal": _equal_principal,
    "annuity": _annuity,
    "bullet": _bullet,
    "sum_of_digits": _sum_of_digits,
    "uneven": _uneven,
}


def _level(terms: Terms, numerator: int, denominator: int) -> int:
    """A level instalment: the fraction, rounded to the multiple."""
    step = terms.installment_multiple or 1
    return step * rounded(numerator, denominator * step, terms.rounding)


def _shared(total: int, weights: Sequence[int], weight: int, rounding: str) -> list[int]:
    """`total` by weights that sum to `weight`, each share rounded, at most what is left; the last takes the rest."""
    left, found = total, []
    for one in weights[:-1]:
        share = min(rounded(total * one, weight, rounding), left)
        found.append(share)
        left -= share
    return [*found, left]


def _deferred(accrued: list[int], grace: int) -> list[int]:
    """Interest as asked for: the first `grace` rows ask none, the next asks for theirs with its own."""
    if not grace:
        return accrued
    return [0] * grace + [sum(accrued[: grace + 1])] + accrued[grace + 1 :]


def _rows(
    balance: int, dates: Sequence[date], principals: list[int], interests: list[int], *, fee: int, number: int = 1
) -> tuple[Installment, ...]:
    found = []
    for place, (principal, interest) in enumerate(zip(principals, interests, strict=True)):
        balance -= principal
        due, start = dates[place + 1], dates[place]
        found.append(Installment(number + place, due, principal, interest, fee, balance, start))
    return tuple(found)


def _fees(terms: Terms, when: When) -> int:
    found = 0
    for fee in terms.fees:
        if fee.when != when:
            continue
        if fee.percent is None:
            found += fee.amount or 0
        else:
            numerator, denominator = fee.percent.as_integer_ratio()
            found += rounded(terms.principal * numerator, 100 * denominator, terms.rounding)
    return found
