"""A command has one effect, however often it comes, and only its success is remembered."""

import pytest

from ledger import queries
from ledger.commands import fingerprint, key_for
from ledger.errors import FloorBreached, KeyReused, NoSuchBook
from ledger.ids import uuid7
from ledger.models import Command
from tests.cast import BUDI, CASH, GRANT, MEALS, SARI, Group


def test_the_same_request_again_changes_nothing_and_answers_the_same(jarbangsri):
    key = uuid7()
    jarbangsri.posts(CASH, GRANT, 100, key=key)
    stored = jarbangsri.asks(lambda: Command.objects.get(group_id=jarbangsri.id, key=key))

    answer = jarbangsri.does(lambda: pytest.fail("acted twice"), key=key, body=[CASH, GRANT, 100, "2026-03-05"])

    assert (answer.status, answer.body, answer.replayed) == (201, stored.answer, True)
    assert jarbangsri.balance(CASH) == 100


def test_another_body_under_the_key_is_refused(jarbangsri):
    key = uuid7()
    jarbangsri.posts(CASH, GRANT, 100, key=key)

    with pytest.raises(KeyReused):
        jarbangsri.posts(CASH, GRANT, 200, key=key)

    assert jarbangsri.balance(CASH) == 100


def test_another_actor_under_the_key_is_refused(jarbangsri):
    key = uuid7()
    jarbangsri.does(lambda: _nothing(), key=key, actor=BUDI)

    with pytest.raises(KeyReused):
        jarbangsri.does(lambda: _nothing(), key=key, actor=SARI)


def _nothing():
    from ledger.commands import Answer

    return Answer(200, {})


def test_a_refusal_leaves_the_key_free(jarbangsri):
    key = uuid7()
    with pytest.raises(FloorBreached):
        jarbangsri.posts(MEALS, CASH, 100, key=key)
    jarbangsri.posts(CASH, GRANT, 100)

    jarbangsri.posts(MEALS, CASH, 100, key=key)

    assert jarbangsri.balance(CASH) == 0


def test_a_bug_stores_nothing(jarbangsri):
    key = uuid7()

    def act():
        jarbangsri.posts(CASH, GRANT, 100)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        jarbangsri.does(act, key=key)

    assert jarbangsri.asks(lambda: queries.head(jarbangsri.id)).seq == 0
    assert not jarbangsri.asks(lambda: Command.objects.exists())


def test_two_groups_may_use_one_key(jarbangsri, other):
    key = uuid7()
    jarbangsri.posts(CASH, GRANT, 100, key=key)
    other.posts(CASH, GRANT, 100, key=key)

    assert jarbangsri.balance(CASH) == other.balance(CASH) == 100


def test_a_group_without_a_book_is_refused(books):
    with pytest.raises(NoSuchBook):
        Group(uuid7()).does(_nothing)


def test_the_fingerprint_does_not_depend_on_the_order_of_keys():
    one = fingerprint("POST", "/x", BUDI, {"a": 1, "b": [1, 2]})

    assert one == fingerprint("POST", "/x", BUDI, {"b": [1, 2], "a": 1})
    assert one != fingerprint("POST", "/x", SARI, {"b": [1, 2], "a": 1})
    assert one != fingerprint("POST", "/x", BUDI, {"b": [2, 1], "a": 1})


def test_the_clocks_work_has_a_key_of_what_it_is_about():
    assert key_for("night", 1, "2026-03-05") == key_for("night", 1, "2026-03-05") != key_for("night", 2, "2026-03-05")
