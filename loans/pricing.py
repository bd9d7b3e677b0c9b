"""What a loan really costs: its rates of return on money received and paid, and the cap on them. Imports no Django.

Both rates count what the borrower gets in hand and pays in full: an upfront fee lowers the one, fees and compulsory
savings raise the other, and the savings come back at the last due date. The roots are found in floats, which end here
as a percent of two places; no float ever becomes money.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise

import pyxirr

from ledger.money import grouped
from loans.calendar import elapsed
from loans.schedule import YEAR_PERIODS, Installment, upfront_fees
from loans.terms import Terms

CAP = Decimal(24)
"""Percent a year, the cap on loans of cooperatives (Permenkop UKM 8/2023). It does not say whether of the nominal or of
the effective rate, so both are held against it."""


@dataclass(frozen=True, slots=True)
class Price:
    """Percents a year with two places, half up; None when no rate can be told: nothing received, or no root.

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
    days = [terms.disbursed_on, *[row.due_on for row in installments]]
    annual = pyxirr.xirr(days, [-received, *paid], silent=True)
    if terms.rows:  # a row after four months stands in the fourth period, not in the first
        spans = [elapsed(first, last, terms.every, terms.unit) for first, last in pairwise(days)]
        paid = [due for span, amount in zip(spans, paid, strict=True) for due in (*([0] * (span - 1)), amount)]
    period = pyxirr.irr([-received, *paid], silent=True)
    periods = YEAR_PERIODS[terms.unit] / terms.every
    return Price(_percent(period, periods), _percent(annual, 1), interest, fees, received)


def warnings(price: Price, nominal_annual_percent: Decimal, cap_percent: Decimal = CAP) -> tuple[Warning, ...]:
    """One for the nominal rate and one for the effective, each where it is above the cap."""
    found = (("nominal", nominal_annual_percent), ("efektif", price.effective_annual_rate_percent))
    return tuple(
        Warning(
            "rate_cap",
            f"Biaya {word} pinjaman ini {_written(percent)}% setahun, di atas batas {_written(cap_percent)}% setahun.",
            percent,
            cap_percent,
        )
        for word, percent in found
        if percent is not None and percent > cap_percent
    )


def _percent(rate: float | None, times: float) -> Decimal | None:
    """Two places, half up. Ten places of the float are believed, so that 0.015 a month is 18.00 a year."""
    if rate is None or not math.isfinite(rate * times * 100):
        return None
    percent = Decimal(f"{rate * times * 100:.10f}").quantize(Decimal("0.01"), ROUND_HALF_UP)
    return percent if percent else abs(percent)


def _written(percent: Decimal) -> str:
    return grouped(int(percent.quantize(Decimal("0.01"), ROUND_HALF_UP).scaleb(2)), 2)
