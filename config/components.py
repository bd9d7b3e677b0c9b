"""What the page of components shows: every part of the pages in each of its states, with people and sums made up."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict

from ledger.errors import FloorBreached
from members.forms import Act, Amount, Choice, Day, Pin, Words, with_second
from members.models import Group
from members.templatetags.lumbung import STATES

DAY = date(2026, 11, 24)
GROUP = Group(name="DEMO JARBANGSRI", currency="IDR", digits=0, timezone="Asia/Jakarta")
LONGEST = "Siti Nurhaliza Kusumaningtyas Wulandari Prihatiningsih Suryaningrum"
WIDEST = 999_999_999_999
CHANNELS = [("cash", "Tunai"), ("bank", "Bank")]
COLOURS = ("paper", "card", "wash", "line", "soft", "ink", "indigo", "soga", "green", "red", "amber")


@dataclass(frozen=True, slots=True)
class Row:
    """A member as a list shows her."""

    name: str
    below: str
    amount: int | None = None
    state: str = ""
    note: str = ""


ROWS = (
    Row("Siti Aminah", "No. 1 · keripik pisang", 1_240_000),
    Row("Dwi Astuti", "No. 2 · tempe", 105_000, note="jatuh tempo 24 Des"),
    Row("Partini", "No. 3 · gula aren", state="late"),
    Row("Ngatini", "No. 4 · anyaman bambu dan rotan", state="paid"),
    Row(LONGEST, "No. 5 · batik tulis, batik cap dan kain lurik", WIDEST, note="sukarela"),
)
ENTRIES = (
    (date(2026, 11, 24), "Simpanan wajib", 20_000, 1_240_000),
    (date(2026, 11, 24), "Angsuran pinjaman nomor 2", -105_000, 1_220_000),
    (date(2026, 10, 24), "Saldo bulan lalu", WIDEST, WIDEST),
)


class Sample(Act):
    """Fields alone, under ids of their own."""

    def __init__(self, scheme: str, name: str, data: dict[str, str] | None = None, **fields: forms.Field) -> None:
        given = None
        if data is not None:
            given = QueryDict(mutable=True)
            given.update(data)
        super().__init__(given, auto_id=f"{scheme}_{name}_%s")
        del self.fields["sure"]
        self.fields.update(fields)


class Asking(Sample):
    def doubt(self) -> str:
        return "Benar Rp1.050.000? Yang jatuh tempo Rp105.000."


def amount(**options: Any) -> Amount:
    return Amount(GROUP, label="Jumlah", **options)


def amounts(scheme: str) -> list[tuple[str, Sample]]:
    """The amount field: empty, filled, wrong, improbable, and as wide as it gets."""
    filled = Sample(scheme, "filled", {"amount": "125.000"}, amount=amount())
    wrong = Sample(scheme, "wrong", {"amount": "1.25"}, amount=amount())
    asking = Asking(scheme, "asking", {"amount": "1.050.000"}, amount=amount())
    widest = Sample(scheme, "widest", {"amount": "999.999.999.999"}, amount=amount(chips=()))
    for form in (filled, wrong, asking, widest):
        form.is_valid()
    asking.asks()
    empty = Sample(scheme, "empty", amount=amount(help_text="Yang jatuh tempo hari ini Rp105.000."))
    return [("kosong", empty), ("terisi", filled), ("salah", wrong), ("bertanya", asking), ("terlebar", widest)]


def fields(scheme: str) -> Sample:
    """Every other field, one wrong."""
    form = Sample(
        scheme,
        "fields",
        {"channel": "bank", "day": "24-11-2026", "kind": "sukarela"},
        channel=Choice(CHANNELS, chips=True, label="Lewat"),
        kind=Choice([("wajib", "Simpanan wajib"), ("sukarela", "Simpanan sukarela")], label="Simpanan"),
        day=Day(latest=DAY, label="Tanggal"),
        memo=Words(required=False, label="Catatan", help_text="Tidak perlu menyebut nama."),
        reason=Words(required=False, lines=3, label="Alasan"),
        pin=Pin(required=False, label="PIN"),
    )
    form.is_valid()
    return form


def refused(scheme: str) -> Sample:
    """A form whose act was refused behind the door."""
    form = Sample(scheme, "refused", {"amount": "850.000"}, amount=amount(chips=()))
    form.is_valid()
    form.refuse(FloorBreached(account="Kas", first_day=DAY, shortfall=35_000))
    return form


def second(scheme: str) -> Sample:
    form = Sample(scheme, "second")
    with_second(form, [("sari", "Bu Sari, ketua"), ("rina", "Bu Rina, sekretaris")])
    return form


def search(scheme: str) -> Sample:
    box = forms.CharField(
        label="Cari", widget=forms.TextInput({"type": "search", "placeholder": "Cari nama atau nomor"})
    )
    return Sample(scheme, "search", wanted=box)


def shown() -> dict[str, Any]:
    """All of it, once for a bright screen and once for a dark one."""
    return {
        "schemes": [
            {
                "name": scheme,
                "amounts": amounts(scheme),
                "fields": fields(scheme),
                "refused": refused(scheme),
                "second": second(scheme),
                "search": search(scheme),
            }
            for scheme in ("light", "dark")
        ],
        "sample": GROUP,
        "seat": {"officer": True},
        "rows": ROWS,
        "entries": ENTRIES,
        "states": list(STATES),
        "colours": COLOURS,
        "loans": [(10, 0, 0), (10, 3, 0), (10, 7, 1), (10, 8, 2), (10, 10, 0), (36, 12, 0)],
        "widest": WIDEST,
        "day": DAY,
    }
