"""What the group's lenders may see: given by two officers, taken back by one at once. Each act runs inside the caller's
transaction, the book locked; days are the group's own, both included."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from ledger import kernel
from ledger import services as ledger
from members import lenders
from members.errors import ConsentOver, NotFound
from members.models import SCOPES, Consent

REVOKE = """
    update members_consent set revoked_at = clock_timestamp(), revoked_by = %s
     where group_id = %s and id = %s and revoked_at is null"""


def consents(group_id: UUID, *, lender_id: UUID | None = None) -> QuerySet[Consent]:
    """Every consent the group gave, or gave this lender, the oldest first."""
    found = Consent.objects.filter(group_id=group_id).order_by("id")
    return found if lender_id is None else found.filter(lender_id=lender_id)


def in_force(group_id: UUID, lender_id: UUID, on: date) -> QuerySet[Consent]:
    """The consents under which a lender may see something on a day."""
    return consents(group_id, lender_id=lender_id).filter(revoked_at=None, from_on__lte=on, to_on__gte=on)


def scopes(group_id: UUID, lender_id: UUID, on: date) -> frozenset[str]:
    """All that these open."""
    found = in_force(group_id, lender_id, on).values_list("scopes", flat=True)
    return frozenset(scope for each in found for scope in each)


def status(consent: Consent, on: date) -> str:
    """`revoked`, `over`, `upcoming`, or `in_force`."""
    if consent.revoked_at is not None:
        return "revoked"
    return "over" if consent.to_on < on else "upcoming" if on < consent.from_on else "in_force"


def give(
    group_id: UUID,
    *,
    lender_id: UUID,
    scopes: Collection[str],
    from_on: date,
    to_on: date,
    today: date,
    officers: tuple[UUID, UUID],
) -> Consent:
    """Let a lender see this much. `officers` are the two users who give it, and must be two (the database's rule).

    Raises NotFound for no lender of the group, ConsentOver for one that would have ended before today.
    """
    ledger.lock_book(group_id)
    if not lenders.names(group_id, [lender_id]):
        raise NotFound()
    if to_on < today:
        raise ConsentOver(to_on=to_on, today=today)
    first, second = officers
    return Consent.objects.create(
        group_id=group_id,
        lender_id=lender_id,
        scopes=[scope for scope in SCOPES if scope in scopes],
        from_on=from_on,
        to_on=to_on,
        given_by=first,
        given_with=second,
    )


def revoke(group_id: UUID, consent_id: UUID, *, by: UUID) -> None:
    """Take a consent back, now. One that was taken back stays as it was. Raises NotFound.

    The row is locked before the clock is read: what was being shown is over then, and counts as before.
    """
    ledger.lock_book(group_id)
    known = Consent.objects.select_for_update().filter(group_id=group_id, id=consent_id).first()
    if known is None:
        raise NotFound()
    kernel.call(REVOKE, (by, group_id, consent_id))
