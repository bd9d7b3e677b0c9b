"""Her account: who she is, what she comes in with, where she is signed in; each added, changed and ended by herself.

A session that a card began sees it and changes nothing: whoever printed the card could have begun it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy

from ledger.context import in_book, outside_books
from ledger.errors import DomainError
from members import access, cards, devices, disclosures, enrolments, factors, logins, queries, sessions
from members.errors import NotAllowed, NotFound
from members.fields import UUID_TEXT
from members.forms import Act, Pin
from members.models import Factor, Seat, Token, User
from members.views.proofs import qr
from members.views.steps import HerStep, NewPinForm, forget, remember, token_of
from members.ways import member_only

FEW = 6
"""So many sessions are listed, this one first, before she asks for all."""


@dataclass(frozen=True, slots=True)
class Place:
    """A group she sits in, by which name."""

    seat: Seat
    name: str | None


def places(user: User, *, own_only: bool) -> list[Place]:
    """Where she sits. Opens a transaction for each group."""
    found = []
    for seat in disclosures.seats(user):
        if own_only and seat.member_id is None:
            continue
        sits = access.own_only(seat) if own_only else seat
        names = in_book(seat.group_id, user.id, lambda seat=seat: queries.named(seat.group_id, [user.id]))  # type: ignore[misc]
        found.append(Place(sits, names[user.id].name))
    return found


class Account(HerStep):
    template = "members/ways/account.html"

    def post(self, request: HttpRequest, **path: Any) -> HttpResponse:
        return self.get(request, **path)

    def show(self) -> dict[str, Any]:
        user, card_only = self.user, member_only(self.request)
        sits = places(user, own_only=card_only)
        about = {
            "places": sits,
            "name": next((one.name for one in sits if one.name), None),
            "named": user.password_is != User.Password.NONE,
            "card_only": card_only,
            "card_left": cards.left(user),
        }
        return about if card_only else about | self.ways()

    def ways(self) -> dict[str, Any]:
        user, here = self.user, devices.known(token_of(self.request))
        hers = list(factors.confirmed(user))
        sits = [seat for seat in queries.seats(user) if seat.roles]
        open_ones = sorted(sessions.of(user, here=self.request.session.session_key), key=lambda one: not one.here)
        shown = open_ones if "semua" in self.request.GET else open_ones[:FEW]
        return {
            "phones": list(devices.of(user)),
            "here": here if here and here.user_id == user.id else None,
            "passkeys": [one for one in hers if one.kind == Factor.Kind.PASSKEY],
            "app": next((one for one in hers if one.kind == Factor.Kind.TOTP), None),
            "hint": bool(sits) and not factors.hers(user),
            "card": enrolments.ways_of(user)[1],
            "sessions": shown,
            "more": len(open_ones) - len(shown),
            "tokens": list(Token.objects.filter(user=user).order_by("created")),
        }


class AccountStep(HerStep):
    """A page of hers that changes something: not for who came in with a card."""

    def dispatch(self, request: HttpRequest, *args: Any, **path: Any) -> Any:
        if request.user.is_authenticated and member_only(request):
            raise NotAllowed()
        return super().dispatch(request, *args, **path)

    def back(self, sentence: str) -> HttpResponse:
        messages.success(self.request, sentence)
        response = redirect("account")
        response.status_code = 303
        return response


# ── the PIN ─────────────────────────────────────────────────────────────────────────────────────────────────────────


class ChangePinForm(NewPinForm):
    places = {"pin_refused": "pin", "wrong_pin": "old", "locked_today": "old", "throttled": "old"}
    field_order = ("old", "pin", "again")
    old = Pin(label=gettext_lazy("PIN sekarang"))


class PhonePin(AccountStep):
    """Another PIN for the phone she holds."""

    template = "members/ways/phone_pin.html"
    secret = True

    def get(self, request: HttpRequest, **path: Any) -> HttpResponse:
        known = devices.known(token_of(request))
        return super().get(request, **path) if known and known.user_id == self.user.id else redirect("account")

    def form(self, data: QueryDict | None = None) -> Act:
        return ChangePinForm(data)

    def send(self, form: ChangePinForm) -> HttpResponse:
        token = token_of(self.request)
        known = devices.known(token)
        if known is None or known.user_id != self.user.id:
            raise NotFound()
        opened = devices.change_pin(token, form.cleaned_data["old"], form.cleaned_data["pin"])
        return remember(self.back(gettext("PIN HP ini sudah diganti.")), opened.token)


# ── a further phone, a card ─────────────────────────────────────────────────────────────────────────────────────────


class FurtherPhone(AccountStep):
    """A code for another phone of her own, shown once."""

    template = "members/ways/further_phone.html"

    def send(self, form: Any) -> HttpResponse:
        user, way = self.user, self.way
        code = outside_books(user.id, lambda: enrolments.for_herself(user, way=way))
        return self.drawn(form, **enrolment(self.request, code))


def enrolment(request: HttpRequest, code: str) -> dict[str, Any]:
    """How a code is shown: in large letters, and as a QR code whose address carries it where no server sees it."""
    address = request.build_absolute_uri(reverse("enrol"))
    return {
        "code": code,
        "image": qr(f"{address}#{code}"),
        "address": address.split("://", 1)[1],
        "minutes": enrolments.MINUTES,
    }


class OwnCard(AccountStep):
    """A card of her own, shown once."""

    template = "members/ways/own_card.html"

    def send(self, form: Any) -> HttpResponse:
        user, way = self.user, self.way
        printed = outside_books(user.id, lambda: cards.for_herself(user, way=way))
        return self.drawn(form, printed=printed, address=self.request.get_host())

    def show(self) -> dict[str, Any]:
        return {"left": cards.left(self.user)}


# ── ends ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Thing:
    """What she is about to end: the question, and what ends it. `about` tells it from others of its kind."""

    question: str
    about: str
    end: Callable[[], Any]


class End(AccountStep):
    """One phone, passkey, app, session or token of hers is ended, once she has said so."""

    template = "members/ways/end.html"

    def dispatch(self, request: HttpRequest, *args: Any, **path: Any) -> Any:
        self.path = path
        return super().dispatch(request, *args, **path)

    @property
    def thing(self) -> Thing:
        kind, of = self.path["kind"], self.path["handle"]
        find = {"hp": self.phone, "kunci": self.factor, "masuk": self.session, "token": self.token}.get(kind)
        found = find(of) if find else None
        if found is None:
            raise NotFound()
        return found

    def phone(self, handle: str) -> Thing | None:
        one, user = devices.of(self.user).filter(id=_id(handle)).first(), self.user
        if one is None:
            return None
        question = gettext("Cabut HP ini? Ia tidak dapat dipakai masuk lagi.")
        return Thing(question, one.label or gettext("HP"), lambda: devices.end(user, one.id))

    def factor(self, handle: str) -> Thing | None:
        one, user, way = factors.confirmed(self.user).filter(id=_id(handle)).first(), self.user, self.way
        if one is None:
            return None
        app = one.kind == Factor.Kind.TOTP
        question = gettext("Hapus aplikasi kode?") if app else gettext("Hapus kunci sandi ini?")
        return Thing(question, one.label or "", lambda: factors.remove(user, one.id, way=way))

    def session(self, handle: str) -> Thing | None:
        user, found = self.user, sessions.of(self.user, here=self.request.session.session_key)
        one = next((one for one in found if one.handle == handle), None)
        if one is None or one.here:
            return None
        label = one.label or gettext("Peramban lain")
        return Thing(gettext("Keluarkan yang ini?"), label, lambda: sessions.end(user, handle))

    def token(self, handle: str) -> Thing | None:
        user, one = self.user, Token.objects.filter(user=self.user, id=_id(handle)).first()
        if one is None:
            return None
        label = one.label or gettext("tanpa nama")
        return Thing(gettext("Cabut token ini?"), label, lambda: logins.revoke_token(user, one.id))

    def send(self, form: Any) -> HttpResponse:
        thing = self.thing
        outside_books(self.user.id, thing.end)
        if self.request.session.exists(str(self.request.session.session_key)):
            return self.back(gettext("Sudah."))
        logout(self.request)  # it was the phone she holds
        return forget(redirect("login"))

    def refused(self, form: Act, refusal: DomainError) -> HttpResponse:
        if isinstance(refusal, NotFound):
            raise refusal
        return super().refused(form, refusal)

    def show(self) -> dict[str, Any]:
        return {"thing": self.thing}


def _id(handle: str) -> UUID:
    """Raises NotFound for what is none."""
    if not UUID_TEXT.match(handle):
        raise NotFound()
    return UUID(handle)


class EndOthers(AccountStep):
    """Every session of hers but this one is ended."""

    template = "members/ways/end_others.html"

    def send(self, form: Any) -> HttpResponse:
        user, here = self.user, self.request.session.session_key
        outside_books(user.id, lambda: sessions.end_others(user, here=here))
        return self.back(gettext("Di tempat lain Ibu sudah keluar."))
