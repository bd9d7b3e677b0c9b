"""Money that is promised: it stays in the balance, and nothing may take it out."""

import pytest
from django.db import IntegrityError, transaction

from ledger import queries, services
from ledger.entries import NewEntry
from ledger.errors import FloorBreached, LaterEntries, NoSuchAccount
from tests.cast import BANK, CASH, FEES, GRANT, MEALS, day


def holds(group, change, account=CASH):
    group.asks(lambda: services.hold(group.id, account=account, change=change))


def free(group, account=CASH):
    return group.asks(lambda: queries.available(group.id, account))


def test_what_is_held_stays_in_the_balance_and_is_not_available(jarbangsri):
    jarbangsri.posts(CASH, GRANT, 100_000)

    holds(jarbangsri, 60_000)

    assert (jarbangsri.balance(CASH), free(jarbangsri)) == (100_000, 40_000)
    assert free(jarbangsri, BANK) == 0


def test_held_cash_cannot_be_spent_and_the_refusal_says_what_is_held(jarbangsri):
    jarbangsri.posts(CASH, GRANT, 100_000)
    holds(jarbangsri, 60_000)

    jarbangsri.posts(MEALS, CASH, 40_000)
    with pytest.raises(FloorBreached) as refused:
        jarbangsri.posts(MEALS, CASH, 500)

    facts = {"account": CASH, "first_day": day("2026-03-05"), "shortfall": 500, "held": 60_000}
    assert refused.value.facts == facts
    assert jarbangsri.balance(CASH) == 60_000


def test_what_is_let_go_of_may_be_spent_in_the_same_act(jarbangsri):
    jarbangsri.posts(CASH, GRANT, 100_000)
    holds(jarbangsri, 100_000)

    holds(jarbangsri, -70_000)
    jarbangsri.posts(MEALS, CASH, 70_000)

    assert (jarbangsri.balance(CASH), free(jarbangsri)) == (30_000, 0)


def test_no_more_is_held_than_is_free(jarbangsri):
    jarbangsri.posts(CASH, GRANT, 100_000)
    holds(jarbangsri, 60_000)

    with pytest.raises(FloorBreached) as refused:
        holds(jarbangsri, 40_001)

    assert (refused.value.facts["shortfall"], refused.value.facts["held"]) == (1, 60_000)
    assert free(jarbangsri) == 40_000
    with pytest.raises(FloorBreached) as refused:
        holds(jarbangsri, 1, BANK)
    assert "held" not in refused.value.facts


def test_money_may_come_in_whatever_is_held(jarbangsri):
    jarbangsri.posts(CASH, GRANT, 100)
    holds(jarbangsri, 100)

    jarbangsri.posts(CASH, FEES, 50)

    assert free(jarbangsri) == 50


def test_a_hold_has_no_date_and_past_days_do_not_know_of_it(jarbangsri):
    jarbangsri.posts(CASH, GRANT, 100_000, on="2026-03-05")
    jarbangsri.posts(CASH, FEES, 50_000, on="2026-03-20")
    holds(jarbangsri, 90_000)

    jarbangsri.posts(MEALS, CASH, 60_000, on="2026-03-07")

    assert jarbangsri.balance(CASH, as_of="2026-03-07") == 40_000
    assert free(jarbangsri) == 0


def test_a_list_is_one_act_beside_what_is_held(jarbangsri):
    jarbangsri.posts(CASH, GRANT, 100)
    holds(jarbangsri, 100)
    spend = NewEntry(day("2026-03-05"), "journal", jarbangsri.lines(MEALS, CASH, 70))
    take = NewEntry(day("2026-03-05"), "journal", jarbangsri.lines(CASH, FEES, 70))

    jarbangsri.enters(spend, take)

    assert free(jarbangsri) == 0


def test_a_reversal_does_not_take_what_is_held(jarbangsri):
    came = jarbangsri.posts(CASH, GRANT, 100_000)
    jarbangsri.posts(MEALS, CASH, 30_000)
    holds(jarbangsri, 20_000)
    more = jarbangsri.posts(CASH, GRANT, 5_000)
    holds(jarbangsri, 55_000)

    with pytest.raises(FloorBreached) as refused:
        jarbangsri.takes_back(more)
    assert (refused.value.facts["shortfall"], refused.value.facts["held"]) == (5_000, 75_000)
    with pytest.raises(LaterEntries):
        jarbangsri.takes_back(came)


def test_letting_go_of_more_than_is_held_is_a_bug(jarbangsri):
    jarbangsri.posts(CASH, GRANT, 100)
    holds(jarbangsri, 60)

    with pytest.raises(IntegrityError, match="account_held_is_no_debt"), transaction.atomic():
        holds(jarbangsri, -61)


@pytest.mark.parametrize("wrong", [0, True, 1.5, "1000", 10**15 + 1])
def test_only_an_amount_is_held(jarbangsri, wrong):
    with pytest.raises((TypeError, ValueError)):
        holds(jarbangsri, wrong)


def test_another_groups_account_cannot_be_held(jarbangsri, other):
    other.posts(CASH, GRANT, 100)

    with pytest.raises(NoSuchAccount):
        holds(jarbangsri, 1, "1-9999")
    with pytest.raises(FloorBreached):
        holds(jarbangsri, 1)
