"""Signing in and out: first passwords, locks, and what an answer gives away."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.contrib.auth import authenticate
from django.contrib.auth.hashers import get_hasher
from django.db import connections
from django.db.models import F
from django.test import Client
from django.utils import timezone

from ledger.context import outside_books
from ledger.ids import uuid7
from ledger.models import Command
from members import logins
from members.api import logins as door
from members.hashing import Argon2
from members.models import Session, Token, User
from tests.door import PASSWORD, PIN, Answer, Kelompok, Phone, signs_in, somebody

OTHER = "jagung-manis-88"


def at(address: str) -> Phone:
    """A stranger's phone somewhere."""
    return Phone(client=Client(headers={"host": "localhost"}, raise_request_exception=False, REMOTE_ADDR=address))


HERE, THERE = "10.0.0.1", "10.0.0.2"


def signs(username: str, password: str, phone: Phone | None = None, **more: Any) -> Answer:
    return (phone or at(HERE)).posts("auth/tokens", {"username": username, "password": password} | more)


def with_token(answer: Answer) -> Phone:
    assert answer.status == 201, answer.body
    return Phone(answer["token"])


@pytest.fixture
def dewi(books) -> User:
    return somebody("dewi")


@pytest.fixture
def first(books) -> tuple[User, str]:
    """Ida, with the first password she was given."""
    return outside_books(None, lambda: logins.open_user("ida"))


# ── tokens ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_token_is_shown_once_and_opens_her_things(dewi):
    made = signs("dewi", PASSWORD, label="HP Dewi")

    assert (made.status, made["label"], made["password_change_required"]) == (201, "HP Dewi", False)
    assert with_token(made).gets("me")["username"] == "dewi"
    [kept] = Token.objects.filter(user=dewi).values()
    assert made["token"] not in str(kept)
    assert "token" not in with_token(made).gets("auth/tokens")["results"][0]


def test_a_token_after_signing_out_is_none(dewi):
    phone = with_token(signs("dewi", PASSWORD))
    other = with_token(signs("dewi", PASSWORD))

    assert phone.deletes("auth/tokens/current").status == 204

    assert (phone.gets("me").status, phone.deletes("auth/tokens/current").status) == (401, 401)
    assert other.gets("me").status == 200


def test_one_of_several_devices_is_signed_out(dewi):
    made = [signs("dewi", PASSWORD, label=label) for label in ("HP", "tablet", "warnet")]
    phones = [with_token(answer) for answer in made]

    assert phones[0].deletes(f"auth/tokens/{made[2]['id']}").status == 204

    assert [phone.gets("me").status for phone in phones] == [200, 200, 401]
    assert [one["label"] for one in phones[0].gets("auth/tokens")["results"]] == ["HP", "tablet"]
    assert phones[0].deletes(f"auth/tokens/{made[2]['id']}").status == 404


def test_an_expired_token_is_none(dewi):
    phone = with_token(signs("dewi", PASSWORD))

    Token.objects.filter(user=dewi).update(expiry=timezone.now() - timedelta(seconds=1))

    assert phone.gets("me").status == 401


def test_a_stale_token_keeps_nobody_from_signing_in(dewi):
    phone = with_token(signs("dewi", PASSWORD))
    phone.deletes("auth/tokens/current")

    assert signs("dewi", PASSWORD, phone).status == 201


def test_nothing_of_it_is_kept_on_the_way(dewi):
    made = signs("dewi", PASSWORD)

    for answer in (made, with_token(made).gets("me"), signs("dewi", "salah"), Phone().gets("me")):
        assert "no-store" in answer.headers["Cache-Control"]
        assert "Set-Cookie" not in answer.headers


# ── first passwords ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_first_password_is_good_for_one_login(first):
    _, password = first

    once, again = signs("ida", password), signs("ida", password)

    assert (once.status, once["password_change_required"]) == (201, True)
    assert (again.status, again.code) == (401, "wrong_login")
    assert again.body == signs("ida", "salah-sekali").body


def test_of_two_logins_at_once_with_a_first_password_one_is_too_late(first, monkeypatch):
    _, password = first
    known, meanwhile = authenticate, []

    def and_another_comes(*given: Any, **more: Any) -> Any:
        user = known(*given, **more)
        monkeypatch.setattr(door, "authenticate", known)
        meanwhile.append(signs("ida", password))
        return user

    monkeypatch.setattr(door, "authenticate", and_another_comes)
    late = signs("ida", password)

    assert [meanwhile[0].status, late.status] == [201, 401]
    assert late.code == "wrong_login"
    assert Token.objects.filter(user=first[0]).count() == 1


def test_a_token_of_a_first_password_may_only_set_her_own(first):
    _, password = first
    phone = with_token(signs("ida", password))
    for path in ("me", "groups", "auth/tokens"):
        refused = phone.gets(path)
        assert (refused.status, refused.code) == (403, "password_change_required")

    assert phone.posts("auth/password", {"old": password, "new": OTHER}).status == 204

    assert phone.gets("me").status == 200
    assert signs("ida", password).status == 401
    assert signs("ida", OTHER)["password_change_required"] is False


def test_a_first_password_is_not_kept_as_her_own(first):
    _, password = first
    phone = with_token(signs("ida", password))

    refused = phone.posts("auth/password", {"old": password, "new": password})

    assert (refused.status, list(refused.pointers)) == (400, ["/new"])
    assert phone.gets("me").code == "password_change_required"


def test_she_may_sign_out_before_she_has_set_one_and_then_needs_a_new_first_one(first):
    _, password = first
    phone = with_token(signs("ida", password))

    assert phone.deletes("auth/tokens/current").status == 204
    assert signs("ida", password).status == 401


def test_a_new_first_password_signs_a_member_out_everywhere(kelompok):
    dewi = kelompok.phones["dewi"]

    given = kelompok.budi.posts(f"{kelompok.path}/members/{kelompok.members['dewi']}/login", {"username": "a.dewi"})

    assert dewi.gets("me").status == 401
    assert signs("a.dewi", PASSWORD).status == 401
    assert signs("a.dewi", given["one_time_password"]).status == 201


def test_no_officer_gives_another_a_new_first_password(kelompok):
    path = f"{kelompok.path}/members/{kelompok.members['sari']}/login"

    refused = kelompok.budi.posts(path, {"username": "a.sari"})

    assert (refused.status, refused.code) == (403, "not_allowed")
    assert signs("a.sari", PASSWORD).status == 201


def test_a_first_password_is_answered_once_and_kept_nowhere(kelompok):
    key, path = uuid7(), f"{kelompok.path}/members/{kelompok.members['yuni']}/login"
    made = kelompok.budi.posts(path, {"username": "a.yuni"}, key=key)

    again = kelompok.budi.posts(path, {"username": "a.yuni"}, key=key)

    assert (again.status, again["one_time_password"]) == (201, None)
    assert signs("a.yuni", made["one_time_password"]).status == 201
    answers = kelompok.asks(lambda: list(Command.objects.values_list("answer", flat=True)))
    assert made["one_time_password"] not in str(answers)


def test_the_first_password_an_officer_chose_for_her_is_one_as_well(kelompok):
    body = {"member_id": str(kelompok.members["yuni"]), "role": "secretary", "username": "a.yuni", "password": OTHER}

    made = kelompok.budi.posts(f"{kelompok.path}/officers", body)

    assert (made.status, made["own_password"], made["one_time_password"]) == (201, False, None)
    assert signs("a.yuni", OTHER)["password_change_required"] is True
    assert signs("a.yuni", OTHER).status == 401


@pytest.mark.parametrize("password", ["pendek", "12345678", "password", "a.yuni123"])
def test_nor_may_it_be_a_weak_one(kelompok, password):
    body = {"member_id": str(kelompok.members["yuni"]), "role": "secretary", "username": "a.yuni"}

    refused = kelompok.budi.posts(f"{kelompok.path}/officers", body | {"password": password})

    assert (refused.status, set(refused.pointers)) == (400, {"/password"})
    assert not User.objects.filter(username="a.yuni").exists()


# ── her own password ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_new_password_signs_out_every_other_device(dewi):
    phone, other = with_token(signs("dewi", PASSWORD)), with_token(signs("dewi", PASSWORD))
    browser = Client(headers={"host": "localhost"})
    browser.force_login(dewi, backend="django.contrib.auth.backends.ModelBackend")
    assert Session.objects.filter(user=dewi).count() == 1

    assert phone.posts("auth/password", {"old": PASSWORD, "new": OTHER}).status == 204

    assert (phone.gets("me").status, other.gets("me").status) == (200, 401)
    assert not Session.objects.filter(user=dewi).exists()
    assert (signs("dewi", PASSWORD).status, signs("dewi", OTHER).status) == (401, 201)


def test_a_wrong_old_password_changes_nothing(dewi):
    phone, other = with_token(signs("dewi", PASSWORD)), with_token(signs("dewi", PASSWORD))

    refused = phone.posts("auth/password", {"old": "salah-sekali", "new": OTHER})

    assert (refused.status, refused.code) == (401, "wrong_login")
    assert (phone.gets("me").status, other.gets("me").status) == (200, 200)
    assert signs("dewi", PASSWORD).status == 201


@pytest.mark.parametrize(
    "password", ["a1b2c3", "12345678901234", "password", "qwertyuiop", "kartini1", "Ka-Rtini", PASSWORD, ""]
)
def test_a_weak_password_is_refused_with_a_sentence(books, password):
    somebody("kartini")
    phone = with_token(signs("kartini", PASSWORD))

    refused = phone.posts("auth/password", {"old": PASSWORD, "new": password})

    assert (refused.status, set(refused.pointers)) == (400, {"/new"})
    for error in refused["errors"]:
        assert error["detail"].endswith(".")
        assert "password" not in error["detail"].lower()
        assert not password or password not in error["detail"]
    assert signs("kartini", PASSWORD).status == 201


@pytest.mark.parametrize(
    "password", ["nasi kuning enak", "🌾padi🌾kering", "12345678a-ikan", "x" * 200, "'; DROP TABLE--"]
)
def test_a_long_enough_password_of_any_letters_is_hers(dewi, password):
    phone = with_token(signs("dewi", PASSWORD))

    assert phone.posts("auth/password", {"old": PASSWORD, "new": password}).status == 204
    assert signs("dewi", password).status == 201


@pytest.mark.parametrize(
    "changed", [PASSWORD.upper(), PASSWORD + " ", " " + PASSWORD, PASSWORD[:-1], PASSWORD + "\u200b"]
)
def test_a_password_is_taken_to_the_letter(dewi, changed):
    assert signs("dewi", changed).status in (400, 401)


# ── locks ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def locked(answer: Answer) -> bool:
    if answer.status != 429:
        return False
    assert answer.code == "locked_out"
    assert int(answer.headers["Retry-After"]) == answer["retry_after"] == 15 * 60
    return True


def test_five_wrong_passwords_lock_the_name_at_that_address(dewi):
    assert [signs("dewi", f"salah-{number}").status for number in range(5)] == [401] * 5

    assert locked(signs("dewi", "salah-lagi"))
    assert locked(signs("dewi", PASSWORD))
    assert not Token.objects.filter(user=dewi).exists()


def test_another_address_and_another_name_are_not_locked(dewi):
    somebody("rina")
    for number in range(6):
        signs("dewi", f"salah-{number}")

    assert signs("dewi", PASSWORD, at(THERE)).status == 201
    assert signs("rina", PASSWORD).status == 201
    assert locked(signs("dewi", PASSWORD))


def test_who_is_signed_in_stays_so_while_her_name_is_locked(dewi):
    phone = with_token(signs("dewi", PASSWORD))
    for number in range(6):
        signs("dewi", f"salah-{number}")

    assert phone.gets("me").status == 200


@pytest.mark.parametrize("written", ["DEWI", "Dewi", " dewi ", "dewi\u200b", "\u202edewi"])
def test_a_name_is_the_same_name_however_it_is_written(dewi, written):
    for number in range(5):
        signs(written if number % 2 else "dewi", f"salah-{number}")

    assert locked(signs("dewi", PASSWORD))
    assert locked(signs(written, PASSWORD))


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Real-IP", "Forwarded", "True-Client-IP", "X-Client-IP"])
def test_no_header_makes_another_address(dewi, header):
    for number in range(5):
        at(HERE).posts("auth/tokens", {"username": "dewi", "password": "salah"}, **{header: f"10.9.9.{number}"})

    fresh = at(HERE).posts("auth/tokens", {"username": "dewi", "password": PASSWORD}, **{header: "10.8.8.8"})

    assert locked(fresh)


def test_a_lock_ends_after_a_quarter_of_an_hour(dewi):
    for number in range(6):
        signs("dewi", f"salah-{number}")
    AccessAttempt.objects.update(attempt_time=F("attempt_time") - timedelta(minutes=16))

    assert signs("dewi", PASSWORD).status == 201


def test_a_right_password_forgets_the_wrong_ones_before_it(dewi):
    for _ in range(3):
        for number in range(4):
            assert signs("dewi", f"salah-{number}").status == 401
        assert signs("dewi", PASSWORD).status == 201


def test_an_unknown_name_is_locked_like_a_known_one(dewi):
    known = [signs("dewi", f"salah-{number}") for number in range(7)]
    unknown = [signs("nobody", f"salah-{number}") for number in range(7)]

    assert [(one.status, one.body) for one in known] == [(one.status, one.body) for one in unknown]
    assert known[0].headers.keys() == unknown[0].headers.keys()


def test_wrong_logins_of_many_names_from_one_address_are_slowed(dewi):
    for number in range(30):
        assert signs(f"orang{number}", "salah-sekali").status == 401

    slowed = signs("orang30", "salah-sekali")

    assert (slowed.status, slowed.code) == (429, "throttled")
    assert 1 <= int(slowed.headers["Retry-After"]) <= 61
    assert signs("dewi", PASSWORD, at(THERE)).status == 201


def test_right_logins_do_not_count(dewi):
    assert [signs("dewi", PASSWORD).status for _ in range(35)] == [201] * 35
    assert signs("orang", "salah-sekali").status == 401


def test_a_locked_name_tried_on_counts_for_the_address(dewi):
    for number in range(30):
        signs("dewi", f"salah-{number}")

    assert signs("orang", "salah-sekali").code == "throttled"


def test_wrong_old_passwords_are_slowed_as_well(dewi):
    phone = with_token(signs("dewi", PASSWORD))
    found = [phone.posts("auth/password", {"old": f"salah-{number}", "new": OTHER}).status for number in range(31)]

    assert found == [401] * 30 + [429]
    assert phone.posts("auth/password", {"old": PASSWORD, "new": OTHER}).status == 429


def test_a_password_is_guessed_no_faster_where_a_pin_is_set(kelompok):
    path = f"{kelompok.path}/officers/{kelompok.offices['budi']}/pin"
    found = [kelompok.budi.posts(path, {"password": f"salah-{number}", "pin": PIN}).status for number in range(31)]

    assert set(found[:5]) == {401}
    assert found[30] == 429


# ── what an answer gives away ───────────────────────────────────────────────────────────────────────────────────────


def kinds(password: str) -> list[tuple[str, str]]:
    """A login that fails, for every reason there is."""
    shut = somebody("shut")
    User.objects.filter(id=shut.id).update(is_active=False)
    emptied = somebody("emptied")
    emptied.set_unusable_password()
    emptied.save()
    _, first = outside_books(None, lambda: logins.open_user("spent"))
    assert signs("spent", first).status == 201
    return [
        ("dewi", password),
        ("nobody", PASSWORD),
        ("shut", PASSWORD),
        ("shut", password),
        ("emptied", PASSWORD),
        ("spent", first),
        ("spent", password),
    ]


def test_every_failed_login_answers_the_same(dewi):
    answers = [signs(*tried) for tried in kinds("salah-sekali")]

    assert {answer.status for answer in answers} == {401}
    assert all(answer.body == answers[0].body for answer in answers)
    assert all(answer.headers.keys() == answers[0].headers.keys() for answer in answers)


def test_every_failed_login_costs_one_hashing(dewi, monkeypatch):
    tried = kinds("salah-sekali")
    counted: Counter[str] = Counter()
    for name in ("encode", "verify"):
        monkeypatch.setattr(Argon2, name, counting(getattr(Argon2, name), counted))

    costs = []
    for username, password in tried:
        counted.clear()
        signs(username, password)
        costs.append((username, counted.total()))

    assert {cost for _, cost in costs} == {1}, costs


def counting(work: Any, counted: Counter[str]) -> Any:
    def worked(self: Any, *given: Any, **more: Any) -> Any:
        counted[work.__name__] += 1
        return work(self, *given, **more)

    return worked


def test_a_locked_name_costs_none_whether_known_or_not(dewi, monkeypatch):
    for number in range(5):
        signs("dewi", f"salah-{number}")
        signs("nobody", f"salah-{number}")
    counted: Counter[str] = Counter()
    for name in ("encode", "verify"):
        monkeypatch.setattr(Argon2, name, counting(getattr(Argon2, name), counted))

    assert signs("dewi", PASSWORD).status == signs("nobody", PASSWORD).status == 429
    assert counted.total() == 0


def test_passwords_and_pins_are_hashed_with_memory(monkeypatch):
    monkeypatch.undo()

    hasher = get_hasher("default")

    assert isinstance(hasher, Argon2)
    assert hasher.encode("padi", hasher.salt()).startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")


def test_a_user_name_is_told_to_nobody_who_has_no_token(kelompok):
    taken = Phone().posts(f"{kelompok.path}/members/{kelompok.members['yuni']}/login", {"username": "a.dewi"})

    assert taken.status == 401


def test_an_ended_office_ends_what_its_token_may(kelompok: Kelompok):
    rina = kelompok.phones["rina"]
    assert rina.gets(f"{kelompok.path}/ledger/entries").status == 200

    kelompok.budi.deletes(f"{kelompok.path}/officers/{kelompok.offices['rina']}")

    assert rina.gets(f"{kelompok.path}/ledger/entries").status == 403
    assert rina.gets(f"{kelompok.path}/members/{kelompok.members['rina']}").status == 200


def test_a_second_officer_with_a_first_password_counts_for_nothing(kelompok):
    assert kelompok.phones["sari"].user is not None
    outside_books(None, lambda: logins.give_first_password(kelompok.phones["sari"].user))

    refused = kelompok.budi.posts(f"{kelompok.path}/periods/2026-02/close", {"second": kelompok.second("sari")})

    assert (refused.status, refused.code) == (403, "second_not_valid")


def test_a_shut_account_is_signed_out_and_cannot_sign_in(kelompok):
    sari = kelompok.phones["sari"].user
    assert sari is not None
    phone = signs_in(sari)
    User.objects.filter(id=sari.id).update(is_active=False)

    assert phone.gets("me").status == 401
    assert signs("a.sari", PASSWORD).status == 401
    refused = kelompok.budi.posts(f"{kelompok.path}/periods/2026-02/close", {"second": kelompok.second("sari")})
    assert (refused.status, refused.code) == (403, "second_not_valid")


def test_wrong_logins_at_the_same_time_all_count(scratch):
    def tries(number):
        try:
            return Phone().posts("auth/tokens", {"username": f"nobody{number}", "password": "salah sekali"}).status
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        answers = Counter(pool.map(tries, range(48)))

    assert answers == {401: 30, 429: 18}
