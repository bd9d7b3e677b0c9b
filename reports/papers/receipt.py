"""The receipt of an act as a kwitansi on A5, once for her and once for the group: what moved, in figures and words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils.translation import gettext, override

from ledger import queries as books
from loans.queries import DISBURSEMENT, UPFRONT_FEE
from loans.recasting import RECOVERY
from members import queries as members
from members.errors import OFFICES
from members.models import Group
from reports import receipts, slips
from reports.errors import FiguresDisagree, NoSuchPaper, NoSuchReceipt
from reports.papers import duty, spelled
from reports.papers.frame import Frame, Paper, Signature, Table, framed
from savings.queries import SETTLEMENT, WITHDRAWAL

PAID_OUT = frozenset({WITHDRAWAL, SETTLEMENT, DISBURSEMENT})
MONEY = frozenset({"1-1010", "1-1110"})


@dataclass(frozen=True, slots=True)
class Line:
    """A part of what moved; `amount` is negative for what went the other way than the whole. `split`: what a repayment
    paid, in words."""

    words: str
    amount: int
    split: str
    undone: bool


@dataclass(frozen=True, slots=True)
class Saved:
    """What she holds in a product after it."""

    name: str
    balance: int


@dataclass(frozen=True, slots=True)
class Owed:
    """A loan after it: `ticked` of `count` instalments are paid, `left` is what the others ask for."""

    number: int
    ticked: int
    count: int
    left: int
    next_due_on: date | None
    next_due_amount: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """All that stands on it. `incoming`: she paid, else she was paid; `duty` is the stamp it bears in rupiah, or 0."""

    number: str
    day: date
    who: str
    carried_by: str
    incoming: bool
    lines: tuple[Line, ...]
    total: int
    words: str
    savings: tuple[Saved, ...]
    loans: tuple[Owed, ...]
    recorded: str
    check: str
    reversed: bool
    duty: int


def gather(group: Group, *, subject_id: UUID | None, since: date | None, until: date, frame: Frame) -> Paper:
    """The kwitansi of the act that booked an entry, with the caller's lock on the book.

    Raises NoSuchPaper where nobody handed anything over or was paid; FiguresDisagree where the ledger says another sum.
    """
    return receipted(group, subject_id, since, until, frame, kind="receipt")


def receipted(
    group: Group, entry_id: UUID | None, since: date | None, until: date, frame: Frame, *, kind: str
) -> Paper:
    """The paper of an act, in either form."""
    with override(frame.language):
        found = _found(group, entry_id)
        body = _body(found, frame.language)
        said = _totals(group.id, found, until, frame.head_seq)
        net = said["received"] - said["paid"]
        if net != (body.total if body.incoming else -body.total):
            raise FiguresDisagree(name="received", shown=body.total, booked=abs(net))
        return framed(
            frame,
            kind=kind,
            title=gettext("Kwitansi"),
            since=since,
            until=until,
            body=body,
            totals=said,
            tables=tables(body),
            signatures=_hands(found, body),
        )


def totals(
    group_id: UUID, subject_id: UUID | None, since: date | None, until: date, through_seq: int
) -> dict[str, int]:
    """`received` and `paid`: what the act's entries brought in from her, and what went out to her."""
    return _totals(group_id, _found(members.group(group_id), subject_id), until, through_seq)


def tables(body: Receipt) -> tuple[Table, ...]:
    """Its lines as data."""
    rows = tuple((one.words, one.amount, one.split) for one in body.lines)
    return (Table("rincian", ("what", "amount", "split"), rows),)


def _found(group: Group, entry_id: UUID | None) -> receipts.Receipt:
    if entry_id is None:
        raise NoSuchPaper()
    try:
        return receipts.receipt(group, entry_id)
    except NoSuchReceipt:
        raise NoSuchPaper() from None


def _totals(group_id: UUID, found: receipts.Receipt, until: date, through_seq: int) -> dict[str, int]:
    said = {"received": 0, "paid": 0}
    for kind, code, debit, credit in books.booked_by(
        group_id, set(found.entry_ids), until=until, through_seq=through_seq
    ):
        if kind in PAID_OUT:
            said["paid"] += debit
            said["received"] += credit if kind == DISBURSEMENT and code == UPFRONT_FEE else 0
        elif kind != RECOVERY or code in MONEY:
            said["received"] += debit
    return said


def _body(found: receipts.Receipt, language: str) -> Receipt:
    sign = 1 if found.incoming else -1
    return Receipt(
        number=found.number,
        day=found.day,
        who=slips.whose(found),
        carried_by=found.carried_by or "",
        incoming=found.incoming,
        lines=tuple(
            Line(
                words=one.words,
                amount=sign * (one.amount if one.incoming else -one.amount),
                split=slips.divided(found, one) if one.split else "",
                undone=one.reversed,
            )
            for one in found.lines
        ),
        total=found.total,
        words=spelled.amount(found.total, found.currency, found.digits, language),
        savings=tuple(Saved(one.name, one.balance) for one in found.savings),
        loans=tuple(
            Owed(one.number, one.ticked, one.count, one.left, one.next_due_on, one.next_due_amount or 0)
            for one in found.loans
        ),
        recorded=slips.recorded(found),
        check=found.check,
        reversed=found.reversed,
        duty=duty.on_receipt(found.total, found.currency, found.digits),
    )


def _hands(found: receipts.Receipt, body: Receipt) -> tuple[Signature, ...]:
    """Who gave on the left, who got on the right."""
    hers = found.carried_by or found.member_name or ""
    by = found.recorded_by
    office = gettext(OFFICES[by.role]) if by is not None and by.role else gettext("bendahara")
    titles: Mapping[str, str] = {"gave": gettext("Yang menyerahkan"), "got": gettext("Yang menerima")}
    group = Signature(f"{titles['got' if body.incoming else 'gave']} ({office})", (by.name or "") if by else "")
    her = Signature(titles["gave" if body.incoming else "got"], hers if body.incoming else found.member_name or "")
    return (her, group) if body.incoming else (group, her)
