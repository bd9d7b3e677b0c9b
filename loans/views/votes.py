"""An officer's vote on a request, with all she has to know before it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.utils.translation import gettext

from ledger import queries as books
from loans import queries
from loans.api.requests import loan_json, loan_of
from loans.models import Loan
from loans.views import words
from loans.views.overview import agreed_cost, bought, voted
from loans.views.telling import missing
from members.forms import Act, Choice, Words
from members.page import FormPage, Sitting, back_to
from savings import queries as savings

DECISIONS = [("approve", "approve"), ("reject", "reject")]


class VoteForm(Act):
    """Her decision is the button she presses; a note may go with it."""

    def __init__(self, data: QueryDict | None) -> None:
        super().__init__(data)
        self.fields["note"] = Words(required=False, label=gettext("Catatan"))
        if data is not None:
            self.fields["decision"] = Choice(DECISIONS)


@dataclass(frozen=True, slots=True)
class Borrower:
    """What the voters look at: savings by product, loans that run, and what is late of them."""

    saved: list[tuple[str, int]]
    total: int
    loans: list[words.Stand]
    late: int
    free: int
    after: int


class LoanVote(FormPage):
    """Approve or reject; each officer from her own login, once, and nobody on her own loan."""

    act = "vote_loan"
    template = "loans/vote.html"
    tab = "loans"

    def form(self, at: Sitting, data: QueryDict | None = None, *, loan_id: UUID) -> VoteForm:
        loan_of(at.here, loan_id)
        return VoteForm(data)

    def show(self, at: Sitting, loan_id: UUID) -> dict[str, Any]:
        loan_of(at.here, loan_id)
        loan = queries.loans(at.group_id).get(id=loan_id)
        facts = loan_json(at.here, loan, None, alone=True)
        offices = words.officers_by_id(at.group_id)
        called = words.called(words.members_by_id(at.group_id, [loan.member_id]).get(loan.member_id))
        broken = [one for one in facts["limits"] or () if not one["ok"]]
        return {
            "loan": loan,
            "facts": facts,
            "called": called,
            "missing": missing(at, loan, called) if loan.status == Loan.Status.SUBMITTED else [],
            "votes": [vote | {"by": offices.get(vote["officer_id"], "")} for vote in facts["votes"]],
            "cost": agreed_cost(at, loan),
            "condition": words.condition(at, loan.terms),
            "purchases": bought(facts["purchases"]),
            "borrower": borrower(at, loan),
            "broken": bool(broken),
            "approvable": all(one["code"] == "cash" for one in broken),
            "own": loan.member_id == at.seat.member_id,
            "voted": voted(at, loan),
            "waits": loan.status == Loan.Status.SUBMITTED,
            "seated": at.seat.member_id is not None,
        }

    def send(self, at: Sitting, form: VoteForm, loan_id: UUID) -> HttpResponse:
        given = form.cleaned_data
        body = {"decision": given["decision"]} | ({"note": given["note"]} if given["note"] else {})
        done = at.do("loan-approvals", body, loan_id=loan_id).data
        if done["status"] == Loan.Status.APPROVED:
            messages.success(at.request, gettext("Disetujui. Uangnya disisihkan untuk dicairkan."))
        elif done["status"] == Loan.Status.REJECTED:
            messages.success(at.request, gettext("Pengajuan ditolak."))
        else:
            messages.success(at.request, gettext("Suara tercatat. Masih menunggu suara pengurus lain."))
        return back_to(at, "loan", loan_id=loan_id)


def borrower(at: Sitting, loan: Loan) -> Borrower:
    """What stands of the woman who asks, and the group's money that is free before and after."""
    names = {one.code: one.name for one in savings.products(at.group_id)}
    saved = savings.savings_of(at.group_id, loan.member_id)
    running = list(queries.open_loans(at.group_id, loan.member_id).exclude(id=loan.id))
    derived = queries.states(at.group, running, on=at.today)
    stands = [words.stand(one, None, derived.get(one.id), at.today) for one in running]
    free = max(books.available(at.group_id, code) for code in ("1-1010", "1-1110"))
    return Borrower(
        saved=[(names.get(code, code), amount) for code, amount in saved.items() if amount],
        total=sum(saved.values()),
        loans=stands,
        late=sum(one.late for one in stands),
        free=free,
        after=free - loan.principal,
    )
