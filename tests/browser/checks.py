"""What every page has to keep, as checks that raise `Fault` with a sentence for each thing found.

They look at the page as it stands, in the browser, with its own styles; each has a test that shows it can fail.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

HERE = Path(__file__).resolve().parent
NARROW = (320, 640)
PHONE = (360, 740)
DOUBLED = (640, 400)
"""A desk of 1280 × 800 at 200 %: a browser lays a page out in half the pixels."""
LARGER_TYPE = 1.3
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

AMOUNT = re.compile(r"[+−]?Rp\d{1,3}(\.\d{3})*")
LIKE_AN_AMOUNT = re.compile(  # a sign, if it is none between words; the currency; a number as anybody writes it
    r"(?:(?<!\w)(?:[-–—−+](?=Rp|IDR)|[+−]\s))?\b(?:Rp|IDR)\.?\s*"
    r"[-−]?\d[\d.,]*(?:(?<=[.,])-)?(?:\s?(?:rb|ribu|jt|juta)\b)?",
    re.I,
)
GROUPED = re.compile(r"(?<![\w.,])\d{1,3}(?:\.\d{3})+(?![\w.,]*\d)")
BY_COMMAS = re.compile(r"(?<![\w.,])\d{1,3}(?:,\d{3})+(?![\w.,]*\d)")
ABBREVIATED = re.compile(r"(?<![\w.,])\d+(?:,\d+)?\s?(?:rb|jt)\b", re.I)
TO_BE_TYPED = re.compile(r"\b(?:misalnya|ditulis|atau) \d[\d.]*(?:rb|jt)?\b", re.I)
"""How an amount is typed into a box that has Rp before it."""
LEFTOVER = re.compile(r"\{[{%]|[%}]\}|%\(\w+\)s")
# Nothing that is an Indonesian word too: total, status, data, bank, menu, debit, no (nomor), transfer, operator.
ENGLISH = frozenset((HERE / "looks" / "english.txt").read_text().split())
ALLOWED = re.compile(r"WhatsApp|wa\.me|PIN|PDF|QR|API|Chrome|Android|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
WORD = re.compile(r"(?<![\w.])[A-Za-z]+(?!\w|\.\w)")  # ledger.verify_book is a name


class Fault(AssertionError):
    """What a page does wrong, a sentence each."""

    def __init__(self, page: Page, check: str, sentences: Iterable[str]) -> None:
        self.sentences = [f"{check}: {one}" for one in sentences]
        super().__init__("\n".join([place(page), *self.sentences]))


def place(page: Page) -> str:
    """Which page, and how wide."""
    return f"{page.url} at {page.viewport_size['width'] if page.viewport_size else '?'} px"


@cache
def script(name: str) -> str:
    """A function to be called in the page."""
    return (HERE / "looks" / f"{name}.js").read_text()


def no_sideways(page: Page) -> None:
    """Nothing is wider than the screen and nothing cut off: at 320 px, at 200 % on a desk, on a phone of 360 px with
    letters × 1.3."""
    found = []
    with seen_at(page, *NARROW):
        found += [f"at {NARROW[0]} px, {one}" for one in page.evaluate(script("sideways"), NARROW[0])]
        resize(page, *PHONE)
        with larger_type(page):
            found += [f"with larger letters, {one}" for one in page.evaluate(script("sideways"), PHONE[0])]
        resize(page, *DOUBLED)
        found += [f"at 200 %, {one}" for one in page.evaluate(script("sideways"), DOUBLED[0])]
    refuse(page, "no_sideways", found)


@contextmanager
def seen_at(page: Page, width: int, height: int) -> Iterator[None]:
    """In a window of this size; afterwards in the one before."""
    before = page.viewport_size
    resize(page, width, height)
    try:
        yield
    finally:
        if before:
            resize(page, before["width"], before["height"])


def resize(page: Page, width: int, height: int) -> None:
    page.set_viewport_size({"width": width, "height": height})


@contextmanager
def whole(page: Page) -> Iterator[None]:
    """In a window as high as the page, so that no bar at the foot lies over what one scrolls to."""
    width = page.viewport_size["width"] if page.viewport_size else NARROW[0]
    height = page.evaluate("() => Math.max(innerHeight, document.documentElement.scrollHeight)")
    with seen_at(page, width, height):
        yield


@contextmanager
def larger_type(page: Page) -> Iterator[None]:
    """As for somebody who set larger letters in her browser. A constructed style sheet is no inline style."""
    page.evaluate(
        """(times) => {
            const size = parseFloat(getComputedStyle(document.documentElement).fontSize) * times;
            window.lumbungLarger = new CSSStyleSheet();
            window.lumbungLarger.replaceSync(`html { font-size: ${size}px !important }`);
            document.adoptedStyleSheets.push(window.lumbungLarger);
        }""",
        LARGER_TYPE,
    )
    try:
        yield
    finally:
        page.evaluate(
            "document.adoptedStyleSheets = document.adoptedStyleSheets.filter((one) => one !== window.lumbungLarger)"
        )


@cache
def axe_source() -> str:
    return (HERE / "vendor" / "axe.min.js").read_text()


def axe(page: Page, *, but: Iterable[str] = ()) -> None:
    """WCAG 2.0 to 2.2, A and AA, and what is good practice; `but` names rules left out. Targets count as a rule."""
    if not page.evaluate("() => Boolean(window.axe)"):
        page.evaluate(axe_source())
    options = {
        "runOnly": {"type": "tag", "values": TAGS},
        "rules": {"target-size": {"enabled": True}} | {name: {"enabled": False} for name in but},
        "resultTypes": ["violations"],
        "preload": False,  # else it tries to read style sheets by inline ones, which the policy refuses
    }
    with whole(page):
        answer = page.evaluate("(options) => axe.run(document, options)", options)
    refuse(page, "axe", [sentence for one in answer["violations"] for sentence in _violation(one)])


def _violation(one: dict[str, Any]) -> Iterator[str]:
    for node in one["nodes"]:
        why = " ".join(node.get("failureSummary", "").split("\n")[1:]).strip()
        yield f"{one['help']} ({one['id']}) at {' '.join(map(str, node['target']))}: {' '.join(why.split())}"


def indonesian(page: Page, *, but: Iterable[str] = ()) -> None:
    """No English word but those named, no leftover of a template, and every amount as Rp1.250.000."""
    found: list[str] = []
    for block in page.evaluate(script("words")):
        text, where = " ".join(block["text"].split()), block["where"]
        told = misspoken(text, rupiah=block["rupiah"], short=block["short"], but=but)
        found += [f'{one} in {where} "{text[:80]}"' for one in told]
    refuse(page, "indonesian", found)


def misspoken(text: str, *, rupiah: bool = False, short: bool = False, but: Iterable[str] = ()) -> Iterator[str]:
    """What is not said as we say it; `rupiah`: below a heading (Rp); `short`: where Rp20.000 may be 20rb."""
    english = ENGLISH.difference(but)
    for word in WORD.findall(ALLOWED.sub(" ", text)):
        if word.lower() in english:
            yield f"the English word “{word}”"
    if left := LEFTOVER.search(text):
        yield f"the leftover “{left[0]}”"
    rest = text = TO_BE_TYPED.sub(" ", text)
    for like in LIKE_AN_AMOUNT.finditer(text):
        amount = like[0].rstrip(".,")  # of the sentence around it
        if not AMOUNT.fullmatch(amount):
            yield f"the amount “{amount}”"
        rest = rest.replace(like[0], " ", 1)
    for number in BY_COMMAS.findall(rest):
        yield f"the number “{number}”"
    if not rupiah:
        for number in GROUPED.findall(rest):
            yield f"the amount “{number}” without Rp"
    if not short:
        for number in ABBREVIATED.findall(rest):
            yield f"the abbreviated amount “{number}”"


def targets(page: Page, *, least: int = 24, primary: int = 48) -> None:
    """What is tapped is large enough."""
    refuse(page, "targets", page.evaluate(script("targets"), {"least": least, "primary": primary}))


def keyboard(page: Page) -> None:
    """Tab stops at everything that can be used, in the order of the page, seen by who looks, and goes on."""
    known = page.evaluate(script("stops"))
    found, inner, last = list(known["early"]), 0, -1
    reached: list[int] = []
    for _ in range(known["count"] * 2 + 20):
        page.keyboard.press("Tab")
        now = page.evaluate(script("focused"))
        if now is None or (now["at"] == 0 and reached):
            break
        if now["at"] < 0:
            if not now["scrolls"]:
                found.append(f"{now['name']} is focused and nothing to use")
            continue
        if now["at"] == last:
            inner += 1
            if not now["parts"] or inner > 8:
                found.append(f"{now['name']} does not let the focus go")
                break
            continue
        last, inner = now["at"], 0
        reached.append(now["at"])
        if not now["seen"]:
            found.append(f"{now['name']} looks the same when it is focused")
    if reached != sorted(reached):
        found.append(f"the order is {reached}")
    missed = sorted(set(range(known["count"])) - set(reached))
    names = page.evaluate("(missed) => missed.map((at) => lumbungStops.called(lumbungStops.stops[at]))", missed)
    found += [f"{name} is not reached" for name in names]
    refuse(page, "keyboard", found)


def refuse(page: Page, check: str, found: Iterable[str]) -> None:
    """Raises Fault if anything was found."""
    if sentences := list(dict.fromkeys(found)):
        raise Fault(page, check, sentences)


ALL: tuple[Callable[[Page], None], ...] = (no_sideways, axe, indonesian, targets, keyboard)


def looks_right(page: Page, *checks: Callable[[Page], None]) -> None:
    """All checks, or those named, told together. Raises Fault."""
    found: list[str] = []
    for check in checks or ALL:
        try:
            check(page)
        except Fault as fault:
            found += fault.sentences
    if found:
        raise AssertionError("\n".join([place(page), *found]))
