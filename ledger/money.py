"""Money is an `int`: a count of the currency's smallest payable unit (IDR: whole rupiah). Imports no Django."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

LARGEST = 10**15
"""No single amount may exceed this; sums of up to 9,000 of them still fit a 64-bit column."""


@dataclass(frozen=True, slots=True)
class Line:
    """One side of a journal entry to be posted: exactly one of `debit` and `credit` is positive, the other 0."""

    account_id: UUID
    debit: int = 0
    credit: int = 0


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One side of an entry that a person writes: the account by its code, exactly one of `debit` and `credit` given."""

    account: str
    debit: int = 0
    credit: int = 0


def amount(value: object) -> int:
    """`value` itself, when it is an amount: an int from 1 to `LARGEST`.

    Refuses (TypeError, ValueError) bool, float, Decimal and str: a fraction that reached the database would be
    rounded there without a word.
    """
    if type(value) is not int:
        raise TypeError(f"an amount is an int, not {type(value).__name__}")
    if not 1 <= value <= LARGEST:
        raise ValueError(f"an amount is from 1 to {LARGEST}, not {value}")
    return value


def debit(account_id: UUID, value: int) -> Line:
    """Raise an asset or expense, lower a liability, equity or income account by `value`."""
    return Line(account_id, debit=amount(value))


def credit(account_id: UUID, value: int) -> Line:
    """Raise a liability, equity or income account, lower an asset or expense by `value`."""
    return Line(account_id, credit=amount(value))


def mirrored(lines: Sequence[Line]) -> list[Line]:
    """The same lines with their sides exchanged, in the same order: what a reversal posts."""
    return [Line(line.account_id, debit=line.credit, credit=line.debit) for line in lines]


def signed(normal: str, *, debit: int, credit: int) -> int:
    """What a posting adds to an account whose balance grows on its `normal` side, "D" or "C"; may be negative."""
    return debit - credit if normal == "D" else credit - debit


def grouped(value: int, digits: int = 0) -> str:
    """`value` as Indonesia writes it: 1250000 is "1.250.000"; with 2 digits "12.500,00"; a negative has a minus."""
    whole, rest = divmod(abs(value), 10**digits)
    text = f"{whole:,}".replace(",", ".") + (f",{rest:0{digits}d}" if digits else "")
    return f"-{text}" if value < 0 else text


SIGNS = {"IDR": "Rp"}


def written(amount: int, currency: str = "IDR", digits: int = 0) -> str:
    """An amount with its currency, as it stands on a page: Rp1.250.000; a negative has its minus first, −Rp500.

    A currency without a sign of its own bears its code and a space that does not break.
    """
    sign = "\u2212" if amount < 0 else ""
    return sign + SIGNS.get(currency, currency + "\u00a0") + grouped(abs(amount), digits)
