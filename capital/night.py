"""What a day leaves to be booked of facilities that accrue: the costs that fell due."""

from datetime import date
from uuid import UUID

from capital import booking, facts
from capital.account import derive
from capital.models import Facility
from loans.facts import ground


def accrue(group_id: UUID, day: date) -> int:
    """Book what moved by itself up to a day, the book locked; how many entries that were."""
    moving = list(Facility.objects.filter(group_id=group_id, next_on__lte=day).order_by("id"))
    if not moving:
        return 0
    known = facts.read(group_id, moving)
    derived = [(one, derive(known[one.id], max(day, one.derived_through or day))) for one in moving]
    return len(booking.book(group_id, derived, ground(group_id)))
