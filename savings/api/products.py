"""Savings products: what may be saved, under which terms, now and before."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from ledger.money import LARGEST
from members.api.lists import listed, page, page_of
from members.door import GroupView, door
from members.errors import NotFound
from members.fields import Amount, Body, Choice, Day, Page, Percent, Text, Whole
from members.services import today_in
from members.strict import Malformed, Problem
from members.visit import Done, Here
from savings import dues, queries, services
from savings.models import HIGHEST_RATE, Product

CODE = re.compile(r"[a-z][a-z0-9_]*\Z")
LOCKED = Product.Withdrawable.FROM_DATE


class ProductCode(Text):
    """A word by which clients name a product: small letters, digits and `_`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=30, **options)

    def to_internal_value(self, data: Any) -> str:
        value = super().to_internal_value(data)
        if value and not (
            value.isascii() and value[0].islower() and value.replace("_", "a").isalnum() and value.islower()
        ):
            raise ValidationError("Kode terdiri dari huruf kecil, angka, dan garis bawah.", "invalid")
        return value


class Terms(Body):
    """What may change in a product later."""

    name = Text(max_length=80)
    withdrawable = Choice(choices=Product.Withdrawable.values)
    opens_on = Day(required=False, allow_null=True)
    term_months = Whole(min_value=1, max_value=600, required=False, allow_null=True)
    floor = Whole(min_value=0, max_value=LARGEST, required=False)
    amount = Amount(required=False, allow_null=True)
    every = Whole(min_value=1, max_value=366, required=False, allow_null=True)
    unit = Choice(choices=dues.UNITS, required=False, allow_null=True)
    rate = Percent(min_value=Decimal("0.01"), max_value=HIGHEST_RATE, required=False, allow_null=True)


class SavingsProductIn(Terms):
    code = ProductCode()
    nature = Choice(choices=Product.Nature.values)


class SavingsProductChange(Terms):
    from_on = Day(required=False, allow_null=True)


class DueTermsOut(serializers.Serializer[Any]):
    from_on = serializers.DateField(allow_null=True, help_text="null: sejak awal")
    amount = serializers.IntegerField(allow_null=True)
    every = serializers.IntegerField(allow_null=True)
    unit = serializers.ChoiceField(choices=dues.UNITS, allow_null=True)


class RateTermsOut(serializers.Serializer[Any]):
    from_on = serializers.DateField(allow_null=True, help_text="null: sejak awal")
    rate = Percent(allow_null=True)


class SavingsProductOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    created_at = serializers.DateTimeField()
    code = serializers.CharField()
    name = serializers.CharField()
    nature = serializers.ChoiceField(choices=Product.Nature.values)
    withdrawable = serializers.ChoiceField(choices=Product.Withdrawable.values)
    opens_on = serializers.DateField(allow_null=True)
    term_months = serializers.IntegerField(allow_null=True)
    floor = serializers.IntegerField()
    amount = serializers.IntegerField(allow_null=True, help_text="Setoran yang berlaku hari ini")
    every = serializers.IntegerField(allow_null=True)
    unit = serializers.ChoiceField(choices=dues.UNITS, allow_null=True)
    rate = Percent(allow_null=True, help_text="Persen setahun yang berlaku hari ini")
    account = serializers.CharField(help_text="Akun induk di bagan akun")
    dues = DueTermsOut(many=True)
    rates = RateTermsOut(many=True)


def product_json(product: Product, today: date) -> dict[str, Any]:
    """A product out of `queries.products`, with the terms of `today` and those of all times."""
    due = queries.due_on(product, today)
    return {
        "id": product.id,
        "created_at": product.created_at,
        "code": product.code,
        "name": product.name,
        "nature": product.nature,
        "withdrawable": product.withdrawable,
        "opens_on": product.opens_on,
        "term_months": product.term_months,
        "floor": product.floor,
        "amount": due and due.amount,
        "every": due and due.every,
        "unit": due and due.unit,
        "rate": written(queries.rate_on(product, today)),
        "account": product.parent,
        "dues": [
            {"from_on": since(one.from_on), "amount": one.amount, "every": one.every, "unit": one.unit}
            for one in product.dues.all()
        ],
        "rates": [{"from_on": since(one.from_on), "rate": written(one.rate)} for one in product.rates.all()],
    }


def written(rate: Decimal | None) -> str | None:
    return None if rate is None else f"{rate:.2f}"


def since(day: date) -> date | None:
    return None if day == services.ALWAYS else day


def incoherent(terms: Mapping[str, Any]) -> Iterator[Problem]:
    """What does not fit together: a lock without its day, half a rhythm."""
    days = [name for name in ("opens_on", "term_months") if terms.get(name) is not None]
    if len(days) != (1 if terms["withdrawable"] == LOCKED else 0):
        told = "from_date memerlukan tepat satu dari opens_on dan term_months; yang lain tidak memakai keduanya."
        yield Problem("/withdrawable", "invalid", told)
    if (terms.get("every") is None) != (terms.get("unit") is None):
        yield Problem("/every", "invalid", "every dan unit diisi bersama atau tidak sama sekali.")


def checked(terms: Mapping[str, Any]) -> None:
    """Raises Malformed."""
    problems = list(incoherent(terms))
    if problems:
        raise Malformed(problems)


def found(here: Here, product_id: UUID) -> Product:
    """A product of the group. Raises NotFound."""
    product = queries.products(here.group_id).filter(id=product_id).first()
    if product is None:
        raise NotFound()
    return product


def stored_product(here: Here, stored: dict[str, Any]) -> dict[str, Any]:
    return product_json(found(here, UUID(stored["id"])), today_in(here.seat.group))


class SavingsProductList(GroupView):
    @door("see_savings", query=Page, answer=page_of(SavingsProductOut))
    def get(self, here: Here, query: dict[str, Any]) -> Any:
        """The group's savings products; pokok, wajib and sukarela exist from the start."""
        rows, following = page(queries.products(here.group_id), query)
        today = today_in(here.seat.group)
        return listed([product_json(product, today) for product in rows], following)

    @door(
        "change_savings_products",
        body=SavingsProductIn,
        status=201,
        answer=SavingsProductOut,
        shown=stored_product,
    )
    def post(self, here: Here, body: dict[str, Any]) -> Done:
        """Open a product. With `amount` it is owed by every member, each `every` `unit`s, without these once."""
        checked(body)
        made = services.open_product(here.group_id, **body)
        return Done({"id": str(made.id)})


class SavingsProductDetail(GroupView):
    @door("see_savings", answer=SavingsProductOut)
    def get(self, here: Here, product_id: UUID) -> Any:
        """A product with its terms of today and of all times."""
        return product_json(found(here, product_id), today_in(here.seat.group))

    @door(
        "change_savings_products",
        body=SavingsProductChange,
        partial=True,
        answer=SavingsProductOut,
        shown=stored_product,
    )
    def patch(self, here: Here, product_id: UUID, body: dict[str, Any]) -> Done:
        """Change a product. A new amount or rate holds from `from_on`, today unless told, and leaves what was due and
        earned before; the first amount, and a rate while nobody has saved, hold from the start."""
        product, today = found(here, product_id), today_in(here.seat.group)
        from_on = body.pop("from_on", None)
        due = queries.due_on(product, from_on or today)
        now = {name: getattr(product, name) for name in ("withdrawable", "opens_on", "term_months")}
        checked(now | {"every": due and due.every, "unit": due and due.unit} | body)
        services.change_product(product, today=today, changes=body, from_on=from_on)
        return Done({"id": str(product_id)})
