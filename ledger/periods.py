"""What a book did in a time, by the accounts of the chart: each with all its leaves, from postings alone.

`through_seq` reads it as it was once that entry was recorded, so that a paper says the same again whatever came later;
days are inclusive. Amounts are on the account's normal side. Entries that carry a year's income and costs over to the
surplus (`CARRIED`) are no income and no cost: they are told apart.
"""

from collections.abc import Collection
from datetime import date
from typing import NamedTuple
from uuid import UUID

from ledger import kernel
from ledger.chart import MONEY

CARRIED = ("3-3010", "3-3020")
"""Where the surplus stands that is not distributed yet."""


class Stood(NamedTuple):
    """An account of the chart over a time: before it, debited and credited in it, carried over in it, after it."""

    code: str
    name: str
    name_en: str
    kind: str
    normal: str
    opening: int
    debit: int
    credit: int
    carried: int
    closing: int

    @property
    def moved(self) -> int:
        """What was added to it, carrying over apart."""
        return self.closing - self.opening - self.carried

    def called(self, language: str) -> str:
        """Its name; the English one for any English."""
        return self.name_en if language.startswith("en") else self.name


class Flow(NamedTuple):
    """What cash and bank took in and gave out with an account of the chart on the other side. What took an entry back
    counts against its side."""

    code: str
    kind: str
    incoming: int
    outgoing: int


def stood(group_id: UUID, *, since: date, until: date, through_seq: int) -> list[Stood]:
    """Every account of the chart that ever moved by then, by code."""
    asked = {"group": group_id, "since": since, "until": until, "through": through_seq, "carried": list(CARRIED)}
    return [Stood(*row[:5], *map(int, row[5:])) for row in kernel.call(STOOD, asked)]


def flows(group_id: UUID, *, since: date, until: date, through_seq: int, money: Collection[str] = MONEY) -> list[Flow]:
    """What moved cash and bank, by the other side's account: the two columns make up what cash gained. What goes from
    one account of money to another is no flow; what was withheld from money paid out counts as if it had come."""
    asked = {"group": group_id, "since": since, "until": until, "through": through_seq, "money": list(money)}
    return [Flow(code, kind, int(come), int(gone)) for code, kind, come, gone in kernel.call(FLOWS, asked)]


def shown(one: Stood, amount: int) -> int:
    """An amount on an account as its kind shows it: what stands against the kind, an allowance say, is negative."""
    grows = "D" if one.kind in ("asset", "expense") else "C"
    return amount if one.normal == grows else -amount


CHANGE = "case a.normal when 'D' then p.debit - p.credit else p.credit - p.debit end"
BY_CHART = """ledger_posting p
  join ledger_account a on a.group_id = p.group_id and a.id = p.account_id
  left join ledger_account up on up.group_id = a.group_id and up.id = a.parent_id"""
STOOD = f"""
with carrying as materialized (
    select distinct p.seq from {BY_CHART}
     where p.group_id = %(group)s and coalesce(up.code, a.code) = any(%(carried)s)
       and p.effective_on <= %(until)s and p.seq <= %(through)s
       and exists (select from ledger_posting o
                     join ledger_account r on r.group_id = o.group_id and r.id = o.account_id
                    where o.group_id = p.group_id and o.seq = p.seq and r.kind in ('income', 'expense'))
), line as materialized (
    select coalesce(up.code, a.code) as code, coalesce(up.name, a.name) as name,
           coalesce(up.name_en, a.name_en) as name_en, a.kind, a.normal, p.debit, p.credit, {CHANGE} as change,
           p.effective_on < %(since)s as before, c.seq is not null as carries
      from {BY_CHART}
      left join carrying c on c.seq = p.seq
     where p.group_id = %(group)s and p.effective_on <= %(until)s and p.seq <= %(through)s
)
select code, name, name_en, kind, normal,
       coalesce(sum(change) filter (where before), 0),
       coalesce(sum(debit) filter (where not before and not carries), 0),
       coalesce(sum(credit) filter (where not before and not carries), 0),
       coalesce(sum(change) filter (where not before and carries), 0),
       sum(change)
  from line group by 1, 2, 3, 4, 5 order by 1"""  # noqa: S608  (our own words)
FLOWS = f"""
with line as materialized (
    select p.seq, coalesce(up.code, a.code) as code, a.kind, p.credit - p.debit as change
      from {BY_CHART}
     where p.group_id = %(group)s and p.effective_on between %(since)s and %(until)s and p.seq <= %(through)s
       and exists (select from ledger_posting o
                     join ledger_account m on m.group_id = o.group_id and m.id = o.account_id
                     left join ledger_account mu on mu.group_id = m.group_id and mu.id = m.parent_id
                    where o.group_id = p.group_id and o.seq = p.seq and coalesce(mu.code, m.code) = any(%(money)s))
)
select line.code, line.kind,
       coalesce(sum(line.change) filter (where (line.change > 0) = (e.reverses_id is null)), 0),
       coalesce(-sum(line.change) filter (where (line.change < 0) = (e.reverses_id is null)), 0)
  from line
  join ledger_entry e on e.group_id = %(group)s and e.seq = line.seq
 where line.code <> all(%(money)s)
 group by 1, 2 order by 1"""  # noqa: S608
