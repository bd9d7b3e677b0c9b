"""What one member hands over at once, and what is due of her, over HTTP."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from rest_framework import serializers

from loans import collecting
from loans.api.repayments import AllocationOut
from loans.api.requests import business_day
from members.api.people import hers, noted
from members.door import GroupView, door
from members.fields import Amount, Body, Choice, Day, Id, Query, Text
from members.strict import Malformed, Problem
from members.visit import Done, Here


class DepositLine(Body):
    product = Text(max_length=30)
    amount = Amount()


class RepaymentLine(Body):
    loan_id = Id()
    amount = Amount()


class CollectionIn(Body):
    paid_on = Day()
    channel = Choice(choices=["cash", "bank"], required=False, default="cash")
    carried_by = Id(required=False, allow_null=True)
    deposits = serializers.ListField(child=DepositLine(), required=False, max_length=20)
    repayments = serializers.ListField(child=RepaymentLine(), required=False, max_length=20)


class CollectedLineOut(serializers.Serializer[Any]):
    id = serializers.UUIDField(help_text="Mutasi simpanan atau angsuran")
    entry_id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=["deposit", "repayment"])
    product = serializers.CharField(allow_null=True)
    loan_id = serializers.UUIDField(allow_null=True)
    amount = serializers.IntegerField()
    allocation = AllocationOut(allow_null=True)
    outstanding_principal = serializers.IntegerField(allow_null=True, help_text="Sisa pokok sesudah angsuran ini")


class CollectionOut(serializers.Serializer[Any]):
    member_id = serializers.UUIDField()
    paid_on = serializers.DateField()
    channel = serializers.ChoiceField(choices=["cash", "bank"])
    carried_by = serializers.UUIDField(allow_null=True)
    lines = CollectedLineOut(many=True)
    total = serializers.IntegerField()


class AskedOut(serializers.Serializer[Any]):
    product = serializers.CharField()
    due_now = serializers.IntegerField()
    late = serializers.IntegerField(help_text="Dari bulan-bulan sebelumnya")


class RepayableOut(serializers.Serializer[Any]):
    loan_id = serializers.UUIDField()
    number = serializers.IntegerField()
    due_now = serializers.IntegerField()
    late = serializers.IntegerField(help_text="Jatuh tempo sebelum hari itu")
    next_due_on = serializers.DateField(allow_null=True)
    next_due_amount = serializers.IntegerField(allow_null=True)
    payoff = serializers.IntegerField()


class ExpectedOut(serializers.Serializer[Any]):
    on = serializers.DateField()
    savings = AskedOut(many=True)
    loans = RepayableOut(many=True)
    total = serializers.IntegerField()


class OnDay(Query):
    on = Day(required=False)


def by_subject(lines: Sequence[Mapping[str, Any]], list_name: str, subject: str) -> dict[Any, int]:
    """Amounts by what they are for. Raises Malformed for a subject that stands there twice: nothing is added up."""
    found: dict[Any, int] = {}
    problems = []
    for place, line in enumerate(lines):
        if line[subject] in found:
            problems.append(Problem(f"/{list_name}/{place}/{subject}", "duplicate_key", "Disebut lebih dari sekali."))
        found[line[subject]] = line["amount"]
    if problems:
        raise Malformed(problems)
    return found


def collected_json(collected: collecting.Collected) -> list[dict[str, Any]]:
    """As it is answered and kept with its command: ids and figures."""
    deposits = [
        {
            "id": str(one.id),
            "entry_id": str(one.entry_id),
            "kind": "deposit",
            "product": one.account.product.code,
            "loan_id": None,
            "amount": one.amount,
            "allocation": None,
            "outstanding_principal": None,
        }
        for one in collected.deposits
    ]
    repayments = [
        {
            "id": str(one.repayment.id),
            "entry_id": str(one.entry.id),
            "kind": "repayment",
            "product": None,
            "loan_id": str(one.repayment.loan_id),
            "amount": one.repayment.amount,
            "allocation": one.split,
            "outstanding_principal": one.derived.principal,
        }
        for one in collected.repayments
    ]
    return deposits + repayments


class MemberCollections(GroupView):
    @door("collect", body=CollectionIn, status=201, money=True, answer=CollectionOut)
    def post(self, here: Here, member_id: UUID, body: dict[str, Any]) -> Done:
        """Take what a member hands over for several things at once: into her savings, for her loans. All of it is
        recorded, or none."""
        hers(here, member_id, None)
        taken = collecting.collect(
            here.seat.group,
            member_id,
            deposits=by_subject(body.get("deposits") or (), "deposits", "product"),
            repayments=by_subject(body.get("repayments") or (), "repayments", "loan_id"),
            paid_on=body["paid_on"],
            channel=body["channel"],
            carried_by=body.get("carried_by"),
        )
        carried_by = body.get("carried_by")
        return Done(
            {
                "member_id": str(member_id),
                "paid_on": body["paid_on"].isoformat(),
                "channel": body["channel"],
                "carried_by": carried_by and str(carried_by),
                "lines": collected_json(taken),
                "total": taken.total,
            }
        )


class MemberExpected(GroupView):
    @door("see_savings", query=OnDay, answer=ExpectedOut)
    def get(self, here: Here, member_id: UUID, query: dict[str, Any]) -> Any:
        """What is due of a member on a day (today unless told): what her savings ask for, and her loans."""
        hers(here, member_id, None)
        noted(here, member_id, "savings", "loans")
        found = collecting.expected(here.seat.group, member_id, on=query.get("on") or business_day(here))
        names = ("due_now", "late", "next_due_on", "next_due_amount", "payoff")
        return {
            "on": found.on,
            "savings": [{"product": one.product, "due_now": one.due_now, "late": one.late} for one in found.savings],
            "loans": [
                {"loan_id": one.loan.id, "number": one.loan.number} | {name: getattr(one, name) for name in names}
                for one in found.loans
            ],
            "total": found.total,
        }
