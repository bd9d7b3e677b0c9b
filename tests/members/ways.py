"""What the tests of the ways in share: phones that enrol, browsers with a session, a clock for apps."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pyotp
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.test import RequestFactory

from ledger.context import outside_books
from members import access, cards, devices, enrolments, sessions, totp
from members.cards import Printed
from members.devices import Opened
from members.models import Session, User
from tests.door import Kelompok

GOOD, OTHER, WRONG = "724913", "583026", "903817"
NOON = datetime(2026, 3, 31, 5, 0, tzinfo=UTC)
CHROME = "Mozilla/5.0 (Linux; Android 10; K) Chrome/140.0.0.0 Mobile Safari/537.36"


def user_of(kelompok: Kelompok, person: str) -> User:
    """The cast's user, as the database has her now."""
    known = kelompok.phones[person].user
    assert known is not None
    return User.objects.get(id=known.id)


def code_for(kelompok: Kelompok, person: str, *, by: str = "rina") -> str:
    """A code an officer makes for a member's phone."""
    row = kelompok.row(person)
    officer = user_of(kelompok, by)
    made: str = access.in_group(
        officer,
        kelompok.id,
        "enroll_device",
        lambda seat: enrolments.for_member(seat.group, row, officer_id=officer.id),
    )
    return made


def card_for(kelompok: Kelompok, person: str, *, by: str = "rina") -> Printed:
    row = kelompok.row(person)
    officer = user_of(kelompok, by)
    made: Printed = access.in_group(
        officer, kelompok.id, "enroll_device", lambda seat: cards.for_member(seat.group, row, officer_id=officer.id)
    )
    return made


def own_code(user: User, way: str) -> str:
    """A code she makes for a further phone of her own."""
    made: str = outside_books(user.id, lambda: enrolments.for_herself(user, way=way))
    return made


def phone_of(kelompok: Kelompok, person: str = "dewi", pin: str = GOOD) -> Opened:
    """A member's phone, enrolled with an officer's code."""
    return enrolments.trade(code_for(kelompok, person), pin, label="HP")


def own_phone(user: User, pin: str = GOOD, way: str = "password") -> Opened:
    """The phone she holds, enrolled by her own password."""
    return devices.add(user, pin, label="HP", way=way)


def app_of(user: User, *, way: str = "password", now: datetime = NOON) -> pyotp.TOTP:
    """An app that has her secret, its first code used a minute before `now`."""
    setup = outside_books(user.id, lambda: totp.begin(user, way=way))
    app = pyotp.TOTP(setup.secret)
    before = now - timedelta(minutes=1)
    totp.confirm(user, app.at(before), way=way, now=before)
    return app


def browser(key: str | None = None) -> HttpRequest:
    """A request of a browser, with its session."""
    request = RequestFactory().get("/", headers={"user-agent": CHROME})
    request.session = sessions.SessionStore(key)  # type: ignore[assignment]
    request.user = AnonymousUser()
    return request


def signs_in(user: User, *, way: str, device: Any = None) -> str:
    """Her browser's session key after signing in this way."""
    request = browser()
    sessions.begin(request, user, way=way, device=device)
    request.session.save()
    return str(request.session.session_key)


def row_of(key: str) -> Session:
    found: Session = Session.objects.get(session_key=key)
    return found


def lives(key: str) -> bool:
    """Whether the next request with this key is hers still."""
    return "_auth_user_id" in browser(key).session
