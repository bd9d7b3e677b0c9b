"""The ways in on pages: each works, once, for whom it is; and nothing of them leads elsewhere or stays behind."""

import html
import json
import re
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ledger.context import outside_books
from members import cards, devices, enrolments, factors, services, sessions
from members.models import Device, Enrolment, Factor, Group, Session, Token, User
from members.views.steps import cookie_name
from tests.door import PASSWORD, Kelompok, comes_in, signs_in
from tests.members.authenticator import Authenticator
from tests.members.ways import (
    CHROME,
    GOOD,
    OTHER,
    WRONG,
    app_of,
    card_for,
    code_for,
    own_code,
    own_phone,
    phone_of,
    user_of,
)

ORIGIN = "http://localhost"


def browser(token: str | None = None) -> Any:
    """A phone's browser; with the cookie of an enrolled one."""
    client = Client(headers={"host": "localhost", "user-agent": CHROME})
    if token is not None:
        client.cookies[cookie_name()] = token
    return client


def text(answer: Any) -> str:
    bare = re.sub(r"<(svg|head)\b.*?</\1>|<[^>]*>", " ", answer.content.decode(), flags=re.S)
    return " ".join(html.unescape(bare).split())


def way(client: Any) -> str | None:
    row = Session.objects.filter(session_key=client.session.session_key).first()
    return row.way if row else None


def enrols(client: Any, code: str, pin: str = GOOD, at: str = "/masuk/kode") -> Any:
    return client.post(at, {"code": code, "pin": pin, "again": pin})


def password(client: Any, username: str, word: str = PASSWORD, next: str = "") -> Any:
    return client.post(f"/masuk/sandi{next and '?next=' + next}", {"username": username, "password": word})


def home(kelompok: Kelompok) -> str:
    return reverse("p:home", kwargs={"group_id": kelompok.id})


def own_card(user: User) -> Any:
    return outside_books(user.id, lambda: cards.for_herself(user, way="passkey"))


# ── a phone and its PIN ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_code_and_a_pin_make_the_phone_hers_and_let_her_in(kelompok):
    phone = browser()

    answer = enrols(phone, code_for(kelompok, "dewi").lower())

    assert (answer.status_code, answer["Location"]) == (302, home(kelompok))
    assert way(phone) == "device"
    kept = answer.cookies[cookie_name()]
    assert (kept["httponly"], kept["samesite"], kept["path"]) == (True, "Lax", "/")
    assert phone.get(f"{home(kelompok)}/anggota").status_code == 200


def test_opening_the_address_of_a_code_spends_nothing(kelompok):
    code = code_for(kelompok, "dewi")
    for _ in range(2):
        assert browser().get("/masuk/kode").status_code == 200

    assert enrols(browser(), code).status_code == 302


@pytest.mark.parametrize("spoil", ["used", "late", "mistyped"])
def test_a_code_that_is_not_good_says_one_thing(kelompok, spoil):
    code = code_for(kelompok, "dewi")
    if spoil == "used":
        enrols(browser(), code)
    if spoil == "late":
        Enrolment.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    if spoil == "mistyped":
        code = "0000-0000"
    phone = browser()

    answer = enrols(phone, code, OTHER)

    assert answer.status_code == 409
    assert "Kode ini tidak berlaku" in text(answer)
    assert cookie_name() not in answer.cookies and way(phone) is None


def test_a_pin_that_is_refused_or_typed_twice_differently_spends_no_code(kelompok):
    code, phone = code_for(kelompok, "dewi"), browser()

    weak = enrols(phone, code, "123456")
    assert (weak.status_code, "mudah ditebak" in text(weak)) == (409, True)
    twice = phone.post("/masuk/kode", {"code": code, "pin": GOOD, "again": OTHER})
    assert (twice.status_code, "lain dari yang pertama" in text(twice)) == (400, True)

    assert enrols(phone, code).status_code == 302


def test_a_phone_that_is_known_is_greeted_and_opens_with_its_pin(kelompok):
    phone = browser(phone_of(kelompok).token)

    greeted = phone.get("/masuk?next=/akun")
    assert "Selamat datang kembali" in text(greeted) and "Kartu kode" not in text(greeted)
    assert "Dewi" not in text(greeted), "nobody is named to who holds the phone"
    opened = phone.post("/masuk?next=/akun", {"pin": GOOD})

    assert (opened.status_code, opened["Location"], way(phone)) == (302, "/akun", "device")
    assert "HP ini" in text(phone.get("/akun"))


def test_its_cookie_is_another_after_every_opening_and_the_old_one_dies(kelompok):
    first = phone_of(kelompok).token
    phone = browser(first)
    phone.post("/masuk", {"pin": GOOD})
    assert phone.cookies[cookie_name()].value != first

    phone.get("/akun")

    assert "Selamat datang kembali" not in text(browser(first).get("/masuk"))


def test_wrong_pins_are_counted_out_and_the_fifth_ends_the_phone(kelompok):
    phone = browser(phone_of(kelompok).token)

    first = phone.post("/masuk", {"pin": WRONG})
    assert (first.status_code, "sisa percobaan 4" in text(first)) == (409, True)
    for _ in range(4):
        last = phone.post("/masuk", {"pin": WRONG})

    assert "tidak terdaftar lagi" in text(last) and "Kode dari pengurus" in text(last)
    assert last.cookies[cookie_name()].value == "" and last.cookies[cookie_name()]["max-age"] == 0
    assert not Device.objects.filter(ended_at=None).exists()


def test_another_way_stands_beside_the_pin(kelompok):
    phone = browser(phone_of(kelompok).token)

    page = phone.get("/masuk?cara=lain")

    assert "Kartu kode" in text(page) and "Selamat datang kembali" not in text(page)


def test_a_quarter_of_an_hour_later_she_is_asked_for_the_pin_and_comes_back(kelompok):
    phone = browser()
    enrols(phone, code_for(kelompok, "dewi"))
    assert phone.get("/akun").status_code == 200
    Session.objects.update(last_seen_at=timezone.now() - timedelta(minutes=16))

    asked = phone.get("/akun")

    assert asked["Location"] == "/masuk?next=%2Fakun"
    assert "Selamat datang kembali" in text(phone.get(asked["Location"]))
    assert phone.post(asked["Location"], {"pin": GOOD})["Location"] == "/akun"


def test_signing_out_leaves_the_phone_enrolled_unless_she_says_to_forget_it(kelompok):
    phone = browser()
    enrols(phone, code_for(kelompok, "dewi"))

    assert phone.get("/keluar").status_code == 405
    phone.post("/keluar")
    assert "Selamat datang kembali" in text(phone.get("/masuk"))
    phone.post("/masuk", {"pin": GOOD})
    phone.post("/keluar", {"forget": "1"})

    assert "Selamat datang kembali" not in text(phone.get("/masuk"))
    assert not Device.objects.filter(ended_at=None).exists()


def test_a_phone_that_is_enrolled_for_another_is_the_first_ones_no_more(kelompok):
    phone = browser(phone_of(kelompok, "dewi").token)

    enrols(phone, code_for(kelompok, "yuni"))

    living = [device.user_id for device in Device.objects.filter(ended_at=None)]
    assert living == [Session.objects.get(session_key=phone.session.session_key).user_id]


# ── a card ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_code_of_a_card_lets_her_in_once(kelompok):
    printed, phone = card_for(kelompok, "dewi"), browser()
    given = {"number": printed.number, "code": printed.codes[0]}

    assert phone.post("/masuk/kartu", given)["Location"] == home(kelompok)
    assert way(phone) == "card"
    assert "Sisa 9 kode" in text(phone.get(f"{home(kelompok)}/anggota"))

    again = browser().post("/masuk/kartu", given)
    assert (again.status_code, "sudah dipakai" in text(again)) == (409, True)


def test_with_a_card_an_officer_is_a_plain_member(kelompok):
    printed = own_card(user_of(kelompok, "budi"))
    budi = browser()
    budi.post("/masuk/kartu", {"number": printed.number, "code": printed.codes[0]})
    member = {name: {"group_id": kelompok.id, "member_id": kelompok.members[name]} for name in ("budi", "dewi")}

    assert budi.get(f"{home(kelompok)}/buku").status_code == 403
    assert budi.get("/kelompok/baru").status_code == 403
    assert budi.get(reverse("p:member-ways", kwargs=member["dewi"])).status_code == 403
    assert budi.get(reverse("p:deposit", kwargs=member["dewi"])).status_code == 403
    page = budi.get(f"{home(kelompok)}/anggota")
    assert "Budi" in text(page) and "Dewi" not in text(page)
    assert "Bendahara" not in text(budi.get("/akun"))


@pytest.mark.parametrize("path", ["hp/lain", "kartu", "sandi", "pin", "cabut/lainnya"])
def test_with_a_card_nothing_of_the_account_is_changed(kelompok, path):
    printed, phone = card_for(kelompok, "dewi"), browser()
    phone.post("/masuk/kartu", {"number": printed.number, "code": printed.codes[0]})

    for method in ("get", "post"):
        assert getattr(phone, method)(f"/akun/{path}").status_code == 403


@pytest.mark.parametrize("path", ["hp", "aplikasi", "kunci"])
def test_with_a_card_nothing_is_set_up(kelompok, path):
    dewi = comes_in(browser(), user_of(kelompok, "dewi"), "card")

    assert dewi.get(f"/akun/{path}")["Location"].startswith("/masuk/sandi?next=")
    dewi.post(f"/akun/{path}", {"pin": GOOD, "again": GOOD, "begin": "1"})

    assert not Factor.objects.exists() and not Device.objects.exists()


# ── a name and a password ───────────────────────────────────────────────────────────────────────────────────────────


def test_a_plain_member_comes_in_with_her_password_alone(kelompok):
    phone = browser()

    assert password(phone, "A.Dewi")["Location"] == home(kelompok)
    assert way(phone) == "password"


@pytest.mark.parametrize(("name", "word"), [("a.dewi", "bukan-ini"), ("nobody", PASSWORD), ("a.dewi", "")])
def test_a_wrong_name_and_a_wrong_password_are_told_the_same(kelompok, name, word):
    answer = password(browser(), name, word or "-")

    assert answer.status_code == 409
    assert "Nama atau kata sandi belum cocok. Kata sandi pertama hanya dapat dipakai satu kali." in text(answer)


def test_five_wrong_ones_are_followed_by_a_pause(kelompok):
    for _ in range(5):
        password(browser(), "a.dewi", "bukan-ini")

    answer = password(browser(), "a.dewi")

    assert answer.status_code == 429
    assert "coba lagi dalam 15 menit" in text(answer)


@pytest.mark.parametrize(
    ("path", "given"),
    [
        ("/masuk", {"pin": GOOD}),
        ("/masuk/kode", {"code": "0000-0000", "pin": GOOD, "again": GOOD}),
        ("/masuk/kartu", {"number": "0000-0000", "code": "000-000"}),
        ("/masuk/sandi", {"username": "nobody", "password": "x"}),
        ("/masuk/kunci", {"answer": "{}"}),
    ],
)
def test_an_address_that_fails_too_often_waits(kelompok, settings, path, given):
    settings.FAILED_LOGINS = "2/min"
    for _ in range(2):
        assert browser().post(path, given).status_code == 409

    answer = browser().post(path, given)

    assert (answer.status_code, "Terlalu banyak percobaan" in text(answer)) == (429, True)


def test_a_first_password_is_spent_and_leads_to_her_own_and_then_to_where_she_went(kelompok):
    made = kelompok.asks(lambda: first_password(kelompok))
    yuni = browser()

    asked = password(yuni, "a.yuni", made, next="/akun")
    assert asked["Location"] == "/akun/sandi?next=%2Fakun"
    assert password(browser(), "a.yuni", made).status_code == 409, "it was good once"
    for page in ("/akun", "/kelompok", home(kelompok)):
        assert yuni.get(page)["Location"].startswith("/akun/sandi?next="), page
    own = yuni.post(asked["Location"], {"new": "sawah-membentang-9", "again": "sawah-membentang-9"})

    assert (own.status_code, own["Location"]) == (302, "/akun")
    assert yuni.get("/akun").status_code == 200


def first_password(kelompok: Kelompok) -> str:
    return services.open_login(kelompok.group, kelompok.row("yuni"), username="a.yuni")[1]


# ── and what is shown beside it ─────────────────────────────────────────────────────────────────────────────────────


def test_an_officer_of_a_real_group_sets_something_up_before_she_goes_on(kelompok):
    sari = browser()

    asked = password(sari, "a.sari", next=home(kelompok))

    assert asked["Location"] == f"/akun/amankan?next={home(kelompok).replace('/', '%2F')}"
    assert "HP ini dengan PIN" in text(sari.get(asked["Location"]))
    for page in (home(kelompok), "/akun", "/kelompok"):
        assert sari.get(page)["Location"].startswith("/akun/amankan?next="), page


def test_this_phone_with_a_pin_is_one_page_away_and_then_the_pin_suffices(kelompok):
    sari = browser()
    password(sari, "a.sari")

    made = sari.post(f"/akun/hp?next={home(kelompok)}", {"pin": GOOD, "again": GOOD})

    assert (made["Location"], way(sari)) == (home(kelompok), "pin")
    assert sari.get(f"{home(kelompok)}/buku").status_code == 200
    sari.post("/keluar")
    assert sari.post("/masuk", {"pin": GOOD})["Location"] == home(kelompok)
    assert sari.get(f"{home(kelompok)}/buku").status_code == 200


def test_with_her_password_and_her_phones_pin_she_sets_up_more(kelompok):
    phone = own_phone(user_of(kelompok, "sari"))
    sari = browser(phone.token)

    asked = password(sari, "a.sari", next="/akun/aplikasi")
    assert asked["Location"].startswith("/masuk/bukti?next=")
    assert sari.post(asked["Location"], {"pin": GOOD})["Location"] == "/akun/aplikasi"

    assert way(sari) == "pin"
    assert "Sudah, lanjut" in text(sari.get("/akun/aplikasi"))


def test_an_app_is_set_up_with_its_code_and_asked_for_at_the_next_login(kelompok):
    sari = browser()
    password(sari, "a.sari")
    assert "otpauth" not in sari.get("/akun/aplikasi").content.decode() and not Factor.objects.exists()
    sari.post("/akun/aplikasi", {"begin": "1"})
    page = sari.get("/akun/aplikasi").content.decode()
    shown = re.search(r'<code class="secret">([a-z2-7 ]+)</code>', page)
    assert shown and 'src="data:image/svg+xml' in page
    app = pyotp.TOTP(shown[1].replace(" ", "").upper())

    wrong = sari.post("/akun/aplikasi", {"code": "000000"})
    assert (wrong.status_code, shown[1] in wrong.content.decode()) == (409, True), "the picture is still there"
    done = sari.post("/akun/aplikasi?next=/akun", {"code": app.now()})
    assert (done["Location"], way(sari)) == ("/akun", "totp")

    later = browser()
    assert password(later, "a.sari")["Location"].startswith("/masuk/bukti")
    assert later.get("/akun")["Location"].startswith("/masuk/bukti?next=")
    assert later.post("/masuk/bukti", {"code": app.now()}).status_code == 409, "that code was used"
    Factor.objects.update(step=0)
    assert later.post("/masuk/bukti?next=/akun", {"code": app.now()})["Location"] == "/akun"
    assert way(later) == "totp"


def test_who_has_not_shown_her_app_sees_no_secret_and_changes_nothing(kelompok):
    app_of(user_of(kelompok, "sari"))
    sari = browser()
    password(sari, "a.sari")

    for path in ("aplikasi", "hp", "kunci"):
        assert sari.get(f"/akun/{path}")["Location"].startswith("/masuk/bukti?next="), path
    sari.post("/akun/aplikasi", {"begin": "1"})
    sari.post("/akun/hp", {"pin": GOOD, "again": GOOD})
    asked = sari.post("/akun/kunci/tanya")

    assert asked.status_code == 403
    assert Factor.objects.count() == 1 and not Device.objects.exists()


def test_another_persons_phone_proves_nothing(kelompok):
    own_phone(user_of(kelompok, "sari"))
    rinas = own_phone(user_of(kelompok, "rina"), OTHER)
    sari = browser(rinas.token)
    password(sari, "a.sari")

    answer = sari.post("/masuk/bukti", {"pin": OTHER})

    assert answer.status_code == 409
    assert sari.get("/akun")["Location"].startswith("/masuk/bukti")


def test_a_code_from_her_own_phone_makes_the_next_one_hers(kelompok):
    sari = user_of(kelompok, "sari")
    own_phone(sari)
    second = browser()
    password(second, "a.sari")
    assert "Tulis kodenya" in text(second.get("/masuk/bukti"))

    answer = enrols(second, own_code(sari, "device"), OTHER)

    assert (answer.status_code, way(second)) == (302, "pin")
    assert second.get("/akun").status_code == 200


def test_an_officers_code_leads_who_is_a_stranger_here_to_her_password_first(kelompok):
    code, phone = own_code(comes_with_an_app(kelompok), "totp"), browser()

    answer = enrols(phone, code)

    assert answer["Location"] == "/masuk/sandi?next=%2Fmasuk%2Fkode"
    assert "dengan kata sandi Anda sendiri" in text(phone.get(answer["Location"]))
    assert not Device.objects.exists()


def comes_with_an_app(kelompok: Kelompok) -> User:
    sari = user_of(kelompok, "sari")
    app_of(sari)
    return sari


def test_with_a_first_password_nothing_is_set_up(kelompok):
    yuni = browser()
    password(yuni, "a.yuni", kelompok.asks(lambda: first_password(kelompok)))

    assert yuni.get("/akun/hp")["Location"].startswith("/akun/sandi?next=")
    yuni.post("/akun/hp", {"pin": GOOD, "again": GOOD})

    assert not Device.objects.exists()


def test_officers_of_a_demonstration_may_go_on_and_are_told_quietly(kelompok):
    Group.objects.filter(id=kelompok.id).update(demo=True, name="DEMO A")
    sari = browser()

    assert password(sari, "a.sari")["Location"] == home(kelompok)
    assert "Tambah pengaman" in text(sari.get("/akun"))
    assert "Nanti saja" in text(sari.get("/akun/amankan"))


# ── passkeys ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def sari_with_a_key(kelompok) -> tuple[Any, Authenticator]:
    """Her browser, and the authenticator in which she has made a passkey on the pages."""
    sari, key = browser(), Authenticator(ORIGIN, "localhost")
    password(sari, "a.sari")
    asked = sari.post("/akun/kunci/tanya").json()
    made = sari.post("/akun/kunci?next=/akun", {"answer": json.dumps(key.makes(asked))})
    assert (made.status_code, made["Location"], way(sari)) == (302, "/akun", "passkey")
    return sari, key


def test_a_passkey_signs_her_in_without_a_name(sari_with_a_key):
    _, key = sari_with_a_key
    later = browser()

    answer = json.dumps(key.signs(later.post("/masuk/kunci/tanya").json()))
    assert later.post("/masuk/kunci?next=/akun", {"answer": answer})["Location"] == "/akun"

    assert way(later) == "passkey"
    again = browser()
    again.post("/masuk/kunci/tanya")
    assert again.post("/masuk/kunci", {"answer": answer}).status_code == 409, "an answer is for one question"
    assert later.post("/masuk/kunci", {"answer": answer}).status_code == 409


@pytest.mark.parametrize("answer", ["", "{", "[]", "{}", '{"id": 1}', "x" * 30_000])
def test_what_is_no_answer_of_a_passkey_is_refused(kelompok, answer):
    phone = browser()
    phone.post("/masuk/kunci/tanya")

    assert phone.post("/masuk/kunci", {"answer": answer}).status_code in (400, 409)
    assert way(phone) is None


def test_a_passkey_stands_on_the_page_that_asks_for_more(sari_with_a_key):
    later = browser()
    asked = password(later, "a.sari")

    page = later.get(asked["Location"]).content.decode()

    assert 'data-passkey="/masuk/kunci/tanya"' in page and "ways.js" in page


# ── sessions and addresses ──────────────────────────────────────────────────────────────────────────────────────────


def test_every_step_begins_under_a_new_key(kelompok):
    sari, keys = browser(), []
    sari.post("/masuk/kunci/tanya")  # a session that somebody could have planted
    keys.append(sari.session.session_key)
    password(sari, "a.sari")
    keys.append(sari.session.session_key)
    sari.post("/akun/hp", {"pin": GOOD, "again": GOOD})
    keys.append(sari.session.session_key)
    password(sari, "a.sari")
    keys.append(sari.session.session_key)
    sari.post("/masuk/bukti", {"pin": GOOD})
    keys.append(sari.session.session_key)

    assert len(set(keys)) == 5
    assert list(Session.objects.filter(session_key__in=keys).values_list("session_key", flat=True)) == keys[-1:]


@pytest.mark.parametrize(
    "elsewhere", ["https://example.org/", "//example.org/", "/\\example.org", "javascript:alert(1)"]
)
def test_no_step_leads_elsewhere(kelompok, elsewhere):
    code = code_for(kelompok, "dewi")
    phone = browser(phone_of(kelompok, "yuni").token)
    printed = card_for(kelompok, "yuni")

    answers = [
        phone.post(f"/masuk?next={elsewhere}", {"pin": GOOD}),
        enrols(browser(), code, at=f"/masuk/kode?next={elsewhere}"),
        browser().post(f"/masuk/kartu?next={elsewhere}", {"number": printed.number, "code": printed.codes[0]}),
        password(browser(), "a.dewi", next=elsewhere),
        phone.get(f"/masuk?next={elsewhere}"),
    ]

    assert {answer["Location"] for answer in answers} == {home(kelompok)}


def test_no_page_of_the_ways_is_kept(kelompok):
    sari = comes_in(browser(), user_of(kelompok, "sari"))
    member = reverse("p:member-ways", kwargs={"group_id": kelompok.id, "member_id": kelompok.members["dewi"]})
    seen = [browser().get(path) for path in ("/masuk", "/masuk/kode", "/masuk/kartu", "/masuk/sandi", "/masuk/kunci")]
    seen += [
        sari.get(path) for path in ("/akun", "/akun/amankan", "/akun/aplikasi", "/akun/hp/lain", "/akun/kartu", member)
    ]
    seen += [sari.post("/akun/kartu"), sari.post("/akun/hp/lain"), sari.post(member, {"make": "code"})]

    for answer in seen:
        assert answer.status_code == 200
        assert "no-store" in answer["Cache-Control"], answer.request["PATH_INFO"]


def test_what_was_made_is_not_there_when_she_goes_back(kelompok):
    sari = comes_in(browser(), user_of(kelompok, "sari"))
    made = sari.post("/akun/kartu").content.decode()
    [first, *_] = re.findall(r"<code>(\w{3}-\w{3})</code>", made)

    assert first not in sari.get("/akun/kartu").content.decode()


# ── her account ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_her_account_says_who_she_is_and_how_she_comes_in(kelompok):
    user = user_of(kelompok, "sari")
    own_phone(user, way="passkey")
    own_card(user)
    sari = comes_in(browser(), user)

    page = text(sari.get("/akun"))

    assert "Sari" in page and "a.sari" in page and "JARBANGSRI Ketua" in page
    assert "sisa 10 kode" in page and "HP baru saja" in page


def test_she_ends_phones_sessions_tokens_and_factors_of_her_own_when_she_has_said_so(kelompok):
    user = user_of(kelompok, "sari")
    phone, app = own_phone(user, way="passkey").device, app_of(user, way="passkey")
    other, sari = comes_in(browser(), user), comes_in(browser(), user)
    page = sari.get("/akun").content.decode()
    links = re.findall(r'href="(/akun/cabut/[^"]+/[^"]+)"', page)
    assert {link.split("/")[3] for link in links} == {"hp", "kunci", "masuk", "token"}
    for link in links:
        assert sari.get(link).status_code == 200
    assert devices.of(user).exists() and factors.confirmed(user).exists()
    assert Token.objects.filter(user=user).exists()

    for link in [one for one in links if "/hp/" not in one]:
        assert sari.post(link)["Location"] == "/akun", link
    assert not factors.confirmed(user).exists() and not Token.objects.filter(user=user).exists()
    assert other.get("/akun").status_code == 302
    sari.post(f"/akun/cabut/hp/{phone.id}")

    assert not devices.of(user).exists() and app


@pytest.mark.parametrize("kind", ["hp", "kunci", "masuk", "token"])
def test_what_is_not_hers_is_not_there(kelompok, kind):
    rina = user_of(kelompok, "rina")
    phone, _ = own_phone(rina).device, app_of(rina, way="passkey")
    comes_in(browser(), rina)
    handles = {
        "hp": str(phone.id),
        "kunci": str(Factor.objects.get(user=rina).id),
        "masuk": sessions.of(rina)[0].handle,
        "token": str(signs_in(rina) and Token.objects.filter(user=rina).latest("created").id),
    }
    sari = comes_in(browser(), user_of(kelompok, "sari"))

    for handle in (handles[kind], "x", "0"):
        assert sari.get(f"/akun/cabut/{kind}/{handle}").status_code == 404
        assert sari.post(f"/akun/cabut/{kind}/{handle}").status_code == 404
    assert devices.of(rina).exists() and factors.confirmed(rina).exists() and sessions.of(rina)
    assert Token.objects.filter(user=rina).exists()


def test_the_phone_she_holds_can_be_ended_and_she_is_out(kelompok):
    phone = browser()
    enrols(phone, code_for(kelompok, "dewi"))

    answer = phone.post(f"/akun/cabut/hp/{Device.objects.get().id}")

    assert answer["Location"] == "/masuk"
    assert phone.get("/akun").status_code == 302
    assert "Selamat datang kembali" not in text(phone.get("/masuk"))


def test_the_last_thing_her_office_needs_stays(kelompok):
    user = user_of(kelompok, "sari")
    app_of(user)
    sari = comes_in(browser(), user, "totp")

    answer = sari.post(f"/akun/cabut/kunci/{Factor.objects.get().id}")

    assert (answer.status_code, "pasang yang lain dahulu" in text(answer)) == (409, True)
    assert factors.confirmed(user).exists()


def test_many_sessions_are_listed_when_she_asks_for_all(kelompok):
    user = user_of(kelompok, "dewi")
    for _ in range(8):
        comes_in(browser(), user, "password")
    here = comes_in(browser(), user, "password")

    few, every = here.get("/akun"), here.get("/akun?semua=1")

    assert (few.content.count(b"/akun/cabut/masuk/"), "3 lagi" in text(few)) == (5, True)
    assert (every.content.count(b"/akun/cabut/masuk/"), "lagi" in text(every)) == (8, False)


def test_all_other_sessions_end_at_once(kelompok):
    user = user_of(kelompok, "dewi")
    others, here = [comes_in(browser(), user, "password") for _ in range(2)], comes_in(browser(), user, "password")

    assert here.get("/akun/cabut/lainnya").status_code == 200
    here.post("/akun/cabut/lainnya")

    assert here.get("/akun").status_code == 200
    assert [one.get("/akun").status_code for one in others] == [302, 302]


def test_the_pin_of_this_phone_is_changed_by_who_knows_it(kelompok):
    phone = browser()
    enrols(phone, code_for(kelompok, "dewi"))

    wrong = phone.post("/akun/pin", {"old": WRONG, "pin": OTHER, "again": OTHER})
    assert (wrong.status_code, "PIN salah" in text(wrong)) == (409, True)
    weak = phone.post("/akun/pin", {"old": GOOD, "pin": "123456", "again": "123456"})
    assert weak.status_code == 409
    assert phone.post("/akun/pin", {"old": GOOD, "pin": OTHER, "again": OTHER})["Location"] == "/akun"

    phone.post("/keluar")
    assert phone.post("/masuk", {"pin": GOOD}).status_code == 409
    assert phone.post("/masuk", {"pin": OTHER}).status_code == 302


# ── the officer's side ──────────────────────────────────────────────────────────────────────────────────────────────


def ways(kelompok: Kelompok, person: str) -> str:
    return reverse("p:member-ways", kwargs={"group_id": kelompok.id, "member_id": kelompok.members[person]})


def test_an_officer_shows_a_code_that_a_member_without_any_login_comes_in_with(kelompok):
    rina = comes_in(browser(), user_of(kelompok, "rina"))
    assert "Belum ada HP" in text(rina.get(ways(kelompok, "yuni")))
    assert not User.objects.filter(username__startswith="anggota.").exists(), "looking makes nothing"

    page = rina.post(ways(kelompok, "yuni"), {"make": "code"})

    shown = re.search(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b", text(page))
    assert shown and "Berlaku 10 menit, sampai" in text(page) and "Sekali pakai" in text(page)
    assert 'src="data:image/svg+xml' in page.content.decode()
    yuni = browser()
    assert enrols(yuni, shown[0])["Location"] == home(kelompok)
    seen = text(yuni.get(f"{home(kelompok)}/anggota"))
    assert "Yuni" in seen and "Dewi" not in seen


def test_an_officer_prints_a_card_that_names_nobody(kelompok):
    rina = comes_in(browser(), user_of(kelompok, "rina"))

    page = rina.post(ways(kelompok, "dewi"), {"make": "card"}).content.decode()

    paper = re.search(r'<section class="code-paper">.*?</section>', page, re.S)
    assert paper and len(set(re.findall(r"<code>(\w{3}-\w{3})</code>", paper[0]))) == 10
    assert "JARBANGSRI" in paper[0] and "Dewi" not in paper[0]
    [number] = re.findall(r'code-number">(\w{4}-\w{4})<', paper[0])
    [first, *_] = re.findall(r"<code>(\w{3}-\w{3})</code>", paper[0])
    assert browser().post("/masuk/kartu", {"number": number, "code": first}).status_code == 302


def test_an_officer_takes_a_members_phones_and_card_away(kelompok):
    phone = browser()
    enrols(phone, code_for(kelompok, "dewi"))
    card_for(kelompok, "dewi")
    rina = comes_in(browser(), user_of(kelompok, "rina"))
    assert "Chrome di Android" in text(rina.get(ways(kelompok, "dewi")))

    rina.post(ways(kelompok, "dewi"), {"make": "end"})

    assert phone.get("/akun").status_code == 302
    assert "Belum ada HP" in text(rina.get(ways(kelompok, "dewi")))
    assert enrolments.ways_of(user_of(kelompok, "dewi")) == ([], None)


@pytest.mark.parametrize("make", ["code", "card", "end"])
def test_nobody_makes_an_officer_a_way_in(kelompok, make):
    rina = comes_in(browser(), user_of(kelompok, "rina"))
    own_phone(user_of(kelompok, "sari"))
    assert "mengatur HP dan kartunya sendiri" in text(rina.get(ways(kelompok, "sari")))

    answer = rina.post(ways(kelompok, "sari"), {"make": make})

    assert (answer.status_code, "Pengurus mengatur HP" in text(answer)) == (409, True)
    assert devices.of(user_of(kelompok, "sari")).count() == 1


def test_nobody_without_that_task_and_nobody_from_elsewhere(kelompok, neighbours):
    for person, status in (("dewi", 403), ("wati", 403)):
        client = comes_in(browser(), user_of(kelompok, person))
        assert client.get(ways(kelompok, "yuni")).status_code == status
        assert client.post(ways(kelompok, "yuni"), {"make": "code"}).status_code == status
    stranger = comes_in(browser(), user_of(neighbours, "rina"))
    assert stranger.post(ways(kelompok, "yuni"), {"make": "code"}).status_code == 404
    assert not Enrolment.objects.exists()
