"""What the group saves in: the list of products, a new one, and what may change later."""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.utils.translation import gettext, gettext_lazy

from ledger.dates import long_day
from ledger.money import written
from members.errors import NotFound
from members.forms import Act, Amount, Choice, Day, Words, plain
from members.page import FormPage, Page, Sitting, back_to
from savings import queries
from savings.models import Due, Product

NATURES = [
    ("liability", gettext_lazy("Titipan anggota")),
    ("equity", gettext_lazy("Modal anggota")),
]
WITHDRAWABLE = {
    "any": gettext_lazy("Kapan saja"),
    "leaving": gettext_lazy("Hanya kalau keluar dari kelompok"),
    "from_date": gettext_lazy("Mulai suatu tanggal, atau sekian bulan sesudah setoran pertama"),
    "never": gettext_lazy("Tidak dapat diambil"),
}
RHYTHMS = {
    "once": gettext_lazy("sekali, waktu masuk"),
    "1 day": gettext_lazy("tiap hari"),
    "1 week": gettext_lazy("tiap minggu"),
    "2 week": gettext_lazy("tiap dua minggu"),
    "1 month": gettext_lazy("tiap bulan"),
    "3 month": gettext_lazy("tiap tiga bulan"),
    "12 month": gettext_lazy("tiap tahun"),
}
UNITS = {"day": gettext_lazy("hari"), "week": gettext_lazy("minggu"), "month": gettext_lazy("bulan")}
RATE = re.compile(r"([0-9]{1,2})(?:[.,]([0-9]{1,2}))?")


@dataclass(frozen=True, slots=True)
class Terms:
    """A product as the list says it: what it asks for, when it may be taken, what it earns in percent a year."""

    product: Product
    asks: str
    taken: str
    rate: Decimal | None


class SavingsProducts(Page):
    """The group's products with the terms of today."""

    act = "see_savings"
    template = "savings/products.html"
    tab = "more"

    def show(self, at: Sitting) -> dict[str, Any]:
        return {"products": [terms(at, one) for one in queries.products(at.group_id)]}


def terms(at: Sitting, product: Product) -> Terms:
    """A product out of `queries.products` in words."""
    due = queries.due_on(product, at.today)
    asks = ""
    if due and due.amount:
        amount = written(due.amount, at.group.currency, at.group.digits)
        asks = f"{amount} {said(rhythm(due))}"
    return Terms(product, asks, taken(product), queries.rate_on(product, at.today))


def taken(product: Product) -> str:
    """When it may be taken out."""
    if product.opens_on is not None:
        return gettext("Diambil mulai %(day)s") % {"day": long_day(product.opens_on)}
    if product.term_months is not None:
        return gettext("Diambil %(months)s bulan sesudah setoran pertama") % {"months": product.term_months}
    words = {
        "any": gettext("Diambil kapan saja"),
        "leaving": gettext("Diambil kalau keluar dari kelompok"),
        "never": gettext("Tidak dapat diambil"),
    }
    return words.get(product.withdrawable, "")


def rhythm(due: Due | None) -> str:
    """`once`, `1 month`: as the form's choice has it."""
    return "once" if due is None or due.every is None else f"{due.every} {due.unit}"


def said(rhythm: str) -> str:
    """A rhythm in words, also one that the form does not offer."""
    if rhythm in RHYTHMS:
        return str(RHYTHMS[rhythm])
    every, unit = rhythm.split()
    return gettext("tiap %(count)s %(unit)s") % {"count": every, "unit": UNITS[unit]}


class RateField(forms.CharField):
    """`6` or `6,5`: percent a year, cleaned to `"6.50"`; empty: None."""

    def prepare_value(self, value: Any) -> Any:
        return value.replace(".", ",") if isinstance(value, str) else value

    def clean(self, value: Any) -> str | None:
        text = super().clean(value).strip().removesuffix("%").strip()
        if not text:
            return None
        found = RATE.fullmatch(text)
        if not found:
            raise forms.ValidationError(gettext("Tulis persennya seperti 6 atau 6,5."))
        return f"{int(found[1])}.{(found[2] or '').ljust(2, '0')}"


class ProductForm(Act):
    """A new product, or one that is there (`product`), whose nature stays."""

    places = {"every": "rhythm", "unit": "rhythm", "product_exists": "name", "code": "name"}

    def __init__(self, at: Sitting, data: QueryDict | None, product: Product | None) -> None:
        due = queries.due_on(product, at.today) if product else None
        super().__init__(
            data, initial=standing(at, product, due) if product else {"rhythm": "1 month", "nature": "liability"}
        )
        rhythms = {**RHYTHMS, rhythm(due): said(rhythm(due))}
        self.fields["name"] = Words(most=80, label=gettext("Nama simpanan"))
        if product is None:
            self.fields["nature"] = Choice(
                NATURES,
                chips=True,
                label=gettext("Sebagai apa"),
                help_text=gettext("Titipan seperti simpanan sukarela; modal seperti pokok dan wajib."),
            )
        self.fields["amount"] = Amount(at.group, required=False, label=gettext("Yang ditagih dari tiap anggota"))
        self.fields["rhythm"] = Choice(list(rhythms.items()), label=gettext("Berapa sering"))
        self.fields["withdrawable"] = Choice(list(WITHDRAWABLE.items()), label=gettext("Kapan dapat diambil"))
        self.fields["opens_on"] = Day(required=False, label=gettext("Dapat diambil mulai"))
        self.fields["term_months"] = forms.IntegerField(
            required=False, min_value=1, max_value=600, label=gettext("atau sekian bulan sesudah setoran pertama")
        )
        self.fields["floor"] = Amount(
            at.group, required=False, zero=True, chips=(), label=gettext("Yang harus tetap tinggal")
        )
        self.fields["rate"] = RateField(required=False, max_length=6, label=gettext("Jasa setahun (persen)"))
        if product is not None:
            self.fields["from_on"] = Day(
                required=False,
                label=gettext("Tagihan dan jasa yang baru berlaku mulai"),
                help_text=gettext("Kosong: mulai hari ini. Yang sudah lewat tidak berubah."),
            )

    @property
    def first(self) -> list[forms.BoundField]:
        """What every product has."""
        return [self[name] for name in ("name", "nature", "amount", "rhythm", "withdrawable") if name in self.fields]

    @property
    def further(self) -> list[forms.BoundField]:
        """What few have."""
        names = ("opens_on", "term_months", "floor", "rate", "from_on")
        return [self[name] for name in names if name in self.fields]

    @property
    def further_is_open(self) -> bool:
        """Whether something stands there, or is wrong with it, or may have to be said."""
        return self.is_bound or any(self.initial.get(one.name) for one in self.further)

    def due(self) -> dict[str, Any]:
        """What it asks for, as the endpoint reads it."""
        amount, chosen = self.cleaned_data["amount"], self.cleaned_data["rhythm"]
        if amount is None or chosen == "once":
            return {"amount": amount, "every": None, "unit": None}
        every, unit = chosen.split()
        return {"amount": amount, "every": int(every), "unit": unit}

    def changes(self) -> dict[str, Any]:
        """What differs from what stands, as the endpoint reads it."""
        given = self.cleaned_data
        changed = {name for name, value in given.items() if (value or None) != (self.initial.get(name) or None)}
        same = ("name", "withdrawable", "term_months", "rate")
        found: dict[str, Any] = {name: given[name] for name in same if name in changed}
        if "opens_on" in changed:
            found["opens_on"] = given["opens_on"].isoformat() if given["opens_on"] else None
        if "floor" in changed:
            found["floor"] = given["floor"] or 0
        if changed & {"amount", "rhythm"}:
            found |= self.due()
        if given["from_on"] and found:
            found["from_on"] = given["from_on"].isoformat()
        return found


def standing(at: Sitting, product: Product, due: Due | None) -> dict[str, Any]:
    """A product as its form shows it."""
    rate = queries.rate_on(product, at.today)
    names = ("name", "withdrawable", "opens_on", "term_months")
    return {name: getattr(product, name) for name in names} | {
        "amount": due and due.amount,
        "rhythm": rhythm(due) if due and due.amount else "1 month",
        "floor": product.floor or None,
        "rate": None if rate is None else f"{rate:.2f}",
    }


def code_of(name: str) -> str:
    """The word by which clients name a product: `Simpanan Hari Raya` is `simpanan_hari_raya`."""
    plain_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "_", plain_name).strip("_0123456789")[:30].strip("_") or "simpanan_lain"


class NewSavingsProduct(FormPage):
    """One more thing to save for."""

    act = "change_savings_products"
    template = "savings/product.html"
    tab = "more"

    def form(self, at: Sitting, data: QueryDict | None = None) -> ProductForm:
        return ProductForm(at, data, None)

    def send(self, at: Sitting, form: ProductForm) -> HttpResponse:
        given = form.cleaned_data
        names = ("name", "nature", "withdrawable", "opens_on", "term_months", "floor", "rate")
        at.do(
            "savings-products",
            plain({name: given[name] for name in names} | form.due()) | {"code": code_of(given["name"])},
        )
        messages.success(at.request, gettext("Jenis simpanan sudah ditambahkan."))
        return back_to(at, "savings-products")


class SavingsProduct(FormPage):
    """What changes in a product; what was due and earned before stays."""

    act = "change_savings_products"
    template = "savings/product.html"
    tab = "more"

    def form(self, at: Sitting, data: QueryDict | None = None, *, savings_product_id: UUID) -> ProductForm:
        product = queries.products(at.group_id).filter(id=savings_product_id).first()
        if product is None:
            raise NotFound()
        return ProductForm(at, data, product)

    def show(self, at: Sitting, savings_product_id: UUID) -> dict[str, Any]:
        return {"product": queries.products(at.group_id).get(id=savings_product_id)}

    def send(self, at: Sitting, form: ProductForm, savings_product_id: UUID) -> HttpResponse:
        changes = form.changes()
        if changes:
            at.do("savings-product", changes, method="PATCH", product_id=savings_product_id)
            messages.success(at.request, gettext("Perubahan sudah disimpan."))
        return back_to(at, "savings-products")
