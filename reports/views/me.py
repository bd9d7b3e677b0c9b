"""Saya: a member's own page. How much she has, what she owes, what to bring next, and the latest lines of her book."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import get_language, gettext, gettext_lazy

from ledger.dates import long_day
from ledger.money import written
from ledger.terbilang import rupiah
from loans import queries as loans
from loans.account import Derived
from loans.models import Loan
from loans.views import words
from members import disputes
from members.api.people import hers
from members.models import Group
from members.page import Page, Sitting
from members.queries import MemberRow
from reports import own
from reports.own import OwnLine
from savings import queries as savings
from savings.queries import Held

LINES = 10
WORDS = {
    "savings_deposit": gettext_lazy("Setor"),
    "savings_withdrawal": gettext_lazy("Tarik"),
    "savings_interest": gettext_lazy("Jasa simpanan"),
    "settlement": gettext_lazy("Keluar dari kelompok"),
    "repayment": gettext_lazy("Bayar angsuran"),
    "loan_recovery": gettext_lazy("Bayar pinjaman"),
    "reversal": gettext_lazy("Koreksi"),
}
"""Kind of entry → what it is called in her book; a disbursement is the loan, or what of it was saved."""


@dataclass(frozen=True, slots=True)
class Told:
    """A line of her book as it is laid out. `waits`: she has asked about it and nobody has answered yet."""

    line: OwnLine
    words: str
    place: str
    waits: bool


@dataclass(frozen=True, slots=True)
class Bring:
    """What she is asked to hand over by a day, by what for; `meets`: the day is the group's next meeting."""

    on: date
    meets: bool
    parts: list[tuple[str, int]]

    @property
    def total(self) -> int:
        return sum(amount for _, amount in self.parts)


class Me(Page):
    """Her own page, an officer's as well. The number of questions to the database does not grow with what she has."""

    act = "see_own"
    template = "reports/me.html"
    tab = "home"

    def show(self, at: Sitting) -> dict[str, Any]:
        member_id = at.seat.member_id
        assert member_id is not None  # the act is hers as a member
        row = hers(at.here, member_id)
        page = savings.book_page(at.group_id, member_id, limit=LINES)
        owed = list(loans.current(at.group_id, member_id))
        derived = loans.states(at.group, owed, on=at.today)
        running = [words.stand(one, None, derived[one.id], at.today) for one in owed if one.id in derived]
        asked = list(disputes.disputes(at.group_id, member_id=member_id).values_list("entry_id", "answered_at"))
        waiting = {entry_id for entry_id, answered_at in asked if answered_at is None}
        names = {one.code: one.name for one in page.held}
        return {
            "row": row,
            "page": page,
            "running": running,
            "asked": [one for one in owed if one.status in (Loan.Status.SUBMITTED, Loan.Status.APPROVED)],
            "bring": bring(at, row, page.held, derived),
            "lines": told(own.latest(at.group_id, member_id, page, limit=LINES), names, waiting),
            "waiting": len(waiting),
            "answered": len(asked) - len(waiting),
            "said": spoken(at.group, page.balance, running),
            "borrows": not owed and row.left_on is None,
            "tab": "more" if at.officer else self.tab,
        }


def told(lines: list[OwnLine], names: Mapping[str, str], waiting: set[UUID | None]) -> list[Told]:
    """Lines in words; `names` of products by code."""
    return [Told(line, called(line), place(line, names), line.entry_id in waiting) for line in lines]


def called(line: OwnLine) -> str:
    """What happened: `Setor`, `Bayar angsuran`."""
    if line.kind == own.DISBURSEMENT:
        return gettext("Terima pinjaman") if line.loan else gettext("Disimpan dari pinjaman")
    return str(WORDS.get(line.kind, gettext("Lain-lain")))


def place(line: OwnLine, names: Mapping[str, str]) -> str:
    """Where: her savings by name, or her loan by number."""
    if line.loan is None:
        return names.get(line.product, line.product)
    return gettext("Pinjaman %(number)s") % {"number": line.loan}


def bring(at: Sitting, row: MemberRow, held: list[Held], derived: Mapping[UUID, Derived]) -> Bring | None:
    """What savings and loans ask for by the next meeting, or by today where no meeting is named; None from who left."""
    if row.left_on is not None:
        return None
    meets = loans.next_meeting(at.group, at.today)
    day = meets or at.today
    parts = list(savings.lacking(at.group_id, held, joined_on=row.joined_on, until=day).items())
    due = sum(max(one.due(before=day + timedelta(days=1)) - one.held, 0) for one in derived.values())
    return Bring(day, meets is not None, [*parts, *([(gettext("Angsuran"), due)] if due else [])])


def spoken(group: Group, saved: int, running: list[words.Stand]) -> str:
    """Her page in a few sentences, to be read aloud."""

    def money(amount: int) -> str:
        in_words = get_language() == "id" and group.currency == "IDR" and not group.digits
        return rupiah(amount) if in_words else written(amount, group.currency, group.digits)

    said = [gettext("Simpanan Ibu %(amount)s.") % {"amount": money(saved)}]
    for one in running:
        said.append(gettext("Pinjaman sisa %(count)s angsuran.") % {"count": one.to_pay})
        if one.late_amount:
            said.append(gettext("Yang belum terbayar %(amount)s.") % {"amount": money(one.late_amount)})
        if one.next_on:
            facts = {"amount": money(one.next_amount), "day": long_day(one.next_on, get_language() or "id")}
            said.append(gettext("Angsuran berikutnya %(amount)s, tanggal %(day)s.") % facts)
    return " ".join(said)
