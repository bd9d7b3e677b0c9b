"""What the group lends: its products with their conditions, and a new one."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.utils.text import slugify
from django.utils.translation import gettext, gettext_lazy

from loans import queries
from loans.models import Product
from loans.views import words
from loans.views.typed import METHODS, PER, UNITS, Count, Percent, Quantity
from members.forms import Act, Amount, Choice, Words
from members.page import FormPage, Page, Sitting, back_to


class LoanProducts(Page):
    """What is lent on which conditions."""

    act = "see_loans"
    template = "loans/products.html"
    tab = "loans"

    def show(self, at: Sitting) -> dict[str, Any]:
        return {
            "rows": [(one, words.condition(at, one.terms), facts(at, one)) for one in queries.products(at.group_id)]
        }


EXCESS = {
    "hold": gettext_lazy("Uang lebih menjadi titipan untuk angsuran berikutnya."),
    "pay_ahead": gettext_lazy("Uang lebih langsung membayar angsuran berikutnya."),
    "sukarela": gettext_lazy("Uang lebih masuk simpanan sukarela."),
    "refuse": gettext_lazy("Uang lebih tidak diterima."),
}


def facts(at: Sitting, product: Product) -> list[str]:
    """What else a product says, one sentence each."""
    said, limits, penalty = [], product.limits or {}, product.penalty
    if limits.get("max_principal"):
        said.append(gettext("Paling banyak %(sum)s.") % {"sum": words.money(at, limits["max_principal"])})
    if limits.get("savings_multiple"):
        said.append(
            gettext("Paling banyak %(times)s kali simpanan.") % {"times": words.comma(limits["savings_multiple"])}
        )
    if penalty:
        said.append(fine(at, penalty))
    for fee in product.terms.get("fees") or ():
        much = words.money(at, fee["amount"]) if fee.get("amount") else f"{words.comma(fee['percent'])}%"
        when = gettext("di muka") if fee["when"] == "upfront" else gettext("tiap angsuran")
        said.append(gettext("%(kind)s %(much)s %(when)s.") % {"kind": fee["kind"], "much": much, "when": when})
    saved = product.compulsory_savings
    if saved:
        said.append(gettext("Menabung %(sum)s tiap angsuran.") % {"sum": words.money(at, saved["amount"])})
    said.append(str(EXCESS[product.excess]))
    return said


PENALTY_PER = {
    "day": gettext_lazy("sehari"),
    "month": gettext_lazy("sebulan"),
    "meeting": gettext_lazy("tiap pertemuan"),
}


def fine(at: Sitting, penalty: dict[str, Any]) -> str:
    """`Denda Rp1.000 sehari sesudah 3 hari, paling banyak 10%.`"""
    much = words.money(at, penalty["amount"]) if penalty.get("amount") else f"{words.comma(penalty['percent'])}%"
    said = gettext("Denda %(much)s %(per)s") % {"much": much, "per": PENALTY_PER[penalty["per"]]}
    if penalty.get("grace_days"):
        said += " " + gettext("sesudah %(days)s hari") % {"days": penalty["grace_days"]}
    if penalty.get("cap_percent"):
        said += ", " + gettext("paling banyak %(cap)s%% dari angsuran") % {"cap": words.comma(penalty["cap_percent"])}
    return said + "."


class ProductForm(Act):
    """A name, the conditions, and what protects the group."""

    places = {
        "account_exists": "name",
        "code": "name",
        "rate/percent": "percent",
        "limits/savings_multiple": "savings_multiple",
        "penalty/cap_percent": "cap_percent",
    }

    def __init__(self, at: Sitting, data: QueryDict | None) -> None:
        super().__init__(data, initial={"per": "month", "method": "flat", "unit": "month", "excess": "hold"})
        word = gettext(at.group.interest_word).capitalize()
        self.fields["name"] = Words(most=80, label=gettext("Nama jenis pinjaman"))
        self.fields["percent"] = Percent(label=gettext("%(word)s (%%)") % {"word": word})
        self.fields["per"] = Choice(PER, chips=True, label=gettext("Persen itu"))
        self.fields["method"] = Choice(METHODS, label=gettext("Cara menghitung"))
        self.fields["installments"] = Count(label=gettext("Berapa kali angsuran"))
        self.fields["unit"] = Choice(UNITS, chips=True, label=gettext("Diangsur"))
        self.fields["max_principal"] = Amount(
            at.group, chips=(100_000, 500_000, 1_000_000), required=False, label=gettext("Pinjaman paling banyak")
        )
        self.fields["savings_multiple"] = Quantity(required=False, label=gettext("Paling banyak berapa kali simpanan"))
        self.fields["penalty"] = Amount(
            at.group, chips=(500, 1_000, 5_000), required=False, label=gettext("Denda sehari")
        )
        self.fields["grace_days"] = Count(
            least=0, most=365, required=False, label=gettext("Denda mulai sesudah (hari)")
        )
        self.fields["cap_percent"] = Percent(required=False, label=gettext("Denda paling banyak (% dari angsuran)"))
        self.fields["upfront"] = Percent(most=99, required=False, label=gettext("Biaya di muka (% dari pinjaman)"))
        choices = [(code, str(label)) for code, label in EXCESS.items() if code != "sukarela"]
        self.fields["excess"] = Choice(choices, label=gettext("Kalau bayarnya lebih"))

    @property
    def body(self) -> dict[str, Any]:
        """As the endpoint reads it; the code is made of the name."""
        given = self.cleaned_data
        found: dict[str, Any] = {
            "code": slugify(given["name"])[:40].strip("-") or "pinjaman",
            "name": given["name"],
            "rate": {"percent": given["percent"], "per": given["per"]},
            "excess": given["excess"],
            **{name: given[name] for name in ("method", "installments", "unit")},
        }
        limits = {name: given[name] for name in ("max_principal", "savings_multiple") if given.get(name)}
        if limits:
            found["limits"] = limits
        if given.get("penalty"):
            rule = {"per": "day", "amount": given["penalty"], "grace_days": given.get("grace_days") or 0}
            found["penalty"] = rule | ({"cap_percent": given["cap_percent"]} if given.get("cap_percent") else {})
        if given.get("upfront"):
            found["fees"] = [{"kind": gettext("Biaya administrasi"), "percent": given["upfront"], "when": "upfront"}]
        return found


class LoanProductNew(FormPage):
    """Add a product."""

    act = "change_loan_products"
    template = "loans/product_new.html"
    tab = "loans"

    def form(self, at: Sitting, data: QueryDict | None = None) -> ProductForm:
        return ProductForm(at, data)

    def send(self, at: Sitting, form: ProductForm) -> HttpResponse:
        at.do("loan-products", form.body)
        messages.success(at.request, gettext("Jenis pinjaman tercatat."))
        return back_to(at, "loan-products")
