"""Phones that were enrolled: two factors without an SMS, the phone's own token and a PIN that only she knows.

The token lives in a cookie and changes with every right PIN. The new one follows from the old one under the
installation's key, so two taps give one token; and the old one dies when the phone has shown that it got the new one,
so an answer that never arrived locks nobody out.
"""

import base64
import secrets
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import check_password, make_password
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now

from ledger.context import in_book, outside_books
from ledger.errors import DomainError
from members import factors, pin, tries
from members.errors import DeviceEnded, NotFound, PinCommon, PinIsBirthDate, PinIsPhone, PinShape, WrongDevicePin
from members.keys import keyring
from members.models import Device, Person, Seat, Session, User

REFUSALS: dict[str, type[DomainError]] = {
    "shape": PinShape,
    "common": PinCommon,
    "birth_date": PinIsBirthDate,
    "phone": PinIsPhone,
}


@dataclass(frozen=True, slots=True)
class Opened:
    """A phone that is hers, and the token that its cookie holds from now on."""

    device: Device
    token: str


def digest_of(token: str) -> str:
    """What is kept of a token."""
    return sha256(token.encode("utf-8", "replace")).hexdigest()


def known(token: str) -> Device | None:
    """The phone that holds this token, for greeting it; what it may is decided by `unlock`."""
    found = _holding(token).select_related("user").first()
    return found if found and found.user.is_active and found.failures < Device.TRIES else None


def unlock(token: str, pin: str) -> Opened:
    """Open an enrolled phone with its PIN.

    Opens transactions of its own. Raises WrongDevicePin (counted), TooManyToday; DeviceEnded for a phone that is not or
    no longer enrolled, which takes as long.
    """

    def counted() -> tuple[Device, Any] | None:
        device = _holding(token).select_for_update(of=("self",)).select_related("user").first()
        if device is None or device.failures >= Device.TRIES or not device.user.is_active:
            return None
        since = tries.count(device.user_id)
        Device.objects.filter(id=device.id).update(failures=F("failures") + 1)
        return device, since

    found = outside_books(None, counted)
    if found is None:
        make_password(pin)
        raise DeviceEnded()
    device, since = found
    if not check_password(pin, device.hash):
        tries_left = Device.TRIES - device.failures - 1
        if tries_left:
            raise WrongDevicePin(tries_left=tries_left)
        outside_books(device.user_id, lambda: _end(Device.objects.filter(id=device.id)))
        raise DeviceEnded()
    return outside_books(device.user_id, lambda: _opened(device, token, since))


def _opened(device: Device, token: str, since: Any) -> Opened:
    following = _following(token)
    living = Device.objects.filter(id=device.id, ended_at=None, hash=device.hash)
    if not living.update(failures=0, digest=digest_of(following), digest_before=digest_of(token), last_used_at=Now()):
        raise DeviceEnded()
    tries.right(device.user_id, since)
    device.refresh_from_db()
    return Opened(device, following)


def change_pin(token: str, old: str, new: str) -> Opened:
    """Give a phone another PIN, by who knows the one it has: it is opened by it first. Gives the phone with the token
    its cookie holds from now on; the one before is good until that came through.

    Opens transactions of its own. Raises what `unlock` and `refuse_weak` raise.
    """
    opened = unlock(token, old)
    refuse_weak(opened.device.user, new)
    hashed = make_password(new)

    def act() -> None:
        if not Device.objects.filter(id=opened.device.id, ended_at=None).update(hash=hashed):
            raise DeviceEnded()

    outside_books(opened.device.user_id, act)
    return opened


def _following(token: str) -> str:
    """The token after this one: always the same, and nobody's to guess who has not the installation's key."""
    return (
        base64.urlsafe_b64encode(keyring().mark(b"device token " + token.encode("utf-8", "replace")))
        .decode()
        .rstrip("=")
    )


def _holding(token: str) -> QuerySet[Device]:
    digest = digest_of(token)
    return Device.objects.filter(Q(digest=digest) | Q(digest_before=digest), ended_at=None)


def refuse_weak(user: User, typed: str) -> None:
    """Raises PinShape, PinCommon, PinIsBirthDate, PinIsPhone, by what is known of her in every group she belongs to.

    Opens a transaction for each group, so call it before the act's.
    """
    about: list[tuple[Any, Any]] = [(None, None)]
    for seat in Seat.objects.filter(user=user, member_id__isnull=False):
        assert seat.member_id is not None
        her = Person.objects.filter(group_id=seat.group_id, members__group_id=seat.group_id, members__id=seat.member_id)
        about += in_book(seat.group_id, user.id, lambda her=her: list(her.values_list("born_on", "phone")))  # type: ignore[misc]
    for born_on, phone in about:
        reason = pin.refused(typed, born_on=born_on, phone=phone)
        if reason is not None:
            raise REFUSALS[reason]()


def add(user: User, typed: str, *, label: str, way: str) -> Opened:
    """Enrol the phone she holds, on which she is signed in with her own password: no code is needed.

    Opens transactions of its own. Raises OwnPasswordFirst, FactorRequired, and what `refuse_weak` raises.
    """
    factors.changing(user, way)
    refuse_weak(user, typed)
    hashed = make_password(typed)

    def act() -> Opened:
        User.objects.select_for_update().get(id=user.id)
        factors.changing(user, way)  # of two at once, the second has to show the first
        return enrolled(user, hashed, label=label)

    return outside_books(user.id, act)


def enrolled(user: User, hashed: str, *, label: str) -> Opened:
    """A new phone of hers, with a PIN that was found good and hashed before. In the caller's transaction."""
    token = secrets.token_urlsafe(32)
    device = Device.objects.create(user=user, label=label, digest=digest_of(token), hash=hashed, last_used_at=Now())
    device.refresh_from_db()
    return Opened(device, token)


def of(user: User) -> QuerySet[Device]:
    """Her phones that are enrolled now, the oldest first."""
    return Device.objects.filter(user=user, ended_at=None).order_by("id")


def end(user: User, device_id: UUID) -> None:
    """End one of her own phones and what is signed in through it. Raises NotFound.

    The last one may be ended as well: a lost phone must not stay open for want of another.
    """
    if not _end(of(user).filter(id=device_id)):
        raise NotFound()


def _end(found: QuerySet[Device]) -> int:
    Session.objects.filter(device__in=found.values("id")).delete()
    return found.filter(ended_at=None).update(ended_at=Now(), digest_before=None)
