"""Derive, then book the difference: whatever the order of recording, the books end the same. Nothing is overwritten."""

import itertools
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger import queries as books_of
from ledger.errors import LaterEntries, PeriodClosed
from loans.errors import DayOfOriginal, Derived, LoanNotActive, Overpayment
from tests.conftest import FULL
from tests.door import undone
from tests.loans.lending import Lending, proven


@pytest.fixture
def accruing(books) -> Lending:
    return Lending.opened(interest_recognition="accrual")


PAYMENTS = [("2026-02-10", 124_000), ("2026-03-12", 60_000), ("2026-04-09", 188_000), ("2026-05-20", 300_000)]
LATE = {"penalty": {"per": "day", "amount": 500, "grace_days": 3}}


def end(lending: Lending, loan) -> tuple:
    lending.lives_the_night("2026-06-30")
    days = ["2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31", "2026-06-30"]
    sums: dict = {}
    for key, amount in loan.lines().items():
        place = (key.payment_id is None, key.on, key.origin, key.number, key.component)
        sums[place] = sums.get(place, 0) + amount
    return (
        [lending.balances(as_of=on) for on in days],
        {k: v for k, v in sums.items() if v},
        loan.schedule("2026-06-30"),
    )


@pytest.mark.parametrize("accrual", ["cash", "accrual"])
def test_the_order_of_recording_changes_nothing(books, accrual):
    ends = []
    orders = (
        list(itertools.permutations(range(4))) if FULL else [(0, 1, 2, 3), (3, 2, 1, 0), (2, 0, 3, 1), (1, 3, 0, 2)]
    )
    lending = Lending.opened(interest_recognition=accrual)
    for order in orders:
        with undone():
            loan = lending.lends(product=lending.product(**LATE))
            for number in order:
                on, amount = PAYMENTS[number]
                loan.pays(amount, on)
            ends.append(end(lending, loan))
            assert proven(lending.id) == []
    assert all(one == ends[0] for one in ends)


@settings(max_examples=60 if FULL else 6, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    history=st.lists(
        st.tuples(st.integers(1, 140), st.integers(1, 400_000)), min_size=2, max_size=5, unique_by=lambda one: one[0]
    ),
    seed=st.randoms(use_true_random=False),
    excess=st.sampled_from(["hold", "pay_ahead"]),
)
def test_any_history_in_any_order_ends_in_the_same_books(accruing, history, seed, excess):
    found, lending = [], accruing
    for order in (history, seed.sample(history, len(history))):
        with undone():
            loan = lending.lends(product=lending.product(excess=excess, **LATE))
            for days, amount in order:
                loan.pays(amount, date.fromordinal(date(2026, 1, 10).toordinal() + days).isoformat())
            found.append(end(lending, loan))
            assert proven(lending.id) == []
    assert found[0] == found[1]


def test_a_backdated_repayment_is_seen_and_overwrites_nothing(lending):
    loan = lending.lends()
    later = loan.pays(124_000, "2026-03-10")
    before = loan.stored()

    loan.pays(124_000, "2026-02-10")

    assert lending.kinds().count("loan_reallocation") == 1
    assert loan.stored() > before
    assert later.split == {"penalty": 0, "fee": 0, "interest": 24_000, "principal": 100_000, "excess": 0}
    assert [left for _, _, left in loan.schedule("2026-03-10")[:3]] == [0, 0, 124_000]


def test_a_repayment_taken_back_leaves_the_books_as_without_it(lending):
    with undone():
        loan = lending.lends()
        loan.pays(124_000, "2026-03-10")
        without = lending.balances(), loan.schedule("2026-03-31")
    loan = lending.lends()
    wrong = loan.pays(50_000, "2026-02-10")
    loan.pays(124_000, "2026-03-10")

    lending.takes_back(wrong.entry.id)

    assert (lending.balances(), loan.schedule("2026-03-31")) == without
    assert proven(lending.id) == []


def test_a_disbursement_is_not_taken_back_under_what_followed(lending):
    loan = lending.lends()
    paid = loan.pays(124_000, "2026-02-10")
    entry_id = loan.row.disbursement_entry_id

    with pytest.raises(LaterEntries) as refused:
        lending.takes_back(entry_id)
    assert refused.value.facts["entry_ids"] == [paid.entry.id]

    lending.takes_back(paid.entry.id)
    lending.takes_back(entry_id)
    assert (loan.row.status, lending.balances()["1-1010"]) == ("approved", 10_000_000)
    assert proven(lending.id) == []
    loan.is_paid_out("2026-01-12")
    assert (loan.row.status, proven(lending.id)) == ("active", [])


def test_what_follows_by_itself_is_not_taken_back_by_hand(accruing):
    lending = accruing
    lending.lends()
    lending.lives_the_night("2026-02-10")
    accrued = lending.asks(lambda: books_of.entries(lending.id).last())

    assert accrued.kind == "loan_accrual"
    with pytest.raises(Derived):
        lending.takes_back(accrued.id)


def test_a_mirror_bears_the_day_of_what_it_takes_back(lending):
    paid = lending.lends().pays(124_000, "2026-02-10")

    with pytest.raises(DayOfOriginal):
        lending.takes_back(paid.entry.id, on="2026-03-01")


def test_across_a_closed_month_only_the_days_of_the_difference_change(books):
    lending = Lending.opened(interest_recognition="accrual")
    with undone():
        loan = lending.lends(product=lending.product(**LATE))
        loan.pays(124_000, "2026-03-10")
        lending.lives_the_night("2026-06-30")
        without = lending.balances(), loan.schedule("2026-06-30")
    loan = lending.lends(product=lending.product(**LATE))
    wrong = loan.pays(124_000, "2026-02-10")
    for month in ("2026-01", "2026-02"):
        lending.closes(month)
    february = lending.balances(as_of="2026-02-28")
    loan.pays(124_000, "2026-03-10")

    lending.takes_back(wrong.entry.id)
    lending.lives_the_night("2026-06-30")

    assert (lending.balances(), loan.schedule("2026-06-30")) == without
    assert lending.balances(as_of="2026-02-28") == february
    assert proven(lending.id) == []
    with pytest.raises(PeriodClosed):
        loan.pays(124_000, "2026-02-20")


def test_a_paid_off_loan_takes_no_instalment(lending):
    loan = lending.lends(installments=1, principal=100_000)
    loan.pays(102_000, "2026-02-10")

    with pytest.raises(LoanNotActive):
        loan.pays(1_000, "2026-02-11")


def test_where_the_product_refuses_it_the_refusal_names_the_payoff(lending):
    loan = lending.lends(product=lending.product(excess="refuse"), installments=1, principal=100_000)

    with pytest.raises(Overpayment) as refused:
        loan.pays(102_001, "2026-02-10")
    assert refused.value.facts == {"amount": 102_001, "payoff": 102_000}
    assert loan.stored() == 0


def test_what_is_too_much_goes_into_her_savings_and_comes_back_when_the_past_changes(lending):
    loan = lending.lends(product=lending.product(excess="sukarela"))
    loan.pays(200_000, "2026-03-10")
    assert "2-1010.0001" not in lending.balances()
    loan.pays(124_000, "2026-02-10")
    assert lending.balances()["2-1010.0001"] == 76_000
    assert proven(lending.id) == []
