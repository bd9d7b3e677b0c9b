"""Putting in and taking out on pages: what she has, what is due, what is locked and why, and who has to consent."""

import pytest

from ledger.ids import uuid7
from savings.models import Movement
from tests.cast import day
from tests.door import PIN
from tests.pages import Browser, entries


@pytest.fixture
def budi(kelompok):
    """The treasurer's browser."""
    return Browser(kelompok)


def typed(**other):
    return {"product": "sukarela", "amount": "20.000", "channel": "cash", "effective_on": "2026-03-10"} | other


def sends(browser, page, group, *, key=None, person="dewi", **other):
    return browser.sends(page, typed(**other), key=key, member_id=group.members[person])


def opens(browser, page, group, query="", person="dewi"):
    seen = browser.opens(page, query, member_id=group.members[person])
    return browser.at(seen.location) if seen.status == 302 else seen


# ── putting in ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_she_has_and_what_is_due_stand_above_the_form(kelompok, savings, budi):
    savings.deposits("dewi", 35_000)
    savings.sets("pokok", amount=50_000)

    seen = opens(budi, "deposit", kelompok)

    assert "Simpanan pokok Rp0 Simpanan wajib Rp0 Simpanan sukarela Rp35.000" in seen.text
    assert "Bayar Simpanan pokok Rp50.000" in seen.text


def test_one_tap_fills_in_what_a_product_asks_for(kelompok, savings, budi):
    savings.sets("pokok", amount=50_000)

    assert 'value="50.000"' in opens(budi, "deposit", kelompok, "?isi=pokok").html


def test_a_deposit_stands_in_her_savings_and_leads_to_the_receipt(kelompok, savings, budi):
    key = uuid7()

    seen = sends(budi, "deposit", kelompok, key=key)

    assert (seen.status, seen.location) == (303, budi.url("receipt", command=key))
    assert (savings.held("dewi"), savings.cash()) == (20_000, 20_000)


def test_three_times_what_is_due_is_asked_about_once(kelompok, savings, budi):
    savings.sets("pokok", amount=50_000)
    asked = {"product": "pokok", "amount": "150.000"}

    assert "Benar Rp150.000? Yang harus dibayar Rp50.000." in sends(budi, "deposit", kelompok, **asked).text
    assert savings.held("dewi", "pokok") == 0
    assert sends(budi, "deposit", kelompok, sure="ya", **asked).status == 303


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"amount": ""}, "Belum diisi."),
        ({"product": "haji"}, "Pilih salah satu."),
        ({"effective_on": "2026-01-01"}, "2 Januari 2026"),
        ({"amount": "1e5"}, "Tulis angka saja"),
    ],
)
def test_what_is_refused_is_said_and_nothing_stands(kelompok, budi, given, said):
    before = entries(kelompok)

    seen = sends(budi, "deposit", kelompok, **given)

    assert said in seen.text
    assert entries(kelompok) == before


# ── taking out ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_may_be_taken_stands_apart_from_what_is_locked_and_why(kelompok, savings, budi):
    savings.deposits("dewi", 35_000)
    savings.deposits("dewi", 60_000, "wajib")
    savings.opens("hari_raya", withdrawable="from_date", opens_on=day("2100-05-01"))
    savings.deposits("dewi", 15_000, "hari_raya")
    savings.opens("anak", floor=10_000)
    savings.deposits("dewi", 25_000, "anak")

    seen = opens(budi, "withdraw", kelompok).text

    assert "Yang dapat diambil Rp50.000 Simpanan sukarela Rp35.000 Anak Rp15.000" in seen
    assert "Simpanan wajib Rp60.000: baru dapat diambil kalau ia keluar dari kelompok." in seen
    assert "Hari_raya Rp15.000: baru dapat diambil mulai 1 Mei 2100." in seen
    assert "Anak Rp25.000: Rp10.000 harus tetap tinggal." in seen


def test_who_has_nothing_to_take_is_told_so_and_sees_no_form(kelompok, savings, budi):
    savings.deposits("dewi", 60_000, "wajib")

    seen = opens(budi, "withdraw", kelompok)

    assert "Belum ada simpanan yang dapat diambil." in seen.text
    assert 'name="amount"' not in seen.html


def test_a_withdrawal_within_the_limit_is_one_officers(kelompok, savings, budi):
    savings.deposits("dewi", 1_000_000)
    key = uuid7()

    seen = sends(budi, "withdraw", kelompok, key=key, amount="1.000.000")

    assert (seen.status, seen.location) == (303, budi.url("receipt", command=key))
    assert savings.held("dewi") == 0


def test_above_the_limit_the_second_officer_is_asked_for_before_anything_is_sent(kelompok, savings, budi):
    savings.deposits("dewi", 1_500_000)

    seen = sends(budi, "withdraw", kelompok, amount="1.000.001")

    assert "Lebih dari Rp1.000.000 perlu dua pengurus. Belum ada yang tersimpan." in seen.text
    assert "Sari, ketua" in seen.text
    assert "Budi, bendahara" not in seen.text
    assert savings.held("dewi") == 1_500_000


def test_with_the_second_officers_pin_it_is_done(kelompok, savings, budi):
    savings.deposits("dewi", 1_500_000)
    second = {"two": "ya", "second_officer": str(kelompok.offices["sari"]), "second_pin": PIN}

    wrong = sends(budi, "withdraw", kelompok, amount="1.200.000", **second | {"second_pin": "000000"})
    right = sends(budi, "withdraw", kelompok, amount="1.200.000", **second)

    assert "sisa percobaan 4" in wrong.text
    assert right.status == 303
    assert savings.held("dewi") == 300_000


def test_without_her_it_waits_and_the_treasurer_is_told(kelompok, savings, budi):
    savings.deposits("dewi", 1_500_000)

    seen = sends(budi, "withdraw", kelompok, amount="1.200.000", two="ya", second_officer="", second_pin="")

    assert seen.status == 303
    assert "Menunggu persetujuan pengurus lain" in budi.at(seen.location).text
    assert savings.held("dewi") == 1_500_000


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"amount": "50.000"}, "kurang"),
        ({"product": "wajib"}, "Pilih salah satu."),
        ({"amount": "0"}, "lebih dari nol"),
    ],
)
def test_too_much_or_what_is_locked_is_refused(kelompok, savings, budi, given, said):
    savings.deposits("dewi", 35_000)
    savings.deposits("dewi", 60_000, "wajib")

    seen = sends(budi, "withdraw", kelompok, **given)

    assert said in seen.text
    assert kelompok.asks(lambda: Movement.objects.filter(kind="withdrawal").exists()) is False


def test_the_same_withdrawal_twice_is_one(kelompok, savings, budi):
    savings.deposits("dewi", 35_000)
    key = uuid7()

    sends(budi, "withdraw", kelompok, key=key)
    again = sends(budi, "withdraw", kelompok, key=key)

    assert "Sudah tercatat." in budi.at(again.location).text
    assert savings.held("dewi") == 15_000


@pytest.mark.parametrize("page", ["deposit", "withdraw"])
def test_only_the_treasurer_moves_money_and_only_in_her_group(kelompok, neighbours, page):
    assert sends(Browser(kelompok, "sari"), page, kelompok).status == 403
    assert sends(Browser(kelompok, "dewi"), page, kelompok).status == 403
    assert sends(Browser(neighbours), page, kelompok).status == 404
