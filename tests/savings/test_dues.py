"""What a member should have saved: the rules by themselves, and in a group's books."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from ledger import services as ledger
from ledger.money import credit
from members import services as people
from savings import queries, services
from savings.dues import Rule, due, periods
from tests.cast import day
from tests.door import TODAY

ALWAYS = day("1900-01-01")
MONTHLY = Rule(ALWAYS, 10_000, 1, "month")


@pytest.mark.parametrize(
    ("rule", "joined", "until", "owed"),
    [
        # calendar months, the month of joining among them
        (MONTHLY, "2026-01-31", "2026-01-30", 0),
        (MONTHLY, "2026-01-31", "2026-01-31", 10_000),
        (MONTHLY, "2026-01-31", "2026-02-01", 20_000),
        (MONTHLY, "2026-01-02", "2026-03-31", 30_000),
        (MONTHLY, "2025-11-15", "2026-02-28", 40_000),
        (Rule(ALWAYS, 10_000, 3, "month"), "2026-01-15", "2026-03-31", 10_000),
        (Rule(ALWAYS, 10_000, 3, "month"), "2026-01-15", "2026-04-01", 20_000),
        # days and weeks from the day she joined
        (Rule(ALWAYS, 2_000, 1, "week"), "2026-03-02", "2026-03-08", 2_000),
        (Rule(ALWAYS, 2_000, 1, "week"), "2026-03-02", "2026-03-09", 4_000),
        (Rule(ALWAYS, 2_000, 2, "week"), "2026-03-02", "2026-03-15", 2_000),
        (Rule(ALWAYS, 500, 1, "day"), "2026-03-01", "2026-03-31", 15_500),
        # once
        (Rule(ALWAYS, 50_000), "2026-01-02", "2036-01-02", 50_000),
        (Rule(ALWAYS, 50_000), "2026-01-02", "2026-01-01", 0),
        # nothing is asked for
        (Rule(ALWAYS, None, 1, "month"), "2026-01-02", "2026-12-31", 0),
    ],
)
def test_worked_examples(rule, joined, until, owed):
    assert due([rule], joined_on=day(joined), until=day(until)) == owed


def test_an_amount_that_changes_holds_for_the_months_that_begin_later():
    rules = [MONTHLY, Rule(day("2026-03-15"), 25_000, 1, "month"), Rule(day("2026-06-01"), None, 1, "month")]

    owed = [due(rules, joined_on=day("2026-01-02"), until=day(f"2026-{month:02d}-28")) for month in range(1, 8)]

    assert owed == [10_000, 20_000, 30_000, 55_000, 80_000, 80_000, 80_000]


def test_what_is_asked_once_is_what_was_asked_when_she_joined():
    rules = [Rule(ALWAYS, 50_000), Rule(day("2026-03-01"), 100_000)]

    assert due(rules, joined_on=day("2026-02-28"), until=day("2026-12-31")) == 50_000
    assert due(rules, joined_on=day("2026-03-01"), until=day("2026-12-31")) == 100_000


RHYTHMS = st.tuples(st.integers(1, 6), st.sampled_from(["day", "week", "month"]))
DAYS = st.dates(day("2020-01-01"), day("2030-12-31"))


@given(rhythm=RHYTHMS, joined=DAYS, later=st.integers(0, 900), step=st.integers(0, 40))
def test_nobody_owes_less_as_time_goes_by(rhythm, joined, later, step):
    rule, until = Rule(ALWAYS, 1_000, *rhythm), joined + timedelta(days=later)

    before, after = (due([rule], joined_on=joined, until=one) for one in (until, until + timedelta(days=step)))

    assert 1_000 <= before <= after


@given(rhythm=RHYTHMS, joined=DAYS, later=st.integers(0, 900), change=DAYS)
def test_the_same_rule_said_again_changes_nothing(rhythm, joined, later, change):
    until = joined + timedelta(days=later)
    rules = [Rule(ALWAYS, 1_000, *rhythm), Rule(change, 1_000, *rhythm)]

    assert due(rules, joined_on=joined, until=until) == 1_000 * periods(rules[0], joined_on=joined, until=until)


# ── in the books ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_until_the_group_says_how_much_nothing_is_due(savings):
    assert savings.group.asks(lambda: queries.due_rows(savings.group.id, as_of=TODAY)) == []


def test_arrears_are_what_is_missing_part_payments_taken(savings):
    savings.sets("wajib", amount=10_000)
    savings.deposits("dewi", 10_000, "wajib", on="2026-01-10")
    savings.deposits("dewi", 4_000, "wajib", on="2026-02-10")

    assert savings.due("dewi", as_of="2026-01-31") == (10_000, 10_000, 0)
    assert savings.due("dewi", as_of="2026-02-09") == (20_000, 10_000, 10_000)
    assert savings.due("dewi", as_of="2026-03-31") == (30_000, 14_000, 16_000)
    assert savings.due("yuni", as_of="2026-03-31") == (30_000, 0, 30_000)
    savings.deposits("dewi", 16_000, "wajib", on="2026-03-31")
    assert savings.due("dewi", as_of="2026-03-31") == (30_000, 30_000, 0)


def test_what_is_paid_ahead_is_no_arrears_below_zero(savings):
    savings.sets("wajib", amount=10_000)
    savings.deposits("dewi", 120_000, "wajib", on="2026-01-10")

    assert savings.due("dewi", as_of="2026-03-31") == (30_000, 120_000, 0)


def test_a_deposit_taken_back_was_not_paid(savings):
    savings.sets("wajib", amount=10_000)
    wrong = savings.deposits("dewi", 30_000, "wajib", on="2026-03-05")
    savings.takes_back(wrong, on="2026-03-20")

    assert savings.due("dewi", as_of="2026-03-19") == (30_000, 30_000, 0)
    assert savings.due("dewi", as_of="2026-03-20") == (30_000, 0, 30_000)


def test_what_was_withdrawn_was_paid_all_the_same(savings):
    savings.opens("hari_raya", amount=5_000, every=1, unit="month")
    savings.deposits("dewi", 15_000, "hari_raya", on="2026-03-05")
    savings.withdraws("dewi", 15_000, "hari_raya", on="2026-03-06")

    assert savings.due("dewi", "hari_raya", as_of="2026-03-31") == (15_000, 15_000, 0)


def test_another_amount_leaves_the_dues_of_the_past(savings):
    savings.sets("wajib", amount=10_000)
    savings.sets("wajib", amount=20_000, today=day("2026-02-15"))

    assert savings.due("dewi", as_of="2026-02-28")[0] == 20_000
    assert savings.due("dewi", as_of="2026-03-31")[0] == 40_000
    savings.sets("wajib", amount=15_000, from_on="2026-02-01")
    assert savings.due("dewi", as_of="2026-03-31")[0] == 10_000 + 15_000 + 20_000


def test_the_share_is_due_once(savings):
    savings.sets("pokok", amount=50_000)
    savings.deposits("dewi", 20_000, "pokok")

    assert savings.due("dewi", "pokok", as_of="2026-03-31") == (50_000, 20_000, 30_000)


def test_what_was_taken_out_again_was_paid_all_the_same(savings):
    """In cash, or for a loan."""
    savings.sets("sukarela", amount=20_000, every=1, unit="month", from_on="2026-01-01")
    savings.deposits("dewi", 60_000)
    savings.withdraws("dewi", 10_000)
    group_id, dewi, yuni = savings.group.id, savings.group.members["dewi"], savings.group.members["yuni"]

    def act():
        line = services.take_for_loan(group_id, member_id=dewi, product="sukarela", amount=30_000, on=day("2026-03-10"))
        put = services.put_line(group_id, member_id=yuni, product="sukarela")
        return ledger.post_entry(
            group_id, effective_on=day("2026-03-10"), kind="repayment", postings=[line, credit(put, 30_000)]
        )

    savings.does(act)

    assert savings.due("dewi", "sukarela", as_of="2026-03-31") == (60_000, 60_000, 0)


def test_who_left_owes_up_to_her_last_day_and_begins_anew_when_she_comes_back(savings):
    savings.sets("wajib", amount=10_000)
    savings.deposits("yuni", 20_000, "wajib", on="2026-01-10")
    row = savings.group.row("yuni")
    savings.group.asks(lambda: people.leave(row, left_on=day("2026-02-10"), today=TODAY))
    assert savings.due("yuni", as_of="2026-06-30") == (20_000, 20_000, 0)

    row = savings.group.row("yuni")
    savings.group.asks(lambda: people.rejoin(row, joined_on=day("2026-03-20"), today=TODAY))
    assert savings.due("yuni", as_of="2026-03-31") == (10_000, 0, 10_000)
    assert savings.due("yuni", as_of="2026-02-28") == (20_000, 20_000, 0)


def test_who_had_not_joined_is_not_in_the_list(savings):
    savings.sets("wajib", amount=10_000)
    savings.group.joins("ida", on=day("2026-03-10"))

    before = savings.group.asks(lambda: queries.due_rows(savings.group.id, as_of=day("2026-03-09")))

    assert savings.group.members["ida"] not in {row.member_id for row in before}
    assert savings.due("ida", as_of="2026-03-31") == (10_000, 0, 10_000)


def test_the_list_costs_the_same_for_two_members_and_for_many(savings):
    savings.sets("wajib", amount=10_000)
    savings.sets("pokok", amount=50_000)
    savings.deposits("dewi", 10_000, "wajib")

    def counted() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            savings.group.asks(lambda: queries.due_rows(savings.group.id, as_of=TODAY))
        return len(seen)

    few = counted()
    for number in range(8):
        savings.group.joins(f"ibu{number}")
        savings.deposits(f"ibu{number}", 10_000, "wajib")
        savings.deposits(f"ibu{number}", 50_000, "pokok")

    assert counted() == few
