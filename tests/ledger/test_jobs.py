"""The outbox and the jobs, without a broker: what is asked once, kept, sent, done and tried again."""

from datetime import timedelta
from io import StringIO
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.db.models.functions import Now

from ledger import jobs, queries, services
from ledger.commands import Answer, fingerprint, key_for, perform
from ledger.context import WORKER
from ledger.entries import NewEntry
from ledger.ids import uuid7
from ledger.models import Job, Outbox
from tests.cast import CASH, GRANT, day


@pytest.fixture
def asked(books) -> Job:
    jobs.enqueue("ledger.resend_stale", key="once")
    return Job.objects.get(key="once")


def test_asking_twice_with_one_key_asks_once(asked):
    jobs.enqueue("ledger.resend_stale", key="once")

    assert Job.objects.count() == Outbox.objects.count() == 1


def test_a_message_that_could_not_be_sent_stays_due(asked):
    def broker_is_down(job_id: UUID) -> None:
        raise ConnectionRefusedError

    with pytest.raises(ConnectionRefusedError):
        jobs.deliver(broker_is_down)

    sent: list[UUID] = []
    assert jobs.deliver(sent.append) == 1
    assert sent == [asked.id]
    assert jobs.deliver(sent.append) == 0


def test_a_refused_act_asks_for_nothing(jarbangsri):
    def act():
        jobs.enqueue("ledger.verify_book", key="lost", group_id=jarbangsri.id)
        jarbangsri.posts("5-2030", CASH, 100)

    with pytest.raises(Exception, match="tidak cukup"):
        jarbangsri.does(act)

    assert not Job.objects.exists()


def test_a_job_delivered_twice_is_done_once(asked):
    jobs.run(asked.id)
    jobs.run(asked.id)

    done = Job.objects.get(id=asked.id)
    assert (done.status, done.attempts, done.result) == ("done", 1, {"sent": 0})


def test_a_failing_job_waits_longer_each_time_and_then_stays_failed(books, caplog):
    jobs.enqueue("no.such.work", key="broken")
    job = Job.objects.get(key="broken")

    for attempt in range(1, jobs.ATTEMPTS + 1):
        jobs.run(job.id)
        job.refresh_from_db()
        assert job.attempts == attempt

    assert (job.status, job.error) == ("failed", "KeyError: 'no.such.work'")
    assert job.messages.count() == jobs.ATTEMPTS
    jobs.run(job.id)
    job.refresh_from_db()
    assert job.attempts == jobs.ATTEMPTS


def test_a_job_whose_message_was_lost_is_sent_again(asked):
    jobs.deliver(lambda job_id: None)
    Job.objects.update(touched_at=Now() - timedelta(minutes=11))

    assert jobs.resend_stale() == 1
    assert jobs.resend_stale() == 0
    assert jobs.deliver(lambda job_id: None) == 1


def test_sent_messages_are_forgotten_after_a_month_and_jobs_are_not(asked):
    jobs.deliver(lambda job_id: None)
    Outbox.objects.update(sent_at=Now() - timedelta(days=31))

    assert jobs.prune_sent() == 1
    assert Job.objects.count() == 1


def test_the_command_lists_shows_and_requeues(books, caplog):
    jobs.enqueue("no.such.work", key="broken")
    job = Job.objects.get(key="broken")
    for _ in range(jobs.ATTEMPTS):
        jobs.run(job.id)

    def said(*arguments: str) -> str:
        out = StringIO()
        call_command("jobs", *arguments, stdout=out)
        return out.getvalue()

    assert f"{job.id}  failed   3x" in said()
    assert "0 jobs shown, 0 in all" in said("--status", "done")
    assert "error       KeyError: 'no.such.work'" in said("show", str(job.id))
    assert "queued again" in said("requeue", str(job.id))
    job.refresh_from_db()
    assert (job.status, job.attempts) == ("queued", 0)


def test_a_jobs_work_is_a_command_of_its_own_that_books_once(jarbangsri, monkeypatch):
    monkeypatch.setattr(jobs, "_works", {})
    done = []

    @jobs.work("night")
    def night(job: Job) -> dict[str, Any]:
        def act() -> Answer:
            lines = jarbangsri.lines(CASH, GRANT, 100)
            [posted] = services.post_entries(jarbangsri.id, [NewEntry(day("2026-03-05"), "penalty", lines)])
            return Answer(200, {"seq": posted.seq})

        key = key_for("night", jarbangsri.id, "2026-03-05")
        mark = fingerprint("NIGHT", "2026-03-05", None, None)
        answer = perform(group_id=jarbangsri.id, key=key, actor_id=None, fingerprint=mark, act=act, limits=WORKER)
        done.append(answer.replayed)
        return answer.body

    for name in ("first", "second"):
        jobs.enqueue("night", key=name, group_id=jarbangsri.id)
        jobs.run(Job.objects.get(key=name).id)

    assert done == [False, True]
    assert list(Job.objects.values_list("status", "result")) == [("done", {"seq": 1})] * 2
    assert jarbangsri.balance(CASH) == 100
    entry = jarbangsri.asks(lambda: queries.entries(jarbangsri.id).get())
    assert (entry.actor_id, entry.command_id) == (None, key_for("night", jarbangsri.id, "2026-03-05"))


def test_what_is_done_is_not_queued_again(asked):
    jobs.run(asked.id)

    with pytest.raises(CommandError, match="is done"):
        call_command("jobs", "requeue", str(asked.id))
    with pytest.raises(CommandError, match="no job"):
        call_command("jobs", "show", str(uuid7()))


def test_the_nightly_proof_fails_its_job_when_a_book_is_wrong(kept, scratch):
    from tests.conftest import owner_connection

    kept.posts(CASH, GRANT, 100)
    with owner_connection(scratch) as owner:
        owner.execute("alter table ledger_account no force row level security")
        owner.execute("update ledger_account set balance = 99 where code = '1-1010' and balance = 100")
    jobs.enqueue("ledger.verify_books", key="night")
    job = Job.objects.get(key="night")

    jobs.run(job.id)

    job.refresh_from_db()
    assert job.status == "queued"
    assert (job.error or "").startswith(
        f"BooksAreWrong: I03 a balance is the sum of its lines: account {CASH}: balance 99"
    )
