"""The night: what a day leaves to be done by itself; twice, killed half way, or three at once, in the same books."""

from datetime import date
from typing import Any

import psycopg
import pytest

from loans import night, portfolio
from loans.models import Night, Snapshot
from tests.cast import day
from tests.door import undone
from tests.loans.lending import Lending, proven

LATE = {"penalty": {"per": "day", "amount": 500, "grace_days": 3}}


@pytest.fixture
def lending(books) -> Lending:
    return Lending.opened(interest_recognition="accrual")


def test_interest_that_falls_due_and_penalties_are_booked_by_day(lending):
    lending.lends(product=lending.product(**LATE))

    done = lending.lives_the_night("2026-02-15")

    assert (done["loans"], done["entries"]) == (1, 3)
    assert lending.balances(as_of="2026-02-10")["4-1010"] == 24_000
    assert [lending.balances(as_of=f"2026-02-{d}").get("4-1030", 0) for d in (13, 14, 15)] == [0, 500, 1_000]
    assert proven(lending.id) == []


def test_a_night_twice_books_once(lending):
    lending.lends(product=lending.product(**LATE))
    first = lending.lives_the_night("2026-02-15")
    before = lending.kinds()

    assert lending.lives_the_night("2026-02-15") == first
    assert lending.lives_the_night("2026-02-12")["entries"] == 0
    assert lending.kinds() == before


def test_three_missed_nights_end_in_the_books_of_three_nights(lending):
    ends = []
    for nights in (["2026-02-14", "2026-02-15", "2026-02-16"], ["2026-02-16"]):
        with undone():
            loan = lending.lends(product=lending.product(**LATE))
            lending.lives_the_night("2026-02-13")
            for on in nights:
                lending.lives_the_night(on)
            days = [lending.balances(as_of=f"2026-02-{number}") for number in range(10, 17)]
            taken = lending.asks(
                lambda: list(
                    Snapshot.objects.filter(group_id=lending.id).order_by("day").values_list("day", "outstanding")
                )
            )
            ends.append((days, loan.schedule("2026-02-16"), taken))
    assert ends[0] == ends[1]


def test_a_night_asks_the_database_no_oftener_for_many_loans_than_for_one(lending, monkeypatch):
    asked: list[Any] = []
    execute = psycopg.Cursor.execute

    def counted(self: Any, statement: Any, *arguments: Any, **options: Any) -> Any:
        asked.append(statement)
        return execute(self, statement, *arguments, **options)

    counts, late = [], lending.product(**LATE)
    for people in (["dewi"], ["dewi", "yuni"] * 2):
        with undone():
            for person in people:
                lending.lends(person, product=late)
            with monkeypatch.context() as patch:
                patch.setattr(psycopg.Cursor, "execute", counted)
                assert lending.lives_the_night("2026-02-15")["loans"] == len(people)
            counts.append(len(asked))
            asked.clear()
    assert counts[0] == counts[1] > 10


def test_a_night_that_is_killed_leaves_nothing_and_comes_again(lending, monkeypatch):
    lending.lends(product=lending.product(**LATE))
    before = lending.balances()

    def dies(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(night, "_snapshots", dies)
        lending.lives_the_night("2026-02-15")
    assert lending.balances() == before
    assert lending.asks(lambda: Night.objects.filter(group_id=lending.id).count()) == 0

    lending.lives_the_night("2026-02-15")
    assert lending.balances()["4-1030"] == 1_000


def test_a_hold_runs_out_and_its_votes_are_void(lending):
    loan = lending.requests().is_approved(on=date(2026, 11, 1))
    assert loan.row.reservation_expires_on == date(2026, 11, 15)

    lending.lives_the_night("2026-11-14")
    assert loan.row.status == "approved"
    lending.lives_the_night("2026-11-15")

    assert (loan.row.status, loan.row.round, loan.row.reserved_on) == ("submitted", 2, None)
    assert proven(lending.id) == []
    loan.is_approved().is_paid_out()
    assert (loan.row.status, proven(lending.id)) == ("active", [])


def test_a_night_with_nothing_to_do_does_nothing(lending):
    before = lending.kinds()

    assert lending.lives_the_night("2026-02-15") == {
        "day": "2026-02-15",
        "loans": 0,
        "entries": 0,
        "expired": 0,
        "savings": 0,
    }
    assert lending.kinds() == before


def test_a_payment_for_a_day_before_the_night_takes_back_what_arose_since(lending):
    loan = lending.lends(product=lending.product(**LATE))
    lending.lives_the_night("2026-02-20")
    assert lending.balances()["4-1030"] == 3_500

    loan.pays(124_000, "2026-02-10")

    assert lending.balances().get("4-1030", 0) == 0
    assert loan.schedule("2026-02-20")[0] == (1, 124_000, 0)


def test_the_snapshot_is_the_portfolio_of_its_day(lending):
    lending.lends()
    lending.lives_the_night("2026-03-20")

    [taken] = lending.asks(lambda: list(Snapshot.objects.filter(group_id=lending.id)))
    found = lending.asks(lambda: portfolio.figures(lending.id, as_of=day("2026-03-20")))
    assert (taken.outstanding, taken.arrears_principal, taken.arrears_interest) == (1_200_000, 200_000, 48_000)
    assert taken.par == [found.par[days] for days in (1, 30, 60, 90)] == [1_200_000, 1_200_000, 0, 0]
