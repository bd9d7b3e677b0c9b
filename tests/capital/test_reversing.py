"""What capital undoes when an entry of its own is taken back, and when it refuses to."""

import pytest

from capital.errors import Derived, MoneyIsLent
from capital.models import Drawdown, Grant, Payment
from ledger import queries as books
from ledger.errors import LaterEntries
from loans.errors import DayOfOriginal
from tests.capital.lending import Borrowing
from tests.cast import day


def test_a_drawdown_taken_back_leaves_nothing_owed(borrowing):
    before, facility = borrowing.balances(), borrowing.is_promised()
    drawn = facility.draws()

    mirror = borrowing.takes_back(drawn.entry_id)

    assert borrowing.balances() == before
    assert (facility.at("2026-10-31").states, facility.row.status) == ((), "active")
    assert borrowing.asks(lambda: Drawdown.objects.get(id=drawn.id).reversed_by) == mirror.id
    assert facility.draws(12_000_000, "2026-02-01").number == 2


def test_what_was_accrued_goes_with_the_drawdown(books):
    accruing = Borrowing.opened(interest_recognition="accrual")
    facility = accruing.is_promised()
    drawn = facility.draws()
    accruing.lives_the_night("2026-03-15")
    assert accruing.balance("2-1140") == 230_000

    accruing.takes_back(drawn.entry_id)

    assert accruing.balance("2-1140") == accruing.balance("5-1020") == 0
    assert accruing.lives_the_night("2026-04-15")["entries"] == 0


def test_a_drawdown_that_was_paid_of_is_taken_back_after_the_payments(borrowing):
    facility = borrowing.is_promised()
    drawn = facility.draws()
    paid = facility.pays(1_120_000, "2026-02-10")

    with pytest.raises(LaterEntries) as refused:
        borrowing.takes_back(drawn.entry_id)
    assert refused.value.facts["entry_ids"] == [paid.payment.entry_id]

    borrowing.takes_back(paid.payment.entry_id)
    borrowing.takes_back(drawn.entry_id)
    assert borrowing.balance("2-1110") == 0


def test_a_part_that_no_payment_reached_is_taken_back_alone(borrowing):
    facility = borrowing.is_promised()
    facility.draws(6_000_000, "2026-01-10")
    facility.pays(560_000, "2026-02-10")
    second = facility.draws(6_000_000, "2026-02-20")

    borrowing.takes_back(second.entry_id)

    assert borrowing.balance("2-1110") == 5_500_000


def test_money_that_is_in_loans_is_released_first(borrowing):
    facility = borrowing.is_promised()
    facility.draws(1_000_000)
    second = facility.draws(1_000_000, "2026-01-11")
    facility.funds(borrowing.lends(), 1_200_000)

    with pytest.raises(MoneyIsLent) as refused:
        borrowing.takes_back(second.entry_id)

    assert (refused.value.facts["funded"], refused.value.facts["drawn"]) == (1_200_000, 1_000_000)


def test_a_payment_taken_back_is_owed_again_and_the_later_one_pays_that_first(borrowing):
    facility = borrowing.is_promised()
    facility.draws()
    first = facility.pays(1_120_000, "2026-02-10")
    second = facility.pays(1_110_000, "2026-03-10")

    borrowing.takes_back(first.payment.entry_id)

    assert facility.split(first.payment) == (0, 0, 0)
    assert facility.split(second.payment) == (0, 120_000, 990_000)
    assert borrowing.balance("2-1110") == 11_010_000
    assert borrowing.asks(lambda: Payment.objects.get(id=first.payment.id).reversed_by) is not None


def test_a_facility_whose_last_payment_is_taken_back_is_active_again(borrowing):
    facility = borrowing.is_promised()
    facility.draws()
    last = facility.pays(facility.at("2026-01-25").payoff.total, "2026-01-25")
    assert facility.row.status == "paid"

    borrowing.takes_back(last.payment.entry_id)

    assert (facility.row.status, facility.row.ended_on) == ("active", None)
    assert facility.stands("2026-02-11").arrears == 1_120_000


def test_a_payment_of_a_closed_month_stays_in_it_and_is_taken_back_after_it(borrowing):
    facility = borrowing.is_promised()
    facility.draws()
    paid = facility.pays(1_120_000, "2026-02-10")
    for month in ("2026-01", "2026-02"):
        borrowing.closes(month)

    with pytest.raises(DayOfOriginal):
        borrowing.takes_back(paid.payment.entry_id, on="2026-03-05")
    borrowing.takes_back(paid.payment.entry_id)

    assert borrowing.balances(as_of="2026-02-28")["2-1110.1"] == facility.at("2026-02-28").principal == 11_000_000
    assert borrowing.balances(as_of="2026-03-01")["2-1110.1"] == facility.at("2026-03-01").principal == 12_000_000
    assert facility.stands("2026-02-28").arrears == 0


def test_a_drawdown_of_a_closed_month_is_owed_until_it_is_taken_back(borrowing):
    facility = borrowing.is_promised()
    drawn = facility.draws()
    borrowing.closes("2026-01")

    borrowing.takes_back(drawn.entry_id)

    assert facility.stands("2026-01-31").outstanding == facility.stands("2026-01-31").drawn == 12_000_000
    assert facility.stands("2026-02-01").outstanding == 0
    assert borrowing.sees("2026-01-31").sources.lenders[0].outstanding == 12_000_000


def test_what_follows_by_itself_is_not_taken_back_by_itself(books):
    accruing = Borrowing.opened(interest_recognition="accrual")
    accruing.is_promised().draws()
    accruing.lives_the_night("2026-02-10")
    accrual = accruing.asks(lambda: books_of(accruing))

    with pytest.raises(Derived):
        accruing.takes_back(accrual)


def books_of(group):
    return books.entries(group.id).get(kind="facility_accrual").id


def test_a_grant_taken_back_was_never_given(borrowing):
    before, grant = borrowing.balances(), borrowing.is_given(500_000)

    mirror = borrowing.takes_back(grant.entry_id)

    assert borrowing.balances() == before
    assert borrowing.asks(lambda: Grant.objects.get(id=grant.id).reversed_by) == mirror.id
    assert mirror.effective_on == day("2026-01-10")
