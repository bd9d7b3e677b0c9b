"""Schedules against worked figures, and what holds for every loan."""

import json
from pathlib import Path

import pytest

from loans.schedule import schedule
from loans.terms import from_json

VECTORS = Path(__file__).resolve().parent.parent / "vectors"
PEERS = json.loads((VECTORS / "schedules.json").read_text())["cases"]


@pytest.mark.parametrize("case", PEERS, ids=lambda case: case["id"])
def test_schedules_another_system_asserts_match_in_every_row(case):
    rows = schedule(from_json(case["request"]))

    found = [{"due_on": str(row.due_on), "principal": row.principal, "interest": row.interest} for row in rows]
    assert found == case["rows"]
