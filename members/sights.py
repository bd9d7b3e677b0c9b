"""Who looked at a member's data: written whenever somebody else opens one member's, and shown to her."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from ledger import kernel
from ledger.ids import uuid7
from members import queries
from members.models import Seat, Sight
from members.queries import Named

SEEN = """
insert into members_sight (id, group_id, member_id, user_id, what, day)
select s.id, %s, %s, %s, s.what, %s from unnest(%s::uuid[], %s::text[]) as s (id, what)
on conflict (group_id, member_id, user_id, what, day) do nothing"""


@dataclass(frozen=True, slots=True)
class Seen:
    """That somebody opened her data on a day, the first time at `at`."""

    day: date
    at: datetime
    what: str
    by: Named


def saw(seat: Seat, member_id: UUID, *what: str, today: date) -> None:
    """Note that she opened this member's profile, savings or loans, or took an export; a second time on the same day
    adds nothing, and what is her own is not noted. One statement."""
    if member_id != seat.member_id:
        ids = [uuid7() for _ in what]
        kernel.call(SEEN, (seat.group_id, member_id, seat.user_id, today, ids, list(what)))


def seen(group_id: UUID, member_id: UUID, *, limit: int | None = None) -> list[Seen]:
    """Who saw her data, newest first, with name and office."""
    rows = list(Sight.objects.filter(group_id=group_id, member_id=member_id).order_by("-day", "-id")[:limit])
    who = queries.named(group_id, {one.user_id for one in rows})
    return [Seen(one.day, one.at, one.what, who[one.user_id]) for one in rows]
