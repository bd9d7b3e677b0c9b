"""What the pages outside any group share: a form that signs in, proves or changes something about herself."""

from contextlib import nullcontext
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext, gettext_lazy
from django.views import View
from django.views.decorators.cache import never_cache

from ledger.errors import DomainError
from members import agents, sessions
from members.errors import FactorRequired, OwnPasswordFirst
from members.failures import guarded
from members.forms import Act, Pin, Words
from members.models import User
from members.ways import detour, towards, wanted

SLOW_DOWN = frozenset({"throttled", "locked_today", "locked_out"})


class StepForm(Act):
    """A form that stores nothing of a group."""

    sure = None  # type: ignore[assignment]
    stores = False


class NewPinForm(StepForm):
    """A PIN chosen for a phone, typed twice."""

    places = {"pin_refused": "pin"}
    pin = Pin(label=gettext_lazy("PIN baru"), help_text=gettext_lazy("6 sampai 12 angka, bukan tanggal lahir."))
    again = Pin(label=gettext_lazy("PIN baru, sekali lagi"))

    def clean(self) -> Any:
        given = super().clean() or self.cleaned_data
        if given.get("pin") and given.get("again") and given["pin"] != given["again"]:
            self.add_error("again", gettext("PIN yang kedua lain dari yang pertama."))
        return given


def code_box(*, numeric: bool = False) -> forms.TextInput:
    """A box for a code: large letters, nothing that corrects them."""
    attrs = {"class": "code", "autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}
    return forms.TextInput(attrs | ({"inputmode": "numeric", "autocomplete": "one-time-code"} if numeric else {}))


class AppCodeForm(StepForm):
    """Six digits of an app."""

    places = {"wrong_code": "code"}
    code = Words(most=12, label=gettext_lazy("Kode 6 angka dari aplikasi"), widget=code_box(numeric=True))


@method_decorator(never_cache, "dispatch")
class Step(View):
    """One page. `form` makes its form, `send` does what it says, outside any transaction, and answers; a refusal comes
    back into the form. With `secret` each wrong try counts for the address it came from."""

    template: ClassVar[str]
    secret: ClassVar[bool] = False
    http_method_names = ["get", "head", "post"]

    def dispatch(self, request: HttpRequest, *args: Any, **path: Any) -> Any:
        return self.away(request) or super().dispatch(request, *args, **path)

    def away(self, request: HttpRequest) -> HttpResponse | None:
        """Where she has to go before; anybody may be here."""
        return None

    def form(self, data: QueryDict | None = None) -> Act:
        return StepForm(data)

    def send(self, form: Any) -> HttpResponse:
        raise NotImplementedError

    def show(self) -> dict[str, Any]:
        """What the template needs beside `form`."""
        return {}

    def get(self, request: HttpRequest, **path: Any) -> HttpResponse:
        return self.drawn(self.form())

    def post(self, request: HttpRequest, **path: Any) -> HttpResponse:
        form = self.form(request.POST)
        if not form.is_valid():
            return self.drawn(form, 400)
        try:
            with guarded(request) if self.secret else nullcontext():
                return self.send(form)
        except DomainError as refusal:
            return self.refused(form, refusal)

    def refused(self, form: Act, refusal: DomainError) -> HttpResponse:
        first = self.first(refusal)
        if first is not None:
            return first
        form.refuse(refusal)
        return self.drawn(form, 429 if refusal.code in SLOW_DOWN else 409)

    def first(self, refusal: DomainError) -> HttpResponse | None:
        """Where she shows what was missing, and comes back from; None if that would not help."""
        user, here = self.request.user, self.request.get_full_path()
        if isinstance(refusal, FactorRequired):
            return towards("proof", here)
        if not isinstance(refusal, OwnPasswordFirst):
            return None
        if not isinstance(user, User) or user.password_is == User.Password.OWN:
            messages.info(self.request, refusal.sentence)
            return towards("login-password", here)
        return None if user.password_is == User.Password.NONE else towards("own-password", here)

    def drawn(self, form: Any = None, status: int = 200, **more: Any) -> HttpResponse:
        found = {"form": form, "next": wanted(self.request)} | self.show() | more
        return render(self.request, self.template, found, status=status)

    @property
    def way(self) -> str:
        return sessions.way_of(self.request)

    @property
    def label(self) -> str:
        """What this browser is called in her lists."""
        return agents.label(self.request.headers.get("User-Agent", ""))

    @property
    def origin(self) -> str:
        """Scheme, host and port of this page, to which passkeys belong."""
        return f"{self.request.scheme}://{self.request.get_host()}"


class HerStep(Step):
    """A page about herself: she is signed in, and may be on her way to set up what her office needs."""

    partly: ClassVar[bool] = False
    """Whether it is for her before she has set that up."""

    def away(self, request: HttpRequest) -> HttpResponse | None:
        if self.partly and request.user.is_authenticated:
            return None
        return detour(request)

    @property
    def user(self) -> User:
        assert isinstance(self.request.user, User)
        return self.request.user


# ── the cookie of an enrolled phone ─────────────────────────────────────────────────────────────────────────────────

COOKIE_DAYS = 400  # as long as browsers keep one; each PIN begins it anew


def cookie_name() -> str:
    return "__Host-hp" if settings.HTTPS else "hp"


def token_of(request: HttpRequest) -> str:
    """What the phone's cookie holds; empty without one."""
    return request.COOKIES.get(cookie_name(), "")[:200]


def remember(response: HttpResponse, token: str) -> HttpResponse:
    """Put a phone's token where no script reads it. Lax: she comes from a link in a message as well."""
    response.set_cookie(
        cookie_name(),
        token,
        max_age=COOKIE_DAYS * 24 * 3600,
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )
    return response


def forget(response: HttpResponse) -> HttpResponse:
    # set with all it was set with: without `Secure` a browser refuses a name that begins with __Host-
    response.set_cookie(cookie_name(), "", max_age=0, secure=settings.HTTPS, httponly=True, samesite="Lax")
    return response
