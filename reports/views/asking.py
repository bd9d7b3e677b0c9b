"""Ada yang salah? A member asks about a line of her book."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy

from ledger import queries as books
from ledger.models import Entry
from members import access, disputes, queries
from members.api.people import hers
from members.errors import NotFound
from members.fields import UUID_TEXT
from members.forms import Act, Choice, Words
from members.page import FormPage, Sitting, back_to
from members.templatetags.lumbung import OFFICES
from members.views.words import kind_of
from reports import own
from reports.views.me import told
from savings import queries as savings

WHATS = {
    "amount": "Jumlahnya salah",
    "whose": "Bukan milik saya",
    "day": "Tanggalnya salah",
    "missing": "Ada yang belum dicatat",
}
"""As it is kept with the question, in the language of the books."""
LABELS = {
    "amount": gettext_lazy("Jumlahnya salah"),
    "whose": gettext_lazy("Bukan milik saya"),
    "day": gettext_lazy("Tanggalnya salah"),
    "missing": gettext_lazy("Ada yang belum dicatat"),
    "other": gettext_lazy("Lainnya"),
}
GENERAL = ("missing", "other")
"""What can be wrong with no line in particular."""


class WrongForm(Act):
    """What is wrong, in a chip, and in words if she likes; for `other` she must."""

    places = {"dispute_waits": "words", "text": "words"}

    def __init__(self, data: QueryDict | None, *, about_a_line: bool) -> None:
        super().__init__(data)
        shown = LABELS if about_a_line else GENERAL
        self.fields["what"] = Choice(
            [(name, LABELS[name]) for name in shown], chips=True, label=gettext("Apa yang tidak cocok?")
        )
        self.fields["words"] = Words(
            required=False,
            most=400,
            lines=3,
            label=gettext("Ceritanya"),
            help_text=gettext("Misalnya: saya setor Rp20.000, tertulis Rp2.000."),
        )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("what") == "other" and not given.get("words"):
            self.add_error("words", gettext("Tulis sedikit, supaya pengurus mengerti."))
        return given

    @property
    def text(self) -> str:
        """`Jumlahnya salah: saya setor 20.000`."""
        chip = WHATS.get(self.cleaned_data["what"], "")
        return ": ".join(part for part in (chip, self.cleaned_data["words"]) if part)


class AskWrong(FormPage):
    """For herself alone, about one entry (`catatan`) or about what she misses. What waits already is shown instead."""

    act = "raise_dispute"
    template = "reports/ask_wrong.html"
    tab = "home"
    money = True  # the key in the address: sent twice, it is asked once
    receipt = False

    def there(self, stored: Mapping[str, Any]) -> str:
        return reverse("p:dispute", args=[self.at.group_id, stored["id"]]) if stored else ""

    def form(self, at: Sitting, data: QueryDict | None = None, *, member_id: UUID) -> WrongForm:
        return WrongForm(data, about_a_line=line_of(at, member_id) is not None)

    def show(self, at: Sitting, member_id: UUID) -> dict[str, Any]:
        row, entry = hers(at.here, member_id), line_of(at, member_id)
        lines = own.of_entry(at.group_id, member_id, entry.id) if entry else []
        names = {one.code: one.name for one in savings.products(at.group_id)} if lines else {}
        asked = disputes.disputes(at.group_id, member_id=member_id, status="open")
        return {
            "row": row,
            "entry": entry,
            "kind": kind_of(entry) if entry else "",
            "lines": told(lines, names, set()),
            "waits": asked.filter(entry_id=entry.id if entry else None).first(),
            "answerers": answerers(at),
            "tab": "more" if at.officer else self.tab,
        }

    def send(self, at: Sitting, form: WrongForm, member_id: UUID) -> HttpResponse:
        given = at.request.GET.get("catatan", "")
        body = {"text": form.text} | ({"entry_id": given} if given else {})
        done = at.do("disputes", body, key=self.key)
        messages.success(at.request, gettext("Pertanyaan Ibu sudah sampai ke pengurus."))
        return back_to(at, "dispute", dispute_id=UUID(done.data["id"]))


def line_of(at: Sitting, member_id: UUID) -> Entry | None:
    """The entry she asks about; None: nothing in particular. Raises NotFound for another's page, and for an entry that
    is not about her."""
    if member_id != at.seat.member_id:
        raise NotFound()
    given = at.request.GET.get("catatan", "")
    if not given:
        return None
    if not UUID_TEXT.match(given) or not disputes.is_about(at.group_id, UUID(given), member_id):
        raise NotFound()
    return books.entry(at.group_id, UUID(given))


def answerers(at: Sitting) -> list[tuple[str, str]]:
    """Who may answer her: name and office, herself apart."""
    held = [one for one in queries.officers(at.group_id) if one.role in access.ACTS["answer_dispute"]]
    held = [one for one in held if one.user_id != at.user_id]
    names = queries.called(at.group_id, {one.user_id for one in held})
    return [(names[one.user_id], gettext(OFFICES[one.role])) for one in held]
