"""The door's clock-driven work: what has run out is put away."""

from datetime import timedelta
from typing import Any

from axes.models import AccessAttempt
from django.conf import settings
from django.db.models.functions import Now

from ledger.jobs import enqueue, work
from ledger.models import Job
from ledger.tasks import reader
from members.models import Enrolment, Failure, PendingAct, Session, Token, WrongTry


@work("members.tidy")
def tidy(job: Job) -> dict[str, Any]:
    """Forget what has run out: tokens, sessions, codes, counted failures; each group that has to does its part."""
    over = AccessAttempt.objects.filter(attempt_time__lt=Now() - settings.AXES_COOLOFF_TIME)
    counted = Failure.objects.filter(since__lt=Now() - timedelta(minutes=2))
    tried = WrongTry.objects.filter(since__lt=Now() - timedelta(days=2))
    codes = Enrolment.objects.filter(expires_at__lt=Now() - timedelta(days=1))
    late = (
        Token.objects.filter(expiry__lte=Now()),
        Session.objects.filter(expire_date__lte=Now()),
        over,
        counted,
        tried,
        codes,
    )
    gone = sum(rows.delete()[0] for rows in late)
    with reader() as connection:
        query = "select distinct group_id from members_pendingact where settled_at is null and expires_at <= now()"
        groups = [group_id for (group_id,) in connection.execute(query)]
    for group_id in groups:
        enqueue("members.tidy_group", key=f"tidy {group_id} {job.id}", group_id=group_id)
    return {"forgotten": gone, "groups": len(groups)}


@work("members.tidy_group")
def tidy_group(job: Job) -> dict[str, Any]:
    """Forget a group's requests that no second officer confirmed in time."""
    assert job.group_id is not None
    late = PendingAct.objects.filter(group_id=job.group_id, settled_at=None, expires_at__lte=Now())
    return {"forgotten": late.delete()[0]}
