"""A member leaves: what she saved pays what she owes, the rest is hers."""

import pytest

from loans.errors import FollowedByOthers, StillHeld, StillOwes, WorkInProgress
from tests.cast import day


def test_her_savings_pay_off_her_loan_and_the_rest_is_hers(lending):
    lending.saves("dewi", 2_000_000)
    loan = lending.lends()
    loan.pays(124_000, "2026-02-10")
    cash = lending.balances()["1-1010"]

    left = lending.settles("dewi", "2026-03-01")

    assert (left.offset_against_loan, left.paid_out) == (1_364_000, 636_000)
    assert lending.balances()["1-1010"] == cash - 636_000
    assert (loan.row.status, loan.row.ended_on) == ("paid_off", day("2026-03-01"))
    assert [lending.balance(code) for code in ("2-1010", "2-1260", "1-1220")] == [0, 0, 0]
    assert lending.kelompok.row("dewi").left_on == day("2026-03-01")


def test_both_her_loans_are_paid(lending):
    lending.saves("dewi", 4_000_000)
    first, second = lending.lends(), lending.lends()

    left = lending.settles("dewi", "2026-02-10")

    assert left.offset_against_loan == 2 * 1_488_000
    assert [loan.row.status for loan in (first, second)] == ["paid_off", "paid_off"]
    assert len(left.entry_ids) == 3


def test_penalties_up_to_her_last_day_are_hers_and_no_later_ones(lending):
    lending.saves("dewi", 2_000_000)
    loan = lending.lends(product=lending.product(penalty={"per": "day", "amount": 1_000}))
    lending.lives_the_night("2026-03-01")

    left = lending.settles("dewi", "2026-02-13")

    assert left.offset_against_loan == 1_488_000 + 3_000
    assert lending.balance("4-1030") == 3_000
    assert loan.row.status == "paid_off"


def test_who_owes_more_than_she_saved_does_not_leave(lending):
    lending.saves("dewi", 1_000_000)
    loan = lending.lends()
    before = lending.balances()

    with pytest.raises(StillOwes) as refused:
        lending.settles("dewi", "2026-02-10")
    assert refused.value.facts["owed"] == 488_000
    assert (lending.balances(), loan.row.status) == (before, "active")


def test_she_does_not_leave_before_a_day_on_which_she_still_paid(lending):
    """Else the settlement would take once more what came later."""
    lending.saves("dewi", 2_000_000)
    paid = lending.lends().pays(124_000, "2026-03-10")

    with pytest.raises(FollowedByOthers) as refused:
        lending.settles("dewi", "2026-02-20")
    assert refused.value.facts["entry_ids"] == [paid.entry.id]
    assert lending.settles("dewi", "2026-03-10").offset_against_loan == 1_364_000


def test_she_does_not_leave_before_a_loan_was_paid_out_to_her(lending):
    lending.saves("dewi", 2_000_000)
    lending.lends(on="2026-03-01")

    with pytest.raises(FollowedByOthers):
        lending.settles("dewi", "2026-02-20")


def test_a_loan_that_was_over_by_then_is_no_hindrance(lending):
    lending.saves("dewi", 2_000_000)
    lending.lends(principal=100_000, installments=1).pays(102_000, "2026-02-10")

    assert lending.settles("dewi", "2026-02-20").offset_against_loan == 0


def test_a_request_is_withdrawn_first(lending):
    lending.requests()

    with pytest.raises(WorkInProgress):
        lending.settles("dewi", "2026-02-10")


def test_without_a_loan_all_she_saved_is_hers(lending):
    lending.saves("dewi", 50_000)

    left = lending.settles("dewi", "2026-02-10")

    assert (left.paid_out, left.offset_against_loan) == (50_000, 0)


def test_who_left_too_much_on_a_loan_that_is_over_does_not_leave_without_it(lending):
    """Her titipan waits for instalments that will never come; written as it should have been, it was never given."""
    lending.saves("dewi", 50_000)
    loan = lending.lends(principal=100_000, installments=1)
    too_much = loan.pays(110_000, "2026-02-10")
    before = lending.balances()

    with pytest.raises(StillHeld) as refused:
        lending.settles("dewi", "2026-02-20")
    assert (refused.value.code, refused.value.facts) == ("still_held", {"loan": 1, "amount": 8_000})
    assert (lending.balances(), lending.kelompok.row("dewi").left_on) == (before, None)

    lending.takes_back(too_much.entry.id)
    loan.pays(102_000, "2026-02-10")
    assert lending.settles("dewi", "2026-02-20").paid_out == 50_000


def test_what_was_held_for_a_loan_that_runs_pays_it_and_is_no_hindrance(lending):
    lending.saves("dewi", 2_000_000)
    lending.lends().pays(200_000, "2026-02-10")
    assert lending.balance("2-1050") == 76_000

    assert lending.settles("dewi", "2026-02-20").offset_against_loan == 1_488_000 - 200_000
    assert lending.balance("2-1050") == 0


def test_another_members_titipan_is_no_hindrance(lending):
    lending.lends("yuni", principal=100_000, installments=1).pays(110_000, "2026-02-10")
    lending.saves("dewi", 50_000)

    assert lending.settles("dewi", "2026-02-20").paid_out == 50_000
