"""Her own password, in place of a first one that somebody else made, or of an older one."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext

from ledger.context import outside_books
from members import devices, logins, sessions
from members.errors import NotFound
from members.forms import Words
from members.models import Session, User
from members.views.account import AccountStep
from members.views.steps import StepForm
from members.ways import onwards


class PasswordForm(StepForm):
    """Her own twice, and the password she has; who came in with a first one just now need not type that again."""

    places = {"wrong_login": "old", "throttled": "old"}

    def __init__(self, data: QueryDict | None = None, *, fresh: bool = False) -> None:
        super().__init__(data)
        now, new = (forms.PasswordInput({"autocomplete": f"{one}-password"}) for one in ("current", "new"))
        if not fresh:
            self.fields["old"] = Words(most=200, strip=False, widget=now, label=gettext("Kata sandi sekarang"))
        self.fields["new"] = Words(most=200, strip=False, widget=new, label=gettext("Kata sandi baru"))
        self.fields["again"] = Words(most=200, strip=False, widget=new, label=gettext("Sekali lagi"))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if "new" in given and "again" in given and given["new"] != given["again"]:
            self.add_error("again", gettext("Dua kata sandi ini tidak sama."))
        return given


class OwnPassword(AccountStep):
    """Until it is her own, who came in with it comes nowhere else. Afterwards she stays signed in here, and nowhere
    else."""

    template = "members/password.html"
    secret = True
    partly = True

    def dispatch(self, request: HttpRequest, *args: Any, **path: Any) -> Any:
        user = request.user
        if user.is_authenticated and user.password_is == User.Password.NONE:
            raise NotFound()
        return super().dispatch(request, *args, **path)

    @property
    def fresh(self) -> bool:
        return self.user.password_is == User.Password.SPENT and self.way == Session.Way.PASSWORD

    def form(self, data: QueryDict | None = None) -> PasswordForm:
        return PasswordForm(data, fresh=self.fresh)

    def send(self, form: PasswordForm) -> HttpResponse:
        user, given, way, device_id = self.user, form.cleaned_data, self.way, sessions.device_of(self.request)
        device = devices.of(user).filter(id=device_id).first() if device_id else None
        old = None if self.fresh else given["old"]
        try:
            outside_books(user.id, lambda: logins.set_own_password(user, old=old, new=given["new"]))
        except logins.BadPassword as bad:
            form.add_error("new", " ".join(bad.sentences))
            return self.drawn(form, 409)
        sessions.begin(self.request, user, way=way, device=device)
        messages.success(self.request, gettext("Kata sandi Ibu tersimpan. Di tempat lain Ibu perlu masuk lagi."))
        return onwards(self.request)

    def show(self) -> dict[str, Any]:
        return {"first": self.user.password_is != User.Password.OWN}
