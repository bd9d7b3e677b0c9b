"""The ways in: an enrolled phone's PIN, a code for a new phone, a printed card, a name and password; and out again."""

from contextlib import suppress
from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, logout
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext, gettext_lazy
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from ledger.context import outside_books
from ledger.errors import DomainError
from members import access, cards, devices, enrolments, factors, logins, queries, sessions
from members.errors import DeviceEnded, LockedOut, NotFound, WrongLogin
from members.forms import Act, Pin, Words
from members.models import Session, User
from members.views.steps import NewPinForm, Step, StepForm, code_box, forget, remember, token_of
from members.ways import detour, first_page, member_only, onwards


class PinForm(StepForm):
    places = {"wrong_pin": "pin", "locked_today": "pin", "throttled": "pin"}
    pin = Pin(label=gettext_lazy("PIN"))


class Door(Step):
    """Where one comes in. A phone that is known here is greeted and asked for its PIN; any other browser sees the
    ways."""

    secret = True

    def away(self, request: HttpRequest) -> HttpResponse | None:
        self.known = request.GET.get("cara") != "lain" and devices.known(token_of(request)) is not None
        if request.method != "POST" and request.user.is_authenticated:
            return onwards(request)
        return None

    @property
    def template(self) -> str:  # type: ignore[override]
        return "members/ways/pin.html" if self.known else "members/ways/door.html"

    def form(self, data: QueryDict | None = None) -> Act:
        return PinForm(data)

    def send(self, form: PinForm) -> HttpResponse:
        opened = devices.unlock(token_of(self.request), form.cleaned_data["pin"])
        sessions.begin(self.request, opened.device.user, way=Session.Way.DEVICE, device=opened.device)
        return remember(onwards(self.request), opened.token)

    def refused(self, form: Act, refusal: DomainError) -> HttpResponse:
        if isinstance(refusal, DeviceEnded):
            self.known = False
            return forget(self.drawn(None, 409, refused=refusal.sentence))
        if self.known:
            return super().refused(form, refusal)
        return self.drawn(None, 429, refused=refusal.sentence)  # no phone is known here, and she tried too often


class EnrolForm(NewPinForm):
    places = {"pin_refused": "pin", "wrong_code": "code"}
    field_order = ("code", "pin", "again")
    code = Words(most=20, label=gettext_lazy("Kode dari pengurus"), widget=code_box())


class Enrol(Step):
    """A code from an officer, or from another phone of hers, makes this phone hers."""

    template = "members/ways/enrol.html"
    secret = True

    def form(self, data: QueryDict | None = None) -> Act:
        return EnrolForm(data)

    def send(self, form: EnrolForm) -> HttpResponse:
        request, given = self.request, form.cleaned_data
        signed_in = request.user if isinstance(request.user, User) else None
        opened = enrolments.trade(
            given["code"], given["pin"], label=self.label, signed_in=signed_in, way=self.way if signed_in else None
        )
        return opened_here(request, opened)


def opened_here(request: HttpRequest, opened: devices.Opened) -> HttpResponse:
    """This phone was enrolled just now, and is hers to go on with."""
    user = opened.device.user
    before = devices.known(token_of(request))
    if before is not None:  # its cookie holds one token: what it was enrolled as before is over
        outside_books(user.id, lambda: devices.end(before.user, before.id))
    way = sessions.way_of(request) if request.user == user else Session.Way.DEVICE
    if way not in (Session.Way.TOTP, Session.Way.PASSKEY):  # who came in with these goes on as she is
        way = Session.Way.PIN if way in factors.BY_PASSWORD else Session.Way.DEVICE
        sessions.begin(request, user, way=way, device=opened.device)
    return remember(onwards(request), opened.token)


class CardForm(StepForm):
    number = Words(most=20, label=gettext_lazy("Nomor kartu"), widget=code_box())
    code = Words(
        most=20,
        label=gettext_lazy("Satu kode"),
        help_text=gettext_lazy("Kode yang belum dicoret. Sesudah dipakai, coretlah."),
        widget=code_box(),
    )


class Card(Step):
    """One code of a printed card."""

    template = "members/ways/card.html"
    secret = True

    def form(self, data: QueryDict | None = None) -> Act:
        return CardForm(data)

    def send(self, form: CardForm) -> HttpResponse:
        user = cards.open_with(form.cleaned_data["number"], form.cleaned_data["code"])
        sessions.begin(self.request, user, way=Session.Way.CARD)
        left = cards.left(user)
        messages.info(self.request, gettext("Kode itu sudah terpakai; coretlah. Sisa %(left)s kode.") % {"left": left})
        return onwards(self.request)


class LoginForm(StepForm):
    username = Words(
        label=gettext_lazy("Nama pengguna"),
        most=60,
        widget=forms.TextInput({"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    password = Words(
        label=gettext_lazy("Kata sandi"),
        most=200,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )


class Login(Step):
    """A name and a password. A first password is spent by it, and leads to her own."""

    template = "members/ways/password.html"
    secret = True

    def form(self, data: QueryDict | None = None) -> Act:
        known = self.request.user.get_username() if self.request.user.is_authenticated else ""
        return LoginForm(data, initial={"username": known})

    def send(self, form: LoginForm) -> HttpResponse:
        user = named(self.request, form.cleaned_data["username"].lower(), form.cleaned_data["password"])
        sessions.begin(self.request, user, way=Session.Way.PASSWORD)
        return onwards(self.request)


def named(request: HttpRequest, username: str, password: str) -> User:
    """Who has this name and password; a first one is spent. Raises WrongLogin whatever is wrong, which takes as long
    for a name nobody has; LockedOut."""
    if not AxesProxyHandler.is_allowed(request, {"username": username}):
        raise LockedOut(minutes=int(settings.AXES_COOLOFF_TIME.total_seconds() // 60))
    user = authenticate(request, username=username, password=password)
    if not isinstance(user, User) or user.password_is == User.Password.SPENT:
        raise WrongLogin()
    try:
        outside_books(user.id, lambda: logins.spend_first_password(user))
    except logins.FirstPasswordSpent:
        raise WrongLogin() from None
    return user


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Out of this browser. The phone stays enrolled, unless she says to forget it."""
    user, known = request.user, devices.known(token_of(request))
    logout(request)
    response = redirect("login")
    if "forget" not in request.POST:
        return response
    if isinstance(user, User) and known is not None and known.user_id == user.id:
        with suppress(NotFound):  # it was ended elsewhere a moment ago
            outside_books(user.id, lambda: devices.end(user, known.id))
        messages.success(request, gettext("HP ini tidak terdaftar lagi."))
    return forget(response)


@method_decorator(never_cache, "dispatch")
class Groups(View):
    """Her groups; with only one she is taken there."""

    def get(self, request: HttpRequest) -> HttpResponse:
        away = detour(request)
        if away is not None:
            return away
        assert isinstance(request.user, User)
        seats: list[Any] = list(queries.seats(request.user))
        if len(seats) == 1 or (seats and seats[0].lender_id is not None):
            return redirect(first_page(request.user))
        if member_only(request):
            seats = [access.own_only(seat) for seat in seats if seat.member_id]
        return render(request, "members/groups.html", {"seats": seats})
