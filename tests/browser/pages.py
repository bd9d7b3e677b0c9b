"""Which pages there are, whose they are, and where: read from the table of addresses and from `access.ACTS`, so that a
new page is walked without being named here. What neither of them tells is taught in the few words below.
"""

import http.client
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from members.access import ACTS, MEMBER
from tests.browser.village import ANONYMOUS, ROLES, Village

SIGN_IN = "/masuk"
NO_PAGES = frozenset({"healthz", "readyz", "metrics", "document-pdf"})
"""What is below neither API nor operator's pages and yet for programs, or a file. The API's documentation is another's
work."""
OPEN = frozenset({"home", "login", "components", "enrol", "login-card", "login-password", "login-passkey"})
OPEN |= {"verify", "verify-code"}
"""Pages for whoever comes by."""
LEADS_ON: dict[str, frozenset[str]] = {"p:home": frozenset({"member", "operator", "lender"})}
"""Pages of a group that lead these on to another page instead."""
NOT_FOR: dict[str, frozenset[str]] = {"group-new": frozenset({"member", "lender"})}
"""Pages beside any group that are refused to these: only an officer or an operator opens another group."""
HERS_ALONE = frozenset({"p:ask-wrong"})
"""Pages about one member that nobody else is shown, not even an officer."""
LENDERS_ALONE = frozenset({"p:document-lender"})
"""Pages for who signs in for a lender; officers have one of their own for it."""
NOT_LENDERS = frozenset({"p:document", "p:agreement-paper", "p:loan-paper", "p:receipt-paper", "p:strip-paper"})
"""Pages about one thing, here a member's, that a lender finds if it is its own."""
OWN_THINGS = frozenset({"end"})
"""Pages beside any group about one thing of somebody's, here the treasurer's: nobody else finds it."""
PARTICULAR: dict[str, str] = {}
"""Page → the ids it is shown with, where those of "full" do not fit: "waiting" has a request for a loan, "late" one
whose loan is late (see `Village.ids`)."""
OPERATORS_PAGES = (
    "/operator/",
    "/operator/password_change/",
    *(f"/operator/{name}/" for name in ("members/user", "members/group", "members/seat", "members/token")),
    *(f"/operator/{name}/" for name in ("members/session", "ledger/job", "ledger/outbox", "axes/accessattempt")),
)
PEOPLE = (ANONYMOUS, *ROLES)

Answer = tuple[int, str]


@dataclass(frozen=True)
class PageAddress:
    """One page of the table: its name, the words its address is filled with, the act it declares, and whether it has a
    form of its own."""

    name: str
    wanted: tuple[str, ...]
    act: str | None
    has_form: bool

    def path(self, ids: dict[str, str]) -> str:
        """Its address in this place. Raises AssertionError for a word nobody has taught the village."""
        unknown = [word for word in self.wanted if word not in ids]
        assert not unknown, (
            f"page {self.name}: the walk does not know what to put for {', '.join(unknown)}; "
            "teach it in _addresses of tests/browser/village.py"
        )
        return reverse(self.name, kwargs={word: ids[word] for word in self.wanted})

    def fits(self, ids: dict[str, str]) -> bool:
        """Whether the place has all its address needs."""
        return all(word in ids for word in self.wanted)

    @property
    def of_a_group(self) -> bool:
        return "group_id" in self.wanted

    @property
    def of_a_member(self) -> bool:
        """Whether a member may look, and the address says whose things they are."""
        hers = {"member_id", "loan_id", "command"} & set(self.wanted)
        return bool(hers) and self.act is not None and MEMBER in ACTS[self.act]

    def ids(self, village: Village) -> dict[str, str]:
        return village.ids[PARTICULAR.get(self.name, "full")]


def pages() -> list[PageAddress]:
    """Every page of the table of addresses, but for the operator's."""
    return sorted(_found(get_resolver().url_patterns, "", (), ""), key=lambda page: page.name)


def _found(patterns: Any, route: str, wanted: tuple[str, ...], space: str) -> Iterator[PageAddress]:
    for pattern in patterns:
        here = route + str(pattern.pattern)
        if here.startswith(("api/", "operator/")):
            continue
        words = (*wanted, *pattern.pattern.converters)
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from _found(pattern.url_patterns, here, words, inner)
        elif pattern.name not in NO_PAGES:
            yield _page(pattern, here, words, space)


def _page(pattern: URLPattern, route: str, words: tuple[str, ...], space: str) -> PageAddress:
    assert pattern.name, f"the page at {route} has no name; links and the walk need one"
    view = getattr(pattern.callback, "view_class", None)
    return PageAddress(f"{space}{pattern.name}", words, act_of(pattern.callback), hasattr(view, "send"))


def act_of(callback: Any) -> str | None:
    """The act a view declares: as `rule.act` or `act`, on itself, on its class, or on its methods."""
    view = getattr(callback, "view_class", None)
    places = [callback, view, *(getattr(view, method, None) for method in ("get", "post"))]
    while getattr(callback, "__wrapped__", None) is not None:
        callback = callback.__wrapped__
        places.append(callback)
    for place in places:
        act = getattr(getattr(place, "rule", None), "act", None) or getattr(place, "act", None)
        if isinstance(act, str):
            return act
    return None


def expected(page: PageAddress, role: str, village: Village) -> frozenset[str]:
    """How the page may answer her: "shown", "leads on", "sign in", "not allowed", "not there", "takes no GET"."""
    if not page.of_a_group:
        if role in NOT_FOR.get(page.name, ()):
            return frozenset({"not allowed"})
        if page.name in OWN_THINGS and role not in (ANONYMOUS, "treasurer"):
            return frozenset({"not there"})
        if role != ANONYMOUS:
            return frozenset({"shown", "leads on", "takes no GET"})
        return frozenset({"shown" if page.name in OPEN else "sign in", "takes no GET"})
    if role == ANONYMOUS:
        return frozenset({"sign in"})
    assert page.act is not None, f"page {page.name} stands below a group and declares no act of access.ACTS"
    titles = village.logins[role].titles
    if titles is None:
        return frozenset({"not there"})
    if titles.isdisjoint(ACTS[page.act]):
        return frozenset({"not allowed"})
    if page.name in HERS_ALONE and role != "member":
        return frozenset({"not there"})
    if page.name in (NOT_LENDERS if role == "lender" else LENDERS_ALONE):
        return frozenset({"not there"})
    return frozenset({"leads on" if role in LEADS_ON.get(page.name, ()) else "shown"})


@dataclass
class Answers:
    """What the pages of one server say to everybody, each asked once and with one session of hers."""

    village: Village
    url: str
    sessions: dict[str, str] = field(default_factory=dict)
    heard: dict[tuple[str, str], str] = field(default_factory=dict)

    def session(self, role: str) -> str:
        """Her cookie."""
        if role not in self.sessions:
            self.sessions[role] = self.village.session(role)
        return self.sessions[role]

    def to(self, role: str, path: str) -> str:
        """In the words of `said`."""
        if (role, path) not in self.heard:
            cookie = None if role == ANONYMOUS else self.session(role)
            self.heard[role, path] = said(asks(self.url, path, cookie))
        return self.heard[role, path]

    def first_eyes(self, page: PageAddress) -> str | None:
        """The first who is shown the page: whoever comes by, where it is for them, an officer, a member, the operator.
        None where there is nothing to look at."""
        path = page.path(page.ids(self.village))
        roles = (ANONYMOUS, *ROLES) if page.name in OPEN else ROLES
        shown = (role for role in roles if "shown" in expected(page, role, self.village))
        return next((role for role in shown if self.to(role, path) == "shown"), None)


def said(answer: Answer) -> str:
    """The same words, for what came back."""
    status, location = answer
    if status in (301, 302, 303, 307):
        return "sign in" if urlsplit(location).path.startswith(SIGN_IN) else "leads on"
    return {200: "shown", 403: "not allowed", 404: "not there", 405: "takes no GET"}.get(status, f"status {status}")


def asks(url: str, path: str, cookie: str | None) -> Answer:
    """The status and, if it leads elsewhere, where to; without a browser. A form that leads to itself, with a key of
    its own, is asked again."""
    status, location = _asks(url, path, cookie)
    if location and urlsplit(location).path == path and urlsplit(location).query:
        return _asks(url, location, cookie)
    return status, location


def _asks(url: str, path: str, cookie: str | None) -> Answer:
    place = urlsplit(url)
    connection = http.client.HTTPConnection("127.0.0.1", place.port, timeout=30)
    headers = {"Host": place.netloc} | ({"Cookie": f"{settings.SESSION_COOKIE_NAME}={cookie}"} if cookie else {})
    try:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status, answer.headers.get("Location", "")
    finally:
        connection.close()
