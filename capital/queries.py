"""What can be asked of a group's lenders and facilities. Every question names its group; days are inclusive.

What a facility owes on a day is derived from its facts (`account`), so it is right although a night was missed; what
its account holds is read from the ledger. Both agree on every day."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import F, Prefetch, Q, QuerySet, Sum

from capital import facts
from capital.account import PARTS, Derived, derive
from capital.errors import NoSuchFacility, NoSuchFunding, NoSuchLender
from capital.models import Drawdown, Facility, Funding, Grant, Installment, Lender, Line, Payment
from ledger import queries as books
from ledger.money import signed
from loans.models import Loan, Purchase

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Standing:
    """A facility at the end of a day: `drawn` of its limit in all, `outstanding` principal, `due_now` unpaid of what
    fell due on or before the day, `arrears` the part that fell due before it, `days_past_due` of the oldest of that."""

    facility: Facility
    derived: Derived
    drawn: int
    outstanding: int
    due_now: int
    arrears: int
    days_past_due: int
    next_due_on: date | None
    next_due_amount: int | None

    @property
    def available(self) -> int:
        """What may still be drawn."""
        return max(self.facility.limit - self.drawn, 0)


@dataclass(frozen=True, slots=True)
class Movement:
    """A line of a facility's account: `amount` is positive for what was drawn, negative for what was paid back;
    `balance` is owed after it, in order of (effective_on, seq)."""

    entry_id: UUID
    seq: int
    effective_on: date
    kind: str
    memo: str | None
    amount: int
    balance: int


@dataclass(frozen=True, slots=True)
class Account:
    """A facility's principal over some days."""

    opening: int
    lines: list[Movement]
    closing: int


def lenders(group_id: UUID) -> QuerySet[Lender]:
    """Who lends to the group, oldest first."""
    return Lender.objects.filter(group_id=group_id).order_by("id")


def names(group_id: UUID, lender_ids: Collection[UUID] | None = None) -> dict[UUID, str]:
    """The names of those of `lender_ids` that lend to the group (None: of all), by id."""
    found = lenders(group_id)
    return dict((found if lender_ids is None else found.filter(id__in=list(lender_ids))).values_list("id", "name"))


def lender(group_id: UUID, lender_id: UUID) -> Lender:
    """Raises NoSuchLender."""
    found = Lender.objects.filter(group_id=group_id, id=lender_id).first()
    if found is None:
        raise NoSuchLender()
    return found


def facilities(group_id: UUID, *, lender_id: UUID | None = None) -> QuerySet[Facility]:
    """The group's facilities with their lenders, oldest first; or one lender's."""
    found = Facility.objects.filter(group_id=group_id).select_related("lender").order_by("id")
    return found if lender_id is None else found.filter(lender_id=lender_id)


def facility(group_id: UUID, facility_id: UUID, *, lender_id: UUID | None = None) -> Facility:
    """One facility; `lender_id`: only if it is that lender's. Raises NoSuchFacility."""
    found = facilities(group_id, lender_id=lender_id).filter(id=facility_id).first()
    if found is None:
        raise NoSuchFacility()
    return found


def drawdowns(group_id: UUID, facility_id: UUID) -> QuerySet[Drawdown]:
    """What was drawn, those that were taken back among them, in order of recording."""
    return Drawdown.objects.filter(group_id=group_id, facility_id=facility_id).order_by("id")


def payments(group_id: UUID, facility_id: UUID) -> QuerySet[Payment]:
    """What was paid back, those that were taken back among them, in order of recording."""
    return Payment.objects.filter(group_id=group_id, facility_id=facility_id).order_by("id")


def grants(group_id: UUID) -> QuerySet[Grant]:
    """What came for good, in order of recording."""
    return Grant.objects.filter(group_id=group_id).order_by("id")


def rows_of(group_id: UUID, drawdown_id: UUID) -> QuerySet[Installment]:
    """A drawdown's schedule as it was agreed."""
    return Installment.objects.filter(group_id=group_id, drawdown_id=drawdown_id).order_by("number")


def drawn(group_id: UUID, facility_id: UUID) -> int:
    """What stands drawn of a facility, paid back or not."""
    live = Drawdown.objects.filter(group_id=group_id, facility_id=facility_id, reversed_by=None)
    total: int | None = live.aggregate(total=Sum("amount"))["total"]
    return int(total or 0)


def state(facility: Facility, *, on: date) -> Derived:
    """A facility at the end of a day, whatever was recorded for later ones."""
    return derive(facts.read(facility.group_id, [facility], as_of=on)[facility.id], on)


def standings(group_id: UUID, found: Sequence[Facility], *, on: date) -> list[Standing]:
    """These facilities at the end of a day, in their order; the number of queries does not grow."""
    known = facts.read(group_id, found, as_of=on) if found else {}
    return [
        standing(one, derive(known[one.id], on), sum(part.amount for part in known[one.id].drawdowns)) for one in found
    ]


def standing(facility: Facility, derived: Derived, drawn: int) -> Standing:
    """A facility's line on the day it was derived for."""
    on = derived.through
    oldest = derived.oldest_unpaid
    following = next((row for row in derived.states if row.due_on > on and row.unpaid), None)
    return Standing(
        facility=facility,
        derived=derived,
        drawn=drawn,
        outstanding=derived.principal,
        due_now=derived.due(before=on + ONE_DAY),
        arrears=derived.due(before=on),
        days_past_due=max((on - oldest.due_on).days, 0) if oldest else 0,
        next_due_on=following.due_on if following else None,
        next_due_amount=None
        if following is None
        else sum(row.unpaid for row in derived.states if row.due_on == following.due_on),
    )


def splits(group_id: UUID, payment_ids: Sequence[UUID]) -> dict[UUID, dict[str, int]]:
    """What these payments pay as it is booked, by component."""
    found = {id: dict.fromkeys(PARTS, 0) for id in payment_ids}
    lines = Line.objects.filter(group_id=group_id, payment_id__in=list(payment_ids))
    for id, component, total in lines.values_list("payment_id", "component").annotate(total=Sum("amount")):
        assert id is not None
        found[id][component] = int(total)
    return found


def paid_parts(group_id: UUID, facility_ids: Sequence[UUID]) -> dict[UUID, dict[UUID, dict[str, int]]]:
    """What was booked of these facilities' payments: by facility and entry, by component, signed. An entry that took
    another back is among them, negative; so is one that divided a payment anew."""
    found: dict[UUID, dict[UUID, dict[str, int]]] = {}
    lines = Line.objects.filter(group_id=group_id, facility_id__in=list(facility_ids)).exclude(payment=None)
    by_entry = lines.values_list("facility_id", "entry_id", "component").annotate(total=Sum("amount"))
    for facility_id, entry_id, component, total in by_entry:
        found.setdefault(facility_id, {}).setdefault(entry_id, {})[component] = int(total)
    return found


def kept(group_id: UUID, facility_ids: Sequence[UUID]) -> dict[UUID, dict[UUID, int]]:
    """What lenders kept of drawdowns of these facilities: by facility and entry; negative for an entry that took a
    drawdown back. Nothing for those of which all came in."""
    found: dict[UUID, dict[UUID, int]] = {}
    drawn = Drawdown.objects.filter(group_id=group_id, facility_id__in=list(facility_ids), received__lt=F("amount"))
    for one in drawn:
        parts = found.setdefault(one.facility_id, {})
        parts[one.entry_id] = one.amount - one.received
        if one.reversed_by is not None:
            parts[one.reversed_by] = one.received - one.amount
    return found


def account(group_id: UUID, facility: Facility, *, since: date | None, until: date | None) -> Account:
    """What was owed of a facility's principal before `since`, every movement up to `until` with what was owed after it,
    and what was owed then; both days inclusive, from the ledger alone."""
    opening = 0 if since is None else books.balance(group_id, facility.account_id, as_of=since - ONE_DAY)
    running, lines = opening, []
    for posting in books.postings_between(group_id, [facility.account_id], since=since, until=until):
        amount = signed("C", debit=posting.debit, credit=posting.credit)
        running += amount
        note = getattr(posting.entry, "note", None)
        lines.append(
            Movement(
                posting.entry.id,
                posting.seq,
                posting.effective_on,
                posting.entry.kind,
                None if note is None else note.text,
                amount,
                running,
            )
        )
    return Account(opening, lines, running)


RUNNING = Q(ended_on=None, loan__status="active")


def fundings(group_id: UUID, *, facility_id: UUID | None = None, loan_id: UUID | None = None) -> QuerySet[Funding]:
    """Which loans facilities fund, or funded, each with its loan and what that bought; in order of recording."""
    bought = Prefetch("loan__purchases", Purchase.objects.filter(group_id=group_id).order_by("line"))
    found = Funding.objects.filter(group_id=group_id, loan__group_id=group_id).select_related("loan", "facility")
    found = found.filter(facility__group_id=group_id).prefetch_related(bought).order_by("id")
    if facility_id is not None:
        found = found.filter(facility_id=facility_id)
    return found if loan_id is None else found.filter(loan_id=loan_id)


def funded_otherwise(group_id: UUID, lender_id: UUID, *, since: datetime, until: date) -> bool:
    """Whether it was recorded after `since` that a lender's facilities fund a loan, or no longer do, from a day up to
    `until`, inclusive."""
    found = Funding.objects.filter(group_id=group_id, facility__group_id=group_id, facility__lender_id=lender_id)
    made = Q(created_at__gte=since, funded_on__lte=until)
    return found.filter(made | Q(released_at__gte=since, ended_on__lte=until)).exists()


def funding(group_id: UUID, facility: Facility, funding_id: UUID) -> Funding:
    """One of a facility's. Raises NoSuchFunding."""
    found = fundings(group_id, facility_id=facility.id).filter(id=funding_id).first()
    if found is None:
        raise NoSuchFunding(facility=facility.number)
    return found


def funded(group_id: UUID, facility_id: UUID) -> int:
    """What of a facility is in loans that still run."""
    running = Funding.objects.filter(RUNNING, group_id=group_id, facility_id=facility_id, loan__group_id=group_id)
    total: int | None = running.aggregate(total=Sum("amount"))["total"]
    return int(total or 0)


def funded_of(group_id: UUID, loan: Loan) -> int:
    """What of a loan facilities fund now."""
    running = Funding.objects.filter(group_id=group_id, loan_id=loan.id, ended_on=None)
    total: int | None = running.aggregate(total=Sum("amount"))["total"]
    return int(total or 0)


def principal_left(group_id: UUID, loans: Collection[Loan], *, as_of: date | None = None) -> dict[UUID, int]:
    """What of these loans' principal is owed at the end of a day, by loan, from the ledger."""
    leaves = {one.principal_account_id: one.id for one in loans if one.principal_account_id is not None}
    found = books.balances(group_id, as_of=as_of, account_ids=list(leaves)) if leaves else {}
    return {leaves[account_id]: balance for account_id, balance in found.items()}
