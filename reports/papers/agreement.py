"""The agreement of a loan (surat perjanjian pinjaman): who, how much, what for, what it costs, and who answers for it.

It says what was agreed when the loan was paid out, whatever was agreed anew since; before that, what was approved, with
the schedule counted from the paper's last day.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext, override

from ledger.dates import long_day, weekday_day
from loans import applications, facts, pricing
from loans import queries as lending
from loans.account import Row
from loans.errors import LoanNotApproved
from loans.models import Installment as Kept
from loans.models import Loan, Purchase
from loans.schedule import Installment
from loans.terms import Terms, from_json
from loans.views.words import comma
from members import queries as members
from members.errors import OFFICES
from members.models import Group, Person
from reports.errors import FiguresDisagree, NoSuchPaper
from reports.papers import lent, spelled
from reports.papers.clauses import Clause, Deal, clauses
from reports.papers.duty import METERAI
from reports.papers.frame import Frame, Paper, Signature, Table, framed
from savings import queries as savings

SIGNERS = ("chair", "treasurer", "secretary")
"""Who may stand for the group, the first who is not the borrower herself."""
WITNESSES = 2


@dataclass(frozen=True, slots=True)
class Party:
    """Who agrees; "" where it is not known. `office` is the group's side alone, `number` and `nik` (its last digits)
    hers."""

    name: str
    office: str
    number: str
    nik: str
    address: str


@dataclass(frozen=True, slots=True)
class Bought:
    """A line of what is bought; `amount` is rounded half up."""

    item: str
    quantity: str
    unit: str
    unit_price: int
    supplier: str
    amount: int


@dataclass(frozen=True, slots=True)
class Due:
    """A row of the annex; `balance` is the principal owed after it."""

    number: int
    due_on: date
    principal: int
    interest: int
    fee: int
    due: int
    balance: int


@dataclass(frozen=True, slots=True)
class Agreement:
    """All that stands in it. `apr` and `effective` are percents a year as written, "" for none."""

    loan: int
    opening: str
    first: Party
    second: Party
    word: str
    clauses: tuple[Clause, ...]
    principal: int
    received: int
    repaid: int
    cost: int
    apr: str
    effective: str
    purchases: tuple[Bought, ...]
    rows: tuple[Due, ...]
    duty: int
    village: str

    @property
    def bought(self) -> int:
        return sum(one.amount for one in self.purchases)

    @property
    def remainder(self) -> int:
        """What of the principal buys nothing that is listed."""
        return self.principal - self.bought

    @property
    def interest(self) -> int:
        return sum(one.interest for one in self.rows)

    @property
    def fees(self) -> int:
        return sum(one.fee for one in self.rows)

    @property
    def largest(self) -> int:
        """The largest figure of the annex, which sizes its columns."""
        return max(self.repaid, self.principal)


def gather(group: Group, *, subject_id: UUID | None, since: date | None, until: date, frame: Frame) -> Paper:
    """The agreement of a loan, with the caller's lock on the book.

    Raises NoSuchPaper for no loan of the group, LoanNotApproved; FiguresDisagree where the ledger lent another sum.
    """
    loan = lent.named(group.id, subject_id)
    if loan is None:
        raise NoSuchPaper()
    if loan.status not in (Loan.Status.APPROVED, *Loan.LIVE):
        raise LoanNotApproved(loan=loan.number, status=loan.status)
    with override(frame.language):
        body = _agreement(group, loan, until, frame)
        said = totals(group.id, loan.id, since, until, frame.head_seq)
        if loan.disbursed_on is not None and loan.disbursed_on <= until and said["lent"] != body.principal:
            raise FiguresDisagree(name="lent", shown=body.principal, booked=said["lent"])
        return framed(
            frame,
            kind="agreement",
            title=gettext("Surat Perjanjian Pinjaman"),
            since=since,
            until=until,
            body=body,
            totals=said,
            tables=tables(body),
            signatures=signatures(body),
        )


def totals(
    group_id: UUID, subject_id: UUID | None, since: date | None, until: date, through_seq: int
) -> dict[str, int]:
    """`lent`: what its disbursement put on the loan's account of principal; 0 before it."""
    loan = lent.named(group_id, subject_id)
    if loan is None or loan.principal_account_id is None:
        return {"lent": 0}
    return {"lent": lending.lent(group_id, loan.principal_account_id, until=until, through_seq=through_seq)}


def tables(body: Agreement) -> tuple[Table, ...]:
    """The annex and what is bought as data."""
    rows = tuple(
        (one.number, one.due_on, one.principal, one.interest, one.fee, one.due, one.balance) for one in body.rows
    )
    bought = tuple(
        (one.item, one.quantity, one.unit, one.unit_price, one.supplier, one.amount) for one in body.purchases
    )
    return (
        Table("jadwal", ("number", "due_on", "principal", "interest", "fee", "due", "balance"), rows),
        Table("belanja", ("item", "quantity", "unit", "unit_price", "supplier", "amount"), bought),
    )


def signatures(body: Agreement) -> tuple[Signature, ...]:
    """The two parties, the witnesses, and the head of the village."""
    village = gettext("Kepala Desa %(name)s") % {"name": body.village} if body.village else gettext("Kepala Desa")
    return (
        Signature(f"{gettext('PIHAK PERTAMA')}, {body.first.office}", body.first.name),
        Signature(gettext("PIHAK KEDUA"), body.second.name),
        *(Signature(gettext("Saksi %(number)s") % {"number": at + 1}, "") for at in range(WITNESSES)),
        Signature(village, "", knows=True),
    )


def _agreement(group: Group, loan: Loan, until: date, frame: Frame) -> Agreement:
    agreed, rows = _agreed(group, loan, until)
    saved = loan.rules.get("compulsory_savings") or {}
    price = pricing.price(agreed, rows, compulsory_savings_per_installment=saved.get("amount", 0))
    product = savings.product(group.id, saved["product"]) if saved else None
    purchases = tuple(_bought(one) for one in loan.purchases.all())
    deal = Deal(
        terms=agreed,
        rules=loan.rules,
        price=price,
        word=gettext(group.interest_word),
        purpose=loan.purpose or "",
        has_purchases=bool(purchases),
        first_due_on=rows[0].due_on,
        last_due_on=rows[-1].due_on,
        paid_out=loan.disbursed_on is not None,
        saves=product.name.lower() if product is not None else str(saved.get("product", "")),
        cap=Decimal(group.rate_cap_percent),
        place=group.regency or "",
        currency=group.currency,
        language=frame.language,
    )
    return Agreement(
        loan=loan.number,
        opening=_opening(agreed.disbursed_on, frame),
        first=_group_side(group, loan),
        second=_borrower(group, loan),
        word=deal.word,
        clauses=clauses(deal),
        principal=agreed.principal,
        received=price.received,
        repaid=deal.repaid,
        cost=deal.cost,
        apr="" if price.apr_percent is None else comma(price.apr_percent),
        effective="" if price.effective_annual_rate_percent is None else comma(price.effective_annual_rate_percent),
        purchases=purchases,
        rows=tuple(_due(one) for one in rows),
        duty=METERAI,
        village=group.village or "",
    )


def _agreed(group: Group, loan: Loan, until: date) -> tuple[Terms, Sequence[Installment]]:
    """The terms and instalments of its disbursement; before that, those it would have on the paper's last day."""
    stored = lending.as_paid_out(group.id, loan.id) if loan.disbursed_on is not None else None
    plain: Sequence[Row | Kept]
    if stored is not None:
        agreed, plain = from_json(stored[0]), stored[1]
    else:
        agreed = applications.disbursed_terms(loan, disbursed_on=until, first_due_on=None, principal=loan.principal)
        plain = facts.rows_of(agreed, lending.calendar_of(group))
    found, balance = [], agreed.principal
    for one in plain:
        balance -= one.principal
        found.append(Installment(one.number, one.due_on, one.principal, one.interest, one.fee, balance, one.from_on))
    return agreed, found


def _due(one: Installment) -> Due:
    return Due(one.number, one.due_on, one.principal, one.interest, one.fee, one.due, one.balance)


def _bought(one: Purchase) -> Bought:
    price = one.bought_at if one.bought_at is not None else one.unit_price
    return Bought(
        item=one.item,
        quantity=comma(one.quantity),
        unit=one.unit,
        unit_price=price,
        supplier=one.supplier or "",
        amount=applications.cost([(one.quantity, price)]),
    )


def _opening(on: date, frame: Frame) -> str:
    language = frame.language
    words = {
        "weekday": weekday_day(on, language).split()[0],
        "day": spelled.number(on.day, language),
        "month": spelled.month(on, language),
        "year": spelled.number(on.year, language),
        "figures": long_day(on, language),
    }
    if not frame.place:
        return (
            gettext(
                "Pada hari ini, %(weekday)s, tanggal %(day)s bulan %(month)s tahun %(year)s (%(figures)s), kami yang "
                "bertanda tangan di bawah ini:"
            )
            % words
        )
    return gettext(
        "Pada hari ini, %(weekday)s, tanggal %(day)s bulan %(month)s tahun %(year)s (%(figures)s), di %(place)s, kami "
        "yang bertanda tangan di bawah ini:"
    ) % (words | {"place": frame.place})


def _group_side(group: Group, loan: Loan) -> Party:
    """Who stands for the group: nobody signs with herself."""
    held = {one.role: one for one in members.officers(group.id) if one.member_id != loan.member_id}
    office = next((held[role] for role in SIGNERS if role in held), None)
    if office is None:
        return Party("", gettext(OFFICES["chair"]).capitalize(), "", "", "")
    person = members.person_of(office)
    name = members.named(group.id, [office.user_id])[office.user_id].name or ""
    address = (person.address or "") if person is not None else ""
    return Party(name, gettext(OFFICES[office.role]).capitalize(), "", "", address)


def _borrower(group: Group, loan: Loan) -> Party:
    member = members.members(group.id, only=loan.member_id).get()
    person: Person = member.person
    return Party(
        name=person.name or gettext("Anggota nomor %(number)s") % {"number": member.number},
        office="",
        number=member.number,
        nik=f"{'*' * 12}{person.nik_last4}" if person.nik_last4 else "",
        address=person.address or "",
    )
