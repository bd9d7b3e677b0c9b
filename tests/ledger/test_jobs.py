"""The outbox and the jobs, without a broker: what is asked once, kept, sent, done and tried again."""

import signal
from datetime import timedelta
from io import StringIO
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models.functions import Now

from ledger import jobs, queries, services
from ledger.commands import Answer, fingerprint, key_for, perform
from ledger.context import WORKER, current
from ledger.entries import NewEntry
from ledger.ids import uuid7
from ledger.models import Job, Outbox
from tests import processes
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


@pytest.fixture
def works(monkeypatch) -> None:
    """No work but what the test registers."""
    monkeypatch.setattr(jobs, "_works", {})


def test_what_is_slow_is_done_before_the_transaction_and_handed_to_it(kept, works):
    seen: list[Any] = []

    def draw(job: Job) -> str:
        seen.append(connection.in_atomic_block)
        return f"paper {job.arguments['number']}"

    @jobs.work("draw", before=draw)
    def keep(job: Job, paper: str) -> dict[str, Any]:
        seen.append((connection.in_atomic_block, current().group_id))
        return {"kept": paper}

    jobs.enqueue("draw", key="once", group_id=kept.id, arguments={"number": 7})
    job = Job.objects.get(key="once")

    jobs.run(job.id)

    job.refresh_from_db()
    assert (job.status, job.result) == ("done", {"kept": "paper 7"})
    assert seen == [False, (True, kept.id)]


@pytest.mark.parametrize("dies", ["made", "booked"])
def test_a_worker_killed_over_a_slow_job_leaves_it_to_be_done_once(kept, scratch, works, tmp_path, dies):
    jobs.enqueue("paper", key="once", group_id=kept.id, arguments={"amount": 100})
    job, notes = Job.objects.get(key="once"), tmp_path / "notes"
    env = processes.environment(scratch) | {"DJANGO_SETTINGS_MODULE": "config.settings"}
    killed = processes.Child(
        processes.run_here("dying_worker", str(notes), str(job.id), dies), env, tmp_path / "worker.log"
    )
    assert killed.process.wait(60) == -signal.SIGKILL, killed.log.read_text()
    killed.kill()
    assert (kept.balance(CASH), notes.read_text().split()[-1]) == (0, dies)

    processes.papers(notes)
    jobs.run(job.id)
    jobs.run(job.id)

    job.refresh_from_db()
    assert (job.status, job.attempts, job.result) == ("done", 2, {"seq": 1})
    assert kept.balance(CASH) == 100


def test_a_job_redelivered_while_its_slow_part_runs_has_one_effect(kept, works, tmp_path):
    jobs.enqueue("twice", key="once", group_id=kept.id)
    job = Job.objects.get(key="once")
    made: list[int] = []

    def draw(job: Job) -> int:
        made.append(job.attempts)
        if len(made) == 1:  # the message comes to another worker meanwhile, and that one is faster
            jobs.run(job.id)
        return job.attempts

    @jobs.work("twice", before=draw)
    def keep(job: Job, attempt: int) -> dict[str, Any]:
        lines = kept.lines(CASH, GRANT, 100)
        kept.does(
            lambda: Answer(
                200, {"seq": services.post_entries(kept.id, [NewEntry(day("2026-03-05"), "test", lines)])[0].seq}
            )
        )
        return {"by": attempt}

    jobs.run(job.id)

    job.refresh_from_db()
    assert made == [1, 2]
    assert (job.status, job.result, kept.balance(CASH)) == ("done", {"by": 2}, 100)


def test_the_last_failure_is_told_to_the_work_once_and_in_its_group(kept, works, caplog):
    told: list[Any] = []

    def draw(job: Job) -> None:
        raise ValueError("tidak ada kertas")

    def give_up(job: Job, error: Exception) -> None:
        told.append((str(error), current().group_id, connection.in_atomic_block))

    @jobs.work("draw", before=draw, given_up=give_up)
    def keep(job: Job, paper: None) -> dict[str, Any]:
        raise AssertionError("nothing was made ready")

    jobs.enqueue("draw", key="once", group_id=kept.id)
    job = Job.objects.get(key="once")
    for attempt in range(jobs.ATTEMPTS):
        assert told == [], attempt
        jobs.run(job.id)

    job.refresh_from_db()
    assert (job.status, job.error) == ("failed", "ValueError: tidak ada kertas")
    assert told == [("tidak ada kertas", kept.id, True)]
