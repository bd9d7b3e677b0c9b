"""Jobs and the outbox: work asked for in a transaction, delivered to the broker by a worker, done once.

Nobody who serves a request talks to the broker. `enqueue` writes a Job and an Outbox row in the caller's transaction;
`deliver` sends due rows; `run` does a job under a lock on its row and in the transaction that marks it done, so a
message delivered twice, or a worker killed half way, leaves one effect. `resend_stale` covers messages that were lost.

What is slow and writes nothing to the database (a paper drawn, a message sent) is done before that transaction, which
gets its result: no book is locked meanwhile. It may be done more than once, and side by side with itself.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from ledger.context import Limits, in_book
from ledger.models import Job, Outbox

log = logging.getLogger(__name__)
ATTEMPTS = 3
LIMITS = Limits(3, 60, 600)  # a proof reads on a connection of its own while this one waits
STALE = timedelta(minutes=10)

Work = Callable[..., dict[str, Any]]
"""Does a job's work in the open transaction and gives its result: ids and figures, no names. Takes the Job, and what
was made ready before where something was."""
Before = Callable[[Job], Any]
"""Makes ready outside any transaction what the work then records."""
GivenUp = Callable[[Job, Exception], None]
"""Records, in the transaction that marks the job failed for good, what came of it."""


@dataclass(frozen=True, slots=True)
class _Way:
    """How jobs of one task are done."""

    function: Work
    before: Before | None
    given_up: GivenUp | None


_works: dict[str, _Way] = {}


def work(task: str, *, before: Before | None = None, given_up: GivenUp | None = None) -> Callable[[Work], Work]:
    """Register the function that does jobs called `task`, what is done before its transaction, and what when its last
    attempt has failed."""

    def registered(function: Work) -> Work:
        way = _Way(function, before, given_up)
        if _works.setdefault(task, way) != way:
            raise ValueError(f"{task} already has a function")
        return function

    return registered


def enqueue(
    task: str,
    *,
    key: str,
    group_id: UUID | None = None,
    arguments: dict[str, Any] | None = None,
    after: timedelta = timedelta(0),
) -> None:
    """Ask for a job in this transaction, to begin `after` a while; asking again with one key, ever, asks nothing."""
    job = Job(key=key, task=task, group_id=group_id, arguments=arguments or {}, created_at=Now(), touched_at=Now())
    with transaction.atomic():
        Job.objects.bulk_create([job], ignore_conflicts=True)
        if Job.objects.filter(id=job.id).exists():
            Outbox.objects.create(job=job, due_at=Now() + after)


def deliver(send: Callable[[UUID], None], *, limit: int = 100) -> int:
    """Send up to `limit` due messages with `send(job id)`; gives how many went out.

    A row is dated in the transaction that sent it: a crash in between sends it again, which `run` bears. What `send`
    raises ends the round; what it has sent before stays sent.
    """
    sent = 0
    for _ in range(limit):
        with transaction.atomic():
            message = (
                Outbox.objects.select_for_update(skip_locked=True)
                .filter(sent_at=None, due_at__lte=Now())
                .order_by("due_at", "id")
                .first()
            )
            if message is None:
                break
            send(message.job_id)
            Outbox.objects.filter(id=message.id).update(sent_at=Now())
        sent += 1
    return sent


def run(job_id: UUID) -> None:
    """Do a job, unless it is done or another worker is at it; a failure is tried again, `ATTEMPTS` times in all."""
    with transaction.atomic():
        started = Job.objects.filter(id=job_id, status__in=["queued", "running"]).update(
            status=Job.Status.RUNNING, attempts=F("attempts") + 1, touched_at=Now()
        )
        if not started:
            return
        job = Job.objects.get(id=job_id)
    try:
        way = _works[job.task]
        ready = () if way.before is None else (way.before(job),)
        _inside(job, lambda: _do(job_id, way, ready))
    except Exception as error:
        log.exception("job %s failed", job_id)
        _failed(job, error)


def _inside(job: Job, body: Callable[[], None]) -> None:
    """One transaction: on the job's group, if it has one."""
    if job.group_id is None:
        with transaction.atomic():
            body()
    else:
        in_book(job.group_id, None, body, limits=LIMITS)


def _do(job_id: UUID, way: _Way, ready: tuple[Any, ...]) -> None:
    with suppress(Job.DoesNotExist):
        job = Job.objects.select_for_update(skip_locked=True).get(id=job_id, status=Job.Status.RUNNING)
        result = way.function(job, *ready)
        Job.objects.filter(id=job_id).update(status=Job.Status.DONE, result=result, error=None, touched_at=Now())


def _failed(begun: Job, error: Exception) -> None:
    """Note the failure of this attempt, unless a later one has begun or the job is done."""
    first_line = (str(error).splitlines() or [""])[0]  # the database's further lines may quote a row
    said = f"{type(error).__name__}: {first_line}"[:2000]

    def note() -> None:
        mine = Job.objects.select_for_update().filter(id=begun.id, status=Job.Status.RUNNING, attempts=begun.attempts)
        job = mine.first()
        if job is None:
            return
        again = job.attempts < ATTEMPTS
        status = Job.Status.QUEUED if again else Job.Status.FAILED
        Job.objects.filter(id=job.id).update(status=status, error=said, touched_at=Now())
        if again:
            Outbox.objects.create(job=job, due_at=Now() + timedelta(seconds=5 * 6 ** (job.attempts - 1)))
            return
        way = _works.get(job.task)
        if way is not None and way.given_up is not None:
            way.given_up(job, error)

    _inside(begun, note)


def requeue(job_id: UUID) -> None:
    """Have a job that is not done run again, with its attempts counted afresh. Raises Job.DoesNotExist."""
    with transaction.atomic():
        job = Job.objects.select_for_update().exclude(status=Job.Status.DONE).get(id=job_id)
        Job.objects.filter(id=job_id).update(status=Job.Status.QUEUED, attempts=0, touched_at=Now())
        Outbox.objects.create(job=job, due_at=Now())


def resend_stale() -> int:
    """Send unfinished jobs that nobody touched for `STALE` once more: their message, or their worker, was lost."""
    with transaction.atomic():
        stale = Job.objects.select_for_update(skip_locked=True).filter(
            status__in=["queued", "running"], touched_at__lt=Now() - STALE
        )
        ids = [job.id for job in stale.exclude(messages__sent_at=None)[:500]]
        Job.objects.filter(id__in=ids).update(touched_at=Now())
        Outbox.objects.bulk_create([Outbox(job_id=id, due_at=Now()) for id in ids])
    return len(ids)


def prune_sent(older_than: timedelta = timedelta(days=30)) -> int:
    """Forget messages that were sent long ago; their jobs stay."""
    return Outbox.objects.filter(sent_at__lt=Now() - older_than).delete()[0]
