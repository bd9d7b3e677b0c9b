"""What a paper is about, and which one member it names, if it names one alone."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import NamedTuple
from uuid import UUID

from django.db.models import QuerySet

from capital import queries as capital
from capital.errors import NoSuchLender
from loans import queries as loans
from members import access, consents, queries
from members.models import Group, Seat
from reports import receipts
from reports.errors import NoConsent, NoSuchReceipt, NoSuchStatement
from reports.models import Statement
from reports.papers import KINDS

ENTRY = "ledger.Entry"
LENDER = "capital.Lender"


class Subject(NamedTuple):
    """A paper's subject; `member_id` None: it names several people, or none. `scopes`: what a lender may be told."""

    id: UUID | None
    member_id: UUID | None
    scopes: frozenset[str] = frozenset()


def subject(group: Group, kind: str, subject_id: UUID | None, *, today: date) -> Subject:
    """Raises NoSuchStatement for what is not in this group, or does not fit the kind; NoConsent for a lender to whom
    nothing is open today."""
    of = KINDS[kind].subject
    if of == "":
        if subject_id is not None:
            raise NoSuchStatement()
        return Subject(None, None)
    if subject_id is None:
        raise NoSuchStatement()
    if of == LENDER:
        return _lender(group, subject_id, today)
    if of == ENTRY:
        return _receipt(group, subject_id)
    find = FINDERS.get(of)
    if find is None:
        raise NoSuchStatement()
    return Subject(subject_id, find(group, subject_id))


def asked_by(seat: Seat, kind: str, subject_id: UUID | None, *, today: date) -> Subject:
    """What somebody asks for: officers all, a member's seat what names her alone, a lender's its own. Raises as
    `subject` does, and NotAllowed."""
    if seat.lender_id is None:
        access.require(seat, KINDS[kind].act)
    elif KINDS[kind].subject != LENDER or subject_id != seat.lender_id:
        raise NoSuchStatement()
    about = subject(seat.group, kind, subject_id, today=today)
    if seat.lender_id is None and not access.is_officer(seat) and not _hers(seat, kind, about):
        raise NoSuchStatement()
    return about


def _hers(seat: Seat, kind: str, about: Subject) -> bool:
    return KINDS[kind].hers and about.member_id is not None and about.member_id == seat.member_id


def seen_by(seat: Seat, found: QuerySet[Statement]) -> QuerySet[Statement]:
    """Of a group's papers those that a seat may see: an officer all, a member what names her alone, a lender its own,
    as far as they tell no more than what is open to it now."""
    if seat.lender_id is not None:
        return found.filter(
            kind__in=[kind for kind, row in KINDS.items() if row.subject == LENDER],
            subject_id=seat.lender_id,
            scopes__contained_by=sorted(seat.scopes),
        )
    if access.is_officer(seat):
        return found
    return found.none() if seat.member_id is None else found.filter(member_id=seat.member_id)


def _lender(group: Group, lender_id: UUID, today: date) -> Subject:
    try:
        capital.lender(group.id, lender_id)
    except NoSuchLender:
        raise NoSuchStatement() from None
    scopes = consents.scopes(group.id, lender_id, today)
    if not scopes:
        raise NoConsent()
    return Subject(lender_id, None, scopes)


def _member(group: Group, member_id: UUID) -> UUID | None:
    if not queries.members(group.id, only=member_id).exists():
        raise NoSuchStatement()
    return member_id


def _loan(group: Group, loan_id: UUID) -> UUID | None:
    found = loans.loans(group.id).filter(id=loan_id).first()
    if found is None:
        raise NoSuchStatement()
    member_id: UUID = found.member_id
    return member_id


def _receipt(group: Group, entry_id: UUID) -> Subject:
    """The act that booked the entry, by its first one: one receipt, whichever of its entries names it."""
    try:
        found = receipts.receipt(group, entry_id, only_of=None)
    except NoSuchReceipt:
        raise NoSuchStatement() from None
    return Subject(found.entry_ids[0], found.member_id)


FINDERS: Mapping[str, Callable[[Group, UUID], UUID | None]] = {
    "members.Member": _member,
    "loans.Loan": _loan,
}
"""Model of a kind's subject → the member whom it concerns. Raises NoSuchStatement for an id that is not the group's."""
