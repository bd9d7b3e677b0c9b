"""What the parts above add to a group as it opens: each registers its function once, in `AppConfig.ready`."""

from collections.abc import Callable
from uuid import UUID

Opening = Callable[[UUID], None]
"""Adds its part to the group of this id, in the transaction that opens it."""

_openings: list[Opening] = []


def register(opening: Opening) -> None:
    """Have `opening` called for every group that opens from now on; again changes nothing."""
    if opening not in _openings:
        _openings.append(opening)


def run(group_id: UUID) -> None:
    """Let every part add what is its own, in the order they registered."""
    for opening in _openings:
        opening(group_id)
