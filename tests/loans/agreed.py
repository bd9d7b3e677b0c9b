"""Loans to compute: Sari's, which most tests look at, and any loan that may be agreed."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, get_args

from hypothesis import settings
from hypothesis import strategies as st

from loans.calendar import Calendar, Meeting
from loans.terms import Basis, DueDates, Fee, Method, Row, Terms, Unit, check
from tests.conftest import FULL

ANY = settings(max_examples=5_000 if FULL else 150, deadline=None)
MONTHLY = Calendar(meeting=Meeting(date(2026, 1, 10)))


def agreed(percent: str = "1.5", per: Any = "month", method: Any = "flat", **changes: Any) -> Terms:
    """Sari borrows Rp3.000.000 on 15 January 2026 for ten months at 1,5 % a month, flat; checked."""
    terms: dict[str, Any] = {"principal": 3_000_000, "installments": 10, "disbursed_on": date(2026, 1, 15)} | changes
    found = Terms(rate=Decimal(percent), rate_per=per, method=method, **terms)
    check(found)
    return found


@st.composite
def any_terms(draw: st.DrawFn, /, methods: tuple[str, ...] = get_args(Method), **fixed: Any) -> Terms:
    """Terms that pass `check`, small and large, of these methods; `fixed` fields are as given."""
    method: Any = draw(st.sampled_from(methods))
    principal = draw(st.one_of(st.integers(1, 300), st.integers(1_000, 50_000_000), st.integers(1, 10**15)))
    many = draw(st.integers(1, 40))
    begun = draw(st.dates(date(2000, 1, 1), date(2060, 12, 31)))
    even = method != "uneven"
    grace = st.integers(0, many - 1 if even else 0)
    fees = st.builds(Fee, st.just("administrasi"), st.none(), st.integers(1, 50_000), st.just("installment"))
    drawn = Terms(
        principal=principal,
        rate=draw(st.decimals(0, draw(st.sampled_from([3, 40, 1_000])), places=draw(st.integers(0, 6)))),
        rate_per=draw(st.sampled_from(["month", "year"])),
        method=method,
        installments=many,
        disbursed_on=begun,
        first_due_on=draw(
            st.none() | st.integers(1, 90).map(lambda days: begun + timedelta(days)) if even else st.none()
        ),
        every=draw(st.integers(1, 6)),
        unit=draw(st.sampled_from(get_args(Unit))),
        interest_basis=draw(st.sampled_from(get_args(Basis))),
        rounding=draw(st.sampled_from(["half_up", "half_even"])),
        installment_multiple=draw(st.sampled_from([one for one in (0, 1, 100, 500, 1_000) if one <= principal])),
        grace_principal=draw(grace),
        grace_interest=draw(grace),
        due_dates=draw(st.sampled_from(get_args(DueDates))),
        fees=tuple(draw(st.lists(fees, max_size=2))),
        rows=() if even else tuple(draw(_rows(principal, many, begun))),
    )
    found = replace(drawn, **fixed)
    check(found)
    return found


@st.composite
def _rows(draw: st.DrawFn, /, principal: int, many: int, begun: date) -> list[Row]:
    cuts = sorted(draw(st.lists(st.integers(0, principal), min_size=many - 1, max_size=many - 1)))
    parts = [last - first for first, last in zip([0, *cuts], [*cuts, principal], strict=True)]
    days, found = begun, []
    for part in parts:
        days += timedelta(draw(st.integers(1, 200)))
        found.append(Row(days, part, draw(st.none() | st.integers(0, 1_000_000))))
    return found
