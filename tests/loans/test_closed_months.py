"""A closed month is never touched: what would have changed it is booked on the first open day, and sums to the same."""

import random

import pytest

from ledger.errors import LaterEntries, PeriodClosed
from tests.cast import day
from tests.conftest import FULL
from tests.loans.lending import Lending

OPEN = ("2026-03-05", "2026-03-20", "2026-04-02", "2026-04-11", "2026-04-29")
CLOSED = ("2026-01-25", "2026-02-04", "2026-02-10", "2026-02-17", "2026-02-27")
DAILY = {"per": "day", "amount": 1_000, "grace_days": 2}


@pytest.fixture
def open_for_ever(neighbours) -> Lending:
    """Another group, in which the same happens and no month is closed."""
    self = Lending(neighbours)
    neighbours.budi.pays(
        f"{neighbours.path}/ledger/entries", neighbours.journal("1-1010", "3-1030", 10_000_000, on="2026-01-05")
    )
    return self


@pytest.mark.parametrize("seed", range(30 if FULL else 4))
def test_only_the_dates_differ(lending, open_for_ever, seed):
    chance, groups = random.Random(seed), (lending, open_for_ever)  # noqa: S311
    excess, accrues = chance.choice(["hold", "pay_ahead"]), chance.random() < 0.5
    for group in groups:
        type(group.group).objects.filter(id=group.id).update(interest_recognition="accrual" if accrues else "cash")
    loans = [group.lends(product=group.product(penalty=DAILY, excess=excess)) for group in groups]
    sums = [(on, chance.randrange(20_000, 150_000)) for on in CLOSED]
    paid = [[loan.pays(amount, on) for on, amount in sums] for loan in loans]
    lending.closes("2026-01")
    lending.closes("2026-02")
    before = lending.balances(as_of="2026-02-28")

    for on in chance.sample(OPEN, len(OPEN)):
        amount = chance.randrange(20_000, 140_000)
        for loan in loans:
            loan.pays(amount, on)
    for gone in chance.sample(range(len(CLOSED)), 2):
        for group, taken in zip(groups, paid, strict=True):
            group.takes_back(taken[gone].entry.id)

    for group in groups:
        group.lives_the_night("2026-05-15")
    assert lending.balances(as_of="2026-02-28") == before
    for on in ("2026-04-30", "2026-05-15"):
        assert lending.balances(as_of=on) == open_for_ever.balances(as_of=on)
    assert loans[0].schedule("2026-05-15") == loans[1].schedule("2026-05-15")
    assert lending.balances(as_of="2026-02-28") != open_for_ever.balances(as_of="2026-02-28")


def test_no_money_comes_into_a_closed_month(lending):
    loan = lending.lends()
    lending.closes("2026-01")
    before = lending.balances()

    with pytest.raises(PeriodClosed) as refused:
        loan.pays(10_000, "2026-01-31")
    assert refused.value.facts["first_open_on"] == day("2026-02-01")
    with pytest.raises(PeriodClosed):
        loan.is_charged("penalty", 5_000, "2026-01-31")
    assert lending.balances() == before


def test_a_penalty_of_a_closed_month_is_forgiven_in_the_open_one(lending):
    loan = lending.lends(product=lending.product(penalty=DAILY))
    lending.closes("2026-01")
    lending.closes("2026-02")
    [late] = loan.at("2026-02-28").states[0].charges
    assert late.amount == 16_000

    loan.is_forgiven(late.id, "2026-02-28")

    assert lending.balances(as_of="2026-02-28")["4-1030"] == 16_000
    assert "4-1030" not in lending.balances(as_of="2026-03-01")


def test_a_disbursement_of_a_closed_month_goes_with_all_that_followed(lending):
    before = lending.balances()
    loan = lending.lends(product=lending.product(penalty=DAILY))
    paid = loan.pays(124_000, "2026-02-20")
    lending.closes("2026-01")
    lending.closes("2026-02")

    with pytest.raises(LaterEntries):
        lending.takes_back(loan.row.disbursement_entry_id)
    lending.takes_back(paid.entry.id)
    mirror = lending.takes_back(loan.row.disbursement_entry_id)

    assert mirror.effective_on == day("2026-03-01")
    assert lending.balances() == before
    assert loan.lines() == {} or sum(loan.lines().values()) == 0
