"""Asking for a loan with the raw material it is to buy, and taking a request back."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext

from ledger.context import in_book
from loans import applications, queries
from loans.api.requests import loan_of, only_hers
from loans.models import Loan, Product
from loans.views import words
from loans.views.quotes import Quote, quote
from loans.views.typed import METHODS, PER, UNITS, Count, Percent, Purpose, Quantity
from members import queries as members
from members.forms import Act, Amount, Choice, Words, plain
from members.page import FormPage, Sitting, back_to

SHOWN, MOST = 3, 50
"""So many lines of material are shown at first, and so many a request may have."""
IMPROBABLE = 3
LINE = ("item", "quantity", "unit", "price", "supplier")
SUGGESTED = 60
OWN = "-"
"""In place of a product: terms of her own."""
UNITS_OF_GOODS = ("kg", "liter", "pak", "buah", "lembar", "meter", "batang", "ikat", "karung")


class LoanForm(Act):
    """Who borrows what for which material on which terms; what is left empty is the product's."""

    places = {"member_id": "member_id", "rate": "percent", "rate/percent": "percent", "limit": "principal"}

    def __init__(self, at: Sitting, data: QueryDict | None, products: list[Product]) -> None:
        given = at.request.GET
        first = products[0].code if products else ""
        known = {one.code: one for one in products}
        chosen = data.get("product", "") if data is not None else first
        super().__init__(data, initial={"member_id": given.get("anggota", ""), "product": first, "per": "month"})
        self.at, self.products, self.product = at, known, known.get(chosen)
        if at.officer:
            here = members.members(at.group_id, status="active").order_by("person__name", "id")
            people = [(str(one.id), words.called(one)) for one in here]
            self.fields["member_id"] = Choice([("", gettext("Pilih anggota")), *people], label=gettext("Untuk siapa"))
        if products:
            choices = [*((one.code, one.name) for one in products), (OWN, gettext("Aturan lain"))]
            self.fields["product"] = Choice(choices, chips=True, label=gettext("Jenis pinjaman"))
        self.count = _lines_in(data)
        for number in range(self.count):
            self._add_line(number)
        self.fields["principal"] = Amount(
            at.group, chips=(50_000, 100_000, 500_000), required=False, label=gettext("Pinjam")
        )
        self.fields["purpose"] = Purpose(required=False, label=gettext("Untuk usaha apa"))
        self._add_terms()

    def _add_line(self, number: int) -> None:
        self.fields[f"item-{number}"] = Words(most=80, required=False, label=gettext("Bahan"))
        self.fields[f"item-{number}"].widget.attrs["list"] = "bahan"
        self.fields[f"quantity-{number}"] = Quantity(required=False, label=gettext("Banyak"))
        self.fields[f"unit-{number}"] = Words(most=20, required=False, label=gettext("Satuan"))
        self.fields[f"unit-{number}"].widget.attrs["list"] = "satuan"
        price = Amount(self.at.group, chips=(), required=False, label=gettext("Harga satuan"))
        price.widget = forms.TextInput({"inputmode": "numeric", "autocomplete": "off", "class": "amount"})
        self.fields[f"price-{number}"] = price
        self.fields[f"supplier-{number}"] = Words(most=120, required=False, label=gettext("Beli di"))

    def _add_terms(self) -> None:
        asked = (self.product.terms if self.product else {}) | {}
        usual = asked.get("installments")
        times = self._when_empty(gettext("%(count)s kali") % {"count": usual} if usual else "")
        self.fields["installments"] = Count(required=False, when_empty=times, label=gettext("Berapa kali angsuran"))
        if usual:
            self.fields["installments"].widget.attrs["placeholder"] = str(usual)
        word = gettext(self.at.group.interest_word).capitalize()
        rate = asked.get("rate")
        share = self._when_empty(f"{words.comma(rate['percent'])}%" if rate else "")
        self.fields["percent"] = Percent(
            required=False, when_empty=share, label=gettext("%(word)s (%%)") % {"word": word}
        )
        self.fields["per"] = Choice(PER, required=False, label=gettext("Persen itu"))
        usual_first = [("", gettext("Menurut jenis pinjaman"))] if self.product else []
        self.fields["method"] = Choice([*usual_first, *METHODS], required=False, label=gettext("Cara menghitung"))
        self.fields["unit"] = Choice([*usual_first, *UNITS], required=False, label=gettext("Diangsur"))

    def _when_empty(self, usual: str) -> str:
        """`kosong = 5 kali`, of the product, which is named where there are several; nothing where it gives none."""
        if not usual or self.product is None:
            return ""
        if len(self.products) == 1:
            return gettext("kosong = %(usual)s") % {"usual": usual}
        return gettext("kosong = %(usual)s (%(product)s)") % {"usual": usual, "product": self.product.name}

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The lines as the template lays them out."""
        return [{name: self[f"{name}-{number}"] for name in LINE} for number in range(self.count)]

    @property
    def purchases(self) -> list[dict[str, Any]]:
        """The whole lines, as the endpoint reads them."""
        given = self.cleaned_data
        found = []
        for number in range(self.count):
            line = {name: given.get(f"{name}-{number}") for name in LINE}
            if all(line[name] for name in LINE[:4]):
                found.append(plain({("unit_price" if name == "price" else name): line[name] for name in LINE}))
        return found

    @property
    def total(self) -> int:
        """What the material costs."""
        return applications.cost([(Decimal(line["quantity"]), line["unit_price"]) for line in self.purchases])

    @property
    def own(self) -> dict[str, Any]:
        """The terms that differ from the product's, as the endpoint reads them."""
        given = self.cleaned_data
        found = {name: given.get(name) for name in ("installments", "method", "unit") if given.get(name)}
        if given.get("percent") is not None:
            found["rate"] = {"percent": given["percent"], "per": given.get("per") or "month"}
        return found

    @property
    def asked(self) -> dict[str, Any] | None:
        """Complete terms for a quote; None while something is missing."""
        found = (self.product.terms if self.product else {}) | self.own
        found |= {"principal": self.cleaned_data.get("principal"), "disbursed_on": self.at.today.isoformat()}
        return found if all(found.get(name) for name in ("principal", "rate", "method", "installments")) else None

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        for number in range(self.count):
            typed = [name for name in LINE if given.get(f"{name}-{number}") or f"{name}-{number}" in self.errors]
            for name in LINE[:4] if typed else ():
                if not given.get(f"{name}-{number}") and f"{name}-{number}" not in self.errors:
                    self.add_error(f"{name}-{number}", gettext("Belum diisi."))
        if given.get("principal") is None and "principal" not in self.errors:
            given["principal"] = self.total or None
            if not self.total:
                self.add_error("principal", gettext("Tulis jumlah pinjaman, atau isi bahannya."))
        if not given.get("purpose") and "purpose" not in self.errors:
            given["purpose"] = ", ".join(line["item"] for line in self.purchases)[:300]
            if not given["purpose"]:
                self.add_error("purpose", gettext("Belum diisi."))
        terms = (self.product.terms if self.product else {}) | self.own
        for name, place in (("installments", "installments"), ("rate", "percent"), ("method", "method")):
            if not terms.get(name) and place not in self.errors:
                self.add_error(place, gettext("Belum diisi."))
        return given

    def doubt(self) -> str:
        principal, total = self.cleaned_data["principal"], self.total
        if not total or principal < IMPROBABLE * total:
            return ""
        said = gettext("Benar pinjam %(principal)s? Bahannya hanya %(total)s.")
        return said % {"principal": words.money(self.at, principal), "total": words.money(self.at, total)}

    @property
    def body(self) -> dict[str, Any]:
        """What the endpoint is sent."""
        given = self.cleaned_data
        whose = given["member_id"] if self.at.officer else str(self.at.seat.member_id)
        found = {"member_id": whose, "principal": given["principal"], "purpose": given["purpose"]}
        if self.product:
            found["product"] = self.product.code
        return found | self.own | ({"purchases": self.purchases} if self.purchases else {})


def _lines_in(data: QueryDict | None) -> int:
    """How many lines a form has: those that were sent, and one more if she asked for it."""
    sent = sum(name.startswith("item-") for name in data) if data is not None else 0
    return min(max(sent + (1 if data is not None and "tambah" in data else 0), SHOWN), MOST)


class LoanNew(FormPage):
    """Ask for a loan. "Hitung" and "tambah bahan" store nothing; the price is told before she asks."""

    act = "request_loan"
    template = "loans/new.html"
    tab = "loans"
    money = True
    receipt = False
    priced: Quote | None = None
    draft: LoanForm | None = None

    def form(self, at: Sitting, data: QueryDict | None = None) -> LoanForm:
        return LoanForm(at, data, list(queries.products(at.group_id)))

    def post(self, request: HttpRequest, **path: Any) -> HttpResponse:
        if self.key is None or not {"hitung", "tambah"} & set(request.POST):
            return super().post(request, **path)
        form = in_book(self.at.group_id, self.at.user_id, lambda: self.form(self.at, request.POST))
        form.is_valid()
        return self.page(form, 200, **path)

    def page(self, form: Any, status: int, **path: Any) -> HttpResponse:
        if form is not None:
            self.draft = form
            asked = form.asked
            self.priced = quote(self.at, asked) if asked else None
            if {"hitung", "tambah"} & set(self.at.request.POST):
                form.errors.clear()
        return super().page(form, status, **path)

    def show(self, at: Sitting) -> dict[str, Any]:
        limits = self.limits(at) if self.priced else None
        return {
            "quote": self.priced,
            "total": self.draft.total if self.draft else 0,
            "limits": limits,
            "broken": any(not one["ok"] for one in limits or ()),
            "materials": suggestions(at),
            "units": UNITS_OF_GOODS,
        }

    def limits(self, at: Sitting) -> list[dict[str, Any]] | None:
        """What the request would meet if she asked now."""
        form = self.draft
        given = form.cleaned_data if form else {}
        whose = given.get("member_id") if at.officer else at.seat.member_id
        if form is None or not whose or not given.get("principal"):
            return None
        rules = applications.rules_of(form.product)
        loan = Loan(group_id=at.group_id, member_id=UUID(str(whose)), principal=given["principal"], rules=rules)
        return [applications.limit_json(one) for one in applications.limits(at.group, loan)]

    def send(self, at: Sitting, form: LoanForm) -> HttpResponse:
        done = at.do("loans", form.body, key=self.key)
        if words.over(at, done.data["limits"] or ()):
            messages.warning(at.request, gettext("Pengajuan tercatat, tetapi melewati batas kelompok."))
        else:
            messages.success(at.request, gettext("Pengajuan tercatat. Sekarang menunggu suara pengurus."))
        return back_to(at, "loan", loan_id=done.data["id"])

    def there(self, stored: Mapping[str, Any]) -> str:
        return reverse("p:loan", kwargs={"group_id": self.at.group_id, "loan_id": stored["id"]}) if stored else ""


def suggestions(at: Sitting) -> list[Mapping[str, Any]]:
    """Materials that were bought before with their latest price; to a member those of her own loans."""
    found = queries.prices(at.group_id).order_by("-id")
    hers = only_hers(at.here)
    latest: dict[str, Mapping[str, Any]] = {}
    for one in (found if hers is None else found.filter(loan__member_id=hers))[:300]:
        latest.setdefault(one.item.casefold(), {"item": one.item, "unit": one.unit, "price": one.bought_at})
    return list(latest.values())[:SUGGESTED]


class WithdrawForm(Act):
    """Why she takes it back."""

    def __init__(self, data: QueryDict | None) -> None:
        super().__init__(data)
        self.fields["reason"] = Words(label=gettext("Alasan"))


class LoanWithdraw(FormPage):
    """Take a request back before the money went out."""

    act = "withdraw_loan"
    template = "loans/act.html"
    tab = "loans"

    def form(self, at: Sitting, data: QueryDict | None = None, *, loan_id: UUID) -> WithdrawForm:
        loan_of(at.here, loan_id)
        return WithdrawForm(data)

    def show(self, at: Sitting, loan_id: UUID) -> dict[str, Any]:
        loan = loan_of(at.here, loan_id)
        return {
            "loan": loan,
            "called": words.called(words.members_by_id(at.group_id, [loan.member_id]).get(loan.member_id)),
            "title": gettext("Tarik pengajuan"),
            "lead": gettext("Pengajuan berakhir, dan uang yang disisihkan untuknya bebas lagi."),
            "primary": gettext("Tarik pengajuan"),
        }

    def send(self, at: Sitting, form: WithdrawForm, loan_id: UUID) -> HttpResponse:
        at.do("loan-withdrawal", {"reason": form.cleaned_data["reason"]}, loan_id=loan_id)
        messages.success(at.request, gettext("Pengajuan ditarik."))
        return back_to(at, "loan", loan_id=loan_id)
