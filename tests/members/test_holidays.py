"""The days on which a group differs from the calendar: its own days off, and public holidays on which it works."""

import pytest

from ledger.ids import uuid7
from members.models import Holiday


def path(kelompok):
    return f"{kelompok.path}/holidays"


def told(kelompok):
    return [(one["day"], one["closed"], one["name"]) for one in kelompok.budi.gets(path(kelompok))["results"]]


def test_a_day_off_of_the_groups_own_has_a_name(kelompok):
    made = kelompok.budi.posts(path(kelompok), {"day": "2026-05-02", "name": "Sedekah  bumi"})

    assert (made.status, made["day"], made["closed"], made["name"]) == (201, "2026-05-02", True, "Sedekah bumi")
    assert kelompok.phones["dewi"].gets(path(kelompok))["results"] == [made.body]


def test_on_a_public_holiday_the_group_may_work(kelompok):
    made = kelompok.budi.posts(path(kelompok), {"day": "2026-05-01", "closed": False})

    assert (made["closed"], made["name"]) == (False, None)


def test_a_second_word_about_a_day_takes_the_place_of_the_first(kelompok):
    first = kelompok.budi.posts(path(kelompok), {"day": "2026-05-02", "name": "Sedekah bumi"})
    second = kelompok.budi.posts(path(kelompok), {"day": "2026-05-02", "closed": False})

    assert (second.status, second["id"]) == (201, first["id"])
    assert told(kelompok) == [("2026-05-02", False, None)]


def test_the_same_request_again_answers_the_same(kelompok):
    key, body = uuid7(), {"day": "2026-05-02"}
    first = kelompok.budi.posts(path(kelompok), body, key=key)

    again = kelompok.budi.posts(path(kelompok), body, key=key)

    assert (again.status, again.body) == (201, first.body)


def test_what_is_taken_back_goes_by_the_calendar_again(kelompok, neighbours):
    made = kelompok.budi.posts(path(kelompok), {"day": "2026-05-02"})

    assert neighbours.budi.deletes(f"{path(neighbours)}/{made['id']}").status == 404
    assert kelompok.budi.deletes(f"{path(kelompok)}/{made['id']}").status == 204
    assert kelompok.budi.deletes(f"{path(kelompok)}/{made['id']}").status == 404
    assert told(kelompok) == []


@pytest.mark.parametrize(
    ("wrong", "pointer", "code"),
    [
        ({"day": None}, "/day", "required"),
        ({"day": "2026-02-30"}, "/day", "invalid"),
        ({"day": "1899-12-31"}, "/day", "out_of_range"),
        ({"day": 20260502}, "/day", "invalid"),
        ({"closed": "false"}, "/closed", "invalid"),
        ({"closed": 0}, "/closed", "invalid"),
        ({"closed": None}, "/closed", "required"),
        ({"name": "x" * 81}, "/name", "invalid"),
        ({"name": 7}, "/name", "invalid"),
        ({"public": True}, "/public", "unknown_field"),
    ],
)
def test_what_is_malformed_is_named_and_changes_nothing(kelompok, wrong, pointer, code):
    refused = kelompok.budi.posts(path(kelompok), {"day": "2026-05-02"} | wrong)

    assert (refused.status, refused.pointers) == (400, {pointer: code})
    assert not kelompok.asks(lambda: Holiday.objects.filter(group_id=kelompok.id).exists())


def test_meetings_are_counted_from_one_of_them(kelompok):
    rhythm = {"every": 2, "unit": "week", "from": "2026-03-06"}

    assert kelompok.budi.patches(kelompok.path, {"meeting_every": rhythm})["meeting_every"] == rhythm
    kept = kelompok.budi.patches(kelompok.path, {"meeting_every": {"every": 1, "unit": "month"}})
    assert kept["meeting_every"] == {"every": 1, "unit": "month", "from": "2026-03-06"}
    gone = kelompok.budi.patches(kelompok.path, {"meeting_every": rhythm | {"from": None}})
    assert gone["meeting_every"]["from"] is None
    refused = kelompok.budi.patches(kelompok.path, {"meeting_every": rhythm | {"from": "6 Maret"}})
    assert refused.pointers == {"/meeting_every/from": "invalid"}
