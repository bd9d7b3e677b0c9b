"""What one member hands over at once, outside a meeting: deposits into her savings and repayments of her loans.

Amounts count the currency's smallest payable unit; days are in the group's time zone and inclusive.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from ledger import services as ledger
from loans import queries, services
from loans.account import Derived
from loans.errors import NothingCollected
from loans.models import Loan
from members.models import Group
from savings import queries as saved
from savings import services as savings
from savings.models import Due, Movement


@dataclass(frozen=True, slots=True)
class Collected:
    """What was taken, each part under an entry of its own."""

    deposits: list[Movement]
    repayments: list[services.Taken]

    @property
    def total(self) -> int:
        return sum(one.amount for one in self.deposits) + sum(one.repayment.amount for one in self.repayments)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a savings product asks of her by a day and has not got: `late` of it since before this month. `asks`: it
    asks for something at all; `once`: on joining alone."""

    product: str
    name: str
    due_now: int
    late: int
    asks: bool
    once: bool


@dataclass(frozen=True, slots=True)
class Repayable:
    """What falls due of a running loan by a day and is unpaid: `late` of it since before that day. `payoff` ends it."""

    loan: Loan
    state: Derived
    due_now: int
    late: int
    next_due_on: date | None
    next_due_amount: int | None
    payoff: int


@dataclass(frozen=True, slots=True)
class Expected:
    """What is due of a member on a day, over all her savings and loans: what she pays in full."""

    on: date
    savings: list[Asked]
    loans: list[Repayable]

    @property
    def total(self) -> int:
        return sum(one.due_now for one in self.savings) + sum(one.due_now for one in self.loans)


def collect(
    group: Group,
    member_id: UUID,
    *,
    deposits: Mapping[str, int],
    repayments: Mapping[UUID, int],
    paid_on: date,
    channel: str = "cash",
    carried_by: UUID | None = None,
) -> Collected:
    """Take all of it on `paid_on`, or none: `deposits` by the product's code, `repayments` by the loan's id.

    `channel` cash or bank. `carried_by` is the member who brought it; she herself is nobody else. Raises
    NothingCollected, NoSuchLoan for a loan that is not hers, and what `savings.services.deposit` and
    `services.post_repayment` refuse.
    """
    ledger.lock_book(group.id)
    if not deposits and not repayments:
        raise NothingCollected()
    carrier = None if carried_by == member_id else carried_by
    return Collected(
        [
            savings.deposit(
                group.id,
                member_id=member_id,
                product=product,
                amount=amount,
                effective_on=paid_on,
                channel=channel,
                carried_by=carrier,
            )
            for product, amount in deposits.items()
        ],
        [
            services.post_repayment(
                group,
                queries.loan(group.id, loan_id, only_of=member_id),
                amount=amount,
                paid_on=paid_on,
                channel=channel,
                carried_by=carrier,
            )
            for loan_id, amount in repayments.items()
        ],
    )


def expected(group: Group, member_id: UUID, *, on: date) -> Expected:
    """What is due of her on a day: every savings product, those that ask for nothing with 0, and her running loans."""
    products = list(saved.products(group.id))
    due = {row.product: row for row in saved.due_rows(group.id, as_of=on, member_id=member_id, known=products)}
    asked = [
        Asked(
            one.code,
            one.name,
            due[one.code].arrears if one.code in due else 0,
            due[one.code].late if one.code in due else 0,
            one.code in due,
            _asks_once(saved.due_on(one, on)),
        )
        for one in products
    ]
    owed = [
        Repayable(one.loan, one.state, one.due_now, one.arrears, one.next_due_on, one.next_due_amount, one.total)
        for one in queries.owed_by(group, member_id, as_of=on)
    ]
    return Expected(on, asked, owed)


def _asks_once(rule: Due | None) -> bool:
    return rule is not None and rule.amount is not None and rule.every is None
