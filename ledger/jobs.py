"""Jobs and the outbox: work asked for in a transaction, delivered to the broker by a worker, done once.

Nobody who serves a request talks to the broker. `enqueue` writes a Job and an Outbox row in the caller's transaction;
`deliver` sends due rows; `run` does a job under a lock on its row and in the transaction that marks it done, so a
message delivered twice, or a worker killed half way, leaves one effect. `resend_stale` covers messages that were lost.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
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

Work = Callable[[Job], dict[str, Any]]
"""Does a job's work in the open transaction and gives its result: ids and figures, no names."""

_works: dict[str, Work] = {}


def work(task: str) -> Callable[[Work], Work]:
    """Register the function that does jobs called `task`."""

    def registered(function: Work) -> Work:
        if _works.setdefault(task, function) is not function:
            raise ValueError(f"{task} already has a function")
        return function

    return registered


def enqueue(task: str, *, key: str, group_id: UUID | None = None, arguments: dict[str, Any] | None = None) -> None:
    """Ask for a job in this transaction; asking again with the same key, ever, asks nothing."""
    job = Job(key=key, task=task, group_id=group_id, arguments=arguments or {}, created_at=Now(), touched_at=Now())
    with transaction.atomic():
        Job.objects.bulk_create([job], ignore_conflicts=True)
        if Job.objects.filter(id=job.id).exists():
            Outbox.objects.create(job=job, due_at=Now())


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
        group_id, attempt = Job.objects.values_list("group_id", "attempts").get(id=job_id)
    try:
        if group_id is None:
            with transaction.atomic():
                _do(job_id)
        else:
            in_book(group_id, None, lambda: _do(job_id), limits=LIMITS)
    except Exception as error:
        log.exception("job %s failed", job_id)
        first_line = (str(error).splitlines() or [""])[0]  # the database's further lines may quote a row
        _failed(job_id, attempt, f"{type(error).__name__}: {first_line}")


def _do(job_id: UUID) -> None:
    with suppress(Job.DoesNotExist):
        job = Job.objects.select_for_update(skip_locked=True).get(id=job_id, status=Job.Status.RUNNING)
        result = _works[job.task](job)
        Job.objects.filter(id=job_id).update(status=Job.Status.DONE, result=result, error=None, touched_at=Now())


def _failed(job_id: UUID, attempt: int, error: str) -> None:
    """Note the failure of this attempt, unless a later one has begun or the job is done."""
    with transaction.atomic():
        mine = Job.objects.select_for_update().filter(id=job_id, status=Job.Status.RUNNING, attempts=attempt)
        job = mine.first()
        if job is None:
            return
        again = job.attempts < ATTEMPTS
        Job.objects.filter(id=job_id).update(
            status=Job.Status.QUEUED if again else Job.Status.FAILED, error=error[:2000], touched_at=Now()
        )
        if again:
            Outbox.objects.create(job=job, due_at=Now() + timedelta(seconds=5 * 6 ** (job.attempts - 1)))


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
