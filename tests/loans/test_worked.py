"""What should stand in the books of one loan, worked by hand.

Sari owes 345.000 (45.000 jasa, 300.000 pokok) on the 15th of ten months from February 2026."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from loans.account import Payoff, PenaltyRule
from loans.accrual import PlanIsMoot, months_later, percent_of
from loans.allocation import EXCESS, FEE, INTEREST, PENALTY, PRINCIPAL
from loans.calendar import Meeting
from tests.cast import day
from tests.loans.agreed import agreed
from tests.loans.lived import Story, arisen, paid, row, split

DAILY = PenaltyRule("day", amount=1_000)


def penalties(loan: Story, on: str) -> list[tuple[str, int, int]]:
    return arisen(loan.on(on), PENALTY)


# -- penalties --------------------------------------------------------------------------------------------------------


def test_the_first_penalty_is_owed_the_day_after_the_due_date():
    loan = Story.of(penalty=DAILY)

    assert penalties(loan, "2026-02-15") == []
    assert penalties(loan, "2026-02-18") == [("02-16", 1, 1_000), ("02-17", 1, 1_000), ("02-18", 1, 1_000)]


def test_paying_on_the_due_date_costs_nothing():
    loan = Story.of(penalty=DAILY)
    loan.pays(345_000, "2026-02-15")

    assert penalties(loan, "2026-03-15") == []


@pytest.mark.parametrize(
    ("grace", "pays_on", "owed"),
    [
        (3, "2026-02-18", 0),  # the last day of grace
        (3, "2026-02-19", 1_000),
        (3, "2026-02-20", 2_000),
        (0, "2026-02-15", 0),
        (0, "2026-02-16", 1_000),
        (31, "2026-03-18", 0),
        (31, "2026-03-19", 1_000),
    ],
)
def test_days_of_grace_are_never_charged_not_even_afterwards(grace, pays_on, owed):
    loan = Story.of(penalty=replace(DAILY, grace_days=grace))
    loan.pays(345_000 + owed, pays_on)

    derived = loan.on(pays_on)

    assert sum(amount for _, _, amount in arisen(derived, PENALTY)) == owed
    assert row(derived, 1).unpaid == 0
    assert row(loan.on("2026-03-31"), 1).owed[PENALTY] == owed


def test_no_day_is_charged_twice_however_often_it_is_looked_at():
    loan = Story.of(penalty=DAILY)

    for on in ("2026-02-16", "2026-02-17", "2026-02-28"):
        assert len(penalties(loan, on)) == (day(on) - day("2026-02-15")).days
    assert len({first for first, _, _ in penalties(loan, "2026-02-28")}) == 13


def test_each_late_instalment_bears_its_own_penalties():
    loan = Story.of(penalty=DAILY)

    assert [one for one in penalties(loan, "2026-03-17") if one[0] == "03-17"] == [
        ("03-17", 1, 1_000),
        ("03-17", 2, 1_000),
    ]


def test_a_percentage_is_of_what_is_unpaid_that_day_rounded_half_up():
    loan = Story.of(penalty=PenaltyRule("day", percent=Decimal("0.5")))
    loan.pays(100_000, "2026-02-17")  # 345.000 unpaid: 1.725 on the 16th and the 17th; then 248.450 of it

    assert penalties(loan, "2026-02-18") == [("02-16", 1, 1_725), ("02-17", 1, 1_725), ("02-18", 1, 1_242)]
    assert percent_of(248_450, Decimal("0.5")) == 1_242
    assert percent_of(100, Decimal("0.5")) == 1
    assert percent_of(99, Decimal("0.5")) == 0


def test_penalties_bear_no_penalties():
    loan = Story.of(penalty=PenaltyRule("day", percent=Decimal(1)))

    assert {amount for _, _, amount in penalties(loan, "2026-03-10")} == {3_450}


def test_a_monthly_penalty_comes_on_the_same_day_of_each_month():
    loan = Story.of(penalty=PenaltyRule("month", percent=Decimal(2), grace_days=5))

    assert [one for one in penalties(loan, "2026-05-01") if one[1] == 1] == [
        ("02-21", 1, 6_900),
        ("03-21", 1, 6_900),
        ("04-21", 1, 6_900),
    ]


def test_a_monthly_penalty_of_the_31st_clamps_to_the_months_end():
    loan = Story.of(agreed(disbursed_on=date(2025, 12, 31)), penalty=PenaltyRule("month", amount=5_000))

    assert [on for on, number, _ in penalties(loan, "2026-05-01") if number == 1] == [
        "02-01",
        "03-01",
        "04-01",
        "05-01",
    ]


def test_a_penalty_by_meeting_waits_for_the_next_one():
    loan = Story.of(penalty=PenaltyRule("meeting", amount=5_000), meeting=Meeting(date(2026, 1, 10)))

    assert penalties(loan, "2026-04-10") == [("03-10", 1, 5_000), ("04-10", 1, 5_000), ("04-10", 2, 5_000)]


def test_a_meeting_in_the_days_of_grace_is_passed_over():
    rule = PenaltyRule("meeting", amount=5_000, grace_days=30)
    loan = Story.of(penalty=rule, meeting=Meeting(date(2026, 1, 10)))

    assert penalties(loan, "2026-04-10") == [("04-10", 1, 5_000)]


def test_a_group_that_never_meets_is_charged_by_the_month():
    loan = Story.of(penalty=PenaltyRule("meeting", amount=5_000))

    assert [on for on, number, _ in penalties(loan, "2026-04-20") if number == 1] == ["02-16", "03-16", "04-16"]


def test_penalties_stop_at_the_cap_of_what_was_due():
    loan = Story.of(penalty=replace(DAILY, cap_percent=Decimal(1)))  # 1 % of 345.000

    assert [one for one in penalties(loan, "2026-03-15") if one[1] == 1] == [
        ("02-16", 1, 1_000),
        ("02-17", 1, 1_000),
        ("02-18", 1, 1_000),
        ("02-19", 1, 450),
    ]


def test_penalties_end_when_the_instalment_is_paid_and_only_they_are_left():
    loan = Story.of(penalty=DAILY, allocation="PENALTIES_FEES_INTEREST_PRINCIPAL_ORDER")
    loan.pays(347_000, "2026-02-17")

    derived = loan.on("2026-03-15")

    assert paid(derived, 1) == {PENALTY: 2_000, INTEREST: 45_000, PRINCIPAL: 300_000}
    assert len(arisen(derived, PENALTY)) == 2


# -- charges and waivers ----------------------------------------------------------------------------------------------


def test_a_penalty_that_an_officer_charges_is_income_on_its_day():
    loan = Story.of()
    loan.is_charged("penalty", 10_000, "2026-02-20")

    assert penalties(loan, "2026-02-19") == []
    assert loan.on("2026-02-19").next_on == day("2026-02-20")
    assert penalties(loan, "2026-02-20") == [("02-20", 2, 10_000)]


def test_a_penalty_that_is_paid_before_its_day_is_income_when_it_is_paid():
    loan = Story.of(allocation="PENALTIES_FEES_INTEREST_PRINCIPAL_ORDER")
    loan.is_charged("penalty", 10_000, "2026-02-12")
    loan.pays(355_000, "2026-02-10")

    assert penalties(loan, "2026-02-28") == [("02-10", 1, 10_000)]


def test_a_charge_belongs_to_the_first_instalment_due_on_or_after_its_day():
    loan = Story.of()
    loan.is_charged("fee", 1_000, "2026-01-15")
    loan.is_charged("fee", 2_000, "2026-02-15")
    loan.is_charged("fee", 4_000, "2026-02-16")

    derived = loan.on("2026-02-16")

    assert [row(derived, number).owed[FEE] for number in (1, 2, 3)] == [3_000, 4_000, 0]


def test_a_charge_after_the_last_instalment_makes_a_row_more_and_the_loan_active_again():
    loan = Story.of()
    loan.pays(3_450_000, "2026-02-15")
    assert loan.on("2026-12-01").paid_off_on == day("2026-02-15")

    loan.is_charged("fee", 20_000, "2026-12-01")
    derived = loan.on("2026-12-01")

    assert row(derived, 11).owed == {PENALTY: 0, FEE: 20_000, INTEREST: 0, PRINCIPAL: 0}
    assert derived.paid_off_on is None
    assert derived.left(FEE) == 20_000


@pytest.mark.parametrize(("method", "payoff"), [("flat", 3_450_000), ("equal_principal", 3_045_000)])
@pytest.mark.parametrize("excess", ["hold", "pay_ahead"])
def test_a_charge_made_after_the_end_does_not_undo_it(method, payoff, excess):
    loan = Story.of(agreed(method=method), excess=excess)
    last = loan.pays(payoff, "2026-02-15")
    before = split(loan.on("2026-02-15"), last)

    loan.is_charged("fee", 20_000, "2026-05-01")
    derived = loan.on("2026-05-01")

    assert split(derived, last) == before == {INTEREST: payoff - 3_000_000, PRINCIPAL: 3_000_000}
    assert (derived.paid_off_on, derived.left(FEE), derived.principal, derived.left(INTEREST)) == (None, 20_000, 0, 0)

    loan.pays(20_000, "2026-05-01")
    assert loan.on("2026-05-01").paid_off_on == day("2026-05-01")


def test_what_is_forgiven_is_income_no_more_and_owed_no_more():
    loan = Story.of(penalty=DAILY)
    [late] = row(loan.on("2026-02-18"), 1).charges
    loan.is_forgiven(late.id, "2026-02-18")

    derived = loan.on("2026-02-18")

    assert sum(amount for _, _, amount in arisen(derived, PENALTY)) == 0
    assert row(derived, 1).owed[PENALTY] == 0
    assert row(loan.on("2026-02-19"), 1).owed[PENALTY] == 1_000  # she is still late


def test_only_what_is_unpaid_of_a_penalty_is_forgiven():
    loan = Story.of(penalty=DAILY)
    loan.pays(2_000, "2026-02-18")
    [late] = row(loan.on("2026-02-18"), 1).charges
    loan.is_forgiven(late.id, "2026-02-18")

    derived = loan.on("2026-02-18")

    [late] = row(derived, 1).charges
    assert (late.amount, late.paid, late.waived) == (3_000, 2_000, 1_000)
    assert sum(amount for _, _, amount in arisen(derived, PENALTY)) == 2_000


def test_a_penalty_forgiven_before_its_day_never_becomes_income():
    loan = Story.of()
    loan.is_forgiven(loan.is_charged("penalty", 10_000, "2026-02-20"), "2026-02-18")

    assert penalties(loan, "2026-02-28") == []


def test_forgiving_the_last_that_is_owed_ends_the_loan():
    loan = Story.of()
    fee = loan.is_charged("fee", 20_000, "2026-06-01")
    loan.pays(3_450_000, "2026-02-15")
    loan.is_forgiven(fee, "2026-02-21")

    derived = loan.on("2026-02-21")

    assert derived.paid_off_on == day("2026-02-21")
    assert derived.held == 0
    assert all(one.unpaid == 0 for one in derived.states)


# -- money that comes early -------------------------------------------------------------------------------------------


def test_money_ahead_waits_and_pays_when_it_is_due():
    loan = Story.of()
    early = loan.pays(400_000, "2026-02-15")

    assert split(loan.on("2026-02-15"), early) == {INTEREST: 45_000, PRINCIPAL: 300_000, EXCESS: 55_000}
    assert loan.on("2026-03-14").held == 55_000
    assert loan.on("2026-02-15").next_on == day("2026-03-15")
    assert split(loan.on("2026-03-15"), early) == {INTEREST: 90_000, PRINCIPAL: 310_000}
    assert loan.on("2026-03-15").held == 0


def test_the_instalment_whose_period_runs_may_be_paid_before_its_day():
    loan = Story.of()
    loan.pays(345_000, "2026-02-10")

    assert paid(loan.on("2026-02-10"), 1) == {INTEREST: 45_000, PRINCIPAL: 300_000}
    assert loan.on("2026-02-10").held == 0


def test_money_that_waits_keeps_an_instalment_from_being_late():
    loan = Story.of(penalty=DAILY)
    loan.pays(690_000, "2026-02-15")

    assert penalties(loan, "2026-04-15") == []


def test_the_oldest_money_that_waits_is_spent_first():
    loan = Story.of()
    first, second = loan.pays(400_000, "2026-02-15"), loan.pays(300_000, "2026-02-15")

    derived = loan.on("2026-03-15")

    assert split(derived, first) == {INTEREST: 90_000, PRINCIPAL: 310_000}
    assert split(derived, second) == {PRINCIPAL: 290_000, EXCESS: 10_000}


def test_two_sums_that_wait_pay_only_what_is_due():
    loan = Story.of()
    loan.is_charged("fee", 60_000, "2026-02-20")
    loan.pays(395_000, "2026-02-15")
    loan.pays(50_000, "2026-02-15")

    derived = loan.on("2026-02-20")

    assert paid(derived, 2) == {FEE: 60_000}
    assert derived.held == 40_000


@pytest.mark.parametrize(
    ("excess", "found", "held"),
    [
        ("hold", {INTEREST: 45_000, PRINCIPAL: 300_000, EXCESS: 55_000}, 55_000),
        ("sukarela", {INTEREST: 45_000, PRINCIPAL: 300_000, EXCESS: 55_000}, 0),
        ("pay_ahead", {INTEREST: 90_000, PRINCIPAL: 310_000}, 0),
        ("refuse", {INTEREST: 90_000, PRINCIPAL: 310_000}, 0),
    ],
)
def test_the_product_says_where_money_ahead_goes(excess, found, held):
    loan = Story.of(excess=excess)
    early = loan.pays(400_000, "2026-02-15")

    derived = loan.on("2026-02-15")

    assert split(derived, early) == found
    assert derived.held == held


@pytest.mark.parametrize("excess", ["hold", "pay_ahead", "refuse", "sukarela"])
def test_more_than_all_that_is_owed_is_left_over(excess):
    loan = Story.of(excess=excess)
    much = loan.pays(3_450_500, "2026-02-15")

    derived = loan.on("2026-12-31")

    assert derived.left_over == {much: 500}
    assert derived.paid_off_on == day("2026-02-15")
    assert derived.held == (0 if excess == "sukarela" else 500)
    assert derived.next_on is None


# -- the end ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "rebate", "on", "payoff"),
    [
        # flat: all the jasa, unless the product gives back what is not earned; a period that has begun is earned
        ("flat", "none", "2026-03-01", Payoff(2_700_000, 405_000, 0, 0, 0, 0)),
        ("flat", "unearned", "2026-03-01", Payoff(2_700_000, 405_000, 0, 0, 360_000, 0)),
        ("flat", "unearned", "2026-02-15", Payoff(2_700_000, 405_000, 0, 0, 405_000, 0)),
        # menurun: 14 of the 28 days of 40.500
        ("equal_principal", "none", "2026-03-01", Payoff(2_700_000, 20_250, 0, 0, 0, 0)),
        ("equal_principal", "none", "2026-02-15", Payoff(2_700_000, 0, 0, 0, 0, 0)),
        ("equal_principal", "none", "2026-03-15", Payoff(2_700_000, 40_500, 0, 0, 0, 0)),
    ],
)
def test_a_loan_ends_for_what_is_owed_that_day(method, rebate, on, payoff):
    loan = Story.of(agreed(method=method), flat_rebate=rebate)
    loan.pays(345_000, "2026-02-15")
    assert loan.on(on).payoff == payoff

    last = loan.pays(payoff.total, on)
    derived = loan.on(on)

    assert derived.paid_off_on == day(on)
    assert derived.principal == derived.held == 0
    assert sum(split(derived, last).values()) == payoff.total
    assert loan.on("2027-06-01").lines == derived.lines


def test_a_rupiah_less_does_not_end_it():
    loan = Story.of(agreed(method="equal_principal"))
    loan.pays(345_000, "2026-02-15")
    loan.pays(2_720_249, "2026-03-01")

    derived = loan.on("2026-03-01")

    assert derived.paid_off_on is None
    assert paid(derived, 2) == {INTEREST: 40_500, PRINCIPAL: 300_000}
    assert derived.held == 2_720_249 - 340_500


def test_money_that_waits_counts_towards_the_end():
    loan = Story.of()
    first = loan.pays(1_345_000, "2026-02-15")
    assert loan.on("2026-02-15").payoff == Payoff(2_700_000, 405_000, 0, 0, 0, 1_000_000)

    loan.pays(2_105_000, "2026-02-20")
    derived = loan.on("2026-02-20")

    assert derived.paid_off_on == day("2026-02-20")
    assert split(derived, first).get(EXCESS) is None


def test_penalties_are_part_of_what_ends_a_loan():
    loan = Story.of(penalty=DAILY)
    loan.is_charged("fee", 5_000, "2026-02-17")

    assert loan.on("2026-02-17").payoff == Payoff(3_000_000, 450_000, 5_000, 2_000, 0, 0)


def test_a_loan_without_interest_asks_principal_alone():
    loan = Story.of(agreed("0"), accrues=True)
    loan.pays(300_000, "2026-02-15")
    loan.pays(2_700_000, "2026-03-15")

    derived = loan.on("2026-03-15")

    assert {key.component for key in derived.lines} == {PRINCIPAL}
    assert derived.paid_off_on == day("2026-03-15")


# -- income when it is due --------------------------------------------------------------------------------------------


def test_interest_becomes_income_on_the_due_date():
    loan = Story.of(accrues=True)

    assert arisen(loan.on("2026-02-14"), INTEREST) == []
    assert loan.on("2026-02-14").next_on == day("2026-02-15")
    assert arisen(loan.on("2026-03-15"), INTEREST) == [("02-15", 1, 45_000), ("03-15", 2, 45_000)]


def test_interest_received_before_it_is_due_is_income_at_once_and_not_again():
    loan = Story.of(accrues=True)
    loan.pays(20_000, "2026-02-10")

    assert arisen(loan.on("2026-02-28"), INTEREST) == [("02-10", 1, 20_000), ("02-15", 1, 25_000)]


def test_of_a_loan_that_stands_still_interest_is_income_only_when_received():
    loan = Story.of(accrues=True)

    due = [on for on, _, _ in arisen(loan.on("2026-06-15"), INTEREST)]
    assert due == ["02-15", "03-15", "04-15", "05-15"]  # 15 May is the 89th day, 15 June the 120th

    loan.pays(5 * 345_000, "2026-06-20")
    assert arisen(loan.on("2026-07-15"), INTEREST)[-2:] == [("06-20", 5, 45_000), ("07-15", 6, 45_000)]


def test_on_a_cash_basis_interest_is_income_when_received():
    loan = Story.of()
    loan.pays(345_000, "2026-02-15")

    assert arisen(loan.on("2026-12-31"), INTEREST) == []


def test_interest_that_is_given_back_was_never_income():
    loan = Story.of(accrues=True, flat_rebate="unearned")
    loan.pays(3_000_000 + 45_000, "2026-02-10")

    derived = loan.on("2026-12-31")

    assert arisen(derived, INTEREST) == [("02-10", 1, 45_000)]
    assert derived.paid_off_on == day("2026-02-10")


# -- another schedule -------------------------------------------------------------------------------------------------


def test_another_schedule_carries_what_is_due_into_its_first_instalment():
    loan = Story.of()
    loan.pays(345_000, "2026-02-15")
    loan.pays(45_000, "2026-03-15")  # the jasa of the second alone
    loan.is_charged("fee", 5_000, "2026-03-01")
    loan.is_charged("penalty", 3_000, "2026-05-02")

    loan.is_rescheduled(agreed(principal=2_700_000, installments=9, disbursed_on=date(2026, 3, 20)))
    derived = loan.on("2026-03-20")

    # the fee took 5.000 of the 45.000; the third period has begun and asks its 45.000
    assert row(derived, 1).owed == {PENALTY: 0, FEE: 0, INTEREST: 40_500 + 5_000 + 45_000, PRINCIPAL: 300_000}
    assert row(derived, 2).owed == {PENALTY: 3_000, FEE: 0, INTEREST: 40_500, PRINCIPAL: 300_000}
    assert row(derived, 1).due_on == day("2026-04-20")
    assert derived.principal == 2_700_000
    assert derived.version == 2


def test_another_schedule_follows_what_is_owed_when_the_past_changes():
    loan = Story.of()
    loan.is_rescheduled(agreed(principal=3_000_000, installments=10, disbursed_on=date(2026, 3, 20)))
    loan.pays(345_000, "2026-02-15")

    derived = loan.on("2026-03-20")

    assert derived.principal == sum(one.principal for one in derived.plans[-1].rows) == 2_700_000
    assert [one.principal for one in derived.plans[-1].rows] == [270_000] * 10


def test_when_nothing_is_owed_another_schedule_is_moot():
    loan = Story.of()
    loan.is_rescheduled(agreed(disbursed_on=date(2026, 3, 20)))
    loan.pays(3_450_000, "2026-02-15")

    with pytest.raises(PlanIsMoot):
        loan.on("2026-03-20")
    assert loan.on("2026-03-19").paid_off_on == day("2026-02-15")


def test_each_schedule_earns_its_interest_by_its_own_method():
    loan = Story.of(flat_rebate="unearned")
    loan.is_rescheduled(
        agreed(method="equal_principal", principal=3_000_000, installments=10, disbursed_on=date(2026, 3, 1))
    )

    # 15.02. was due, and the flat period that runs is earned whole: 90.000 carried over
    assert row(loan.on("2026-03-01"), 1).owed[INTEREST] == 45_000 + 90_000


def test_penalties_owed_move_into_another_schedule_and_are_income_once():
    loan = Story.of(penalty=DAILY)
    loan.is_rescheduled(agreed(disbursed_on=date(2026, 2, 18)))

    derived = loan.on("2026-03-18")

    assert sum(amount for _, _, amount in arisen(derived, PENALTY)) == 3_000
    assert row(derived, 1).owed[PENALTY] == 3_000


def test_interest_that_became_income_stays_so_under_another_schedule():
    loan = Story.of(accrues=True)
    loan.is_rescheduled(agreed(disbursed_on=date(2026, 3, 1)))

    derived = loan.on("2026-04-01")

    # 45.000 on 15 February; the first new instalment brings its own 45.000 and the 45.000 that ran on 1 March
    assert sum(amount for _, _, amount in arisen(derived, INTEREST)) == 135_000
    assert row(derived, 1).owed[INTEREST] == 135_000


def test_money_that_waits_waits_for_another_schedule_too():
    loan = Story.of()
    loan.pays(400_000, "2026-02-15")
    loan.is_rescheduled(agreed(principal=2_700_000, installments=9, disbursed_on=date(2026, 2, 20)))

    assert loan.on("2026-03-19").held == 55_000
    assert loan.on("2026-03-20").held == 0


@pytest.mark.parametrize(
    ("first", "months", "found"),
    [("2026-01-31", 1, "2026-02-28"), ("2026-01-31", 2, "2026-03-31"), ("2026-11-15", 2, "2027-01-15")],
)
def test_months_later_clamp_to_the_months_end(first, months, found):
    assert months_later(day(first), months) == day(found)
