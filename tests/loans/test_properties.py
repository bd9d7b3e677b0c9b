"""What holds of every loan, whatever was agreed and whatever happened to it."""

import ast
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loans.account import Derived, Facts, PenaltyRule
from loans.accrual import PlanIsMoot, derive
from loans.allocation import COMPONENTS, EXCESS, INTEREST, ORDERS, PENALTY, PRINCIPAL
from loans.calendar import Meeting
from tests.conftest import FULL
from tests.loans.agreed import any_terms
from tests.loans.lived import Story, split, until

HISTORIES = settings(max_examples=250 if FULL else 40, deadline=None)
"""Of up to twelve steps each: nine on average."""
PURE = ("schedule", "allocation", "accrual", "calendar")

rules = st.builds(
    PenaltyRule,
    st.sampled_from(["day", "month", "meeting"]),
    st.none(),
    st.integers(1, 5_000),
    st.integers(0, 20),
    st.none() | st.decimals(1, 40, places=1),
) | st.builds(
    PenaltyRule,
    st.sampled_from(["day", "month", "meeting"]),
    st.decimals("0.01", 3, places=2),
    st.none(),
    st.integers(0, 20),
    st.none() | st.decimals(1, 40, places=1),
)
steps = st.lists(
    st.tuples(
        st.sampled_from(["pays", "pays", "pays", "pays", "is charged", "is forgiven", "is taken back"]),
        st.integers(0, 420),
        st.integers(1, 150),
        st.integers(0, 20),
    ),
    min_size=6,
    max_size=12,
)


@st.composite
def histories(draw: st.DrawFn) -> tuple[Story, date]:
    """A loan with what happened to it, recorded in no order of days; and a day to look at it."""
    terms = draw(any_terms(("flat", "equal_principal", "annuity", "bullet", "sum_of_digits"), due_dates="as_counted"))
    loan = Story.of(
        terms,
        penalty=draw(st.none() | rules),
        allocation=draw(st.sampled_from(sorted(ORDERS))),
        excess=draw(st.sampled_from(["hold", "pay_ahead", "sukarela", "refuse"])),
        flat_rebate=draw(st.sampled_from(["none", "unearned"])),
        accrues=draw(st.booleans()),
        meeting=draw(st.none() | st.just(Meeting(date(2026, 1, 10)))),
    )
    begun, due = terms.disbursed_on, sum(row.principal + row.interest + row.fee for row in loan.facts.plans[0].rows)
    share = max(due // len(loan.facts.plans[0].rows), 1)
    for act, after, size, which in draw(steps):
        on, amount = begun + timedelta(days=after), max(share * size // 100, 1)
        if act == "pays":
            loan.pays(amount, on)
        elif act == "is charged":
            loan.is_charged(("fee", "penalty")[which % 2], max(amount // 10, 1), on)
        elif act == "is forgiven":
            charges = [one.id for row in loan.on(on).states for one in row.charges]
            if charges:
                loan.is_forgiven(charges[which % len(charges)], on)
        elif loan.facts.payments:
            gone = loan.facts.payments[which % len(loan.facts.payments)]
            kept = tuple(one for one in loan.facts.payments if one.id != gone.id)
            loan.facts = replace(loan.facts, payments=kept)
    _tell_apart(loan)
    return loan, begun + timedelta(days=draw(st.integers(0, 500)))


def _tell_apart(loan: Story) -> None:
    """No two acts have one ordinal, although some were taken back."""
    payments = tuple(replace(one, ordinal=2 * n) for n, one in enumerate(loan.facts.payments))
    waivers = tuple(replace(one, ordinal=2 * n + 1) for n, one in enumerate(loan.facts.waivers))
    loan.facts = replace(loan.facts, payments=payments, waivers=waivers)


def add_up(derived: Derived, facts: Facts) -> None:
    """Columns sum exactly, nothing is negative, no money is lost."""
    for payment in facts.payments:
        if payment.paid_on <= derived.through:
            parts = split(derived, payment.id)
            assert sum(parts.values()) == payment.amount
            assert all(amount > 0 for amount in parts.values())
    for state in derived.states:
        for component in COMPONENTS:
            assert 0 <= state.paid[component] <= state.owed[component]
        for charge in state.charges:
            assert min(charge.amount, charge.paid, charge.waived) >= 0
            assert charge.paid + charge.waived <= charge.amount
    assert sum(state.owed[PRINCIPAL] for state in derived.states) == sum(
        row.principal for row in derived.plans[-1].rows
    )
    assert derived.held >= 0
    assert derived.payoff.total >= 0
    assert min(derived.payoff.principal, derived.payoff.interest, derived.payoff.fee, derived.payoff.penalty) >= 0
    assert (derived.paid_off_on is None) == any(state.unpaid for state in derived.states)
    assert derived.next_on is None or derived.next_on > derived.through
    assert all(key.on <= derived.through for key in derived.lines)
    waits = sum(amount for key, amount in derived.lines.items() if key.component == EXCESS)
    assert derived.held == (0 if facts.rules.excess == "sukarela" else waits)


def receivables(derived: Derived, component: str) -> int:
    """What became income less what was paid of it."""
    return sum(
        amount if key.payment_id is None else -amount
        for key, amount in derived.lines.items()
        if key.component == component
    )


@HISTORIES
@given(histories())
def test_a_loan_adds_up_to_the_last_unit_on_any_day(lived):
    loan, on = lived

    derived = loan.on(on)

    add_up(derived, loan.facts)
    last = max(row.due_on for row in loan.facts.plans[0].rows)
    penalty = receivables(derived, PENALTY)
    assert penalty >= 0
    if on > last and all(one.due_on <= on for one in loan.facts.charges):
        assert penalty == derived.left(PENALTY)
    assert receivables(derived, INTEREST) >= 0 or not loan.facts.rules.accrues


@HISTORIES
@given(histories(), st.randoms(use_true_random=False))
def test_the_order_in_which_facts_are_given_changes_nothing(lived, chance):
    loan, on = lived
    known = {}
    for name in ("payments", "charges", "waivers"):
        one: list[Any] = list(getattr(loan.facts, name))
        chance.shuffle(one)
        known[name] = tuple(one)

    assert derive(replace(loan.facts, **known), on) == loan.on(on)


@HISTORIES
@given(histories())
def test_payments_of_different_days_may_be_recorded_in_any_order(lived):
    loan, on = lived
    days = [one.paid_on for one in loan.facts.payments]
    acts = [one.paid_on for one in loan.facts.payments] + [one.waived_on for one in loan.facts.waivers]
    if len(set(days)) < len(days) or len(set(acts)) < len(acts):
        return
    turned = tuple(replace(one, ordinal=100 - one.ordinal) for one in loan.facts.payments)

    assert derive(replace(loan.facts, payments=turned), on) == loan.on(on)


@HISTORIES
@given(histories(), st.integers(0, 400))
def test_a_later_day_only_adds_to_an_earlier_one(lived, sooner):
    loan, on = lived
    earlier = on - timedelta(days=sooner)
    later = loan.on(on)

    assert until(later, earlier) == loan.on(earlier).lines


@HISTORIES
@given(histories())
def test_between_the_days_it_names_nothing_moves_by_itself(lived):
    loan, on = lived
    last = max([one.paid_on for one in loan.facts.payments] + [one.waived_on for one in loan.facts.waivers] + [on])
    found = loan.on(last)
    if found.next_on is None:
        assert loan.on(last + timedelta(days=1_000)).lines == found.lines
    else:
        assert loan.on(found.next_on - timedelta(days=1)).lines == found.lines


@HISTORIES
@given(histories())
def test_what_ends_a_loan_ends_it(lived):
    loan, on = lived
    facts = replace(
        loan.facts,
        payments=tuple(one for one in loan.facts.payments if one.paid_on <= on),
        waivers=tuple(one for one in loan.facts.waivers if one.waived_on <= on),
    )
    loan = Story(facts)
    before = loan.on(on)
    if before.payoff.total == 0:
        return

    last = loan.pays(before.payoff.total, on)
    loan.facts = replace(loan.facts, payments=(*facts.payments, replace(loan.facts.payments[-1], ordinal=10_000)))
    after = loan.on(on)

    assert after.paid_off_on == on
    assert split(after, last).get(EXCESS, 0) == 0
    assert after.held == 0
    add_up(after, loan.facts)


@HISTORIES
@given(histories(), any_terms(("flat", "equal_principal", "annuity"), due_dates="as_counted"), st.integers(0, 420))
def test_another_schedule_adds_up_too(lived, terms, after):
    loan, on = lived
    begun = loan.facts.plans[0].effective_on + timedelta(days=after)
    owed = loan.on(begun).principal
    if not owed or terms.installment_multiple or terms.first_due_on:
        return
    loan.is_rescheduled(replace(terms, disbursed_on=begun, principal=owed))
    loan.facts = replace(loan.facts, plans=(loan.facts.plans[0], replace(loan.facts.plans[1], ordinal=10_000)))

    try:
        derived = loan.on(on)
    except PlanIsMoot:
        pytest.fail("what was owed is owed")

    add_up(derived, loan.facts)
    if on >= begun:
        paid_after = sum(
            amount for key, amount in derived.lines.items() if key.component == PRINCIPAL and key.origin == 2
        )
        assert derived.principal == owed - paid_after


@pytest.mark.parametrize("module", PURE)
def test_no_fraction_comes_near_money(module):
    """Neither a float nor a division that makes one; rates are Decimals and may be divided by whole numbers."""
    path = Path(__file__).resolve().parents[2] / "loans" / f"{module}.py"
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Constant):
            assert not isinstance(node.value, float | complex)
        if isinstance(node, ast.Name):
            assert node.id not in ("float", "round")
        if isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div):
            divided = ast.unparse(node.left if isinstance(node, ast.BinOp) else node.target)
            assert "percent" in divided, f"{module}: {ast.unparse(node)}"
