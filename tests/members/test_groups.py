"""Opening a group, the directory, and a group's policy."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from ledger.context import in_book
from ledger.ids import uuid7
from ledger.models import Book
from members.models import Group
from tests.door import signs_in, somebody

POLICY = {
    "approvals_required": 2,
    "single_officer_limit": 1_000_000,
    "interest_recognition": "cash",
    "interest_word": "jasa",
    "arrears_preset": "koperasi",
    "installment_multiple": 0,
    "rate_cap_percent": "24.00",
    "reservation_days": 14,
    "related_party_percent": "10.00",
    "nonperforming_days": 90,
    "cure_days": 90,
    "accounting_standard": "sak_ep",
}


@pytest.fixture
def founder(books):
    """Ratna, who has no group yet and may open one."""
    return signs_in(somebody("ratna", opens_groups=True))


def book_of(group_id):
    return in_book(group_id, None, lambda: Book.objects.get(group_id=group_id))


# Opening


def test_who_opens_a_group_is_its_treasurer_and_under_her_name_its_first_member(founder):
    made = founder.posts("groups", {"name": "Mawar", "village": "Blumbangrejo", "creator_name": "Ratna"})

    assert (made.status, made["name"], made["village"], made["district"]) == (201, "Mawar", "Blumbangrejo", None)
    [seat] = founder.gets("me")["seats"]
    [member] = founder.gets(f"groups/{made['id']}/members")["results"]
    [office] = founder.gets(f"groups/{made['id']}/officers")["results"]
    assert (member["name"], member["number"], member["status"]) == ("Ratna", "1", "active")
    assert (seat["group_id"], seat["roles"], seat["member_id"]) == (made["id"], ["treasurer"], member["id"])
    assert (office["role"], office["member_id"], office["username"]) == ("treasurer", member["id"], "ratna")


def test_without_a_name_the_treasurer_is_no_member(founder):
    made = founder.posts("groups", {"name": "Mawar"})

    assert founder.gets(f"groups/{made['id']}/members")["results"] == []
    [seat] = founder.gets("me")["seats"]
    assert (seat["roles"], seat["member_id"]) == (["treasurer"], None)


def test_an_officer_of_any_group_may_open_another(kelompok):
    for person in ("budi", "sari", "rina", "wati"):
        assert kelompok.phones[person].posts("groups", {"name": f"Kelompok {person}"}).status == 201

    assert [seat["group_name"] for seat in kelompok.phones["rina"].gets("me")["seats"]] == [
        "JARBANGSRI",
        "Kelompok rina",
    ]


def test_an_operator_may_open_a_group(operator):
    made = operator.posts("groups", {"name": "Mawar"})

    assert made.status == 201
    assert [seat["roles"] for seat in operator.gets("me")["seats"]] == [["treasurer"]]


def test_a_plain_member_may_not_open_a_group(kelompok):
    refused = kelompok.phones["dewi"].posts("groups", {"name": "Mawar"})

    assert (refused.status, refused.code) == (403, "not_allowed")
    assert not Group.objects.filter(name="Mawar").exists()


def test_a_former_officer_may_not_either(kelompok):
    kelompok.budi.deletes(f"{kelompok.path}/officers/{kelompok.offices['rina']}")

    assert kelompok.phones["rina"].posts("groups", {"name": "Mawar"}).status == 403


def test_a_stranger_is_asked_who_she_is(stranger):
    assert stranger.posts("groups", {"name": "Mawar"}).status == 401


def test_the_same_key_opens_one_group(founder):
    key = uuid7()
    first = founder.posts("groups", {"name": "Mawar"}, key=key)

    again = founder.posts("groups", {"name": "Mawar"}, key=key)

    assert (again.status, again.body, again.headers["Idempotency-Replayed"]) == (201, first.body, "true")
    assert "Idempotency-Replayed" not in first.headers
    assert Group.objects.filter(name="Mawar").count() == 1
    assert founder.posts("groups", {"name": "Mawar"}, key=uuid7())["id"] != first["id"]


def test_another_person_under_the_same_key_opens_a_group_of_her_own(founder, operator):
    key = uuid7()

    assert (
        founder.posts("groups", {"name": "Mawar"}, key=key)["id"]
        != operator.posts("groups", {"name": "Mawar"}, key=key)["id"]
    )


def test_sent_twice_at_the_same_time_it_opens_one_group(scratch, monkeypatch):
    founder, key, both_asked = signs_in(somebody("ratna", opens_groups=True)), uuid7(), threading.Barrier(2)

    def together(*given):
        both_asked.wait(10)
        return in_book(*given)

    monkeypatch.setattr("members.api.groups.in_book", together)

    def post(_):
        try:
            return founder.posts("groups", {"name": "Mawar"}, key=key)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(post, range(2))

    assert (first.status, second.status, first["id"]) == (201, 201, second["id"])
    assert Group.objects.filter(name="Mawar").count() == 1


def test_a_key_is_a_uuid(founder):
    assert founder.posts("groups", {"name": "Mawar"}, key="satu").pointers == {"Idempotency-Key": "invalid"}


def test_a_new_group_has_the_usual_policy(founder):
    made = founder.posts("groups", {"name": "Mawar"})

    assert made["policy"] == POLICY
    assert (made["currency"], made["digits"], made["timezone"]) == ("IDR", 0, "Asia/Jakarta")
    assert (made["meeting_every"], made["demo"]) == ({"every": 1, "unit": "month", "from": None}, False)
    assert founder.gets(f"groups/{made['id']}").body == made.body


def test_its_id_currency_and_zone_are_the_books(founder):
    body = {
        "name": "Mawar",
        "currency": "EUR",
        "timezone": "Asia/Jayapura",
        "meeting_every": {"every": 2, "unit": "week", "from": "2026-03-06"},
    }

    made = founder.posts("groups", body)

    book = book_of(made["id"])
    assert (book.currency, book.digits, book.timezone) == ("EUR", 2, "Asia/Jayapura")
    assert (made["currency"], made["digits"], made["timezone"]) == ("EUR", 2, "Asia/Jayapura")
    assert made["meeting_every"] == {"every": 2, "unit": "week", "from": "2026-03-06"}
    assert founder.gets(f"groups/{made['id']}/ledger/head").body == {"seq": 0, "hash": "00" * 32}


@pytest.mark.parametrize(
    ("wrong", "pointer", "code"),
    [
        ({"timezone": "Asia/Blora"}, "/timezone", "invalid"),
        ({"timezone": "WIB"}, "/timezone", "invalid"),
        ({"timezone": "../etc/passwd"}, "/timezone", "invalid"),
        ({"timezone": 7}, "/timezone", "invalid"),
        ({"currency": "rupiah"}, "/currency", "invalid"),
        ({"currency": "idr"}, "/currency", "invalid"),
        ({"currency": "ZZZ"}, "/currency", "invalid"),
        ({"currency": None}, "/currency", "required"),
        ({"name": ""}, "/name", "required"),
        ({"name": " \u200b "}, "/name", "invalid"),
        ({"name": "x" * 101}, "/name", "invalid"),
        ({"meeting_every": {"every": 0, "unit": "month"}}, "/meeting_every/every", "out_of_range"),
        ({"meeting_every": {"every": 1, "unit": "tahun"}}, "/meeting_every/unit", "invalid"),
        ({"meeting_every": {"every": 1}}, "/meeting_every/unit", "required"),
        ({"policy": POLICY}, "/policy", "unknown_field"),
        ({"demo": True}, "/demo", "unknown_field"),
        ({"id": str(uuid7())}, "/id", "unknown_field"),
    ],
)
def test_what_is_malformed_is_named_and_opens_nothing(founder, wrong, pointer, code):
    refused = founder.posts("groups", {"name": "Mawar"} | wrong)

    assert (refused.status, refused.pointers) == (400, {pointer: code})
    assert not Group.objects.exists()


def test_a_group_needs_a_name(founder):
    assert founder.posts("groups", {}).pointers == {"/name": "required"}


# The directory


def test_the_list_goes_on_behind_its_cursor(founder):
    made = [founder.posts("groups", {"name": f"Mawar {number}"})["id"] for number in (1, 2, 3)]
    found, path = [], "groups?limit=1"

    while path:
        page = founder.gets(path)
        found += [group["id"] for group in page["results"]]
        path = page["next"] and f"groups?limit=1&cursor={page['next']}"

    assert found == made
    assert [group["id"] for group in founder.gets("groups")["results"]] == made
    assert founder.gets("groups?limit=3")["next"] is None


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=201", "limit=x", "cursor=%21", "cursor=eA", "limit=1&limit=2", "halaman=2"]
)
def test_a_page_that_is_none_is_refused(founder, query):
    assert founder.gets(f"groups?{query}").status == 400


def test_everybody_sees_the_groups_she_sits_in_and_an_operator_all(kelompok, neighbours, operator, stranger):
    def seen(phone):
        return {group["id"] for group in phone.gets("groups")["results"]}

    assert seen(kelompok.budi) == seen(kelompok.phones["dewi"]) == {str(kelompok.id)}
    assert seen(neighbours.budi) == {str(neighbours.id)}
    assert seen(operator) == {str(kelompok.id), str(neighbours.id)}
    assert stranger.gets("groups").status == 401


def test_a_strangers_group_is_not_there(kelompok, neighbours):
    assert neighbours.budi.gets(kelompok.path).status == 404
    assert neighbours.budi.patches(kelompok.path, {"name": "Kami"}).status == 404
    assert kelompok.budi.gets(f"groups/{uuid7()}").status == 404
    assert Group.objects.get(id=kelompok.id).name == "JARBANGSRI"


# Changing


def test_name_and_policy_are_changed_and_the_rest_stays(kelompok):
    before = kelompok.budi.gets(kelompok.path).body

    changed = kelompok.budi.patches(
        kelompok.path,
        {"name": "JARBANGSRI Lestari", "policy": {"single_officer_limit": 0, "rate_cap_percent": "18.50"}},
    )

    policy = POLICY | {"single_officer_limit": 0, "rate_cap_percent": "18.50"}
    assert (changed.status, changed.body) == (200, before | {"name": "JARBANGSRI Lestari", "policy": policy})
    assert kelompok.phones["dewi"].gets(kelompok.path).body == changed.body


def test_every_policy_can_be_changed(kelompok):
    policy = {
        "approvals_required": 3,
        "single_officer_limit": 10**15,
        "interest_recognition": "accrual",
        "interest_word": "bunga",
        "arrears_preset": "pnpm_perdesaan",
        "installment_multiple": 500,
        "rate_cap_percent": "200.00",
        "reservation_days": 30,
        "related_party_percent": "0.00",
        "nonperforming_days": 60,
        "cure_days": 0,
        "accounting_standard": "sak_emkm",
    }

    changed = kelompok.phones["sari"].patches(kelompok.path, {"policy": policy, "second": kelompok.second("rina")})

    assert changed["policy"] == policy


def test_null_takes_a_place_away_and_meetings_can_move(kelompok):
    kelompok.budi.patches(kelompok.path, {"village": "Blumbangrejo", "regency": "Blora"})

    changed = kelompok.budi.patches(kelompok.path, {"village": None, "meeting_every": {"every": 2, "unit": "week"}})

    assert (changed["village"], changed["regency"]) == (None, "Blora")
    assert changed["meeting_every"] == {"every": 2, "unit": "week", "from": None}


def test_nothing_to_change_changes_nothing(kelompok):
    before = kelompok.budi.gets(kelompok.path).body

    assert kelompok.budi.patches(kelompok.path, {}).body == before
    assert kelompok.budi.patches(kelompok.path, {"policy": {}}).body == before


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"currency": "EUR"}, "/currency", "unknown_field"),
        ({"timezone": "Asia/Makassar"}, "/timezone", "unknown_field"),
        ({"name": None}, "/name", "required"),
        ({"policy": {"approvals_required": 0}}, "/policy/approvals_required", "out_of_range"),
        ({"policy": {"approvals_required": 10}}, "/policy/approvals_required", "out_of_range"),
        ({"policy": {"approvals_required": "2"}}, "/policy/approvals_required", "not_an_integer"),
        ({"policy": {"approvals_required": True}}, "/policy/approvals_required", "not_an_integer"),
        ({"policy": {"single_officer_limit": -1}}, "/policy/single_officer_limit", "out_of_range"),
        ({"policy": {"single_officer_limit": 10**15 + 1}}, "/policy/single_officer_limit", "out_of_range"),
        ({"policy": {"interest_word": "riba"}}, "/policy/interest_word", "invalid"),
        ({"policy": {"interest_recognition": "kas"}}, "/policy/interest_recognition", "invalid"),
        ({"policy": {"arrears_preset": "sendiri"}}, "/policy/arrears_preset", "invalid"),
        ({"policy": {"rate_cap_percent": 24}}, "/policy/rate_cap_percent", "invalid"),
        ({"policy": {"rate_cap_percent": "0.00"}}, "/policy/rate_cap_percent", "out_of_range"),
        ({"policy": {"rate_cap_percent": "200.01"}}, "/policy/rate_cap_percent", "out_of_range"),
        ({"policy": {"rate_cap_percent": "NaN"}}, "/policy/rate_cap_percent", "invalid"),
        ({"policy": {"limit": 1}}, "/policy/limit", "unknown_field"),
    ],
)
def test_a_malformed_change_is_named_and_nothing_changes(kelompok, change, pointer, code):
    before = kelompok.budi.gets(kelompok.path).body

    refused = kelompok.budi.patches(kelompok.path, change)

    assert (refused.status, refused.pointers) == (400, {pointer: code})
    assert kelompok.budi.gets(kelompok.path).body == before


@pytest.mark.parametrize("person", ["rina", "wati", "dewi"])
def test_only_chair_and_treasurer_change_the_group(kelompok, person):
    refused = kelompok.phones[person].patches(kelompok.path, {"name": "Kami"})

    assert (refused.status, refused.code) == (403, "not_allowed")


def test_an_operator_sees_a_group_and_changes_nothing(kelompok, operator):
    assert operator.gets(kelompok.path)["name"] == "JARBANGSRI"
    assert operator.patches(kelompok.path, {"name": "Kami"}).status == 403


# What was read


def test_what_has_not_changed_is_not_sent_again(kelompok):
    read = kelompok.budi.gets(kelompok.path)

    again = kelompok.budi.gets(kelompok.path, If_None_Match=read.headers["ETag"])

    assert (again.status, again.body, again.headers["ETag"]) == (304, None, read.headers["ETag"])
    kelompok.budi.patches(kelompok.path, {"name": "Lain"})
    assert kelompok.budi.gets(kelompok.path, If_None_Match=read.headers["ETag"]).status == 200


def test_a_list_that_has_not_changed_is_not_sent_again(kelompok):
    read = kelompok.budi.gets("groups")

    assert kelompok.budi.gets("groups", If_None_Match=read.headers["ETag"]).status == 304


def test_a_change_of_something_that_changed_since_is_refused(kelompok):
    read = kelompok.budi.gets(kelompok.path)
    kelompok.phones["sari"].patches(kelompok.path, {"village": "Blumbangrejo"})

    refused = kelompok.budi.patches(kelompok.path, {"name": "Lain"}, If_Match=read.headers["ETag"])

    assert (refused.status, refused.code) == (412, "precondition_failed")
    now = kelompok.budi.gets(kelompok.path)
    assert (now["name"], now["village"]) == ("JARBANGSRI", "Blumbangrejo")


def test_a_change_of_what_was_read_is_done_and_answers_with_the_next_tag(kelompok):
    read = kelompok.budi.gets(kelompok.path)

    changed = kelompok.budi.patches(kelompok.path, {"name": "Lain"}, If_Match=read.headers["ETag"])

    assert (changed.status, changed["name"]) == (200, "Lain")
    assert changed.headers["ETag"] == kelompok.budi.gets(kelompok.path).headers["ETag"] != read.headers["ETag"]
    next_time = kelompok.budi.patches(kelompok.path, {"name": "Lagi"}, If_Match=changed.headers["ETag"])
    assert (next_time.status, next_time["name"]) == (200, "Lagi")


def test_any_version_and_one_of_several_will_do(kelompok):
    tag = kelompok.budi.gets(kelompok.path).headers["ETag"]

    assert kelompok.budi.patches(kelompok.path, {"name": "Lain"}, If_Match=f'"kuno", W/{tag}').status == 200
    assert kelompok.budi.patches(kelompok.path, {"name": "Lagi"}, If_Match="*").status == 200
