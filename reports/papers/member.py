"""A member's statement: her savings by product with every line, her loans with what is paid and due, in one paper."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils.translation import gettext, override

from ledger import queries as books
from loans import queries as lending
from members import queries as members
from members.models import Group, Member
from reports.errors import FiguresDisagree, NoSuchPaper, TooManyLines
from reports.papers import lent, parties, saved
from reports.papers.corrections import corrections
from reports.papers.frame import Frame, Paper, Table, framed
from reports.papers.periods import middle
from savings import queries as savings

MOST_LINES = 1_500


@dataclass(frozen=True, slots=True)
class Statement:
    """All that stands in it. `saved` and `owed` are the sums at its end; `word` is the group's for interest."""

    name: str
    number: str
    joined_on: date
    left_on: date | None
    word: str
    cards: tuple[saved.Card, ...]
    loans: tuple[lent.LoanCard, ...]
    opening: int
    incoming: int
    outgoing: int
    saved: int
    owed: int
    arrears: int


def gather(group: Group, *, subject_id: UUID | None, since: date | None, until: date, frame: Frame) -> Paper:
    """Her statement from `since` (None: from the beginning) to `until`, with the caller's lock on the book.

    Raises NoSuchPaper for nobody of the group, TooManyLines; FiguresDisagree where its columns are not the ledger's.
    """
    member = members.members(group.id, only=subject_id).first() if subject_id is not None else None
    if member is None:
        raise NoSuchPaper()
    with override(frame.language):
        body = _statement(group, member, since, until)
        days = [line.on for card in body.cards for line in card.lines]
        days += [line.on for loan in body.loans for line in loan.lines]
        if len(days) > MOST_LINES:
            raise TooManyLines(count=len(days), most=MOST_LINES, middle=middle(days, until))
        said = totals(group.id, member.id, since, until, frame.head_seq)
        _agree(body, said)
        return framed(
            frame,
            kind="member",
            title=gettext("Laporan Simpanan dan Pinjaman"),
            since=since,
            until=until,
            body=body,
            totals=said,
            tables=tables(body),
            corrections=corrections(group, _words(group.id, member.id), frame),
            signatures=parties.hands(group.id, ("treasurer", "chair")),
        )


def totals(
    group_id: UUID, subject_id: UUID | None, since: date | None, until: date, through_seq: int
) -> dict[str, int]:
    """Sums over her savings (in all and `savings_CODE`) and over the principal of her loans (`principal_NUMBER`)."""
    found: dict[str, int] = {}
    for word, names, gains in (
        ("savings", _saved_in(group_id, subject_id), "in_out"),
        ("principal", _lent_on(group_id, subject_id), "lent_repaid"),
    ):
        moved = books.sums(group_id, list(names), since=since, until=until, through_seq=through_seq)
        raised, lowered = gains.split("_")
        found[f"{word}_opening"] = sum(one.opening for one in moved.values())
        up, down = ("credit", "debit") if word == "savings" else ("debit", "credit")
        found[f"{word}_{raised}"] = sum(getattr(one, up) for one in moved.values())
        found[f"{word}_{lowered}"] = sum(getattr(one, down) for one in moved.values())
        found[f"{word}_closing"] = sum(one.closing for one in moved.values())
        for id, name in names.items():
            if id in moved:
                found[f"{word}_{name}"] = moved[id].closing
    return found


def tables(body: Statement) -> tuple[Table, ...]:
    """Its lines and instalments as data."""
    savings_lines = tuple(
        (card.code, line.on, line.slip, line.about, line.incoming, line.outgoing, line.balance)
        for card in body.cards
        for line in card.lines
    )
    payment = ("lent", "paid", "principal", "interest", "other", "balance")
    loan_lines = tuple(
        (loan.number, line.on, line.slip, line.about, *(getattr(line, name) for name in payment))
        for loan in body.loans
        for line in loan.lines
    )
    due = tuple(
        (loan.number, one.number, one.due_on, one.principal, one.interest, one.other, one.paid, one.left, one.state)
        for loan in body.loans
        for one in loan.instalments
    )
    owed = ("principal", "interest", "other", "paid", "left", "state")
    return (
        Table("simpanan", ("product", "date", "slip", "about", "in", "out", "balance"), savings_lines),
        Table("pinjaman", ("loan", "date", "slip", "about", *payment), loan_lines),
        Table("angsuran", ("loan", "number", "due_on", *owed), due),
    )


def _statement(group: Group, member: Member, since: date | None, until: date) -> Statement:
    cards = saved.cards(group, member.id, since=since, until=until)
    loans = lent.cards(group, member.id, since=since, until=until)
    stay = members.row(member)
    return Statement(
        name=member.person.name or gettext("Anggota nomor %(number)s") % {"number": member.number},
        number=member.number,
        joined_on=stay.joined_on,
        left_on=stay.left_on if stay.left_on is not None and stay.left_on <= until else None,
        word=gettext(group.interest_word),
        cards=cards,
        loans=loans,
        opening=sum(card.opening for card in cards),
        incoming=sum(card.incoming for card in cards),
        outgoing=sum(card.outgoing for card in cards),
        saved=sum(card.closing for card in cards),
        owed=sum(loan.closing for loan in loans),
        arrears=sum(loan.arrears for loan in loans),
    )


def _agree(body: Statement, said: Mapping[str, int]) -> None:
    """Rather no paper than one that the ledger contradicts."""
    shown = {
        "savings_opening": body.opening,
        "savings_in": body.incoming,
        "savings_out": body.outgoing,
        "savings_closing": body.saved,
        "principal_closing": body.owed,
    }
    for name, amount in shown.items():
        if said[name] != amount:
            raise FiguresDisagree(name=name, shown=amount, booked=said[name])


def _saved_in(group_id: UUID, member_id: UUID | None) -> dict[UUID, str]:
    return {one.account_id: one.product.code for one in savings.accounts(group_id, member_id=member_id)}


def _lent_on(group_id: UUID, member_id: UUID | None) -> dict[UUID, str]:
    hers = lending.loans(group_id, member_id=member_id)
    return {one.principal_account_id: str(one.number) for one in hers if one.principal_account_id is not None}


def _words(group_id: UUID, member_id: UUID) -> dict[UUID, str]:
    """How a correction calls each of her accounts."""
    products = {one.account_id: one.product.name for one in savings.accounts(group_id, member_id=member_id)}
    number = gettext("pokok pinjaman %(number)s")
    loans = {id: number % {"number": name} for id, name in _lent_on(group_id, member_id).items()}
    return products | loans
