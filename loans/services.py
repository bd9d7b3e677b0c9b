"""What may happen to a loan once it is approved: the money goes out and comes back, charges are made and waived.

Each function is one act inside the caller's transaction and begins by locking the book. Amounts count the currency's
smallest payable unit; days are in the group's time zone and inclusive. What is refused raises a `DomainError`, and
nothing is stored. Whatever changes a loan's past ends in `booking.rebook`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from ledger import queries as books
from ledger import services as ledger
from ledger.entries import Posted
from ledger.errors import FloorBreached
from ledger.ids import uuid7
from ledger.money import Line as Posting
from ledger.money import credit, debit
from loans import applications, booking, facts, pricing, queries, schedule, terms
from loans.account import Derived, Payoff, Plan
from loans.errors import (
    BeforeDisbursement,
    LoanNotActive,
    LoanNotApproved,
    NoSuchCharge,
    NothingToWaive,
    Overpayment,
    PurchaseOverPrincipal,
)
from loans.facts import Ground
from loans.models import Charge, Loan, Purchase, Repayment, Waiver
from members import queries as members
from members.errors import NotFound
from members.models import Group
from members.queries import MemberRow
from savings import services as savings

MONEY = {"cash": "1-1010", "bank": "1-1110"}
DISBURSEMENT = queries.DISBURSEMENT
MATERIAL, WORKING, SEASONAL, SOCIAL = "1-1210", "1-1220", "1-1230", "1-1240"


@dataclass(frozen=True, slots=True)
class Taken:
    """A repayment with its entry and the loan's state after it."""

    repayment: Repayment
    entry: Posted
    split: dict[str, int]
    derived: Derived


def disburse_loan(
    group: Group,
    loan: Loan,
    row: MemberRow,
    *,
    disbursed_on: date,
    today: date,
    channel: str = "cash",
    first_due_on: date | None = None,
    actual_prices: Mapping[int, int] | None = None,
    difference: str = "cash",
) -> Posted:
    """Pay an approved loan out and begin its schedule.

    `actual_prices` (line → price of one unit) are what was really paid. What the purchase lines then cost less than
    planned goes to her in cash (`difference` cash) or is not lent at all (principal). With `channel` supplier the
    purchase is paid from where the money was kept. Fees due up front stay with the group.

    Raises LoanNotApproved, MemberLeft, BeforeJoining, PurchaseOverPrincipal, InsufficientCash, BadTerms, FutureDate,
    PeriodClosed.
    """
    group_id = group.id
    ledger.lock_book(group_id)
    applications.expire_reservations(group_id, today, only=loan)
    if loan.status != Loan.Status.APPROVED:
        raise LoanNotApproved(loan=loan.number, status=loan.status)
    applications.check_membership(row, disbursed_on)
    principal = _buy(loan, actual_prices or {}, difference)
    agreed = applications.disbursed_terms(
        loan, disbursed_on=disbursed_on, first_due_on=first_due_on, principal=principal
    )
    kept_on = loan.reserved_on or MONEY["cash"]
    applications.release(loan)
    ground = facts.ground(group_id)
    facts.open_day(ground, disbursed_on)
    rows = facts.rows_of(agreed, ground.days)
    loan.principal_account_id = _principal_leaf(group_id, loan, agreed)
    loan.principal, loan.terms = principal, terms.to_json(agreed)
    loan.accrues, loan.nonperforming_days = group.interest_recognition == "accrual", group.nonperforming_days
    priced = applications.price(group, agreed, loan.rules)
    loan.apr_percent, loan.effective_annual_rate_percent = (
        priced.apr_percent,
        priced.effective_annual_rate_percent,
    )
    loan.ordinal += 1
    plan = Plan(0, 0, disbursed_on, loan.ordinal, rows, method=agreed.method)
    version = booking.add_version(group_id, loan, plan, terms=loan.terms, made_by="disbursement")
    posted = _pay_out(loan, agreed, MONEY.get(channel, kept_on))
    loan.disbursed_on, loan.disbursement_entry_id = disbursed_on, posted.id
    loan.status, loan.version, loan.ended_on = Loan.Status.ACTIVE, version.number, None
    loan.save()
    booking.rebook(group_id, loan, ground, disbursed_on)
    return posted


def _buy(loan: Loan, actual_prices: Mapping[int, int], difference: str) -> int:
    """Keep the prices that were paid; the principal that is left to lend."""
    lines = list(Purchase.objects.filter(group_id=loan.group_id, loan_id=loan.id).order_by("line"))
    if not set(actual_prices) <= {line.line for line in lines}:
        raise NotFound()
    planned = applications.cost([(line.quantity, line.unit_price) for line in lines])
    for line in lines:
        line.bought_at = actual_prices.get(line.line, line.unit_price)
    spent = applications.cost([(line.quantity, line.bought_at or 0) for line in lines])
    if spent > loan.principal:
        raise PurchaseOverPrincipal(total=spent, principal=loan.principal)
    Purchase.objects.filter(group_id=loan.group_id).bulk_update(lines, ["bought_at"])
    saved = max(planned - spent, 0)
    return loan.principal - saved if difference == "principal" else loan.principal


def _principal_leaf(group_id: UUID, loan: Loan, agreed: terms.Terms) -> UUID:
    if loan.principal_account_id is not None:
        return loan.principal_account_id
    bought = Purchase.objects.filter(group_id=group_id, loan_id=loan.id).exists()
    parent = MATERIAL if bought else WORKING
    if agreed.method == "bullet":
        parent = SEASONAL
    elif not agreed.rate and not bought:
        parent = SOCIAL
    return ledger.open_leaf(
        group_id,
        parent=parent,
        code=f"{parent}.{loan.number}",
        name=f"Pinjaman {loan.number}",
        owned_by="loans",
        floor=0,
    )


def _pay_out(loan: Loan, agreed: terms.Terms, account: str) -> Posted:
    codes = {code: one.id for code, one in books.accounts_by_code(loan.group_id, [account, "4-1020"]).items()}
    fee = schedule.upfront_fees(agreed)
    assert loan.principal_account_id is not None
    postings = [debit(loan.principal_account_id, agreed.principal)]
    if agreed.principal > fee:
        postings.append(credit(codes[account], agreed.principal - fee))
    if fee:
        postings.append(credit(codes["4-1020"], fee))
    try:
        return ledger.post_entry(
            loan.group_id,
            effective_on=agreed.disbursed_on,
            kind=DISBURSEMENT,
            postings=postings,
            memo=f"Pencairan pinjaman nomor {loan.number}",
        )
    except FloorBreached as floor:
        if floor.facts["account"] != account:
            raise
        raise applications.money_or_refuse(floor, agreed.principal - fee) from floor


def post_repayment(
    group: Group,
    loan: Loan,
    *,
    amount: int,
    paid_on: date,
    channel: str = "cash",
    carried_by: UUID | None = None,
    meeting_id: UUID | None = None,
) -> Taken:
    """Take `amount` for a loan on `paid_on` and let it pay what its rules say; later splits follow anew.

    `channel` cash, bank, or `savings:<product>` of the borrower's own. Raises LoanNotActive, BeforeDisbursement,
    Overpayment where the product refuses what is too much, FollowedByReschedule, FutureDate, PeriodClosed, and for
    savings what `savings.services.take_for_loan` refuses.
    """
    ledger.lock_book(group.id)
    _is_payable(loan, paid_on)
    ground = facts.ground(group.id)
    return take(
        group,
        loan,
        amount=amount,
        paid_on=paid_on,
        channel=channel,
        money=_money_in(loan, ground, channel=channel, amount=amount, on=paid_on),
        ground=ground,
        carried_by=carried_by,
        meeting_id=meeting_id,
    )


def _is_payable(loan: Loan, paid_on: date) -> None:
    if loan.status != Loan.Status.ACTIVE:
        raise LoanNotActive(loan=loan.number, status=loan.status)
    assert loan.disbursed_on is not None
    if paid_on < loan.disbursed_on:
        raise BeforeDisbursement(day=paid_on, disbursed_on=loan.disbursed_on)


def take(
    group: Group,
    loan: Loan,
    *,
    amount: int,
    paid_on: date,
    channel: str,
    money: Posting,
    ground: Ground,
    carried_by: UUID | None = None,
    meeting_id: UUID | None = None,
) -> Taken:
    """As `post_repayment`, where the caller says on which line the money comes in."""
    group_id = group.id
    _is_payable(loan, paid_on)
    facts.open_day(ground, paid_on)
    if carried_by is not None and not members.members(group_id, only=carried_by).exists():
        raise NotFound()
    loan.ordinal += 1
    repayment = Repayment(
        id=uuid7(),
        group_id=group_id,
        loan=loan,
        ordinal=loan.ordinal,
        amount=amount,
        paid_on=paid_on,
        channel=channel,
        carried_by_id=carried_by,
        meeting_id=meeting_id,
    )
    derived, posted = booking.rebook(group_id, loan, ground, paid_on, received=booking.Received(repayment, money))
    if loan.rules["excess"] == "refuse" and derived.left_over:
        known = facts.read(group_id, [loan], ground.days)[loan.id]
        others = tuple(one for one in known.payments if one.id != repayment.id)
        before = booking.lived(loan, facts.until(replace(known, payments=others), paid_on), paid_on)
        raise Overpayment(amount=amount, payoff=before.payoff.total)
    entry = next(one for one in posted if one.id == repayment.entry_id)
    return Taken(repayment, entry, queries.split_of(derived, repayment.id), derived)


def _money_in(loan: Loan, ground: Ground, *, channel: str, amount: int, on: date) -> Posting:
    if channel.startswith("savings:"):
        product = channel.removeprefix("savings:")
        return savings.take_for_loan(loan.group_id, member_id=loan.member_id, product=product, amount=amount, on=on)
    return debit(ground.accounts[MONEY[channel]], amount)


def charge_loan(group: Group, loan: Loan, *, kind: str, amount: int, due_on: date, memo: str | None) -> Charge:
    """Charge a fee or penalty, owed on `due_on`, which may be still to come; a loan that was paid off is active again.

    Raises LoanNotActive, BeforeDisbursement, PeriodClosed (a penalty is income on its day).
    """
    ledger.lock_book(group.id)
    if loan.status not in (Loan.Status.ACTIVE, Loan.Status.PAID_OFF):
        raise LoanNotActive(loan=loan.number, status=loan.status)
    assert loan.disbursed_on is not None
    if due_on < loan.disbursed_on:
        raise BeforeDisbursement(day=due_on, disbursed_on=loan.disbursed_on)
    ledger.open_day(group.id, due_on)
    charge = Charge.objects.create(group_id=group.id, loan=loan, kind=kind, amount=amount, due_on=due_on, memo=memo)
    _rebook(group, loan)
    return charge


def waive_charge(group: Group, loan: Loan, *, charge_id: UUID, waived_on: date, reason: str) -> Waiver:
    """Forgive what is unpaid of a charge, or of the penalties for being late with one instalment, from `waived_on` on.

    Raises LoanNotActive, NoSuchCharge, NothingToWaive.
    """
    ledger.lock_book(group.id)
    if loan.status != Loan.Status.ACTIVE:
        raise LoanNotActive(loan=loan.number, status=loan.status)
    state = queries.state(group, loan, on=waived_on)
    charge = next((one for row in state.states for one in row.charges if one.id == charge_id), None)
    if charge is None:
        raise NoSuchCharge(loan=loan.number)
    left = charge.amount - charge.paid - charge.waived
    if not left:
        raise NothingToWaive()
    loan.ordinal += 1
    waiver = Waiver.objects.create(
        group_id=group.id,
        loan=loan,
        charge_id=charge_id,
        waived_on=waived_on,
        ordinal=loan.ordinal,
        amount=left,
        reason=reason,
    )
    _rebook(group, loan, waived_on)
    return waiver


def _rebook(group: Group, loan: Loan, *events: date) -> Derived:
    derived, _ = booking.rebook(group.id, loan, facts.ground(group.id), *events)
    return derived


def payoff(group: Group, loan: Loan, *, on: date) -> Payoff:
    """What ends the loan on a day. Raises LoanNotActive, BeforeDisbursement."""
    if loan.status not in (Loan.Status.ACTIVE, Loan.Status.PAID_OFF):
        raise LoanNotActive(loan=loan.number, status=loan.status)
    assert loan.disbursed_on is not None
    if on < loan.disbursed_on:
        raise BeforeDisbursement(day=on, disbursed_on=loan.disbursed_on)
    return queries.state(group, loan, on=on).payoff


def quote(group: Group, asked: terms.Terms, rules: Mapping[str, Any]) -> tuple[tuple[schedule.Installment, ...], Any]:
    """A schedule and its price; stores nothing. Raises BadTerms."""
    rows = schedule.schedule(asked, queries.calendar_of(group))
    saved = (rules.get("compulsory_savings") or {}).get("amount", 0)
    return rows, pricing.price(asked, rows, compulsory_savings_per_installment=saved)
