"""What people see runs in order of (effective_on, seq), whatever the order of recording."""

import pytest

from ledger import queries
from tests.cast import CASH, FEES, GRANT, MEALS, day


@pytest.fixture
def backdated(jarbangsri):
    jarbangsri.posts(CASH, GRANT, 1_000, on="2026-03-01")
    jarbangsri.posts(MEALS, CASH, 300, on="2026-03-20")
    jarbangsri.posts(CASH, FEES, 50, on="2026-03-10")
    return jarbangsri


def page(group, **options):
    account = group.account(CASH)
    return group.asks(lambda: queries.history(group.id, account, **options))


def test_a_backdated_entry_stands_on_its_day_with_balances_that_follow(backdated):
    found = page(backdated)

    assert [(str(line.effective_on), line.change, line.balance) for line in found.lines] == [
        ("2026-03-01", 1_000, 1_000),
        ("2026-03-10", 50, 1_050),
        ("2026-03-20", -300, 750),
    ]
    assert (found.opening_balance, found.closing_balance, found.older) == (0, 750, None)


def test_as_of_ends_the_page_on_that_day(backdated):
    found = page(backdated, as_of=day("2026-03-10"))

    assert [line.balance for line in found.lines] == [1_000, 1_050]


def test_pages_join_without_a_gap_and_leave_out_what_came_since(backdated):
    first = page(backdated, limit=2)
    backdated.posts(CASH, FEES, 7, on="2026-03-02")

    second = page(backdated, before=first.older, limit=2)

    assert [line.balance for line in second.lines + first.lines] == [1_000, 1_050, 750]
    assert second.closing_balance == first.opening_balance


def test_the_number_of_queries_does_not_grow_with_the_lines(backdated, django_assert_num_queries):
    account = backdated.account(CASH)

    def ask():
        with django_assert_num_queries(4):
            queries.history(backdated.id, account)

    backdated.asks(ask)
    for _ in range(20):
        backdated.posts(CASH, FEES, 1, on="2026-03-15")
    backdated.asks(ask)


def test_a_trial_balance_takes_as_many_queries_for_many_accounts(backdated, django_assert_num_queries):
    def ask():
        with django_assert_num_queries(5):
            queries.trial_balance(backdated.id, as_of=day("2026-03-15"))

    backdated.asks(ask)
    backdated.posts("1-1410", CASH, 10, on="2026-03-21")
    backdated.posts("5-2040", CASH, 10, on="2026-03-21")
    backdated.asks(ask)


def test_the_balances_of_a_day_that_nothing_followed_are_those_that_stand(backdated, django_assert_num_queries):
    """Today's are asked all day long: no line is read for them."""

    def ask():
        standing = queries.balances(backdated.id)
        with django_assert_num_queries(1):
            assert queries.balances(backdated.id, as_of=day("2026-03-20")) == standing
        return queries.balances(backdated.id, as_of=day("2026-03-19"))[account]

    account = backdated.account(CASH)
    assert backdated.asks(ask) == 1_050


def test_as_of_a_past_day_the_trial_balance_agrees(backdated):
    found = backdated.asks(lambda: queries.trial_balance(backdated.id, as_of=day("2026-03-10")))

    assert found.total_debit == found.total_credit == 1_050


def test_entries_come_with_postings_and_notes_in_a_fixed_number_of_queries(backdated, django_assert_num_queries):
    def ask():
        with django_assert_num_queries(2):
            return [
                (one.seq, one.note.text, [(posting.debit, posting.credit) for posting in one.postings.all()])
                for one in queries.entries(backdated.id)
            ]

    assert backdated.asks(ask)[0] == (1, "contoh", [(1_000, 0), (0, 1_000)])


def test_what_a_paper_of_a_past_day_said_is_summed_again_from_its_entries_alone(backdated):
    cash, first = backdated.account(CASH), 1

    def said(through_seq, until=None):
        return backdated.asks(
            lambda: queries.recorded_balances(backdated.id, [cash], through_seq=through_seq, until=until)
        )[cash]

    assert [said(seq) for seq in (0, first, 2, 3)] == [0, 1_000, 700, 750]
    assert said(2, day("2026-03-19")) == 1_000  # the 50 of the 10th was not recorded yet
    assert said(3, day("2026-03-19")) == 1_050
    assert said(3, day("2026-02-28")) == 0
