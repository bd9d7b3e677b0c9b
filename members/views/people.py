"""Members on pages: the list, a new member, what is known of her."""

from typing import Any

from members import access, queries
from members.page import Page, Sitting

PAGE = 50


class Members(Page):
    """Everybody in the group, in the order of their names; who left stands behind a link. `untuk=terima` asks of whom
    money is taken in."""

    act = "see_members"
    template = "members/members.html"
    tab = "members"

    def show(self, at: Sitting) -> dict[str, Any]:
        searched = at.request.GET.get("cari", "").strip()[:80]
        status = "left" if at.request.GET.get("keluar") else "active"
        only = None if access.is_officer(at.seat) else at.seat.member_id
        found = queries.members(at.group_id, only=only, status=status)
        if searched:
            found = queries.matching(found, searched)
        rows = [queries.row(member) for member in found.order_by("person__name", "id")[: PAGE * 4]]
        for_money = at.request.GET.get("untuk") == "terima" and at.may("collect")
        return {"rows": rows, "searched": searched, "status": status, "for_money": for_money}
