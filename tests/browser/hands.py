"""What hands do: taps that are counted, a form filled in to sign in, and a key that lives in the device."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import CDPSession, Locator, Page

COUNTS = """
addEventListener("touchstart", () => {
  sessionStorage.setItem("lumbungTaps", Number(sessionStorage.getItem("lumbungTaps")) + 1);
}, { capture: true, passive: true });
"""


class Taps:
    """How often a screen was touched, over all the pages of one tab."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.add_init_script(COUNTS)

    @property
    def count(self) -> int:
        return int(self.page.evaluate("() => Number(sessionStorage.getItem('lumbungTaps'))"))


def taps(page: Page) -> Taps:
    """Count from the next page this tab opens. What is to count is tapped (`locator.tap()`), not clicked."""
    return Taps(page)


def taps_fast(page: Page, what: Locator, times: int = 10) -> None:
    """As an impatient finger: on the same spot, waiting for nothing."""
    what.scroll_into_view_if_needed()
    box = what.bounding_box()
    assert box is not None, "there is nothing to tap"
    for _ in range(times):
        page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_load_state("networkidle")


def picks(box: Locator, label: str) -> None:
    """Open the phone's own list and choose; what is touched in the list itself no page hears."""
    box.tap()
    box.select_option(label=label)


def reaches(page: Page, what: Locator, *, most: int = 120) -> None:
    """By the Tab key alone, from wherever the focus is."""
    for _ in range(most):
        if what.evaluate("(it) => it === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{what} is not reached")


def signs_in_by_form(page: Page, username: str, password: str, *, at: str) -> None:
    """As she does: her name, her password, the button of the form."""
    page.goto(at)
    page.locator("input[autocomplete~=username]").fill(username)
    page.locator("input[type=password]").fill(password)
    page.locator("form:has(input[type=password])").locator("button, [type=submit]").last.click()
    page.wait_for_load_state()


@dataclass
class Authenticator:
    """A device that keeps passkeys and asks nobody."""

    session: CDPSession
    id: str

    @property
    def credentials(self) -> list[dict[str, Any]]:
        """The passkeys it keeps."""
        found = self.session.send("WebAuthn.getCredentials", {"authenticatorId": self.id})
        return list(found["credentials"])

    def recognises(self, her: bool) -> None:
        """Whether the screen lock lets her through from now on."""
        told = {"authenticatorId": self.id, "isUserVerified": her}
        self.session.send("WebAuthn.setUserVerified", told)

    def forgets(self) -> None:
        """All passkeys are gone, as with a new phone."""
        self.session.send("WebAuthn.clearCredentials", {"authenticatorId": self.id})


@contextmanager
def virtual_authenticator(page: Page) -> Iterator[Authenticator]:
    """A platform authenticator (screen lock) that keeps passkeys, on this page. It works on localhost."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "ctap2Version": "ctap2_1",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    added = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    try:
        yield Authenticator(session, added["authenticatorId"])
    finally:
        session.send("WebAuthn.disable")
        session.detach()
