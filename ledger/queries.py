"""What can be asked of a book. Every answer names its group; balances are positive on the account's normal side.

`as_of` is inclusive: what stood at the end of that day. The past is read from the nearest anchor, the current balance
or the balance stored when a month was closed, so its cost is the postings of one month, never those of all years.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import Min, Prefetch, Q, QuerySet, Sum

from ledger import kernel
from ledger.chain import GENESIS
from ledger.models import Account, Book, Entry, EntryNote, MonthClose, Posting
from ledger.money import Line, signed


class Head(NamedTuple):
    """The end of a book's chain: printed on papers, it pins everything before."""

    seq: int
    hash: bytes


class Moved(NamedTuple):
    """An account over a time: what stood before it, what it was debited and credited, what stands after it; balances
    on its normal side."""

    opening: int
    debit: int
    credit: int
    closing: int


class Period(NamedTuple):
    """A month by its first day; a closed one with the moment and the head of the chain at its closing."""

    month: date
    closed_at: datetime | None
    head: Head | None


class Position(NamedTuple):
    """A place in an account's history, just before a line: what the next older page begins from.

    `head_seq` is the head when the first page was read; entries recorded later do not appear on the pages after it.
    """

    effective_on: date
    seq: int
    number: int
    balance: int
    head_seq: int


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One posting as people see it: `change` is signed, `balance` stands after it in order of (effective_on, seq)."""

    entry_id: UUID
    seq: int
    effective_on: date
    recorded_at: datetime
    kind: str
    memo: str | None
    change: int
    balance: int


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """Lines oldest first, the balance before the first of them, and where the older page begins (None: no older)."""

    opening_balance: int
    lines: list[HistoryLine]
    closing_balance: int
    older: Position | None


@dataclass(frozen=True, slots=True)
class TrialBalanceRow:
    """An account and its balance, standing in the column of its side; a negative balance stands in the other one."""

    account: str
    name: str
    debit: int
    credit: int
    balance: int


@dataclass(frozen=True, slots=True)
class TrialBalance:
    """All accounts that ever moved, by code, and the head of the chain the figures were read at."""

    as_of: date | None
    head: Head
    rows: list[TrialBalanceRow]

    @property
    def total_debit(self) -> int:
        return sum(row.debit for row in self.rows)

    @property
    def total_credit(self) -> int:
        return sum(row.credit for row in self.rows)


def book(group_id: UUID) -> Book:
    """The book itself: currency, zone, head, and through which day it is closed."""
    return Book.objects.get(group_id=group_id)


def head(group_id: UUID) -> Head:
    """Number and hash of the latest entry; 0 and 32 zero bytes in an empty book."""
    found = book(group_id)
    return Head(found.head_seq, bytes(found.head_hash))


def accounts(group_id: UUID) -> QuerySet[Account]:
    """The accounts of a book by code."""
    return Account.objects.filter(group_id=group_id).order_by("code")


def accounts_by_code(group_id: UUID, codes: Sequence[str]) -> dict[str, Account]:
    """Those of `codes` that the book has."""
    return {account.code: account for account in accounts(group_id).filter(code__in=codes)}


def entry(group_id: UUID, entry_id: UUID) -> Entry | None:
    """One entry of this group, or None."""
    return Entry.objects.filter(group_id=group_id, id=entry_id).first()


def entries(group_id: UUID) -> QuerySet[Entry]:
    """A book's entries in order of recording, each with its note and its postings in order."""
    postings = Prefetch("postings", Posting.objects.filter(group_id=group_id).order_by("number"))
    return Entry.objects.filter(group_id=group_id).select_related("note").prefetch_related(postings).order_by("seq")


def entries_since(group_id: UUID, account_ids: Collection[UUID], *, after: int) -> QuerySet[Entry]:
    """The entries numbered above `after` that have a line on one of these accounts, as `entries` gives them."""
    lines = Posting.objects.filter(group_id=group_id, account_id__in=list(account_ids), seq__gt=after)
    return entries(group_id).filter(seq__in=lines.values("seq"))


def of_command(group_id: UUID, command_id: UUID) -> list[Entry]:
    """What one command booked, in order of recording."""
    return list(Entry.objects.filter(group_id=group_id, command_id=command_id).order_by("seq"))


def reversal_of(group_id: UUID, entry_id: UUID) -> Entry | None:
    """The entry that reversed this one, or None."""
    return Entry.objects.filter(group_id=group_id, reverses_id=entry_id).first()


def reversals(group_id: UUID, entry_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """Which of these entries were taken back, and by which entry."""
    found = Entry.objects.filter(group_id=group_id, reverses_id__in=entry_ids)
    return dict(found.values_list("reverses_id", "id"))


def touching(found: QuerySet[Entry], group_id: UUID, code: str) -> QuerySet[Entry]:
    """Those of a book's entries that have a line on the account `code`."""
    lines = Posting.objects.filter(group_id=group_id, account__group_id=group_id, account__code=code)
    return found.filter(seq__in=lines.values("seq"))


def codes(group_id: UUID, account_ids: Collection[UUID]) -> dict[UUID, str]:
    """The codes of accounts by id."""
    return dict(Account.objects.filter(group_id=group_id, id__in=account_ids).values_list("id", "code"))


def lines(group_id: UUID, seq: int) -> list[Line]:
    """The lines of entry number `seq` in posting order."""
    postings = Posting.objects.filter(group_id=group_id, seq=seq).order_by("number")
    return [Line(posting.account_id, posting.debit, posting.credit) for posting in postings]


def entries_that_lowered(group_id: UUID, reversed: Entry, *, from_day: date) -> list[Entry]:
    """Entries after `reversed`, dated `from_day` or later, that took from an account which it raised."""
    lowered = Q()
    for account in Account.objects.filter(group_id=group_id, postings__group_id=group_id, postings__seq=reversed.seq):
        side = "credit" if account.normal == "D" else "debit"
        lowered |= Q(account_id=account.id, **{f"{side}__gt": 0})
    after = Q(effective_on__gte=from_day, seq__gt=reversed.seq)
    taken = Posting.objects.filter(lowered, after, group_id=group_id).values("seq").distinct()
    return list(Entry.objects.filter(group_id=group_id, seq__in=taken, reverses=None, reversals=None).order_by("seq"))


def balance(group_id: UUID, account_id: UUID, *, as_of: date | None = None) -> int:
    """An account's balance at the end of `as_of`; None: as it stands, whatever its dates."""
    return balances(group_id, as_of=as_of, account_ids=[account_id]).get(account_id, 0)


def balances(
    group_id: UUID, *, as_of: date | None = None, account_ids: Sequence[UUID] | None = None
) -> dict[UUID, int]:
    """Balances by account id at the end of `as_of`; None: as they stand, which is right for every account on which
    nothing bears a later date."""
    chosen = Account.objects.filter(group_id=group_id)
    if account_ids is not None:
        chosen = chosen.filter(id__in=account_ids)
    known = list(chosen)
    found = {account.id: account.balance for account in known}
    if as_of is not None:
        later = [account for account in known if account.last_on is not None and account.last_on > as_of]
        if later:
            found |= _past_balances(group_id, later, as_of)
    return found


def _past_balances(group_id: UUID, chosen: Sequence[Account], as_of: date) -> dict[UUID, int]:
    """An anchor on or after the day, less what came between."""
    standing = {account.id: (account.normal, account.balance) for account in chosen}
    later = Posting.objects.filter(group_id=group_id, account_id__in=list(standing), effective_on__gt=as_of)
    close = _first_close_after(group_id, as_of)
    if close is not None:
        kept = close.balances.filter(group_id=group_id, account_id__in=list(standing))
        stored = dict(kept.values_list("account_id", "balance"))
        standing = {id: (normal, stored.get(id, 0)) for id, (normal, _) in standing.items()}
        later = later.filter(effective_on__lte=month_end(close.month))
    moved = later.values("account_id").annotate(debit=Sum("debit"), credit=Sum("credit"))
    changes = {row["account_id"]: (int(row["debit"]), int(row["credit"])) for row in moved}
    return {
        id: amount - signed(normal, debit=changes.get(id, (0, 0))[0], credit=changes.get(id, (0, 0))[1])
        for id, (normal, amount) in standing.items()
    }


def day_ends(group_id: UUID, account_id: UUID, *, since: date) -> list[tuple[date, int]]:
    """The balance at the end of `since`, and of every later day on which it moved, in order."""
    account = Account.objects.get(group_id=group_id, id=account_id)
    later = Posting.objects.filter(group_id=group_id, account_id=account_id, effective_on__gt=since)
    moved = later.values("effective_on").annotate(taken=Sum("debit"), given=Sum("credit")).order_by("-effective_on")
    running, found = account.balance, []
    for row in moved:
        found.append((row["effective_on"], running))
        running -= signed(account.normal, debit=int(row["taken"]), credit=int(row["given"]))
    return [(since, running), *reversed(found)]


def changes(
    group_id: UUID, account_ids: Collection[UUID], *, since: date, until: date
) -> dict[UUID, list[tuple[date, str, int]]]:
    """What moved accounts from `since` to `until`, both inclusive: day, kind and signed sum, in order of days.

    A reversal bears the kind of the entry it took back.
    """
    found: dict[UUID, list[tuple[date, str, int]]] = {}
    for account_id, day, kind, change in kernel.call(CHANGES, (group_id, list(account_ids), since, until)):
        found.setdefault(account_id, []).append((day, kind, int(change)))
    return found


def moved(group_id: UUID, since: Mapping[UUID, date], *, until: date) -> dict[UUID, dict[str, int]]:
    """What each account's balance gained by kind of entry, from its own day in `since` to `until`, both inclusive.

    A reversal counts against the kind of the entry it took back.
    """
    found: dict[UUID, dict[str, int]] = {}
    for account_id, kind, gained in kernel.call(MOVED, (list(since), list(since.values()), group_id, until)):
        found.setdefault(account_id, {})[kind] = int(gained)
    return found


def balances_after(group_id: UUID, places: Sequence[tuple[UUID, UUID]]) -> dict[tuple[UUID, UUID], int]:
    """An account's balance after an entry, in order of (effective_on, seq), for pairs of (account id, entry id)."""
    rows = kernel.call(AFTER, (group_id, [account for account, _ in places], [entry for _, entry in places]))
    return {(account_id, entry_id): int(balance) for account_id, entry_id, balance in rows}


def recorded_balances(
    group_id: UUID, account_ids: Collection[UUID], *, through_seq: int, until: date | None = None
) -> dict[UUID, int]:
    """Balances as they were once entry number `through_seq` was recorded, whatever was recorded since for earlier days:
    what a paper of that moment says, and says again. `until`: at the end of that day; None: whatever the dates.

    Summed from postings alone: neither a stored balance nor that of a closed month is asked.
    """
    chosen = Account.objects.filter(group_id=group_id, id__in=list(account_ids))
    normal = dict(chosen.values_list("id", "normal"))
    moved = Posting.objects.filter(group_id=group_id, account_id__in=list(normal), seq__lte=through_seq)
    if until is not None:
        moved = moved.filter(effective_on__lte=until)
    sums = moved.values("account_id").annotate(taken=Sum("debit"), given=Sum("credit"))
    found = dict.fromkeys(normal, 0)
    for row in sums:
        side = normal[row["account_id"]]
        found[row["account_id"]] = signed(side, debit=int(row["taken"]), credit=int(row["given"]))
    return found


def earliest_change(group_id: UUID, account_ids: Collection[UUID], *, after_seq: int, besides: str) -> date | None:
    """The earliest day on which entries recorded after number `after_seq` moved these accounts, those of the kind
    `besides` apart; None when there are none."""
    later = Posting.objects.filter(group_id=group_id, seq__gt=after_seq, account_id__in=list(account_ids))
    first: date | None = later.exclude(entry__kind=besides).aggregate(first=Min("effective_on"))["first"]
    return first


def hash_at(group_id: UUID, seq: int) -> bytes | None:
    """The chain's hash at entry number `seq`; 0 is where every chain begins. None: there is no such entry."""
    if seq == 0:
        return GENESIS
    found = Entry.objects.filter(group_id=group_id, seq=seq).values_list("hash", flat=True).first()
    return None if found is None else bytes(found)


def recorded_since(group_id: UUID, after_seq: int, *, until: date) -> bool:
    """Whether anything dated up to `until` was recorded after entry number `after_seq`."""
    return Entry.objects.filter(group_id=group_id, seq__gt=after_seq, effective_on__lte=until).exists()


def postings_between(
    group_id: UUID, account_ids: Collection[UUID], *, since: date | None, until: date | None
) -> QuerySet[Posting]:
    """The lines on these accounts from `since` to `until`, both inclusive, in order of (effective_on, seq, number),
    each with its entry and note."""
    found = Posting.objects.filter(group_id=group_id, account_id__in=list(account_ids))
    if since is not None:
        found = found.filter(effective_on__gte=since)
    if until is not None:
        found = found.filter(effective_on__lte=until)
    return found.select_related("entry", "entry__note").order_by("effective_on", "seq", "number")


def sums(
    group_id: UUID, account_ids: Collection[UUID], *, since: date | None, until: date, through_seq: int
) -> dict[UUID, Moved]:
    """Of those of these accounts that ever moved, what their postings say: of entries numbered up to `through_seq` and
    dated up to `until`; `since` None: nothing stood before."""
    asked = {"group": group_id, "accounts": list(account_ids), "since": since, "until": until, "through": through_seq}
    return {id: Moved(*map(int, row)) for id, *row in kernel.call(SUMS, asked)}


def booked_by(
    group_id: UUID, entry_ids: Collection[UUID], *, until: date, through_seq: int
) -> list[tuple[str, str, int, int]]:
    """What these entries posted, of those dated up to `until` and numbered up to `through_seq`: the entry's kind, the
    account's code, debit and credit."""
    lines = Posting.objects.filter(group_id=group_id, account__group_id=group_id, entry__id__in=list(entry_ids))
    lines = lines.filter(effective_on__lte=until, seq__lte=through_seq).order_by("seq", "number")
    return list(lines.values_list("entry__kind", "account__code", "debit", "credit"))


def first_seqs(group_id: UUID, command_ids: Collection[UUID]) -> dict[UUID, int]:
    """The number of the first entry that each of these commands booked."""
    found = Entry.objects.filter(group_id=group_id, command_id__in=list(command_ids)).order_by()
    return dict(found.values_list("command_id").annotate(first=Min("seq")))


def available(group_id: UUID, code: str) -> int:
    """What the account `code` holds now and has not promised. Raises Account.DoesNotExist."""
    account = accounts(group_id).get(code=code)
    return account.balance - account.held


def totals_by_kind(group_id: UUID) -> dict[str, int]:
    """What all accounts of a kind hold together, each positive on the side on which its kind grows; contra accounts
    take off."""
    grows = {"asset": "D", "expense": "D", "memo": "D"}
    found: dict[str, int] = {}
    for kind, normal, total in accounts(group_id).order_by().values_list("kind", "normal").annotate(sum=Sum("balance")):
        found[kind] = found.get(kind, 0) + int(total) * (1 if normal == grows.get(kind, "C") else -1)
    return found


def control_total(group_id: UUID, code: str, *, as_of: date | None = None) -> int:
    """The balance of the chart's account `code` and of all its leaves together."""
    family = accounts(group_id).filter(Q(code=code) | Q(parent__code=code, parent__group_id=group_id))
    return sum(balances(group_id, as_of=as_of, account_ids=[account.id for account in family]).values())


def trial_balance(group_id: UUID, *, as_of: date | None = None) -> TrialBalance:
    """Every account that ever moved with its balance at the end of `as_of` (None: as it stands); the columns agree."""
    at = balances(group_id, as_of=as_of)
    rows = []
    for account in accounts(group_id).filter(version__gt=0):
        amount = at[account.id]
        on_debit_side = (account.normal == "D") == (amount >= 0)
        rows.append(
            TrialBalanceRow(
                account.code,
                account.name,
                debit=abs(amount) if on_debit_side else 0,
                credit=0 if on_debit_side else abs(amount),
                balance=amount,
            )
        )
    return TrialBalance(as_of, head(group_id), rows)


def history(
    group_id: UUID,
    account_id: UUID,
    *,
    as_of: date | None = None,
    before: Position | None = None,
    limit: int = 50,
) -> HistoryPage:
    """The latest `limit` lines up to `as_of`, or those before `before`, with running balances in order of
    (effective_on, seq). Computed backwards from a balance that is known, so a long account costs no more than a short
    one."""
    account = Account.objects.get(group_id=group_id, id=account_id)
    postings = Posting.objects.filter(group_id=group_id, account_id=account_id)
    if before is None:
        head_seq, closing = head(group_id).seq, balance(group_id, account_id, as_of=as_of)
        if as_of is not None:
            postings = postings.filter(effective_on__lte=as_of)
    else:
        head_seq, closing = before.head_seq, before.balance
        postings = postings.filter(seq__lte=head_seq).filter(_older_than(before))
    newest_first = list(
        postings.select_related("entry", "entry__note").order_by("-effective_on", "-seq", "-number")[: limit + 1]
    )
    shown: list[HistoryLine] = []
    running = closing
    for posting in newest_first[:limit]:
        change = signed(account.normal, debit=posting.debit, credit=posting.credit)
        shown.append(_history_line(posting, change, running))
        running -= change
    older = None
    if len(newest_first) > limit:
        oldest = newest_first[limit - 1]
        older = Position(oldest.effective_on, oldest.seq, oldest.number, running, head_seq)
    return HistoryPage(running, shown[::-1], closing, older)


def _history_line(posting: Posting, change: int, balance: int) -> HistoryLine:
    entry = posting.entry
    note = getattr(entry, "note", None)
    return HistoryLine(
        entry_id=entry.id,
        seq=posting.seq,
        effective_on=posting.effective_on,
        recorded_at=entry.recorded_at,
        kind=entry.kind,
        memo=None if note is None else note.text,
        change=change,
        balance=balance,
    )


def _older_than(place: Position) -> Q:
    same_day = Q(effective_on=place.effective_on)
    return (
        Q(effective_on__lt=place.effective_on)
        | same_day & Q(seq__lt=place.seq)
        | same_day & Q(seq=place.seq, number__lt=place.number)
    )


def closed_months(group_id: UUID) -> QuerySet[MonthClose]:
    """The closings in force, oldest month first."""
    return MonthClose.objects.filter(group_id=group_id, reopened_at=None).order_by("month")


def periods(group_id: UUID, today: date) -> list[Period]:
    """Every month of the book from that of its first entry or closing (today's in an empty book) to today's."""
    closed = {close.month: close for close in closed_months(group_id)}
    earliest = Entry.objects.filter(group_id=group_id).aggregate(first=Min("effective_on"))["first"] or today
    month = min([earliest.replace(day=1), *closed])
    found = []
    while month <= today:
        close = closed.get(month)
        head = None if close is None else Head(close.head_seq, bytes(close.head_hash))
        found.append(Period(month, None if close is None else close.closed_at, head))
        month = date.fromordinal(month_end(month).toordinal() + 1)
    return found


def notes(group_id: UUID) -> QuerySet[EntryNote]:
    """The memos and reasons of a book's entries."""
    return EntryNote.objects.filter(group_id=group_id)


def reopenings(group_id: UUID) -> QuerySet[MonthClose]:
    """The closings that were taken back, with their reasons."""
    return MonthClose.objects.filter(group_id=group_id).exclude(reopened_at=None)


def _first_close_after(group_id: UUID, day: date) -> MonthClose | None:
    """The closing of `day`'s own month, if it is closed: the earliest anchor on or after `day`."""
    return closed_months(group_id).filter(month__gte=day.replace(day=1)).first()


def month_end(month: date) -> date:
    """The last day of a month, given by any of its days."""
    following = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    return date.fromordinal(following.toordinal() - 1)


CHANGE = "case a.normal when 'D' then p.debit - p.credit else p.credit - p.debit end"
WITH_ENTRY = """join ledger_account a on a.group_id = p.group_id and a.id = p.account_id
  join ledger_entry e on e.group_id = p.group_id and e.seq = p.seq
  left join ledger_entry undone on undone.group_id = e.group_id and undone.id = e.reverses_id"""
CHANGES = f"""
select p.account_id, p.effective_on, coalesce(undone.kind, e.kind), sum({CHANGE})
  from ledger_posting p {WITH_ENTRY}
 where p.group_id = %s and p.account_id = any(%s::uuid[]) and p.effective_on between %s and %s
 group by 1, 2, 3 order by 2"""  # noqa: S608  (our own words)
SUMS = f"""
select p.account_id,
       coalesce(sum({CHANGE}) filter (where p.effective_on < %(since)s::date), 0),
       coalesce(sum(p.debit) filter (where %(since)s::date is null or p.effective_on >= %(since)s::date), 0),
       coalesce(sum(p.credit) filter (where %(since)s::date is null or p.effective_on >= %(since)s::date), 0),
       sum({CHANGE})
  from ledger_posting p
  join ledger_account a on a.group_id = p.group_id and a.id = p.account_id
 where p.group_id = %(group)s and p.account_id = any(%(accounts)s::uuid[]) and p.effective_on <= %(until)s
   and p.seq <= %(through)s
 group by 1"""  # noqa: S608
MOVED = f"""
select p.account_id, coalesce(undone.kind, e.kind), sum({CHANGE})
  from unnest(%s::uuid[], %s::date[]) as wanted (account_id, since)
  join ledger_posting p on p.group_id = %s and p.account_id = wanted.account_id
                       and p.effective_on between wanted.since and %s {WITH_ENTRY}
 group by 1, 2"""  # noqa: S608
AFTER = f"""
select a.id, e.id, a.balance - coalesce((
    select sum({CHANGE}) from ledger_posting p
     where p.group_id = a.group_id and p.account_id = a.id and (p.effective_on, p.seq) > (e.effective_on, e.seq)), 0)
  from (select %s::uuid as group_id) g
 cross join unnest(%s::uuid[], %s::uuid[]) as place (account_id, entry_id)
  join ledger_account a on a.group_id = g.group_id and a.id = place.account_id
  join ledger_entry e on e.group_id = g.group_id and e.id = place.entry_id"""  # noqa: S608
