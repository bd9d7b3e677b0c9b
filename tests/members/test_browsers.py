"""Browser sessions: how she came in, how long it lasts, and the list she ends them from."""

from datetime import timedelta

import pytest
from django.test import RequestFactory
from django.utils import timezone

from members import devices, failures, sessions
from members.errors import NotFound, TooManyHere, WrongDevicePin
from members.models import Device, Failure, Session
from tests.members.ways import GOOD, WRONG, browser, lives, phone_of, row_of, signs_in, user_of


def seen(key: str, ago: timedelta) -> None:
    Session.objects.filter(session_key=key).update(last_seen_at=timezone.now() - ago)


def test_a_session_says_how_she_came_in_and_with_what(kelompok):
    opened = phone_of(kelompok)
    key = signs_in(opened.device.user, way="device", device=opened.device)

    row = row_of(key)

    assert (row.way, row.device_id, row.label) == ("device", opened.device.id, "Chrome di Android")
    request = browser(key)
    assert (sessions.way_of(request), sessions.device_of(request)) == ("device", opened.device.id)


def test_signing_in_makes_a_new_key_and_the_one_before_is_nobodys(kelompok):
    before = browser()
    before.session["x"] = 1
    before.session.save()
    key = before.session.session_key
    request = browser(key)
    sessions.begin(request, user_of(kelompok, "dewi"), way="password")
    request.session.save()

    assert request.session.session_key != key
    assert not Session.objects.filter(session_key=key).exists()


def test_what_was_proved_is_the_sessions_way_under_a_new_key(kelompok):
    key = signs_in(user_of(kelompok, "sari"), way="password")
    request = browser(key)
    sessions.proved(request, way="totp")
    request.session.save()

    assert not lives(key)
    assert row_of(request.session.session_key).way == "totp"  # type: ignore[arg-type]


@pytest.mark.parametrize("way", ["device", "card"])
def test_a_quarter_of_an_hour_without_a_request_ends_a_phones_session(kelompok, way):
    opened = phone_of(kelompok)
    key = signs_in(opened.device.user, way=way, device=opened.device if way == "device" else None)
    seen(key, timedelta(minutes=14))
    assert lives(key)
    seen(key, timedelta(minutes=16))

    assert not lives(key)
    assert not Session.objects.filter(session_key=key).exists()


def test_one_that_nothing_ever_came_from_ends_as_well(kelompok):
    opened = phone_of(kelompok)
    key = signs_in(opened.device.user, way="device", device=opened.device)
    Session.objects.update(started_at=timezone.now() - timedelta(minutes=16))

    assert not lives(key)


@pytest.mark.parametrize("way", ["password", "totp", "passkey"])
def test_the_others_last_as_long_as_their_cookie(kelompok, way):
    key = signs_in(user_of(kelompok, "sari"), way=way)
    seen(key, timedelta(hours=11))
    assert lives(key)
    Session.objects.update(expire_date=timezone.now())

    assert not lives(key)


def test_it_is_noted_once_a_minute(kelompok):
    key = signs_in(user_of(kelompok, "dewi"), way="password")
    assert row_of(key).last_seen_at is None
    assert lives(key)
    first = row_of(key).last_seen_at
    assert first is not None and lives(key) and row_of(key).last_seen_at == first
    seen(key, timedelta(seconds=61))

    assert lives(key)
    assert row_of(key).last_seen_at >= first  # type: ignore[operator]


def test_what_a_page_keeps_changes_neither_start_nor_way(kelompok):
    key = signs_in(user_of(kelompok, "dewi"), way="card")
    began = row_of(key).started_at
    request = browser(key)
    request.session["x"] = 1
    request.session.save()

    row = row_of(key)
    assert (row.started_at, row.way, row.label) == (began, "card", "Chrome di Android")
    assert row.last_seen_at is not None


def test_an_ended_phone_ends_its_session_even_if_that_began_beside_it(kelompok):
    opened = phone_of(kelompok)
    key = signs_in(opened.device.user, way="device", device=opened.device)
    Device.objects.update(ended_at=timezone.now())

    assert not lives(key)


def test_she_sees_where_she_is_signed_in_and_ends_one_or_all_others(kelompok):
    opened = phone_of(kelompok)
    dewi = opened.device.user
    keys = [signs_in(dewi, way="password"), signs_in(dewi, way="device", device=opened.device)]
    keys.append(signs_in(dewi, way="card"))
    sari = signs_in(user_of(kelompok, "sari"), way="password")

    found = sessions.of(dewi, here=keys[0])
    assert {(one.way, one.label, one.device_label, one.here) for one in found} == {
        ("password", "Chrome di Android", None, True),
        ("device", "Chrome di Android", "HP", False),
        ("card", "Chrome di Android", None, False),
    }
    assert not [one for one in found if one.handle in keys]
    with pytest.raises(NotFound):
        sessions.end(dewi, sessions.handle_of(sari))
    sessions.end(dewi, sessions.handle_of(keys[1]))
    assert [lives(key) for key in keys] == [True, False, True]
    assert sessions.end_others(dewi, here=keys[0]) == 1
    assert [lives(key) for key in (*keys, sari)] == [True, False, False, True]


def test_wrong_pins_count_for_the_address_and_nothing_else_does(kelompok, settings):
    settings.FAILED_LOGINS = "3/min"
    token = phone_of(kelompok).token
    request = RequestFactory().post("/", REMOTE_ADDR="10.0.0.1")
    for _ in range(5):
        with failures.guarded(request):
            token = devices.unlock(token, GOOD).token
        with pytest.raises(ValueError), failures.guarded(request):
            raise ValueError
    for _ in range(3):
        with pytest.raises(WrongDevicePin), failures.guarded(request):
            devices.unlock(token, WRONG)

    with pytest.raises(TooManyHere), failures.guarded(request):
        devices.unlock(token, GOOD)
    with failures.guarded(RequestFactory().post("/", REMOTE_ADDR="10.0.0.2")):
        devices.unlock(token, GOOD)
    assert "10.0.0.1" not in str(Failure.objects.values())
