"""Loan products, quotes, and what raw material cost."""

from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from loans import applications, pricing, queries, services, terms
from loans.allocation import ORDERS
from loans.api.fields import OfferedTerms, QuoteIn, Rate, agreed, malformed, offered, plain
from loans.models import EXCESSES, Product
from members.api.lists import listed, page, page_of
from members.door import GroupView, door
from members.errors import NotFound
from members.fields import Amount, Body, Choice, Page, Text, Whole
from members.visit import Done, Here
from savings import queries as savings
from savings.errors import NoSuchProduct


class PenaltyIn(Body):
    per = Choice(choices=["day", "month", "meeting"])
    percent = Rate(required=False, allow_null=True)
    amount = Amount(required=False, allow_null=True)
    grace_days = Whole(min_value=0, max_value=365, required=False, default=0)
    cap_percent = Rate(required=False, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if (attrs.get("percent") is None) == (attrs.get("amount") is None):
            raise ValidationError("Sebutkan salah satu: persen atau jumlah.", "invalid")
        return attrs


class LimitsIn(Body):
    savings_multiple = Rate(required=False, allow_null=True)
    max_principal = Amount(required=False, allow_null=True)


class CompulsoryIn(Body):
    product = Text(max_length=30)
    amount = Amount()


class LoanProductIn(OfferedTerms):
    code = serializers.RegexField(r"\A[a-z0-9][a-z0-9_-]{0,39}\Z")
    name = Text(max_length=80)
    allocation = Choice(choices=list(ORDERS), required=False)
    excess = Choice(choices=EXCESSES, required=False)
    penalty = PenaltyIn(required=False, allow_null=True)
    flat_rebate = Choice(choices=["none", "unearned"], required=False)
    limits = LimitsIn(required=False, allow_null=True)
    compulsory_savings = CompulsoryIn(required=False, allow_null=True)


class LoanProductOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    created_at = serializers.DateTimeField()
    code = serializers.CharField()
    name = serializers.CharField()
    terms = serializers.DictField()
    allocation = serializers.CharField()
    excess = serializers.ChoiceField(choices=EXCESSES)
    penalty = serializers.DictField(allow_null=True)
    flat_rebate = serializers.ChoiceField(choices=["none", "unearned"])
    limits = serializers.DictField()
    compulsory_savings = serializers.DictField(allow_null=True)


def product_json(product: Product) -> dict[str, Any]:
    names = (
        *("id", "created_at", "code", "name", "terms", "allocation", "excess", "penalty", "flat_rebate", "limits"),
        "compulsory_savings",
    )
    return {name: getattr(product, name) for name in names}


def stored_product(here: Here, stored: dict[str, Any]) -> dict[str, Any]:
    return product_json(queries.products(here.group_id).get(id=stored["id"]))


def product_of(here: Here, code_or_id: str) -> Product:
    """A product by its code or its id. Raises NoSuchProduct."""
    found = queries.products(here.group_id)
    try:
        by_id = found.filter(id=UUID(code_or_id)).first()
    except ValueError:
        by_id = None
    product = by_id or found.filter(code=code_or_id).first()
    if product is None:
        raise NoSuchProduct(product=code_or_id)
    return product


class LoanProductList(GroupView):
    @door("see_loans", query=Page, answer=page_of(LoanProductOut))
    def get(self, here: Here, query: dict[str, Any]) -> Any:
        """What the group lends."""
        rows, following = page(queries.products(here.group_id), query)
        return listed([product_json(one) for one in rows], following)

    @door("change_loan_products", body=LoanProductIn, status=201, answer=LoanProductOut, shown=stored_product)
    def post(self, here: Here, body: dict[str, Any]) -> Done:
        """Add a product: terms that a loan has unless it says otherwise, and the rules it is held to."""
        saved = body.get("compulsory_savings")
        if saved and savings.product(here.group_id, saved["product"]) is None:
            raise NoSuchProduct(product=saved["product"])
        names = ("allocation", "excess", "penalty", "flat_rebate", "limits", "compulsory_savings")
        rules = {name: plain(body[name]) for name in names if body.get(name) is not None}
        made = applications.open_product(
            here.group_id, code=body["code"], name=body["name"], offered=offered(body), **rules
        )
        return Done({"id": str(made.id)})


class LoanProductDetail(GroupView):
    @door("see_loans", answer=LoanProductOut)
    def get(self, here: Here, loan_product_id: UUID) -> Any:
        """One product."""
        found = queries.products(here.group_id).filter(id=loan_product_id).first()
        if found is None:
            raise NotFound()
        return product_json(found)


class QuoteRowOut(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    due_on = serializers.DateField()
    principal = serializers.IntegerField()
    interest = serializers.IntegerField()
    fee = serializers.IntegerField()
    due = serializers.IntegerField()
    balance = serializers.IntegerField()


class PriceWarningOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    detail = serializers.CharField()
    percent = serializers.CharField()
    cap = serializers.CharField()


class QuoteOut(serializers.Serializer[Any]):
    installments = QuoteRowOut(many=True)
    total_interest = serializers.IntegerField()
    total_fees = serializers.IntegerField()
    total_due = serializers.IntegerField()
    received = serializers.IntegerField()
    apr_percent = serializers.CharField(allow_null=True)
    effective_annual_rate_percent = serializers.CharField(allow_null=True)
    warnings = PriceWarningOut(many=True)


def percent(value: Any) -> str | None:
    return None if value is None else f"{value:.2f}"


def warnings_json(here: Here, priced: pricing.Price, asked: terms.Terms) -> list[dict[str, Any]]:
    """What is dear about it, by the group's cap."""
    cap = here.seat.group.rate_cap_percent
    return [
        {"code": one.code, "detail": one.detail, "percent": percent(one.percent), "cap": percent(one.cap)}
        for one in pricing.warnings(priced, asked.annual_percent, cap)
    ]


class QuoteList(GroupView):
    @door("quote_loan", body=QuoteIn, answer=QuoteOut)
    def post(self, here: Here, body: dict[str, Any]) -> Done:
        """What a loan on these terms would cost, instalment by instalment; stores nothing."""
        group = here.seat.group
        asked = agreed(plain(body), digits=group.digits, multiple=group.installment_multiple)
        try:
            rows, priced = services.quote(group, asked, {})
        except terms.BadTerms as bad:
            raise malformed(bad) from None
        names = ("number", "principal", "interest", "fee", "due", "balance")
        shown = [{"due_on": row.due_on.isoformat()} | {name: getattr(row, name) for name in names} for row in rows]
        return Done(
            {
                "installments": shown,
                "total_interest": priced.total_interest,
                "total_fees": priced.total_fees,
                "total_due": sum(row.due for row in rows),
                "received": priced.received,
                "apr_percent": percent(priced.apr_percent),
                "effective_annual_rate_percent": percent(priced.effective_annual_rate_percent),
                "warnings": warnings_json(here, priced, asked),
            }
        )


class MaterialsQuery(Page):
    item = Text(max_length=80, required=False)


class MaterialOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    loan_id = serializers.UUIDField()
    bought_on = serializers.DateField()
    item = serializers.CharField()
    quantity = serializers.CharField()
    unit = serializers.CharField()
    planned_unit_price = serializers.IntegerField()
    unit_price = serializers.IntegerField(help_text="Harga yang dibayar")
    supplier = serializers.CharField(allow_null=True)


class MaterialList(GroupView):
    @door("see_portfolio", query=MaterialsQuery, answer=page_of(MaterialOut))
    def get(self, here: Here, query: dict[str, Any]) -> Any:
        """What raw material cost, by item and supplier, as loans that were paid out bought it."""
        rows, following = page(queries.prices(here.group_id, item=query.get("item")), query)
        return listed([material_json(one) for one in rows], following)


def material_json(bought: Any) -> dict[str, Any]:
    return {
        "id": bought.id,
        "loan_id": bought.loan_id,
        "bought_on": bought.loan.disbursed_on,
        "item": bought.item,
        "quantity": quantity(bought.quantity),
        "unit": bought.unit,
        "planned_unit_price": bought.unit_price,
        "unit_price": bought.bought_at,
        "supplier": bought.supplier,
    }


def quantity(value: Any) -> str:
    """Without needless zeros: 50, 0.5."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
