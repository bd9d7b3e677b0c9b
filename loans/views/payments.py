"""Money for a loan: instalments, what ends it on a day, fees and penalties, and what comes in after a write-off."""

from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.utils.translation import gettext, gettext_lazy

from ledger.context import in_book
from ledger.errors import DomainError
from loans import queries
from loans.account import Derived
from loans.api.requests import loan_of
from loans.models import Loan
from loans.views import words
from loans.views.receipts import onwards
from members import queries as members
from members.forms import Act, Amount, Choice, Day, Words, plain
from members.page import FormPage, Page, Sitting
from savings import queries as savings

CHANNELS = [("cash", gettext_lazy("Tunai")), ("bank", gettext_lazy("Bank"))]
IMPROBABLE = 3
"""So many times what is due asks once whether it is right."""


class OnLoan(FormPage):
    """A form about one loan, whose borrower and number stand above it."""

    template = "loans/act.html"
    tab = "loans"
    money = True
    title: ClassVar[Any]
    primary: ClassVar[Any]
    lead: ClassVar[Any] = ""
    danger: ClassVar[bool] = False

    def show(self, at: Sitting, loan_id: UUID) -> dict[str, Any]:
        loan = loan_of(at.here, loan_id)
        member = words.members_by_id(at.group_id, [loan.member_id]).get(loan.member_id)
        return {
            "loan": loan,
            "called": words.called(member),
            "title": self.title,
            "primary": self.primary,
            "lead": self.lead,
            "danger": self.danger,
        } | self.about(at, loan)

    def about(self, at: Sitting, loan: Loan) -> dict[str, Any]:
        """What else the template lays out."""
        return {}


def derived_today(at: Sitting, loan: Loan) -> Derived | None:
    """The loan as it stands today; None before it is paid out."""
    return queries.states(at.group, [loan], on=at.today).get(loan.id)


class RepayForm(Act):
    """How much came, how, when, and who carried it. The button "lunas" says the sum that ends the loan instead."""

    places = {"overpayment": "amount", "floor": "channel", "future_date": "paid_on", "before_joining": "paid_on"}

    def __init__(self, at: Sitting, data: QueryDict | None, loan: Loan) -> None:
        derived = derived_today(at, loan)
        owed = queries.owed(loan, derived, at.today) if derived else None
        self.at, self.loan = at, loan
        self.due = (owed.due_now or owed.next_due_amount or owed.total) if owed else 0
        self.payoff = owed.total if owed else 0
        self.ends = data is not None and "lunas" in data
        super().__init__(data, initial={"amount": self.due or None, "channel": "cash", "paid_on": at.today})
        self.fields["amount"] = Amount(at.group, required=not self.ends, label=gettext("Yang dibayar"))
        names = {one.code: one.name for one in savings.products(at.group_id)}
        held = savings.savings_of(at.group_id, loan.member_id)
        hers = [
            (f"savings:{code}", gettext("%(name)s %(sum)s") % {"name": names[code], "sum": words.money(at, amount)})
            for code, amount in held.items()
            if amount > 0
        ]
        self.fields["channel"] = Choice([*CHANNELS, *hers], chips=True, label=gettext("Lewat"))
        self.fields["paid_on"] = Day(latest=at.today, label=gettext("Tanggal"))
        here = members.members(at.group_id, status="active").exclude(id=loan.member_id)
        people = [(str(one.id), words.called(one)) for one in here.order_by("person__name", "id")]
        self.fields["carried_by"] = Choice([("", "–"), *people], required=False, label=gettext("Titip lewat"))

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        on = given.get("paid_on")
        if self.loan.disbursed_on and on and self.loan.disbursed_on <= on <= self.at.today:
            self.payoff = queries.state(self.at.group, self.loan, on=on).payoff.total
        if self.ends:
            shown = self.data.get("lunas", "")
            given["amount"] = self.payoff
            if shown != str(self.payoff):
                said = gettext("Pelunasan pada tanggal itu %(sum)s. Tekan lagi kalau benar.")
                self.add_error(None, said % {"sum": words.money(self.at, self.payoff)})
        return given

    def doubt(self) -> str:
        amount: int = self.cleaned_data["amount"]
        if amount == self.payoff:
            return ""
        said = {
            "amount": words.money(self.at, amount),
            "due": words.money(self.at, self.due),
            "payoff": words.money(self.at, self.payoff),
        }
        if amount > self.payoff:
            return gettext("Benar %(amount)s? Untuk melunasi cukup %(payoff)s.") % said
        if self.due and amount >= IMPROBABLE * self.due:
            return gettext("Benar %(amount)s? Yang jatuh tempo %(due)s.") % said
        return ""


class Repay(OnLoan):
    """Take money for a loan; what is due is filled in, and one button ends the loan."""

    act = "record_repayment"
    template = "loans/repay.html"
    title = gettext_lazy("Terima angsuran")
    primary = gettext_lazy("Catat")

    def form(self, at: Sitting, data: QueryDict | None = None, *, loan_id: UUID) -> RepayForm:
        return RepayForm(at, data, loan_of(at.here, loan_id))

    def about(self, at: Sitting, loan: Loan) -> dict[str, Any]:
        derived = derived_today(at, loan)
        stand = words.stand(loan, None, derived, at.today)
        due_now = derived.due(before=date.fromordinal(at.today.toordinal() + 1)) if derived else 0
        return {"stand": stand, "due_now": due_now, "runs": loan.status == Loan.Status.ACTIVE}

    def send(self, at: Sitting, form: RepayForm, loan_id: UUID) -> HttpResponse:
        given = {name: form.cleaned_data.get(name) for name in ("amount", "paid_on", "channel", "carried_by")}
        at.do("loan-repayments", plain(given), key=self.key, loan_id=loan_id)
        now = in_book(at.group_id, at.user_id, lambda: at.ask("loan", loan_id=loan_id))
        left = now["outstanding"]["principal"]
        said = gettext("Tercatat. Sisa pokok %(left)s.") % {"left": words.money(at, left)}
        messages.success(at.request, said if left else gettext("Tercatat. Pinjaman ini lunas."))
        return onwards(at, self.key, loan_id)


class AsOf(forms.Form):
    """The day that is asked about."""

    def __init__(self, data: Any, today: date) -> None:
        super().__init__(data)
        self.fields["pada"] = Day(required=False, label=gettext("Pada tanggal"), initial=today)


class PayoffPage(Page):
    """What ends the loan on a day, part by part."""

    act = "see_loans"
    template = "loans/payoff.html"
    tab = "loans"

    def show(self, at: Sitting, loan_id: UUID) -> dict[str, Any]:
        loan = loan_of(at.here, loan_id)
        asked = AsOf(at.request.GET if "pada" in at.request.GET else {"pada": at.today.isoformat()}, at.today)
        on = (asked.cleaned_data["pada"] or at.today) if asked.is_valid() else at.today
        found, refused = None, ""
        try:
            found = at.ask("loan-payoff", {"on": on.isoformat()}, loan_id=loan_id)
        except DomainError as refusal:
            refused = refusal.said(at.written)
        return {
            "loan": loan,
            "called": words.called(words.members_by_id(at.group_id, [loan.member_id]).get(loan.member_id)),
            "form": asked,
            "on": on,
            "payoff": found,
            "refused": refused,
            "payable": found is not None and on == at.today and found["total"] and at.may("record_repayment"),
        }


KINDS = [("penalty", gettext_lazy("Denda")), ("fee", gettext_lazy("Biaya"))]


class ChargeForm(Act):
    """A fee or penalty, its day, and what for."""

    places = {"future_date": "due_on", "before_joining": "due_on", "period_closed": "due_on"}

    def __init__(self, at: Sitting, data: QueryDict | None) -> None:
        super().__init__(data, initial={"kind": "penalty", "due_on": at.today})
        self.fields["kind"] = Choice(KINDS, chips=True, label=gettext("Jenis"))
        self.fields["amount"] = Amount(at.group, chips=(1_000, 5_000, 10_000), label=gettext("Jumlah"))
        self.fields["due_on"] = Day(label=gettext("Jatuh tempo"))
        self.fields["memo"] = Words(required=False, label=gettext("Untuk apa"))


class Charge(OnLoan):
    """Charge a fee or a penalty beside what the schedule asks."""

    act = "charge_loan"
    title = gettext_lazy("Tambah biaya atau denda")
    primary = gettext_lazy("Catat")

    def form(self, at: Sitting, data: QueryDict | None = None, *, loan_id: UUID) -> ChargeForm:
        loan_of(at.here, loan_id)
        return ChargeForm(at, data)

    def send(self, at: Sitting, form: ChargeForm, loan_id: UUID) -> HttpResponse:
        given = {name: form.cleaned_data.get(name) for name in ("kind", "amount", "due_on", "memo")}
        at.do("loan-charges", plain(given), key=self.key, loan_id=loan_id)
        messages.success(at.request, gettext("Tercatat."))
        return onwards(at, self.key, loan_id)


class RecoveryForm(Act):
    """What came in for a loan that was written off."""

    places = {"overpayment": "amount", "future_date": "paid_on", "before_joining": "paid_on"}

    def __init__(self, at: Sitting, data: QueryDict | None, left: int) -> None:
        super().__init__(data, initial={"channel": "cash", "paid_on": at.today})
        self.at, self.left = at, left
        self.fields["amount"] = Amount(at.group, label=gettext("Yang dibayar"))
        self.fields["channel"] = Choice(CHANNELS, chips=True, label=gettext("Lewat"))
        self.fields["paid_on"] = Day(latest=at.today, label=gettext("Tanggal"))


class RecoveryPage(OnLoan):
    """Money for a loan that was written off in the books: it is income."""

    act = "record_repayment"
    template = "loans/recovery.html"
    title = gettext_lazy("Terima pembayaran")
    primary = gettext_lazy("Catat")
    lead = gettext_lazy("Pinjaman ini sudah dihapus buku; yang masuk menjadi pendapatan kelompok.")

    def form(self, at: Sitting, data: QueryDict | None = None, *, loan_id: UUID) -> RecoveryForm:
        return RecoveryForm(at, data, claim(at, loan_of(at.here, loan_id)))

    def send(self, at: Sitting, form: RecoveryForm, loan_id: UUID) -> HttpResponse:
        given = {name: form.cleaned_data.get(name) for name in ("amount", "paid_on", "channel")}
        at.do("loan-recoveries", plain(given), key=self.key, loan_id=loan_id)
        messages.success(at.request, gettext("Tercatat."))
        return onwards(at, self.key, loan_id)


def claim(at: Sitting, loan: Loan) -> int:
    """What may still come in of a loan that was written off in the books."""
    found = queries.write_off(at.group_id, loan.id)
    if found is None:
        return 0
    return found.principal + found.interest + found.penalty - queries.recovered(at.group_id, loan.id)
