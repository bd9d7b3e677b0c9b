"""Ada yang salah? What members ask about their books, and what the officers answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.db.models import F
from django.http import HttpResponse, QueryDict
from django.utils.translation import gettext, gettext_lazy

from ledger import queries as books
from ledger.dates import short_day
from ledger.ids import uuid7
from ledger.models import Entry
from ledger.money import written
from members import access, disputes, queries
from members.api.people import noted
from members.errors import NotFound
from members.forms import Act, Choice, Words
from members.models import Dispute, Member
from members.models.openness import LONGEST
from members.owners import owners
from members.page import FormPage, Page, Sitting, back_to
from members.views.book import accounts_of, note_of, rows
from members.views.words import kind_of

PAGE = 30
LOOKED_AT = 60
"""Among so many of the latest corrections hers are looked for."""
DECISIONS = [
    ("explained", gettext_lazy("Saya jelaskan")),
    ("corrected", gettext_lazy("Sudah dibetulkan")),
]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with who asked, what it is about (None: nothing in particular), how many days it waits or waited, and
    who answered. An entry may be about many, so she is told no more of it than kind and day."""

    dispute: Dispute
    member: Member | None
    about: Entry | None
    days: int
    by: str

    @property
    def kind(self) -> str:
        """What the entry was; empty without one."""
        return kind_of(self.about) if self.about else ""

    @property
    def open(self) -> bool:
        return self.dispute.answered_at is None


def asked(at: Sitting, found: Sequence[Dispute]) -> list[Asked]:
    """Questions as they are laid out, in as many questions to the database for thirty as for one."""
    people = queries.members(at.group_id).filter(id__in={one.member_id for one in found})
    members = {one.id: one for one in people}
    about = books.entries(at.group_id).filter(id__in=[one.entry_id for one in found if one.entry_id])
    entries = {entry.id: entry for entry in about}
    names = queries.called(at.group_id, {one.answered_by for one in found if one.answered_by})
    return [
        Asked(
            one,
            members.get(one.member_id),
            entries.get(one.entry_id) if one.entry_id else None,
            days(at, one.raised_at, one.answered_at),
            names.get(one.answered_by, "") if one.answered_by else "",
        )
        for one in found
    ]


def days(at: Sitting, since: datetime, until: datetime | None) -> int:
    """Days in the group's zone from one moment to another, or to today."""
    zone = ZoneInfo(at.group.timezone)
    last = at.today if until is None else until.astimezone(zone).date()
    return (last - since.astimezone(zone).date()).days


class Disputes(Page):
    """What waits first, the oldest of it on top; then what was answered, the latest on top. A member without office
    sees her own, and an officer hers with `punya=saya`."""

    act = "see_disputes"
    template = "members/disputes.html"
    tab = "more"

    def show(self, at: Sitting) -> dict[str, Any]:
        own = not at.officer or (at.seat.member_id is not None and at.request.GET.get("punya") == "saya")
        found = disputes.disputes(at.group_id, member_id=at.seat.member_id if own else None)
        given = at.request.GET.get("hal", "")
        place = int(given) if given.isascii() and given.isdigit() and 0 < int(given[:6]) < 100_000 else 1
        ordered = found.order_by(F("answered_at").desc(nulls_first=True), "id")
        page = list(ordered[(place - 1) * PAGE : place * PAGE + 1])
        shown = asked(at, page[:PAGE])
        return {
            "waiting": [one for one in shown if one.open],
            "answered": [one for one in shown if not one.open],
            "own": own,
            "tab": self.tab if at.officer else "home",
            "before": place - 1,
            "after": place + 1 if len(page) > PAGE else None,
        }


class AnswerForm(Act):
    """Explained, or put right; in words; and the entry that put it right, if it was one that took something back."""

    places = {"dispute_answered": "answer", "own_dispute": "answer", "not_found": "correction_id"}

    def __init__(self, data: QueryDict | None, corrections: list[tuple[str, str]]) -> None:
        super().__init__(data)
        self.fields["decision"] = Choice(DECISIONS, chips=True, label=gettext("Jawaban"))
        self.fields["answer"] = Words(
            most=LONGEST,
            lines=4,
            label=gettext("Penjelasan untuknya"),
            help_text=gettext("Ia membacanya di halamannya sendiri. Tulis seperti Ibu bicara kepadanya."),
        )
        if corrections:
            self.fields["correction_id"] = Choice(
                [("", gettext("Tidak ada koreksi")), *corrections],
                required=False,
                label=gettext("Koreksinya, kalau sudah dibetulkan"),
            )

    def body(self) -> dict[str, Any]:
        """As the endpoint reads it; a correction belongs to what was put right."""
        given = self.cleaned_data
        found = {"decision": given["decision"], "answer": given["answer"]}
        if given["decision"] == Dispute.Decision.CORRECTED and given.get("correction_id"):
            found["correction_id"] = given["correction_id"]
        return found


class DisputePage(FormPage):
    """One question: her words, the entry, the answer or a form for it. Her own question she only reads."""

    act = "see_disputes"
    template = "members/dispute.html"
    tab = "more"

    def form(self, at: Sitting, data: QueryDict | None = None, *, dispute_id: UUID) -> AnswerForm:
        one = question(at, dispute_id)
        if data is not None:
            access.require(at.seat, "answer_dispute")
        return AnswerForm(data, corrections(at, one) if may_answer(at, one) else [])

    def show(self, at: Sitting, dispute_id: UUID) -> dict[str, Any]:
        one = question(at, dispute_id)
        noted(at.here, one.member_id, "profile")
        [shown] = asked(at, [one])
        correction = books.entry(at.group_id, one.correction_id) if one.correction_id else None
        return {
            "one": shown,
            "row": rows(at.group_id, [shown.about])[0] if shown.about and at.officer else None,
            "own": one.member_id == at.seat.member_id,
            "tab": self.tab if at.officer else "home",
            "may_answer": may_answer(at, one),
            "correction": correction,
        }

    def send(self, at: Sitting, form: AnswerForm, dispute_id: UUID) -> HttpResponse:
        at.do("dispute-answer", form.body(), dispute_id=dispute_id, key=uuid7())
        messages.success(at.request, gettext("Jawaban Ibu tersimpan; ia dapat membacanya sekarang."))
        return back_to(at, "dispute", dispute_id=dispute_id)


def question(at: Sitting, dispute_id: UUID) -> Dispute:
    """To a seat without office, her own alone. Raises NotFound."""
    only = None if at.officer else at.seat.member_id
    found = disputes.disputes(at.group_id, member_id=only).filter(id=dispute_id).first()
    if found is None:
        raise NotFound()
    return found


def may_answer(at: Sitting, one: Dispute) -> bool:
    """Whether there is a form for her: it waits, and it is another's."""
    own = one.member_id == at.seat.member_id or one.raised_by == at.user_id
    return one.answered_at is None and not own and at.may("answer_dispute")


def corrections(at: Sitting, one: Dispute) -> list[tuple[str, str]]:
    """The latest entries that took back something of hers, that of the very entry first: id and what it was."""
    latest = books.entries(at.group_id).exclude(reverses=None).order_by("-seq")[:LOOKED_AT]
    found = list(latest)
    hers = owners(at.group_id, accounts_of(at.group_id, found))
    theirs = [entry for entry in found if entry.reverses_id == one.entry_id or _touches(entry, hers, one.member_id)]
    theirs.sort(key=lambda entry: one.entry_id is None or entry.reverses_id != one.entry_id)
    return [(str(entry.id), _named(at, entry)) for entry in theirs[:10]]


def _touches(entry: Entry, hers: dict[UUID, Member], member_id: UUID) -> bool:
    return any(line.account_id in hers and hers[line.account_id].id == member_id for line in entry.postings.all())


def _named(at: Sitting, entry: Entry) -> str:
    amount = written(sum(line.debit for line in entry.postings.all()), at.group.currency, at.group.digits)
    facts = {"seq": entry.seq, "day": short_day(entry.effective_on), "amount": amount}
    said = gettext("No. %(seq)s, %(day)s, %(amount)s") % facts
    return " · ".join(part for part in (said, note_of(entry)[:60]) if part)
