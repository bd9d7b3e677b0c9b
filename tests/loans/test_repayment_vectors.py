"""Timelines of charges and repayments that another system's own tests assert, to the last unit.

`vectors/repayments.json` gives major units with two decimals. A charge belongs to the instalment with from < its day <=
to; one after maturity makes a row more. What it calls accruals, and its jobs, are not ours.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from loans import facts, terms
from loans.account import ChargeMade, Derived, Facts, Payment, Plan, Rules
from loans.accrual import derive
from loans.calendar import NATIONAL
from loans.queries import split_of

CASES = json.loads((Path(__file__).parents[1] / "vectors" / "repayments.json").read_text())["cases"]
UNITS = {"DAYS": "day", "WEEKS": "week", "MONTHS": "month"}
LOAN = UUID(int=1)


def minor(text: Any) -> int:
    return int(Decimal(str(text)) * 100)


def agreed(config: dict[str, Any], amount: str, on: str) -> terms.Terms:
    assert (config["interest_method"], config["amortization"]) == ("flat", "equal_installments")
    return terms.from_json(
        {
            "principal": minor(amount),
            "minor_digits": config["currency_decimals"],
            "rate": {"percent": config["annual_nominal_rate_pct"], "per": "year"},
            "method": "flat",
            "installments": config["number_of_repayments"],
            "every": config["repay_every"],
            "unit": UNITS[config["repayment_frequency"]],
            "installment_multiple": 100 * config["installment_amount_in_multiples_of"],
            "disbursed_on": on,
        }
    )


class Told:
    """A timeline as it is told, line by line."""

    def __init__(self, case: dict[str, Any]) -> None:
        self.case = case
        self.facts = Facts(LOAN, Rules(allocation=case["config"]["allocation_strategy"]), ())
        self.today = date.min

    def tell(self) -> Iterator[tuple[dict[str, Any], Derived]]:
        """Each expectation with what is derived at that point."""
        for line in self.case["timeline"]:
            self.today = date.fromisoformat(line.get("business_date") or str(self.today))
            if "event" in line:
                getattr(self, line["event"], lambda line: None)(line)
            elif "expect" in line:
                yield line, derive(self.facts, self.today)

    def disburse(self, line: dict[str, Any]) -> None:
        rows = facts.rows_of(agreed(self.case["config"], line["amount"], line["date"]), NATIONAL)
        self._with(plans=(Plan(1, 1, date.fromisoformat(line["date"]), 0, rows),))

    def add_charge(self, line: dict[str, Any]) -> None:
        made = ChargeMade(
            UUID(int=100 + len(self.facts.charges)),
            "penalty" if line["is_penalty"] else "fee",
            minor(line["amount"]),
            date.fromisoformat(line["due_date"]),
        )
        self._with(charges=(*self.facts.charges, made))

    def repayment(self, line: dict[str, Any]) -> None:
        number = len(self.facts.payments)
        paid = Payment(UUID(int=200 + number), date.fromisoformat(line["date"]), minor(line["amount"]), number)
        self._with(payments=(*self.facts.payments, paid))

    def _with(self, **changes: Any) -> None:
        self.facts = replace(self.facts, **changes)


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_a_timeline_comes_out_to_the_last_unit(case):
    told = Told(case)
    checked = 0
    for line, derived in told.tell():
        checked += 1
        if line["expect"] == "transactions":
            repayments = [row for row in line["rows"] if row["type"] == "Repayment"]
            splits = [split_of(derived, one.id) for one in told.facts.payments]
            assert [
                {
                    "principal": minor(row["principal"]),
                    "interest": minor(row["interest"]),
                    "fee": minor(row["fees"]),
                    "penalty": minor(row["penalties"]),
                }
                for row in repayments
            ] == [{name: split[name] for name in ("principal", "interest", "fee", "penalty")} for split in splits]
        elif line["expect"] == "schedule":
            rows = [row for row in line["rows"] if "number" in row]
            assert [row["number"] for row in rows] == [state.number for state in derived.states]
            for row, state in zip(rows, derived.states, strict=True):
                assert date.fromisoformat(row["due_date"]) == state.due_on
                wanted = {"principal": "principal", "interest": "interest", "fees": "fee", "penalties": "penalty"}
                assert {name: minor(row[name]) for name in wanted} == {
                    name: state.owed[ours] for name, ours in wanted.items()
                }
                assert minor(row["due"]) == state.due
                assert minor(row["paid"]) == state.due - state.unpaid
                assert (
                    minor(row.get("outstanding", Decimal(minor(row["due"]) - minor(row["paid"])) / 100)) == state.unpaid
                )
        elif line["expect"] == "outstanding":
            assert minor(line["amount"]) == sum(state.unpaid for state in derived.states)
        elif line["expect"] == "status":
            assert (line["value"] == "CLOSED_OBLIGATIONS_MET") == (derived.paid_off_on is not None)
        elif line["expect"] == "schedule_total":
            row = line["row"]
            assert minor(row["due"]) == sum(state.due for state in derived.states)
            assert minor(row["outstanding"]) == sum(state.unpaid for state in derived.states)
        elif line["expect"] == "charges":
            ours = sorted(
                (charge.due_on, charge.amount, charge.paid) for state in derived.states for charge in state.charges
            )
            theirs = sorted(
                (date.fromisoformat(row["due_as_of"]), minor(row["due"]), minor(row["paid"])) for row in line["rows"]
            )
            assert ours == theirs
    assert checked
