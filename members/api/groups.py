"""Groups: opening one, the directory, and its policy."""

from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

from django.db import IntegrityError
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from ledger.commands import Answer, keep, key_for, perform
from ledger.context import in_book
from ledger.currencies import DIGITS
from ledger.ids import uuid7
from ledger.money import LARGEST
from members import disclosures, queries, services
from members.api.lists import listed, page, page_of
from members.door import Act, GroupView, View, door, user_of
from members.errors import NotAllowed
from members.fields import Body, Choice, Day, Flag, Page, Percent, Text, Whole, read
from members.models import Group, Holiday, Seat, User
from members.tokens import proves
from members.visit import Done, Here, key_of, marked, rendered


class MeetingEvery(Body):
    every = Whole(min_value=1, max_value=366)
    unit = Choice(choices=["day", "week", "month"])

    def get_fields(self) -> Any:
        return super().get_fields() | {"from": Day(required=False, allow_null=True)}


def meeting_columns(meeting: dict[str, Any]) -> dict[str, Any]:
    """What was sent about the meeting's rhythm, as columns of `Group`."""
    found = {"meeting_every": meeting["every"], "meeting_unit": meeting["unit"]}
    return found | ({"meets_from": meeting["from"]} if "from" in meeting else {})


class PolicyIn(Body):
    approvals_required = Whole(min_value=1, max_value=9)
    single_officer_limit = Whole(min_value=0, max_value=LARGEST)
    interest_recognition = Choice(choices=Group.RECOGNITIONS)
    interest_word = Choice(choices=Group.INTEREST_WORDS)
    arrears_preset = Choice(choices=Group.ARREARS_PRESETS)
    installment_multiple = Whole(min_value=0, max_value=LARGEST)
    rate_cap_percent = Percent(min_value=Decimal("0.01"), max_value=Decimal(200))
    reservation_days = Whole(min_value=1, max_value=90)
    related_party_percent = Percent(min_value=Decimal(0), max_value=Decimal(100))
    nonperforming_days = Whole(min_value=1, max_value=720)
    cure_days = Whole(min_value=0, max_value=720)
    accounting_standard = Choice(choices=Group.STANDARDS)


class GroupChange(Act):
    name = Text(max_length=100)
    village = Text(max_length=80, required=False, allow_null=True)
    district = Text(max_length=80, required=False, allow_null=True)
    regency = Text(max_length=80, required=False, allow_null=True)
    meeting_every = MeetingEvery(required=False)
    policy = PolicyIn(required=False, partial=True)


class GroupIn(Body):
    name = Text(max_length=100)
    village = Text(max_length=80, required=False, allow_null=True)
    district = Text(max_length=80, required=False, allow_null=True)
    regency = Text(max_length=80, required=False, allow_null=True)
    currency = Choice(choices=sorted(DIGITS), required=False, default="IDR")
    timezone = Text(max_length=64, required=False, default="Asia/Jakarta")
    meeting_every = MeetingEvery(required=False)
    creator_name = Text(max_length=120, required=False, allow_null=True)

    def validate_timezone(self, value: str) -> str:
        if value not in available_timezones():
            raise ValidationError("Zona waktu ini tidak dikenal.", "invalid")
        return value


class PolicyOut(serializers.Serializer[Any]):
    approvals_required = serializers.IntegerField()
    single_officer_limit = serializers.IntegerField()
    interest_recognition = serializers.ChoiceField(choices=Group.RECOGNITIONS)
    interest_word = serializers.ChoiceField(choices=Group.INTEREST_WORDS)
    arrears_preset = serializers.ChoiceField(choices=Group.ARREARS_PRESETS)
    installment_multiple = serializers.IntegerField()
    rate_cap_percent = Percent()
    reservation_days = serializers.IntegerField()
    related_party_percent = Percent()
    nonperforming_days = serializers.IntegerField()
    cure_days = serializers.IntegerField()
    accounting_standard = serializers.ChoiceField(choices=Group.STANDARDS)


class MeetingOut(serializers.Serializer[Any]):
    every = serializers.IntegerField()
    unit = serializers.ChoiceField(choices=["day", "week", "month"])

    def get_fields(self) -> Any:
        return super().get_fields() | {"from": serializers.DateField(allow_null=True)}


class GroupOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    created_at = serializers.DateTimeField()
    name = serializers.CharField()
    village = serializers.CharField(allow_null=True)
    district = serializers.CharField(allow_null=True)
    regency = serializers.CharField(allow_null=True)
    currency = serializers.CharField()
    digits = serializers.IntegerField()
    timezone = serializers.CharField()
    meeting_every = MeetingOut()
    demo = serializers.BooleanField()
    policy = PolicyOut()


def group_json(group: Group) -> dict[str, Any]:
    policy = {name: getattr(group, name) for name in services.POLICY}
    return {
        "id": group.id,
        "created_at": group.created_at,
        "name": group.name,
        "village": group.village,
        "district": group.district,
        "regency": group.regency,
        "currency": group.currency,
        "digits": group.digits,
        "timezone": group.timezone,
        "meeting_every": {"every": group.meeting_every, "unit": group.meeting_unit, "from": group.meets_from},
        "demo": group.demo,
        "policy": policy | {name: f"{policy[name]:.2f}" for name in ("rate_cap_percent", "related_party_percent")},
    }


class GroupList(View):
    queries = {"GET": Page}

    @extend_schema(responses=page_of(GroupOut), parameters=[Page])
    def get(self, request: Request) -> Any:
        """The groups you have a seat in, for a lender those with a consent in force; an operator sees the whole
        directory."""
        user = user_of(request)
        found, lent = queries.groups_of(user), {}
        if not user.is_operator and queries.lends(user):
            seats = disclosures.seats(user, proved=lambda: proves(request))
            lent = {seat.group_id: seat for seat in seats if seat.lender_id is not None}
            found = found.filter(id__in=[seat.group_id for seat in seats])
        rows, following = page(found, self.query)
        for group in rows:
            if group.id in lent:
                disclosures.admit(lent[group.id], "see_group")
        return rendered(listed([group_json(group) for group in rows], following))

    @extend_schema(
        request=GroupIn,
        responses={201: GroupOut},
        parameters=[
            OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER, False, "satu UUID per permintaan")
        ],
    )
    def post(self, request: Request) -> Any:
        """Open a group with an empty book. You become its treasurer; with `creator_name`, its first member as well."""
        user = user_of(request)
        if not (user.is_operator or user.may_open_groups or holds_office(user)):
            raise NotAllowed()
        body = read(GroupIn, request.data)
        meeting = body.pop("meeting_every", None)
        if meeting:
            body |= meeting_columns(meeting)
        group_id, replayed = opened(user, body, request)
        response = rendered(group_json(Group.objects.get(id=group_id)), 201)
        if replayed:
            response["Idempotency-Replayed"] = "true"
        return response


def opened(user: User, body: dict[str, Any], request: Request) -> tuple[UUID, bool]:
    """Open the group; gives its id, and whether it was there. With a key the id follows from it, so a request sent
    twice, even at the same time, opens one group. Raises KeyReused for another body under the key."""
    key = key_of(request)
    group_id = uuid7() if key is None else key_for("group", user.id, key)
    mark = marked(request, user.id, request.data)

    def act() -> None:
        today = services.today_in(Group(timezone=body["timezone"]), timezone.now())
        services.open_group(group_id=group_id, creator=user, today=today, **body)
        if key is not None:
            keep(group_id, key, user.id, mark, Answer(201, {"id": str(group_id)}))

    try:
        in_book(group_id, user.id, act)
    except IntegrityError:
        if key is None or not Group.objects.filter(id=group_id).exists():
            raise
        perform(group_id=group_id, key=key, actor_id=user.id, fingerprint=mark, act=_never)
        return group_id, True
    return group_id, False


def _never() -> Answer:
    raise AssertionError("a group that is there was opened under its key")


def holds_office(user: User) -> bool:
    return Seat.objects.filter(user=user).exclude(roles=[]).exists()


def loosens_alone(here: Here, body: dict[str, Any]) -> bool:
    """Whether the policy would let one officer do more by herself, while there is another whose word counts."""
    policy, group = body.get("policy") or {}, here.seat.group
    looser = (
        policy.get("single_officer_limit", 0) > group.single_officer_limit
        or policy.get("approvals_required", group.approvals_required) < group.approvals_required
    )
    return looser and queries.another_can_sign(here.seat)


class GroupDetail(GroupView):
    @door("see_group", answer=GroupOut)
    def get(self, here: Here) -> Any:
        """A group with its policy."""
        return group_json(Group.objects.get(id=here.group_id))

    @door(
        "change_group",
        body=GroupChange,
        partial=True,
        two=loosens_alone,
        second_may="confirm_policy",
        answer=GroupOut,
        shown=lambda here, stored: _again(here),
    )
    def patch(self, here: Here, body: dict[str, Any]) -> Any:
        """Change the group or its policy; currency and time zone stay as they are. Raising what one officer may do
        alone needs a second, once there is one."""
        meeting = body.pop("meeting_every", None)
        policy = body.pop("policy", {})
        changes = body | policy
        if meeting:
            changes |= meeting_columns(meeting)
        if here.seat.group.demo and "name" in changes and not changes["name"].startswith("DEMO"):
            changes["name"] = f"DEMO {changes['name']}"
        if changes:
            services.change_group(here.seat.group, changes)


def _again(here: Here) -> dict[str, Any]:
    return group_json(Group.objects.get(id=here.group_id))


class HolidayIn(Body):
    day = Day()
    closed = Flag(required=False, default=True)
    name = Text(max_length=80, required=False, allow_null=True)


class HolidayOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    created_at = serializers.DateTimeField()
    day = serializers.DateField()
    closed = serializers.BooleanField(help_text="false: kelompok tetap bekerja pada hari libur ini")
    name = serializers.CharField(allow_null=True)


def holiday_json(holiday: Holiday) -> dict[str, Any]:
    names = ("id", "created_at", "day", "closed", "name")
    return {name: getattr(holiday, name) for name in names}


def stored_holiday(here: Here, stored: dict[str, Any]) -> dict[str, Any]:
    return holiday_json(queries.holidays(here.group_id).get(id=stored["id"]))


class HolidayList(GroupView):
    @door("see_group", query=Page, answer=page_of(HolidayOut))
    def get(self, here: Here, query: dict[str, Any]) -> Any:
        """The days on which the group differs from Indonesia's calendar, which it follows otherwise."""
        rows, following = page(queries.holidays(here.group_id), query)
        return listed([holiday_json(one) for one in rows], following)

    @door("change_group", body=HolidayIn, status=201, answer=HolidayOut, shown=stored_holiday)
    def post(self, here: Here, body: dict[str, Any]) -> Done:
        """A day off of the group's own, or a public holiday on which it works; the day's earlier word is replaced."""
        made = services.set_holiday(here.group_id, day=body["day"], closed=body["closed"], name=body.get("name"))
        return Done({"id": str(made.id)})


class HolidayDetail(GroupView):
    @door("change_group", status=204, answer=None)
    def delete(self, here: Here, holiday_id: UUID) -> None:
        """Go by the calendar again."""
        services.drop_holiday(here.group_id, holiday_id)
