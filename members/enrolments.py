"""Codes for a member's next phone: an officer shows one, the phone trades it, with a new PIN, for a token of its own.

Eight letters are 40 random bits; kept is a mark under the installation's key. Good once, for ten minutes, and only one
waits for a person. Whoever may act for others trades one only where she is signed in with her own password: an officer
who makes codes must never be able to act as two.
"""

from datetime import timedelta
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db.models.functions import Now

from ledger.context import outside_books
from ledger.services import lock_book
from members import codes, devices, factors, logins
from members.devices import Opened
from members.errors import CodeNotValid, Erased, FactorRequired, OfficersWays, OwnPasswordFirst
from members.keys import keyring
from members.models import CodeCard, Device, Enrolment, Group, Seat, Session, User
from members.queries import MemberRow

LETTERS = 8
LIVES = timedelta(minutes=10)
MINUTES = 10


def for_member(group: Group, row: MemberRow, *, officer_id: UUID) -> str:
    """A code for a plain member's phone, as it is shown to her, once. One who has no user yet gets one without a
    password. In the caller's book. Raises Erased, OfficersWays."""
    return _make(login_of(group, row), officer_id)


def for_herself(user: User, *, way: str) -> str:
    """A code for a further phone of her own, by who has shown all she must. In the caller's transaction. Raises
    FactorRequired; OwnPasswordFirst to who came in with a card, which is less than a phone."""
    if way == Session.Way.CARD:
        raise OwnPasswordFirst()
    if not factors.needed(user, way).nothing:
        raise FactorRequired()
    return _make(user, user.id)


def login_of(group: Group, row: MemberRow) -> User:
    """The user a plain member is, locked; made if there is none. Raises Erased; OfficersWays for who holds an office
    anywhere, and for who sits in another group as well, of which this one's officers see nothing."""
    lock_book(group.id)
    member = row.member
    if member.person.erased_at is not None:
        raise Erased(number=member.number)
    seat = Seat.objects.filter(group=group, member_id=member.id).first()
    if seat is None:
        user = logins.open_nameless_user()
        Seat.objects.create(user=user, group=group, member_id=member.id)
        return user
    user = User.objects.select_for_update().get(id=seat.user_id)
    if sees_to_herself(group, user):
        raise OfficersWays()
    return user


def sees_to_herself(group: Group, user: User) -> bool:
    """Whether officers of this group may make her no way in: for who holds an office anywhere, and who sits in another
    group as well, of which they see nothing."""
    return logins.is_guarded(user) or Seat.objects.filter(user=user).exclude(group=group).exists()


def end_all(group: Group, row: MemberRow) -> None:
    """End a plain member's phones, card and waiting code, by an officer. In the caller's book. Raises OfficersWays."""
    logins.end_ways(login_of(group, row))


def _make(user: User, maker_id: UUID) -> str:
    code = codes.new(LETTERS)
    Enrolment.objects.filter(user=user, spent_at=None).delete()
    Enrolment.objects.create(user=user, mark=_mark(code), made_by=maker_id, expires_at=Now() + LIVES)
    return codes.shown(code)


def _mark(code: str) -> bytes:
    return keyring().mark(b"enrolment " + code.encode())


def trade(code: str, typed: str, *, label: str, signed_in: User | None = None, way: str | None = None) -> Opened:
    """Enrol the phone that sends this: the code is spent, its PIN set. `signed_in`, `way`: who is signed in in the same
    browser, and how.

    Opens transactions of its own, and spends nothing unless all is well. Raises CodeNotValid whatever is wrong with the
    code, OwnPasswordFirst, and what `devices.refuse_weak` raises.
    """
    read = codes.read(code, LETTERS)
    mark = _mark(read or "")
    waiting = Enrolment.objects.select_related("user").filter(mark=mark, spent_at=None, expires_at__gt=Now()).first()
    if waiting is None or read is None or not waiting.user.is_active:
        raise CodeNotValid(minutes=MINUTES)
    user = waiting.user
    by_password = (
        signed_in is not None
        and signed_in.id == user.id
        and user.password_is == User.Password.OWN
        and way in factors.BY_PASSWORD
    )
    if logins.is_guarded(user) and not by_password:
        raise OwnPasswordFirst()
    devices.refuse_weak(user, typed)
    hashed = make_password(typed)

    def act() -> Opened:
        locked = User.objects.select_for_update().get(id=user.id)
        if logins.is_guarded(locked) and not by_password:
            raise OwnPasswordFirst()
        live = Enrolment.objects.filter(id=waiting.id, spent_at=None, expires_at__gt=Now())
        if not locked.is_active or not live.update(spent_at=Now()):
            raise CodeNotValid(minutes=MINUTES)
        return devices.enrolled(locked, hashed, label=label)

    return outside_books(user.id, act)


def ways_of(user: User) -> tuple[list[Device], CodeCard | None]:
    """Her phones, and the card that is valid now."""
    return list(devices.of(user)), CodeCard.objects.filter(user=user, ended_at=None).first()
