"""What somebody has to show beside her password, and what she has to set up before she may go on.

Operators and whoever signs in for a lender need a passkey or an app's codes; officers of a real group need one of
these, or their own phone with its PIN; of a demonstration nobody needs any.
Nobody else needs anything, but who has set up a passkey or an app is asked for it.
"""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import F, QuerySet

from members.errors import FactorRequired, LastFactor, NotFound, OwnPasswordFirst
from members.models import Device, Factor, Seat, Session, User

TOTP, PASSKEY, DEVICE = "totp", "passkey", "device"
NONE: frozenset[str] = frozenset()
STRONG = frozenset({TOTP, PASSKEY})
BY_PASSWORD = frozenset({Session.Way.PASSWORD, Session.Way.TOTP, Session.Way.PASSKEY, Session.Way.PIN})
"""Ways in that only she can have come by; a phone or a card somebody else may have prepared."""


@dataclass(frozen=True, slots=True)
class Needed:
    """What stands between a session and the whole of what its user may do; both empty: nothing.

    `prove`: she has these, and must show one of them here. `set_up`: she has none that counts, and must set up one.
    A phone that stands in `prove` makes a code for this one (`enrolments.for_herself`).
    """

    prove: frozenset[str] = NONE
    set_up: frozenset[str] = NONE

    @property
    def nothing(self) -> bool:
        return not (self.prove or self.set_up)


def wanted(user: User) -> frozenset[str]:
    """The kinds of which she must have one; none for plain members, and for officers and lenders of demonstrations
    alone."""
    if user.is_operator:
        return STRONG
    sits = Seat.objects.filter(user=user, group__demo=False).exclude(roles=[], lender_id=None)
    first = sits.order_by(F("lender_id").asc(nulls_last=True)).first()
    return NONE if first is None else STRONG | {DEVICE} if first.lender_id is None else STRONG


def lends(user: User) -> bool:
    """Whether she signs in for a lender: of a real group, or with a factor that she has set up. A password alone then
    opens nothing, on no page and by no token."""
    seats = Seat.objects.filter(user=user).exclude(lender_id=None)
    return seats.filter(group__demo=False).exists() or (seats.exists() and confirmed(user).exists())


def hers(user: User) -> frozenset[str]:
    """The kinds she has set up."""
    kinds = set(confirmed(user).values_list("kind", flat=True))
    return frozenset(kinds | ({DEVICE} if Device.objects.filter(user=user, ended_at=None).exists() else set()))


def confirmed(user: User) -> QuerySet[Factor]:
    """Her passkeys and her app, the oldest first."""
    return Factor.objects.filter(user=user, confirmed_at__isnull=False).order_by("id")


def needed(user: User, way: str) -> Needed:
    """What she must still show or set up in a session she began this way. A card needs nothing: it opens no office."""
    if way in (Session.Way.TOTP, Session.Way.PASSKEY, Session.Way.CARD):
        return Needed()
    kinds, known = wanted(user), hers(user)
    if way in (Session.Way.DEVICE, Session.Way.PIN) and (DEVICE in kinds or not kinds):
        return Needed()
    counting = known & (kinds or STRONG)
    if counting:
        return Needed(prove=counting)
    return Needed(set_up=kinds)


def changing(user: User, way: str) -> None:
    """Who is about to add or remove a passkey, an app or a phone: by her own password, and with what she has already.

    Raises OwnPasswordFirst, FactorRequired.
    """
    if user.password_is != User.Password.OWN or way not in BY_PASSWORD:
        raise OwnPasswordFirst()
    if needed(user, way).prove:
        raise FactorRequired()


def remove(user: User, factor_id: UUID, *, way: str) -> None:
    """Take one of her passkeys or her app away. Raises OwnPasswordFirst, FactorRequired, NotFound, LastFactor."""
    changing(user, way)
    User.objects.select_for_update().get(id=user.id)  # two at once must not each leave the other one
    found = confirmed(user).filter(id=factor_id).first()
    if found is None:
        raise NotFound()
    others = set(confirmed(user).exclude(id=found.id).values_list("kind", flat=True))
    others |= hers(user) & {DEVICE}
    kinds = wanted(user)
    if kinds and not (others & kinds):
        raise LastFactor()
    found.delete()


def forget(user: User) -> None:
    """Take all of them away, by the operator, for who has lost hers. She sets up another when she comes in."""
    Factor.objects.filter(user=user).delete()
