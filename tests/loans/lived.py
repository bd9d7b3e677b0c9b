"""Loans to live through: what was agreed and what happened, told in short, and what the arithmetic says of it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from ledger.ids import uuid7
from loans.account import ChargeMade, Derived, Facts, Key, Payment, PenaltyRule, Plan, Row, Rules, State, WaiverMade
from loans.accrual import derive
from loans.allocation import COMPONENTS, EXCESS
from loans.schedule import schedule
from loans.terms import Terms
from tests.cast import day
from tests.loans.agreed import agreed


def rows_of(terms: Terms) -> tuple[Row, ...]:
    return tuple(
        Row(one.number, one.from_on, one.due_on, one.principal, one.interest, one.fee) for one in schedule(terms)
    )


def plan_of(terms: Terms, *, version: int = 1, ordinal: int = 1) -> Plan:
    """The version of a schedule that begins on the terms' own day."""
    redo: Callable[[int], tuple[Row, ...]] = lambda principal: rows_of(replace(terms, principal=principal))  # noqa: E731
    return Plan(version, version, terms.disbursed_on, ordinal, rows_of(terms), redo, terms.method)


@dataclass
class Story:
    """One loan: `facts` grow by what is told, and nothing is known but them."""

    facts: Facts

    @classmethod
    def of(cls, terms: Terms | None = None, *, penalty: PenaltyRule | None = None, **rules: Any) -> "Story":
        """Sari's loan unless other terms are given: Rp3.000.000 on 15 January 2026, ten times 300.000 + 45.000, the
        first due on 15 February."""
        return cls(Facts(uuid7(), Rules(penalty=penalty, **rules), (plan_of(terms or agreed()),)))

    @property
    def ordinal(self) -> int:
        known = self.facts
        return len(known.payments) + len(known.waivers) + len(known.plans) + 1

    def pays(self, amount: int, on: str | date) -> UUID:
        made = Payment(uuid7(), _day(on), amount, self.ordinal)
        self.facts = replace(self.facts, payments=(*self.facts.payments, made))
        return made.id

    def is_charged(self, kind: str, amount: int, due_on: str | date) -> UUID:
        made = ChargeMade(uuid7(), kind, amount, _day(due_on))
        self.facts = replace(self.facts, charges=(*self.facts.charges, made))
        return made.id

    def is_forgiven(self, charge_id: UUID, on: str | date) -> None:
        made = WaiverMade(charge_id, _day(on), self.ordinal)
        self.facts = replace(self.facts, waivers=(*self.facts.waivers, made))

    def is_rescheduled(self, terms: Terms) -> None:
        """From the terms' own day on; their principal is what is owed then."""
        made = plan_of(terms, version=len(self.facts.plans) + 1, ordinal=self.ordinal)
        self.facts = replace(self.facts, plans=(*self.facts.plans, made))

    def on(self, day: str | date) -> Derived:
        return derive(self.facts, _day(day))


def _day(on: str | date) -> date:
    return day(on) if isinstance(on, str) else on


def split(derived: Derived, payment_id: UUID) -> dict[str, int]:
    """What a payment pays, by component, those that got nothing left out."""
    found: dict[str, int] = {}
    for key, amount in derived.lines.items():
        if key.payment_id == payment_id:
            found[key.component] = found.get(key.component, 0) + amount
    return {name: found[name] for name in (*COMPONENTS, EXCESS) if found.get(name)}


def arisen(derived: Derived, component: str) -> list[tuple[str, int, int]]:
    """What became income by itself, or ceased to be: day, instalment, amount."""
    found = [
        (f"{key.on:%m-%d}", key.number, amount)
        for key, amount in derived.lines.items()
        if key.payment_id is None and key.component == component
    ]
    return sorted(found)


def row(derived: Derived, number: int) -> State:
    return next(one for one in derived.states if one.number == number)


def paid(derived: Derived, number: int) -> dict[str, int]:
    """What is paid of an instalment, by component, those with nothing left out."""
    return {name: amount for name, amount in row(derived, number).paid.items() if amount}


def until(derived: Derived, day: date) -> dict[Key, int]:
    """The lines of the days up to this one."""
    return {key: amount for key, amount in derived.lines.items() if key.on <= day}
