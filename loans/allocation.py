"""Which parts of what is owed a sum of money pays, and in what order. Imports no Django.

Amounts count the currency's smallest payable unit. Every order takes the oldest instalment first; they differ in what
comes first inside one, and in what money pays that arrives before an instalment is due.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

PENALTY, FEE, INTEREST, PRINCIPAL, EXCESS = "penalty", "fee", "interest", "principal", "excess"
COMPONENTS = (PENALTY, FEE, INTEREST, PRINCIPAL)


@dataclass(frozen=True, slots=True)
class Piece:
    """An unpaid part of instalment `number`: `amount` > 0 of one component.

    `due_on` is the instalment's day; `owed_on` the part's own: that of the charge, else the instalment's.
    """

    number: int
    component: str
    amount: int
    due_on: date
    owed_on: date


@dataclass(frozen=True, slots=True)
class Share:
    """What one piece got: 0 < `amount` <= the piece's."""

    piece: Piece
    amount: int


Rank = Callable[[Piece, date], tuple[int, ...]]


def _plain(piece: Piece, on: date) -> tuple[int, ...]:
    """Penalty, fee, interest, principal, whether due or not."""
    return (COMPONENTS.index(piece.component),)


def _principal_in_advance(piece: Piece, on: date) -> tuple[int, ...]:
    """Due: penalty, fee, interest, principal. Before: penalties and fees already due, principal, then the rest."""
    if piece.due_on <= on:
        return _plain(piece, on)
    if piece.component in (PENALTY, FEE) and piece.owed_on <= on:
        return (0, COMPONENTS.index(piece.component))
    return (1, (PRINCIPAL, PENALTY, FEE, INTEREST).index(piece.component))


def _fee_last(piece: Piece, on: date) -> tuple[int, ...]:
    """Penalty, interest, principal, fee; before the instalment's day, penalties and fees already due come first."""
    if piece.due_on > on and piece.component in (PENALTY, FEE) and piece.owed_on <= on:
        return (0, COMPONENTS.index(piece.component))
    return (1, (PENALTY, INTEREST, PRINCIPAL, FEE).index(piece.component))


def _denda_jasa_pokok(piece: Piece, on: date) -> tuple[int, ...]:
    """Penalty, fee, interest, principal; what was charged for a later day comes after all of it."""
    undue = piece.component in (PENALTY, FEE) and piece.owed_on > on and piece.owed_on != piece.due_on
    return (undue, COMPONENTS.index(piece.component))


INDONESIAN = "penalty_interest_principal"
ORDERS: dict[str, Rank] = {
    INDONESIAN: _denda_jasa_pokok,
    "PENALTIES_FEES_INTEREST_PRINCIPAL_ORDER": _plain,
    "DUE_PENALTY_FEE_INTEREST_PRINCIPAL_IN_ADVANCE_PRINCIPAL_PENALTY_FEE_INTEREST": _principal_in_advance,
    "DUE_PENALTY_INTEREST_PRINCIPAL_FEE_IN_ADVANCE_PENALTY_INTEREST_PRINCIPAL_FEE": _fee_last,
}
"""The orders by the names a product gives them. The Indonesian default (denda, jasa, pokok; a fee goes with the denda)
says nothing about money that comes early: there the product's `excess` decides. The others pay it ahead."""


def allocate(order: str, amount: int, pieces: Sequence[Piece], *, on: date) -> tuple[list[Share], int]:
    """Split `amount`, received at `on`, over `pieces`; gives the shares and what is left over.

    The shares and the rest sum to `amount`. An unknown order is a bug (KeyError).
    """
    rank = ORDERS[order]
    shares: list[Share] = []
    for piece in sorted(pieces, key=lambda one: (one.due_on > on, one.number, *rank(one, on), one.owed_on)):
        if amount == 0:
            break
        taken = min(amount, piece.amount)
        shares.append(Share(piece, taken))
        amount -= taken
    return shares, amount
