"""Signing in by name and password, signing out, and which groups she sits in."""

from typing import Any

from django import forms
from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext, gettext_lazy
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from members import queries
from members.forms import Words
from members.models import User
from members.ways import detour


class LoginForm(forms.Form):
    username = Words(label=gettext_lazy("Nama pengguna"), most=60, widget=forms.TextInput({"autocomplete": "username"}))
    password = Words(
        label=gettext_lazy("Kata sandi"),
        most=200,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )


def onwards(request: HttpRequest) -> str:
    """Where she wanted to go, if that is a page of ours."""
    wanted = request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if safe and wanted.startswith("/") else reverse("groups-of-mine")


@method_decorator(never_cache, "dispatch")
class Login(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        return self.shown(LoginForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = LoginForm(request.POST)
        if form.is_valid():
            user = authenticate(
                request, username=form.cleaned_data["username"].lower(), password=form.cleaned_data["password"]
            )
            if user is not None:
                login(request, user)
                return redirect(onwards(request))
            form.add_error(None, gettext("Nama pengguna atau kata sandi salah."))
        return self.shown(form, 400)

    def shown(self, form: Any, status: int = 200) -> HttpResponse:
        return render(self.request, "members/login.html", {"form": form}, status=status)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("home")


@method_decorator(never_cache, "dispatch")
class Account(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        return detour(request) or render(request, "members/account.html")


@method_decorator(never_cache, "dispatch")
class Groups(View):
    """Her groups; with only one she is taken there."""

    def get(self, request: HttpRequest) -> HttpResponse:
        away = detour(request)
        if away is not None:
            return away
        assert isinstance(request.user, User)
        seats = list(queries.seats(request.user))
        if len(seats) == 1:
            return redirect("p:home", group_id=seats[0].group_id)
        return render(request, "members/groups.html", {"seats": seats})
