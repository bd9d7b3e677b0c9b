"""Where the group's capital comes from and where it is now, over HTTP."""

from typing import Any

from rest_framework import serializers

from capital import overview
from capital.api.lenders import AsOf, day_asked
from capital.models import GRANTS, KINDS
from members.api.books import HeadOut, head_json
from members.door import GroupView, door
from members.visit import Here


class LenderRowOut(serializers.Serializer[Any]):
    facility_id = serializers.UUIDField()
    number = serializers.IntegerField()
    lender_id = serializers.UUIDField()
    lender = serializers.CharField()
    kind = serializers.ChoiceField(choices=KINDS)
    limit = serializers.IntegerField()
    drawn = serializers.IntegerField()
    outstanding = serializers.IntegerField(help_text="Saldo pokok di buku")
    due = serializers.IntegerField(help_text="Jatuh tempo dan belum dibayar, dengan jasa dan biaya")
    arrears = serializers.IntegerField(help_text="Bagian yang jatuh tempo sebelum hari itu")


class BorrowedOut(serializers.Serializer[Any]):
    facilities = LenderRowOut(many=True)
    other = serializers.IntegerField(help_text="Utang kepada pendana yang tidak dicatat sebagai fasilitas")
    interest_due = serializers.IntegerField(help_text="Jasa terutang")
    total = serializers.IntegerField()


class SavedOut(serializers.Serializer[Any]):
    equity = serializers.IntegerField(help_text="Simpanan pokok dan wajib")
    liability = serializers.IntegerField(help_text="Simpanan yang dapat ditarik")
    total = serializers.IntegerField()


class GivenOut(serializers.Serializer[Any]):
    grant = serializers.IntegerField()
    participation = serializers.IntegerField()
    programme = serializers.IntegerField()
    total = serializers.IntegerField()


class SourcesOut(serializers.Serializer[Any]):
    lenders = BorrowedOut()
    savings = SavedOut()
    grants = GivenOut()
    reserves = serializers.IntegerField()
    surplus = serializers.IntegerField()
    opening = serializers.IntegerField(help_text="Saldo awal")
    other = serializers.IntegerField()
    total = serializers.IntegerField()


class LentOut(serializers.Serializer[Any]):
    material = serializers.IntegerField()
    working = serializers.IntegerField()
    seasonal = serializers.IntegerField()
    social = serializers.IntegerField()
    allowance = serializers.IntegerField(help_text="Cadangan kerugian, mengurangi")
    total = serializers.IntegerField()


class UsesOut(serializers.Serializer[Any]):
    cash = serializers.IntegerField()
    bank = serializers.IntegerField()
    loans = LentOut()
    receivables = serializers.IntegerField()
    other = serializers.IntegerField()
    total = serializers.IntegerField()


class CapitalOut(serializers.Serializer[Any]):
    as_of = serializers.DateField()
    head = HeadOut()
    sources = SourcesOut()
    uses = UsesOut()


def capital_json(found: overview.Overview) -> dict[str, Any]:
    sources, uses = found.sources, found.uses
    asked = ("limit", "drawn", "outstanding", "due", "arrears")
    facilities = [
        {
            "facility_id": one.facility.id,
            "number": one.facility.number,
            "lender_id": one.facility.lender_id,
            "lender": one.facility.lender.name,
            "kind": one.facility.lender.kind,
            **{name: getattr(one, name) for name in asked},
        }
        for one in sources.lenders
    ]
    return {
        "as_of": found.as_of,
        "head": head_json(found.head),
        "sources": {
            "lenders": {
                "facilities": facilities,
                "other": sources.other_loans,
                "interest_due": sources.interest_due,
                "total": sources.borrowed + sources.interest_due,
            },
            "savings": totalled({name: sources.savings[name] for name in ("equity", "liability")}),
            "grants": totalled({name: sources.grants[name] for name in GRANTS}),
            **{name: getattr(sources, name) for name in ("reserves", "surplus", "opening", "other", "total")},
        },
        "uses": {
            **{name: getattr(uses, name) for name in ("cash", "bank", "receivables", "other", "total")},
            "loans": totalled(uses.loans),
        },
    }


def totalled(parts: dict[str, int]) -> dict[str, int]:
    """With their sum."""
    return parts | {"total": sum(parts.values())}


class Capital(GroupView):
    @door("see_capital", query=AsOf, answer=CapitalOut)
    def get(self, here: Here, query: dict[str, Any]) -> Any:
        """Where the group's capital comes from and where it was at the end of `as_of` (today unless told), from the
        ledger: both sides are equal."""
        return capital_json(overview.overview(here.group_id, as_of=day_asked(here, query)))
