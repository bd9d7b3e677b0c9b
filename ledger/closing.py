"""What has to be done in a group before one of its months closes: each app above registers it in `AppConfig.ready`."""

from collections.abc import Callable
from datetime import date
from uuid import UUID

Preparation = Callable[[UUID, date], None]
"""Books what belongs into the days of a group up to the last day of the month, the book locked. What is posted comes
under commands of its own."""

_preparations: list[Preparation] = []


def register(preparation: Preparation) -> None:
    """Have `preparation` called before any month closes; again changes nothing."""
    if preparation not in _preparations:
        _preparations.append(preparation)


def prepare(group_id: UUID, last: date) -> None:
    """Let every app do its part for the days up to `last`."""
    for preparation in _preparations:
        preparation(group_id, last)
