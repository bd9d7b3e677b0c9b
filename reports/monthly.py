"""The papers of a month, issued by themselves on the second day of the next: for every group, and for every lender with
a consent. One short transaction a group; the same month again asks for nothing that is there."""

import logging
from collections.abc import Callable, Iterable
from datetime import date
from functools import partial
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q

from capital import queries as capital
from ledger import queries as books
from ledger.context import WORKER, in_book
from members import consents
from members.models import Group
from members.services import today_in
from reports import delivering, issuing
from reports.papers import KINDS

log = logging.getLogger(__name__)


class Wanted(NamedTuple):
    """A paper that is to be issued for a month; `address`: where it is to be sent ("": nowhere)."""

    kind: str
    subject_id: UUID | None
    address: str = ""


Want = Callable[[Group, date, date], Iterable[Wanted]]
_wants: list[Want] = []


def register(want: Want) -> None:
    """Have `want(group, first, last)` say which papers a group issues for a month. Once, in `AppConfig.ready`."""
    if want not in _wants:
        _wants.append(want)


def of_the_group(group: Group, first: date, last: date) -> Iterable[Wanted]:
    """Its own statements, where there are any."""
    return [Wanted("group", None)] if "group" in KINDS else []


def of_its_lenders(group: Group, first: date, last: date) -> Iterable[Wanted]:
    """The statement of every lender that was owed something, or had promised it, in the month, and whom a consent lets
    in that was in force in the month and still is: to its address, if it has one."""
    let_in = consents.consents(group.id).filter(revoked_at=None, from_on__lte=last, to_on__gte=today_in(group))
    lent = capital.facilities(group.id).filter(opened_on__lte=last).filter(Q(ended_on=None) | Q(ended_on__gte=first))
    wanted = set(let_in.values_list("lender_id", flat=True)) & set(lent.values_list("lender_id", flat=True))
    return [Wanted("lender", one.id, one.contact_email or "") for one in capital.lenders(group.id) if one.id in wanted]


def issue(month: date, *, group_id: UUID | None = None) -> dict[str, int]:
    """Ask for the papers of a month (by its first day) of every group, or of one, whose month is over; how many groups
    and papers. A group that cannot is told of in the log, and the others go on."""
    last = books.month_end(month)
    chosen = Group.objects.order_by("id") if group_id is None else Group.objects.filter(id=group_id)
    asked = {"groups": 0, "statements": 0, "failed": 0}
    for group in chosen:
        if today_in(group) <= last or today_in(group, group.created_at) > last:
            continue
        try:
            count = in_book(group.id, None, partial(issue_one, group, month, last), limits=WORKER)
        except Exception:
            log.exception("the papers of %s for group %s", month, group.id)
            asked["failed"] += 1
            continue
        asked["groups"] += 1
        asked["statements"] += count
    return asked


def issue_one(group: Group, first: date, last: date) -> int:
    """One group's, in its own transaction."""
    wanted = [one for want in _wants for one in want(group, first, last)]
    for one in wanted:
        made = issuing.ask_for(
            group,
            kind=one.kind,
            subject_id=one.subject_id,
            since=first,
            until=last,
            today=today_in(group),
            user_id=None,
        )
        if one.address:
            delivering.deliver_to(made, one.address)
    return len(wanted)
