"""The second person, as one mechanism for every act that needs one.

Either the other officer consents on the same phone with her PIN (`consent`), or the request waits up to 24 hours for
her own call (`ask`, `confirm`). Wrong PINs are counted before they are looked at, in a transaction of their own: a
refused act leaves the count, and tries side by side cannot outrun it.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import check_password, make_password
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now

from ledger.context import in_book
from ledger.errors import KeyReused
from members import access
from members.errors import (
    AlreadyConfirmed,
    NoPin,
    NotFound,
    PinLocked,
    SecondIsFirst,
    SecondNotValid,
    SeveralWait,
    WrongPin,
)
from members.models import Officer, PendingAct, Pin, Seat, User

WAITS = timedelta(hours=24)


def consent(seat: Seat, act: str, *, officer_id: UUID, pin: str) -> UUID:
    """The user id of the other officer, who consents to `act` with her PIN.

    Opens transactions of its own, so call it before the act's. Raises SecondIsFirst, SecondNotValid, NoPin, WrongPin
    (counted), PinLocked after five.
    """
    group_id = seat.group_id

    def counted() -> tuple[UUID, str, int]:
        other = _other_officer(seat, act, officer_id)
        known = Pin.objects.select_for_update().filter(group_id=group_id, user_id=other).first()
        if known is None:
            raise NoPin()
        if known.failures >= Pin.TRIES:
            raise PinLocked(tries=Pin.TRIES)
        Pin.objects.filter(group_id=group_id, id=known.id).update(failures=F("failures") + 1)
        return other, known.hash, Pin.TRIES - known.failures - 1

    other, hashed, tries_left = in_book(group_id, seat.user_id, counted)
    if not check_password(pin, hashed):
        raise WrongPin(tries_left=tries_left) if tries_left else PinLocked(tries=Pin.TRIES)
    in_book(
        group_id,
        seat.user_id,
        lambda: Pin.objects.filter(group_id=group_id, user_id=other, hash=hashed).update(failures=0),
    )
    return other


def _other_officer(seat: Seat, act: str, officer_id: UUID) -> UUID:
    office = Officer.objects.filter(group_id=seat.group_id, id=officer_id, ended_at=None).first()
    if office is None:
        raise SecondNotValid()
    if office.user_id == seat.user_id:
        raise SecondIsFirst()
    other = Seat.objects.select_related("user").filter(group_id=seat.group_id, user_id=office.user_id).first()
    if other is None or not can_sign(other.user) or not access.may(other, act):
        raise SecondNotValid()
    return other.user_id


def can_sign(user: User) -> bool:
    """Whether her consent counts: her account lives and its password is her own."""
    return user.is_active and user.password_is == User.Password.OWN


def set_pin(group_id: UUID, user_id: UUID, pin: str) -> None:
    """Give her a new PIN, with no failures. Whether it is a good one is decided before (`members.pin`)."""
    Pin.objects.update_or_create(
        group_id=group_id, user_id=user_id, defaults={"hash": make_password(pin), "failures": 0, "set_at": Now()}
    )


def asked_before(seat: Seat, *, path: str, body: Mapping[str, Any], key: UUID | None) -> PendingAct | None:
    """Her request under this key, if she sent it before: it waits, or was confirmed meanwhile. Raises KeyReused for
    another body or path."""
    if key is None:
        return None
    known = PendingAct.objects.filter(group_id=seat.group_id, requested_by=seat.user_id, key=key).first()
    if known is not None and (known.path != path or (known.settled_at is None and known.body != body)):
        raise KeyReused(key=key)
    return known


def ask(seat: Seat, act: str, *, path: str, body: Mapping[str, Any], key: UUID | None = None) -> PendingAct:
    """Let the request wait for another officer, the book locked. Without a key it takes the place of her earlier one
    for the same path; with a key that waits already it is that one. Raises KeyReused."""
    group_id = seat.group_id
    known = asked_before(seat, path=path, body=body, key=key)
    if known is not None:
        return known
    mine = PendingAct.objects.filter(group_id=group_id, path=path, requested_by=seat.user_id, key=None)
    if key is None:
        mine.filter(settled_at=None).delete()
    waiting = PendingAct(
        group_id=group_id,
        act=act,
        path=path,
        key=key,
        body=dict(body),
        requested_by=seat.user_id,
        requested_at=Now(),
        expires_at=Now() + WAITS,
    )
    waiting.save(force_insert=True)
    waiting.refresh_from_db()
    return waiting


def waiting_for(seat: Seat, path: str, pending_id: UUID | None = None) -> PendingAct | None:
    """The request for this thing that another officer may confirm now, held until the transaction ends.

    Without `pending_id` there may be only one. Raises SeveralWait, and NotFound for an id that does not wait here.
    """
    others: QuerySet[PendingAct] = pending(seat.group_id).filter(path=path).exclude(requested_by=seat.user_id)
    found = list(others.select_for_update())
    if pending_id is not None:
        found = [one for one in found if one.id == pending_id]
        if not found:
            raise NotFound()
    if len(found) > 1:
        raise SeveralWait(count=len(found), pending_ids=[one.id for one in found])
    return found[0] if found else None


def take_over(seat: Seat, path: str, body: Mapping[str, Any], key: UUID | None) -> None:
    """What is now done with the other officer's PIN waits no longer. Raises AlreadyConfirmed when her own call did it
    under the same key."""
    mine = PendingAct.objects.filter(group_id=seat.group_id, path=path, requested_by=seat.user_id)
    if key is not None and mine.filter(key=key).exclude(settled_at=None).exists():
        raise AlreadyConfirmed()
    mine.filter(Q(key=key) | Q(body=dict(body)), settled_at=None).delete()


def confirm(seat: Seat, waiting: PendingAct) -> UUID:
    """Settle the request by this second officer; gives the first's user id. Raises SecondNotValid when the first may no
    longer do it."""
    first = Seat.objects.select_related("user").filter(group_id=seat.group_id, user_id=waiting.requested_by).first()
    if first is None or not can_sign(first.user) or not access.may(first, waiting.act):
        raise SecondNotValid()
    PendingAct.objects.filter(group_id=seat.group_id, id=waiting.id).update(
        settled_at=Now(), settled_by=seat.user_id, body=None
    )
    return waiting.requested_by


def pending(group_id: UUID) -> QuerySet[PendingAct]:
    """What waits for a second officer now, oldest first."""
    return PendingAct.objects.filter(group_id=group_id, settled_at=None, expires_at__gt=Now()).order_by("id")


def withdraw(seat: Seat, pending_id: UUID) -> bool:
    """Take one's own request back; False when there is none."""
    hers = pending(seat.group_id).filter(id=pending_id, requested_by=seat.user_id)
    return bool(hers.delete()[0])
