"""Dokumen: the group's papers with their state; asking for one, taking it home, issuing it anew, revoking it.

A page on which something is still being made asks for itself again after a few seconds, with scripts or without.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext, gettext_lazy

from ledger.context import in_book
from members import lenders, queries
from members.errors import NotFound
from members.forms import Act, Choice, Day, Words, plain
from members.models import Member
from members.page import FormPage, Page, Sitting, back_to
from reports import delivering, issuing, making, words
from reports.api import statements as api
from reports.models import REASON, Delivery, Statement
from reports.papers import KINDS

PAGE = 30
REFRESH_SECONDS = "3"
LANGUAGES = [("id", gettext_lazy("Bahasa Indonesia")), ("en", gettext_lazy("Inggris"))]
WHOLE_GROUP, OF_A_MEMBER, OF_A_LENDER = "", "members.Member", "capital.Lender"


@dataclass(frozen=True, slots=True)
class Shown:
    """A paper as it is laid out; `whose`: the member it is about."""

    one: Statement
    title: str
    whose: str
    why: str

    @property
    def waits(self) -> bool:
        return bool(self.one.status == Statement.Status.QUEUED)


def shown(at: Sitting, found: list[Statement]) -> list[Shown]:
    """In as many questions to the database for thirty as for one."""
    chosen = Member.objects.select_related("person").filter(
        group_id=at.group_id, id__in={one.member_id for one in found if one.member_id}
    )
    names = {one.id: one.person.name or gettext("Data pribadinya dihapus") for one in chosen}
    return [
        Shown(
            one,
            words.title(one.kind),
            names.get(one.member_id, "") if one.member_id else "",
            words.failed(one.failed_because) if one.failed_because else "",
        )
        for one in found
    ]


class Refreshed(Page):
    """A page that asks for itself again while something on it is being made."""

    waits = False

    def get(self, request: HttpRequest, **path: Any) -> HttpResponse:
        response = super().get(request, **path)
        if self.waits:
            response["Refresh"] = REFRESH_SECONDS
        return response


class Documents(Refreshed):
    """The latest first. A member without office sees those that name her alone."""

    act = "see_statements"
    template = "reports/documents.html"
    tab = "more"

    def show(self, at: Sitting) -> dict[str, Any]:
        given = at.request.GET.get("hal", "")
        place = int(given) if given.isascii() and given.isdigit() and 0 < int(given[:6]) < 100_000 else 1
        found = issuing.statements(at.group_id, seen_by=at.seat).order_by("-id")
        rows = list(found[(place - 1) * PAGE : place * PAGE + 1])
        papers = shown(at, rows[:PAGE])
        self.waits = any(one.waits for one in papers)
        return {
            "papers": papers,
            "waits": self.waits,
            "before": place - 1,
            "after": place + 1 if len(rows) > PAGE else None,
            "tab": self.tab if at.officer else "home",
        }


class Document(Refreshed):
    """One paper: its state, what was issued, where it was sent."""

    act = "see_statements"
    template = "reports/document.html"
    tab = "more"

    def show(self, at: Sitting, statement_id: UUID) -> dict[str, Any]:
        one = api.his_or_hers(at.here, statement_id)
        [paper] = shown(at, [one])
        self.waits = paper.waits
        following = Statement.objects.filter(group_id=at.group_id, replaces_id=one.id).first()
        return {
            "paper": paper,
            "one": one,
            "totals": words.totals(one.totals),
            "hash": bytes(one.sha256).hex() if one.sha256 else "",
            "head": bytes(one.head_hash).hex()[:12] if one.head_hash else "",
            "address": making.address(one.code),
            "file": making.file_name(one),
            "next": following,
            "deliveries": list(delivering.deliveries(at.group_id, one.id)) if at.officer else [],
            "refused": Delivery.Status.REFUSED,
            "tab": self.tab if at.officer else "home",
        }


class DocumentPdf(Page):
    """The file."""

    act = "see_statements"

    def get(self, request: HttpRequest, **path: Any) -> HttpResponse:
        at = self.at
        response: HttpResponse = in_book(at.group_id, at.user_id, lambda: api.pdf(at.here, path["statement_id"]))
        response["Cache-Control"] = "no-store"
        return response


class AskForm(Act):
    """Which paper, about whom, of which days."""

    places = {
        "future_date": "until",
        "not_found": "member",
        "to": "until",
        "from": "since",
        "subject_id": "member",
        "no_consent": "lender",
    }

    def __init__(
        self, data: QueryDict | None, at: Sitting, members: list[tuple[str, str]], lenders: list[tuple[str, str]]
    ) -> None:
        super().__init__(data)
        kinds = [(kind, words.title(kind)) for kind in askable() if lenders or KINDS[kind].subject != OF_A_LENDER]
        self.fields["kind"] = Choice(kinds, label=gettext("Jenis"), initial=kinds[0][0])
        self.fields["member"] = Choice([("", "–"), *members], required=False, label=gettext("Anggota"))
        if lenders:
            self.fields["lender"] = Choice([("", "–"), *lenders], required=False, label=gettext("Pendana"))
        first = date(at.today.year, 1, 1)
        self.fields["since"] = Day(latest=at.today, label=gettext("Dari"), initial=first)
        self.fields["until"] = Day(latest=at.today, label=gettext("Sampai"), initial=at.today)
        self.fields["language"] = Choice(LANGUAGES, chips=True, label=gettext("Bahasa"), initial="id")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        about_one = given.get("kind") and KINDS[given["kind"]].subject == OF_A_MEMBER
        if about_one and not given.get("member"):
            self.add_error("member", gettext("Pilih anggotanya."))
        if given.get("kind") and KINDS[given["kind"]].subject == OF_A_LENDER and not given.get("lender"):
            self.add_error("lender", gettext("Pilih pendananya."))
        if given.get("since") and given.get("until") and given["since"] > given["until"]:
            self.add_error("since", gettext("Tidak boleh sesudah hari terakhir."))
        return given


def askable() -> list[str]:
    """The kinds that are asked for here; those about a loan or a receipt are asked for on its page."""
    return [kind for kind, row in KINDS.items() if row.subject in (WHOLE_GROUP, OF_A_MEMBER, OF_A_LENDER)]


class DocumentAsk(FormPage):
    """Officers ask for a paper of the group, of any member or for any lender."""

    act = "see_books"
    template = "reports/document_ask.html"
    tab = "more"

    def form(self, at: Sitting, data: QueryDict | None = None) -> AskForm:
        people = queries.members(at.group_id).exclude(person__name=None).order_by("person__name", "id")
        choices = [(str(one.id), f"{one.person.name} ({one.number})") for one in people]
        form = AskForm(data, at, choices, [(str(id), name) for id, name in lenders.names(at.group_id).items()])
        chosen = at.request.GET.get("anggota", "")
        if data is None and chosen in dict(choices):
            form.fields["member"].initial = chosen
        return form

    def send(self, at: Sitting, form: AskForm) -> HttpResponse:
        given = form.cleaned_data
        about = {OF_A_MEMBER: given["member"], OF_A_LENDER: given.get("lender")}.get(KINDS[given["kind"]].subject)
        names = {"kind": given["kind"], "subject_id": about, "language": given["language"]}
        done = at.do("statements", plain(names | {"from": given["since"], "to": given["until"]}))
        return back_to(at, "document", statement_id=UUID(done.data["id"]))


class MyDocument(FormPage):
    """A member asks for her own paper: of this year until today, by one button on her own page."""

    act = "see_own"
    template = "reports/document_mine.html"
    tab = "home"

    def form(self, at: Sitting, data: QueryDict | None = None) -> Act:
        return Act(data)

    def show(self, at: Sitting) -> dict[str, Any]:
        return {"first": date(at.today.year, 1, 1), "tab": "more" if at.officer else self.tab}

    def send(self, at: Sitting, form: Act) -> HttpResponse:
        if at.seat.member_id is None:
            raise NotFound()
        days = {"from": date(at.today.year, 1, 1), "to": at.today}
        done = at.do("statements", plain({"kind": "member", "subject_id": at.seat.member_id} | days))
        return back_to(at, "document", statement_id=UUID(done.data["id"]))


class LenderForm(Act):
    """Of which days."""

    places = {"future_date": "until", "to": "until", "from": "since"}

    def __init__(self, data: QueryDict | None, at: Sitting) -> None:
        super().__init__(data)
        self.fields["since"] = Day(latest=at.today, label=gettext("Dari"), initial=date(at.today.year, 1, 1))
        self.fields["until"] = Day(latest=at.today, label=gettext("Sampai"), initial=at.today)
        self.fields["language"] = Choice(LANGUAGES, chips=True, label=gettext("Bahasa"), initial="id")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("since") and given.get("until") and given["since"] > given["until"]:
            self.add_error("since", gettext("Tidak boleh sesudah hari terakhir."))
        return given


class LenderDocument(FormPage):
    """Who signs in for a lender asks for its statement."""

    act = "ask_statement"
    template = "reports/document_lender.html"
    tab = "home"

    def form(self, at: Sitting, data: QueryDict | None = None) -> LenderForm:
        if at.seat.lender_id is None:
            raise NotFound()
        return LenderForm(data, at)

    def send(self, at: Sitting, form: LenderForm) -> HttpResponse:
        given = form.cleaned_data
        days = {"from": given["since"], "to": given["until"]}
        about = {"kind": "lender", "subject_id": at.seat.lender_id, "language": given["language"]}
        done = at.do("statements", plain(about | days))
        return back_to(at, "document", statement_id=UUID(done.data["id"]))


class ReasonForm(Act):
    """Why."""

    def __init__(self, data: QueryDict | None) -> None:
        super().__init__(data)
        self.fields["reason"] = Words(most=REASON, lines=2, label=gettext("Alasan"))


class DocumentReissue(FormPage):
    """The next version of a paper."""

    act = "reissue_statement"
    template = "reports/document_reissue.html"
    tab = "more"

    def form(self, at: Sitting, data: QueryDict | None = None, *, statement_id: UUID) -> ReasonForm:
        return ReasonForm(data)

    def show(self, at: Sitting, statement_id: UUID) -> dict[str, Any]:
        return {"paper": shown(at, [api.his_or_hers(at.here, statement_id)])[0]}

    def send(self, at: Sitting, form: ReasonForm, statement_id: UUID) -> HttpResponse:
        done = at.do("statement-reissue", plain(form.cleaned_data | {"sure": ""}), statement_id=statement_id)
        messages.success(at.request, gettext("Versi baru sedang dibuat."))
        return back_to(at, "document", statement_id=UUID(done.data["id"]))


class DocumentRevoke(FormPage):
    """A paper is not valid any more."""

    act = "reissue_statement"
    template = "reports/document_revoke.html"
    tab = "more"

    def form(self, at: Sitting, data: QueryDict | None = None, *, statement_id: UUID) -> ReasonForm:
        return ReasonForm(data)

    def show(self, at: Sitting, statement_id: UUID) -> dict[str, Any]:
        return {"paper": shown(at, [api.his_or_hers(at.here, statement_id)])[0]}

    def send(self, at: Sitting, form: ReasonForm, statement_id: UUID) -> HttpResponse:
        at.do("statement-revoke", plain(form.cleaned_data | {"sure": ""}), statement_id=statement_id)
        messages.success(at.request, gettext("Dokumen dicabut."))
        return back_to(at, "document", statement_id=statement_id)
