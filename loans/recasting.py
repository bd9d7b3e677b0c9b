"""When a loan cannot go on as agreed: another schedule, out of the books, and what comes in afterwards all the same.

Amounts count the currency's smallest payable unit; days are in the group's time zone. Each function is one act inside
the caller's transaction, and all but recoveries are acts of two officers.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from ledger import queries as books
from ledger import services as ledger
from ledger.money import credit, debit
from loans import booking, facts, queries, terms
from loans.account import Derived, Facts, Plan
from loans.allocation import INTEREST, PENALTY, PRINCIPAL
from loans.errors import (
    BeforeDisbursement,
    FollowedByOthers,
    LoanNotActive,
    NothingToWriteOff,
    NotWrittenOff,
    Overpayment,
)
from loans.facts import Ground
from loans.models import Loan, Recovery, Version, WriteOff
from members.models import Group

WRITE_OFF, RECOVERY, CLAIM = "loan_write_off", "loan_recovery", "loan_claim_waived"
MONEY = {"cash": "1-1010", "bank": "1-1110"}
ALLOWANCE, LOSS, RECOVERED, OFF_BALANCE, CONTRA = "1-1290", "5-1040", "4-2030", "9-1010", "9-9010"


def reschedule_loan(
    group: Group, loan: Loan, *, effective_on: date, changes: Mapping[str, Any], reason: str | None
) -> Derived:
    """Give what is owed at `effective_on` another schedule: `changes` are terms, those not named stay. What is due
    already is due with the first new instalment; the old version is kept, and so is how late the loan was.

    Raises LoanNotActive, BeforeDisbursement, NothingToWriteOff (nothing owed), BadTerms, FutureDate, PeriodClosed.
    """
    ledger.lock_book(group.id)
    _is_active(loan, effective_on)
    ground = facts.ground(group.id)
    facts.open_day(ground, effective_on)
    known = facts.read(group.id, [loan], ground.days)[loan.id]
    derived = queries.at(loan, known, effective_on)
    if not derived.principal:
        raise NothingToWriteOff(loan=loan.number)
    agreed = {name: value for name, value in loan.terms.items() if name not in ("first_due_on", "rows")}
    agreed |= {"principal": derived.principal, "disbursed_on": effective_on.isoformat(), "fees": []}
    new = terms.from_json(agreed | dict(changes))
    oldest = derived.oldest_unpaid
    late = 0 if oldest is None else max((effective_on - oldest.due_on).days, 0)
    return _begin(group, loan, new, effective_on, ground, made_by="reschedule", late=late, reason=reason)


def _begin(
    group: Group,
    loan: Loan,
    new: terms.Terms,
    on: date,
    ground: Ground,
    *,
    made_by: str,
    late: int,
    reason: str | None,
) -> Derived:
    loan.ordinal += 1
    plan = Plan(0, 0, on, loan.ordinal, facts.rows_of(new, ground.days), method=new.method)
    booking.add_version(
        group.id, loan, plan, terms=terms.to_json(new), made_by=made_by, days_past_due=late, reason=reason
    )
    loan.terms = terms.to_json(new) | {"principal": loan.principal}
    Loan.objects.filter(group_id=group.id, id=loan.id).update(terms=loan.terms)
    derived, _ = booking.rebook(group.id, loan, ground, on)
    return derived


def write_off_loan(group: Group, loan: Loan, *, effective_on: date, mode: str, reason: str | None) -> WriteOff:
    """Take a loan out of the books on a day: what it owes is a loss, first against the allowance. `mode` books keeps
    the claim (off balance, recoveries may come), claim gives it up; one written off in books may lose its claim later.

    Raises LoanNotActive, BeforeDisbursement, NothingToWriteOff, FutureDate, PeriodClosed.
    """
    ledger.lock_book(group.id)
    if loan.status == Loan.Status.WRITTEN_OFF and mode == "claim":
        return _give_up_claim(group, loan, effective_on, reason)
    _is_active(loan, effective_on)
    ground = facts.ground(group.id)
    facts.open_day(ground, effective_on)
    known = facts.read(group.id, [loan], ground.days)[loan.id]
    _is_last(group.id, loan, known, effective_on)
    booking.book(group.id, [(loan, queries.at(loan, known, effective_on))], ground)
    principal, interest, penalty, held = _standing(group.id, loan)
    if not principal + interest + penalty:
        raise NothingToWriteOff(loan=loan.number)
    held = min(held, principal + interest + penalty)
    lost = principal + interest + penalty - held
    codes = books.accounts_by_code(group.id, [ALLOWANCE, LOSS, OFF_BALANCE, CONTRA])
    allowance = min(max(codes[ALLOWANCE].balance, 0), lost)
    postings = [credit(account, amount) for account, amount in _owed_accounts(loan, principal, interest, penalty)]
    if held:
        assert loan.held_account_id is not None
        postings.append(debit(loan.held_account_id, held))
    for account, amount in ((ALLOWANCE, allowance), (LOSS, lost - allowance)):
        if amount > 0:
            postings.append(debit(codes[account].id, amount))
    if mode == "books" and lost > 0:
        postings += [debit(codes[OFF_BALANCE].id, lost), credit(codes[CONTRA].id, lost)]
    posted = ledger.post_entry(
        group.id,
        effective_on=effective_on,
        kind=WRITE_OFF,
        postings=postings,
        memo=f"Penghapusan pinjaman nomor {loan.number}",
    )
    loan.status, loan.ended_on, loan.next_on = Loan.Status.WRITTEN_OFF, effective_on, None
    loan.save(update_fields=["status", "ended_on", "next_on"])
    penalty, interest, principal = _less(held, penalty, interest, principal)
    return WriteOff.objects.create(
        group_id=group.id,
        loan=loan,
        mode=mode,
        effective_on=effective_on,
        principal=principal,
        interest=interest,
        penalty=penalty,
        entry_id=posted.id,
        reason=reason,
    )


def _less(held: int, *owed: int) -> list[int]:
    """What is owed less the money that was held for it, the first taking first."""
    left = []
    for amount in owed:
        taken = min(held, amount)
        held -= taken
        left.append(amount - taken)
    return left


def _is_last(group_id: UUID, loan: Loan, known: Facts, day: date) -> None:
    """What arose by itself after a write-off is taken back; what people did is not. Raises LaterEntries."""
    acts = [(one.paid_on, one.id) for one in known.payments] + [(one.waived_on, one.charge_id) for one in known.waivers]
    acts += [(plan.effective_on, loan.id) for plan in known.plans[1:]]
    later = [id for on, id in acts if on > day]
    if later:
        found = queries.repayments(group_id, loan.id).filter(id__in=later).values_list("entry_id", flat=True)
        last = max(on for on, _ in acts)
        raise FollowedByOthers(loan=loan.number, day=day, last=last, entry_ids=list(found))


def _give_up_claim(group: Group, loan: Loan, on: date, reason: str | None) -> WriteOff:
    kept = queries.write_off(group.id, loan.id)
    left = 0 if kept is None or kept.mode != "books" else claim_left(group.id, loan)
    if not left:
        raise NotWrittenOff(loan=loan.number)
    codes = books.accounts_by_code(group.id, [OFF_BALANCE, CONTRA])
    postings = [debit(codes[CONTRA].id, left), credit(codes[OFF_BALANCE].id, left)]
    posted = ledger.post_entry(group.id, effective_on=on, kind=CLAIM, postings=postings)
    return WriteOff.objects.create(
        group_id=group.id,
        loan=loan,
        mode="claim",
        effective_on=on,
        principal=0,
        interest=0,
        penalty=0,
        entry_id=posted.id,
        reason=reason,
    )


def claim_left(group_id: UUID, loan: Loan) -> int:
    """What may still be recovered of a loan that was written off in the books; 0 when the claim was given up."""
    live = list(WriteOff.objects.filter(group_id=group_id, loan_id=loan.id, reversed_by=None))
    if not live or any(one.mode == "claim" for one in live):
        return 0
    lost = sum(one.principal + one.interest + one.penalty for one in live)
    return max(lost - queries.recovered(group_id, loan.id), 0)


def recover(group: Group, loan: Loan, *, amount: int, paid_on: date, channel: str) -> Recovery:
    """Money for a loan that was written off in the books: income, and less off balance.

    Raises NotWrittenOff, BeforeDisbursement (before it was written off), Overpayment, FutureDate, PeriodClosed.
    """
    ledger.lock_book(group.id)
    left = claim_left(group.id, loan) if loan.status == Loan.Status.WRITTEN_OFF else 0
    if not left:
        raise NotWrittenOff(loan=loan.number)
    assert loan.ended_on is not None
    if paid_on < loan.ended_on:
        raise BeforeDisbursement(day=paid_on, disbursed_on=loan.ended_on)
    if amount > left:
        raise Overpayment(amount=amount, payoff=left)
    codes = books.accounts_by_code(group.id, [MONEY[channel], RECOVERED, OFF_BALANCE, CONTRA])
    postings = [
        debit(codes[MONEY[channel]].id, amount),
        credit(codes[RECOVERED].id, amount),
        debit(codes[CONTRA].id, amount),
        credit(codes[OFF_BALANCE].id, amount),
    ]
    posted = ledger.post_entry(group.id, effective_on=paid_on, kind=RECOVERY, postings=postings)
    return Recovery.objects.create(
        group_id=group.id, loan=loan, amount=amount, paid_on=paid_on, channel=channel, entry_id=posted.id
    )


def _is_active(loan: Loan, on: date) -> None:
    if loan.status != Loan.Status.ACTIVE:
        raise LoanNotActive(loan=loan.number, status=loan.status)
    assert loan.disbursed_on is not None
    if on < loan.disbursed_on:
        raise BeforeDisbursement(day=on, disbursed_on=loan.disbursed_on)


def _standing(group_id: UUID, loan: Loan) -> tuple[int, int, int, int]:
    """What the loan's own accounts hold: principal, interest receivable, penalties receivable, money held."""
    columns = (
        loan.principal_account_id,
        loan.interest_account_id,
        loan.penalty_account_id,
        loan.held_account_id,
    )
    balances = books.balances(group_id, account_ids=[id for id in columns if id is not None])
    principal, interest, penalty, held = (0 if id is None else balances[id] for id in columns)
    return principal, interest, penalty, held


def _owed_accounts(loan: Loan, principal: int, interest: int, penalty: int) -> list[tuple[UUID, int]]:
    pairs = (
        (PRINCIPAL, loan.principal_account_id, principal),
        (INTEREST, loan.interest_account_id, interest),
        (PENALTY, loan.penalty_account_id, penalty),
    )
    return [(account, amount) for _, account, amount in pairs if account is not None and amount > 0]


def worst_days(group_id: UUID, loan_id: UUID, *, on: date, cure_days: int) -> int:
    """How late the loan was when it was rescheduled, as long as the cure period runs."""
    versions = Version.objects.filter(group_id=group_id, loan_id=loan_id, effective_on__lte=on, days_past_due__gt=0)
    return max(
        (one.days_past_due for one in versions if (on - one.effective_on).days < cure_days),
        default=0,
    )
