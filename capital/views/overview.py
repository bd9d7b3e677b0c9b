"""Modal kelompok: where the group's capital comes from, and where it is."""

from typing import Any

from django.utils.translation import gettext

from capital.views import words
from loans.views.payments import AsOf
from members.page import Page, Sitting

Row = tuple[str, int]


class Capital(Page):
    """Sources and uses at the end of a day, two columns of one sum; what is 0 is left out."""

    act = "see_capital"
    template = "capital/capital.html"
    tab = "more"

    def show(self, at: Sitting) -> dict[str, Any]:
        asked = AsOf(at.request.GET if "pada" in at.request.GET else {"pada": at.today.isoformat()}, at.today)
        on = (asked.cleaned_data["pada"] or at.today) if asked.is_valid() else at.today
        found = at.ask("capital", {"as_of": min(on, at.today).isoformat()})
        sources, uses = found["sources"], found["uses"]
        return {
            "form": asked,
            "on": found["as_of"],
            "total": sources["total"],
            "facilities": sources["lenders"]["facilities"],
            "lenders": sources["lenders"]["total"],
            "sources": own(at, sources),
            "uses": where(uses),
        }


def own(at: Sitting, sources: dict[str, Any]) -> list[Row]:
    """All sources but the facilities."""
    lenders, savings, grants = sources["lenders"], sources["savings"], sources["grants"]
    word = gettext(at.group.interest_word)
    return shown(
        [
            (gettext("Utang lain kepada pendana"), lenders["other"]),
            (gettext("%(word)s terutang kepada pendana") % {"word": word.capitalize()}, lenders["interest_due"]),
            (gettext("Simpanan pokok dan wajib"), savings["equity"]),
            (gettext("Simpanan yang dapat ditarik"), savings["liability"]),
            *((str(label), grants[kind]) for kind, label in words.GIFTS.items()),
            (gettext("Cadangan"), sources["reserves"]),
            (gettext("Hasil usaha (SHU)"), sources["surplus"]),
            (gettext("Saldo awal"), sources["opening"]),
            (gettext("Lain-lain"), sources["other"]),
        ]
    )


def where(uses: dict[str, Any]) -> list[Row]:
    """Where it is now."""
    return shown(
        [
            (gettext("Kas"), uses["cash"]),
            (gettext("Bank"), uses["bank"]),
            *((str(label), uses["loans"][use]) for use, label in words.USES.items()),
            (gettext("Piutang jasa, denda dan lainnya"), uses["receivables"]),
            (gettext("Bahan, alat dan lainnya"), uses["other"]),
        ]
    )


def shown(rows: list[Row]) -> list[Row]:
    return [row for row in rows if row[1]]
