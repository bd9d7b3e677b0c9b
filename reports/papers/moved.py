"""What the entries of a time moved on accounts of principal, with the parts of the payments among them."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Literal
from uuid import UUID

from ledger import queries as books
from ledger.models import Entry

Parts = dict[str, int]
Rows = dict[UUID, tuple[Entry, Parts]]


def moved(
    group_id: UUID,
    known: Mapping[UUID, UUID],
    booked: Mapping[UUID, Mapping[UUID, Mapping[str, int]]],
    *,
    raised_by: Literal["debit", "credit"],
    since: date | None,
    until: date,
) -> dict[UUID, Rows]:
    """By loan or facility, then by entry, from `since` (None: the beginning) to `until`, both inclusive: `owed`, what
    more is owed after it in postings on its account, and the parts that it booked.

    `known`: account of principal → loan or facility; `booked`: loan or facility → entry → component → amount;
    `raised_by`: the side on which more is owed. As many questions for many as for one.
    """
    found: dict[UUID, Rows] = defaultdict(dict)
    sign = 1 if raised_by == "debit" else -1
    for posting in books.postings_between(group_id, list(known), since=since, until=until) if known else ():
        _, parts = found[known[posting.account_id]].setdefault(posting.entry.id, (posting.entry, defaultdict(int)))
        parts["owed"] += sign * (posting.debit - posting.credit)
    wanted = {entry_id for by_entry in booked.values() for entry_id in by_entry}
    entries = books.entries(group_id).filter(id__in=list(wanted), effective_on__lte=until)
    for entry in entries.filter(effective_on__gte=since) if since else entries:
        for id, by_entry in booked.items():
            if entry.id in by_entry:
                _, parts = found[id].setdefault(entry.id, (entry, defaultdict(int)))
                for component, amount in by_entry[entry.id].items():
                    parts[component] += amount
    return found
