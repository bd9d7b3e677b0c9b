"""What grows with the books: proving all of them, and reading one very long account."""

import time
from collections.abc import Callable, Iterator
from statistics import median
from typing import Any

from django.db import connection

from ledger import proofs, queries
from ledger.context import in_book
from ledger.entries import NewEntry
from ledger.money import credit, debit
from ledger.tasks import reader
from tests.bench.acts import ACTOR, TODAY, BenchBook, opened, pairs, post_many
from tests.bench.figures import Figure
from tests.bench.place import as_owner

LINES, SMALL_LINES = 1_000_000, 50_000
_long: list[BenchBook] = []


def measure_verify(small: bool) -> Iterator[Figure]:
    """Everything `verify_books` does, on the reader's connection, over all the books there are by then, filled up to a
    million postings with entries of two lines in one book. The tables are vacuumed and analysed first."""
    wanted = SMALL_LINES if small else LINES
    book = long_book()
    while (missing := wanted - stored()) > 0:
        _fill(book, -(-missing // 2))
    as_owner("vacuum analyze")
    total, begun = stored(), time.perf_counter()
    with reader() as proving:
        findings = list(proofs.prove(proving))
    seconds = time.perf_counter() - begun
    yield Figure("verify", seconds, "s", most=60, note=f"{total:,} postings")
    yield Figure("verify, findings", len(findings), "", most=0, note=findings[0].what if findings else "")


def measure_history(small: bool) -> Iterator[Figure]:
    """`balance` and the newest page of `history` in one transaction, as a view asks: an account with a thousand lines
    against one with a million, by turns, medians of 200. The tables are vacuumed and analysed first."""
    short, long = opened(), long_book()
    _fill(short, 1_000)
    wanted = SMALL_LINES if small else LINES
    _widen(long, wanted - 1_000 - lines_of(long))
    _fill(long, 1_000)
    as_owner("vacuum analyze")
    for book in (short, long) * 10:
        _read(book)
    times: dict[BenchBook, list[float]] = {short: [], long: []}
    for book in (short, long) * 200:
        times[book].append(timed(_read, book))
    quick, slow = median(times[short]), median(times[long])
    note = f"{slow * 1000:.2f} ms at {lines_of(long):,} lines, {quick * 1000:.2f} ms at {lines_of(short):,}"
    yield Figure("history, long account", slow / quick, "x the short", most=1.2, note=note)


def long_book() -> BenchBook:
    """The one book that both measures fill."""
    if not _long:
        _long.append(opened())
    return _long[0]


def timed(work: Callable[..., Any], *given: Any) -> float:
    begun = time.perf_counter()
    work(*given)
    return time.perf_counter() - begun


def stored() -> int:
    """Postings in all books."""
    with reader() as reading:
        row = reading.execute("select count(*) from ledger_posting").fetchone()
    return int(row[0]) if row else 0


def lines_of(book: BenchBook) -> int:
    """Lines on the book's cash account."""

    def ask() -> int:
        with connection.cursor() as cursor:
            cursor.execute(
                "select version from ledger_account where group_id = %s and id = %s", [book.group_id, book.cash]
            )
            return int(cursor.fetchone()[0])

    return in_book(book.group_id, ACTOR, ask)


def _fill(book: BenchBook, entries: int) -> None:
    """Entries of two lines over three months, a thousand a command."""
    while entries > 0:
        post_many(book, pairs(book, min(entries, 1_000), spread=90))
        entries -= 1_000


def _widen(book: BenchBook, lines: int) -> None:
    """More lines on the cash account, quickly: a hundred an entry."""
    entry = NewEntry(TODAY, "payment", [debit(book.cash, 100)] * 100 + [credit(book.fees, 10_000)])
    while lines > 0:
        count = min(-(-lines // 100), 20)
        post_many(book, [entry] * count)
        lines -= count * 100


def _read(book: BenchBook) -> None:
    def ask() -> None:
        queries.balance(book.group_id, book.cash)
        page = queries.history(book.group_id, book.cash, limit=50)
        assert len(page.lines) == 50

    in_book(book.group_id, ACTOR, ask)
