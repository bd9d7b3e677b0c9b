"""Interest is derived and the difference booked: however often the night runs, a month is paid once."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from ledger import jobs, proofs
from ledger import queries as books
from ledger import services as ledger
from ledger.ids import uuid7
from ledger.models import Job
from ledger.tasks import reader
from savings import queries
from savings.models import InterestLine, InterestRun
from tests.cast import day
from tests.door import Kelompok
from tests.savings.cast import Savings

EXPENSE = "5-1010"


def expense(savings: Savings, *, as_of: str | None = None) -> int:
    found: int = savings.group.asks(
        lambda: books.control_total(savings.group.id, EXPENSE, as_of=day(as_of) if as_of else None)
    )
    return found


@pytest.fixture
def earning(savings: Savings) -> Savings:
    """Voluntary savings at 7,30 % a year: Rp200 a day on a million. Dewi brought one on 1 February."""
    savings.pays_interest("7.30")
    savings.deposits("dewi", 1_000_000, on="2026-02-01")
    return savings


def test_a_month_is_credited_when_it_is_over(earning):
    assert earning.credits("2026-02-27") == []

    [entry_id] = earning.credits("2026-02-28")

    assert earning.held("dewi") == 1_005_600
    assert expense(earning) == 5_600
    entry = earning.group.asks(lambda: books.entry(earning.group.id, entry_id))
    assert (entry.kind, entry.effective_on) == ("savings_interest", day("2026-02-28"))
    assert earning.is_in_balance()


def test_a_night_that_runs_twice_pays_once(earning):
    earning.credits("2026-02-28")

    assert earning.credits("2026-02-28") == []
    assert earning.credits("2026-03-15") == []
    assert earning.held("dewi") == 1_005_600


def test_missed_nights_are_made_up_in_order_and_interest_earns_interest(earning):
    assert len(earning.credits("2026-04-10")) == 2

    assert earning.interest("dewi") == [("2026-02", 0, 5_600), ("2026-03", 0, 6_235)]
    assert earning.held("dewi", as_of="2026-03-30") == 1_005_600
    assert earning.held("dewi", as_of="2026-03-31") == 1_011_835


def test_every_account_of_the_product_is_in_one_entry(earning):
    earning.deposits("yuni", 500_000, on="2026-02-15")

    [entry_id] = earning.credits("2026-02-28")

    entry = earning.group.asks(lambda: books.entries(earning.group.id).get(id=entry_id))
    lines = earning.group.asks(lambda: books.lines(earning.group.id, entry.seq))
    assert [(line.debit, line.credit) for line in lines] == [(7_000, 0), (0, 5_600), (0, 1_400)]


def test_a_backdated_deposit_books_only_the_difference(earning):
    earning.credits("2026-03-31")
    earning.deposits("dewi", 1_000_000, on="2026-02-19")

    assert len(earning.credits("2026-03-31")) == 2

    assert earning.interest("dewi") == [
        ("2026-02", 0, 5_600),
        ("2026-03", 0, 6_235),
        ("2026-02", 5_600, 2_000),
        ("2026-03", 6_235, 6_212),
    ]
    assert earning.credits("2026-03-31") == []


def test_in_a_closed_month_the_difference_bears_the_first_open_day(earning):
    earning.credits("2026-02-28")
    earning.deposits("dewi", 1_000_000, on="2026-03-20")
    second = earning.group.phones["sari"].user.id
    earning.group.asks(lambda: ledger.close_month(earning.group.id, month=day("2026-02-01"), second=second))
    earning.sets("sukarela", rate=None, from_on="2026-02-15")

    [entry_id] = earning.credits("2026-02-28")

    entry = earning.group.asks(lambda: books.entry(earning.group.id, entry_id))
    assert entry.effective_on == day("2026-03-01")
    assert earning.interest("dewi")[-1] == ("2026-02", 5_600, -2_800)
    assert earning.held("dewi", as_of="2026-02-28") == 1_005_600
    assert earning.held("dewi", as_of="2026-03-01") == 1_002_800


def test_a_reversed_deposit_takes_its_interest_back_as_far_as_it_is_there(earning):
    came = earning.deposits("yuni", 1_000_000, on="2026-02-01")
    earning.credits("2026-02-28")
    earning.withdraws("yuni", 5_000, on="2026-03-02")
    earning.takes_back(came)
    assert earning.held("yuni") == 600

    earning.credits("2026-02-28")

    assert earning.interest("yuni") == [("2026-02", 0, 5_600), ("2026-02", 5_600, -600)]
    assert earning.held("yuni") == 0


def test_interest_that_was_taken_back_by_hand_comes_again(earning):
    [entry_id] = earning.credits("2026-02-28")
    earning.reverses(entry_id)
    assert earning.held("dewi") == 1_000_000

    earning.credits("2026-02-28")

    assert earning.interest("dewi") == [("2026-02", 0, 5_600), ("2026-02", 0, 5_600)]
    assert earning.held("dewi") == 1_005_600
    assert earning.credits("2026-02-28") == []


def test_a_new_rate_holds_from_its_day_and_leaves_what_was_earned(earning):
    earning.credits("2026-02-28")
    earning.sets("sukarela", rate="3.65", today=day("2026-03-11"))

    earning.credits("2026-03-31")

    assert earning.interest("dewi") == [("2026-02", 0, 5_600), ("2026-03", 0, 2_011 + 2_112)]


def test_a_rate_that_comes_later_pays_nothing_for_the_years_before(savings):
    savings.deposits("dewi", 1_000_000, on="2026-01-05")
    savings.sets("sukarela", rate="7.30", today=day("2026-03-11"))

    savings.credits("2026-03-31")

    assert savings.interest("dewi") == [("2026-03", 0, 4_200)]


def test_without_a_rate_nothing_is_looked_at(savings):
    savings.deposits("dewi", 1_000_000, on="2026-01-05")

    assert savings.credits("2026-03-31") == []
    assert savings.group.asks(InterestRun.objects.count) == 0


def test_a_month_in_which_nothing_was_earned_is_looked_at_once(earning):
    earning.withdraws("dewi", 1_000_000, on="2026-02-01")

    assert earning.credits("2026-02-28") == earning.credits("2026-02-28") == []
    assert earning.group.asks(InterestRun.objects.count) == 1


def test_the_rounding_is_kept_beside_what_was_booked(earning):
    earning.deposits("yuni", 1_234_567, on="2026-02-03")
    earning.credits("2026-02-28")

    def asked() -> list[InterestLine]:
        accounts = queries.accounts(earning.group.id, member_id=earning.group.members["yuni"])
        return queries.interest_lines(earning.group.id, [one.id for one in accounts], since=day("2026-02-01"))

    [hers] = earning.group.asks(asked)
    assert (hers.amount, str(hers.exact)) == (6_420, "6419.748400")


def test_the_database_refuses_a_second_first_payment_of_a_month(earning):
    earning.credits("2026-02-28")

    def again() -> None:
        run = InterestRun.objects.get()
        line = run.lines.get()
        run.id, run.number, run.entry_id = uuid7(), 2, None
        run.save(force_insert=True)
        line.id, line.run = uuid7(), run
        line.save(force_insert=True)

    with pytest.raises(IntegrityError, match="interest_is_paid_once"), transaction.atomic():
        earning.group.asks(again)


# ── by the clock ────────────────────────────────────────────────────────────────────────────────────────────────────


def ran(task: str) -> list[Any]:
    """What every job of this name that waits gave, done as a worker does it, and done again."""
    waiting = list(Job.objects.filter(task=task, status="queued").order_by("id"))
    for job in [*waiting, *waiting]:
        jobs.run(job.id)
    return [Job.objects.get(id=job.id).result for job in waiting]


def test_the_jobs_credit_every_group_once_however_often_they_are_delivered(scratch):
    groups = [Savings(Kelompok.opened()), Savings(Kelompok.opened("b", "Tetangga"))]
    for savings in groups:
        savings.pays_interest("7.30")
        savings.deposits("dewi", 1_000_000, on="2026-02-01")
    for night in ("first", "again"):
        jobs.enqueue("savings.credit_interest", key=night, arguments={"through": "2026-02-28"})

    assert ran("savings.credit_interest") == [{"groups": 2}] * 2
    assert [len(result["entry_ids"]) for result in ran("savings.credit_group_interest")] == [1, 1, 0, 0]
    assert [savings.held("dewi") for savings in groups] == [1_005_600] * 2
    with reader() as connection:
        assert list(proofs.prove(connection, None)) == []
