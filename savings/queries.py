"""What can be asked about savings. Every question names its group; balances are what members hold, never negative.

`as_of` is inclusive: what stood at the end of that day; None: as it stands. Balances and histories are the ledger's.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from django.db.models import Prefetch, QuerySet, Sum

from ledger import queries as books
from ledger.models import Posting
from members import queries as members
from members.models import Membership
from savings import dues
from savings.models import Account, Due, InterestLine, InterestRun, Movement, Product, Rate

INTEREST, WITHDRAWAL, DEPOSIT, SETTLEMENT = "savings_interest", "savings_withdrawal", "savings_deposit", "settlement"
TAKEN = frozenset({INTEREST, WITHDRAWAL, SETTLEMENT})
"""Kinds of entries that are no payment of what is due."""


@dataclass(frozen=True, slots=True)
class DueRow:
    """What a member should have saved in a product by a day, `due_before` its month began; what she has, and what is
    missing."""

    member_id: UUID
    product: str
    due: int
    due_before: int
    paid: int

    @property
    def arrears(self) -> int:
        return max(self.due - self.paid, 0)

    @property
    def late(self) -> int:
        """What is missing since before the month."""
        return max(self.due_before - self.paid, 0)


@dataclass(frozen=True, slots=True)
class Holding:
    """What a member holds in a product, and what of it she may take out on a day: nothing while it is locked, of
    `from_date` products until `opens_on` (None: nothing was put in yet)."""

    product: Product
    balance: int
    free: int
    opens_on: date | None


@dataclass(frozen=True, slots=True)
class PassbookLine:
    """A movement as it stands in her book: `amount` positive into it; `balance_after` runs over the products shown."""

    entry_id: UUID
    command_id: UUID
    seq: int
    effective_on: date
    recorded_at: datetime
    kind: str
    memo: str | None
    product: str
    amount: int
    balance_after: int


@dataclass(frozen=True, slots=True)
class Passbook:
    """Lines in order of (effective_on, seq) between what stood before and after them."""

    opening_balance: int
    lines: list[PassbookLine]
    closing_balance: int


@dataclass(frozen=True, slots=True)
class BookPage:
    """Lines latest first, what stands after the first of them, and whether older ones follow. `held`: what she holds
    now, in each product shown."""

    lines: list[PassbookLine]
    balance: int
    older: bool
    held: list["Held"]


class Held(NamedTuple):
    """A product by code and name, what she holds in it, and on which account of the book."""

    code: str
    name: str
    balance: int
    account_id: UUID


@dataclass(frozen=True, slots=True)
class MovementRow:
    """A movement with the balance after it, in order of (effective_on, seq), and the entry that took it back."""

    movement: Movement
    balance: int
    reversed_by: UUID | None


def products(group_id: UUID) -> QuerySet[Product]:
    """The group's products, oldest id first, each with its dues and rates in order of time."""
    return (
        Product.objects.filter(group_id=group_id)
        .prefetch_related(
            Prefetch("dues", Due.objects.filter(group_id=group_id).order_by("from_on")),
            Prefetch("rates", Rate.objects.filter(group_id=group_id).order_by("from_on")),
        )
        .order_by("id")
    )


def product(group_id: UUID, code: str) -> Product | None:
    """The product of this code, or None."""
    return Product.objects.filter(group_id=group_id, code=code).first()


def due_on(product: Product, day: date) -> Due | None:
    """What a product out of `products` asks for on `day`."""
    found = [due for due in product.dues.all() if due.from_on <= day]
    return found[-1] if found else None


def rate_on(product: Product, day: date) -> Decimal | None:
    """What a product out of `products` earns on `day`, in percent a year; None: nothing."""
    found = [rate for rate in product.rates.all() if rate.from_on <= day]
    return found[-1].rate if found else None


def accounts(group_id: UUID, *, member_id: UUID | None = None, product: str | None = None) -> QuerySet[Account]:
    """Members' accounts with their products, oldest first; those of one member, or of one product."""
    found = Account.objects.filter(group_id=group_id).select_related("product").order_by("number")
    if member_id is not None:
        found = found.filter(member_id=member_id)
    if product is not None:
        found = found.filter(product__group_id=group_id, product__code=product)
    return found


def account(group_id: UUID, member_id: UUID, product: Product) -> Account | None:
    """Her account of this product, or None while nothing has moved."""
    return accounts(group_id, member_id=member_id).filter(product_id=product.id).first()


def whose(group_id: UUID, account_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Of these accounts of the book, those in which a member saves: account's id → member's id."""
    found = Account.objects.filter(group_id=group_id, account_id__in=account_ids)
    return dict(found.values_list("account_id", "member_id"))


def savings_of(group_id: UUID, member_id: UUID, as_of: date | None = None) -> dict[str, int]:
    """What she holds in each product of the group, by code; 0 where she has no account."""
    hers = {account.product_id: account.account_id for account in accounts(group_id, member_id=member_id)}
    at = books.balances(group_id, as_of=as_of, account_ids=list(hers.values())) if hers else {}
    known = Product.objects.filter(group_id=group_id).order_by("id").values_list("id", "code")
    return {code: at.get(hers[id], 0) if id in hers else 0 for id, code in known}


def total_of(group_id: UUID, member_id: UUID, as_of: date | None = None) -> int:
    """What she holds in all products together."""
    return sum(savings_of(group_id, member_id, as_of).values())


def total_saved(group_id: UUID) -> int:
    """What all members hold in all products together, as it stands."""
    leaves = books.accounts(group_id).filter(owned_by="savings")
    return int(leaves.aggregate(total=Sum("balance"))["total"] or 0)


def totals_of(group_id: UUID, *, as_of: date | None = None) -> dict[UUID, int]:
    """What each member who has an account holds in all products together: member's id → sum."""
    held = {account.account_id: account.member_id for account in accounts(group_id)}
    at = books.balances(group_id, as_of=as_of, account_ids=list(held)) if held else {}
    found = dict.fromkeys(held.values(), 0)
    for account_id, balance in at.items():
        found[held[account_id]] += balance
    return found


def balance_of(group_id: UUID, member_id: UUID, product_code: str, as_of: date | None = None) -> int:
    """What she holds in one product; 0 without an account."""
    found = accounts(group_id, member_id=member_id, product=product_code).first()
    return 0 if found is None else books.balance(group_id, found.account_id, as_of=as_of)


def movements(group_id: UUID, *, member_id: UUID | None = None) -> QuerySet[Movement]:
    """What members put in and took out, oldest id first, each with its product."""
    found = Movement.objects.filter(group_id=group_id).select_related("account__product").order_by("id")
    return found if member_id is None else found.filter(member_id=member_id)


def movement_rows(group_id: UUID, found: Sequence[Movement]) -> list[MovementRow]:
    """Movements out of `movements` with their balances and reversals."""
    places = [(movement.account.account_id, movement.entry_id) for movement in found]
    after = books.balances_after(group_id, places)
    undone = books.reversals(group_id, [movement.entry_id for movement in found])
    return [
        MovementRow(movement, after[place], undone.get(movement.entry_id))
        for movement, place in zip(found, places, strict=True)
    ]


def due_rows(
    group_id: UUID, *, as_of: date, member_id: UUID | None = None, known: Collection[Product] | None = None
) -> list[DueRow]:
    """What was due and paid by `as_of`, for every member who had joined and every product that asks for something; of
    one member alone if told. A former member owes up to the day she left; what she paid in an earlier stay is past.
    What was taken out again, for a loan as well, was paid all the same. `known` are the group's products where they
    were read already."""
    offered = products(group_id) if known is None else known
    asking = [one for one in offered if any(due.amount for due in one.dues.all())]
    stays = _latest_stays(group_id, as_of, member_id)
    theirs = {
        (account.member_id, account.product_id): account.account_id
        for account in accounts(group_id, member_id=member_id)
        if account.member_id in stays
    }
    since = {account_id: stays[member].joined_on for (member, _), account_id in theirs.items()}
    moved = books.moved(group_id, since, until=as_of) if since else {}
    rows = []
    month_before = as_of.replace(day=1) - timedelta(days=1)
    for member, stay in stays.items():
        until = min(as_of, stay.left_on or as_of)
        for one in asking:
            gained = moved.get(theirs.get((member, one.id), member), {})
            rules = _rules(one.dues.all())
            due, before = (
                dues.due(rules, joined_on=stay.joined_on, until=min(day, until)) for day in (as_of, month_before)
            )
            rows.append(DueRow(member, one.code, due, before, _paid(gained)))
    return rows


def lacking(group_id: UUID, held: Collection[Held], *, joined_on: date, until: date) -> dict[str, int]:
    """What she who holds `held` should have put in by a day that may be to come and has not, by the product's name: as
    `due_rows` says it, of one whose present stay is known, in two questions."""
    asking: dict[str, list[Due]] = {}
    for due in Due.objects.filter(group_id=group_id).select_related("product").order_by("product_id", "from_on"):
        asking.setdefault(due.product.code, []).append(due)
    hers = {one.code: one.account_id for one in held}
    moved = books.moved(group_id, dict.fromkeys(hers.values(), joined_on), until=until) if hers else {}
    found = {}
    for code, those in asking.items():
        paid = _paid(moved.get(hers[code], {}) if code in hers else {})
        missing = dues.due(_rules(those), joined_on=joined_on, until=until) - paid
        if missing > 0:
            found[those[0].product.name] = missing
    return found


def _rules(those: Iterable[Due]) -> list[dues.Rule]:
    return [dues.Rule(due.from_on, due.amount, due.every, due.unit) for due in those]


def _paid(gained: Mapping[str, int]) -> int:
    """What was put in, of what an account gained by kind of entry."""
    return sum(max(amount, 0) for kind, amount in gained.items() if kind not in TAKEN)


def _latest_stays(group_id: UUID, as_of: date, member_id: UUID | None) -> dict[UUID, Membership]:
    """The latest stay begun by `as_of` of each member, oldest member first."""
    begun = members.stays(group_id, only=member_id).filter(joined_on__lte=as_of)
    latest = {stay.member_id: stay for stay in begun}
    return dict(sorted(latest.items()))


def passbook(
    group_id: UUID, member_id: UUID, *, since: date | None = None, until: date | None = None, product: str | None = None
) -> Passbook:
    """Her book from `since` to `until`, both inclusive, over all her products or one. What closes a day opens the next,
    also of one product."""
    hers = {one.account_id: one.product.code for one in accounts(group_id, member_id=member_id, product=product)}
    opening = 0
    if since is not None and hers:
        before = date.fromordinal(since.toordinal() - 1)
        opening = sum(books.balances(group_id, as_of=before, account_ids=list(hers)).values())
    running, lines = opening, []
    for posting in books.postings_between(group_id, list(hers), since=since, until=until) if hers else ():
        running += posting.credit - posting.debit
        lines.append(_passbook_line(posting, hers[posting.account_id], running))
    return Passbook(opening, lines, running)


def book_page(
    group_id: UUID, member_id: UUID, *, number: int = 1, limit: int = 50, product: str | None = None
) -> BookPage:
    """Page `number` (from 1) of her book over all her products or one, the latest lines on the first. Counted back from
    what she holds, so a long book costs no more than a short one."""
    theirs = list(accounts(group_id, member_id=member_id, product=product))
    hers = {one.account_id: one.product.code for one in theirs}
    if not hers:
        return BookPage([], 0, older=False, held=[])
    held = books.balances(group_id, account_ids=list(hers))
    balance = sum(held.values())
    postings = books.postings_between(group_id, list(hers), since=None, until=None)
    postings = postings.order_by("-effective_on", "-seq", "-number")
    skipped = (number - 1) * limit
    if skipped:
        later = postings[:skipped].aggregate(given=Sum("credit"), taken=Sum("debit"))
        balance -= int(later["given"] or 0) - int(later["taken"] or 0)
    found = list(postings[skipped : skipped + limit + 1])
    running, lines = balance, []
    for posting in found[:limit]:
        lines.append(_passbook_line(posting, hers[posting.account_id], running))
        running -= posting.credit - posting.debit
    theirs.sort(key=lambda one: one.product_id)
    each = [Held(one.product.code, one.product.name, held[one.account_id], one.account_id) for one in theirs]
    return BookPage(lines, balance, older=len(found) > limit, held=each)


def lines_of_entry(group_id: UUID, member_id: UUID, entry_id: UUID) -> list[PassbookLine]:
    """What one entry moved in her savings, each line with the balance of its own account after it."""
    hers = {one.account_id: one.product.code for one in accounts(group_id, member_id=member_id)}
    found = Posting.objects.filter(group_id=group_id, account_id__in=list(hers), entry__id=entry_id)
    found = found.select_related("entry", "entry__note").order_by("number")
    after = books.balances_after(group_id, [(posting.account_id, entry_id) for posting in found])
    return [_passbook_line(posting, hers[posting.account_id], after[posting.account_id, entry_id]) for posting in found]


def _passbook_line(posting: Posting, product: str, balance: int) -> PassbookLine:
    entry = posting.entry
    note = getattr(entry, "note", None)
    return PassbookLine(
        entry_id=entry.id,
        command_id=entry.command_id,
        seq=posting.seq,
        effective_on=posting.effective_on,
        recorded_at=entry.recorded_at,
        kind=entry.kind,
        memo=None if note is None else note.text,
        product=product,
        amount=posting.credit - posting.debit,
        balance_after=balance,
    )


def holdings(group_id: UUID, member_id: UUID, *, on: date) -> list[Holding]:
    """Every product of the group with what she holds in it now, and what of that she may take out on a day."""
    hers = {one.product_id: one for one in accounts(group_id, member_id=member_id)}
    held = books.balances(group_id, account_ids=[one.account_id for one in hers.values()]) if hers else {}
    found = []
    for one in products(group_id):
        account = hers.get(one.id)
        balance = held[account.account_id] if account else 0
        opens = opens_on(group_id, one, account)
        locked = one.withdrawable in (Product.Withdrawable.NEVER, Product.Withdrawable.LEAVING)
        locked = locked or (one.withdrawable == Product.Withdrawable.FROM_DATE and (opens is None or on < opens))
        found.append(Holding(one, balance, 0 if locked else max(balance - one.floor, 0), opens))
    return found


def opens_on(group_id: UUID, product: Product, account: Account | None) -> date | None:
    """From which day on she may take from a product that is locked until then; None: from none that is known, or it is
    not locked in this way."""
    if product.term_months is None or account is None:
        return product.opens_on
    began = first_deposit_on(group_id, account)
    return None if began is None else dues.months_later(began, product.term_months)


def first_deposit_on(group_id: UUID, account: Account) -> date | None:
    """The day of the earliest deposit that was not taken back, or None."""
    made = Movement.objects.filter(group_id=group_id, account_id=account.id, kind=Movement.Kind.DEPOSIT)
    days = dict(made.values_list("entry_id", "effective_on"))
    undone = books.reversals(group_id, list(days))
    return min((day for entry_id, day in days.items() if entry_id not in undone), default=None)


def whole_runs(group_id: UUID, product: Product) -> QuerySet[InterestRun]:
    """The looks at all accounts' interest, latest month first."""
    return InterestRun.objects.filter(group_id=group_id, product_id=product.id, whole=True).order_by("-month")


def run_numbers(group_id: UUID, product: Product, *, since: date) -> dict[date, int]:
    """How many runs each month has had, from the month of `since` on."""
    found: dict[date, int] = {}
    for month in InterestRun.objects.filter(group_id=group_id, product_id=product.id, month__gte=since).values_list(
        "month", flat=True
    ):
        found[month] = found.get(month, 0) + 1
    return found


def interest_lines(group_id: UUID, account_ids: Collection[UUID], *, since: date) -> list[InterestLine]:
    """What was booked on these savings accounts for the months from `since` on and not taken back by hand, with what
    was taken back bearing the amount 0."""
    found = InterestLine.objects.filter(group_id=group_id, account_id__in=list(account_ids), month__gte=since)
    lines = list(found.select_related("run").order_by("month", "number"))
    undone = books.reversals(group_id, [line.run.entry_id for line in lines if line.run.entry_id])
    for line in lines:
        if line.run.entry_id in undone:
            line.amount = 0
    return lines
