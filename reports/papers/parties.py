"""Who stands on a paper: the group as its letterhead has it, and the officers who sign by hand."""

from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext

from members import queries as members
from members.errors import OFFICES
from members.models import Group
from reports.papers.frame import Letterhead, Signature
from reports.receipts import prefix


def letterhead(group: Group) -> Letterhead:
    """As the group is called and where it is."""
    return Letterhead(
        group=group.name,
        village=group.village or "",
        district=group.district or "",
        regency=group.regency or "",
        code=prefix(group.name),
    )


def hands(group_id: UUID, offices: Sequence[str]) -> tuple[Signature, ...]:
    """A place to sign for each of these offices, with the name of who holds it now; "" for one that nobody holds."""
    held = {one.role: one.user_id for one in members.officers(group_id)}
    known = members.named(group_id, list(held.values()))
    return tuple(
        Signature(gettext(OFFICES[office]).capitalize(), (known[held[office]].name or "") if office in held else "")
        for office in offices
    )


def village_head(group: Group) -> Signature:
    """The head of the village takes note; the group's books do not know the name."""
    title = gettext("Kepala Desa %(village)s") % {"village": group.village} if group.village else gettext("Kepala Desa")
    return Signature(title, "", knows=True)
