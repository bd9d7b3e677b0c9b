"""Who looks at pages, and on what: a phone, a desk, the narrowest screen, and a phone without scripts."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, sync_playwright

from config.trial import chromium
from tests.browser.village import ANONYMOUS, Village

TOUCHED: dict[str, Any] = {"has_touch": True, "is_mobile": True, "device_scale_factor": 2}
DEVICES: dict[str, dict[str, Any]] = {
    "phone": {"viewport": {"width": 360, "height": 740}} | TOUCHED,
    "narrow": {"viewport": {"width": 320, "height": 640}} | TOUCHED,
    "desk": {"viewport": {"width": 1280, "height": 800}},
    "plain": {"viewport": {"width": 360, "height": 740}, "java_script_enabled": False} | TOUCHED,
}
QUIET = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
QUIET += " --disable-component-update --disable-sync"


@contextmanager
def browser() -> Iterator[Browser]:
    """The system's Chromium. While it is open, this thread may ask no database (`Village.does` may)."""
    with sync_playwright() as playwright:
        opened = launched(playwright)
        try:
            yield opened
        finally:
            opened.close()


def launched(playwright: Playwright) -> Browser:
    """Its own controls (a date's parts, what a required field says) speak English: Debian packs its languages apart."""
    return playwright.chromium.launch(executable_path=chromium(), args=QUIET.split())


class Visits:
    """Everything one test opens, and what the browser had to complain of: errors of scripts, refused by the policy, or
    not found. Everybody signs in with a new session of hers, unless `session` gives her one."""

    def __init__(
        self, opened: Browser, url: str, village: Village | None = None, session: Callable[[str], str] | None = None
    ) -> None:
        self.browser, self.url = opened, url
        self.session = session or (village.session if village else None)
        self.contexts: list[BrowserContext] = []
        self.kept: dict[tuple[str, str], Page] = {}
        self.complaints: list[str] = []

    def opens(self, device: str, role: str = ANONYMOUS, **more: Any) -> Page:
        """A tab on a device of its own, in which she is signed in. `more` is Playwright's, for the context."""
        given = {"base_url": self.url, "locale": "id-ID", "timezone_id": "Asia/Jakarta"} | DEVICES[device] | more
        context = self.browser.new_context(**given)
        self.contexts.append(context)
        context.set_default_timeout(10_000)
        context.on("console", self._hears)
        context.on("weberror", lambda error: self.complaints.append(f"{error.page and error.page.url}: {error.error}"))
        if role != ANONYMOUS:
            self.signs_in(context, role)
        return context.new_page()

    def returns(self, device: str, role: str = ANONYMOUS) -> Page:
        """The tab she used before on this device, with all that its browser has kept, or a first one."""
        if (device, role) not in self.kept:
            self.kept[device, role] = self.opens(device, role)
        return self.kept[device, role]

    def signs_in(self, context: BrowserContext, role: str) -> None:
        """Without the form: a session of hers, as its cookie."""
        assert self.session is not None
        name, value = settings.SESSION_COOKIE_NAME, self.session(role)
        context.add_cookies([{"name": name, "value": value, "url": self.url, "httpOnly": True, "sameSite": "Lax"}])

    def _hears(self, message: ConsoleMessage) -> None:
        if message.type != "error":
            return
        where = message.location["url"]
        if message.text.startswith("Failed to load resource") and message.page and where == message.page.url:
            return  # the page itself has another status than 200, which is its test's to say
        self.complaints.append(f"{where}: {message.text}")

    def told(self) -> list[str]:
        """What there was to complain of since it was asked last."""
        for tab in self.kept.values():
            tab.evaluate("0")  # what it said before is heard before the answer
        told, self.complaints[:] = list(self.complaints), []
        return told

    def closes(self) -> None:
        for context in self.contexts:
            context.close()
        self.contexts.clear()
        self.kept.clear()
