"""Apps and passkeys: what an officer or operator shows beside her password, and what is asked of whom."""

import json
from datetime import timedelta

import pyotp
import pytest

from ledger.context import outside_books
from members import devices, factors, passkeys, totp, tries
from members.errors import (
    AppCodeNotValid,
    FactorRequired,
    LastFactor,
    NotFound,
    OwnPasswordFirst,
    PasskeyNotValid,
    TooManyToday,
)
from members.factors import Needed
from members.models import Factor, Group, User, WrongTry
from tests.door import somebody
from tests.members.authenticator import PRESENT, Authenticator
from tests.members.ways import NOON, app_of, own_phone, phone_of, user_of

ORIGIN, HOST = "https://lumbung.example:8443", "lumbung.example"
STRONG, ANY = frozenset({"totp", "passkey"}), frozenset({"totp", "passkey", "device"})


@pytest.fixture
def sari(kelompok) -> User:
    return user_of(kelompok, "sari")


@pytest.fixture
def wira(books) -> User:
    """An operator."""
    return somebody("wira", operator=True)


def key_of(user: User, *, way: str = "password", counts: bool = True) -> Authenticator:
    """Her authenticator, with a passkey for this host."""
    asked, state = passkeys.begin_adding(user, origin=ORIGIN, way=way)
    key = Authenticator(ORIGIN, HOST, counts=counts)
    passkeys.add(user, key.makes(asked), state=state, origin=ORIGIN, label="HP", way=way)
    return key


def comes_in(key: Authenticator, *, origin: str = ORIGIN, user: User | None = None) -> User:
    asked, state = passkeys.begin(origin=origin)
    return passkeys.open_with(key.signs(asked), state=state, origin=origin, user=user)


def removes(user: User, factor: Factor, way: str) -> None:
    outside_books(user.id, lambda: factors.remove(user, factor.id, way=way))


# ── an app ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_secret_is_sealed_and_counts_when_a_code_of_it_was_typed(sari):
    setup = outside_books(sari.id, lambda: totp.begin(sari, way="password"))
    assert factors.hers(sari) == frozenset()
    assert "Lumbung" in setup.uri and setup.secret in setup.uri
    assert setup.secret not in str(Factor.objects.values()) and setup.secret.encode() not in bytes(
        Factor.objects.get().secret_sealed or b""
    )

    with pytest.raises(AppCodeNotValid):
        totp.confirm(sari, "000000", way="password", now=NOON)
    totp.confirm(sari, pyotp.TOTP(setup.secret).at(NOON), way="password", now=NOON)

    assert factors.hers(sari) == {"totp"}


@pytest.mark.parametrize("off", [-30, 0, 30])
def test_a_code_may_be_a_step_early_or_late(sari, off):
    app = app_of(sari)

    totp.check(sari, app.at(NOON + timedelta(seconds=off)), now=NOON)


@pytest.mark.parametrize("off", [-90, -60, 60, 90])
def test_and_no_more(sari, off):
    app = app_of(sari, now=NOON - timedelta(hours=1))

    with pytest.raises(AppCodeNotValid):
        totp.check(sari, app.at(NOON + timedelta(seconds=off)), now=NOON)


def test_a_step_is_used_once(sari):
    app = app_of(sari)
    totp.check(sari, f" {app.at(NOON)[:3]} {app.at(NOON)[3:]}", now=NOON)

    for code in (app.at(NOON), app.at(NOON - timedelta(seconds=30))):
        with pytest.raises(AppCodeNotValid):
            totp.check(sari, code, now=NOON)
    totp.check(sari, app.at(NOON + timedelta(seconds=30)), now=NOON + timedelta(seconds=30))


def test_the_code_that_confirmed_is_used_as_well(sari):
    setup = outside_books(sari.id, lambda: totp.begin(sari, way="password"))
    code = pyotp.TOTP(setup.secret).at(NOON)
    totp.confirm(sari, code, way="password", now=NOON)

    with pytest.raises(AppCodeNotValid):
        totp.check(sari, code, now=NOON)


@pytest.mark.parametrize("typed", ["", "abcdef", "12345", "１２３４５６", "\ud800", "0" * 1000])
def test_what_is_no_code_is_refused(sari, typed):
    app_of(sari)

    with pytest.raises(AppCodeNotValid):
        totp.check(sari, typed, now=NOON)


def test_wrong_codes_count_and_right_ones_do_not(sari):
    app = app_of(sari)
    for step in range(2):
        now = NOON + timedelta(seconds=30 * step)
        totp.check(sari, app.at(now), now=now)
    assert WrongTry.objects.get().count == 0
    for _ in range(tries.MOST_A_DAY):
        with pytest.raises(AppCodeNotValid):
            totp.check(sari, "nol", now=NOON)

    with pytest.raises(TooManyToday):
        totp.check(sari, app.at(NOON + timedelta(minutes=5)), now=NOON + timedelta(minutes=5))


def test_another_app_takes_the_place_of_the_first_once_that_was_shown(sari):
    first = app_of(sari, now=NOON - timedelta(hours=1))
    with pytest.raises(FactorRequired):
        app_of(sari)
    second = app_of(sari, way="totp")

    with pytest.raises(AppCodeNotValid):
        totp.check(sari, first.at(NOON), now=NOON)
    totp.check(sari, second.at(NOON), now=NOON)


def test_who_has_no_app_is_not_checked(sari):
    with pytest.raises(FactorRequired):
        totp.check(sari, "123456", now=NOON)
    with pytest.raises(NotFound):
        totp.confirm(sari, "123456", way="password", now=NOON)


# ── a passkey ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_passkey_is_made_once_and_opens_again_and_again(sari):
    key = key_of(sari)

    assert [comes_in(key) for _ in range(3)] == [sari] * 3
    kept = Factor.objects.get()
    assert (kept.label, kept.host, kept.sign_count, kept.last_used_at is not None) == ("HP", HOST, 3, True)


def test_it_is_asked_for_as_the_browser_needs_it(sari):
    key = key_of(sari)
    asked, state = passkeys.begin_adding(sari, origin=ORIGIN, way="passkey")
    options = json.loads(json.dumps(asked))["publicKey"]

    assert options["rp"]["id"] == HOST
    assert options["authenticatorSelection"]["residentKey"] == "required"
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert [one["id"] for one in options["excludeCredentials"]] == [key.answer({})["id"]]
    assert json.loads(json.dumps(state)) == state


def test_what_was_copied_is_refused(sari):
    key = key_of(sari)
    for _ in range(2):
        comes_in(key)
    key.count = 0

    with pytest.raises(PasskeyNotValid):
        comes_in(key)


def test_a_key_that_never_counts_opens_as_well(sari):
    key = key_of(sari, counts=False)

    assert [comes_in(key) for _ in range(2)] == [sari] * 2


def test_an_answer_counts_for_its_own_question_alone(sari):
    key = key_of(sari)
    asked, _ = passkeys.begin(origin=ORIGIN)
    _, another = passkeys.begin(origin=ORIGIN)
    answer = key.signs(asked)

    for state in (another, None, {}, another | {"user": str(sari.id)}):
        with pytest.raises(PasskeyNotValid):
            passkeys.open_with(answer, state=state, origin=ORIGIN)


def test_an_answer_for_another_place_is_none(sari):
    key = key_of(sari)
    for origin, host in (
        ("https://lumbung.example.evil.example", HOST),
        ("https://lumbung.example", HOST),
        ("http://lumbung.example:8443", HOST),
        (ORIGIN, "evil.example"),
    ):
        key.origin, key.host = origin, host
        with pytest.raises(PasskeyNotValid):
            comes_in(key)


def test_a_passkey_of_another_host_is_unknown_here(sari):
    key = key_of(sari)
    key.origin, key.host = "https://lain.example", "lain.example"

    with pytest.raises(PasskeyNotValid):
        comes_in(key, origin="https://lain.example")


def test_a_device_that_did_not_check_its_user_is_refused(sari):
    key = key_of(sari)
    key.flags = PRESENT
    with pytest.raises(PasskeyNotValid):
        comes_in(key)

    asked, state = passkeys.begin_adding(sari, origin=ORIGIN, way="passkey")
    unlocked = Authenticator(ORIGIN, HOST)
    unlocked.flags = PRESENT
    with pytest.raises(PasskeyNotValid):
        passkeys.add(sari, unlocked.makes(asked), state=state, origin=ORIGIN, label="", way="passkey")


def test_nobody_signs_with_a_key_that_is_not_hers(sari, kelompok):
    key, other = key_of(sari), Authenticator(ORIGIN, HOST)
    other.id, other.handle = key.id, key.handle
    with pytest.raises(PasskeyNotValid):
        comes_in(other)
    key.handle = user_of(kelompok, "budi").id.bytes
    with pytest.raises(PasskeyNotValid):
        comes_in(key)
    key.handle = sari.id.bytes
    with pytest.raises(PasskeyNotValid):
        comes_in(key, user=user_of(kelompok, "budi"))
    assert comes_in(key, user=sari) == sari


def test_a_passkey_is_added_by_who_asked_for_it_and_once(sari, kelompok):
    asked, state = passkeys.begin_adding(sari, origin=ORIGIN, way="password")
    answer = Authenticator(ORIGIN, HOST).makes(asked)
    budi = user_of(kelompok, "budi")
    _, login = passkeys.begin(origin=ORIGIN)

    for user, wrong in ((budi, state), (sari, None), (sari, login)):
        with pytest.raises(PasskeyNotValid):
            passkeys.add(user, answer, state=wrong, origin=ORIGIN, label="", way="password")
    passkeys.add(sari, answer, state=state, origin=ORIGIN, label="", way="password")
    with pytest.raises(PasskeyNotValid):
        passkeys.add(sari, answer, state=state, origin=ORIGIN, label="", way="passkey")


@pytest.mark.parametrize("answer", [{}, {"id": "x"}, {"rawId": 7, "response": {}}, {"rawId": "!", "response": None}])
def test_what_is_no_answer_is_refused(sari, answer):
    _, state = passkeys.begin(origin=ORIGIN)
    _, adding = passkeys.begin_adding(sari, origin=ORIGIN, way="password")

    with pytest.raises(PasskeyNotValid):
        passkeys.open_with(answer, state=state, origin=ORIGIN)
    with pytest.raises(PasskeyNotValid):
        passkeys.add(sari, answer, state=adding, origin=ORIGIN, label="", way="password")


def test_a_passkey_opens_no_shut_account_and_none_that_was_reset(sari):
    key = key_of(sari)
    for change, back in (({"is_active": False}, {"is_active": True}), ({"password_is": "one_time"}, {})):
        User.objects.filter(id=sari.id).update(**change)
        with pytest.raises(PasskeyNotValid):
            comes_in(key)
        User.objects.filter(id=sari.id).update(**back)


# ── what is asked of whom ───────────────────────────────────────────────────────────────────────────────────────────


def test_an_officer_sets_up_something_and_then_shows_it(sari):
    assert factors.needed(sari, "password") == Needed(set_up=ANY)
    own_phone(sari)
    assert factors.needed(sari, "password") == Needed(prove=frozenset({"device"}))
    for way in ("device", "totp", "passkey"):
        assert factors.needed(sari, way).nothing


def test_an_operators_phone_is_not_enough(wira):
    assert factors.needed(wira, "password") == Needed(set_up=STRONG)
    opened = own_phone(wira)
    assert factors.needed(wira, "password") == Needed(set_up=STRONG)
    assert factors.needed(wira, "device") == Needed(set_up=STRONG)
    app_of(wira)
    assert factors.needed(wira, "device") == factors.needed(wira, "password") == Needed(prove=frozenset({"totp"}))
    assert factors.needed(wira, "totp").nothing and devices.unlock(opened.token, "724913")


def test_of_plain_members_and_of_demonstrations_nothing_is_needed(kelompok, sari):
    opened = phone_of(kelompok)
    for way in ("password", "device", "card"):
        assert factors.needed(opened.device.user, way).nothing

    Group.objects.filter(id=kelompok.id).update(name="DEMO Melati", demo=True)
    assert factors.needed(sari, "password").nothing


def test_who_has_set_it_up_is_asked_for_it_all_the_same(kelompok):
    dewi = user_of(kelompok, "dewi")
    app_of(dewi)

    assert factors.needed(dewi, "password") == Needed(prove=frozenset({"totp"}))


@pytest.mark.parametrize("way", ["device", "card"])
def test_a_phone_or_a_card_adds_and_removes_nothing(kelompok, way):
    dewi = user_of(kelompok, "dewi")
    app_of(dewi)
    for act in (
        lambda: outside_books(dewi.id, lambda: totp.begin(dewi, way=way)),
        lambda: passkeys.begin_adding(dewi, origin=ORIGIN, way=way),
        lambda: own_phone(dewi, way=way),
        lambda: removes(dewi, Factor.objects.get(), way),
    ):
        with pytest.raises(OwnPasswordFirst):
            act()


def test_who_has_no_password_sets_up_nothing(kelompok):
    yuni = phone_of(kelompok, "yuni").device.user

    with pytest.raises(OwnPasswordFirst):
        outside_books(yuni.id, lambda: totp.begin(yuni, way="password"))


def test_the_last_one_stays_where_one_is_needed(kelompok, sari, wira):
    for user in (sari, wira):
        app_of(user)
        key_of(user, way="totp")
        app, key = factors.confirmed(user)
        with pytest.raises(FactorRequired):
            removes(user, app, "password")
        removes(user, app, "totp")
        with pytest.raises(LastFactor):
            removes(user, key, "passkey")
    own_phone(sari, way="passkey")
    removes(sari, factors.confirmed(sari).get(), "passkey")
    own_phone(wira, way="passkey")
    with pytest.raises(LastFactor):
        removes(wira, factors.confirmed(wira).get(), "passkey")


def test_a_member_may_remove_hers(kelompok):
    dewi = user_of(kelompok, "dewi")
    app_of(dewi)

    removes(dewi, factors.confirmed(dewi).get(), "totp")

    assert factors.hers(dewi) == frozenset()


def test_nobody_removes_anothers(kelompok, sari):
    app_of(sari)
    dewi = user_of(kelompok, "dewi")

    with pytest.raises(NotFound):
        removes(dewi, factors.confirmed(sari).get(), "password")


def test_what_a_member_set_up_ends_when_she_takes_office(kelompok):
    dewi = user_of(kelompok, "dewi")
    app_of(dewi)
    kelompok.holds("dewi", "secretary")

    assert factors.needed(dewi, "password") == Needed(set_up=ANY)


def test_the_operator_takes_away_what_somebody_lost(sari):
    key = key_of(sari)
    factors.forget(sari)

    with pytest.raises(PasskeyNotValid):
        comes_in(key)
    assert factors.needed(sari, "password") == Needed(set_up=ANY)
