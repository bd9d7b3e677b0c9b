"""`python -m tests.browser.shots [--out DIR] [name ...]`: pictures of pages, for people to look at.

Every page of the table of addresses, or those named, on a phone (360 px) and at a desk (1280 px), as the first who may
see it, and those of a new group too. It makes its own database and drops it.
"""

import argparse
import tempfile
from pathlib import Path

from tests.bench.place import prepared


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.browser.shots", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help="of pages, as in the table of addresses; none: all")
    parser.add_argument("--out", type=Path, default=Path("shots"), help="the folder, ./shots unless told")
    parser.add_argument("--dark", action="store_true", help="as for somebody who likes it dark")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    with prepared():
        for path in taken(given.out, given.names, dark=given.dark):
            print(path, flush=True)
    return 0


def taken(out: Path, names: list[str], *, dark: bool = False):
    """Take the pictures; gives their paths. In a database that is empty."""
    from django.utils import timezone

    from tests.browser import village as villages
    from tests.browser.checks import whole
    from tests.browser.pages import Answers, pages
    from tests.browser.site import environment_here, served
    from tests.browser.village import Village
    from tests.browser.visits import Visits, browser

    village = Village.told(villages.make(timezone.localdate()))
    known = {page.name: page for page in pages()}
    if unknown := set(names) - set(known):
        raise SystemExit(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    more = {"color_scheme": "dark"} if dark else {}
    with tempfile.TemporaryDirectory() as folder, served(environment_here(), Path(folder)) as url, browser() as opened:
        answers = Answers(village, url)
        visits = Visits(opened, url, village, answers.session)
        for page in (known[name] for name in names or known):
            eyes = answers.first_eyes(page)
            views = [("", eyes, page.path(page.ids(village)))] if eyes else []
            if eyes and page.of_a_group and page.fits(village.ids["empty"]):
                views.append(("-new", "newcomer", page.path(village.ids["empty"])))
            for state, role, path in views:
                for device in ("phone", "desk"):
                    tab = visits.opens(device, role, **more)
                    tab.goto(path, wait_until="networkidle")
                    file = out / f"{page.name.replace(':', '-')}{state}-{device}.png"
                    with whole(tab):
                        tab.screenshot(path=file)
                    visits.closes()
                    yield file
        for complaint in visits.complaints:
            print(f"the browser complains: {complaint}")


if __name__ == "__main__":
    raise SystemExit(main())
