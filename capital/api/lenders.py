"""Lenders and what they have promised, over HTTP: facilities with their terms, schedules and accounts."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError as Invalid
from django.core.validators import validate_email
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from capital import queries, services
from capital.account import Derived
from capital.models import KINDS, Facility, Lender
from capital.queries import Standing
from ledger.errors import FutureDate
from loans.api.fields import OfferedTerms, RateIn, TermsOut, agreed, offered
from loans.api.requests import business_day
from loans.models import METHODS
from members.api.lists import listed, page, page_of
from members.door import GroupView, door
from members.fields import Amount, Body, Choice, Day, Id, Page, Query, Text, Whole
from members.strict import Malformed, Problem
from members.visit import Done, Here


class Email(Text):
    """An address of e-mail."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=254, **options)

    def to_internal_value(self, data: Any) -> str:
        value = super().to_internal_value(data)
        try:
            validate_email(value)
        except Invalid:
            raise ValidationError("Bukan alamat e-mail.", "invalid")
        return value


class LenderIn(Body):
    name = Text(max_length=80)
    kind = Choice(choices=KINDS)
    contact_email = Email(required=False, allow_null=True)


class LenderChange(Body):
    name = Text(max_length=80, required=False)
    contact_email = Email(required=False, allow_null=True)


class LenderOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    created_at = serializers.DateTimeField()
    number = serializers.IntegerField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=KINDS)
    contact_email = serializers.CharField(allow_null=True)


def lender_json(lender: Lender) -> dict[str, Any]:
    names = ("id", "created_at", "number", "name", "kind", "contact_email")
    return {name: getattr(lender, name) for name in names}


def stored_lender(here: Here, stored: dict[str, Any]) -> dict[str, Any]:
    return lender_json(queries.lender(here.group_id, UUID(stored["id"])))


class LenderList(GroupView):
    @door("see_capital", query=Page, answer=page_of(LenderOut))
    def get(self, here: Here, query: dict[str, Any]) -> Any:
        """Who lends to the group."""
        rows, following = page(queries.lenders(here.group_id), query)
        return listed([lender_json(one) for one in rows], following)

    @door("change_lenders", body=LenderIn, status=201, answer=LenderOut, shown=stored_lender)
    def post(self, here: Here, body: dict[str, Any]) -> Done:
        """Take a lender into the books: nothing is borrowed by that."""
        made = services.add_lender(
            here.group_id, name=body["name"], kind=body["kind"], contact_email=body.get("contact_email")
        )
        return Done({"id": str(made.id)})


class LenderDetail(GroupView):
    @door("see_capital", answer=LenderOut)
    def get(self, here: Here, lender_id: UUID) -> Any:
        """One lender."""
        return lender_json(queries.lender(here.group_id, lender_id))

    @door("change_lenders", body=LenderChange, partial=True, answer=LenderOut, shown=stored_lender)
    def patch(self, here: Here, lender_id: UUID, body: dict[str, Any]) -> Done:
        """Change its name or where its statements go; its kind stays."""
        services.change_lender(queries.lender(here.group_id, lender_id), body)
        return Done({"id": str(lender_id)})


class FacilityIn(OfferedTerms):
    lender_id = Id()
    limit = Amount()
    rate = RateIn()
    method = Choice(choices=METHODS)
    installments = Whole(min_value=1, max_value=600)
    principal = Amount(required=False, allow_null=True, help_text="Tanpa ini: seluruh limit")
    disbursed_on = Day(required=False, allow_null=True, help_text="Tanggal perjanjian; tanpa ini hari ini")


class AsOf(Query):
    as_of = Day(required=False)


class FacilitiesQuery(Page, AsOf):
    lender_id = Id(required=False)


class FacilityOwedOut(serializers.Serializer[Any]):
    principal = serializers.IntegerField()
    interest = serializers.IntegerField()
    fee = serializers.IntegerField()


class FacilityOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    created_at = serializers.DateTimeField()
    number = serializers.IntegerField()
    lender_id = serializers.UUIDField()
    limit = serializers.IntegerField()
    terms = TermsOut()
    opened_on = serializers.DateField(help_text="Tanggal perjanjian")
    status = serializers.ChoiceField(choices=["active", "paid"])
    ended_on = serializers.DateField(allow_null=True)
    as_of = serializers.DateField()
    drawn = serializers.IntegerField(help_text="Semua yang pernah ditarik, juga yang sudah dibayar kembali")
    available = serializers.IntegerField(help_text="Yang masih dapat ditarik")
    outstanding = FacilityOwedOut(help_text="Belum dibayar menurut jadwal, juga yang belum jatuh tempo")
    due_now = serializers.IntegerField()
    arrears = serializers.IntegerField()
    days_past_due = serializers.IntegerField()
    next_due_on = serializers.DateField(allow_null=True)
    next_due_amount = serializers.IntegerField(allow_null=True)
    payoff = serializers.IntegerField(help_text="Yang melunasi pada hari itu")


def facility_json(standing: Standing) -> dict[str, Any]:
    """A facility as it stands on the day it was asked for."""
    facility, derived = standing.facility, standing.derived
    kept = ("id", "created_at", "number", "lender_id", "limit", "opened_on")
    asked = ("drawn", "available", "due_now", "arrears", "days_past_due", "next_due_on", "next_due_amount")
    return {
        **{name: getattr(facility, name) for name in kept},
        "terms": {"first_due_on": None, "fees": [], "rows": []} | facility.terms,
        "status": "active" if derived.ended_on is None else "paid",
        "ended_on": derived.ended_on,
        "as_of": derived.through,
        "outstanding": {name: derived.left(name) for name in ("principal", "interest", "fee")},
        **{name: getattr(standing, name) for name in asked},
        "payoff": derived.payoff.total,
    }


def facilities_json(here: Here, found: Sequence[Facility], on: date) -> list[dict[str, Any]]:
    """The number of queries does not grow with them."""
    return [facility_json(one) for one in queries.standings(here.group_id, found, on=on)]


def stored_facility(here: Here, stored: dict[str, Any]) -> dict[str, Any]:
    facility = queries.facility(here.group_id, UUID(stored["id"]))
    return facilities_json(here, [facility], business_day(here))[0]


def day_asked(here: Here, query: dict[str, Any]) -> date:
    """The day of the query, today unless told."""
    day: date = query.get("as_of") or business_day(here)
    return day


class FacilityList(GroupView):
    @door("see_capital", query=FacilitiesQuery, answer=page_of(FacilityOut))
    def get(self, here: Here, query: dict[str, Any]) -> Any:
        """What lenders have promised, as it stood at the end of `as_of` (today unless told)."""
        rows, following = page(queries.facilities(here.group_id, lender_id=query.get("lender_id")), query)
        return listed(facilities_json(here, rows, day_asked(here, query)), following)

    @door("change_lenders", body=FacilityIn, status=201, answer=FacilityOut, shown=stored_facility)
    def post(self, here: Here, body: dict[str, Any]) -> Done:
        """Keep what a lender has promised, on terms as a loan's: of the whole limit and from today unless they say
        otherwise. Nothing is booked until something is drawn."""
        lender = queries.lender(here.group_id, body["lender_id"])
        today, limit = business_day(here), body["limit"]
        principal = body.get("principal") or limit
        if principal > limit:
            raise Malformed([Problem("/principal", "out_of_range", "Pokok tidak boleh melebihi limit.")])
        opened_on = body.get("disbursed_on") or today
        if opened_on > today:
            raise FutureDate(effective_on=opened_on, today=today)
        given = offered(body) | {"principal": principal, "disbursed_on": opened_on.isoformat()}
        promised = agreed(given, digits=here.seat.group.digits)
        made = services.open_facility(here.seat.group, lender, limit=limit, agreed=promised)
        return Done({"id": str(made.id)})


class FacilityDetail(GroupView):
    @door("see_capital", query=AsOf, answer=FacilityOut)
    def get(self, here: Here, facility_id: UUID, query: dict[str, Any]) -> Any:
        """One facility as it stood at the end of `as_of` (today unless told)."""
        facility = queries.facility(here.group_id, facility_id)
        return facilities_json(here, [facility], day_asked(here, query))[0]


class DrawnRowOut(serializers.Serializer[Any]):
    drawdown_id = serializers.UUIDField()
    drawdown = serializers.IntegerField(help_text="Nomor penarikan")
    number = serializers.IntegerField()
    due_on = serializers.DateField()
    principal = serializers.IntegerField()
    interest = serializers.IntegerField()
    fee = serializers.IntegerField()
    due = serializers.IntegerField()
    paid = FacilityOwedOut()
    status = serializers.ChoiceField(choices=["upcoming", "due", "late", "paid"])


class FacilityScheduleOut(serializers.Serializer[Any]):
    as_of = serializers.DateField()
    installments = DrawnRowOut(many=True)


def rows_json(derived: Derived) -> list[dict[str, Any]]:
    """Every instalment of every drawdown in the order in which they fall due, with what is paid of it."""
    on, parts = derived.through, ("principal", "interest", "fee")
    rows = []
    for state in derived.states:
        late = "late" if state.due_on < on else "due" if state.due_on == on else "upcoming"
        rows.append(
            {
                **{name: getattr(state, name) for name in ("drawdown_id", "drawdown", "number", "due_on", "due")},
                **{name: state.owed[name] for name in parts},
                "paid": {name: state.paid[name] for name in parts},
                "status": late if state.unpaid else "paid",
            }
        )
    return rows


class FacilitySchedule(GroupView):
    @door("see_capital", query=AsOf, answer=FacilityScheduleOut)
    def get(self, here: Here, facility_id: UUID, query: dict[str, Any]) -> Any:
        """The schedules of all that was drawn by the end of `as_of` (today unless told), and what was paid by then."""
        facility, on = queries.facility(here.group_id, facility_id), day_asked(here, query)
        return {"as_of": on, "installments": rows_json(queries.state(facility, on=on))}


# `from` is no name that Python has.
AccountQuery = type("AccountQuery", (Query,), {"from": Day(required=False), "to": Day(required=False)})


class MovementOut(serializers.Serializer[Any]):
    entry_id = serializers.UUIDField()
    effective_on = serializers.DateField()
    kind = serializers.CharField()
    memo = serializers.CharField(allow_null=True)
    amount = serializers.IntegerField(help_text="Positif: ditarik; negatif: pokok dibayar kembali")
    balance_after = serializers.IntegerField()


class FacilityAccountOut(serializers.Serializer[Any]):
    opening_balance = serializers.IntegerField()
    lines = MovementOut(many=True)
    closing_balance = serializers.IntegerField()


class FacilityAccount(GroupView):
    @door("see_capital", query=AccountQuery, answer=FacilityAccountOut)
    def get(self, here: Here, facility_id: UUID, query: dict[str, Any]) -> Any:
        """What was owed of the principal before `from`, every movement through `to`, and what was owed then."""
        facility = queries.facility(here.group_id, facility_id)
        found = queries.account(here.group_id, facility, since=query.get("from"), until=query.get("to"))
        names = ("entry_id", "effective_on", "kind", "memo", "amount")
        return {
            "opening_balance": found.opening,
            "lines": [
                {name: getattr(line, name) for name in names} | {"balance_after": line.balance} for line in found.lines
            ],
            "closing_balance": found.closing,
        }
