"""The press: the same bytes for the same paper, nothing from outside, and a bad document goes down alone."""

import contextlib
import hashlib
import io
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pypdf
import pytest

from reports import drawing
from reports.errors import AskedOutside, NotPrinted, TookTooLong, TooLarge
from reports.press import Attachment, Limits, Press, Sheet
from tests.conftest import ROOT
from tests.reports.samples import statement, text


@pytest.fixture(scope="module")
def press():
    running = Press()
    yield running
    running.stop()


def sheet(body: str, head: str = "", **given) -> Sheet:
    html = f"<!doctype html><html lang=id><head><title>Coba</title>{head}</head><body>{body}</body></html>"
    return Sheet(html=html, identifier="coba", made_on=date(2026, 11, 24), **given)


def prints(press: Press) -> bool:
    return "baik" in text(press.print(sheet("<p>baik</p>")).pdf)


# ── the same bytes ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_same_paper_gives_the_same_bytes(press):
    paper = drawing.sheet(statement(3))

    assert press.print(paper) == press.print(paper)


def test_another_process_gives_the_same_bytes(press):
    paper = drawing.sheet(statement(3))
    again = Press()
    try:
        assert press.print(paper).pdf == again.print(paper).pdf
    finally:
        again.stop()


def test_what_was_printed_before_leaves_no_trace(press):
    before = press.print(sheet("<p>satu</p>")).pdf
    press.print(drawing.sheet(statement(40)))

    assert press.print(sheet("<p>satu</p>")).pdf == before


def test_another_paper_gives_other_bytes(press):
    digests = {hashlib.sha256(press.print(sheet(f"<p>{word}</p>")).pdf).hexdigest() for word in ("satu", "dua")}

    assert len(digests) == 2


def test_pages_are_counted(press):
    assert press.print(sheet("<p>a</p><p style='break-before: page'>b</p>")).pages == 2


def test_attachments_go_along(press):
    given = Attachment("angka.json", "application/json", b'{"a": 1}', "Angka")
    pdf = press.print(sheet("<p>a</p>", attachments=(given,))).pdf

    assert pypdf.PdfReader(io.BytesIO(pdf)).attachments["angka.json"] == [b'{"a": 1}']


# ── nothing from outside ────────────────────────────────────────────────────────────────────────────────────────────

TRICKS = {
    "an attachment": ("", "<link rel=attachment href=file:///etc/passwd>"),
    "an attachment by anchor": ("<a rel=attachment href=file:///etc/passwd>a</a>", ""),
    "a picture over http": ("<img src=http://169.254.169.254/ alt=a>", ""),
    "a picture from a file": ("<img src=file:///etc/passwd alt=a>", ""),
    "a data address": ("<img src='data:image/svg+xml,<svg/>' alt=a>", ""),
    "a style sheet": ("", "<link rel=stylesheet href=file:///etc/passwd>"),
    "an import": ("", "<style>@import url(http://127.0.0.1/a.css);</style>"),
    "a font": ("", "<style>@font-face{font-family:x;src:url(file:///etc/passwd)}</style>"),
    "an address in a style": ("<p style='background:url(http://127.0.0.1/a.png)'>a</p>", ""),
    "an address in content": ("<p>a</p>", "<style>p::before{content:url(file:///etc/hostname)}</style>"),
    "a list's mark": ("<ul><li style='list-style-image:url(file:///etc/hostname)'>a</ul>", ""),
    "an object": ("<object data=file:///etc/passwd>a</object>", ""),
    "an embedding": ("<embed src=file:///etc/passwd>", ""),
    "a base and what follows": ("<img src=passwd alt=a>", "<base href=file:///etc/>"),
    "a mark that is not ours": ("<img src=mark:../../etc/passwd alt=a>", ""),
}


@pytest.mark.parametrize("trick", TRICKS)
def test_a_paper_that_asks_for_anything_is_refused_whole(press, trick):
    body, head = TRICKS[trick]

    with pytest.raises(AskedOutside):
        press.print(sheet(body, head))

    assert prints(press)


@pytest.mark.parametrize(
    "drawing_of",
    [
        "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'>"
        "<image href='file:///etc/hostname' width='9' height='9'/></svg>",
        "<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink' width='9' height='9'>"
        "<use xlink:href='file:///etc/hostname#a'/></svg>",
        "<!DOCTYPE svg [<!ENTITY a SYSTEM 'file:///etc/hostname'>]>"
        "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><text>&a;</text></svg>",
    ],
)
def test_a_drawing_brings_nothing_in(press, drawing_of):
    hostname = Path("/etc/hostname").read_text().strip()
    try:
        pdf = press.print(sheet("<img src=mark:x alt=x>", marks={"x": drawing_of})).pdf
    except NotPrinted:
        return
    assert hostname not in text(pdf)


def test_a_link_is_only_a_link(press):
    pdf = press.print(sheet("<a href=https://lumbung.example/v/a>a</a>")).pdf

    links: list[Any] = pypdf.PdfReader(io.BytesIO(pdf)).pages[0].annotations or []
    assert [one.get_object()["/A"]["/URI"] for one in links] == ["https://lumbung.example/v/a"]


def test_the_press_has_none_of_the_services_secrets(press, monkeypatch):
    monkeypatch.setenv("MASTER_KEY", "rahasia")
    other = Press()
    try:
        other.print(sheet("<p>a</p>"))
        assert other.process is not None
        told = Path(f"/proc/{other.process.pid}/environ").read_bytes()
    finally:
        other.stop()
    assert b"rahasia" not in told


# ── a bad document goes down alone ──────────────────────────────────────────────────────────────────────────────────


def test_too_much_computing_ends_it_and_the_next_is_printed(press):
    many = "<table>" + "<tr><td>a<td>b<td>c<td>d" * 4_000 + "</table>"

    with pytest.raises(TookTooLong):
        press.print(sheet(many), Limits(cpu_seconds=1))

    assert prints(press)


def test_too_long_on_the_clock_ends_it_and_the_next_is_printed(press):
    many = "<table>" + "<tr><td>a<td>b<td>c<td>d" * 4_000 + "</table>"

    with pytest.raises(TookTooLong):
        press.print(sheet(many), Limits(seconds=0.2))

    assert prints(press)


def test_too_much_memory_ends_it_and_the_next_is_printed(press):
    many = "<table>" + "<tr><td>a<td>b<td>c<td>d" * 6_000 + "</table>"
    room = 12 * 1024 * 1024 + size_of(press)

    with pytest.raises(NotPrinted) as refused:
        press.print(sheet(many), Limits(memory=room))

    assert isinstance(refused.value, TooLarge) or "SIG" in refused.value.facts["what"]
    assert prints(press)


def size_of(press: Press) -> int:
    """The address space of the press itself."""
    press.print(sheet("<p>a</p>"))
    assert press.process is not None
    return int(Path(f"/proc/{press.process.pid}/statm").read_text().split()[0]) * 4096


def test_a_huge_colspan_is_no_way_to_hang(press):
    with contextlib.suppress(TookTooLong):
        press.print(sheet("<table><tr><td colspan=65534>a</table>"), Limits(cpu_seconds=2))

    assert prints(press)


def test_a_press_that_was_killed_is_replaced(press):
    assert prints(press)
    assert press.process is not None
    press.process.kill()
    press.process.wait()

    assert prints(press)


def test_the_press_knows_no_django():
    asked = "import sys, reports.pressroom; print(any(name.split('.')[0] == 'django' for name in sys.modules))"
    told = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True)

    assert told.stdout.strip() == "False"
