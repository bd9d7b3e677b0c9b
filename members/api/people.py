"""Members: who belongs to the group, with what business; leaving, coming back, being forgotten."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from members import access, cards, enrolments, erasure, nik, phone, queries, services, sights
from members.api.lists import listed, page, page_of
from members.door import Act, GroupView, door
from members.errors import NotFound
from members.fields import Body, Choice, Day, Page, Text, Username, Whole
from members.queries import MemberRow
from members.visit import Done, Here, always

WARNINGS = {
    "no_date": "Bagian tanggal pada NIK bukan tanggal.",
    "not_a_woman": "NIK ini menurut bagian tanggalnya milik laki-laki.",
    "birth_date_differs": "Tanggal lahir pada NIK lain dari yang dicatat.",
}


class Business(Body):
    kind = Text(max_length=80, required=False, allow_null=True)
    product = Text(max_length=120, required=False, allow_null=True)
    raw_materials = serializers.ListField(child=Text(max_length=80), required=False, max_length=50)
    workers = Whole(min_value=0, max_value=10_000, required=False, allow_null=True)


class MemberNumber(Text):
    """What stands on her book: letters, digits, `.`, `/` and `-`; a JSON integer is taken as its digits."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=20, **options)

    def to_internal_value(self, data: Any) -> str:
        value = super().to_internal_value(str(data) if type(data) is int else data)
        if value and not (value.isascii() and value[0].isalnum() and set(value) <= set(NUMBER_LETTERS)):
            raise ValidationError("Nomor terdiri dari huruf, angka, titik, garis miring, dan tanda hubung.", "invalid")
        return value


NUMBER_LETTERS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ./-"


class Personal(Body):
    number = MemberNumber(required=False, allow_null=True)
    phone = Text(max_length=40, required=False, allow_null=True)
    nik = Text(max_length=40, required=False, allow_null=True)
    born_on = Day(required=False, allow_null=True)
    address = Text(max_length=300, required=False, allow_null=True)
    business = Business(required=False, allow_null=True)

    def validate_phone(self, value: str | None) -> str | None:
        try:
            return None if value is None else phone.normalised(value)
        except ValueError:
            raise ValidationError("Bukan nomor telepon.", "invalid")

    def validate_nik(self, value: str | None) -> str | None:
        try:
            return None if value is None else nik.checked(value)
        except ValueError:
            raise ValidationError("NIK terdiri dari 16 angka.", "invalid")


class MemberIn(Personal):
    name = Text(max_length=120)
    joined_on = Day()


class MemberChange(Personal):
    name = Text(max_length=120)
    joined_on = Day()


class MembersQuery(Page):
    search = Text(max_length=120, required=False)
    status = Choice(choices=["active", "left"], required=False)


class WarningOut(serializers.Serializer[Any]):
    code = serializers.ChoiceField(choices=list(WARNINGS))
    detail = serializers.CharField()


class BusinessOut(serializers.Serializer[Any]):
    kind = serializers.CharField(allow_null=True)
    product = serializers.CharField(allow_null=True)
    raw_materials = serializers.ListField(child=serializers.CharField())
    workers = serializers.IntegerField(allow_null=True)


class MemberOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    created_at = serializers.DateTimeField()
    number = serializers.CharField()
    name = serializers.CharField(allow_null=True, help_text="null: data pribadinya dihapus")
    status = serializers.ChoiceField(choices=["active", "left"])
    joined_on = serializers.DateField()
    left_on = serializers.DateField(allow_null=True)
    phone = serializers.CharField(allow_null=True)
    nik_last4 = serializers.CharField(allow_null=True, help_text="Empat angka terakhir; selebihnya tidak ditunjukkan")
    born_on = serializers.DateField(allow_null=True)
    address = serializers.CharField(allow_null=True)
    business = BusinessOut(allow_null=True)
    erased_at = serializers.DateTimeField(allow_null=True)
    warnings = WarningOut(many=True)


def member_json(row: MemberRow) -> dict[str, Any]:
    person = row.member.person
    business = {
        "kind": person.business_kind,
        "product": person.business_product,
        "raw_materials": person.raw_materials,
        "workers": person.workers,
    }
    return {
        "id": row.member.id,
        "created_at": row.member.created_at,
        "number": row.member.number,
        "name": person.name,
        "status": "active" if row.left_on is None else "left",
        "joined_on": row.joined_on,
        "left_on": row.left_on,
        "phone": person.phone,
        "nik_last4": person.nik_last4,
        "born_on": person.born_on,
        "address": person.address,
        "business": business if any(business.values()) else None,
        "erased_at": person.erased_at,
        "warnings": [{"code": code, "detail": WARNINGS[code]} for code in services.warnings(person)],
    }


def columns(body: Mapping[str, Any]) -> dict[str, Any]:
    """What was sent about a person, as columns of `Person` (and `nik`)."""
    found = {name: body[name] for name in ("phone", "nik", "born_on", "address") if name in body}
    if "business" in body:
        business = body["business"] or {"kind": None, "product": None, "raw_materials": [], "workers": None}
        names = {"kind": "business_kind", "product": "business_product"}
        found |= {names.get(name, name): value for name, value in business.items()}
    return found


def hers(here: Here, member_id: UUID, what: str | None = "profile") -> MemberRow:
    """A member of the group; to a seat without office, herself alone. Everything that opens one member's data passes
    here, and `what` of it (None: nothing) is noted for her when somebody else does. Raises NotFound."""
    if not access.is_officer(here.seat) and member_id != here.seat.member_id:
        raise NotFound()
    found = queries.members(here.group_id, only=member_id).first()
    if found is None:
        raise NotFound()
    if what is not None:
        noted(here, member_id, what)
    return queries.row(found)


def noted(here: Here, member_id: UUID, *what: str) -> None:
    """Note for a member that somebody else sees her profile, savings, loans or an export today."""
    sights.saw(here.seat, member_id, *what, today=services.today_in(here.seat.group))


def stored_member(here: Here, stored: dict[str, Any]) -> dict[str, Any]:
    return member_json(hers(here, UUID(stored["id"])))


class MemberList(GroupView):
    @door("see_members", query=MembersQuery, answer=page_of(MemberOut))
    def get(self, here: Here, query: dict[str, Any]) -> Any:
        """The members of the group; a member without office sees herself."""
        only = None if access.is_officer(here.seat) else here.seat.member_id
        found = queries.members(here.group_id, only=only, status=query.get("status"))
        if query.get("search"):
            found = queries.matching(found, query["search"])
        rows, following = page(found, query)
        return listed([member_json(queries.row(member)) for member in rows], following)

    @door("add_member", body=MemberIn, status=201, answer=MemberOut, shown=stored_member)
    def post(self, here: Here, body: dict[str, Any]) -> Done:
        """Take somebody into the group. A name of one word is a name; without `number` she gets the next one."""
        made = services.add_member(
            here.group_id,
            today=services.today_in(here.seat.group),
            name=body["name"],
            joined_on=body["joined_on"],
            number=body.get("number"),
            personal=columns(body),
        )
        return Done({"id": str(made)})


class MemberDetail(GroupView):
    @door("see_members", answer=MemberOut)
    def get(self, here: Here, member_id: UUID) -> Any:
        """A member; one without office sees herself."""
        return member_json(hers(here, member_id))

    @door("change_member", body=MemberChange, partial=True, answer=MemberOut, shown=stored_member)
    def patch(self, here: Here, member_id: UUID, body: dict[str, Any]) -> Done:
        """Change what is known of a member; null takes it away."""
        changes = columns(body) | {name: body[name] for name in ("name", "number", "joined_on") if body.get(name)}
        services.change_member(hers(here, member_id), today=services.today_in(here.seat.group), changes=changes)
        return Done({"id": str(member_id)})


class LoginIn(Body):
    username = Username()


class LoginOut(serializers.Serializer[Any]):
    user_id = serializers.UUIDField()
    username = serializers.CharField()
    one_time_password = serializers.CharField(allow_null=True, help_text="Ditunjukkan satu kali saja")


def stored_login(here: Here, stored: dict[str, Any]) -> dict[str, Any]:
    user = queries.user(UUID(stored["user_id"]))
    return {"user_id": user.id, "username": user.username, "one_time_password": None}


class MemberLogin(GroupView):
    @door("open_login", body=LoginIn, status=201, answer=LoginOut, shown=stored_login)
    def post(self, here: Here, member_id: UUID, body: dict[str, Any]) -> Done:
        """Give a member a login, or a plain member's login a new first password, good for one login."""
        user, password = services.open_login(here.seat.group, hers(here, member_id, None), username=body["username"])
        return Done({"user_id": str(user.id)}, once={"one_time_password": password})


class EnrolmentOut(serializers.Serializer[Any]):
    code = serializers.CharField(allow_null=True, help_text="Ditunjukkan satu kali saja")
    minutes = serializers.IntegerField(help_text="Berlaku sekian menit, sekali pakai")


class MemberEnrolment(GroupView):
    @door("enroll_device", body=Body, status=201, answer=EnrolmentOut)
    def post(self, here: Here, member_id: UUID, body: dict[str, Any]) -> Done:
        """A code with which a plain member enrols her next phone. Officers make their own."""
        row = hers(here, member_id, None)
        code = enrolments.for_member(here.seat.group, row, officer_id=here.seat.user_id)
        return Done({"code": None, "minutes": enrolments.MINUTES}, once={"code": code})


class CardOut(serializers.Serializer[Any]):
    number = serializers.CharField(allow_null=True, help_text="Ditunjukkan satu kali saja")
    codes = serializers.ListField(child=serializers.CharField(), help_text="Ditunjukkan satu kali saja")


class MemberCard(GroupView):
    @door("enroll_device", body=Body, status=201, answer=CardOut)
    def post(self, here: Here, member_id: UUID, body: dict[str, Any]) -> Done:
        """A card of ten codes for a plain member; an earlier one ends. Officers make their own."""
        row = hers(here, member_id, None)
        printed = cards.for_member(here.seat.group, row, officer_id=here.seat.user_id)
        return Done({"number": None, "codes": []}, once={"number": printed.number, "codes": list(printed.codes)})


class MemberWays(GroupView):
    @door("enroll_device", status=204, answer=None)
    def delete(self, here: Here, member_id: UUID) -> None:
        """End a plain member's phones, her card and a code that waits."""
        enrolments.end_all(here.seat.group, hers(here, member_id, None))


class LeaveIn(Act):
    left_on = Day()
    channel = Choice(choices=["cash", "bank"], required=False, default="cash")


class LeaveOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    left_on = serializers.DateField()
    paid_out = serializers.IntegerField()
    offset_against_loan = serializers.IntegerField()
    entry_ids = serializers.ListField(child=serializers.UUIDField())


class RejoinIn(Body):
    joined_on = Day()


class MemberRejoin(GroupView):
    @door("add_member", body=RejoinIn, status=201, answer=MemberOut, shown=stored_member)
    def post(self, here: Here, member_id: UUID, body: dict[str, Any]) -> Done:
        """Take a former member back under her old number."""
        row = hers(here, member_id)
        services.rejoin(row, joined_on=body["joined_on"], today=services.today_in(here.seat.group))
        return Done({"id": str(member_id)})


class MemberErasure(GroupView):
    @door("erase_member", body=Act, status=201, two=always, answer=MemberOut, shown=stored_member)
    def post(self, here: Here, member_id: UUID, body: dict[str, Any]) -> Done:
        """Forget a former member: her personal data, her login and her name in notes go; the books stay. For two
        officers, and for ever."""
        erasure.forget(hers(here, member_id, None))
        return Done({"id": str(member_id)})
