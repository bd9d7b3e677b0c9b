"""Printed cards of ten codes, each good for one login: for who shares a phone, or lost hers.

The number on the card says which card it is; a code is six letters, 30 random bits, and kept as a mark under the
installation's key. A card shows its holder her own things and no office (`members.access.own_only`).
"""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import F
from django.db.models.functions import Now

from ledger.context import outside_books
from members import codes, enrolments, factors, tries
from members.errors import CardNotValid, FactorRequired, OwnPasswordFirst
from members.keys import keyring
from members.models import CardCode, CodeCard, Group, Session, User
from members.queries import MemberRow

CODES, LETTERS, NUMBER = 10, 6, 8


@dataclass(frozen=True, slots=True)
class Printed:
    """What stands on a card, once: its number, and its codes in the order in which they are used."""

    number: str
    codes: tuple[str, ...]


def for_member(group: Group, row: MemberRow, *, officer_id: UUID) -> Printed:
    """A new card for a plain member; an earlier one ends. In the caller's book. Raises Erased, OfficersWays."""
    return _make(enrolments.login_of(group, row), officer_id)


def for_herself(user: User, *, way: str) -> Printed:
    """A new card of her own, by who has shown all she must and came in otherwise than with a card. In the caller's
    transaction. Raises OwnPasswordFirst, FactorRequired."""
    if way == Session.Way.CARD:
        raise OwnPasswordFirst()
    if not factors.needed(user, way).nothing:
        raise FactorRequired()
    return _make(User.objects.select_for_update().get(id=user.id), user.id)


def _make(user: User, maker_id: UUID) -> Printed:
    CodeCard.objects.filter(user=user, ended_at=None).update(ended_at=Now())
    Session.objects.filter(user=user, way=Session.Way.CARD).delete()
    card = CodeCard.objects.create(user=user, number=codes.new(NUMBER), made_by=maker_id)
    made: dict[str, None] = {}
    while len(made) < CODES:
        made[codes.new(LETTERS)] = None
    CardCode.objects.bulk_create(CardCode(card=card, mark=_mark(card, code)) for code in made)
    return Printed(codes.shown(card.number), tuple(codes.shown(code) for code in made))


def _mark(card: CodeCard, code: str) -> bytes:
    return keyring().mark(b"card code " + card.id.bytes + code.encode())


def open_with(number: str, code: str) -> User:
    """Who comes in with this card and code; the code is used up.

    A transaction of its own, in which the try is counted and looked at with the card locked. Raises CardNotValid
    whatever is wrong, TooManyToday. An operator's card is none.
    """
    number_read, code_read = codes.read(number, NUMBER), codes.read(code, LETTERS)

    def act() -> User | None:
        card = (
            CodeCard.objects.select_for_update(of=("self",))
            .select_related("user")
            .filter(number=number_read or "", ended_at=None)
            .first()
        )
        if card is None or not card.user.is_active or card.user.is_operator:
            return None
        since = tries.count(card.user_id)
        CodeCard.objects.filter(id=card.id).update(failures=F("failures") + 1)
        unused = CardCode.objects.filter(card=card, mark=_mark(card, code_read or ""), used_at=None)
        if unused.update(used_at=Now()):
            CodeCard.objects.filter(id=card.id).update(failures=0)
            tries.right(card.user_id, since)
            return card.user
        if card.failures + 1 >= CodeCard.TRIES:
            CodeCard.objects.filter(id=card.id).update(ended_at=Now())
        return None

    user = outside_books(None, act)
    if user is None:
        raise CardNotValid()
    return user


def left(user: User) -> int:
    """How many codes of her valid card are unused."""
    return CardCode.objects.filter(card__user=user, card__ended_at=None, used_at=None).count()
