"""75 entries of two lines in one `post_entries` under one command, from one connection over many books: what a night
of interest or a meeting's deposits costs. Includes all of `acts.post_many`."""

import random
import time
from collections.abc import Iterator
from statistics import median

from tests.bench.acts import opened, pairs, post_many
from tests.bench.figures import Figure

ENTRIES = 75


def measure(small: bool) -> Iterator[Figure]:
    """Postings a second, median of three runs."""
    books = [opened() for _ in range(20 if small else 200)]
    seconds = 1.0 if small else 8.0
    for book in books[:10]:
        post_many(book, pairs(book, ENTRIES))
    rates = []
    for _ in range(3):
        begun, count = time.perf_counter(), 0
        while time.perf_counter() - begun < seconds:
            book = random.choice(books)
            post_many(book, pairs(book, ENTRIES))
            count += 2 * ENTRIES
        rates.append(count / (time.perf_counter() - begun))
    yield Figure("batches of 75 entries", median(rates), "postings/s", least=12_000)
