"""What may happen to a book. Each function is one act inside the caller's transaction (`in_book` or `perform`).

Amounts are ints in the smallest payable unit of the book's currency; dates are days in the group's time zone and
inclusive. What is refused raises a `DomainError`, and nothing of the transaction is stored.
"""

import os
from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction

from ledger import closing, context, jobs, kernel, queries, reversal
from ledger.chart import CHART, NewLeaf
from ledger.entries import NewEntry, Posted
from ledger.errors import (
    AccountExists,
    AccountIsOwned,
    AlreadyReversed,
    FloorBreached,
    IsAReversal,
    LaterEntries,
    NoSuchAccount,
    NoSuchEntry,
    PeriodClosed,
    SecondPersonMissing,
)
from ledger.ids import uuid7
from ledger.models import Account, Book
from ledger.money import JournalLine, Line, amount, credit, debit, mirrored


def post_entry(
    group_id: UUID, *, effective_on: date, kind: str, postings: Sequence[Line], memo: str | None = None
) -> Posted:
    """Post one journal entry dated `effective_on`. Refusals as `post_entries`."""
    return post_entries(group_id, [NewEntry(effective_on, kind, postings, memo)])[0]


def post_entries(group_id: UUID, entries: Sequence[NewEntry]) -> list[Posted]:
    """Post entries in this order, all or none, under the command of the open context.

    The list is one act: an account's floor holds after it, and at the end of every day from the earliest date in it.
    Raises Unbalanced, FutureDate (after today in the group's zone), PeriodClosed, FloorBreached, NoSuchAccount,
    NoSuchBook. Posting outside a command is a bug (RuntimeError).
    """
    here = context.current()
    if here.command is None:
        raise RuntimeError("entries are posted under a command: enter through ledger.commands.perform")
    ids = [uuid7() for _ in entries]
    lines = [(ordinal, line) for ordinal, entry in enumerate(entries, start=1) for line in entry.postings]
    rows = kernel.call(
        "select seq, hash, recorded_at from ledger_post(%s, %s, %s, %s::uuid[], %s::date[], %s::text[], %s::uuid[], "
        "%s::text[], %s::bytea[], %s::int[], %s::uuid[], %s::bigint[], %s::bigint[])",
        (
            group_id,
            here.command,
            here.actor_id,
            ids,
            [entry.effective_on for entry in entries],
            [entry.kind for entry in entries],
            [entry.reverses_id for entry in entries],
            [entry.memo for entry in entries],
            [None if entry.memo is None else os.urandom(16) for entry in entries],
            [ordinal for ordinal, _ in lines],
            [line.account_id for _, line in lines],
            [line.debit for _, line in lines],
            [line.credit for _, line in lines],
        ),
    )
    return [
        Posted(id, seq, entry.effective_on, recorded_at, hash)
        for id, entry, (seq, hash, recorded_at) in zip(ids, entries, rows, strict=True)
    ]


def post_journal(group_id: UUID, *, effective_on: date, memo: str, postings: Sequence[JournalLine]) -> Posted:
    """An officer's own journal entry, its accounts named by code.

    Raises AccountIsOwned on an account that savings, loans or capital keep, NoSuchAccount, and as `post_entries`.
    """
    lock_book(group_id)
    known = kernel.call(
        "select code, id, owned_by from ledger_account where group_id = %s and code = any(%s::text[])",
        (group_id, [line.account for line in postings]),
    )
    accounts = {code: (id, owner) for code, id, owner in known}
    lines = []
    for line in postings:
        account_id, owner = accounts.get(line.account, (None, None))
        if account_id is None:
            raise NoSuchAccount(account=line.account)
        if owner is not None:
            raise AccountIsOwned(account=line.account, owner=owner)
        lines.append(debit(account_id, line.debit) if line.debit else credit(account_id, line.credit))
    return post_entry(group_id, effective_on=effective_on, kind="journal", memo=memo, postings=lines)


def reverse_entry(group_id: UUID, *, entry_id: UUID, reason: str, effective_on: date | None = None) -> Posted:
    """Take back an entry by its mirror, once, with a reason; its owner undoes its own part before and after it.

    Without `effective_on` the mirror bears the original's date while that month is open, else the first open day.
    Raises NoSuchEntry, AlreadyReversed, IsAReversal, LaterEntries (with `entry_ids` to reverse first), PeriodClosed.
    """
    lock_book(group_id)
    book = queries.book(group_id)
    entry = queries.entry(group_id, entry_id)
    if entry is None:
        raise NoSuchEntry(entry_id=entry_id)
    if entry.reverses_id is not None:
        raise IsAReversal(seq=entry.seq)
    if queries.reversal_of(group_id, entry_id) is not None:
        raise AlreadyReversed(seq=entry.seq)
    day = effective_on or max(entry.effective_on, first_open_day(book) or entry.effective_on)
    mirror = NewEntry(day, "reversal", mirrored(queries.lines(group_id, entry.seq)), reason, reverses_id=entry.id)
    try:
        with transaction.atomic():
            finish = reversal.undo_part_of_owner(entry, day)
            posted = post_entries(group_id, [mirror])[0]
            if finish is not None:
                finish(posted)
            return posted
    except FloorBreached as floor:
        later = queries.entries_that_lowered(group_id, entry, from_day=day)
        if not later or floor.facts.get("held", 0) >= floor.facts["shortfall"]:  # what is held stands in the way
            raise
        raise LaterEntries(
            seq=entry.seq, later=", ".join(str(one.seq) for one in later), entry_ids=[one.id for one in later]
        ) from floor


def hold(group_id: UUID, *, account: str, change: int) -> None:
    """Promise `change` of what the account `account` (its code) has, so that nothing else takes it out; a negative
    change lets go of as much. Nothing is posted; floors of past days do not know of it.

    Raises NoSuchAccount, and FloorBreached (with what is `held` already) when less is free.
    """
    amount(max(change, -change))
    lock_book(group_id)
    known = queries.accounts_by_code(group_id, [account])
    if account not in known:
        raise NoSuchAccount(account=account)
    kernel.call("select ledger_hold(%s, %s, %s)", (group_id, known[account].id, change))


def lock_book(group_id: UUID) -> None:
    """Hold the group's book until the transaction ends. Every act that will post begins here, before it reads or locks
    any row it decides on; nothing locks another row before its book. A command has locked it already. Raises
    NoSuchBook."""
    here = context.current()
    if here.group_id != group_id:
        raise RuntimeError(f"the book of {here.group_id} is open, not that of {group_id}")
    if here.command is None:
        kernel.call("select ledger_lock(%s)", (group_id,))


def first_open_day(book: Book) -> date | None:
    """The day after the latest closed month; None while no month is closed."""
    return None if book.closed_through is None else book.closed_through + timedelta(days=1)


def open_day(group_id: UUID, day: date) -> None:
    """Raises PeriodClosed when `day` lies in a closed month."""
    first = first_open_day(queries.book(group_id))
    if first is not None and day < first:
        raise PeriodClosed(effective_on=day, first_open_on=first)


def open_book(group_id: UUID, *, currency: str = "IDR", digits: int = 0, timezone: str = "Asia/Jakarta") -> None:
    """Open a group's book with the chart of accounts, every balance 0. `digits` are the currency's decimals.

    A second book for the group is an IntegrityError; an unknown time zone a DataError.
    """
    kernel.call("select ledger_open_book(%s, %s, %s, %s)", (group_id, currency, digits, timezone))
    _open(
        group_id,
        [
            Account(
                id=uuid7(),
                code=row.code,
                name=row.name,
                name_en=row.name_en,
                kind=row.kind,
                normal=row.normal,
                owned_by=row.owner,
                floor=row.floor,
            )
            for row in CHART
        ],
    )


def open_leaf(group_id: UUID, *, parent: str, code: str, name: str, owned_by: str, floor: int | None = None) -> UUID:
    """Open one account below the chart's, as `open_leaves`; gives its id."""
    return open_leaves(group_id, [NewLeaf(parent, code, name, owned_by, floor)])[0]


def open_leaves(group_id: UUID, leaves: Sequence[NewLeaf]) -> list[UUID]:
    """Open accounts below the chart's, all or none; gives their ids in this order.

    Raises NoSuchAccount (no such parent), AccountExists.
    """
    lock_book(group_id)
    codes = [code for leaf in leaves for code in (leaf.parent, leaf.code)]
    known: dict[str, UUID] = dict(kernel.call(KNOWN, (group_id, codes)))
    accounts = []
    for leaf in leaves:
        if leaf.parent not in known:
            raise NoSuchAccount(account=leaf.parent)
        if leaf.code in known:
            raise AccountExists(account=leaf.code)
        account = Account(
            id=uuid7(),
            code=leaf.code,
            name=leaf.name,
            name_en=leaf.name,
            parent_id=known[leaf.parent],
            owned_by=leaf.owned_by,
            floor=leaf.floor,
        )
        known[leaf.code] = account.id
        accounts.append(account)
    _open(group_id, accounts)
    return [account.id for account in accounts]


KNOWN = "select code, id from ledger_account where group_id = %s and code = any(%s::text[])"


def _open(group_id: UUID, accounts: Sequence[Account]) -> None:
    fields = ("id", "code", "name", "name_en", "kind", "normal", "parent_id", "owned_by", "floor")
    columns = [[getattr(account, field) for account in accounts] for field in fields]
    kernel.call(
        "select ledger_open_accounts(%s, %s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], "
        "%s::uuid[], %s::text[], %s::bigint[])",
        (group_id, *columns),
    )


def close_month(group_id: UUID, *, month: date, second: UUID) -> None:
    """Close `month` (its first day) for ever but for a reopening; `second` is the other officer, not the actor.

    Months close in order from the month of the first entry, and only when they are over. The book is then proven by a
    job. Raises MonthNotNext, MonthNotOver, SecondPersonMissing, NoSuchBook.
    """
    close_id = uuid7()
    closing.prepare(group_id, queries.month_end(month))
    kernel.call(
        "select ledger_close_month(%s, %s, %s, %s, %s)",
        (group_id, close_id, month.replace(day=1), *_two_people(second)),
    )
    jobs.enqueue("ledger.verify_book", key=f"verify {group_id} closing {close_id}", group_id=group_id)


def reopen_month(group_id: UUID, *, month: date, second: UUID, reason: str) -> None:
    """Open the latest closed month again, by two people, with a reason; the closing stays in the records.

    Raises MonthNotClosed, SecondPersonMissing.
    """
    kernel.call(
        "select ledger_reopen_month(%s, %s, %s, %s, %s)", (group_id, month.replace(day=1), *_two_people(second), reason)
    )


def _two_people(second: UUID) -> tuple[UUID, UUID]:
    first = context.current().actor_id
    if first is None or first == second:
        raise SecondPersonMissing()
    return first, second


def erase_notes(group_id: UUID, entry_ids: Sequence[UUID]) -> None:
    """Erase the memos and reasons of entries for good; figures, dates and the chain stay as they are."""
    kernel.call("select ledger_erase_notes(%s, %s::uuid[])", (group_id, list(entry_ids)))


def erase_reasons(group_id: UUID, close_ids: Sequence[UUID]) -> None:
    """Erase the reasons for which months were opened again; that they were, when and by whom stays."""
    kernel.call("select ledger_erase_reasons(%s, %s::uuid[])", (group_id, list(close_ids)))
