"""Who may do what, as one table, and the one way into a group's books.

`seat` decides what a user is in a group; without a seat the group does not exist for her (404). `may` looks the act up
in `ACTS`; an act that is not hers is refused (403). No other module decides either. To a lender's seat the group exists
while a consent is in force, and of the acts that name `lender` those are hers that a scope of it opens (`OPENED_BY`).
"""

from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

from django.utils import timezone

from ledger import context
from members import consents, lookups
from members.errors import NotAllowed, NotFound
from members.models import SCOPES, Group, Seat, User
from members.models.consents import LOANS, NAMED, PSEUDONYM, TOTALS

T = TypeVar("T")
CHAIR, TREASURER, SECRETARY, SUPERVISOR = "chair", "treasurer", "secretary", "supervisor"
MEMBER, OPERATOR, LENDER = "member", "operator", "lender"
OFFICERS = frozenset({CHAIR, TREASURER, SECRETARY, SUPERVISOR})
BOARD = OFFICERS - {SUPERVISOR}

ACTS: dict[str, frozenset[str]] = {
    "see_group": OFFICERS | {MEMBER, OPERATOR, LENDER},
    "change_group": frozenset({CHAIR, TREASURER}),
    "confirm_policy": OFFICERS,
    "see_members": OFFICERS | {MEMBER},  # a member's seat: herself alone
    "add_member": BOARD,
    "change_member": BOARD,
    "open_login": BOARD,
    "enroll_device": BOARD,
    "settle_leaver": OFFICERS,
    "erase_member": OFFICERS,
    "see_officers": OFFICERS,
    "appoint_officer": frozenset({CHAIR, TREASURER}),
    "end_office": frozenset({CHAIR, TREASURER}),
    "set_own_pin": OFFICERS,
    "see_pending": OFFICERS,
    "withdraw_pending": OFFICERS,
    "see_books": OFFICERS,
    "see_head": OFFICERS | {MEMBER},
    "post_journal": frozenset({TREASURER}),
    "confirm_journal": OFFICERS,
    "reverse_entry": frozenset({TREASURER}),
    "see_loans": OFFICERS | {MEMBER},  # a member's seat: her own
    "request_loan": BOARD | {MEMBER},  # a member's seat: for herself
    "withdraw_loan": BOARD | {MEMBER},
    "quote_loan": OFFICERS | {MEMBER},
    "vote_loan": OFFICERS,
    "disburse_loan": frozenset({TREASURER}),
    "record_repayment": frozenset({TREASURER}),
    "charge_loan": frozenset({TREASURER}),
    "recast_loan": OFFICERS,
    "change_loan_products": frozenset({CHAIR, TREASURER}),
    "see_portfolio": OFFICERS,
    "see_totals": OFFICERS | {LENDER},  # sums alone
    "see_lent": OFFICERS | {LENDER},  # loan by loan, whose only as far as the consent says
    "see_borrowers": OFFICERS | {LENDER},  # members as far as the consent says
    "see_portal": frozenset({LENDER}),
    "see_consents": OFFICERS,
    "give_consent": BOARD,
    "confirm_consent": OFFICERS,
    "revoke_consent": OFFICERS,
    "see_access_log": OFFICERS,
    "open_lender_login": BOARD,
    "close_month": OFFICERS,
    "reopen_month": OFFICERS,
    "see_savings": OFFICERS | {MEMBER},  # a member's seat: her own alone
    "change_savings_products": frozenset({CHAIR, TREASURER}),
    "record_savings": frozenset({TREASURER}),
    "confirm_savings": OFFICERS,
    "see_own": frozenset({MEMBER}),  # her own page, an officer's as well
    "raise_dispute": frozenset({MEMBER}),
    "see_disputes": OFFICERS | {MEMBER},  # a member's seat: her own
    "answer_dispute": BOARD,
    "see_sights": OFFICERS | {MEMBER},  # a member's seat: who looked at hers
    "export_member": OFFICERS | {MEMBER},  # a member's seat: herself
    "see_receipts": OFFICERS | {MEMBER},  # a member's seat: her own
    "see_capital": OFFICERS,
    "change_lenders": frozenset({CHAIR, TREASURER}),
    "record_capital": frozenset({TREASURER}),
    "confirm_capital": OFFICERS,
    "fund_loan": frozenset({TREASURER}),
    "see_statements": OFFICERS | {MEMBER, LENDER},  # a member's seat: what names her alone; a lender's: its own
    "ask_statement": OFFICERS | {MEMBER, LENDER},  # a member's seat: her own kinds; a lender's: its own
    "see_facilities": OFFICERS | {LENDER},  # a lender's seat: its own
    "reissue_statement": BOARD,  # and revoke
    "collect": frozenset({TREASURER}),  # record_savings and record_repayment in one
}
"""Act → who may: an office, `member` (whoever has a member record), `operator` (of the service, without a seat),
`lender` (whoever signs in for one, as far as `OPENED_BY` says)."""

OPENED_BY: dict[str, tuple[str, ...]] = {
    "see_group": SCOPES,
    "see_portal": SCOPES,
    "see_totals": (TOTALS,),
    "see_lent": (LOANS,),
    "see_borrowers": (NAMED, PSEUDONYM),
    "see_facilities": SCOPES,
    "see_statements": SCOPES,
    "ask_statement": SCOPES,
}
"""Act of a lender → the scopes of which any one opens it, the widest first: under that it is noted."""
ASKED = frozenset({"ask_statement"})
"""What a lender may do besides looking: it changes nothing in the books, and is noted like what it sees."""
WHOSE: dict[str, tuple[str, ...]] = {"see_lent": (NAMED, PSEUDONYM)}
"""Act of a lender → the scopes under which the answer says beside it whose a thing is, the widest first."""


def seat(user: User, group_id: UUID) -> Seat:
    """What `user` is in the group, with the group; an operator's is empty, and a lender's knows what the consents open
    on the group's own day. Raises NotFound for anybody else, and for a lender without one."""
    found = lookups.seat_of(user, group_id)
    if found is not None:
        return found if found.lender_id is None else with_scopes(found)
    group = Group.objects.filter(id=group_id).first() if user.is_operator else None
    if group is None:
        raise NotFound()
    return Seat(user=user, group=group, roles=[])


def with_scopes(seat: Seat) -> Seat:
    """A lender's seat with what the consents in force open today. Raises NotFound without any."""
    group_id, lender_id, today = seat.group_id, seat.lender_id, seat.group.day_at(timezone.now())
    assert lender_id is not None
    opened = context.in_book(group_id, seat.user_id, lambda: consents.scopes(group_id, lender_id, today))
    if not opened:
        raise NotFound()
    seat.scopes = opened
    return seat


def scopes_for(seat: Seat, act: str) -> list[str]:
    """Of what is open to a lender's seat, the scope that opens the act to her, and the one that says whose; empty: the
    act is closed to her."""
    opens = next((scope for scope in OPENED_BY.get(act, ()) if scope in seat.scopes), None)
    whose = next((scope for scope in WHOSE.get(act, ()) if scope in seat.scopes), None)
    return [] if opens is None else [scope for scope in (opens, whose) if scope is not None]


def own_only(seat: Seat) -> Seat:
    """The seat of who came in with a card: a member's, without her offices. Raises NotFound when she is none."""
    if seat.member_id is None:
        raise NotFound()
    member = User(id=seat.user.id, username=seat.user.username, password_is=seat.user.password_is)
    return Seat(id=seat.id, user=member, group=seat.group, roles=[], member_id=seat.member_id)


def titles(seat: Seat) -> frozenset[str]:
    """Every word of `ACTS` that fits the seat. Who signs in for a lender is nothing besides."""
    if seat.lender_id is not None:
        return frozenset({LENDER})
    member = {MEMBER} if seat.member_id else set()
    return frozenset(seat.roles) | member | ({OPERATOR} if seat.user.is_operator else set())


def may(seat: Seat, act: str) -> bool:
    """Whether the act is hers. An act that is not in the table is a bug (KeyError)."""
    fits = not ACTS[act].isdisjoint(titles(seat))
    return fits and (seat.lender_id is None or bool(scopes_for(seat, act)))


def require(seat: Seat, act: str) -> None:
    """Raises NotAllowed unless the act is hers."""
    if not may(seat, act):
        raise NotAllowed()


def for_officers(act: str) -> bool:
    """Whether an act is one for officers, of whichever office, and for no member without one."""
    return MEMBER not in ACTS[act]


def is_officer(seat: Seat) -> bool:
    """Whether she sees the whole group; a member without office sees herself."""
    return bool(seat.roles)


def in_group(
    user: User, group_id: UUID, act: str, body: Callable[[Seat], T], *, limits: context.Limits = context.WEB
) -> T:
    """`ledger.context.in_book` for a person: the seat and the act are decided first. Raises NotFound, NotAllowed."""
    hers = seat(user, group_id)
    require(hers, act)
    return context.in_book(group_id, user.id, lambda: body(hers), limits=limits)
