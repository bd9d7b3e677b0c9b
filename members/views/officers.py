"""Who holds which office; giving one and ending one."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext

from members import queries, second, services
from members.forms import Act, Choice, Words
from members.models import Officer, Pin, Seat, User
from members.page import FormPage, Page, Sitting, back_to
from members.templatetags.lumbung import OFFICES


class Officers(Page):
    """The offices that are held now, and whether each one's consent counts yet."""

    act = "see_officers"
    template = "members/officers.html"
    tab = "more"

    def show(self, at: Sitting) -> dict[str, Any]:
        held, pins = queries.officers(at.group_id), queries.pins(at.group_id)
        names = queries.called(at.group_id, {one.user_id for one in held})
        return {"rows": [(one, names[one.user_id], _state(one, pins.get(one.user_id))) for one in held]}


def _state(office: Officer, pin: Pin | None) -> str:
    """What she still has to do before her consent counts."""
    if not second.can_sign(office.user):
        return gettext("belum membuat kata sandinya sendiri")
    if pin is None:
        return gettext("belum punya PIN persetujuan")
    return gettext("PIN terkunci") if pin.failures >= Pin.TRIES else ""


class OfficerForm(Act):
    """Who gets which office, and the name she signs in with."""

    places = {"username_taken": "username", "member_left": "member", "office_held": "role", "member_id": "member"}

    def __init__(self, at: Sitting, data: QueryDict | None) -> None:
        super().__init__(data)
        self.group_id = at.group_id
        here = list(queries.members(at.group_id, status="active").order_by("person__name", "id"))
        choices = [(str(one.id), f"{one.person.name} ({one.number})") for one in here]
        roles = [(role, gettext(label)) for role, label in OFFICES.items()]
        self.fields["member"] = Choice([("", gettext("Pilih…")), *choices], label=gettext("Siapa?"))
        self.fields["role"] = Choice(roles, chips=True, label=gettext("Jabatan"))
        self.fields["username"] = Words(
            most=60,
            required=False,
            label=gettext("Nama pengguna untuk masuk"),
            help_text=gettext("Misalnya siti.jarbangsri. Kosongkan kalau ia sudah punya."),
        )

    def clean(self) -> dict[str, Any]:
        """Who signs in with a name already keeps it."""
        given = super().clean() or {}
        hers = Seat.objects.select_related("user").filter(group_id=self.group_id, member_id=given.get("member") or None)
        seat = hers.exclude(user__password_is=User.Password.NONE).first()
        if seat is not None and not given.get("username"):
            given["username"] = seat.user.username
        if "username" not in self.errors and not given.get("username"):
            self.add_error("username", gettext("Ia belum punya; pilihkan satu."))
        return given


class OfficerNew(FormPage):
    """An office for a member. Her first password is shown here once and stored nowhere."""

    act = "appoint_officer"
    template = "members/officer_new.html"
    tab = "more"
    money = True  # the key in the address: sent twice, it is given once
    receipt = False

    def form(self, at: Sitting, data: QueryDict | None = None) -> OfficerForm:
        return OfficerForm(at, data)

    def send(self, at: Sitting, form: OfficerForm) -> HttpResponse:
        given = form.cleaned_data
        body = {"member_id": given["member"], "role": given["role"], "username": given["username"]}
        made = at.do("officers", body, key=self.key)
        if not made.data.get("one_time_password"):
            messages.success(at.request, gettext("Jabatannya tercatat."))
            return back_to(at, "officers")
        shown = {"username": made.data["username"], "password": made.data["one_time_password"]}
        response = render(at.request, "members/officer_made.html", self.frame() | shown)
        response["Cache-Control"] = "no-store"
        return response


class EndForm(Act):
    """Nothing to fill in."""


class OfficerEnd(FormPage):
    """An office ends today."""

    act = "end_office"
    template = "members/officer_end.html"
    tab = "more"

    def form(self, at: Sitting, data: QueryDict | None = None, *, officer_id: UUID) -> EndForm:
        return EndForm(data)

    def show(self, at: Sitting, officer_id: UUID) -> dict[str, Any]:
        office = services.office(at.group_id, officer_id)
        return {
            "office": office,
            "name": queries.called(at.group_id, {office.user_id})[office.user_id],
            "waiting": second.pending(at.group_id).filter(requested_by=office.user_id).count(),
        }

    def send(self, at: Sitting, form: EndForm, officer_id: UUID) -> HttpResponse:
        at.do("officer", {}, method="DELETE", officer_id=officer_id)
        messages.success(at.request, gettext("Jabatannya berakhir."))
        return back_to(at, "officers")
