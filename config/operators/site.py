"""Who comes in: an active operator with a password of her own, who has shown a passkey or an app's code as well. She
signs in where everybody does."""

from collections.abc import Callable
from functools import update_wrapper
from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.views import PasswordChangeView
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import redirect, render
from django.urls import path, reverse

from config.api import TITLES
from config.operators.overview import overview
from ledger.context import outside_books
from members import logins, sessions, ways
from members.failures import Failures
from members.models import Session, User

View = Callable[..., Any]


PROVEN = frozenset({Session.Way.TOTP, Session.Way.PASSKEY})


def may_enter(user: Any) -> bool:
    """Whether she is an active operator whose password nobody else has made."""
    return isinstance(user, User) and user.is_active and user.is_operator and user.password_is == User.Password.OWN


class NewPassword(PasswordChangeForm):
    """Her own password, by the rules that hold at every door."""

    required_css_class = "required"

    def clean(self) -> Any:
        given = super().clean() or self.cleaned_data
        if given.get("old_password") and given["old_password"] == given.get("new_password1"):
            self.add_error("new_password1", "Kata sandi baru harus lain dari yang lama.")
        return given

    def save(self, commit: bool = True) -> Any:
        old, new = self.cleaned_data["old_password"], self.cleaned_data["new_password1"]
        logins.set_own_password(self.user, old=old, new=new)
        return self.user


def slowly(request: HttpRequest, serve: Callable[[], Any]) -> Any:
    """Serve a form that asks for a password, unless this address has failed too often at any door."""
    if request.method != "POST":
        return serve()
    failures = Failures()
    if not failures.allow_request(request, None):  # type: ignore[arg-type]
        detail = "Terlalu banyak percobaan dari alamat ini; coba lagi sebentar lagi."
        return render(request, "problem.html", {"title": TITLES[429], "detail": detail}, status=429)
    response = serve()
    if response.status_code == 302:
        failures.right()
    return response


SECTIONS = {
    "Orang dan kelompok": ("user", "group", "seat"),
    "Pintu masuk": ("token", "session", "accessattempt", "accessfailurelog"),
    "Pekerjaan": ("job", "outbox"),
}


class OperatorSite(AdminSite):
    site_title = "Lumbung"
    site_header = "Lumbung · operator"
    index_title = "Layanan"
    enable_nav_sidebar = False  # the front page is the list of pages
    index_template = "operators/index.html"

    def has_permission(self, request: HttpRequest) -> bool:
        return may_enter(request.user) and sessions.way_of(request) in PROVEN

    def admin_view(self, view: View, cacheable: bool = False) -> Any:
        """Every page, down to its last query, in one transaction of hers on the tables that belong to no group."""

        def inside(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            def body() -> Any:
                response = view(request, *args, **kwargs)
                return response.render() if hasattr(response, "render") else response

            return outside_books(request.user.pk, body)

        return super().admin_view(update_wrapper(inside, view), cacheable)

    def get_urls(self) -> list[Any]:
        shown = self.admin_view(lambda request: overview(request, self))
        return [path("groups/", shown, name="overview"), *super().get_urls()]

    def login(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """On to where she wanted to go, or to the next step of signing in; nobody but an operator gets that far."""
        there = ways.wanted(request) or reverse("operators:index")
        if self.has_permission(request):
            return redirect(there)
        if isinstance(request.user, User) and not request.user.is_operator:
            raise PermissionDenied
        first = ways.step(request)
        return ways.towards("login-password" if first in (None, "login") else first, there)

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> Any:
        request.current_app = self.name  # type: ignore[attr-defined]
        view = PasswordChangeView.as_view(
            form_class=NewPassword,
            success_url=reverse("operators:password_change_done"),
            extra_context=self.each_context(request) | (extra_context or {}),
        )
        return slowly(request, lambda: view(request))

    def app_index(self, request: HttpRequest, app_label: str, extra_context: Any = None) -> Any:
        """Apps are how the program is cut; the front page shows the operator's own sections."""
        return redirect("operators:index")

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        found = {
            one["object_name"].lower(): one | {"name": self._registry[one["model"]].many}  # type: ignore[attr-defined]
            for one in (model for app in super().get_app_list(request) for model in app["models"])
        }
        index = reverse("operators:index")
        return [
            {
                "name": section,
                "app_label": f"section-{number}",
                "app_url": f"{index}#section-{number}",
                "has_module_perms": True,
                "models": [found[name] for name in names if name in found],
            }
            for number, (section, names) in enumerate(SECTIONS.items(), start=1)
        ]


operators = OperatorSite(name="operators")
operators.disable_action("delete_selected")
