"""What people type on pages: amounts, days, words, choices; and the form of an act, with its key and its doubts.

A form only reads. What is right is decided behind the endpoint's door; a refusal comes back into the form.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext, gettext_lazy

from ledger.amounts import REASONS, BadAmount, parse_amount
from ledger.chart import CHART
from ledger.errors import DomainError
from ledger.money import written
from members.models import Group
from members.strict import Malformed

REQUIRED = {"required": gettext_lazy("Belum diisi.")}


class AmountInput(forms.TextInput):
    """A box for money: digits' keyboard, the currency's sign before it, its words and quick chips below (by script)."""

    template_name = "forms/amount.html"

    def __init__(self, *, chips: Iterable[int] = (), sign: str = "Rp") -> None:
        super().__init__({"inputmode": "numeric", "autocomplete": "off", "class": "amount"})
        self.chips, self.sign = tuple(chips), sign

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        return super().get_context(name, value, attrs) | {"chips": self.chips, "sign": self.sign}


CHIPS = (5_000, 10_000, 20_000, 50_000, 100_000)
MOST = 1_000_000_000
"""The most rupiah that one box takes: a group of thirty has a tenth of it, and more is a slip of the zeros."""


class Amount(forms.CharField):
    """Money as people write it, `1.250.000` or `2jt`; cleaned to an int in the smallest payable unit, or None."""

    def __init__(self, group: Group, *, chips: Iterable[int] = CHIPS, zero: bool = False, **options: Any) -> None:
        sign = "Rp" if group.currency == "IDR" else group.currency
        options.setdefault("error_messages", REQUIRED)
        super().__init__(widget=AmountInput(chips=chips if group.digits == 0 else (), sign=sign), **options)
        self.digits, self.zero = group.digits, zero
        self.most = MOST if group.currency == "IDR" else None

    def prepare_value(self, value: Any) -> Any:
        return f"{value:,}".replace(",", ".") if isinstance(value, int) and self.digits == 0 else value

    def clean(self, value: Any) -> int | None:
        text = super().clean(value).strip()
        if not text:
            return None
        try:
            amount = parse_amount(text, self.digits)
        except BadAmount as bad:
            raise forms.ValidationError(gettext(REASONS[bad.code]))
        if amount == 0 and not self.zero:
            raise forms.ValidationError(gettext("Jumlahnya harus lebih dari nol."))
        if self.most is not None and amount > self.most:
            most = {"most": written(self.most)}
            raise forms.ValidationError(gettext("Terlalu besar; paling banyak %(most)s. Periksa nolnya.") % most)
        return amount


class DayInput(forms.DateInput):
    """The browser's own calendar; without one, the day as 2026-11-24."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class Day(forms.DateField):
    """A day; `latest` (inclusive) is told to the browser's calendar, and decided behind the door."""

    def __init__(self, *, latest: date | None = None, **options: Any) -> None:
        messages = REQUIRED | {"invalid": gettext_lazy("Tulis tanggal seperti 2026-11-24.")}
        super().__init__(widget=DayInput(), input_formats=["%Y-%m-%d"], error_messages=messages, **options)
        if latest is not None:
            self.widget.attrs["max"] = latest.isoformat()


class Words(forms.CharField):
    """A line of words, or several (`lines`)."""

    def __init__(self, *, most: int = 300, lines: int = 1, **options: Any) -> None:
        widget: forms.Widget = forms.TextInput() if lines == 1 else forms.Textarea({"rows": lines})
        options.setdefault("widget", widget)
        options.setdefault("error_messages", REQUIRED)
        super().__init__(max_length=most, **options)


class Chips(forms.RadioSelect):
    """A few choices as buttons in a row."""

    template_name = "forms/chips.html"


class Choice(forms.ChoiceField):
    """One of a few (`chips`) or many."""

    def __init__(self, choices: Any, *, chips: bool = False, **options: Any) -> None:
        messages = REQUIRED | {"invalid_choice": gettext_lazy("Pilih salah satu.")}
        super().__init__(choices=choices, widget=Chips if chips else forms.Select, error_messages=messages, **options)


class Ticks(forms.CheckboxSelectMultiple):
    """A few things of which any may be ticked, one below the other."""

    template_name = "forms/ticks.html"


class Choices(forms.MultipleChoiceField):
    """Any of a few, at least one."""

    def __init__(self, choices: Any, **options: Any) -> None:
        messages = {"required": gettext_lazy("Pilih satu atau lebih.")}
        messages |= {"invalid_choice": gettext_lazy("Pilih yang ada di sini.")}
        super().__init__(choices=choices, widget=Ticks, error_messages=messages, **options)


class Pin(forms.CharField):
    """Six to twelve digits, never shown again."""

    def __init__(self, **options: Any) -> None:
        attrs = {"inputmode": "numeric", "autocomplete": "off", "class": "pin"}
        options.setdefault("error_messages", REQUIRED)
        super().__init__(max_length=12, strip=True, widget=forms.PasswordInput(attrs), **options)


class Act(forms.Form):
    """The form of an act. `places` says which field a part of the endpoint's body was read from, where names differ.

    `doubt` may ask once about what is improbable: the form comes back with the question until she says she is sure.
    """

    places: ClassVar[Mapping[str, str]] = {}
    sure = forms.CharField(required=False, widget=forms.HiddenInput)
    question: str = ""
    stores = True
    written: Callable[[int], str] = staticmethod(written)  # by the page, in the group's currency

    def doubt(self) -> str:
        """A question about what she typed, or nothing."""
        return ""

    def asks(self) -> bool:
        """Whether there is a question she has not answered; asked of a valid form."""
        self.question = self.doubt()
        answers = self.data.getlist("sure") if isinstance(self.data, QueryDict) else []  # the button's and the box's
        return bool(self.question) and "ya" not in answers

    def refuse(self, refusal: DomainError | Malformed) -> None:
        """Say in the form what was refused behind the door."""
        if isinstance(refusal, DomainError):
            self.add_error(self._place(refusal), _said(refusal, self.written))
            return
        for problem in refusal.problems:
            name = problem.pointer.lstrip("/?")
            place = self.places.get(name, name.split("/")[0])
            self.add_error(place if place in self.fields else None, gettext(problem.detail))

    def _place(self, refusal: DomainError) -> str | None:
        place = self.places.get(refusal.code)
        return place if place in self.fields else None


NAMES = {row.code: row.name for row in CHART}


def _said(refusal: DomainError, write: Callable[[int], str]) -> str:
    """The refusal's sentence, with an account by its name where it bears the code."""
    code = str(refusal.facts.get("account", ""))
    name = NAMES.get(code.split(".", maxsplit=1)[0])
    said = refusal.said(write)
    return said.replace(code, name) if code and name else said


def plain(given: Mapping[str, Any]) -> dict[str, Any]:
    """A form's content as JSON has it, less what was left empty."""

    def one(value: Any) -> Any:
        return value.isoformat() if isinstance(value, date) else str(value) if isinstance(value, UUID) else value

    return {name: one(value) for name, value in given.items() if value not in (None, "")}


def with_second(form: Act, officers: list[tuple[str, str]], *, needed: bool = True) -> None:
    """Give an act the two fields by which another officer consents on this phone; empty: it waits for her own."""
    choices = [("", gettext("Nanti, dari HP-nya sendiri")), *officers]
    form.fields["second_officer"] = Choice(choices, required=False, label=gettext("Disetujui oleh"))
    form.fields["second_pin"] = Pin(required=False, label=gettext("PIN persetujuan"))


def second_of(form: Act) -> dict[str, Any]:
    """The `second` of an endpoint's body, if another officer consented here."""
    given = form.cleaned_data
    if not given.get("second_officer"):
        return {}
    return {"second": {"officer_id": given["second_officer"], "pin": given.get("second_pin") or ""}}
