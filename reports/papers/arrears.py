"""The list of loans by class: what is owed, what of it is late and for how long, and what has to be set aside for it.

It has every loan that is owed, the good ones too, for what is set aside for them and for the sum to be the books'. The
class is that of the group's own preset (`loans.classes`), the worst one of a reschedule for the cure period.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext, override

from ledger import periods
from loans import classes, portfolio
from loans import queries as lending
from loans.portfolio import ArrearsRow
from loans.views.words import comma
from members import queries as members
from members.models import Group
from reports.errors import FiguresDisagree, TooManyLines
from reports.papers import parties
from reports.papers.corrections import restated
from reports.papers.frame import Frame, Paper, Table, framed

MOST_LINES = 1_500
PRINCIPAL = ("1-121", "1-122", "1-123", "1-124")
"""How the codes of what members owe begin."""
AMOUNTS = ("principal", "outstanding", "late_principal", "late_interest", "provision")


@dataclass(frozen=True, slots=True)
class Line:
    """A loan: `principal` as it was lent, `outstanding` of it, what is late, since how many days, and the provision."""

    at: int
    name: str
    loan: int
    principal: int
    outstanding: int
    late_principal: int
    late_interest: int
    days: int
    provision: int


@dataclass(frozen=True, slots=True)
class Sums:
    """The columns of a class, or of all of them, added up."""

    loans: int
    principal: int
    outstanding: int
    late_principal: int
    late_interest: int
    provision: int


@dataclass(frozen=True, slots=True)
class Class:
    """A class of the group's preset with its loans, the latest first; `percent` is set aside of what is owed."""

    name: str
    percent: str
    lines: tuple[Line, ...]
    sums: Sums


@dataclass(frozen=True, slots=True)
class Arrears:
    """Every class, also the empty ones, from the best to the worst. `word` is the group's for interest."""

    word: str
    classes: tuple[Class, ...]
    sums: Sums

    @property
    def late(self) -> int:
        return self.sums.late_principal + self.sums.late_interest


def gather(group: Group, *, subject_id: UUID | None, since: date | None, until: date, frame: Frame) -> Paper:
    """The list at the end of `until`, with the caller's lock on the book. Raises TooManyLines; FiguresDisagree where
    the loans and the ledger owe different sums."""
    with override(frame.language):
        body = _listed(group, until)
        if body.sums.loans > MOST_LINES:
            raise TooManyLines(count=body.sums.loans, most=MOST_LINES)
        said = totals(group.id, None, None, until, frame.head_seq)
        if said["principal"] != body.sums.outstanding:
            raise FiguresDisagree(name="principal", shown=body.sums.outstanding, booked=said["principal"])
        return framed(
            frame,
            kind="arrears",
            title=gettext("Daftar Tunggakan dan Kolektibilitas"),
            since=None,
            until=until,
            body=body,
            totals=said,
            tables=tables(body),
            corrections=restated(group.id, frame, begins=PRINCIPAL),
            signatures=parties.hands(group.id, ("treasurer", "chair")),
        )


def totals(
    group_id: UUID, subject_id: UUID | None, since: date | None, until: date, through_seq: int
) -> dict[str, int]:
    """The principal that members owe, in all and by account of the chart (`principal_1-1210`)."""
    stood = periods.stood(group_id, since=until, until=until, through_seq=through_seq)
    owed = {one.code: one.closing for one in stood if one.code.startswith(PRINCIPAL)}
    return {"principal": sum(owed.values())} | {f"principal_{code}": amount for code, amount in owed.items()}


def tables(body: Arrears) -> tuple[Table, ...]:
    """Every loan with its class, and the classes."""
    loans = tuple(
        (one.name, line.loan, line.name, *(getattr(line, name) for name in AMOUNTS[:4]), line.days, line.provision)
        for one in body.classes
        for line in one.lines
    )
    summed = tuple(
        (one.name, one.percent, one.sums.loans, *(getattr(one.sums, name) for name in AMOUNTS)) for one in body.classes
    )
    return (
        Table("pinjaman", ("class", "loan", "name", *AMOUNTS[:4], "days", "provision"), loans),
        Table("kelas", ("class", "percent", "loans", *AMOUNTS), summed),
    )


def _listed(group: Group, until: date) -> Arrears:
    rows = portfolio.standing(group, as_of=until)
    lent = dict(lending.loans(group.id).prefetch_related(None).values_list("id", "principal"))
    names = {
        one.id: one.person.name or gettext("Anggota nomor %(number)s") % {"number": one.number}
        for one in members.members(group.id)
    }
    return listed(group.arrears_preset, gettext(group.interest_word), rows, lent, names)


def listed(
    preset: str, word: str, rows: Sequence[ArrearsRow], lent: Mapping[UUID, int], names: Mapping[UUID, str]
) -> Arrears:
    """The list of these loans: by loan what was lent, by member her name. In the language that is in force."""
    found, at = [], 0
    for kind in classes.PRESETS[preset].classes:
        theirs = [one for one in rows if one.class_name == kind.name]
        lines = []
        for one in sorted(theirs, key=lambda row: (-row.days_past_due, row.number)):
            at += 1
            lines.append(_line(at, one, kind.provision, lent[one.loan_id], names[one.member_id]))
        found.append(Class(gettext(kind.name), comma(kind.provision), tuple(lines), _summed(lines)))
    return Arrears(word, tuple(found), _summed([line for one in found for line in one.lines]))


def _line(at: int, row: ArrearsRow, percent: Decimal, principal: int, name: str) -> Line:
    return Line(
        at=at,
        name=name,
        loan=row.number,
        principal=principal,
        outstanding=row.outstanding_principal,
        late_principal=row.principal_arrears,
        late_interest=row.interest_arrears,
        days=row.days_past_due,
        provision=classes.provision(row.outstanding_principal, percent),
    )


def _summed(lines: Sequence[Line]) -> Sums:
    return Sums(len(lines), *(sum(getattr(line, name) for line in lines) for name in AMOUNTS))
