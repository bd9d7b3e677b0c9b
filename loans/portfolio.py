"""A group's loans together at the end of any day, read in sets from what is booked: instalments of the version in force
on that day, and what had been paid of them by then. A closed month stays as it was: what was taken back after it counts
from the day that its taking back bears.

Arrears are what fell due before the day and is unpaid, principal and interest apart; interest that was earned and not
paid when a loan was rescheduled falls due with the first new instalment, as `accrual` has it. PAR n is the whole
outstanding principal of loans with an instalment at least n days late (n=1: late at all). LAR and RR are those of the
POB of 2013: loans with three instalments late or more, by number and by what is not in arrears. Percents have two
places, half up; None where there is nothing to divide by.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

from ledger import kernel
from ledger.context import in_book
from loans import classes, facts
from loans.accrual import earned
from members.models import Group

RISKS = (1, 30, 60, 90)
LATE = 3
"""So many instalments late, and a loan counts for LAR and RR."""
YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class ArrearsRow:
    """One loan with what is late of it."""

    loan_id: UUID
    member_id: UUID
    number: int
    outstanding_principal: int
    principal_arrears: int
    interest_arrears: int
    days_past_due: int
    installments_late: int
    worst_days: int
    class_name: str = ""

    @property
    def late(self) -> bool:
        return self.principal_arrears > 0 or self.interest_arrears > 0


@dataclass(frozen=True, slots=True)
class Risk:
    """An amount at risk, and how much of the whole that is."""

    amount: int
    percent: Decimal | None


@dataclass(frozen=True, slots=True)
class ClassRow:
    """The loans of one class, what they owe, and what has to be set aside for it."""

    class_name: str
    loans: int
    outstanding: int
    provision: int


@dataclass(frozen=True, slots=True)
class Figures:
    """The portfolio's sums at the end of a day; `par` by days. `late`: the loans of which something is late."""

    loans: int
    outstanding: int
    arrears_principal: int
    arrears_interest: int
    par: dict[int, int]
    late: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Portfolio:
    """All that a lender asks of it."""

    groups: int
    loans: int
    outstanding: int
    arrears_principal: int
    arrears_interest: int
    par: dict[int, Risk]
    lar_percent: Decimal | None
    repayment_rate_percent: Decimal | None
    yield_percent: Decimal | None
    write_off_percent: Decimal | None
    classes: list[ClassRow]
    provisions_due: int


@dataclass(frozen=True, slots=True)
class _Year:
    """What twelve months brought: interest received, principal written off, and twice the average outstanding."""

    interest: int
    written_off: int
    outstanding_twice: int


@dataclass(frozen=True, slots=True)
class Collected:
    """A month by its first day: what fell due of principal and interest by the schedule then in force, and what was
    paid of them, early and late payments included."""

    month: date
    due: int
    paid: int


def collected(group_id: UUID, *, since: date, until: date) -> list[Collected]:
    """Every month from that of `since` to that of `until` in which anything fell due or was paid between the two days,
    both inclusive. Nothing falls due of a loan after its end."""
    rows = kernel.call(COLLECTED, {"group": group_id, "since": since, "until": until})
    return [Collected(month, int(due), int(paid)) for month, due, paid in rows]


def figures(group_id: UUID, *, as_of: date) -> Figures:
    """The sums alone."""
    return _summed(_rows(group_id, as_of))


def arrears(group: Group, *, as_of: date) -> list[ArrearsRow]:
    """The loans of which something is late, the oldest number first, each with its class by the group's preset."""
    return [row for row in _classed(group, as_of) if row.late]


def standing(group: Group, *, as_of: date) -> list[ArrearsRow]:
    """Every loan that owes principal, the oldest number first, each with its class by the group's preset."""
    return _classed(group, as_of)


def portfolio(group: Group, *, as_of: date) -> Portfolio:
    """The group's portfolio."""
    rows = _classed(group, as_of)
    return _portfolio(1, rows, _class_rows(group.arrears_preset, rows), _year(group.id, as_of, rows))


def operator_portfolio(user_id: UUID, as_of: date, *, currency: str) -> Portfolio:
    """The portfolio of all groups that keep their books in a currency, demonstrations apart; one short transaction a
    group. Groups differ in their preset, so a class is named after its own: "koperasi: Lancar"."""
    rows: list[ArrearsRow] = []
    found: dict[str, ClassRow] = {}
    years: list[_Year] = []
    groups = list(Group.objects.filter(currency=currency, demo=False).order_by("id"))
    for group in groups:

        def read(group: Group = group) -> tuple[list[ArrearsRow], _Year]:
            found = _classed(group, as_of)
            return found, _year(group.id, as_of, found)

        theirs, year = in_book(group.id, user_id, read)
        rows += theirs
        years.append(year)
        for one in _class_rows(group.arrears_preset, theirs):
            name = f"{group.arrears_preset}: {one.class_name}"
            known = found.get(name, ClassRow(name, 0, 0, 0))
            found[name] = ClassRow(
                name,
                known.loans + one.loans,
                known.outstanding + one.outstanding,
                known.provision + one.provision,
            )
    together = _Year(
        sum(year.interest for year in years),
        sum(year.written_off for year in years),
        sum(year.outstanding_twice for year in years),
    )
    return _portfolio(len(groups), rows, list(found.values()), together)


def _portfolio(groups: int, rows: Sequence[ArrearsRow], found: list[ClassRow], year: _Year) -> Portfolio:
    sums = _summed(rows)
    late = [row for row in rows if row.installments_late >= LATE]
    late_principal = sum(row.principal_arrears for row in late)
    return Portfolio(
        groups=groups,
        loans=sums.loans,
        outstanding=sums.outstanding,
        arrears_principal=sums.arrears_principal,
        arrears_interest=sums.arrears_interest,
        par={days: Risk(amount, percent(amount, sums.outstanding)) for days, amount in sums.par.items()},
        lar_percent=percent(len(late), sums.loans),
        repayment_rate_percent=percent(sums.outstanding - late_principal, sums.outstanding),
        yield_percent=percent(2 * year.interest, year.outstanding_twice),
        write_off_percent=percent(2 * year.written_off, year.outstanding_twice),
        classes=found,
        provisions_due=sum(one.provision for one in found),
    )


def percent(part: int, whole: int) -> Decimal | None:
    """`part` in percent of `whole`, two places, half up; None of nothing."""
    return (Decimal(100 * part) / whole).quantize(Decimal("0.01"), ROUND_HALF_UP) if whole else None


def _summed(rows: Sequence[ArrearsRow]) -> Figures:
    return Figures(
        loans=len(rows),
        outstanding=sum(row.outstanding_principal for row in rows),
        arrears_principal=sum(row.principal_arrears for row in rows),
        arrears_interest=sum(row.interest_arrears for row in rows),
        par={days: sum(row.outstanding_principal for row in rows if row.days_past_due >= days) for days in RISKS},
        late=tuple(row.loan_id for row in rows if row.late),
    )


def _classed(group: Group, as_of: date) -> list[ArrearsRow]:
    """Every loan with its class: the worst one of a reschedule for the cure period."""
    found = []
    for row in _rows(group.id, as_of, cure_days=group.cure_days):
        worst = max(row.days_past_due, row.worst_days)
        late = max(row.installments_late, -(-row.worst_days // 30))
        kind = classes.classify(group.arrears_preset, days_past_due=worst, installments_late=late)
        found.append(_with_class(row, kind.name))
    return found


def _with_class(row: ArrearsRow, name: str) -> ArrearsRow:
    return ArrearsRow(
        row.loan_id,
        row.member_id,
        row.number,
        row.outstanding_principal,
        row.principal_arrears,
        row.interest_arrears,
        row.days_past_due,
        row.installments_late,
        row.worst_days,
        name,
    )


def _class_rows(preset: str, rows: Iterable[ArrearsRow]) -> list[ClassRow]:
    """Every class of the preset, also the empty ones; the provision is reckoned loan by loan."""
    known = list(rows)
    found = []
    for kind in classes.PRESETS[preset].classes:
        owed = [row.outstanding_principal for row in known if row.class_name == kind.name]
        due = sum(classes.provision(amount, kind.provision) for amount in owed)
        found.append(ClassRow(kind.name, len(owed), sum(owed), due))
    return found


def _rows(group_id: UUID, as_of: date, *, cure_days: int = 0) -> list[ArrearsRow]:
    brought = _brought(group_id, as_of)
    given: dict[str, Any] = {"group": group_id, "day": as_of, "cure": cure_days}
    given |= {"loans": list(brought), "brought": list(brought.values())}
    given["out"] = list(facts.out_of_books(group_id, as_of=as_of))
    return [ArrearsRow(*row) for row in kernel.call(ROWS, given)]


def _brought(group_id: UUID, as_of: date) -> dict[UUID, int]:
    """The interest that rescheduled loans brought into the version in force on the day: earned under the ones before,
    and unpaid when it began."""
    brought: dict[UUID, int] = {}
    for (loan_id, _), rows in groupby(kernel.call(LEFT, {"group": group_id, "day": as_of}), itemgetter(0, 1)):
        before, so_far, paid = brought.get(loan_id, 0), 0, 0
        for _, _, on, method, received, first, from_on, due_on, interest in rows:
            paid = int(received)
            so_far += earned(interest + (before if first else 0), from_on, due_on, on=on, method=method)
        brought[loan_id] = max(so_far - paid, 0)
    return brought


def _year(group_id: UUID, as_of: date, rows: Sequence[ArrearsRow]) -> _Year:
    [row] = kernel.call(YEARS, {"group": group_id, "day": as_of, "before": as_of - YEAR})
    interest, written_off = row
    then = figures(group_id, as_of=as_of - YEAR).outstanding
    now = sum(row.outstanding_principal for row in rows)
    return _Year(int(interest), int(written_off), then + now)


ROWS = """
with loan as materialized (
    select id, member_id, number, principal from loans_loan
     where group_id = %(group)s and disbursed_on <= %(day)s and status in ('active', 'paid_off', 'written_off')
       and (status = 'active' or ended_on > %(day)s) and id <> all(%(out)s::uuid[])
), live as materialized (
    select distinct on (loan_id) loan_id, number, origin from loans_version
     where group_id = %(group)s and not replaced and effective_on <= %(day)s
     order by loan_id, effective_on desc, ordinal desc
), cured as materialized (
    select loan_id, max(days_past_due) as days from loans_version
     where group_id = %(group)s and effective_on <= %(day)s and effective_on > %(day)s::date - %(cure)s::int
     group by loan_id
), paid as materialized (
    select loan_id, origin, number, sum(amount) filter (where component = 'principal') as principal,
           sum(amount) filter (where component = 'interest') as interest
      from loans_line
     where group_id = %(group)s and effective_on <= %(day)s and repayment_id is not null
       and component in ('principal', 'interest')
     group by loan_id, origin, number
), whole as materialized (
    select loan_id, sum(principal) as principal from paid group by loan_id
), due as materialized (
    select loan_id, version, number, due_on, principal, interest from loans_installment
     where group_id = %(group)s and due_on < %(day)s
), unpaid as materialized (
    select live.loan_id, due.version = live.number as counts, due.due_on,
           greatest(due.principal - coalesce(p.principal, 0), 0) as principal,
           greatest(due.interest + case due.number when 1 then coalesce(b.amount, 0) else 0 end
                    - coalesce(p.interest, 0), 0) as interest
      from live
      join due on due.loan_id = live.loan_id
      left join paid p on p.loan_id = live.loan_id and p.origin = live.origin and p.number = due.number
      left join unnest(%(loans)s::uuid[], %(brought)s::bigint[]) b (loan_id, amount) on b.loan_id = live.loan_id
), late as materialized (
    select loan_id, sum(principal) filter (where counts) as principal, sum(interest) filter (where counts) as interest,
           min(due_on) filter (where counts and principal + interest > 0) as since,
           count(*) filter (where counts and principal + interest > 0) as installments
      from unpaid group by loan_id
)
select loan.id, loan.member_id, loan.number, (loan.principal - coalesce(whole.principal, 0))::bigint,
       coalesce(late.principal, 0)::bigint, coalesce(late.interest, 0)::bigint,
       coalesce(%(day)s::date - late.since, 0), coalesce(late.installments, 0)::int, coalesce(cured.days, 0)
  from loan
  left join whole on whole.loan_id = loan.id
  left join late on late.loan_id = loan.id
  left join cured on cured.loan_id = loan.id
 where loan.principal > coalesce(whole.principal, 0)
 order by loan.number
"""
"""Whoever plans it takes every group for a usual one. So each table is read by itself, and what is found is joined
whole: nothing is looked up row by row, and no condition on a join makes a large group look like a single loan."""
COLLECTED = """
with chain as materialized (
    select loan_id, number, effective_on,
           lead(effective_on) over (partition by loan_id order by effective_on, ordinal) as left_on
      from loans_version where group_id = %(group)s and not replaced
), due as materialized (
    select i.due_on as day, i.principal + i.interest as due, 0::bigint as paid
      from loans_installment i
      join chain c on c.loan_id = i.loan_id and c.number = i.version
      join loans_loan l on l.group_id = i.group_id and l.id = i.loan_id
     where i.group_id = %(group)s and i.due_on between %(since)s and %(until)s
       and i.due_on >= c.effective_on and (c.left_on is null or i.due_on < c.left_on)
       and l.status in ('active', 'paid_off', 'written_off') and (l.ended_on is null or i.due_on <= l.ended_on)
), paid as materialized (
    select effective_on as day, 0::bigint as due, amount as paid from loans_line
     where group_id = %(group)s and effective_on between %(since)s and %(until)s
       and repayment_id is not null and component in ('principal', 'interest')
)
select date_trunc('month', day)::date, sum(due), sum(paid)
  from (select * from due union all select * from paid) one
 group by 1 order by 1
"""
LEFT = """
with chain as materialized (
    select loan_id, number, origin, terms->>'method' as method, effective_on, ordinal,
           lead(effective_on) over (partition by loan_id order by effective_on, ordinal) as left_on
      from loans_version where group_id = %(group)s and not replaced and effective_on <= %(day)s
), paid as materialized (
    select l.loan_id, l.origin, sum(l.amount) as interest
      from chain c join loans_line l on l.group_id = %(group)s and l.loan_id = c.loan_id and l.origin = c.origin
     where c.left_on is not null and l.component = 'interest' and l.repayment_id is not null
       and l.effective_on <= %(day)s
     group by l.loan_id, l.origin
)
select c.loan_id, c.number, c.left_on, c.method, coalesce(p.interest, 0), i.number = 1, i.from_on, i.due_on, i.interest
  from chain c
  join loans_installment i on i.group_id = %(group)s and i.loan_id = c.loan_id and i.version = c.number
  left join paid p on p.loan_id = c.loan_id and p.origin = c.origin
 where c.left_on is not null
 order by c.loan_id, c.effective_on, c.ordinal, i.number
"""
"""The rows of every version that another had followed by the day: when, and what interest had been paid to it."""
YEARS = """
select coalesce((select sum(amount) from loans_line where group_id = %(group)s and repayment_id is not null
                    and component = 'interest' and effective_on > %(before)s and effective_on <= %(day)s), 0),
       coalesce((select sum(principal) from loans_writeoff w
                  where w.group_id = %(group)s and w.effective_on > %(before)s and w.effective_on <= %(day)s
                    and (w.reversed_by is null or exists (
                         select from ledger_entry m where m.group_id = %(group)s and m.id = w.reversed_by
                            and m.effective_on > %(day)s))), 0)
"""
