"""One transaction for one group: who is named to the database, for how long, and what is tried again."""

from contextlib import suppress

import psycopg
import pytest
from django.db import connection

from ledger import context
from ledger.context import WORKER, Limits, in_book
from ledger.ids import uuid7
from ledger.money import grouped, signed
from tests.cast import BUDI


def setting(name):
    with connection.cursor() as cursor:
        cursor.execute("select current_setting(%s, true)", [name])
        return cursor.fetchone()[0]


def test_the_database_is_told_group_actor_and_limits(books):
    group = uuid7()

    seen = in_book(
        group,
        BUDI,
        lambda: (
            [setting(f"app.{name}") for name in ("group_id", "actor_id")]
            + [setting(name) for name in ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout")]
        ),
        limits=Limits(3, 10, 15),
    )

    assert seen == [str(group), str(BUDI), "3s", "10s", "15s"]


def test_what_is_done_inside_by_another_leaves_the_actor_and_the_limits(jarbangsri):
    names = ("app.actor_id", "pghistory.context_metadata", "lock_timeout", "statement_timeout")

    def body():
        before = [setting(name) for name in names]
        inside = in_book(jarbangsri.id, None, lambda: setting("app.actor_id"), limits=WORKER)
        assert [setting(name) for name in names] == before
        with suppress(ZeroDivisionError):
            in_book(jarbangsri.id, None, lambda: 1 / 0, limits=WORKER)
        return inside, [setting(name) for name in names] == before

    assert in_book(jarbangsri.id, BUDI, body) == ("", True)


def test_outside_a_book_there_is_no_context(books):
    with pytest.raises(RuntimeError, match="no book is open"):
        context.current()


def test_nothing_of_the_group_stays_on_the_connection(scratch):
    in_book(uuid7(), BUDI, lambda: None)

    assert setting("app.group_id") == ""


@pytest.mark.parametrize("failure", [psycopg.errors.SerializationFailure, psycopg.errors.DeadlockDetected])
def test_a_transaction_that_lost_a_race_runs_again_from_its_beginning(kept, failure):
    tries = []

    def body():
        tries.append(1)
        if len(tries) < 3:
            with connection.cursor() as cursor:
                cursor.execute(f"do $$ begin raise exception using errcode = '{failure.sqlstate}'; end $$")
        return "done"

    assert in_book(kept.id, BUDI, body) == "done"
    assert len(tries) == 3


def test_other_failures_are_not_tried_again(kept):
    tries = []

    def body():
        tries.append(1)
        with connection.cursor() as cursor:
            cursor.execute("select 1 / 0")

    with pytest.raises(Exception, match="division by zero"):
        in_book(kept.id, BUDI, body)
    assert len(tries) == 1


def test_ids_are_version_7_and_sort_by_time():
    ids = [uuid7() for _ in range(50)]

    assert {id.version for id in ids} == {7}
    assert [id.int >> 80 for id in ids] == sorted(id.int >> 80 for id in ids)


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [(1_250_000, 0, "1.250.000"), (0, 0, "0"), (-4_250, 0, "-4.250"), (1_250_005, 2, "12.500,05"), (-5, 2, "-0,05")],
)
def test_amounts_are_written_as_indonesia_does(value, digits, text):
    assert grouped(value, digits) == text


def test_a_balance_grows_on_its_normal_side():
    assert signed("D", debit=5, credit=0) == signed("C", debit=0, credit=5) == 5
    assert signed("D", debit=0, credit=5) == signed("C", debit=5, credit=0) == -5
