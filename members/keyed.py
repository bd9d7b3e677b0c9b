"""The key of a form that must not be recorded twice: it stands in the form's address as `k`.

A form opened without one is given one. Where scripts run, the browser has said so before (a cookie that `lumbung.js`
sets): the page comes at once, sends its form to the address with the key, and the script puts that address in place of
the one she came by. Elsewhere she is led on to it, one journey more.
"""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect

from ledger.ids import uuid7
from members.fields import UUID_TEXT

NAME = "k"
SCRIPTS = "scripts"
"""The cookie that says that scripts run; it says nothing of whom."""


def key_of(request: HttpRequest) -> UUID | None:
    """The key this form was opened with; None where there is none, or what is none."""
    given = request.GET.get(NAME, "")
    return UUID(given) if UUID_TEXT.match(given) else None


def led_on(request: HttpRequest) -> HttpResponse:
    """Onwards to the same address with a fresh key; what was sent without one is not recorded."""
    return redirect(f"{request.path}?{_fresh(request).urlencode()}")


def opened(request: HttpRequest) -> HttpResponse | None:
    """Give a form that is opened without a key one of its own: None where it is answered as if it had come with it."""
    if key_of(request) is not None:
        return None
    if SCRIPTS not in request.COOKIES:
        return led_on(request)
    request.GET = _fresh(request)  # type: ignore[assignment]
    request.META["QUERY_STRING"] = request.GET.urlencode()
    return None


def _fresh(request: HttpRequest) -> QueryDict:
    query = request.GET.copy()
    query[NAME] = str(uuid7())
    return query
