"""What the group lets its lenders see, what they were shown, and how they sign in."""

from typing import Any
from uuid import UUID

from django.utils import timezone
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from members import consents, disclosures, lenders, lends, queries
from members.api.lists import listed, page, page_of
from members.door import Act, GroupView, door
from members.errors import NotFound
from members.fields import Body, Choice, Day, Id, Page, Username
from members.models import SCOPES, Consent, Disclosure
from members.services import today_in
from members.visit import Done, Here, always

STATUSES = ["upcoming", "in_force", "over", "revoked"]


class ConsentIn(Act):
    """`from` and `to` are the first and the last day."""

    lender_id = Id()
    scopes = serializers.ListField(child=Choice(choices=SCOPES), min_length=1, max_length=len(SCOPES))

    def get_fields(self) -> Any:
        return super().get_fields() | {"from": Day(), "to": Day()}

    def validate_scopes(self, value: list[str]) -> list[str]:
        if len(set(value)) < len(value):
            raise ValidationError("Setiap lingkup satu kali saja.", "invalid")
        return value

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["to"] < attrs["from"]:
            raise ValidationError({"to": ["Tidak boleh sebelum hari mulainya."]}, "invalid")
        return attrs


class ConsentOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    created_at = serializers.DateTimeField()
    lender_id = serializers.UUIDField()
    lender = serializers.CharField(help_text="Nama pendana")
    scopes = serializers.ListField(child=serializers.ChoiceField(choices=SCOPES))
    status = serializers.ChoiceField(choices=STATUSES)
    given_by = serializers.CharField(allow_null=True, help_text="Nama pengurus")
    given_with = serializers.CharField(allow_null=True, help_text="Nama pengurus kedua")
    revoked_at = serializers.DateTimeField(allow_null=True)
    revoked_by = serializers.CharField(allow_null=True, help_text="Nama pengurus")

    def get_fields(self) -> Any:
        return super().get_fields() | {"from": serializers.DateField(), "to": serializers.DateField()}


def consents_json(here: Here, found: list[Consent]) -> list[dict[str, Any]]:
    """Consents with the lender's name and the officers'."""
    today = today_in(here.seat.group, timezone.now())
    who = {id for one in found for id in (one.given_by, one.given_with, one.revoked_by) if id is not None}
    names = queries.named(here.group_id, who)
    lent_by = lenders.names(here.group_id, {one.lender_id for one in found})
    return [
        {
            "id": one.id,
            "created_at": one.given_at,
            "lender_id": one.lender_id,
            "lender": lent_by.get(one.lender_id, ""),
            "scopes": one.scopes,
            "from": one.from_on,
            "to": one.to_on,
            "status": consents.status(one, today),
            "given_by": names[one.given_by].name,
            "given_with": names[one.given_with].name,
            "revoked_at": one.revoked_at,
            "revoked_by": None if one.revoked_by is None else names[one.revoked_by].name,
        }
        for one in found
    ]


def consent_json(here: Here, consent_id: UUID) -> dict[str, Any]:
    found = consents.consents(here.group_id).filter(id=consent_id).first()
    if found is None:
        raise NotFound()
    return consents_json(here, [found])[0]


class ConsentsQuery(Page):
    lender_id = Id(required=False)


class ConsentList(GroupView):
    @door("see_consents", query=ConsentsQuery, answer=page_of(ConsentOut))
    def get(self, here: Here, query: dict[str, Any]) -> Any:
        """The consents the group ever gave, those that are over or were taken back as well."""
        rows, following = page(consents.consents(here.group_id, lender_id=query.get("lender_id")), query)
        return listed(consents_json(here, rows), following)

    @door(
        "give_consent",
        body=ConsentIn,
        status=201,
        two=always,
        second_may="confirm_consent",
        answer=ConsentOut,
        shown=lambda here, stored: consent_json(here, UUID(stored["id"])),
    )
    def post(self, here: Here, body: dict[str, Any]) -> Done:
        """Let a lender see sums (`totals`), loans by number (`loans`), members by number (`members.pseudonym`) or by
        name (`members.named`), from the first day to the last. For two officers."""
        assert here.second is not None
        made = consents.give(
            here.group_id,
            lender_id=body["lender_id"],
            scopes=body["scopes"],
            from_on=body["from"],
            to_on=body["to"],
            today=today_in(here.seat.group, timezone.now()),
            officers=(here.user_id, here.second),
        )
        return Done({"id": str(made.id)})


class ConsentDetail(GroupView):
    @door("see_consents", answer=ConsentOut)
    def get(self, here: Here, consent_id: UUID) -> Any:
        """One consent."""
        return consent_json(here, consent_id)

    @door("revoke_consent", status=204, answer=None)
    def delete(self, here: Here, consent_id: UUID) -> None:
        """Take a consent back, by one officer, at once. What was shown before stays in the log."""
        consents.revoke(here.group_id, consent_id, by=here.user_id)


class LogQuery(Page):
    lender_id = Id(required=False)


class DisclosureOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    at = serializers.DateTimeField()
    day = serializers.DateField(help_text="Hari kelompok")
    lender_id = serializers.UUIDField()
    lender = serializers.CharField(help_text="Nama pendana")
    user_id = serializers.UUIDField()
    consent_id = serializers.UUIDField()
    scope = serializers.ChoiceField(choices=SCOPES)
    what = serializers.CharField()
    subject_id = serializers.UUIDField(allow_null=True)


def disclosures_json(here: Here, found: list[Disclosure]) -> list[dict[str, Any]]:
    names = ("id", "at", "day", "lender_id", "user_id", "consent_id", "scope", "what", "subject_id")
    lent_by = lenders.names(here.group_id, {one.lender_id for one in found})
    return [{name: getattr(one, name) for name in names} | {"lender": lent_by.get(one.lender_id, "")} for one in found]


class AccessLog(GroupView):
    @door("see_access_log", query=LogQuery, answer=page_of(DisclosureOut))
    def get(self, here: Here, query: dict[str, Any]) -> Any:
        """What lenders were shown, and under which scope of which consent, the oldest first. Nothing of it can be
        changed or taken out."""
        rows, following = page(disclosures.shown(here.group_id, lender_id=query.get("lender_id")), query)
        return listed(disclosures_json(here, rows), following)


class LenderLoginIn(Body):
    username = Username()


class LenderLoginOut(serializers.Serializer[Any]):
    user_id = serializers.UUIDField()
    username = serializers.CharField()
    own_password = serializers.BooleanField(help_text="Sudah membuat kata sandinya sendiri")
    factor = serializers.BooleanField(help_text="Sudah memasang kunci sandi atau aplikasi kode")
    one_time_password = serializers.CharField(allow_null=True, help_text="Ditunjukkan satu kali saja")


def logins_json(found: list[lends.Login]) -> list[dict[str, Any]]:
    return [
        {
            "user_id": one.user.id,
            "username": one.user.username,
            "own_password": one.own_password,
            "factor": one.factor,
            "one_time_password": None,
        }
        for one in found
    ]


def stored_login(here: Here, stored: dict[str, Any]) -> dict[str, Any]:
    found = lends.logins_of(here.group_id, UUID(stored["lender_id"]))
    return logins_json([one for one in found if str(one.user.id) == stored["user_id"]])[0]


class LenderLogins(GroupView):
    @door("see_consents", answer=page_of(LenderLoginOut))
    def get(self, here: Here, lender_id: UUID) -> Any:
        """Who signs in for a lender."""
        lends.required(here.group_id, lender_id)
        return listed(logins_json(lends.logins_of(here.group_id, lender_id)))

    @door("open_lender_login", body=LenderLoginIn, status=201, answer=LenderLoginOut, shown=stored_login)
    def post(self, here: Here, lender_id: UUID, body: dict[str, Any]) -> Done:
        """Let somebody sign in for a lender: a new user with a first password, good for one login; or one who signs in
        for lenders already. It opens nothing without a consent, and nothing before she has set up a passkey or an app.
        A first password that was lost is made anew until she has set her own."""
        user, once = lends.open_login(here.seat.group, lender_id, username=body["username"])
        return Done({"user_id": str(user.id), "lender_id": str(lender_id)}, once={"one_time_password": once})


class LenderLogin(GroupView):
    @door("open_lender_login", status=204, answer=None)
    def delete(self, here: Here, lender_id: UUID, user_id: UUID) -> None:
        """Somebody signs in for the lender no more; what she was shown stays in the log."""
        lends.end_login(here.group_id, lender_id, user_id)
