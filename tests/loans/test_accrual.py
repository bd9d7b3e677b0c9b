"""What should stand in the books of Sari's loan, worked by hand: Rp1.200.000 on 10 January 2026 for twelve months,
flat, two per cent a month: each instalment Rp100.000 and Rp24.000 of jasa, the first on 10 February."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from loans.account import ChargeMade, Derived, Facts, Payment, PenaltyRule, Plan, Row, Rules, WaiverMade
from loans.accrual import PlanIsMoot, derive, late_charge_id, months_later
from loans.calendar import Meeting
from loans.queries import split_of

LOAN = UUID(int=7)
DAILY = PenaltyRule(per="day", amount=1_000)


def day(text: str) -> date:
    return date.fromisoformat(f"2026-{text}")


def rows(principal: int = 1_200_000, count: int = 12, interest: int = 24_000, begun: str = "01-10") -> tuple[Row, ...]:
    first = day(begun)
    ends = [months_later(first, number) for number in range(count + 1)]
    share = principal // count
    parts = [share] * (count - 1) + [principal - share * (count - 1)]
    return tuple(Row(n, ends[n - 1], ends[n], parts[n - 1], interest) for n in range(1, count + 1))


class Sari:
    """Her loan, and what happens to it."""

    def __init__(self, *, plan: tuple[Row, ...] | None = None, method: str = "flat", **rules: Any) -> None:
        self.rules = Rules(**rules)
        self.plans = [Plan(1, 1, day("01-10"), 0, rows() if plan is None else plan, method=method)]
        self.payments: list[Payment] = []
        self.charges: list[ChargeMade] = []
        self.waivers: list[WaiverMade] = []

    def pays(self, amount: int, on: str) -> "Sari":
        self.payments.append(Payment(UUID(int=100 + len(self.payments)), day(on), amount, self._next()))
        return self

    def is_charged(self, amount: int, on: str, kind: str = "penalty") -> "Sari":
        self.charges.append(ChargeMade(UUID(int=200 + len(self.charges)), kind, amount, day(on)))
        return self

    def is_forgiven(self, charge: UUID, on: str) -> "Sari":
        self.waivers.append(WaiverMade(charge, day(on), self._next()))
        return self

    def is_rescheduled(self, on: str, plan: tuple[Row, ...], redo: Any = None) -> "Sari":
        number = len(self.plans) + 1
        self.plans.append(Plan(number, number, day(on), self._next(), plan, redo))
        return self

    def _next(self) -> int:
        return len(self.payments) + len(self.waivers) + len(self.plans)

    @property
    def facts(self) -> Facts:
        acts = tuple(self.payments), tuple(self.charges), tuple(self.waivers)
        return Facts(LOAN, self.rules, tuple(self.plans), *acts)

    def at(self, on: str) -> Derived:
        return derive(self.facts, day(on))

    def split(self, number: int, on: str) -> dict[str, int]:
        return {name: amount for name, amount in split_of(self.at(on), self.payments[number].id).items() if amount}


def penalties(derived: Derived) -> int:
    return sum(state.owed["penalty"] for state in derived.states)


# ── money ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_repayment_clears_interest_before_principal():
    sari = Sari().pays(50_000, "02-10")

    assert sari.split(0, "02-10") == {"interest": 24_000, "principal": 26_000}
    assert (sari.at("02-10").states[0].left("principal"), sari.at("02-10").principal) == (74_000, 1_174_000)


def test_paying_a_few_days_early_pays_the_running_instalment():
    assert Sari().pays(124_000, "02-05").split(0, "02-05") == {"interest": 24_000, "principal": 100_000}


def test_more_than_is_due_is_held_until_the_next_instalment_falls_due():
    sari = Sari().pays(300_000, "02-10")

    assert sari.split(0, "02-10") == {"interest": 24_000, "principal": 100_000, "excess": 176_000}
    assert sari.at("02-10").held == 176_000
    assert sari.at("02-10").next_on == day("03-10")
    assert sari.split(0, "03-10") == {"interest": 48_000, "principal": 200_000, "excess": 52_000}
    assert sari.at("03-10").states[1].unpaid == 0
    assert sari.split(0, "04-10") == {"interest": 72_000, "principal": 228_000}


def test_paid_ahead_it_pays_the_next_instalments_at_once():
    sari = Sari(excess="pay_ahead").pays(300_000, "02-10")

    assert sari.split(0, "02-10") == {"interest": 72_000, "principal": 228_000}
    assert sari.at("02-10").held == 0


def test_refused_is_only_what_is_more_than_the_whole_debt():
    assert not Sari(excess="refuse").pays(300_000, "02-10").at("02-10").left_over
    sari = Sari(excess="refuse").pays(1_488_001, "02-10")
    assert sari.at("02-10").left_over == {sari.payments[0].id: 1}


def test_savings_take_what_is_more_than_due_and_give_none_of_it_back():
    sari = Sari(excess="sukarela").pays(300_000, "02-10")

    assert sari.split(0, "04-10") == {"interest": 24_000, "principal": 100_000, "excess": 176_000}
    assert sari.at("04-10").states[1].unpaid == 124_000


def test_a_loan_without_interest_takes_principal_alone():
    assert Sari(plan=rows(interest=0)).pays(100_000, "02-10").split(0, "02-10") == {"principal": 100_000}


def test_twelve_instalments_paid_close_the_loan_to_the_rupiah():
    sari = Sari()
    for number in range(1, 13):
        assert sari.at("12-31").paid_off_on is None
        sari.payments.append(Payment(UUID(int=number), months_later(day("01-10"), number), 124_000, number))
    derived = derive(sari.facts, date(2027, 1, 10))

    assert (derived.paid_off_on, derived.principal, derived.payoff.total, derived.next_on) == (
        date(2027, 1, 10),
        *(0, 0, None),
    )


# ── payoff ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_flat_loan_without_rebate_costs_all_of_its_interest():
    payoff = Sari().pays(124_000, "02-10").at("02-10").payoff

    assert (payoff.principal, payoff.interest, payoff.rebate, payoff.total) == (1_100_000, 264_000, 0, 1_364_000)


def test_a_flat_loan_gives_back_the_months_that_have_not_begun():
    sari = Sari(flat_rebate="unearned").pays(124_000, "02-10")

    assert (sari.at("02-10").payoff.rebate, sari.at("02-10").payoff.total) == (264_000, 1_100_000)
    assert sari.at("02-11").payoff.total == 1_124_000
    sari.pays(1_124_000, "02-11")
    assert sari.at("02-11").paid_off_on == day("02-11")
    assert sari.split(1, "02-11") == {"interest": 24_000, "principal": 1_100_000}


def test_a_declining_loan_owes_interest_by_the_day():
    plan = (Row(1, day("01-10"), day("02-10"), 600_000, 31_000), Row(2, day("02-10"), day("03-10"), 600_000, 14_000))
    sari = Sari(method="equal_principal", plan=plan)

    assert sari.at("01-20").payoff.total == 1_210_000
    sari.pays(1_210_000, "01-20")
    assert (sari.at("01-20").paid_off_on, sari.split(0, "01-20")) == (
        day("01-20"),
        {"interest": 10_000, "principal": 1_200_000},
    )


def test_what_is_held_is_taken_off_the_payoff():
    sari = Sari(flat_rebate="unearned").pays(224_000, "02-10")

    assert (sari.at("02-10").payoff.held, sari.at("02-10").payoff.total) == (100_000, 1_000_000)
    sari.pays(1_000_000, "02-10")
    assert (sari.at("02-10").paid_off_on, sari.at("02-10").held) == (day("02-10"), 0)


# ── being late ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("paid_on", "owed"), [("02-10", 0), ("02-11", 1_000), ("02-15", 5_000)])
def test_a_day_late_costs_a_day_and_not_one_more(paid_on, owed):
    assert penalties(Sari(penalty=DAILY).pays(124_000 + owed, paid_on).at("02-28")) == owed


@pytest.mark.parametrize(("paid_on", "owed"), [("02-15", 0), ("02-16", 1_000), ("02-17", 2_000)])
def test_days_of_grace_are_never_charged(paid_on, owed):
    rule = PenaltyRule(per="day", amount=1_000, grace_days=5)

    assert sum(amount for key, amount in Sari(penalty=rule).at(paid_on).lines.items() if key.number == 1) == owed


def test_late_money_pays_its_penalty_first():
    sari = Sari(penalty=DAILY).pays(124_000, "02-15")

    assert sari.split(0, "02-15") == {"penalty": 5_000, "interest": 24_000, "principal": 95_000}


def test_a_percentage_is_of_the_late_part_alone():
    rule = PenaltyRule(per="month", percent=Decimal(2))
    sari = Sari(penalty=rule).pays(24_000, "02-10")

    assert penalties(sari.at("02-11")) == 2_000
    assert sari.at("02-11").next_on == day("03-11")
    assert penalties(sari.at("03-11")) == 2_000 + 2_000 + 2_480


def test_a_penalty_by_the_meeting_comes_with_the_next_one():
    rule = PenaltyRule(per="meeting", amount=5_000)
    sari = Sari(penalty=rule, meeting=Meeting(day("01-05"), 1, "month"))

    assert penalties(sari.at("03-04")) == 0
    assert penalties(sari.at("03-05")) == 5_000
    assert penalties(sari.at("04-05")) == 15_000


def test_a_cap_holds_all_that_arises_on_one_instalment():
    rule = PenaltyRule(per="day", amount=1_000, cap_percent=Decimal(10))
    sari = Sari(penalty=rule)

    assert sari.at("02-28").states[0].owed["penalty"] == 12_400
    assert sari.at("12-31").states[0].owed["penalty"] == 12_400


def test_a_waiver_forgives_what_arose_and_not_what_arises():
    sari = Sari(penalty=DAILY)
    sari.is_forgiven(late_charge_id(LOAN, 1, 1), "02-15")

    assert penalties(sari.at("02-15")) == 0
    assert penalties(sari.at("02-17")) == 2_000
    assert sum(amount for key, amount in sari.at("02-15").lines.items() if key.component == "penalty") == 0


def test_a_charge_after_the_last_instalment_makes_a_row_of_its_own():
    sari = Sari(plan=rows(100_000, 1, 0)).pays(100_000, "02-10").is_charged(5_000, "02-20", "fee")

    derived = sari.at("02-20")
    assert [state.number for state in derived.states] == [1, 2]
    assert (derived.paid_off_on, derived.left("fee")) == (None, 5_000)


# ── income when due ─────────────────────────────────────────────────────────────────────────────────────────────────


def income(derived: Derived) -> dict[date, int]:
    found: dict[date, int] = {}
    for key, amount in derived.lines.items():
        if key.payment_id is None and key.component == "interest":
            found[key.on] = found.get(key.on, 0) + amount
    return found


def test_interest_becomes_income_on_the_day_it_is_due():
    assert income(Sari(accrues=True).at("03-31")) == {day("02-10"): 24_000, day("03-10"): 24_000}


def test_interest_that_came_early_was_income_then():
    sari = Sari(accrues=True).pays(10_000, "02-01")

    assert income(sari.at("02-28")) == {day("02-01"): 10_000, day("02-10"): 14_000}


def test_a_non_performing_loan_earns_what_it_pays():
    sari = Sari(accrues=True, nonperforming_days=60)

    assert income(sari.at("06-30")) == {day("02-10"): 24_000, day("03-10"): 24_000, day("04-10"): 24_000}
    sari.pays(496_000, "06-15")
    assert income(sari.at("06-30"))[day("06-15")] == 24_000
    assert sum(income(sari.at("06-30")).values()) == 4 * 24_000


# ── another schedule ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_new_version_begins_with_what_is_owed_and_carries_what_is_due():
    sari = Sari().pays(124_000, "02-10")
    sari.is_rescheduled("04-10", rows(1_100_000, 11, 11_000, "04-10"))

    derived = sari.at("04-10")
    assert (derived.version, derived.principal) == (2, 1_100_000)
    assert derived.states[0].owed["interest"] == 11_000 + 48_000
    assert [len(derived.states), sum(state.owed["principal"] for state in derived.states)] == [11, 1_100_000]


def test_money_found_later_shrinks_the_version_that_followed():
    def redo(principal: int) -> tuple[Row, ...]:
        return rows(principal, 11, 11_000, "04-10")

    sari = Sari().pays(124_000, "02-10").is_rescheduled("04-10", redo(1_100_000), redo)
    sari.pays(124_000, "03-10")

    derived = sari.at("04-10")
    assert derived.principal == 1_000_000
    assert sum(row.principal for row in derived.plans[1].rows) == 1_000_000


def test_a_version_of_nothing_is_told():
    sari = Sari().is_rescheduled("04-10", rows(1_200_000, 11, 11_000, "04-10"))
    sari.pays(1_488_000, "03-10")

    with pytest.raises(PlanIsMoot):
        sari.at("04-10")


def test_a_later_look_begins_with_what_an_earlier_one_saw():
    sari = Sari(penalty=DAILY, accrues=True).pays(60_000, "02-14").pays(400_000, "04-20")
    for days in range(0, 120, 7):
        on = day("01-10") + timedelta(days=days)
        earlier = derive(sari.facts, on).lines
        later = {key: amount for key, amount in derive(sari.facts, day("06-30")).lines.items() if key.on <= on}
        assert earlier == later
