"""Data saya over HTTP: a file."""

from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from rest_framework.request import Request

from members.api.people import hers
from members.door import GroupView, door
from members.services import today_in
from members.visit import Here
from reports import mydata


class MemberExport(GroupView):
    @door("export_member", answer=OpenApiTypes.OBJECT)
    def get(self, here: Here, member_id: UUID) -> Any:
        """Everything that is kept about a member, as a JSON file: for herself, or for an officer at her wish, which she
        sees. Her login and devices stand only in what she takes herself."""
        hers(here, member_id, "export")
        now = timezone.now()
        own = member_id == here.seat.member_id
        return mydata.everything(here.seat.group, member_id, on=today_in(here.seat.group, now), made_at=now, own=own)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        if response.status_code == 200:
            response["Content-Disposition"] = 'attachment; filename="data-saya.json"'
            response["Cache-Control"] = "no-store"
        return response
