"""Schedules counted anew in bulk: seen first, then done for just the loans it touches, and nothing booked moves."""

from datetime import date
from decimal import Decimal

import pytest

from ledger import jobs
from ledger.models import Job
from loans import recounting
from loans.models import Version
from loans.recounting import NewRate
from members.models import Group
from tests.cast import day
from tests.conftest import scratch_database
from tests.loans.lending import Lending, proven


def dues(loan, on: str = "2026-04-01") -> list[date]:
    from loans import queries

    lending = loan.lending
    derived = lending.asks(lambda: queries.state(lending.group, queries.loan(lending.id, loan.id), on=day(on)))
    return [state.due_on for state in derived.states]


@pytest.fixture
def meeting(books) -> Lending:
    """A group that meets on the fifteenth."""
    return Lending.opened(meets_from=date(2026, 1, 15))


def test_a_new_meeting_day_moves_what_is_still_to_come(meeting):
    moves = meeting.lends(due_dates="meeting_day")
    stays = meeting.lends("yuni")
    moves.pays(124_000, "2026-02-15")
    before = moves.lines()
    Group.objects.filter(id=meeting.id).update(meets_from=date(2026, 1, 20))

    [seen] = meeting.asks(lambda: recounting.preview(meeting.group, from_on=day("2026-04-01")))
    assert (seen.loan.id, seen.before[0].number, seen.interest_change) == (moves.id, 3, 0)
    assert dues(moves)[:4] == [day(f"2026-0{month}-15") for month in (2, 3, 4, 5)]

    meeting.does(lambda: recounting.recount(meeting.group, from_on=day("2026-04-01")))

    assert dues(moves)[:4] == [day("2026-02-15"), day("2026-03-15"), day("2026-04-20"), day("2026-05-20")]
    assert moves.lines() == before
    assert dues(stays)[2] == day("2026-04-10")
    assert meeting.asks(lambda: Version.objects.filter(group_id=meeting.id, loan_id=stays.id).count()) == 1
    assert proven(meeting.id) == []


def test_a_variable_rate_changes_the_interest_that_is_still_to_come(meeting):
    product = meeting.product()
    loan = meeting.lends(product=product)
    rate = NewRate(product.id, Decimal(1), "month")

    meeting.does(lambda: recounting.recount(meeting.group, from_on=day("2026-04-01"), rate=rate))

    owed = [due for _, due, _ in loan.schedule("2026-04-01")]
    assert owed[:3] == [124_000, 124_000, 112_000]
    assert meeting.asks(lambda: recounting.preview(meeting.group, from_on=day("2026-04-01"), rate=rate)) == []
    assert proven(meeting.id) == []


def test_a_worker_does_it_once(django_db_setup, template, django_db_blocker):
    with django_db_blocker.unblock(), scratch_database(template):
        lending = Lending.opened(meets_from=date(2026, 1, 15))
        loan = lending.lends(due_dates="meeting_day")
        Group.objects.filter(id=lending.id).update(meets_from=date(2026, 1, 20))
        asked = lending.kelompok.budi.posts(f"{lending.kelompok.path}/recounts", {"from_on": "2026-04-01"})

        for _ in range(2):
            jobs.run(Job.objects.get(id=asked["id"]).id)

        done = lending.kelompok.budi.gets(f"{lending.kelompok.path}/recounts/{asked['id']}")
        assert (done["status"], done["loans"]) == ("done", [str(loan.id)])
        assert lending.asks(lambda: Version.objects.filter(group_id=lending.id, loan_id=loan.id).count()) == 2


def test_the_night_of_every_group_is_a_job_of_its_own(django_db_setup, template, django_db_blocker):
    with django_db_blocker.unblock(), scratch_database(template):
        lending = Lending.opened(interest_recognition="accrual")
        lending.lends()
        jobs.enqueue("loans.run_day", key="night", arguments={"day": "2026-02-10"})
        for _ in range(2):
            for job in Job.objects.exclude(status="done"):
                jobs.run(job.id)

        assert set(Job.objects.filter(task__startswith="loans").values_list("status", flat=True)) == {"done"}
        assert lending.balances()["4-1010"] == 24_000
