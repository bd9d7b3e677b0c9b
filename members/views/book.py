"""The book on pages: what was recorded, day by day, and one entry with all there is about it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext, gettext_lazy

from ledger import queries as books
from ledger.chart import MONEY
from ledger.models import Account, Command, Entry, Posting
from ledger.money import signed
from members import queries
from members.access import SUPERVISOR
from members.errors import NotFound
from members.owners import owners
from members.page import Page, Sitting
from members.views.words import FOLLOWING, WITH_RECEIPT, account_name, kind_of

PAGE = 40
MONTH = re.compile(r"(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])")
CODE = re.compile(r"[0-9A-Za-z.-]{1,40}")
PLACE = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})_([0-9]{1,15})")


@dataclass(frozen=True, slots=True)
class Row:
    """An entry in the list. `change`: what it did to cash and bank, or to the account looked at; 0: `total` moved
    between others. `by` is empty for what Lumbung recorded by itself."""

    id: UUID
    seq: int
    day: date
    title: str
    about: str
    by: str
    change: int
    total: int
    undone: bool


@dataclass(frozen=True, slots=True)
class Leg:
    """One line of an entry: its account, whose it is, and the sides."""

    account: Account
    name: str
    owner: str
    debit: int
    credit: int


def month_in(text: str) -> date | None:
    """`2026-03` as its first day."""
    return date.fromisoformat(f"{text}-01") if MONTH.fullmatch(text) else None


def place_in(text: str) -> tuple[date, int] | None:
    """`2026-03-05_12`: the day and number of the last entry of the page before."""
    found = PLACE.fullmatch(text)
    try:
        return (date.fromisoformat(found[1]), int(found[2])) if found else None
    except ValueError:
        return None


def accounts_of(group_id: UUID, entries: Iterable[Entry]) -> dict[UUID, Account]:
    """The accounts these entries touch."""
    ids = {line.account_id for entry in entries for line in entry.postings.all()}
    return {one.id: one for one in Account.objects.filter(group_id=group_id, id__in=ids)}


def moved(entry: Entry, accounts: dict[UUID, Account], codes: frozenset[str]) -> int:
    """What an entry added to the accounts with these codes, leaves with their parents, on the side they grow on."""
    lines = [(accounts[line.account_id], line) for line in entry.postings.all()]
    theirs = [(one, line) for one, line in lines if one.code.split(".")[0] in codes]
    return sum(signed(one.normal, debit=line.debit, credit=line.credit) for one, line in theirs)


def rows(group_id: UUID, found: Sequence[Entry], looked_at: frozenset[str] = MONEY) -> list[Row]:
    """Entries as rows, in as many questions for forty as for one."""
    accounts = accounts_of(group_id, found)
    undone = books.reversals(group_id, [entry.id for entry in found])
    names = queries.called(group_id, {entry.actor_id for entry in found if entry.actor_id})
    hers = owners(group_id, accounts)
    return [
        Row(
            id=entry.id,
            seq=entry.seq,
            day=entry.effective_on,
            title=_title(entry),
            about=_about(entry, hers),
            by=names.get(entry.actor_id, "") if entry.actor_id else "",
            change=moved(entry, accounts, looked_at),
            total=sum(line.debit for line in entry.postings.all()),
            undone=entry.id in undone,
        )
        for entry in found
    ]


def note_of(entry: Entry) -> str:
    """Its memo or reason, if it has one."""
    return (entry.note.text or "") if hasattr(entry, "note") else ""


def _title(entry: Entry) -> str:
    return (note_of(entry) if entry.kind == "journal" else "") or kind_of(entry)


def _about(entry: Entry, hers: dict[UUID, Any]) -> str:
    """Whom it concerns, and what was noted."""
    members = {
        hers[line.account_id].id: hers[line.account_id] for line in entry.postings.all() if line.account_id in hers
    }
    people = [one.person.name or gettext("No. %(number)s") % {"number": one.number} for one in members.values()]
    words = "" if entry.kind == "journal" else note_of(entry)
    whom = people[0] if len(people) == 1 else gettext("%(count)d anggota") % {"count": len(people)} if people else ""
    return " · ".join(part for part in (whom, words) if part)


class Book(Page):
    """What was recorded, the newest day first; of one month or one account, if she likes. What follows from schedules
    day by day stands back until she asks, or looks at one account."""

    act = "see_books"
    template = "members/book.html"
    tab = "book"

    def show(self, at: Sitting) -> dict[str, Any]:
        given = at.request.GET
        month, code = month_in(given.get("bulan", "")), given.get("akun", "")
        code = code if CODE.fullmatch(code) else ""
        found = of_account(in_month(books.entries(at.group_id), month), at.group_id, code)
        everything = bool(code or given.get("semua"))
        hidden = not everything and found.filter(kind__in=FOLLOWING).exists()
        if not everything:
            found = found.exclude(kind__in=FOLLOWING)
        place = place_in(given.get("sebelum", ""))
        if place:
            found = found.filter(_before(*place))
        page = list(found.order_by("-effective_on", "-seq")[: PAGE + 1])
        shown = rows(at.group_id, page[:PAGE], frozenset({code}) if code else MONEY)
        older = ""
        if len(page) > PAGE:
            kept = {name: given[name] for name in ("bulan", "akun", "semua") if given.get(name)}
            older = urlencode(kept | {"sebelum": f"{shown[-1].day}_{shown[-1].seq}"})
        return {
            "days": [(day, list(those)) for day, those in groupby(shown, key=lambda row: row.day)],
            "older": older,
            "later": bool(place),
            "hidden": hidden,
            "month": month,
            "code": code,
            "months": [period.month for period in reversed(books.periods(at.group_id, at.today))],
            "accounts": [(one.code, account_name(one)) for one in that_moved(at.group_id)],
        }


def in_month(found: QuerySet[Entry], month: date | None) -> QuerySet[Entry]:
    """Those dated in a month."""
    return found if month is None else found.filter(effective_on__range=(month, books.month_end(month)))


def of_account(found: QuerySet[Entry], group_id: UUID, code: str) -> QuerySet[Entry]:
    """Those with a line on the account `code` or on a leaf of it."""
    if not code:
        return found
    family = Q(account__code=code) | Q(account__parent__code=code, account__parent__group_id=group_id)
    lines = Posting.objects.filter(family, group_id=group_id, account__group_id=group_id)
    return found.filter(seq__in=lines.values("seq"))


def that_moved(group_id: UUID) -> QuerySet[Account]:
    """The chart's accounts that ever moved, or a leaf of which did."""
    leaves = Account.objects.filter(group_id=group_id, parent_id=OuterRef("id"), version__gt=0)
    return books.accounts(group_id).filter(Q(version__gt=0) | Exists(leaves), parent=None)


def _before(day: date, seq: int) -> Q:
    return Q(effective_on__lt=day) | Q(effective_on=day, seq__lt=seq)


@dataclass(frozen=True, slots=True)
class Whole:
    """One entry with all there is about it."""

    entry: Entry
    row: Row
    legs: list[Leg]
    note: str
    hash: str
    recorded_at: datetime
    original: Entry | None
    reversal: Entry | None
    receipt: UUID | None

    @property
    def may_be_taken_back(self) -> bool:
        """Whether a correction can begin here."""
        return not self.row.undone and self.original is None and self.entry.kind not in FOLLOWING


def whole(group_id: UUID, entry_id: UUID) -> Whole:
    """Raises NotFound."""
    entry = books.entries(group_id).filter(id=entry_id).first()
    if entry is None:
        raise NotFound()
    accounts = accounts_of(group_id, [entry])
    hers = owners(group_id, accounts)
    legs = [
        Leg(
            account := accounts[line.account_id],
            account_name(account),
            (hers[account.id].person.name or hers[account.id].number) if account.id in hers else "",
            line.debit,
            line.credit,
        )
        for line in entry.postings.all()
    ]
    notes = Entry.objects.filter(group_id=group_id).select_related("note")
    return Whole(
        entry,
        rows(group_id, [entry])[0],
        legs,
        note_of(entry),
        bytes(entry.hash).hex(),
        entry.recorded_at,
        notes.filter(id=entry.reverses_id).first() if entry.reverses_id else None,
        notes.filter(reverses_id=entry.id).first(),
        entry.command_id if entry.kind in WITH_RECEIPT else None,
    )


AGAIN: dict[str, tuple[str, str, str, Any]] = {
    "collection": ("collect", "p:members", "?untuk=terima", gettext_lazy("Terima uang")),
    "savings_deposit": ("record_savings", "p:members", "?untuk=setor", gettext_lazy("Setor")),
    "savings_withdrawal": ("record_savings", "p:members", "?untuk=tarik", gettext_lazy("Tarik")),
    "repayment": ("record_repayment", "p:loans", "?untuk=angsuran", gettext_lazy("Angsuran")),
    "journal": ("post_journal", "p:journal", "", gettext_lazy("Catat baru")),
}
"""What was taken back, by its entry's kind → the act, the page, and the label of what is recorded instead. Nobody is
chosen yet on it: it may have been the wrong one."""


@dataclass(frozen=True, slots=True)
class Again:
    """Where what was taken back is recorded as it should have been."""

    label: str
    address: str


def again(at: Sitting, original: Entry) -> Again | None:
    """None where there is no such form, or it is not hers."""
    command = Command.objects.filter(group_id=at.group_id, key=original.command_id).first()
    together = command is not None and "lines" in command.answer
    act, page, query, label = AGAIN.get("collection" if together else original.kind, ("", "", "", ""))
    if not act or not at.may(act):
        return None
    return Again(str(label), reverse(page, kwargs={"group_id": at.group_id}) + query)


class EntryPage(Page):
    """One entry: its lines, who recorded it when, and what it took back or was taken back by. From a correction on to
    the form where the right thing is recorded, and to the paper that tells her of it."""

    act = "see_books"
    template = "members/entry.html"
    tab = "book"

    def show(self, at: Sitting, entry_id: UUID) -> dict[str, Any]:
        found = whole(at.group_id, entry_id)
        taken_back = rows(at.group_id, [found.reversal])[0].by if found.reversal else ""
        original = found.original
        return {
            "whole": found,
            "kind": kind_of(found.entry),
            "taken_back_by": taken_back,
            "checks": SUPERVISOR in at.seat.roles,
            "again": again(at, original) if original else None,
            "told": original.command_id if original and original.kind in WITH_RECEIPT else None,
        }
