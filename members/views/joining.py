"""A new member, and what is known of one."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.utils.translation import gettext, gettext_lazy

from members.api.people import hers
from members.errors import Erased
from members.forms import Act, Day, Words
from members.page import FormPage, Sitting, back_to, seen_at
from members.queries import MemberRow
from members.templatetags.lumbung import addressed
from members.ways import wanted

BUSINESS = {
    "business_kind": ("kind", gettext_lazy("Jenis usaha"), 80),
    "business_product": ("product", gettext_lazy("Yang dibuat"), 120),
}
TAKEN_AWAY = ("phone", "nik", "born_on", "address")


class MemberForm(Act):
    """What is known of a member; all but her name and the day she came may stay empty."""

    places = {
        "number_taken": "number",
        "nik_taken": "nik",
        "before_joining": "joined_on",
        "future_date": "joined_on",
        "business/kind": "business_kind",
        "business/product": "business_product",
        "business/raw_materials": "raw_materials",
        "business/workers": "workers",
    }

    def __init__(self, at: Sitting, data: QueryDict | None, row: MemberRow | None = None) -> None:
        super().__init__(data, initial=known(row) if row else {"joined_on": at.today})
        self.fields["name"] = Words(most=120, label=gettext("Nama"), help_text=gettext("Satu kata pun cukup."))
        tel = forms.TextInput({"inputmode": "tel", "autocomplete": "off"})
        self.fields["phone"] = Words(most=40, required=False, label=gettext("Nomor HP"), widget=tel)
        self.fields["number"] = Words(
            most=20,
            required=False,
            label=gettext("Nomor anggota"),
            help_text=gettext("Seperti di bukunya. Kosong: nomor berikutnya.") if row is None else "",
        )
        self.fields["joined_on"] = Day(latest=at.today, label=gettext("Menjadi anggota sejak"))
        digits = forms.TextInput({"inputmode": "numeric", "autocomplete": "off"})
        shown = row.member.person.nik_last4 if row else None
        about = (
            gettext("Tersimpan, berakhiran %(last4)s. Isi hanya kalau berubah.") % {"last4": shown}
            if shown
            else gettext("16 angka di KTP. Disimpan terkunci; hanya empat angka terakhir yang ditunjukkan.")
        )
        self.fields["nik"] = Words(most=40, required=False, label=gettext("NIK"), help_text=about, widget=digits)
        if shown:
            self.fields["forget_nik"] = forms.BooleanField(required=False, label=gettext("Hapus NIK"))
        self.fields["born_on"] = Day(latest=at.today, required=False, label=gettext("Tanggal lahir"))
        self.fields["address"] = Words(most=300, lines=2, required=False, label=gettext("Alamat"))
        for name, (_, label, most) in BUSINESS.items():
            self.fields[name] = Words(most=most, required=False, label=label)
        self.fields["raw_materials"] = Words(
            most=800,
            required=False,
            label=gettext("Bahan bakunya"),
            help_text=gettext("Pisahkan dengan koma: bambu, rotan."),
        )
        self.fields["workers"] = forms.IntegerField(
            required=False,
            label=gettext("Yang bekerja"),
            widget=forms.TextInput({"inputmode": "numeric"}),
            error_messages={"invalid": gettext("Tulis angka bulat saja.")},
        )

    @property
    def personal(self) -> list[Any]:
        """The fields that are about her alone, for the template to fold."""
        names = ("nik", "forget_nik", "born_on", "address")
        return [self[name] for name in names if name in self.fields]

    @property
    def business(self) -> list[Any]:
        return [self[name] for name in (*BUSINESS, "raw_materials", "workers")]

    def body(self) -> dict[str, Any]:
        """As the endpoint reads it: null takes away; a NIK left empty stays as it is."""
        given = self.cleaned_data
        body: dict[str, Any] = {name: given[name] or None for name in ("phone", "address")}
        body |= {"name": given["name"], "joined_on": given["joined_on"].isoformat()}
        body["born_on"] = given["born_on"].isoformat() if given["born_on"] else None
        if given["number"]:
            body["number"] = given["number"]
        if given["nik"] or given.get("forget_nik"):
            body["nik"] = given["nik"] or None
        business = {there: given[name] or None for name, (there, _, _) in BUSINESS.items()}
        materials = [one.strip() for one in given["raw_materials"].split(",") if one.strip()]
        body["business"] = business | {"raw_materials": materials, "workers": given["workers"]}
        return body


def known(row: MemberRow) -> dict[str, Any]:
    """What a member's form begins with."""
    person = row.member.person
    found = {name: getattr(person, name) for name in ("name", "phone", "born_on", "address", *BUSINESS, "workers")}
    materials = ", ".join(person.raw_materials)
    return found | {"number": row.member.number, "joined_on": row.joined_on, "raw_materials": materials}


def tell(at: Sitting, member: dict[str, Any], done: str) -> HttpResponse:
    """That it is stored, what looks odd about it, and back to where she came from, or to the form again."""
    say(at, member, done)
    there = wanted(at.request)
    return seen_at(there) if there else back_to(at, "member-change", member_id=member["id"])


def say(at: Sitting, member: dict[str, Any], done: str) -> None:
    """That it is stored, and what looks odd about it."""
    messages.success(at.request, done)
    for warning in member["warnings"]:
        messages.warning(at.request, gettext("Tersimpan, tetapi periksa lagi: %(what)s") % {"what": warning["detail"]})


class MemberNew(FormPage):
    """Somebody joins; on to her card, with what is done next for who is new."""

    act = "add_member"
    template = "members/member_form.html"
    tab = "members"
    money = True  # the key in the address: sent twice, she joins once
    receipt = False

    def form(self, at: Sitting, data: QueryDict | None = None) -> MemberForm:
        return MemberForm(at, data)

    def send(self, at: Sitting, form: MemberForm) -> HttpResponse:
        made = at.do("members", form.body(), key=self.key)
        facts = {"name": addressed(made.data["name"]), "number": made.data["number"]}
        say(at, made.data, gettext("%(name)s menjadi anggota nomor %(number)s.") % facts)
        return seen_at(back_to(at, "member", member_id=made.data["id"]).url + "?baru=1")


class MemberChange(FormPage):
    """What is known of a member is put right."""

    act = "change_member"
    template = "members/member_form.html"
    tab = "members"

    def form(self, at: Sitting, data: QueryDict | None = None, *, member_id: UUID) -> MemberForm:
        row = hers(at.here, member_id)
        if row.member.person.erased_at is not None:
            raise Erased(number=row.member.number)
        return MemberForm(at, data, row)

    def show(self, at: Sitting, member_id: UUID) -> dict[str, Any]:
        row = hers(at.here, member_id)
        return {"row": row, "warnings": at.ask("member", member_id=member_id)["warnings"]}

    def send(self, at: Sitting, form: MemberForm, member_id: UUID) -> HttpResponse:
        outcome = at.do("member", form.body(), method="PATCH", member_id=member_id)
        return tell(at, outcome.data, gettext("Tersimpan."))
