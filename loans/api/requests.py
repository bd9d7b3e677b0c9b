"""A loan over HTTP: asked for, voted on, paid out, looked at."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone
from rest_framework import serializers

from ledger.money import LARGEST
from loans import applications, pricing, queries, services, terms
from loans.account import Derived
from loans.api.fields import OfferedTerms, Quantity, TermsOut, agreed, malformed, offered
from loans.api.products import PriceWarningOut, percent, product_of, quantity, warnings_json
from loans.models import Loan
from members import access
from members.api.lists import listed, page, page_of
from members.api.people import hers, noted
from members.door import GroupView, door
from members.errors import NotAllowed, NotFound
from members.fields import Amount, Body, Choice, Day, Id, Page, Text, Whole
from members.queries import held
from members.services import today_in
from members.visit import Done, Here

STATUSES = [str(status) for status in Loan.Status.values]


class PurchaseIn(Body):
    item = Text(max_length=80)
    quantity = Quantity()
    unit = Text(max_length=20)
    unit_price = Amount()
    supplier = Text(max_length=120, required=False, allow_null=True)


class LoanIn(OfferedTerms):
    member_id = Id()
    principal = Amount()
    product = Text(max_length=40, required=False, allow_null=True)
    purpose = Text(max_length=300)
    purchases = serializers.ListField(child=PurchaseIn(), required=False, max_length=50)


class LoansQuery(Page):
    member_id = Id(required=False)
    status = Choice(choices=STATUSES, required=False)


class PurchaseOut(serializers.Serializer[Any]):
    line = serializers.IntegerField()
    item = serializers.CharField()
    quantity = serializers.CharField()
    unit = serializers.CharField()
    unit_price = serializers.IntegerField()
    actual_unit_price = serializers.IntegerField(allow_null=True)
    supplier = serializers.CharField(allow_null=True)


class VoteOut(serializers.Serializer[Any]):
    officer_id = serializers.UUIDField()
    decision = serializers.ChoiceField(choices=["approve", "reject"])
    note = serializers.CharField(allow_null=True)
    at = serializers.DateTimeField()


class OutstandingOut(serializers.Serializer[Any]):
    principal = serializers.IntegerField()
    interest = serializers.IntegerField()
    fee = serializers.IntegerField()
    penalty = serializers.IntegerField()


class LimitOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    ok = serializers.BooleanField()
    limit = serializers.IntegerField()
    actual = serializers.IntegerField()
    detail = serializers.CharField()


class LoanOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    created_at = serializers.DateTimeField()
    number = serializers.IntegerField()
    member_id = serializers.UUIDField()
    product = serializers.CharField(allow_null=True)
    status = serializers.ChoiceField(choices=STATUSES)
    terms = TermsOut()
    allocation = serializers.CharField()
    excess = serializers.CharField()
    purpose = serializers.CharField(allow_null=True)
    purchases = PurchaseOut(many=True)
    votes = VoteOut(many=True)
    approvals_required = serializers.IntegerField()
    reservation_expires_on = serializers.DateField(allow_null=True)
    disbursed_on = serializers.DateField(allow_null=True)
    ended_on = serializers.DateField(allow_null=True)
    version = serializers.IntegerField(allow_null=True)
    outstanding = OutstandingOut()
    held = serializers.IntegerField(help_text="Titipan: uang yang menunggu angsuran berikutnya")
    apr_percent = serializers.CharField(allow_null=True)
    effective_annual_rate_percent = serializers.CharField(allow_null=True)
    warnings = PriceWarningOut(many=True)
    limits = LimitOut(
        many=True, allow_null=True, help_text="Hanya pada pinjaman yang menunggu keputusan, tidak dalam daftar"
    )


def only_hers(here: Here) -> UUID | None:
    """To a seat without office, her own loans alone; None: everybody's."""
    return None if access.is_officer(here.seat) else here.seat.member_id


def loan_of(here: Here, loan_id: UUID, what: str | None = "loans") -> Loan:
    """A loan that the seat may see; that somebody else than the borrower does is noted (`what` None: it is not).
    Raises NoSuchLoan."""
    loan = queries.loan(here.group_id, loan_id, only_of=only_hers(here))
    if what is not None:
        noted(here, loan.member_id, what)
    return loan


def loan_json(here: Here, loan: Loan, derived: Derived | None, *, alone: bool) -> dict[str, Any]:
    """A loan as it stands; only `alone`, and while it waits for votes, with its limits: they are asked one by one."""
    agreed_terms = terms.from_json(loan.terms)
    priced = pricing.Price(loan.apr_percent, loan.effective_annual_rate_percent, 0, 0, 0)
    waiting = alone and loan.status == Loan.Status.SUBMITTED
    shown = [applications.limit_json(one) for one in applications.limits(here.seat.group, loan)] if waiting else None
    day = {"disbursed_on": loan.disbursed_on and loan.disbursed_on.isoformat()}
    return {
        "id": loan.id,
        "created_at": loan.created_at,
        "number": loan.number,
        "member_id": loan.member_id,
        "product": loan.product.code if loan.product else None,
        "status": loan.status,
        "terms": {"first_due_on": None, "fees": [], "rows": []} | loan.terms | day,
        "allocation": loan.rules["allocation"],
        "excess": loan.rules["excess"],
        "purpose": loan.purpose,
        "purchases": [purchase_json(one) for one in loan.purchases.all()],
        "votes": [
            {"officer_id": one.officer_id, "decision": one.decision, "note": one.note, "at": one.at}
            for one in loan.votes.all()
            if one.round == loan.round
        ],
        "approvals_required": loan.approvals_required,
        "reservation_expires_on": loan.reservation_expires_on,
        "disbursed_on": loan.disbursed_on,
        "ended_on": loan.ended_on,
        "version": loan.version or None,
        "outstanding": queries.summary(loan, derived),
        "held": derived.held if derived is not None and loan.status != Loan.Status.WRITTEN_OFF else 0,
        "apr_percent": percent(loan.apr_percent),
        "effective_annual_rate_percent": percent(loan.effective_annual_rate_percent),
        "warnings": warnings_json(here, priced, agreed_terms),
        "limits": shown,
    }


def purchase_json(one: Any) -> dict[str, Any]:
    return {
        "line": one.line,
        "item": one.item,
        "quantity": quantity(one.quantity),
        "unit": one.unit,
        "unit_price": one.unit_price,
        "actual_unit_price": one.bought_at,
        "supplier": one.supplier,
    }


def loans_json(here: Here, found: Sequence[Loan]) -> list[dict[str, Any]]:
    """Loans as they stand today; the number of queries does not grow with those that were paid out."""
    derived = queries.states(here.seat.group, found, on=business_day(here))
    return [loan_json(here, loan, derived.get(loan.id), alone=False) for loan in found]


def business_day(here: Here) -> date:
    """Today in the group's zone."""
    return today_in(here.seat.group, timezone.now())


def stored_loan(here: Here, stored: dict[str, Any]) -> dict[str, Any]:
    return one_json(here, UUID(stored["id"]))


def one_json(here: Here, loan_id: UUID) -> dict[str, Any]:
    """Raises NoSuchLoan."""
    loan_of(here, loan_id)
    loan = queries.loans(here.group_id).get(id=loan_id)
    derived = queries.states(here.seat.group, [loan], on=business_day(here))
    return loan_json(here, loan, derived.get(loan.id), alone=True)


class LoanList(GroupView):
    @door("see_loans", query=LoansQuery, answer=page_of(LoanOut))
    def get(self, here: Here, query: dict[str, Any]) -> Any:
        """The loans of the group, or of one member; a member without office sees her own."""
        member_id = query.get("member_id") or only_hers(here)
        if member_id is not None:
            hers(here, member_id, "loans")
        found = queries.loans(here.group_id, member_id=member_id, status=query.get("status"))
        rows, following = page(found, query)
        return listed(loans_json(here, rows), following)

    @door("request_loan", body=LoanIn, status=201, answer=LoanOut, shown=stored_loan)
    def post(self, here: Here, body: dict[str, Any]) -> Done:
        """Ask for a loan, with the raw material it is to buy. Terms that are not named come from the product; limits
        are shown, kept or not, before anybody votes."""
        row = hers(here, body["member_id"], None)
        group, today = here.seat.group, business_day(here)
        product = product_of(here, body["product"]) if body.get("product") else None
        given = (product.terms if product else {}) | offered(body) | {"principal": body["principal"]}
        asked = agreed(
            given | {"disbursed_on": today.isoformat()} | _first_due(given, today),
            digits=group.digits,
            multiple=group.installment_multiple,
        )
        try:
            made = applications.submit_loan(
                group,
                row,
                asked=asked,
                today=today,
                purpose=body["purpose"],
                product=product,
                purchases=[
                    applications.Bought(
                        line["item"],
                        Decimal(line["quantity"]),
                        line["unit"],
                        line["unit_price"],
                        line.get("supplier"),
                    )
                    for line in body.get("purchases") or ()
                ],
            )
        except terms.BadTerms as bad:
            raise malformed(bad) from None
        return Done({"id": str(made.id)})


def _first_due(given: dict[str, Any], today: date) -> dict[str, Any]:
    """Terms are reckoned from the day of the request until the money goes out. Where an instalment is agreed for an
    earlier day, they begin as late as they can before it."""
    days = [given.get("first_due_on"), *(row["due_on"] for row in given.get("rows") or ())]
    first = min((day for day in days if day is not None), default=None)
    if first is None or date.fromisoformat(first) > today:
        return {}
    return {"disbursed_on": date.fromordinal(date.fromisoformat(first).toordinal() - 1).isoformat()}


class LoanDetail(GroupView):
    @door("see_loans", answer=LoanOut)
    def get(self, here: Here, loan_id: UUID) -> Any:
        """One loan as it stands today."""
        return one_json(here, loan_id)


class VoteIn(Body):
    decision = Choice(choices=["approve", "reject"])
    note = Text(max_length=300, required=False, allow_null=True)


class LoanApprovals(GroupView):
    @door("vote_loan", body=VoteIn, status=201, answer=LoanOut, shown=stored_loan)
    def post(self, here: Here, loan_id: UUID, body: dict[str, Any]) -> Done:
        """An officer's vote, never on her own loan. The last approval that is needed keeps the cash for 14 days; one
        rejection ends the request."""
        loan = loan_of(here, loan_id)
        office = held(here.group_id).filter(user_id=here.user_id).first()
        if office is None:
            raise NotAllowed()
        applications.vote(
            here.seat.group,
            loan,
            seat_user=here.user_id,
            officer_id=office.id,
            member_id=here.seat.member_id,
            decision=body["decision"],
            note=body.get("note"),
            today=business_day(here),
        )
        return Done({"id": str(loan_id)})


class LoanWithdrawalIn(Body):
    reason = Text(max_length=300)


class LoanWithdrawal(GroupView):
    @door("withdraw_loan", body=LoanWithdrawalIn, status=201, answer=LoanOut, shown=stored_loan)
    def post(self, here: Here, loan_id: UUID, body: dict[str, Any]) -> Done:
        """Take a request back before the money went out."""
        applications.withdraw_request(here.seat.group, loan_of(here, loan_id), reason=body["reason"])
        return Done({"id": str(loan_id)})


class ActualIn(Body):
    line = Whole(min_value=1, max_value=50)
    actual_unit_price = Whole(min_value=0, max_value=LARGEST)


class DisbursementIn(Body):
    disbursed_on = Day()
    first_due_on = Day(required=False, allow_null=True)
    channel = Choice(choices=["cash", "bank", "supplier"], required=False, default="cash")
    purchases = serializers.ListField(child=ActualIn(), required=False, max_length=50)
    difference = Choice(choices=["cash", "principal"], required=False, default="cash")


class PartsOut(serializers.Serializer[Any]):
    principal = serializers.IntegerField()
    interest = serializers.IntegerField()
    fee = serializers.IntegerField()
    penalty = serializers.IntegerField()


class ScheduleRowOut(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    due_on = serializers.DateField()
    principal = serializers.IntegerField()
    interest = serializers.IntegerField()
    fee = serializers.IntegerField()
    penalty = serializers.IntegerField()
    due = serializers.IntegerField()
    paid = PartsOut()
    status = serializers.ChoiceField(choices=["upcoming", "due", "late", "paid"])


class ScheduleOut(serializers.Serializer[Any]):
    version = serializers.IntegerField()
    installments = ScheduleRowOut(many=True)


class DisbursementOut(serializers.Serializer[Any]):
    id = serializers.UUIDField(help_text="Pinjaman")
    created_at = serializers.DateTimeField()
    entry_id = serializers.UUIDField()
    disbursed_on = serializers.DateField()
    principal = serializers.IntegerField()
    schedule = ScheduleOut()


def schedule_json(derived: Derived, on: date) -> dict[str, Any]:
    """The version in force: what is owed of every instalment (without what was waived or given back), and paid."""
    rows = []
    for state in derived.states:
        late = "late" if state.due_on < on else "due" if state.due_on == on else "upcoming"
        rows.append(
            {
                "number": state.number,
                "due_on": state.due_on,
                **{name: state.owed[name] for name in ("principal", "interest", "fee", "penalty")},
                "due": state.due,
                "paid": {name: state.paid[name] for name in ("principal", "interest", "fee", "penalty")},
                "status": late if state.unpaid else "paid",
            }
        )
    return {"version": derived.version, "installments": rows}


def stored_disbursement(here: Here, stored: dict[str, Any]) -> dict[str, Any]:
    loan = loan_of(here, UUID(stored["id"]))
    today = business_day(here)
    derived = queries.state(here.seat.group, loan, on=today)
    return stored | {"schedule": schedule_json(derived, today)}


class LoanDisbursement(GroupView):
    @door(
        "disburse_loan",
        body=DisbursementIn,
        status=201,
        money=True,
        answer=DisbursementOut,
        shown=stored_disbursement,
    )
    def post(self, here: Here, loan_id: UUID, body: dict[str, Any]) -> Done:
        """Pay an approved loan out, in cash, by bank, or straight to the supplier at the prices really paid. What the
        purchase then costs less goes to her in cash, or is not lent (`difference`)."""
        loan = loan_of(here, loan_id)
        twice = [one["line"] for one in body.get("purchases") or ()]
        if len(twice) != len(set(twice)):
            raise NotFound()
        try:
            posted = services.disburse_loan(
                here.seat.group,
                loan,
                hers(here, loan.member_id, None),
                disbursed_on=body["disbursed_on"],
                today=business_day(here),
                channel=body["channel"],
                first_due_on=body.get("first_due_on"),
                actual_prices={one["line"]: one["actual_unit_price"] for one in body.get("purchases") or ()},
                difference=body["difference"],
            )
        except terms.BadTerms as bad:
            raise malformed(bad) from None
        return Done(
            {
                "id": str(loan.id),
                "created_at": posted.recorded_at.isoformat(),
                "entry_id": str(posted.id),
                "disbursed_on": body["disbursed_on"].isoformat(),
                "principal": loan.principal,
            }
        )


class LoanSchedule(GroupView):
    @door("see_loans", answer=ScheduleOut)
    def get(self, here: Here, loan_id: UUID) -> Any:
        """The schedule in force, each instalment with what is paid of it; none before the loan is paid out."""
        loan = loan_of(here, loan_id)
        if loan.disbursed_on is None:
            raise NotFound()
        today = business_day(here)
        return schedule_json(queries.state(here.seat.group, loan, on=max(today, loan.disbursed_on)), today)
