"""A member leaves, comes back, or is forgotten."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext, gettext_lazy

from ledger.context import in_book
from ledger.money import written
from members import access, queries
from members.api.people import hers
from members.errors import OFFICES
from members.forms import Act, Choice, Day, plain, second_of, with_second
from members.page import FormPage, Sitting, back_to
from members.views.months import TwoForm
from members.views.seconds import seconds

CHANNELS = [("cash", gettext_lazy("Tunai")), ("bank", gettext_lazy("Bank"))]
SECOND = dict.fromkeys(("wrong_pin", "pin_locked", "second_not_valid", "second"), "second_pin")


class LeaveForm(Act):
    """Her last day, how she is paid out, and the second officer."""

    places = SECOND | dict.fromkeys(("before_joining", "future_date", "period_closed", "later_entries"), "left_on")

    def __init__(self, at: Sitting, data: QueryDict | None) -> None:
        super().__init__(data, initial={"left_on": at.today, "channel": "cash"})
        self.fields["left_on"] = Day(latest=at.today, label=gettext("Hari terakhirnya"))
        self.fields["channel"] = Choice(CHANNELS, chips=True, label=gettext("Simpanannya dibayar lewat"))
        self.officers = seconds(at, "settle_leaver")
        with_second(self, self.officers)


class MemberLeave(FormPage):
    """The settlement before it is done: what she saved, what she owes, and what she takes home."""

    act = "settle_leaver"
    template = "members/member_leave.html"
    tab = "members"
    money = True

    def get(self, request: HttpRequest, **path: Any) -> HttpResponse:
        """Who has left already may come back or be forgotten here: nothing of that has a key."""
        left = self.drawn_left(**path)
        return left if left is not None else super().get(request, **path)

    def drawn_left(self, member_id: UUID) -> HttpResponse | None:
        row = in_book(self.at.group_id, self.at.user_id, lambda: hers(self.at.here, member_id))
        return None if row.left_on is None else back_to(self.at, "member-left", member_id=member_id)

    def form(self, at: Sitting, data: QueryDict | None = None, *, member_id: UUID) -> LeaveForm:
        return LeaveForm(at, data)

    def show(self, at: Sitting, member_id: UUID) -> dict[str, Any]:
        row = hers(at.here, member_id)
        found = at.ask("member-balance", member_id=member_id)
        saved, owed = found["savings"]["total"], found["total_owed"]
        offices = [one.role for one in queries.officers(at.group_id) if one.member_id == member_id]
        return {
            "row": row,
            "saved": saved,
            "owed": owed,
            "paid_out": max(saved - owed, 0),
            "lacks": max(owed - saved, 0),
            "offices": ", ".join(gettext(OFFICES[role]) for role in offices),
        }

    def send(self, at: Sitting, form: LeaveForm, member_id: UUID) -> HttpResponse:
        given = form.cleaned_data
        body = plain({"left_on": given["left_on"], "channel": given["channel"]}) | second_of(form)
        done = at.do("member-leave", body, key=self.key, member_id=member_id)
        if done.waits:
            return waits(at)
        group = at.group
        amount = written(done.data["paid_out"], group.currency, group.digits)
        messages.success(at.request, gettext("Selesai. Yang dibayarkan kepadanya: %(amount)s.") % {"amount": amount})
        return back_to(at, "member-left", member_id=member_id)


def waits(at: Sitting) -> HttpResponseRedirect:
    """On to where it can be seen waiting."""
    messages.warning(at.request, gettext("Menunggu persetujuan pengurus lain, paling lama 24 jam."))
    return back_to(at, "pending")


class RejoinForm(Act):
    """The day she comes back."""

    places = dict.fromkeys(("before_joining", "future_date", "not_ready", "erased"), "joined_on")

    def __init__(self, at: Sitting, data: QueryDict | None) -> None:
        super().__init__(data, initial={"joined_on": at.today})
        self.fields["joined_on"] = Day(latest=at.today, label=gettext("Masuk lagi pada"))


class MemberLeft(FormPage):
    """Somebody who has left: she comes back under her old number, or what is personal about her is forgotten."""

    act = "see_members"
    template = "members/member_left.html"
    tab = "members"

    def form(self, at: Sitting, data: QueryDict | None = None, *, member_id: UUID) -> RejoinForm:
        return RejoinForm(at, data)

    def show(self, at: Sitting, member_id: UUID) -> dict[str, Any]:
        return {"row": hers(at.here, member_id)}

    def post(self, request: HttpRequest, **path: Any) -> HttpResponse:
        access.require(self.at.seat, "add_member")
        return super().post(request, **path)

    def send(self, at: Sitting, form: RejoinForm, member_id: UUID) -> HttpResponse:
        at.do("member-rejoin", plain({"joined_on": form.cleaned_data["joined_on"]}), member_id=member_id)
        messages.success(at.request, gettext("Ia anggota lagi, dengan nomornya yang lama."))
        return back_to(at, "members")


class MemberErasure(FormPage):
    """Forgetting, for two officers and for ever."""

    act = "erase_member"
    template = "members/member_erasure.html"
    tab = "members"

    def form(self, at: Sitting, data: QueryDict | None = None, *, member_id: UUID) -> TwoForm:
        return TwoForm(at, data, "erase_member")

    def show(self, at: Sitting, member_id: UUID) -> dict[str, Any]:
        return {"row": hers(at.here, member_id)}

    def send(self, at: Sitting, form: TwoForm, member_id: UUID) -> HttpResponse:
        done = at.do("member-erasure", second_of(form), member_id=member_id)
        if done.waits:
            return waits(at)
        messages.success(at.request, gettext("Data pribadinya sudah dihapus. Catatan uangnya tetap ada."))
        return redirect(f"{back_to(at, 'members').url}?keluar=1")
