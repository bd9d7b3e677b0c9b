"""A member's loans on paper: what was agreed, every instalment with what is paid of it, and what moved."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext, gettext_noop

from ledger import queries as books
from loans import queries as lending
from loans.account import Derived, State
from loans.models import Loan
from loans.views.words import METHODS, comma, span
from members.models import Group
from reports.papers.moved import Rows, moved
from reports.papers.slips import Told

SHORTER = {"repayment": gettext_noop("Angsuran"), "loan_disbursement": gettext_noop("Pencairan")} | {
    "loan_reallocation": gettext_noop("Dihitung ulang"),
    "loan_write_off": gettext_noop("Hapus buku"),
}
"""Under the head of a loan its lines need not say that they are about one."""


@dataclass(frozen=True, slots=True)
class Instalment:
    """What is asked for on a day and what is paid of it; `state`: paid, late, due or upcoming."""

    number: int
    due_on: date
    principal: int
    interest: int
    other: int
    due: int
    paid: int
    left: int
    state: str


@dataclass(frozen=True, slots=True)
class LoanLine:
    """What an entry moved: paid out, or paid and what of it was principal, interest and the rest. `balance`: the
    principal owed after it. A line that takes another back has its amounts negative."""

    on: date
    slip: str
    about: str
    lent: int | None
    paid: int | None
    principal: int | None
    interest: int | None
    other: int | None
    balance: int
    undone: bool


@dataclass(frozen=True, slots=True)
class LoanCard:
    """A loan at the end of a day. `opening` and `closing` are principal; `payoff` ends it on that day."""

    number: int
    status: str
    disbursed_on: date | None
    principal: int
    agreed: str
    purpose: str
    opening: int
    closing: int
    payoff: int
    arrears: int
    next_due_on: date | None
    next_due_amount: int
    instalments: tuple[Instalment, ...]
    lines: tuple[LoanLine, ...]

    @property
    def lent(self) -> int:
        return sum(line.lent or 0 for line in self.lines)

    @property
    def paid(self) -> int:
        return sum(line.paid or 0 for line in self.lines)

    @property
    def principal_paid(self) -> int:
        return sum(line.principal or 0 for line in self.lines)

    @property
    def interest_paid(self) -> int:
        return sum(line.interest or 0 for line in self.lines)

    @property
    def other_paid(self) -> int:
        return sum(line.other or 0 for line in self.lines)


def named(group_id: UUID, loan_id: UUID | None) -> Loan | None:
    """The loan that a paper is about, with its purchases; None for none of the group."""
    return None if loan_id is None else lending.loans(group_id).filter(id=loan_id).first()


def cards(group: Group, member_id: UUID, *, since: date | None, until: date) -> tuple[LoanCard, ...]:
    """Her loans that were owed or moved in that time, the oldest first."""
    return cards_of(group, list(lending.loans(group.id, member_id=member_id)), since=since, until=until)


def cards_of(group: Group, loans: Sequence[Loan], *, since: date | None, until: date) -> tuple[LoanCard, ...]:
    """Those of these loans that were owed or moved in that time."""
    known = {one.principal_account_id: one for one in loans if one.principal_account_id is not None}
    states = lending.states(group, list(known.values()), on=until)
    day_before = None if since is None else since - timedelta(days=1)
    opening = books.balances(group.id, as_of=day_before, account_ids=list(known)) if day_before else {}
    ids = {account_id: one.id for account_id, one in known.items()}
    booked = lending.paid_parts(group.id, list(ids.values()))
    rows_of = moved(group.id, ids, booked, raised_by="debit", since=since, until=until)
    told = Told(group, (entry for some in rows_of.values() for entry, _ in some.values()))
    found = []
    for account_id, loan in known.items():
        before, rows = opening.get(account_id, 0), rows_of[loan.id]
        if rows or before or _runs(states.get(loan.id), since):
            lines = _lines(rows, before, told)
            found.append(_card(group, loan, states.get(loan.id), lines, opening=before, until=until))
    return tuple(found)


def _runs(state: Derived | None, since: date | None) -> bool:
    return state is not None and (since is None or state.paid_off_on is None or state.paid_off_on >= since)


def _card(
    group: Group, loan: Loan, state: Derived | None, lines: tuple[LoanLine, ...], *, opening: int, until: date
) -> LoanCard:
    following = next((one for one in state.states if one.due_on > until and one.unpaid), None) if state else None
    return LoanCard(
        number=loan.number,
        status=_status(loan, state, until),
        disbursed_on=loan.disbursed_on,
        principal=loan.principal,
        agreed=agreed(group, loan.terms),
        purpose=loan.purpose or "",
        opening=opening,
        closing=lines[-1].balance if lines else opening,
        payoff=state.payoff.total if state else 0,
        arrears=state.due(before=until) if state else 0,
        next_due_on=following.due_on if following else None,
        next_due_amount=max(following.unpaid - state.held, 0) if following and state else 0,
        instalments=tuple(instalment(one, until) for one in state.states) if state else (),
        lines=lines,
    )


def _lines(rows: Rows, opening: int, told: Told) -> tuple[LoanLine, ...]:
    running, lines = opening, []
    for entry, parts in sorted(rows.values(), key=lambda row: (row[0].effective_on, row[0].seq)):
        running += parts["owed"]
        paid = {name: parts.get(name, 0) for name in ("principal", "interest", "fee", "penalty", "excess")}
        other = paid["fee"] + paid["penalty"] + paid["excess"]
        is_payment = any(paid.values())
        lines.append(
            LoanLine(
                on=entry.effective_on,
                slip=told.number(entry),
                about=told.about(entry, SHORTER),
                lent=None if is_payment else parts["owed"],
                paid=sum(paid.values()) if is_payment else None,
                principal=paid["principal"] if is_payment else None,
                interest=paid["interest"] if is_payment else None,
                other=other if is_payment else None,
                balance=running,
                undone=entry.id in told.undone,
            )
        )
    return tuple(lines)


def _status(loan: Loan, state: Derived | None, until: date) -> str:
    if state is None:
        return gettext("Dibatalkan")
    if loan.status == Loan.Status.WRITTEN_OFF and loan.ended_on is not None and loan.ended_on <= until:
        return gettext("Dihapusbukukan")
    return gettext("Berjalan") if state.paid_off_on is None else gettext("Lunas")


def agreed(group: Group, terms: dict[str, Any]) -> str:
    """`jasa 2% sebulan, tetap, 12 bulan`: what was agreed, in one line."""
    rate = terms.get("rate") or {}
    said = []
    if rate:
        per = gettext("sebulan") if rate["per"] == "month" else gettext("setahun")
        said.append(f"{gettext(group.interest_word)} {comma(rate['percent'])}% {per}")
    if terms.get("method"):
        said.append(gettext(METHODS[terms["method"]]))
    if terms.get("installments"):
        said.append(span(terms["installments"], terms.get("every") or 1, terms.get("unit") or "month"))
    return ", ".join(said)


def instalment(one: State, on: date) -> Instalment:
    """An instalment as it stands at the end of a day."""
    principal, interest = one.owed["principal"], one.owed["interest"]
    return Instalment(
        number=one.number,
        due_on=one.due_on,
        principal=principal,
        interest=interest,
        other=one.due - principal - interest,
        due=one.due,
        paid=one.due - one.unpaid,
        left=one.unpaid,
        state=state_of(one, on),
    )


def state_of(one: State, on: date) -> str:
    """paid, late (due before the day), due (on it) or upcoming."""
    if not one.unpaid:
        return "paid"
    if one.due_on < on:
        return "late"
    return "due" if one.due_on == on else "upcoming"
