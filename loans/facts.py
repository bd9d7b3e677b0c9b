"""A loan's facts as they are stored, read for many loans in one statement and handed to `accrual.derive`.

Written out rather than built: every repayment asks this, and each of its parts through the query builder would cost as
much as all of them together.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any, Literal, cast
from uuid import UUID

from ledger import kernel
from ledger.errors import FutureDate, PeriodClosed
from loans import calendar, schedule, terms
from loans.account import ChargeMade, Facts, Key, Payment, PenaltyRule, Plan, Row, Rules, WaiverMade
from loans.models import Loan

Unit = Literal["day", "week", "month"]
day_of = date.fromisoformat


@dataclass(frozen=True, slots=True)
class Ground:
    """What all loans of a group stand on: its calendar, today in its zone, how far its nights and closed months have
    come, and the accounts that loans share, by code."""

    days: calendar.Calendar
    today: date
    night: date | None
    first_open: date | None
    accounts: dict[str, UUID]


def open_day(ground: Ground, day: date) -> None:
    """Raises FutureDate, PeriodClosed: a day on which nothing can be booked."""
    if day > ground.today:
        raise FutureDate(effective_on=day, today=ground.today)
    if ground.first_open is not None and day < ground.first_open:
        raise PeriodClosed(effective_on=day, first_open_on=ground.first_open)


def ground(group_id: UUID) -> Ground:
    """The group's own, in one statement."""
    [row] = kernel.call(GROUND, {"group": group_id, "codes": list(SHARED)})
    meets_from, every, unit, holidays, today, night, first_open, accounts = row
    meeting = None if meets_from is None else calendar.Meeting(meets_from, every, cast(Unit, unit))
    days = calendar.Calendar(
        closed=frozenset(day_of(day) for day, closed in holidays or () if closed),
        opened=frozenset(day_of(day) for day, closed in holidays or () if not closed),
        meeting=meeting,
    )
    return Ground(days, today, night, first_open, {code: UUID(id) for code, id in accounts.items()})


def rules_of(loan: Loan, days: calendar.Calendar) -> Rules:
    """What was agreed with the loan, as the arithmetic takes it."""
    agreed: dict[str, Any] = loan.rules
    return Rules(
        allocation=agreed["allocation"],
        excess=agreed["excess"],
        flat_rebate=agreed["flat_rebate"],
        penalty=penalty_rule(agreed.get("penalty")),
        accrues=loan.accrues,
        nonperforming_days=loan.nonperforming_days,
        meeting=days.meeting,
    )


def penalty_rule(stored: dict[str, Any] | None) -> PenaltyRule | None:
    """A product's `penalty`, its percents from their texts."""
    if stored is None:
        return None
    percents = {
        name: None if stored.get(name) is None else Decimal(stored[name]) for name in ("percent", "cap_percent")
    }
    return PenaltyRule(
        per=stored["per"], amount=stored.get("amount"), grace_days=stored.get("grace_days") or 0, **percents
    )


def rows_of(agreed: terms.Terms, days: calendar.Calendar) -> tuple[Row, ...]:
    """The schedule of terms, each row with the day its period begins."""
    return tuple(
        Row(one.number, one.from_on, one.due_on, one.principal, one.interest, one.fee)
        for one in schedule.schedule(agreed, days)
    )


def _redone(kept: dict[str, Any], days: calendar.Calendar, principal: int) -> tuple[Row, ...]:
    """The rows of terms for another principal."""
    return rows_of(replace(terms.from_json(kept), principal=principal), days)


def read(
    group_id: UUID, loans: Sequence[Loan], days: calendar.Calendar, *, as_of: date | None = None
) -> dict[UUID, Facts]:
    """The facts of these loans by id: as they are known now, or, for the end of a day, with the money whose taking back
    bears a later one, since the month it came in was closed."""
    by_id = {loan.id: loan for loan in loans}
    found = kernel.call(FACTS, {"group": group_id, "loans": list(by_id), "as_of": as_of})
    return {row[0]: _facts(by_id[row[0]], row, days) for row in found}


def _facts(loan: Loan, row: Sequence[Any], days: calendar.Calendar) -> Facts:
    _, versions, installments, payments, charges, waivers = row
    rows: dict[int, list[Row]] = defaultdict(list)
    for version, number, from_on, due_on, principal, interest, fee in installments or ():
        rows[version].append(Row(number, day_of(from_on), day_of(due_on), principal, interest, fee))
    return Facts(
        loan.id,
        rules_of(loan, days),
        tuple(
            Plan(number, origin, day_of(on), ordinal, tuple(rows[number]), partial(_redone, kept, days), kept["method"])
            for number, origin, on, ordinal, kept in versions or ()
        ),
        tuple(Payment(UUID(id), day_of(on), amount, ordinal) for id, on, amount, ordinal in payments or ()),
        tuple(ChargeMade(UUID(id), kind, amount, day_of(on)) for id, kind, amount, on in charges or ()),
        tuple(WaiverMade(UUID(id), day_of(on), ordinal) for id, on, ordinal in waivers or ()),
    )


def until(known: Facts, day: date) -> Facts:
    """What had happened by the end of a day: later money, waivers and versions are left out."""
    return replace(
        known,
        plans=tuple(plan for plan in known.plans if plan.effective_on <= day or plan.version == known.plans[0].version),
        payments=tuple(one for one in known.payments if one.paid_on <= day),
        waivers=tuple(one for one in known.waivers if one.waived_on <= day),
    )


def booked(group_id: UUID, loans: Sequence[Loan]) -> dict[UUID, dict[Key, int]]:
    """What stands in the books of these loans, in the words of `accrual`."""
    found: dict[UUID, dict[Key, int]] = {loan.id: {} for loan in loans}
    for loan_id, *about, amount in kernel.call(BOOKED, {"group": group_id, "loans": list(found)}):
        found[loan_id][Key(*about)] = int(amount)
    return found


def out_of_books(group_id: UUID, *, as_of: date) -> set[UUID]:
    """The loans that were written off at the end of a day, although that was taken back since: by an entry that bears
    a later day, since the month was closed."""
    return {id for (id,) in kernel.call(OUT_OF_BOOKS, {"group": group_id, "day": as_of})}


SHARED = ("1-1010", "1-1110", "4-1010", "4-1020", "4-1030")
GROUND = """
select g.meets_from, g.meeting_every, g.meeting_unit,
       (select json_agg(json_build_array(h.day, h.closed)) from members_holiday h where h.group_id = %(group)s),
       (select (clock_timestamp() at time zone b.timezone)::date from ledger_book b where b.group_id = %(group)s),
       (select n.through from loans_night n where n.group_id = %(group)s),
       (select b.closed_through + 1 from ledger_book b where b.group_id = %(group)s),
       (select json_object_agg(a.code, a.id) from ledger_account a
         where a.group_id = %(group)s and a.code = any(%(codes)s::text[]))
  from members_group g where g.id = %(group)s
"""
FACTS = """
select l.id,
       (select json_agg(json_build_array(v.number, v.origin, v.effective_on, v.ordinal, v.terms)
                        order by v.effective_on, v.ordinal)
          from loans_version v where v.group_id = %(group)s and v.loan_id = l.id and not v.replaced),
       (select json_agg(json_build_array(i.version, i.number, i.from_on, i.due_on, i.principal, i.interest, i.fee)
                        order by i.version, i.number)
          from loans_installment i where i.group_id = %(group)s and i.loan_id = l.id),
       (select json_agg(json_build_array(r.id, r.paid_on, r.amount, r.ordinal) order by r.ordinal)
          from loans_repayment r where r.group_id = %(group)s and r.loan_id = l.id
           and (r.reversed_by is null or exists (
                select from ledger_entry m where m.group_id = %(group)s and m.id = r.reversed_by
                   and m.effective_on > %(as_of)s::date))),
       (select json_agg(json_build_array(c.id, c.kind, c.amount, c.due_on) order by c.id)
          from loans_charge c where c.group_id = %(group)s and c.loan_id = l.id),
       (select json_agg(json_build_array(w.charge_id, w.waived_on, w.ordinal) order by w.ordinal)
          from loans_waiver w where w.group_id = %(group)s and w.loan_id = l.id)
  from loans_loan l where l.group_id = %(group)s and l.id = any(%(loans)s::uuid[])
"""
BOOKED = """
select loan_id, repayment_id, effective_on, origin, number, component, sum(amount)
  from loans_line where group_id = %(group)s and loan_id = any(%(loans)s::uuid[])
 group by loan_id, repayment_id, effective_on, origin, number, component having sum(amount) <> 0
"""
OUT_OF_BOOKS = """
select w.loan_id from loans_writeoff w
  join ledger_entry e on e.group_id = %(group)s and e.id = w.entry_id and e.kind = 'loan_write_off'
  join ledger_entry m on m.group_id = %(group)s and m.id = w.reversed_by and m.effective_on > %(day)s
 where w.group_id = %(group)s and w.reversed_by is not null and w.effective_on <= %(day)s
"""
