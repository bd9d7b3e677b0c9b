"""What happens to the lenders' money, and what it leaves in the books: Rp12.000.000 of the UPK's on 10 January 2026,
twelve months, Rp1.000.000 a month and one per cent of what is owed."""

import pytest

from capital import services
from capital.errors import (
    AlreadyFunded,
    BeforeAgreement,
    CannotDraw,
    FollowedByPayment,
    LenderExists,
    LoanEnded,
    LoanNotPaidOut,
    OverDrawn,
    OverFacility,
    OverLoan,
    Overpayment,
)
from capital.models import Funding
from ledger.errors import FutureDate, PeriodClosed
from loans import queries as loans
from loans.errors import InsufficientCash
from tests.capital.lending import Borrowing
from tests.cast import day

LEAF = "2-1110.1"


def test_lenders_are_numbered_and_no_two_bear_one_name(borrowing):
    first, second = borrowing.knows(), borrowing.knows("Bank Jateng", "bank", "kur@bank.example")

    assert (first.number, second.number, second.contact_email) == (1, 2, "kur@bank.example")
    with pytest.raises(LenderExists) as refused:
        borrowing.knows("Bank Jateng", "csr")
    assert refused.value.facts["number"] == 2


@pytest.mark.parametrize(
    ("kind", "parent"),
    [("upk", "2-1110"), ("bank", "2-1120"), ("dinas", "2-1130"), ("csr", "2-1130"), ("person", "2-1130")],
)
def test_a_facility_has_an_account_of_its_own_where_its_lender_belongs(borrowing, kind, parent):
    borrowing.is_promised(lender=borrowing.knows(kind=kind)).draws(1_000_000)

    assert borrowing.balances()[f"{parent}.1"] == 1_000_000


def test_a_promise_books_nothing(borrowing):
    before = borrowing.balances()

    facility = borrowing.is_promised().row

    assert borrowing.balances() == before
    assert (facility.status, facility.opened_on, facility.terms["principal"]) == (
        "active",
        day("2026-01-10"),
        12_000_000,
    )


def test_what_is_drawn_comes_in_and_is_owed(borrowing):
    drawn = borrowing.is_promised().draws()

    assert (drawn.number, drawn.received) == (1, 12_000_000)
    assert borrowing.balances() == {"1-1010": 22_000_000, "3-1030": 10_000_000, LEAF: 12_000_000}


def test_what_the_lender_keeps_up_front_is_a_cost_and_owed_all_the_same(borrowing):
    fees = [
        {"kind": "provisi", "percent": "1", "when": "upfront"},
        {"kind": "buku", "amount": 10_000, "when": "upfront"},
    ]
    drawn = borrowing.is_promised(fees=fees).draws(channel="bank")

    assert drawn.received == 11_870_000
    found = borrowing.balances()
    assert (found["1-1110"], found["5-1020"], found[LEAF]) == (11_870_000, 130_000, 12_000_000)


def test_every_part_has_a_schedule_of_its_own(borrowing):
    facility = borrowing.is_promised()
    facility.draws(6_000_000, "2026-01-10")
    facility.draws(3_000_000, "2026-02-20")

    rows = [(one.drawdown, one.number, one.due_on, one.due) for one in facility.at("2026-10-31").states]
    assert rows[:4] == [
        (1, 1, day("2026-02-10"), 560_000),
        (1, 2, day("2026-03-10"), 555_000),
        (2, 1, day("2026-03-20"), 280_000),
        (1, 3, day("2026-04-10"), 550_000),
    ]
    assert len(rows) == 24


def test_a_first_due_day_of_the_terms_holds_for_what_is_drawn_before_it(borrowing):
    facility = borrowing.is_promised(first_due_on="2026-02-01")
    facility.draws(6_000_000, "2026-01-10")
    facility.draws(6_000_000, "2026-02-20")

    first = {one.drawdown: one.due_on for one in reversed(facility.at("2026-10-31").states)}
    assert first == {1: day("2026-02-01"), 2: day("2026-03-20")}


def test_no_more_is_drawn_than_was_promised(borrowing):
    facility = borrowing.is_promised()
    facility.draws(11_000_000)

    with pytest.raises(OverFacility) as refused:
        facility.draws(1_000_001)

    assert (refused.value.facts["available"], refused.value.facts["limit"]) == (1_000_000, 12_000_000)
    assert facility.draws(1_000_000).number == 2


def test_what_is_paid_back_may_not_be_drawn_again(borrowing):
    facility = borrowing.is_promised()
    facility.draws()
    facility.pays(1_120_000, "2026-02-10")

    with pytest.raises(OverFacility):
        facility.draws(1_000_000, "2026-02-20")


@pytest.mark.parametrize(
    ("on", "refusal"), [("2026-01-09", BeforeAgreement), ("2199-01-01", FutureDate)], ids=["early", "future"]
)
def test_nothing_is_drawn_before_the_agreement_or_tomorrow(borrowing, on, refusal):
    with pytest.raises(refusal):
        borrowing.is_promised().draws(on=on)


def test_a_part_that_its_terms_cannot_carry_is_refused_with_the_reason(borrowing):
    fees = [{"kind": "provisi", "amount": 100_000, "when": "upfront"}]
    facility = borrowing.is_promised(fees=fees)

    with pytest.raises(CannotDraw, match="Biaya di muka"):
        facility.draws(100_000)
    assert facility.draws(100_001).received == 1


def test_a_payment_pays_interest_as_a_cost_and_principal(borrowing):
    facility = borrowing.is_promised()
    facility.draws()

    paid = facility.pays(1_120_000, "2026-02-10")

    assert paid.split == {"fee": 0, "interest": 120_000, "principal": 1_000_000}
    assert facility.split(paid.payment) == (0, 120_000, 1_000_000)
    found = borrowing.balances()
    assert (found["5-1020"], found[LEAF], found["1-1010"]) == (120_000, 11_000_000, 20_880_000)
    assert borrowing.kinds()[-1] == "facility_payment"


def test_a_payment_of_an_earlier_day_divides_the_later_one_anew_and_visibly(borrowing):
    facility = borrowing.is_promised()
    facility.draws()
    later = facility.pays(1_110_000, "2026-03-10")
    assert facility.split(later.payment) == (0, 120_000, 990_000)

    earlier = facility.pays(1_120_000, "2026-02-10")

    assert facility.split(later.payment) == (0, 110_000, 1_000_000)
    assert facility.split(earlier.payment) == (0, 120_000, 1_000_000)
    assert borrowing.kinds().count("facility_reallocation") == 1
    assert borrowing.balances()[LEAF] == 10_000_000


def test_in_which_order_things_are_written_down_changes_no_balance_of_any_day(books):
    days = ("2026-01-31", "2026-02-10", "2026-02-28", "2026-03-31", "2026-10-31")
    acts = [
        lambda one: one.draws(3_000_000, "2026-02-01"),
        lambda one: one.pays(700_000, "2026-02-10"),
        lambda one: one.pays(1_200_000, "2026-03-10"),
        lambda one: one.pays(50_000, "2026-02-25"),
    ]
    seen = []
    for number, order in enumerate([(0, 1, 2, 3), (2, 1, 3, 0), (3, 2, 0, 1)]):
        group = Borrowing.opened(f"o{number}", interest_recognition="accrual" if number < 3 else "cash")
        facility = group.is_promised()
        facility.draws(6_000_000)
        for place in order:
            acts[place](facility)
        seen.append([group.balances(as_of=on) for on in days])

    assert seen[0] == seen[1] == seen[2]


def test_more_than_is_owed_is_refused_with_what_ends_it(borrowing):
    facility = borrowing.is_promised()
    facility.draws()

    with pytest.raises(Overpayment) as refused:
        facility.pays(12_058_066, "2026-01-25")

    assert refused.value.facts["payoff"] == 12_058_065
    assert facility.pays(12_058_065, "2026-01-25").derived.ended_on == day("2026-01-25")
    assert (facility.row.status, facility.row.ended_on) == ("paid", day("2026-01-25"))
    with pytest.raises(Overpayment) as again:
        facility.pays(1, "2026-02-01")
    assert again.value.facts["payoff"] == 0


def test_a_facility_that_was_paid_is_active_again_when_more_is_drawn(borrowing):
    facility = borrowing.is_promised()
    facility.draws(1_000_000)
    facility.pays(facility.at("2026-01-20").payoff.total, "2026-01-20")
    assert facility.row.status == "paid"

    facility.draws(2_000_000, "2026-03-01")

    assert (facility.row.status, facility.row.ended_on, borrowing.balances()[LEAF]) == ("active", None, 2_000_000)


def test_what_would_make_a_later_payment_too_much_is_refused_with_that_payment(borrowing):
    facility = borrowing.is_promised()
    facility.draws()
    last = facility.pays(facility.at("2026-03-10").payoff.total, "2026-03-10")

    with pytest.raises(FollowedByPayment) as refused:
        facility.pays(1_000, "2026-02-10")

    assert refused.value.facts["entry_ids"] == [last.payment.entry_id]


def test_money_that_is_not_there_pays_nobody(borrowing):
    facility = borrowing.is_promised()
    facility.draws()

    with pytest.raises(InsufficientCash) as refused:
        facility.pays(1_120_000, "2026-02-10", channel="bank")

    assert (refused.value.facts["available"], refused.value.facts["needed"]) == (0, 1_120_000)


def test_into_a_closed_month_nothing_is_drawn_paid_or_given(borrowing):
    facility = borrowing.is_promised()
    facility.draws(6_000_000)
    borrowing.closes("2026-01")

    for act in (
        lambda: facility.pays(1_000, "2026-01-20"),
        lambda: facility.draws(1, "2026-01-20"),
        lambda: borrowing.is_given(1_000, on="2026-01-20"),
    ):
        with pytest.raises(PeriodClosed):
            act()


# ── accrual ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def accruing(books) -> Borrowing:
    return Borrowing.opened(interest_recognition="accrual")


def test_the_night_books_what_fell_due_and_twice_does_no_more(accruing):
    accruing.is_promised().draws()

    first = accruing.lives_the_night("2026-03-09")
    again = accruing.lives_the_night("2026-03-09")
    second = accruing.lives_the_night("2026-03-10")

    assert (first["entries"], again["entries"], second["entries"]) == (1, 1, 1)
    found = accruing.balances()
    assert found["5-1020"] == found["2-1140.1"] == 230_000
    assert accruing.balances(as_of="2026-02-09").get("5-1020", 0) == 0
    assert accruing.kinds().count("facility_accrual") == 2


def test_a_payment_clears_what_was_accrued(accruing):
    facility = accruing.is_promised()
    facility.draws()
    accruing.lives_the_night("2026-02-15")

    facility.pays(1_120_000, "2026-02-16")

    found = accruing.balances()
    assert (found["5-1020"], found.get("2-1140.1", 0), found[LEAF]) == (120_000, 0, 11_000_000)


def test_without_a_night_a_payment_books_what_had_fallen_due(accruing):
    facility = accruing.is_promised()
    facility.draws()

    facility.pays(1_120_000, "2026-03-12")

    assert accruing.balances()["5-1020"] == 230_000
    assert accruing.balances()["2-1140.1"] == 0 + 230_000 - 120_000 - 0
    assert facility.stands("2026-03-12").due_now == 1_110_000


def test_costs_that_are_paid_when_due_leave_nothing_to_the_night(borrowing):
    borrowing.is_promised().draws()

    assert borrowing.lives_the_night("2026-06-30")["entries"] == 0


def test_the_policy_of_the_day_of_the_agreement_holds(borrowing):
    facility = borrowing.is_promised()
    type(borrowing.group).objects.filter(id=borrowing.id).update(interest_recognition="accrual")
    facility.draws()

    assert not facility.row.accrues
    assert borrowing.is_promised().row.accrues


# ── what is owed on a day ───────────────────────────────────────────────────────────────────────────────────────────


def test_arrears_are_what_fell_due_before_the_day_and_is_unpaid(borrowing):
    facility = borrowing.is_promised()
    facility.draws()
    facility.pays(500_000, "2026-02-10")

    on_the_day, after = facility.stands("2026-02-10"), facility.stands("2026-03-12")

    assert (on_the_day.due_now, on_the_day.arrears, on_the_day.days_past_due) == (620_000, 0, 0)
    assert (after.due_now, after.arrears, after.days_past_due) == (1_730_000, 1_730_000, 30)
    assert (after.outstanding, after.next_due_on, after.next_due_amount) == (11_620_000, day("2026-04-10"), 1_100_000)


def test_the_account_tells_every_movement_with_what_was_owed_after_it(borrowing):
    facility = borrowing.is_promised()
    facility.draws(6_000_000, "2026-01-10")
    facility.draws(2_000_000, "2026-02-20")
    facility.pays(560_000, "2026-02-10")

    whole, february = facility.account(), facility.account("2026-02-01", "2026-02-15")

    assert [(one.effective_on, one.amount, one.balance) for one in whole.lines] == [
        (day("2026-01-10"), 6_000_000, 6_000_000),
        (day("2026-02-10"), -500_000, 5_500_000),
        (day("2026-02-20"), 2_000_000, 7_500_000),
    ]
    assert (february.opening, [one.amount for one in february.lines], february.closing) == (
        6_000_000,
        [-500_000],
        5_500_000,
    )


# ── grants ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("kind", "account"), [("grant", "3-1030"), ("participation", "3-1040"), ("programme", "3-1050")]
)
def test_what_is_given_is_the_groups_own(borrowing, kind, account):
    before = borrowing.balance(account)

    grant = borrowing.is_given(2_500_000, kind)

    assert (borrowing.balance(account) - before, borrowing.balance("1-1010")) == (2_500_000, 12_500_000)
    assert grant.giver == "Desa Blumbangrejo"


# ── the loans it became ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_facility_tells_which_loans_it_became_down_to_what_they_bought(borrowing):
    facility = borrowing.is_promised()
    facility.draws(6_000_000, "2026-01-20")
    loan = borrowing.lends()

    funding = facility.funds(loan, 1_000_000)

    assert (funding.amount, funding.funded_on, funding.ended_on) == (1_000_000, day("2026-01-20"), None)


def test_a_facility_funds_what_was_drawn_and_a_loan_is_funded_once_over(borrowing):
    facility, other = borrowing.is_promised(), borrowing.is_promised()
    facility.draws(1_300_000)
    other.draws(5_000_000)
    first, second = borrowing.lends(), borrowing.lends("yuni")

    facility.funds(first, 1_000_000)
    with pytest.raises(AlreadyFunded):
        facility.funds(first, 1)
    with pytest.raises(OverDrawn) as over:
        facility.funds(second, 300_001)
    with pytest.raises(OverLoan) as whole:
        other.funds(first, 200_001)

    assert (over.value.facts["free"], whole.value.facts["free"]) == (300_000, 200_000)
    assert other.funds(first, 200_000).amount == 200_000


def test_only_what_was_paid_out_and_runs_is_funded(borrowing):
    facility = borrowing.is_promised()
    facility.draws()

    with pytest.raises(LoanNotPaidOut):
        facility.funds(borrowing.requests(), 1)
    ended = borrowing.lends(principal=100_000, installments=1)
    ended.pays(102_000, "2026-02-10")
    with pytest.raises(LoanEnded):
        facility.funds(ended, 1)


def test_what_a_loan_paid_back_funds_the_next(borrowing):
    facility = borrowing.is_promised()
    facility.draws(1_000_000)
    first = borrowing.lends(principal=1_000_000, installments=1)
    facility.funds(first, 1_000_000)
    with pytest.raises(OverDrawn):
        facility.funds(borrowing.lends("yuni"), 1)

    first.pays(1_020_000, "2026-02-10")

    assert facility.funds(borrowing.lends("dewi"), 1_000_000).amount == 1_000_000


def test_a_loan_that_was_named_by_mistake_is_released(borrowing):
    facility = borrowing.is_promised()
    facility.draws(1_000_000)
    loan = borrowing.lends()
    funding = facility.funds(loan, 1_000_000)

    borrowing.asks(lambda: services.release_loan(funding, on=day("2026-03-01")))
    borrowing.asks(lambda: services.release_loan(funding, on=day("2026-05-01")))

    assert borrowing.asks(lambda: Funding.objects.get(group_id=borrowing.id).ended_on) == day("2026-03-01")
    assert facility.funds(loan, 1_000_000).ended_on is None
    assert borrowing.asks(lambda: loans.loan(borrowing.id, loan.id)).status == "active"
