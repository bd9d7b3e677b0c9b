"""Telling the officers whose vote is missing: each votes from her own login, so all that can be done for her is to say
so."""

from dataclasses import dataclass
from urllib.parse import quote

from django.utils.translation import gettext

from loans.models import Loan
from loans.views import words
from members import access, queries
from members.page import Sitting


@dataclass(frozen=True, slots=True)
class Missing:
    """An officer who has not voted, and the address that opens WhatsApp with the request's figures."""

    called: str
    link: str


def missing(at: Sitting, loan: Loan, borrower: str) -> list[Missing]:
    """The officers with a telephone who may still vote on a request, but for her who looks. Nothing is sent by us, and
    nothing secret stands in it."""
    votes = [vote for vote in loan.votes.all() if vote.round == loan.round]
    done = {vote.user_id for vote in votes} | {at.user_id}
    found = []
    for office in queries.held(at.group_id).select_related("member__person").order_by("id"):
        member = office.member
        if office.user_id in done or office.role not in access.ACTS["vote_loan"]:
            continue
        if member is None or member.id == loan.member_id or not member.person.phone:
            continue
        called = words.called(member)
        facts = {
            "name": called,
            "who": borrower,
            "group": at.group.name,
            "number": loan.number,
            "sum": words.money(at, loan.principal),
            "have": len(votes),
            "need": loan.approvals_required,
        }
        said = gettext(
            "%(name)s, ada pengajuan pinjaman no. %(number)s dari %(who)s di kelompok %(group)s: %(sum)s. Suara yang "
            "masuk %(have)s dari %(need)s. Mohon dibuka di Lumbung dan beri suara."
        )
        phone = member.person.phone.lstrip("+")
        found.append(Missing(called, f"https://wa.me/{phone}?text={quote(said % facts)}"))
    return found
