"""What every paper is: whose it is, what it is called and when it was made, what it says, and what goes along as data.

Imports no Django. Amounts count the currency's smallest payable unit; days are inclusive, in the group's time zone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Literal

Seal = Literal["uncertified", "certified", "none"]
"""What kind of seal a paper bears: of a certificate made for this installation, of a certificate of a PSrE Indonesia,
or none at all. It stands on the paper in words."""

Cell = int | str | date | None


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Whose paper it is; "" where it is not known. `code` are the group's letters in the numbers of its papers."""

    group: str
    village: str
    district: str
    regency: str
    code: str


@dataclass(frozen=True, slots=True)
class Table:
    """Figures of a paper as data: amounts are whole numbers, days are dates. `name` is a word that fits a file."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signs by hand: her title in the paper's language, and her name ("": a line to write it on). `knows`: she
    signs below the others, as one who takes note (Mengetahui)."""

    title: str
    name: str
    knows: bool = False


@dataclass(frozen=True, slots=True)
class Earlier:
    """The paper of the same kind and subject that was issued before: what it read (entries up to `head_seq`, dated
    until `until`) is what corrections are counted against."""

    number: str
    until: date
    head_seq: int


@dataclass(frozen=True, slots=True)
class Correction:
    """A line that the earlier paper showed with `old` and that is `new` today; 0: it was not there, or is no more.

    `on` is the day the line bears, `because` how it came about, in the paper's language.
    """

    on: date
    about: str
    old: int
    new: int
    because: str


@dataclass(frozen=True, slots=True)
class Frame:
    """What is known of a paper before a book is read: its names, its day, the head of the chain it is read at.

    `code` is public and names the paper alone; `address` is where anybody verifies it, as the QR code tells it.
    `head_hash` is in hex.
    """

    language: str
    number: str
    code: str
    version: int
    letterhead: Letterhead
    made_on: date
    place: str
    head_seq: int
    head_hash: str
    currency: str
    digits: int
    seal: Seal
    address: str
    earlier: Earlier | None = None


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper, whole: a template lays it out and adds nothing. `body` is a frozen dataclass of its kind.

    `since` None: what stands at the end of `until`. `totals` are the sums that the ledger alone can say again (see
    `reports.papers.totals`). `scopes` of the group's consents under which a lender is told what it tells.
    """

    kind: str
    language: str
    title: str
    number: str
    code: str
    version: int
    letterhead: Letterhead
    since: date | None
    until: date
    made_on: date
    place: str
    head_seq: int
    head_hash: str
    currency: str
    digits: int
    body: Any
    totals: Mapping[str, int]
    tables: tuple[Table, ...]
    seal: Seal
    address: str
    earlier: Earlier | None = None
    corrections: tuple[Correction, ...] = ()
    signatures: tuple[Signature, ...] = ()
    scopes: tuple[str, ...] = ()


FRAMED = tuple(field.name for field in fields(Frame))


def framed(
    frame: Frame,
    *,
    kind: str,
    title: str,
    since: date | None,
    until: date,
    body: Any,
    totals: Mapping[str, int],
    tables: tuple[Table, ...] = (),
    corrections: tuple[Correction, ...] = (),
    signatures: tuple[Signature, ...] = (),
    scopes: tuple[str, ...] = (),
) -> Paper:
    """A frame filled with what the books say."""
    return Paper(
        **{name: getattr(frame, name) for name in FRAMED},
        kind=kind,
        title=title,
        since=since,
        until=until,
        body=body,
        totals=totals,
        tables=tables,
        corrections=corrections,
        signatures=signatures,
        scopes=scopes,
    )
