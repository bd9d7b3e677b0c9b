"""Who joins, changes, leaves, comes back and is forgotten, on pages."""

import re

import pytest

from members import queries
from members.models import PendingAct, Person
from tests.door import PIN
from tests.members.desk import desk

SARI = {"second_pin": PIN}
PARTINI = {"name": "Partini", "joined_on": "2026-03-02"}


def members(kelompok):
    return kelompok.asks(lambda: [one.person.name for one in queries.members(kelompok.id)])


def person(kelompok, name):
    return kelompok.asks(lambda: Person.objects.get(group_id=kelompok.id, name=name))


def sari(kelompok):
    return {"second_officer": kelompok.offices["sari"], "second_pin": PIN}


def saves(kelompok, whom, amount):
    body = {"member_id": str(kelompok.members[whom]), "product": "sukarela", "amount": amount}
    kelompok.budi.pays(f"{kelompok.path}/savings/deposits", body | {"channel": "cash", "effective_on": "2026-03-05"})


def changing(page):
    """The address of the form that changes her data, from the card that is shown when she has joined."""
    return page.onwards.split("?")[0] + "/ubah"


def test_who_has_joined_is_shown_on_her_card_with_what_is_done_next(kelompok):
    page = desk(kelompok).fills("/anggota/baru", **PARTINI)

    card = page.onwards.split("?")[0]
    assert page.words.count("Terima uang HP-nya Selesai") == 1
    for there in (f"{card}/terima", f"{card}/hp"):
        assert there in page.links("/anggota/")
    assert "Selesai" not in desk(kelompok).opens(card).words


def test_her_telephone_is_asked_for_right_below_her_name(kelompok):
    names = re.findall(r' name="(\w+)"', desk(kelompok).opens("/anggota/baru").source.split("Anggota baru</h1>")[1])

    assert names.index("phone") == names.index("name") + 1


def test_somebody_joins_with_one_word_for_a_name(kelompok):
    page = desk(kelompok).fills("/anggota/baru", **PARTINI)

    assert "Bu Partini menjadi anggota nomor 7." in page.words
    assert members(kelompok)[-1] == "Partini"


def test_everything_about_her_is_read(kelompok):
    budi = desk(kelompok)
    page = budi.fills(
        "/anggota/baru",
        **PARTINI,
        number="A/12",
        phone="0812 3456 7890",
        nik="3316135508860003",
        born_on="1986-08-15",
        address="RT 2 Blumbangrejo",
        business_kind="Kerajinan",
        business_product="Keranjang",
        raw_materials="bambu, rotan,",
        workers="2",
    )
    her = person(kelompok, "Partini")

    assert (her.phone, her.nik_last4, her.raw_materials, her.workers) == (
        "+6281234567890",
        "0003",
        ["bambu", "rotan"],
        2,
    )
    change = budi.opens(changing(page))
    assert "Tersimpan, berakhiran 0003." in change.words
    assert "331613550886" not in page.source + change.source


def test_what_looks_odd_is_told_and_stored_all_the_same(kelompok):
    page = desk(kelompok).fills("/anggota/baru", **PARTINI, nik="3316131508860003")

    assert "Tersimpan, tetapi periksa lagi: NIK ini menurut bagian tanggalnya milik laki-laki." in page.words
    assert person(kelompok, "Partini").nik_last4 == "0003"


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"name": ""}, "Belum diisi."),
        ({"joined_on": "2100-01-01"}, "belum tiba"),
        ({"number": "1"}, "Nomor anggota 1 sudah dipakai di kelompok ini."),
        ({"number": "#1"}, "Nomor terdiri dari huruf, angka"),
        ({"phone": "halo"}, "Bukan nomor telepon."),
        ({"nik": "123"}, "NIK terdiri dari 16 angka."),
        ({"workers": "banyak"}, "Tulis angka bulat saja."),
        ({"born_on": "kemarin"}, "Tulis tanggal seperti"),
    ],
)
def test_what_is_wrong_about_her_is_said_at_its_field(kelompok, wrong, sentence):
    page = desk(kelompok).fills("/anggota/baru", **PARTINI | wrong)

    assert page.status in (400, 409)
    assert sentence in page.words
    assert "Partini" not in members(kelompok)


def test_the_form_sent_twice_takes_her_in_once(kelompok):
    budi = desk(kelompok)
    address = budi.opens("/anggota/baru", follow=False).onwards
    budi.sends(address, **PARTINI)
    budi.sends(address, **PARTINI)

    assert members(kelompok).count("Partini") == 1


def test_a_change_keeps_the_nik_unless_it_is_taken_away(kelompok):
    budi = desk(kelompok)
    made = budi.fills("/anggota/baru", **PARTINI, nik="3316135508860003", phone="081234567890")
    address = changing(made)

    budi.sends(address, **PARTINI | {"name": "Partini Ayu"}, number="7")
    her = person(kelompok, "Partini Ayu")
    assert (her.nik_last4, her.phone) == ("0003", None)
    budi.sends(address, **PARTINI, number="7", forget_nik="on")
    assert person(kelompok, "Partini").nik_last4 is None


def test_a_leaver_takes_home_what_she_saved(kelompok):
    saves(kelompok, "yuni", 150_000)
    budi = desk(kelompok)
    address = f"/anggota/{kelompok.members['yuni']}/keluar"

    page = budi.opens(address)
    assert "Dibawa pulang, menurut buku hari ini Rp150.000 seratus lima puluh ribu rupiah" in page.words

    done = budi.fills(address, left_on="2026-03-31", channel="cash", **sari(kelompok))
    assert "Selesai. Yang dibayarkan kepadanya: Rp150.000." in done.words
    assert kelompok.row("yuni").left_on.isoformat() == "2026-03-31"


def test_without_the_second_officer_leaving_waits(kelompok):
    page = desk(kelompok).fills(f"/anggota/{kelompok.members['yuni']}/keluar", left_on="2026-03-31", channel="cash")

    assert "Bu Yuni (no. 6) keluar per 31 Maret 2026" in page.words
    assert kelompok.row("yuni").left_on is None
    assert kelompok.asks(lambda: PendingAct.objects.filter(group_id=kelompok.id).count()) == 1


def test_who_holds_an_office_is_told_to_lay_it_down_first(kelompok):
    page = desk(kelompok).opens(f"/anggota/{kelompok.members['rina']}/keluar")

    assert "Ia masih sekretaris. Akhiri dulu jabatannya." in page.words
    assert "Selesaikan" not in page.words


def test_a_day_before_she_came_is_refused_at_its_field(kelompok):
    page = desk(kelompok).fills(
        f"/anggota/{kelompok.members['yuni']}/keluar", left_on="2025-12-31", channel="cash", **sari(kelompok)
    )

    assert "mendahului tanggal masuk anggota" in page.words
    assert kelompok.row("yuni").left_on is None


def leaves(kelompok, whom):
    kelompok.budi.pays(
        f"{kelompok.path}/members/{kelompok.members[whom]}/leave",
        {"left_on": "2026-03-31", "second": kelompok.second()},
    )


def test_she_comes_back_under_her_old_number(kelompok):
    leaves(kelompok, "yuni")
    budi = desk(kelompok)
    address = f"/anggota/{kelompok.members['yuni']}/bekas"

    assert "Keluar 31 Maret 2026" in budi.opens(f"/anggota/{kelompok.members['yuni']}/keluar").words
    early = budi.sends(address, joined_on="2026-03-31")
    assert "baru dapat masuk lagi sesudah 31 Maret 2026" in early.words
    assert "dengan nomornya yang lama" in budi.sends(address, joined_on="2026-04-01").words
    assert kelompok.row("yuni").left_on is None


def test_two_officers_forget_her_and_her_number_stays(kelompok):
    saves(kelompok, "yuni", 150_000)
    leaves(kelompok, "yuni")
    budi = desk(kelompok)
    address = f"/anggota/{kelompok.members['yuni']}/lupakan"

    page = budi.opens(address).words
    assert "semua catatan uang, atas nomor 6" in page
    wrong = budi.sends(address, second_officer=kelompok.offices["sari"], second_pin="111222")
    assert "PIN pengurus kedua salah" in wrong.words
    assert "Yuni" in members(kelompok)

    done = budi.sends(address, **sari(kelompok))
    assert "Data pribadinya sudah dihapus. Catatan uangnya tetap ada." in done.words
    assert "Yuni" not in members(kelompok)
    assert "Yuni" not in budi.opens("/buku").words
    assert "Setoran simpanan No. 6" in budi.opens("/buku").words
    assert "Data pribadinya sudah dihapus." in budi.opens(address).words
    assert budi.opens(f"/anggota/{kelompok.members['yuni']}/ubah").status == 409


def test_who_is_here_is_not_forgotten(kelompok):
    page = desk(kelompok).opens(f"/anggota/{kelompok.members['yuni']}/lupakan")

    assert "Ia masih anggota." in page.words


def test_these_pages_are_the_officers(kelompok, neighbours):
    yuni = kelompok.members["yuni"]
    for path in ("/anggota/baru", f"/anggota/{yuni}/ubah", f"/anggota/{yuni}/keluar", f"/anggota/{yuni}/lupakan"):
        assert desk(kelompok, "dewi").opens(path).status == 403
        assert desk(neighbours).opens(f"/k/{kelompok.id}{path}").status == 404
        assert desk(kelompok, "wati").opens(path).status == (403 if "baru" in path or "ubah" in path else 200)
    for path in ("ubah", "keluar", "lupakan", "bekas"):
        assert desk(neighbours).opens(f"/anggota/{yuni}/{path}").status == 404
    assert desk(kelompok, "dewi").opens(f"/anggota/{yuni}/bekas").status == 404
    leaves(kelompok, "yuni")
    assert desk(kelompok, "wati").sends(f"/anggota/{yuni}/bekas", joined_on="2026-04-01").status == 403
