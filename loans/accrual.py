"""What should stand in the books of one loan on a day: derived from its schedule, the money received, its charges and
its rules, always by the same arithmetic. Imports no Django.

`derive` lives the loan day by day up to `through`, inclusive, and writes a line for everything that moves: money that
pays a part of an instalment, interest that becomes income when it is due (under accrual), penalties that arise. What
stands in the books already is compared with these lines elsewhere, and only the difference is booked.

Amounts count the currency's smallest payable unit. On one day, in this order: penalties for being late at the end of
the day before, interest that falls due, money held for instalments that fall due, then what people did, as recorded.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID, uuid5

from loans.account import Charged, Derived, Facts, Key, Payment, Payoff, PenaltyRule, Plan, Row, State, WaiverMade
from loans.allocation import EXCESS, FEE, INDONESIAN, INTEREST, PENALTY, PRINCIPAL, Piece, allocate

ONE_DAY = timedelta(days=1)
FLAT = ("flat", "sum_of_digits")
"""Methods whose interest is agreed as a sum; the others earn it day by day on what is owed."""


class PlanIsMoot(Exception):
    """Nothing is owed any more on the day on which version `version` of the schedule begins."""

    def __init__(self, version: int) -> None:
        self.version = version
        super().__init__(version)


def late_charge_id(loan_id: UUID, origin: int, number: int) -> UUID:
    """The id of all penalties that arise from being late with one instalment."""
    return uuid5(loan_id, f"late {origin} {number}")


def percent_of(amount: int, percent: Decimal) -> int:
    """`percent` of an amount, half up."""
    top, bottom = (percent / 100).as_integer_ratio()
    return (2 * amount * top + bottom) // (2 * bottom)


def earned(interest: int, from_on: date, due_on: date, *, on: date, method: str) -> int:
    """The interest of an instalment that belongs to the time up to `on`: all once it is due; of a flat sum all once its
    period has begun; else by days, half up."""
    if on >= due_on:
        return interest
    if on <= from_on:
        return 0
    if method in FLAT:
        return interest
    days, part = (due_on - from_on).days, (on - from_on).days
    return (2 * interest * part + days) // (2 * days)


K = TypeVar("K", bound=Any)


def difference(wanted: Mapping[K, int], standing: Mapping[K, int], first_open: date | None) -> dict[K, int]:
    """What is wanted less what stands, a closed day (before `first_open`) counted as the first open one. A key is about
    a day, `on`."""
    found: dict[K, int] = {}
    for sign, lines in ((1, wanted), (-1, standing)):
        for key, amount in lines.items():
            place: K = replace(key, on=first_open) if first_open is not None and key.on < first_open else key
            found[place] = found.get(place, 0) + sign * amount
    return {key: amount for key, amount in found.items() if amount}


def derive(facts: Facts, through: date) -> Derived:
    """The loan's lines and its state at the end of `through`. Raises PlanIsMoot."""
    return _Life(facts).lived(through)


class _Charge:
    """A charge while the loan is lived through."""

    __slots__ = ("amount", "due_on", "id", "kind", "late", "paid", "recognised", "waived")

    def __init__(self, id: UUID, kind: str, amount: int, due_on: date, *, late: bool = False, recognised: int = 0):
        self.id, self.kind, self.amount, self.due_on, self.late = id, kind, amount, due_on, late
        self.paid = self.waived = 0
        self.recognised = recognised

    @property
    def left(self) -> int:
        return self.amount - self.waived - self.paid


class _Instalment:
    """An instalment while the loan is lived through; `recognised` is the interest that was taken as income."""

    __slots__ = (
        *("number", "from_on", "due_on", "principal", "interest", "fee", "agreed"),
        *("paid", "charges", "late", "recognised", "penalty_on", "penalties"),
    )

    def __init__(self, row: Row):
        self.number, self.from_on, self.due_on = row.number, row.from_on, row.due_on
        self.principal, self.interest, self.fee = row.principal, row.interest, row.fee
        self.agreed = row.principal + row.interest + row.fee
        self.paid = {PRINCIPAL: 0, INTEREST: 0, FEE: 0}
        self.charges: list[_Charge] = []
        self.late: _Charge | None = None
        self.recognised = 0
        self.penalty_on: date | None = None
        self.penalties = 0

    @property
    def late_part(self) -> int:
        """What penalties are reckoned from: unpaid principal, interest and agreed fee."""
        paid = self.paid
        return self.principal - paid[PRINCIPAL] + self.interest - paid[INTEREST] + self.fee - paid[FEE]

    @property
    def all_charges(self) -> list[_Charge]:
        return self.charges if self.late is None else [self.late, *self.charges]

    @property
    def unpaid(self) -> int:
        return self.late_part + sum(charge.left for charge in self.all_charges)

    def pieces(self) -> Iterator[tuple[Piece, _Charge | None]]:
        number, due_on, paid = self.number, self.due_on, self.paid
        for charge in self.all_charges:
            if charge.left:
                yield Piece(number, charge.kind, charge.left, due_on, charge.due_on), charge
        for component, owed in ((FEE, self.fee), (INTEREST, self.interest), (PRINCIPAL, self.principal)):
            if owed > paid[component]:
                yield Piece(number, component, owed - paid[component], due_on, due_on), None

    def earned(self, on: date, method: str) -> int:
        return earned(self.interest, self.from_on, self.due_on, on=on, method=method)

    def state(self) -> State:
        charges = self.all_charges
        owed = {PENALTY: 0, FEE: self.fee, INTEREST: self.interest, PRINCIPAL: self.principal}
        paid = {PENALTY: 0, FEE: self.paid[FEE], INTEREST: self.paid[INTEREST], PRINCIPAL: self.paid[PRINCIPAL]}
        for one in charges:
            owed[one.kind] += one.amount - one.waived
            paid[one.kind] += one.paid
        shown = tuple(
            Charged(one.id, one.kind, one.amount, one.due_on, one.paid, one.waived, one.late) for one in charges
        )
        return State(self.number, self.from_on, self.due_on, owed, paid, shown)


class _Held:
    """What is left of a payment that waits for instalments to fall due."""

    __slots__ = ("left", "payment_id")

    def __init__(self, payment_id: UUID, left: int):
        self.payment_id, self.left = payment_id, left


class _Life:
    """One loan, lived day by day."""

    def __init__(self, facts: Facts):
        self.facts, self.rules = facts, facts.rules
        first = facts.plans[0]
        self.version, self.origin, self.method = first.version, first.origin, first.method
        self.plans = [first]
        self.rows = [_Instalment(row) for row in first.rows]
        self.lines: dict[Key, int] = {}
        self.held: list[_Held] = []
        self.left_over: dict[UUID, int] = {}
        self.paid_off_on: date | None = None
        for charge in sorted(facts.charges, key=lambda one: (one.due_on, one.id)):
            self._place(_Charge(charge.id, charge.kind, charge.amount, charge.due_on))
        self._expect_penalties()

    # -- the days -----------------------------------------------------------------------------------------------------

    def lived(self, through: date) -> Derived:
        done: dict[date, list[tuple[int, object]]] = {}
        for payment in self.facts.payments:
            done.setdefault(payment.paid_on, []).append((payment.ordinal, payment))
        for waiver in self.facts.waivers:
            done.setdefault(waiver.waived_on, []).append((waiver.ordinal, waiver))
        for plan in self.facts.plans[1:]:
            done.setdefault(plan.effective_on, []).append((plan.ordinal, plan))
        today = date.min
        while (following := self._next_day(today, done)) is not None and following <= through:
            today = following
            self._live(today, done.get(today, ()))
        return self._derived(through, self._next_by_itself(max(today, through)))

    def _next_day(self, after: date, done: dict[date, list[tuple[int, object]]]) -> date | None:
        days = [day for day in done if day > after]
        own = self._next_by_itself(after)
        return min([*days, own] if own is not None else days, default=None)

    def _next_by_itself(self, after: date) -> date | None:
        """The first day after this one on which something moves although nobody does anything."""
        days: list[date] = []
        held = bool(self.held)
        for row in self.rows:
            if row.penalty_on is not None and row.penalty_on > after and row.late_part:
                days.append(row.penalty_on)
            if row.due_on > after and ((self.rules.accrues and row.interest > row.recognised) or (held and row.unpaid)):
                days.append(row.due_on)
            for charge in row.charges:
                unsettled = charge.kind == PENALTY and charge.amount - charge.waived > charge.recognised
                if charge.due_on > after and (unsettled or (held and charge.left)):
                    days.append(charge.due_on)
        return min(days, default=None)

    def _live(self, today: date, done: Sequence[tuple[int, object]]) -> None:
        for row in self.rows:
            if row.penalty_on is not None and row.penalty_on <= today:
                self._charge_late(row, today)
        self._recognise_due(today)
        self._spend_held(today)
        for _, act in sorted(done, key=lambda one: one[0]):
            if isinstance(act, Payment):
                self._receive(act)
            elif isinstance(act, WaiverMade):
                self._waive(act)
            elif isinstance(act, Plan):
                self._reschedule(act)
        if self.held and done and self._ends(today, 0):
            self._settle(today)
        unpaid = any(row.unpaid for row in self.rows)
        self.paid_off_on = None if unpaid else self.paid_off_on or today

    # -- what arises by itself ----------------------------------------------------------------------------------------

    def _expect_penalties(self) -> None:
        rule = self.rules.penalty
        if rule is None:
            return
        for row in self.rows:
            if row.late_part:
                first = row.due_on + timedelta(days=rule.grace_days + 1)
                row.penalty_on = self._meeting(first) if rule.per == "meeting" else first

    def _meeting(self, day: date) -> date:
        return day if self.rules.meeting is None else self.rules.meeting.on_or_after(day)

    def _charge_late(self, row: _Instalment, today: date) -> None:
        """The penalty of today, if the instalment was unpaid at the end of yesterday."""
        rule = self.rules.penalty
        assert rule is not None
        part = row.late_part
        if not part:
            row.penalty_on = None
            return
        owed = rule.amount or 0 if rule.percent is None else percent_of(part, rule.percent)
        if rule.cap_percent is not None:
            top, bottom = (rule.cap_percent / 100).as_integer_ratio()
            owed = min(owed, row.agreed * top // bottom - row.penalties)
        row.penalties += owed
        row.penalty_on = self._penalty_after(row, today, rule)
        if owed <= 0:
            row.penalty_on = None
            return
        if row.late is None:
            id = late_charge_id(self.facts.loan_id, self.origin, row.number)
            row.late = _Charge(id, PENALTY, 0, today, late=True)
        row.late.amount += owed
        row.late.recognised += owed
        self._line(None, today, row.number, PENALTY, owed)

    def _penalty_after(self, row: _Instalment, today: date, rule: PenaltyRule) -> date:
        if rule.per == "day":
            return today + ONE_DAY
        if rule.per == "meeting" and self.rules.meeting is not None:
            return self._meeting(today + ONE_DAY)
        months, grace = 1, timedelta(days=rule.grace_days + 1)
        while (following := months_later(row.due_on, months) + grace) <= today:
            months += 1
        return following

    def _recognise_due(self, today: date) -> None:
        """Interest that falls due becomes income, unless the loan is non-performing; so do penalties of today."""
        for row in self.rows:
            if self.rules.accrues and row.due_on == today and row.interest > row.recognised and self._performs(today):
                self._line(None, today, row.number, INTEREST, row.interest - row.recognised)
                row.recognised = row.interest
            for charge in row.charges:
                if charge.kind == PENALTY and charge.due_on == today:
                    rest = charge.amount - charge.waived - charge.recognised
                    charge.recognised += rest
                    self._line(None, today, row.number, PENALTY, rest)

    def _performs(self, today: date) -> bool:
        oldest = next((row.due_on for row in self.rows if row.late_part), today)
        return (today - oldest).days < self.rules.nonperforming_days

    # -- what people do -----------------------------------------------------------------------------------------------

    def _receive(self, payment: Payment) -> None:
        today, amount = payment.paid_on, payment.amount
        waits = self.rules.allocation == INDONESIAN and self.rules.excess in ("hold", "sukarela")
        if self._ends(today, amount):
            self._settle(today)
            amount = self._spend(payment.id, amount, today, list(self._pieces(charged_by=today)))
            waits = False
        pieces = list(self._asked_for(today, running=True) if waits else self._pieces())
        rest = self._spend(payment.id, amount, today, pieces)
        if not rest:
            return
        self._line(payment.id, today, 0, EXCESS, rest)
        if not any(row.unpaid for row in self.rows):
            self.left_over[payment.id] = rest
        if self.rules.excess != "sukarela":
            self.held.append(_Held(payment.id, rest))

    def _spend(self, payment_id: UUID, amount: int, today: date, pieces: Sequence[tuple[Piece, _Charge | None]]) -> int:
        """Let money pay these pieces; gives what is left of it."""
        charges = {id(piece): charge for piece, charge in pieces}
        shares, rest = allocate(self.rules.allocation, amount, [piece for piece, _ in pieces], on=today)
        by_number = {row.number: row for row in self.rows}
        for share in shares:
            row, component = by_number[share.piece.number], share.piece.component
            charge = charges[id(share.piece)]
            self._line(payment_id, today, row.number, component, share.amount)
            if charge is not None:
                charge.paid += share.amount
                if component == PENALTY and charge.paid > charge.recognised:
                    self._line(None, today, row.number, PENALTY, charge.paid - charge.recognised)
                    charge.recognised = charge.paid
                continue
            row.paid[component] += share.amount
            if component == INTEREST and self.rules.accrues and row.paid[INTEREST] > row.recognised:
                self._line(None, today, row.number, INTEREST, row.paid[INTEREST] - row.recognised)
                row.recognised = row.paid[INTEREST]
        return rest

    def _ends(self, today: date, amount: int) -> bool:
        """Whether this and what is held pay all there is to pay today. Charges of a later day are not asked for, or one
        made afterwards would undo the end."""
        if not any(row.unpaid for row in self.rows):
            return False
        payoff = self._payoff(today)
        owed = payoff.principal + payoff.interest + payoff.fee + payoff.penalty - payoff.rebate
        later = sum(charge.left for row in self.rows for charge in row.charges if charge.due_on > today)
        return amount + payoff.held >= owed - later

    def _settle(self, today: date) -> None:
        """The loan ends today: no more interest is owed than that, and what was held pays at once."""
        for row in self.rows:
            row.interest = max(row.paid[INTEREST], self._owed_interest(row, today))
        self._spend_held(today, all_of_it=True)

    def _spend_held(self, today: date, *, all_of_it: bool = False) -> None:
        """Money held for later pays what is due (or all but charges of a later day), the oldest money first."""
        for money in self.held:
            pieces = list(self._pieces(charged_by=today) if all_of_it else self._asked_for(today))
            rest = self._spend(money.payment_id, money.left, today, pieces)
            self._line(money.payment_id, today, 0, EXCESS, rest - money.left)
            money.left = rest
        self.held = [money for money in self.held if money.left]

    def _waive(self, waiver: WaiverMade) -> None:
        for row in self.rows:
            for charge in row.all_charges:
                if charge.id == waiver.charge_id and charge.left:
                    if charge.recognised > charge.paid:
                        self._line(None, waiver.waived_on, row.number, PENALTY, charge.paid - charge.recognised)
                        charge.recognised = charge.paid
                    charge.waived += charge.left

    def _reschedule(self, plan: Plan) -> None:
        """From here on the rows of another version: principal as it is owed now, and what is due already (interest,
        fees, charges) with the first of them."""
        today = plan.effective_on
        principal = sum(row.principal - row.paid[PRINCIPAL] for row in self.rows)
        if not principal:
            raise PlanIsMoot(plan.version)
        interest = max(sum(row.earned(today, self.method) - row.paid[INTEREST] for row in self.rows), 0)
        fee = sum(row.fee - row.paid[FEE] for row in self.rows if row.due_on <= today)
        recognised = sum(row.recognised - row.paid[INTEREST] for row in self.rows)
        charges = [charge for row in self.rows for charge in row.all_charges if charge.left]
        if sum(row.principal for row in plan.rows) != principal:
            assert plan.redo is not None
            plan = replace(plan, rows=plan.redo(principal))
        self.version, self.origin, self.method = plan.version, plan.origin, plan.method
        self.plans.append(plan)
        self.rows = [_Instalment(row) for row in plan.rows]
        first = self.rows[0]
        first.interest += interest
        first.fee += fee
        first.agreed += interest + fee
        first.recognised = min(recognised, interest)
        self._line(None, today, first.number, INTEREST, first.recognised - recognised)
        for one in charges:
            moved = _Charge(one.id, one.kind, one.left, one.due_on, late=one.late, recognised=one.recognised - one.paid)
            self._place(moved)
        self._expect_penalties()

    def _place(self, charge: _Charge) -> None:
        """A charge belongs to the first instalment due on or after its day; after the last one it makes a row more."""
        row = next((row for row in self.rows if row.due_on >= charge.due_on), None)
        if row is None:
            last = self.rows[-1]
            row = _Instalment(Row(last.number + 1, last.due_on, charge.due_on, 0, 0))
            self.rows.append(row)
        row.charges.append(charge)

    # -- what stands --------------------------------------------------------------------------------------------------

    def _pieces(self, *, charged_by: date | None = None) -> Iterator[tuple[Piece, _Charge | None]]:
        """All that is owed, or all but what is charged for a day after `charged_by`."""
        for row in self.rows:
            for piece, charge in row.pieces():
                if charged_by is None or charge is None or charge.due_on <= charged_by:
                    yield piece, charge

    def _asked_for(self, today: date, *, running: bool = False) -> Iterator[tuple[Piece, _Charge | None]]:
        """What is due; with `running` also what the instalment whose period runs asks, but for charges of a later
        day."""
        for row in self.rows:
            runs = running and (row.from_on < today or row is self.rows[0])
            for piece, charge in row.pieces():
                if min(piece.due_on, piece.owed_on) <= today or (runs and charge is None):
                    yield piece, charge

    def _owed_interest(self, row: _Instalment, today: date) -> int:
        """The interest of a row that ends the loan today: of a flat sum all of it, unless the product gives back what
        is not earned."""
        if self.method in FLAT and self.rules.flat_rebate == "none":
            return row.interest
        return row.earned(today, self.method)

    def _payoff(self, today: date) -> Payoff:
        flat = self.method in FLAT
        interest = rebate = fee = penalty = 0
        for row in self.rows:
            owed = max(self._owed_interest(row, today), row.paid[INTEREST])
            interest += (row.interest if flat else owed) - row.paid[INTEREST]
            rebate += row.interest - owed if flat else 0
            fee += row.fee - row.paid[FEE] + sum(one.left for one in row.charges if one.kind == FEE)
            penalty += sum(one.left for one in row.all_charges if one.kind == PENALTY)
        principal = sum(row.principal - row.paid[PRINCIPAL] for row in self.rows)
        held = sum(money.left for money in self.held)
        return Payoff(principal, interest, fee, penalty, rebate, held)

    def _line(self, payment_id: UUID | None, on: date, number: int, component: str, amount: int) -> None:
        if amount:
            key = Key(payment_id, on, self.origin, number, component)
            self.lines[key] = self.lines.get(key, 0) + amount

    def _derived(self, through: date, next_on: date | None) -> Derived:
        return Derived(
            through=through,
            version=self.version,
            lines={key: amount for key, amount in self.lines.items() if amount},
            states=tuple(row.state() for row in self.rows),
            plans=tuple(self.plans),
            held=sum(money.left for money in self.held),
            left_over=self.left_over,
            paid_off_on=self.paid_off_on,
            next_on=next_on,
            payoff=self._payoff(through),
        )


def months_later(day: date, months: int) -> date:
    """The same day of a later month, the last one where there is none."""
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    following = date(year + month // 12, month % 12 + 1, 1)
    return min(date(year, month, 1) + timedelta(days=day.day - 1), following - ONE_DAY)
