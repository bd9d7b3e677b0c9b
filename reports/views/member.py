"""A member's card: who she is, what she has saved, what she owes, and what the officers may do for her."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from loans import queries as lending
from loans.collecting import Expected, Repayable, expected
from loans.models import Loan
from members.api.people import hers, noted
from members.page import Page, Sitting
from savings import queries as savings


@dataclass(frozen=True, slots=True)
class Boxes:
    """A running loan as boxes: `ticked` of `count` instalments are paid, the next `late` are overdue. `owed_late` is
    what they ask for; `next_*` what falls due after today."""

    loan: Loan
    count: int
    ticked: int
    late: int
    outstanding: int
    owed_late: int
    due_now: int
    next_due_on: date | None
    next_due_amount: int | None


@dataclass(frozen=True, slots=True)
class Card:
    """`saved` by the product's name. `asked` are her requests that nobody has paid out yet."""

    saved: list[tuple[str, int]]
    total: int
    due: Expected
    loans: list[Boxes]
    asked: list[Loan]


def card(at: Sitting, member_id: UUID) -> Card:
    """As it stands today."""
    due = expected(at.group, member_id, on=at.today)
    held = savings.savings_of(at.group_id, member_id)
    return Card(
        saved=[(one.name, held[one.product]) for one in due.savings],
        total=sum(held.values()),
        due=due,
        loans=[boxes(one, at.today) for one in due.loans],
        asked=list(lending.loans(at.group_id, member_id=member_id).filter(status__in=["submitted", "approved"])),
    )


def boxes(due: Repayable, today: date) -> Boxes:
    """A loan out of `loans.collecting.expected`."""
    state = due.state
    unpaid = [one for one in state.states if one.unpaid]
    return Boxes(
        loan=due.loan,
        count=len(state.states),
        ticked=len(state.states) - len(unpaid),
        late=sum(one.due_on < today for one in unpaid),
        outstanding=state.principal,
        owed_late=due.late,
        due_now=due.due_now,
        next_due_on=due.next_due_on,
        next_due_amount=due.next_due_amount,
    )


class Member(Page):
    """Everything about one member on one screen; to a member without office, herself. `baru=1`: she has just joined, so
    what is done next stands first."""

    act = "see_members"
    template = "reports/member.html"
    tab = "members"

    def show(self, at: Sitting, member_id: UUID) -> dict[str, Any]:
        row = hers(at.here, member_id)
        noted(at.here, member_id, "savings", "loans")
        joined = at.officer and at.request.GET.get("baru") == "1"
        return {"row": row, "person": row.member.person, "card": card(at, member_id), "joined": joined}
