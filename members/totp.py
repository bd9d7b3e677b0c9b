"""One-time passwords of an app (TOTP, RFC 6238): six digits, thirty seconds, one step early or late, each used once."""

import hmac
from dataclasses import dataclass
from datetime import datetime

import pyotp
from django.db.models.functions import Now

from ledger.context import outside_books
from ledger.ids import uuid7
from members import factors, tries
from members.errors import AppCodeNotValid, FactorRequired, NotFound
from members.keys import keyring
from members.models import Factor, User

SECONDS, ISSUER = 30, "Lumbung"


@dataclass(frozen=True, slots=True)
class Setup:
    """What the app is told: the secret to type, or the address a QR code holds."""

    secret: str
    uri: str


def begin(user: User, *, way: str) -> Setup:
    """A new secret, which counts when she has typed a code of it. In the caller's transaction. Raises OwnPasswordFirst,
    FactorRequired."""
    factors.changing(user, way)
    secret, ring, id = pyotp.random_base32(), keyring(), uuid7()
    data_key = ring.new_data_key()
    sealed = ring.seal(data_key, secret, about=id.bytes)
    Factor.objects.filter(user=user, kind=Factor.Kind.TOTP, confirmed_at=None).delete()
    Factor.objects.create(id=id, user=user, kind=Factor.Kind.TOTP, data_key=data_key, secret_sealed=sealed, step=0)
    return _setup(user, secret)


def begun(user: User, *, way: str) -> Setup | None:
    """What her app has yet to be told, or to show that it knows; None when none was begun. Raises OwnPasswordFirst,
    FactorRequired."""
    factors.changing(user, way)
    waiting = Factor.objects.filter(user=user, kind=Factor.Kind.TOTP, confirmed_at=None).first()
    return None if waiting is None else _setup(user, _secret(waiting))


def _setup(user: User, secret: str) -> Setup:
    return Setup(secret, pyotp.TOTP(secret).provisioning_uri(user.username, issuer_name=ISSUER))


def _secret(factor: Factor) -> str:
    assert factor.data_key is not None and factor.secret_sealed is not None
    return keyring().open(bytes(factor.data_key), bytes(factor.secret_sealed), about=factor.id.bytes)


def confirm(user: User, code: str, *, way: str, now: datetime) -> Factor:
    """The app has the secret: from now on its codes count, in place of an earlier app's. Opens transactions of its own.

    Raises AppCodeNotValid (counted), TooManyToday, OwnPasswordFirst, FactorRequired, NotFound when none was begun.
    """
    factors.changing(user, way)
    waiting = Factor.objects.filter(user=user, kind=Factor.Kind.TOTP, confirmed_at=None).first()
    if waiting is None:
        raise NotFound()
    _checked(waiting, code, now)

    def act() -> Factor:
        User.objects.select_for_update().get(id=user.id)
        factors.changing(user, way)
        factors.confirmed(user).filter(kind=Factor.Kind.TOTP).delete()
        if not Factor.objects.filter(id=waiting.id, confirmed_at=None).update(confirmed_at=Now()):
            raise NotFound()
        return Factor.objects.get(id=waiting.id)

    return outside_books(user.id, act)


def check(user: User, code: str, *, now: datetime) -> None:
    """Who has given her password shows a code of her app. Opens transactions of its own.

    Raises AppCodeNotValid (counted), TooManyToday, FactorRequired when she has no app.
    """
    hers = factors.confirmed(user).filter(kind=Factor.Kind.TOTP).first()
    if hers is None:
        raise FactorRequired()
    _checked(hers, code, now)


def _checked(factor: Factor, code: str, now: datetime) -> None:
    since = outside_books(factor.user_id, lambda: tries.count(factor.user_id))
    app, step = pyotp.TOTP(_secret(factor)), int(now.timestamp()) // SECONDS
    typed = "".join(code.split())
    fitting = [one for one in (step - 1, step, step + 1) if _same(app.generate_otp(one), typed)]

    def used() -> bool:
        """Whether its step was not used before: of two at once, one is too late."""
        unused = Factor.objects.filter(id=factor.id, step__lt=fitting[0])
        if not unused.update(step=fitting[0], last_used_at=Now()):
            return False
        tries.right(factor.user_id, since)
        return True

    if not fitting or not outside_books(factor.user_id, used):
        raise AppCodeNotValid()


def _same(expected: str, typed: str) -> bool:
    return hmac.compare_digest(expected.encode(), typed.encode("utf-8", "replace"))
