"""What happens to a running loan over HTTP: money, charges, another schedule, its end in the books."""

import re
from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from loans import queries, recasting, services, terms
from loans.api.fields import OfferedTerms, malformed, offered
from loans.api.requests import (
    ScheduleOut,
    business_day,
    loan_of,
    schedule_json,
)
from loans.errors import NoSuchCharge
from loans.models import Charge, Loan, Recovery, Repayment, Waiver
from members.api.lists import listed, page, page_of
from members.door import Act, GroupView, door
from members.fields import Amount, Body, Choice, Day, Id, Page, Query, Text
from members.visit import Done, Here, always

CHANNEL = re.compile(r"(cash|bank|savings:[a-z][a-z0-9_]{0,29})\Z")


class Channel(Text):
    """cash, bank, or savings:<product>."""

    def to_internal_value(self, data: Any) -> str:
        value = super().to_internal_value(data)
        if not CHANNEL.match(value):
            raise ValidationError("Harus cash, bank, atau savings:<jenis simpanan>.", "invalid")
        return value


class RepaymentIn(Body):
    amount = Amount()
    paid_on = Day()
    channel = Channel(max_length=40, required=False, default="cash")
    carried_by = Id(required=False, allow_null=True)
    meeting_id = Id(required=False, allow_null=True)


class AllocationOut(serializers.Serializer[Any]):
    penalty = serializers.IntegerField()
    fee = serializers.IntegerField()
    interest = serializers.IntegerField()
    principal = serializers.IntegerField()
    excess = serializers.IntegerField()


class RepaymentOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    created_at = serializers.DateTimeField()
    entry_id = serializers.UUIDField()
    amount = serializers.IntegerField()
    paid_on = serializers.DateField()
    channel = serializers.CharField()
    carried_by = serializers.UUIDField(allow_null=True)
    meeting_id = serializers.UUIDField(allow_null=True)
    allocation = AllocationOut(help_text="Pembagian menurut keadaan sekarang; angsuran bertanggal mundur mengubahnya")
    outstanding_principal = serializers.IntegerField(help_text="Sisa pokok sesudah angsuran ini dicatat")
    reversed_by = serializers.UUIDField(allow_null=True)


def repayment_json(one: Repayment, split: dict[str, int], outstanding: int) -> dict[str, Any]:
    """As it is answered and kept with its command: ids, figures and dates."""
    return {
        "id": str(one.id),
        "created_at": one.created_at.isoformat(),
        "entry_id": str(one.entry_id),
        "amount": one.amount,
        "paid_on": one.paid_on.isoformat(),
        "channel": one.channel,
        "carried_by": one.carried_by_id and str(one.carried_by_id),
        "meeting_id": one.meeting_id and str(one.meeting_id),
        "allocation": split,
        "outstanding_principal": outstanding,
        "reversed_by": one.reversed_by and str(one.reversed_by),
    }


class RepaymentList(GroupView):
    @door("see_loans", query=Page, answer=page_of(RepaymentOut))
    def get(self, here: Here, loan_id: UUID, query: dict[str, Any]) -> Any:
        """The money that came for a loan, with what it pays as things stand."""
        loan = loan_of(here, loan_id)
        rows, following = page(queries.repayments(here.group_id, loan.id), query)
        splits = queries.splits(here.group_id, [one.id for one in rows])
        state = None if loan.disbursed_on is None else queries.state(here.seat.group, loan, on=business_day(here))
        left = queries.summary(loan, state)["principal"]
        return listed([repayment_json(one, splits[one.id], left) for one in rows], following)

    @door("record_repayment", body=RepaymentIn, status=201, money=True, answer=RepaymentOut)
    def post(self, here: Here, loan_id: UUID, body: dict[str, Any]) -> Done:
        """Take money for a loan. What it pays follows from the loan's order; a day before later repayments divides
        those anew, by entries that show it."""
        taken = services.post_repayment(here.seat.group, loan_of(here, loan_id, None), **body)
        return Done(repayment_json(taken.repayment, taken.split, taken.derived.principal))


class ChargeIn(Body):
    kind = Choice(choices=["fee", "penalty"])
    amount = Amount()
    due_on = Day()
    memo = Text(max_length=300, required=False, allow_null=True)


class ChargeOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=["fee", "penalty"])
    amount = serializers.IntegerField()
    due_on = serializers.DateField()
    installment = serializers.IntegerField()
    paid = serializers.IntegerField()
    waived = serializers.IntegerField()
    late = serializers.BooleanField(help_text="Timbul sendiri karena terlambat")
    memo = serializers.CharField(allow_null=True)


def charges_json(here: Here, loan: Loan) -> list[dict[str, Any]]:
    """Every charge of a loan, those that arose from being late among them."""
    memos = dict(queries.charges(here.group_id, loan.id).values_list("id", "memo"))
    state = queries.state(here.seat.group, loan, on=business_day(here))
    return [
        {
            "id": one.id,
            "kind": one.kind,
            "amount": one.amount,
            "due_on": one.due_on,
            "installment": row.number,
            "paid": one.paid,
            "waived": one.waived,
            "late": one.late,
            "memo": memos.get(one.id),
        }
        for row in state.states
        for one in row.charges
    ]


def stored_charge(here: Here, stored: dict[str, Any]) -> dict[str, Any]:
    loan = loan_of(here, UUID(stored["loan_id"]))
    found = next((one for one in charges_json(here, loan) if str(one["id"]) == stored["id"]), None)
    if found is None:
        raise NoSuchCharge(loan=loan.number)
    return found


def stored_made(charge: Charge) -> dict[str, Any]:
    return {"id": str(charge.id), "loan_id": str(charge.loan_id)}


class ChargeList(GroupView):
    @door("see_loans", answer=page_of(ChargeOut))
    def get(self, here: Here, loan_id: UUID) -> Any:
        """The fees and penalties of the schedule in force, charged by officers or arisen from being late."""
        loan = loan_of(here, loan_id)
        return listed([] if loan.disbursed_on is None else charges_json(here, loan))

    @door("charge_loan", body=ChargeIn, status=201, money=True, answer=ChargeOut, shown=stored_charge)
    def post(self, here: Here, loan_id: UUID, body: dict[str, Any]) -> Done:
        """Charge a fee or a penalty, owed on its day, which may be still to come."""
        loan = loan_of(here, loan_id)
        return Done(
            stored_made(
                services.charge_loan(
                    here.seat.group,
                    loan,
                    kind=body["kind"],
                    amount=body["amount"],
                    due_on=body["due_on"],
                    memo=body.get("memo"),
                )
            )
        )


class WaiverIn(Act):
    reason = Text(max_length=300)


class WaiverOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    created_at = serializers.DateTimeField()
    charge_id = serializers.UUIDField()
    waived_on = serializers.DateField()
    amount = serializers.IntegerField()
    reason = serializers.CharField(allow_null=True)


def stored_waiver(here: Here, stored: dict[str, Any]) -> dict[str, Any]:
    one = Waiver.objects.get(group_id=here.group_id, id=stored["id"])
    return {name: getattr(one, name) for name in ("id", "created_at", "charge_id", "waived_on", "amount", "reason")}


class ChargeWaiver(GroupView):
    @door("recast_loan", body=WaiverIn, status=201, money=True, two=always, answer=WaiverOut, shown=stored_waiver)
    def post(self, here: Here, loan_id: UUID, charge_id: UUID, body: dict[str, Any]) -> Done:
        """Forgive what is unpaid of a charge today, with a reason; for two officers."""
        made = services.waive_charge(
            here.seat.group,
            loan_of(here, loan_id),
            charge_id=charge_id,
            waived_on=business_day(here),
            reason=body["reason"],
        )
        return Done({"id": str(made.id)})


class PayoffQuery(Query):
    on = Day(required=False)


class PayoffOut(serializers.Serializer[Any]):
    on = serializers.DateField()
    principal = serializers.IntegerField()
    interest = serializers.IntegerField()
    fee = serializers.IntegerField()
    penalty = serializers.IntegerField()
    rebate = serializers.IntegerField()
    held = serializers.IntegerField(help_text="Titipan yang sudah ada, dipotong dari total")
    total = serializers.IntegerField()


class LoanPayoff(GroupView):
    @door("see_loans", query=PayoffQuery, answer=PayoffOut)
    def get(self, here: Here, loan_id: UUID, query: dict[str, Any]) -> Any:
        """What ends the loan on a day (today unless told), with what a product gives back of a flat interest."""
        on = query.get("on") or business_day(here)
        found = services.payoff(here.seat.group, loan_of(here, loan_id), on=on)
        names = ("principal", "interest", "fee", "penalty", "rebate", "held", "total")
        return {"on": on} | {name: getattr(found, name) for name in names}


class ReschedulingIn(Act):
    effective_on = Day()
    terms = OfferedTerms()
    reason = Text(max_length=300)


def stored_schedule(here: Here, stored: dict[str, Any]) -> dict[str, Any]:
    loan = loan_of(here, UUID(stored["id"]))
    today = business_day(here)
    return schedule_json(queries.state(here.seat.group, loan, on=today), today)


class LoanRescheduling(GroupView):
    @door(
        "recast_loan",
        body=ReschedulingIn,
        status=201,
        money=True,
        two=always,
        answer=ScheduleOut,
        shown=stored_schedule,
    )
    def post(self, here: Here, loan_id: UUID, body: dict[str, Any]) -> Done:
        """Give what is owed another schedule; the old one is kept, and how late the loan was. For two officers."""
        loan = loan_of(here, loan_id)
        try:
            recasting.reschedule_loan(
                here.seat.group,
                loan,
                effective_on=body["effective_on"],
                changes=offered(body["terms"]),
                reason=body["reason"],
            )
        except terms.BadTerms as bad:
            raise malformed(bad, under="/terms") from None
        return Done({"id": str(loan.id)})


class WriteOffIn(Act):
    effective_on = Day()
    reason = Text(max_length=300)
    mode = Choice(choices=["books", "claim"])


class WriteOffOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    created_at = serializers.DateTimeField()
    entry_id = serializers.UUIDField(allow_null=True)
    effective_on = serializers.DateField()
    mode = serializers.ChoiceField(choices=["books", "claim"])
    principal = serializers.IntegerField()
    interest = serializers.IntegerField()
    penalty = serializers.IntegerField()
    reason = serializers.CharField(allow_null=True)


def stored_write_off(here: Here, stored: dict[str, Any]) -> dict[str, Any]:
    one = queries.write_offs(here.group_id).get(id=stored["id"])
    names = ("id", "created_at", "entry_id", "effective_on", "mode", "principal", "interest", "penalty", "reason")
    return {name: getattr(one, name) for name in names}


class LoanWriteOff(GroupView):
    @door(
        "recast_loan",
        body=WriteOffIn,
        status=201,
        money=True,
        two=always,
        answer=WriteOffOut,
        shown=stored_write_off,
    )
    def post(self, here: Here, loan_id: UUID, body: dict[str, Any]) -> Done:
        """Take a loan out of the books: the claim stays (`books`), or is given up (`claim`). For two officers."""
        made = recasting.write_off_loan(
            here.seat.group,
            loan_of(here, loan_id),
            effective_on=body["effective_on"],
            mode=body["mode"],
            reason=body["reason"],
        )
        return Done({"id": str(made.id)})


class RecoveryIn(Body):
    amount = Amount()
    paid_on = Day()
    channel = Choice(choices=["cash", "bank"], required=False, default="cash")


class RecoveryOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    created_at = serializers.DateTimeField()
    entry_id = serializers.UUIDField()
    amount = serializers.IntegerField()
    paid_on = serializers.DateField()
    channel = serializers.CharField()
    reversed_by = serializers.UUIDField(allow_null=True)


def recovery_json(one: Recovery) -> dict[str, Any]:
    names = ("id", "created_at", "entry_id", "amount", "paid_on", "channel", "reversed_by")
    return {name: getattr(one, name) for name in names}


def stored_recovery(here: Here, stored: dict[str, Any]) -> dict[str, Any]:
    return recovery_json(queries.recoveries(here.group_id).get(id=stored["id"]))


class RecoveryList(GroupView):
    @door("see_loans", query=Page, answer=page_of(RecoveryOut))
    def get(self, here: Here, loan_id: UUID, query: dict[str, Any]) -> Any:
        """What came in for a loan after it was written off."""
        loan = loan_of(here, loan_id)
        rows, following = page(queries.recoveries(here.group_id).filter(loan_id=loan.id), query)
        return listed([recovery_json(one) for one in rows], following)

    @door("record_repayment", body=RecoveryIn, status=201, money=True, answer=RecoveryOut, shown=stored_recovery)
    def post(self, here: Here, loan_id: UUID, body: dict[str, Any]) -> Done:
        """Take money for a loan that was written off in the books: it is income."""
        return Done({"id": str(recasting.recover(here.seat.group, loan_of(here, loan_id), **body).id)})
