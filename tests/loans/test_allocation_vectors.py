"""The timelines that another system asserts: how each repayment is split, and what the schedule says after it."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from loans.allocation import FEE, INTEREST, PENALTY, PRINCIPAL
from loans.terms import Terms, check
from tests.loans.lived import Story, row, split

CASES = json.loads((Path(__file__).resolve().parent.parent / "vectors" / "repayments.json").read_text())["cases"]
UNITS = {"DAYS": "day", "WEEKS": "week", "MONTHS": "month"}
WORDS = {"principal": PRINCIPAL, "interest": INTEREST, "fees": FEE, "penalties": PENALTY}


def minor(amount: str) -> int:
    """Two decimals, as the timelines write them, in the smallest unit."""
    found = Decimal(amount) * 100
    assert found == int(found)
    return int(found)


def begun(case) -> Story:
    told, [paid_out] = case["config"], [one for one in case["timeline"] if one.get("event") == "disburse"]
    terms = Terms(
        principal=minor(paid_out["amount"]),
        rate=Decimal(told["annual_nominal_rate_pct"]),
        rate_per="year",
        method="flat",
        installments=told["number_of_repayments"],
        disbursed_on=date.fromisoformat(paid_out["date"]),
        digits=2,
        every=told["repay_every"],
        unit=UNITS[told["repayment_frequency"]],  # type: ignore[arg-type]
        installment_multiple=100 * told["installment_amount_in_multiples_of"],
    )
    check(terms)
    return Story.of(terms, allocation=told["allocation_strategy"])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_a_timeline_ends_in_the_figures_another_system_asserts(case):
    loan, paid, today, looked = begun(case), [], None, 0
    for line in case["timeline"]:
        today = line.get("business_date") or today
        match line.get("event") or line.get("expect"):
            case "add_charge":
                kind = PENALTY if line["is_penalty"] else FEE
                loan.is_charged(kind, minor(line["amount"]), line["due_date"])
            case "repayment":
                paid.append(loan.pays(minor(line["amount"]), line["date"]))
            case "transactions":
                derived = loan.on(today)
                told = [one for one in line["rows"] if one["type"] == "Repayment"]
                assert [split(derived, id) for id in paid] == [_split(one) for one in told]
                looked += len(told)
            case "schedule":
                _agrees(loan.on(today), [one for one in line["rows"] if "number" in one])
                looked += 1
            case "schedule_total":
                _sums(loan.on(today), line["row"])
            case "outstanding":
                assert sum(one.unpaid for one in loan.on(today).states) == minor(line["amount"])
            case "status":
                assert (loan.on(today).paid_off_on is None) == (line["value"] == "ACTIVE")
    assert looked


def _split(told) -> dict[str, int]:
    found = {WORDS[word]: minor(told[word]) for word in ("penalties", "fees", "interest", "principal")}
    return {component: amount for component, amount in found.items() if amount}


def _agrees(derived, told) -> None:
    assert len(derived.states) == len(told)
    for one in told:
        found = row(derived, one["number"])
        assert str(found.due_on) == one["due_date"]
        assert found.owed == {component: minor(one[word]) for word, component in WORDS.items()}
        assert found.due == minor(one["due"])
        assert sum(found.paid.values()) == minor(one["paid"])
        assert found.unpaid == minor(one["outstanding"])


def _sums(derived, told) -> None:
    for word, component in WORDS.items():
        assert sum(one.owed[component] for one in derived.states) == minor(told[word])
    assert sum(one.due for one in derived.states) == minor(told["due"])
    assert sum(sum(one.paid.values()) for one in derived.states) == minor(told["paid"])
    assert sum(one.unpaid for one in derived.states) == minor(told["outstanding"])
