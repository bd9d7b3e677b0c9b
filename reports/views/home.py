"""The first page of a group."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from ledger import queries as books
from loans import portfolio
from loans import queries as loans
from loans.views import words
from members import disputes
from members import queries as members
from members.page import Page, Sitting
from savings import queries as savings

CASH, BANK = "1-1010", "1-1110"


@dataclass(frozen=True, slots=True)
class Standing:
    """How the group stands today. `promised` of the cash is kept for loans that were approved; `late` is what fell due
    before today of loans and is unpaid, as their borrowers are reminded of it, and `late_words` what that holds."""

    cash: int
    promised: int
    bank: int
    saved: int
    outstanding: int
    late: int
    late_words: str
    members: int
    meets_on: date | None
    submitted: int
    approved: int
    awaiting: int
    disputes: int


def standing(at: Sitting) -> Standing:
    """The number of questions does not grow with what the group has."""
    money = books.accounts_by_code(at.group_id, [CASH, BANK])
    lent = portfolio.figures(at.group_id, as_of=at.today)
    late = loans.overdue(at.group, lent.late, before=at.today).values() if lent.late else ()
    asked = loans.in_state(at.group_id, "submitted", "approved")
    return Standing(
        cash=money[CASH].balance,
        promised=money[CASH].held,
        bank=money[BANK].balance,
        saved=savings.total_saved(at.group_id),
        outstanding=lent.outstanding,
        late=sum(one.total for one in late),
        late_words=words.made_of(at, late) if late else "",
        members=members.members(at.group_id, status="active").count(),
        meets_on=loans.next_meeting(at.group, at.today),
        submitted=asked["submitted"],
        approved=asked["approved"],
        awaiting=len(at.awaiting_her()),
        disputes=disputes.disputes(at.group_id, status="open").count(),
    )


class Home(Page):
    """What an officer sees first: the cash box, and what is asked of the group."""

    act = "see_group"
    template = "reports/home.html"
    tab = "home"

    def get(self, request: HttpRequest, **path: Any) -> HttpResponse:
        return super().get(request, **path) if self.at.officer else redirect(own_page(self.at))

    def show(self, at: Sitting) -> dict[str, Any]:
        return {"now": standing(at)}


def own_page(at: Sitting) -> str:
    """Where a member without office begins, or who signs in for a lender; an operator has no page of her own."""
    if at.lender:
        return reverse("p:portal", kwargs={"group_id": at.group_id})
    return reverse("p:me" if at.may("see_own") else "p:more", kwargs={"group_id": at.group_id})
