"""What a loan really costs: its rates of return on money received and paid, and the cap on them. Imports no Django.

Both rates count what the borrower gets in hand and pays in full: an upfront fee lowers the one, fees and compulsory
savings raise the other, and the savings come back at the last due date. Roots are found in floats, which end here as a
percent of two places; no float ever becomes money.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import accumulate

from ledger.money import grouped
from loans.calendar import elapsed
from loans.schedule import YEAR_PERIODS, Installment, upfront_fees
from loans.terms import Terms

CAP = Decimal(24)
"""Percent a year, the cap on loans of cooperatives (Permenkop UKM 8/2023). It does not say whether of the nominal or of
the effective rate, so both are held against it."""
HIGHEST = 10**9
"""Percent; what is dearer still has no rate a person could read."""


@dataclass(frozen=True, slots=True)
class Price:
    """Percents a year with two places, half up; None when nothing is received or the rate is above HIGHEST.

    `apr_percent` is the return of one period times the periods of a year; `effective_annual_rate_percent` goes by the
    days (actual/365) and compounds. `received` is what the borrower gets in hand, not below 0.
    """

    apr_percent: Decimal | None
    effective_annual_rate_percent: Decimal | None
    total_interest: int
    total_fees: int
    received: int


@dataclass(frozen=True, slots=True)
class Warning:
    """What the borrower should hear before she signs: `percent` a year has passed `cap`."""

    code: str
    detail: str
    percent: Decimal
    cap: Decimal


def price(terms: Terms, installments: Sequence[Installment], *, compulsory_savings_per_installment: int = 0) -> Price:
    """The price of a loan paid as its schedule says."""
    upfront, saved = upfront_fees(terms), compulsory_savings_per_installment
    received = terms.principal - upfront
    interest = sum([row.interest for row in installments])
    fees = upfront + sum([row.fee for row in installments])
    if received <= 0:
        return Price(None, None, interest, fees, max(received, 0))
    paid = [row.principal + row.interest + row.fee + saved for row in installments]
    paid[-1] -= saved * len(paid)
    days = [(row.due_on - terms.disbursed_on).days / 365 for row in installments]
    if terms.rows:  # a row after four months stands in the fourth period, not in the first
        spans = (elapsed(row.from_on, row.due_on, terms.every, terms.unit) for row in installments)
        places: Sequence[int] = tuple(accumulate(spans))
    else:
        places = range(1, len(paid) + 1)
    apr = _percent(_rate(received, paid, places), YEAR_PERIODS[terms.unit] / terms.every)
    return Price(apr, _percent(_rate(received, paid, days), 1), interest, fees, received)


def warnings(price: Price, nominal_annual_percent: Decimal, cap_percent: Decimal = CAP) -> tuple[Warning, ...]:
    """One for the nominal rate and one for the effective, each where it is above the cap."""
    found = (("nominal", nominal_annual_percent), ("efektif", price.effective_annual_rate_percent))
    return tuple(
        Warning(
            "rate_cap",
            f"Biaya {word} pinjaman ini {_written(percent)}% setahun, "
            f"di atas patokan {_written(cap_percent)}% setahun.",
            percent,
            cap_percent,
        )
        for word, percent in found
        if percent is not None and percent > cap_percent
    )


def _rate(received: int, paid: Sequence[int], times: Sequence[float]) -> float | None:
    """The return per unit of `times` at which what is paid is worth what was received.

    Newton's method on the logarithm of the present value, over d = log(1 + rate). With no payment below zero that is
    convex and falls, so from a d of 0, where it is not negative, every step lands short of the root and none is lost.
    Savings that come back may make the last payment negative: where a step leads nowhere, halving finds the root.
    """
    found = 0.0
    for _ in range(60):
        worth = slope = 0.0
        for amount, time in zip(paid, times, strict=True):
            part = amount * math.exp(-found * time)
            worth += part
            slope += part * time
        if worth <= 0 or slope <= 0:
            break
        step = math.log(worth / received) * worth / slope
        found += step
        if abs(step) <= 1e-12 * (1 + found):
            return _grown(found)
        if found < 0:
            break
    return _grown(_halved(received, paid, times))


def _halved(received: int, paid: Sequence[int], times: Sequence[float]) -> float:
    """The same d between 0, where paying costs at least what was received, and where it is worth less."""

    def dearer(d: float) -> bool:
        return sum(amount * math.exp(-d * time) for amount, time in zip(paid, times, strict=True)) > received

    low, high = 0.0, 0.001
    while dearer(high):
        low, high = high, 2 * high
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if dearer(middle) else (low, middle)
    return low


def _grown(d: float) -> float | None:
    return math.expm1(d) if d < 300 else None


def _percent(rate: float | None, times: float) -> Decimal | None:
    """Two places, half up. Eight places of the float are believed, so that 0.015 a month is 18.00 a year."""
    if rate is None or not rate * times * 100 < HIGHEST:
        return None
    percent = Decimal(f"{rate * times * 100:.8f}").quantize(Decimal("0.01"), ROUND_HALF_UP)
    return percent if percent else abs(percent)


def _written(percent: Decimal) -> str:
    return grouped(int(percent.quantize(Decimal("0.01"), ROUND_HALF_UP).scaleb(2)), 2)
