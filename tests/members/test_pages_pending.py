"""What waits for a second officer, and the group's rules, on pages."""

import pytest

from ledger.ids import uuid7
from ledger.models import Entry
from members.models import Group, PendingAct
from tests.door import PIN
from tests.members.desk import desk


def waiting(kelompok):
    found = PendingAct.objects.filter(group_id=kelompok.id, settled_at=None)
    return kelompok.asks(lambda: list(found.values_list("id", flat=True)))


def asks_much(kelompok, amount=1_500_000):
    kelompok.has(5_000_000)
    kelompok.budi.pays(f"{kelompok.path}/ledger/entries", kelompok.journal("5-2030", "1-1010", amount, memo="panggung"))
    [id] = waiting(kelompok)
    return id


def entries(kelompok):
    return kelompok.asks(lambda: Entry.objects.filter(group_id=kelompok.id).count())


def test_another_officer_reads_what_is_asked_and_consents(kelompok):
    asked = asks_much(kelompok)
    sari = desk(kelompok, "sari")

    page = sari.opens("/menunggu")
    assert "Mengambil uang dari kas atau bank, 5 Maret 2026: panggung Rp1.500.000" in page.words
    assert "satu juta lima ratus ribu rupiah" in page.words
    assert "Debit Konsumsi rapat Rp1.500.000 Kredit Kas kelompok Rp1.500.000" in page.words
    assert "Diminta Budi" in page.words

    assert "Disetujui, dan sekarang tercatat." in sari.sends("/menunggu", setujui=asked).words
    assert entries(kelompok) == 2
    assert waiting(kelompok) == []


def test_consent_given_twice_is_given_once(kelompok):
    asked = asks_much(kelompok)
    desk(kelompok, "sari").sends("/menunggu", setujui=asked)

    again = desk(kelompok, "rina").sends("/menunggu", setujui=asked)

    assert "Tidak ada lagi permintaan yang menunggu di sini" in again.words
    assert entries(kelompok) == 2


def test_nobody_is_her_own_second(kelompok):
    asked = asks_much(kelompok)
    budi = desk(kelompok)

    page = budi.opens("/menunggu")
    assert "Permintaan Ibu sendiri" in page.words
    assert 'name="setujui"' not in page.source
    budi.sends("/menunggu", setujui=asked)
    assert entries(kelompok) == 1
    assert waiting(kelompok) == [asked]


def test_one_takes_back_ones_own_request_and_nobody_elses(kelompok):
    asked = asks_much(kelompok)

    assert "tidak ada, atau bukan milik Anda" in desk(kelompok, "sari").sends("/menunggu", tarik=asked).words
    assert waiting(kelompok) == [asked]
    assert "Permintaan ditarik." in desk(kelompok).sends("/menunggu", tarik=asked).words
    assert waiting(kelompok) == []


def test_what_would_be_refused_now_says_so_and_still_waits(kelompok):
    asked = asks_much(kelompok, 4_000_000)
    kelompok.budi.posts(
        f"{kelompok.path}/ledger/entries",
        kelompok.journal("5-2030", "1-1010", 3_000_000) | {"second": kelompok.second()},
        key=uuid7(),
    )

    page = desk(kelompok, "sari").sends("/menunggu", setujui=asked)

    assert "tidak cukup" in page.words
    assert waiting(kelompok) == [asked]


@pytest.mark.parametrize("named", ["", "lusa", "00000000-0000-4000-8000-000000000000"])
def test_a_request_that_is_not_there_is_told_in_words(kelompok, named):
    page = desk(kelompok, "sari").sends("/menunggu", setujui=named)

    assert page.status == 200
    assert "Tidak ada yang menunggu." in page.words


def test_a_withdrawal_a_leaver_and_a_closing_read_as_sentences(kelompok):
    kelompok.has(5_000_000)
    saved = {"member_id": str(kelompok.members["dewi"]), "channel": "cash", "effective_on": "2026-03-05"}
    kelompok.budi.pays(f"{kelompok.path}/savings/deposits", saved | {"product": "sukarela", "amount": 2_000_000})
    kelompok.budi.pays(f"{kelompok.path}/savings/withdrawals", saved | {"product": "sukarela", "amount": 1_200_000})
    kelompok.budi.posts(f"{kelompok.path}/periods/2026-03/close")
    kelompok.budi.pays(f"{kelompok.path}/members/{kelompok.members['yuni']}/leave", {"left_on": "2026-03-31"})

    page = desk(kelompok, "sari").opens("/menunggu").words

    assert "Tarik simpanan untuk Bu Dewi (no. 5), lewat tunai Rp1.200.000" in page
    assert "Menutup bulan Maret 2026" in page
    assert "Bu Yuni (no. 6) keluar per 31 Maret 2026" in page


def test_what_waits_is_the_officers(kelompok, neighbours):
    asked = asks_much(kelompok)

    assert desk(kelompok, "dewi").opens("/menunggu").status == 403
    assert desk(neighbours).sends(f"/k/{kelompok.id}/menunggu", setujui=asked).status == 404
    assert waiting(kelompok) == [asked]


RULES = {
    "single_officer_limit": "1.000.000",
    "approvals_required": "2",
    "interest_recognition": "cash",
    "interest_word": "jasa",
    "arrears_preset": "koperasi",
    "installment_multiple": "0",
    "rate_cap_percent": "24",
    "reservation_days": "14",
    "related_party_percent": "10",
    "nonperforming_days": "90",
    "cure_days": "90",
    "accounting_standard": "sak_ep",
}


def group(kelompok):
    return Group.objects.get(id=kelompok.id)


def test_a_rule_that_binds_more_is_changed_at_once(kelompok):
    page = desk(kelompok).sends(
        "/pengaturan?ubah=aturan", **RULES | {"single_officer_limit": "500rb", "rate_cap_percent": "18,5"}
    )

    assert "Tersimpan." in page.words
    assert "Rp500.000" in page.words
    assert "18,50%" in page.words
    assert (group(kelompok).single_officer_limit, str(group(kelompok).rate_cap_percent)) == (500_000, "18.50")


def test_a_rule_that_frees_one_officer_asks_for_another(kelompok):
    budi = desk(kelompok)
    looser = RULES | {"single_officer_limit": "2jt"}

    asked = budi.sends("/pengaturan?ubah=aturan", **looser)
    assert "jadi pengurus lain perlu setuju. Belum ada yang tersimpan." in asked.words
    assert group(kelompok).single_officer_limit == 1_000_000
    sari = {"two": "ya", "second_officer": kelompok.offices["sari"], "second_pin": PIN}
    assert "Tersimpan." in budi.sends("/pengaturan?ubah=aturan", **looser, **sari).words
    assert group(kelompok).single_officer_limit == 2_000_000


def test_a_rule_that_waits_reads_as_from_what_to_what_and_can_be_agreed_to(kelompok):
    desk(kelompok).sends("/pengaturan?ubah=aturan", **RULES | {"single_officer_limit": "2jt", "two": "ya"})
    sari = desk(kelompok, "sari")

    assert sari.opens("").status == 200
    assert "Batas satu pengurus Rp1.000.000 → Rp2.000.000" in sari.opens("/menunggu").words
    sari.sends("/menunggu", setujui=waiting(kelompok)[0])
    assert group(kelompok).single_officer_limit == 2_000_000


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"approvals_required": "dua"}, "Tulis angka bulat saja."),
        ({"approvals_required": "99"}, "Harus dari 1 sampai 9."),
        ({"rate_cap_percent": "banyak"}, "Tulis persennya, misalnya 24 atau 1,5."),
        ({"rate_cap_percent": "0"}, "harus lebih atau sama dengan 0.01"),
        ({"single_officer_limit": ""}, "Belum diisi."),
        ({"arrears_preset": "sendiri"}, "Pilih salah satu."),
    ],
)
def test_a_rule_that_cannot_be_is_said_at_its_field(kelompok, wrong, sentence):
    page = desk(kelompok).sends("/pengaturan?ubah=aturan", **RULES | wrong)

    assert page.status in (400, 409)
    assert sentence in page.words


def test_name_place_and_meetings_are_changed(kelompok):
    budi = desk(kelompok)
    budi.sends("/pengaturan?ubah=profil", name="Melati 3", village="Blumbangrejo", district="", regency="Blora")
    budi.sends("/pengaturan?ubah=rapat", every="2", unit="week", since="2026-03-02")

    page = budi.opens("/pengaturan").words
    assert "Nama kelompok Melati 3 Desa Blumbangrejo Kabupaten Blora" in page
    assert "setiap 2 minggu" in page
    assert "2 Maret 2026" in page


def test_only_chair_and_treasurer_change_the_group(kelompok, neighbours):
    rina = desk(kelompok, "rina")

    assert "Ubah" not in rina.opens("/pengaturan?ubah=profil").words
    assert rina.sends("/pengaturan?ubah=profil", name="Lain").status == 403
    assert desk(kelompok, "dewi").sends("/pengaturan?ubah=profil", name="Lain").status == 403
    assert desk(neighbours).sends(f"/k/{kelompok.id}/pengaturan?ubah=profil", name="Lain").status == 404
    assert group(kelompok).name == "JARBANGSRI"
