"""Koreksi: taking an entry back by its mirror."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy

from ledger import queries as books
from ledger import services as ledger
from ledger.errors import DomainError
from ledger.models import Entry
from ledger.money import signed
from members.forms import Act, Choice, Day, Words, plain
from members.page import FormPage, Sitting, back_to
from members.strict import Malformed
from members.views.book import Leg, Whole, whole
from members.views.words import kind_of

REASONS = [
    ("amount", gettext_lazy("Salah jumlah")),
    ("person", gettext_lazy("Salah orang")),
    ("back", gettext_lazy("Uang kembali")),
    ("other", gettext_lazy("Lainnya")),
]


@dataclass(frozen=True, slots=True)
class Change:
    """An account before and after the correction, positive on the side on which it grows."""

    name: str
    owner: str
    before: int
    after: int


class ReversalForm(Act):
    """Why, in a chip and in words, and under which day. `first`: what has to be taken back before, if that was the
    refusal."""

    places = dict.fromkeys(("period_closed", "future_date", "reversal_day"), "effective_on") | {"reason": "words"}

    def __init__(self, at: Sitting, data: QueryDict | None, day: date) -> None:
        super().__init__(data, initial={"effective_on": day})
        self.group_id = at.group_id
        self.first: list[Any] = []
        self.fields["why"] = Choice(REASONS, chips=True, label=gettext("Kenapa dikoreksi?"))
        self.fields["words"] = Words(
            required=False,
            most=200,
            label=gettext("Ceritanya"),
            help_text=gettext("Misalnya: tertulis Rp850.000, seharusnya Rp85.000."),
        )
        self.fields["effective_on"] = Day(
            latest=at.today,
            label=gettext("Tanggal koreksi"),
            help_text=gettext("Biasanya tanggal catatan aslinya; untuk uang yang kembali, hari uangnya diterima."),
        )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("why") == "other" and not given.get("words"):
            self.add_error("words", gettext("Tulis alasannya, supaya orang lain mengerti."))
        return given

    @property
    def reason(self) -> str:
        """`Salah jumlah: tertulis 850.000`, as it is kept with the mirror, in the language of the books."""
        chip = {"amount": "Salah jumlah", "person": "Salah orang", "back": "Uang kembali"}.get(self.cleaned_data["why"])
        return ": ".join(part for part in (chip, self.cleaned_data["words"]) if part)

    def refuse(self, refusal: DomainError | Malformed) -> None:
        super().refuse(refusal)
        if isinstance(refusal, DomainError):
            self.first = list(refusal.facts.get("entry_ids", ()))


class EntryReversal(FormPage):
    """What will be mirrored, before and after; then the reason."""

    act = "reverse_entry"
    template = "members/reversal.html"
    tab = "book"
    money = True
    receipt = False

    def there(self, stored: Mapping[str, Any]) -> str:
        return reverse("p:entry", kwargs={"group_id": self.at.group_id, "entry_id": stored["id"]}) if stored else ""

    def form(self, at: Sitting, data: QueryDict | None = None, *, entry_id: UUID) -> ReversalForm:
        return ReversalForm(at, data, mirrors_day(at.group_id, whole(at.group_id, entry_id).entry))

    def show(self, at: Sitting, entry_id: UUID) -> dict[str, Any]:
        found = whole(at.group_id, entry_id)
        day = mirrors_day(at.group_id, found.entry)
        return {
            "whole": found,
            "kind": kind_of(found.entry),
            "changes": changes(at.group_id, found),
            "day": day,
            "moved_on": day != found.entry.effective_on,
        }

    def page(self, form: Any, status: int, **path: Any) -> HttpResponse:
        def show() -> dict[str, Any]:
            filled = self.form(self.at, **path) if form is None else form
            first = books.entries(self.at.group_id).filter(id__in=filled.first).order_by("-seq") if filled.first else []
            return {"form": filled, "first": first} | self.show(self.at, **path)

        return self.drawn(show, status)

    def send(self, at: Sitting, form: ReversalForm, entry_id: UUID) -> HttpResponse:
        body = plain({"reason": form.reason, "effective_on": form.cleaned_data["effective_on"]})
        done = at.do("entry-reversal", body, key=self.key, entry_id=entry_id)
        messages.success(at.request, gettext("Catatan dibatalkan. Yang benar dapat dicatat sekarang."))
        return back_to(at, "entry", entry_id=UUID(done.data["entry_id"]))


def mirrors_day(group_id: UUID, entry: Entry) -> date:
    """The day the mirror bears unless told: the original's, or the first one still open."""
    return max(entry.effective_on, ledger.first_open_day(books.book(group_id)) or entry.effective_on)


def changes(group_id: UUID, found: Whole) -> list[Change]:
    """What stands on each account now, and what will once the entry is taken back."""
    legs: dict[UUID, list[Leg]] = {}
    for leg in found.legs:
        legs.setdefault(leg.account.id, []).append(leg)
    made = []
    for same in legs.values():
        account = same[0].account
        added = sum(signed(account.normal, debit=leg.debit, credit=leg.credit) for leg in same)
        made.append(Change(same[0].name, same[0].owner, account.balance, account.balance - added))
    return made
