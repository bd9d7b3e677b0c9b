"""What a member doubts, and what the officers answer. Each act runs inside the caller's transaction, the book locked.

Whom an entry is about says `members.owners` by its accounts, and loans where no account is hers (`register`).
"""

from collections.abc import Callable, Collection
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Now

from ledger import queries as books
from ledger import services as ledger
from ledger.errors import NoSuchEntry
from members import owners
from members.errors import DisputeAnswered, DisputeWaits, NotFound, OwnDispute
from members.models import Dispute, Seat

Concerned = Callable[[UUID, UUID], Collection[UUID]]
_concerned: list[Concerned] = []


def register(concerned: Concerned) -> None:
    """Have `concerned(group_id, entry_id)` say which members an entry is about. Once, in `AppConfig.ready`."""
    if concerned not in _concerned:
        _concerned.append(concerned)


def is_about(group_id: UUID, entry_id: UUID, member_id: UUID) -> bool:
    """Whether an entry moved anything of hers."""
    entry = books.entry(group_id, entry_id)
    if entry is None:
        return False
    accounts = {line.account_id for line in books.lines(group_id, entry.seq)}
    if member_id in {member.id for member in owners.owners(group_id, accounts).values()}:
        return True
    return any(member_id in concerned(group_id, entry_id) for concerned in _concerned)


def raise_dispute(seat: Seat, *, text: str, entry_id: UUID | None = None) -> Dispute:
    """She asks about an entry that is about her, or in general; one question about the same thing waits at a time.

    Raises NotFound for an entry that is not about her, DisputeWaits.
    """
    group_id, member_id = seat.group_id, seat.member_id
    ledger.lock_book(group_id)
    if member_id is None or (entry_id is not None and not is_about(group_id, entry_id, member_id)):
        raise NotFound()
    waiting = Dispute.objects.filter(group_id=group_id, member_id=member_id, entry_id=entry_id, answered_at=None)
    if waiting.exists():
        raise DisputeWaits()
    return Dispute.objects.create(
        group_id=group_id, member_id=member_id, entry_id=entry_id, text=text, raised_by=seat.user_id
    )


def answer_dispute(
    seat: Seat, dispute_id: UUID, *, decision: str, answer: str, correction_id: UUID | None = None
) -> Dispute:
    """An officer answers, once: `explained`, or `corrected`, with the entry that took something back if there is one.

    Raises NotFound, DisputeAnswered, OwnDispute, NoSuchEntry for a correction that takes nothing back.
    """
    group_id = seat.group_id
    ledger.lock_book(group_id)
    dispute = Dispute.objects.filter(group_id=group_id, id=dispute_id).first()
    if dispute is None:
        raise NotFound()
    if dispute.raised_by == seat.user_id or dispute.member_id == seat.member_id:
        raise OwnDispute()
    if dispute.answered_at is not None:
        raise DisputeAnswered()
    if correction_id is not None:
        correction = books.entry(group_id, correction_id)
        if correction is None or correction.reverses_id is None:
            raise NoSuchEntry(entry_id=correction_id)
    Dispute.objects.filter(group_id=group_id, id=dispute_id).update(
        decision=decision, answer=answer, correction_id=correction_id, answered_by=seat.user_id, answered_at=Now()
    )
    return Dispute.objects.get(group_id=group_id, id=dispute_id)


def disputes(group_id: UUID, *, member_id: UUID | None = None, status: str | None = None) -> QuerySet[Dispute]:
    """What members doubt, oldest first: of one of them, or of all; `status` open or answered."""
    found = Dispute.objects.filter(group_id=group_id).order_by("id")
    if member_id is not None:
        found = found.filter(member_id=member_id)
    if status is not None:
        found = found.filter(answered_at__isnull=status == "open")
    return found


def counts(group_id: UUID, *, member_id: UUID | None = None) -> dict[str, int]:
    """How many questions are `open` and how many `answered`."""
    counted: dict[str, int] = disputes(group_id, member_id=member_id).aggregate(
        open=Count("id", filter=Q(answered_at=None)), answered=Count("answered_at")
    )
    return counted
