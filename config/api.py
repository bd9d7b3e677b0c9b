"""The map of refusals: every error a client can meet, as `application/problem+json`, mapped here once.

A rule of the field refuses with 409 unless `STATUSES` says otherwise. A bug stays a 500, is logged by type and place
(a message could quote a person), and says nothing of itself.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import DatabaseError, InterfaceError, OperationalError
from django.db.utils import Error as AnyDatabaseError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext
from psycopg_pool import PoolTimeout
from rest_framework import exceptions, negotiation, parsers

from ledger import kernel
from ledger.errors import DomainError
from members import strict

log = logging.getLogger("lumbung.api")
LARGEST_BODY = 256 * 1024
LARGEST_UPLOAD = 20 * 1024 * 1024 + 64 * 1024
"""A file of 20 MB and what a form puts around it."""
UPLOADS = frozenset({"/v", "/api/v1/statements/verify"})
"""Where files are taken."""
RETRY_SECONDS = 2

STATUSES = {
    "not_found": 404,
    "not_allowed": 403,
    "password_change_required": 403,
    "wrong_pin": 403,
    "pin_locked": 403,
    "second_not_valid": 403,
    "wrong_login": 401,
    "device_ended": 403,
    "wrong_code": 403,
    "wrong_passkey": 403,
    "own_password_first": 403,
    "factor_required": 403,
    "locked_out": 429,
    "locked_today": 429,
    "throttled": 429,
    "idempotency_key_required": 400,
    "idempotency_key_reused": 422,
    "precondition_failed": 412,
    "not_a_pdf": 400,
    "too_large": 413,
}
"""Code → status, where it is not 409."""

TITLES = {
    400: "Permintaan perlu dibetulkan",
    401: "Belum masuk",
    403: "Tidak diizinkan",
    404: "Tidak ada",
    405: "Cara ini tidak dikenal di sini",
    409: "Ditolak oleh aturan",
    411: "Panjang isi tidak disebut",
    412: "Sudah berubah",
    413: "Terlalu besar",
    415: "Jenis isi tidak dikenal",
    422: "Kunci sudah dipakai",
    429: "Terlalu sering",
    500: "Kesalahan kami",
    503: "Layanan sedang tidak tersedia",
}
OURS = {
    401: ("not_authenticated", "Sertakan token: Authorization: Bearer …; mintalah di auth/tokens."),
    403: ("not_allowed", "Tindakan ini bukan hak Anda."),
    404: ("not_found", "Tidak ada apa-apa di alamat ini."),
    405: ("method_not_allowed", "Alamat ini tidak mengenal cara itu."),
    411: ("length_required", "Sebutkan panjang isi permintaan (Content-Length)."),
    413: ("too_large", f"Isi permintaan lebih dari {LARGEST_BODY} byte."),
    415: ("unsupported_media_type", "Kirimkan isi sebagai application/json."),
    500: ("error", "Ada kesalahan pada layanan ini; sudah dicatat. Tidak ada yang tersimpan."),
    503: ("unavailable", "Basis data sedang tidak menjawab. Coba lagi sebentar lagi dengan kunci yang sama."),
}


def problem(status: int, code: str, detail: str, **more: Any) -> HttpResponse:
    """An answer of RFC 9457, in Bahasa Indonesia, with the facts beside it."""
    title = TITLES.get(status) or HTTPStatus(status).phrase
    body = {"type": f"urn:lumbung:{code}", "title": title, "status": status, "detail": detail, "code": code, **more}
    response = JsonResponse(body, status=status, content_type="application/problem+json")
    response["Cache-Control"] = "no-store"
    if status in (429, 503):
        response["Retry-After"] = str(more.get("retry_after") or RETRY_SECONDS)
    if status == 401:
        response["WWW-Authenticate"] = "Bearer"
    return response


def of_status(status: int, **more: Any) -> HttpResponse:
    """The problem that a status stands for where nobody said more."""
    code, detail = OURS.get(status, ("error", TITLES.get(status, "")))
    return problem(status, code, detail, **more)


def refusal(error: DomainError) -> HttpResponse:
    """A refusal with its facts."""
    status = STATUSES.get(error.code, 409)
    facts = {name: plain(value) for name, value in error.facts.items() if name not in ("type", "status", "detail")}
    if error.code == "locked_out":
        facts["retry_after"] = error.facts["minutes"] * 60
    return problem(status, error.code, error.sentence, **facts)


def plain(value: Any) -> Any:
    """A fact as JSON has it."""
    if isinstance(value, UUID | date | datetime | Decimal):
        return str(value) if not isinstance(value, date) else value.isoformat()
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return value


def malformed(error: strict.Malformed) -> HttpResponse:
    """What could not be read, part by part."""
    errors = [one._asdict() for one in error.problems]
    code = errors[0]["code"] if len(errors) == 1 else "invalid"
    said = " ".join(f"{one['pointer'].lstrip('/')}: {one['detail']}".lstrip(": ") for one in errors[:3])
    return problem(400, code, said, errors=errors)


def handle(error: Exception, context: Mapping[str, Any]) -> HttpResponse | None:
    """Django REST framework's hook: None leaves a bug to `server_error`."""
    return answer(error)


def answer(error: Exception) -> HttpResponse | None:
    """What an exception is answered with, or None when it is a bug."""
    if isinstance(error, DomainError):
        return refusal(error)
    if isinstance(error, strict.Malformed):
        return malformed(error)
    if isinstance(error, Http404 | exceptions.NotFound):
        return of_status(404)
    if isinstance(error, PermissionDenied | exceptions.PermissionDenied):
        return of_status(403)
    if isinstance(error, exceptions.AuthenticationFailed):
        return problem(401, "not_authenticated", str(error.detail))
    if isinstance(error, exceptions.Throttled):
        wait = int(getattr(error, "wait", None) or RETRY_SECONDS) + 1
        return problem(429, "throttled", f"Terlalu banyak percobaan; coba lagi dalam {wait} detik.", retry_after=wait)
    if isinstance(error, RequestDataTooBig):
        return of_status(413)
    if isinstance(error, exceptions.APIException):
        return of_status(error.status_code)
    if isinstance(error, PoolTimeout | AnyDatabaseError):
        return unavailable(error)
    return None


def unavailable(error: Exception) -> HttpResponse | None:
    """A database that does not answer, or took too long: nothing was stored, and the same key may come again."""
    state = kernel.sqlstate(error)
    if state == "55P03":
        from ledger.errors import CommandInProgress

        return refusal(CommandInProgress())
    lost = isinstance(error, OperationalError | InterfaceError | PoolTimeout) or state in (
        "57014",
        "57P01",
        "25P03",
        "25006",
    )
    if not lost:
        return None
    log.warning("database unavailable: %s %s", type(error).__name__, state)
    with contextlib.suppress(DatabaseError):
        from django.db import connection

        connection.close()
    return of_status(503)


class StrictJSON(parsers.BaseParser):
    """The only parser there is: `members.strict`, and no more than 256 KB of it."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        body = stream.read(LARGEST_BODY + 1)
        if len(body) > LARGEST_BODY:
            raise RequestDataTooBig()
        return strict.parse(body)


class OnlyJSON(negotiation.BaseContentNegotiation):
    """JSON, whatever a client says it accepts."""

    def select_parser(self, request: Any, parsers: Any) -> Any:
        media_type = (request.content_type or "").split(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == media_type), None)

    def select_renderer(self, request: Any, renderers: Any, format_suffix: str | None = None) -> tuple[Any, str]:
        return renderers[0], renderers[0].media_type


def is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's own refusals: a strange host, a strange header."""
    if isinstance(exception, RequestDataTooBig):
        return of_status(413)
    return problem(400, "invalid", "Permintaan ini tidak dapat dibaca.")


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return of_status(403) if is_api(request) else page(request, 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return of_status(404) if is_api(request) else page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    return of_status(500) if is_api(request) else page(request, 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return page(request, 403)


def as_page(request: HttpRequest, error: Exception) -> HttpResponse | None:
    """What an exception is answered with on a page, or None when it is a bug."""
    if isinstance(error, Http404 | PermissionDenied):
        return None
    found = answer(error)
    if found is None:
        return None
    status, code = found.status_code, getattr(error, "code", "")
    detail = error.sentence if isinstance(error, DomainError) else OURS.get(status, ("", TITLES.get(status, "")))[1]
    if code == "not_found":
        return page(request, 404)
    shown = drawn(request, status, TITLES.get(status, ""), detail)
    shown["Cache-Control"] = "no-store"
    if found.has_header("Retry-After"):
        shown["Retry-After"] = found["Retry-After"]
    return shown


def page(request: HttpRequest, status: int) -> HttpResponse:
    """The same words as a page."""
    _, detail = OURS[status]
    return drawn(request, status, TITLES[status], detail)


def drawn(request: HttpRequest, status: int, title: str, detail: str) -> HttpResponse:
    """The page that says it. Where the service itself is ill, nobody is asked who she is: the database may be away."""
    asked = None if status >= 500 else request
    said = {"title": gettext(title), "detail": gettext(detail)}
    return render(asked, "problem.html", said, status=status)  # type: ignore[arg-type]
