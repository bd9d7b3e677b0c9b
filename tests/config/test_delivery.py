"""Jobs reach a worker and are done once, whoever dies on the way: with real workers, beats and a real broker."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import pytest
from django.conf import settings
from django.db import connection
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from ledger.ids import uuid7
from ledger.models import Job, Outbox
from loans.models import Night
from members.services import today_in
from tests.cast import CASH, GRANT, Group
from tests.conftest import FULL, owner_connection
from tests.loans.lending import Lending
from tests.processes import ROOT, Child, Wire, environment, run_here, until

VISIBILITY = 5
AMOUNT = 1_000


class Staff:
    """Workers and beats of one test, on one queue of its own in front of which there is a wire."""

    def __init__(self, folder: Path, wire: Wire, env: dict[str, str]) -> None:
        self.folder, self.wire = folder, wire
        self.queue = f"test_{uuid7().hex[-12:]}"
        self.env = env | {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "BROKER_QUEUE": self.queue,
            "BROKER_VISIBILITY_SECONDS": str(VISIBILITY),
            "LOG_LEVEL": "INFO",  # a beat's log tells that it works
        }
        self.children: list[Child] = []

    def worker(self) -> Child:
        name = f"{self.queue}-{len(self.children)}@test"
        command = [sys.executable, "-m", "celery", "-A", "config.celery", "worker", "--concurrency", "2"]
        return self._hired([*command, "--without-gossip", "--without-mingle", "-n", name])

    def beat(self, seconds: int, entry: str = "resend_stale") -> Child:
        return self._hired(run_here("beat", str(seconds), entry))

    def _hired(self, command: list[str]) -> Child:
        child = Child(command, self.env, self.folder / f"{len(self.children)}.log")
        self.children.append(child)
        return child

    def waits_for(self, true: Callable[[], object], seconds: float = 40) -> None:
        """Wait; when it does not come, the children's logs say why."""
        until(true, seconds, lambda: "\n".join(child.log.read_text()[-3000:] for child in self.children) + states())

    def leave(self) -> None:
        for child in self.children:
            child.kill()
        remove = (
            "from config.celery import app\n"
            "with app.connection_for_write() as it: it.default_channel.queue_delete(app.conf.task_default_queue)"
        )
        subprocess.run([sys.executable, "-c", remove], check=True, cwd=ROOT, env=self.env, capture_output=True)


def wired() -> tuple[Wire, dict[str, str]]:
    """A wire to this run's broker, and the environment of those who reach the broker by it."""
    if settings.BROKER_URL.startswith("amqp"):
        there = urlsplit(settings.BROKER_URL)
        wire = Wire(host=there.hostname or "127.0.0.1", port=there.port or 5672)
        login = f"{quote(there.username or 'guest')}:{quote(there.password or 'guest')}"
        return wire, {"BROKER_URL": urlunsplit(there._replace(netloc=f"{login}@127.0.0.1:{wire.port}"))}
    parts = conninfo_to_dict(settings.BROKER_CONN_STRING)
    host, port = str(parts.get("host") or "127.0.0.1"), int(parts.get("port") or 5432)
    wire = Wire(path=f"{host}/.s.PGSQL.{port}") if host.startswith("/") else Wire(host=host, port=port)
    told = make_conninfo(settings.BROKER_CONN_STRING, host="127.0.0.1", port=wire.port)
    return wire, {"BROKER_URL": settings.BROKER_URL, "BROKER_CONN_STRING": told}


@pytest.fixture
def staff(scratch: str, tmp_path: Path) -> Iterator[Staff]:
    wire, env = wired()
    staff = Staff(tmp_path, wire, environment(scratch) | env)
    try:
        yield staff
    finally:
        if not wire.whole:
            wire.mend()
        staff.leave()
        wire.cut()


def states() -> str:
    return "\n".join(f"{job.key} {job.status} {job.attempts}x {job.error}" for job in Job.objects.order_by("id"))


def only_job() -> Job:
    return Job.objects.get(task="ledger.verify_book")


def is_done() -> bool:
    return only_job().status == Job.Status.DONE


@contextmanager
def as_owner() -> Iterator:
    with owner_connection(connection.settings_dict["NAME"]) as owner:
        yield owner


def damage(group: Group, by: int) -> None:
    """Change a balance behind the ledger's back, as only the owner of the tables can."""
    with as_owner() as owner, owner.transaction():
        owner.execute("alter table ledger_account no force row level security")
        owner.execute("alter table ledger_account disable trigger user")
        changed = owner.execute(
            "update ledger_account set balance = balance + %s where group_id = %s and code = %s", [by, group.id, CASH]
        )
        assert changed.rowcount == 1
        owner.execute("alter table ledger_account enable trigger user")
        owner.execute("alter table ledger_account force row level security")


def test_a_closed_month_is_proven_by_a_worker(staff):
    group = Group.opened()
    staff.worker()
    group.posts(CASH, GRANT, AMOUNT)

    group.closes("2026-03")

    staff.waits_for(is_done)
    job = only_job()
    assert (job.group_id, job.attempts, job.result, job.error) == (group.id, 1, {"findings": 0}, None)


def test_a_damaged_book_fails_its_job_until_somebody_mends_it_and_asks_again(staff):
    group = Group.opened()
    group.posts(CASH, GRANT, AMOUNT)
    group.closes("2026-03")
    damage(group, by=7)
    staff.worker()

    staff.waits_for(lambda: only_job().error)
    if FULL:  # two more attempts, after 5 and 30 seconds
        staff.waits_for(lambda: only_job().status == Job.Status.FAILED, 90)
        assert only_job().attempts == 3
    else:
        again = Outbox.objects.get(sent_at=None)
        assert only_job().status == Job.Status.QUEUED
        assert 4 < (again.due_at - only_job().touched_at).total_seconds() < 6
    error = only_job().error or ""
    assert "I03" in error
    assert f"balance {AMOUNT + 7}" in error

    damage(group, by=-7)
    requeue = [sys.executable, "manage.py", "jobs", "requeue", str(only_job().id)]
    asked = subprocess.run(requeue, cwd=ROOT, env=staff.env, capture_output=True)
    assert asked.returncode == 0 or b"is done" in asked.stderr  # unless its next attempt came before
    staff.waits_for(is_done)
    assert only_job().error is None


def test_while_the_broker_is_down_posting_goes_on_and_jobs_wait(staff):
    """The broker is cut off after the workers have talked to it, so that they have to notice and come back."""
    group = Group.opened()
    group.posts(CASH, GRANT, AMOUNT, on="2026-01-05")
    group.closes("2026-01")
    staff.worker()
    staff.waits_for(is_done)

    staff.wire.cut()
    cut, slowest, entries = time.monotonic(), 0.0, 0
    months = ["2026-02", "2026-03", "2026-04", "2026-05"]
    while months or time.monotonic() < cut + (60 if FULL else 5):
        began = time.monotonic()
        group.posts(CASH, GRANT, AMOUNT, on="2026-06-05")
        entries += 1
        if months:
            group.closes(months.pop(0))
        slowest = max(slowest, time.monotonic() - began)
        time.sleep(0.1)
    assert slowest < 2
    assert sorted(Job.objects.values_list("status", flat=True)) == ["done", "queued", "queued", "queued", "queued"]
    assert Outbox.objects.filter(sent_at=None).count() == 4

    staff.wire.mend()
    staff.waits_for(lambda: Job.objects.filter(status="done").count() == 5, 60)
    assert set(Job.objects.values_list("attempts", flat=True)) == {1}
    assert group.balance(CASH) == AMOUNT * (1 + entries)


def test_a_job_whose_worker_is_killed_half_way_is_done_by_the_next_one(staff):
    """The proof is made to wait for a table, so that the kill meets a job that runs."""
    group = Group.opened()
    group.posts(CASH, GRANT, AMOUNT)
    group.closes("2026-03")
    waiting = "select from pg_locks where relation = 'ledger_posting'::regclass and not granted"

    with as_owner() as owner:
        with owner.transaction():
            owner.execute("lock table ledger_posting in access exclusive mode")
            first = staff.worker()
            staff.waits_for(lambda: owner.execute(waiting).fetchall())
            first.kill()
        assert (only_job().status, only_job().attempts) == ("running", 1)
    staff.worker()
    staff.waits_for(is_done, VISIBILITY + 20)

    assert (only_job().attempts, only_job().result) == (2, {"findings": 0})
    assert Outbox.objects.count() == 1


def test_two_beats_and_two_workers_do_the_work_of_a_minute_once(staff):
    """The beats are due every second, and their keys name the minute. The one at work is killed: the other follows."""
    beats = [staff.beat(1), staff.beat(1)]
    staff.worker()
    staff.worker()
    holders = (
        "select pid from pg_locks where locktype = 'advisory' and objid = %s and granted and "
        "database = (select oid from pg_database where datname = current_database())"
    )

    def holding() -> list[int]:
        with as_owner() as owner:
            return [pid for (pid,) in owner.execute(holders, [0x6C756D62])]

    staff.waits_for(lambda: Job.objects.filter(status="done").exists())
    (before,) = holding()
    asked = [child for child in beats if "Sending due task" in child.log.read_text()]
    assert len(asked) == 1
    asked[0].kill()
    staff.waits_for(lambda: holding() not in ([], [before]), 15)
    (other,) = set(beats) - set(asked)
    staff.waits_for(lambda: other.log.read_text().count("Sending due task") > 2, 15)
    staff.waits_for(lambda: not Job.objects.exclude(status="done").exists())

    found = list(Job.objects.all())
    minutes = {f"{job.created_at:%Y-%m-%d %H:%M}" for job in found}
    assert len(found) == len(minutes)
    assert {job.attempts for job in found} == {1}
    assert Outbox.objects.count() == len(found)


def test_a_night_that_beat_asks_for_books_what_arose_on_a_loan(staff):
    """Nobody paid the Rp102.000 of 10 February: Rp1.000 a day after it, up to a tenth, long before yesterday."""
    lending = Lending.opened()
    late = {"penalty": {"per": "day", "amount": 1_000, "cap_percent": "10"}}
    lending.lends(product=lending.product(**late), principal=100_000, installments=1)
    staff.worker()

    staff.beat(1, "run_day")

    staff.waits_for(lambda: Job.objects.filter(task="loans.run_group_day", status="done"))
    [job] = Job.objects.filter(task="loans.run_group_day")
    asked = Job.objects.filter(task="loans.run_day").order_by("id")[0]
    yesterday = today_in(lending.group, asked.created_at) - timedelta(days=1)
    assert (job.group_id, job.arguments, job.attempts) == (lending.id, {"day": yesterday.isoformat()}, 1)
    assert asked.result == {"groups": 1}
    assert job.result is not None
    assert job.result["loans"] == 1
    assert lending.balance("1-1320") == lending.balance("4-1030") == 10_200
    ten = {on: lending.balances(as_of=on).get("4-1030", 0) for on in ("2026-02-10", "2026-02-20", "2026-02-21")}
    assert list(ten.values()) == [0, 10_000, 10_200]
    assert lending.asks(lambda: Night.objects.get(group_id=lending.id).through) == yesterday
