"""A facility's account, worked by hand: Rp12.000.000 on 10 January 2026 for twelve months, equal principal, one per
cent a month on what is owed: Rp1.000.000 and Rp120.000 on 10 February, Rp1.000.000 and Rp110.000 on 10 March, and so
on."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from capital.account import COSTS, PARTS, Derived, Drawn, Facts, derive
from loans.account import Payment, Row
from loans.accrual import months_later
from loans.schedule import schedule
from tests.conftest import FULL
from tests.loans.agreed import any_terms

MANY = settings(max_examples=250 if FULL else 60, deadline=None)


def day(text: str) -> date:
    return date.fromisoformat(f"2026-{text}")


class Upk:
    """The facility, and what happens to it in order of recording."""

    def __init__(self, *, accrues: bool = False, method: str = "equal_principal") -> None:
        self.facts, self.method = Facts(accrues=accrues), method
        self.ordinal = 0

    def draws(self, amount: int = 12_000_000, on: str = "01-10", count: int = 12, fee: int = 0) -> "Upk":
        self.ordinal += 1
        begun, share = day(on), amount // count
        ends = [months_later(begun, number) for number in range(count + 1)]
        rows = tuple(
            Row(n, ends[n - 1], ends[n], share, (amount - share * (n - 1)) // 100, fee) for n in range(1, count + 1)
        )
        number = len(self.facts.drawdowns) + 1
        drawn = Drawn(UUID(int=number), number, begun, amount, self.method, self.ordinal, rows)
        self.facts = replace(self.facts, drawdowns=(*self.facts.drawdowns, drawn))
        return self

    def pays(self, amount: int, on: str) -> "Upk":
        self.ordinal += 1
        payment = Payment(UUID(int=100 + len(self.facts.payments)), day(on), amount, self.ordinal)
        self.facts = replace(self.facts, payments=(*self.facts.payments, payment))
        return self

    def at(self, on: str) -> Derived:
        return derive(self.facts, day(on))

    def split(self, number: int, on: str = "12-31") -> tuple[int, int, int]:
        """What the n-th payment pays: fee, interest, principal."""
        found = self.at(on).split(self.facts.payments[number].id)
        return found["fee"], found["interest"], found["principal"]


def test_a_payment_on_the_day_pays_the_interest_and_then_the_principal():
    upk = Upk().draws().pays(1_120_000, "02-10")

    assert upk.split(0) == (0, 120_000, 1_000_000)
    assert upk.at("02-10").principal == 11_000_000
    assert upk.at("02-10").due(before=day("02-11")) == 0


def test_a_part_of_an_instalment_pays_its_fee_first():
    upk = Upk().draws(fee=5_000).pays(100_000, "02-10")

    assert upk.split(0) == (5_000, 95_000, 0)
    assert upk.at("02-11").due(before=day("02-11")) == 1_025_000


def test_the_oldest_instalment_over_all_drawdowns_is_paid_first():
    upk = Upk().draws(6_000_000, "01-10", count=6).draws(6_000_000, "01-20", count=6)
    upk.pays(1_060_000 + 1_060_000 + 50_000, "03-15")

    paid = {(state.drawdown, state.number): sum(state.paid.values()) for state in upk.at("03-15").states}
    assert (paid[1, 1], paid[2, 1], paid[1, 2], paid[2, 2]) == (1_060_000, 1_060_000, 50_000, 0)


def test_what_comes_early_pays_the_next_instalments():
    upk = Upk().draws().pays(1_500_000, "01-20")

    assert upk.split(0) == (0, 120_000 + 110_000, 1_000_000 + 270_000)
    assert upk.at("02-11").due(before=day("02-11")) == 0


def test_a_declining_facility_ends_with_the_interest_of_the_days_that_passed():
    upk = Upk().draws()
    payoff = upk.at("01-25").payoff  # 15 of 31 days: 120.000 × 15/31 = 58.064,5…

    assert (payoff.principal, payoff.interest, payoff.total) == (12_000_000, 58_065, 12_058_065)
    ended = upk.pays(12_058_065, "01-25").at("01-25")
    assert (ended.principal, ended.ended_on, ended.left_over, ended.payoff.total) == (0, day("01-25"), {}, 0)
    assert upk.at("12-31").due(before=date.max) == 0


def test_a_flat_facility_ends_with_all_its_interest():
    assert Upk(method="flat").draws().at("01-25").payoff.interest == sum(range(10_000, 120_001, 10_000))


def test_more_than_ends_it_is_left_over():
    upk = Upk().draws(1_000_000, count=1).pays(1_010_001, "02-10")

    assert upk.at("02-10").left_over == {upk.facts.payments[0].id: 1}


def test_what_is_drawn_after_the_end_is_owed_and_nothing_else():
    upk = Upk().draws(1_000_000, count=2).pays(1_004_839, "01-25").draws(500_000, "03-01", count=1)

    after = upk.at("03-20")
    assert (upk.at("02-28").ended_on, after.ended_on) == (day("01-25"), None)
    assert (after.principal, after.payoff.interest) == (500_000, 3_065)  # 5.000 × 19/31


def test_costs_become_an_expense_when_they_fall_due():
    upk = Upk(accrues=True).draws(fee=5_000).pays(100_000, "02-12")

    lines = upk.at("03-10").lines
    accrued = {(key.on, key.component): amount for key, amount in lines.items() if key.payment_id is None}
    assert accrued == {
        (day("02-10"), "interest"): 120_000,
        (day("02-10"), "fee"): 5_000,
        (day("03-10"), "interest"): 110_000,
        (day("03-10"), "fee"): 5_000,
    }
    assert (upk.at("02-09").next_on, upk.at("03-10").next_on) == (day("02-10"), day("04-10"))


def test_interest_that_is_paid_early_becomes_an_expense_when_it_is_paid():
    upk = Upk(accrues=True).draws().pays(50_000, "01-20")

    accrued = {key.on: amount for key, amount in upk.at("02-10").lines.items() if key.payment_id is None}
    assert accrued == {day("01-20"): 50_000, day("02-10"): 70_000}


def test_a_facility_that_pays_costs_when_paid_moves_by_nothing_else():
    upk = Upk().draws()

    assert (upk.at("06-01").lines, upk.at("06-01").next_on) == ({}, None)


def test_nothing_of_the_future_stands():
    upk = Upk().draws().pays(1_120_000, "02-10")

    assert upk.at("02-09").principal == 12_000_000
    assert upk.at("01-09").states == ()


@st.composite
def lives(draw: st.DrawFn) -> tuple[Facts, date]:
    """A facility drawn in up to three parts and paid in up to six, recorded in no order of days; a day to look at
    it."""
    drawdowns, payments, ordinal = [], [], 0
    for number in range(1, draw(st.integers(1, 3)) + 1):
        terms = draw(any_terms(("flat", "equal_principal", "annuity", "bullet"), due_dates="as_counted"))
        begun = date(2026, 1, 10) + timedelta(days=draw(st.integers(0, 90)))
        terms = replace(terms, disbursed_on=begun, first_due_on=None)
        rows = tuple(
            Row(one.number, one.from_on, one.due_on, one.principal, one.interest, one.fee) for one in schedule(terms)
        )
        ordinal += 1
        drawdowns.append(Drawn(UUID(int=number), number, begun, terms.principal, terms.method, ordinal, rows))
    for number in range(draw(st.integers(0, 6))):
        ordinal += 1
        on = date(2026, 1, 10) + timedelta(days=draw(st.integers(0, 400)))
        payments.append(Payment(UUID(int=100 + number), on, draw(st.integers(1, 3_000_000)), ordinal))
    facts = Facts(tuple(drawdowns), tuple(payments), draw(st.booleans()))
    return facts, date(2026, 1, 10) + timedelta(days=draw(st.integers(0, 500)))


@MANY
@given(lives())
def test_whatever_happens_money_pays_what_is_owed_and_nothing_twice(life):
    facts, on = life
    derived = derive(facts, on)

    drawn = sum(one.amount for one in facts.drawdowns if one.drawn_on <= on)
    paid = sum(one.amount for one in facts.payments if one.paid_on <= on)
    moved = dict.fromkeys(PARTS, 0)
    for key, amount in derived.lines.items():
        assert key.on <= on
        if key.payment_id is not None:
            assert amount > 0
            moved[key.component] += amount
    assert sum(moved.values()) == paid - sum(derived.left_over.values())
    assert derived.principal == drawn - moved["principal"] >= 0
    for state in derived.states:
        assert all(0 <= state.paid[part] <= state.owed[part] for part in PARTS), state
    assert 0 <= derived.payoff.total <= sum(state.unpaid for state in derived.states)


@MANY
@given(lives())
def test_whatever_happens_what_is_owed_of_costs_is_what_fell_due_and_is_unpaid(life):
    facts, on = life
    derived = derive(replace(facts, accrues=True), on)

    expense = sum(amount for key, amount in derived.lines.items() if key.payment_id is None)
    paid = sum(amount for key, amount in derived.lines.items() if key.payment_id and key.component in COSTS)
    unpaid = sum(state.left(cost) for state in derived.states if state.due_on <= on for cost in COSTS)
    assert expense - paid == unpaid


@MANY
@given(lives(), st.integers(0, 400))
def test_a_day_looks_the_same_from_every_later_one(life, later):
    facts, on = life
    then = derive(facts, on)
    since = derive(facts, on + timedelta(days=later))

    assert then.lines == {key: amount for key, amount in since.lines.items() if key.on <= on}


@MANY
@given(lives())
def test_in_which_order_different_days_are_written_down_changes_nothing(life):
    facts, on = life
    acts: list[Any] = sorted([*facts.drawdowns, *facts.payments], key=lambda act: act.ordinal)
    days = [getattr(act, "drawn_on", None) or act.paid_on for act in acts]
    by_day = sorted(range(len(acts)), key=lambda place: (days[place], acts[place].ordinal))
    again = {acts[place].id: ordinal for ordinal, place in enumerate(by_day, start=1)}
    sorted_facts = replace(
        facts,
        drawdowns=tuple(replace(one, ordinal=again[one.id]) for one in facts.drawdowns),
        payments=tuple(replace(one, ordinal=again[one.id]) for one in facts.payments),
    )

    assert derive(sorted_facts, on).lines == derive(facts, on).lines
