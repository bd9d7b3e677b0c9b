"""The portfolio behind a lender's money: how good the loans are, who the group is, and what the money bought. The
lender's paper has it below its own facility; `reports/pdf/parts/behind.html` lays it out."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils.translation import gettext

from ledger import periods
from members.models import Group
from reports.errors import FiguresDisagree
from reports.papers import profile, quality, uses
from reports.papers.arrears import PRINCIPAL
from reports.papers.frame import Table
from reports.papers.periods import year_begins


@dataclass(frozen=True, slots=True)
class Behind:
    """The three parts at the end of a day; `word` is the group's for interest."""

    word: str
    quality: quality.Quality
    profile: profile.Profile
    uses: uses.Uses

    @property
    def marks(self) -> Mapping[str, str]:
        """The drawings of its template."""
        return self.quality.marks


def behind(
    group: Group,
    *,
    since: date | None,
    until: date,
    head_seq: int,
    language: str,
    loan_ids: Collection[UUID] | None = None,
    named: bool = False,
) -> Behind:
    """The parts, in the language that is in force, with the caller's lock on the book. `loan_ids`: the loans that a
    facility funded; `named`: the reader may know the members' names.

    Raises FiguresDisagree where the loans and the ledger owe different sums.
    """
    first = since or year_begins(until)
    found = Behind(
        word=gettext(group.interest_word),
        quality=quality.quality(group, until=until, language=language),
        profile=profile.profile(group, since=first, until=until, head_seq=head_seq),
        uses=uses.uses(group, since=first, until=until, loan_ids=loan_ids, named=named),
    )
    booked = totals(group.id, until, head_seq)["principal"]
    if found.quality.outstanding != booked:
        raise FiguresDisagree(name="principal", shown=found.quality.outstanding, booked=booked)
    return found


def totals(group_id: UUID, until: date, through_seq: int) -> dict[str, int]:
    """The principal that members owe, from postings alone."""
    stood = periods.stood(group_id, since=until, until=until, through_seq=through_seq)
    return {"principal": sum(one.closing for one in stood if one.code.startswith(PRINCIPAL))}


def tables(body: Behind) -> tuple[Table, ...]:
    """All of them as data."""
    return (*quality.tables(body.quality), *profile.tables(body.profile), *uses.tables(body.uses))
