"""Members: who belongs to the group, what is known of her, leaving and coming back."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ledger.ids import uuid7
from ledger.models import Command
from members import services
from members.models import Member, Membership, Person
from members.services import today_in

NIK = "3316054503850007"  # a woman's: 45 is the 5th, of March 1985
MANS_NIK = "3316050503850008"
LISTED = ("id", "number", "name", "status", "joined_on", "left_on")


def takes(kelompok, name="Ngatiyem", *, by="budi", key=None, **more):
    """Take somebody in over HTTP."""
    body = {"name": name, "joined_on": "2026-01-02"} | more
    return kelompok.phones[by].posts(f"{kelompok.path}/members", body, key=key)


def member(kelompok, answer, by="budi"):
    return kelompok.phones[by].gets(f"{kelompok.path}/members/{answer['id']}")


def person_of(kelompok, answer):
    return kelompok.asks(lambda: Person.objects.get(group_id=kelompok.id, members__id=answer["id"]))


def leaves(kelompok, member_id, on="2026-03-31", **more):
    return kelompok.budi.pays(
        f"{kelompok.path}/members/{member_id}/leave", {"left_on": on, "second": kelompok.second()} | more
    )


def rejoins(kelompok, member_id, on):
    return kelompok.budi.posts(f"{kelompok.path}/members/{member_id}/rejoin", {"joined_on": on})


@pytest.fixture
def today(kelompok):
    return today_in(kelompok.group)


# Taking in


def test_a_new_member_gets_the_next_number(kelompok):
    first, second = takes(kelompok, "Ngatiyem"), takes(kelompok, "Sulastri")

    assert (first.status, first["number"], second["number"]) == (201, "7", "8")
    assert (first["name"], first["status"], first["joined_on"]) == ("Ngatiyem", "active", "2026-01-02")
    known = [first[name] for name in ("phone", "nik_last4", "born_on", "address", "business", "left_on", "erased_at")]
    assert (known, first["warnings"]) == ([None] * 7, [])
    assert member(kelompok, first).body == first.body


def test_a_given_number_is_hers_and_the_next_one_follows_the_highest(kelompok):
    assert takes(kelompok, number="40")["number"] == "40"
    assert takes(kelompok, number="A-12/b.3")["number"] == "A-12/b.3"
    assert takes(kelompok, number=52)["number"] == "52"
    assert takes(kelompok)["number"] == "53"


def test_a_number_that_is_taken_is_refused(kelompok, neighbours):
    refused = takes(kelompok, number="3")

    assert (refused.status, refused.code, refused["number"]) == (409, "number_taken", "3")
    assert kelompok.asks(lambda: Person.objects.filter(group_id=kelompok.id).count()) == 6
    takes(kelompok, number="77")
    assert takes(neighbours, number="77").status == 201


@pytest.mark.parametrize("number", ["a b", "-1", "７", "x" * 21, "1;drop", 1.5, True])
def test_a_number_nobody_could_print_is_refused(kelompok, number):
    assert takes(kelompok, number=number).pointers == {"/number": "invalid"}


@pytest.mark.parametrize("name", ["Ngatiyem", "O", "Siti Aminah binti Karto", "Nur'aini", "D. A. Żółć", "Ñandú 2"])
def test_a_name_is_a_name(kelompok, name):
    made = takes(kelompok, name)

    assert (made.status, made["name"]) == (201, name)


def test_what_cannot_be_seen_in_a_name_is_not_stored(kelompok):
    made = takes(kelompok, "\u202eNga\u200bti\u2066yem\ufeff \t\n Kusuma\u00adwardhani\u0007 ")

    assert made["name"] == "Ngatiyem Kusumawardhani"
    assert person_of(kelompok, made).name == "Ngatiyem Kusumawardhani"


def test_a_name_is_composed(kelompok):
    assert takes(kelompok, "Rene\u0301")["name"] == "Ren\u00e9"


@pytest.mark.parametrize("name", ["", "  ", "\u200b\u202e", None, 7, "x" * 121, ["Ngatiyem"]])
def test_nobody_is_nameless(kelompok, name):
    assert list(takes(kelompok, name).pointers) == ["/name"]


def test_a_lone_surrogate_is_refused(kelompok):
    raw = b'{"name": "Nga\\ud800", "joined_on": "2026-01-02"}'

    assert kelompok.budi.sends("POST", f"{kelompok.path}/members", raw=raw).pointers == {"/name": "invalid"}


def test_tomorrow_nobody_has_joined(kelompok, today):
    refused = takes(kelompok, joined_on=(today + timedelta(days=1)).isoformat())

    assert (refused.status, refused.code) == (409, "future_date")
    assert takes(kelompok, joined_on=today.isoformat()).status == 201


@pytest.mark.parametrize(
    "day", ["2026-02-30", "02-01-2026", "2026-1-2", "", None, 20260102, "1899-12-31", "2201-01-01"]
)
def test_a_day_that_is_none_is_refused(kelompok, day):
    assert list(takes(kelompok, joined_on=day).pointers) == ["/joined_on"]


@pytest.mark.parametrize("person", ["wati", "dewi"])
def test_supervisors_and_members_take_nobody_in(kelompok, person):
    assert takes(kelompok, by=person).status == 403


@pytest.mark.parametrize("person", ["sari", "rina"])
def test_the_rest_of_the_board_does(kelompok, person):
    assert takes(kelompok, by=person).status == 201


def test_a_field_nobody_knows_is_refused(kelompok):
    assert takes(kelompok, gender="p").pointers == {"/gender": "unknown_field"}


# Telephone


@pytest.mark.parametrize(
    "written", ["081234567890", "0812-3456-7890", "+62 812 3456 7890", "+6281234567890", "(0812) 3456 7890"]
)
def test_a_telephone_number_is_one_however_it_is_written(kelompok, written):
    assert takes(kelompok, phone=written)["phone"] == "+6281234567890"


@pytest.mark.parametrize("written", ["12", "nol delapan", "0812345678901234567", "+999123", 81234567890])
def test_what_cannot_be_a_telephone_number_is_refused(kelompok, written):
    refused = takes(kelompok, phone=written)

    assert (refused.status, refused.pointers) == (400, {"/phone": "invalid"})


# NIK


@pytest.mark.parametrize(
    "nik",
    ["331605450385000", "33160545038500070", "331605450385000X", "３３１６０５４５０３８５０００７", 3316054503850007],
)
def test_a_nik_has_sixteen_digits(kelompok, nik):
    refused = takes(kelompok, nik=nik)

    assert (refused.status, refused.pointers) == (400, {"/nik": "invalid"})
    assert "3316054503850007" not in json.dumps(refused.body)


def test_a_womans_nik_says_nothing(kelompok):
    made = takes(kelompok, nik=NIK, born_on="1985-03-05")

    assert (made.status, made["nik_last4"], made["warnings"]) == (201, "0007", [])


def test_a_nik_may_be_written_in_blocks(kelompok):
    assert takes(kelompok, nik="331605-450385 0007")["nik_last4"] == "0007"


@pytest.mark.parametrize(
    ("nik", "born_on", "warned"),
    [
        (MANS_NIK, None, ["not_a_woman"]),
        (MANS_NIK, "1985-03-05", ["not_a_woman"]),
        (MANS_NIK, "1985-03-06", ["not_a_woman", "birth_date_differs"]),
        (NIK, "1985-04-05", ["birth_date_differs"]),
        (NIK, "1986-03-05", ["birth_date_differs"]),
        (NIK, None, []),
        ("3316054513850007", None, ["no_date"]),
        ("3316057103850007", None, []),
        ("3316057203850007", None, ["no_date"]),
        ("3316056902000007", "2000-02-29", []),
        ("3316054003850007", None, ["no_date"]),
    ],
)
def test_an_odd_nik_warns_and_is_stored(kelompok, nik, born_on, warned):
    made = takes(kelompok, nik=nik, **({"born_on": born_on} if born_on else {}))

    assert (made.status, made["nik_last4"]) == (201, nik[-4:])
    assert [warning["code"] for warning in made["warnings"]] == warned
    assert kelompok.asks(lambda: services.nik_of(person_of(kelompok, made))) == nik


def test_no_answer_ever_shows_more_of_a_nik_than_its_end(kelompok):
    key = uuid7()
    made = takes(kelompok, nik=NIK, key=key)
    path = f"{kelompok.path}/members/{made['id']}"

    answers = [
        made,
        takes(kelompok, nik=NIK, key=key),
        takes(kelompok, nik=NIK),
        kelompok.budi.gets(path),
        kelompok.budi.gets(f"{kelompok.path}/members"),
        kelompok.budi.gets(f"{kelompok.path}/members?search=0007"),
        kelompok.budi.gets(f"{kelompok.path}/members?search={NIK}"),
        kelompok.budi.patches(path, {"nik": NIK, "phone": "081234567890"}),
        kelompok.budi.patches(path, {"nik": NIK + "1"}),
        kelompok.budi.patches(path, {"niik": NIK}),
        kelompok.budi.patches(path, {"number": NIK}),
        kelompok.budi.posts(f"{path}/login", {"username": "ngatiyem"}),
        kelompok.budi.gets(f"{kelompok.path}/officers"),
        kelompok.budi.gets(f"{kelompok.path}/pending"),
        leaves(kelompok, made["id"]),
    ]

    assert [answer.status for answer in answers] == [
        201,
        201,
        409,
        200,
        200,
        200,
        200,
        200,
        400,
        400,
        200,
        201,
        200,
        200,
        201,
    ]
    said = [answer.body for number, answer in enumerate(answers) if number != 10]  # there it was made a book's number
    assert NIK not in json.dumps(said) and NIK[:12] not in json.dumps(said)
    assert made["nik_last4"] == "0007"


def test_a_nik_is_sealed_in_the_table(kelompok):
    person = person_of(kelompok, takes(kelompok, nik=NIK))

    row = b"".join(bytes(one) for one in (person.nik_sealed, person.nik_index, person.data_key))
    assert NIK.encode() not in row and NIK.encode() not in bytes.fromhex(row.hex()[1:] + "0")
    assert (person.nik_last4, len(bytes(person.nik_index))) == ("0007", 32)
    assert kelompok.asks(lambda: services.nik_of(person)) == NIK


def test_the_same_nik_looks_different_in_another_group(kelompok, neighbours):
    here, there = takes(kelompok, nik=NIK), takes(neighbours, nik=NIK)

    assert there.status == 201
    ours, theirs = person_of(kelompok, here), person_of(neighbours, there)
    for column in ("nik_sealed", "nik_index", "data_key"):
        assert bytes(getattr(ours, column)) != bytes(getattr(theirs, column))


def test_the_same_nik_again_in_a_group_is_refused(kelompok):
    takes(kelompok, nik=NIK)
    other = takes(kelompok, "Sulastri")

    twice = takes(kelompok, "Ngatiyem lagi", nik=NIK)
    changed = kelompok.budi.patches(f"{kelompok.path}/members/{other['id']}", {"nik": "3316.0545.0385.0007"})

    assert [(one.status, one.code, one["last4"]) for one in (twice, changed)] == [(409, "nik_taken", "0007")] * 2
    assert member(kelompok, other)["nik_last4"] is None


def test_a_nik_that_was_taken_away_is_free_again(kelompok):
    first = takes(kelompok, nik=NIK)
    kelompok.budi.patches(f"{kelompok.path}/members/{first['id']}", {"nik": None})

    person = person_of(kelompok, first)
    assert (person.nik_sealed, person.nik_index, person.nik_last4) == (None, None, None)
    assert takes(kelompok, "Sulastri", nik=NIK).status == 201


# Business


def test_her_business_is_told(kelompok):
    business = {"kind": "makanan", "product": "tempe mendoan", "raw_materials": ["kedelai", "tepung"], "workers": 2}

    made = takes(kelompok, business=business)

    assert made["business"] == business
    changed = kelompok.budi.patches(f"{kelompok.path}/members/{made['id']}", {"business": {"product": "tempe"}})
    assert changed["business"] == business | {"product": "tempe"}
    emptied = kelompok.budi.patches(f"{kelompok.path}/members/{made['id']}", {"business": None})
    assert emptied["business"] is None


@pytest.mark.parametrize(
    ("business", "pointer", "code"),
    [
        ({"workers": -1}, "/business/workers", "out_of_range"),
        ({"workers": "2"}, "/business/workers", "not_an_integer"),
        ({"raw_materials": "kedelai"}, "/business/raw_materials", "invalid"),
        ({"raw_materials": ["kedelai", " "]}, "/business/raw_materials/1", "invalid"),
        ({"raw_materials": ["k"] * 51}, "/business/raw_materials", "invalid"),
        ({"kind": "x" * 81}, "/business/kind", "invalid"),
        ({"usaha": "tempe"}, "/business/usaha", "unknown_field"),
        ([], "/business", "invalid"),
    ],
)
def test_a_malformed_business_is_named(kelompok, business, pointer, code):
    assert takes(kelompok, business=business).pointers == {pointer: code}


# Finding


def names(answer):
    return [member["name"] for member in answer["results"]]


def test_members_are_found_by_part_of_the_name_and_by_number(kelompok):
    takes(kelompok, "Dewi Lestari", number="61")
    path = f"{kelompok.path}/members?search="

    assert names(kelompok.budi.gets(path + "dewi")) == ["Dewi", "Dewi Lestari"]
    assert names(kelompok.budi.gets(path + "ESTA")) == ["Dewi Lestari"]
    assert names(kelompok.budi.gets(path + "6")) == ["Yuni", "Dewi Lestari"]
    assert names(kelompok.budi.gets(path + "61")) == ["Dewi Lestari"]
    assert names(kelompok.budi.gets(path + "%25")) == names(kelompok.budi.gets(path + "_")) == []


def test_members_are_told_apart_by_status(kelompok):
    leaves(kelompok, kelompok.members["yuni"])
    path = f"{kelompok.path}/members?status="

    assert names(kelompok.budi.gets(path + "left")) == ["Yuni"]
    assert names(kelompok.budi.gets(path + "active")) == ["Budi", "Sari", "Rina", "Wati", "Dewi"]
    assert names(kelompok.budi.gets(f"{path}left&search=dewi")) == []
    assert kelompok.budi.gets(path + "pergi").pointers == {"?status": "invalid"}


def test_the_list_goes_on_behind_its_cursor(kelompok):
    found, path = [], f"{kelompok.path}/members?limit=4"
    for _ in range(2):
        page = kelompok.budi.gets(path)
        found += names(page)
        path = f"{kelompok.path}/members?limit=4&cursor={page['next']}"

    assert (found, page["next"]) == (["Budi", "Sari", "Rina", "Wati", "Dewi", "Yuni"], None)


def test_the_number_of_queries_does_not_grow_with_the_members(kelompok):
    def asks():
        with CaptureQueriesContext(connection) as asked:
            assert kelompok.budi.gets(f"{kelompok.path}/members?limit=200").status == 200
        return len(asked)

    takes(kelompok, nik=NIK)
    few = asks()
    for number in range(24):
        nik = f"33160545038501{number:02d}"
        takes(kelompok, f"Anggota {number}", nik=nik, phone=f"0812345678{number:02d}", business={"kind": "tempe"})
    assert kelompok.asks(lambda: Member.objects.filter(group_id=kelompok.id).count()) == 31

    assert asks() == few


def test_a_member_without_office_sees_herself_alone(kelompok):
    dewi, others = kelompok.phones["dewi"], [kelompok.members[one] for one in ("budi", "yuni")]

    assert names(dewi.gets(f"{kelompok.path}/members")) == ["Dewi"]
    assert names(dewi.gets(f"{kelompok.path}/members?search=yuni")) == []
    assert dewi.gets(f"{kelompok.path}/members/{kelompok.members['dewi']}")["name"] == "Dewi"
    assert [dewi.gets(f"{kelompok.path}/members/{one}").status for one in others] == [404, 404]
    assert dewi.patches(f"{kelompok.path}/members/{kelompok.members['dewi']}", {"phone": None}).status == 403


def test_members_of_another_group_are_not_there(kelompok, neighbours):
    theirs = neighbours.members["dewi"]

    assert kelompok.budi.gets(f"{kelompok.path}/members/{theirs}").status == 404
    assert kelompok.budi.gets(f"{neighbours.path}/members/{theirs}").status == 404
    assert kelompok.budi.gets(f"{neighbours.path}/members").status == 404
    assert kelompok.budi.patches(f"{kelompok.path}/members/{theirs}", {"name": "Kami"}).status == 404
    assert leaves(kelompok, theirs).status == 404


def test_an_operator_sees_no_members(kelompok, operator):
    assert operator.gets(f"{kelompok.path}/members").status == 403


# Changing


@pytest.fixture
def known(kelompok):
    """A member of whom everything is known."""
    return takes(
        kelompok,
        "Ngatiyem",
        phone="081234567890",
        nik=NIK,
        born_on="1985-03-05",
        address="Jl. Mawar 7",
        business={"kind": "makanan", "product": "tempe", "raw_materials": ["kedelai"], "workers": 1},
    )


def test_what_is_changed_changes_and_the_rest_stays(kelompok, known):
    path = f"{kelompok.path}/members/{known['id']}"

    changed = kelompok.budi.patches(path, {"name": "Ngatiyem K.", "number": "90", "joined_on": "2026-01-05"})

    assert changed.status == 200
    assert changed.body == known.body | {"name": "Ngatiyem K.", "number": "90", "joined_on": "2026-01-05"}
    assert kelompok.budi.gets(path).body == changed.body
    assert kelompok.budi.patches(path, {}).body == changed.body


def test_null_takes_away_what_was_known(kelompok, known):
    away = dict.fromkeys(("phone", "nik", "born_on", "address", "business"))

    changed = kelompok.budi.patches(f"{kelompok.path}/members/{known['id']}", away)

    assert changed.status == 200
    assert changed.body == known.body | dict.fromkeys(("phone", "nik_last4", "born_on", "address", "business"))
    person = person_of(kelompok, known)
    assert (person.nik_sealed, person.nik_index, person.raw_materials, person.workers) == (None, None, [], None)


def test_a_name_and_a_day_of_joining_are_not_taken_away(kelompok, known):
    refused = kelompok.budi.patches(f"{kelompok.path}/members/{known['id']}", {"name": None, "joined_on": None})

    assert refused.pointers == {"/name": "required", "/joined_on": "required"}


def test_a_change_to_a_taken_number_or_a_day_to_come_is_refused_whole(kelompok, known, today):
    path = f"{kelompok.path}/members/{known['id']}"

    taken = kelompok.budi.patches(path, {"name": "Lain", "number": "1"})
    later = kelompok.budi.patches(path, {"name": "Lain", "joined_on": (today + timedelta(days=1)).isoformat()})

    assert (taken.status, taken.code, later.status, later.code) == (409, "number_taken", 409, "future_date")
    assert kelompok.budi.gets(path).body == known.body


def test_a_change_of_what_was_read_is_done_and_of_something_older_refused(kelompok, known):
    path = f"{kelompok.path}/members/{known['id']}"
    tag = kelompok.budi.gets(path).headers["ETag"]

    done = kelompok.budi.patches(path, {"address": "Jl. Melati 1"}, If_Match=tag)
    stale = kelompok.budi.patches(path, {"address": "Jl. Kenanga 2"}, If_Match=tag)

    assert (done.status, stale.status, stale.code) == (200, 412, "precondition_failed")
    assert kelompok.budi.gets(path)["address"] == "Jl. Melati 1"
    assert kelompok.budi.gets(path, If_None_Match=done.headers["ETag"]).status == 304


# Leaving


def test_a_member_leaves_on_her_last_day_with_two_officers(kelompok):
    yuni = kelompok.members["yuni"]

    left = leaves(kelompok, yuni)

    assert (left.status, left["left_on"]) == (201, "2026-03-31")
    assert (left["paid_out"], left["offset_against_loan"], left["entry_ids"]) == (0, 0, [])
    found = kelompok.budi.gets(f"{kelompok.path}/members/{yuni}")
    assert (found["status"], found["left_on"], found["name"]) == ("left", "2026-03-31", "Yuni")


def test_one_officer_alone_lets_nobody_go(kelompok):
    path = f"{kelompok.path}/members/{kelompok.members['yuni']}"

    waits = kelompok.budi.pays(f"{path}/leave", {"left_on": "2026-03-31"})

    assert (waits.status, waits.code) == (202, "awaiting_second")
    assert kelompok.budi.gets(path)["status"] == "active"
    assert kelompok.phones["wati"].pays(f"{path}/leave", {}).status == 201
    assert kelompok.budi.gets(path)["status"] == "left"


def test_leaving_needs_a_key(kelompok):
    path = f"{kelompok.path}/members/{kelompok.members['yuni']}/leave"
    refused = kelompok.budi.posts(path, {"left_on": "2026-03-31", "second": kelompok.second()})

    assert (refused.status, refused.code) == (400, "idempotency_key_required")


def test_nobody_leaves_before_she_joined_or_on_a_day_to_come(kelompok, today):
    early = leaves(kelompok, kelompok.members["yuni"], on="2026-01-01")
    late = leaves(kelompok, kelompok.members["yuni"], on=(today + timedelta(days=1)).isoformat())

    assert (early.status, early.code, early["joined_on"]) == (409, "before_joining", "2026-01-02")
    assert (late.status, late.code) == (409, "future_date")
    assert leaves(kelompok, kelompok.members["yuni"], on="2026-01-02").status == 201


def test_nobody_leaves_in_office(kelompok):
    refused = leaves(kelompok, kelompok.members["rina"])
    kelompok.budi.deletes(f"{kelompok.path}/officers/{kelompok.offices['rina']}")

    assert (refused.status, refused.code, refused["roles"]) == (409, "not_ready", "secretary")
    assert leaves(kelompok, kelompok.members["rina"]).status == 201


def test_nobody_leaves_twice(kelompok):
    leaves(kelompok, kelompok.members["yuni"])

    again = leaves(kelompok, kelompok.members["yuni"])

    assert (again.status, again.code, again["left_on"]) == (409, "member_left", "2026-03-31")


# Coming back


def test_she_comes_back_under_her_old_number_the_day_after_she_left(kelompok):
    yuni = kelompok.members["yuni"]
    leaves(kelompok, yuni)

    same_day = rejoins(kelompok, yuni, "2026-03-31")
    back = rejoins(kelompok, yuni, "2026-04-01")

    assert (same_day.status, same_day.code) == (409, "before_joining")
    assert (back.status, [back[name] for name in LISTED]) == (
        201,
        [str(yuni), "6", "Yuni", "active", "2026-04-01", None],
    )
    stays = kelompok.asks(lambda: list(Membership.objects.filter(group_id=kelompok.id, member_id=yuni).order_by("id")))
    assert [(str(one.joined_on), str(one.left_on)) for one in stays] == [
        ("2026-01-02", "2026-03-31"),
        ("2026-04-01", "None"),
    ]


def test_who_is_here_does_not_come_back(kelompok, today):
    refused = rejoins(kelompok, kelompok.members["yuni"], "2026-04-01")

    assert (refused.status, refused.code) == (409, "not_ready")
    leaves(kelompok, kelompok.members["yuni"])
    assert rejoins(kelompok, kelompok.members["yuni"], (today + timedelta(days=1)).isoformat()).code == "future_date"


def test_her_second_stay_does_not_reach_into_the_first(kelompok):
    yuni = kelompok.members["yuni"]
    leaves(kelompok, yuni)
    rejoins(kelompok, yuni, "2026-05-01")
    path = f"{kelompok.path}/members/{yuni}"

    refused = kelompok.budi.patches(path, {"joined_on": "2026-03-31"})

    assert (refused.status, refused.code) == (409, "before_joining")
    assert kelompok.budi.patches(path, {"joined_on": "2026-04-01"})["joined_on"] == "2026-04-01"


def test_her_first_day_is_not_after_her_last(kelompok):
    leaves(kelompok, kelompok.members["yuni"])

    refused = kelompok.budi.patches(f"{kelompok.path}/members/{kelompok.members['yuni']}", {"joined_on": "2026-04-01"})

    assert (refused.status, refused.code) == (409, "before_joining")


def test_her_number_stays_hers_while_she_is_away(kelompok):
    leaves(kelompok, kelompok.members["yuni"])

    assert takes(kelompok, number="6").code == "number_taken"
    assert takes(kelompok)["number"] == "7"


# Once


def test_the_same_key_takes_in_one_member(kelompok):
    key = uuid7()
    first = takes(kelompok, key=key, nik=NIK)

    again = takes(kelompok, key=key, nik=NIK)

    assert (again.status, again.body, again.headers["Idempotency-Replayed"]) == (201, first.body, "true")
    assert "Idempotency-Replayed" not in first.headers
    assert kelompok.asks(lambda: Member.objects.filter(group_id=kelompok.id).count()) == 7
    reused = takes(kelompok, "Sulastri", key=key)
    assert (reused.status, reused.code) == (422, "idempotency_key_reused")
    assert takes(kelompok, by="sari", key=key, nik=NIK).code == "idempotency_key_reused"


def test_a_refused_member_leaves_her_key_free(kelompok):
    key = uuid7()

    assert takes(kelompok, key=key, number="1").status == 409
    assert takes(kelompok, key=key, number="99").status == 201


def test_a_replay_tells_what_is_known_now(kelompok):
    key = uuid7()
    made = takes(kelompok, key=key)
    kelompok.budi.patches(f"{kelompok.path}/members/{made['id']}", {"name": "Sulastri"})

    assert takes(kelompok, key=key)["name"] == "Sulastri"


def test_no_answer_is_stored_with_a_name(kelompok):
    made = takes(kelompok, key=uuid7(), nik=NIK, phone="081234567890", address="Jl. Mawar 7", born_on="1985-03-05")
    kelompok.budi.posts(f"{kelompok.path}/members/{made['id']}/login", {"username": "ngatiyem"}, key=uuid7())
    leaves(kelompok, made["id"])
    kelompok.budi.posts(f"{kelompok.path}/members/{made['id']}/rejoin", {"joined_on": "2026-04-01"}, key=uuid7())

    answers = kelompok.asks(lambda: list(Command.objects.filter(group_id=kelompok.id).values_list("answer", flat=True)))

    assert len(answers) == 4
    stored = json.dumps(answers).lower()
    assert not [word for word in ("ngatiyem", NIK, "0007", "8123456", "mawar", "1985", "password") if word in stored]
