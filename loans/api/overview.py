"""Who owes what: a member's balance, the arrears list, the portfolio; and leaving, which settles all of it."""

from datetime import date
from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from ledger.currencies import DIGITS
from loans import leaving, portfolio, queries
from loans.api.products import percent
from members.api.lists import listed, page_of
from members.api.people import LeaveIn, LeaveOut, hers, noted
from members.door import GroupView, View, door, user_of
from members.errors import NotAllowed
from members.fields import Choice, Day, Query
from members.services import today_in
from members.visit import Done, Here, always, rendered
from savings import queries as savings


class AsOf(Query):
    as_of = Day(required=False)


class OwedOut(serializers.Serializer[Any]):
    loan_id = serializers.UUIDField()
    outstanding_principal = serializers.IntegerField()
    due_now = serializers.IntegerField()
    arrears = serializers.IntegerField()
    next_due_on = serializers.DateField(allow_null=True)
    next_due_amount = serializers.IntegerField(allow_null=True)


class BalanceOut(serializers.Serializer[Any]):
    as_of = serializers.DateField()
    savings = serializers.DictField(child=serializers.IntegerField())
    loans = OwedOut(many=True)
    total_owed = serializers.IntegerField()


class MemberBalance(GroupView):
    @door("see_savings", query=AsOf, answer=BalanceOut)
    def get(self, here: Here, member_id: UUID, query: dict[str, Any]) -> Any:
        """What a member has saved and what she owes at the end of `as_of` (today unless told)."""
        hers(here, member_id, None)
        noted(here, member_id, "savings", "loans")
        as_of = _day(here, query)
        saved = savings.savings_of(here.group_id, member_id, as_of)
        owed = queries.owed_by(here.seat.group, member_id, as_of=as_of)
        names = ("outstanding_principal", "due_now", "arrears", "next_due_on", "next_due_amount")
        return {
            "as_of": as_of,
            "savings": saved | {"total": sum(saved.values())},
            "loans": [{"loan_id": one.loan.id} | {name: getattr(one, name) for name in names} for one in owed],
            "total_owed": sum(one.total for one in owed),
        }


def _day(here: Here, query: dict[str, Any]) -> date:
    day: date = query.get("as_of") or today_in(here.seat.group, timezone.now())
    return day


class ArrearsOut(serializers.Serializer[Any]):
    loan_id = serializers.UUIDField()
    member_id = serializers.UUIDField()
    outstanding_principal = serializers.IntegerField()
    principal_arrears = serializers.IntegerField()
    interest_arrears = serializers.IntegerField()
    days_past_due = serializers.IntegerField()

    def get_fields(self) -> Any:
        return super().get_fields() | {"class": serializers.CharField()}


class ArrearsList(GroupView):
    @door("see_portfolio", query=AsOf, answer=page_of(ArrearsOut))
    def get(self, here: Here, query: dict[str, Any]) -> Any:
        """The loans of which something fell due before `as_of` and is unpaid, with their class."""
        found = portfolio.arrears(here.seat.group, as_of=_day(here, query))
        names = (
            *("loan_id", "member_id", "outstanding_principal", "principal_arrears", "interest_arrears"),
            "days_past_due",
        )
        return listed([{name: getattr(one, name) for name in names} | {"class": one.class_name} for one in found])


class RiskOut(serializers.Serializer[Any]):
    amount = serializers.IntegerField()
    percent = serializers.CharField(allow_null=True)


class ClassOut(serializers.Serializer[Any]):
    loans = serializers.IntegerField()
    outstanding = serializers.IntegerField()
    provision = serializers.IntegerField()

    def get_fields(self) -> Any:
        return {"class": serializers.CharField()} | super().get_fields()


class PortfolioOut(serializers.Serializer[Any]):
    as_of = serializers.DateField()
    loans = serializers.IntegerField()
    outstanding = serializers.IntegerField()
    arrears_principal = serializers.IntegerField()
    arrears_interest = serializers.IntegerField()
    par = serializers.DictField(child=RiskOut())
    lar_percent = serializers.CharField(allow_null=True)
    repayment_rate_percent = serializers.CharField(allow_null=True)
    yield_percent = serializers.CharField(allow_null=True)
    write_off_percent = serializers.CharField(allow_null=True)
    classes = ClassOut(many=True)
    provisions_due = serializers.IntegerField()


def portfolio_json(found: Any, as_of: date) -> dict[str, Any]:
    """A group's portfolio, or that of many groups."""
    return {
        "as_of": as_of,
        **{name: getattr(found, name) for name in ("loans", "outstanding", "arrears_principal", "arrears_interest")},
        "par": {
            str(days): {"amount": risk.amount, "percent": percent(risk.percent)} for days, risk in found.par.items()
        },
        **{
            name: percent(getattr(found, name))
            for name in ("lar_percent", "repayment_rate_percent", "yield_percent", "write_off_percent")
        },
        "classes": [
            {
                "class": one.class_name,
                "loans": one.loans,
                "outstanding": one.outstanding,
                "provision": one.provision,
            }
            for one in found.classes
        ],
        "provisions_due": found.provisions_due,
    }


class PortfolioDetail(GroupView):
    @door("see_totals", query=AsOf, answer=PortfolioOut)
    def get(self, here: Here, query: dict[str, Any]) -> Any:
        """All loans of the group at the end of `as_of` (today unless told): arrears, risk, classes, provisions."""
        as_of = _day(here, query)
        return portfolio_json(portfolio.portfolio(here.seat.group, as_of=as_of), as_of)


class AllGroups(AsOf):
    currency = Choice(choices=sorted(DIGITS), required=False, default="IDR")


class OperatorPortfolioOut(PortfolioOut):
    currency = serializers.CharField()
    groups = serializers.IntegerField()


class OperatorPortfolio(View):
    queries = {"GET": AllGroups}

    @extend_schema(responses=OperatorPortfolioOut, parameters=[AllGroups])
    def get(self, request: Request) -> Any:
        """The loans of all groups of one currency together, demonstrations apart, for the operator of the service. Each
        class bears the name of its preset."""
        user = user_of(request)
        if not user.is_operator:
            raise NotAllowed()
        as_of: date = self.query.get("as_of") or timezone.now().date()
        currency: str = self.query["currency"]
        found = portfolio.operator_portfolio(user.id, as_of, currency=currency)
        return rendered({"currency": currency, "groups": found.groups} | portfolio_json(found, as_of))


class MemberLeave(GroupView):
    @door("settle_leaver", body=LeaveIn, status=201, money=True, two=always, answer=LeaveOut)
    def post(self, here: Here, member_id: UUID, body: dict[str, Any]) -> Done:
        """End a member's stay on her last day and settle what stands between her and the group, in one act: her savings
        pay what she owes, the rest is paid out. For two officers."""
        settled = leaving.settle_leaver(
            here.seat.group,
            hers(here, member_id, None),
            left_on=body["left_on"],
            today=today_in(here.seat.group, timezone.now()),
            channel=body["channel"],
        )
        return Done(
            {
                "id": str(member_id),
                "left_on": body["left_on"].isoformat(),
                "paid_out": settled.paid_out,
                "offset_against_loan": settled.offset_against_loan,
                "entry_ids": [str(id) for id in settled.entry_ids],
            }
        )
