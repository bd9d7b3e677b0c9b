"""A loan account as the arithmetic sees it: what is known of it, and what follows from that. Imports no Django.

Amounts count the currency's smallest payable unit; days are inclusive. Nothing here is stored as it stands: `facts`
reads it, `accrual` derives one part from the other.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from loans.allocation import INDONESIAN, PRINCIPAL
from loans.calendar import Meeting


@dataclass(frozen=True, slots=True)
class Row:
    """An instalment of a plan: its period runs from `from_on` to `due_on`."""

    number: int
    from_on: date
    due_on: date
    principal: int
    interest: int
    fee: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """A version of the schedule, in force from `effective_on`. `redo` makes its rows for another principal; `method`
    says how its interest is earned.

    `origin` is the number under which the plan first stood: lines keep to it when a later version takes its place.
    """

    version: int
    origin: int
    effective_on: date
    ordinal: int
    rows: tuple[Row, ...]
    redo: Callable[[int], tuple[Row, ...]] | None = None
    method: str = "flat"


@dataclass(frozen=True, slots=True)
class Payment:
    """Money received; `ordinal` orders what was recorded for one day."""

    id: UUID
    paid_on: date
    amount: int
    ordinal: int


@dataclass(frozen=True, slots=True)
class ChargeMade:
    """A fee or penalty that an officer charged, owed on `due_on`."""

    id: UUID
    kind: str
    amount: int
    due_on: date


@dataclass(frozen=True, slots=True)
class WaiverMade:
    """From `waived_on` what is unpaid of the charge is owed no more."""

    charge_id: UUID
    waived_on: date
    ordinal: int


@dataclass(frozen=True, slots=True)
class PenaltyRule:
    """For every late instalment: an `amount`, or `percent` of its unpaid part, each `per` day, month or meeting.

    The first is owed on the day after `due_on` + `grace_days`; days of grace are never charged afterwards. All that
    arises on one instalment stays within `cap_percent` of what was due.
    """

    per: str
    percent: Decimal | None = None
    amount: int | None = None
    grace_days: int = 0
    cap_percent: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """What was agreed beside the schedule. `accrues`: interest is income when due, not when received."""

    allocation: str = INDONESIAN
    excess: str = "hold"
    flat_rebate: str = "none"
    penalty: PenaltyRule | None = None
    accrues: bool = False
    nonperforming_days: int = 90
    meeting: Meeting | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is known of a loan: nothing here follows from anything else here."""

    loan_id: UUID
    rules: Rules
    plans: tuple[Plan, ...]
    payments: tuple[Payment, ...] = ()
    charges: tuple[ChargeMade, ...] = ()
    waivers: tuple[WaiverMade, ...] = ()


@dataclass(frozen=True, slots=True)
class Key:
    """What a line is about. `payment_id` None: nothing was received, something became income (or ceased to be)."""

    payment_id: UUID | None
    on: date
    origin: int
    number: int
    component: str


@dataclass(frozen=True, slots=True)
class Charged:
    """A charge on its instalment: a manual one, or all that arose from being late with it."""

    id: UUID
    kind: str
    amount: int
    due_on: date
    paid: int
    waived: int
    late: bool


@dataclass(frozen=True, slots=True)
class State:
    """An instalment of the version in force: what is owed by component (waived and rebated parts taken off), paid."""

    number: int
    from_on: date
    due_on: date
    owed: dict[str, int]
    paid: dict[str, int]
    charges: tuple[Charged, ...]

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
    """What ends the loan on a day: `total` = principal + interest + fee + penalty - rebate - held."""

    principal: int
    interest: int
    fee: int
    penalty: int
    rebate: int
    held: int

    @property
    def total(self) -> int:
        return max(self.principal + self.interest + self.fee + self.penalty - self.rebate - self.held, 0)


@dataclass(frozen=True, slots=True)
class Derived:
    """What follows from the facts at the end of a day. `lines` are signed amounts, none of them 0.

    `left_over` are payments of which something pays nothing that was ever owed. `next_on`: the first day after
    `through` on which anything moves by itself.
    """

    through: date
    version: int
    lines: dict[Key, int]
    states: tuple[State, ...]
    plans: tuple[Plan, ...]
    held: int
    left_over: dict[UUID, int]
    paid_off_on: date | None
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
