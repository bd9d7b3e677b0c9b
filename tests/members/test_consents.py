"""What a lender may see: given by two officers, taken back by one at once, and kept for ever."""

from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.db.models.functions import Now

from ledger.ids import uuid7
from members import consents
from members.models import Consent, ConsentEvent, Signature
from tests.door import Kelompok
from tests.members.lent import Bank, gives, lender_of

EVENTS: Any = ConsentEvent


def all_of(group: Kelompok) -> list[dict]:
    found: list[dict] = group.budi.gets(f"{group.path}/consents")["results"]
    return found


# ── giving ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_two_officers_let_a_lender_see(kelompok):
    bank = Bank.of(kelompok)
    assert bank.sees().status == 404

    given = gives(kelompok, bank.id, scopes=["members.named", "totals"])

    today = str(bank.today)
    assert given.status == 201
    assert (given["lender"], given["scopes"]) == ("Bank Jateng", ["totals", "members.named"])
    assert (given["from"], given["to"], given["status"]) == (today, today, "in_force")
    assert (given["given_by"], given["given_with"], given["revoked_at"]) == ("Budi", "Sari", None)
    assert bank.sees().status == 200
    assert all_of(kelompok) == [given.body] == [kelompok.budi.gets(f"{kelompok.path}/consents/{given['id']}").body]
    [signed] = kelompok.asks(lambda: list(Signature.objects.filter(act="give_consent")))
    assert (signed.how, signed.first_by, signed.second_by) == (
        "pin",
        kelompok.budi.user.id,
        kelompok.phones["sari"].user.id,
    )


def test_one_officer_alone_asks_and_the_lender_sees_nothing_until_another_agrees(kelompok):
    bank = Bank.of(kelompok)

    body = {"lender_id": str(bank.id), "scopes": ["totals"], "from": str(bank.today), "to": str(bank.today)}
    waits = kelompok.budi.posts(f"{kelompok.path}/consents", body)
    assert (waits.status, waits.code) == (202, "awaiting_second")
    assert bank.sees().status == 404
    assert kelompok.budi.posts(f"{kelompok.path}/consents", {}).status == 400  # her own does not wait for her

    agreed = kelompok.phones["wati"].posts(f"{kelompok.path}/consents", {})

    assert agreed.status == 201
    assert {agreed["given_by"], agreed["given_with"]} == {"Budi", "Wati"}
    assert bank.sees().status == 200


def test_a_consent_begins_and_ends_with_its_days(kelompok):
    bank = Bank.of(kelompok)
    for since, days, sees in ((1, 10, 404), (-10, 9, 404), (0, 0, 200)):
        bank.may_see("totals", since=since, days=days)
        assert bank.sees().status == sees, (since, days)

    assert [one["status"] for one in all_of(kelompok)] == ["upcoming", "over", "in_force"]


def test_what_any_consent_opens_is_open(kelompok):
    bank = Bank.of(kelompok, "totals")
    assert bank.sees("/holidays").status == 200
    bank.may_see("loans")

    opened = kelompok.asks(lambda: consents.scopes(kelompok.id, bank.id, bank.today))

    assert opened == {"totals", "loans"}


def test_another_lenders_consent_opens_nothing(kelompok):
    other = Bank.of(kelompok, "totals", username="pak.joko", name="UPK Kunduran")
    bank = Bank.of(kelompok)

    assert (other.sees().status, bank.sees().status) == (200, 404)


@pytest.mark.parametrize(
    ("wrong", "pointer", "code"),
    [
        ({"scopes": []}, "/scopes", "invalid"),
        ({"scopes": ["everything"]}, "/scopes/0", "invalid"),
        ({"scopes": ["totals", "totals"]}, "/scopes", "invalid"),
        ({"scopes": "totals"}, "/scopes", "invalid"),
        ({"to": "2020-01-01"}, "/to", "invalid"),
        ({"from": "kemarin"}, "/from", "invalid"),
        ({"from_on": "2026-01-01"}, "/from_on", "unknown_field"),
        ({"given_with": str(uuid7())}, "/given_with", "unknown_field"),
    ],
)
def test_what_is_no_consent_is_refused_by_name(kelompok, wrong, pointer, code):
    refused = gives(kelompok, lender_of(kelompok), **wrong)

    assert (refused.status, refused.pointers) == (400, {pointer: code})
    assert all_of(kelompok) == []


def test_a_consent_that_would_be_over_is_refused_with_its_day(kelompok):
    bank = Bank.of(kelompok)
    yesterday = str(bank.today - timedelta(days=1))

    refused = gives(kelompok, bank.id, **{"from": yesterday, "to": yesterday})

    assert (refused.status, refused.code, refused["to_on"]) == (409, "consent_over", yesterday)


@pytest.mark.parametrize("whose", ["nobody's", "the neighbours'"])
def test_only_a_lender_of_the_group_is_let_in(kelompok, neighbours, whose):
    lender = uuid7() if whose == "nobody's" else lender_of(neighbours)

    assert gives(kelompok, lender).status == 404


def test_a_consent_sent_twice_is_given_once(kelompok):
    bank, key = Bank.of(kelompok), uuid7()
    body = {"lender_id": str(bank.id), "scopes": ["totals"], "from": str(bank.today), "to": str(bank.today)}
    body |= {"second": kelompok.second()}

    first = kelompok.budi.posts(f"{kelompok.path}/consents", body, key=key)
    again = kelompok.budi.posts(f"{kelompok.path}/consents", body, key=key)

    assert (first.status, again.status, again.headers["Idempotency-Replayed"]) == (201, 201, "true")
    assert first.body == again.body
    assert len(all_of(kelompok)) == 1


# ── taking back ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("who", ["budi", "sari", "rina", "wati"])
def test_any_one_officer_takes_it_back_at_once(kelompok, who):
    bank = Bank.of(kelompok, "totals")
    [given] = all_of(kelompok)
    assert bank.sees("/holidays").status == 200

    assert kelompok.phones[who].deletes(f"{kelompok.path}/consents/{given['id']}").status == 204

    assert bank.sees("/holidays").status == 404
    [after] = all_of(kelompok)
    assert (after["status"], after["revoked_by"]) == ("revoked", who.capitalize())
    assert after["revoked_at"] is not None


def test_taking_back_twice_keeps_who_was_first(kelompok):
    bank = Bank.of(kelompok, "totals")
    [given] = all_of(kelompok)
    path = f"{kelompok.path}/consents/{given['id']}"
    assert kelompok.phones["rina"].deletes(path).status == 204
    first = kelompok.budi.gets(path).body

    assert kelompok.phones["sari"].deletes(path).status == 204

    assert kelompok.budi.gets(path).body == first
    assert bank.sees().status == 404


def test_a_seat_that_was_read_before_a_revocation_opens_nothing_after_it(kelompok):
    from members import access, disclosures
    from members.errors import NotFound

    bank = Bank.of(kelompok, "totals")
    seat = access.seat(bank.user, kelompok.id)
    assert seat.scopes == {"totals"}
    [given] = all_of(kelompok)
    kelompok.budi.deletes(f"{kelompok.path}/consents/{given['id']}")

    with pytest.raises(NotFound):
        disclosures.admit(seat, "see_group")


def test_it_can_be_given_again(kelompok):
    bank = Bank.of(kelompok, "totals")
    kelompok.budi.deletes(f"{kelompok.path}/consents/{all_of(kelompok)[0]['id']}")

    assert gives(kelompok, bank.id).status == 201
    assert bank.sees().status == 200


# ── what the database keeps ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "change",
    [
        {"scopes": ["totals", "members.named"]},
        {"to_on": "2199-12-31"},
        {"from_on": "2020-01-01"},
        {"lender_id": uuid7()},
        {"given_with": uuid7()},
        {"given_at": Now() - timedelta(days=9)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_nothing_of_a_consent_changes(kelompok, change):
    Bank.of(kelompok, "totals")

    with pytest.raises(ProgrammingError, match="Cannot update rows"), transaction.atomic():
        kelompok.asks(lambda: Consent.objects.filter(group_id=kelompok.id).update(**change))


@pytest.mark.parametrize("change", [{"revoked_at": None, "revoked_by": None}, {"revoked_by": uuid7()}])
def test_and_what_was_taken_back_stays_so(kelompok, change):
    Bank.of(kelompok, "totals")
    kelompok.budi.deletes(f"{kelompok.path}/consents/{all_of(kelompok)[0]['id']}")

    with pytest.raises(ProgrammingError, match="Cannot update rows"), transaction.atomic():
        kelompok.asks(lambda: Consent.objects.filter(group_id=kelompok.id).update(**change))


def test_one_person_is_not_two_whoever_writes_it(kelompok):
    Bank.of(kelompok, "totals")

    def act() -> None:
        given = Consent.objects.get(group_id=kelompok.id)
        given.id, given.given_with = uuid7(), given.given_by
        given.save(force_insert=True)

    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        kelompok.asks(act)
    assert isinstance(refused.value.__cause__, psycopg.Error)
    assert refused.value.__cause__.diag.constraint_name == "consent_is_of_two_people"


def test_the_history_tells_who_gave_it_and_who_took_it_back(kelompok):
    Bank.of(kelompok, "totals")
    kelompok.phones["rina"].deletes(f"{kelompok.path}/consents/{all_of(kelompok)[0]['id']}")

    events = kelompok.asks(lambda: list(EVENTS.objects.filter(group_id=kelompok.id).order_by("pgh_created_at")))

    assert {one.pgh_label: one.pgh_context["actor"] for one in events} == {
        "insert": str(kelompok.budi.user.id),
        "update": str(kelompok.phones["rina"].user.id),
    }


def test_a_list_asks_the_same_however_many_there_are(kelompok):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    bank = Bank.of(kelompok, "totals")

    def asked() -> int:
        with CaptureQueriesContext(connection) as found:
            assert kelompok.budi.gets(f"{kelompok.path}/consents").status == 200
        return len(found)

    few = asked()
    for _ in range(5):
        bank.may_see("loans")
    assert asked() == few
