"""What may be posted, and what the books say afterwards."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger import queries, services
from ledger.chart import NewLeaf
from ledger.entries import NewEntry
from ledger.errors import (
    AccountExists,
    AccountIsOwned,
    FloorBreached,
    FutureDate,
    NoSuchAccount,
    PeriodClosed,
    Unbalanced,
)
from ledger.ids import uuid7
from ledger.money import JournalLine, Line, credit, debit
from tests.cast import BANK, CASH, FEES, GRANT, MEALS, Group, day


def test_an_entry_moves_both_its_accounts(jarbangsri):
    posted = jarbangsri.posts(CASH, GRANT, 5_000_000)

    assert posted.seq == 1
    assert jarbangsri.balance(CASH) == 5_000_000
    assert jarbangsri.balance(GRANT) == 5_000_000


def test_the_trial_balance_has_equal_columns(jarbangsri):
    jarbangsri.posts(CASH, GRANT, 5_000_000)
    jarbangsri.posts(MEALS, CASH, 85_000)

    found = jarbangsri.asks(lambda: queries.trial_balance(jarbangsri.id))

    assert found.total_debit == found.total_credit == 5_000_000
    assert [(row.account, row.debit, row.credit) for row in found.rows] == [
        (CASH, 4_915_000, 0),
        (GRANT, 0, 5_000_000),
        (MEALS, 85_000, 0),
    ]


def test_an_unbalanced_entry_is_refused_with_both_sums(jarbangsri):
    lines = [debit(jarbangsri.account(CASH), 100), credit(jarbangsri.account(GRANT), 99)]

    with pytest.raises(Unbalanced) as refused:
        jarbangsri.enters(NewEntry(day("2026-03-05"), "journal", lines))

    assert (refused.value.facts["debit"], refused.value.facts["credit"]) == (100, 99)
    assert jarbangsri.asks(lambda: queries.head(jarbangsri.id)).seq == 0


def test_an_entry_of_one_line_is_refused(jarbangsri):
    with pytest.raises(Unbalanced):
        jarbangsri.enters(NewEntry(day("2026-03-05"), "journal", [debit(jarbangsri.account(CASH), 100)]))


def test_tomorrow_is_refused_in_the_groups_own_time_zone(jarbangsri):
    with pytest.raises(FutureDate) as refused:
        jarbangsri.posts(CASH, GRANT, 100, on="2999-01-01")

    assert refused.value.code == "future_date"
    assert "1 Januari 2999" in refused.value.sentence


def test_cash_cannot_go_below_zero_and_the_refusal_says_by_how_much(jarbangsri):
    jarbangsri.posts(CASH, GRANT, 50_000)

    with pytest.raises(FloorBreached) as refused:
        jarbangsri.posts(MEALS, CASH, 80_000)

    assert refused.value.facts == {"account": CASH, "first_day": day("2026-03-05"), "shortfall": 30_000}
    assert refused.value.sentence == "Saldo 1-1010 tidak cukup: pada 5 Maret 2026 kurang 30.000."
    assert jarbangsri.balance(CASH) == 50_000


def test_a_backdated_payment_is_refused_on_the_first_day_the_cash_was_not_there(jarbangsri):
    jarbangsri.posts(CASH, GRANT, 100_000, on="2026-03-05")
    jarbangsri.posts(MEALS, CASH, 90_000, on="2026-03-10")
    jarbangsri.posts(CASH, FEES, 500_000, on="2026-03-20")

    with pytest.raises(FloorBreached) as refused:
        jarbangsri.posts(MEALS, CASH, 40_000, on="2026-03-07")

    assert refused.value.facts == {"account": CASH, "first_day": day("2026-03-10"), "shortfall": 30_000}


def test_a_backdated_payment_passes_where_every_days_end_bears_it(jarbangsri):
    jarbangsri.posts(CASH, GRANT, 100_000, on="2026-03-05")
    jarbangsri.posts(MEALS, CASH, 60_000, on="2026-03-10")

    jarbangsri.posts(MEALS, CASH, 40_000, on="2026-03-07")

    assert jarbangsri.balance(CASH, as_of="2026-03-07") == 60_000
    assert jarbangsri.balance(CASH) == 0


def test_a_list_is_one_act_whose_floors_hold_at_each_days_end(jarbangsri):
    spend = NewEntry(day("2026-03-05"), "journal", jarbangsri.lines(MEALS, CASH, 70_000))
    take = NewEntry(day("2026-03-05"), "journal", jarbangsri.lines(CASH, FEES, 70_000))

    jarbangsri.enters(spend, take)

    assert jarbangsri.balance(CASH) == 0
    late = NewEntry(day("2026-03-06"), "journal", jarbangsri.lines(CASH, FEES, 70_000))
    with pytest.raises(FloorBreached):
        jarbangsri.enters(spend, late)


def test_an_account_may_stand_twice_in_one_entry(jarbangsri):
    cash, fees = jarbangsri.account(CASH), jarbangsri.account(FEES)

    jarbangsri.enters(NewEntry(day("2026-03-05"), "journal", [debit(cash, 30), debit(cash, 20), credit(fees, 50)]))

    assert jarbangsri.balance(CASH) == 50


def test_an_unknown_account_is_refused_by_its_name(jarbangsri):
    with pytest.raises(NoSuchAccount):
        jarbangsri.posts("1-9999", GRANT, 100)
    with pytest.raises(NoSuchAccount):
        jarbangsri.enters(
            NewEntry(day("2026-03-05"), "journal", [debit(uuid7(), 5), credit(jarbangsri.account(GRANT), 5)])
        )


def test_another_groups_account_is_unknown_here(jarbangsri, other):
    theirs = other.account(CASH)

    with pytest.raises(NoSuchAccount):
        jarbangsri.enters(
            NewEntry(day("2026-03-05"), "journal", [debit(theirs, 5), credit(jarbangsri.account(GRANT), 5)])
        )


def test_a_journal_may_not_touch_what_members_own(jarbangsri):
    with pytest.raises(AccountIsOwned) as refused:
        jarbangsri.posts(CASH, "2-1010", 100)

    assert refused.value.facts == {"account": "2-1010", "owner": "savings"}


def test_a_leaf_adds_to_its_parents_control_total(jarbangsri):
    def open_and_post():
        return services.open_leaf(
            jarbangsri.id, parent="2-1010", code="2-1010.001", name="Sukarela 001", owned_by="savings", floor=0
        )

    leaf = jarbangsri.asks(open_and_post)
    jarbangsri.enters(
        NewEntry(day("2026-03-05"), "deposit", [debit(jarbangsri.account(CASH), 20_000), credit(leaf, 20_000)])
    )

    assert jarbangsri.asks(lambda: queries.control_total(jarbangsri.id, "2-1010")) == 20_000
    assert jarbangsri.balance("2-1010") == 0


def test_leaves_are_opened_together_and_told_in_order(jarbangsri):
    leaves = [
        NewLeaf("2-1010", "2-1010.002", "Sukarela 002", "savings", 0),
        NewLeaf("1-1220", "1-1220.1", "P", "loans"),
    ]

    opened = jarbangsri.asks(lambda: services.open_leaves(jarbangsri.id, leaves))

    found = jarbangsri.asks(lambda: list(queries.accounts(jarbangsri.id).filter(parent_id__isnull=False)))
    assert [(one.id, one.code, one.kind, one.normal, one.floor) for one in found] == [
        (opened[1], "1-1220.1", "asset", "D", None),
        (opened[0], "2-1010.002", "liability", "C", 0),
    ]


@pytest.mark.parametrize(
    ("parent", "code", "refusal"),
    [("2-9999", "2-9999.1", NoSuchAccount), ("2-1010", "1-1010", AccountExists), ("2-1010", "2-1010.1", AccountExists)],
)
def test_of_several_leaves_none_is_opened_when_one_is_refused(jarbangsri, parent, code, refusal):
    leaves = [NewLeaf("2-1010", "2-1010.1", "Sukarela 1", "savings"), NewLeaf(parent, code, "Lain", "savings")]

    with pytest.raises(refusal):
        jarbangsri.asks(lambda: services.open_leaves(jarbangsri.id, leaves))

    assert not jarbangsri.asks(lambda: queries.accounts(jarbangsri.id).filter(parent_id__isnull=False).exists())


@pytest.mark.parametrize("wrong", [0, -1, 10**15 + 1])
def test_an_amount_is_a_positive_int_of_bearable_size(wrong):
    with pytest.raises(ValueError):
        debit(uuid7(), wrong)


@pytest.mark.parametrize("wrong", [True, 1.5, "1000", None, 1e3, float("nan")])
def test_what_is_no_int_is_no_amount(wrong):
    with pytest.raises(TypeError):
        credit(uuid7(), wrong)


def test_posting_outside_a_command_is_a_bug(jarbangsri):
    with pytest.raises(RuntimeError, match="command"):
        jarbangsri.asks(
            lambda: services.post_entry(
                jarbangsri.id,
                effective_on=day("2026-03-05"),
                kind="journal",
                postings=[Line(jarbangsri.account(CASH), debit=1), Line(jarbangsri.account(GRANT), credit=1)],
            )
        )


def test_one_transaction_opens_one_book(jarbangsri, other):
    with pytest.raises(RuntimeError, match="transaction of its own"):
        jarbangsri.asks(lambda: other.balance(CASH))


def test_a_journal_line_without_an_amount_is_refused(jarbangsri):
    with pytest.raises(ValueError):
        jarbangsri.does(
            lambda: services.post_journal(
                jarbangsri.id,
                effective_on=day("2026-03-05"),
                memo="kosong",
                postings=[JournalLine(CASH), JournalLine(GRANT, credit=1)],
            )
        )


deeds = st.lists(
    st.tuples(
        st.sampled_from([CASH, BANK]),
        st.sampled_from([GRANT, FEES, MEALS]),
        st.integers(1, 1_000_000),
        st.integers(1, 28),
        st.booleans(),
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds=deeds)
def test_order_of_recording_changes_no_balance_of_any_day(books, deeds):
    """Without a floor in the way, the same entries in two orders give the same balance at the end of every day."""
    first, second = Group.opened(), Group.opened()

    def record(group, order):
        for asset, counter, amount, on, _ in order:
            group.posts(asset, counter, amount, on=f"2026-03-{on:02}")

    record(first, deeds)
    record(second, deeds[::-1])

    for code in (CASH, BANK, GRANT, FEES, MEALS):
        for on in {f"2026-03-{row[3]:02}" for row in deeds}:
            assert first.balance(code, as_of=on) == second.balance(code, as_of=on)


def test_a_closed_month_takes_no_entry_and_the_refusal_names_the_first_open_day(jarbangsri):
    jarbangsri.posts(CASH, GRANT, 100, on="2026-03-05")
    jarbangsri.closes("2026-03")

    with pytest.raises(PeriodClosed) as refused:
        jarbangsri.posts(CASH, GRANT, 100, on="2026-03-31")

    assert refused.value.facts["first_open_on"] == day("2026-04-01")
