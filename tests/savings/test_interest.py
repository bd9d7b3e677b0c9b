"""Interest on daily balances, as worked by hand, and what holds whatever the balances are."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from savings.interest import NOTHING, Interest, daily_balance_interest, interest_at_rates, round_half_up, total
from tests.cast import day

FIRST, LAST = day("2026-03-01"), day("2026-03-31")


def steps(*balances: tuple[str, int]) -> list[tuple[date, int]]:
    return [(day(on), balance) for on, balance in balances]


@pytest.mark.parametrize(
    ("balances", "percent", "first", "last", "exact", "credited"),
    [
        # a whole month, 31 days of Rp1.000.000 at 7,30 %: 200 a day
        (steps(("2026-03-01", 1_000_000)), "7.30", "2026-03-01", "2026-03-31", "6200", 6_200),
        # what stood before the month counts from its first day
        (steps(("2025-01-01", 1_000_000)), "7.30", "2026-03-01", "2026-03-31", "6200", 6_200),
        # ten days of 1.000.000, twenty-one of 400.000
        (steps(("2026-03-01", 1_000_000), ("2026-03-11", 400_000)), "7.30", "2026-03-01", "2026-03-31", "3680", 3_680),
        # a deposit earns from its own day on, a withdrawal earns no more on its own day
        (steps(("2026-03-31", 365_000)), "10.00", "2026-03-01", "2026-03-31", "100", 100),
        (steps(("2026-03-01", 365_000), ("2026-03-31", 0)), "10.00", "2026-03-01", "2026-03-31", "3000", 3_000),
        # after the last day nothing counts
        (steps(("2026-04-01", 9_000_000)), "10.00", "2026-03-01", "2026-03-31", "0", 0),
        # a year of it is the rate, a leap year one day more
        (steps(("2025-01-01", 1_000_000)), "6.00", "2025-01-01", "2025-12-31", "60000", 60_000),
        (steps(("2024-01-01", 1_000_000)), "3.65", "2024-01-01", "2024-12-31", "36600", 36_600),
        # half a rupiah goes up, less is dropped
        (steps(("2026-03-01", 1_825)), "10.00", "2026-03-01", "2026-03-01", "0.5", 1),
        (steps(("2026-03-01", 1_824)), "10.00", "2026-03-01", "2026-03-01", "0.49972602739726027", 0),
        # below zero nothing is earned and nothing is owed
        (steps(("2026-03-01", -365_000), ("2026-03-11", 365_000)), "10.00", "2026-03-01", "2026-03-20", "1000", 1_000),
        ([], "6.00", "2026-03-01", "2026-03-31", "0", 0),
    ],
)
def test_worked_examples(balances, percent, first, last, exact, credited):
    found = daily_balance_interest(balances, rate_percent=Decimal(percent), first=day(first), last=day(last))

    assert round(found.exact - Fraction(exact), 12) == 0
    assert found.credited == credited
    assert found.exact + found.rounding == found.credited


def test_by_the_years_own_days_a_leap_year_earns_the_rate():
    found = daily_balance_interest(
        steps(("2023-07-01", 1_000_000)),
        rate_percent=Decimal("6.00"),
        first=day("2024-01-01"),
        last=day("2024-12-31"),
        basis="actual_actual",
    )
    over_new_year = daily_balance_interest(
        steps(("2023-07-01", 366 * 365)),
        rate_percent=Decimal("100.00"),
        first=day("2023-12-31"),
        last=day("2024-01-01"),
        basis="actual_actual",
    )

    assert found.exact == 60_000
    assert over_new_year.exact == 366 + 365


def test_an_unknown_count_of_days_is_refused():
    with pytest.raises(ValueError, match="actual_365, actual_actual"):
        daily_balance_interest(
            steps(("2026-03-01", 1)), rate_percent=Decimal(1), first=FIRST, last=LAST, basis="30_360"
        )


def test_a_rate_that_changes_earns_by_the_day_and_rounds_once():
    rates = [(day("2026-01-01"), Decimal("7.30")), (day("2026-03-11"), None), (day("2026-03-21"), Decimal("3.65"))]

    found = interest_at_rates(steps(("2026-03-01", 1_002)), rates=rates, first=FIRST, last=LAST)

    assert found.exact == 1_002 * (Fraction(2, 10_000) * 10 + Fraction(1, 10_000) * 11)
    assert found.credited == 3


def test_before_the_first_rate_nothing_is_earned():
    found = interest_at_rates(
        steps(("2026-03-01", 365_000)), rates=[(day("2026-03-31"), Decimal("10.00"))], first=FIRST, last=LAST
    )

    assert found.exact == 100
    assert interest_at_rates(steps(("2026-03-01", 365_000)), rates=[], first=FIRST, last=LAST) == NOTHING


def test_accounts_together_are_credited_the_sum_of_what_each_is():
    assert total([Interest(Fraction(1, 2), 1), Interest(Fraction(1, 3), 0)]) == Interest(Fraction(5, 6), 1)


MOVES = st.lists(st.tuples(st.integers(0, 400), st.integers(-(10**9), 10**12)), max_size=12)
RATES = st.decimals("0.01", "24", places=2)


def balances_of(moves: list[tuple[int, int]]) -> list[tuple[date, int]]:
    return sorted({day("2025-06-01") + timedelta(days=offset): balance for offset, balance in moves}.items())


@given(moves=MOVES, rate=RATES)
def test_rounding_never_exceeds_half_a_unit_and_nothing_is_negative(moves, rate):
    found = daily_balance_interest(balances_of(moves), rate_percent=rate, first=FIRST, last=LAST)

    assert found.credited >= 0
    assert Fraction(-1, 2) < found.rounding <= Fraction(1, 2)


@given(moves=MOVES, rate=RATES, cut=st.integers(0, 29))
def test_two_parts_of_a_month_earn_exactly_the_whole(moves, rate, cut):
    balances, middle = balances_of(moves), FIRST + timedelta(days=cut)

    whole = daily_balance_interest(balances, rate_percent=rate, first=FIRST, last=LAST)
    early = daily_balance_interest(balances, rate_percent=rate, first=FIRST, last=middle)
    late = daily_balance_interest(balances, rate_percent=rate, first=middle + timedelta(days=1), last=LAST)

    assert early.exact + late.exact == whole.exact


@given(moves=MOVES, rate=RATES)
def test_the_sum_over_days_is_the_days_one_by_one(moves, rate):
    balances, by_day = balances_of(moves), Fraction(0)
    for offset in range(31):
        on = FIRST + timedelta(days=offset)
        stands = [balance for since, balance in balances if since <= on]
        by_day += max(stands[-1], 0) * Fraction(rate) / 36_500 if stands else 0

    assert daily_balance_interest(balances, rate_percent=rate, first=FIRST, last=LAST).exact == by_day


@given(st.fractions(0, 10**12))
def test_half_up_is_the_nearest(value):
    assert abs(round_half_up(value) - value) <= Fraction(1, 2)
    assert round_half_up(value + 1) == round_half_up(value) + 1
