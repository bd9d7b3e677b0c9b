"""What stands in the logs, and what must never stand there: what people are called, and from where they ask."""

import io
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from config.celery import app
from config.logs import formatter
from ledger import context
from ledger.ids import uuid7
from members.keys import keyring
from members.models import UserEvent
from tests.config.elsewhere import closed_port, environment
from tests.door import PASSWORD, Phone, signs_in, somebody
from tests.processes import ROOT, until

Lines = Callable[[], list[dict[str, Any]]]
VIOLATION = """do $$ begin raise unique_violation using
    message = 'duplicate', detail = 'Key (name)=(Siti) already exists.', constraint = 'one_name'; end $$"""


def breaks(request: HttpRequest) -> HttpResponse:
    name = "Siti"
    raise RuntimeError(f"{name} is not a number")


def breaks_a_rule(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute(VIOLATION)
    return HttpResponse()


# A service with nothing but bugs, for the tests that ask for it.
urlpatterns = [path("api/v1/bug/<str:name>", lambda request, name: breaks(request)), path("api/v1/rule", breaks_a_rule)]
handler500 = "config.api.server_error"


@app.task(name="tests.broken")
def broken(name: str) -> None:
    raise RuntimeError(f"{name} is not a number")


@pytest.fixture
def lines(monkeypatch) -> Iterator[Lines]:
    """What is written to stderr meanwhile, line by line."""
    monkeypatch.delenv("LOG_FORMAT", raising=False)
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(formatter())
    logging.getLogger().addHandler(handler)
    yield lambda: [json.loads(line) for line in out.getvalue().splitlines()]
    logging.getLogger().removeHandler(handler)


@pytest.fixture
def client() -> Client:
    return Client(headers={"host": "localhost"}, raise_request_exception=False)


@pytest.fixture
def bugs(settings, db) -> None:
    settings.ROOT_URLCONF = __name__


def request_line(lines: Lines) -> dict[str, Any]:
    (found,) = [line for line in lines() if line["event"] == "request"]
    return found


def test_a_request_leaves_one_line_that_names_the_route_and_not_the_path(client, lines):
    client.get(f"/api/v1/groups/{uuid7()}/members?search=Siti")

    line = request_line(lines)
    assert line["method"] == "GET"
    assert line["route"] == "api/v1/groups/<uuid:group_id>/members"
    assert line["status"] == 401
    assert line["user_id"] is None
    assert 0 < line["milliseconds"] < 10_000
    assert "Siti" not in json.dumps(lines())


def test_the_line_says_who_asked_and_not_from_where(books, lines):
    user = somebody("dewi")

    signs_in(user).gets("me", User_Agent="Siti's phone", X_Forwarded_For="198.51.100.7")

    assert request_line(lines)["user_id"] == str(user.id)
    said = json.dumps(lines())
    assert [word for word in ("dewi", "Siti", "198.51.100.7", "127.0.0.1") if word in said] == []


def test_nobody_is_looked_up_for_the_log(client, lines, settings, db, django_assert_num_queries):
    client.cookies[settings.SESSION_COOKIE_NAME] = "hers"

    with django_assert_num_queries(0):
        client.get("/")

    assert request_line(lines)["user_id"] is None


@pytest.mark.parametrize("path", ["/Siti", "/api/v1/Siti", "/api/v1/groups/Siti"])
def test_a_path_that_leads_nowhere_is_no_route(client, lines, path):
    client.get(path)

    assert request_line(lines)["route"] == "-"
    assert "Siti" not in json.dumps(lines())


def test_a_method_that_somebody_made_up_is_not_repeated(client, lines):
    client.generic("SITI", "/api/v1/me")

    assert request_line(lines)["method"] == "-"


def test_the_clients_own_id_of_a_request_is_kept(client, lines):
    mine = uuid7()

    answer = client.get("/healthz", headers={"X-Request-ID": str(mine)})

    assert answer["X-Request-ID"] == str(mine)
    assert request_line(lines)["request_id"] == str(mine)


@pytest.mark.parametrize("given", ["", "Siti", "1234", "x" * 36])
def test_what_is_no_id_gets_a_new_one(client, lines, given):
    answer = client.get("/healthz", headers={"X-Request-ID": given})

    assert UUID(answer["X-Request-ID"]).version == 7
    assert request_line(lines)["request_id"] == answer["X-Request-ID"]


def test_the_history_names_the_request_that_changed_something(books):
    user, mine = somebody("dewi"), uuid7()
    change = {"old": PASSWORD, "new": "padi-menguning-8"}

    answer = signs_in(user).posts("auth/password", change, X_Request_ID=str(mine))

    assert answer.status == 204
    named = [event.pgh_context for event in UserEvent.objects.filter(id=user.id) if event.pgh_context.get("request")]  # type: ignore[attr-defined]
    assert named == [{"actor": str(user.id), "request": str(mine)}]
    assert context.request_id.get() is None


def test_a_bug_is_logged_with_its_place_and_without_its_words(client, bugs, lines):
    answer = client.get("/api/v1/bug/Siti")

    assert (answer.status_code, answer["Content-Type"]) == (500, "application/problem+json")
    assert answer.json()["code"] == "error"
    (line,) = [line for line in lines() if line["logger"] == "django.request"]
    assert line["error"] == "RuntimeError"
    assert line["route"] == "api/v1/bug/<str:name>"
    assert line["request_id"] == answer["X-Request-ID"]
    number = breaks.__code__.co_firstlineno + 2
    assert line["frames"][-1] == f"tests/config/test_logs.py:{number} breaks"
    assert request_line(lines)["status"] == 500
    assert "Siti" not in json.dumps(lines())


def test_a_broken_rule_of_the_database_is_logged_by_its_name(client, bugs, lines):
    answer = client.get("/api/v1/rule")

    assert answer.status_code == 500
    (line,) = [line for line in lines() if line["logger"] == "django.request"]
    assert (line["error"], line["causes"]) == ("django.db.utils.IntegrityError", ["psycopg.errors.UniqueViolation"])
    assert (line["sqlstate"], line["constraint"]) == ("23505", "one_name")
    assert "Siti" not in json.dumps(lines())


def test_an_exception_that_somebody_logs_keeps_its_words_to_itself(lines):
    try:
        raise ValueError("Siti")
    except ValueError:
        logging.getLogger("anybody").exception("it did not work")

    (line,) = lines()
    assert (line["event"], line["error"]) == ("it did not work", "ValueError")
    assert "Siti" not in json.dumps(line)


def test_a_wrong_installation_is_told_in_words(lines, settings):
    settings.MASTER_KEY = "c2hvcnQ="
    keyring.cache_clear()
    try:
        keyring()
    except ImproperlyConfigured:
        logging.getLogger("anybody").exception("no key")
    finally:
        keyring.cache_clear()

    (line,) = lines()
    assert line["reason"].startswith("MASTER_KEY: it has 5 bytes, not 32.")


def test_a_wrong_login_is_logged_without_name_and_address(books, lines):
    Phone().posts("auth/tokens", {"username": "siti", "password": "salah-sekali-9"})

    assert [line for line in lines() if line["logger"].startswith("axes")]
    said = json.dumps(lines())
    assert [word for word in ("siti", "salah-sekali-9", "127.0.0.1") if word in said] == []


def test_a_strange_host_is_not_repeated(lines):
    answer = Client(headers={"host": "siti.example"}).get("/")

    assert answer.status_code == 400
    (line,) = [line for line in lines() if line["logger"] == "django.security.DisallowedHost"]
    assert line["error"] == "django.core.exceptions.DisallowedHost"
    assert "siti" not in json.dumps(lines())


def test_a_task_that_fails_is_logged_without_what_it_said(lines):
    broken.apply(("Siti",))

    (line,) = [line for line in lines() if line["logger"] == "celery.app.trace"]
    assert "tests.broken" in line["event"]
    assert line["error"] == "RuntimeError"
    assert "Siti" not in json.dumps(lines())


def test_celery_leaves_the_lines_as_they_are():
    work = "from config.celery import app; app.log.setup(); import logging; logging.getLogger('celery').info('ready')"

    done = subprocess.run(
        [sys.executable, "-c", work], env=environment(LOG_FORMAT=None), cwd=ROOT, capture_output=True, check=True
    )

    assert json.loads(done.stderr)["event"] == "ready"


def test_a_line_for_a_terminal_says_the_same(monkeypatch):
    monkeypatch.setenv("LOG_FORMAT", "line")
    record = logging.LogRecord("anybody", logging.WARNING, __file__, 1, "it is %s", ("late",), None)

    line = formatter().format(record)

    assert "it is late" in line
    assert not line.startswith("{")


def test_the_web_server_logs_in_the_same_way(tmp_path):
    """Also what it says itself, about what is not even a request."""
    port, log = closed_port(), tmp_path / "web.log"
    web = [sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{port}", "--no-control-socket"]
    web += ["--logger-class", "config.weblog.ServerLog", "--workers", "1", "--worker-class", "gthread"]
    with log.open("wb") as out:
        server = subprocess.Popen(web, env=environment(LOG_FORMAT=None), cwd=ROOT, stdout=out, stderr=out)
    try:
        until(lambda: "Booting worker" in log.read_text(), 30, log.read_text)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz?search=Siti", timeout=30) as answer:
            assert answer.status == 200
        with socket.create_connection(("127.0.0.1", port), timeout=30) as raw:
            raw.sendall(b"GET /Siti HTTP/Siti\r\n\r\n")
            assert b"400" in raw.recv(100)
        until(lambda: "Invalid request" in log.read_text(), 10, log.read_text)
    finally:
        os.kill(server.pid, signal.SIGTERM)
        server.wait()

    found = [json.loads(line) for line in log.read_text().splitlines()]
    assert {"request", "Invalid request"} <= {line["event"] for line in found}
    assert "Siti" not in log.read_text()
    assert not [line for line in found if line["event"] == "Invalid request" and "127.0.0.1" in json.dumps(line)]
