"""Pages over the wire of a village: 400 kbit/s, 400 ms there and back, a processor six times slower than this one.

For every page of the table of addresses, opened for the first time on a phone of 360 × 740 by the first who may see it,
from a server as `./run` starts it. Nothing of it is cached; that scripts run the browser has said before, at the login.
What a page weighs is held by a test; what is timed is measured here alone.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from members.keyed import SCRIPTS
from tests.bench.figures import Figure

SMALL = 2


def measure(small: bool) -> Iterator[Figure]:
    """Milliseconds until the largest thing stands there, and what the page weighs."""
    from django.utils import timezone

    from tests.browser import village as villages
    from tests.browser import wire
    from tests.browser.pages import Answers, pages
    from tests.browser.site import environment_here, served
    from tests.browser.village import Village
    from tests.browser.visits import Visits, browser

    village = Village.told(villages.make(timezone.localdate()))
    found = pages()[: SMALL if small else None]
    weights: list[tuple[int, int, int, str]] = []
    with tempfile.TemporaryDirectory() as folder, served(environment_here(), Path(folder)) as url, browser() as opened:
        answers = Answers(village, url)
        visits = Visits(opened, url, village, answers.session)
        for page in found:
            role, path = answers.first_eyes(page), page.path(page.ids(village))
            if role is None:
                continue
            tab = signed_in(visits.opens("phone", role), url)
            first, again = wire.loaded(tab, path), wire.loaded(tab, path)
            tab = signed_in(visits.opens("phone", role), url)
            wire.slow(tab)
            seen = wire.vitals(tab, path)
            visits.closes()
            weights.append((first.bytes, len(first.asked), again.bytes, page.name))
            weighs = f"{first.bytes / wire.KB:.1f} KB in {len(first.asked)} requests, "
            weighs += f"again {again.bytes / wire.KB:.1f} KB"
            moves = f"shift {seen.cls:.3f}, longest task {seen.longest:.0f} ms"
            yield Figure(f"page {page.name}, largest paint", seen.lcp, "ms", most=2_000, note=f"{weighs}; {moves}")
    print(heaviest(weights), flush=True)


def signed_in(tab: Any, url: str) -> Any:
    """With the cookie that the login's page left beside the session."""
    tab.context.add_cookies([{"name": SCRIPTS, "value": "1", "url": url}])
    return tab


def heaviest(weights: list[tuple[int, int, int, str]]) -> str:
    """The ten pages that weigh most when they are opened first."""
    lines = [f"  {'page':<24} {'first':>8} {'requests':>9} {'again':>8}"]
    for first, requests, again, name in sorted(weights, reverse=True)[:10]:
        lines.append(f"  {name:<24} {first / 1024:>5.1f} KB {requests:>9} {again / 1024:>5.1f} KB")
    return "\n".join(lines)
