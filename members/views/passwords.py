"""Her own password, in place of a first one that somebody else made, or of an older one."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.views import View
from django.views.decorators.cache import never_cache

from ledger.context import outside_books
from members import logins, sessions
from members.errors import TooManyHere, WrongOldPassword
from members.failures import guarded
from members.forms import Act, Words
from members.models import User
from members.ways import FIRST, to_login


class PasswordForm(Act):
    """The password she came in with, and her own twice."""

    def __init__(self, data: Any = None, *, first: bool = False) -> None:
        super().__init__(data)
        now, new = (forms.PasswordInput({"autocomplete": f"{one}-password"}) for one in ("current", "new"))
        label = gettext("Kata sandi pertama, yang tadi dipakai") if first else gettext("Kata sandi sekarang")
        self.fields["old"] = Words(most=200, strip=False, widget=now, label=label)
        self.fields["new"] = Words(most=200, strip=False, widget=new, label=gettext("Kata sandi baru"))
        self.fields["again"] = Words(most=200, strip=False, widget=new, label=gettext("Sekali lagi"))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if "new" in given and "again" in given and given["new"] != given["again"]:
            self.add_error("again", gettext("Dua kata sandi ini tidak sama."))
        return given


@method_decorator(never_cache, "dispatch")
class OwnPassword(View):
    """Until it is her own, she comes nowhere else. Afterwards she stays signed in here, and nowhere else."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not isinstance(request.user, User):
            return to_login(request)
        self.first = request.user.password_is in FIRST
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.shown(PasswordForm(first=self.first))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = PasswordForm(request.POST, first=self.first)
        if not form.is_valid():
            return self.shown(form, 400)
        user, given, way = request.user, form.cleaned_data, sessions.way_of(request)
        assert isinstance(user, User)

        def change() -> None:
            logins.set_own_password(user, old=given["old"], new=given["new"])

        try:
            with guarded(request):
                outside_books(user.id, change)
        except (WrongOldPassword, TooManyHere) as refusal:
            form.add_error("old", refusal.sentence)
            return self.shown(form, 409)
        except logins.BadPassword as bad:
            form.add_error("new", " ".join(bad.sentences))
            return self.shown(form, 409)
        sessions.begin(request, user, way=way)
        messages.success(request, gettext("Kata sandi Ibu tersimpan. Di tempat lain Ibu perlu masuk lagi."))
        return redirect("groups-of-mine" if self.first else "account")

    def shown(self, form: PasswordForm, status: int = 200) -> HttpResponse:
        return render(self.request, "members/password.html", {"form": form, "first": self.first}, status=status)
