"""Members on pages: the list, a new member, what is known of her."""

from typing import Any

from django.utils.translation import gettext_lazy

from members import access, queries
from members.page import Page, Sitting

PAGE = 50
PURPOSES: dict[str, tuple[str, str, Any]] = {
    "terima": ("p:collect", "collect", gettext_lazy("Terima uang dari siapa?")),
    "setor": ("p:deposit", "record_savings", gettext_lazy("Siapa yang menyetor?")),
    "tarik": ("p:withdraw", "record_savings", gettext_lazy("Siapa yang mengambil simpanan?")),
}
"""What a member is chosen for, by the word in the address: the page that follows, its act, and the question."""


class Members(Page):
    """Everybody in the group, in the order of their names; who left stands behind a link. With `untuk` she is chosen
    for one of PURPOSES."""

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
        purpose = at.request.GET.get("untuk", "")
        onwards, act, question = PURPOSES.get(purpose, ("", "", ""))
        chosen = {"purpose": purpose, "onwards": onwards, "question": question} if act and at.may(act) else {}
        return {"rows": rows, "searched": searched, "status": status} | chosen
