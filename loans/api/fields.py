"""What a request about loans may contain: terms as they are published, percents and quantities as texts."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from ledger.money import LARGEST
from loans import terms
from loans.models import METHODS
from members.fields import Amount, Body, Choice, Day, Text, Whole
from members.strict import Malformed, Problem

RATE = re.compile(r"[0-9]{1,4}(\.[0-9]{1,6})?\Z")
QUANTITY = re.compile(r"[0-9]{1,9}(\.[0-9]{1,3})?\Z")


@extend_schema_field({"type": "string", "pattern": r"^[0-9]{1,4}(\.[0-9]{1,6})?$"})
class Rate(serializers.CharField):
    """A percentage as text, at most six places: `"1.5"`."""

    pattern, example = RATE, "1.5"

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str) or not self.pattern.match(data):
            raise ValidationError(f'Harus berupa teks seperti "{self.example}".', "invalid")
        return data


@extend_schema_field({"type": "string", "pattern": r"^[0-9]{1,9}(\.[0-9]{1,3})?$"})
class Quantity(Rate):
    """How much of something, as text with at most three places, above 0: `"50"`."""

    pattern, example = QUANTITY, "50"

    def to_internal_value(self, data: Any) -> str:
        value = super().to_internal_value(data)
        if not Decimal(value):
            raise ValidationError("Harus lebih dari 0.", "out_of_range")
        return value


class RateIn(Body):
    percent = Rate()
    per = Choice(choices=["month", "year"])


class FeeIn(Body):
    kind = Text(max_length=60)
    percent = Rate(required=False, allow_null=True)
    amount = Amount(required=False, allow_null=True)
    when = Choice(choices=["upfront", "installment"])


class RowIn(Body):
    due_on = Day()
    principal = Whole(min_value=0, max_value=LARGEST)
    interest = Whole(min_value=0, max_value=LARGEST, required=False, allow_null=True)


class OfferedTerms(Body):
    """Any terms but the sum and the day: what a product offers, or a reschedule changes."""

    rate = RateIn(required=False)
    method = Choice(choices=METHODS, required=False)
    installments = Whole(min_value=1, max_value=600, required=False)
    minor_digits = Whole(min_value=0, max_value=3, required=False, allow_null=True)
    first_due_on = Day(required=False, allow_null=True)
    every = Whole(min_value=1, max_value=366, required=False)
    unit = Choice(choices=["day", "week", "month"], required=False)
    interest_basis = Choice(
        choices=["per_installment", "actual_365", "actual_360", "actual_364", "actual_actual"], required=False
    )
    rounding = Choice(choices=["half_up", "half_even"], required=False)
    installment_multiple = Whole(min_value=0, max_value=LARGEST, required=False)
    grace_principal = Whole(min_value=0, max_value=600, required=False)
    grace_interest = Whole(min_value=0, max_value=600, required=False)
    due_dates = Choice(choices=["as_counted", "next_workday", "meeting_day"], required=False)
    fees = serializers.ListField(child=FeeIn(), required=False, max_length=20)
    rows = serializers.ListField(child=RowIn(), required=False, max_length=600)


class QuoteIn(OfferedTerms):
    principal = Amount()
    rate = RateIn()
    method = Choice(choices=METHODS)
    installments = Whole(min_value=1, max_value=600)
    disbursed_on = Day()


TERMS = tuple(OfferedTerms._declared_fields)


class TermsOut(serializers.Serializer[Any]):
    principal = serializers.IntegerField()
    rate = serializers.DictField()
    method = serializers.ChoiceField(choices=METHODS)
    installments = serializers.IntegerField()
    disbursed_on = serializers.DateField(allow_null=True)
    first_due_on = serializers.DateField(allow_null=True)
    minor_digits = serializers.IntegerField()
    every = serializers.IntegerField()
    unit = serializers.CharField()
    interest_basis = serializers.CharField()
    rounding = serializers.CharField()
    installment_multiple = serializers.IntegerField()
    grace_principal = serializers.IntegerField()
    grace_interest = serializers.IntegerField()
    due_dates = serializers.CharField()
    fees = serializers.ListField(child=serializers.DictField())
    rows = serializers.ListField(child=serializers.DictField())


def plain(value: Any) -> Any:
    """What was read, as JSON keeps it."""
    if isinstance(value, Mapping):
        return {name: plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value


def offered(body: Mapping[str, Any]) -> dict[str, Any]:
    """The terms in a body, without those that say nothing."""
    return {name: plain(body[name]) for name in TERMS if body.get(name) is not None}


def agreed(given: Mapping[str, Any], *, digits: int, multiple: int = 0) -> terms.Terms:
    """Complete terms of a group: its digits, its multiple unless told. Raises Malformed with the place."""
    try:
        return terms.from_json({"installment_multiple": multiple} | dict(given) | {"minor_digits": digits})
    except terms.BadTerms as bad:
        raise malformed(bad) from None


def malformed(bad: terms.BadTerms, *, under: str = "") -> Malformed:
    """A term that cannot be, at its place in the body, below the pointer `under`."""
    return Malformed([Problem(f"{under}/{bad.field}" if bad.field else under, bad.code, bad.detail)])
