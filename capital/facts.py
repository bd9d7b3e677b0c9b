"""A facility's facts as they are stored, read for many facilities in one statement and handed to `account.derive`."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from capital.account import Drawn, Facts, Key
from capital.models import Facility
from ledger import kernel
from loans.account import Payment, Row

day_of = date.fromisoformat


def read(group_id: UUID, facilities: Sequence[Facility], *, as_of: date | None = None) -> dict[UUID, Facts]:
    """The facts of these facilities by id: as they are known now, or, for the end of a day, without what bears a later
    one, and with the money whose taking back bears a later one."""
    by_id = {facility.id: facility for facility in facilities}
    found = kernel.call(FACTS, {"group": group_id, "facilities": list(by_id), "as_of": as_of})
    return {row[0]: _facts(by_id[row[0]], row) for row in found}


def _facts(facility: Facility, row: Sequence[Any]) -> Facts:
    _, drawdowns, installments, payments = row
    rows: dict[str, list[Row]] = defaultdict(list)
    for drawdown, number, from_on, due_on, principal, interest, fee in installments or ():
        rows[drawdown].append(Row(number, day_of(from_on), day_of(due_on), principal, interest, fee))
    method = facility.terms["method"]
    return Facts(
        tuple(
            Drawn(UUID(id), number, day_of(on), amount, method, ordinal, tuple(rows[id]))
            for id, number, on, amount, ordinal in drawdowns or ()
        ),
        tuple(Payment(UUID(id), day_of(on), amount, ordinal) for id, on, amount, ordinal in payments or ()),
        facility.accrues,
    )


def booked(group_id: UUID, facilities: Sequence[Facility]) -> dict[UUID, dict[Key, int]]:
    """What stands in the books of these facilities, in the words of `account`."""
    found: dict[UUID, dict[Key, int]] = {facility.id: {} for facility in facilities}
    for facility_id, *about, amount in kernel.call(BOOKED, {"group": group_id, "facilities": list(found)}):
        found[facility_id][Key(*about)] = int(amount)
    return found


STANDS = """
    (%(as_of)s::date is null and t.reversed_by is null
     or t.{day} <= %(as_of)s::date and (t.reversed_by is null or exists (
        select from ledger_entry m where m.group_id = %(group)s and m.id = t.reversed_by
           and m.effective_on > %(as_of)s::date)))"""
FACTS = f"""
select f.id,
       (select json_agg(json_build_array(t.id, t.number, t.drawn_on, t.amount, t.ordinal) order by t.ordinal)
          from capital_drawdown t where t.group_id = %(group)s and t.facility_id = f.id
           and {STANDS.format(day="drawn_on")}),
       (select json_agg(json_build_array(i.drawdown_id, i.number, i.from_on, i.due_on, i.principal, i.interest, i.fee)
                        order by i.drawdown_id, i.number)
          from capital_drawdown d
          join capital_installment i on i.group_id = %(group)s and i.drawdown_id = d.id
         where d.group_id = %(group)s and d.facility_id = f.id),
       (select json_agg(json_build_array(t.id, t.paid_on, t.amount, t.ordinal) order by t.ordinal)
          from capital_payment t where t.group_id = %(group)s and t.facility_id = f.id
           and {STANDS.format(day="paid_on")})
  from capital_facility f where f.group_id = %(group)s and f.id = any(%(facilities)s::uuid[])
"""  # noqa: S608  (our own words)
BOOKED = """
select facility_id, payment_id, effective_on, drawdown_id, number, component, sum(amount)
  from capital_line where group_id = %(group)s and facility_id = any(%(facilities)s::uuid[])
 group by facility_id, payment_id, effective_on, drawdown_id, number, component having sum(amount) <> 0
"""
