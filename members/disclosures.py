"""The one way by which a lender sees anything of a group. What she may is decided again and written down before it is
shown: the API's door (`members.visit`) and every page (`members.page`) come through `admit`, so no view can forget it.

The consents are held while it is written down: after a revocation nothing is admitted, whoever read the seat before.
"""

from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from ledger.context import in_book
from members import access, consents, queries, sights
from members.errors import NotFound
from members.models import SCOPES, Consent, Disclosure, Seat, User
from members.models.consents import NAMED, PSEUDONYM


@dataclass(frozen=True, slots=True)
class Label:
    """What a member is called to whoever asks; None: not to her, or (the name) forgotten."""

    number: str | None
    name: str | None


def admit(seat: Seat, act: str, subject_id: UUID | None = None) -> None:
    """Let a seat see what an act shows, of one thing if it is about one. A lender's is noted under every scope that
    what she sees falls under, in a transaction of its own where none is open; and has from here on the scopes that are
    open now. Nobody else's costs anything.

    Raises NotFound without a consent in force, NotAllowed without its scope.
    """
    if seat.lender_id is not None:
        in_book(seat.group_id, seat.user_id, lambda: _admitted(seat, act, subject_id))


def beside(seat: Seat, act: str, scopes: Collection[str], subject_id: UUID) -> None:
    """Of what a lender was admitted to, note as well the scopes under which it tells what it tells, in the caller's
    transaction. Nobody else's costs anything. Raises NotFound where one of them is not open."""
    if seat.lender_id is None:
        return
    held = _held(seat)
    if not held.scopes.issuperset(scopes):
        raise NotFound()
    noted = access.scopes_for(seat, act)
    _note(seat, act, [scope for scope in SCOPES if scope in scopes and scope not in noted], held, subject_id)


@dataclass(frozen=True, slots=True)
class Held:
    """A group's day, and a lender's consents in force on it."""

    day: date
    consents: list[Consent]

    @property
    def scopes(self) -> frozenset[str]:
        return frozenset(scope for consent in self.consents for scope in consent.scopes)


def _held(seat: Seat) -> Held:
    assert seat.lender_id is not None
    day = seat.group.day_at(timezone.now())
    # Not shared: readers queue with whoever revokes, and cannot keep her waiting by being many.
    return Held(day, list(consents.in_force(seat.group_id, seat.lender_id, day).select_for_update(no_key=True)))


def _admitted(seat: Seat, act: str, subject_id: UUID | None) -> None:
    held = _held(seat)
    seat.scopes = held.scopes
    if not seat.scopes:
        raise NotFound()
    access.require(seat, act)
    _note(seat, act, access.scopes_for(seat, act), held, subject_id)


def _note(seat: Seat, act: str, scopes: Collection[str], held: Held, subject_id: UUID | None) -> None:
    assert seat.lender_id is not None
    for scope in scopes:
        consent = next(one for one in held.consents if scope in one.scopes)
        Disclosure.objects.create(
            group_id=seat.group_id,
            lender_id=seat.lender_id,
            user_id=seat.user_id,
            consent=consent,
            scope=scope,
            what=act,
            subject_id=subject_id,
            day=held.day,
        )


def labels(seat: Seat, member_ids: Collection[UUID], *what: str, today: date) -> dict[UUID, Label]:
    """What these members are called to a seat: officers know them; a lender as far as the consent says, and each of
    them is told that she was shown (`what` of hers, as `Sight` has it). Whatever shows members to lenders asks here."""
    known = {one.id: one for one in queries.members(seat.group_id).filter(id__in=set(member_ids))}
    lends, named = seat.lender_id is not None, not {NAMED, PSEUDONYM}.isdisjoint(seat.scopes)
    if lends and not named:
        return dict.fromkeys(known, Label(None, None))
    if lends:
        sights.shown(seat, known, *what, today=today)
    names = not lends or NAMED in seat.scopes
    return {id: Label(one.number, one.person.name if names else None) for id, one in known.items()}


def seats(user: User, *, proved: Callable[[], bool] = lambda: True) -> list[Seat]:
    """Where a user sits: as a lender only while a consent is in force, and if she showed what a lender must. Opens a
    transaction for each group she lends to."""
    found: list[Seat] = []
    theirs: list[Seat] = []
    for seat in queries.seats(user):
        (found if seat.lender_id is None else theirs).append(seat)
    for seat in theirs if theirs and proved() else []:
        with suppress(NotFound):
            seat.user = user
            found.append(access.with_scopes(seat))
    return sorted(found, key=lambda seat: seat.group_id)


def shown(group_id: UUID, *, lender_id: UUID | None = None) -> QuerySet[Disclosure]:
    """What the group's lenders, or one of them, were shown, the oldest first."""
    found = Disclosure.objects.filter(group_id=group_id).order_by("id")
    return found if lender_id is None else found.filter(lender_id=lender_id)
