"""Who lends to a group. The app that keeps the lenders tells; members knows of each its id alone. Imports no Django."""

from collections.abc import Callable, Collection
from uuid import UUID

Ask = Callable[[UUID, Collection[UUID] | None], dict[UUID, str]]
"""Of these ids in a group (None: of all), those that are lenders of it: lender's id → name."""

_asked: list[Ask] = []


def register(ask: Ask) -> None:
    """Ask an app for its lenders. Once, in `AppConfig.ready`."""
    if ask not in _asked:
        _asked.append(ask)


def names(group_id: UUID, lender_ids: Collection[UUID] | None = None) -> dict[UUID, str]:
    """The name of each of these that lends to the group, or of all who do, in the group's own transaction."""
    found: dict[UUID, str] = {}
    if lender_ids is None or lender_ids:
        for ask in _asked:
            found |= ask(group_id, lender_ids)
    return found
