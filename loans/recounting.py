"""Schedules counted anew in bulk, when the meeting day, the holidays or a variable rate has changed: first as a
preview, then as new versions of just those loans on which something differs.

Instalments that fell due before the day stay as they are, and what they leave unpaid stays late. Principal, interest
and fees move with their instalment; only interest that is counted by days, or at another rate, changes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Literal
from uuid import UUID

from ledger import services as ledger
from loans import booking, facts, queries, schedule, terms
from loans.account import Plan, Row
from loans.calendar import Calendar
from loans.models import Installment, Loan, Version
from members.models import Group


@dataclass(frozen=True, slots=True)
class NewRate:
    """Another rate for the loans of one product."""

    product_id: UUID
    percent: Decimal
    per: Literal["month", "year"]


@dataclass(frozen=True, slots=True)
class Recount:
    """A loan whose schedule comes out otherwise: its rows from the first that differs, before and after."""

    loan: Loan
    version: Version
    terms: terms.Terms
    rows: tuple[Row, ...]
    before: tuple[Row, ...]
    after: tuple[Row, ...]

    @property
    def interest_change(self) -> int:
        """What the loan costs more; negative: less."""
        return sum(row.interest for row in self.after) - sum(row.interest for row in self.before)


def preview(group: Group, *, from_on: date, rate: NewRate | None = None) -> list[Recount]:
    """The running loans whose instalments from `from_on` on would change; stores nothing."""
    found = Loan.objects.filter(group_id=group.id, status=Loan.Status.ACTIVE).order_by("id")
    if rate is not None:
        found = found.filter(product_id=rate.product_id)
    loans = list(found)
    days = queries.calendar_of(group)
    versions = _in_force(group.id, loans)
    rows = _rows(group.id, versions)
    counted = (_count(loan, versions[loan.id], rows[loan.id], from_on=from_on, days=days, rate=rate) for loan in loans)
    return [one for one in counted if one is not None]


def recount(group: Group, *, from_on: date, rate: NewRate | None = None) -> list[Recount]:
    """Do what `preview` shows, each loan a further version in the place of the one in force; gives them. Needs a
    command, as what is accrued may change."""
    ledger.lock_book(group.id)
    changed = preview(group, from_on=from_on, rate=rate)
    ground = facts.ground(group.id)
    for one in changed:
        plan = Plan(0, one.version.origin, one.version.effective_on, one.version.ordinal, one.rows)
        Version.objects.filter(group_id=group.id, id=one.version.id).update(replaced=True)
        kept = terms.to_json(one.terms)
        booking.add_version(
            *(group.id, one.loan, plan),
            terms=kept,
            made_by="recount",
            origin=one.version.origin,
            days_past_due=one.version.days_past_due,
        )
        one.loan.terms = kept | {"principal": one.loan.principal}
        Loan.objects.filter(group_id=group.id, id=one.loan.id).update(terms=one.loan.terms)
        booking.rebook(group.id, one.loan, ground)
    return changed


def _in_force(group_id: UUID, loans: Sequence[Loan]) -> dict[UUID, Version]:
    """The latest version of each loan."""
    ids = [loan.id for loan in loans]
    found = Version.objects.filter(group_id=group_id, loan_id__in=ids, replaced=False)
    return {one.loan_id: one for one in found.order_by("effective_on", "ordinal")}


def _rows(group_id: UUID, versions: dict[UUID, Version]) -> dict[UUID, list[Row]]:
    rows: dict[UUID, list[Row]] = {id: [] for id in versions}
    columns = ("loan_id", "version", "number", "from_on", "due_on", "principal", "interest", "fee")
    found = Installment.objects.filter(group_id=group_id, loan_id__in=list(versions)).order_by("loan_id", "number")
    for loan_id, version, number, from_on, due_on, principal, interest, fee in found.values_list(*columns):
        if version == versions[loan_id].number:
            rows[loan_id].append(Row(number, from_on, due_on, principal, interest, fee))
    return rows


def _count(
    loan: Loan, version: Version, rows: Sequence[Row], *, from_on: date, days: Calendar, rate: NewRate | None
) -> Recount | None:
    first = next((place for place, row in enumerate(rows) if row.due_on >= from_on), None)
    if first is None:
        return None
    agreed = terms.from_json(version.terms)
    new = list(rows)
    if rate is not None:
        rated = schedule.rerated(
            agreed, _as_installments(rows), from_number=first + 1, rate=rate.percent, rate_per=rate.per
        )
        pairs = zip(rows, rated, strict=True)
        new = [replace(row, principal=one.principal, interest=one.interest) for row, one in pairs]
        agreed = replace(agreed, rate=rate.percent, rate_per=rate.per)
    elif agreed.method != "uneven":
        new = _moved(agreed, rows, first, days)
    if new == list(rows):
        return None
    differs = next(place for place, (old, row) in enumerate(zip(rows, new, strict=True)) if old != row)
    return Recount(loan, version, agreed, tuple(new), tuple(rows[differs:]), tuple(new[differs:]))


def _as_installments(rows: Sequence[Row]) -> tuple[schedule.Installment, ...]:
    """With the principal owed after each row."""
    found, owed = [], sum(row.principal for row in rows)
    for row in rows:
        owed -= row.principal
        found.append(
            schedule.Installment(row.number, row.due_on, row.principal, row.interest, row.fee, owed, row.from_on)
        )
    return tuple(found)


def _moved(agreed: terms.Terms, rows: Sequence[Row], first: int, days: Calendar) -> list[Row]:
    """The rows from `first` on at the days of the calendar as it is now."""
    counted = facts.rows_of(agreed, days)
    new = list(rows[:first])
    for old, row in zip(rows[first:], counted[first:], strict=True):
        begins = new[-1].due_on if new else old.from_on
        if row.due_on <= begins:
            return list(rows)
        by_days = agreed.interest_basis != "per_installment"
        new.append(replace(old, from_on=begins, due_on=row.due_on, interest=row.interest if by_days else old.interest))
    return new
