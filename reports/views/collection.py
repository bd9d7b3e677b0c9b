"""Taking what a member hands over at once: into her savings and for her loans, on one form."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.http import HttpResponse, QueryDict
from django.utils.translation import gettext, gettext_lazy

from ledger.dates import short_day
from ledger.money import grouped, written
from loans.collecting import Asked, Repayable, expected
from members import queries as members
from members.api.people import hers, noted
from members.forms import Act, Amount, Choice, Day
from members.models import Group
from members.page import FormPage, Sitting, back_to

CHIPS = (10_000, 20_000, 50_000)
CHANNELS = [("cash", gettext_lazy("Tunai")), ("bank", gettext_lazy("Bank"))]
IMPROBABLE = 3
"""From so many times what is due on, she is asked whether it is right."""


class CollectionForm(Act):
    """An amount for each savings product and each running loan, always in one order: what savings ask, loans, what they
    take. All are optional; `fill`: what is due stands there already. A product that asks once and was paid is left out.

    What is due is that of the day she types; whatever runs today keeps its box, so no sum is lost with a wrong day.
    """

    places = {"before_joining": "paid_on", "future_date": "paid_on", "period_closed": "paid_on"}

    def __init__(self, at: Sitting, data: QueryDict | None, member_id: UUID, *, fill: bool) -> None:
        super().__init__(data, initial={"paid_on": at.today, "channel": "cash"})
        self.group = at.group
        self.fields["paid_on"] = Day(latest=at.today, label=gettext("Tanggal"))
        self.due = expected(at.group, member_id, on=self._day(at.today))
        today = self.due if self.due.on == at.today else expected(at.group, member_id, on=at.today)
        asked = {one.product for one in (*self.due.savings, *today.savings) if one.due_now or not one.once}
        self.savings = {f"simpanan_{one.product}": one for one in self.due.savings if one.product in asked}
        known = {one.loan.id for one in self.due.loans}
        later = [replace(one, due_now=0, late=0) for one in today.loans if one.loan.id not in known]
        self.loans = {f"pinjaman_{one.loan.id.hex}": one for one in (*self.due.loans, *later)}
        self.subjects: dict[str, Asked | Repayable] = {
            **{name: one for name, one in self.savings.items() if one.asks},
            **self.loans,
            **{name: one for name, one in self.savings.items() if not one.asks},
        }
        self.filled = fill if data is None else data.get("isi") == "lunas"
        for name, one in self.subjects.items():
            self._amount(name, one)
        if self.filled and data is not None:
            self.data = filled = data.copy()
            for name, one in self.subjects.items():
                if one.due_now:
                    filled[name] = grouped(one.due_now, self.group.digits)
        self.fields["channel"] = Choice(CHANNELS, chips=True, label=gettext("Lewat"))
        self.fields["carried_by"] = Choice(carriers(at, member_id), required=False, label=gettext("Titip lewat"))

    def _day(self, today: date) -> date:
        """The day she typed, if it is one and has come; else today."""
        if not self.is_bound:
            return today
        with suppress(ValidationError):
            typed: date = self.fields["paid_on"].clean(self.data.get("paid_on"))
            return min(typed, today)
        return today

    def _amount(self, name: str, one: Asked | Repayable) -> None:
        field = Amount(
            self.group,
            required=False,
            zero=True,
            chips=() if one.due_now else CHIPS,
            label=title(one),
            help_text=asked(self.group, one),
            initial=one.due_now or None if self.filled else None,
        )
        if self.group.digits == 0 and one.due_now:
            field.widget.attrs["data-due"] = one.due_now
        self.fields[name] = field

    def asks(self) -> bool:
        """Where "Lunas" was pressed, all that is due stands in its boxes and nothing is sent yet."""
        return self.filled or super().asks()

    @property
    def amounts(self) -> list[BoundField]:
        return [self[name] for name in self.subjects]

    @property
    def details_are_open(self) -> bool:
        """Whether something is said of the day, the channel or who brought it."""
        return any(self[name].errors for name in ("paid_on", "channel", "carried_by")) if self.is_bound else False

    def given(self, names: Iterable[str]) -> dict[str, int]:
        return {name: self.cleaned_data[name] for name in names if self.cleaned_data.get(name)}

    def body(self) -> dict[str, Any]:
        """As the endpoint reads it."""
        given = self.cleaned_data
        saved = [{"product": self.savings[one].product, "amount": sum} for one, sum in self.given(self.savings).items()]
        paid = [{"loan_id": str(self.loans[one].loan.id), "amount": sum} for one, sum in self.given(self.loans).items()]
        about = {"paid_on": given["paid_on"].isoformat(), "channel": given["channel"]}
        carrier = {"carried_by": given["carried_by"]} if given["carried_by"] else {}
        return about | carrier | {"deposits": saved, "repayments": paid}

    def doubt(self) -> str:
        """Ask about the first sum that is three times what is due, or of a loan the next instalment, or more."""
        for name, amount in self.given(self.subjects).items():
            one = self.subjects[name]
            usual = one.due_now or getattr(one, "next_due_amount", None) or 0
            if usual and amount >= IMPROBABLE * usual:
                facts = {"name": title(one), "amount": _rupiah(self.group, amount), "due": _rupiah(self.group, usual)}
                return gettext("%(name)s: benar %(amount)s? Biasanya %(due)s.") % facts
        return ""


def title(one: Asked | Repayable) -> str:
    """What an amount is for."""
    if isinstance(one, Asked):
        return one.name
    return gettext("Angsuran pinjaman %(number)s") % {"number": one.loan.number}


def asked(group: Group, one: Asked | Repayable) -> str:
    """What is due of it, and what of that is late; of a loan without anything due, its next instalment."""
    due = {"due": _rupiah(group, one.due_now), "late": _rupiah(group, one.late)}
    if one.due_now and one.late == one.due_now:
        return gettext("Terlambat %(late)s.") % due
    if one.late:
        return gettext("Harus dibayar %(due)s, %(late)s di antaranya terlambat.") % due
    if one.due_now:
        return gettext("Harus dibayar %(due)s.") % due
    if isinstance(one, Repayable) and one.next_due_on and one.next_due_amount:
        following = {"due": _rupiah(group, one.next_due_amount), "day": short_day(one.next_due_on)}
        return gettext("Berikutnya %(due)s pada %(day)s.") % following
    return ""


def _rupiah(group: Group, amount: int) -> str:
    return written(amount, group.currency, group.digits)


def carriers(at: Sitting, member_id: UUID) -> list[tuple[str, str]]:
    """Who may have brought it for her: nobody, or another member who is here."""
    others = members.members(at.group_id, status="active").exclude(id=member_id).order_by("person__name", "id")
    return [("", gettext("Ia datang sendiri")), *((str(one.id), one.person.name or one.number) for one in others)]


class Collect(FormPage):
    """Whatever one member brings outside a meeting: all of it is recorded, or none."""

    act = "collect"
    template = "reports/collect.html"
    tab = "members"
    money = True

    def form(self, at: Sitting, data: QueryDict | None = None, *, member_id: UUID) -> CollectionForm:
        hers(at.here, member_id)
        return CollectionForm(at, data, member_id, fill=at.request.GET.get("isi") == "lunas")

    def show(self, at: Sitting, member_id: UUID) -> dict[str, Any]:
        noted(at.here, member_id, "savings", "loans")
        return {"row": hers(at.here, member_id), "key": self.key}

    def send(self, at: Sitting, form: CollectionForm, member_id: UUID) -> HttpResponse:
        at.do("member-collections", form.body(), key=self.key, member_id=member_id)
        return back_to(at, "receipt", command=self.key)
