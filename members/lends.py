"""Who signs in for a lender. A seat of theirs is a lender's and nothing else; one user may sign in for a lender in many
groups. Each act runs inside the caller's transaction, the book locked."""

from dataclasses import dataclass
from uuid import UUID

from ledger import services as ledger
from members import factors, lenders, logins
from members.errors import LendersLogin, NotFound, UsernameTaken
from members.models import Group, Seat, User


@dataclass(frozen=True, slots=True)
class Login:
    """A user who signs in for a lender, and how far she has come: her password is her own, a second factor is set."""

    user: User
    own_password: bool
    factor: bool


def required(group_id: UUID, lender_id: UUID) -> str:
    """The lender's name. Raises NotFound for none of the group."""
    found = lenders.names(group_id, [lender_id])
    if lender_id not in found:
        raise NotFound()
    return found[lender_id]


def logins_of(group_id: UUID, lender_id: UUID) -> list[Login]:
    """Who signs in for it, the oldest first."""
    seats = Seat.objects.select_related("user").filter(group_id=group_id, lender_id=lender_id).order_by("id")
    return [
        Login(seat.user, seat.user.password_is == User.Password.OWN, factors.confirmed(seat.user).exists())
        for seat in seats
    ]


def login(group_id: UUID, lender_id: UUID, user_id: UUID) -> Login:
    """One of them. Raises NotFound."""
    for one in logins_of(group_id, lender_id):
        if one.user.id == user_id:
            return one
    raise NotFound()


def open_login(group: Group, lender_id: UUID, *, username: str) -> tuple[User, str | None]:
    """Let a user sign in for a lender: a new one, with a first password that is returned; one who does so in another
    group, with her own (None); or, as long as she never set her own, with another first password.

    Raises NotFound, UsernameTaken for a name that is anybody else's, LendersLogin.
    """
    ledger.lock_book(group.id)
    required(group.id, lender_id)
    known = User.objects.select_for_update().filter(username=username.lower()).first()
    if known is None:
        user, password = logins.open_user(username)
        Seat.objects.create(user=user, group=group, lender_id=lender_id)
        return user, password
    seats = list(Seat.objects.filter(user=known))
    here = next((seat for seat in seats if seat.group_id == group.id), None)
    if here is None:
        if not _lends_elsewhere(known, seats):
            raise UsernameTaken(username=known.username)
        Seat.objects.create(user=known, group=group, lender_id=lender_id)
        return known, None
    if here.lender_id != lender_id:
        raise UsernameTaken(username=known.username)
    if known.password_is == User.Password.OWN or len(seats) > 1 or known.is_operator:
        raise LendersLogin()
    return known, logins.give_first_password(known)


def _lends_elsewhere(user: User, seats: list[Seat]) -> bool:
    """Whether she signs in for lenders and is nothing else, and nobody but she knows her password."""
    lends = bool(seats) and all(seat.lender_id is not None for seat in seats)
    return lends and user.is_active and user.password_is == User.Password.OWN and not user.is_operator


def end_login(group_id: UUID, lender_id: UUID, user_id: UUID) -> None:
    """She signs in for it in this group no more. Raises NotFound."""
    ledger.lock_book(group_id)
    if not Seat.objects.filter(group_id=group_id, lender_id=lender_id, user_id=user_id).delete()[0]:
        raise NotFound()
