"""A loan before it is one: the request with what it will buy, the officers' votes, the cash that is kept for it.

Each function is one act inside the caller's transaction. Amounts count the currency's smallest payable unit; days are
in the group's time zone. Votes carry no effective day: the money may go out under an earlier one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from django.db.models import Max

from ledger import queries as books
from ledger import services as ledger
from ledger.errors import FloorBreached
from ledger.money import grouped
from loans import pricing, queries, schedule, terms
from loans.errors import (
    AlreadyVoted,
    InsufficientCash,
    LoanNotSubmitted,
    NotAMember,
    OverLimit,
    OwnLoan,
    ProductExists,
    PurchaseOverPrincipal,
)
from loans.models import Loan, Product, Purchase, Vote
from members.errors import BeforeJoining, MemberLeft
from members.models import Group
from members.queries import MemberRow

RULES: dict[str, Any] = {
    "allocation": "penalty_interest_principal",
    "excess": "hold",
    "flat_rebate": "none",
    "penalty": None,
    "limits": {},
    "compulsory_savings": None,
}
"""The rules of a loan without a product."""
OPEN = (Loan.Status.SUBMITTED, Loan.Status.APPROVED)


@dataclass(frozen=True, slots=True)
class Bought:
    """A line of raw material: `quantity` with at most three decimals at `unit_price`."""

    item: str
    quantity: Decimal
    unit: str
    unit_price: int
    supplier: str | None = None


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit with its figures, whether it is kept, and why not in a sentence."""

    code: str
    ok: bool
    limit: int
    actual: int
    detail: str


def open_product(group_id: UUID, *, code: str, name: str, offered: Mapping[str, Any], **rules: Any) -> Product:
    """Add a loan product; `offered` are terms as published, `rules` columns of Product. Raises ProductExists."""
    ledger.lock_book(group_id)
    if Product.objects.filter(group_id=group_id, code=code).exists():
        raise ProductExists(product=code)
    return Product.objects.create(group_id=group_id, code=code, name=name, terms=dict(offered), **rules)


def rules_of(product: Product | None) -> dict[str, Any]:
    """What a loan of this product is held to, as it stands now."""
    return dict(RULES) if product is None else {name: getattr(product, name) for name in RULES}


def cost(lines: Sequence[tuple[Decimal, int]]) -> int:
    """What lines of (quantity, price) cost, each rounded half up."""
    return sum(int((quantity * price).quantize(Decimal(1), ROUND_HALF_UP)) for quantity, price in lines)


def submit_loan(
    group: Group,
    row: MemberRow,
    *,
    asked: terms.Terms,
    today: date,
    purpose: str,
    purchases: Sequence[Bought] = (),
    product: Product | None = None,
) -> Loan:
    """Ask for a loan. `asked` bears the day of the request in place of the disbursement's.

    Raises MemberLeft, PurchaseOverPrincipal, BadTerms.
    """
    group_id = group.id
    ledger.lock_book(group_id)
    if row.left_on is not None:
        raise MemberLeft(number=row.member.number, left_on=row.left_on)
    total = cost([(line.quantity, line.unit_price) for line in purchases])
    if total > asked.principal:
        raise PurchaseOverPrincipal(total=total, principal=asked.principal)
    rules = rules_of(product)
    priced = price(group, asked, rules)
    last: int = Loan.objects.filter(group_id=group_id).aggregate(last=Max("number"))["last"] or 0
    loan = Loan.objects.create(
        group_id=group_id,
        number=last + 1,
        member=row.member,
        product=product,
        purpose=purpose,
        terms=terms.to_json(asked),
        rules=rules,
        requested=asked.principal,
        principal=asked.principal,
        approvals_required=group.approvals_required,
        apr_percent=priced.apr_percent,
        effective_annual_rate_percent=priced.effective_annual_rate_percent,
    )
    Purchase.objects.bulk_create(
        Purchase(
            group_id=group_id,
            loan=loan,
            line=number,
            item=line.item,
            quantity=line.quantity,
            unit=line.unit,
            unit_price=line.unit_price,
            supplier=line.supplier,
        )
        for number, line in enumerate(purchases, start=1)
    )
    return loan


def price(group: Group, asked: terms.Terms, rules: Mapping[str, Any]) -> pricing.Price:
    """What a loan on these terms costs, fees and compulsory savings included."""
    saved = (rules.get("compulsory_savings") or {}).get("amount", 0)
    rows = schedule.schedule(asked, queries.calendar_of(group))
    return pricing.price(asked, rows, compulsory_savings_per_installment=saved)


def limits(group: Group, loan: Loan) -> list[Limit]:
    """Every limit that this request meets, kept or not, as things stand: shown before anybody votes."""
    rules: dict[str, Any] = loan.rules["limits"] or {}
    hers = list(queries.open_loans(group.id, loan.member_id).exclude(id=loan.id))
    balances = books.balances(
        group.id, account_ids=[one.principal_account_id for one in hers if one.principal_account_id]
    )
    owed = sum(balances.values())
    asked = owed + loan.principal
    found: list[Limit] = []

    def look(code: str, limit: int, actual: int, detail: str) -> None:
        found.append(Limit(code, actual <= limit, limit, actual, detail))

    if rules.get("max_principal") is not None:
        look("max_principal", rules["max_principal"], asked, "Pokok pinjamannya bersama yang masih berjalan.")
    if rules.get("savings_multiple") is not None:
        saved = queries.savings_total(group.id, loan.member_id)
        most = int(Decimal(str(rules["savings_multiple"])) * saved)
        look("savings_multiple", most, asked, "Pokok pinjamannya terhadap kelipatan simpanannya.")
    late = sum(queries.arrears_of(group.id, one) for one in hers)
    look("arrears", 0, late, "Tunggakannya pada pinjaman yang berjalan.")
    look("over_indebtedness", MOST_LOANS, len(hers) + 1, "Banyaknya pinjaman yang berjalan sekaligus.")
    if queries.is_officer(group.id, loan.member_id):
        capital = queries.own_capital(group.id)
        most = max(int(capital * group.related_party_percent / 100), 0)
        officers = queries.owed_by_officers(group.id) + loan.principal
        look("related_party", most, officers, "Pinjaman para pengurus bersama terhadap modal sendiri kelompok.")
    free = max(books.available(group.id, code) for code in ("1-1010", "1-1110"))
    look("cash", max(free, 0), loan.principal, "Uang kelompok yang benar-benar ada dan belum dijanjikan.")
    return found


MOST_LOANS = 2
"""How many loans one woman may have at once."""


def vote(
    group: Group,
    loan: Loan,
    *,
    seat_user: UUID,
    officer_id: UUID,
    member_id: UUID | None,
    decision: str,
    note: str | None,
    today: date,
) -> Vote:
    """An officer's word. The last approval that is needed keeps the cash; one rejection ends the request, since the
    group answers for it together.

    Raises LoanNotSubmitted, OwnLoan, NotAMember, AlreadyVoted, OverLimit, InsufficientCash.
    """
    ledger.lock_book(group.id)
    expire_reservations(group.id, today, only=loan)
    if loan.status != Loan.Status.SUBMITTED:
        raise LoanNotSubmitted(loan=loan.number, status=loan.status)
    if member_id is None:
        raise NotAMember()
    if member_id == loan.member_id:
        raise OwnLoan()
    votes = Vote.objects.filter(group_id=group.id, loan_id=loan.id, round=loan.round)
    if votes.filter(user_id=seat_user).exists():
        raise AlreadyVoted(loan=loan.number)
    made = Vote.objects.create(
        group_id=group.id,
        loan=loan,
        round=loan.round,
        user_id=seat_user,
        officer_id=officer_id,
        member_id=member_id,
        decision=decision,
        note=note,
    )
    if decision == "reject":
        _close(loan, Loan.Status.REJECTED, note)
        return made
    broken = [one for one in limits(group, loan) if not one.ok and one.code != "cash"]
    if broken:
        said = (f"{one.detail} Paling banyak {grouped(one.limit)}, ini {grouped(one.actual)}." for one in broken)
        reasons = " ".join(said)
        raise OverLimit(reasons=reasons, limits=[limit_json(one) for one in broken])
    if votes.filter(decision="approve").count() >= loan.approvals_required:
        reserve(group, loan, today)
    return made


def limit_json(limit: Limit) -> dict[str, Any]:
    """A limit as it is published."""
    return {
        "code": limit.code,
        "ok": limit.ok,
        "limit": limit.limit,
        "actual": limit.actual,
        "detail": limit.detail,
    }


def reserve(group: Group, loan: Loan, today: date) -> None:
    """Approve the loan and keep its cash for it: in the box, or in the bank if only that has enough. Raises
    InsufficientCash."""
    free = {code: books.available(group.id, code) for code in ("1-1010", "1-1110")}
    account = next((code for code, amount in free.items() if amount >= loan.principal), None)
    if account is None:
        best = max(free, key=lambda code: free[code])
        raise InsufficientCash(account=best, available=free[best], needed=loan.principal)
    ledger.hold(group.id, account=account, change=loan.principal)
    loan.status, loan.reserved_on = Loan.Status.APPROVED, account
    loan.reservation_expires_on = today + timedelta(days=group.reservation_days)
    loan.save(update_fields=["status", "reserved_on", "reservation_expires_on"])


def release(loan: Loan) -> None:
    """Let go of the cash that is kept for a loan; its row is the caller's to save."""
    if loan.reserved_on is not None:
        ledger.hold(loan.group_id, account=loan.reserved_on, change=-loan.principal)
        loan.reserved_on = loan.reservation_expires_on = None


def withdraw_request(group: Group, loan: Loan, *, reason: str) -> None:
    """Take a request back before money went out. Raises LoanNotSubmitted."""
    ledger.lock_book(group.id)
    if loan.status not in OPEN:
        raise LoanNotSubmitted(loan=loan.number, status=loan.status)
    release(loan)
    _close(loan, Loan.Status.WITHDRAWN, reason)


def _close(loan: Loan, status: str, reason: str | None) -> None:
    loan.status, loan.end_reason = status, reason
    loan.save(update_fields=["status", "end_reason", "reserved_on", "reservation_expires_on"])


def expire_reservations(group_id: UUID, today: date, *, only: Loan | None = None) -> int:
    """Approved loans whose cash was kept up to a day before `today` return to submitted, their votes void; how many."""
    late = Loan.objects.filter(group_id=group_id, status="approved", reservation_expires_on__lt=today)
    found = list(late if only is None else late.filter(id=only.id))
    for loan in found:
        release(loan)
        loan.status, loan.round = Loan.Status.SUBMITTED, loan.round + 1
        loan.save(update_fields=["status", "round", "reserved_on", "reservation_expires_on"])
    if only is not None and found:
        only.refresh_from_db()
    return len(found)


def disbursed_terms(loan: Loan, *, disbursed_on: date, first_due_on: date | None, principal: int) -> terms.Terms:
    """The loan's terms with the day and the sum it was really paid out on and for. Raises BadTerms."""
    agreed = terms.from_json(loan.terms)
    found = replace(
        agreed, disbursed_on=disbursed_on, first_due_on=first_due_on or agreed.first_due_on, principal=principal
    )
    terms.check(found)
    return found


def check_membership(row: MemberRow, day: date) -> None:
    """Raises MemberLeft, BeforeJoining."""
    if row.left_on is not None:
        raise MemberLeft(number=row.member.number, left_on=row.left_on)
    if day < row.joined_on:
        raise BeforeJoining(day=day, joined_on=row.joined_on)


def money_or_refuse(floor: FloorBreached, needed: int) -> InsufficientCash:
    """A money account's floor, said as what it means."""
    available = needed - int(floor.facts["shortfall"])
    return InsufficientCash(account=floor.facts["account"], available=available, needed=needed)
