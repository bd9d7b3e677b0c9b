"""Savings' clock-driven work: interest for every month that is over, one short transaction a group."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from ledger import queries as books
from ledger import services as ledger
from ledger.commands import Answer, fingerprint, key_for, perform
from ledger.context import WORKER
from ledger.jobs import enqueue, work
from ledger.models import Job
from members.models import Group
from members.services import today_in
from savings import crediting, services


@work("savings.credit_interest")
def credit_interest(job: Job) -> dict[str, Any]:
    """Ask for every group's interest; `through` (a day) or each group's yesterday is the last day looked at."""
    groups = list(Group.objects.order_by("id").values_list("id", flat=True))
    for group_id in groups:
        key = f"interest {group_id} {job.id}"
        enqueue("savings.credit_group_interest", key=key, group_id=group_id, arguments=job.arguments)
    return {"groups": len(groups)}


@work("savings.credit_group_interest")
def credit_group_interest(job: Job) -> dict[str, Any]:
    """Credit one group's interest, as a command whose key is the book as it stood."""
    assert job.group_id is not None
    group_id = job.group_id
    given = job.arguments.get("through")
    yesterday = today_in(Group.objects.get(id=group_id), timezone.now()) - timedelta(days=1)
    through = date.fromisoformat(given) if given else yesterday
    ledger.lock_book(group_id)
    if not list(crediting.due(group_id, through=through)):
        return {"entry_ids": []}
    head = books.head(group_id).seq

    def act() -> Answer:
        made = services.credit_interest_due(group_id, through=through)
        return Answer(200, {"entry_ids": [str(id) for id in made]})

    return perform(
        group_id=group_id,
        key=key_for("savings interest", group_id, through, head),
        actor_id=None,
        fingerprint=fingerprint("CLOCK", "savings.credit_group_interest", None, [through.isoformat(), head]),
        act=act,
        limits=WORKER,
    ).body
