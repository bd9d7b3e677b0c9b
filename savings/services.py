"""What may happen to savings. Each function is one act inside the caller's transaction (`in_book` or `perform`).

Amounts are ints in the smallest payable unit; days are in the group's time zone and inclusive. Money comes into, and
goes out of, the cash box or the bank. Every act locks the book first. What is refused raises a `DomainError`.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from ledger import queries as books
from ledger import services as ledger
from ledger.chart import MONEY
from ledger.entries import Posted
from ledger.errors import FloorBreached, LaterEntries
from ledger.models import Entry
from ledger.money import Line, credit, debit
from members import queries as members
from members.errors import BeforeJoining, MemberLeft, NotFound
from savings import crediting, queries
from savings.errors import (
    InsufficientCash,
    NoSuchProduct,
    NotForLoans,
    ProductExists,
    SavingsLocked,
    SavingsLockedForEver,
    SavingsLockedUntil,
)
from savings.models import Account, Due, Movement, Product, Rate
from savings.queries import DEPOSIT, INTEREST, SETTLEMENT, WITHDRAWAL

ALWAYS = date(1900, 1, 1)
"""The day from which the first terms of a product hold."""
CHANNELS = {"cash": "1-1010", "bank": "1-1110"}
KINDS = (DEPOSIT, WITHDRAWAL, INTEREST)
"""The kinds of entries that savings own."""
PARENTS = {
    "pokok": "3-1010",
    "wajib": "3-1020",
    "sukarela": "2-1010",
    "berjangka": "2-1020",
    "hari_raya": "2-1030",
    "tanggung_renteng": "2-1040",
}
SIDES = {"equity": "3-1020", "liability": "2-1010"}
"""Where accounts of a product with a code of the group's own are opened."""


@dataclass(frozen=True, slots=True)
class Settlement:
    """How a leaver's savings were closed: what she was paid, what went to her debts, and the entries."""

    paid_out: int
    offset: int
    entry_ids: list[UUID]


def deposit(
    group_id: UUID,
    *,
    member_id: UUID,
    product: str,
    amount: int,
    effective_on: date,
    channel: str = "cash",
    memo: str | None = None,
    carried_by: UUID | None = None,
    meeting_id: UUID | None = None,
) -> Movement:
    """Take `amount` from a member into her account of `product`; part payments and arrears alike. `carried_by` is the
    member who brought it for her.

    Raises NotFound, NoSuchProduct, BeforeJoining, MemberLeft, FutureDate, PeriodClosed.
    """
    ledger.lock_book(group_id)
    kind = _product(group_id, product)
    _is_here(group_id, member_id, effective_on)
    if carried_by is not None and not members.members(group_id, only=carried_by).exists():
        raise NotFound()
    account = _account(group_id, member_id, kind)
    lines = [debit(_money(group_id, channel), amount), credit(account.account_id, amount)]
    posted = ledger.post_entry(group_id, effective_on=effective_on, kind=DEPOSIT, postings=lines, memo=memo)
    return _moved(
        *(account, Movement.Kind.DEPOSIT, amount, posted), channel=channel, carried_by=carried_by, meeting_id=meeting_id
    )


def withdraw(
    group_id: UUID,
    *,
    member_id: UUID,
    product: str,
    amount: int,
    effective_on: date,
    channel: str = "cash",
    memo: str | None = None,
    meeting_id: UUID | None = None,
) -> Movement:
    """Pay `amount` to a member out of her account of `product`, of which the product's floor stays.

    Raises SavingsLocked, SavingsLockedForEver, SavingsLockedUntil, FloorBreached with the first day and what is
    missing, InsufficientCash, and as `deposit`.
    """
    ledger.lock_book(group_id)
    kind = _product(group_id, product)
    _is_here(group_id, member_id, effective_on)
    account = queries.account(group_id, member_id, kind)
    _is_unlocked(group_id, kind, account, effective_on)
    account = _has_left(group_id, kind, account, amount, effective_on)
    lines = [debit(account.account_id, amount), credit(_money(group_id, channel), amount)]
    with money_is_there():
        posted = ledger.post_entry(group_id, effective_on=effective_on, kind=WITHDRAWAL, postings=lines, memo=memo)
    return _moved(account, Movement.Kind.WITHDRAWAL, amount, posted, channel=channel, meeting_id=meeting_id)


@contextmanager
def money_is_there() -> Iterator[None]:
    """Say InsufficientCash where cash or bank would fall below zero."""
    try:
        yield
    except FloorBreached as floor:
        if floor.facts["account"] not in MONEY:
            raise
        raise InsufficientCash(**floor.facts) from floor


def take_for_loan(group_id: UUID, *, member_id: UUID, product: str, amount: int, on: date) -> Line:
    """The line that takes `amount` from her account on `on`, for an entry that the caller posts.

    Only what she may withdraw any day: raises NotForLoans, FloorBreached, and as `deposit`.
    """
    ledger.lock_book(group_id)
    kind = _product(group_id, product)
    _is_here(group_id, member_id, on)
    if kind.withdrawable != Product.Withdrawable.ANY:
        raise NotForLoans(product=product)
    account = _has_left(group_id, kind, queries.account(group_id, member_id, kind), amount, on)
    return debit(account.account_id, amount)


def put_line(group_id: UUID, *, member_id: UUID, product: str) -> UUID:
    """The ledger account of her savings in `product`, opened if need be: what an entry of the caller's credits.

    Raises NotFound, NoSuchProduct.
    """
    ledger.lock_book(group_id)
    if not members.members(group_id, only=member_id).exists():
        raise NotFound()
    leaf: UUID = _account(group_id, member_id, _product(group_id, product)).account_id
    return leaf


def pay_out_all(
    group_id: UUID, *, member_id: UUID, on: date, channel: str = "cash", offset_lines: Sequence[Line] = ()
) -> Settlement:
    """Close all of a leaver's accounts on her last day `on`, in one entry of kind `settlement`: what they hold,
    interest to the day before included, goes to her by `channel`, less what `offset_lines` credit to her debts.

    Call it before her stay ends. Offsetting more than she holds is a bug (ValueError). Raises InsufficientCash,
    FutureDate, PeriodClosed, FloorBreached when something moved after `on`.
    """
    ledger.lock_book(group_id)
    entry_ids = crediting.credit_leaver(group_id, member_id=member_id, on=on)
    hers = list(queries.accounts(group_id, member_id=member_id))
    held = books.balances(group_id, account_ids=[account.account_id for account in hers])
    total = sum(held.values())
    offset = sum(line.credit - line.debit for line in offset_lines)
    if not 0 <= offset <= total:
        raise ValueError(f"{offset} cannot be offset against {total}")
    if not total:
        return Settlement(0, 0, entry_ids)
    closing = [account for account in hers if held[account.account_id]]
    lines = [debit(account.account_id, held[account.account_id]) for account in closing]
    if total > offset:
        lines.append(credit(_money(group_id, channel), total - offset))
    with money_is_there():
        posted = ledger.post_entry(group_id, effective_on=on, kind=SETTLEMENT, postings=[*lines, *offset_lines])
    for account in closing:
        _moved(account, Movement.Kind.SETTLEMENT, held[account.account_id], posted, channel=channel)
    return Settlement(total - offset, offset, [*entry_ids, posted.id])


def credit_interest_due(group_id: UUID, *, through: date) -> list[UUID]:
    """Credit every month that ended on or before `through`; gives the entries. See `savings.crediting`."""
    return crediting.credit_due(group_id, through=through)


def undo(entry: Entry, day: date) -> None:
    """Savings' part in taking an entry back: nothing, unless a settlement has closed the account since.

    Raises LaterEntries with the settlement.
    """
    lines = books.lines(entry.group_id, entry.seq)
    closed = Movement.objects.filter(
        group_id=entry.group_id,
        kind=Movement.Kind.SETTLEMENT,
        account__group_id=entry.group_id,
        account__account_id__in=[line.account_id for line in lines],
    )
    ids = set(closed.values_list("entry_id", flat=True))
    standing = ids - set(books.reversals(entry.group_id, list(ids)))
    later = [one for one in books.entries(entry.group_id).filter(id__in=standing) if one.seq > entry.seq]
    if later:
        numbers = ", ".join(str(one.seq) for one in later)
        raise LaterEntries(seq=entry.seq, later=numbers, entry_ids=[one.id for one in later])


def open_products(group_id: UUID) -> None:
    """The products every group has from the start: pokok, wajib, sukarela; those that are there stay as they are."""
    known = set(Product.objects.filter(group_id=group_id).values_list("code", flat=True))
    for code, (name, nature, withdrawable, every, unit) in FROM_THE_START.items():
        if code not in known:
            open_product(
                group_id, code=code, name=name, nature=nature, withdrawable=withdrawable, every=every, unit=unit
            )


FROM_THE_START = {
    "pokok": ("Simpanan pokok", "equity", "leaving", None, None),
    "wajib": ("Simpanan wajib", "equity", "leaving", 1, "month"),
    "sukarela": ("Simpanan sukarela", "liability", "any", None, None),
}


def open_product(
    group_id: UUID,
    *,
    code: str,
    name: str,
    nature: str,
    withdrawable: str,
    opens_on: date | None = None,
    term_months: int | None = None,
    floor: int = 0,
    amount: int | None = None,
    every: int | None = None,
    unit: str | None = None,
    rate: Decimal | None = None,
) -> Product:
    """Open a product; its terms hold from the start. Raises ProductExists."""
    ledger.lock_book(group_id)
    if queries.product(group_id, code) is not None:
        raise ProductExists(product=code)
    parent = PARENTS.get(code, "")
    product = Product.objects.create(
        group_id=group_id,
        code=code,
        name=name,
        nature=nature,
        withdrawable=withdrawable,
        opens_on=opens_on,
        term_months=term_months,
        floor=floor,
        parent=parent if parent[:1] == SIDES[nature][:1] else SIDES[nature],
    )
    Due.objects.create(group_id=group_id, product=product, from_on=ALWAYS, amount=amount, every=every, unit=unit)
    if rate is not None:
        _set_rate(product, ALWAYS, rate)
    return product


def change_product(product: Product, *, today: date, changes: Mapping[str, Any], from_on: date | None = None) -> None:
    """Change a product out of `queries.products`: columns of Product, and `amount`, `every`, `unit` and `rate`, which
    hold from `from_on` on and leave what was due and earned before as it was.

    Without `from_on` an amount holds from today, the first one from the start; a rate from today, or from the start
    while nobody has saved in the product.
    """
    group_id, rest = product.group_id, dict(changes)
    ledger.lock_book(group_id)
    asked = {name: rest.pop(name) for name in ("amount", "every", "unit") if name in rest}
    if asked:
        first = not any(due.amount for due in product.dues.all())
        day = from_on or (ALWAYS if first else today)
        standing = queries.due_on(product, day)
        now = {name: getattr(standing, name, None) for name in ("amount", "every", "unit")}
        Due.objects.update_or_create(group_id=group_id, product=product, from_on=day, defaults=now | asked)
    if "rate" in rest:
        used = Account.objects.filter(group_id=group_id, product_id=product.id).exists()
        _set_rate(product, from_on or (today if used else ALWAYS), rest.pop("rate"))
    if rest:
        Product.objects.filter(group_id=group_id, id=product.id).update(**rest)


def _set_rate(product: Product, from_on: date, rate: Decimal | None) -> None:
    runs = queries.whole_runs(product.group_id, product).count()
    Rate.objects.update_or_create(
        group_id=product.group_id, product=product, from_on=from_on, defaults={"rate": rate, "runs": runs}
    )


def _product(group_id: UUID, code: str) -> Product:
    found = queries.product(group_id, code)
    if found is None:
        raise NoSuchProduct(product=code)
    return found


def _is_here(group_id: UUID, member_id: UUID, day: date) -> None:
    """Raises NotFound; MemberLeft when she is no member any more or was none on `day`; BeforeJoining."""
    member = members.members(group_id, only=member_id).first()
    if member is None:
        raise NotFound()
    row = members.row(member)
    if row.left_on is not None:
        raise MemberLeft(number=member.number, left_on=row.left_on)
    if day >= row.joined_on:
        return
    stays = list(members.stays(group_id, only=member_id))
    before = [stay for stay in stays if stay.joined_on <= day]
    if not before:
        raise BeforeJoining(day=day, joined_on=stays[0].joined_on)
    left_on = before[-1].left_on
    if left_on is not None and day > left_on:
        raise MemberLeft(number=member.number, left_on=left_on)


def _account(group_id: UUID, member_id: UUID, product: Product) -> Account:
    """Her account of this product, opened with its leaf if it is the first movement."""
    found = queries.account(group_id, member_id, product)
    if found is not None:
        return found
    number = Account.objects.filter(group_id=group_id).count() + 1
    account = Account(group_id=group_id, member_id=member_id, product=product, number=number)
    account.account_id = ledger.open_leaf(
        group_id,
        parent=product.parent,
        code=account.code,
        name=f"{product.name} {number:04d}",
        owned_by="savings",
        floor=0,
    )
    account.save(force_insert=True)
    return account


def _is_unlocked(group_id: UUID, product: Product, account: Account | None, day: date) -> None:
    if product.withdrawable == Product.Withdrawable.NEVER:
        raise SavingsLockedForEver(product=product.code)
    if product.withdrawable == Product.Withdrawable.LEAVING:
        raise SavingsLocked(product=product.code)
    opens_on = queries.opens_on(group_id, product, account)
    if opens_on is not None and day < opens_on:
        raise SavingsLockedUntil(product=product.code, opens_on=opens_on)


def _has_left(group_id: UUID, product: Product, account: Account | None, amount: int, day: date) -> Account:
    """Her account, if `amount` may go from it on `day` and the product's floor stays on that and every later day.

    Raises FloorBreached.
    """
    if account is None:
        raise FloorBreached(account=product.parent, first_day=day, shortfall=amount + product.floor)
    for on, balance in books.day_ends(group_id, account.account_id, since=day):
        if balance - amount < product.floor:
            raise FloorBreached(account=account.code, first_day=on, shortfall=product.floor + amount - balance)
    return account


def _money(group_id: UUID, channel: str) -> UUID:
    code = CHANNELS[channel]
    money: UUID = books.accounts_by_code(group_id, [code])[code].id
    return money


def _moved(
    account: Account,
    kind: str,
    amount: int,
    posted: Posted,
    *,
    channel: str,
    carried_by: UUID | None = None,
    meeting_id: UUID | None = None,
) -> Movement:
    return Movement.objects.create(
        group_id=account.group_id,
        account=account,
        member_id=account.member_id,
        kind=kind,
        amount=amount,
        effective_on=posted.effective_on,
        entry_id=posted.id,
        channel=channel,
        carried_by_id=carried_by,
        meeting_id=meeting_id,
        created_at=posted.recorded_at,
    )
