"""Two-posting entries one by one, against the least PostgreSQL can do for the same figures, from the same processes.

Ours includes everything the product does: `acts.post_one`. The floor is one prepared statement in autocommit that
inserts an entry and two lines and raises two balances, in tables of the same columns with a primary key and no more.
"""

import multiprocessing
import os
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection
from statistics import median
from typing import Any

from django.db import connection

from ledger.ids import uuid7
from tests.bench.acts import ACTOR, TODAY, BenchBook, opened, post_one
from tests.bench.figures import Figure
from tests.bench.place import as_owner
from tests.bench.worker import work

AIMS = {1: 0.5, 4: 0.5, 8: 0.4}
ROUNDS = 3
RAW_TABLES = (
    "create table raw_account as table ledger_account with no data",
    "alter table raw_account add primary key (group_id, id)",
    "create table raw_entry as table ledger_entry with no data",
    "alter table raw_entry add primary key (group_id, id)",
    "create table raw_line as table ledger_posting with no data",
    "alter table raw_line add primary key (group_id, seq, number)",
    "grant select, insert, update on raw_account, raw_entry, raw_line to public",
)
# The same accounts and no others: row security hides the ledger's own even from the owner.
RAW_ACCOUNT = """
    insert into raw_account (group_id, id, code, name, name_en, kind, normal, balance, version)
    values (%s, %s, '1-1010', 'Kas', 'Cash', 'asset', 'D', 0, 0)"""
# The last update runs first and `f` after it, always: two workers on one book wait and never deadlock.
RAW = """
    with e as (
        insert into raw_entry (group_id, id, seq, effective_on, recorded_at, kind, actor_id, command_id, lines, hash)
        values (%(group)s, %(id)s, %(seq)s, %(day)s, clock_timestamp(), 'payment', %(actor)s, %(key)s, 2, %(hash)s)
    ), l as (
        insert into raw_line (group_id, seq, number, account_id, debit, credit, effective_on,
                              account_version, balance_after)
        values (%(group)s, %(seq)s, 1, %(cash)s, %(amount)s, 0, %(day)s, 0, 0),
               (%(group)s, %(seq)s, 2, %(fees)s, 0, %(amount)s, %(day)s, 0, 0)
    ), f as (
        update raw_account set balance = balance + %(amount)s, version = version + 1, last_on = %(day)s
         where group_id = %(group)s and id = %(fees)s
    )
    update raw_account set balance = balance + %(amount)s, version = version + 1, last_on = %(day)s
     where group_id = %(group)s and id = %(cash)s"""


def measure(small: bool) -> Iterator[Figure]:
    """1, 4 and 8 connections on random books, then 8 on one book."""
    books = [opened() for _ in range(50 if small else 1_000)]
    as_owner(*RAW_TABLES)
    with connection.cursor() as cursor:
        cursor.executemany(RAW_ACCOUNT, [(book.group_id, id) for book in books for id in (book.cash, book.fees)])
    as_owner("vacuum analyze")
    seconds = 1.0 if small else 5.0
    for connections, aim in AIMS.items():
        yield from _compared(f"singles, {connections} connections", connections, books, seconds, aim)
    yield from _compared("singles, 8 connections, one book", 8, books[:1], seconds, None)


def _compared(
    name: str, connections: int, books: Sequence[BenchBook], seconds: float, aim: float | None
) -> Iterator[Figure]:
    """The floor and ours in turns; the ratio is the median of the turns' ratios."""
    with _workers(connections, books) as pipes:
        _run(pipes, "raw", 0.5)
        _run(pipes, "ours", 0.5)
        turns = [(_run(pipes, "raw", seconds), _run(pipes, "ours", seconds)) for _ in range(ROUNDS)]
    raw, ours = (median(turn[side] for turn in turns) for side in (0, 1))
    ratio = median(ours / raw for raw, ours in turns)
    yield Figure(name, ratio, "of the floor", least=aim, note=f"{ours:,.0f} of {raw:,.0f} tx/s")


@contextmanager
def _workers(count: int, books: Sequence[BenchBook]) -> Iterator[list[Connection]]:
    """Processes that each have a Django and a connection of their own."""
    spawn = multiprocessing.get_context("spawn")
    pipes, processes = [], []
    for _ in range(count):
        ours, theirs = spawn.Pipe()
        process = spawn.Process(target=work, args=(theirs,), daemon=True)
        process.start()
        theirs.close()  # so that a worker that dies is an end of file here, not a silence
        ours.send(list(books))
        pipes.append(ours)
        processes.append(process)
    try:
        for pipe in pipes:
            pipe.recv()
        yield pipes
    finally:
        for pipe in pipes:
            pipe.close()
        for process in processes:
            process.join()


def _run(pipes: Sequence[Connection], which: str, seconds: float) -> float:
    """Transactions a second of all workers together."""
    start = time.time() + 0.1
    for pipe in pipes:
        pipe.send((which, start, seconds))
    done: list[int] = [pipe.recv() for pipe in pipes]
    return sum(done) / seconds


def acts_of(books: Sequence[BenchBook]) -> dict[str, Callable[[], None]]:
    """What a worker may be told to do, each time on one of the books."""
    raw = _Raw()
    return {"raw": lambda: raw.post_one(random.choice(books)), "ours": lambda: post_one(random.choice(books))}


class _Raw:
    """The floor on this process's own connection; the numbers of its entries are nobody else's."""

    def __init__(self) -> None:
        connection.ensure_connection()
        self.cursor: Any = connection.connection.cursor()
        self.seq = os.getpid() * 10**11

    def post_one(self, book: BenchBook) -> None:
        self.seq += 1
        values: dict[str, Any] = {
            "group": book.group_id,
            "cash": book.cash,
            "fees": book.fees,
            "id": uuid7(),
            "key": uuid7(),
        }
        values |= {"seq": self.seq, "day": TODAY, "actor": ACTOR, "hash": bytes(32), "amount": 10_000}
        self.cursor.execute(RAW, values, prepare=True)
        assert self.cursor.rowcount == 1
