"""Who may do what at every address: role × method × route × whose thing.

The routes are walked in the URL table, so an endpoint without a row here fails, and a row without an endpoint.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from ledger.context import outside_books
from ledger.ids import uuid7
from ledger.models import Command, Entry
from members import logins, services
from members.models import (
    Consent,
    Disclosure,
    Group,
    Member,
    Membership,
    Officer,
    PendingAct,
    Person,
    Pin,
    Seat,
    Token,
    User,
)
from members.views import ways_urls
from savings.models import Account, Due, Movement, Product, Rate
from tests.cast import CASH, GRANT
from tests.door import PASSWORD, PIN, Answer, Kelompok, Phone, comes_in, signs_in, somebody, standing, undone
from tests.members.lent import Bank

TABLE = """
                                                    anon off  new  memb exof gone chai trea secr supv oper nmem ntre
GET    /                                            +    +    +    +    +    +    +    +    +    +    +    +    +
GET    /komponen                                    +    +    +    +    +    +    +    +    +    +    +    +    +
GET    /healthz                                     +    +    +    +    +    +    +    +    +    +    +    +    +
GET    /readyz                                      +    +    +    +    +    +    +    +    +    +    +    +    +
GET    /metrics                                     .    .    .    .    .    .    .    .    .    .    .    .    .
GET    /api/v1/schema/                              +    +    +    +    +    +    +    +    +    +    +    +    +
GET    /api/v1/docs/                                +    +    +    +    +    +    +    +    +    +    +    +    +

POST   auth/tokens                                  +    +    +    +    +    +    +    +    +    +    +    +    +
GET    auth/tokens                                  !    !    ?    +    +    +    +    +    +    +    +    +    +
DELETE auth/tokens/current                          !    !    +    +    +    +    +    +    +    +    +    +    +
DELETE auth/tokens/{token}                          !    !    ?    +    +    +    +    +    +    +    +    +    +
POST   auth/password                                !    !    +    +    +    +    +    +    +    +    +    +    +
GET    me                                           !    !    ?    +    +    +    +    +    +    +    +    +    +
GET    groups                                       !    !    ?    +    +    +    +    +    +    +    +    +    +
POST   groups                                       !    !    ?    -    -    -    +    +    +    +    +    -    +

GET    groups/{group}                               !    !    ?    +    +    .    +    +    +    +    +    .    .
PATCH  groups/{group}                               !    !    ?    -    -    .    +    +    -    -    -    .    .
GET    groups/{group}/members                       !    !    ?    +    +    .    +    +    +    +    -    .    .
POST   groups/{group}/members                       !    !    ?    -    -    .    +    +    +    -    -    .    .
GET    groups/{group}/members/{member}              !    !    ?    +    +    .    +    +    +    +    -    .    .
PATCH  groups/{group}/members/{member}              !    !    ?    -    -    .    +    +    +    -    -    .    .
POST   groups/{group}/members/{member}/login        !    !    ?    -    -    .    +    +    +    -    -    .    .
POST   groups/{group}/members/{member}/enrolment     !    !    ?    -    -    .    +    +    +    -    -    .    .
POST   groups/{group}/members/{member}/card          !    !    ?    -    -    .    +    +    +    -    -    .    .
DELETE groups/{group}/members/{member}/ways          !    !    ?    -    -    .    +    +    +    -    -    .    .
POST   groups/{group}/members/{member}/leave        !    !    ?    -    -    .    +    +    +    +    -    .    .
POST   groups/{group}/members/{member}/rejoin       !    !    ?    -    -    .    +    +    +    -    -    .    .
POST   groups/{group}/members/{member}/erasure      !    !    ?    -    -    .    +    +    +    +    -    .    .
GET    groups/{group}/members/{member}/sights       !    !    ?    +    +    .    +    +    +    +    -    .    .
GET    groups/{group}/members/{member}/export       !    !    ?    +    +    .    +    +    +    +    -    .    .
GET    groups/{group}/disputes                      !    !    ?    +    +    .    +    +    +    +    -    .    .
POST   groups/{group}/disputes                      !    !    ?    +    +    .    +    +    +    +    -    .    .
POST   groups/{group}/disputes/{dispute}/answer     !    !    ?    -    -    .    +    +    +    -    -    .    .
GET    groups/{group}/consents                      !    !    ?    -    -    .    +    +    +    +    -    .    .
POST   groups/{group}/consents                      !    !    ?    -    -    .    +    +    +    +    -    .    .
GET    groups/{group}/consents/{consent}            !    !    ?    -    -    .    +    +    +    +    -    .    .
DELETE groups/{group}/consents/{consent}            !    !    ?    -    -    .    +    +    +    +    -    .    .
GET    groups/{group}/access-log                    !    !    ?    -    -    .    +    +    +    +    -    .    .
GET    groups/{group}/lenders/{lender}/login        !    !    ?    -    -    .    +    +    +    +    -    .    .
POST   groups/{group}/lenders/{lender}/login        !    !    ?    -    -    .    +    +    +    -    -    .    .
DELETE groups/{group}/lenders/{lender}/login/{user} !    !    ?    -    -    .    +    +    +    -    -    .    .
GET    groups/{group}/portal                        !    !    ?    -    -    .    +    +    +    +    -    .    .
GET    groups/{group}/portal/loans                  !    !    ?    -    -    .    +    +    +    +    -    .    .
GET    groups/{group}/portal/members                !    !    ?    -    -    .    +    +    +    +    -    .    .
GET    groups/{group}/officers                      !    !    ?    -    -    .    +    +    +    +    -    .    .
POST   groups/{group}/officers                      !    !    ?    -    -    .    +    +    -    -    -    .    .
DELETE groups/{group}/officers/{officer}            !    !    ?    -    -    .    +    +    -    -    -    .    .
POST   groups/{group}/officers/{officer}/pin        !    !    ?    -    -    .    +    +    +    +    -    .    .
GET    groups/{group}/pending                       !    !    ?    -    -    .    +    +    +    +    -    .    .
DELETE groups/{group}/pending/{pending}             !    !    ?    -    -    .    +    +    +    +    -    .    .

GET    groups/{group}/ledger/accounts               !    !    ?    -    -    .    +    +    +    +    -    .    .
GET    groups/{group}/ledger/entries                !    !    ?    -    -    .    +    +    +    +    -    .    .
POST   groups/{group}/ledger/entries                !    !    ?    -    -    .    -    +    -    -    -    .    .
GET    groups/{group}/ledger/entries/{entry}        !    !    ?    -    -    .    +    +    +    +    -    .    .
POST   groups/{group}/ledger/entries/{entry}/reversal !  !    ?    -    -    .    -    +    -    -    -    .    .
POST   groups/{group}/entries/{entry}/reversal      !    !    ?    -    -    .    -    +    -    -    -    .    .
GET    groups/{group}/receipts/{receipt}            !    !    ?    +    +    .    +    +    +    +    -    .    .
GET    groups/{group}/ledger/head                   !    !    ?    +    +    .    +    +    +    +    -    .    .
GET    groups/{group}/ledger/trial-balance          !    !    ?    -    -    .    +    +    +    +    -    .    .
GET    groups/{group}/periods                       !    !    ?    -    -    .    +    +    +    +    -    .    .
POST   groups/{group}/periods/{month}/close         !    !    ?    -    -    .    +    +    +    +    -    .    .
POST   groups/{group}/periods/{month}/reopen        !    !    ?    -    -    .    +    +    +    +    -    .    .

GET    groups/{group}/savings/products              !    !    ?    +    +    .    +    +    +    +    -    .    .
POST   groups/{group}/savings/products              !    !    ?    -    -    .    +    +    -    -    -    .    .
GET    groups/{group}/savings/products/{product}    !    !    ?    +    +    .    +    +    +    +    -    .    .
PATCH  groups/{group}/savings/products/{product}    !    !    ?    -    -    .    +    +    -    -    -    .    .
POST   groups/{group}/savings/deposits              !    !    ?    -    -    .    -    +    -    -    -    .    .
POST   groups/{group}/savings/withdrawals           !    !    ?    -    -    .    -    +    -    -    -    .    .
GET    groups/{group}/savings/movements             !    !    ?    +    +    .    +    +    +    +    -    .    .
GET    groups/{group}/savings/movements/{movement}  !    !    ?    +    +    .    +    +    +    +    -    .    .
GET    groups/{group}/savings/dues                  !    !    ?    +    +    .    +    +    +    +    -    .    .
GET    groups/{group}/members/{member}/passbook     !    !    ?    +    +    .    +    +    +    +    -    .    .

GET    operator/portfolio                           !    !    ?    -    -    -    -    -    -    -    +    -    -
GET    groups/{group}/holidays                      !    !    ?    +    +    .    +    +    +    +    +    .    .
POST   groups/{group}/holidays                      !    !    ?    -    -    .    +    +    -    -    -    .    .
DELETE groups/{group}/holidays/{holiday}            !    !    ?    -    -    .    +    +    -    -    -    .    .
GET    groups/{group}/members/{member}/balance      !    !    ?    +    +    .    +    +    +    +    -    .    .
GET    groups/{group}/members/{member}/expected     !    !    ?    +    +    .    +    +    +    +    -    .    .
POST   groups/{group}/members/{member}/collections  !    !    ?    -    -    .    -    +    -    -    -    .    .
GET    groups/{group}/loan-products                 !    !    ?    +    +    .    +    +    +    +    -    .    .
POST   groups/{group}/loan-products                 !    !    ?    -    -    .    +    +    -    -    -    .    .
GET    groups/{group}/loan-products/{loan_product}  !    !    ?    +    +    .    +    +    +    +    -    .    .
POST   groups/{group}/loan-quotes                   !    !    ?    +    +    .    +    +    +    +    -    .    .
GET    groups/{group}/loans                         !    !    ?    +    +    .    +    +    +    +    -    .    .
POST   groups/{group}/loans                         !    !    ?    +    +    .    +    +    +    +    -    .    .
GET    groups/{group}/loans/{loan}                  !    !    ?    +    +    .    +    +    +    +    -    .    .
POST   groups/{group}/loans/{loan}/approvals        !    !    ?    -    -    .    +    +    +    +    -    .    .
POST   groups/{group}/loans/{loan}/withdrawal       !    !    ?    +    +    .    +    +    +    +    -    .    .
POST   groups/{group}/loans/{loan}/disbursement     !    !    ?    -    -    .    -    +    -    -    -    .    .
GET    groups/{group}/loans/{loan}/schedule         !    !    ?    +    +    .    +    +    +    +    -    .    .
GET    groups/{group}/loans/{loan}/repayments       !    !    ?    +    +    .    +    +    +    +    -    .    .
POST   groups/{group}/loans/{loan}/repayments       !    !    ?    -    -    .    -    +    -    -    -    .    .
GET    groups/{group}/loans/{loan}/charges          !    !    ?    +    +    .    +    +    +    +    -    .    .
POST   groups/{group}/loans/{loan}/charges          !    !    ?    -    -    .    -    +    -    -    -    .    .
POST   groups/{group}/loans/{loan}/charges/{charge}/waiver !    !    ?    -    -    .    +    +    +    +    -    .    .
GET    groups/{group}/loans/{loan}/payoff           !    !    ?    +    +    .    +    +    +    +    -    .    .
POST   groups/{group}/loans/{loan}/reschedules      !    !    ?    -    -    .    +    +    +    +    -    .    .
POST   groups/{group}/loans/{loan}/write-off        !    !    ?    -    -    .    +    +    +    +    -    .    .
GET    groups/{group}/loans/{loan}/recoveries       !    !    ?    +    +    .    +    +    +    +    -    .    .
POST   groups/{group}/loans/{loan}/recoveries       !    !    ?    -    -    .    -    +    -    -    -    .    .
GET    groups/{group}/materials                     !    !    ?    -    -    .    +    +    +    +    -    .    .
GET    groups/{group}/arrears                       !    !    ?    -    -    .    +    +    +    +    -    .    .
GET    groups/{group}/portfolio                     !    !    ?    -    -    .    +    +    +    +    -    .    .
GET    groups/{group}/lenders                       !    !    ?    -    -    .    +    +    +    +    -    .    .
POST   groups/{group}/lenders                       !    !    ?    -    -    .    +    +    -    -    -    .    .
GET    groups/{group}/lenders/{lender}              !    !    ?    -    -    .    +    +    +    +    -    .    .
PATCH  groups/{group}/lenders/{lender}              !    !    ?    -    -    .    +    +    -    -    -    .    .
GET    groups/{group}/facilities                    !    !    ?    -    -    .    +    +    +    +    -    .    .
POST   groups/{group}/facilities                    !    !    ?    -    -    .    +    +    -    -    -    .    .
GET    groups/{group}/facilities/{facility}         !    !    ?    -    -    .    +    +    +    +    -    .    .
GET    groups/{group}/facilities/{facility}/schedule !    !    ?    -    -    .    +    +    +    +    -    .    .
GET    groups/{group}/facilities/{facility}/account !    !    ?    -    -    .    +    +    +    +    -    .    .
GET    groups/{group}/facilities/{facility}/drawdowns !    !    ?    -    -    .    +    +    +    +    -    .    .
POST   groups/{group}/facilities/{facility}/drawdowns !    !    ?    -    -    .    -    +    -    -    -    .    .
GET    groups/{group}/facilities/{facility}/payments !    !    ?    -    -    .    +    +    +    +    -    .    .
POST   groups/{group}/facilities/{facility}/payments !    !    ?    -    -    .    -    +    -    -    -    .    .
GET    groups/{group}/facilities/{facility}/loans   !    !    ?    -    -    .    +    +    +    +    -    .    .
POST   groups/{group}/facilities/{facility}/loans   !    !    ?    -    -    .    -    +    -    -    -    .    .
DELETE groups/{group}/facilities/{facility}/loans/{funding} ! !  ?    -    -    .    -    +    -    -    -    .    .
GET    groups/{group}/grants                        !    !    ?    -    -    .    +    +    +    +    -    .    .
POST   groups/{group}/grants                        !    !    ?    -    -    .    -    +    -    -    -    .    .
GET    groups/{group}/capital                       !    !    ?    -    -    .    +    +    +    +    -    .    .
POST   groups/{group}/recounts                      !    !    ?    -    -    .    +    +    -    -    -    .    .
POST   groups/{group}/recounts/preview              !    !    ?    -    -    .    +    +    -    -    -    .    .
GET    groups/{group}/recounts/{job}                !    !    ?    -    -    .    +    +    -    -    -    .    .
"""
"""+ may · - 403, sees the group but it is not her act · . 404 · ! 401 · ? 403 until she has set her own password.

anon: no token. off: deactivated. new: secretary with a first password. memb: Dewi, a member. exof: secretary until her
office ended. gone: treasurer until hers ended, never a member. chai, trea, secr, supv: the officers. oper: operator of
the service, no seat. nmem, ntre: member and treasurer of another group. A member's own id stands for {member} where a
member asks. The figures are for whoever bears a token of their own, which no user has.
"""

OUTSIDE = {
    "operator/": "Django's admin: sessions, no tokens; walked by tests of its own below",
    "k/": "pages: sessions, no tokens; walked in test_page",
    "bahasa": "the language of a browser",
    "pendana": "a page of who signs in for lenders; walked in tests/reports",
    **{str(one.pattern): "pages about herself; walked in test_page" for one in ways_urls.urlpatterns},
}
"""Routes without rows, and why."""

MEANS = {"+": None, "-": (403, "not_allowed"), ".": (404, "not_found"), "!": (401, "not_authenticated")}
MEANS["?"] = (403, "password_change_required")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
STRANGE = ("OPTIONS", "TRACE", "PROPFIND", "BREW")


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    method: str
    route: str
    cells: dict[str, str]

    def __str__(self) -> str:
        return f"{self.method} {self.route}"

    @property
    def inside(self) -> bool:
        return self.route.startswith("groups/{group}")

    @property
    def things(self) -> list[str]:
        """The ids in the path that belong to the group."""
        return [name for name in re.findall(r"{(\w+)}", self.route) if name not in ("group", "month", "token")]

    @property
    def who(self) -> list[str]:
        """The columns that may."""
        return [column for column, cell in self.cells.items() if cell == "+"]


def rows() -> Iterator[Row]:
    header, *lines = [line.split() for line in TABLE.splitlines() if line.strip()]
    for method, route, *cells in lines:
        yield Row(method, route, dict(zip(header, cells, strict=True)))


ROWS = list(rows())
API = [row for row in ROWS if not row.route.startswith("/")]
INSIDE = [row for row in API if row.inside]
THINGS = [row for row in INSIDE if row.things]
WRITING = [row for row in API if row.method in ("POST", "PATCH")]


# ── the URL table ───────────────────────────────────────────────────────────────────────────────────────────────────


def walked(patterns: list[Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """Every route with its view."""
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from walked(pattern.url_patterns, route)
        else:
            assert isinstance(pattern, URLPattern)
            yield route, pattern.callback


def written(route: str) -> str:
    """A route as the table writes it."""
    short = re.sub(r"<(?:\w+:)?(\w+?)(?:_id)?>", r"{\1}", route)
    inside = short.startswith("api/v1/") and not short.endswith("/")
    return short.removeprefix("api/v1/") if inside else f"/{short}"


def methods(route: str, view: Any) -> list[str]:
    """What the view answers: a class's handlers; a function is asked."""
    kind = getattr(view, "cls", None) or getattr(view, "view_class", None)
    if kind is not None:
        return [method for method in METHODS if hasattr(kind, method.lower())]
    phone = Client(headers={"host": "localhost"})
    return [method for method in METHODS if phone.generic(method, f"/{route}").status_code != 405]


def routes() -> list[tuple[str, Any]]:
    found = walked(get_resolver("config.urls").url_patterns)
    return [(route, view) for route, view in found if not any(route.startswith(outside) for outside in OUTSIDE)]


def test_every_endpoint_has_its_row_and_every_row_its_endpoint(village):
    there = {f"{method} {written(route)}" for route, view in routes() for method in methods(route, view)}
    told = [str(row) for row in ROWS]

    assert sorted(there - set(told)) == []
    assert sorted(set(told) - there) == []
    assert len(told) == len(set(told))


# ── the people and what they hold ───────────────────────────────────────────────────────────────────────────────────


NAMES = {"memb": "dewi", "exof": "tuti", "chai": "sari", "trea": "budi", "secr": "rina", "supv": "wati"}


@dataclass
class Village:
    """Two groups of one village, with everybody who could come to the door of the first."""

    ours: Kelompok
    theirs: Kelompok
    people: dict[str, Phone]
    passwords: dict[str, str]
    entry: UUID
    their_entry: UUID
    movements: dict[str, UUID]
    their_movement: UUID
    lent: dict[str, dict[str, UUID]]
    their_lent: dict[str, UUID]
    kept: dict[str, UUID]
    their_kept: dict[str, UUID]
    banks: dict[str, Bank]

    def ids(self, column: str) -> dict[str, Any]:
        """The ids that fit into a path when she asks."""
        person, phone = NAMES.get(column, "budi"), self.people[column]
        token = phone.user and Token.objects.filter(user=phone.user).values_list("id", flat=True).first()
        return {
            "group": self.ours.id,
            "member": self.ours.members[person if column in ("memb", "exof") else "yuni"],
            "officer": self.ours.offices["rina"],
            "entry": self.entry,
            "month": "2026-03",
            "token": token or uuid7(),
            "pending": uuid7(),
            "product": self.product(self.ours),
            "movement": self.movements[person if column in ("memb", "exof") else "yuni"],
            "receipt": self.entry_of(self.ours, self.movements[person if column in ("memb", "exof") else "yuni"]),
            **self.lent[person if column in ("memb", "exof") else "yuni"],
            **self.kept,
        }

    def theirs_by_name(self) -> dict[str, Any]:
        """The neighbours' things, by the names paths give them."""
        return {
            "member": self.theirs.members["dewi"],
            "officer": self.theirs.offices["rina"],
            "entry": self.their_entry,
            "product": self.product(self.theirs),
            "movement": self.their_movement,
            "receipt": self.entry_of(self.theirs, self.their_movement),
            **self.their_lent,
            **self.their_kept,
        }

    def product(self, group: Kelompok) -> UUID:
        """Its voluntary savings."""
        found: UUID = group.asks(lambda: Product.objects.get(group_id=group.id, code="sukarela").id)
        return found

    def entry_of(self, group: Kelompok, movement: UUID) -> UUID:
        """What booked it: her receipt is found by that."""
        found: UUID = group.asks(lambda: Movement.objects.get(group_id=group.id, id=movement).entry_id)
        return found

    def second(self, column: str) -> dict[str, str]:
        return self.ours.second("budi" if column == "chai" else "sari")

    def asks_for_two(self, column: str) -> str:
        """A request of hers that waits; its id."""
        waits = self.people[column].posts(f"{self.ours.path}/periods/2026-03/close", {}, key=uuid7())
        assert waits.status == 202
        return str(waits["id"])


def with_office_ended(group: Kelompok) -> Phone:
    """Tuti, who was secretary."""
    group.joins("tuti")
    group.holds("tuti", "secretary")
    assert group.budi.deletes(f"{group.path}/officers/{group.offices.pop('tuti')}").status == 204
    return group.phones["tuti"]


def with_nothing_left(group: Kelompok) -> Phone:
    """Somebody who was treasurer without being a member; she has no seat any more."""
    user = somebody(f"{group.prefix}.ali")

    def act() -> None:
        Seat.objects.create(user=user, group=group.group, roles=["treasurer"])
        office = Officer.objects.create(group_id=group.id, user=user, role="treasurer")
        services.end_office(group.group, office)

    group.asks(act)
    return signs_in(user)


def with_first_password(group: Kelompok) -> tuple[Phone, str]:
    """Nia, secretary, who has signed in with the password she was given."""
    group.joins("nia")
    row = group.row("nia")
    office, first = group.asks(
        lambda: services.appoint_officer(group.group, row, role="secretary", username=f"{group.prefix}.nia")
    )
    return signs_in(office.user), first


def deactivated(group: Kelompok) -> Phone:
    """Lina, secretary, whose account was shut while she was signed in."""
    group.joins("lina")
    group.holds("lina", "secretary")
    phone = group.phones["lina"]
    assert phone.user is not None
    User.objects.filter(id=phone.user.id).update(is_active=False)
    return phone


@pytest.fixture(scope="module")
def lively(django_db_setup, django_db_blocker) -> Iterator[Village]:
    with standing(django_db_blocker):
        yield peopled(Kelompok.opened(), Kelompok.opened("b", "Tetangga"))


@pytest.fixture
def village(lively) -> Iterator[Village]:
    with undone():
        yield lively


def peopled(kelompok: Kelompok, neighbours: Kelompok) -> Village:
    made = kelompok.has(5_000_000)
    theirs = neighbours.has(900_000)
    new, first = with_first_password(kelompok)
    people = {
        "anon": Phone(),
        "off": deactivated(kelompok),
        "new": new,
        "memb": kelompok.phones["dewi"],
        "exof": with_office_ended(kelompok),
        "gone": with_nothing_left(kelompok),
        "chai": kelompok.phones["sari"],
        "trea": kelompok.budi,
        "secr": kelompok.phones["rina"],
        "supv": kelompok.phones["wati"],
        "oper": signs_in(somebody("operator", operator=True)),
        "nmem": neighbours.phones["dewi"],
        "ntre": neighbours.budi,
    }
    banks = lenders_of(kelompok)
    people |= {who: bank.phone for who, bank in banks.items()}
    saved = {person: UUID(saves(kelompok, person)["id"]) for person in ("dewi", "tuti", "yuni")}
    their_movement = UUID(saves(neighbours, "dewi")["id"])
    entries = UUID(made["id"]), UUID(theirs["id"])
    lent = {person: borrows(kelompok, person) for person in ("dewi", "tuti", "yuni")}
    return Village(
        *(kelompok, neighbours, people, {"new": first}, *entries, saved, their_movement),
        *(lent, borrows(neighbours, "dewi"), keeps(kelompok), keeps(neighbours), banks),
    )


def borrowing(group: Kelompok, person: str) -> dict[str, Any]:
    body = {"member_id": str(group.members[person]), "principal": 120_000, "purpose": "Kedelai", "method": "flat"}
    return body | {"rate": {"percent": "1.5", "per": "month"}, "installments": 3}


def borrows(group: Kelompok, person: str) -> dict[str, UUID]:
    """A loan of hers that was paid out, with a charge on it."""
    asked = group.budi.posts(f"{group.path}/loans", borrowing(group, person))
    path = f"{group.path}/loans/{asked['id']}"
    for officer in ("sari", "rina"):
        assert group.phones[officer].posts(f"{path}/approvals", {"decision": "approve"}).status == 201
    assert group.budi.pays(f"{path}/disbursement", {"disbursed_on": "2026-03-06"}).status == 201
    charge = group.budi.pays(f"{path}/charges", {"kind": "fee", "amount": 500, "due_on": "2026-03-20"})
    return {"loan": UUID(asked["id"]), "charge": UUID(charge["id"])}


def keeps(group: Kelompok) -> dict[str, UUID]:
    """A day off, a loan product and a recount of the group's, and what Dewi asked about her deposit."""
    entry = group.asks(lambda: Movement.objects.get(group_id=group.id, member_id=group.members["dewi"]).entry_id)
    doubted = {"text": "Bukan segini", "entry_id": str(entry)}
    bank = Bank.of(group, username=f"{group.prefix}.upk", name="UPK Kunduran")
    made = {
        "dispute": group.phones["dewi"].posts(f"{group.path}/disputes", doubted),
        "holiday": group.budi.posts(f"{group.path}/holidays", {"day": "2026-04-01"}),
        "loan_product": group.budi.posts(f"{group.path}/loan-products", {"code": "bahan", "name": "Bahan baku"}),
        "job": group.budi.posts(f"{group.path}/recounts", {"from_on": "2026-04-01"}),
        **borrowed(group),
    }
    lent = {"lender": bank.id, "user": bank.user.id, "consent": bank.may_see("totals")}
    return {name: UUID(answer["id"]) for name, answer in made.items()} | lent


def borrowed(group: Kelompok) -> dict[str, Answer]:
    """A lender, what it promised and what was drawn of that, and a loan it became."""
    lender = group.budi.posts(f"{group.path}/lenders", {"name": "UPK Kunduran", "kind": "upk"})
    facility = group.budi.posts(f"{group.path}/facilities", promising(lender["id"]))
    path = f"{group.path}/facilities/{facility['id']}"
    drawn = {"amount": 600_000, "drawn_on": "2026-03-06", "second": group.second()}
    assert group.budi.pays(f"{path}/drawdowns", drawn).status == 201
    loan = borrows(group, "yuni")["loan"]
    funding = group.budi.posts(f"{path}/loans", {"loan_id": str(loan), "amount": 50_000})
    return {"lender": lender, "facility": facility, "funding": funding}


def promising(lender: Any) -> dict[str, Any]:
    terms = {"rate": {"percent": "1", "per": "month"}, "method": "flat", "installments": 12}
    return {"lender_id": str(lender), "limit": 1_200_000, "disbursed_on": "2026-03-05"} | terms


def saves(group: Kelompok, person: str) -> Answer:
    """She brings Rp20.000 of voluntary savings."""
    return group.budi.pays(f"{group.path}/savings/deposits", saving(group, person, 20_000))


def saving(group: Kelompok, person: str, amount: int) -> dict[str, Any]:
    body = {"product": "sukarela", "amount": amount, "effective_on": "2026-03-05"}
    return {"member_id": str(group.members[person])} | body


# ── a request that fits ─────────────────────────────────────────────────────────────────────────────────────────────

LOAN = "groups/{group}/loans/{loan}"
FACILITY = "groups/{group}/facilities/{facility}"
BODIES: dict[str, Callable[[Village, str], Any]] = {
    "POST auth/tokens": lambda v, who: {"username": "a.dewi", "password": PASSWORD},
    "POST auth/password": lambda v, who: {"old": v.passwords.get(who, PASSWORD), "new": "jagung-manis-88"},
    "POST groups": lambda v, who: {"name": "Melati"},
    "PATCH groups/{group}": lambda v, who: {"village": "Cibodas"},
    "POST groups/{group}/members": lambda v, who: {"name": "Ida", "joined_on": "2026-02-02"},
    "PATCH groups/{group}/members/{member}": lambda v, who: {"address": "RT 02"},
    "POST groups/{group}/members/{member}/login": lambda v, who: {"username": "a.yuni"},
    "POST groups/{group}/members/{member}/enrolment": lambda v, who: {},
    "POST groups/{group}/members/{member}/card": lambda v, who: {},
    "POST groups/{group}/members/{member}/leave": lambda v, who: {"left_on": "2026-03-31", "second": v.second(who)},
    "POST groups/{group}/members/{member}/rejoin": lambda v, who: {"joined_on": "2026-03-01"},
    "POST groups/{group}/members/{member}/erasure": lambda v, who: {"second": v.second(who)},
    "POST groups/{group}/consents": lambda v, who: {
        "lender_id": str(v.kept["lender"]),
        "scopes": ["totals", "loans"],
        "from": str(v.banks["lall"].today),
        "to": str(v.banks["lall"].today),
        "second": v.second(who),
    },
    "POST groups/{group}/lenders/{lender}/login": lambda v, who: {"username": "a.petugas"},
    "POST groups/{group}/officers": lambda v, who: {
        "member_id": str(v.ours.members["yuni"]),
        "role": "secretary",
        "username": "a.yuni",
    },
    "POST groups/{group}/officers/{officer}/pin": lambda v, who: {"password": PASSWORD, "pin": "583920"},
    "POST groups/{group}/ledger/entries": lambda v, who: v.ours.journal(CASH, GRANT, 500),
    "POST groups/{group}/ledger/entries/{entry}/reversal": lambda v, who: {"reason": "salah catat"},
    "POST groups/{group}/entries/{entry}/reversal": lambda v, who: {"reason": "salah catat"},
    "POST groups/{group}/periods/{month}/close": lambda v, who: {"second": v.second(who)},
    "POST groups/{group}/periods/{month}/reopen": lambda v, who: {"reason": "lupa", "second": v.second(who)},
    "POST groups/{group}/savings/products": lambda v, who: {
        "code": "haji",
        "name": "Simpanan haji",
        "nature": "liability",
        "withdrawable": "any",
    },
    "PATCH groups/{group}/savings/products/{product}": lambda v, who: {"rate": "3.00"},
    "POST groups/{group}/holidays": lambda v, who: {"day": "2026-05-02", "name": "Sedekah bumi"},
    "POST groups/{group}/loan-products": lambda v, who: {"code": "musiman", "name": "Yarnen"},
    "POST groups/{group}/loan-quotes": lambda v, who: {
        "principal": 500_000,
        "rate": {"percent": "1", "per": "month"},
        "method": "annuity",
        "installments": 5,
        "disbursed_on": "2026-03-06",
    },
    "POST groups/{group}/loans": lambda v, who: borrowing(v.ours, {"memb": "dewi", "exof": "tuti"}.get(who, "yuni")),
    f"POST {LOAN}/approvals": lambda v, who: {"decision": "approve"},
    f"POST {LOAN}/withdrawal": lambda v, who: {"reason": "batal"},
    f"POST {LOAN}/disbursement": lambda v, who: {"disbursed_on": "2026-03-06"},
    f"POST {LOAN}/repayments": lambda v, who: {"amount": 41_800, "paid_on": "2026-04-06"},
    f"POST {LOAN}/charges": lambda v, who: {"kind": "penalty", "amount": 500, "due_on": "2026-04-07"},
    f"POST {LOAN}/charges/{{charge}}/waiver": lambda v, who: {"reason": "banjir", "second": v.second(who)},
    f"POST {LOAN}/reschedules": lambda v, who: {
        "effective_on": "2026-04-06",
        "terms": {"installments": 6},
        "reason": "banjir",
        "second": v.second(who),
    },
    f"POST {LOAN}/write-off": lambda v, who: {
        "effective_on": "2026-04-06",
        "mode": "books",
        "reason": "pindah",
        "second": v.second(who),
    },
    f"POST {LOAN}/recoveries": lambda v, who: {"amount": 500, "paid_on": "2026-04-06"},
    "POST groups/{group}/members/{member}/collections": lambda v, who: {
        "paid_on": "2026-04-06",
        "deposits": [{"product": "sukarela", "amount": 500}],
    },
    "POST groups/{group}/lenders": lambda v, who: {"name": "Bank Jateng", "kind": "bank"},
    "PATCH groups/{group}/lenders/{lender}": lambda v, who: {"contact_email": "upk@kunduran.example"},
    "POST groups/{group}/facilities": lambda v, who: promising(v.kept["lender"]),
    f"POST {FACILITY}/drawdowns": lambda v, who: {
        "amount": 100_000,
        "drawn_on": "2026-03-07",
        "second": v.second(who),
    },
    f"POST {FACILITY}/payments": lambda v, who: {"amount": 50_000, "paid_on": "2026-04-06", "second": v.second(who)},
    f"POST {FACILITY}/loans": lambda v, who: {"loan_id": str(v.lent["dewi"]["loan"]), "amount": 100_000},
    "POST groups/{group}/grants": lambda v, who: {
        "kind": "grant",
        "giver": "Desa",
        "amount": 500,
        "received_on": "2026-03-07",
        "second": v.second(who),
    },
    "POST groups/{group}/disputes": lambda v, who: {"text": "Setoran saya bulan lalu belum tercatat"},
    "POST groups/{group}/disputes/{dispute}/answer": lambda v, who: {"decision": "explained", "answer": "Ada di buku"},
    "POST groups/{group}/recounts": lambda v, who: {"from_on": "2026-04-01"},
    "POST groups/{group}/recounts/preview": lambda v, who: {"from_on": "2026-04-01"},
    "POST groups/{group}/savings/deposits": lambda v, who: saving(v.ours, "yuni", 500),
    "POST groups/{group}/savings/withdrawals": lambda v, who: saving(v.ours, "yuni", 500),
}


def own(village: Village, row: Row, who: str) -> dict[str, Any]:
    """Ids for the path such that a role that may finds what it acts on."""
    ids = village.ids(who)
    if row.route.endswith("/pin") and NAMES.get(who) in village.ours.offices:
        ids["officer"] = village.ours.offices[NAMES[who]]
    if row.things == ["pending"] and row.cells.get(who) == "+":
        ids["pending"] = village.asks_for_two(who)
    return ids


def sends(village: Village, row: Row, who: str, **others: Any) -> Answer:
    """Her request, valid but for the ids in `others`."""
    phone, path = village.people[who], row.route.format(**(own(village, row, who) | others))
    if path.startswith("/"):
        headers = {"Authorization": f"Bearer {phone.token}"} if phone.token else {}
        page = phone.client.generic(row.method, path, headers=headers)
        return Answer(page.status_code, page.headers, None)
    body = BODIES[str(row)](village, who) if row.method in ("POST", "PATCH") else None
    return phone.sends(row.method, path, body, key=uuid7() if row.inside and row.method == "POST" else None)


def wrong(row: Row, cell: str, got: Answer) -> Any:
    """What is not as the cell says, or None."""
    wanted = MEANS[cell]
    if row.route.startswith("/"):
        fine = got.status == (200 if wanted is None else wanted[0])
    elif wanted is None:
        fine = got.status not in (401, 403, 404)
    else:
        fine = (got.status, got.code) == wanted
    return None if fine else f"{cell} {wanted or ''}, but {got.status} {got.body}"


def differing(village: Village, row: Row, cells: dict[str, str], **others: Any) -> dict[str, Any]:
    """Column → what is not as told."""
    found = {}
    for who, cell in cells.items():
        with undone():
            found[who] = wrong(row, cell, sends(village, row, who, **others))
    return {who: difference for who, difference in found.items() if difference}


# ── the matrix ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_everybody_gets_what_the_table_says(village, row):
    assert differing(village, row, row.cells) == {}


@pytest.mark.parametrize("row", INSIDE, ids=str)
def test_another_groups_id_is_no_group_at_all(village, row):
    ours = dict.fromkeys(("memb", "exof", "gone", "chai", "trea", "secr", "supv"), ".")
    cells = ours | {"anon": "!", "off": "!", "new": "?", "oper": row.cells["oper"]}
    theirs = {"group": village.theirs.id} | village.theirs_by_name()

    assert differing(village, row, cells, group=village.theirs.id) == {}
    assert differing(village, row, cells, **theirs) == {}


@pytest.mark.parametrize("row", INSIDE, ids=str)
def test_a_group_that_is_not_there_looks_like_anothers(village, row):
    with undone():
        theirs = sends(village, row, "trea", group=village.theirs.id)
    with undone():
        nobodys = sends(village, row, "trea", group=uuid7())
    with undone():
        operators = sends(village, row, "oper", group=uuid7())

    assert (nobodys.status, nobodys.body) == (404, theirs.body)
    assert operators.body == theirs.body


@pytest.mark.parametrize("row", THINGS, ids=str)
def test_another_groups_thing_under_her_own_group_is_not_there(village, row):
    their_pending = village.theirs.phones["sari"].posts(f"{village.theirs.path}/periods/2026-03/close", {})
    theirs = village.theirs_by_name() | {"pending": their_pending["id"]}
    cells = {who: "." if cell == "+" else cell for who, cell in row.cells.items()}

    for name in row.things:
        assert differing(village, row, cells, **{name: theirs[name]}) == {}
        assert differing(village, row, cells, **{name: uuid7()}) == {}


@pytest.mark.parametrize("row", THINGS, ids=str)
def test_a_thing_that_is_not_there_looks_like_anothers(village, row):
    theirs = village.theirs_by_name() | {"pending": uuid7()}
    for name in row.things:
        with undone():
            there = sends(village, row, "trea", **{name: theirs[name]})
        with undone():
            nowhere = sends(village, row, "trea", **{name: uuid7()})

        assert there.status == nowhere.status == 404
        assert set(there.body) == set(nowhere.body)
        assert (there["title"], there.code) == (nowhere["title"], nowhere.code)


@pytest.mark.parametrize("row", [row for row in ROWS if row.method == "GET"], ids=str)
def test_head_is_as_closed_as_get(village, row):
    for who, cell in row.cells.items():
        phone, path = village.people[who], row.route.format(**own(village, row, who))
        headers = {"Authorization": f"Bearer {phone.token}"} if phone.token else {}
        answered = phone.client.head(path if path.startswith("/") else f"/api/v1/{path}", headers=headers)

        wanted = MEANS[cell]
        assert answered.status_code == (wanted[0] if wanted else 200), who
        assert answered.content == b""


def test_a_member_sees_herself_alone(village):
    dewi, path = village.people["memb"], f"{village.ours.path}/members"
    hers = village.ours.members["dewi"]

    assert [one["id"] for one in dewi.gets(path)["results"]] == [str(hers)]
    assert dewi.gets(f"{path}?search=sari")["results"] == []
    assert dewi.gets(f"{path}?status=left")["results"] == []
    assert dewi.gets(f"{path}/{hers}")["name"] == "Dewi"
    for other in ("yuni", "sari", "budi"):
        assert dewi.gets(f"{path}/{village.ours.members[other]}").status == 404


def test_an_officer_whose_office_ended_sees_herself_alone(village):
    tuti, path = village.people["exof"], f"{village.ours.path}/members"

    assert [one["name"] for one in tuti.gets(path)["results"]] == ["Tuti"]
    assert tuti.gets(f"{path}/{village.ours.members['yuni']}").status == 404


def test_lists_hold_nothing_of_the_neighbours(village):
    ours, theirs = village.ours, village.theirs

    for path in ("members", "officers", "ledger/entries", "ledger/accounts", "savings/products", "savings/movements"):
        mine = ours.budi.gets(f"{ours.path}/{path}?limit=200")["results"]
        other = theirs.budi.gets(f"{theirs.path}/{path}?limit=200")["results"]
        assert not {one["id"] for one in mine} & {one["id"] for one in other}


def test_a_cursor_of_the_neighbours_list_opens_nothing_of_theirs(village):
    ours, theirs = village.ours, village.theirs
    theirs_next = theirs.budi.gets(f"{theirs.path}/members?limit=1")["next"]

    page = ours.budi.gets(f"{ours.path}/members?cursor={theirs_next}")

    assert {one["id"] for one in page["results"]} <= {str(id) for id in ours.members.values()}


def test_a_search_finds_nothing_of_the_neighbours(village):
    village.theirs.joins("zubaidah")

    assert village.ours.budi.gets(f"{village.ours.path}/members?search=zubaidah")["results"] == []


def test_the_directory_shows_a_user_her_groups_and_an_operator_all(village):
    def shown(who: str) -> set[str]:
        return {one["id"] for one in village.people[who].gets("groups")["results"]}

    ours, theirs = str(village.ours.id), str(village.theirs.id)
    assert shown("memb") == shown("chai") == shown("exof") == {ours}
    assert shown("ntre") == {theirs}
    assert shown("gone") == set()
    assert shown("oper") == {ours, theirs}


def test_me_tells_the_seats_that_are_hers(village):
    def seats(who: str) -> list[tuple[str, list[str]]]:
        return [(one["group_id"], one["roles"]) for one in village.people[who].gets("me")["seats"]]

    ours = str(village.ours.id)
    assert seats("memb") == seats("exof") == [(ours, [])]
    assert seats("trea") == [(ours, ["treasurer"])]
    assert seats("gone") == seats("oper") == []


def test_she_revokes_and_sees_only_tokens_of_her_own(village):
    dewi, sari = village.people["memb"], village.people["chai"]
    saris = Token.objects.get(user=sari.user).id

    assert dewi.deletes(f"auth/tokens/{saris}").status == 404
    assert str(saris) not in {one["id"] for one in dewi.gets("auth/tokens")["results"]}
    assert sari.gets("me").status == 200


def test_a_waiting_request_is_withdrawn_by_whoever_made_it(village):
    pending = village.asks_for_two("chai")

    assert village.people["trea"].deletes(f"{village.ours.path}/pending/{pending}").status == 404
    assert village.people["chai"].deletes(f"{village.ours.path}/pending/{pending}").status == 204


def test_nobody_sets_the_pin_of_another(village):
    path = f"{village.ours.path}/officers/{village.ours.offices['sari']}/pin"

    refused = village.people["trea"].posts(path, {"password": PASSWORD, "pin": "583920"})

    assert (refused.status, refused.code) == (403, "not_allowed")


@pytest.mark.parametrize("person", ["dewi", "nobody"])
def test_an_office_is_given_to_no_member_of_another_group(village, person):
    member = village.theirs.members.get(person, uuid7())
    body = {"member_id": str(member), "role": "secretary", "username": "a.yuni"}

    assert village.people["trea"].posts(f"{village.ours.path}/officers", body).status == 404


@pytest.mark.parametrize("which", ["theirs", "nobodys", "a plain member's", "ended"])
def test_the_second_officer_is_one_of_this_group(village, which):
    found = {
        "theirs": village.theirs.offices["sari"],
        "nobodys": uuid7(),
        "a plain member's": village.ours.members["dewi"],
        "ended": village.ours.asks(lambda: Officer.objects.get(member_id=village.ours.members["tuti"]).id),
    }
    body = {"second": {"officer_id": str(found[which]), "pin": PIN}}

    refused = village.people["trea"].posts(f"{village.ours.path}/periods/2026-02/close", body)

    assert (refused.status, refused.code) == (403, "second_not_valid")


@pytest.mark.parametrize("act", ["leave", "erasure"])
@pytest.mark.parametrize("whose", ["theirs", "nobodys"])
def test_nobody_is_asked_to_consent_about_a_member_who_is_not_there(village, act, whose):
    member = village.theirs.members["dewi"] if whose == "theirs" else uuid7()
    body = {"left_on": "2026-03-31"} if act == "leave" else {"second": None}

    refused = village.people["trea"].pays(f"{village.ours.path}/members/{member}/{act}", body)

    assert refused.status == 404
    assert village.people["trea"].gets(f"{village.ours.path}/pending")["results"] == []


def test_the_key_of_another_officer_gives_her_answer_to_nobody(village):
    key, path = uuid7(), f"{village.ours.path}/members"
    body = {"name": "Ida", "joined_on": "2026-02-02"}
    village.people["trea"].posts(path, body, key=key)

    refused = village.people["secr"].posts(path, body, key=key)

    assert (refused.status, refused.code) == (422, "idempotency_key_reused")
    assert "Ida" not in str(refused.body)


def test_the_same_key_in_another_group_is_another_command(village):
    key, body = uuid7(), {"name": "Ida", "joined_on": "2026-02-02"}

    ours = village.people["trea"].posts(f"{village.ours.path}/members", body, key=key)
    theirs = village.people["ntre"].posts(f"{village.theirs.path}/members", body, key=key)

    assert ours.status == theirs.status == 201
    assert ours["id"] != theirs["id"]
    assert "Idempotency-Replayed" not in theirs.headers


# ── lenders ─────────────────────────────────────────────────────────────────────────────────────────────────────────

LENDERS = {
    "lnone": (),
    "lover": ("totals", "loans", "members.pseudonym", "members.named"),
    "lback": ("totals", "loans", "members.pseudonym", "members.named"),
    "ltota": ("totals",),
    "lloan": ("loans",),
    "lpseu": ("members.pseudonym",),
    "lname": ("members.named",),
    "lall": ("totals", "loans", "members.pseudonym", "members.named"),
}
"""Who signs in for a lender of the first group → what its consent opens: none was given, one that is over, one that was
taken back, one of each scope, one of all."""
SHUT = ("lnone", "lover", "lback")
SHOWN_TO = {
    "GET groups/{group}": ("ltota", "lloan", "lpseu", "lname", "lall"),
    "GET groups/{group}/holidays": ("ltota", "lloan", "lpseu", "lname", "lall"),
    "GET groups/{group}/portfolio": ("ltota", "lall"),
    "GET groups/{group}/portal": ("ltota", "lall"),
    "GET groups/{group}/portal/loans": ("lloan", "lall"),
    "GET groups/{group}/portal/members": ("lpseu", "lname", "lall"),
}
"""All that a lender is ever shown of a group, and to whom; everything else is not its act."""


def lenders_of(group: Kelompok) -> dict[str, Bank]:
    """One lender for each of these."""
    found = {who: Bank.of(group, username=f"{group.prefix}.{who}", name=f"Bank {who}") for who in LENDERS}
    for who, scopes in LENDERS.items():
        if who == "lover":
            found[who].may_see(*scopes, since=-9, days=8)
        elif scopes:
            found[who].may_see(*scopes)
    [taken] = group.budi.gets(f"{group.path}/consents?lender_id={found['lback'].id}")["results"]
    assert group.phones["rina"].deletes(f"{group.path}/consents/{taken['id']}").status == 204
    return found


@pytest.mark.parametrize("row", INSIDE, ids=str)
def test_a_lender_is_shown_what_the_consent_opens_and_nothing_else(village, row):
    shown = SHOWN_TO.get(str(row), ())
    cells = {who: "." if who in SHUT else "+" if who in shown else "-" for who in LENDERS}

    assert differing(village, row, cells) == {}


@pytest.mark.parametrize("row", INSIDE, ids=str)
def test_a_lender_of_the_next_group_is_nobody_here(village, row):
    assert differing(village, row, dict.fromkeys(LENDERS, "."), group=village.theirs.id) == {}


@pytest.mark.parametrize("row", INSIDE, ids=str)
def test_everything_a_lender_was_shown_is_in_the_log_and_nothing_else(village, row):
    for who, bank in village.banks.items():
        with undone():
            answer = sends(village, row, who)
            log = bank.log
        assert bool(log) == (answer.status == 200), (who, answer.status, log)
        assert {one["scope"] for one in log} <= set(LENDERS[who])
        assert {one["user_id"] for one in log} <= {str(bank.user.id)}


@pytest.mark.parametrize("row", [row for row in INSIDE if row.cells["chai"] == "+"], ids=str)
def test_what_officers_do_is_in_no_lenders_log(village, row):
    with undone():
        before = village.ours.asks(lambda: Disclosure.objects.count())
        sends(village, row, "chai")
        assert village.ours.asks(lambda: Disclosure.objects.count()) == before


def test_a_lender_opens_no_group_and_sees_no_other_groups_books(village):
    for who in LENDERS:
        phone = village.people[who]
        assert phone.posts("groups", {"name": "Melati"}).status == 403
        assert phone.gets("operator/portfolio").status == 403


def test_the_directory_shows_a_lender_the_groups_that_let_it_in(village):
    for who in LENDERS:
        phone, wanted = village.people[who], set() if who in SHUT else {str(village.ours.id)}
        assert {one["id"] for one in phone.gets("groups")["results"]} == wanted, who
        assert {one["group_id"] for one in phone.gets("me")["seats"]} == wanted, who


# ── what is sent beside ─────────────────────────────────────────────────────────────────────────────────────────────

SLIPPED = {
    "status": "active",
    "balance": 1_000_000,
    "group_id": "018f0000-0000-7000-8000-000000000000",
    "recorded_at": "2020-01-01T00:00:00Z",
    "is_operator": True,
    "is_staff": True,
    "roles": ["treasurer"],
    "id": "018f0000-0000-7000-8000-000000000001",
    "password_is": "own",
    "_method": "DELETE",
}


def stored(village: Village) -> list[Any]:
    """Everything a request could have changed."""
    inside: tuple[Any, ...] = (Person, Member, Membership, Officer, Pin, PendingAct, Entry, Command)
    inside += (Product, Due, Rate, Account, Movement, Consent, Disclosure)
    found = [
        group.asks(lambda: [sorted(map(repr, model.objects.values_list())) for model in inside])
        for group in (village.ours, village.theirs)
    ]
    return [found, *(sorted(map(repr, model.objects.values_list())) for model in (Group, Seat, User))]


@pytest.mark.parametrize("row", WRITING, ids=str)
def test_what_a_client_may_not_set_is_refused_by_name_and_stored_nowhere(village, row):
    who = "trea"
    path = row.route.format(**own(village, row, who))
    body, before = BODIES[str(row)](village, who), stored(village)

    for name, value in SLIPPED.items():
        key = uuid7() if row.inside and row.method == "POST" else None
        refused = village.people[who].sends(row.method, path, body | {name: value}, key=key)
        assert (refused.status, refused.pointers) == (400, {f"/{name}": "unknown_field"})
    assert stored(village) == before


@pytest.mark.parametrize(
    ("method", "path", "body", "pointer"),
    [
        ("PATCH", "", {"policy": {"digits": 9}}, "/policy/digits"),
        ("PATCH", "", {"meeting_every": {"every": 1, "unit": "week", "demo": True}}, "/meeting_every/demo"),
        ("PATCH", "/members/{yuni}", {"business": {"name": "Batik"}}, "/business/name"),
        ("POST", "/periods/2026-02/close", {"second": {"user_id": "x"}}, "/second/user_id"),
        (
            "POST",
            "/ledger/entries",
            {
                "effective_on": "2026-03-05",
                "memo": "x",
                "postings": [{"account": CASH, "debit": 1}, {"account": GRANT, "credit": 1, "balance_after": 0}],
            },
            "/postings/1/balance_after",
        ),
    ],
)
def test_nor_is_it_slipped_in_deeper(village, method, path, body, pointer):
    path = village.ours.path + path.format(yuni=village.ours.members["yuni"])

    refused = village.ours.budi.sends(method, path, body, key=uuid7() if method == "POST" else None)

    assert refused.pointers[pointer] == "unknown_field"


@pytest.mark.parametrize("row", API, ids=str)
def test_a_query_that_an_endpoint_does_not_know_is_refused(village, row):
    path = row.route.format(**own(village, row, "trea"))
    body = BODIES[str(row)](village, "trea") if row.method in ("POST", "PATCH") else None
    found = {}

    for name in ("ordering", "fields", "expand", "format", "group_id", "_method", "token"):
        with undone():
            key = uuid7() if row.inside and row.method == "POST" else None
            refused = village.people["trea"].sends(row.method, f"{path}?{name}=-id", body, key=key)
            found[name] = (refused.status, refused.body and refused.body.get("errors", [{}])[0].get("code"))

    assert {name: got for name, got in found.items() if got != (400, "unknown_field")} == {}


@pytest.mark.parametrize("header", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"])
def test_a_method_in_a_header_is_not_heard(village, header):
    path = f"{village.ours.path}/officers/{village.ours.offices['rina']}"

    posted = village.ours.budi.posts(path, **{header.replace("-", "_"): "DELETE"})
    read = village.people["memb"].gets(f"{village.ours.path}/members", **{header.replace("-", "_"): "POST"})

    assert posted.status == 405
    assert read.status == 200
    assert len(village.ours.budi.gets(f"{village.ours.path}/officers")["results"]) >= 4


@pytest.mark.parametrize("route", sorted({row.route for row in API}))
def test_a_method_that_an_address_does_not_know_is_405(village, route):
    known = {row.method for row in API if row.route == route} | ({"HEAD"} if f"GET {route}" in map(str, API) else set())
    path = route.format(**village.ids("trea"))

    for method in (*METHODS, *STRANGE):
        if method in known:
            continue
        refused = village.ours.budi.sends(method, path, {} if method in ("POST", "PUT", "PATCH") else None)
        assert (refused.status, refused.code) == (405, "method_not_allowed"), method
        if method in METHODS:
            assert set(refused.headers["Allow"].split(", ")) - {"HEAD", "OPTIONS"} == known - {"HEAD"}, method


@pytest.mark.parametrize("accept", ["text/html", "application/xml", "image/*", "nonsense", "text/html;q=1, */*;q=0"])
def test_whatever_a_client_accepts_it_gets_json(village, accept):
    answered = village.ours.budi.gets("me", Accept=accept)

    assert (answered.status, answered.headers["Content-Type"]) == (200, "application/json")


def test_there_is_no_other_form_of_an_address(village):
    group = village.ours.path
    for path in ("me.json", "me/", "me//", "/me", "ME", "groups/", f"{group}.json", f"{group}/", f"{group}/members/"):
        refused = village.ours.budi.gets(path)
        assert (refused.status, refused.code) == (404, "not_found"), path


# ── the operator's pages ────────────────────────────────────────────────────────────────────────────────────────────


def operator_paths() -> list[str]:
    """Every address of theirs, with something in the place of each argument."""
    found = [route for route, _ in walked(get_resolver("config.urls").url_patterns) if route.startswith("operator/")]
    filled = [re.sub(r"\(\?P<\w+>[^)]*\)|<[^>]*>", "1", route) for route in found]
    return sorted({"/" + re.sub(r"[\^$\\?]", "", path) for path in filled})


OPEN_PAGES = {"/operator/login/"}


@pytest.mark.parametrize("path", operator_paths())
@pytest.mark.parametrize("who", ["anon", "trea", "oper"])
def test_a_token_opens_none_of_the_operators_pages(village, path, who):
    phone = village.people[who]
    headers = {"Authorization": f"Bearer {phone.token}"} if phone.token else {}

    answered = Client(headers={"host": "localhost"} | headers).get(path)

    if path not in OPEN_PAGES:
        assert answered.status_code in (302, 403, 404, 405)


def session_of(user: User) -> Client:
    return comes_in(Client(headers={"host": "localhost"}), user)  # type: ignore[no-any-return]


@pytest.mark.parametrize("path", operator_paths())
def test_a_treasurers_session_opens_none_of_the_operators_pages(village, path):
    if path in OPEN_PAGES:
        return
    assert session_of(village.ours.budi.user).get(path).status_code in (302, 403, 404, 405)


def test_an_operators_session_does_open_them(village):
    assert session_of(village.people["oper"].user).get("/operator/").status_code == 200


def test_a_session_is_no_token(village):
    phone = session_of(village.ours.budi.user)

    answered = Phone(client=phone).gets("me")

    assert (answered.status, answered.code) == (401, "not_authenticated")


def test_an_operator_without_a_seat_reads_no_book_and_no_member(village):
    op = village.people["oper"]

    for path in ("members", "officers", "ledger/entries", "ledger/head", "periods", "pending", "savings/dues"):
        assert op.gets(f"{village.ours.path}/{path}").status == 403


def test_shutting_an_account_ends_what_it_was_signed_in_on(village):
    dewi = village.people["memb"]
    assert dewi.gets("me").status == 200

    User.objects.filter(id=dewi.user.id).update(is_active=False)
    assert (dewi.gets("me").status, dewi.gets("me").code) == (401, "not_authenticated")
    outside_books(None, lambda: logins.sign_out_everywhere(dewi.user))
    assert not Token.objects.filter(user=dewi.user).exists()
