"""What the treasurer records in plain words, and what she takes back, on pages."""

import re

import pytest

from ledger.models import Entry
from members.models import PendingAct, Signature
from tests.door import PIN
from tests.members.desk import desk

MEALS = {"account": "5-2030", "amount": "85.000", "channel": "1-1010", "memo": "konsumsi", "effective_on": "2026-03-06"}


def entries(kelompok):
    return kelompok.asks(lambda: Entry.objects.filter(group_id=kelompok.id).count())


def balance(kelompok, code):
    rows = kelompok.budi.gets(f"{kelompok.path}/ledger/accounts?limit=200")["results"]
    return next(row["balance"] for row in rows if row["code"] == code)


def test_a_cost_is_paid_from_the_cash_box(kelompok):
    kelompok.has(500_000)
    page = desk(kelompok).fills("/buku/catat", **MEALS)

    assert page.status == 200
    assert "Tercatat." in page.words
    assert "konsumsi Uang keluar −Rp85.000" in page.words
    assert (balance(kelompok, "1-1010"), balance(kelompok, "5-2030")) == (415_000, 85_000)


def test_other_money_comes_into_the_bank(kelompok):
    desk(kelompok).fills("/buku/catat?jenis=masuk", **MEALS | {"account": "4-2010", "channel": "1-1110"})

    assert (balance(kelompok, "1-1110"), balance(kelompok, "4-2010")) == (85_000, 85_000)


def test_cash_goes_to_the_bank(kelompok):
    kelompok.has(500_000)
    desk(kelompok).fills(
        "/buku/catat?jenis=pindah",
        crossing="1-1010 1-1110",
        amount="200rb",
        memo="ke BRI",
        effective_on="2026-03-06",
    )

    assert (balance(kelompok, "1-1010"), balance(kelompok, "1-1110")) == (300_000, 200_000)


def test_the_form_sent_twice_records_once_and_opened_again_says_so(kelompok):
    kelompok.has(500_000)
    budi = desk(kelompok)
    address = budi.opens("/buku/catat", follow=False).onwards

    budi.sends(address, **MEALS)
    again = budi.sends(address, **MEALS)
    changed = budi.sends(address, **MEALS | {"amount": "90.000"})

    assert "Sudah tercatat" in again.words
    assert changed.status == 409
    assert "Sudah tercatat" in changed.words
    before = budi.opens(address)
    assert "Sudah tercatat" in before.words
    [there] = before.links("/buku/0")
    assert "konsumsi Uang keluar −Rp85.000" in budi.opens(there).words
    assert entries(kelompok) == 2


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"amount": "85,000"}, "Tanpa sen."),
        ({"amount": "0"}, "Jumlahnya harus lebih dari nol."),
        ({"amount": ""}, "Belum diisi."),
        ({"account": "1-1210"}, "Pilih salah satu."),
        ({"account": "5-9999"}, "Pilih salah satu."),
        ({"channel": "2-1010"}, "Pilih salah satu."),
        ({"memo": "  "}, "Belum diisi."),
        ({"effective_on": "kemarin"}, "Tulis tanggal seperti 2026-11-24."),
        ({"effective_on": "2100-01-01"}, "belum tiba"),
        ({"amount": "900.000"}, "Saldo Kas kelompok tidak cukup: pada 6 Maret 2026 kurang Rp400.000."),
    ],
)
def test_what_is_wrong_is_said_in_the_form_and_nothing_is_stored(kelompok, wrong, sentence):
    kelompok.has(500_000)
    page = desk(kelompok).fills("/buku/catat", **MEALS | wrong)

    assert page.status in (400, 409)
    assert sentence in page.words
    assert entries(kelompok) == 1


def test_ten_times_the_largest_meal_is_asked_about_once(kelompok):
    kelompok.has(5_000_000)
    budi = desk(kelompok)
    budi.fills("/buku/catat", **MEALS)
    address = budi.opens("/buku/catat", follow=False).onwards

    asked = budi.sends(address, **MEALS | {"amount": "850.000"})
    assert "Benar Rp850.000? Yang terbesar di sini selama ini Rp85.000." in asked.words
    assert entries(kelompok) == 2

    # The button and the hidden field bear the same name.
    budi.sends(address, **MEALS | {"amount": "850.000", "sure": ["ya", ""]})
    assert entries(kelompok) == 3


def test_above_the_limit_a_second_officer_types_her_pin(kelompok):
    kelompok.has(5_000_000)
    budi = desk(kelompok)
    address = budi.opens("/buku/catat", follow=False).onwards
    large = MEALS | {"amount": "1.000.001"}

    asked = budi.sends(address, **large)
    assert "lebih dari Rp1.000.000 dari kas atau bank perlu dua pengurus" in asked.words
    assert "Sari, ketua" in asked.words
    assert entries(kelompok) == 1

    sari = {"two": "ya", "second_officer": kelompok.offices["sari"]}
    wrong = budi.sends(address, **large, **sari, second_pin="111222")
    assert "PIN pengurus kedua salah; sisa percobaan 4." in wrong.words
    assert 'name="second_pin"' in wrong.source
    assert entries(kelompok) == 1

    assert "Tercatat." in budi.sends(address, **large, **sari, second_pin=PIN).words
    assert entries(kelompok) == 2
    assert kelompok.asks(lambda: Signature.objects.filter(group_id=kelompok.id).count()) == 1


def test_without_a_second_officer_beside_her_it_waits(kelompok):
    kelompok.has(5_000_000)
    budi = desk(kelompok)
    address = budi.opens("/buku/catat", follow=False).onwards

    page = budi.sends(address, **MEALS | {"amount": "1.000.001", "two": "ya"})

    assert page.onwards.endswith("/menunggu")
    assert entries(kelompok) == 1
    assert kelompok.asks(lambda: PendingAct.objects.filter(group_id=kelompok.id).count()) == 1


def test_free_lines_that_do_not_agree_are_refused(kelompok):
    budi = desk(kelompok)
    lines = {
        "account_1": "1-1110",
        "debit_1": "500.000",
        "account_2": "3-1030",
        "credit_2": "400.000",
        "memo": "hibah desa",
        "effective_on": "2026-03-06",
    }

    page = budi.fills("/buku/catat?jenis=rinci", **lines)
    assert "Debit Rp500.000 dan kredit Rp400.000 belum sama." in page.words
    both = budi.fills("/buku/catat?jenis=rinci", **lines | {"credit_1": "1"})
    assert "Isi salah satu: debit atau kredit." in both.words
    nameless = budi.fills("/buku/catat?jenis=rinci", **lines | {"credit_3": "100.000"})
    assert "Pilih akunnya." in nameless.words
    assert entries(kelompok) == 0

    budi.fills("/buku/catat?jenis=rinci", **lines | {"account_3": "4-2020", "credit_3": "100.000"})
    assert [balance(kelompok, code) for code in ("1-1110", "3-1030", "4-2020")] == [500_000, 400_000, 100_000]


def test_only_the_treasurer_records(kelompok, neighbours):
    assert desk(kelompok, "sari").opens("/buku/catat").status == 403
    assert desk(kelompok, "dewi").opens("/buku/catat").status == 403
    assert desk(neighbours).opens(f"/k/{kelompok.id}/buku/catat").status == 404


WRONG_AMOUNT = {"why": "amount", "words": "tertulis 500.000", "effective_on": "2026-03-05"}


def test_a_correction_shows_before_and_after_and_keeps_its_reason(kelompok):
    entry = kelompok.has(500_000)["id"]
    budi = desk(kelompok)

    page = budi.opens(f"/buku/{entry}/koreksi")
    assert "Kas kelompok 500.000 0 Modal hibah/donasi 500.000 0" in page.words

    done = budi.fills(f"/buku/{entry}/koreksi", **WRONG_AMOUNT)
    assert "Catatan dibatalkan." in done.words
    assert "Membatalkan catatan no. 1 Salah jumlah: tertulis 500.000" in done.words
    assert balance(kelompok, "1-1010") == 0
    assert "Catatan ini sudah dibatalkan" in budi.opens(f"/buku/{entry}/koreksi").words


def test_the_entries_to_take_back_first_are_named_with_the_way_there(kelompok):
    entry = kelompok.has(500_000)["id"]
    budi = desk(kelompok)
    budi.fills("/buku/catat", **MEALS)

    page = budi.fills(f"/buku/{entry}/koreksi", **WRONG_AMOUNT)

    assert page.status == 409
    assert "Tidak ada yang tersimpan. Koreksi dulu yang menyusulnya, dari yang terbaru: no. 2, 6 Mar" in page.words
    [first] = [link for link in page.links("/koreksi") if entry not in link]
    assert budi.opens(first).status == 200
    assert entries(kelompok) == 2


def test_another_reason_needs_words_and_every_correction_a_reason(kelompok):
    entry = kelompok.has(500_000)["id"]
    budi = desk(kelompok)

    assert (
        "Tulis alasannya" in budi.fills(f"/buku/{entry}/koreksi", **WRONG_AMOUNT | {"why": "other", "words": ""}).words
    )
    assert "Belum diisi." in budi.fills(f"/buku/{entry}/koreksi", effective_on="2026-03-05").words
    assert entries(kelompok) == 1


def test_a_correction_of_a_closed_month_bears_the_first_open_day(kelompok):
    entry = kelompok.has(500_000)["id"]
    kelompok.budi.posts(f"{kelompok.path}/periods/2026-03/close", {"second": kelompok.second()})

    page = desk(kelompok).opens(f"/buku/{entry}/koreksi")
    assert "Bulan Maret 2026 sudah ditutup, jadi koreksinya bertanggal 1 April 2026." in page.words
    assert re.search(r'name="effective_on" value="2026-04-01"', page.source)

    early = desk(kelompok).fills(f"/buku/{entry}/koreksi", **WRONG_AMOUNT)
    assert "hari pertama yang masih terbuka adalah 1 April 2026" in early.words


def test_a_correction_sent_twice_is_one(kelompok):
    entry = kelompok.has(500_000)["id"]
    budi = desk(kelompok)
    address = budi.opens(f"/buku/{entry}/koreksi", follow=False).onwards
    budi.sends(address, **WRONG_AMOUNT)

    assert budi.sends(address, **WRONG_AMOUNT).status == 200
    assert "Sudah tercatat" in budi.opens(address).words
    assert entries(kelompok) == 2


def test_only_the_treasurer_takes_back(kelompok, neighbours):
    entry = kelompok.has(500_000)["id"]

    assert desk(kelompok, "sari").opens(f"/buku/{entry}/koreksi").status == 403
    assert not desk(kelompok, "sari").opens(f"/buku/{entry}").links("/koreksi")
    assert desk(neighbours).opens(f"/buku/{entry}/koreksi").status == 404
