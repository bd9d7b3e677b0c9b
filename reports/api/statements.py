"""Papers over HTTP: asked for, fetched, issued anew, revoked; and verified by anybody who holds one."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from members import disclosures, sights
from members.api.books import HeadOut
from members.api.lists import listed, page, page_of
from members.api.people import noted
from members.door import GroupView, View, door
from members.fields import Body, Choice, Day, Id, Page, Text
from members.models.consents import LOANS, NAMED, PSEUDONYM
from members.services import today_in
from members.strict import Malformed, Problem
from members.visit import Done, Here
from reports import issuing, making, proving, subjects
from reports.errors import NotIssued
from reports.models import REASON, Statement
from reports.papers import KINDS, lender
from reports.verifying import Verifications

LANGUAGES = ["id", "en"]
KIND_NAMES = list(KINDS)


class StatementIn(Body):
    kind = Choice(choices=KIND_NAMES)
    subject_id = Id(required=False, allow_null=True)
    to = Day()
    language = Choice(choices=LANGUAGES, required=False, default="id")

    def get_fields(self) -> dict[str, Any]:
        return super().get_fields() | {"from": Day(required=False, allow_null=True)}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs.get("from") and attrs["from"] > attrs["to"]:
            raise ValidationError({"from": ["Tidak boleh sesudah to."]}, "invalid")
        return attrs


class ReasonIn(Body):
    reason = Text(max_length=REASON)


class StatementsQuery(Page):
    kind = Choice(choices=KIND_NAMES, required=False)
    subject_id = Id(required=False)
    status = Choice(choices=Statement.Status.values, required=False)


class StatementOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    created_at = serializers.DateTimeField()
    kind = serializers.ChoiceField(choices=KIND_NAMES)
    subject_id = serializers.UUIDField(allow_null=True)
    to = serializers.DateField()
    language = serializers.ChoiceField(choices=LANGUAGES)
    status = serializers.ChoiceField(choices=Statement.Status.values)
    number = serializers.CharField()
    version = serializers.IntegerField()
    replaces = serializers.UUIDField(allow_null=True)
    code = serializers.CharField(help_text="Kode umum; halaman pemeriksaannya /v/{code}")
    issued_at = serializers.DateTimeField(allow_null=True)
    sha256 = serializers.CharField(allow_null=True, help_text="Dari berkas yang sudah disegel")
    unsigned_sha256 = serializers.CharField(allow_null=True, help_text="Dari berkas sebelum disegel")
    pages = serializers.IntegerField(allow_null=True)
    head = HeadOut(allow_null=True)
    totals = serializers.DictField(child=serializers.IntegerField(), allow_null=True)
    failed_because = serializers.CharField(allow_null=True)
    reason = serializers.CharField(allow_null=True, help_text="Mengapa dibuat versi baru")
    revoked_at = serializers.DateTimeField(allow_null=True)
    revoked_because = serializers.CharField(allow_null=True)

    def get_fields(self) -> dict[str, Any]:
        return super().get_fields() | {"from": serializers.DateField(allow_null=True)}


SAME = (
    *("id", "kind", "subject_id", "language", "status", "number", "version", "code", "issued_at", "pages", "totals"),
    *("failed_because", "reason", "revoked_at", "revoked_because"),
)


def statement_json(one: Statement) -> dict[str, Any]:
    """A paper as the API tells it."""

    def hexed(digest: Any) -> str | None:
        return None if digest is None else bytes(digest).hex()

    return {name: getattr(one, name) for name in SAME} | {
        "created_at": one.requested_at,
        "from": one.since,
        "to": one.until,
        "replaces": one.replaces_id,
        "sha256": hexed(one.sha256),
        "unsigned_sha256": hexed(one.unsigned_sha256),
        "head": None if one.head_seq is None else {"seq": one.head_seq, "hash": hexed(one.head_hash)},
    }


def stored_statement(here: Here, stored: dict[str, Any]) -> dict[str, Any]:
    return statement_json(issuing.statement(here.group_id, UUID(stored["id"])))


def his_or_hers(here: Here, statement_id: UUID) -> Statement:
    """A paper that the seat may see. Raises NoSuchStatement."""
    return issuing.statement(here.group_id, statement_id, seen_by=here.seat)


class StatementList(GroupView):
    @door("see_statements", query=StatementsQuery, answer=page_of(StatementOut))
    def get(self, here: Here, query: dict[str, Any]) -> Any:
        """The group's papers with their state; a member without office sees those that name her alone, a lender its own
        as far as they tell no more than what is open to it now."""
        found = issuing.statements(here.group_id, seen_by=here.seat)
        found = found.filter(**{name: query[name] for name in ("kind", "subject_id", "status") if query.get(name)})
        rows, following = page(found, query)
        return listed([statement_json(one) for one in rows], following)

    @door("ask_statement", body=StatementIn, status=202, answer=StatementOut, shown=stored_statement)
    def post(self, here: Here, body: dict[str, Any]) -> Done:
        """Ask for a paper; a worker makes it. The one that stands is answered while nothing was recorded since that
        falls into its days; otherwise its next version is made."""
        group, kind, subject_id = here.seat.group, body["kind"], body.get("subject_id")
        subjects.asked_by(here.seat, kind, subject_id, today=today_in(group))
        made = issuing.ask_for(
            group,
            kind=kind,
            subject_id=subject_id,
            since=body.get("from"),
            until=body["to"],
            language=body["language"],
            today=today_in(group),
            user_id=here.user_id,
        )
        return Done({"id": str(made.id)})


class StatementDetail(GroupView):
    @door("see_statements", answer=StatementOut)
    def get(self, here: Here, statement_id: UUID) -> Any:
        """A paper: its state, and once it is there what was issued."""
        return statement_json(his_or_hers(here, statement_id))


def pdf(here: Here, statement_id: UUID) -> HttpResponse:
    """A paper's file, to keep. Raises NotReady, NotIssued for one that could not be made, FileIsGone."""
    one = his_or_hers(here, statement_id)
    if one.status == Statement.Status.FAILED:
        raise NotIssued(number=one.number, state=issuing.STATES[one.status])
    content = making.file_of(one)
    if one.member_id is not None:
        for what in ("savings", "loans") if one.kind == "member" else ("loans",):
            noted(here, one.member_id, what)
    told_of(here, one)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{making.file_name(one)}"'
    response["ETag"] = f'"{bytes(one.sha256 or b"").hex()}"'
    return response


def told_of(here: Here, one: Statement) -> None:
    """That a lender read its statement stands in the log under every scope it was made with; and the members whom it
    tells of by number or name, loan by loan, are told."""
    disclosures.beside(here.seat, "see_statements", one.scopes, one.id)
    if here.seat.lender_id is not None and LOANS in one.scopes and {NAMED, PSEUDONYM} & set(one.scopes):
        shown = lender.shown_members(here.group_id, here.seat.lender_id, one.since, one.until)
        sights.shown(here.seat, shown, "loans", today=today_in(here.seat.group))


class StatementPdf(GroupView):
    @door("see_statements", answer={(200, "application/pdf"): OpenApiTypes.BINARY})
    def get(self, here: Here, statement_id: UUID) -> Any:
        """The signed file, the same bytes every time. While it is being made: 409 `not_ready`."""
        return pdf(here, statement_id)


class StatementReissue(GroupView):
    @door("reissue_statement", body=ReasonIn, status=202, answer=StatementOut, shown=stored_statement)
    def post(self, here: Here, statement_id: UUID, body: dict[str, Any]) -> Done:
        """Have the next version made, under the same number; once it is there, this one is `replaced`. A paper that
        could not be made is tried again."""
        group = here.seat.group
        made = issuing.reissue(group, statement_id, reason=body["reason"], today=today_in(group), user_id=here.user_id)
        return Done({"id": str(made.id)})


class StatementRevoke(GroupView):
    @door("reissue_statement", body=ReasonIn, answer=StatementOut, shown=stored_statement)
    def post(self, here: Here, statement_id: UUID, body: dict[str, Any]) -> Done:
        """Say that a paper is not valid any more; whoever verifies it is told so."""
        issuing.revoke(here.seat.group, statement_id, reason=body["reason"], user_id=here.user_id)
        return Done({"id": str(statement_id)})


class ChecksOut(serializers.Serializer[Any]):
    signature = serializers.BooleanField(help_text="Segelnya utuh dan milik layanan ini")
    chain = serializers.BooleanField(help_text="Kepala rantai yang tercetak masih ada di buku")
    totals = serializers.BooleanField(help_text="Jumlah yang tercetak masih sama dengan hitungan dari buku")


class VerdictOut(serializers.Serializer[Any]):
    result = serializers.ChoiceField(choices=["genuine", "altered", "replaced", "revoked", "unknown"])
    number = serializers.CharField(allow_null=True)
    version = serializers.IntegerField(allow_null=True)
    kind = serializers.CharField(allow_null=True)
    group = serializers.CharField(allow_null=True)
    period = inline_serializer(
        "Period", {"from": serializers.DateField(allow_null=True), "to": serializers.DateField()}, allow_null=True
    )
    issued_at = serializers.DateTimeField(allow_null=True)
    totals = serializers.DictField(child=serializers.IntegerField(), allow_null=True)
    head = HeadOut(allow_null=True)
    checks = ChecksOut(allow_null=True, help_text="Hanya untuk berkas yang dikenal apa adanya")
    sealed_by = serializers.CharField(allow_null=True)
    later = serializers.BooleanField(help_text="Sesudahnya ada catatan baru dalam masanya")


def verdict_json(found: proving.Verdict) -> dict[str, Any]:
    """What is known of a file, without anybody's name."""
    one = found.statement
    said: dict[str, Any] = dict.fromkeys(
        ("number", "version", "kind", "group", "period", "issued_at", "totals", "head", "checks", "sealed_by")
    )
    if one is not None and found.group is not None:
        told = statement_json(one)
        said |= {name: told[name] for name in ("number", "version", "kind", "issued_at", "totals", "head")}
        said |= {"group": found.group.name, "period": {"from": one.since, "to": one.until}}
    if found.checks is not None:
        said |= {"checks": found.checks._asdict(), "sealed_by": found.sealed_by}
    return {"result": found.result, "later": found.later} | said


class StatementVerify(View):
    """For anybody: without a token."""

    authentication_classes: Any = []
    permission_classes: Any = []
    parser_classes: Any = [MultiPartParser]
    throttle_classes: Any = [Verifications]

    @extend_schema(
        operation_id="statements_verify",
        request={
            "multipart/form-data": {
                "type": "object",
                "required": ["file"],
                "properties": {"file": {"type": "string", "format": "binary"}},
            }
        },
        responses={200: VerdictOut},
        auth=[],
    )
    def post(self, request: Request) -> Response:
        """Whether a PDF file is one that was issued here, as it was issued, and still stands: `genuine`, `altered`,
        `replaced`, `revoked` or `unknown`. At most 20 MB."""
        unknown = [name for name in request.data if name != "file"]
        if unknown:
            raise Malformed([Problem(f"/{unknown[0]}", "unknown_field", "Nama ini tidak dikenal di sini.")])
        files = request.FILES.getlist("file")
        if len(files) != 1:
            code = "required" if not files else "duplicate_key"
            raise Malformed([Problem("/file", code, "Sertakan satu berkas.")])
        return Response(verdict_json(proving.verify(proving.read(files[0]))))
