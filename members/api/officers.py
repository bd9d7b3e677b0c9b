"""Officers, their PINs, and what waits for a second one of them."""

from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import check_password
from rest_framework import serializers

from members import logins, pin, queries, second, services
from members.api.lists import listed, page, page_of
from members.api.people import hers
from members.door import GroupView, PendingOut, door
from members.errors import NotAllowed, NotFound, WrongOldPassword
from members.failures import Guarded
from members.fields import Body, Choice, Id, Page, Secret, Username
from members.models import Officer, Pin
from members.strict import Malformed, Problem
from members.visit import Done, Here, pending_json

PINS = {
    "shape": "PIN terdiri dari 6 sampai 12 angka.",
    "common": "PIN ini terlalu mudah ditebak.",
    "birth_date": "PIN tidak boleh tanggal lahir.",
    "phone": "PIN tidak boleh bagian dari nomor telepon.",
}


class OfficerIn(Body):
    member_id = Id()
    role = Choice(choices=Officer.Role.values)
    username = Username()
    password = Secret(required=False, allow_null=True)


class OfficerOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    created_at = serializers.DateTimeField()
    member_id = serializers.UUIDField(allow_null=True)
    user_id = serializers.UUIDField()
    username = serializers.CharField()
    role = serializers.ChoiceField(choices=Officer.Role.values)
    own_password = serializers.BooleanField(help_text="Sudah menyetel kata sandinya sendiri: tanda tangannya berlaku")
    pin = serializers.ChoiceField(choices=["none", "set", "locked"])
    one_time_password = serializers.CharField(allow_null=True, help_text="Ditunjukkan satu kali saja")


def officer_json(office: Officer, pins: dict[UUID, Pin]) -> dict[str, Any]:
    hers = pins.get(office.user_id)
    return {
        "id": office.id,
        "created_at": office.created_at,
        "member_id": office.member_id,
        "user_id": office.user_id,
        "username": office.user.username,
        "role": office.role,
        "own_password": second.can_sign(office.user),
        "pin": "none" if hers is None else "locked" if hers.failures >= Pin.TRIES else "set",
        "one_time_password": None,
    }


def stored_officer(here: Here, stored: dict[str, Any]) -> dict[str, Any]:
    office = queries.ever_held(here.group_id).get(id=UUID(stored["id"]))
    return officer_json(office, queries.pins(here.group_id))


class OfficerList(GroupView):
    @door("see_officers", query=Page, answer=page_of(OfficerOut))
    def get(self, here: Here, query: dict[str, Any]) -> Any:
        """The offices that are held now."""
        held, pins = queries.held(here.group_id), queries.pins(here.group_id)
        rows, following = page(held, query)
        return listed([officer_json(office, pins) for office in rows], following)

    @door("appoint_officer", body=OfficerIn, status=201, answer=OfficerOut, shown=stored_officer)
    def post(self, here: Here, body: dict[str, Any]) -> Done:
        """Give a member an office. Her first password is good for one login: until she has set her own, her token may
        do nothing else and her consent does not count."""
        row = hers(here, body.pop("member_id"), None)
        try:
            office, once = services.appoint_officer(here.seat.group, row, **body)
        except logins.BadPassword as bad:
            raise Malformed([Problem("/password", "invalid", sentence) for sentence in bad.sentences]) from None
        return Done({"id": str(office.id)}, once={"one_time_password": once})


class OfficerDetail(GroupView):
    @door("end_office", status=204, answer=None)
    def delete(self, here: Here, officer_id: UUID) -> None:
        """End an office. The group keeps at least one treasurer."""
        services.end_office(here.seat.group, services.office(here.group_id, officer_id))


class PinIn(Body):
    password = Secret()
    pin = Secret(max_length=12)


class OfficerPin(Guarded, GroupView):
    @door("set_own_pin", body=PinIn, status=204, answer=None)
    def post(self, here: Here, officer_id: UUID, body: dict[str, Any]) -> None:
        """Set your own PIN, with your password: six digits or more, neither a common one nor your birth date. A locked
        PIN is opened by setting a new one."""
        office = services.office(here.group_id, officer_id)
        if office.user_id != here.user_id:
            raise NotAllowed()
        if not check_password(body["password"], here.seat.user.password):
            raise WrongOldPassword()
        person = queries.person_of(office)
        born_on, phone = (person.born_on, person.phone) if person else (None, None)
        reason = pin.refused(body["pin"], born_on=born_on, phone=phone)
        if reason:
            raise Malformed([Problem("/pin", "invalid", PINS[reason])])
        second.set_pin(here.group_id, here.user_id, body["pin"])


class WaitingOut(PendingOut):
    body = serializers.DictField(help_text="Apa yang diminta, tanpa PIN")


class PendingList(GroupView):
    @door("see_pending", query=Page, answer=page_of(WaitingOut))
    def get(self, here: Here, query: dict[str, Any]) -> Any:
        """What waits for a second officer: POST `{}` to its `path` with your own token to confirm it."""
        rows, following = page(second.pending(here.group_id), query)
        return listed([pending_json(waiting) | {"body": waiting.body} for waiting in rows], following)


class PendingDetail(GroupView):
    @door("withdraw_pending", status=204, answer=None)
    def delete(self, here: Here, pending_id: UUID) -> None:
        """Take your own request back."""
        if not second.withdraw(here.seat, pending_id):
            raise NotFound()
