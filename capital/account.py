"""A facility's account as the arithmetic sees it: what was drawn and paid, and what follows from that on a day. Imports
no Django.

`derive` lives it day by day up to `through`, inclusive, and writes a line for everything that moves: money that pays a
part of an instalment, and, where the facility accrues, costs that fall due. What stands in the books already is
compared with these lines elsewhere, and only the difference is booked.

Amounts count the currency's smallest payable unit. Each drawdown has a schedule of its own; a payment pays the oldest
instalment of all of them first, its fee, then its interest, then its principal, and goes on to what is not due yet.
What ends the facility on a day is asked as a loan's is: of a flat sum all interest, else what is earned by then
(`loans.accrual.earned`). On one day: what falls due, then what people did, as recorded."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from loans.account import Payment, Row
from loans.accrual import FLAT, earned
from loans.allocation import FEE, INDONESIAN, INTEREST, PRINCIPAL, Piece, allocate

PARTS = (FEE, INTEREST, PRINCIPAL)
COSTS = (FEE, INTEREST)
"""What the money costs; the rest is the money itself."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A drawdown with its schedule; `ordinal` orders what was recorded for one day."""

    id: UUID
    number: int
    drawn_on: date
    amount: int
    method: str
    ordinal: int
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is known of a facility: nothing here follows from anything else here."""

    drawdowns: tuple[Drawn, ...] = ()
    payments: tuple[Payment, ...] = ()
    accrues: bool = False


@dataclass(frozen=True, slots=True)
class Key:
    """What a line is about. `payment_id` None: nothing was paid, something became an expense (or ceased to be)."""

    payment_id: UUID | None
    on: date
    drawdown_id: UUID
    number: int
    component: str


@dataclass(frozen=True, slots=True)
class State:
    """An instalment of a drawdown: what is owed by component, and paid of it."""

    drawdown_id: UUID
    drawdown: int
    number: int
    from_on: date
    due_on: date
    owed: dict[str, int]
    paid: dict[str, int]

    @property
    def due(self) -> int:
        return sum(self.owed.values())

    @property
    def unpaid(self) -> int:
        return sum(self.owed.values()) - sum(self.paid.values())

    def left(self, component: str) -> int:
        return self.owed[component] - self.paid[component]


@dataclass(frozen=True, slots=True)
class Payoff:
    """What ends the facility on a day."""

    principal: int = 0
    interest: int = 0
    fee: int = 0

    @property
    def total(self) -> int:
        return self.principal + self.interest + self.fee


@dataclass(frozen=True, slots=True)
class Derived:
    """What follows from the facts at the end of a day; `states` in the order in which they fall due. `lines` are
    signed, none of them 0. `left_over` are payments of which something pays nothing that was owed, and how much.
    `next_on`: the first day after `through` on which anything moves by itself."""

    through: date
    lines: dict[Key, int]
    states: tuple[State, ...]
    left_over: dict[UUID, int]
    ended_on: date | None
    next_on: date | None
    payoff: Payoff

    @property
    def principal(self) -> int:
        return self.left(PRINCIPAL)

    def left(self, component: str) -> int:
        """Unpaid of one component over all instalments."""
        return sum(state.left(component) for state in self.states)

    def due(self, *, before: date) -> int:
        """Unpaid of all that fell due before a day."""
        return sum(state.unpaid for state in self.states if state.due_on < before)

    @property
    def oldest_unpaid(self) -> State | None:
        return next((state for state in self.states if state.unpaid), None)

    def split(self, payment_id: UUID) -> dict[str, int]:
        """What a payment pays, by component."""
        found = dict.fromkeys(PARTS, 0)
        for key, amount in self.lines.items():
            if key.payment_id == payment_id:
                found[key.component] += amount
        return found


def derive(facts: Facts, through: date) -> Derived:
    """The facility's lines and its state at the end of `through`."""
    return _Life(facts).lived(through)


class _Instalment:
    """An instalment while the facility is lived through; `recognised` is what became an expense of its costs."""

    __slots__ = ("drawn", "owed", "paid", "recognised", "row")

    def __init__(self, drawn: Drawn, row: Row) -> None:
        self.drawn, self.row = drawn, row
        self.owed = {FEE: row.fee, INTEREST: row.interest, PRINCIPAL: row.principal}
        self.paid = dict.fromkeys(PARTS, 0)
        self.recognised = dict.fromkeys(COSTS, 0)

    @property
    def place(self) -> tuple[date, int, int]:
        """The oldest first; of one day the earlier drawdown's."""
        return self.row.due_on, self.drawn.number, self.row.number

    @property
    def unpaid(self) -> int:
        return sum(self.owed.values()) - sum(self.paid.values())

    def interest_on(self, today: date) -> int:
        """The interest it asks if the facility ends today."""
        row, method = self.row, self.drawn.method
        if method in FLAT:
            return self.owed[INTEREST]
        by_now = earned(row.interest, row.from_on, row.due_on, on=today, method=method)
        return max(min(by_now, self.owed[INTEREST]), self.paid[INTEREST])

    def state(self) -> State:
        drawn, row = self.drawn, self.row
        return State(drawn.id, drawn.number, row.number, row.from_on, row.due_on, dict(self.owed), dict(self.paid))


class _Life:
    """One facility, lived day by day."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.rows: list[_Instalment] = []
        self.lines: dict[Key, int] = {}
        self.left_over: dict[UUID, int] = {}
        self.ended_on: date | None = None

    def lived(self, through: date) -> Derived:
        acts: list[Drawn | Payment] = sorted([*self.facts.drawdowns, *self.facts.payments], key=lambda act: act.ordinal)
        days = {day_of(act) for act in acts}
        if self.facts.accrues:
            days |= {row.due_on for drawn in self.facts.drawdowns for row in drawn.rows}
        for today in sorted(day for day in days if day <= through):
            self._recognise_due(today)
            for act in acts:
                if day_of(act) != today:
                    continue
                if isinstance(act, Drawn):
                    self._draw(act)
                else:
                    self._pay(act)
            owes = any(row.unpaid for row in self.rows)
            self.ended_on = None if owes or not self.rows else self.ended_on or today
        return self._derived(through)

    def _recognise_due(self, today: date) -> None:
        if not self.facts.accrues:
            return
        for row in self.rows:
            if row.row.due_on == today:
                for component in COSTS:
                    self._recognise(row, component, row.owed[component], today)

    def _recognise(self, row: _Instalment, component: str, amount: int, today: date) -> None:
        """At least `amount` of a cost is an expense from today on."""
        more = amount - row.recognised[component]
        if more > 0:
            row.recognised[component] += more
            self._line(None, today, row, component, more)

    def _draw(self, drawn: Drawn) -> None:
        self.rows += [_Instalment(drawn, row) for row in drawn.rows]
        self.rows.sort(key=lambda row: row.place)

    def _pay(self, payment: Payment) -> None:
        today, payoff = payment.paid_on, self._payoff(payment.paid_on)
        if payment.amount >= payoff.total:
            for row in self.rows:
                row.owed[INTEREST] = row.interest_on(today)
        pieces = list(self._pieces())
        shares, rest = allocate(INDONESIAN, payment.amount, pieces, on=today)
        for share in shares:
            row, component = self.rows[share.piece.number], share.piece.component
            row.paid[component] += share.amount
            self._line(payment.id, today, row, component, share.amount)
            if self.facts.accrues and component in COSTS:
                self._recognise(row, component, row.paid[component], today)
        if rest:
            self.left_over[payment.id] = rest

    def _pieces(self) -> Iterator[Piece]:
        for number, row in enumerate(self.rows):
            for component in PARTS:
                left = row.owed[component] - row.paid[component]
                if left:
                    yield Piece(number, component, left, row.row.due_on, row.row.due_on)

    def _payoff(self, today: date) -> Payoff:
        return Payoff(
            sum(row.owed[PRINCIPAL] - row.paid[PRINCIPAL] for row in self.rows),
            sum(row.interest_on(today) - row.paid[INTEREST] for row in self.rows),
            sum(row.owed[FEE] - row.paid[FEE] for row in self.rows),
        )

    def _line(self, payment_id: UUID | None, on: date, row: _Instalment, component: str, amount: int) -> None:
        key = Key(payment_id, on, row.drawn.id, row.row.number, component)
        self.lines[key] = self.lines.get(key, 0) + amount

    def _derived(self, through: date) -> Derived:
        moving = [
            row.row.due_on
            for row in self.rows
            if row.row.due_on > through and any(row.owed[cost] > row.recognised[cost] for cost in COSTS)
        ]
        return Derived(
            through=through,
            lines={key: amount for key, amount in self.lines.items() if amount},
            states=tuple(row.state() for row in self.rows),
            left_over=self.left_over,
            ended_on=self.ended_on,
            next_on=min(moving, default=None) if self.facts.accrues else None,
            payoff=self._payoff(through),
        )


def day_of(act: Drawn | Payment) -> date:
    return act.drawn_on if isinstance(act, Drawn) else act.paid_on
