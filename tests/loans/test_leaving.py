"""A member leaves: what she saved pays what she owes, the rest is hers."""

import pytest

from loans.errors import StillOwes, WorkInProgress
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


def test_a_request_is_withdrawn_first(lending):
    lending.requests()

    with pytest.raises(WorkInProgress):
        lending.settles("dewi", "2026-02-10")


def test_without_a_loan_all_she_saved_is_hers(lending):
    lending.saves("dewi", 50_000)

    left = lending.settles("dewi", "2026-02-10")

    assert (left.paid_out, left.offset_against_loan) == (50_000, 0)
