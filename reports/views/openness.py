"""What the group is open about to a member: who looked at her data, and all of it to take home."""

import json
import re
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

from ledger.context import in_book
from members import sights
from members.api.people import hers
from members.page import Page, Sitting
from members.queries import MemberRow, Named
from members.templatetags.lumbung import OFFICES
from reports import mydata
from savings import queries as savings

LATEST = 200
WHAT = {
    "profile": gettext_lazy("data diri"),
    "savings": gettext_lazy("simpanan"),
    "loans": gettext_lazy("pinjaman"),
    "export": gettext_lazy("salinan semua data"),
}
"""What can be looked at, in words."""


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody who opened her data on a day, and what of it."""

    who: str
    office: str
    what: str


class Seen(Page):
    """Who looked at a member's data, the latest day first, at most two hundred looks."""

    act = "see_sights"
    template = "reports/seen.html"
    tab = "home"

    def show(self, at: Sitting, member_id: UUID) -> dict[str, Any]:
        row = hers(at.here, member_id, what=None)
        found = sights.seen(at.group_id, member_id, limit=LATEST)
        return {
            "row": row,
            "own": member_id == at.seat.member_id,
            "days": [(day, looks(list(those))) for day, those in groupby(found, key=lambda one: one.day)],
            "more": len(found) == LATEST,
            "tab": "members" if at.officer else self.tab,
        }


def looks(those: list[sights.Seen]) -> list[Look]:
    """One line for each who looked on a day."""
    whats: dict[Named, list[str]] = {}
    for one in reversed(those):
        whats.setdefault(one.by, []).append(one.what)
    return [
        Look(
            by.name or (gettext("Yang dulu pendana") if by.role == "lender" else gettext("Yang dulu pengurus")),
            office_of(by),
            ", ".join(str(label) for name, label in WHAT.items() if name in what),
        )
        for by, what in whats.items()
    ]


def office_of(by: Named) -> str:
    """Why she could look: her office, or that she signs in for a lender."""
    if by.role == "lender":
        return gettext("Pendana, dengan izin kelompok")
    return gettext(OFFICES[by.role]) if by.role else ""


class MyData(Page):
    """What is kept about a member, told in plain words; with `berkas` all of it as a file. For herself, or for an
    officer at her wish, which she sees."""

    act = "export_member"
    template = "reports/mydata.html"
    tab = "home"

    def get(self, request: HttpRequest, **path: Any) -> HttpResponse:
        return self.file(**path) if "berkas" in request.GET else super().get(request, **path)

    def show(self, at: Sitting, member_id: UUID) -> dict[str, Any]:
        row = hers(at.here, member_id)
        own = member_id == at.seat.member_id
        kept = mydata.everything(at.group, member_id, on=at.today, made_at=timezone.now(), own=own)
        return {
            "row": row,
            "own": own,
            "saved": savings.total_of(at.group_id, member_id),
            "counts": [(label, len(kept[name])) for name, label in COUNTED.items() if kept.get(name)],
            "name": file_name(row, at.today),
            "tab": "members" if at.officer else self.tab,
        }

    def file(self, member_id: UUID) -> HttpResponse:
        at = self.at

        def body() -> HttpResponse:
            row = hers(at.here, member_id, "export")
            own = member_id == at.seat.member_id
            kept = mydata.everything(at.group, member_id, on=at.today, made_at=timezone.now(), own=own)
            text = json.dumps(kept, ensure_ascii=False, indent=1)
            headers = {"Content-Disposition": f'attachment; filename="{file_name(row, at.today)}"'}
            return HttpResponse(text, content_type="application/json", headers=headers)

        response: HttpResponse = in_book(at.group_id, at.user_id, body)
        response["Cache-Control"] = "no-store"
        return response


COUNTED = {
    "passbook": gettext_lazy("baris buku simpanan"),
    "loans": gettext_lazy("pinjaman"),
    "repayments": gettext_lazy("pembayaran angsuran"),
    "offices": gettext_lazy("jabatan"),
    "disputes": gettext_lazy("pertanyaan"),
    "sights": gettext_lazy("kali data dilihat pengurus"),
    "devices": gettext_lazy("HP yang terdaftar"),
    "sessions": gettext_lazy("kali masuk yang masih berlaku"),
    "history": gettext_lazy("perubahan pada data"),
}
"""Section of the file → what its rows are."""


def file_name(row: MemberRow, day: date) -> str:
    """`lumbung-data-12-2026-11-24.json`; of a number the signs are left out that no file's name should bear."""
    number = re.sub(r"[^0-9A-Za-z]+", "-", row.member.number).strip("-")
    return f"lumbung-data-{number}-{day.isoformat()}.json"
