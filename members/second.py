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
from django.db.models import F, QuerySet
from django.db.models.functions import Now

from ledger import kernel
from ledger.context import in_book
from ledger.errors import KeyReused
from members import access
from members.errors import (
    NoPin,
    NotFound,
    PinLocked,
    SecondIsFirst,
    SecondNotValid,
    SeveralWait,
    WrongPin,
)
from members.models import Officer, PendingAct, Pin, Seat, Signature, User

WAITS = timedelta(hours=24)
WAITS_UNDER = """
    select 1 from members_pendingact where group_id = %s and requested_by = %s and key = %s and settled_at is null"""


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


def ask(seat: Seat, act: str, *, path: str, body: Mapping[str, Any], key: UUID | None, mark: bytes) -> PendingAct:
    """Let the request wait for another officer, the book locked. One that waits under the key already is that one;
    without a key it takes the place of her earlier one for the same path. Raises KeyReused for another request."""
    known = mine(seat, key, mark)
    if known is not None:
        return known
    if key is None:
        _open_of(seat).filter(path=path, key=None).delete()
    waiting = PendingAct(
        group_id=seat.group_id,
        act=act,
        path=path,
        key=key,
        mark=mark,
        body=dict(body),
        requested_by=seat.user_id,
        requested_at=Now(),
        expires_at=Now() + WAITS,
    )
    waiting.save(force_insert=True)
    waiting.refresh_from_db()
    return waiting


def mine(seat: Seat, key: UUID | None, mark: bytes) -> PendingAct | None:
    """Her request that waits under this key; one that waited too long is forgotten. Raises KeyReused for another."""
    # Asked by every request that moves money, and nearly always in vain: hence a prepared statement first.
    if key is None or not kernel.call(WAITS_UNDER, (seat.group_id, seat.user_id, key)):
        return None
    _open_of(seat).filter(key=key, expires_at__lte=Now()).delete()
    known = _open_of(seat).filter(key=key).first()
    if known is not None and bytes(known.mark) != mark:
        raise KeyReused(key=key)
    return known


def take_over(seat: Seat, *, path: str, key: UUID | None, mark: bytes) -> None:
    """What she now does herself waits no longer: the request under this key, or the same one without a key."""
    known = mine(seat, key, mark)
    if known is not None:
        known.delete()
    elif key is None:
        _open_of(seat).filter(path=path, key=None, mark=mark).delete()


def _open_of(seat: Seat) -> QuerySet[PendingAct]:
    return PendingAct.objects.filter(group_id=seat.group_id, requested_by=seat.user_id, settled_at=None)


def waiting_for(seat: Seat, path: str, pending_id: UUID | None = None, *, alike: bool = False) -> PendingAct | None:
    """The request for this thing that another officer may confirm now, held until the transaction ends. A request of
    somebody who may no longer ask for it does not count.

    Without `pending_id` there may be only one; or several of one content, if the act is `alike` however often it is
    asked for (two equal payments are two). Raises SeveralWait, and NotFound for an id that does not wait here.
    """
    others: QuerySet[PendingAct] = pending(seat.group_id).filter(path=path).exclude(requested_by=seat.user_id)
    found = [one for one in others.select_for_update() if _may_still_ask(one)]
    if pending_id is not None:
        found = [one for one in found if one.id == pending_id]
        if not found:
            raise NotFound()
    one_content = alike and all(one.body == found[0].body for one in found)
    if len(found) > 1 and not one_content:
        raise SeveralWait(count=len(found), pending_ids=[one.id for one in found])
    return found[-1] if found else None


def _may_still_ask(waiting: PendingAct) -> bool:
    first = Seat.objects.select_related("user").filter(group_id=waiting.group_id, user_id=waiting.requested_by).first()
    return first is not None and can_sign(first.user) and access.may(first, waiting.act)


def settle(seat: Seat, waiting: PendingAct) -> None:
    """The request is done with this second officer: what was asked is forgotten, that it was stays."""
    PendingAct.objects.filter(group_id=seat.group_id, id=waiting.id).update(
        settled_at=Now(), settled_by=seat.user_id, body=None
    )


def sign(seat: Seat, act: str, *, path: str, key: UUID | None, first: UUID, second: UUID, how: str) -> None:
    """Keep who did an act for two."""
    Signature.objects.create(
        group_id=seat.group_id, act=act, path=path, key=key, first_by=first, second_by=second, how=how
    )


def pending(group_id: UUID) -> QuerySet[PendingAct]:
    """What waits for a second officer now, oldest first."""
    return PendingAct.objects.filter(group_id=group_id, settled_at=None, expires_at__gt=Now()).order_by("id")


def withdraw(seat: Seat, pending_id: UUID) -> bool:
    """Take one's own request back; False when there is none."""
    hers = pending(seat.group_id).filter(id=pending_id, requested_by=seat.user_id)
    return bool(hers.delete()[0])
