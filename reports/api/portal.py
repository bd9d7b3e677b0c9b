"""What a lender reads of the group it lends to, as far as the group's consent opens it; officers see what it would see.

Every answer is noted in the group's access log before it is given (`members.disclosures`).
"""

from datetime import date
from typing import Any

from django.utils import timezone
from rest_framework import serializers

from capital.api.lenders import FacilityOut, facility_json
from loans.api.overview import AsOf, PortfolioOut, portfolio_json
from loans.api.products import percent
from members.api.lists import listed, page_of
from members.disclosures import Label
from members.door import GroupView, door
from members.services import today_in
from members.visit import Here
from reports import portal


class CollectedOut(serializers.Serializer[Any]):
    due = serializers.IntegerField(help_text="Pokok dan jasa yang jatuh tempo dalam dua belas bulan, tanpa denda")
    paid = serializers.IntegerField()
    percent = serializers.CharField(allow_null=True)


class TotalsOut(serializers.Serializer[Any]):
    as_of = serializers.DateField()
    members = serializers.IntegerField()
    saved = serializers.IntegerField()
    portfolio = PortfolioOut()
    collected = CollectedOut()


class LabelOut(serializers.Serializer[Any]):
    number = serializers.CharField(allow_null=True, help_text="null tanpa members.pseudonym atau members.named")
    name = serializers.CharField(allow_null=True, help_text="null tanpa members.named")


class LentMaterialOut(serializers.Serializer[Any]):
    item = serializers.CharField()
    quantity = serializers.CharField()
    unit = serializers.CharField()
    unit_price = serializers.IntegerField()


class LentLoanOut(serializers.Serializer[Any]):
    number = serializers.IntegerField(help_text="Nomor pinjaman di kelompok")
    member = LabelOut()
    principal = serializers.IntegerField()
    disbursed_on = serializers.DateField(allow_null=True)
    outstanding_principal = serializers.IntegerField()
    principal_arrears = serializers.IntegerField()
    interest_arrears = serializers.IntegerField()
    days_past_due = serializers.IntegerField()
    purchases = LentMaterialOut(many=True)

    def get_fields(self) -> Any:
        return super().get_fields() | {"class": serializers.CharField()}


class BorrowerOut(serializers.Serializer[Any]):
    member = LabelOut()
    joined_on = serializers.DateField()
    saved = serializers.IntegerField()
    outstanding_principal = serializers.IntegerField()
    arrears = serializers.IntegerField()


def today_of(here: Here) -> date:
    return today_in(here.seat.group, timezone.now())


def label_json(label: Label) -> dict[str, Any]:
    return {"number": label.number, "name": label.name}


class PortalTotals(GroupView):
    @door("see_totals", query=AsOf, answer=TotalsOut)
    def get(self, here: Here, query: dict[str, Any]) -> Any:
        """The group in sums at the end of `as_of` (today unless told): members, savings, loans and their quality. Under
        `totals`."""
        as_of = query.get("as_of") or today_of(here)
        found = portal.totals(here.seat, as_of=as_of)
        return {
            "as_of": as_of,
            "members": found.members,
            "saved": found.saved,
            "portfolio": portfolio_json(found.lent, as_of),
            "collected": {
                "due": found.collected.due,
                "paid": found.collected.paid,
                "percent": percent(found.collected.percent),
            },
        }


class PortalFacilities(GroupView):
    @door("see_facilities", query=AsOf, answer=page_of(FacilityOut))
    def get(self, here: Here, query: dict[str, Any]) -> Any:
        """What the lender itself promised the group, as it stood at the end of `as_of` (today unless told): what is
        owed, due and late. Under any consent. To officers, what every lender did."""
        found = portal.facilities(here.seat, as_of=query.get("as_of") or today_of(here))
        return listed([facility_json(one) for one in found])


class PortalLoans(GroupView):
    @door("see_lent", query=AsOf, answer=page_of(LentLoanOut))
    def get(self, here: Here, query: dict[str, Any]) -> Any:
        """The loans that owe something, under their numbers, with the raw material they are for. Under `loans`; whose
        each is only under `members.pseudonym` or `members.named`."""
        today = today_of(here)
        found = portal.lent(here.seat, as_of=query.get("as_of") or today, today=today)
        return listed(
            [
                {
                    "number": row.number,
                    "member": label_json(row.whose),
                    "principal": row.principal,
                    "disbursed_on": row.disbursed_on,
                    "outstanding_principal": row.outstanding,
                    "principal_arrears": row.principal_arrears,
                    "interest_arrears": row.interest_arrears,
                    "days_past_due": row.days_past_due,
                    "class": row.class_name,
                    "purchases": [
                        {
                            "item": one.item,
                            "quantity": f"{one.quantity.normalize():f}",
                            "unit": one.unit,
                            "unit_price": one.price,
                        }
                        for one in row.materials
                    ],
                }
                for row in found
            ]
        )


class PortalMembers(GroupView):
    @door("see_borrowers", query=AsOf, answer=page_of(BorrowerOut))
    def get(self, here: Here, query: dict[str, Any]) -> Any:
        """The members with what each saved and owes: by number under `members.pseudonym`, by name as well under
        `members.named`. Each of them is told."""
        today = today_of(here)
        found = portal.borrowers(here.seat, as_of=query.get("as_of") or today, today=today)
        return listed(
            [
                {
                    "member": label_json(row.whose),
                    "joined_on": row.joined_on,
                    "saved": row.saved,
                    "outstanding_principal": row.outstanding,
                    "arrears": row.arrears,
                }
                for row in found
            ]
        )
