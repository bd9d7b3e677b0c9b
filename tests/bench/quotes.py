"""A quote of twelve rows with its price, pure: no database, no JSON. Beside it the least Python can do for the same
figures: twelve dates, roundings and tuples, and the exponentials of the two roots."""

import math
import time
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from functools import partial
from statistics import median

from loans.pricing import price
from loans.schedule import schedule
from loans.terms import Method, Terms, check
from tests.bench.figures import Figure

METHODS: tuple[Method, ...] = ("flat", "equal_principal", "annuity")
BEGUN = date(2026, 1, 15)
STEPS = 4
"""Newton's steps to a usual rate; there are two rates."""


def measure(small: bool) -> Iterator[Figure]:
    """Microseconds a quote, median of runs; schedule, price and the check of the terms together."""
    runs = 20 if small else 400
    for method in METHODS:
        terms = Terms(3_000_000, Decimal("1.5"), "month", method, 12, BEGUN)
        floor, ours = _microseconds(_least, runs), _microseconds(partial(_quoted, terms), runs)
        yield Figure(f"quote of 12 rows, {method}", ours, "µs", most=60, note=f"floor {floor:.1f} µs")


def _quoted(terms: Terms) -> None:
    check(terms)
    price(terms, schedule(terms))


def _least() -> None:
    balance, rows = 3_000_000, []
    for number in range(1, 13):
        due_on = date(2026 + number // 12, number % 12 + 1, 15)
        interest = (balance * 15 + 500) // 1_000
        balance -= 250_000
        rows.append((number, due_on, 250_000, interest, 0, balance, BEGUN))
    for _ in range(2 * STEPS):
        sum([row[2] * math.exp(-0.02 * row[0]) for row in rows])


def _microseconds(act: Callable[[], None], runs: int) -> float:
    found = []
    for _ in range(runs):
        begun = time.perf_counter()
        for _ in range(50):
            act()
        found.append((time.perf_counter() - begun) / 50)
    return median(found) * 1e6
