"""`python -m tests.bench [name ...] [--small]`: measure, and hold it against the aims.

The names are singles, batches, verify, history, door, timing, quotes, repayments, night, portfolio, balance, desk,
pages, papers and issuing; none: all. `--small` is for seeing that they run. It makes its own database and drops it.
"""

import argparse
import signal
import sys
import time
from collections.abc import Callable, Iterator

from tests.bench.figures import Figure, table
from tests.bench.place import machine, prepared

NAMES = (
    "singles",
    "batches",
    "verify",
    "history",
    "door",
    "timing",
    "quotes",
    "repayments",
    "night",
    "portfolio",
    "balance",
    "desk",
    "pages",
    "papers",
    "issuing",
)


def measures() -> dict[str, Callable[[bool], Iterator[Figure]]]:
    """By name, in the order they run; importable only when Django is set up."""
    from tests.bench import batches, desk, door, issuing, lending, pages, papers, quotes, reads, singles

    kernel = (singles.measure, batches.measure, reads.measure_verify, reads.measure_history)
    doors = (door.measure, door.measure_timing, quotes.measure)
    loans = (lending.measure_repayments, lending.measure_night, lending.measure_portfolio, lending.measure_balance)
    found = (*kernel, *doors, *loans, desk.measure, pages.measure, papers.measure, issuing.measure)
    return dict(zip(NAMES, found, strict=True))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"of {', '.join(NAMES)}; none: all")
    parser.add_argument("--small", action="store_true", help="little data and little time; the figures mean nothing")
    given = parser.parse_args()
    if unknown := set(given.names) - set(NAMES):
        parser.error(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the database and the server go with us
    figures: list[Figure] = []
    with prepared():
        print(machine(), flush=True)
        for name, measure in measures().items():
            if given.names and name not in given.names:
                continue
            begun = time.monotonic()
            print(f"{name} ...", flush=True)
            for figure in measure(given.small):
                print(f"  {table([figure]).splitlines()[1]}", flush=True)
                figures.append(figure)
            print(f"{name}: {time.monotonic() - begun:.0f} s in all, with the filling", flush=True)
    print("\n" + table(figures) + "\n" + ("--small: no figure for the record" if given.small else ""))
    return 0 if given.small else int(any(figure.verdict == "NOT MET" for figure in figures))


if __name__ == "__main__":
    sys.exit(main())
