"""What is sent beside what an endpoint asks for is refused by name and stored nowhere."""

from typing import Any

import pytest

from ledger.ids import uuid7
from ledger.models import Command, Entry
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
    User,
)
from savings.models import Account, Due, Movement, Product, Rate
from tests.cast import CASH, GRANT
from tests.door import undone
from tests.members.everybody import BODIES, Village, own
from tests.members.rows import API, METHODS, STRANGE, WRITING

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
    body = BODIES[str(row)](village, "trea") if row in WRITING else None
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
