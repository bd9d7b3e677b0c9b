"""The second person: her PIN on the same phone, or her own call within a day."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.db.models.functions import Now

from ledger.commands import fingerprint
from ledger.ids import uuid7
from ledger.models import Command, Entry, MonthClose
from members.keys import keyring
from members.models import Officer, PendingAct, Pin, Signature, User
from tests.cast import BANK, CASH, GRANT, MEALS
from tests.door import PASSWORD, PIN, Kelompok

WRONG, NEW_PIN = "905218", "681374"


@pytest.fixture
def rich(kelompok):
    """The group with money in its cash box, so that March 2026 can be closed."""
    kelompok.has(5_000_000)
    return kelompok


def closes(kelompok, second=None, *, by="budi", key=None):
    body = {} if second is None else {"second": second}
    return kelompok.phones[by].posts(f"{kelompok.path}/periods/2026-03/close", body, key=key)


def closings(kelompok):
    """Who closed months, and with whom, by the cast's names."""
    people = {kelompok.phones[person].user.id: person for person in kelompok.phones}
    found = kelompok.asks(lambda: list(MonthClose.objects.filter(group_id=kelompok.id)))
    return [(people[one.closed_by], people[one.closed_with]) for one in found]


def waiting(kelompok):
    return kelompok.asks(lambda: list(PendingAct.objects.filter(group_id=kelompok.id, settled_at=None)))


def failures(kelompok, person="sari"):
    user = kelompok.phones[person].user
    return kelompok.asks(lambda: Pin.objects.get(group_id=kelompok.id, user=user).failures)


def head(kelompok):
    return kelompok.budi.gets(f"{kelompok.path}/ledger/head")["seq"]


def sets_pin(kelompok, person, pin, *, password=PASSWORD, office=None, key=None):
    path = f"{kelompok.path}/officers/{kelompok.offices[office or person]}/pin"
    return kelompok.phones[person].posts(path, {"password": password, "pin": pin}, key=key)


# On the same phone


def test_with_her_pin_it_is_done_at_once_and_both_are_recorded(rich):
    done = closes(rich, rich.second("sari"))

    assert (done.status, done["status"]) == (200, "closed")
    assert closings(rich) == [("budi", "sari")]
    assert (waiting(rich), failures(rich)) == ([], 0)


def test_a_wrong_pin_counts_although_the_act_is_refused(rich):
    tries = [closes(rich, rich.second("sari", WRONG)) for _ in range(6)]

    assert [(one.status, one.code) for one in tries] == [(403, "wrong_pin")] * 4 + [(403, "pin_locked")] * 2
    assert [one["tries_left"] for one in tries[:4]] == [4, 3, 2, 1]
    assert (failures(rich), closings(rich), waiting(rich)) == (5, [], [])


def test_a_locked_pin_stays_locked_to_the_right_one(rich):
    for _ in range(5):
        closes(rich, rich.second("sari", WRONG))

    refused = closes(rich, rich.second("sari"))

    assert (refused.status, refused.code, closings(rich)) == (403, "pin_locked", [])
    assert {one["role"]: one["pin"] for one in rich.budi.gets(f"{rich.path}/officers")["results"]}["chair"] == "locked"


def test_a_new_pin_set_with_her_password_opens_the_lock(rich):
    for _ in range(5):
        closes(rich, rich.second("sari", WRONG))

    assert sets_pin(rich, "sari", NEW_PIN, password="bukan-sandinya").status == 401
    assert closes(rich, rich.second("sari")).code == "pin_locked"
    assert sets_pin(rich, "sari", NEW_PIN).status == 204

    assert closes(rich, rich.second("sari", PIN)).code == "wrong_pin"
    assert closes(rich, rich.second("sari", NEW_PIN)).status == 200


def test_a_right_pin_forgives_the_wrong_ones_before(rich):
    closes(rich, rich.second("sari", WRONG))
    closes(rich, rich.second("sari", WRONG))
    closes(rich, rich.second("sari"))

    assert failures(rich) == 0


def test_one_officers_wrong_pins_do_not_lock_another(rich):
    for _ in range(5):
        closes(rich, rich.second("sari", WRONG))

    assert closes(rich, rich.second("rina")).status == 200
    assert closings(rich) == [("budi", "rina")]


def test_a_right_pin_does_not_help_an_act_the_books_refuse(rich):
    refused = rich.budi.posts(f"{rich.path}/periods/2026-05/close", {"second": rich.second()})

    assert (refused.status, closings(rich), failures(rich)) == (409, [], 0)


def test_wrong_pins_at_the_same_time_all_count(scratch):
    kelompok, together = Kelompok.opened(), threading.Barrier(8)

    def tries(_):
        try:
            together.wait(20)
            return closes(kelompok, kelompok.second("sari", WRONG))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(tries, range(8)))

    assert Counter(one.code for one in answers) == {"wrong_pin": 4, "pin_locked": 4}
    assert sorted(one["tries_left"] for one in answers if one.code == "wrong_pin") == [1, 2, 3, 4]
    assert (failures(kelompok), closings(kelompok)) == (5, [])


@pytest.mark.parametrize("act", ["of another group", "ended", "herself", "of nobody"])
def test_a_second_who_is_none_is_refused_without_counting(rich, neighbours, act):
    second = {
        "of another group": neighbours.second("sari"),
        "ended": rich.second("rina"),
        "herself": rich.second("budi"),
        "of nobody": {"officer_id": str(uuid7()), "pin": PIN},
    }[act]
    if act == "ended":
        assert rich.phones["sari"].deletes(f"{rich.path}/officers/{rich.offices['rina']}").status == 204

    refused = closes(rich, second)

    assert (refused.status, refused.code) == (403, "second_not_valid")
    assert (closings(rich), waiting(rich), failures(neighbours)) == ([], [], 0)


def appoints(kelompok, person, role):
    """Give a member an office over HTTP; her first password is never used."""
    body = {"member_id": str(kelompok.members[person]), "role": role, "username": f"{kelompok.prefix}.{person}"}
    made = kelompok.budi.posts(f"{kelompok.path}/officers", body)
    assert made.status == 201
    kelompok.offices[person] = made["id"]
    return made


def test_who_has_only_a_first_password_is_no_second(rich):
    appoints(rich, "yuni", "secretary")

    refused = closes(rich, rich.second("yuni"))

    assert (refused.status, refused.code) == (403, "second_not_valid")


def test_whose_account_has_ended_is_no_second(rich):
    User.objects.filter(id=rich.phones["sari"].user.id).update(is_active=False)

    assert closes(rich, rich.second("sari")).code == "second_not_valid"


def test_who_has_no_pin_yet_is_told_to_set_one(rich):
    rich.holds("yuni", "secretary")

    refused = closes(rich, rich.second("yuni"))

    assert (refused.status, refused.code) == (403, "pin_locked")
    assert sets_pin(rich, "yuni", NEW_PIN).status == 204
    assert closes(rich, rich.second("yuni", NEW_PIN)).status == 200


@pytest.mark.parametrize(
    ("second", "pointer", "code"),
    [
        ({"pin": PIN}, "/second/officer_id", "required"),
        ({"officer_id": str(uuid7())}, "/second/pin", "required"),
        ({"officer_id": "sari", "pin": PIN}, "/second/officer_id", "invalid"),
        ({"officer_id": str(uuid7()), "pin": 724913}, "/second/pin", "invalid"),
        ({"officer_id": str(uuid7()), "pin": "7" * 13}, "/second/pin", "invalid"),
        ({"officer_id": str(uuid7()), "pin": PIN, "name": "Sari"}, "/second/name", "unknown_field"),
        ([], "/second", "invalid"),
    ],
)
def test_a_malformed_consent_is_named_and_does_not_wait(rich, second, pointer, code):
    refused = closes(rich, second)

    assert (refused.status, refused.pointers) == (400, {pointer: code})
    assert waiting(rich) == []


def test_a_pin_is_no_consent_to_what_one_may_not_begin(rich):
    refused = rich.phones["dewi"].posts(f"{rich.path}/periods/2026-03/close", {"second": rich.second()})

    assert (refused.status, refused.code, failures(rich)) == (403, "not_allowed", 0)


# By her own call


def test_a_request_waits_for_another_officer_who_sends_nothing_more(rich):
    asked = closes(rich)

    assert (asked.status, asked.code, asked["act"]) == (202, "awaiting_second", "close_month")
    assert asked["requested_by"] == str(rich.budi.user.id)
    assert closings(rich) == []
    [seen] = rich.phones["wati"].gets(f"{rich.path}/pending")["results"]
    assert (seen["id"], seen["path"]) == (asked["id"], f"/api/v1/{rich.path}/periods/2026-03/close")

    done = closes(rich, by="wati")

    assert (done.status, done["status"]) == (200, "closed")
    assert sorted(closings(rich)[0]) == ["budi", "wati"]
    assert rich.budi.gets(f"{rich.path}/pending")["results"] == []


def test_nothing_is_stored_while_a_request_waits(rich):
    path = f"{rich.path}/ledger/entries"
    rich.budi.pays(path, rich.journal(BANK, CASH, 3_000_000, memo="ke bank"))

    assert head(rich) == 1
    assert rich.asks(lambda: Entry.objects.filter(group_id=rich.id).count()) == 1
    [asked] = waiting(rich)
    assert (asked.body["memo"], asked.settled_by) == ("ke bank", None)

    assert rich.phones["sari"].pays(path, {}).status == 201

    settled = rich.asks(lambda: PendingAct.objects.get(group_id=rich.id, id=asked.id))
    assert (settled.body, settled.settled_by, settled.requested_by) == (
        None,
        rich.phones["sari"].user.id,
        rich.budi.user.id,
    )


def test_what_the_second_sends_is_what_the_first_asked(rich):
    path = f"{rich.path}/ledger/entries"
    rich.budi.pays(path, rich.journal(BANK, CASH, 3_000_000))

    refused = rich.phones["sari"].pays(path, rich.journal(MEALS, CASH, 3_000_000))

    assert (refused.status, refused.code, head(rich)) == (403, "not_allowed", 1)
    done = rich.phones["sari"].pays(path, {})
    assert [line["account"] for line in done["postings"]] == [BANK, CASH]


def test_a_request_is_confirmed_once(rich):
    path = f"{rich.path}/ledger/entries"
    rich.budi.pays(path, rich.journal(BANK, CASH, 2_000_000))
    key = uuid7()
    done = rich.phones["sari"].posts(path, {}, key=key)

    again, replayed = rich.phones["wati"].pays(path, {}), rich.phones["sari"].posts(path, {}, key=key)

    assert (done.status, again.status, head(rich)) == (201, 403, 2)
    assert (replayed.status, replayed.body) == (201, done.body)


def test_the_same_person_does_not_confirm(rich):
    asked = closes(rich)

    again = closes(rich)

    assert (again.status, again.code, closings(rich)) == (202, "awaiting_second", [])
    assert [str(one.id) for one in waiting(rich)] == [again["id"]] != [asked["id"]]


def test_the_same_person_does_not_confirm_her_journal(rich):
    path = f"{rich.path}/ledger/entries"
    rich.budi.pays(path, rich.journal(BANK, CASH, 3_000_000))

    assert rich.budi.pays(path, {}).status == 400
    assert head(rich) == 1


@pytest.mark.parametrize("person", ["dewi", "operator"])
def test_who_holds_no_office_does_not_confirm(rich, operator, person):
    closes(rich)
    phone = operator if person == "operator" else rich.phones[person]

    assert phone.posts(f"{rich.path}/periods/2026-03/close").status == 403
    assert phone.gets(f"{rich.path}/pending").status == 403
    assert (closings(rich), len(waiting(rich))) == ([], 1)


def test_an_officer_of_another_group_does_not_confirm(rich, neighbours):
    neighbours.has(1_000)
    closes(rich)

    assert neighbours.budi.posts(f"{rich.path}/periods/2026-03/close").status == 404
    assert closes(neighbours).status == 202
    assert closings(rich) == []


def test_after_a_day_a_request_is_a_new_one(rich):
    asked = closes(rich)
    moments = waiting(rich)[0]
    assert moments.expires_at - moments.requested_at == timedelta(hours=24)
    rich.asks(lambda: PendingAct.objects.filter(group_id=rich.id).update(expires_at=Now()))

    late = closes(rich, by="sari")

    assert (late.status, late["requested_by"], closings(rich)) == (202, str(rich.phones["sari"].user.id), [])
    assert late["id"] != asked["id"]
    assert closes(rich, by="rina").status == 200
    assert sorted(closings(rich)[0]) == ["rina", "sari"]


def test_after_a_day_nobody_confirms_what_she_could_not_begin(rich):
    path = f"{rich.path}/ledger/entries"
    rich.budi.pays(path, rich.journal(BANK, CASH, 3_000_000))
    rich.asks(lambda: PendingAct.objects.filter(group_id=rich.id).update(expires_at=Now() - timedelta(seconds=1)))

    refused = rich.phones["sari"].pays(path, {})

    assert (refused.status, refused.code, head(rich)) == (403, "not_allowed", 1)
    assert rich.budi.gets(f"{rich.path}/pending")["results"] == []


def test_a_request_is_taken_back_by_its_own_officer_alone(rich):
    path = f"{rich.path}/ledger/entries"
    asked = rich.budi.pays(path, rich.journal(BANK, CASH, 3_000_000))
    pending = f"{rich.path}/pending/{asked['id']}"

    assert rich.phones["sari"].deletes(pending).status == 404
    assert rich.phones["dewi"].deletes(pending).status == 403
    assert rich.budi.deletes(pending).status == 204
    assert rich.budi.deletes(pending).status == 404

    assert rich.phones["sari"].pays(path, {}).status == 403
    assert (waiting(rich), head(rich)) == ([], 1)


def test_who_lost_her_office_meanwhile_has_asked_for_nothing(rich):
    closes(rich, by="rina")
    rich.budi.deletes(f"{rich.path}/officers/{rich.offices['rina']}")

    asks = closes(rich, by="sari")

    assert (asks.status, closings(rich)) == (202, [])
    assert [one.requested_by for one in waiting(rich)] == [rich.phones["sari"].user.id]


def test_who_lost_her_account_meanwhile_has_asked_for_nothing(rich):
    closes(rich, by="rina")
    User.objects.filter(id=rich.phones["rina"].user.id).update(is_active=False)

    assert closes(rich, by="sari").status == 202
    assert closings(rich) == []


def test_who_lost_the_act_meanwhile_has_asked_for_nothing(rich):
    path = f"{rich.path}/ledger/entries"
    rich.budi.pays(path, rich.journal(BANK, CASH, 3_000_000))
    rich.joins("tuti")
    rich.holds("tuti", "treasurer")
    rich.budi.posts(
        f"{rich.path}/officers",
        {"member_id": str(rich.members["budi"]), "role": "secretary", "username": rich.budi.user.username},
    )
    assert rich.phones["sari"].deletes(f"{rich.path}/officers/{rich.offices['budi']}").status == 204

    refused = rich.phones["sari"].pays(path, {})

    assert (refused.status, refused.code, head(rich)) == (403, "not_allowed", 1)


def test_what_the_books_refuse_by_then_goes_on_waiting(rich):
    path = f"{rich.path}/ledger/entries"
    rich.budi.pays(path, rich.journal(BANK, CASH, 5_000_000))
    rich.budi.pays(path, rich.journal(MEALS, CASH, 1))

    refused = rich.phones["sari"].pays(path, {})

    assert (refused.status, refused.code) == (409, "floor")
    [asked] = waiting(rich)
    assert asked.body["postings"][0]["debit"] == 5_000_000


def test_what_was_done_with_a_pin_does_not_wait_any_longer(rich):
    path, body, key = f"{rich.path}/ledger/entries", rich.journal(BANK, CASH, 2_000_000), uuid7()
    rich.budi.posts(path, body, key=key)

    assert rich.budi.posts(path, body | {"second": rich.second("sari")}, key=key).status == 201

    assert waiting(rich) == []
    assert rich.phones["wati"].pays(path, {}).status == 403
    assert head(rich) == 2


def test_of_several_that_wait_the_second_officer_names_the_one_she_means(rich):
    path, sari = f"{rich.path}/ledger/entries", rich.phones["sari"]
    rich.budi.pays(path, rich.journal(BANK, CASH, 2_000_000))
    meals = rich.budi.pays(path, rich.journal(MEALS, CASH, 1_500_000))

    unclear = sari.pays(path, {})
    done = sari.pays(path, {"pending_id": meals["id"]})
    other = sari.pays(path, {})

    assert (unclear.status, unclear.code, len(unclear["pending_ids"])) == (409, "awaiting_second", 2)
    assert (done.status, done["postings"][0]["account"]) == (201, MEALS)
    assert (other.status, other["postings"][0]["account"]) == (201, BANK)
    assert sari.pays(path, {"pending_id": meals["id"]}).status == 404


# The policy


def test_a_limit_of_nothing_always_asks_two(rich):
    path = f"{rich.path}/ledger/entries"
    assert rich.budi.pays(path, rich.journal(MEALS, CASH, 1)).status == 201
    rich.budi.patches(rich.path, {"policy": {"single_officer_limit": 0}})

    assert rich.budi.pays(path, rich.journal(MEALS, CASH, 1)).status == 202
    assert rich.budi.pays(path, rich.journal(MEALS, CASH, 1) | {"second": rich.second()}).status == 201
    assert rich.budi.pays(path, rich.journal(CASH, GRANT, 1)).status == 201  # nothing is taken out


def test_several_lines_count_together(rich):
    body = rich.journal(MEALS, CASH, 600_000)
    body["postings"] += rich.journal("5-2040", CASH, 600_000)["postings"]

    assert rich.budi.pays(f"{rich.path}/ledger/entries", body).status == 202


# Once


def test_after_success_the_same_key_needs_no_pin(rich):
    key, tried = uuid7(), failures(rich)
    done = closes(rich, rich.second("sari"), key=key)

    bare, wrong = closes(rich, key=key), closes(rich, rich.second("sari", WRONG), key=key)

    for again in (bare, wrong):
        assert (again.status, again.body, again.headers["Idempotency-Replayed"]) == (200, done.body, "true")
    assert (failures(rich), closings(rich), waiting(rich)) == (tried, [("budi", "sari")], [])


def test_a_refused_pin_leaves_the_key_free(rich):
    key = uuid7()

    assert closes(rich, rich.second("sari", WRONG), key=key).code == "wrong_pin"
    assert closes(rich, rich.second("sari"), key=key).status == 200


def test_the_second_may_still_come_to_the_phone_under_the_same_key(rich):
    key = uuid7()
    assert closes(rich, key=key).status == 202

    done = closes(rich, rich.second("sari"), key=key)

    assert (done.status, closings(rich), waiting(rich)) == (200, [("budi", "sari")], [])


def test_a_request_that_waits_is_not_asked_twice_under_its_key(rich):
    key = uuid7()
    asked = closes(rich, key=key)

    again = closes(rich, key=key)

    assert (again.status, again.body, again.headers["Idempotency-Replayed"]) == (202, asked.body, "true")
    assert len(waiting(rich)) == 1


def stored(kelompok):
    """Every row of every table this group's transaction can see, as text."""

    def act():
        with connection.cursor() as cursor:
            cursor.execute(
                "select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace "
                "where n.nspname = 'public' and c.relkind = 'r' and has_table_privilege(c.oid, 'select')"
            )
            tables = [table for (table,) in cursor.fetchall()]
            for table in tables:
                cursor.execute(f"select t::text from {table} t")
                yield from ((table, row) for (row,) in cursor.fetchall())

    return kelompok.asks(lambda: list(act()))


def test_a_pin_stands_nowhere(rich):
    path = f"{rich.path}/ledger/entries"
    rich.budi.pays(path, rich.journal(BANK, CASH, 2_000_000) | {"second": rich.second("sari")})
    rich.budi.pays(path, rich.journal(BANK, CASH, 1_000_001))
    closes(rich, rich.second("sari", WRONG), key=uuid7())
    closes(rich, rich.second("sari"), key=uuid7())
    sets_pin(rich, "sari", NEW_PIN, key=uuid7())

    rows = stored(rich)

    assert {"ledger_command", "members_pendingact", "members_pin"} <= {table for table, _ in rows}
    for secret in (PIN, WRONG, NEW_PIN, PASSWORD):
        hexed = secret.encode().hex()
        assert [table for table, row in rows if secret in row or hexed in row] == []


def test_a_fingerprint_is_of_the_request_without_the_pin(rich):
    key, path = uuid7(), f"{rich.path}/ledger/entries"
    body = rich.journal(BANK, CASH, 2_000_000)

    rich.budi.posts(path, body | {"second": rich.second("sari")}, key=key)

    [command] = rich.asks(lambda: list(Command.objects.filter(group_id=rich.id, key=key)))
    plain = fingerprint("POST", f"/api/v1/{path}", rich.budi.user.id, body)
    assert bytes(command.fingerprint) == keyring().mark(plain)


def test_no_pin_or_password_can_be_guessed_from_a_fingerprint(rich):
    key, path = uuid7(), f"{rich.path}/officers/{rich.offices['sari']}/pin"
    body = {"password": PASSWORD, "pin": NEW_PIN}
    assert rich.phones["sari"].posts(path, body, key=key).status == 204
    appointing, appointed = (
        uuid7(),
        {
            "member_id": str(rich.members["yuni"]),
            "role": "secretary",
            "username": "a.yuni",
            "password": "sementara-4711",
        },
    )
    assert rich.budi.posts(f"{rich.path}/officers", appointed, key=appointing).status == 201

    found = rich.asks(lambda: dict(Command.objects.filter(group_id=rich.id).values_list("key", "fingerprint")))

    def guessed(path, phone, body):
        return fingerprint("POST", f"/api/v1/{path}", phone.user.id, body)

    assert bytes(found[key]) != guessed(path, rich.phones["sari"], body)
    assert bytes(found[appointing]) != guessed(f"{rich.path}/officers", rich.budi, appointed)


# Choosing a PIN


@pytest.mark.parametrize(
    "pin",
    [
        "123456",
        "654321",
        "111111",
        "121212",
        "000000",
        "12345",
        "1234567890123",
        "12a456",
        "７２４９１３",
        "7249 13",
        "",
    ],
)
def test_a_pin_that_is_easy_or_none_is_refused(kelompok, pin):
    refused = sets_pin(kelompok, "sari", pin)

    assert (refused.status, list(refused.pointers)) == (400, ["/pin"])
    assert closes(kelompok, kelompok.second("sari", WRONG)).code == "wrong_pin"  # the old one stands


@pytest.mark.parametrize("pin", ["170391", "910317", "17031991", "19910317", "327465", "081327", "465918"])
def test_a_pin_out_of_her_own_life_is_refused(kelompok, pin):
    changes = {"born_on": "1991-03-17", "phone": "081327465918"}
    kelompok.budi.patches(f"{kelompok.path}/members/{kelompok.members['sari']}", changes)

    refused = sets_pin(kelompok, "sari", pin)

    assert (refused.status, refused.pointers) == (400, {"/pin": "invalid"})
    assert sets_pin(kelompok, "wati", "170391").status == 204  # another's birthday is nobody's business


def test_only_her_own_pin_may_be_set(rich):
    for person, office in (("budi", "sari"), ("sari", "budi"), ("dewi", "sari")):
        refused = sets_pin(rich, person, NEW_PIN, office=office)
        assert (refused.status, refused.code) == (403, "not_allowed")

    assert closes(rich, rich.second("sari")).status == 200


def test_a_pin_needs_her_password(rich):
    refused = sets_pin(rich, "sari", NEW_PIN, password="padi-menguning-8")

    assert (refused.status, refused.code) == (401, "wrong_login")
    assert closes(rich, rich.second("sari", NEW_PIN)).code == "wrong_pin"


def test_guessing_a_password_at_the_pin_is_slowed_down(rich):
    tries = [sets_pin(rich, "sari", NEW_PIN, password=f"tebakan-{number}") for number in range(40)]

    assert (tries[0].status, tries[-1].status) == (401, 429)


def test_a_pin_of_an_office_that_ended_cannot_be_set(rich):
    rich.budi.deletes(f"{rich.path}/officers/{rich.offices['rina']}")

    assert sets_pin(rich, "rina", NEW_PIN).status in (403, 404)


def test_her_pin_holds_for_all_her_offices_in_one_group_alone(rich, neighbours):
    sets_pin(rich, "sari", NEW_PIN)

    pins = rich.asks(lambda: Pin.objects.filter(group_id=rich.id).count())
    offices = rich.asks(lambda: Officer.objects.filter(group_id=rich.id, ended_at=None).count())
    assert (pins, offices) == (4, 4)
    assert neighbours.asks(lambda: Pin.objects.filter(group_id=neighbours.id).count()) == 4


def test_nobody_is_asked_to_consent_to_what_would_be_refused(rich):
    path = f"{rich.path}/ledger/entries"

    too_much = rich.budi.pays(path, rich.journal(BANK, CASH, 900_000_000))
    not_over = rich.budi.posts(f"{rich.path}/periods/2026-04/close", {})

    assert (too_much.status, too_much.code) == (409, "floor")
    assert (not_over.status, not_over.code) == (409, "not_ready")
    assert (waiting(rich), head(rich)) == ([], 1)


def test_the_key_of_what_was_confirmed_meanwhile_answers_with_what_was_done(rich):
    path, key, body = f"{rich.path}/ledger/entries", uuid7(), rich.journal(BANK, CASH, 2_000_000)
    asked = rich.budi.posts(path, body, key=key)
    done = rich.phones["sari"].pays(path, {})

    again = rich.budi.posts(path, body, key=key)
    with_pin = rich.budi.posts(path, body | {"second": rich.second()}, key=key)

    other = rich.budi.posts(path, body | {"memo": "lain"}, key=key)

    assert asked.status == 202
    assert (again.status, again.body, again.headers["Idempotency-Replayed"]) == (201, done.body, "true")
    assert (with_pin.status, with_pin.body) == (201, done.body)
    assert (other.status, other.code) == (422, "idempotency_key_reused")
    assert (head(rich), waiting(rich)) == (2, [])


def test_a_limit_that_rose_meanwhile_does_not_book_it_twice(rich):
    path, key, body = f"{rich.path}/ledger/entries", uuid7(), rich.journal(BANK, CASH, 2_000_000)
    rich.budi.posts(path, body, key=key)
    raised = {"policy": {"single_officer_limit": 5_000_000}, "second": rich.second()}
    assert rich.budi.patches(rich.path, raised).status == 200

    alone = rich.budi.posts(path, body, key=key)
    late = rich.phones["sari"].pays(path, {})

    assert (alone.status, late.status) == (201, 403)
    assert (head(rich), waiting(rich)) == (2, [])


def test_two_equal_payments_wait_apart(rich):
    path, body, keys = f"{rich.path}/ledger/entries", rich.journal(BANK, CASH, 2_000_000), [uuid7(), uuid7()]
    for key in keys:
        rich.budi.posts(path, body, key=key)

    assert rich.budi.posts(path, body | {"second": rich.second()}, key=keys[0]).status == 201
    assert len(waiting(rich)) == 1
    assert rich.phones["sari"].pays(path, {}).status == 201
    assert head(rich) == 3


def test_a_request_that_waited_too_long_is_asked_anew(rich):
    path, key, body = f"{rich.path}/ledger/entries", uuid7(), rich.journal(BANK, CASH, 2_000_000)
    first = rich.budi.posts(path, body, key=key)
    rich.asks(lambda: PendingAct.objects.filter(group_id=rich.id).update(expires_at=Now()))

    again = rich.budi.posts(path, body, key=key)

    assert (again.status, again["id"] != first["id"], len(waiting(rich))) == (202, True, 1)


@pytest.mark.parametrize("how", ["pin", "call"])
def test_who_did_it_with_whom_is_kept(rich, how):
    path, body, key = f"{rich.path}/ledger/entries", rich.journal(BANK, CASH, 2_000_000), uuid7()
    budi, sari = (rich.phones[name].user.id for name in ("budi", "sari"))
    if how == "pin":
        rich.budi.posts(path, body | {"second": rich.second()}, key=key)
    else:
        rich.budi.pays(path, body)
        rich.phones["sari"].posts(path, {}, key=key)

    [signed] = rich.asks(lambda: list(Signature.objects.filter(group_id=rich.id)))

    assert (signed.first_by, signed.second_by, signed.how, signed.key) == (budi, sari, how, key)
    assert signed.act == "post_journal"


def test_what_cannot_be_seen_in_a_memo_waits_for_nobody(rich):
    path = f"{rich.path}/ledger/entries"

    asked = rich.budi.pays(path, rich.journal(BANK, CASH, 2_000_000, memo="ba\u0000nk"))

    assert asked.status == 202
    assert waiting(rich)[0].body["memo"] == "bank"
    assert rich.phones["sari"].pays(path, {})["memo"] == "bank"


@pytest.mark.parametrize("looser", [{"single_officer_limit": 1_000_001}, {"approvals_required": 1}])
def test_nobody_alone_lets_one_officer_do_more(rich, looser):
    asks = rich.budi.patches(rich.path, {"policy": looser})
    before = rich.budi.gets(rich.path)["policy"]
    done = rich.phones["sari"].patches(rich.path, {})

    assert asks.status == 202
    assert before == rich.budi.gets(rich.path)["policy"] | {name: before[name] for name in looser}
    assert (done.status, {name: done["policy"][name] for name in looser}) == (200, looser)


@pytest.mark.parametrize(
    "tighter", [{"single_officer_limit": 0}, {"approvals_required": 3}, {"interest_word": "bunga"}]
)
def test_one_officer_may_make_it_stricter(rich, tighter):
    assert rich.budi.patches(rich.path, {"policy": tighter}).status == 200


def test_a_treasurer_who_is_still_alone_sets_her_own_limit(operator):
    group = operator.posts("groups", {"name": "Baru"})

    changed = operator.patches(f"groups/{group['id']}", {"policy": {"single_officer_limit": 9_000_000}})

    assert (changed.status, changed["policy"]["single_officer_limit"]) == (200, 9_000_000)


def test_the_second_officer_needs_no_key_of_her_own(rich):
    path = f"{rich.path}/ledger/entries"
    rich.budi.pays(path, rich.journal(BANK, CASH, 2_000_000))

    done = rich.phones["sari"].posts(path, {})
    again = rich.phones["sari"].posts(path, {})

    assert (done.status, head(rich)) == (201, 2)
    assert (again.status, again.code) == (400, "idempotency_key_required")


def test_one_closing_asked_for_twice_is_one(rich):
    closes(rich, key=uuid7())
    closes(rich, key=uuid7())

    assert closes(rich, by="sari").status == 200
    assert closings(rich) != []
