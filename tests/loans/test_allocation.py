"""What money pays first: the orders told apart, before and after an instalment is due."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loans.allocation import COMPONENTS, FEE, INDONESIAN, INTEREST, ORDERS, PENALTY, PRINCIPAL, Piece, allocate
from tests.cast import day
from tests.loans.agreed import ANY

PLAIN = "PENALTIES_FEES_INTEREST_PRINCIPAL_ORDER"
IN_ADVANCE = "DUE_PENALTY_FEE_INTEREST_PRINCIPAL_IN_ADVANCE_PRINCIPAL_PENALTY_FEE_INTEREST"
FEE_LAST = "DUE_PENALTY_INTEREST_PRINCIPAL_FEE_IN_ADVANCE_PENALTY_INTEREST_PRINCIPAL_FEE"
FIRST, SECOND = day("2026-02-15"), day("2026-03-15")
BEFORE, BETWEEN, AFTER = day("2026-02-10"), day("2026-03-01"), day("2026-03-20")


def pieces(number: int, due_on: date, *, charges_on: date | None = None) -> list[Piece]:
    """Instalment 1 owes 1 of denda, 2 of fee, 4 of jasa, 8 of pokok; instalment 2 ten times as much."""
    times = 10 ** (number - 1)
    amounts = {PENALTY: 1, FEE: 2, INTEREST: 4, PRINCIPAL: 8}
    return [
        Piece(number, name, times * one, due_on, charges_on or due_on if name in (PENALTY, FEE) else due_on)
        for name, one in amounts.items()
    ]


def told(order: str, amount: int, found: list[Piece], on: date) -> str:
    """The shares in the order of being paid: "d1 f1 j1 p1", with what the last one got."""
    words = dict(zip(COMPONENTS, "dfjp", strict=True))
    shares, rest = allocate(order, amount, found, on=on)
    text = " ".join(f"{words[one.piece.component]}{one.piece.number}:{one.amount}" for one in shares)
    return f"{text} +{rest}" if rest else text


TWO = [*pieces(1, FIRST), *pieces(2, SECOND)]


@pytest.mark.parametrize(
    ("order", "on", "paid"),
    [
        # two late instalments: the oldest whole, then the next, each from its denda to its pokok
        (INDONESIAN, AFTER, "d1:1 f1:2 j1:4 p1:8 d2:10 f2:20 j2:40 p2:15"),
        (PLAIN, AFTER, "d1:1 f1:2 j1:4 p1:8 d2:10 f2:20 j2:40 p2:15"),
        (IN_ADVANCE, AFTER, "d1:1 f1:2 j1:4 p1:8 d2:10 f2:20 j2:40 p2:15"),
        (FEE_LAST, AFTER, "d1:1 j1:4 p1:8 f1:2 d2:10 j2:40 p2:35"),
        # one is due, the next is not: they part on the money that is early
        (INDONESIAN, BETWEEN, "d1:1 f1:2 j1:4 p1:8 d2:10 f2:20 j2:40 p2:15"),
        (PLAIN, BETWEEN, "d1:1 f1:2 j1:4 p1:8 d2:10 f2:20 j2:40 p2:15"),
        (IN_ADVANCE, BETWEEN, "d1:1 f1:2 j1:4 p1:8 p2:80 d2:5"),
        (FEE_LAST, BETWEEN, "d1:1 j1:4 p1:8 f1:2 d2:10 j2:40 p2:35"),
        # nothing is due
        (INDONESIAN, BEFORE, "d1:1 f1:2 j1:4 p1:8 d2:10 f2:20 j2:40 p2:15"),
        (IN_ADVANCE, BEFORE, "p1:8 d1:1 f1:2 j1:4 p2:80 d2:5"),
        (FEE_LAST, BEFORE, "d1:1 j1:4 p1:8 f1:2 d2:10 j2:40 p2:35"),
        # on the day itself an instalment is due
        (IN_ADVANCE, FIRST, "d1:1 f1:2 j1:4 p1:8 p2:80 d2:5"),
    ],
)
def test_the_orders_part_on_money_that_comes_early(order, on, paid):
    assert told(order, 100, TWO, on) == paid


@pytest.mark.parametrize(
    ("order", "paid"),
    [
        (INDONESIAN, "d1:1 f1:2 j1:4 p1:8"),
        (PLAIN, "d1:1 f1:2 j1:4 p1:8"),
        (IN_ADVANCE, "d1:1 f1:2 p1:8 j1:4"),
        (FEE_LAST, "d1:1 f1:2 j1:4 p1:8"),
    ],
)
def test_before_the_day_charges_that_are_due_already_come_first(order, paid):
    assert told(order, 15, pieces(1, FIRST, charges_on=day("2026-02-05")), BEFORE) == paid


@pytest.mark.parametrize(
    ("order", "paid"),
    [
        (INDONESIAN, "j1:4 p1:8 d1:1 f1:2"),
        (PLAIN, "d1:1 f1:2 j1:4 p1:8"),
        (IN_ADVANCE, "p1:8 d1:1 f1:2 j1:4"),
        (FEE_LAST, "d1:1 j1:4 p1:8 f1:2"),
    ],
)
def test_a_charge_that_is_not_due_yet_waits_its_turn(order, paid):
    assert told(order, 15, pieces(1, FIRST, charges_on=day("2026-02-12")), BEFORE) == paid


def test_of_two_charges_the_older_is_paid_first():
    older = Piece(1, PENALTY, 5, FIRST, day("2026-02-01"))
    newer = Piece(1, PENALTY, 5, FIRST, day("2026-02-08"))

    shares, rest = allocate(INDONESIAN, 7, [newer, older], on=AFTER)

    assert [(one.piece, one.amount) for one in shares] == [(older, 5), (newer, 2)]
    assert rest == 0


def test_a_single_rupiah_pays_a_single_part():
    assert told(INDONESIAN, 1, TWO, AFTER) == "d1:1"
    assert told(IN_ADVANCE, 1, TWO, BEFORE) == "p1:1"


def test_what_nothing_is_owed_for_is_left_over():
    assert told(INDONESIAN, 200, TWO, AFTER).endswith("p2:80 +35")
    assert allocate(INDONESIAN, 7, [], on=AFTER) == ([], 7)


def test_an_order_nobody_knows_is_a_bug():
    with pytest.raises(KeyError):
        allocate("MY_OWN_ORDER", 1, TWO, on=AFTER)


a_piece = st.builds(
    Piece,
    st.integers(1, 4),
    st.sampled_from(COMPONENTS),
    st.integers(1, 10**9),
    st.dates(BEFORE, AFTER),
    st.dates(BEFORE, AFTER),
)


@ANY
@given(st.sampled_from(sorted(ORDERS)), st.integers(1, 10**10), st.lists(a_piece, max_size=12), st.dates(BEFORE, AFTER))
def test_shares_and_rest_sum_to_the_money_and_no_part_gets_too_much(order, amount, owed, on):
    shares, rest = allocate(order, amount, owed, on=on)

    assert sum(one.amount for one in shares) + rest == amount
    assert rest == max(amount - sum(one.amount for one in owed), 0)
    assert all(0 < one.amount <= one.piece.amount for one in shares)
    assert sum(one.amount < one.piece.amount for one in shares[:-1]) == 0
