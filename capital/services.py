"""What may happen to the lenders' money: it is promised, drawn, paid back, and told apart by the loans it became; and
what is given for good.

Each function is one act inside the caller's transaction and begins by locking the book. Amounts count the currency's
smallest payable unit; days are in the group's time zone and inclusive. What is refused raises a `DomainError`, and
nothing is stored. That drawing, paying and gifts need two people is decided at the door.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Max
from django.db.models.functions import Now

from capital import booking, queries
from capital.account import Derived
from capital.errors import (
    AlreadyFunded,
    BeforeAgreement,
    CannotDraw,
    LenderExists,
    LoanEnded,
    LoanNotPaidOut,
    OverDrawn,
    OverFacility,
    OverLoan,
)
from capital.models import GRANTS, Drawdown, Facility, Funding, Grant, Installment, Lender, Payment
from ledger import queries as books
from ledger import services as ledger
from ledger.entries import Posted
from ledger.ids import uuid7
from ledger.money import credit, debit
from loans import facts, schedule, terms
from loans.models import Loan
from members.models import Group

DRAWDOWN, GRANT = "facility_drawdown", "grant"
OWED = {"upk": "2-1110", "bank": "2-1120", "dinas": "2-1130", "csr": "2-1130", "person": "2-1130"}
"""A lender's kind → the account of the chart below which its facilities stand."""


@dataclass(frozen=True, slots=True)
class Paid:
    """A payment with what it pays and the facility's state after it."""

    payment: Payment
    split: dict[str, int]
    derived: Derived


def add_lender(group_id: UUID, *, name: str, kind: str, contact_email: str | None = None) -> Lender:
    """Take a lender into the group's books. Raises LenderExists."""
    ledger.lock_book(group_id)
    _free_name(group_id, name)
    return Lender.objects.create(
        group_id=group_id, number=_next(Lender, group_id), name=name, kind=kind, contact_email=contact_email
    )


def change_lender(lender: Lender, changes: Mapping[str, Any]) -> Lender:
    """Change its name or address; its kind stays, since its facilities' accounts stand by it. Raises LenderExists."""
    ledger.lock_book(lender.group_id)
    if "name" in changes and changes["name"] != lender.name:
        _free_name(lender.group_id, changes["name"])
    for name in ("name", "contact_email"):
        if name in changes:
            setattr(lender, name, changes[name])
    lender.save(update_fields=["name", "contact_email"])
    return lender


def _free_name(group_id: UUID, name: str) -> None:
    known = Lender.objects.filter(group_id=group_id, name=name).first()
    if known is not None:
        raise LenderExists(number=known.number)


def _next(kind: type[Lender] | type[Facility], group_id: UUID) -> int:
    """The number after the group's last one."""
    last: int | None = kind.objects.filter(group_id=group_id).aggregate(last=Max("number"))["last"]
    return (last or 0) + 1


def open_facility(group: Group, lender: Lender, *, limit: int, agreed: terms.Terms) -> Facility:
    """Keep what a lender has promised: up to `limit` in all, each part on the terms `agreed`, from the day they bear.

    Nothing is booked until something is drawn. How costs are recognised is as the group's policy has it now.
    """
    group_id = group.id
    ledger.lock_book(group_id)
    number = _next(Facility, group_id)
    parent = OWED[lender.kind]
    leaf = ledger.open_leaf(
        group_id,
        parent=parent,
        code=f"{parent}.{number}",
        name=f"Fasilitas pendana {number}",
        owned_by="capital",
        floor=0,
    )
    return Facility.objects.create(
        group_id=group_id,
        lender=lender,
        number=number,
        limit=limit,
        terms=terms.to_json(agreed),
        opened_on=agreed.disbursed_on,
        accrues=group.interest_recognition == "accrual",
        account_id=leaf,
    )


def draw(facility: Facility, *, amount: int, drawn_on: date, channel: str = "cash") -> Drawdown:
    """Draw `amount` of a facility: it comes in less what the lender keeps up front, and is owed from `drawn_on` on by a
    schedule of its own.

    A first due date of the terms holds for what is drawn before it; later parts count from their own day. A fee that is
    an amount is asked of each part. Raises BeforeAgreement, OverFacility, CannotDraw, FutureDate, PeriodClosed.
    """
    group_id = facility.group_id
    ledger.lock_book(group_id)
    if drawn_on < facility.opened_on:
        raise BeforeAgreement(day=drawn_on, opened_on=facility.opened_on)
    available = facility.limit - queries.drawn(group_id, facility.id)
    if amount > available:
        raise OverFacility(amount=amount, facility=facility.number, limit=facility.limit, available=max(available, 0))
    ground = facts.ground(group_id)
    facts.open_day(ground, drawn_on)
    agreed = terms_of(facility, amount=amount, drawn_on=drawn_on)
    try:
        rows = facts.rows_of(agreed, ground.days)
    except terms.BadTerms as bad:
        raise CannotDraw(facility=facility.number, reason=bad.detail) from None
    facility.ordinal += 1
    drawn = Drawdown(
        group_id=group_id,
        facility=facility,
        number=queries.drawdowns(group_id, facility.id).count() + 1,
        ordinal=facility.ordinal,
        amount=amount,
        received=amount - schedule.upfront_fees(agreed),
        drawn_on=drawn_on,
        channel=channel,
    )
    posted = _take_in(facility, drawn)
    drawn.entry_id, drawn.created_at = posted.id, posted.recorded_at
    drawn.save(force_insert=True)
    Installment.objects.bulk_create(
        Installment(
            group_id=group_id,
            drawdown=drawn,
            number=row.number,
            from_on=row.from_on,
            due_on=row.due_on,
            principal=row.principal,
            interest=row.interest,
            fee=row.fee,
        )
        for row in rows
    )
    booking.rebook(group_id, facility, ground, drawn_on)
    return drawn


def terms_of(facility: Facility, *, amount: int, drawn_on: date) -> terms.Terms:
    """What was agreed, for a part of the facility. Raises CannotDraw."""
    whole = terms.from_json(facility.terms)
    first = whole.first_due_on
    agreed = replace(
        whole,
        principal=amount,
        disbursed_on=drawn_on,
        first_due_on=first if first is not None and first > drawn_on else None,
        installment_multiple=whole.installment_multiple if whole.installment_multiple <= amount else 0,
    )
    try:
        terms.check(agreed)
    except terms.BadTerms as bad:
        raise CannotDraw(facility=facility.number, reason=bad.detail) from None
    return agreed


def _take_in(facility: Facility, drawn: Drawdown) -> Posted:
    """What comes in, and what the lender keeps of it, which is a cost; all of it is owed."""
    money = booking.MONEY[drawn.channel]
    accounts = books.accounts_by_code(facility.group_id, [money, booking.COST])
    postings = [debit(accounts[money].id, drawn.received)]
    if drawn.received < drawn.amount:
        postings.append(debit(accounts[booking.COST].id, drawn.amount - drawn.received))
    postings.append(credit(facility.account_id, drawn.amount))
    return ledger.post_entry(
        facility.group_id,
        effective_on=drawn.drawn_on,
        kind=DRAWDOWN,
        postings=postings,
        memo=f"Pencairan fasilitas nomor {facility.number}",
    )


def pay(facility: Facility, *, amount: int, paid_on: date, channel: str = "cash") -> Paid:
    """Pay the lender: the oldest instalment over all drawdowns first; payments after this day are divided anew, by
    entries that show it.

    Raises Overpayment (with what ends the facility on that day), FollowedByPayment, InsufficientCash, FutureDate,
    PeriodClosed.
    """
    group_id = facility.group_id
    ledger.lock_book(group_id)
    ground = facts.ground(group_id)
    facts.open_day(ground, paid_on)
    facility.ordinal += 1
    payment = Payment(
        id=uuid7(),
        group_id=group_id,
        facility=facility,
        ordinal=facility.ordinal,
        amount=amount,
        paid_on=paid_on,
        channel=channel,
    )
    derived, _ = booking.rebook(group_id, facility, ground, paid_on, paid=payment)
    return Paid(payment, derived.split(payment.id), derived)


def receive_grant(
    group_id: UUID, *, kind: str, giver: str, amount: int, received_on: date, channel: str = "cash"
) -> Grant:
    """Take in what is given for good: the group's own capital from that day. Raises FutureDate, PeriodClosed."""
    ledger.lock_book(group_id)
    ledger.open_day(group_id, received_on)
    money, equity = booking.MONEY[channel], GRANTS[kind]
    accounts = books.accounts_by_code(group_id, [money, equity])
    posted = ledger.post_entry(
        group_id,
        effective_on=received_on,
        kind=GRANT,
        postings=[debit(accounts[money].id, amount), credit(accounts[equity].id, amount)],
        memo="Modal yang diterima",
    )
    return Grant.objects.create(
        group_id=group_id,
        kind=kind,
        giver=giver,
        amount=amount,
        received_on=received_on,
        channel=channel,
        entry_id=posted.id,
        created_at=posted.recorded_at,
    )


def fund_loan(facility: Facility, loan: Loan, *, amount: int, funded_on: date | None = None) -> Funding:
    """Say that `amount` of a loan's principal is this facility's money, from the day on which there was both unless
    told.

    A facility funds at most what was drawn of it, in loans that still run; a loan is funded to its principal at most.
    Raises LoanNotPaidOut, LoanEnded, AlreadyFunded, OverDrawn, OverLoan.
    """
    group_id = facility.group_id
    ledger.lock_book(group_id)
    if loan.disbursed_on is None or loan.status not in Loan.LIVE:
        raise LoanNotPaidOut(loan=loan.number)
    if loan.ended_on is not None:
        raise LoanEnded(loan=loan.number, ended_on=loan.ended_on)
    if Funding.objects.filter(group_id=group_id, facility_id=facility.id, loan_id=loan.id, ended_on=None).exists():
        raise AlreadyFunded(loan=loan.number, facility=facility.number)
    drawn = queries.drawn(group_id, facility.id)
    free = drawn - queries.funded(group_id, facility.id)
    if amount > free:
        raise OverDrawn(facility=facility.number, drawn=drawn, free=max(free, 0))
    left = loan.principal - queries.funded_of(group_id, loan)
    if amount > left:
        raise OverLoan(loan=loan.number, principal=loan.principal, free=max(left, 0))
    first = queries.drawdowns(group_id, facility.id).filter(reversed_by=None).order_by("drawn_on").first()
    assert first is not None
    both = max(loan.disbursed_on, first.drawn_on)
    return Funding.objects.create(
        group_id=group_id, facility=facility, loan=loan, amount=amount, funded_on=funded_on or both
    )


def release_loan(funding: Funding, *, on: date) -> Funding:
    """From `on` the loan is funded by this facility no more; again changes nothing."""
    ledger.lock_book(funding.group_id)
    if funding.ended_on is None:
        funding.ended_on = max(on, funding.funded_on)
        hers = Funding.objects.filter(group_id=funding.group_id, id=funding.id)
        hers.update(ended_on=funding.ended_on, released_at=Now())
    return funding
