"""What workers and the clock do for papers: make them, send them, and issue those of the month that is over."""

from datetime import timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from ledger.jobs import work
from ledger.models import Job
from reports import delivering, issuing, making, monthly

CLOCK = ZoneInfo("Asia/Jakarta")


@work(issuing.TASK, before=making.prepare, given_up=making.give_up)
def issue(job: Job, made: making.Made | making.TooLong | None) -> dict[str, Any]:
    """Issue one paper that was asked for, and have it, or what stands in for it, sent to whom it was to go."""
    result = making.record(job, made)
    if made is not None and job.group_id is not None:
        one = issuing.statement(job.group_id, UUID(result["statement_id"]))
        if isinstance(made, making.Made):
            delivering.start_all(one)
        for part in result.get("parts", ()):
            delivering.hand_on(one, issuing.statement(job.group_id, UUID(part)))
    return result


@work(delivering.TASK, before=delivering.send, given_up=delivering.try_later)
def deliver(job: Job, went: delivering.Went | None) -> dict[str, Any]:
    """Send one paper to one address."""
    return delivering.note(job, went)


def _issue_month(job: Job) -> dict[str, int]:
    """The month before the one in which it was asked for."""
    asked = job.created_at.astimezone(CLOCK).date()
    return monthly.issue((asked.replace(day=1) - timedelta(days=1)).replace(day=1))


@work("reports.issue_month", before=_issue_month)
def issue_month(job: Job, asked: dict[str, int]) -> dict[str, Any]:
    """Ask for the papers of the month that is over, of all groups: before the transaction, as each has its own."""
    return dict(asked)
