"""Schedules against worked figures, the faults other systems had, and what holds for every loan."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loans.calendar import Calendar, Meeting
from loans.schedule import installment_fees, rerated, rounded, schedule, upfront_fees
from loans.terms import BadTerms, Fee, Row, from_json
from tests.loans.agreed import ANY, MONTHLY, agreed, any_terms

VECTORS = Path(__file__).resolve().parent.parent / "vectors"
PEERS = json.loads((VECTORS / "schedules.json").read_text())["cases"]
TEXTBOOK = json.loads((VECTORS / "textbook.json").read_text())["cases"]
SCALE = 10**6
LEVEL = ("flat", "annuity", "sum_of_digits")


def dues(rows):
    return [row.due for row in rows]


def principals(rows):
    return [row.principal for row in rows]


def interests(rows):
    return [row.interest for row in rows]


def days(rows):
    return [f"{row.due_on:%y-%m-%d}" for row in rows]


@pytest.mark.parametrize("case", PEERS, ids=lambda case: case["id"])
def test_schedules_another_system_asserts_match_in_every_row(case):
    rows = schedule(from_json(case["request"]))

    found = [{"due_on": str(row.due_on), "principal": row.principal, "interest": row.interest} for row in rows]
    assert found == case["rows"]


@pytest.mark.parametrize("case", TEXTBOOK, ids=lambda case: case["id"])
def test_schedules_follow_the_textbook_but_for_rounding(case):
    rows, many = schedule(textbook(case)), case["number_of_periods"]

    worked = {row["number"]: row for row in case["rows"]}
    for row in rows:
        told = worked.get(row.number) or {"date": str(row.due_on), "principal": "0", "interest": "0"}
        assert str(row.due_on) == told["date"]
        assert abs(row.principal - Decimal(told["principal"]) * SCALE) <= 2 * many
        assert abs(row.interest - Decimal(told["interest"]) * SCALE) <= 2 * many
    assert abs(sum(interests(rows)) - Decimal(case["total_interest"]) * SCALE) <= many**2


def textbook(case):
    """The case as terms, in millionths of its unit, so that rounding hardly shows."""
    every, unit = {12: (1, "month"), 4: (3, "month"), 1: (12, "month"), 52: (1, "week"), 26: (2, "week")}[
        case["periods_per_year"]
    ]
    at_end, many = case["kind"] == "bullet_interest_at_end", case["number_of_periods"]
    fee = int(Decimal(case["upfront_fee"]) * SCALE)
    return agreed(
        case["annual_nominal_rate_pct"],
        "year",
        "bullet" if at_end else case["kind"],
        principal=int(case["principal"]) * SCALE,
        installments=many,
        disbursed_on=date.fromisoformat(case["start_date"]),
        every=every,
        unit=unit,
        grace_interest=many - 1 if at_end else 0,
        fees=(Fee("provisi", None, fee, "upfront"),) if fee else (),
    )


def test_flat_asks_the_same_every_month():
    rows = schedule(agreed())

    assert dues(rows) == [345_000] * 10
    assert sum(interests(rows)) == 450_000


def test_menurun_asks_less_every_month():
    rows = schedule(agreed(method="equal_principal"))

    assert dues(rows) == list(range(345_000, 304_000, -4_500))
    assert sum(interests(rows)) == 247_500


def test_an_annuity_is_level_but_for_the_last():
    rows = schedule(agreed(method="annuity"))

    assert dues(rows) == [325_303] * 9 + [325_298]
    assert sum(interests(rows)) == 253_025


def test_sum_of_digits_is_level_with_interest_first():
    rows = schedule(agreed(method="sum_of_digits", installments=5, principal=1_500_000))

    assert interests(rows) == [37_500, 30_000, 22_500, 15_000, 7_500]
    assert principals(rows) == [285_000, 292_500, 300_000, 307_500, 315_000]


@pytest.mark.parametrize(
    "changes", [{"installments": 1, "every": 4}, {"installments": 4, "grace_interest": 3}], ids=["one row", "four"]
)
def test_yarnen_is_paid_once_at_harvest(changes):
    rows = schedule(agreed(method="bullet", principal=2_000_000, **changes))

    assert (rows[-1].due_on, rows[-1].due) == (date(2026, 5, 15), 2_120_000)
    assert dues(rows[:-1]) == [0] * (len(rows) - 1)


def test_a_bullet_loan_pays_interest_until_its_end():
    rows = schedule(agreed(method="bullet", installments=3))

    assert principals(rows) == [0, 0, 3_000_000]
    assert interests(rows) == [45_000] * 3


@pytest.mark.parametrize(("multiple", "level", "last"), [(0, 283_333, 283_341), (500, 283_500, 279_500),
                                                         (1_000, 283_000, 291_000)])  # fmt: skip
def test_the_multiple_rounds_a_flat_instalment_and_the_last_takes_the_difference(multiple, level, last):
    rows = schedule(agreed(principal=5_000_000, installments=24, installment_multiple=multiple))

    assert dues(rows) == [level] * 23 + [last]


def test_the_multiple_rounds_the_principal_share_of_menurun():
    rows = schedule(agreed(method="equal_principal", principal=5_000_000, installments=24, installment_multiple=1_000))

    assert principals(rows) == [208_000] * 23 + [216_000]
    assert rows[0].interest == 75_000


def test_grace_on_principal_leaves_interest_due():
    rows = schedule(agreed(method="equal_principal", installments=4, grace_principal=2))

    assert principals(rows) == [0, 0, 1_500_000, 1_500_000]
    assert interests(rows) == [45_000, 45_000, 45_000, 22_500]


def test_grace_on_interest_is_put_off_and_not_forgiven():
    rows = schedule(agreed(method="equal_principal", installments=4, grace_interest=2))

    assert interests(rows) == [0, 0, 45_000 + 33_750 + 22_500, 11_250]


def test_uneven_rows_stand_as_agreed_and_interest_is_computed_where_none_was():
    agreed_rows = (Row(date(2026, 3, 1), 500_000), Row(date(2026, 5, 20), 0, 7_000), Row(date(2026, 7, 1), 2_500_000))
    rows = schedule(agreed("18", "year", "uneven", installments=3, interest_basis="actual_365", rows=agreed_rows))

    assert principals(rows) == [500_000, 0, 2_500_000]
    assert interests(rows) == [66_575, 7_000, 51_781]  # 45 days of 3.000.000, as agreed, 42 days of 2.500.000


def test_an_uneven_row_after_four_months_bears_four_months():
    harvest = (Row(date(2026, 5, 20), 3_000_000),)

    assert interests(schedule(agreed(method="uneven", installments=1, rows=harvest))) == [180_000]


@pytest.mark.parametrize(
    ("basis", "interest"),
    [
        ("per_installment", 37_808),
        ("actual_365", 37_808),
        ("actual_360", 38_333),
        ("actual_364", 37_912),
        ("actual_actual", 37_750),  # 20 days of 2027 and 26 of 2028
    ],
)
def test_46_days_at_10_percent_are_counted_as_the_basis_says(basis, interest):
    begun = date(2027, 12, 11)
    terms = agreed("10", "year", installments=1, interest_basis=basis, every=46, unit="day", disbursed_on=begun)

    assert interests(schedule(terms)) == [interest]


def test_halves_go_up_or_to_the_even_one():
    assert [rounded(n, 2, "half_up") for n in range(6)] == [0, 1, 1, 2, 2, 3]
    assert [rounded(n, 2, "half_even") for n in range(6)] == [0, 0, 1, 2, 2, 2]


def test_monthly_dues_on_the_31st_clamp_and_come_back():
    rows = schedule(agreed(disbursed_on=date(2026, 1, 31), installments=4))

    assert days(rows) == ["26-02-28", "26-03-31", "26-04-30", "26-05-31"]


def test_naming_the_first_due_date_that_counting_gives_changes_nothing():
    terms = agreed(disbursed_on=date(2026, 1, 31), installments=4)

    assert schedule(replace(terms, first_due_on=date(2026, 2, 28))) == schedule(terms)


def test_another_first_due_date_carries_the_rest_along():
    rows = schedule(agreed(installments=3, first_due_on=date(2026, 3, 1)))

    assert days(rows) == ["26-03-01", "26-04-01", "26-05-01"]
    assert interests(rows) == [45_000] * 3


def test_each_period_begins_where_the_one_before_ended():
    rows = schedule(agreed(installments=3))

    assert [row.from_on for row in rows] == [date(2026, 1, 15), rows[0].due_on, rows[1].due_on]


def test_due_dates_move_to_the_next_workday():
    rows = schedule(agreed(installments=4, due_dates="next_workday"))

    assert days(rows) == ["26-02-16", "26-03-16", "26-04-15", "26-05-15"]  # two Sundays


def test_due_dates_move_to_the_next_meeting():
    rows = schedule(agreed(installments=3, due_dates="meeting_day"), MONTHLY)

    assert days(rows) == ["26-03-10", "26-04-10", "26-05-10"]


def test_two_dues_of_one_meeting_take_one_meeting_each():
    rows = schedule(agreed(installments=4, every=1, unit="week", due_dates="meeting_day"), MONTHLY)

    assert days(rows) == ["26-02-10", "26-03-10", "26-04-10", "26-05-10"]


def test_two_dues_of_one_feast_take_a_workday_each():
    eid = Calendar(closed=frozenset(date(2026, 3, day) for day in range(18, 26)))
    terms = agreed(installments=3, every=1, unit="day", disbursed_on=date(2026, 3, 17), due_dates="next_workday")

    assert days(schedule(terms, eid)) == ["26-03-26", "26-03-27", "26-03-28"]


def test_interest_by_days_counts_to_the_day_that_was_moved_to():
    terms = agreed("36.5", "year", installments=1, interest_basis="actual_365", due_dates="meeting_day")

    assert interests(schedule(terms, MONTHLY)) == [54 * 3_000]


def test_a_group_without_meetings_has_no_meeting_day():
    with pytest.raises(BadTerms) as refused:
        schedule(agreed(due_dates="meeting_day"))

    assert (refused.value.field, refused.value.code) == ("due_dates", "invalid")


def test_meetings_too_far_apart_are_refused_and_not_computed_for_ever():
    rare = Calendar(meeting=Meeting(date(2026, 1, 10), every=366))

    with pytest.raises(BadTerms) as refused:
        schedule(agreed(installments=600, every=1, unit="day", due_dates="meeting_day"), rare)

    assert (refused.value.field, refused.value.code) == ("due_dates", "out_of_range")


def test_fees_are_kept_back_once_or_paid_with_every_instalment():
    terms = agreed(fees=(
        Fee("provisi", Decimal(1), None, "upfront"),
        Fee("administrasi", None, 10_000, "upfront"),
        Fee("asuransi", Decimal("0.0001"), None, "installment"),
        Fee("buku", None, 2_000, "installment"),
    ))  # fmt: skip

    assert (upfront_fees(terms), installment_fees(terms)) == (40_000, 2_003)
    assert {(row.fee, row.due) for row in schedule(terms)} == {(2_003, 347_003)}


def test_a_new_rate_in_the_middle_sizes_the_annuity_anew():
    terms = agreed(method="annuity")
    before = schedule(terms)

    after = rerated(terms, before, from_number=5, rate=Decimal(2), rate_per="month")

    assert after[:4] == before[:4]
    alone = schedule(agreed("2", method="annuity", principal=before[3].balance, installments=6))
    assert [row[2:6] for row in after[4:]] == [row[2:6] for row in alone]
    assert [row.due_on for row in after] == [row.due_on for row in before]


def test_a_new_rate_leaves_what_flat_has_asked():
    terms = agreed()

    after = rerated(terms, schedule(terms), from_number=9, rate=Decimal(12), rate_per="year")

    assert dues(after) == [345_000] * 8 + [330_000] * 2


def test_interest_put_off_is_owed_at_the_rate_it_grew_by():
    terms = agreed(method="bullet", installments=4, grace_interest=3)

    after = rerated(terms, schedule(terms), from_number=3, rate=Decimal(1), rate_per="month")

    assert interests(after) == [0, 0, 0, 45_000 * 2 + 30_000 * 2]


def test_a_loan_has_no_instalment_beyond_its_last():
    terms = agreed()

    for number in (0, 11):
        with pytest.raises(ValueError, match="no number"):
            rerated(terms, schedule(terms), from_number=number, rate=Decimal(1), rate_per="month")


# What went wrong elsewhere, each as it was reported there.


def test_the_final_instalment_pays_all_that_is_left():
    """Rounded shares that did not add up left the loan short of its amount."""
    rows = schedule(agreed(method="equal_principal", principal=1_000_000, installments=7))

    assert principals(rows) == [142_857] * 6 + [142_858]
    assert rows[-1].balance == 0


def test_the_methods_do_not_cost_the_same():
    """Three schedule types once gave one total."""
    totals = {method: sum(dues(schedule(agreed(method=method)))) for method in ("flat", "equal_principal", "annuity")}

    assert totals == {"flat": 3_450_000, "equal_principal": 3_247_500, "annuity": 3_253_025}


@pytest.mark.parametrize("unit", ["day", "week", "month"])
def test_no_two_due_dates_are_equal(unit):
    """Every row once bore the date of the first."""
    found = [row.due_on for row in schedule(agreed(unit=unit))]

    assert len(set(found)) == 10 and found == sorted(found)


@pytest.mark.parametrize("method", ["flat", "equal_principal", "annuity", "bullet", "sum_of_digits"])
def test_without_a_rate_only_principal_is_asked(method):
    """At 0 % a share of principal was once booked as interest."""
    rows = schedule(agreed("0", method=method))

    assert interests(rows) == [0] * 10
    assert dues(rows) == ([0] * 9 + [3_000_000] if method == "bullet" else [300_000] * 10)


def test_instalments_are_exact_where_no_multiple_is_asked():
    """An instalment always rounded up to the next whole unit overcharges by cents each month."""
    rows = schedule(agreed("1", method="annuity", principal=1_000_000, installments=12, digits=2))

    assert dues(rows) == [88_849] * 11 + [88_847]


def test_a_monthly_rate_for_fortnightly_meetings_is_two_weeks_of_its_year():
    """A term in months against fortnightly meetings was once refused, or asked a month's interest every fortnight."""
    rows = schedule(agreed("1.5", every=2, unit="week", installments=26, principal=2_600_000, method="bullet"))

    assert set(interests(rows)) == {18_000}  # 2.600.000 × 18 % / 26
    assert rows[-1].due_on == date(2027, 1, 14)


def test_a_share_that_does_not_divide_leaves_its_rest_in_the_last_row():
    """A group loan divided by three left shares of six decimals."""
    rows = schedule(agreed("0", principal=10, installments=3))

    assert principals(rows) == [3, 3, 4]


def test_a_step_larger_than_the_share_makes_nothing_negative():
    """Rounded to the nearest step, more was asked than was owed, and the last instalment was less than nothing."""
    rows = schedule(agreed("0", principal=1_000, installments=18, installment_multiple=100))

    assert principals(rows) == [100] * 10 + [0] * 8


@ANY
@given(any_terms())
def test_columns_sum_exactly_and_nothing_is_negative(terms):
    rows = schedule(terms, MONTHLY)

    assert [row.number for row in rows] == list(range(1, terms.installments + 1))
    assert sum(principals(rows)) == terms.principal and rows[-1].balance == 0
    assert min(min(row.principal, row.interest, row.fee, row.balance) for row in rows) >= 0
    balances = [terms.principal, *(row.balance for row in rows)]
    assert [first - last for first, last in pairwise(balances)] == principals(rows)


@ANY
@given(any_terms())
def test_due_dates_increase_and_are_days_the_rule_allows(terms):
    rows = schedule(terms, MONTHLY)

    found = [terms.disbursed_on, *(row.due_on for row in rows)]
    assert all(first < last for first, last in pairwise(found))
    assert [row.from_on for row in rows] == found[:-1]
    assert all(MONTHLY.moved(day, terms.due_dates) == day for day in found[1:])


@ANY
@given(any_terms((*LEVEL, "equal_principal"), principal=10_000, installment_multiple=100, grace_interest=0))
def test_the_multiple_is_kept_in_all_but_the_last_and_the_emptied(terms):
    for row in schedule(terms, MONTHLY)[terms.grace_principal : -1]:
        if terms.method == "equal_principal":
            assert row.principal % 100 == 0
        else:  # unless interest alone is more, or less was left
            assert (row.principal + row.interest) % 100 == 0 or row.principal == 0 or row.balance == 0


@ANY
@given(any_terms(("flat", "sum_of_digits"), interest_basis="per_installment"))
def test_flat_and_sum_of_digits_ask_for_the_whole_rounded_once(terms):
    percent, over = terms.annual_percent.as_integer_ratio()
    year = {"month": 12, "week": 52, "day": 365}[terms.unit]

    total = rounded(terms.principal * percent * terms.every * terms.installments, over * 100 * year, terms.rounding)
    assert sum(interests(schedule(terms, MONTHLY))) == total


@ANY
@given(any_terms(), st.data())
def test_the_same_rate_anew_changes_nothing_but_the_rounding_of_an_annuity(terms, data):
    rows = schedule(terms, MONTHLY)
    number = data.draw(st.integers(1, terms.installments))

    again = rerated(terms, rows, from_number=number, rate=terms.rate, rate_per=terms.rate_per)

    if terms.method != "annuity" or number == 1:
        assert again == rows
    assert again[: number - 1] == rows[: number - 1]
    assert sum(principals(again)) == terms.principal
    assert min(min(row.principal, row.interest) for row in again) >= 0
