"""Browser sessions that know their user, the way she came in, and when they were last seen.

A session that began with an enrolled phone or a card is over after a quarter of an hour without a request, and as soon
as its phone is ended. The others last as long as their cookie.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.contrib.auth import SESSION_KEY, login
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.http import HttpRequest
from django.utils import timezone

from members import agents
from members.errors import NotFound
from members.models import Device, Session, User

BACKEND = "django.contrib.auth.backends.ModelBackend"
WAY, DEVICE, LABEL = "way", "device", "label"
IDLE = timedelta(minutes=15)
SEEN_EVERY = timedelta(minutes=1)
SHORT_LIVED = (Session.Way.DEVICE, Session.Way.PIN, Session.Way.CARD)


class SessionStore(DatabaseStore):
    """Django's database sessions, with what is asked about them in columns of their own."""

    row: Session | None = None

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def _get_session_from_db(self) -> Session | None:
        """The row while it lives; one that is over is deleted."""
        row: Session | None = super()._get_session_from_db()  # type: ignore[misc]
        if row is None:
            return None
        now = timezone.now()
        if is_over(row, now):
            row.delete()
            self._session_key = None
            return None
        _seen(row, now)
        self.row = row
        return row

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        session: Session = super().create_model_instance(data)  # type: ignore[assignment]
        session.user_id = data.get(SESSION_KEY)
        session.way = data.get(WAY, Session.Way.PASSWORD if session.user_id else None)
        session.device_id, session.label = data.get(DEVICE), data.get(LABEL)
        if self.row is not None and self.row.session_key == session.session_key:
            session.started_at, session.last_seen_at = self.row.started_at, self.row.last_seen_at
        return session


def is_over(row: Session, now: datetime) -> bool:
    """Whether a session ended though its cookie is still good."""
    if row.way not in SHORT_LIVED:
        return False
    if now - (row.last_seen_at or row.started_at) > IDLE:
        return True
    device = row.device
    return device is not None and device.ended_at is not None


def _seen(row: Session, now: datetime) -> None:
    """Note that it was seen, once a minute; the first time, its phone has shown that the answer with its new token came
    through, and the token before it dies."""
    if row.last_seen_at is not None and now - row.last_seen_at < SEEN_EVERY:
        return
    if row.last_seen_at is None and row.device_id is not None:
        Device.objects.filter(id=row.device_id, digest_before__isnull=False).update(digest_before=None)
    Session.objects.filter(session_key=row.session_key).update(last_seen_at=now)
    row.last_seen_at = now


def begin(request: HttpRequest, user: User, *, way: str, device: Device | None = None) -> None:
    """Sign her in in this browser under a new key; what the browser was before is over."""
    if SESSION_KEY in request.session:
        request.session.flush()  # Django would go on under the same key when it is she again
    login(request, user, backend=BACKEND)
    request.session[WAY], request.session[DEVICE] = way, str(device.id) if device else None
    request.session[LABEL] = agents.label(request.headers.get("User-Agent", ""))


def proved(request: HttpRequest, *, way: str) -> None:
    """She has shown what her password alone did not: a new key, and the session's way is the stronger one, which no
    phone's end takes along."""
    request.session.cycle_key()
    request.session[WAY], request.session[DEVICE] = way, None


def way_of(request: HttpRequest) -> str:
    """How whoever is signed in came in."""
    way: str = request.session.get(WAY, Session.Way.PASSWORD)
    return way


@dataclass(frozen=True, slots=True)
class Open:
    """One of her sessions as a list shows it; `handle` names it and opens nothing."""

    handle: str
    way: str
    label: str | None
    device_label: str | None
    started_at: datetime
    last_seen_at: datetime | None
    here: bool


def handle_of(session_key: str) -> str:
    """What a page may call a session."""
    return sha256(session_key.encode()).hexdigest()


def of(user: User, *, here: str | None = None) -> list[Open]:
    """Where she is signed in, the latest first; `here` is the key of the session that asks."""
    now = timezone.now()
    rows = Session.objects.select_related("device").filter(user=user, expire_date__gt=now).order_by("-started_at")
    return [
        Open(
            handle_of(row.session_key),
            row.way or Session.Way.PASSWORD,
            row.label,
            row.device.label if row.device else None,
            row.started_at,
            row.last_seen_at,
            row.session_key == here,
        )
        for row in rows.defer("session_data")
        if not is_over(row, now)
    ]


def end(user: User, handle: str) -> None:
    """End one of her sessions. Raises NotFound."""
    keys = Session.objects.filter(user=user).values_list("session_key", flat=True)
    found = [key for key in keys if handle_of(key) == handle]
    if not found:
        raise NotFound()
    Session.objects.filter(user=user, session_key__in=found).delete()


def end_others(user: User, *, here: str | None) -> int:
    """End every session of hers but the one that asks; gives how many."""
    ended: int = Session.objects.filter(user=user).exclude(session_key=here or "").delete()[0]
    return ended


def device_of(request: HttpRequest) -> UUID | None:
    """The enrolled phone this session came in with."""
    told = request.session.get(DEVICE)
    return UUID(told) if told else None
