"""The group's own page: its name and place, when it meets, and the rules it set itself, each in a plain sentence."""

import re
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from ledger.money import written
from members import access
from members.api.groups import loosens_alone
from members.forms import REQUIRED, Act, Amount, Choice, Day, Words, second_of, with_second
from members.models import Group
from members.page import FormPage, Sitting, back_to
from members.views.months import language
from members.views.seconds import seconds

PERCENT = re.compile(r"[0-9]{1,3}([.,][0-9]{1,2})? ?%?")
UNITS = [("day", gettext_lazy("hari")), ("week", gettext_lazy("minggu")), ("month", gettext_lazy("bulan"))]
WORDS = {
    "interest_recognition": [
        ("cash", gettext_lazy("Saat dibayar")),
        ("accrual", gettext_lazy("Saat timbul, walau belum dibayar")),
    ],
    "interest_word": [("jasa", gettext_lazy("jasa")), ("bunga", gettext_lazy("bunga"))],
    "arrears_preset": [
        ("koperasi", gettext_lazy("Koperasi")),
        ("pnpm_perdesaan", gettext_lazy("PNPM Perdesaan (UPK)")),
        ("pnpm_perkotaan", gettext_lazy("PNPM Perkotaan")),
        ("bank", gettext_lazy("Bank")),
        ("cgap", gettext_lazy("CGAP (menurut hari)")),
    ],
    "accounting_standard": [
        ("sak_ep", gettext_lazy("SAK EP (koperasi)")),
        ("sak_emkm", gettext_lazy("SAK EMKM (usaha mikro)")),
    ],
}
RULES: dict[str, tuple[str, str | Promise, str | Promise]] = {
    "single_officer_limit": (
        "amount",
        gettext_lazy("Batas satu pengurus"),
        gettext_lazy("Mengambil lebih dari ini dari kas atau bank perlu dua pengurus; 0 berarti selalu dua."),
    ),
    "approvals_required": (
        "count",
        gettext_lazy("Suara untuk sebuah pinjaman"),
        gettext_lazy("Sebanyak ini pengurus harus setuju sebelum pinjaman dicairkan."),
    ),
    "interest_recognition": (
        "word",
        gettext_lazy("Jasa menjadi pendapatan"),
        gettext_lazy("Kapan jasa pinjaman dihitung sebagai pendapatan kelompok."),
    ),
    "interest_word": (
        "word",
        gettext_lazy("Sebutannya"),
        gettext_lazy("Kata yang dipakai kelompok di bukti dan laporan."),
    ),
    "arrears_preset": (
        "word",
        gettext_lazy("Golongan pinjaman terlambat"),
        gettext_lazy("Menurut aturan siapa pinjaman yang terlambat digolongkan lancar sampai macet."),
    ),
    "installment_multiple": (
        "amount",
        gettext_lazy("Angsuran dibulatkan ke"),
        gettext_lazy("Angsuran menjadi kelipatan ini, misalnya 500; 0 berarti tidak dibulatkan."),
    ),
    "rate_cap_percent": (
        "percent",
        gettext_lazy("Patokan biaya pinjaman setahun (%)"),
        gettext_lazy("Pinjaman yang biaya sebenarnya di atas ini diberi peringatan sebelum disetujui."),
    ),
    "reservation_days": (
        "count",
        gettext_lazy("Uang pinjaman disisihkan (hari)"),
        gettext_lazy("Selama ini uang untuk pinjaman yang disetujui tidak dipakai untuk yang lain."),
    ),
    "related_party_percent": (
        "percent",
        gettext_lazy("Batas pinjaman pengurus (%)"),
        gettext_lazy("Semua pengurus bersama paling banyak meminjam sebagian ini dari modal kelompok sendiri."),
    ),
    "nonperforming_days": (
        "count",
        gettext_lazy("Tidak lagi menambah pendapatan setelah (hari)"),
        gettext_lazy("Pinjaman yang terlambat selama ini tidak menambah pendapatan sampai dibayar."),
    ),
    "cure_days": (
        "count",
        gettext_lazy("Masa pemulihan (hari)"),
        gettext_lazy("Pinjaman yang dijadwal ulang tetap di golongan terburuknya selama ini."),
    ),
    "accounting_standard": (
        "word",
        gettext_lazy("Pos-pos laporan keuangan"),
        gettext_lazy("Menurut standar siapa laporan keuangan kelompok disusun; angkanya sama."),
    ),
}
"""The policy's columns: what sort of value, its name, and what it means."""

PLACE = {
    "name": gettext_lazy("Nama kelompok"),
    "village": gettext_lazy("Desa"),
    "district": gettext_lazy("Kecamatan"),
    "regency": gettext_lazy("Kabupaten"),
}


class Percent(forms.CharField):
    """A percentage as people write it, `24`, `24,5` or `24 %`; cleaned to `24.50`-like text."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=forms.TextInput({"inputmode": "decimal"}), error_messages=REQUIRED, **options)

    def clean(self, value: Any) -> str:
        text = str(super().clean(value)).strip()
        if not PERCENT.fullmatch(text):
            raise forms.ValidationError(gettext("Tulis persennya, misalnya 24 atau 1,5."))
        return text.rstrip("% ").replace(",", ".")


class Count(forms.IntegerField):
    """A small whole number."""

    def __init__(self, **options: Any) -> None:
        messages = REQUIRED | {"invalid": gettext_lazy("Tulis angka bulat saja.")}
        super().__init__(widget=forms.TextInput({"inputmode": "numeric"}), error_messages=messages, **options)


class ProfileForm(Act):
    """Name and place."""

    def __init__(self, at: Sitting, data: QueryDict | None) -> None:
        super().__init__(data, initial={name: getattr(at.group, name) for name in PLACE})
        for name, label in PLACE.items():
            self.fields[name] = Words(most=100 if name == "name" else 80, required=name == "name", label=label)

    def body(self) -> dict[str, Any]:
        """Every field: an empty one is taken away."""
        return {name: self.cleaned_data[name] or None for name in PLACE}


class MeetingForm(Act):
    """How often it meets."""

    places = {"meeting_every/every": "every", "meeting_every/unit": "unit", "meeting_every/from": "since"}

    def __init__(self, at: Sitting, data: QueryDict | None) -> None:
        group = at.group
        known = {"every": group.meeting_every, "unit": group.meeting_unit, "since": group.meets_from}
        super().__init__(data, initial=known)
        hint = gettext("Misalnya 2 untuk dua minggu.")
        self.fields["every"] = Count(label=gettext("Pertemuan setiap"), help_text=hint)
        self.fields["unit"] = Choice(UNITS, chips=True, label=gettext("Hitungannya"))
        self.fields["since"] = Day(
            required=False,
            label=gettext("Salah satu hari pertemuan"),
            help_text=gettext("Dari hari ini pertemuan lain dihitung, ke depan dan ke belakang."),
        )

    def body(self) -> dict[str, Any]:
        given = self.cleaned_data
        since = given["since"].isoformat() if given["since"] else None
        return {"meeting_every": {"every": given["every"], "unit": given["unit"], "from": since}}


class PolicyForm(Act):
    """The rules. `two`: one officer could do more alone, so another has to agree."""

    places = {f"policy/{name}": name for name in RULES} | dict.fromkeys(
        ("wrong_pin", "pin_locked", "second_not_valid", "second"), "second_pin"
    )

    def __init__(self, at: Sitting, data: QueryDict | None) -> None:
        super().__init__(data, initial={name: getattr(at.group, name) for name in RULES})
        self.at, self.two = at, False
        for name, (sort, label, help_text) in RULES.items():
            self.fields[name] = _field(at.group, name, sort, label=label, help_text=help_text)
        for name in ("rate_cap_percent", "related_party_percent"):
            self.initial[name] = f"{self.initial[name]:.2f}".replace(".", ",").removesuffix(",00")
        self.officers = seconds(at, "confirm_policy")
        with_second(self, self.officers)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        self.two = not self.errors and loosens_alone(self.at.here, self.body())
        return given

    def body(self) -> dict[str, Any]:
        """Only what is another now: nothing else has to be agreed to."""
        old = self.at.group
        given = {name: self.cleaned_data[name] for name in RULES if name in self.cleaned_data}
        changed = {
            name: value
            for name, value in given.items()
            if value_of(old, name, value) != value_of(old, name, getattr(old, name))
        }
        return {"policy": changed}

    def asks(self) -> bool:
        return super().asks() or (self.two and self.data.get("two") != "ya")


def _field(group: Group, name: str, sort: str, **options: Any) -> forms.Field:
    if sort == "amount":
        return Amount(group, chips=(), zero=True, **options)
    if sort == "percent":
        return Percent(**options)
    return Choice(WORDS[name], **options) if sort == "word" else Count(**options)


SECTIONS: dict[str, Callable[[Sitting, QueryDict | None], Any]] = {
    "profil": ProfileForm,
    "rapat": MeetingForm,
    "aturan": PolicyForm,
}


class Settings(FormPage):
    """All of it to read; one section at a time to change."""

    act = "see_group"
    template = "members/settings.html"
    tab = "more"

    @property
    def section(self) -> str:
        """What she is changing; empty: she reads."""
        given = self.at.request.GET.get("ubah", "")
        return given if given in SECTIONS and self.at.may("change_group") else ""

    def form(self, at: Sitting, data: QueryDict | None = None) -> Any:
        return SECTIONS[self.section](at, data) if self.section else Act(data)

    def show(self, at: Sitting) -> dict[str, Any]:
        group = at.group
        return {
            "section": self.section,
            "place": [(label, getattr(group, name)) for name, label in PLACE.items() if getattr(group, name)],
            "meets": meeting(group.meeting_every, group.meeting_unit),
            "rules": [
                (label, value_of(group, name, getattr(group, name)), text) for name, (_, label, text) in RULES.items()
            ],
        }

    def post(self, request: HttpRequest, **path: Any) -> HttpResponse:
        access.require(self.at.seat, "change_group")
        return super().post(request, **path) if self.section else back_to(self.at, "settings")

    def send(self, at: Sitting, form: Any) -> HttpResponse:
        body = plain_body(form.body())
        outcome = at.do("group", body | second_of(form), method="PATCH")
        if outcome.waits:
            messages.warning(at.request, gettext("Menunggu persetujuan pengurus lain, paling lama 24 jam."))
            return back_to(at, "pending")
        messages.success(at.request, gettext("Tersimpan."))
        return back_to(at, "settings")


def plain_body(body: dict[str, Any]) -> dict[str, Any]:
    """A section's body as the endpoint reads it; an empty policy changes nothing."""
    return {name: value for name, value in body.items() if value != {}}


def meeting(every: int, unit: str) -> str:
    """`setiap 2 minggu`."""
    word = dict(UNITS)[unit]
    return (
        gettext("setiap %(unit)s") % {"unit": word}
        if every == 1
        else gettext("setiap %(every)d %(unit)s")
        % {
            "every": every,
            "unit": word,
        }
    )


def value_of(group: Group, name: str, value: Any) -> str:
    """A rule's value as people read it."""
    sort = RULES[name][0]
    if sort == "amount":
        return written(int(value), group.currency, group.digits)
    if sort == "percent":
        text = f"{float(value):.2f}".removesuffix(".00")
        return f"{text if language() == 'en' else text.replace('.', ',')}%"
    return str(dict(WORDS[name])[value]) if sort == "word" else str(value)


def described(group: Group, body: dict[str, Any]) -> list[tuple[str, str]]:
    """What a change would change, from what to what."""
    found = [
        (str(RULES[name][1]), f"{value_of(group, name, getattr(group, name))} → {value_of(group, name, value)}")
        for name, value in (body.get("policy") or {}).items()
    ]
    found += [(str(PLACE[name]), str(body[name] or "–")) for name in PLACE if name in body]
    if body.get("meeting_every"):
        every = body["meeting_every"]
        found.append((gettext("Pertemuan"), meeting(every["every"], every["unit"])))
    return found
