"""Who owns an entry reverses it: each app registers, for the kinds it posts, what it must undo beside the mirror.

Registered once in `AppConfig.ready`. A kind without owner is mirrored alone.
"""

from collections.abc import Callable
from datetime import date

from ledger.entries import Posted
from ledger.models import Entry

Finish = Callable[[Posted], None]
"""What the owner does once the mirror stands: entries of its own that follow it, a note of the mirror's id."""

Undo = Callable[[Entry, date], Finish | None]
"""Undoes the owner's part (allocation, schedule, reservation) of one entry before it is mirrored, the book locked; the
day is the mirror's. May give what is left to do after it. Raises LaterEntries when that would break what followed."""

_owners: dict[str, Undo] = {}


def register(kind: str, undo: Undo) -> None:
    """Make `undo` the owner of entries of `kind`; a second owner is a bug (ValueError)."""
    if _owners.setdefault(kind, undo) is not undo:
        raise ValueError(f"entries of kind {kind} already have an owner")


def undo_part_of_owner(entry: Entry, day: date) -> Finish | None:
    """Let the owner of the entry's kind undo its part before the mirror of `day`; nothing when it has none."""
    undo = _owners.get(entry.kind)
    return None if undo is None else undo(entry, day)
