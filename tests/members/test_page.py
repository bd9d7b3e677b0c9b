"""The door of the pages, at the page where savings come in: whose it is, what it refuses, and that nothing is recorded
twice."""

import gzip
import html
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, reverse

from config import urls
from ledger.ids import uuid7
from ledger.models import Command, Entry
from members import access
from members.views import ways_urls
from tests.config.elsewhere import asks, closed_port
from tests.door import PASSWORD, Kelompok, comes_in, somebody

SAMPLES = "tests.members.sample_pages"


def browser(**more: Any) -> Any:
    return Client(headers={"host": "localhost"}, **more)


def signed_in(user: Any, **more: Any) -> Any:
    return comes_in(browser(**more), user)


@pytest.fixture
def budi(kelompok) -> Any:
    """The treasurer's browser."""
    return signed_in(kelompok.budi.user)


def page(group: Kelompok, name: str = "members", **path: Any) -> str:
    return reverse(f"p:{name}", kwargs={"group_id": group.id, **path})


def box(group: Kelompok, whose: str = "dewi", *, of: Kelompok | None = None) -> str:
    """Where her savings are taken in."""
    return page(group, "deposit", member_id=(of or group).members[whose])


def typed(**other: str) -> dict[str, str]:
    given = {"product": "sukarela", "amount": "20.000", "channel": "cash", "effective_on": "2026-03-05"}
    return given | other


def text(answer: Any) -> str:
    return str(answer.content.decode())


def entries(group: Kelompok) -> int:
    found: int = group.asks(lambda: Entry.objects.filter(group_id=group.id).count())
    return found


def sends(client: Any, group: Kelompok, key: Any, **other: str) -> Any:
    return client.post(f"{box(group)}?k={key}", typed(**other))


# ── whose it is ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_stranger_is_asked_who_she_is_and_brought_back(kelompok):
    address = f"{page(kelompok)}?cari=dewi"

    asked = browser().get(address)
    form = asked["Location"].replace("/masuk?", "/masuk/sandi?")
    answer = browser().post(form, {"username": "a.dewi", "password": PASSWORD})

    assert asked.status_code == 302
    assert asked["Location"].startswith("/masuk?next=")
    assert (answer.status_code, answer["Location"]) == (302, address)


@pytest.mark.parametrize("elsewhere", ["https://example.org/", "//example.org/", "javascript:alert(1)", "k"])
def test_nobody_is_sent_elsewhere_by_signing_in(kelompok, elsewhere):
    answer = browser().post(f"/masuk/sandi?next={elsewhere}", {"username": "a.dewi", "password": PASSWORD})

    assert (answer.status_code, answer["Location"]) == (302, page(kelompok, "home"))


@pytest.mark.parametrize("of", ["neighbours", None])
def test_a_group_that_is_not_hers_is_no_page(budi, kelompok, request, of):
    other = request.getfixturevalue(of).id if of else uuid7()

    answer = budi.get(reverse("p:members", kwargs={"group_id": other}))

    assert answer.status_code == 404
    assert answer["Content-Type"].startswith("text/html")
    assert "Tidak ada apa-apa di alamat ini." in text(answer)


def test_a_neighbours_member_is_not_there_either(budi, kelompok, neighbours):
    address = box(kelompok, "dewi", of=neighbours)

    assert budi.get(f"{address}?k={uuid7()}").status_code == 404
    assert budi.post(f"{address}?k={uuid7()}", typed()).status_code == 404
    assert entries(kelompok) == entries(neighbours) == 0


@pytest.mark.parametrize("method", ["get", "post"])
def test_what_is_not_her_act_is_refused_with_a_page(kelompok, method):
    dewi = signed_in(kelompok.phones["dewi"].user)

    answer = getattr(dewi, method)(f"{box(kelompok)}?k={uuid7()}", typed())

    assert answer.status_code == 403
    assert "Tidak diizinkan" in text(answer)
    assert entries(kelompok) == 0


def test_a_form_from_elsewhere_is_refused(kelompok):
    strict = signed_in(kelompok.budi.user, enforce_csrf_checks=True)

    answer = sends(strict, kelompok, uuid7())

    assert answer.status_code == 403
    assert answer["Content-Type"].startswith("text/html")
    assert entries(kelompok) == 0


def of_a_group() -> list[URLPattern]:
    found = [one for one in urls.pages if isinstance(one, URLPattern)]
    assert len(found) == len(urls.pages)
    return found


def filled(pattern: URLPattern, group: Kelompok) -> str:
    """The page's address in a group, of things that are not there."""
    some = {"month": "2026-01", **{name: uuid7() for name in pattern.pattern.converters if name != "month"}}
    given = {name: some[name] for name in pattern.pattern.converters}
    return reverse(f"p:{pattern.name}", kwargs={"group_id": group.id, **given})


@pytest.mark.parametrize("pattern", of_a_group(), ids=lambda one: str(one.name))
def test_every_page_of_a_group_asks_who_she_is_and_what_she_may(kelompok, pattern):
    act = pattern.callback.view_class.act  # type: ignore[attr-defined]
    address = filled(pattern, kelompok)
    outsider = signed_in(somebody("outsider"))

    for method in ("get", "post"):
        assert getattr(browser(), method)(address)["Location"].startswith("/masuk?next="), method
        assert getattr(outsider, method)(address).status_code == 404, method
        for name, phone in kelompok.phones.items():
            seat = access.seat(phone.user, kelompok.id)  # type: ignore[arg-type]
            status = getattr(signed_in(phone.user), method)(address).status_code
            assert status < 500, (name, method)
            if not access.may(seat, act):
                assert status == 403, (name, method)


OPEN = {"login", "login-password", "login-card", "login-passkey", "passkey-ask", "enrol"}
"""The pages outside groups that are for whoever comes; the others are for whoever has signed in."""


@pytest.mark.parametrize("pattern", ways_urls.urlpatterns, ids=lambda one: str(one.name))
def test_a_page_about_herself_asks_who_she_is(books, pattern):
    if pattern.name in OPEN:
        return
    given = {name: uuid7() for name in pattern.pattern.converters}

    for method in ("get", "post"):
        answer = getattr(browser(), method)(reverse(pattern.name, kwargs=given))
        assert answer.status_code in (302, 403, 404, 405), method
        if answer.status_code == 302:
            assert answer["Location"].split("?")[0] in ("/masuk", "/"), method


# ── what it does, and refuses ───────────────────────────────────────────────────────────────────────────────────────


def test_a_form_is_opened_under_a_key_of_its_own(budi, kelompok):
    opened = [budi.get(f"{box(kelompok)}?cari=x")["Location"] for _ in range(2)]
    keys = [re.search(r"\bk=([0-9a-f-]{36})$", one) for one in opened]

    assert all(keys)
    assert opened[0] != opened[1]
    assert all("cari=x" in one for one in opened)
    assert budi.get(opened[0]).status_code == 200


def test_where_scripts_run_a_form_comes_with_its_key_at_once(budi, kelompok):
    budi.cookies["scripts"] = "1"
    shown = [budi.get(f"{box(kelompok)}?cari=x") for _ in range(2)]
    sent_to = [
        html.unescape(one)
        for page in shown
        for one in re.findall('<form method="post" action="([^"]+k=[^"]+)"', text(page))
    ]

    assert [one.status_code for one in shown] == [200, 200]
    assert sent_to[0] != sent_to[1]
    assert all(re.search(r"\?cari=x&k=[0-9a-f-]{36}$", one) for one in sent_to)
    assert budi.post(sent_to[0], typed()).status_code == budi.post(sent_to[0], typed()).status_code == 303
    assert entries(kelompok) == 1


def test_what_is_sent_without_a_key_records_nothing_where_scripts_run_either(budi, kelompok):
    budi.cookies["scripts"] = "1"

    assert budi.post(box(kelompok), typed()).status_code == 302
    assert entries(kelompok) == 0


def test_what_she_types_is_booked_once_and_she_goes_on_by_get(budi, kelompok):
    key = uuid7()

    answer = sends(budi, kelompok, key)

    assert answer.status_code == 303
    assert budi.get(answer["Location"]).status_code == 200
    [command] = kelompok.asks(lambda: list(Command.objects.filter(group_id=kelompok.id)))
    assert (command.key, command.answer["amount"], entries(kelompok)) == (key, 20_000, 1)


def test_what_is_refused_stands_in_the_form_with_what_she_typed(budi, kelompok):
    answer = sends(budi, kelompok, uuid7(), effective_on="2100-01-01", memo="dari Dewi")

    assert answer.status_code == 409
    assert "Tanggal 1 Januari 2100 belum tiba" in text(answer)
    assert "Tidak ada yang tersimpan." in text(answer)
    assert 'value="20.000"' in text(answer)
    assert 'value="dari Dewi"' in text(answer)
    assert (entries(kelompok), kelompok.asks(Command.objects.count)) == (0, 0)


def test_after_a_refusal_the_same_key_still_serves(budi, kelompok):
    key = uuid7()
    sends(budi, kelompok, key, effective_on="2100-01-01")

    assert sends(budi, kelompok, key).status_code == 303
    assert entries(kelompok) == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"amount": ""}, "Belum diisi."),
        ({"amount": "1.25"}, "Titik memisahkan ribuan"),
        ({"amount": "0"}, "Jumlahnya harus lebih dari nol."),
        ({"product": "emas"}, "Pilih salah satu."),
        ({"effective_on": "kemarin"}, "Tulis tanggal seperti 2026-11-24."),
    ],
)
def test_what_cannot_be_read_is_told_at_its_field(budi, kelompok, wrong, said):
    answer = sends(budi, kelompok, uuid7(), **wrong)

    assert answer.status_code == 400
    assert said in text(answer)
    assert text(answer).count("field wrong") == 1
    assert entries(kelompok) == 0


# ── and nothing twice ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_second_tap_records_nothing_more(budi, kelompok):
    key = uuid7()

    first, second = (sends(budi, kelompok, key) for _ in range(2))

    assert first.status_code == second.status_code == 303
    assert first["Location"] == second["Location"]
    assert "Sudah tercatat" in text(budi.get(second["Location"]))
    assert entries(kelompok) == 1


def test_the_back_button_finds_what_was_recorded(budi, kelompok):
    key = uuid7()
    sends(budi, kelompok, key)

    answer = budi.get(f"{box(kelompok)}?k={key}")

    assert answer.status_code == 200
    assert "Sudah tercatat" in text(answer)
    assert "<form" not in text(answer).split("<main")[1].split("</main>")[0]


def test_other_content_under_a_used_key_says_so_and_changes_nothing(budi, kelompok):
    key = uuid7()
    sends(budi, kelompok, key)

    answer = sends(budi, kelompok, key, amount="30.000")

    assert answer.status_code == 409
    assert "Sudah tercatat" in text(answer)
    assert entries(kelompok) == 1


@pytest.mark.parametrize("key", ["", "7", "x" * 36, "{} or 1=1"])
def test_a_key_that_is_none_is_replaced_and_sends_nothing(budi, kelompok, key):
    shown, sent = budi.get(f"{box(kelompok)}?k={key}"), sends(budi, kelompok, key)

    for answer in (shown, sent):
        assert answer.status_code == 302
        assert re.search(r"\?k=[0-9a-f-]{36}$", answer["Location"])
    assert entries(kelompok) == 0


def test_a_key_of_another_group_is_free_in_this_one(budi, kelompok, neighbours):
    key = uuid7()
    sends(signed_in(neighbours.budi.user), neighbours, key)

    assert sends(budi, kelompok, key).status_code == 303
    assert (entries(kelompok), entries(neighbours)) == (1, 1)


# ── how it travels ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["members", "deposit"])
def test_a_page_is_kept_nowhere_and_travels_compressed(budi, kelompok, name):
    address = page(kelompok) if name == "members" else f"{box(kelompok)}?k={uuid7()}"

    answer = budi.get(address, headers={"Accept-Encoding": "gzip"})

    assert answer["Content-Encoding"] == "gzip"
    assert b"</html>" in gzip.decompress(answer.content)
    assert len(answer.content) < 5_000
    assert "no-store" in answer["Cache-Control"]


def test_a_page_brings_no_script_and_no_style_of_its_own(budi, kelompok):
    for address in (page(kelompok), f"{box(kelompok)}?k={uuid7()}", "/masuk", "/"):
        shown = text(budi.get(address, follow=True))
        assert "<style" not in shown
        assert not re.search(r"<script(?![^>]*\bsrc=)", shown)
        assert not re.search(r"\s(style|on[a-z]+)=[\"']", shown)


def test_the_api_travels_as_it_is(kelompok):
    answer = kelompok.budi.gets("me", Accept_Encoding="gzip")

    assert "Content-Encoding" not in answer.headers


# ── her language ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_language_she_chooses_stays_in_her_browser(budi, kelompok, settings):
    answer = budi.post("/bahasa", {"language": "en", "next": page(kelompok)})
    cookie = answer.cookies[settings.LANGUAGE_COOKIE_NAME]

    assert (answer.status_code, answer["Location"]) == (302, page(kelompok))
    assert (cookie.value, cookie["httponly"], cookie["samesite"]) == ("en", True, "Lax")
    assert '<html lang="en">' in text(budi.get(page(kelompok)))

    budi.post("/bahasa", {"language": "id"})
    assert '<html lang="id">' in text(budi.get(page(kelompok)))


def test_what_her_phone_came_set_to_is_not_her_language(budi, kelompok):
    answer = budi.get(page(kelompok), headers={"Accept-Language": "en-US"})

    assert '<html lang="id">' in text(answer)
    assert answer["Content-Language"] == "id"


@pytest.mark.parametrize("elsewhere", ["https://example.org/", "//example.org", "javascript:alert(1)"])
def test_choosing_a_language_leads_nowhere_else(books, elsewhere):
    answer = browser().post("/bahasa", {"language": "en", "next": elsewhere})

    assert answer["Location"] == "/"


# ── what goes wrong ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.urls(SAMPLES)
def test_a_page_that_cannot_be_shown_says_why(budi, kelompok):
    answer = budi.get(f"/k/{kelompok.id}/refusing")

    assert answer.status_code == 409
    assert answer["Content-Type"].startswith("text/html")
    assert "Tanggal 31 Maret 2026 belum tiba; hari ini 31 Maret 2026." in text(answer)
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.urls(SAMPLES)
def test_a_bug_is_ours_and_tells_nothing(kelompok):
    client = signed_in(kelompok.budi.user, raise_request_exception=False)

    answer = client.get(f"/k/{kelompok.id}/broken")

    assert answer.status_code == 500
    assert "Ada kesalahan pada layanan ini" in text(answer)
    assert "Dewi" not in text(answer)


@pytest.mark.urls(SAMPLES)
def test_a_database_that_goes_is_told_with_a_page(scratch):
    group = Kelompok.opened()

    answer = signed_in(group.budi.user, raise_request_exception=False).get(f"/k/{group.id}/cut")

    assert answer.status_code == 503
    assert "Basis data sedang tidak menjawab." in text(answer)
    assert answer["Retry-After"]


def test_without_the_database_there_is_still_a_page_that_says_so():
    headers = {"Cookie": f"sessionid={uuid7().hex}"}
    url = f"postgres://nobody@127.0.0.1:{closed_port()}/none"

    (answer,) = asks({"path": f"/k/{uuid7()}", "headers": headers}, DATABASE_URL=url, DATABASE_POOL="false")["answers"]

    assert answer["status"] == 503
    assert "Basis data sedang tidak menjawab." in answer["body"]
