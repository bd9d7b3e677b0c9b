"""A loan's facts as they are stored, read for many loans at once and handed to `accrual.derive`."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import Sum

from loans import calendar, schedule, terms
from loans.accrual import ChargeMade, Facts, Key, Payment, PenaltyRule, Plan, Row, Rules, WaiverMade
from loans.models import Charge, Installment, Line, Loan, Repayment, Version, Waiver


def rules_of(loan: Loan, days: calendar.Calendar) -> Rules:
    """What was agreed with the loan, as the arithmetic takes it."""
    agreed: dict[str, Any] = loan.rules
    return Rules(
        allocation=agreed["allocation"],
        excess=agreed["excess"],
        flat_rebate=agreed["flat_rebate"],
        penalty=penalty_rule(agreed.get("penalty")),
        accrues=loan.accrues,
        nonperforming_days=loan.nonperforming_days,
        meeting=days.meeting,
    )


def penalty_rule(stored: dict[str, Any] | None) -> PenaltyRule | None:
    """A product's `penalty`, its percents from their texts."""
    if stored is None:
        return None
    percents = {
        name: None if stored.get(name) is None else Decimal(stored[name]) for name in ("percent", "cap_percent")
    }
    return PenaltyRule(
        per=stored["per"], amount=stored.get("amount"), grace_days=stored.get("grace_days") or 0, **percents
    )


def rows_of(agreed: terms.Terms, days: calendar.Calendar) -> tuple[Row, ...]:
    """The schedule of terms, each row with the day its period begins."""
    return tuple(
        Row(one.number, one.from_on, one.due_on, one.principal, one.interest, one.fee)
        for one in schedule.schedule(agreed, days)
    )


def _redone(kept: dict[str, Any], days: calendar.Calendar, principal: int) -> tuple[Row, ...]:
    """The rows of terms for another principal."""
    return rows_of(replace(terms.from_json(kept), principal=principal), days)


def read(group_id: UUID, loans: Sequence[Loan], days: calendar.Calendar) -> dict[UUID, Facts]:
    """The facts of these loans by id. The number of queries does not depend on how many they are."""
    ids = [loan.id for loan in loans]
    rows: dict[tuple[UUID, int], list[Row]] = defaultdict(list)
    columns = ("loan_id", "version", "number", "from_on", "due_on", "principal", "interest", "fee")
    found = Installment.objects.filter(group_id=group_id, loan_id__in=ids).order_by("loan_id", "version", "number")
    for loan_id, version, *row in found.values_list(*columns):
        rows[loan_id, version].append(Row(*row))
    plans: dict[UUID, list[Plan]] = defaultdict(list)
    versions = Version.objects.filter(group_id=group_id, loan_id__in=ids, replaced=False).order_by("loan_id", "number")
    for one in versions:
        plans[one.loan_id].append(
            Plan(
                one.number,
                one.effective_on,
                one.ordinal,
                tuple(rows[one.loan_id, one.number]),
                partial(_redone, one.terms, days),
                one.terms["method"],
            )
        )
    payments: dict[UUID, list[Payment]] = defaultdict(list)
    received = Repayment.objects.filter(group_id=group_id, loan_id__in=ids, reversed_by=None).order_by("ordinal")
    paid: list[Any]
    for loan_id, *paid in received.values_list("loan_id", "id", "paid_on", "amount", "ordinal"):
        payments[loan_id].append(Payment(*paid))
    charges: dict[UUID, list[ChargeMade]] = defaultdict(list)
    charged = Charge.objects.filter(group_id=group_id, loan_id__in=ids)
    charge: list[Any]
    for loan_id, *charge in charged.values_list("loan_id", "id", "kind", "amount", "due_on"):
        charges[loan_id].append(ChargeMade(*charge))
    waivers: dict[UUID, list[WaiverMade]] = defaultdict(list)
    waived = Waiver.objects.filter(group_id=group_id, loan_id__in=ids)
    waiver: list[Any]
    for loan_id, *waiver in waived.values_list("loan_id", "charge_id", "waived_on", "ordinal"):
        waivers[loan_id].append(WaiverMade(*waiver))
    return {
        loan.id: Facts(
            loan.id,
            rules_of(loan, days),
            tuple(sorted(plans[loan.id], key=lambda plan: (plan.effective_on, plan.ordinal))),
            tuple(payments[loan.id]),
            tuple(charges[loan.id]),
            tuple(waivers[loan.id]),
        )
        for loan in loans
    }


def until(known: Facts, day: date) -> Facts:
    """What had happened by the end of a day: later money, waivers and versions are left out."""
    return replace(
        known,
        plans=tuple(plan for plan in known.plans if plan.effective_on <= day or plan.version == known.plans[0].version),
        payments=tuple(one for one in known.payments if one.paid_on <= day),
        waivers=tuple(one for one in known.waivers if one.waived_on <= day),
    )


def booked(group_id: UUID, loans: Sequence[Loan]) -> dict[UUID, dict[Key, int]]:
    """What stands in the books of these loans, in the words of `accrual`."""
    found: dict[UUID, dict[Key, int]] = {loan.id: {} for loan in loans}
    key = ("loan_id", "repayment_id", "effective_on", "version", "number", "component")
    lines = Line.objects.filter(group_id=group_id, loan_id__in=list(found))
    for loan_id, *about, amount in lines.values_list(*key).annotate(total=Sum("amount")).order_by():
        if amount:
            found[loan_id][Key(*about)] = int(amount)
    return found
