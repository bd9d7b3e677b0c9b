"""What every member should have saved by today: who has paid, and who lacks how much."""

from dataclasses import dataclass
from typing import Any

from members import access
from members import queries as members
from members.models import Member
from members.page import Page, Sitting
from savings import queries
from savings.queries import DueRow


@dataclass(frozen=True, slots=True)
class Owing:
    """One member: what she lacks by product's name, and together."""

    member: Member
    lacks: list[tuple[str, int]]
    total: int


class Dues(Page):
    """Those who lack something first, by their names; to a member without office, herself."""

    act = "see_savings"
    template = "savings/dues.html"
    tab = "members"

    def show(self, at: Sitting) -> dict[str, Any]:
        only = None if access.is_officer(at.seat) else at.seat.member_id
        names = {one.code: one.name for one in queries.products(at.group_id)}
        rows = queries.due_rows(at.group_id, as_of=at.today, member_id=only)
        here = list(members.members(at.group_id, status="active", only=only).order_by("person__name", "id"))
        found = [owing(member, [row for row in rows if row.member_id == member.id], names) for member in here]
        return {
            "asked": {names[row.product] for row in rows},
            "lacking": [one for one in found if one.total],
            "paid": [one for one in found if not one.total],
            "total": sum(one.total for one in found),
        }


def owing(member: Member, rows: list[DueRow], names: dict[str, str]) -> Owing:
    """What one member lacks."""
    lacks = [(names[row.product], row.arrears) for row in rows if row.arrears]
    return Owing(member, lacks, sum(amount for _, amount in lacks))
