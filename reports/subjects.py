"""What a paper is about, and which one member it names, if it names one alone."""

from collections.abc import Callable, Mapping
from typing import NamedTuple
from uuid import UUID

from loans import queries as loans
from members import access, queries
from members.models import Group, Seat
from reports import receipts
from reports.errors import NoSuchReceipt, NoSuchStatement
from reports.papers import KINDS


class Subject(NamedTuple):
    """A paper's subject; `member_id` None: it names several people, or none."""

    id: UUID | None
    member_id: UUID | None


def subject(group: Group, kind: str, subject_id: UUID | None) -> Subject:
    """Raises NoSuchStatement for what is not in this group, or does not fit the kind."""
    find = FINDERS.get(KINDS[kind].subject)
    if KINDS[kind].subject == "":
        if subject_id is not None:
            raise NoSuchStatement()
        return Subject(None, None)
    if find is None or subject_id is None:
        raise NoSuchStatement()
    return Subject(subject_id, find(group, subject_id))


def allowed(seat: Seat, kind: str, member_id: UUID | None) -> None:
    """Officers ask for all; a member's seat for what names her alone. Raises NotAllowed, NoSuchStatement."""
    access.require(seat, KINDS[kind].act)
    if not access.is_officer(seat) and (not KINDS[kind].hers or member_id is None or member_id != seat.member_id):
        raise NoSuchStatement()


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


def _entry(group: Group, entry_id: UUID) -> UUID | None:
    try:
        return receipts.receipt(group, entry_id, only_of=None).member_id
    except NoSuchReceipt:
        raise NoSuchStatement() from None


FINDERS: Mapping[str, Callable[[Group, UUID], UUID | None]] = {
    "members.Member": _member,
    "loans.Loan": _loan,
    "ledger.Entry": _entry,
}
"""Model of a kind's subject → the member whom it concerns. Raises NoSuchStatement for an id that is not the group's."""
