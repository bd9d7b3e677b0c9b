"""What a request may contain: serializers that refuse what they do not know, and fields that convert nothing.

An amount is a JSON integer and nothing else: `"1000"`, `1.0`, `1e3` and `true` are refused by name.
"""

import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from django.utils.translation import gettext
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from ledger.money import LARGEST
from members import text
from members.strict import Malformed, Problem, pointer

SENTENCES = {
    "required": "Wajib diisi.",
    "null": "Tidak boleh kosong.",
    "blank": "Tidak boleh kosong.",
    "not_a_list": "Harus berupa daftar.",
    "invalid_choice": "Pilihan ini tidak dikenal.",
    "min_length": "Terlalu pendek atau terlalu sedikit.",
    "max_length": "Terlalu panjang atau terlalu banyak.",
}
CODES = {"required", "unknown_field", "not_an_integer", "out_of_range", "invalid", "duplicate_key"}
UUID_TEXT = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
PERCENT = re.compile(r"[0-9]{1,3}(\.[0-9]{1,2})?\Z")
COUNT = re.compile(r"[0-9]{1,9}\Z")
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2200, 12, 31)


class Body(serializers.Serializer[Any]):
    """The fields of a request. A field it does not have is refused by name."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, Mapping):
            raise ValidationError({"non_field_errors": ["Harus berupa objek JSON."]}, code="invalid")
        unknown = {name: ["Nama ini tidak dikenal di sini."] for name in data if name not in self.fields}
        if unknown:
            raise ValidationError(unknown, code="unknown_field")
        return super().to_internal_value(data)


class Whole(serializers.IntegerField):
    """A JSON integer within `min_value` and `max_value`, both inclusive."""

    def to_internal_value(self, data: Any) -> int:
        if type(data) is not int:
            raise ValidationError(
                "Harus bilangan bulat JSON: tanpa pecahan, eksponen, atau tanda kutip.", "not_an_integer"
            )
        return data

    def run_validators(self, value: Any) -> None:
        low, high = self.min_value, self.max_value
        if value is not None and ((low is not None and value < low) or (high is not None and value > high)):
            raise ValidationError(
                gettext("Harus dari %(low)s sampai %(high)s.") % {"low": low, "high": high}, "out_of_range"
            )


class Flag(serializers.BooleanField):
    """`true` or `false`, and no word or number that could mean them."""

    def to_internal_value(self, data: Any) -> bool:
        if type(data) is not bool:
            raise ValidationError("Harus true atau false.", "invalid")
        return data


class Amount(Whole):
    """Money: 1 to 10^15 of the currency's smallest payable unit."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"min_value": 1, "max_value": LARGEST} | options)


class Text(serializers.CharField):
    """Words a person wrote: control and direction characters are taken out, white space is made single, NFC."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"trim_whitespace": False, "max_length": 300} | options)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            raise ValidationError("Harus berupa teks.", "invalid")
        try:
            return text.cleaned(data)
        except ValueError:
            raise ValidationError("Berisi tanda yang tidak dapat disimpan.", "invalid")

    def run_validation(self, data: Any = serializers.empty) -> Any:
        value = super().run_validation(data)
        if value == "":
            if not self.allow_blank:
                raise ValidationError(SENTENCES["blank"], "invalid")
            return None
        return value


class Username(serializers.RegexField):
    """A name to sign in with; capital letters are made small behind it."""

    def __init__(self, **options: Any) -> None:
        sentence = "Nama pengguna: dua sampai 60 huruf kecil, angka, titik, atau tanda hubung, tanpa spasi."
        super().__init__(r"\A[A-Za-z0-9][A-Za-z0-9._@+-]{1,59}\Z", error_messages={"invalid": sentence}, **options)


class Secret(serializers.CharField):
    """A password or PIN, taken as it is; at most 200 characters, so that hashing stays cheap."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"trim_whitespace": False, "max_length": 200, "write_only": True} | options)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str) or "\0" in data or not data.isprintable():
            raise ValidationError("Harus berupa teks yang dapat dicetak.", "invalid")
        return data


class Day(serializers.DateField):
    """A day, `2026-03-31`, in the group's time zone."""

    def to_internal_value(self, data: Any) -> date:
        try:
            day = date.fromisoformat(data) if isinstance(data, str) and DAY.match(data) else None
        except ValueError:
            day = None
        if day is None:
            raise ValidationError("Harus tanggal seperti 2026-03-31.", "invalid")
        if not FIRST_DAY <= day <= LAST_DAY:
            within = {"low": FIRST_DAY, "high": LAST_DAY}
            raise ValidationError(gettext("Harus dari %(low)s sampai %(high)s.") % within, "out_of_range")
        return day


class Id(serializers.UUIDField):
    """The id of something, a UUID with its dashes."""

    def to_internal_value(self, data: Any) -> UUID:
        if not isinstance(data, str) or not UUID_TEXT.match(data):
            raise ValidationError("Harus UUID.", "invalid")
        return UUID(data)


class Choice(serializers.ChoiceField):
    """One of the words."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str) or data not in self.choices:
            known = ", ".join(map(str, self.choices))
            raise ValidationError(gettext("Harus salah satu dari: %(known)s.") % {"known": known}, "invalid")
        return data


@extend_schema_field({"type": "string", "pattern": r"^[0-9]{1,3}\.[0-9]{2}$"})
class Percent(serializers.DecimalField):
    """A percentage as a string with two places: `"24.00"`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_digits=5, decimal_places=2, **options)

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str) or not PERCENT.match(data):
            raise ValidationError('Harus berupa teks seperti "24.00".', "invalid")
        return super().to_internal_value(data)


class Query(Body):
    """What stands behind the question mark: text, each name once."""


class Count(Whole):
    """A whole number in a query, written in digits and nothing else."""

    def to_internal_value(self, data: Any) -> int:
        if not isinstance(data, str) or not COUNT.match(data):
            raise ValidationError("Harus bilangan bulat.", "not_an_integer")
        return int(data)


class Page(Query):
    """Which page of a list: the `next` of the page before, and how many results (50, at most 200)."""

    cursor = Text(required=False, max_length=200)
    limit = Count(required=False, min_value=1, max_value=200, default=50)


def read(kind: type[Body], data: Any, *, partial: bool = False) -> dict[str, Any]:
    """`data` as `kind` takes it. Raises Malformed with every field that is wrong."""
    try:
        return dict(_reader(kind, partial).run_validation(data))
    except ValidationError as error:
        raise Malformed(list(problems(error.detail))) from None


@cache
def _reader(kind: type[Body], partial: bool) -> Body:
    """One serializer for all requests: validating leaves nothing in it, and making one costs more than using it."""
    return kind(partial=partial)


def read_query(kind: type[Query], given: Mapping[str, list[str]]) -> dict[str, Any]:
    """A query string as `kind` takes it. Raises Malformed, also for a name given twice."""
    if not given and not kind._declared_fields:
        return {}
    twice = [name for name, values in given.items() if len(values) > 1]
    if twice:
        raise Malformed([Problem(f"?{name}", "duplicate_key", "Diberikan lebih dari sekali.") for name in twice])
    try:
        return read(kind, {name: values[0] for name, values in given.items()})
    except Malformed as malformed:
        raise Malformed([problem._replace(pointer="?" + problem.pointer[1:]) for problem in malformed.problems])


def problems(errors: Any, *steps: object) -> Any:
    """A serializer's errors, one by one with their places."""
    if isinstance(errors, ErrorDetail):
        theirs = errors.code or "invalid"
        yield Problem(pointer(*steps), theirs if theirs in CODES else _code(theirs), SENTENCES.get(theirs, str(errors)))
    elif isinstance(errors, Mapping):
        for name, inner in errors.items():
            yield from problems(inner, *steps, *([] if name == "non_field_errors" else [name]))
    else:
        for number, inner in enumerate(errors):
            plain = isinstance(inner, ErrorDetail) or not inner
            yield from problems(inner, *steps, *([] if plain else [number]))


def _code(theirs: str) -> str:
    if theirs in ("max_value", "min_value", "max_digits", "max_whole_digits", "max_string_length"):
        return "out_of_range"
    return "required" if theirs in ("null", "blank") else "invalid"
