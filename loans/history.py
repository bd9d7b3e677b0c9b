"""What moved on a member's loans, as her own book tells it: paid out to her, paid by her, and taken back."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from ledger import kernel


@dataclass(frozen=True, slots=True)
class LoanLine:
    """An entry on one of her loans. `amount` is positive for what was paid out to her, negative for what she paid; a
    mirror has the other sign and keeps, in `about`, the kind of what it took back. `undone`: a mirror follows it."""

    entry_id: UUID
    command_id: UUID
    seq: int
    effective_on: date
    kind: str
    about: str
    number: int
    amount: int
    undone: bool


def lines(group_id: UUID, member_id: UUID, *, limit: int, entry_id: UUID | None = None) -> list[LoanLine]:
    """Her latest lines over all her loans, newest first in order of (effective_on, seq); those of one entry if told.
    What a later division of her money changed is not among them: no money moved. One statement."""
    asked = {"group": group_id, "member": member_id, "entry": entry_id, "most": limit}
    return [LoanLine(*row) for row in kernel.call(LINES, asked)]


LINES = """
with hers as (
    select id, number, principal_account_id
      from loans_loan where group_id = %(group)s and member_id = %(member)s),
moved as (
    select r.entry_id, h.number, -r.amount as amount
      from hers h join loans_repayment r on r.group_id = %(group)s and r.loan_id = h.id
    union all
    select c.entry_id, h.number, -c.amount
      from hers h join loans_recovery c on c.group_id = %(group)s and c.loan_id = h.id
    union all
    select e.id, h.number, p.debit
      from hers h
      join ledger_posting p on p.group_id = %(group)s and p.account_id = h.principal_account_id and p.debit > 0
      join ledger_entry e on e.group_id = %(group)s and e.seq = p.seq and e.kind = 'loan_disbursement'),
told as (
    select e.id, e.command_id, e.seq, e.effective_on, e.kind, e.kind as about, m.number, m.amount,
           exists (select from ledger_entry u where u.group_id = %(group)s and u.reverses_id = e.id) as undone
      from moved m join ledger_entry e on e.group_id = %(group)s and e.id = m.entry_id
    union all
    select u.id, u.command_id, u.seq, u.effective_on, u.kind, e.kind, m.number, -m.amount, false
      from moved m
      join ledger_entry e on e.group_id = %(group)s and e.id = m.entry_id
      join ledger_entry u on u.group_id = %(group)s and u.reverses_id = e.id)
select * from told where %(entry)s::uuid is null or id = %(entry)s::uuid
 order by effective_on desc, seq desc limit %(most)s
"""
