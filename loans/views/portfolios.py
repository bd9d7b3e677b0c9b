"""How the group's loans stand together: who is late, how good the loans are, what material cost."""

from dataclasses import dataclass
from itertools import groupby
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.utils.translation import get_language, gettext, gettext_lazy

from ledger.dates import long_day
from loans import queries
from loans.classes import PRESETS
from loans.models import Loan, Purchase
from loans.views import words
from loans.views.payments import AsOf
from members.models import Member
from members.page import Page, Sitting

LATENESS: tuple[tuple[int, Any], ...] = (
    (90, gettext_lazy("Telat lebih dari 90 hari")),
    (30, gettext_lazy("Telat 31–90 hari")),
    (0, gettext_lazy("Telat 1–30 hari")),
)
"""How late somebody is, as who reminds her looks at it: more days than so many, the worst first. The classes of the
portfolio's page follow the group's preset, where two months late can still be called current."""


@dataclass(frozen=True, slots=True)
class Late:
    """A loan of which something is late: `amount` all that fell due and is unpaid, penalties included."""

    loan_id: UUID
    member_id: UUID
    number: int
    called: str
    amount: int
    outstanding: int
    days: int
    phone: str | None
    reminder: str | None


class Arrears(Page):
    """Who is late, the longest first, each with the words to remind her by."""

    act = "see_portfolio"
    template = "loans/arrears.html"
    tab = "loans"

    def show(self, at: Sitting) -> dict[str, Any]:
        found = at.ask("arrears")["results"]
        due = queries.overdue(at.group, [one["loan_id"] for one in found], before=at.today)
        people = words.members_by_id(at.group_id, {one["member_id"] for one in found})
        rows: list[Late] = []
        for row in found:
            asked, member = due[row["loan_id"]], people.get(row["member_id"])
            late = Late(
                loan_id=asked.loan.id,
                member_id=asked.loan.member_id,
                number=asked.loan.number,
                called=words.called(member),
                amount=asked.total,
                outstanding=row["outstanding_principal"],
                days=row["days_past_due"],
                phone=member.person.phone if member else None,
                reminder=reminder(at, member, asked.loan, asked.total) if member else None,
            )
            rows.append(late)
        rows.sort(key=lambda one: one.days, reverse=True)
        return {
            "groups": [(label, list(those)) for label, those in groupby(rows, key=lambda one: lateness(one.days))],
            "count": len(found),
            "total": sum(one.total for one in due.values()),
            "made_of": words.made_of(at, due.values()),
        }


def lateness(days: int) -> Any:
    """The head of those who are so many days late."""
    return next(label for more, label in LATENESS if days > more)


def reminder(at: Sitting, member: Member, loan: Loan, due: int) -> str | None:
    """A link that opens WhatsApp with a friendly reminder; nothing is sent by us. None without a telephone."""
    phone = (member.person.phone or "").lstrip("+")
    if not phone.isdigit():
        return None
    said = gettext(
        "%(name)s, salam dari kelompok %(group)s. Sampai %(day)s angsuran pinjaman no. %(number)s yang sudah jatuh "
        "tempo %(sum)s. Kalau ada kesulitan, mari kita bicarakan bersama. Kalau sudah dibayar, mohon kabari kami. "
        "Terima kasih."
    )
    facts = {
        "name": words.called(member),
        "group": at.group.name,
        "day": long_day(at.today, get_language() or "id"),
        "number": loan.number,
        "sum": words.money(at, due),
    }
    return f"https://wa.me/{phone}?text={quote(said % facts)}"


RISKS = {
    "1": gettext_lazy("Terlambat sehari atau lebih"),
    "30": gettext_lazy("Terlambat 30 hari atau lebih"),
    "60": gettext_lazy("Terlambat 60 hari atau lebih"),
    "90": gettext_lazy("Terlambat 90 hari atau lebih"),
}


class Portfolio(Page):
    """How good the loans are at the end of a day, each figure with a sentence that says what it means."""

    act = "see_portfolio"
    template = "loans/portfolio.html"
    tab = "loans"

    def show(self, at: Sitting) -> dict[str, Any]:
        asked = AsOf(at.request.GET if "pada" in at.request.GET else {"pada": at.today.isoformat()}, at.today)
        on = (asked.cleaned_data["pada"] or at.today) if asked.is_valid() else at.today
        on = min(on, at.today)
        found = at.ask("portfolio", {"as_of": on.isoformat()})
        return {
            "form": asked,
            "on": on,
            "found": found,
            "par": [(days, label, found["par"][days]) for days, label in RISKS.items()],
            "classes": [
                one | {"name": one["class"], "percent": words.comma(kind.provision)}
                for one, kind in zip(found["classes"], PRESETS[at.group.arrears_preset].classes, strict=True)
            ],
        }


MOST = 1_000
LISTED = 5
ITEMS = 60


@dataclass(frozen=True, slots=True)
class Material:
    """What one material cost for one unit, over all purchases that are looked at; `rows` the latest of them."""

    item: str
    unit: str
    latest: int
    least: int
    most: int
    count: int
    rows: list[Purchase]


class Materials(Page):
    """What raw material cost: by item and unit the latest price, the least and the most."""

    act = "see_portfolio"
    template = "loans/materials.html"
    tab = "loans"

    def show(self, at: Sitting) -> dict[str, Any]:
        searched = at.request.GET.get("cari", "").strip()[:80].replace("\0", "")
        found = queries.prices(at.group_id).order_by("-loan__disbursed_on", "-id")
        if searched:
            found = found.filter(item__icontains=searched)
        bought: dict[tuple[str, str], list[Purchase]] = {}
        for one in found[:MOST]:
            bought.setdefault((one.item.casefold(), one.unit.casefold()), []).append(one)
        shown = [material(rows) for rows in bought.values()]
        return {"materials": sorted(shown, key=lambda one: one.item.casefold())[:ITEMS], "searched": searched}


def material(rows: list[Purchase]) -> Material:
    """Of purchases of one thing, the latest first."""
    prices = [one.bought_at or 0 for one in rows]
    return Material(rows[0].item, rows[0].unit, prices[0], min(prices), max(prices), len(rows), rows[:LISTED])
