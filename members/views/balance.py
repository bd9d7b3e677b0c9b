"""The trial balance: every account at the end of a day, the leaves of members and loans under their parents."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext

from ledger import queries as books
from ledger.models import Account
from members.owners import owners
from members.page import Page, Sitting
from members.views.words import SIDES, account_name


@dataclass(slots=True)
class Line:
    """An account on its side, or a parent with what its leaves hold: `debit` and `credit` are sums of single sides."""

    code: str
    name: str
    debit: int = 0
    credit: int = 0
    count: int = 0
    leaves: list["Line"] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Balance:
    """The lines under their heads, and the two sums, which agree."""

    heads: list[tuple[str, list[Line]]]
    debit: int
    credit: int


def balance(group_id: UUID, as_of: date, opened: str = "") -> Balance:
    """Every account that ever moved, at the end of `as_of`; under the parent with the code `opened` its leaves too."""
    at = books.balances(group_id, as_of=as_of)
    accounts = list(books.accounts(group_id))
    by_id = {one.id: one for one in accounts}
    lines: dict[UUID, Line] = {}
    leaves = []
    for account in accounts:
        if not account.version:
            continue
        parent = by_id[account.parent_id] if account.parent_id else account
        line = lines.setdefault(parent.id, Line(parent.code, account_name(parent)))
        debit, credit = sides(account, at[account.id])
        line.debit, line.credit = line.debit + debit, line.credit + credit
        if account is not parent:
            line.count += 1
            if parent.code == opened and (debit or credit):
                leaves.append((line, account, debit, credit))
    hers = owners(group_id, [account.id for _, account, _, _ in leaves]) if leaves else {}
    for line, account, debit, credit in leaves:
        owner = hers.get(account.id)
        whose = f"{owner.person.name or owner.number} · {account.name}" if owner else account.name
        line.leaves.append(Line(account.code, whose, debit, credit))
    heads: dict[str, list[Line]] = {}
    for id, line in lines.items():
        heads.setdefault(gettext(SIDES[by_id[id].kind]), []).append(line)
    rows = list(lines.values())
    return Balance(list(heads.items()), sum(row.debit for row in rows), sum(row.credit for row in rows))


def sides(account: Account, amount: int) -> tuple[int, int]:
    """A balance in the column of its side; a negative one stands in the other."""
    on_debit_side = (account.normal == "D") == (amount >= 0)
    return (abs(amount), 0) if on_debit_side else (0, abs(amount))


class TrialBalance(Page):
    """The balance of a day she chooses, and the head of the chain to keep on paper."""

    act = "see_books"
    template = "members/trial_balance.html"
    tab = "more"

    def show(self, at: Sitting) -> dict[str, Any]:
        given, opened = at.request.GET.get("per", ""), at.request.GET.get("rinci", "")[:40]
        wrong = ""
        try:
            as_of = date.fromisoformat(given) if given else at.today
        except ValueError:
            as_of, wrong = at.today, gettext("Tulis tanggal seperti 2026-11-24.")
        if as_of > at.today:
            as_of, wrong = at.today, gettext("Hari itu belum tiba; ini neraca hari ini.")
        head = books.head(at.group_id)
        found = balance(at.group_id, as_of, opened)
        return {"as_of": as_of, "wrong": wrong, "found": found, "opened": opened, "head": head, "hash": head.hash.hex()}
