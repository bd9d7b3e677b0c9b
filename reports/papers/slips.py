"""How a line of a book is told on a paper: by the number of its receipt, and in the words of what it was."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.utils.translation import gettext

from ledger import queries as books
from ledger.models import Entry
from members.models import Group
from members.views.words import KINDS
from reports.receipts import prefix

WITH_MEMO = frozenset({"journal", "reversal"})
"""What an officer wrote herself says more than the kind alone."""


class Told:
    """The entries of a paper: their receipts' numbers, and which of them were taken back. Three questions in all."""

    def __init__(self, group: Group, entries: Iterable[Entry]) -> None:
        found = {one.id: one for one in entries}
        self.letters = prefix(group.name)
        self.first = books.first_seqs(group.id, {one.command_id for one in found.values()})
        self.undone = frozenset(books.reversals(group.id, list(found)))
        targets = [one.reverses_id for one in found.values() if one.reverses_id is not None]
        self.targets: dict[UUID, Entry] = {one.id: one for one in books.entries(group.id).filter(id__in=targets)}

    def number(self, entry: Entry) -> str:
        """The number of its receipt: that of the act, whichever of its entries it is."""
        return f"{self.letters}-{entry.effective_on:%y%m}-{self.first[entry.command_id]:04d}"

    def about(self, entry: Entry, shorter: Mapping[str, str] | None = None) -> str:
        """`Setoran simpanan`; `Koreksi setoran simpanan: salah catat` for what takes another back. `shorter` words for
        kinds go first."""
        known = {**KINDS, **(shorter or {})}
        words = gettext(known.get(entry.kind, "Catatan lain"))
        target = self.targets.get(entry.reverses_id) if entry.reverses_id else None
        if target is not None:
            words = gettext("Koreksi %(what)s") % {"what": _lowered(gettext(known.get(target.kind, "Catatan lain")))}
        note = getattr(entry, "note", None)
        memo = note.text if note is not None and entry.kind in WITH_MEMO else None
        return f"{words}: {memo}" if memo else words


def _lowered(words: str) -> str:
    return words[:1].lower() + words[1:]
