"""A member leaves in the middle of a year: what she saved pays what she owes, the rest is hers, all in one act."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from ledger import queries as books
from ledger import services as ledger
from ledger.money import credit, debit
from loans import facts, queries, recasting, services
from loans.applications import OPEN
from loans.errors import StillHeld, StillOwes, WorkInProgress
from loans.models import Loan
from members import services as members
from members.models import Group
from members.queries import MemberRow
from savings import queries as savings_of
from savings import services as savings

LEAVERS, SETTLEMENT = "2-1260", "settlement"
"""Through this account a leaver's savings go to her loans."""


@dataclass(frozen=True, slots=True)
class Left:
    """How it was settled: what she was paid, what went to her loans, and the entries."""

    paid_out: int
    offset_against_loan: int
    entry_ids: list[UUID]


def settle_leaver(group: Group, row: MemberRow, *, left_on: date, today: date, channel: str) -> Left:
    """End a member's stay on her last day. Her savings pay off her loans as of that day, and the rest is paid out.

    Raises WorkInProgress (a request is open), FollowedByOthers (something was done about a loan of hers after that
    day), StillOwes (her savings do not cover her debts), StillHeld (money of hers waits on a loan that is over),
    InsufficientCash, and what `members.services.leave` refuses.
    """
    group_id = group.id
    ledger.lock_book(group_id)
    asked = Loan.objects.filter(group_id=group_id, member_id=row.member.id, status__in=OPEN).first()
    if asked is not None:
        raise WorkInProgress(number=row.member.number, loan=asked.number)
    ground = facts.ground(group_id)
    running = Loan.objects.filter(group_id=group_id, member_id=row.member.id, disbursed_on__isnull=False)
    lived = list(running.exclude(ended_on__lte=left_on).order_by("id"))
    known = facts.read(group_id, lived, ground.days)
    for loan in lived:
        recasting.check_last(group_id, loan, known[loan.id], left_on)
    owed = [(one.loan, one.total) for one in queries.owed_by(group, row.member.id, as_of=left_on)]
    total = sum(amount for _, amount in owed)
    account = books.accounts_by_code(group_id, [LEAVERS])[LEAVERS].id
    offset = [credit(account, total)] if total else []
    try:
        settled = savings.pay_out_all(
            group_id, member_id=row.member.id, on=left_on, channel=channel, offset_lines=offset
        )
    except ValueError:
        saved = savings_of.total_of(group_id, row.member.id)
        raise StillOwes(number=row.member.number, owed=total - saved) from None
    entry_ids = list(settled.entry_ids)
    for loan, amount in owed:
        taken = services.take(
            group, loan, amount=amount, paid_on=left_on, channel=SETTLEMENT, money=debit(account, amount), ground=ground
        )
        entry_ids.append(taken.entry.id)
    _nothing_waits(group_id, running)
    members.leave(row, left_on=left_on, today=today)
    return Left(settled.paid_out, settled.offset, entry_ids)


def _nothing_waits(group_id: UUID, loans: Iterable[Loan]) -> None:
    """Money held for instalments that will never come would be hers and nobody would ask for it. Raises StillHeld."""
    accounts = {loan.held_account_id: loan for loan in loans if loan.held_account_id is not None}
    for id, held in books.balances(group_id, account_ids=list(accounts)).items():
        if held:
            raise StillHeld(loan=accounts[id].number, amount=held)
