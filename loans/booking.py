"""Derive, then book the difference: what `accrual` says should stand, less what does stand, as entries by day.

A day in a closed month cannot be booked: its difference goes to the first open day, so that only dates differ. One
function for whatever changes a loan's past or lets its time go on; the book is locked, a command open.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from django.db.models import Max

from ledger import kernel
from ledger import services as ledger
from ledger.chart import NewLeaf
from ledger.entries import NewEntry, Posted
from ledger.ids import uuid7
from ledger.money import Line as Posting
from ledger.money import credit, debit
from loans import facts
from loans.account import Derived, Facts, Key, Payment, Plan
from loans.accrual import PlanIsMoot, derive, difference
from loans.allocation import EXCESS, FEE, INTEREST, PENALTY, PRINCIPAL
from loans.errors import FollowedByReschedule
from loans.facts import Ground
from loans.models import Installment, Line, Loan, Repayment, Version
from savings import services as savings

INCOME = {INTEREST: "4-1010", FEE: "4-1020", PENALTY: "4-1030"}
LEAVES = {
    INTEREST: ("interest_account_id", "1-1310", "Piutang jasa"),
    PENALTY: ("penalty_account_id", "1-1320", "Piutang denda"),
    EXCESS: ("held_account_id", "2-1050", "Titipan"),
}
ACCRUAL, REALLOCATION, REPAYMENT = "loan_accrual", "loan_reallocation", "repayment"
ORDER = {ACCRUAL: 0, REPAYMENT: 1, REALLOCATION: 2}
LOAN_COLUMNS = (
    *("status", "version", "ordinal", "derived_through", "next_on", "ended_on"),
    *("interest_account_id", "penalty_account_id", "held_account_id"),
)


@dataclass(frozen=True, slots=True)
class Received:
    """A repayment that is being booked: its row (not stored yet), and the line on which the money came in."""

    repayment: Repayment
    money: Posting


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry to be posted, and the lines of the loan that it books."""

    loan: Loan
    kind: str
    on: date
    lines: dict[Key, int]


def lived(loan: Loan, known: Facts, through: date) -> Derived:
    """The loan's books as they should stand. Raises FollowedByReschedule."""
    try:
        return derive(known, through)
    except PlanIsMoot:
        raise FollowedByReschedule(loan=loan.number) from None


def through_of(loan: Loan, night: date | None, *days: date) -> date:
    """Up to which day a loan's books are derived: as far as the nights and its own events have come."""
    known = (loan.derived_through, night, *days)
    return max(day for day in known if day is not None)


def rebook(
    group_id: UUID, loan: Loan, ground: Ground, *events: date, received: Received | None = None
) -> tuple[Derived, list[Posted]]:
    """Derive one loan as far as the nights, its books and these `events` have come, and book the difference; gives its
    state and the entries, the repayment's own among them.

    The version of a schedule that would begin with another principal is replaced by a further one.
    """
    through = through_of(loan, ground.night, *events)
    known = facts.read(group_id, [loan], ground.days)[loan.id]
    if received is not None:
        known = replace(known, payments=(*known.payments, _payment(received.repayment)))
    derived = lived(loan, known, through)
    if correct_versions(group_id, loan, known.plans, derived.plans):
        corrected = facts.read(group_id, [loan], ground.days)[loan.id]
        known = replace(known, plans=corrected.plans)
        derived = lived(loan, known, through)
    posted = book(group_id, [(loan, derived)], ground, received=received)
    return derived, posted


def _payment(repayment: Repayment) -> Payment:
    return Payment(repayment.id, repayment.paid_on, repayment.amount, repayment.ordinal)


def correct_versions(group_id: UUID, loan: Loan, stored: Sequence[Plan], derived: Sequence[Plan]) -> bool:
    """Store the versions whose rows came out otherwise, each as a further one in the place of the old."""
    rows = {plan.version: plan.rows for plan in stored}
    changed = [plan for plan in derived if plan.rows != rows[plan.version]]
    for plan in changed:
        old = Version.objects.get(group_id=group_id, loan_id=loan.id, number=plan.version)
        Version.objects.filter(group_id=group_id, id=old.id).update(replaced=True)
        add_version(
            *(group_id, loan, plan),
            terms=old.terms,
            made_by="correction",
            origin=old.origin,
            days_past_due=old.days_past_due,
            reason=old.reason,
        )
    return bool(changed)


def add_version(
    group_id: UUID,
    loan: Loan,
    plan: Plan,
    *,
    terms: dict[str, object],
    made_by: str,
    origin: int | None = None,
    days_past_due: int = 0,
    reason: str | None = None,
) -> Version:
    """Store a version under the loan's next number; in place of another it keeps its origin."""
    last: int = Version.objects.filter(group_id=group_id, loan_id=loan.id).aggregate(last=Max("number"))["last"] or 0
    version = Version.objects.create(
        group_id=group_id,
        loan=loan,
        number=last + 1,
        origin=origin or last + 1,
        effective_on=plan.effective_on,
        ordinal=plan.ordinal,
        terms=terms,
        principal=sum(row.principal for row in plan.rows),
        days_past_due=days_past_due,
        made_by=made_by,
        reason=reason,
    )
    Installment.objects.bulk_create(
        Installment(
            group_id=group_id,
            loan=loan,
            version=version.number,
            number=row.number,
            from_on=row.from_on,
            due_on=row.due_on,
            principal=row.principal,
            interest=row.interest,
            fee=row.fee,
        )
        for row in plan.rows
    )
    return version


def book(
    group_id: UUID, changed: Sequence[tuple[Loan, Derived | None]], ground: Ground, *, received: Received | None = None
) -> list[Posted]:
    """Book what these loans' books lack, or hold too much of, and keep what their rows say of themselves. None in place
    of a derivation: nothing of the loan should stand."""
    loans = [loan for loan, _ in changed]
    standing = facts.booked(group_id, loans)
    drafts: list[Draft] = []
    for loan, derived in changed:
        wanted = {} if derived is None else derived.lines
        drafts += _drafts(loan, difference(wanted, standing[loan.id], ground.first_open), received)
    accounts = _Accounts(group_id, ground.accounts)
    accounts.open_missing(drafts)
    entries = [_entry(draft, accounts, received) for draft in drafts]
    posted = ledger.post_entries(group_id, entries) if entries else []
    repayment = None if received is None else received.repayment
    if repayment is not None:
        own = next(one for one, draft in zip(posted, drafts, strict=True) if draft.kind == REPAYMENT)
        repayment.entry_id, repayment.created_at = own.id, own.recorded_at
    _store(group_id, drafts, posted, repayment)
    _keep(group_id, changed)
    return posted


def _drafts(loan: Loan, difference: dict[Key, int], received: Received | None) -> list[Draft]:
    """The difference of one loan as entries: one a day for what arose, for what came in, and for what came out
    otherwise."""
    own = received.repayment if received is not None else None
    parts: dict[tuple[date, int, str], dict[Key, int]] = {}
    for key, amount in difference.items():
        if key.payment_id is None:
            kind = ACCRUAL
        elif own is not None and key.payment_id == own.id and key.on == own.paid_on:
            kind = REPAYMENT
        else:
            kind = REALLOCATION
        parts.setdefault((key.on, ORDER[kind], kind), {})[key] = amount
    return [Draft(loan, kind, on, lines) for (on, _, kind), lines in sorted(parts.items(), key=lambda part: part[0])]


def _entry(draft: Draft, accounts: "_Accounts", received: Received | None) -> NewEntry:
    """The draft's lines as postings: what is paid is credited to what it pays, what arose is debited to it."""
    sums: dict[tuple[UUID, bool], int] = {}

    def add(account_id: UUID, amount: int) -> None:
        """Positive: credit."""
        place = (account_id, amount > 0)
        sums[place] = sums.get(place, 0) + abs(amount)

    for key, amount in draft.lines.items():
        if key.payment_id is None:
            add(accounts.of(draft.loan, key), -amount)
            add(accounts.income(key.component), amount)
        else:
            add(accounts.of(draft.loan, key), amount)
    postings = [
        credit(account_id, amount) if credited else debit(account_id, amount)
        for (account_id, credited), amount in sums.items()
    ]
    memo = None
    if draft.kind == REPAYMENT:
        assert received is not None
        postings.insert(0, received.money)
        memo = f"Angsuran pinjaman nomor {draft.loan.number}"
    return NewEntry(draft.on, draft.kind, postings, memo)


class _Accounts:
    """The accounts a loan's lines are booked on; leaves are opened when something first stands on them."""

    def __init__(self, group_id: UUID, shared: dict[str, UUID]) -> None:
        self.group_id, self.shared = group_id, shared
        self.voluntary: dict[UUID, UUID] = {}

    def open_missing(self, drafts: Sequence[Draft]) -> None:
        """Open the leaves that these drafts stand on and their loans lack, all at once."""
        lacking: dict[tuple[UUID, str], Loan] = {}
        for draft in drafts:
            for key in draft.lines:
                if _on_leaf(draft.loan, key) and getattr(draft.loan, LEAVES[key.component][0]) is None:
                    lacking[draft.loan.id, key.component] = draft.loan
        if not lacking:
            return
        leaves = []
        for (_, component), loan in lacking.items():
            _, parent, name = LEAVES[component]
            leaves.append(NewLeaf(parent, f"{parent}.{loan.number}", f"{name} pinjaman {loan.number}", "loans"))
        opened = ledger.open_leaves(self.group_id, leaves)
        for ((_, component), loan), id in zip(lacking.items(), opened, strict=True):
            setattr(loan, LEAVES[component][0], id)

    def income(self, component: str) -> UUID:
        return self.shared[INCOME[component]]

    def of(self, loan: Loan, key: Key) -> UUID:
        """What arose is debited to it; what money pays is credited to it."""
        if _on_leaf(loan, key):
            leaf: UUID = getattr(loan, LEAVES[key.component][0])
            return leaf
        if key.component == PRINCIPAL:
            assert loan.principal_account_id is not None
            return loan.principal_account_id
        if key.component == EXCESS:
            if loan.member_id not in self.voluntary:
                self.voluntary[loan.member_id] = savings.put_line(
                    self.group_id, member_id=loan.member_id, product="sukarela"
                )
            return self.voluntary[loan.member_id]
        return self.income(key.component)


def _on_leaf(loan: Loan, key: Key) -> bool:
    """Whether a line stands on an account that the loan has beside its principal's."""
    if key.payment_id is None or key.component == PENALTY:
        return True
    if key.component == INTEREST:
        return loan.accrues
    return key.component == EXCESS and loan.rules["excess"] != "sukarela"


def _store(group_id: UUID, drafts: Sequence[Draft], posted: Sequence[Posted], repayment: Repayment | None) -> None:
    """Every line under the entry that booked it, and the repayment if one came in: in one statement."""
    rows = [
        (uuid7(), draft.loan.id, key.payment_id, entry.id, draft.on, key.origin, key.number, key.component, amount)
        for draft, entry in zip(drafts, posted, strict=True)
        for key, amount in draft.lines.items()
    ]
    if not rows:
        return
    lines = [*map(list, zip(*rows, strict=True)), group_id]
    if repayment is None:
        kernel.call(INSERT_LINES, lines)
    else:
        own = [getattr(repayment, field.attname) for field in Repayment._meta.concrete_fields]
        kernel.call(INSERT_REPAYMENT_AND_LINES, own + lines)


def _keep(group_id: UUID, changed: Sequence[tuple[Loan, Derived | None]]) -> None:
    """What follows for the loans' own rows."""
    rows = []
    for loan, derived in changed:
        if derived is None:
            continue
        loan.version, loan.derived_through, loan.next_on = derived.version, derived.through, derived.next_on
        loan.ended_on = derived.paid_off_on
        loan.status = Loan.Status.ACTIVE if derived.paid_off_on is None else Loan.Status.PAID_OFF
        rows.append((loan.id, *(getattr(loan, name) for name in LOAN_COLUMNS)))
    if rows:
        kernel.call(UPDATE_LOANS, [*map(list, zip(*rows, strict=True)), group_id])


INSERT_LINES = """
insert into loans_line (id, loan_id, repayment_id, entry_id, effective_on, origin, number, component, amount, group_id)
select l.*, g from unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::uuid[], %s::date[], %s::smallint[], %s::smallint[],
                           %s::text[], %s::bigint[]) as l, (select %s::uuid) as own (g)
"""
REPAYMENT_COLUMNS = ", ".join(str(field.column) for field in Repayment._meta.concrete_fields)
REPAYMENT_VALUES = ", ".join(["%s"] * len(Repayment._meta.concrete_fields))
INSERT_REPAYMENT_AND_LINES = f"""
with repayment as (insert into loans_repayment ({REPAYMENT_COLUMNS}) values ({REPAYMENT_VALUES})) {INSERT_LINES}
"""  # noqa: S608  (our own words)
UPDATE_LOANS = """
update loans_loan l
   set status = n.status, version = n.version, ordinal = n.ordinal, derived_through = n.through, next_on = n.next_on,
       ended_on = n.ended_on, interest_account_id = n.interest, penalty_account_id = n.penalty, held_account_id = n.held
  from unnest(%s::uuid[], %s::text[], %s::smallint[], %s::int[], %s::date[], %s::date[], %s::date[], %s::uuid[],
              %s::uuid[], %s::uuid[]) as n (id, status, version, ordinal, through, next_on, ended_on, interest, penalty,
                                            held)
 where l.group_id = %s and l.id = n.id
"""


def mirrored_lines(group_id: UUID, entry_id: UUID, mirror: Posted) -> None:
    """The loan's lines of an entry that was taken back, taken back as well."""
    Line.objects.bulk_create(
        [
            Line(
                id=uuid7(),
                group_id=group_id,
                loan_id=line.loan_id,
                repayment_id=line.repayment_id,
                entry_id=mirror.id,
                effective_on=mirror.effective_on,
                origin=line.origin,
                number=line.number,
                component=line.component,
                amount=-line.amount,
            )
            for line in Line.objects.filter(group_id=group_id, entry_id=entry_id)
        ]
    )
