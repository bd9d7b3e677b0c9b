"""What she shows beside her password, and how she sets it up: an app's codes, a passkey, this phone with a PIN."""

from functools import cached_property
from typing import Any, ClassVar

import segno
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.decorators.cache import never_cache

from ledger.context import outside_books
from members import devices, factors, passkeys, sessions, totp
from members.errors import DeviceEnded, FactorRequired, OwnPasswordFirst, PasskeyNotValid
from members.factors import DEVICE, PASSKEY, TOTP
from members.failures import guarded
from members.forms import Act
from members.models import Device, Session, User
from members.strict import Malformed, parse
from members.views.steps import AppCodeForm, HerStep, NewPinForm, Step, StepForm, forget, remember, token_of
from members.views.ways import PinForm, opened_here
from members.ways import onwards, towards, wanted

STATE = "passkey"
"""Where a session keeps what a passkey's answer is compared with, until one came."""


def qr(text: str) -> str:
    """A QR code as an address of itself, for an image."""
    return str(segno.make(text, error="m", micro=False).svg_data_uri(border=2, dark="#000", light="#fff", scale=6))


class Proof(HerStep):
    """She has come in by her password, and shows one of the things she has set up."""

    template = "members/ways/proof.html"
    secret = True
    partly = True

    def get(self, request: HttpRequest, **path: Any) -> HttpResponse:
        return super().get(request, **path) if self.asked else onwards(request)

    def post(self, request: HttpRequest, **path: Any) -> HttpResponse:
        return super().post(request, **path) if self.asked else onwards(request)

    @cached_property
    def asked(self) -> frozenset[str]:
        return factors.needed(self.user, self.way).prove

    @cached_property
    def here(self) -> Device | None:
        """This phone, if it is enrolled as hers and that is enough."""
        known = devices.known(token_of(self.request)) if DEVICE in self.asked else None
        return known if known is not None and known.user_id == self.user.id else None

    def form(self, data: QueryDict | None = None) -> Act:
        """The phone's PIN where that is asked for, else the app's code."""
        return PinForm(data) if data is not None and "pin" in data else AppCodeForm(data)

    def send(self, form: Any) -> HttpResponse:
        if isinstance(form, PinForm):
            return self.opened(form)
        if TOTP not in self.asked:
            raise FactorRequired()
        totp.check(self.user, form.cleaned_data["code"], now=timezone.now())
        sessions.proved(self.request, way=Session.Way.TOTP)
        return onwards(self.request)

    def opened(self, form: PinForm) -> HttpResponse:
        if self.here is None:
            raise DeviceEnded()
        opened = devices.unlock(token_of(self.request), form.cleaned_data["pin"])
        sessions.begin(self.request, self.user, way=Session.Way.PIN, device=opened.device)
        return remember(onwards(self.request), opened.token)

    def first(self, refusal: Any) -> HttpResponse | None:
        return None

    def refused(self, form: Act, refusal: Any) -> HttpResponse:
        response = super().refused(form, refusal)
        return forget(response) if isinstance(refusal, DeviceEnded) else response

    def show(self) -> dict[str, Any]:
        asked = self.asked
        return {
            "totp": TOTP in asked,
            "passkey": PASSKEY in asked,
            "device": DEVICE in asked,
            "pin": PinForm() if self.here else None,
        }

    def drawn(self, form: Any = None, status: int = 200, **more: Any) -> HttpResponse:
        """Both forms stand on the page, the refusal in the one that was sent."""
        typed = {"pin": form} if isinstance(form, PinForm) else {"code": form}
        return super().drawn(form, status, **{"code": AppCodeForm()} | typed | more)


# ── passkeys ────────────────────────────────────────────────────────────────────────────────────────────────────────


@method_decorator(never_cache, "dispatch")
class PasskeyAsk(View):
    """What the browser is asked before she comes in with a passkey."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        asked, request.session[STATE] = passkeys.begin(origin=f"{request.scheme}://{request.get_host()}")
        return JsonResponse(asked)


class AnswerForm(StepForm):
    """What the browser answered, as JSON."""

    answer = forms.CharField(max_length=20_000, widget=forms.HiddenInput)


def answered(form: AnswerForm) -> dict[str, Any]:
    """Raises PasskeyNotValid."""
    try:
        found = parse(form.cleaned_data["answer"].encode())
    except Malformed:
        found = None
    if not isinstance(found, dict):
        raise PasskeyNotValid()
    return found


class PasskeyLogin(Step):
    """A passkey says who she is, and that it is she."""

    template = "members/ways/passkey.html"
    secret = True

    def form(self, data: QueryDict | None = None) -> Act:
        return AnswerForm(data)

    def send(self, form: AnswerForm) -> HttpResponse:
        state = self.request.session.pop(STATE, None)  # an answer counts once
        user = passkeys.open_with(answered(form), state=state, origin=self.origin)
        sessions.begin(self.request, user, way=Session.Way.PASSKEY)
        return onwards(self.request)


class PasskeyNewAsk(HerStep):
    """What the browser is asked before it makes a passkey."""

    partly = True
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **path: Any) -> HttpResponse:
        asked, request.session[STATE] = passkeys.begin_adding(self.user, origin=self.origin, way=self.way)
        return JsonResponse(asked)


class SetUp(HerStep):
    """A page on which she sets something up; only with her own password, and what she has already."""

    partly = True
    done: ClassVar[Any]

    def get(self, request: HttpRequest, **path: Any) -> HttpResponse:
        try:
            factors.changing(self.user, self.way)
        except (OwnPasswordFirst, FactorRequired) as refusal:
            first = self.first(refusal)
            if first is not None:
                return first
            raise
        return super().get(request, **path)

    def finished(self) -> HttpResponse:
        messages.success(self.request, str(self.done))
        return onwards(self.request)


class PasskeyNew(SetUp):
    template = "members/ways/passkey_new.html"
    done = gettext_lazy("Kunci sandi terpasang.")

    def form(self, data: QueryDict | None = None) -> Act:
        return AnswerForm(data)

    def send(self, form: AnswerForm) -> HttpResponse:
        state, way = self.request.session.pop(STATE, None), self.way
        passkeys.add(self.user, answered(form), state=state, origin=self.origin, label=self.label, way=way)
        sessions.proved(self.request, way=Session.Way.PASSKEY)
        return self.finished()


# ── an app, and this phone ──────────────────────────────────────────────────────────────────────────────────────────


class App(SetUp):
    """An app gets its secret, and shows that it has it. Opening the page makes none; the button does."""

    template = "members/ways/app.html"
    done = gettext_lazy("Aplikasi kode terpasang.")

    def form(self, data: QueryDict | None = None) -> Act:
        return AppCodeForm(data)

    def post(self, request: HttpRequest, **path: Any) -> HttpResponse:
        if "begin" in request.POST:
            user, way = self.user, self.way
            try:
                outside_books(user.id, lambda: totp.begin(user, way=way))
            except (OwnPasswordFirst, FactorRequired) as refusal:
                return self.refused(AppCodeForm(), refusal)
            return towards("app", wanted(request))
        return super().post(request, **path)

    def send(self, form: AppCodeForm) -> HttpResponse:
        with guarded(self.request):
            totp.confirm(self.user, form.cleaned_data["code"], way=self.way, now=timezone.now())
        sessions.proved(self.request, way=Session.Way.TOTP)
        return self.finished()

    def show(self) -> dict[str, Any]:
        try:
            setup = totp.begun(self.user, way=self.way)
        except (OwnPasswordFirst, FactorRequired):
            setup = None
        if setup is None:
            return {}
        blocks = [setup.secret[at : at + 4] for at in range(0, len(setup.secret), 4)]
        return {"image": qr(setup.uri), "secret": " ".join(blocks).lower()}


class PhoneNew(SetUp):
    """The phone she holds, with a PIN."""

    template = "members/ways/phone_new.html"
    done = gettext_lazy("HP ini terdaftar. Lain kali cukup PIN-nya.")

    def form(self, data: QueryDict | None = None) -> Act:
        return NewPinForm(data)

    def send(self, form: NewPinForm) -> HttpResponse:
        opened = devices.add(self.user, form.cleaned_data["pin"], label=self.label, way=self.way)
        response = opened_here(self.request, opened)
        messages.success(self.request, str(self.done))
        return response


class Safety(HerStep):
    """What she may set up: at once where her office needs it, whenever she likes otherwise."""

    template = "members/ways/safety.html"
    partly = True

    def get(self, request: HttpRequest, **path: Any) -> HttpResponse:
        if self.user.password_is != User.Password.OWN or factors.needed(self.user, self.way).prove:
            return onwards(request)
        return super().get(request, **path)

    def post(self, request: HttpRequest, **path: Any) -> HttpResponse:
        return self.get(request, **path)

    def show(self) -> dict[str, Any]:
        needed = factors.needed(self.user, self.way)
        return {"must": bool(needed.set_up), "phone": not self.user.is_operator}
