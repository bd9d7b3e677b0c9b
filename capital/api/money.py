"""The lenders' money over HTTP: drawn, paid back, told apart by the loans it became; and what is given for good."""

from typing import Any
from uuid import UUID

from rest_framework import serializers

from capital import queries, services
from capital.api.lenders import DrawnRowOut, rows_json
from capital.models import GRANTS, Drawdown, Funding, Grant, Payment
from loans import queries as loans
from loans.api.requests import PurchaseOut, business_day, purchase_json
from members.api.lists import listed, page, page_of
from members.door import Act, GroupView, door
from members.fields import Amount, Body, Choice, Day, Id, Page, Text
from members.visit import Done, Here, always

CHANNELS = ["cash", "bank"]


class DrawdownIn(Act):
    amount = Amount()
    drawn_on = Day()
    channel = Choice(choices=CHANNELS, required=False, default="cash")


class DrawdownOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    created_at = serializers.DateTimeField()
    entry_id = serializers.UUIDField()
    number = serializers.IntegerField()
    amount = serializers.IntegerField()
    received = serializers.IntegerField(help_text="Yang masuk; selebihnya biaya di muka")
    drawn_on = serializers.DateField()
    channel = serializers.CharField()
    reversed_by = serializers.UUIDField(allow_null=True)


class DrawnOut(DrawdownOut):
    installments = DrawnRowOut(many=True)


def drawdown_json(one: Drawdown) -> dict[str, Any]:
    names = ("id", "created_at", "entry_id", "number", "amount", "received", "drawn_on", "channel", "reversed_by")
    return {name: getattr(one, name) for name in names}


def stored_drawdown(here: Here, stored: dict[str, Any]) -> dict[str, Any]:
    """With the schedule of this part as it stands today."""
    facility = queries.facility(here.group_id, UUID(stored["facility_id"]))
    one = queries.drawdowns(here.group_id, facility.id).get(id=stored["id"])
    state = queries.state(facility, on=max(business_day(here), one.drawn_on))
    return drawdown_json(one) | {"installments": [row for row in rows_json(state) if row["drawdown_id"] == one.id]}


class DrawdownList(GroupView):
    @door("see_capital", query=Page, answer=page_of(DrawdownOut))
    def get(self, here: Here, facility_id: UUID, query: dict[str, Any]) -> Any:
        """What was drawn of a facility, also what was taken back."""
        facility = queries.facility(here.group_id, facility_id)
        rows, following = page(queries.drawdowns(here.group_id, facility.id), query)
        return listed([drawdown_json(one) for one in rows], following)

    @door(
        "record_capital",
        body=DrawdownIn,
        status=201,
        money=True,
        two=always,
        second_may="confirm_capital",
        answer=DrawnOut,
        shown=stored_drawdown,
    )
    def post(self, here: Here, facility_id: UUID, body: dict[str, Any]) -> Done:
        """Draw a part of a facility: it comes in less what the lender keeps up front, and is owed by a schedule of its
        own. For two officers."""
        made = services.draw(queries.facility(here.group_id, facility_id), **body)
        return Done({"id": str(made.id), "facility_id": str(facility_id), "entry_id": str(made.entry_id)})


class PaymentIn(Act):
    amount = Amount()
    paid_on = Day()
    channel = Choice(choices=CHANNELS, required=False, default="cash")


class SplitOut(serializers.Serializer[Any]):
    fee = serializers.IntegerField()
    interest = serializers.IntegerField()
    principal = serializers.IntegerField()


class PaymentOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    created_at = serializers.DateTimeField()
    entry_id = serializers.UUIDField()
    amount = serializers.IntegerField()
    paid_on = serializers.DateField()
    channel = serializers.CharField()
    allocation = SplitOut(help_text="Pembagian menurut keadaan sekarang; pembayaran bertanggal mundur mengubahnya")
    outstanding_principal = serializers.IntegerField(help_text="Sisa pokok fasilitas")
    reversed_by = serializers.UUIDField(allow_null=True)


def payment_json(one: Payment, split: dict[str, int], outstanding: int) -> dict[str, Any]:
    """As it is answered and kept with its command: ids, figures and dates."""
    return {
        "id": str(one.id),
        "created_at": one.created_at.isoformat(),
        "entry_id": str(one.entry_id),
        "amount": one.amount,
        "paid_on": one.paid_on.isoformat(),
        "channel": one.channel,
        "allocation": split,
        "outstanding_principal": outstanding,
        "reversed_by": one.reversed_by and str(one.reversed_by),
    }


class PaymentList(GroupView):
    @door("see_capital", query=Page, answer=page_of(PaymentOut))
    def get(self, here: Here, facility_id: UUID, query: dict[str, Any]) -> Any:
        """What was paid back, with what it pays as things stand; also what was taken back."""
        facility = queries.facility(here.group_id, facility_id)
        rows, following = page(queries.payments(here.group_id, facility.id), query)
        splits = queries.splits(here.group_id, [one.id for one in rows])
        left = queries.state(facility, on=business_day(here)).principal
        return listed([payment_json(one, splits[one.id], left) for one in rows], following)

    @door(
        "record_capital",
        body=PaymentIn,
        status=201,
        money=True,
        two=always,
        second_may="confirm_capital",
        answer=PaymentOut,
    )
    def post(self, here: Here, facility_id: UUID, body: dict[str, Any]) -> Done:
        """Pay a lender back: the oldest instalment first, its fee, its interest, its principal. More than what ends the
        facility on that day is refused with that sum. For two officers."""
        paid = services.pay(queries.facility(here.group_id, facility_id), **body)
        return Done(payment_json(paid.payment, paid.split, paid.derived.principal))


class FundingIn(Body):
    loan_id = Id()
    amount = Amount()
    funded_on = Day(required=False, allow_null=True)


class FundingOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    created_at = serializers.DateTimeField()
    loan_id = serializers.UUIDField()
    number = serializers.IntegerField(help_text="Nomor pinjaman")
    member_id = serializers.UUIDField()
    amount = serializers.IntegerField()
    funded_on = serializers.DateField()
    ended_on = serializers.DateField(allow_null=True, help_text="Dilepas, atau pinjamannya berakhir")
    loan_status = serializers.CharField()
    loan_principal = serializers.IntegerField()
    loan_outstanding = serializers.IntegerField()
    purchases = PurchaseOut(many=True)


def fundings_json(here: Here, found: list[Funding]) -> list[dict[str, Any]]:
    """The loans that a facility became, down to the raw material they bought."""
    left = queries.principal_left(here.group_id, [one.loan for one in found])
    return [
        {
            **{name: getattr(one, name) for name in ("id", "created_at", "loan_id", "amount", "funded_on")},
            "number": one.loan.number,
            "member_id": one.loan.member_id,
            "ended_on": one.ended_on or one.loan.ended_on,
            "loan_status": one.loan.status,
            "loan_principal": one.loan.principal,
            "loan_outstanding": left.get(one.loan_id, 0),
            "purchases": [purchase_json(line) for line in one.loan.purchases.all()],
        }
        for one in found
    ]


def stored_funding(here: Here, stored: dict[str, Any]) -> dict[str, Any]:
    found = queries.fundings(here.group_id).get(id=stored["id"])
    return fundings_json(here, [found])[0]


class FundingList(GroupView):
    @door("see_capital", query=Page, answer=page_of(FundingOut))
    def get(self, here: Here, facility_id: UUID, query: dict[str, Any]) -> Any:
        """Which loans this facility's money became."""
        facility = queries.facility(here.group_id, facility_id)
        rows, following = page(queries.fundings(here.group_id, facility_id=facility.id), query)
        return listed(fundings_json(here, rows), following)

    @door("fund_loan", body=FundingIn, status=201, answer=FundingOut, shown=stored_funding)
    def post(self, here: Here, facility_id: UUID, body: dict[str, Any]) -> Done:
        """Say how much of a loan that was paid out is this facility's money; nothing moves by that."""
        facility = queries.facility(here.group_id, facility_id)
        loan = loans.loan(here.group_id, body["loan_id"])
        made = services.fund_loan(facility, loan, amount=body["amount"], funded_on=body.get("funded_on"))
        return Done({"id": str(made.id)})


class FundingDetail(GroupView):
    @door("fund_loan", status=204, answer=None)
    def delete(self, here: Here, facility_id: UUID, funding_id: UUID) -> None:
        """From today on the loan is not this facility's money; that it was stays."""
        facility = queries.facility(here.group_id, facility_id)
        services.release_loan(queries.funding(here.group_id, facility, funding_id), on=business_day(here))


class GrantIn(Act):
    kind = Choice(choices=list(GRANTS))
    giver = Text(max_length=120)
    amount = Amount()
    received_on = Day()
    channel = Choice(choices=CHANNELS, required=False, default="cash")


class GrantOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    created_at = serializers.DateTimeField()
    entry_id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=list(GRANTS))
    giver = serializers.CharField()
    amount = serializers.IntegerField()
    received_on = serializers.DateField()
    channel = serializers.CharField()
    reversed_by = serializers.UUIDField(allow_null=True)


def grant_json(one: Grant) -> dict[str, Any]:
    names = ("id", "created_at", "entry_id", "kind", "giver", "amount", "received_on", "channel", "reversed_by")
    return {name: getattr(one, name) for name in names}


def stored_grant(here: Here, stored: dict[str, Any]) -> dict[str, Any]:
    return grant_json(queries.grants(here.group_id).get(id=stored["id"]))


class GrantList(GroupView):
    @door("see_capital", query=Page, answer=page_of(GrantOut))
    def get(self, here: Here, query: dict[str, Any]) -> Any:
        """What was given for good: grants, outside participation, programmes' capital."""
        rows, following = page(queries.grants(here.group_id), query)
        return listed([grant_json(one) for one in rows], following)

    @door(
        "record_capital",
        body=GrantIn,
        status=201,
        money=True,
        two=always,
        second_may="confirm_capital",
        answer=GrantOut,
        shown=stored_grant,
    )
    def post(self, here: Here, body: dict[str, Any]) -> Done:
        """Take in what is given for good: it raises the group's own capital. For two officers."""
        made = services.receive_grant(here.group_id, **body)
        return Done({"id": str(made.id), "entry_id": str(made.entry_id)})
