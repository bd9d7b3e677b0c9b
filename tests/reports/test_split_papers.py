"""A paper with more lines than one holds: several stand in for it, and each begins with what the one before carries
forward."""

from datetime import date
from uuid import UUID

import pytest

from reports import delivering, issuing
from reports.papers import member
from reports.papers.periods import middle

DAYS = ("2026-01-08", "2026-01-15", "2026-02-05", "2026-02-20", "2026-03-05")


@pytest.fixture
def long(papers, monkeypatch):
    """Dewi has saved five times, and a paper holds two lines."""
    for on in DAYS[1:]:
        papers.lending.saves("dewi", 10_000, on=on)
    monkeypatch.setattr(member, "MOST_LINES", 2)
    return papers


def made(papers, **changes):
    """Ask for hers, and work until nothing waits; what was asked for, and every paper there is by its first day."""
    asked = papers.asks(**changes)
    assert asked.status == 202, asked.body
    for _ in range(4):
        papers.work()
    rows = papers.phone("budi").gets(papers.path)["results"]
    return papers.row(asked["id"]), sorted(rows, key=lambda one: one["to"])


def test_parts_stand_in_for_it_and_carry_the_balance_forward(long):
    whole, rows = made(long)

    parts = [one for one in rows if one["status"] == "ready"]
    assert (whole.status, whole.failed_because) == ("failed", "split")
    assert [(one["from"], one["to"]) for one in parts] == [
        ("2026-01-01", "2026-01-15"),
        ("2026-01-16", "2026-02-05"),
        ("2026-02-06", "2026-03-31"),
    ]
    assert [one["totals"]["savings_opening"] for one in parts] == [0, 60_000, 70_000]
    assert [one["totals"]["savings_closing"] for one in parts] == [60_000, 70_000, 90_000]


def test_asked_again_it_is_the_same_parts_until_one_of_them_is_behind(long):
    whole, before = made(long)

    again, rows = made(long)
    assert again.id == whole.id
    assert [one["id"] for one in rows] == [one["id"] for one in before]

    long.lending.saves("dewi", 5_000, on="2026-01-09")
    again, rows = made(long)
    assert again.id == whole.id
    assert len(rows) > len(before)
    assert [one["status"] for one in rows].count("replaced") > 0


def test_lines_of_one_day_cannot_be_parted(papers, monkeypatch):
    monkeypatch.setattr(member, "MOST_LINES", 2)
    for _ in range(3):
        papers.lending.saves("dewi", 10_000, on="2026-01-08")

    whole, rows = made(papers, **{"from": "2026-01-08", "to": "2026-01-08"})

    assert len(rows) == 1
    assert whole.failed_because in (None, "too_many_lines")  # tried again later, then for good


def test_who_was_to_get_the_whole_gets_its_parts(papers):
    whole, part = (papers.asks(kind=kind, subject_id=None)["id"] for kind in ("group", "arrears"))

    def act():
        one, other = (issuing.statement(papers.id, UUID(id)) for id in (whole, part))
        delivering.deliver_to(one, "upk@kunduran.example")
        delivering.hand_on(one, other)
        return [list(delivering.deliveries(papers.id, each.id).values_list("status", "said")) for each in (one, other)]

    assert papers.kelompok.asks(act) == [[("failed", "split")], [("queued", None)]]


@pytest.mark.parametrize(
    ("days", "until", "first"),
    [
        ([3, 1, 2, 4], 9, 2),
        ([1, 2, 3], 3, 2),
        ([1, 9, 9, 9], 9, 1),
        ([9, 9], 9, None),
        ([], 9, None),
    ],
)
def test_the_first_part_has_about_half_of_the_lines_and_ends_before_the_last_day(days, until, first):
    found = middle([date(2026, 1, day) for day in days], date(2026, 1, until))

    assert found == (date(2026, 1, first) if first else None)
