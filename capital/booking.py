"""What should stand on facilities, booked: the difference between `account.derive` and what stands already.

Every act on a facility ends here, and so does the night. An entry carries the day of what it books; a day in a closed
month becomes the first open one. Nothing that was booked is touched: what came out otherwise is a further entry.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from capital import facts
from capital.account import COSTS, Derived, Facts, Key, derive
from capital.errors import FollowedByPayment, Overpayment
from capital.models import Facility, Line, Payment
from ledger import queries as books
from ledger import services as ledger
from ledger.chart import NewLeaf
from ledger.entries import NewEntry, Posted
from ledger.errors import FloorBreached
from ledger.ids import uuid7
from ledger.money import Line as Posting
from ledger.money import credit, debit
from loans import account, applications
from loans.accrual import difference
from loans.facts import Ground

COST, ACCRUED = "5-1020", "2-1140"
MONEY = {"cash": "1-1010", "bank": "1-1110"}
PAYMENT, ACCRUAL, REALLOCATION = "facility_payment", "facility_accrual", "facility_reallocation"
ORDER = {ACCRUAL: 0, PAYMENT: 1, REALLOCATION: 2}


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry to be posted, and the lines of the facility that it books."""

    facility: Facility
    kind: str
    on: date
    lines: dict[Key, int]


def rebook(
    group_id: UUID, facility: Facility, ground: Ground, *events: date, paid: Payment | None = None
) -> tuple[Derived, list[Posted]]:
    """Derive one facility as far as the nights, its books and these `events` have come, and book the difference; gives
    its state and the entries, that of a payment which is made now (`paid`, not stored yet) among them.

    Raises Overpayment, FollowedByPayment, InsufficientCash.
    """
    known = facts.read(group_id, [facility])[facility.id]
    if paid is not None:
        known = replace(known, payments=(*known.payments, _payment(paid)))
    through = max(day for day in (facility.derived_through, ground.night, *events) if day is not None)
    derived = derive(known, through)
    _pays_what_is_owed(facility, known, derived, paid)
    return derived, book(group_id, [(facility, derived)], ground, paid=paid)


def _payment(paid: Payment) -> account.Payment:
    return account.Payment(paid.id, paid.paid_on, paid.amount, paid.ordinal)


def _pays_what_is_owed(facility: Facility, known: Facts, derived: Derived, paid: Payment | None) -> None:
    """A payment is at most what ends the facility on its day; so are those after it once it stands."""
    if not derived.left_over:
        return
    if paid is not None and paid.id in derived.left_over:
        others = tuple(one for one in known.payments if one.id != paid.id and one.paid_on <= paid.paid_on)
        drawn = tuple(one for one in known.drawdowns if one.drawn_on <= paid.paid_on)
        before = derive(replace(known, drawdowns=drawn, payments=others), paid.paid_on)
        raise Overpayment(amount=paid.amount, payoff=before.payoff.total)
    later = Payment.objects.filter(group_id=facility.group_id, id__in=list(derived.left_over)).order_by("ordinal")
    raise FollowedByPayment(
        facility=facility.number,
        rest=sum(derived.left_over.values()),
        entry_ids=list(later.values_list("entry_id", flat=True)),
    )


def book(
    group_id: UUID, changed: Sequence[tuple[Facility, Derived]], ground: Ground, *, paid: Payment | None = None
) -> list[Posted]:
    """Book what these facilities' books lack, or hold too much of, and keep what their rows say of themselves."""
    standing = facts.booked(group_id, [facility for facility, _ in changed])
    drafts: list[Draft] = []
    for facility, derived in changed:
        drafts += _drafts(facility, difference(derived.lines, standing[facility.id], ground.first_open), paid)
    _open_missing(group_id, drafts)
    shared = {code: one.id for code, one in books.accounts_by_code(group_id, [COST, *MONEY.values()]).items()}
    posted = _post(group_id, [_entry(draft, shared, paid) for draft in drafts], paid)
    if paid is not None:
        own = next(one for one, draft in zip(posted, drafts, strict=True) if draft.kind == PAYMENT)
        paid.entry_id, paid.created_at = own.id, own.recorded_at
        paid.save(force_insert=True)
    Line.objects.bulk_create(
        Line(
            id=uuid7(),
            group_id=group_id,
            facility=draft.facility,
            drawdown_id=key.drawdown_id,
            payment_id=key.payment_id,
            entry_id=entry.id,
            effective_on=draft.on,
            number=key.number,
            component=key.component,
            amount=amount,
        )
        for draft, entry in zip(drafts, posted, strict=True)
        for key, amount in draft.lines.items()
    )
    for facility, derived in changed:
        _keep(facility, derived)
    return posted


def _drafts(facility: Facility, lacking: dict[Key, int], paid: Payment | None) -> list[Draft]:
    """The difference of one facility as entries: one a day for what fell due, what was paid, and what came out
    otherwise."""
    parts: dict[tuple[date, int, str], dict[Key, int]] = {}
    for key, amount in lacking.items():
        if key.payment_id is None:
            kind = ACCRUAL
        elif paid is not None and key.payment_id == paid.id and key.on == paid.paid_on:
            kind = PAYMENT
        else:
            kind = REALLOCATION
        parts.setdefault((key.on, ORDER[kind], kind), {})[key] = amount
    return [Draft(facility, kind, on, lines) for (on, _, kind), lines in sorted(parts.items(), key=lambda one: one[0])]


def _open_missing(group_id: UUID, drafts: Sequence[Draft]) -> None:
    """Open the leaves on which accrued costs stand, where their facilities lack them."""
    lacking = {
        draft.facility.id: draft.facility
        for draft in drafts
        if draft.facility.accrues
        and draft.facility.accrued_account_id is None
        and any(key.component in COSTS for key in draft.lines)
    }
    leaves = [
        NewLeaf(ACCRUED, f"{ACCRUED}.{one.number}", f"Jasa terutang fasilitas {one.number}", "capital")
        for one in lacking.values()
    ]
    if leaves:
        for facility, id in zip(lacking.values(), ledger.open_leaves(group_id, leaves), strict=True):
            facility.accrued_account_id = id


def _entry(draft: Draft, shared: dict[str, UUID], paid: Payment | None) -> NewEntry:
    """The draft's lines as postings: what money pays is debited, what fell due is credited to what is owed."""
    facility, sums = draft.facility, dict[tuple[UUID, bool], int]()

    def add(account_id: UUID, amount: int) -> None:
        """Positive: debit."""
        place = (account_id, amount > 0)
        sums[place] = sums.get(place, 0) + abs(amount)

    owed = facility.accrued_account_id if facility.accrues else shared[COST]
    for key, amount in draft.lines.items():
        if key.component not in COSTS:
            add(facility.account_id, amount)
            continue
        assert owed is not None
        add(owed, amount if key.payment_id is not None else -amount)
        if key.payment_id is None:
            add(shared[COST], amount)
    postings: list[Posting] = [
        debit(account_id, amount) if debited else credit(account_id, amount)
        for (account_id, debited), amount in sums.items()
    ]
    memo = None
    if draft.kind == PAYMENT:
        assert paid is not None
        postings.append(credit(shared[MONEY[paid.channel]], paid.amount))
        memo = f"Pembayaran fasilitas nomor {facility.number}"
    return NewEntry(draft.on, draft.kind, postings, memo)


def _post(group_id: UUID, entries: Sequence[NewEntry], paid: Payment | None) -> list[Posted]:
    """Raises InsufficientCash where the money of a payment is not there."""
    try:
        return ledger.post_entries(group_id, entries) if entries else []
    except FloorBreached as floor:
        if paid is None or floor.facts["account"] != MONEY[paid.channel]:
            raise
        raise applications.money_or_refuse(floor, paid.amount) from floor


def _keep(facility: Facility, derived: Derived) -> None:
    """What follows for the facility's own row."""
    facility.derived_through, facility.next_on = derived.through, derived.next_on
    facility.ended_on = derived.ended_on
    facility.status = Facility.Status.ACTIVE if derived.ended_on is None else Facility.Status.PAID
    facility.save()


def mirrored_lines(group_id: UUID, entry_id: UUID, mirror: Posted) -> None:
    """The facility's lines of an entry that was taken back, taken back as well."""
    Line.objects.bulk_create(
        Line(
            id=uuid7(),
            group_id=group_id,
            facility_id=line.facility_id,
            drawdown_id=line.drawdown_id,
            payment_id=line.payment_id,
            entry_id=mirror.id,
            effective_on=mirror.effective_on,
            number=line.number,
            component=line.component,
            amount=-line.amount,
        )
        for line in Line.objects.filter(group_id=group_id, entry_id=entry_id)
    )
