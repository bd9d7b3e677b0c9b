"""Whose account an account is. The apps above, which open accounts for members, tell; the book itself names nobody."""

from collections.abc import Callable, Collection
from uuid import UUID

from members.models import Member

Ask = Callable[[UUID, Collection[UUID]], dict[UUID, UUID]]
"""Of these accounts of a group, those that are some member's: account's id → member's id."""

_asked: list[Ask] = []


def register(ask: Ask) -> None:
    """Ask an app for its accounts. Once, in `AppConfig.ready`."""
    if ask not in _asked:
        _asked.append(ask)


def owners(group_id: UUID, account_ids: Collection[UUID]) -> dict[UUID, Member]:
    """The member, with her person, of each of these accounts that is somebody's."""
    found: dict[UUID, UUID] = {}
    for ask in _asked:
        found |= ask(group_id, account_ids)
    known = Member.objects.select_related("person").filter(group_id=group_id, id__in=set(found.values()))
    members = {member.id: member for member in known}
    return {account: members[member] for account, member in found.items()}
