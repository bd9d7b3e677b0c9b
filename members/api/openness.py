"""What the group is open about to a member: her questions with their answers, and who looked at her data."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from members import access, disputes, queries, sights
from members.api.lists import listed, page, page_of
from members.api.people import hers
from members.door import GroupView, door
from members.fields import Body, Choice, Id, Page, Text
from members.models import Dispute
from members.models.openness import LONGEST
from members.visit import Done, Here

LATEST = 200


class DisputeIn(Body):
    text = Text(max_length=LONGEST)
    entry_id = Id(required=False, allow_null=True)


class AnswerIn(Body):
    decision = Choice(choices=Dispute.Decision.values)
    answer = Text(max_length=LONGEST)
    correction_id = Id(required=False, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs.get("correction_id") and attrs["decision"] != Dispute.Decision.CORRECTED:
            raise ValidationError({"correction_id": ["Hanya bersama decision corrected."]}, "invalid")
        return attrs


class DisputesQuery(Page):
    status = Choice(choices=["open", "answered"], required=False)
    member_id = Id(required=False)


class DisputeOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    created_at = serializers.DateTimeField()
    member_id = serializers.UUIDField()
    entry_id = serializers.UUIDField(allow_null=True)
    text = serializers.CharField(allow_null=True, help_text="null: penanya sudah dihapus datanya")
    status = serializers.ChoiceField(choices=["open", "answered"])
    decision = serializers.ChoiceField(choices=Dispute.Decision.values, allow_null=True)
    answer = serializers.CharField(allow_null=True)
    correction_id = serializers.UUIDField(allow_null=True, help_text="Jurnal pembatalan")
    answered_by = serializers.CharField(allow_null=True, help_text="Nama pengurus")
    answered_at = serializers.DateTimeField(allow_null=True)


class DisputePageOut(serializers.Serializer[Any]):
    results = DisputeOut(many=True)
    next = serializers.CharField(allow_null=True)
    open = serializers.IntegerField()
    answered = serializers.IntegerField()


def disputes_json(group_id: UUID, found: Sequence[Dispute]) -> list[dict[str, Any]]:
    """Questions with their answers, and who gave them."""
    names = ("id", "member_id", "entry_id", "text", "decision", "answer", "correction_id", "answered_at")
    who = queries.named(group_id, {one.answered_by for one in found if one.answered_by is not None})
    return [
        {name: getattr(one, name) for name in names}
        | {
            "created_at": one.raised_at,
            "status": "open" if one.answered_at is None else "answered",
            "answered_by": None if one.answered_by is None else who[one.answered_by].name,
        }
        for one in found
    ]


def stored_dispute(here: Here, stored: dict[str, Any]) -> dict[str, Any]:
    return disputes_json(here.group_id, list(disputes.disputes(here.group_id).filter(id=stored["id"])))[0]


class DisputeList(GroupView):
    @door("see_disputes", query=DisputesQuery, answer=DisputePageOut)
    def get(self, here: Here, query: dict[str, Any]) -> Any:
        """What members asked about their books, with how many wait and how many are answered. A member without office
        sees her own."""
        member_id = query.get("member_id")
        if not access.is_officer(here.seat):
            member_id = member_id or here.seat.member_id
        if member_id is not None:
            hers(here, member_id, what=None)
        found = disputes.disputes(here.group_id, member_id=member_id, status=query.get("status"))
        rows, following = page(found, query)
        return listed(disputes_json(here.group_id, rows), following) | disputes.counts(
            here.group_id, member_id=member_id
        )

    @door("raise_dispute", body=DisputeIn, status=201, answer=DisputeOut, shown=stored_dispute)
    def post(self, here: Here, body: dict[str, Any]) -> Done:
        """A member asks about an entry that is about her, or in general (without `entry_id`)."""
        made = disputes.raise_dispute(here.seat, text=body["text"], entry_id=body.get("entry_id"))
        return Done({"id": str(made.id)})


class DisputeAnswer(GroupView):
    @door("answer_dispute", body=AnswerIn, status=201, answer=DisputeOut, shown=stored_dispute)
    def post(self, here: Here, dispute_id: UUID, body: dict[str, Any]) -> Done:
        """An officer answers, once, and never her own question: `explained`, or `corrected` with the entry that took
        something back."""
        done = disputes.answer_dispute(here.seat, dispute_id, **body)
        return Done({"id": str(done.id)})


class SightOut(serializers.Serializer[Any]):
    day = serializers.DateField()
    at = serializers.DateTimeField(help_text="Yang pertama pada hari itu")
    what = serializers.ChoiceField(choices=["profile", "savings", "loans", "export"])
    name = serializers.CharField(allow_null=True)
    number = serializers.CharField(allow_null=True)
    role = serializers.ChoiceField(
        choices=["chair", "treasurer", "secretary", "supervisor", "lender"],
        allow_null=True,
        help_text="lender: pendana",
    )


class SightList(GroupView):
    @door("see_sights", answer=page_of(SightOut))
    def get(self, here: Here, member_id: UUID) -> Any:
        """Who looked at a member's data on which days, newest first, at most 200; for herself and the officers."""
        hers(here, member_id, what=None)
        return listed(
            [
                {"day": one.day, "at": one.at, "what": one.what}
                | {name: getattr(one.by, name) for name in ("name", "number", "role")}
                for one in sights.seen(here.group_id, member_id, limit=LATEST)
            ]
        )
