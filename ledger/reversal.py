"""Who owns an entry reverses it: each app registers, for the kinds it posts, what it must undo beside the mirror.

Registered once in `AppConfig.ready`. A kind without owner is mirrored alone.
"""

from collections.abc import Callable

from ledger.models import Entry

Undo = Callable[[Entry], None]
"""Undoes the owner's part (allocation, schedule, reservation) of one entry, the book locked, before it is mirrored.
Raises LaterEntries when that would break what followed."""

_owners: dict[str, Undo] = {}


def register(kind: str, undo: Undo) -> None:
    """Make `undo` the owner of entries of `kind`; a second owner is a bug (ValueError)."""
    if _owners.setdefault(kind, undo) is not undo:
        raise ValueError(f"entries of kind {kind} already have an owner")


def undo_part_of_owner(entry: Entry) -> None:
    """Let the owner of the entry's kind undo its part; nothing when it has none."""
    undo = _owners.get(entry.kind)
    if undo is not None:
        undo(entry)
