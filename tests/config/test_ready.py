"""What a balancer asks: whether this process can serve."""

import socket
import threading
import time
from collections.abc import Iterator

import pytest
from django.conf import settings as at_first
from django.test import Client
from psycopg.conninfo import make_conninfo

from config import ready
from tests.config.elsewhere import asks, closed_port
from tests.conftest import owner_connection

OK = {"database": "ok", "migrations": "ok", "broker": "ok", "disk": "ok"}


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    ready.forget()
    yield
    ready.forget()


@pytest.fixture
def client(db) -> Client:
    return Client(headers={"host": "localhost"})


@pytest.fixture
def silent() -> Iterator[int]:
    """A port where somebody listens and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def broker_at(settings, port: int) -> None:
    """The same broker, looked for at another port."""
    if at_first.BROKER_URL.startswith("amqp"):
        settings.BROKER_URL = f"amqp://guest:guest@127.0.0.1:{port}//"
    else:
        settings.BROKER_CONN_STRING = make_conninfo(at_first.BROKER_CONN_STRING, host="127.0.0.1", port=port)


def test_a_process_with_everything_is_ready(client):
    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json() == {"status": "ready", **OK}
    assert answer["Cache-Control"] == "no-store"


def test_without_the_broker_people_go_on(client, settings):
    broker_at(settings, closed_port())

    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json() == {"status": "degraded", **OK, "broker": "down"}


@pytest.mark.parametrize("kind", ["amqp", "pgmq"])
def test_either_kind_of_broker_may_be_down(client, settings, kind):
    settings.BROKER_CONN_STRING = ""
    settings.BROKER_URL = f"{kind}://guest:guest@127.0.0.1:{closed_port()}/x"

    assert client.get("/readyz").json()["broker"] == "down"


@pytest.mark.parametrize("kind", ["amqp", "pgmq"])
def test_a_broker_that_says_nothing_keeps_nobody_waiting(client, settings, silent, kind):
    settings.BROKER_CONN_STRING = ""
    settings.BROKER_URL = f"{kind}://guest:guest@127.0.0.1:{silent}/x"
    began = time.monotonic()

    answer = client.get("/readyz")

    assert time.monotonic() - began < 3.5
    assert answer.json() == {"status": "degraded", **OK, "broker": "down"}


def test_the_broker_is_asked_once_however_often_we_are(client, settings):
    heard = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def hang_up() -> None:
            while True:
                try:
                    one, _ = server.accept()
                except OSError:
                    return
                heard.append(one)
                one.close()

        threading.Thread(target=hang_up, daemon=True).start()
        settings.BROKER_URL = f"amqp://guest:guest@127.0.0.1:{server.getsockname()[1]}//"
        for _ in range(20):
            assert client.get("/readyz").json()["broker"] == "down"
        asked_at_first = len(heard)
        settings.READY_SECONDS = 0
        client.get("/readyz")
        server.shutdown(socket.SHUT_RDWR)

    assert (asked_at_first, len(heard)) == (1, 2)


@pytest.mark.parametrize("pool", ["true", "false"])
def test_without_the_database_nobody_should_come_here(pool):
    url = f"postgres://nobody:x@127.0.0.1:{closed_port()}/none"

    (answer,) = asks("/readyz", DATABASE_URL=url, DATABASE_POOL=pool)["answers"]

    assert answer["status"] == 503
    assert answer["headers"]["Retry-After"] == "5"
    assert '"status": "unready", "database": "down", "migrations": "unknown", "broker": "ok"' in answer["body"]


def test_a_database_that_says_nothing_keeps_nobody_waiting(silent):
    url = f"postgres://nobody:x@127.0.0.1:{silent}/none"

    (answer,) = asks("/readyz", DATABASE_URL=url, DATABASE_POOL="true")["answers"]

    assert answer["status"] == 503
    assert answer["seconds"] < 5  # the pool alone would wait for ten


def test_a_process_newer_than_the_tables_waits_for_them(scratch):
    with owner_connection(scratch) as owner:
        gone = owner.execute("delete from django_migrations where app = 'members' and name like '0002%'")
        assert gone.rowcount == 1

    answer = Client(headers={"host": "localhost"}).get("/readyz")

    assert answer.status_code == 503
    assert answer.json() == {"status": "unready", **OK, "migrations": "missing"}


def test_a_full_disk_is_not_ready(client, settings):
    settings.LEAST_FREE_BYTES = 10**18

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json() == {"status": "unready", **OK, "disk": "full"}
