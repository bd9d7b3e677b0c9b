"""The loans' clock-driven work: each group's night, and what a changed calendar or rate does to schedules."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from ledger.jobs import enqueue, work
from ledger.models import Job
from loans import night
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
