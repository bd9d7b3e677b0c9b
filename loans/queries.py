"""What can be asked of a group's loans. Every question names its group; days are inclusive.

What a loan is on a day is derived from its facts (`accrual`), so it is right although a night was missed; whole
portfolios are read from what is booked (`portfolio`).
"""

import json
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, cast
from uuid import UUID

from django.db.models import Count, Prefetch, Q, QuerySet, Sum

from ledger import kernel
from ledger import queries as books
from ledger.models import Job, Posting
from loans import facts
from loans.account import Derived, Facts, Payment
from loans.accrual import derive
from loans.allocation import COMPONENTS, EXCESS
from loans.calendar import Calendar, Meeting
from loans.errors import NoSuchLoan
from loans.models import (
    Charge,
    Installment,
    Line,
    Loan,
    Product,
    Purchase,
    Recovery,
    Repayment,
    Version,
    Vote,
    Waiver,
    WriteOff,
)
from members import queries as members
from members.models import Group
from savings import queries as savings

SETTLEMENT_ENTRY = savings.SETTLEMENT
DISBURSEMENT, UPFRONT_FEE = "loan_disbursement", "4-1020"


@dataclass(frozen=True, slots=True)
class Owed:
    """One active loan in a member's balance: `due_now` is due on or before the day and unpaid, `arrears` the part that
    was due before it; `total` ends the loan."""

    loan: Loan
    state: Derived
    outstanding_principal: int
    due_now: int
    arrears: int
    next_due_on: date | None
    next_due_amount: int | None
    total: int


@dataclass(frozen=True, slots=True)
class Overdue:
    """What fell due of a loan before a day and is unpaid, by component: the sum that she is asked for."""

    loan: Loan
    principal: int
    interest: int
    fee: int
    penalty: int

    @property
    def total(self) -> int:
        return self.principal + self.interest + self.fee + self.penalty


@dataclass(frozen=True, slots=True)
class PaidOut:
    """A loan as an entry paid it out: `fee` of the principal stayed with the group."""

    loan: Loan
    principal: int
    fee: int


def products(group_id: UUID) -> QuerySet[Product]:
    """The group's loan products, oldest first."""
    return Product.objects.filter(group_id=group_id).order_by("id")


def loans(group_id: UUID, *, member_id: UUID | None = None, status: str | None = None) -> QuerySet[Loan]:
    """The loans of a group, oldest first, with their purchases and votes."""
    found = Loan.objects.filter(group_id=group_id).select_related("product").order_by("id")
    found = found.prefetch_related(
        Prefetch("purchases", Purchase.objects.filter(group_id=group_id).order_by("line")),
        Prefetch("votes", Vote.objects.filter(group_id=group_id).order_by("id")),
    )
    if member_id is not None:
        found = found.filter(member_id=member_id)
    if status is not None:
        found = found.filter(status=status)
    return found


def in_state(group_id: UUID, *states: str) -> dict[str, int]:
    """How many loans are in each of these states."""
    found = Loan.objects.filter(group_id=group_id, status__in=states).order_by().values_list("status")
    return dict.fromkeys(states, 0) | dict(found.annotate(count=Count("id")))


def next_meeting(group: Group, today: date) -> date | None:
    """The group's meeting on `today` or the first one after it; None where no meeting was ever named."""
    if group.meets_from is None:
        return None
    return Meeting(group.meets_from, group.meeting_every, cast(facts.Unit, group.meeting_unit)).on_or_after(today)


def loan(group_id: UUID, loan_id: UUID, *, only_of: UUID | None = None) -> Loan:
    """One loan; `only_of` a member: hers alone. Raises NoSuchLoan."""
    rows = kernel.call(LOAN, (group_id, loan_id))
    if not rows:
        raise NoSuchLoan()
    found: Loan = Loan.from_db("default", LOAN_FIELDS, rows[0])
    found.terms, found.rules = json.loads(found.terms), json.loads(found.rules)
    if only_of is not None and found.member_id != only_of:
        raise NoSuchLoan()
    return found


# Every act on a loan begins with it: through the query builder that costs as much as deriving it.
LOAN_FIELDS = [field.attname for field in Loan._meta.concrete_fields]
LOAN = (
    f"select {', '.join(str(field.column) for field in Loan._meta.concrete_fields)} "  # noqa: S608
    "from loans_loan where group_id = %s and id = %s"
)


def open_loans(group_id: UUID, member_id: UUID) -> QuerySet[Loan]:
    """Her loans that are running, the oldest first."""
    return Loan.objects.filter(group_id=group_id, member_id=member_id, status="active").order_by("disbursed_on", "id")


def current(group_id: UUID, member_id: UUID) -> QuerySet[Loan]:
    """Her loans that are running or asked for, the oldest number first."""
    open_ones = (Loan.Status.SUBMITTED, Loan.Status.APPROVED, Loan.Status.ACTIVE)
    return Loan.objects.filter(group_id=group_id, member_id=member_id, status__in=open_ones).order_by("number")


LEAVES = ("principal_account_id", "interest_account_id", "penalty_account_id", "held_account_id")


def whose(group_id: UUID, account_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Of these accounts of the book, those of a loan: account's id → its borrower's id."""
    wanted = set(account_ids)
    theirs = Q()
    for column in LEAVES:
        theirs |= Q(**{f"{column}__in": wanted})
    rows = Loan.objects.filter(theirs, group_id=group_id).values_list("member_id", *LEAVES)
    return {account: member for member, *leaves in rows for account in leaves if account in wanted}


def calendar_of(group: Group) -> Calendar:
    """On which days the group meets and rests."""
    return facts.ground(group.id).days


def night_through(group_id: UUID) -> date | None:
    """The last day whose night is done; None before the first."""
    return facts.ground(group_id).night


def state(group: Group, loan: Loan, *, on: date) -> Derived:
    """A disbursed loan at the end of a day, whatever was recorded for later ones."""
    known = facts.read(group.id, [loan], calendar_of(group), as_of=on)[loan.id]
    return at(loan, known, on)


def at(loan: Loan, known: Facts, on: date) -> Derived:
    """A loan's state at the end of a day; nothing it owes after it was written off."""
    if loan.status == Loan.Status.WRITTEN_OFF and loan.ended_on is not None:
        on = min(on, loan.ended_on)
    return derive(facts.until(known, on), on)


def states(group: Group, found: Sequence[Loan], *, on: date) -> dict[UUID, Derived]:
    """Those of these loans that were disbursed by the day, at its end; the number of queries does not grow."""
    disbursed = [one for one in found if one.disbursed_on is not None and one.disbursed_on <= on]
    if not disbursed:
        return {}
    known = facts.read(group.id, disbursed, calendar_of(group), as_of=on)
    return {one.id: at(one, known[one.id], on) for one in disbursed}


def states_recorded(group: Group, found: Sequence[Loan], *, on: date, recorded_at: datetime) -> dict[UUID, Derived]:
    """As `states`, without the money that was recorded after `recorded_at`: what a paper of that moment says."""
    disbursed = [one for one in found if one.disbursed_on is not None and one.disbursed_on <= on]
    if not disbursed:
        return {}
    since = Repayment.objects.filter(group_id=group.id, loan_id__in=[one.id for one in disbursed])
    later = set(since.filter(created_at__gt=recorded_at).values_list("id", flat=True))
    known = facts.read(group.id, disbursed, calendar_of(group), as_of=on)
    return {
        one.id: at(one, replace(known[one.id], payments=_without(known[one.id].payments, later)), on)
        for one in disbursed
    }


def _without(payments: tuple[Payment, ...], later: set[UUID]) -> tuple[Payment, ...]:
    return tuple(one for one in payments if one.id not in later)


def paid_out(group_id: UUID, entry_ids: Sequence[UUID]) -> dict[UUID, PaidOut]:
    """What those of these entries that paid out a loan lent, by entry, also when that was taken back since."""
    lines = Posting.objects.select_related("account").filter(group_id=group_id, account__group_id=group_id)
    lines = lines.filter(entry__id__in=list(entry_ids), entry__kind=DISBURSEMENT)
    found: dict[UUID, PaidOut] = {}
    for entry_id, leaf, code, debit, credit in lines.order_by("seq", "number").values_list(
        "entry__id", "account_id", "account__code", "debit", "credit"
    ):
        if debit:
            lent = Loan.objects.get(group_id=group_id, principal_account_id=leaf)
            found[entry_id] = PaidOut(lent, debit, 0)
        elif code == UPFRONT_FEE:
            found[entry_id] = replace(found[entry_id], fee=credit)
    return found


def owed_by(group: Group, member_id: UUID, *, as_of: date) -> list[Owed]:
    """Her loans that were running at the end of a day, the oldest first."""
    ever = Loan.objects.filter(group_id=group.id, member_id=member_id, disbursed_on__lte=as_of)
    over = Q(status__in=["paid_off", "written_off"], ended_on__lte=as_of)
    over |= Q(id__in=facts.out_of_books(group.id, as_of=as_of))
    found = list(ever.exclude(over).order_by("disbursed_on", "id"))
    derived = states(group, found, on=as_of)
    return [owed(one, derived[one.id], as_of) for one in found if derived[one.id].paid_off_on is None]


def owed(loan: Loan, derived: Derived, as_of: date) -> Owed:
    """A loan's line in its member's balance."""
    following = next((row for row in derived.states if row.due_on > as_of and row.unpaid), None)
    held = derived.held
    return Owed(
        loan=loan,
        state=derived,
        outstanding_principal=derived.principal,
        due_now=sum(row.unpaid for row in derived.states if row.due_on <= as_of),
        arrears=derived.due(before=as_of),
        next_due_on=following.due_on if following else None,
        next_due_amount=max(following.unpaid - held, 0) if following else None,
        total=derived.payoff.total,
    )


def overdue(group: Group, loan_ids: Collection[UUID], *, before: date) -> dict[UUID, Overdue]:
    """Of these loans, whatever fell due before the day and is unpaid at its end, penalties included."""
    found = list(Loan.objects.filter(group_id=group.id, id__in=list(loan_ids)))
    derived = states(group, found, on=before)
    return {one.id: _overdue(one, derived[one.id], before) for one in found if one.id in derived}


def _overdue(loan: Loan, derived: Derived, before: date) -> Overdue:
    late = [row for row in derived.states if row.due_on < before]
    return Overdue(loan, **{name: sum(row.left(name) for row in late) for name in COMPONENTS})


def as_paid_out(group_id: UUID, loan_id: UUID) -> tuple[dict[str, Any], list[Installment]] | None:
    """The terms and instalments with which a loan was paid out, whatever was agreed anew since; None before that."""
    first = (
        Version.objects.filter(group_id=group_id, loan_id=loan_id, made_by="disbursement").order_by("-number").first()
    )
    if first is None:
        return None
    rows = Installment.objects.filter(group_id=group_id, loan_id=loan_id, version=first.number).order_by("number")
    return first.terms, list(rows)


def lent(group_id: UUID, account_id: UUID, *, until: date, through_seq: int) -> int:
    """What the disbursement of a loan put on its account of principal: of entries dated up to `until` and numbered up
    to `through_seq`; 0 where there was none, or it was taken back by such an entry."""
    lines = Posting.objects.filter(group_id=group_id, account_id=account_id, entry__kind=DISBURSEMENT)
    lines = lines.filter(effective_on__lte=until, seq__lte=through_seq).order_by("-seq")
    undone = books.entries(group_id).filter(
        reverses_id__in=lines.values("entry__id"), seq__lte=through_seq, effective_on__lte=until
    )
    found = lines.exclude(entry__id__in=undone.values("reverses_id")).first()
    return found.debit if found is not None else 0


def split_of(derived: Derived, repayment_id: UUID) -> dict[str, int]:
    """What a repayment pays, by component, when it is all told."""
    split = dict.fromkeys((*COMPONENTS, EXCESS), 0)
    for key, amount in derived.lines.items():
        if key.payment_id == repayment_id:
            split[key.component] += amount
    return split


def splits(group_id: UUID, repayment_ids: Sequence[UUID]) -> dict[UUID, dict[str, int]]:
    """What these repayments pay as it is booked."""
    found = {id: dict.fromkeys((*COMPONENTS, EXCESS), 0) for id in repayment_ids}
    lines = Line.objects.filter(group_id=group_id, repayment_id__in=list(repayment_ids))
    for id, component, amount in lines.values_list("repayment_id", "component").annotate(total=Sum("amount")):
        assert id is not None
        found[id][component] = int(amount)
    return found


def repayments(group_id: UUID, loan_id: UUID) -> QuerySet[Repayment]:
    """Money that came for a loan, in order of recording, the reversed too."""
    return Repayment.objects.filter(group_id=group_id, loan_id=loan_id).order_by("id")


def repayment_of_entry(group_id: UUID, entry_id: UUID) -> Repayment | None:
    """The repayment that an entry booked, with its loan."""
    return Repayment.objects.select_related("loan").filter(group_id=group_id, entry_id=entry_id).first()


def concerned(group_id: UUID, entry_id: UUID) -> set[UUID]:
    """Whose loans an entry is about, also where it touches no account of theirs: interest paid, money for a loan that
    was written off."""
    moved = Line.objects.filter(group_id=group_id, entry_id=entry_id)
    came = Recovery.objects.filter(Q(entry_id=entry_id) | Q(reversed_by=entry_id), group_id=group_id)
    either = Q(id__in=moved.values("loan_id")) | Q(id__in=came.values("loan_id"))
    found = Loan.objects.filter(either, group_id=group_id)
    return set(found.values_list("member_id", flat=True))


def repayments_of_entries(group_id: UUID, entry_ids: Sequence[UUID]) -> QuerySet[Repayment]:
    """The repayments that these entries booked, each with its loan."""
    found = Repayment.objects.select_related("loan").filter(group_id=group_id, loan__group_id=group_id)
    return found.filter(entry_id__in=list(entry_ids)).order_by("id")


def splits_of_entries(group_id: UUID, entry_ids: Sequence[UUID]) -> dict[UUID, dict[str, int]]:
    """What repayments paid as it was booked by these entries, by repayment: what a later division changed is not
    told."""
    found: dict[UUID, dict[str, int]] = defaultdict(lambda: dict.fromkeys((*COMPONENTS, EXCESS), 0))
    lines = Line.objects.filter(group_id=group_id, entry_id__in=list(entry_ids), repayment__isnull=False)
    for id, component, amount in lines.values_list("repayment_id", "component").annotate(total=Sum("amount")):
        assert id is not None
        found[id][component] = int(amount)
    return found


def paid_parts(group_id: UUID, loan_ids: Sequence[UUID]) -> dict[UUID, dict[UUID, dict[str, int]]]:
    """What every entry booked as paid on these loans: loan → entry → component → amount; what took a payment back, or
    divided it anew, has amounts below 0."""
    found: dict[UUID, dict[UUID, dict[str, int]]] = {id: defaultdict(dict) for id in loan_ids}
    lines = Line.objects.filter(group_id=group_id, loan_id__in=list(loan_ids), repayment__isnull=False).order_by()
    summed = lines.values_list("loan_id", "entry_id", "component").annotate(total=Sum("amount"))
    for loan_id, entry_id, component, amount in summed:
        found[loan_id][entry_id][component] = int(amount)
    return found


def charges(group_id: UUID, loan_id: UUID) -> QuerySet[Charge]:
    """Fees and penalties that officers charged."""
    return Charge.objects.filter(group_id=group_id, loan_id=loan_id).order_by("id")


def waivers(group_id: UUID, loan_id: UUID) -> QuerySet[Waiver]:
    """What was forgiven of a loan's charges."""
    return Waiver.objects.filter(group_id=group_id, loan_id=loan_id).order_by("id")


def write_off(group_id: UUID, loan_id: UUID) -> WriteOff | None:
    """The write-off in books that is in force."""
    found = WriteOff.objects.filter(group_id=group_id, loan_id=loan_id, reversed_by=None, entry_id__isnull=False)
    return found.order_by("-id").first()


def recounts(group_id: UUID) -> QuerySet[Job]:
    """The jobs that count a group's schedules anew."""
    return Job.objects.filter(group_id=group_id, task="loans.recount")


def write_offs(group_id: UUID) -> QuerySet[WriteOff]:
    """The write-offs of a group's loans."""
    return WriteOff.objects.filter(group_id=group_id).order_by("id")


def recoveries(group_id: UUID) -> QuerySet[Recovery]:
    """What came in for loans that were written off."""
    return Recovery.objects.filter(group_id=group_id).order_by("id")


def recovered(group_id: UUID, loan_id: UUID) -> int:
    """What came in for a loan after it was written off."""
    live = Recovery.objects.filter(group_id=group_id, loan_id=loan_id, reversed_by=None)
    total: int = live.aggregate(total=Sum("amount"))["total"] or 0
    return int(total)


def savings_total(group_id: UUID, member_id: UUID) -> int:
    """All she has saved, as it stands."""
    return savings.total_of(group_id, member_id)


def arrears_of(group_id: UUID, loan: Loan) -> int:
    """What is unpaid of everything that fell due before the day the loan's books have come to."""
    assert loan.derived_through is not None
    ground = facts.ground(group_id)
    on = max(loan.derived_through, ground.night or loan.derived_through)
    known = facts.read(group_id, [loan], ground.days)[loan.id]
    return at(loan, known, on).due(before=on)


def is_officer(group_id: UUID, member_id: UUID) -> bool:
    """Whether a member holds an office now."""
    return members.held(group_id).filter(member_id=member_id).exists()


def owed_by_officers(group_id: UUID) -> int:
    """The principal that members in office owe together."""
    holders = list(members.held(group_id).filter(member__isnull=False).values_list("member_id", flat=True))
    theirs = Loan.objects.filter(group_id=group_id, member_id__in=holders, status="active")
    accounts = [id for id in theirs.values_list("principal_account_id", flat=True) if id is not None]
    return sum(books.balances(group_id, account_ids=accounts).values())


def own_capital(group_id: UUID) -> int:
    """Equity with the surplus so far: what is the group's own."""
    totals = books.totals_by_kind(group_id)
    return totals.get("equity", 0) + totals.get("income", 0) - totals.get("expense", 0)


def prices(group_id: UUID, *, item: str | None = None) -> QuerySet[Purchase]:
    """What raw material cost, as loans that were paid out bought it; oldest first."""
    found = Purchase.objects.select_related("loan").filter(group_id=group_id, loan__group_id=group_id)
    found = found.exclude(bought_at=None).exclude(loan__disbursed_on=None).order_by("id")
    return found if item is None else found.filter(item__iexact=item)


def summary(loan: Loan, derived: Derived | None) -> dict[str, Any]:
    """What is outstanding of a loan by component; nothing before it is paid out."""
    names = ("principal", "interest", "fee", "penalty")
    if derived is None or loan.status == Loan.Status.WRITTEN_OFF:
        return dict.fromkeys(names, 0)
    return {name: derived.left(name) for name in names}
