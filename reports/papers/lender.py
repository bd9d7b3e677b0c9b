"""A lender's statement: its facilities with every line, what its money became, and the portfolio behind it.

What stands in it beside the lender's own account is what the group's consents open to it on the day it is made, and no
more: sums under `totals` (but none over the loans of so few members that it would tell of single ones,
`uses.veiled`), its loans one by one under `loans`, whose they are under `members.pseudonym` by number and
under `members.named` by name. Purposes and suppliers stay in the group, as on the lender's pages
(`reports.portal`), and so do the names of who signs for it, unless names are open: the line is left to write on.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from django.utils.translation import gettext, override

from capital import queries as capital
from capital.errors import NoSuchLender
from capital.models import Facility, Funding, Lender
from capital.views.words import KINDS
from ledger import queries as books
from members import consents
from members.models import SCOPES, Group
from members.models.consents import LOANS, NAMED, PSEUDONYM, TOTALS
from members.templatetags.lumbung import scope
from reports.errors import FiguresDisagree, NoConsent, NoSuchPaper, TooManyLines
from reports.papers import facility, parties, profile, quality, uses
from reports.papers.arrears import PRINCIPAL
from reports.papers.behind import behind
from reports.papers.behind import totals as owed_by_members
from reports.papers.corrections import corrections, restated
from reports.papers.facility import FacilityCard
from reports.papers.frame import Frame, Paper, Table, framed
from reports.papers.periods import middle

MOST_LINES = 1_500


@dataclass(frozen=True, slots=True)
class Report:
    """All that stands in it. `owed` is the principal of all its facilities, `due` what of them fell due and is unpaid,
    `arrears` the part that fell due before the last day; `lent_on` of its money was lent in loans that still run,
    `loans` of them, and `still_out` of that is not paid back yet. A part that the consent does not open is None, and
    `uses` has loans only under `loans`, else they are `hidden`; `few`: nothing is told of the loans, since they are
    of too few members."""

    name: str
    kind: str
    word: str
    scopes: tuple[str, ...]
    until: date
    facilities: tuple[FacilityCard, ...]
    opening: int
    drawn: int
    paid: int
    owed: int
    due: int
    arrears: int
    lent_on: int | None
    still_out: int | None
    loans: int
    quality: quality.Quality | None
    profile: profile.Profile | None
    uses: uses.Uses | None
    hidden: bool
    few: bool = False

    @property
    def marks(self) -> Mapping[str, str]:
        """The drawings of its template."""
        return {} if self.quality is None else self.quality.marks


def gather(group: Group, *, subject_id: UUID | None, since: date | None, until: date, frame: Frame) -> Paper:
    """Its statement from `since` (None: from the beginning) to `until`, with the caller's lock on the book.

    Raises NoSuchPaper for none of the group's lenders, NoConsent, TooManyLines; FiguresDisagree where its facilities,
    or the loans of the group, are not the ledger's.
    """
    if subject_id is None:
        raise NoSuchPaper()
    try:
        lender = capital.lender(group.id, subject_id)
    except NoSuchLender:
        raise NoSuchPaper() from None
    scopes = opened(group.id, lender.id, frame.made_on)
    theirs = list(capital.facilities(group.id, lender_id=lender.id))
    with override(frame.language):
        body = _report(group, lender, theirs, since=since, until=until, frame=frame, scopes=scopes)
        _few_enough(body, until)
        said = totals(group.id, lender.id, since, until, frame.head_seq)
        _agree(body, said)
        words = gettext("fasilitas %(number)s")
        changed = corrections(group, {one.account_id: words % {"number": one.number} for one in theirs}, frame)
        return framed(
            frame,
            kind="lender",
            title=gettext("Laporan untuk Pendana"),
            since=since,
            until=until,
            body=body,
            totals=said,
            tables=tables(body),
            corrections=changed + (restated(group.id, frame, begins=PRINCIPAL) if TOTALS in scopes else ()),
            signatures=tuple(
                one if NAMED in scopes else replace(one, name="")
                for one in parties.hands(group.id, ("treasurer", "chair"))
            ),
            scopes=scopes,
        )


def opened(group_id: UUID, lender_id: UUID, on: date) -> tuple[str, ...]:
    """What the consents in force on a day open to a lender, in the order of `SCOPES`. Raises NoConsent for nothing."""
    found = consents.scopes(group_id, lender_id, on)
    if not found:
        raise NoConsent()
    return tuple(one for one in SCOPES if one in found)


def totals(
    group_id: UUID, subject_id: UUID | None, since: date | None, until: date, through_seq: int
) -> dict[str, int]:
    """Sums over the principal of its facilities, in all and by number (`facility_NUMBER`), and the principal that
    members owe."""
    numbers = {one.account_id: one.number for one in capital.facilities(group_id, lender_id=subject_id)}
    moved = books.sums(group_id, list(numbers), since=since, until=until, through_seq=through_seq)
    found = {
        "facility_opening": sum(one.opening for one in moved.values()),
        "facility_drawn": sum(one.credit for one in moved.values()),
        "facility_repaid": sum(one.debit for one in moved.values()),
        "facility_closing": sum(one.closing for one in moved.values()),
    }
    found |= {f"facility_{numbers[id]}": one.closing for id, one in moved.items()}
    return found | owed_by_members(group_id, until, through_seq)


def shown_members(group_id: UUID, lender_id: UUID, since: date | None, until: date) -> set[UUID]:
    """The members whose loans a statement of these days tells of, one by one."""
    return {one.loan.member_id for one in _funded(group_id, lender_id, since, until)}


def tables(body: Report) -> tuple[Table, ...]:
    """All of it as data."""
    found = facility.tables(body.facilities)
    found += () if body.quality is None else quality.tables(body.quality)
    found += () if body.profile is None else profile.tables(body.profile)
    return found + (() if body.uses is None else uses.tables(body.uses))


def _report(
    group: Group,
    lender: Lender,
    theirs: list[Facility],
    *,
    since: date | None,
    until: date,
    frame: Frame,
    scopes: Collection[str],
) -> Report:
    cards = facility.cards(group, theirs, since=since, until=until)
    funded = _funded_of(group.id, [one.id for one in theirs], since, until)
    left = capital.principal_left(group.id, [one.loan for one in funded], as_of=until)
    running = [one for one in funded if left.get(one.loan_id) and (one.ended_on is None or one.ended_on > until)]
    hidden = LOANS not in scopes
    told = not (hidden and 0 < len({one.loan.member_id for one in running}) < uses.FEW)
    found = behind(
        group,
        since=since,
        until=until,
        head_seq=frame.head_seq,
        language=frame.language,
        loan_ids={one.loan_id for one in funded},
        named=NAMED in scopes,
    )
    shown = _within(found.uses, scopes) if {TOTALS, LOANS} & set(scopes) else None
    return Report(
        name=lender.name,
        kind=str(KINDS[lender.kind]),
        word=found.word,
        scopes=tuple(scope(one) for one in scopes),
        until=until,
        facilities=cards,
        opening=sum(one.opening for one in cards),
        drawn=sum(one.drawn for one in cards),
        paid=sum(one.principal_paid for one in cards),
        owed=sum(one.closing for one in cards),
        due=sum(one.due_now for one in cards),
        arrears=sum(one.arrears for one in cards),
        lent_on=sum(one.amount for one in running) if told else None,
        still_out=sum(_still_out(one, left[one.loan_id]) for one in running) if told else None,
        loans=len({one.loan_id for one in running}),
        quality=found.quality if TOTALS in scopes else None,
        profile=found.profile if TOTALS in scopes else None,
        uses=shown,
        hidden=hidden,
        few=shown is None and TOTALS in scopes,
    )


def _still_out(one: Funding, left: int) -> int:
    """What of a facility's part in a loan is not paid back: its share of what is left, rounded down, so that the parts
    of several are never more than the whole."""
    return min(one.amount, one.amount * left // one.loan.principal)


def _funded(group_id: UUID, lender_id: UUID, since: date | None, until: date) -> list[Funding]:
    ids = [one.id for one in capital.facilities(group_id, lender_id=lender_id)]
    return _funded_of(group_id, ids, since, until)


def _funded_of(group_id: UUID, facility_ids: Collection[UUID], since: date | None, until: date) -> list[Funding]:
    """The loans that these facilities funded on any of the days."""
    found = capital.fundings(group_id).filter(facility_id__in=list(facility_ids), funded_on__lte=until)
    return [one for one in found if since is None or one.ended_on is None or one.ended_on >= since]


def _within(found: uses.Uses, scopes: Collection[str]) -> uses.Uses | None:
    """The loans as far as they may be told of: in sums alone (None: of so few members that there are none), or each
    without its purpose and suppliers, and whose only by what is open."""
    if LOANS not in scopes:
        return uses.veiled(found)
    whose = NAMED in scopes or PSEUDONYM in scopes
    return replace(
        found,
        loans=tuple(
            replace(
                one,
                who=one.who if whose else "",
                purpose="",
                bought=tuple(replace(line, supplier="") for line in one.bought),
            )
            for one in found.loans
        ),
    )


def _few_enough(body: Report, until: date) -> None:
    """Raises TooManyLines; days part the lines of accounts alone, so only where the rest leaves room for them."""
    days = [line.on for one in body.facilities for line in one.lines]
    rest = sum(len(one.instalments) for one in body.facilities)
    if body.uses is not None:
        rest += sum(1 + len(one.bought) for one in body.uses.loans)
    if len(days) + rest > MOST_LINES:
        parts = middle(days, until) if rest <= MOST_LINES // 2 else None
        raise TooManyLines(count=len(days) + rest, most=MOST_LINES, middle=parts)


def _agree(body: Report, said: Mapping[str, int]) -> None:
    """Rather no paper than one that the ledger contradicts."""
    shown = {
        "facility_opening": (body.opening, said["facility_opening"]),
        "facility_moved": (body.drawn - body.paid, said["facility_drawn"] - said["facility_repaid"]),
        "facility_closing": (body.owed, said["facility_closing"]),
    }
    for one in body.facilities:
        shown[f"facility_{one.number}"] = (one.closing, said.get(f"facility_{one.number}", 0))
        shown[f"schedule_{one.number}"] = (one.scheduled, one.closing)
    for name, (amount, booked) in shown.items():
        if amount != booked:
            raise FiguresDisagree(name=name, shown=amount, booked=booked)
