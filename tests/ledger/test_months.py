"""Months close in order, by two people, and open again only from the end."""

import pytest

from ledger import queries, services
from ledger.context import in_book
from ledger.errors import MonthNotClosed, MonthNotNext, MonthNotOver, PeriodClosed, SecondPersonMissing
from ledger.models import Job, MonthClose
from tests.cast import BUDI, CASH, FEES, GRANT, MEALS, day


@pytest.fixture
def two_months(jarbangsri):
    jarbangsri.posts(CASH, GRANT, 1_000, on="2026-02-10")
    jarbangsri.posts(CASH, FEES, 200, on="2026-03-10")
    jarbangsri.posts(MEALS, CASH, 50, on="2026-04-10")
    return jarbangsri


def test_the_first_month_to_close_is_that_of_the_first_entry(two_months):
    with pytest.raises(MonthNotNext) as refused:
        two_months.closes("2026-03")

    assert refused.value.facts == {"month": "2026-03", "next_month": "2026-02"}


def test_closing_keeps_the_balances_and_the_head_of_that_moment(two_months):
    head = two_months.asks(lambda: queries.head(two_months.id))
    two_months.closes("2026-02")

    close = two_months.asks(lambda: queries.closed_months(two_months.id).get())

    assert (close.head_seq, bytes(close.head_hash)) == head
    cash = two_months.account(CASH)
    assert two_months.asks(lambda: close.balances.get(group_id=two_months.id, account_id=cash).balance) == 1_000


def test_the_past_reads_the_same_before_and_after_closing(two_months):
    days = ["2026-02-09", "2026-02-10", "2026-02-28", "2026-03-10", "2026-03-31", "2026-04-10"]
    before = [two_months.balance(CASH, as_of=on) for on in days]
    two_months.closes("2026-02")
    two_months.closes("2026-03")

    assert [two_months.balance(CASH, as_of=on) for on in days] == before == [0, 1_000, 1_000, 1_200, 1_200, 1_150]


def test_a_running_month_cannot_close(jarbangsri):
    today = jarbangsri.asks(lambda: queries.book(jarbangsri.id)).opened_at.date()
    jarbangsri.posts(CASH, GRANT, 100, on=today.replace(day=1).isoformat())

    with pytest.raises(MonthNotOver):
        jarbangsri.closes(f"{today:%Y-%m}")


def test_one_person_cannot_close_alone(two_months):
    with pytest.raises(SecondPersonMissing):
        in_book(
            two_months.id,
            BUDI,
            lambda: services.close_month(two_months.id, month=day("2026-02-01"), second=BUDI),
        )


def test_only_the_latest_closed_month_opens_again_and_its_closing_stays_on_record(two_months):
    two_months.closes("2026-02")
    two_months.closes("2026-03")

    with pytest.raises(MonthNotClosed):
        two_months.reopens("2026-02")
    two_months.reopens("2026-03")

    two_months.posts(CASH, FEES, 10, on="2026-03-31")
    with pytest.raises(PeriodClosed):
        two_months.posts(CASH, FEES, 10, on="2026-02-28")
    records = two_months.asks(
        lambda: list(MonthClose.objects.order_by("month").values_list("reopen_reason", flat=True))
    )
    assert records == [None, "setoran tertinggal"]
    two_months.closes("2026-03")
    assert two_months.balance(CASH, as_of="2026-03-31") == 1_210


def test_closing_asks_for_a_proof_of_the_book_once(two_months):
    two_months.closes("2026-02")

    assert Job.objects.filter(group_id=two_months.id).values_list("task", "status").get() == (
        "ledger.verify_book",
        "queued",
    )
