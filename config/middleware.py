"""What happens to every request before and after its view: an id and a line in the log, limits, and headers."""

import time
from collections.abc import Callable
from typing import Any, cast
from uuid import UUID

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.gzip import GZipMiddleware
from django.utils import translation
from django.utils.functional import SimpleLazyObject, empty
from django.utils.translation import gettext
from django_structlog.middlewares.request import RequestMiddleware

from config import api
from config.logs import said_of
from ledger import context
from ledger.ids import uuid7
from reports.errors import FileTooLarge

log = structlog.get_logger("lumbung.request")
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
POLICY = ", ".join(f"{feature}=()" for feature in ("camera", "display-capture", "geolocation", "microphone", "payment"))
Answering = Callable[[HttpRequest], HttpResponse]


class RequestLog(RequestMiddleware):
    """One line for each request: what was asked by whom and how it went, under the id that the history names too.

    Neither path nor query, address nor body: they may tell of a person.
    """

    async_capable = False

    def __call__(self, request: HttpRequest) -> HttpResponse:
        id = request_id(request.headers.get("X-Request-ID", ""))
        token, began = context.request_id.set(id), time.perf_counter()
        try:
            with structlog.contextvars.bound_contextvars(request_id=str(id)):
                response = cast(HttpResponse, self.get_response(request))
                milliseconds = round((time.perf_counter() - began) * 1000, 1)
                self.say(request, response.status_code, milliseconds)
        finally:
            context.request_id.reset(token)
        response["X-Request-ID"] = str(id)
        return response

    def say(self, request: HttpRequest, status: int, milliseconds: float) -> None:
        level = self._log_level_for_status_code(status)
        said = said_of(request)
        if request.method not in METHODS:
            said["method"] = "-"
        log.log(level, "request", **said, status=status, milliseconds=milliseconds, user_id=user_id(request))

    def process_got_request_exception(self, sender: Any, request: Any, **more: Any) -> None:
        """Django says it already, below the same id."""


def request_id(given: str) -> UUID:
    """The client's own id if it is a UUID, else a new one."""
    try:
        return UUID(given)
    except ValueError:
        return uuid7()


def user_id(request: HttpRequest) -> str | None:
    """Who it was, where the view has asked; nothing is looked up for the log."""
    user: Any = getattr(request, "user", None)
    if isinstance(user, SimpleLazyObject) and user.__dict__.get("_wrapped", empty) is empty:
        return None
    return str(user.pk) if user is not None and user.pk else None


class Door:
    """What no view needs to see, and the headers that every answer has."""

    def __init__(self, get_response: Answering) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = refused(request) or self.get_response(request)
        if response.status_code == 405 and api.is_api(request) and not response.content:
            response = not_allowed(response.get("Allow", ""))
        response.setdefault("Permissions-Policy", POLICY)
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        unkept(request, response)
        return response


class Squeezed(GZipMiddleware):
    """Pages travel compressed: signal is poor. The API's answers are small, and its clients say what they can."""

    def process_response(self, request: HttpRequest, response: Any) -> Any:
        page = response.get("Content-Type", "").startswith("text/html")
        return super().process_response(request, response) if page else response


class Language:
    """The language she chose, else Bahasa Indonesia: what a cheap phone came set to says nothing about its owner."""

    def __init__(self, get_response: Answering) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        english = chosen == "en" and not request.path.startswith(("/api/", "/operator/"))
        with translation.override("en" if english else settings.LANGUAGE_CODE):
            request.LANGUAGE_CODE = translation.get_language()  # type: ignore[attr-defined]
            response = self.get_response(request)
            response.setdefault("Content-Language", request.LANGUAGE_CODE)  # type: ignore[attr-defined]
            return response


class Refusals:
    """What a page's view refuses, as a page; a bug stays one."""

    def __init__(self, get_response: Answering) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return None if api.is_api(request) else api.as_page(request, error)


def refused(request: HttpRequest) -> HttpResponse | None:
    """A body too long or of unknown length, and a method nobody knows."""
    if "HTTP_TRANSFER_ENCODING" in request.META:
        return api.of_status(411)
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not (length.isascii() and length.isdigit()):
        return api.of_status(411)
    if request.path in api.UPLOADS:
        return api.refusal(FileTooLarge()) if int(length) > api.LARGEST_UPLOAD else None
    if int(length) > api.LARGEST_BODY:
        return api.of_status(413)
    if api.is_api(request) and request.method not in METHODS:
        return not_allowed(", ".join(METHODS))
    return None


def not_allowed(methods: str) -> HttpResponse:
    """405 with the methods that are."""
    response = api.of_status(405)
    response["Allow"] = methods
    return response


def unkept(request: HttpRequest, response: HttpResponse) -> None:
    """Nothing of a group or a person stays on a disk on the way; static files say themselves how long they keep."""
    if request.path.startswith(("/api/", "/operator/")):
        if "no-store" not in response.get("Cache-Control", ""):
            response["Cache-Control"] = "no-store"
    elif settings.SESSION_COOKIE_NAME in request.COOKIES:
        response.setdefault("Cache-Control", "no-store")


def locked_out(request: HttpRequest, response: HttpResponse, credentials: Any = None) -> HttpResponse:
    """Too many wrong passwords. The API has its own answer; a page gets one here."""
    if api.is_api(request):
        return response
    minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
    detail = gettext("Terlalu banyak percobaan; coba lagi dalam %(minutes)s menit.") % {"minutes": minutes}
    return api.drawn(request, 429, api.TITLES[429], detail)
