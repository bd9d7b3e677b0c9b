"""Who looked at a member's data: written whenever somebody else opens one member's, and shown to her. A lender is noted
whenever she is shown the member at all."""

from collections.abc import Collection
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
select s.id, %s, s.member_id, %s, s.what, %s from unnest(%s::uuid[], %s::uuid[], %s::text[]) as s (id, member_id, what)
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
        shown(seat, [member_id], *what, today=today)


def shown(seat: Seat, member_ids: Collection[UUID], *what: str, today: date) -> None:
    """Note that each of these members was shown to her. One statement."""
    rows = [(uuid7(), member_id, one) for member_id in sorted(member_ids) for one in what]
    ids, members, kinds = (list(column) for column in zip(*rows, strict=True)) if rows else ([], [], [])
    kernel.call(SEEN, (seat.group_id, seat.user_id, today, ids, members, kinds))


def seen(group_id: UUID, member_id: UUID, *, limit: int | None = None) -> list[Seen]:
    """Who saw her data, newest first, with name and office."""
    rows = list(Sight.objects.filter(group_id=group_id, member_id=member_id).order_by("-day", "-id")[:limit])
    who = queries.named(group_id, {one.user_id for one in rows})
    return [Seen(one.day, one.at, one.what, who[one.user_id]) for one in rows]
