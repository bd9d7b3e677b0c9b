"""A loan's card: what was agreed, what is paid and late of it, every line; and a card to fill by hand at meetings."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils.translation import gettext, override

from ledger import queries as books
from members import queries as members
from members.models import Group
from reports.errors import FiguresDisagree, NoSuchPaper, TooManyLines
from reports.papers import lent, parties
from reports.papers.corrections import corrections
from reports.papers.frame import Frame, Paper, Table, framed
from reports.papers.periods import middle
from savings import queries as savings

MOST_LINES = 1_500
BLANK = 6
"""Empty lines of the card for what is paid beside the schedule."""


@dataclass(frozen=True, slots=True)
class LoanPaper:
    """All that stands on it. `saves` is what she puts aside with every instalment, in `saved_in`; 0 for nothing."""

    name: str
    number: str
    word: str
    card: lent.LoanCard
    saves: int
    saved_in: str

    @property
    def due(self) -> int:
        """All instalments together, charges included; `principal`, `interest` and `other` are its parts."""
        return sum(one.due for one in self.card.instalments)

    @property
    def principal(self) -> int:
        return sum(one.principal for one in self.card.instalments)

    @property
    def interest(self) -> int:
        return sum(one.interest for one in self.card.instalments)

    @property
    def other(self) -> int:
        return sum(one.other for one in self.card.instalments)

    @property
    def paid(self) -> int:
        return sum(one.paid for one in self.card.instalments)

    @property
    def left(self) -> int:
        return sum(one.left for one in self.card.instalments)

    @property
    def late(self) -> int:
        """How many instalments are late."""
        return sum(one.state == "late" for one in self.card.instalments)

    @property
    def ticked(self) -> int:
        return sum(not one.left for one in self.card.instalments)

    @property
    def largest(self) -> int:
        """The largest figure on it, which sizes its columns."""
        return max(self.card.principal, self.due, *(abs(one.balance) for one in self.card.lines), 0)

    @property
    def blank(self) -> range:
        return range(BLANK)


def gather(group: Group, *, subject_id: UUID | None, since: date | None, until: date, frame: Frame) -> Paper:
    """The card of a loan at the end of `until`, with its lines from `since` (None: all), the book locked by the caller.

    Raises NoSuchPaper for no loan of the group or one that was not paid out by then, TooManyLines; FiguresDisagree
    where its principal is not the ledger's.
    """
    loan = lent.named(group.id, subject_id)
    if loan is None or loan.principal_account_id is None or loan.disbursed_on is None or loan.disbursed_on > until:
        raise NoSuchPaper()
    with override(frame.language):
        cards = lent.cards_of(group, [loan], since=None, until=until)
        if since is not None:
            cards = lent.cards_of(group, [loan], since=since, until=until) or cards
        [card] = cards
        if len(card.lines) > MOST_LINES:
            parts = middle((line.on for line in card.lines), until)
            raise TooManyLines(count=len(card.lines), most=MOST_LINES, middle=parts)
        said = totals(group.id, loan.id, since, until, frame.head_seq)
        if said["principal_closing"] != card.closing:
            raise FiguresDisagree(name="principal_closing", shown=card.closing, booked=said["principal_closing"])
        member = members.members(group.id, only=loan.member_id).get()
        saved = loan.rules.get("compulsory_savings") or {}
        product = savings.product(group.id, saved["product"]) if saved else None
        body = LoanPaper(
            name=member.person.name or gettext("Anggota nomor %(number)s") % {"number": member.number},
            number=member.number,
            word=gettext(group.interest_word),
            card=card,
            saves=saved.get("amount", 0),
            saved_in=product.name if product is not None else "",
        )
        about = gettext("pokok pinjaman %(number)s") % {"number": loan.number}
        return framed(
            frame,
            kind="loan",
            title=gettext("Kartu Pinjaman"),
            since=since,
            until=until,
            body=body,
            totals=said,
            tables=tables(body),
            corrections=corrections(group, {loan.principal_account_id: about}, frame),
            signatures=parties.hands(group.id, ("treasurer", "chair")),
        )


def totals(
    group_id: UUID, subject_id: UUID | None, since: date | None, until: date, through_seq: int
) -> dict[str, int]:
    """What moved on the loan's account of principal: `principal_opening`, `_lent`, `_repaid`, `_closing`."""
    loan = lent.named(group_id, subject_id)
    account = loan.principal_account_id if loan is not None else None
    if account is None:
        return dict.fromkeys(("principal_opening", "principal_lent", "principal_repaid", "principal_closing"), 0)
    moved = books.sums(group_id, [account], since=since, until=until, through_seq=through_seq).get(account)
    return {
        "principal_opening": moved.opening if moved else 0,
        "principal_lent": moved.debit if moved else 0,
        "principal_repaid": moved.credit if moved else 0,
        "principal_closing": moved.closing if moved else 0,
    }


def tables(body: LoanPaper) -> tuple[Table, ...]:
    """Its instalments and lines as data."""
    owed = ("principal", "interest", "other", "due", "paid", "left", "state")
    moved = ("lent", "paid", "principal", "interest", "other", "balance")
    due = tuple((one.number, one.due_on, *(getattr(one, name) for name in owed)) for one in body.card.instalments)
    lines = tuple((one.on, one.slip, one.about, *(getattr(one, name) for name in moved)) for one in body.card.lines)
    return (
        Table("angsuran", ("number", "due_on", *owed), due),
        Table("pembayaran", ("date", "slip", "about", *moved), lines),
    )
