"""Opening a group: its first page, for who may."""

import json
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext, gettext_lazy
from django.views import View
from django.views.decorators.cache import never_cache

from ledger.errors import DomainError
from members.api.groups import GroupList, holds_office
from members.errors import NotAllowed
from members.forms import Act, Choice, Words
from members.keyed import key_of, led_on, opened
from members.models import User
from members.page import Asked
from members.strict import Malformed
from members.views.settings import PLACE, UNITS, Count
from members.ways import detour, member_only

ZONES = [
    ("Asia/Jakarta", gettext_lazy("WIB (Jawa, Sumatra)")),
    ("Asia/Makassar", gettext_lazy("WITA (Bali, Sulawesi)")),
    ("Asia/Jayapura", gettext_lazy("WIT (Papua, Maluku)")),
]


class GroupForm(Act):
    """The group, when it meets, and whether she who opens it is its first member."""

    places = {"meeting_every/every": "every", "meeting_every/unit": "unit"}

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, initial={"timezone": "Asia/Jakarta", "every": 1, "unit": "month"})
        for name, label in PLACE.items():
            self.fields[name] = Words(most=100 if name == "name" else 80, required=name == "name", label=label)
        self.fields["timezone"] = Choice(ZONES, chips=True, label=gettext("Jam setempat"))
        hint = gettext("Misalnya 2 untuk dua minggu.")
        self.fields["every"] = Count(label=gettext("Pertemuan setiap"), help_text=hint)
        self.fields["unit"] = Choice(UNITS, chips=True, label=gettext("Hitungannya"))
        self.fields["creator_name"] = Words(
            most=120,
            required=False,
            label=gettext("Nama Ibu sendiri"),
            help_text=gettext("Kalau Ibu juga anggota kelompok ini. Ibu menjadi bendaharanya."),
        )

    def body(self) -> dict[str, Any]:
        """As the endpoint reads it."""
        given = self.cleaned_data
        body = {name: given[name] for name in (*PLACE, "creator_name") if given[name]}
        return body | {
            "timezone": given["timezone"],
            "meeting_every": {"every": given["every"], "unit": given["unit"]},
        }


def may_open(user: User) -> bool:
    """As the endpoint decides it."""
    return user.is_operator or user.may_open_groups or holds_office(user)


@method_decorator(never_cache, "dispatch")
class GroupNew(View):
    """The form; its key stands in the address, so a second tap opens no second group."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        away = detour(request)
        if away is not None:
            return away
        assert isinstance(request.user, User)
        if member_only(request) or not may_open(request.user):
            raise NotAllowed()
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        return opened(request) or self.shown(GroupForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        key = key_of(request)
        if key is None:
            return led_on(request)
        form = GroupForm(request.POST)
        if not form.is_valid():
            return self.shown(form, 400)
        assert isinstance(request.user, User)
        headers = {"Idempotency-Key": str(key)}
        asked: Any = Asked("POST", reverse("groups"), request.user, form.body(), headers)
        try:
            made = GroupList().post(asked)
        except (DomainError, Malformed) as refusal:
            form.refuse(refusal)
            return self.shown(form, 409)
        response = redirect("p:home", group_id=UUID(json.loads(made.content)["id"]))
        response.status_code = 303
        return response

    def shown(self, form: GroupForm, status: int = 200) -> HttpResponse:
        return render(self.request, "members/group_new.html", {"form": form}, status=status)
