"""The days on which the group differs from Indonesia's calendar."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext, gettext_lazy

from members import access, queries
from members.errors import NotFound
from members.fields import UUID_TEXT
from members.forms import Act, Choice, Day, Words
from members.page import FormPage, Sitting, back_to

CLOSED = [("off", gettext_lazy("Libur")), ("open", gettext_lazy("Tetap buka"))]


class HolidayForm(Act):
    """A day, whether the group is off or at work, and why."""

    def __init__(self, data: QueryDict | None) -> None:
        super().__init__(data, initial={"closed": "off"})
        self.fields["day"] = Day(label=gettext("Tanggal"))
        self.fields["closed"] = Choice(
            CLOSED,
            chips=True,
            label=gettext("Kelompok"),
            help_text=gettext("“Tetap buka” untuk tanggal merah yang tidak diliburkan."),
        )
        self.fields["name"] = Words(most=80, required=False, label=gettext("Sebabnya"))


class Holidays(FormPage):
    """The list, a form for one more, and a way back to the calendar."""

    act = "see_group"
    template = "members/holidays.html"
    tab = "more"

    def form(self, at: Sitting, data: QueryDict | None = None) -> HolidayForm:
        return HolidayForm(data)

    def show(self, at: Sitting) -> dict[str, Any]:
        return {"holidays": list(queries.holidays(at.group_id))}

    def post(self, request: HttpRequest, **path: Any) -> HttpResponse:
        access.require(self.at.seat, "change_group")
        dropped = request.POST.get("hapus", "")
        if not dropped:
            return super().post(request, **path)
        try:
            if not UUID_TEXT.match(dropped):
                raise NotFound()
            self.at.do("holiday", {}, method="DELETE", holiday_id=UUID(dropped))
            messages.success(request, gettext("Hari itu mengikuti kalender lagi."))
        except NotFound as refusal:
            messages.error(request, refusal.sentence)
        return back_to(self.at, "holidays")

    def send(self, at: Sitting, form: HolidayForm) -> HttpResponse:
        given = form.cleaned_data
        body = {"day": given["day"].isoformat(), "closed": given["closed"] == "off", "name": given["name"] or None}
        at.do("holidays", body)
        messages.success(at.request, gettext("Tersimpan."))
        return back_to(at, "holidays")
