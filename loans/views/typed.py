"""What people type about loans beside amounts and days: percents, quantities, counts.

Nothing is guessed: a comma begins a fraction, a dot groups thousands; a dot with one or two digits behind it, as some
phones' keyboards write a comma, can be nothing else and is read so.
"""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from members.forms import REQUIRED, Words

FRACTION = re.compile(r"([0-9]{1,9})(?:,([0-9]{1,6})|\.([0-9]{1,2}))?", re.ASCII)
GROUPED = re.compile(r"([0-9]{1,3}(?:\.[0-9]{3}){1,2})(?:,([0-9]{1,3}))?", re.ASCII)


class Purpose(Words):
    """What the loan is for: taken from the material where that is told, and else not to be left out; so nothing says
    that it may stay empty."""

    when_empty = ""


class Plain(forms.CharField):
    """A short figure with the digits' keyboard. `when_empty`: what it means to type nothing; "": it cannot be."""

    mode = "decimal"

    def __init__(self, *, when_empty: str | None = None, **options: Any) -> None:
        self.when_empty = when_empty
        options.setdefault("error_messages", REQUIRED)
        widget = forms.TextInput({"inputmode": self.mode, "autocomplete": "off"})
        super().__init__(max_length=20, widget=widget, **options)


class Percent(Plain):
    """`1,5`, at most `most`; cleaned to the text the endpoints read, `1.5`; None when nothing was typed."""

    def __init__(self, *, most: int = 1_000, **options: Any) -> None:
        super().__init__(**options)
        self.most = most

    def clean(self, value: Any) -> str | None:
        text = super().clean(value).strip().removesuffix("%").strip()
        if not text:
            return None
        found = FRACTION.fullmatch(text)
        if not found:
            raise forms.ValidationError(gettext("Tulis persennya seperti 1,5."))
        rest = found[2] or found[3]
        percent = found[1] + (f".{rest}" if rest else "")
        if Decimal(percent) > self.most:
            raise forms.ValidationError(gettext("Persennya paling banyak %(most)s.") % {"most": self.most})
        return percent


class Quantity(Plain):
    """`37,5` or `1.250`, above 0; cleaned to the text the endpoints read; None when nothing was typed."""

    def clean(self, value: Any) -> str | None:
        text = super().clean(value).strip()
        if not text:
            return None
        found = FRACTION.fullmatch(text)
        whole, rest = (found[1], found[2] or found[3]) if found else ("", None)
        if not found and (thousands := GROUPED.fullmatch(text)):
            whole, rest = thousands[1].replace(".", ""), thousands[2]
        if not whole or len(rest or "") > 3:
            raise forms.ValidationError(gettext("Tulis banyaknya seperti 50 atau 37,5."))
        if not int(whole + (rest or "")):
            raise forms.ValidationError(gettext("Banyaknya harus lebih dari nol."))
        return whole + (f".{rest}" if rest else "")


class Count(Plain):
    """A whole number from `least` to `most`; None when nothing was typed."""

    mode = "numeric"

    def __init__(self, *, least: int = 1, most: int = 600, **options: Any) -> None:
        super().__init__(**options)
        self.least, self.most = least, most

    def clean(self, value: Any) -> int | None:
        text = super().clean(value).strip()
        if not text:
            return None
        if not (text.isascii() and text.isdigit() and len(text) <= 9 and self.least <= int(text) <= self.most):
            said = gettext("Tulis angka dari %(least)s sampai %(most)s.")
            raise forms.ValidationError(said % {"least": self.least, "most": self.most})
        return int(text)


PER = [("month", gettext_lazy("sebulan")), ("year", gettext_lazy("setahun"))]
UNITS = [("month", gettext_lazy("Tiap bulan")), ("week", gettext_lazy("Tiap minggu"))]
METHODS = [
    ("flat", gettext_lazy("Tetap (flat)")),
    ("equal_principal", gettext_lazy("Menurun")),
    ("annuity", gettext_lazy("Anuitas: angsuran sama")),
    ("bullet", gettext_lazy("Pokok dibayar di akhir (yarnen)")),
]
