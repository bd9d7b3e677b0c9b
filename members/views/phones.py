"""How a member comes in, made by an officer: a code for her phone, a printed card; and both taken away."""

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext

from ledger.errors import DomainError
from members import cards, enrolments
from members.api.people import hers
from members.cards import Printed
from members.models import Seat
from members.page import Page, Sitting, back_to
from members.views.account import enrolment


class MemberWays(Page):
    """Nothing is made by looking. What a button made stands on its answer once, and nowhere after that."""

    act = "enroll_device"
    template = "members/member_ways.html"
    tab = "members"

    def show(self, at: Sitting, member_id: UUID) -> dict[str, Any]:
        row = hers(at.here, member_id)
        seat = Seat.objects.select_related("user").filter(group_id=at.group_id, member_id=member_id).first()
        found: dict[str, Any] = {"row": row, "herself": at.seat.member_id == member_id, "phones": [], "left": 0}
        if seat is None:
            return found | {"hers_alone": False}
        phones, card = enrolments.ways_of(seat.user)
        found |= {"hers_alone": enrolments.sees_to_herself(at.group, seat.user)}
        return found | {"phones": phones, "card": card, "left": cards.left(seat.user)}

    def post(self, request: HttpRequest, member_id: UUID) -> HttpResponse:
        at, made = self.at, request.POST.get("make", "")
        try:
            if made == "code":
                return self.once(self.code(at, member_id), member_id)
            if made == "card":
                return self.once(self.card(at, member_id), member_id)
            if made == "end":
                at.do("member-ways", {}, method="DELETE", member_id=member_id)
                messages.success(request, gettext("HP dan kartunya dicabut."))
                return back_to(at, "member-ways", member_id=member_id)
        except DomainError as refusal:
            sentence = refusal.sentence
            return self.drawn(lambda: self.show(at, member_id) | {"refused": sentence}, 409)
        return back_to(at, "member-ways", member_id=member_id)

    def code(self, at: Sitting, member_id: UUID) -> dict[str, Any]:
        made = at.do("member-enrolment", {}, member_id=member_id).data
        until = (timezone.now() + enrolments.LIVES).astimezone(ZoneInfo(at.group.timezone))
        return enrolment(at.request, made["code"]) | {"until": f"{until:%H.%M}"}

    def card(self, at: Sitting, member_id: UUID) -> dict[str, Any]:
        made = at.do("member-card", {}, member_id=member_id).data
        return {
            "printed": Printed(made["number"], tuple(made["codes"])),
            "group_name": at.group.name,
            "address": at.request.get_host(),
        }

    def once(self, made: dict[str, Any], member_id: UUID) -> HttpResponse:
        def show() -> dict[str, Any]:
            found = self.show(self.at, member_id)
            return found | {"number": found["row"].member.number} | made

        return self.drawn(show)
