"""The menu, the book and one entry on pages."""

import pytest

from ledger.entries import NewEntry
from ledger.ids import uuid7
from tests.cast import Group, day
from tests.members.desk import desk


def reversed_by(kelompok, entry_id, reason="Salah jumlah"):
    return kelompok.budi.pays(f"{kelompok.path}/entries/{entry_id}/reversal", {"reason": reason})


def test_the_book_tells_what_happened_with_whom_and_who_wrote_it(kelompok):
    kelompok.has(500_000)
    page = desk(kelompok).opens("/buku").words

    assert "Kamis 5 Mar 2026" in page
    assert "contoh dicatat Budi +Rp500.000" in page


def test_a_members_deposit_bears_her_name(kelompok):
    kelompok.budi.pays(
        f"{kelompok.path}/savings/deposits",
        {
            "member_id": str(kelompok.members["dewi"]),
            "product": "wajib",
            "amount": 20_000,
            "channel": "cash",
            "effective_on": "2026-03-05",
        },
    )

    assert "Setoran simpanan Dewi · dicatat Budi +Rp20.000" in desk(kelompok).opens("/buku").words


def test_what_was_taken_back_is_struck_and_says_so(kelompok):
    entry = kelompok.has(500_000)["id"]
    reversed_by(kelompok, entry)
    budi = desk(kelompok)

    page = budi.opens("/buku")
    assert page.source.count("struck") == 1
    assert "dibatalkan" in page.words
    assert "Koreksi Salah jumlah · dicatat Budi −Rp500.000" in page.words

    one = budi.opens(f"/buku/{entry}")
    assert "Catatan ini sudah dibatalkan." in one.words
    assert "Dibatalkan Budi lewat catatan no. 2 Salah jumlah" in one.words
    assert not one.links("/koreksi")


def test_one_entry_shows_its_lines_its_number_and_its_hash(kelompok):
    made = kelompok.has(500_000)
    page = desk(kelompok).opens(f"/buku/{made['id']}").words

    assert "Kas kelompok 500.000 Modal hibah/donasi 500.000 Sama besar 500.000 500.000" in page
    assert f"Catatan no. 1 dalam rantai · {made['hash'][:6]} Kode lengkap {made['hash']}" in page


def test_debit_and_credit_stand_open_for_the_supervisor_alone(kelompok):
    made = kelompok.has(500_000)

    folded = desk(kelompok).opens(f"/buku/{made['id']}")
    checks = desk(kelompok, "wati").opens(f"/buku/{made['id']}")

    assert "Untuk yang paham pembukuan Debit dan kredit" in folded.words
    assert "Untuk yang paham pembukuan" not in checks.words
    assert "Kas kelompok 500.000" in checks.words


def test_the_book_of_one_month_or_one_account(kelompok):
    kelompok.has(500_000)
    kelompok.budi.pays(
        f"{kelompok.path}/ledger/entries", kelompok.journal("5-2030", "1-1010", 85_000, on="2026-04-10", memo="lauk")
    )
    budi = desk(kelompok)

    assert "lauk" not in budi.opens("/buku?bulan=2026-03").words
    assert "lauk" in budi.opens("/buku?bulan=2026-04").words
    meals = budi.opens("/buku?akun=5-2030").words
    assert "lauk dicatat Budi +Rp85.000" in meals
    assert "contoh" not in meals
    assert "Tidak ada catatan yang cocok." in budi.opens("/buku?akun=9-9999").words


def test_forty_stand_on_a_page_and_the_older_ones_behind_it(kelompok):
    for number in range(45):
        kelompok.budi.pays(
            f"{kelompok.path}/ledger/entries",
            kelompok.journal("1-1010", "3-1030", 1_000, memo=f"nomor {number:02}", on=f"2026-03-0{1 + number % 5}"),
        )
    budi = desk(kelompok)

    first = budi.opens("/buku")
    [older] = first.links("sebelum")
    second = budi.opens(f"/buku{older}")

    seen = [f"nomor {number:02}" for number in range(45)]
    assert sum(one in first.words for one in seen) == 40
    assert sorted(one for one in seen if one in second.words) == sorted(one for one in seen if one not in first.words)


def test_a_longer_book_asks_no_more(kelompok):
    kelompok.has(500_000)
    budi = desk(kelompok)
    before = budi.questions("/buku")
    for _ in range(10):
        kelompok.has(1_000)

    assert budi.questions("/buku") == before


def test_the_book_is_the_officers(kelompok, neighbours):
    entry = kelompok.has(500_000)["id"]

    assert desk(kelompok, "wati").opens("/buku").status == 200
    assert desk(kelompok, "dewi").opens("/buku").status == 403
    assert desk(kelompok, "dewi").opens(f"/buku/{entry}").status == 403
    stranger = desk(neighbours)
    assert stranger.opens(f"/k/{kelompok.id}/buku").status == 404
    assert stranger.opens(f"/buku/{entry}").status == 404
    assert desk(kelompok).opens(f"/buku/{uuid7()}").status == 404


def test_an_empty_book_says_so(kelompok):
    assert "Buku masih kosong." in desk(kelompok).opens("/buku").words
    assert "Tidak ada catatan yang cocok." in desk(kelompok).opens("/buku?bulan=2026-02").words
    assert "Buku masih kosong." in desk(kelompok).opens("/buku?bulan=lusa&sebelum=kapan").words


def test_the_menu_shows_only_what_is_hers(kelompok):
    assert desk(kelompok).opens("/lainnya").status == 200
    member = desk(kelompok, "dewi").opens("/lainnya")
    assert member.status == 200
    assert not member.links("/pengaturan")


def test_what_follows_by_itself_stands_back_until_she_asks(kelompok):
    kelompok.has(500_000)
    book = Group(kelompok.id)
    book.enters(NewEntry(day("2026-03-06"), "loan_accrual", book.lines("1-1320", "4-1030", 1_000)))
    budi = desk(kelompok)

    page = budi.opens("/buku")
    assert "Jasa dan denda yang dihitung otomatis tidak ditampilkan." in page.words
    assert "Rp1.000" not in page.words
    assert "Rp1.000" in budi.opens("/buku?semua=1").words
    assert "Rp1.000" in budi.opens("/buku?akun=4-1030").words


@pytest.mark.parametrize("query", ["akun=%00", "akun=' or 1=1", "sebelum=2026-99-99_1", "bulan=2026-13", "sebelum=%00"])
def test_a_query_that_means_nothing_is_the_whole_book(kelompok, query):
    kelompok.has(500_000)

    assert "contoh dicatat Budi" in desk(kelompok).opens(f"/buku?{query}").words
