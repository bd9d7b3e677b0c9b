"""What who signs in for a lender sees: every group that lets her in, and one of them as far as its consent goes.

Each part of a page is asked of its endpoint behind the whole door (`Sitting.reads`), so each is decided, and written
into the group's log, by itself.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext, gettext_lazy
from django.views import View
from django.views.decorators.cache import never_cache

from ledger.context import in_book
from loans.classes import PRESETS
from members import consents, disclosures
from members.models import SCOPES, Group, User
from members.models.consents import LOANS, NAMED, PSEUDONYM, TOTALS
from members.page import Page, Sitting
from members.services import today_in
from members.ways import detour
from reports import issuing
from reports.views.documents import Shown, shown


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A group that lets her in until `until`; `owed` of the lender's own money in it, of that `late`; `sums` of it
    under `totals` alone."""

    group: Group
    place: str
    until: date
    owed: int
    late: int
    sums: dict[str, Any] | None


def until(at: Sitting) -> date:
    """The last day on which anything is open to her, as it stands."""
    seat = at.seat
    assert seat.lender_id is not None
    lender_id = seat.lender_id
    return in_book(
        at.group_id,
        at.user_id,
        lambda: max(one.to_on for one in consents.in_force(at.group_id, lender_id, at.today)),
    )


def place_of(group: Group) -> str:
    return ", ".join(name for name in (group.village, group.district, group.regency) if name)


@method_decorator(never_cache, "dispatch")
class Portal(View):
    """Her groups, by name: where she is let in, until when, and how they stand."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest) -> HttpResponse:
        away = detour(request)
        if away is not None:
            return away
        assert isinstance(request.user, User)
        seats = disclosures.seats(request.user)
        if any(seat.lender_id is None for seat in seats):
            return redirect("groups-of-mine")
        rows = [row(Sitting(request, seat, today_in(seat.group))) for seat in seats]
        return render(request, "reports/portal.html", {"rows": sorted(rows, key=lambda one: one.group.name)})


def row(at: Sitting) -> GroupRow:
    sums = at.reads("portal-totals") if at.may("see_totals") else None
    own = at.reads("portal-facilities")["results"]
    owed, late = sum(one["outstanding"]["principal"] for one in own), sum(one["arrears"] for one in own)
    return GroupRow(at.group, place_of(at.group), until(at), owed, late, sums)


FEW = 3
"""So many statements are shown with the group; the others are a page away."""
RISKS = {"1": gettext_lazy("sehari"), "30": gettext_lazy("30 hari"), "90": gettext_lazy("90 hari")}
"""So late or later, in words."""


class GroupPortal(Page):
    """One group, each part that the consent opens."""

    act = "see_portal"
    template = "reports/portal_group.html"
    tab = "home"

    def get(self, request: HttpRequest, **path: Any) -> HttpResponse:
        at = self.at
        parts: dict[str, Any] = {
            "facilities": own(at),
            "papers": latest(at),
            "sums": at.reads("portal-totals") if at.may("see_totals") else None,
            "lent": dated(at.reads("portal-loans")["results"]) if at.may("see_lent") else None,
            "people": at.reads("portal-members")["results"] if at.may("see_borrowers") else None,
        }
        return self.drawn(lambda: self.show(at) | parts | {"par": par(parts["sums"])})

    def show(self, at: Sitting) -> dict[str, Any]:
        scopes = at.seat.scopes
        return {
            "place": place_of(at.group),
            "until": until(at),
            "scopes": [scope for scope in SCOPES if scope in scopes],
            "shut": [scope for scope in (TOTALS, LOANS) if scope not in scopes],
            "named": NAMED in scopes,
            "numbered": NAMED in scopes or PSEUDONYM in scopes,
            "best": PRESETS[at.group.arrears_preset].classes[0].name,
        }


def own(at: Sitting) -> list[dict[str, Any]]:
    """The lender's own facilities, with days as days."""
    return [
        one | {"next_on": date.fromisoformat(one["next_due_on"]) if one["next_due_on"] else None}
        for one in at.reads("portal-facilities")["results"]
    ]


def latest(at: Sitting) -> list[Shown]:
    """Its latest statements, the newest first; noted as any other look at them."""

    def body() -> list[Shown]:
        disclosures.admit(at.seat, "see_statements")
        return shown(at, list(issuing.statements(at.group_id, seen_by=at.seat).order_by("-id")[:FEW]))

    return in_book(at.group_id, at.user_id, body)


def par(sums: dict[str, Any] | None) -> list[tuple[str, Any]]:
    """Portfolio at risk by how late."""
    if sums is None:
        return []
    found = sums["portfolio"]["par"]
    return [
        (gettext("PAR %(days)s: terlambat %(word)s atau lebih") % {"days": days, "word": word}, found[days])
        for days, word in RISKS.items()
    ]


def dated(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """With the class under a name that a template can say, and days as days."""
    return [
        one
        | {
            "standing": one["class"],
            "late": one["principal_arrears"] + one["interest_arrears"],
            "since": date.fromisoformat(one["disbursed_on"]) if one["disbursed_on"] else None,
        }
        for one in rows
    ]
