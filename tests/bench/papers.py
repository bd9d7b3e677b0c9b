"""A member's statement printed and sealed, beside WeasyPrint alone on the same HTML and style sheet; and a long one.

Seconds of computing, not on the clock: the press forks, and what the fork and the seal computed is added up. WeasyPrint
alone is a process of its own that has everything imported, drawing one document after the other as its manual says.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from statistics import median

from config.seal import made
from reports import drawing
from reports.press import HERE, Press, environment
from reports.signing import FileKey
from tests.bench.figures import Figure
from tests.reports.samples import statement

ALONE = """
import json, resource, sys, weasyprint
from reports.pressroom import MARKS, Shelf
given = json.loads(sys.stdin.readline())
weasyprint.LOGGER.disabled = True
def spent():
    one = resource.getrusage(resource.RUSAGE_SELF)
    return one.ru_utime + one.ru_stime
for line in sys.stdin:
    begun, shelf = spent(), Shelf(MARKS | given["marks"])
    css = weasyprint.CSS(string=given["css"], url_fetcher=shelf)
    html = weasyprint.HTML(string=given["html"], url_fetcher=shelf)
    html.write_pdf(stylesheets=[css], pdf_variant="pdf/a-3a", pdf_tags=True)
    print(spent() - begun, flush=True)
"""


def measure(small: bool) -> Iterator[Figure]:
    """Medians of pairs, one run of each in turn; the first pair is left out."""
    runs = 3 if small else 20
    press, key = Press(), FileKey(b"".join(made()))
    try:
        pairs = list(_pairs(press, key, runs))[1:]
        ours, alone = median(one for one, _ in pairs), median(other for _, other in pairs)
        note = f"WeasyPrint alone {alone * 1000:.0f} ms"
        yield Figure("statement of one page, sealed, computing", ours * 1000, "ms", most=120, note=note)
        yield Figure("against WeasyPrint alone", median(one / other for one, other in pairs), "times", most=1.3)
        yield from _long(press, key, 2 if small else 5)
    finally:
        press.stop()


def _pairs(press: Press, key: FileKey, runs: int) -> Iterator[tuple[float, float]]:
    """Ours and WeasyPrint alone, in seconds."""
    sheet = drawing.sheet(statement(3))
    css = (HERE / "print.css").read_text()
    asked = json.dumps({"html": sheet.html, "css": css, "marks": dict(sheet.marks)})
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-c", ALONE]
        pipe = subprocess.PIPE
        with subprocess.Popen(command, env=environment(folder), text=True, stdin=pipe, stdout=pipe) as other:
            assert other.stdin and other.stdout
            print(asked, file=other.stdin)
            for _ in range(runs):
                ours = _ours(press, key)
                print("once", file=other.stdin, flush=True)
                yield ours, float(other.stdout.readline())
            other.stdin.close()


def _ours(press: Press, key: FileKey) -> float:
    """Seconds of computing for template, press and seal."""
    begun = _spent()
    printed = drawing.draw(statement(3), press)
    assert printed.pages == 1
    key.sign(printed.pdf)
    return _spent() - begun + printed.cpu_seconds


def _long(press: Press, key: FileKey, runs: int) -> Iterator[Figure]:
    """300 rows: seconds on the clock, and memory of the fork at its most."""
    seconds, memory = [], 0
    for _ in range(runs):
        begun = time.perf_counter()
        printed = drawing.draw(statement(300), press)
        key.sign(printed.pdf)
        seconds.append(time.perf_counter() - begun)
        memory = max(memory, printed.memory)
    yield Figure(
        "statement of 300 rows, sealed",
        median(seconds),
        "s",
        most=2,
        note=f"{printed.pages} pages, {printed.cpu_seconds:.1f} s of computing",
    )
    yield Figure("its memory", memory / 1024**2, "MB", most=200)


def _spent() -> float:
    own = resource.getrusage(resource.RUSAGE_SELF)
    return own.ru_utime + own.ru_stime
