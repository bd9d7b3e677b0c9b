"""What a page weighs on the wire, and how long it takes over a slow one on a slow phone."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Page

KB = 1024
FIRST, REPEAT, REQUESTS = 40 * KB, 5 * KB, 8
"""The most a page weighs when it is opened first, when it is opened again, and asks for at once."""
QUIET, PATIENCE = 0.5, 10.0
"""Seconds without a request after which a page is taken to be done, and in which it has to come to that."""


@dataclass
class Load:
    """What one opening of a page brought over the wire: bytes with headers, and the addresses asked."""

    bytes: int = 0
    asked: dict[str, int] = field(default_factory=dict)

    def __str__(self) -> str:
        each = ", ".join(f"{address.rsplit('/', 1)[-1] or '/'} {size}" for address, size in self.asked.items())
        return f"{self.bytes} bytes in {len(self.asked)} requests ({each})"


@contextmanager
def on_the_wire(page: Page, *, patience: float = PATIENCE) -> Iterator[Load]:
    """Count what is loaded meanwhile, and until nothing has been asked for half a second; whatever is done meanwhile is
    part of that half second. What the browser has kept weighs nothing."""
    load, addresses, kept = Load(), {}, set()
    under_way: dict[str, str] = {}
    latest = time.monotonic()
    session = page.context.new_cdp_session(page)

    def asks(event: dict[str, Any]) -> None:
        nonlocal latest
        if event["request"]["url"].startswith("http"):
            addresses[event["requestId"]] = under_way[event["requestId"]] = event["request"]["url"]
            latest = time.monotonic()

    def answered(event: dict[str, Any]) -> None:
        if event["response"].get("fromDiskCache"):
            kept.add(event["requestId"])

    def ended(event: dict[str, Any]) -> None:
        nonlocal latest
        address = under_way.pop(event["requestId"], None)
        if address is not None:
            latest = time.monotonic()

    def loaded(event: dict[str, Any]) -> None:
        address = addresses.get(event["requestId"])
        if address is not None and event["requestId"] not in kept:
            load.asked[address] = load.asked.get(address, 0) + int(event["encodedDataLength"])
            load.bytes += int(event["encodedDataLength"])
        ended(event)

    session.on("Network.requestWillBeSent", asks)
    session.on("Network.responseReceived", answered)
    session.on("Network.requestServedFromCache", lambda event: kept.add(event["requestId"]))
    session.on("Network.loadingFinished", loaded)
    session.on("Network.loadingFailed", ended)
    session.send("Network.enable")
    try:
        yield load
        session.send("Runtime.evaluate", {"expression": "0"})  # what happened meanwhile is heard before the answer
        given_up = time.monotonic() + patience
        while (rest := QUIET - (time.monotonic() - latest)) > 0 or under_way:
            assert time.monotonic() < given_up, f"{page.url} goes on asking: {', '.join(under_way.values())}"
            page.wait_for_timeout(max(rest, 0.02) * 1000)
    finally:
        session.send("Network.disable")
        session.detach()


def loaded(page: Page, path: str) -> Load:
    """What it weighs to open this, in this tab, now."""
    with on_the_wire(page) as load:
        page.goto(path)
    return load


def weight(load: Load, *, most_bytes: int = FIRST, most_requests: int = REQUESTS) -> None:
    """Raises AssertionError when it is too heavy."""
    assert load.bytes <= most_bytes, f"{load}: more than {most_bytes} bytes"
    assert len(load.asked) <= most_requests, f"{load}: more than {most_requests} requests"


def slow(page: Page, *, kbps: int = 400, milliseconds: int = 400, cpu: float = 6) -> None:
    """From now on as on a cheap phone in a village."""
    session = page.context.new_cdp_session(page)
    bytes_a_second = kbps * 1000 // 8
    told = {"offline": False, "latency": milliseconds}
    told |= {"downloadThroughput": bytes_a_second, "uploadThroughput": bytes_a_second}
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", told)
    session.send("Emulation.setCPUThrottlingRate", {"rate": cpu})


OBSERVE = """
window.lumbungVitals = { lcp: 0, cls: 0, longest: 0 };
const watch = (type, each) => new PerformanceObserver((list) => list.getEntries().forEach(each))
  .observe({ type, buffered: true });
watch("largest-contentful-paint", (one) => { lumbungVitals.lcp = one.startTime; });
watch("layout-shift", (one) => { if (!one.hadRecentInput) lumbungVitals.cls += one.value; });
watch("longtask", (one) => { lumbungVitals.longest = Math.max(lumbungVitals.longest, one.duration); });
"""


@dataclass(frozen=True)
class Vitals:
    """Milliseconds until the largest thing stood there, how far things jumped, and milliseconds of the longest task."""

    lcp: float
    cls: float
    longest: float


def vitals(page: Page, path: str) -> Vitals:
    """Open this and measure. A tab that has opened nothing yet measures a first load."""
    page.add_init_script(OBSERVE)
    page.goto(path, wait_until="load")
    page.wait_for_function("() => lumbungVitals.lcp > 0")
    page.wait_for_timeout(300)
    return Vitals(**page.evaluate("() => lumbungVitals"))


def lcp(page: Page, path: str) -> float:
    """Milliseconds until the largest thing of a page stands there, on a cheap phone in a village."""
    slow(page)
    return vitals(page, path).lcp
