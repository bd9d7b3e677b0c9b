"""The two questions every request asks, whose token this is and where she sits, as prepared statements.

Through the query builder each costs more than an empty request does besides; so they are written out once.
"""

from collections.abc import Sequence
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model

from ledger import kernel
from members.models import Group, Seat, Token, User

M = TypeVar("M", bound=Model)


def token_of(digest: str) -> Token | None:
    """The token with this hash, its user with it."""
    rows = kernel.call(TOKEN, (digest,))
    if not rows:
        return None
    token = _made(Token, rows[0])
    token.user = _made(User, rows[0][_width(Token) :])
    return token


def seat_of(user: User, group_id: UUID) -> Seat | None:
    """The user's seat in the group, the group with it."""
    rows = kernel.call(SEAT, (user.id, group_id))
    if not rows:
        return None
    seat = _made(Seat, rows[0])
    seat.user, seat.group = user, _made(Group, rows[0][_width(Seat) :])
    return seat


def _columns(model: type[Model]) -> str:
    return ", ".join(f'"{model._meta.db_table}"."{field.column}"' for field in model._meta.concrete_fields)


def _width(model: type[Model]) -> int:
    return len(model._meta.concrete_fields)


def _made(model: type[M], row: Sequence[Any]) -> M:
    names = [field.attname for field in model._meta.concrete_fields]
    return model.from_db("default", names, row[: len(names)])


TOKEN = (
    f"select {_columns(Token)}, {_columns(User)} from members_token "  # noqa: S608  (our own columns' names)
    "join members_user on members_user.id = members_token.user_id where members_token.digest = %s"
)
SEAT = (
    f"select {_columns(Seat)}, {_columns(Group)} from members_seat "  # noqa: S608
    "join members_group on members_group.id = members_seat.group_id "
    "where members_seat.user_id = %s and members_seat.group_id = %s"
)
