"""The officers' pages of consents: giving, revoking, who signs in, what was seen."""

import re
from datetime import timedelta
from typing import Any

import pytest

from members import consents
from members.access import OPENED_BY
from members.models import SCOPES
from members.services import today_in
from members.templatetags import lumbung
from tests.door import PIN, Kelompok
from tests.members.desk import Desk, desk
from tests.members.lent import Bank, lender_of


@pytest.fixture
def budi(kelompok) -> Desk:
    return desk(kelompok)


def filled(group: Kelompok, lender_id: Any, **more: Any) -> dict[str, Any]:
    today = today_in(group.group)
    given: dict[str, Any] = {"lender": str(lender_id), "scopes": ["totals", "loans"], "from_on": str(today)}
    given |= {"to_on": str(today + timedelta(days=9)), "second_officer": str(group.offices["sari"]), "second_pin": PIN}
    return given | more


def in_force(bank: Bank) -> frozenset[str]:
    found: frozenset[str] = bank.group.asks(lambda: consents.scopes(bank.group.id, bank.id, bank.today))
    return found


def test_every_scope_and_everything_a_lender_is_shown_has_its_words():
    assert set(lumbung.SCOPES) == set(SCOPES)
    assert set(lumbung.DISCLOSED) == set(OPENED_BY)


def test_the_treasurer_gives_consent_with_the_chairs_pin(kelompok, budi):
    bank = Bank.of(kelompok)

    seen = budi.fills("/izin/beri", **filled(kelompok, bank.id))

    assert seen.status == 200 and seen.onwards.endswith("/izin")
    assert "Izinnya berlaku." in seen.words
    assert "Jumlah seluruh kelompok Tiap pinjaman, tanpa nama Diberi" in seen.words
    assert "Diberi Budi dan Sari" in seen.words
    assert in_force(bank) == {"totals", "loans"}


def test_without_a_second_officer_it_waits_and_says_for_what(kelompok, budi):
    bank = Bank.of(kelompok)

    seen = budi.fills("/izin/beri", **filled(kelompok, bank.id, second_officer="", second_pin=""))
    assert "Menunggu persetujuan pengurus lain" in seen.words
    waiting = desk(kelompok, "wati").opens("/menunggu")

    assert "Memberi Bank Jateng izin melihat data kelompok" in waiting.words
    assert "Jumlah seluruh kelompok, Tiap pinjaman, tanpa nama" in waiting.words
    [named] = re.findall(r'name="setujui" value="([^"]+)"', waiting.source)
    assert in_force(bank) == frozenset()
    desk(kelompok, "wati").sends("/menunggu", setujui=named)
    assert in_force(bank) == {"totals", "loans"}


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"scopes": []}, "Pilih satu atau lebih."),
        ({"scopes": ["everything"]}, "Pilih yang ada di sini."),
        ({"lender": ""}, "Belum diisi."),
        ({"to_on": "2020-01-01", "from_on": "2020-01-01"}, "sudah lewat"),
        ({"to_on": "2020-01-01"}, "Tidak boleh sebelum"),
        ({"second_pin": "000000"}, "PIN pengurus kedua salah"),
    ],
)
def test_what_is_refused_stands_in_the_form(kelompok, budi, wrong, sentence):
    bank = Bank.of(kelompok)

    seen = budi.fills("/izin/beri", **filled(kelompok, bank.id, **wrong))

    assert seen.status in (400, 409)
    assert sentence in seen.words
    assert in_force(bank) == frozenset()


def test_one_officer_revokes_it(kelompok):
    bank = Bank.of(kelompok, "totals")
    rina = desk(kelompok, "rina")
    [address] = rina.opens("/izin").links("/cabut")

    assert "Berlaku seketika" in rina.opens(address).words
    seen = rina.sends(address)

    assert "Izinnya dicabut." in seen.words and "Dicabut" in seen.words
    assert bank.sees().status == 404
    assert "sudah dicabut" in rina.opens(address).words


def test_a_login_is_made_and_its_first_password_shown_once(kelompok, budi):
    lender = lender_of(kelompok)

    made = budi.fills(f"/izin/pendana/{lender}/akun", username="ratna.bank")

    assert "ratna.bank" in made.words
    assert re.search(r"[a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4}", made.words)
    listed = budi.opens("/izin").words
    assert "ratna.bank" in listed and "belum membuat kata sandinya sendiri" in listed


def test_a_login_is_ended(kelompok, budi):
    bank = Bank.of(kelompok, "totals")

    seen = budi.sends(f"/izin/pendana/{bank.id}/akun/{bank.user.id}")

    assert "tidak dapat masuk lagi" in seen.words
    assert bank.sees().status == 404


def test_what_a_lender_saw_is_one_line_a_day_and_thing(kelompok, budi):
    bank = Bank.of(kelompok, "totals", "loans", "members.named")
    other = Bank.of(kelompok, "totals", username="pak.joko", name="UPK Kunduran")
    for _ in range(3):
        bank.sees("/portal/loans")
    other.sees("/portfolio")

    words = budi.opens(f"/izin/dilihat?pendana={bank.id}").words

    assert "Yang dilihat Bank Jateng" in words
    assert "Daftar pinjaman" in words and "3 kali" in words and "bu.ratna" in words
    assert "Tiap pinjaman, tanpa nama · Tiap anggota, dengan namanya" in words
    assert "UPK Kunduran" not in words
    assert "UPK Kunduran" in budi.opens("/izin/dilihat").words


def test_the_pages_ask_the_same_however_much_there_is(kelompok, budi):
    bank = Bank.of(kelompok, "totals")
    bank.sees("/portfolio")
    few = {path: budi.questions(path) for path in ("/izin", "/izin/dilihat")}
    for _ in range(4):
        bank.may_see("loans")
        bank.sees("/portfolio")

    assert {path: budi.questions(path) for path in few} == few


@pytest.mark.parametrize("path", ["/izin", "/izin/beri", "/izin/dilihat"])
def test_a_member_has_none_of_these_pages(kelompok, path):
    assert desk(kelompok, "dewi").opens(path).status == 403
