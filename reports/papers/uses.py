"""What a group's loans were for, down to the raw materials bought. A part of the lender's paper: of all loans, or of
those that a facility funded. Members stand by number unless the reader may know names."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from django.utils.translation import gettext

from ledger import queries as books
from loans import queries as lending
from loans.models import Loan, Purchase
from members import queries as members
from members.models import Group
from reports.papers.frame import Table

FEW = 3
"""Sums over the loans of fewer members are told only to who may see the loans themselves."""


@dataclass(frozen=True, slots=True)
class Bought:
    """A line of raw material; `planned`: at the price it was asked for, the one paid is not known."""

    item: str
    quantity: str
    unit: str
    price: int
    amount: int
    supplier: str
    planned: bool


@dataclass(frozen=True, slots=True)
class Use:
    """A loan and what it bought; `rest` is the part of it that no line tells of."""

    loan: int
    who: str
    on: date
    purpose: str
    principal: int
    outstanding: int
    bought: tuple[Bought, ...]
    rest: int


@dataclass(frozen=True, slots=True)
class Material:
    """A raw material in one unit over all these loans, and the mean price of the unit; `price` None: of several."""

    item: str
    quantity: str
    unit: str
    amount: int
    price: int | None
    loans: int


@dataclass(frozen=True, slots=True)
class Uses:
    """Loans with what they bought, and the materials, the dearest first. `bought` and `rest` make up no more and no
    less than `lent` unless more was bought than was lent. None: what is not told, since it would be told of single
    members."""

    loans: tuple[Use, ...]
    materials: tuple[Material, ...]
    lent: int
    outstanding: int | None
    bought: int | None
    rest: int | None


def uses(
    group: Group, *, since: date | None, until: date, loan_ids: Collection[UUID] | None = None, named: bool = False
) -> Uses:
    """Of the loans that were paid out in that time, both days inclusive, or are owed at its end; `loan_ids`: of these
    alone."""
    lent = [one for one in lending.loans(group.id) if one.disbursed_on is not None and one.disbursed_on <= until]
    if loan_ids is not None:
        lent = [one for one in lent if one.id in loan_ids]
    accounts = [one.principal_account_id for one in lent if one.principal_account_id is not None]
    owed = books.balances(group.id, as_of=until, account_ids=accounts) if accounts else {}
    chosen = [one for one in lent if _owed(owed, one) or _within(one, since)]
    people = {one.id: one for one in members.members(group.id)}
    who = {
        id: (one.person.name if named else None) or gettext("Anggota nomor %(number)s") % {"number": one.number}
        for id, one in people.items()
    }
    rows = tuple(_use(one, who[one.member_id], _owed(owed, one)) for one in chosen)
    return Uses(
        loans=rows,
        materials=materials((one.number, line) for one in chosen for line in one.purchases.all()),
        lent=sum(one.principal for one in rows),
        outstanding=sum(one.outstanding for one in rows),
        bought=sum(line.amount for one in rows for line in one.bought),
        rest=sum(one.rest for one in rows),
    )


def veiled(found: Uses) -> Uses | None:
    """What may be told of these loans to a reader who may not see them one by one: figures behind which there are at
    least FEW members. A material of fewer is told with the others of its kind, if that makes it enough. None: there are
    so few members that any figure would be somebody's.
    """
    if _few(one.who for one in found.loans):
        return None
    told = replace(found, loans=())
    if _few(one.who for one in found.loans if one.outstanding):
        told = replace(told, outstanding=None)
    buyers = (one.who for one in found.loans if one.bought)
    if _few(buyers) or _few(one.who for one in found.loans if one.rest):
        return replace(told, bought=None, rest=None, materials=())  # each tells the other
    return replace(told, materials=_veiled(found))


def _veiled(found: Uses) -> tuple[Material, ...]:
    behind: dict[tuple[str, str], set[str]] = {}
    loans: dict[tuple[str, str], set[int]] = {}
    for one in found.loans:
        for line in one.bought:
            behind.setdefault(_key(line.item, line.unit), set()).add(one.who)
            loans.setdefault(_key(line.item, line.unit), set()).add(one.loan)
    rare = [one for one in found.materials if len(behind[_key(one.item, one.unit)]) < FEW]
    if not rare:
        return found.materials
    keys = [_key(one.item, one.unit) for one in rare]
    if _few(who for key in keys for who in behind[key]):
        return ()  # what is left of the sum would be theirs
    rest = Material(
        item=gettext("Bahan lain"),
        quantity="",
        unit="",
        amount=sum(one.amount for one in rare),
        price=None,
        loans=len({loan for key in keys for loan in loans[key]}),
    )
    return (*(one for one in found.materials if one not in rare), rest)


def _few(who: Iterable[str]) -> bool:
    """Whether there is somebody, and so few that a sum would tell of single members. Two of one name count as one."""
    return 0 < len(set(who)) < FEW


def _within(loan: Loan, since: date | None) -> bool:
    return since is None or (loan.disbursed_on is not None and loan.disbursed_on >= since)


def _owed(balances: dict[UUID, int], loan: Loan) -> int:
    return balances.get(loan.principal_account_id, 0) if loan.principal_account_id is not None else 0


def _use(loan: Loan, who: str, outstanding: int) -> Use:
    assert loan.disbursed_on is not None
    bought = tuple(_bought(one) for one in loan.purchases.all())
    return Use(
        loan=loan.number,
        who=who,
        on=loan.disbursed_on,
        purpose=loan.purpose or "",
        principal=loan.principal,
        outstanding=outstanding,
        bought=bought,
        rest=max(loan.principal - sum(one.amount for one in bought), 0),
    )


def _bought(one: Purchase) -> Bought:
    return Bought(
        item=one.item,
        quantity=counted(one.quantity),
        unit=one.unit,
        price=_price(one),
        amount=cost(one.quantity, _price(one)),
        supplier=one.supplier or "",
        planned=one.bought_at is None,
    )


def _price(one: Purchase) -> int:
    return one.unit_price if one.bought_at is None else one.bought_at


def cost(quantity: Decimal, price: int) -> int:
    """What so much of it costs, half up."""
    return int((quantity * price).quantize(Decimal(1), ROUND_HALF_UP))


def materials(lines: Iterable[tuple[int, Purchase]]) -> tuple[Material, ...]:
    """By item and unit, however they were written."""
    found: dict[tuple[str, str], tuple[str, str, Decimal, int, set[int]]] = {}
    for loan, one in lines:
        key = _key(one.item, one.unit)
        item, unit, quantity, amount, loans = found.get(key, (one.item, one.unit, Decimal(0), 0, set()))
        found[key] = (item, unit, quantity + one.quantity, amount + cost(one.quantity, _price(one)), loans | {loan})
    rows = (
        Material(item, counted(quantity), unit, amount, cost(Decimal(amount) / quantity, 1), len(loans))
        for item, unit, quantity, amount, loans in found.values()
    )
    return tuple(sorted(rows, key=lambda one: (-one.amount, one.item)))


def _key(item: str, unit: str) -> tuple[str, str]:
    return " ".join(item.split()).casefold(), unit.casefold()


def counted(quantity: Decimal) -> str:
    """`1.250`, `12,5`: a quantity without the zeros at its end."""
    whole, _, rest = f"{quantity:,.3f}".partition(".")
    rest = rest.rstrip("0")
    return whole.replace(",", ".") + (f",{rest}" if rest else "")


def tables(body: Uses) -> tuple[Table, ...]:
    """Loans, their purchases and the materials as data."""
    return (
        Table(
            "penggunaan",
            ("loan", "who", "date", "purpose", "principal", "outstanding", "rest"),
            tuple(
                (one.loan, one.who, one.on, one.purpose, one.principal, one.outstanding, one.rest) for one in body.loans
            ),
        ),
        Table(
            "pembelian",
            ("loan", "item", "quantity", "unit", "price", "amount", "supplier"),
            tuple(
                (one.loan, line.item, line.quantity, line.unit, line.price, line.amount, line.supplier)
                for one in body.loans
                for line in one.bought
            ),
        ),
        Table(
            "bahan",
            ("item", "quantity", "unit", "amount", "price", "loans"),
            tuple((one.item, one.quantity, one.unit, one.amount, one.price, one.loans) for one in body.materials),
        ),
    )
