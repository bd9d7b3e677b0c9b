"""Who can consent beside an officer, on her phone."""

from django.utils.translation import gettext

from members import access, queries, second
from members.models import Seat
from members.page import Sitting
from members.templatetags.lumbung import OFFICES


def seconds(at: Sitting, act: str) -> list[tuple[str, str]]:
    """The other officers whose PIN counts for `act`: an office's id, and her name with it. Empty: nobody can."""
    offices = [one for one in queries.held(at.group_id).exclude(user_id=at.user_id) if second.can_sign(one.user)]
    names = queries.called(at.group_id, {one.user_id for one in offices})
    pins = queries.pins(at.group_id)
    seats = Seat.objects.select_related("user").filter(group_id=at.group_id, user__in={one.user_id for one in offices})
    allowed = {seat.user_id for seat in seats if access.may(seat, act)}
    return [
        (str(one.id), f"{names[one.user_id]}, {gettext(OFFICES[one.role]).lower()}")
        for one in offices
        if one.user_id in pins and one.user_id in allowed
    ]
