"""What tells the four orders apart: what comes first inside an instalment, and what early money pays."""

from datetime import date

import pytest

from loans.allocation import INDONESIAN, ORDERS, Piece, allocate

PFIP, PRINCIPAL_AHEAD, FEE_LAST = (name for name in ORDERS if name != INDONESIAN)
MARCH, APRIL = date(2026, 3, 10), date(2026, 4, 10)


def owed(number: int, due_on: date, *, charged_on: date | None = None, **parts: int) -> list[Piece]:
    return [
        Piece(number, name, amount, due_on, (charged_on or due_on) if name in ("penalty", "fee") else due_on)
        for name, amount in parts.items()
    ]


def paid(order: str, amount: int, pieces: list[Piece], on: date) -> dict[tuple[int, str], int]:
    shares, rest = allocate(order, amount, pieces, on=on)
    assert sum(share.amount for share in shares) + rest == amount
    return {(share.piece.number, share.piece.component): share.amount for share in shares}


LATE = owed(1, MARCH, penalty=50, fee=20, interest=30, principal=100)
NEXT = owed(2, APRIL, penalty=50, fee=20, interest=30, principal=100)


@pytest.mark.parametrize("order", [INDONESIAN, PFIP, PRINCIPAL_AHEAD])
def test_what_is_due_pays_denda_fee_jasa_pokok(order):
    assert paid(order, 110, LATE, MARCH) == {
        (1, "penalty"): 50,
        (1, "fee"): 20,
        (1, "interest"): 30,
        (1, "principal"): 10,
    }


def test_one_order_leaves_the_fee_to_the_last():
    assert paid(FEE_LAST, 110, LATE, MARCH) == {(1, "penalty"): 50, (1, "interest"): 30, (1, "principal"): 30}


@pytest.mark.parametrize("order", list(ORDERS))
def test_the_oldest_instalment_is_paid_whole_before_the_next(order):
    found = paid(order, 210, LATE + NEXT, APRIL)

    assert sum(amount for (number, _), amount in found.items() if number == 1) == 200
    assert found[2, "penalty"] == 10


def test_early_money_pays_principal_first_under_one_order_alone():
    early = owed(2, APRIL, interest=30, principal=100)

    assert paid(PRINCIPAL_AHEAD, 60, early, MARCH) == {(2, "principal"): 60}
    for order in (INDONESIAN, PFIP, FEE_LAST):
        assert paid(order, 60, early, MARCH) == {(2, "interest"): 30, (2, "principal"): 30}


def test_early_money_pays_a_charge_that_is_due_already_first():
    early = owed(2, APRIL, charged_on=MARCH, penalty=50, fee=20, interest=30, principal=100)

    assert paid(PRINCIPAL_AHEAD, 80, early, MARCH) == {(2, "penalty"): 50, (2, "fee"): 20, (2, "principal"): 10}
    assert paid(FEE_LAST, 80, early, MARCH) == {(2, "penalty"): 50, (2, "fee"): 20, (2, "interest"): 10}


def test_a_charge_for_a_later_day_comes_last_under_the_indonesian_order_and_first_under_the_plain_one():
    early = owed(2, APRIL, charged_on=date(2026, 4, 1), penalty=50, interest=30, principal=100)

    assert paid(INDONESIAN, 140, early, MARCH) == {(2, "interest"): 30, (2, "principal"): 100, (2, "penalty"): 10}
    assert paid(PFIP, 140, early, MARCH) == {(2, "penalty"): 50, (2, "interest"): 30, (2, "principal"): 60}


def test_money_that_nothing_is_owed_for_is_left_over():
    assert allocate(INDONESIAN, 500, LATE, on=MARCH)[1] == 300
