"""One facility: what is owed of it, what was drawn and paid, which loans it became."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext

from capital import queries
from capital.api.lenders import rows_json
from capital.api.money import fundings_json
from capital.models import Facility
from capital.views import words
from capital.views.lenders import agreed, boxes
from loans import applications
from loans.views.overview import parts_of
from loans.views.words import called, comma, members_by_id
from members import second
from members.page import Page, Sitting

BOXES = 60
"""So many instalments are drawn as boxes."""


@dataclass(frozen=True, slots=True)
class Moved:
    """Money that was drawn or paid: what it is of, and where its entry is."""

    on: date
    amount: int
    how: Any
    parts: list[tuple[str, int]]
    entry_id: UUID
    reversed: bool
    fee: int = 0


class OneFacility(Page):
    """All about one facility, as it stands today."""

    act = "see_capital"
    template = "capital/facility.html"
    tab = "more"

    def show(self, at: Sitting, facility_id: UUID) -> dict[str, Any]:
        facility = queries.facility(at.group_id, facility_id)
        [standing] = queries.standings(at.group_id, [facility], on=at.today)
        total, ticked, late = boxes(standing)
        rows = rows_json(standing.derived)
        return {
            "facility": facility,
            "kind": words.KINDS[facility.lender.kind],
            "stand": standing,
            "boxes": (total, ticked, late) if 0 < total <= BOXES else None,
            "condition": agreed(at, facility),
            "schedule": [
                row | {"parts": parts_of(at, row), "left": row["due"] - sum(row["paid"].values())} for row in rows
            ],
            "several": len({row["drawdown"] for row in rows}) > 1,
            "payoff": standing.derived.payoff.total,
            "drawn": drawn(at, facility),
            "paid": paid(at, facility),
            "loans": (loans := became(at, facility)),
            "running": [one for one in loans if one["ended_on"] is None],
            "waiting": waiting(at, facility),
            "owes": bool(standing.derived.payoff.total),
            "free": standing.drawn - queries.funded(at.group_id, facility.id),
        }


def drawn(at: Sitting, facility: Facility) -> list[Moved]:
    """What was drawn, the latest first, also what was taken back."""
    found = queries.drawdowns(at.group_id, facility.id).order_by("-drawn_on", "-ordinal")
    return [
        Moved(
            one.drawn_on,
            one.amount,
            words.CHANNELS[one.channel],
            [],
            one.entry_id,
            one.reversed_by is not None,
            one.amount - one.received,
        )
        for one in found
    ]


def paid(at: Sitting, facility: Facility) -> list[Moved]:
    """What was paid, the latest first, with what it pays as things stand."""
    found = list(queries.payments(at.group_id, facility.id).order_by("-paid_on", "-ordinal"))
    splits = queries.splits(at.group_id, [one.id for one in found])
    return [
        Moved(
            one.paid_on,
            one.amount,
            words.CHANNELS[one.channel],
            parts_of(at, splits[one.id]),
            one.entry_id,
            one.reversed_by is not None,
        )
        for one in found
    ]


def became(at: Sitting, facility: Facility) -> list[dict[str, Any]]:
    """The loans it became, those that still run first, each with its borrower and what it bought."""
    found = fundings_json(at.here, list(queries.fundings(at.group_id, facility_id=facility.id)))
    people = members_by_id(at.group_id, {one["member_id"] for one in found})
    shown = []
    for one in found:
        bought = []
        for line in one["purchases"]:
            price = line["unit_price"] if line["actual_unit_price"] is None else line["actual_unit_price"]
            spent = applications.cost([(Decimal(line["quantity"]), price)])
            bought.append(line | {"quantity": comma(line["quantity"]), "sum": spent})
        shown.append(one | {"called": called(people.get(one["member_id"])), "bought": bought})
    return sorted(shown, key=lambda one: one["ended_on"] is not None)


def waiting(at: Sitting, facility: Facility) -> list[Any]:
    """What about this facility waits for a second officer."""
    path = reverse("facility", kwargs={"group_id": at.group_id, "facility_id": facility.id})
    return list(second.pending(at.group_id).filter(path__startswith=path))


def named(facility: Facility) -> str:
    """`UPK Kunduran · fasilitas no. 1`."""
    number = gettext("fasilitas no. %(number)s") % {"number": facility.number}
    return f"{facility.lender.name} · {number}"
