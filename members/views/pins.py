"""An officer's own PIN, with which she consents on another's phone."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.utils.translation import gettext

from ledger.context import in_book
from members import queries
from members.failures import guarded
from members.forms import Act, Pin, Words
from members.models import Pin as Known
from members.page import FormPage, Sitting, back_to


class PinForm(Act):
    """Her password, and the new PIN twice."""

    places = {"wrong_login": "password", "locked_out": "password"}

    def __init__(self, data: QueryDict | None) -> None:
        super().__init__(data)
        hidden = forms.PasswordInput({"autocomplete": "current-password"})
        self.fields["password"] = Words(most=200, strip=False, widget=hidden, label=gettext("Kata sandi Ibu"))
        self.fields["pin"] = Pin(label=gettext("PIN baru"))
        self.fields["again"] = Pin(label=gettext("Sekali lagi"))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if "pin" in given and "again" in given and given["pin"] != given["again"]:
            self.add_error("again", gettext("Dua PIN ini tidak sama."))
        return given


class OwnPin(FormPage):
    """A new PIN takes the place of the old one, and opens a locked one."""

    act = "set_own_pin"
    template = "members/pin.html"
    tab = "more"

    def form(self, at: Sitting, data: QueryDict | None = None) -> PinForm:
        return PinForm(data)

    def show(self, at: Sitting) -> dict[str, Any]:
        known = queries.pins(at.group_id).get(at.user_id)
        return {"known": known, "locked": known is not None and known.failures >= Known.TRIES}

    def send(self, at: Sitting, form: PinForm) -> HttpResponse:
        given = form.cleaned_data
        office = queries.held(at.group_id).filter(user_id=at.user_id)
        officer_id = in_book(at.group_id, at.user_id, lambda: office.values_list("id", flat=True)[0])
        with guarded(at.request):
            at.do("officer-pin", {"password": given["password"], "pin": given["pin"]}, officer_id=officer_id)
        messages.success(at.request, gettext("PIN persetujuan Ibu tersimpan."))
        return back_to(at, "more")
