"""Paying an approved loan out: in cash, by bank, or straight to the shop at the prices really paid."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext, gettext_lazy

from ledger.context import in_book
from loans import applications
from loans.api.requests import loan_of, purchase_json
from loans.models import Loan, Purchase
from loans.views import words
from loans.views.quotes import Quote, quote
from loans.views.receipts import onwards
from members.forms import Act, Amount, Choice, Day, plain
from members.page import FormPage, Sitting

CHANNELS = [
    ("cash", gettext_lazy("Tunai")),
    ("bank", gettext_lazy("Bank")),
    ("supplier", gettext_lazy("Langsung ke toko")),
]
DIFFERENCE = [("cash", gettext_lazy("Diberikan tunai")), ("principal", gettext_lazy("Tidak jadi dipinjam"))]


class DisbursementForm(Act):
    """The day, how the money goes, and what each material really cost (as planned unless told)."""

    places = {"insufficient_cash": "channel", "limit": "channel", "future_date": "disbursed_on"}

    def __init__(self, at: Sitting, data: QueryDict | None, loan: Loan, lines: list[Purchase]) -> None:
        super().__init__(data, initial={"disbursed_on": at.today, "channel": "cash"})
        self.at, self.loan, self.purchases = at, loan, lines
        self.fields["channel"] = Choice(CHANNELS, chips=True, label=gettext("Lewat"))
        for line in lines:
            label = f"{line.item}, {words.comma(line.quantity)} {line.unit}"
            price = Amount(at.group, chips=(), label=label, initial=line.unit_price)
            price.widget = forms.TextInput({"inputmode": "numeric", "autocomplete": "off", "class": "amount"})
            self.fields[f"price-{line.line}"] = price
        if lines:
            self.fields["difference"] = Choice(
                DIFFERENCE, chips=True, required=False, label=gettext("Kalau belanjanya lebih murah")
            )
        self.fields["disbursed_on"] = Day(latest=at.today, label=gettext("Tanggal"))
        self.fields["first_due_on"] = Day(required=False, label=gettext("Angsuran pertama"))

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if self.saved and not given.get("difference") and "difference" not in self.errors:
            self.add_error("difference", gettext("Pilih salah satu."))
        return given

    @property
    def prices(self) -> list[dict[str, Any]]:
        """The lines as the template lays them out, each with its box for the price of one unit."""
        shown = []
        for line in self.purchases:
            one = purchase_json(line)
            shown.append(one | {"quantity": words.comma(one["quantity"]), "field": self[f"price-{line.line}"]})
        return shown

    @property
    def actual(self) -> dict[int, int]:
        """Line → price of one unit as typed; as planned where nothing readable was."""
        given = self.cleaned_data if self.is_bound else {}
        return {line.line: given.get(f"price-{line.line}") or line.unit_price for line in self.purchases}

    @property
    def planned(self) -> int:
        return applications.cost([(Decimal(line.quantity), line.unit_price) for line in self.purchases])

    @property
    def spent(self) -> int:
        return applications.cost([(Decimal(line.quantity), self.actual[line.line]) for line in self.purchases])

    @property
    def saved(self) -> int:
        """What the material costs less than planned."""
        return max(self.planned - self.spent, 0)

    @property
    def principal(self) -> int:
        """What will be lent."""
        given = self.cleaned_data if self.is_bound else {}
        lent: int = self.loan.principal
        return lent - self.saved if given.get("difference") == "principal" else lent

    @property
    def terms(self) -> dict[str, Any]:
        """What the preview is of."""
        given = self.cleaned_data if self.is_bound else {}
        day, first = given.get("disbursed_on") or self.at.today, given.get("first_due_on")
        found: dict[str, Any] = self.loan.terms | {"principal": self.principal, "disbursed_on": day.isoformat()}
        return found | ({"first_due_on": first.isoformat()} if first else {})

    @property
    def body(self) -> dict[str, Any]:
        given = self.cleaned_data
        names = ("disbursed_on", "first_due_on", "channel", "difference")
        found = plain({name: given.get(name) for name in names})
        lines = [{"line": line, "actual_unit_price": price} for line, price in self.actual.items()]
        return found | ({"purchases": lines} if lines else {})


class LoanDisburse(FormPage):
    """Pay it out. The schedule that begins then is shown before, at the prices and the day typed so far."""

    act = "disburse_loan"
    template = "loans/disburse.html"
    tab = "loans"
    money = True
    preview: Quote | None = None

    def form(self, at: Sitting, data: QueryDict | None = None, *, loan_id: UUID) -> DisbursementForm:
        loan = loan_of(at.here, loan_id)
        lines = list(Purchase.objects.filter(group_id=at.group_id, loan_id=loan.id).order_by("line"))
        return DisbursementForm(at, data, loan, lines)

    def post(self, request: HttpRequest, **path: Any) -> HttpResponse:
        if self.key is None or "hitung" not in request.POST:
            return super().post(request, **path)
        form = in_book(self.at.group_id, self.at.user_id, lambda: self.form(self.at, request.POST, **path))
        form.is_valid()
        return self.page(form, 200, **path)

    def page(self, form: Any, status: int, **path: Any) -> HttpResponse:
        if form is None:
            form = in_book(self.at.group_id, self.at.user_id, lambda: self.form(self.at, **path))
        self.preview = quote(self.at, form.terms)
        return super().page(form, status, **path)

    def show(self, at: Sitting, loan_id: UUID) -> dict[str, Any]:
        loan = loan_of(at.here, loan_id)
        return {
            "loan": loan,
            "called": words.called(words.members_by_id(at.group_id, [loan.member_id]).get(loan.member_id)),
            "preview": self.preview,
            "ready": loan.status == Loan.Status.APPROVED,
        }

    def send(self, at: Sitting, form: DisbursementForm, loan_id: UUID) -> HttpResponse:
        at.do("loan-disbursement", form.body, key=self.key, loan_id=loan_id)
        messages.success(at.request, gettext("Pinjaman dicairkan."))
        return onwards(at, self.key, loan_id)
