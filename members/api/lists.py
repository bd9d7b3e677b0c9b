"""Lists: a page of results and the cursor of the next one."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from functools import cache
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import inline_serializer
from rest_framework import serializers

from members.strict import Malformed, Problem


@cache
def page_of(kind: type[serializers.Serializer[Any]]) -> Any:
    """The published shape of a page of `kind`."""
    name = kind.__name__.removesuffix("Out")
    fields = {"results": kind(many=True), "next": serializers.CharField(allow_null=True)}
    return inline_serializer(f"{name}Page", fields=fields)  # type: ignore[arg-type]


def listed(results: Sequence[Any], following: str | None = None) -> dict[str, Any]:
    return {"results": list(results), "next": following}


def page(
    rows: QuerySet[Any], query: dict[str, Any], *, by: str = "id", kind: type = UUID
) -> tuple[list[Any], str | None]:
    """`limit` rows after the cursor in order of `by`, a unique column of `kind`, and the next cursor or None."""
    limit, after = query["limit"], query.get("cursor")
    rows = rows.order_by(by)
    if after is not None:
        rows = rows.filter(**{f"{by}__gt": _after(after, kind)})
    found = list(rows[: limit + 1])
    if len(found) <= limit:
        return found, None
    last = str(getattr(found[limit - 1], by))
    return found[:limit], urlsafe_b64encode(last.encode()).decode().rstrip("=")


def _after(cursor: str, kind: type) -> Any:
    try:
        text = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        value = kind(text)
        if str(value) != text or (isinstance(value, int) and not 0 <= value < 2**62):
            raise ValueError
        if isinstance(value, str) and not value.isprintable():
            raise ValueError
        return value
    except ValueError:
        raise Malformed([Problem("?cursor", "invalid", "Bukan `next` dari daftar ini.")]) from None
