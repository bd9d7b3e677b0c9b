"""Who may do what at every address: role × method × route × whose thing.

The routes are walked in the URL table, so an endpoint without a row here fails, and a row without an endpoint.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from ledger.context import outside_books
from ledger.ids import uuid7
from members import logins
from members.models import (
    Officer,
    Token,
    User,
)
from tests.door import PASSWORD, PIN, Phone, comes_in, undone
from tests.members.everybody import differing, own, sends
from tests.members.rows import INSIDE, MEANS, METHODS, OUTSIDE, ROWS, THINGS

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
