"""What a lender is shown of the group it lends to: sums, loans under their numbers, members as far as the consent says.

Whose a loan is, and what a member is called, is asked of `members.disclosures.labels` and of nobody else: it knows what
the consent opens, and tells the member. Purposes, suppliers, telephone numbers and everything else that people wrote
about people stays in the group; of a purchase the item, how much of it and at which price.
Amounts are whole counts of the currency's smallest payable unit at the end of `as_of`.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from capital import queries as capital
from capital.queries import Standing
from loans import portfolio
from loans import queries as loans
from loans.models import Purchase
from members import disclosures
from members import queries as members
from members.disclosures import Label
from members.models import Seat
from reports.papers.periods import month_ends
from reports.papers.quality import MONTHS
from savings import queries as savings

NOBODY = Label(None, None)


@dataclass(frozen=True, slots=True)
class Material:
    """A line of raw material a loan is for; `price` of one unit, the one really paid where it is known."""

    item: str
    quantity: Decimal
    unit: str
    price: int


@dataclass(frozen=True, slots=True)
class LentRow:
    """A loan that owes principal, with whose it is as far as she may know."""

    number: int
    whose: Label
    principal: int
    disbursed_on: date | None
    outstanding: int
    principal_arrears: int
    interest_arrears: int
    days_past_due: int
    class_name: str
    materials: tuple[Material, ...]


@dataclass(frozen=True, slots=True)
class BorrowerRow:
    """A member who is here, or who still owes something."""

    whose: Label
    joined_on: date
    saved: int
    outstanding: int
    arrears: int


def lent(seat: Seat, *, as_of: date, today: date) -> list[LentRow]:
    """The loans, the oldest number first. The number of questions does not grow with them."""
    rows = portfolio.standing(seat.group, as_of=as_of)
    known = {loan.id: loan for loan in loans.loans(seat.group_id).filter(id__in=[row.loan_id for row in rows])}
    called = disclosures.labels(seat, {row.member_id for row in rows}, "loans", today=today)
    return [
        LentRow(
            number=row.number,
            whose=called.get(row.member_id, NOBODY),
            principal=known[row.loan_id].principal,
            disbursed_on=known[row.loan_id].disbursed_on,
            outstanding=row.outstanding_principal,
            principal_arrears=row.principal_arrears,
            interest_arrears=row.interest_arrears,
            days_past_due=row.days_past_due,
            class_name=row.class_name,
            materials=tuple(material(one) for one in known[row.loan_id].purchases.all()),
        )
        for row in rows
    ]


def material(one: Purchase) -> Material:
    """What was paid for it really, if that is known."""
    return Material(one.item, one.quantity, one.unit, one.unit_price if one.bought_at is None else one.bought_at)


def facilities(seat: Seat, *, as_of: date) -> list[Standing]:
    """What the lender promised the group, as it stands; to an officer, what every lender did. The number of questions
    does not grow with them."""
    found = capital.facilities(seat.group_id, lender_id=seat.lender_id).filter(opened_on__lte=as_of)
    return capital.standings(seat.group_id, list(found), on=as_of)


def borrowers(seat: Seat, *, as_of: date, today: date) -> list[BorrowerRow]:
    """The members by their place in the book, each with what she saved and owes."""
    owed: dict[UUID, tuple[int, int]] = {}
    for row in portfolio.standing(seat.group, as_of=as_of):
        outstanding, late = owed.get(row.member_id, (0, 0))
        late += row.principal_arrears + row.interest_arrears
        owed[row.member_id] = (outstanding + row.outstanding_principal, late)
    saved = savings.totals_of(seat.group_id, as_of=as_of)
    shown = here(seat, as_of) | set(owed)
    rows = [row for row in map(members.row, members.members(seat.group_id)) if row.member.id in shown]
    called = disclosures.labels(seat, shown, "savings", "loans", today=today)
    return [
        BorrowerRow(
            whose=called[row.member.id],
            joined_on=row.joined_on,
            saved=saved.get(row.member.id, 0),
            outstanding=owed.get(row.member.id, (0, 0))[0],
            arrears=owed.get(row.member.id, (0, 0))[1],
        )
        for row in rows
    ]


def here(seat: Seat, as_of: date) -> set[UUID]:
    """The members of the day."""
    stays = members.stays(seat.group_id)
    return {one.member_id for one in stays if one.joined_on <= as_of and (one.left_on is None or one.left_on >= as_of)}


@dataclass(frozen=True, slots=True)
class Collected:
    """Principal and interest that fell due, and what was paid of them; None percent: nothing fell due."""

    due: int
    paid: int
    percent: Decimal | None


@dataclass(frozen=True, slots=True)
class Totals:
    """The group in sums: who is here, what they saved, what is lent, and what came in of what fell due in the twelve
    months to the day, as the lender's statement has it."""

    members: int
    saved: int
    lent: portfolio.Portfolio
    collected: Collected


def totals(seat: Seat, *, as_of: date) -> Totals:
    """Sums alone."""
    return Totals(
        members=len(here(seat, as_of)),
        saved=sum(savings.totals_of(seat.group_id, as_of=as_of).values()),
        lent=portfolio.portfolio(seat.group, as_of=as_of),
        collected=collected(seat.group_id, as_of),
    )


def collected(group_id: UUID, until: date) -> Collected:
    """The twelve months to a day, its own month among them."""
    came = portfolio.collected(group_id, since=month_ends(until, MONTHS)[0].replace(day=1), until=until)
    due, paid = sum(one.due for one in came), sum(one.paid for one in came)
    return Collected(due, paid, portfolio.percent(paid, due))
