"""What an earlier paper said otherwise: lines recorded since then that fall in its time, and lines of it taken back."""

from collections.abc import Mapping
from uuid import UUID

from django.utils.translation import gettext

from ledger import periods
from ledger import queries as books
from ledger.dates import long_day
from ledger.models import Entry
from ledger.money import signed
from members.models import Group
from reports.papers.frame import Correction, Frame
from reports.papers.slips import Told


def corrections(group: Group, accounts: Mapping[UUID, str], frame: Frame) -> tuple[Correction, ...]:
    """Old and new of every line on these accounts (by id, with the words for each) that changed since the earlier
    paper, by the day it bears. A line both recorded and taken back since then changed nothing."""
    earlier = frame.earlier
    if earlier is None or not accounts:
        return ()
    since = list(books.entries_since(group.id, list(accounts), after=earlier.head_seq))
    undone = {one.reverses_id for one in since}
    targets = {one.id: one for one in books.entries(group.id).filter(id__in=[id for id in undone if id])}
    told = Told(group, [*since, *targets.values()])
    normals = {one.id: one.normal for one in books.accounts(group.id).filter(id__in=list(accounts))}
    found: list[Correction] = []
    for entry in since:
        target = targets.get(entry.reverses_id) if entry.reverses_id else None
        shown = target if target is not None else entry
        if shown.effective_on > earlier.until or (target is not None and target.seq > earlier.head_seq):
            continue
        if target is None and entry.id in undone:
            continue
        because = _because(entry, target, frame.language)
        for account_id, amount in _amounts(shown, normals).items():
            old, new = (amount, 0) if target is not None else (0, amount)
            about = f"{told.about(shown)}, {accounts[account_id]}"
            found.append(Correction(shown.effective_on, about, old, new, because))
    return tuple(sorted(found, key=lambda one: one.on))


def restated(group_id: UUID, frame: Frame, *, begins: tuple[str, ...] = ("",)) -> tuple[Correction, ...]:
    """Old and new of every account of the chart, of those whose codes begin so, that on the earlier paper's last day
    held something else than it showed; memo accounts apart."""
    earlier = frame.earlier
    if earlier is None:
        return ()
    day = earlier.until
    old, new = (
        {one.code: one for one in periods.stood(group_id, since=day, until=day, through_seq=seq)}
        for seq in (earlier.head_seq, frame.head_seq)
    )
    because = gettext("Dicatat setelah dokumen itu dibuat")
    found = []
    for code, one in new.items():
        was = periods.shown(one, old[code].closing) if code in old else 0
        now = periods.shown(one, one.closing)
        if was != now and one.kind != "memo" and code.startswith(begins):
            found.append(Correction(day, f"{code} {one.called(frame.language)}", was, now, because))
    return tuple(found)


def _because(entry: Entry, target: Entry | None, language: str) -> str:
    if target is None:
        return gettext("Dicatat %(day)s") % {"day": long_day(entry.recorded_at.date(), language)}
    words = gettext("Dibatalkan %(day)s") % {"day": long_day(entry.recorded_at.date(), language)}
    note = getattr(entry, "note", None)
    return f"{words}: {note.text}" if note is not None and note.text else words


def _amounts(entry: Entry, normals: Mapping[UUID, str]) -> dict[UUID, int]:
    """What an entry added to each of these accounts."""
    found: dict[UUID, int] = {}
    for posting in entry.postings.all():
        if posting.account_id in normals:
            change = signed(normals[posting.account_id], debit=posting.debit, credit=posting.credit)
            found[posting.account_id] = found.get(posting.account_id, 0) + change
    return {id: amount for id, amount in found.items() if amount}
