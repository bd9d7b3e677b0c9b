"""Passkeys (WebAuthn): a key pair on her phone or computer, opened by its screen lock; here stands the public half.

They are resident, so no name is typed, and the device must have checked that it is she. A passkey belongs to one host.
What the browser is asked and the state to compare its answer with are plain JSON; the page keeps the state in the
session and takes it out before it looks at the answer, so an answer counts once.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.db.models import Q
from django.db.models.functions import Now
from fido2.server import Fido2Server
from fido2.utils import websafe_decode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialDescriptor,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialType,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from ledger.context import outside_books
from members import factors
from members.errors import PasskeyNotValid
from members.models import Factor, User

Asked = tuple[dict[str, Any], dict[str, Any]]
"""What the browser is asked, and the state its answer is compared with."""
MALFORMED = (ValueError, KeyError, TypeError, AttributeError, IndexError, AssertionError)
"""What fido2 raises for an answer that is wrong or cannot be read."""
VERIFIED = UserVerificationRequirement.REQUIRED


def _server(origin: str) -> Fido2Server:
    """`origin` is the page's own, scheme, host and port: answers from any other count for nothing."""
    return Fido2Server(
        PublicKeyCredentialRpEntity(name="Lumbung", id=host_of(origin)), verify_origin=lambda told: told == origin
    )


def host_of(origin: str) -> str:
    """The host passkeys of this origin belong to."""
    return urlsplit(origin).hostname or ""


def begin_adding(user: User, *, origin: str, way: str) -> Asked:
    """Ask the browser for a new passkey; those she has are named, so that none is made twice. Raises OwnPasswordFirst,
    FactorRequired."""
    factors.changing(user, way)
    hers = factors.confirmed(user).filter(kind=Factor.Kind.PASSKEY, host=host_of(origin))
    options, state = _server(origin).register_begin(
        PublicKeyCredentialUserEntity(id=user.id.bytes, name=user.username, display_name=user.username),
        credentials=[
            PublicKeyCredentialDescriptor(type=PublicKeyCredentialType.PUBLIC_KEY, id=bytes(one.credential_id or b""))
            for one in hers
        ],
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=VERIFIED,
    )
    return dict(options), state | {"user": str(user.id)}


def add(
    user: User, answer: Mapping[str, Any], *, state: Mapping[str, Any] | None, origin: str, label: str, way: str
) -> Factor:
    """Keep the passkey that the browser made. A transaction of its own.

    Raises PasskeyNotValid, OwnPasswordFirst, FactorRequired.
    """
    if not state or state.get("user") != str(user.id):
        raise PasskeyNotValid()
    try:
        made = _server(origin).register_complete(state, answer)
    except MALFORMED:
        raise PasskeyNotValid() from None
    data = made.credential_data
    if data is None:
        raise PasskeyNotValid()

    def act() -> Factor:
        User.objects.select_for_update().get(id=user.id)
        factors.changing(user, way)
        if Factor.objects.filter(credential_id=data.credential_id).exists():
            raise PasskeyNotValid()
        return Factor.objects.create(
            user=user,
            kind=Factor.Kind.PASSKEY,
            label=label,
            confirmed_at=Now(),
            host=host_of(origin),
            credential_id=data.credential_id,
            public_key=bytes(data),
            sign_count=made.counter,
        )

    return outside_books(user.id, act)


def begin(*, origin: str) -> Asked:
    """Ask the browser for any passkey it has for this host."""
    options, state = _server(origin).authenticate_begin(user_verification=VERIFIED)
    return dict(options), state


def open_with(
    answer: Mapping[str, Any], *, state: Mapping[str, Any] | None, origin: str, user: User | None = None
) -> User:
    """Who comes in with this passkey; with `user`, only she. A transaction of its own.

    Raises PasskeyNotValid whatever is wrong, also when the key's own count says that it was copied.
    """
    if not state or "user" in state:
        raise PasskeyNotValid()
    try:
        told = AuthenticationResponse.from_dict(answer)
    except MALFORMED:
        raise PasskeyNotValid() from None
    known = Factor.objects.select_related("user").filter(credential_id=told.raw_id, host=host_of(origin)).first()
    if known is None or not known.user.is_active or (user is not None and known.user_id != user.id):
        raise PasskeyNotValid()
    if told.response.user_handle not in (None, known.user.id.bytes) or known.user.password_is != User.Password.OWN:
        raise PasskeyNotValid()
    try:
        _server(origin).authenticate_complete(state, [AttestedCredentialData(bytes(known.public_key or b""))], answer)
    except MALFORMED:
        raise PasskeyNotValid() from None
    signed = told.response.authenticator_data.counter

    def act() -> None:
        """Keys that do not count always say nothing."""
        later = Q(sign_count__lt=signed) if signed else Q(sign_count=0)
        if not Factor.objects.filter(later, id=known.id).update(sign_count=signed, last_used_at=Now()):
            raise PasskeyNotValid()

    outside_books(known.user_id, act)
    found: User = known.user
    return found


def challenge_of(state: Mapping[str, Any]) -> bytes:
    """The random bytes that an answer has to sign."""
    return websafe_decode(state["challenge"])
