"""Who signs in for a lender: made by an officer, known by more than a password, and nothing besides."""

from datetime import timedelta
from typing import Any

import pyotp
import pytest
from django.test import Client
from django.utils import timezone

from ledger.ids import uuid7
from members import factors, logins
from members.factors import Needed
from members.models import Group, Seat, Token, User
from tests.door import PASSWORD, Answer, Kelompok, Phone, comes_in, signs_in
from tests.members.lent import Bank, lender_of, own_password, token_of
from tests.members.ways import app_of

STRONG = frozenset({"totp", "passkey"})
FIVE_MINUTES = timedelta(minutes=5)


def makes(group: Kelompok, lender_id: Any, username: str = "bu.ratna", who: str = "budi") -> Answer:
    return group.phones[who].posts(f"{group.path}/lenders/{lender_id}/login", {"username": username})


def user_of(answer: Answer) -> User:
    return User.objects.get(id=answer["user_id"])


def code(app: pyotp.TOTP) -> str:
    return app.at(timezone.now())


# ── made by an officer ──────────────────────────────────────────────────────────────────────────────────────────────


def test_an_officer_makes_it_and_the_first_password_is_shown_once(kelompok):
    lender, key = lender_of(kelompok), uuid7()
    path = f"{kelompok.path}/lenders/{lender}/login"

    made = kelompok.budi.posts(path, {"username": "Bu.Ratna"}, key=key)
    again = kelompok.budi.posts(path, {"username": "Bu.Ratna"}, key=key)

    assert (made.status, made["username"], made["own_password"], made["factor"]) == (201, "bu.ratna", False, False)
    assert made["one_time_password"]
    assert (again.status, again["one_time_password"]) == (201, None)
    [seat] = Seat.objects.filter(user_id=made["user_id"])
    assert (seat.lender_id, seat.member_id, seat.roles) == (lender, None, [])


def test_a_first_password_that_was_lost_is_made_anew_until_she_has_her_own(kelompok):
    lender = lender_of(kelompok)
    first = makes(kelompok, lender)

    second = makes(kelompok, lender)
    assert second.status == 201
    assert second["one_time_password"] != first["one_time_password"]
    own_password(user_of(second), second["one_time_password"])

    refused = makes(kelompok, lender)
    assert (refused.status, refused.code) == (403, "not_allowed")
    assert "pengelola layanan" in refused["detail"]


@pytest.mark.parametrize("whose", ["a.dewi", "a.budi", "operator"])
def test_nobody_else_becomes_a_lenders_user(kelompok, operator, whose):
    refused = makes(kelompok, lender_of(kelompok), whose)

    assert (refused.status, refused.code) == (409, "username_taken")
    assert not Seat.objects.exclude(lender_id=None).exists()


def test_a_user_of_one_lender_is_no_user_of_another_in_the_same_group(kelompok):
    bank = Bank.of(kelompok)

    assert makes(kelompok, lender_of(kelompok, "UPK"), "bu.ratna").code == "username_taken"
    assert Seat.objects.get(user=bank.user).lender_id == bank.id


def test_who_signs_in_for_a_lender_elsewhere_does_so_here_with_what_she_has(kelompok, neighbours):
    bank = Bank.of(neighbours, "totals")
    here = lender_of(kelompok)

    made = makes(kelompok, here, "bu.ratna")

    assert (made.status, made["one_time_password"], made["own_password"]) == (201, None, True)
    assert bank.phone.gets(kelompok.path).status == 404
    assert {seat["group_id"] for seat in bank.phone.gets("me")["seats"]} == {str(neighbours.id)}


def test_but_not_while_somebody_may_hold_her_first_password(kelompok, neighbours):
    assert makes(neighbours, lender_of(neighbours)).status == 201

    assert makes(kelompok, lender_of(kelompok)).code == "username_taken"


def test_nor_does_another_groups_officer_make_her_password_anew(kelompok, neighbours):
    bank = Bank.of(neighbours)
    here = lender_of(kelompok)
    assert makes(kelompok, here).status == 201
    User.objects.filter(id=bank.user.id).update(password_is=User.Password.ONE_TIME)

    assert makes(kelompok, here).code == "not_allowed"


@pytest.mark.parametrize("whose", ["nobody's", "the neighbours'"])
def test_a_lender_that_is_not_the_groups_has_no_login(kelompok, neighbours, whose):
    lender = uuid7() if whose == "nobody's" else lender_of(neighbours)

    assert makes(kelompok, lender).status == 404
    assert kelompok.budi.gets(f"{kelompok.path}/lenders/{lender}/login").status == 404


def test_ending_it_shuts_the_group_at_once(kelompok):
    bank = Bank.of(kelompok, "totals")
    path = f"{kelompok.path}/lenders/{bank.id}/login"
    assert [one["username"] for one in kelompok.budi.gets(path)["results"]] == ["bu.ratna"]
    assert bank.sees().status == 200

    assert kelompok.phones["rina"].deletes(f"{path}/{bank.user.id}").status == 204

    assert bank.sees().status == 404
    assert kelompok.budi.gets(path)["results"] == []
    assert kelompok.budi.deletes(f"{path}/{bank.user.id}").status == 404


def test_nobody_ends_a_members_seat_as_if_it_were_a_lenders(kelompok):
    bank = Bank.of(kelompok)
    dewi = kelompok.phones["dewi"].user

    assert kelompok.budi.deletes(f"{kelompok.path}/lenders/{bank.id}/login/{dewi.id}").status == 404
    assert Seat.objects.filter(user=dewi).exists()


# ── more than a password ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_lenders_user_needs_a_passkey_or_an_app(kelompok):
    user = Bank.of(kelompok).user
    assert factors.wanted(user) == STRONG
    assert factors.needed(user, "password") == Needed(set_up=STRONG)
    app_of(user)
    assert factors.needed(user, "password") == Needed(prove=frozenset({"totp"}))
    assert factors.needed(user, "totp").nothing


def test_a_phone_with_a_pin_is_not_enough_for_her(kelompok):
    from tests.members.ways import own_phone

    user = Bank.of(kelompok).user
    own_phone(user)

    assert factors.needed(user, "pin") == Needed(set_up=STRONG)
    assert factors.needed(user, "device") == Needed(set_up=STRONG)


def test_of_demonstrations_alone_she_needs_none(kelompok):
    bank = Bank.of(kelompok)
    Group.objects.filter(id=kelompok.id).update(demo=True, name="DEMO JARBANGSRI")

    assert factors.wanted(bank.user) == frozenset()
    assert token_of("bu.ratna").status == 201


@pytest.mark.parametrize("path", ["/pendana", "/k/{group}/portal", "/akun"])
def test_no_page_is_hers_before_she_has_set_one_up(kelompok, path):
    bank = Bank.of(kelompok, "totals")
    client = comes_in(Client(headers={"host": "localhost"}), bank.user, way="password")

    answer = client.get(path.format(group=kelompok.id))

    assert answer.status_code == 302
    assert answer["Location"].startswith("/akun/amankan")
    assert bank.log == []


def test_and_none_before_she_has_shown_it(kelompok):
    bank = Bank.of(kelompok, "totals")
    app_of(bank.user)
    client = comes_in(Client(headers={"host": "localhost"}), bank.user, way="password")

    assert client.get("/pendana")["Location"].startswith("/masuk/bukti")


# ── tokens ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_password_alone_makes_no_token(kelompok):
    bank = Bank.of(kelompok, "totals")
    before = Token.objects.count()

    refused = token_of("bu.ratna")

    assert (refused.status, refused.code) == (403, "factor_required")
    assert Token.objects.count() == before
    app_of(bank.user)
    assert token_of("bu.ratna").code == "factor_required"


def test_with_a_code_of_her_app_it_does(kelompok):
    bank = Bank.of(kelompok, "totals")
    app = app_of(bank.user, now=timezone.now() - FIVE_MINUTES)

    made = token_of("bu.ratna", code=code(app))

    assert made.status == 201
    assert Phone(made["token"]).gets(f"{kelompok.path}/portfolio").status == 200
    assert token_of("bu.ratna", code=code(app)).code == "wrong_code"  # each code once


@pytest.mark.parametrize("wrong", ["000000", "", "x"])
def test_a_wrong_code_makes_none_and_is_counted(kelompok, wrong):
    bank = Bank.of(kelompok, "totals")
    app_of(bank.user)
    before = Token.objects.count()

    refused = token_of("bu.ratna", code=wrong)

    assert refused.status in (400, 403)
    assert Token.objects.count() == before


def test_a_right_code_does_not_make_up_for_a_wrong_password(kelompok):
    bank = Bank.of(kelompok, "totals")
    app = app_of(bank.user, now=timezone.now() - FIVE_MINUTES)

    refused = Phone().posts("auth/tokens", {"username": "bu.ratna", "password": "salah", "code": code(app)})

    assert (refused.status, refused.code) == (401, "wrong_login")


def test_the_token_of_a_first_password_opens_no_group_even_after_she_set_her_own(kelompok):
    lender = lender_of(kelompok)
    made = makes(kelompok, lender)
    bank = Bank(kelompok, lender, user_of(made), Phone())
    bank.may_see("totals")
    first = Phone().posts("auth/tokens", {"username": "bu.ratna", "password": made["one_time_password"]})
    assert (first.status, first["password_change_required"]) == (201, True)
    phone = Phone(first["token"], bank.user)
    changed = phone.posts("auth/password", {"old": made["one_time_password"], "new": PASSWORD})
    assert changed.status == 204

    for path in ("", "/portfolio", "/portal"):
        refused = phone.gets(kelompok.path + path)
        assert (refused.status, refused.code) == (403, "factor_required")
    assert phone.gets("groups")["results"] == []
    assert phone.gets("me")["seats"] == []
    assert bank.log == []


def test_a_token_without_proof_opens_nothing_whoever_made_it(kelompok):
    bank = Bank.of(kelompok, "totals")

    assert signs_in(bank.user).gets(kelompok.path).code == "factor_required"
    assert signs_in(bank.user, way="passkey").gets(kelompok.path).status == 200


def test_anybody_may_show_a_code_and_it_is_checked(kelompok):
    budi = kelompok.budi.user
    app = app_of(budi, now=timezone.now() - FIVE_MINUTES)

    assert token_of("a.budi", code="000000").code == "wrong_code"
    assert token_of("a.budi", code=code(app)).status == 201
    assert token_of("a.budi").status == 201
    assert token_of("a.dewi", code="123456").code == "factor_required"  # she has no app


# ── and nothing besides ─────────────────────────────────────────────────────────────────────────────────────────────


def test_nobody_makes_her_another_way_in(kelompok):
    assert logins.is_guarded(Bank.of(kelompok).user)


def test_she_comes_to_the_portal_and_finds_her_groups(kelompok, neighbours):
    bank = Bank.of(kelompok, "totals")
    there = lender_of(neighbours)
    assert makes(neighbours, there, "bu.ratna").status == 201
    client = comes_in(Client(headers={"host": "localhost"}), bank.user)

    assert client.get("/kelompok")["Location"] == "/pendana"
    words = client.get("/pendana").content.decode()

    assert "JARBANGSRI" in words and "Tetangga" not in words
    assert client.get(f"/k/{kelompok.id}")["Location"] == f"/k/{kelompok.id}/portal"
    assert client.get(f"/k/{neighbours.id}").status_code == 404
    assert "Tetangga" not in client.get("/akun").content.decode()
