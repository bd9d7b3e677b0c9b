"""What every answer carries, and what is refused before any view sees it."""

import json
from pathlib import Path

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory

from config.api import LARGEST_BODY
from config.middleware import locked_out
from tests.config.elsewhere import asks
from tests.door import Phone, signs_in, somebody

PAGES = ["/", "/nowhere", "/healthz", "/api/v1/nowhere", "/api/v1/docs/"]


@pytest.fixture
def client() -> Client:
    return Client(headers={"host": "localhost"}, raise_request_exception=False)


def policy(answer) -> dict[str, str]:
    parts = answer["Content-Security-Policy"].split("; ")
    return {name: " ".join(sources) for name, *sources in map(str.split, parts)}


@pytest.mark.parametrize("path", PAGES)
def test_every_answer_says_what_a_browser_may_do_with_it(client, path):
    answer = client.get(path)

    assert policy(answer) == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "font-src": "'self'",
        "connect-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "geolocation=()" in answer["Permissions-Policy"]


def test_what_is_refused_at_the_door_carries_them_too(client):
    answer = client.post("/", b"x" * (LARGEST_BODY + 1), content_type="text/plain")

    assert policy(answer)["default-src"] == "'none'"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"


@pytest.mark.parametrize("path", ["/api/v1/nowhere", "/api/v1/docs/", "/api/v1/schema/", "/operator/nothing"])
def test_nothing_below_the_api_and_the_operators_pages_is_kept_anywhere(client, path, db):
    assert "no-store" in client.get(path)["Cache-Control"]


def test_an_answer_about_somebody_is_kept_nowhere(books):
    answer = signs_in(somebody("dewi")).gets("me")

    assert answer.status == 200
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_page_is_kept_nowhere_once_somebody_is_signed_in(client, settings):
    assert "Cache-Control" not in client.get("/")

    client.cookies[settings.SESSION_COOKIE_NAME] = "hers"

    assert client.get("/")["Cache-Control"] == "no-store"


def test_a_static_file_is_kept_whoever_is_signed_in(settings):
    Path(settings.STATIC_ROOT, "kept.css").write_text("body {}")
    client = Client(headers={"host": "localhost"})
    client.cookies[settings.SESSION_COOKIE_NAME] = "hers"

    answer = client.get("/static/kept.css")
    answer.close()

    assert answer.status_code == 200
    assert answer["Cache-Control"].startswith("max-age=")


@pytest.mark.parametrize("path", ["/api/v1/auth/tokens", "/api/v1/nowhere", "/", "/static/docs.css"])
def test_a_body_over_the_limit_is_refused_everywhere(client, path):
    answer = client.post(path, b" " * (LARGEST_BODY + 1), content_type="application/json")

    assert answer.status_code == 413
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "too_large"


def test_a_body_of_just_that_size_is_read(client, books):
    answer = client.post("/api/v1/auth/tokens", b" " * LARGEST_BODY, content_type="application/json")

    assert answer.status_code == 400
    assert answer.json()["code"] == "invalid"


@pytest.mark.parametrize("path", ["/api/v1/auth/tokens", "/"])
def test_a_body_of_unknown_length_is_refused_everywhere(client, path):
    answer = client.generic("POST", path, headers={"Transfer-Encoding": "chunked"})

    assert answer.status_code == 411
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "length_required"


def test_a_length_that_is_no_number_is_no_length(client):
    answer = client.generic("POST", "/api/v1/auth/tokens", b"{}", CONTENT_LENGTH="²")

    assert answer.status_code == 411


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND", "SITI"])
@pytest.mark.parametrize("path", ["/api/v1/me", "/api/v1/docs/", "/api/v1/nowhere"])
def test_a_method_nobody_knows_is_refused_below_the_api(client, method, path):
    answer = client.generic(method, path)

    assert answer.status_code == 405
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "method_not_allowed"
    assert "GET" in answer["Allow"]


def test_the_page_of_the_api_takes_nothing(client):
    answer = Client(headers={"host": "localhost"}, enforce_csrf_checks=True).post("/api/v1/docs/")

    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")
    assert answer.json()["code"] == "method_not_allowed"


def test_too_many_wrong_passwords_are_a_problem_to_a_phone_too(books):
    body = {"username": "dewi", "password": "salah-sekali-9"}
    somebody("dewi")

    answers = [Phone().posts("auth/tokens", body) for _ in range(6)]

    assert [answer.code for answer in answers][:4] == ["wrong_login"] * 4
    assert (answers[-1].status, answers[-1].code) == (429, "locked_out")


def test_too_many_wrong_passwords_on_a_page_are_answered_with_a_page():
    answer = locked_out(RequestFactory().post("/operator/login/"), HttpResponse("the form again"))

    assert answer.status_code == 429
    assert "coba lagi dalam 15 menit" in answer.content.decode()


def test_over_https_everything_is_closed_to_plain_http():
    login = {"path": "/masuk/sandi", "headers": {"X-Forwarded-Proto": "https"}}
    home = {"path": "/", "headers": {"X-Forwarded-Proto": "https"}}

    plain, alive, secure, form = asks("/", "/healthz", home, login, HTTPS=None, PROXIES="1")["answers"]

    assert (plain["status"], plain["headers"]["Location"]) == (301, "https://localhost/")
    assert alive["status"] == 200
    assert secure["status"] == 200
    assert secure["headers"]["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
    assert form["status"] == 200, form["body"]
    csrf = form["cookies"]["__Host-csrftoken"]
    assert all(word in csrf for word in ("Secure", "Path=/", "SameSite=Strict"))
    assert "Domain" not in csrf


def test_a_proxy_that_is_not_ours_is_not_believed():
    (answer,) = asks({"path": "/", "headers": {"X-Forwarded-Proto": "https"}}, HTTPS=None, PROXIES="0")["answers"]

    assert answer["status"] == 301


def test_a_session_ends_with_the_browser_and_within_half_a_day(settings):
    assert settings.SESSION_EXPIRE_AT_BROWSER_CLOSE
    assert settings.SESSION_COOKIE_AGE == 12 * 3600
    assert settings.SESSION_COOKIE_HTTPONLY
    assert settings.SESSION_COOKIE_SAMESITE == "Lax"


@pytest.mark.parametrize("path", ["/nowhere", "/operator"])
def test_a_page_that_is_not_there_says_so_as_a_page(client, path):
    answer = client.get(path)

    assert answer.status_code == 404
    assert answer["Content-Type"].startswith("text/html")
    assert "Tidak ada apa-apa di alamat ini." in answer.content.decode()


def test_an_address_of_the_api_that_is_not_there_says_so_as_a_problem(client):
    answer = client.get("/api/v1/nowhere")

    assert answer.status_code == 404
    assert json.loads(answer.content)["code"] == "not_found"
    assert answer["Content-Type"] == "application/problem+json"
