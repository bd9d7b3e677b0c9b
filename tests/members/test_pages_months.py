"""The trial balance and the months on pages."""

import pytest
import time_machine

from ledger.models import MonthClose
from tests.door import PIN
from tests.members.desk import desk


@pytest.fixture(autouse=True)
def april():
    """The tenth of April: January to March are over."""
    with time_machine.travel("2026-04-10T03:00:00Z", tick=True):
        yield


def closed(kelompok):
    found = MonthClose.objects.filter(group_id=kelompok.id, reopened_at=None).order_by("month")
    return kelompok.asks(lambda: [f"{one.month:%Y-%m}" for one in found])


def saves(kelompok, person, amount):
    kelompok.budi.pays(
        f"{kelompok.path}/savings/deposits",
        {
            "member_id": str(kelompok.members[person]),
            "product": "wajib",
            "amount": amount,
            "channel": "cash",
            "effective_on": "2026-03-05",
        },
    )


def test_the_sums_agree_and_the_head_stands_below(kelompok):
    kelompok.has(500_000)
    head = kelompok.budi.gets(f"{kelompok.path}/ledger/head")

    page = desk(kelompok).opens("/neraca").words

    assert "Pada akhir 10 April 2026" in page
    assert "Sama besar ✓ 500.000 500.000" in page
    assert f"Catatan terakhir no. 1 {head['hash'][:6]} Kode lengkap {head['hash']}" in page


def test_members_savings_stand_together_and_open_one_by_one(kelompok):
    saves(kelompok, "dewi", 20_000)
    saves(kelompok, "yuni", 30_000)
    budi = desk(kelompok)

    folded = budi.opens("/neraca")
    assert "Simpanan wajib 2 rincian 50.000" in folded.words
    assert "Dewi" not in folded.words
    [link] = folded.links("rinci=")
    opened = budi.opens(f"/neraca{link}").words
    assert "Dewi · Simpanan wajib 0001 20.000" in opened
    assert "Yuni · Simpanan wajib 0002 30.000" in opened
    assert "Sama besar ✓ 50.000 50.000" in opened


def test_the_balance_of_a_past_day(kelompok):
    kelompok.has(500_000)

    assert "Kas kelompok 500.000" not in desk(kelompok).opens("/neraca?per=2026-03-04").words
    assert "Kas kelompok 500.000" in desk(kelompok).opens("/neraca?per=2026-03-05").words
    assert "Tulis tanggal seperti" in desk(kelompok).opens("/neraca?per=kemarin").words
    assert "Hari itu belum tiba" in desk(kelompok).opens("/neraca?per=2026-04-11").words


def test_the_balance_asks_no_more_for_more_members(kelompok):
    saves(kelompok, "dewi", 20_000)
    budi = desk(kelompok)
    before = budi.questions("/neraca?rinci=3-1020")
    for person in ("yuni", "rina", "wati", "sari"):
        saves(kelompok, person, 20_000)

    assert budi.questions("/neraca?rinci=3-1020") == before


def test_two_officers_close_a_month_on_one_phone(kelompok):
    kelompok.has(500_000)
    budi = desk(kelompok)

    page = budi.opens("/bulan/2026-03/tutup")
    assert "Catatan 1 Uang masuk Rp500.000 Uang keluar Rp0 Kas kelompok di akhir bulan Rp500.000" in page.words
    assert "Bank - rekening kelompok di akhir bulan Rp0" in page.words
    assert "Sari, ketua" in page.words

    done = budi.sends("/bulan/2026-03/tutup", second_officer=kelompok.offices["sari"], second_pin=PIN)
    assert "Bulan Maret 2026 ditutup." in done.words
    assert "Maret 2026 sampai catatan no. 1" in done.words
    assert closed(kelompok) == ["2026-03"]


def test_a_wrong_pin_closes_nothing(kelompok):
    kelompok.has(500_000)
    page = desk(kelompok).sends("/bulan/2026-03/tutup", second_officer=kelompok.offices["sari"], second_pin="111222")

    assert page.status == 409
    assert "PIN pengurus kedua salah; sisa percobaan 4." in page.words
    assert closed(kelompok) == []


def test_without_the_second_it_waits_for_her(kelompok):
    kelompok.has(500_000)
    page = desk(kelompok).sends("/bulan/2026-03/tutup")

    assert "Menunggu persetujuan pengurus lain" in page.words
    assert "Menutup bulan Maret 2026" in page.words
    assert closed(kelompok) == []


def test_the_second_officer_reads_the_figures_before_she_consents_or_leaves_it(kelompok):
    kelompok.has(500_000)
    kelompok.budi.pays(f"{kelompok.path}/ledger/entries", kelompok.journal("1-1110", "1-1010", 200_000))
    desk(kelompok).sends("/bulan/2026-03/tutup")
    sari = desk(kelompok, "sari")

    page = sari.opens("/menunggu")

    assert "Menutup bulan Maret 2026 Uang masuk Rp500.000 Uang keluar Rp0" in page.words
    assert "Kas kelompok di akhir bulan Rp300.000" in page.words
    assert "Bank - rekening kelompok di akhir bulan Rp200.000" in page.words
    assert "Jangan dulu" in page.words
    assert "Menutup bulan Maret 2026" in sari.opens("/menunggu").words, "leaving it alone takes nothing away"


def test_what_stands_in_the_way_is_said_before(kelompok):
    kelompok.has(500_000)
    budi = desk(kelompok)

    april = budi.opens("/bulan/2026-04/tutup")
    assert "Bulan ditutup berurutan; Maret 2026 dulu." in april.words
    assert "Bulannya belum habis; dapat ditutup mulai 1 Mei 2026." in april.words
    assert '<button class="primary"' not in april.source
    assert budi.sends("/bulan/2026-04/tutup").status == 409


def test_the_latest_month_opens_again_with_a_reason(kelompok):
    kelompok.has(500_000)
    sari = {"second_officer": kelompok.offices["sari"], "second_pin": PIN}
    budi = desk(kelompok)
    budi.sends("/bulan/2026-03/tutup", **sari)

    assert budi.opens("/bulan").links("/2026-03/buka")
    assert "Belum diisi." in budi.sends("/bulan/2026-03/buka", **sari).words
    assert closed(kelompok) == ["2026-03"]
    done = budi.sends("/bulan/2026-03/buka", reason="setoran tertinggal", **sari)
    assert "Bulan Maret 2026 terbuka lagi." in done.words
    assert closed(kelompok) == []
    assert "Belum ada bulan yang ditutup." in budi.opens("/bulan/2026-03/buka").words


def test_months_and_balance_are_the_officers(kelompok, neighbours):
    for path in ("/neraca", "/bulan", "/bulan/2026-03/tutup", "/bulan/2026-03/buka"):
        assert desk(kelompok, "dewi").opens(path).status == 403
        assert desk(neighbours).opens(f"/k/{kelompok.id}{path}").status == 404
