"""Whether this process can serve: the database, its tables, the disk; and the broker, without which it serves too.

Each look is bounded by `LONGEST` seconds whatever hangs, and is remembered, so that asking often costs nothing.
"""

import logging
import os
import shutil
import threading
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import kombu
import psycopg
from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader

log = logging.getLogger("lumbung.ready")
LONGEST = 3.0
PATIENCE = 2  # seconds, for one connection
Found = dict[str, str]

_looking = threading.Lock()
_last: tuple[float, Found] | None = None


def found() -> Found:
    """The last look, or a new one once that is `READY_SECONDS` old. While one request looks, others get the last."""
    global _last  # noqa: PLW0603  (one memory for all threads)
    last = _last
    if last is not None and time.monotonic() - last[0] < settings.READY_SECONDS:
        return last[1]
    if not _looking.acquire(blocking=last is None):
        return last[1] if last else {}
    try:
        if _last is last:
            _last = (time.monotonic(), look())
        return _last[1] if _last else {}
    finally:
        _looking.release()


def forget() -> None:
    """Look again next time."""
    global _last  # noqa: PLW0603
    _last = None


def look() -> Found:
    """All four, the slow ones side by side."""
    seen = {"database": "down", "migrations": "unknown", "broker": "down", "disk": disk()}
    parameters = connection.get_connection_params()
    checks: list[Callable[[], Found]] = [lambda: database(parameters), broker]

    def note(check: Callable[[], Found]) -> None:
        try:
            seen.update(check())
        except Exception as error:
            log.warning("not ready: %s", type(error).__name__)

    threads = [threading.Thread(target=note, args=[check], daemon=True) for check in checks]
    until = time.monotonic() + LONGEST
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))
    broken = any(seen[name] != "ok" for name in ("database", "migrations", "disk"))
    status = "unready" if broken else "ready" if seen["broker"] == "ok" else "degraded"
    return {"status": status, **seen}


def database(parameters: dict[str, Any]) -> Found:
    """A connection of its own: the pool would wait longer than anybody who asks."""
    with psycopg.connect(**parameters | {"connect_timeout": PATIENCE}) as own:
        own.execute(f"set local statement_timeout = '{PATIENCE}s'")
        applied = {tuple(row) for row in own.execute("select app, name from django_migrations")}
    return {"database": "ok", "migrations": "ok" if migrations_here() <= applied else "missing"}


@cache
def migrations_here() -> frozenset[tuple[str, str]]:
    """The migrations this code was written for."""
    return frozenset(MigrationLoader(None).disk_migrations or {})


def broker() -> Found:
    """Whether it lets us in."""
    if settings.BROKER_URL.startswith("pgmq"):
        told = settings.BROKER_CONN_STRING or settings.BROKER_URL.replace("pgmq", "postgresql", 1)
        with psycopg.connect(told, connect_timeout=PATIENCE) as own:
            own.execute(f"set local statement_timeout = '{PATIENCE}s'")
            own.execute("select from pgmq.meta limit 1")
        return {"broker": "ok"}
    with kombu.Connection(settings.BROKER_URL, connect_timeout=PATIENCE) as client:
        # Once: `connect` would try again after a pause.
        client.transport.close_connection(client.transport.establish_connection())
    return {"broker": "ok"}


def disk() -> str:
    """Whether there is room where logs and files go."""
    folder = Path(os.environ.get("LUMBUNG_DATA") or settings.STATIC_ROOT).absolute()
    while not folder.exists():
        folder = folder.parent
    return "ok" if shutil.disk_usage(folder).free >= settings.LEAST_FREE_BYTES else "full"
