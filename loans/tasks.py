"""The loans' clock-driven work: each group's night, and what a changed calendar or rate does to schedules."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone

from ledger.commands import Answer, fingerprint, key_for, perform
from ledger.context import WORKER
from ledger.jobs import enqueue, work
from ledger.models import Job
from loans import night, recounting
from loans.recounting import NewRate
from members import queries as members
from members.models import Group
from members.services import today_in


@work("loans.run_day")
def run_day(job: Job) -> dict[str, Any]:
    """Ask for the night of every group: that of yesterday in its own zone, unless the job names a day."""
    told = job.arguments.get("day")
    now = timezone.now()
    asked = 0
    for group in Group.objects.order_by("id").iterator():
        day = date.fromisoformat(told) if told else today_in(group, now) - timedelta(days=1)
        enqueue("loans.run_group_day", key=f"night {group.id} {day}", group_id=group.id, arguments={"day": str(day)})
        asked += 1
    return {"groups": asked}


@work("loans.run_group_day")
def run_group_day(job: Job) -> dict[str, Any]:
    """One group's night."""
    assert job.group_id is not None
    return night.run_day(job.group_id, date.fromisoformat(job.arguments["day"]))


@work("loans.recount")
def recount(job: Job) -> dict[str, Any]:
    """Count a group's schedules anew, once: new versions of the loans on which something differs."""
    assert job.group_id is not None
    group_id, told = job.group_id, job.arguments
    rate = told.get("rate")
    new_rate = None if rate is None else NewRate(UUID(rate["product_id"]), Decimal(rate["percent"]), rate["per"])

    def act() -> Answer:
        day = date.fromisoformat(told["from_on"])
        changed = recounting.recount(members.group(group_id), from_on=day, rate=new_rate)
        return Answer(200, {"loans": [str(one.loan.id) for one in changed]})

    return perform(
        group_id=group_id,
        key=key_for("recount", group_id, job.id),
        actor_id=None,
        fingerprint=fingerprint("RECOUNT", str(job.id), None, told),
        act=act,
        limits=WORKER,
    ).body
