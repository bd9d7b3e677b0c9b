"""The receipt of one act: what a member handed over or was paid, and how she stands after it.

It says what was so when the act was recorded, and says the same whenever it is printed again; only that something was
taken back since is added. Amounts count the currency's smallest payable unit and are positive; `incoming` tells which
way they went.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _

from ledger import queries as books
from ledger.models import Entry
from ledger.terbilang import in_words
from loans import queries as lending
from loans.account import Derived
from loans.allocation import COMPONENTS
from loans.models import Loan, Repayment
from members import queries as members
from members.models import Group
from members.queries import Named
from reports.errors import NoSuchReceipt
from savings import queries as savings
from savings.models import Movement


@dataclass(frozen=True, slots=True)
class Line:
    """One part of what moved. `split` says what a repayment paid, by component; `reversed`: taken back since."""

    entry_id: UUID
    kind: str
    words: str
    amount: int
    incoming: bool
    split: dict[str, int] | None = None
    reversed: bool = False


@dataclass(frozen=True, slots=True)
class Saved:
    """What she holds in a product after it."""

    product: str
    name: str
    balance: int


@dataclass(frozen=True, slots=True)
class Boxes:
    """A loan as boxes: `ticked` of `count` instalments are paid, and `left` is what the others ask for, made of the
    components that `asks` names."""

    loan_id: UUID
    number: int
    count: int
    ticked: int
    left: int
    asks: tuple[str, ...]
    next_due_on: date | None
    next_due_amount: int | None


@dataclass(frozen=True, slots=True)
class Receipt:
    """All that stands on it. `total` went the way `incoming` says; `check` is six digits of the chain."""

    number: str
    entry_ids: list[UUID]
    group: str
    currency: str
    digits: int
    interest_word: str
    member_id: UUID
    member_name: str | None
    member_number: str
    phone: str | None
    carried_by: str | None
    day: date
    recorded_at: datetime
    recorded_by: Named | None
    lines: list[Line]
    total: int
    incoming: bool
    terbilang: str
    savings: list[Saved]
    loans: list[Boxes]
    check: str
    reversed: bool

    @property
    def stands(self) -> bool:
        """Whether nothing on it was taken back; else she stands otherwise than `savings` and `loans` say."""
        return not any(line.reversed for line in self.lines)


@dataclass(frozen=True, slots=True)
class _Part:
    """A line with whom it is about, and what it touched."""

    member_id: UUID
    line: Line
    product: str | None = None
    loan: Loan | None = None
    carried_by: UUID | None = None


def receipt(group: Group, entry_id: UUID, *, only_of: UUID | None = None) -> Receipt:
    """The receipt of the act that booked an entry, found by any entry of it; `only_of` a member: hers alone.

    Where an act concerned several members, it is of the one whom the entry is about. Raises NoSuchReceipt for an entry
    by which nobody handed anything over or was paid.
    """
    entry = books.entry(group.id, entry_id)
    if entry is None:
        raise NoSuchReceipt()
    entries = books.of_command(group.id, entry.command_id)
    parts = list(_parts(group.id, entries))
    own = [part for part in parts if part.line.entry_id == entry_id] or parts
    if not own or (only_of is not None and own[0].member_id != only_of):
        raise NoSuchReceipt()
    return _written(group, entries, [part for part in parts if part.member_id == own[0].member_id])


def _written(group: Group, entries: Sequence[Entry], parts: Sequence[_Part]) -> Receipt:
    member = members.members(group.id, only=parts[0].member_id).get()
    lines = [part.line for part in parts]
    first, last = entries[0], entries[-1]
    day = next(one.effective_on for one in entries if one.id == lines[0].entry_id)
    net = sum(line.amount if line.incoming else -line.amount for line in lines)
    carriers = [part.carried_by for part in parts if part.carried_by is not None]
    return Receipt(
        number=f"{prefix(group.name)}-{day:%y%m}-{first.seq:04d}",
        entry_ids=[line.entry_id for line in lines],
        group=group.name,
        currency=group.currency,
        digits=group.digits,
        interest_word=group.interest_word,
        member_id=member.id,
        member_name=member.person.name,
        member_number=member.number,
        phone=member.person.phone,
        carried_by=_name(group.id, carriers[0]) if carriers else None,
        day=day,
        recorded_at=last.recorded_at,
        recorded_by=members.named(group.id, [first.actor_id]).get(first.actor_id) if first.actor_id else None,
        lines=lines,
        total=abs(net),
        incoming=net >= 0,
        terbilang=in_words(abs(net), group.currency, group.digits),
        savings=_saved(group.id, member.id, last, {part.product for part in parts}),
        loans=_boxes(group, member.id, day, last.recorded_at, {part.loan.id for part in parts if part.loan}),
        check=bytes(last.hash).hex()[:6],
        reversed=all(line.reversed for line in lines),
    )


def prefix(name: str) -> str:
    """The letters a group's receipts begin with: the first four capital letters and digits of its name."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().upper()
    return "".join(letter for letter in plain if letter.isalnum())[:4] or "KLP"


def _name(group_id: UUID, member_id: UUID) -> str | None:
    member = members.members(group_id, only=member_id).get()
    name: str | None = member.person.name
    return name or _("anggota nomor %(number)s") % {"number": member.number}


# ── what moved ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _parts(group_id: UUID, entries: Sequence[Entry]) -> Iterator[_Part]:
    """Every part of an act by which a member gave or got money, in order of recording."""
    ids = [entry.id for entry in entries]
    undone = books.reversals(group_id, ids)
    found = [
        *_movements(group_id, ids, undone),
        *_repayments(group_id, ids, undone),
        *_recoveries(group_id, ids, undone),
        *_disbursements(group_id, entries, undone),
    ]
    place = {id: number for number, id in enumerate(ids)}
    yield from sorted(found, key=lambda part: place[part.line.entry_id])


def _movements(group_id: UUID, ids: Sequence[UUID], undone: dict[UUID, UUID]) -> Iterator[_Part]:
    for one in savings.movements(group_id).filter(entry_id__in=list(ids)):
        product = one.account.product
        incoming = one.kind == Movement.Kind.DEPOSIT
        words = product.name if incoming else _("Tarik %(product)s") % {"product": _lowered(product.name)}
        line = Line(one.entry_id, str(one.kind), words, one.amount, incoming, reversed=one.entry_id in undone)
        yield _Part(one.member_id, line, product=product.code, carried_by=one.carried_by_id)


def _lowered(name: str) -> str:
    return name[:1].lower() + name[1:]


def _repayments(group_id: UUID, ids: Sequence[UUID], undone: dict[UUID, UUID]) -> Iterator[_Part]:
    found = list(lending.repayments_of_entries(group_id, ids))
    splits = lending.splits_of_entries(group_id, ids)
    for one in found:
        line = Line(
            one.entry_id,
            "repayment",
            _repayment_words(one),
            one.amount,
            incoming=True,
            split=splits[one.id],
            reversed=one.entry_id in undone,
        )
        yield _Part(one.loan.member_id, line, loan=one.loan, carried_by=one.carried_by_id)


def _repayment_words(one: Repayment) -> str:
    words = _("Angsuran pinjaman %(number)s") % {"number": one.loan.number}
    if one.channel.startswith("savings:") or one.channel == "settlement":
        return _("%(what)s, dari simpanan") % {"what": words}
    return words


def _recoveries(group_id: UUID, ids: Sequence[UUID], undone: dict[UUID, UUID]) -> Iterator[_Part]:
    for one in lending.recoveries(group_id).filter(entry_id__in=list(ids)).select_related("loan"):
        words = _("Bayar pinjaman %(number)s yang dihapus buku") % {"number": one.loan.number}
        line = Line(one.entry_id, "recovery", words, one.amount, incoming=True, reversed=one.entry_id in undone)
        yield _Part(one.loan.member_id, line, loan=one.loan)


def _disbursements(group_id: UUID, entries: Sequence[Entry], undone: dict[UUID, UUID]) -> Iterator[_Part]:
    """What was lent, and the fees that stayed with the group at once."""
    for entry_id, paid in lending.paid_out(group_id, [entry.id for entry in entries]).items():
        loan, taken_back = paid.loan, entry_id in undone
        words = _("Pencairan pinjaman %(number)s") % {"number": loan.number}
        line = Line(entry_id, "disbursement", words, paid.principal, incoming=False, reversed=taken_back)
        yield _Part(loan.member_id, line, loan=loan)
        if paid.fee:
            words = _("Biaya pinjaman %(number)s") % {"number": loan.number}
            fee = Line(entry_id, "fee", words, paid.fee, incoming=True, reversed=taken_back)
            yield _Part(loan.member_id, fee, loan=loan)


# ── how she stands after it ─────────────────────────────────────────────────────────────────────────────────────────


def _saved(group_id: UUID, member_id: UUID, last: Entry, touched: set[str | None]) -> list[Saved]:
    """What she holds, as it was recorded by then: every product that holds something, and those that moved."""
    hers = list(savings.accounts(group_id, member_id=member_id))
    held = books.recorded_balances(group_id, [one.account_id for one in hers], through_seq=last.seq)
    return [
        Saved(one.product.code, one.product.name, held[one.account_id])
        for one in hers
        if held[one.account_id] or one.product.code in touched
    ]


def _boxes(group: Group, member_id: UUID, day: date, recorded_at: datetime, touched: set[UUID]) -> list[Boxes]:
    """Her loans that were running at the end of the day, and those that moved."""
    hers = [one for one in lending.loans(group.id, member_id=member_id) if one.created_at <= recorded_at]
    states = lending.states_recorded(group, hers, on=day, recorded_at=recorded_at)
    return [
        boxes(one, states[one.id], day)
        for one in hers
        if one.id in states and (one.id in touched or _runs(one, states[one.id], day))
    ]


def _runs(loan: Loan, state: Derived, day: date) -> bool:
    written_off = loan.status == Loan.Status.WRITTEN_OFF and loan.ended_on is not None and loan.ended_on <= day
    return state.paid_off_on is None and not written_off


def boxes(loan: Loan, state: Derived, day: date) -> Boxes:
    """A loan out of `loans.queries.states` at the end of a day, as boxes."""
    unpaid = [one for one in state.states if one.unpaid]
    following = next((one for one in unpaid if one.due_on > day), None)
    return Boxes(
        loan_id=loan.id,
        number=loan.number,
        count=len(state.states),
        ticked=len(state.states) - len(unpaid),
        left=max(sum(one.unpaid for one in unpaid) - state.held, 0),
        asks=tuple(name for name in COMPONENTS if any(one.left(name) for one in unpaid)),
        next_due_on=following.due_on if following else None,
        next_due_amount=following.unpaid if following else None,
    )
