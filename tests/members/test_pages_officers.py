"""Officers, their PINs, and days off, on pages."""

import re

import pytest

from members.models import Holiday, Officer, Pin, User
from tests.door import PASSWORD, PIN
from tests.members.desk import desk


def offices(kelompok):
    held = Officer.objects.filter(group_id=kelompok.id, ended_at=None).order_by("id")
    return kelompok.asks(lambda: [one.role for one in held])


def test_the_officers_and_what_each_still_has_to_do(kelompok):
    kelompok.asks(lambda: Pin.objects.filter(group_id=kelompok.id, user=kelompok.phones["sari"].user).delete())
    page = desk(kelompok).opens("/pengurus").words

    assert "Budi Bendahara · a.budi Akhiri" in page
    assert "Sari Ketua · a.sari ! belum punya PIN persetujuan" in page


def test_an_office_gives_a_first_password_that_is_shown_once(kelompok):
    budi = desk(kelompok)
    address = budi.opens("/pengurus/baru", follow=False).onwards
    yuni = {"member": kelompok.members["yuni"], "role": "secretary", "username": "Yuni.J"}

    page = budi.sends(address, **yuni)
    assert "Untuk masuk sebagai yuni.j:" in page.words
    [password] = re.findall(r'code-big">([^<]+)<', page.source)
    assert User.objects.get(username="yuni.j").check_password(password)

    again = budi.sends(address, **yuni)
    assert password not in again.source
    assert offices(kelompok).count("secretary") == 2


def test_who_signs_in_already_needs_no_name(kelompok):
    page = desk(kelompok).fills("/pengurus/baru", member=kelompok.members["dewi"], role="secretary", username="")

    assert "Jabatannya tercatat." in page.words
    assert "Dewi Sekretaris · a.dewi" in page.words


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"username": ""}, "Ia belum punya; pilihkan satu."),
        ({"username": "a.budi"}, "Nama pengguna a.budi sudah dipakai"),
        ({"username": "dua kata"}, "angka, titik, atau tanda hubung, tanpa spasi."),
        ({"member": ""}, "Belum diisi."),
        ({"member": "00000000-0000-4000-8000-000000000000"}, "Pilih salah satu."),
        ({"member": "lusa"}, "Pilih salah satu."),
        ({"role": "queen"}, "Pilih salah satu."),
    ],
)
def test_an_office_that_cannot_be_given_is_said_at_its_field(kelompok, wrong, sentence):
    before = offices(kelompok)
    yuni = {"member": kelompok.members["yuni"], "role": "secretary", "username": "yuni.j"}

    page = desk(kelompok).fills("/pengurus/baru", **yuni | wrong)

    assert page.status in (400, 409)
    assert sentence in page.words
    assert offices(kelompok) == before


def test_chair_and_treasurer_stay_two_people(kelompok):
    page = desk(kelompok).fills("/pengurus/baru", member=kelompok.members["sari"], role="treasurer")

    assert "ia sudah ketua" in page.words


def test_an_office_ends_but_the_last_treasurers_does_not(kelompok):
    budi = desk(kelompok)

    page = budi.opens(f"/pengurus/{kelompok.offices['rina']}/akhiri")
    assert "Rina, Sekretaris" in page.words
    assert "Jabatannya berakhir." in budi.sends(f"/pengurus/{kelompok.offices['rina']}/akhiri").words
    assert "secretary" not in offices(kelompok)

    last = budi.sends(f"/pengurus/{kelompok.offices['budi']}/akhiri")
    assert "Kelompok tidak boleh tanpa bendahara; angkat penggantinya dahulu." in last.words
    assert "treasurer" in offices(kelompok)


def test_only_chair_and_treasurer_give_and_end_offices(kelompok, neighbours):
    end = f"/pengurus/{kelompok.offices['rina']}/akhiri"

    assert desk(kelompok, "wati").opens("/pengurus").status == 200
    assert not desk(kelompok, "wati").opens("/pengurus").links("/akhiri")
    for path in ("/pengurus/baru", end):
        assert desk(kelompok, "wati").opens(path).status == 403
        assert desk(neighbours).opens(f"/k/{kelompok.id}{path}").status == 404
    assert desk(neighbours).opens(end).status == 404
    assert desk(kelompok, "dewi").opens("/pengurus").status == 403


NEW = {"password": PASSWORD, "pin": "830527", "again": "830527"}


def test_an_officer_sets_her_own_pin(kelompok):
    assert "PIN persetujuan Ibu tersimpan." in desk(kelompok, "sari").sends("/pin", **NEW).words

    kelompok.has(500_000)
    close = f"{kelompok.path}/periods/2026-03/close"
    assert kelompok.budi.posts(close, {"second": kelompok.second(pin=PIN)}).status == 403
    assert kelompok.budi.posts(close, {"second": kelompok.second(pin="830527")}).status == 200


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"again": "830528"}, "Dua PIN ini tidak sama."),
        ({"pin": "123456", "again": "123456"}, "PIN ini terlalu mudah ditebak."),
        ({"pin": "8305", "again": "8305"}, "PIN terdiri dari 6 sampai 12 angka."),
        ({"password": "bukan-ini"}, "Kata sandi lama tidak cocok."),
        ({"password": ""}, "Belum diisi."),
    ],
)
def test_a_pin_that_will_not_do_is_said_at_its_field(kelompok, wrong, sentence):
    before = kelompok.asks(lambda: list(Pin.objects.filter(group_id=kelompok.id).order_by("id").values_list("hash")))
    page = desk(kelompok, "sari").sends("/pin", **NEW | wrong)

    assert page.status in (400, 409)
    assert sentence in page.words
    assert "830527" not in page.source
    after = kelompok.asks(lambda: list(Pin.objects.filter(group_id=kelompok.id).order_by("id").values_list("hash")))
    assert after == before


def test_wrong_passwords_for_a_pin_are_counted(kelompok, settings):
    settings.FAILED_LOGINS = "3/min"
    sari = desk(kelompok, "sari")
    for _ in range(3):
        sari.sends("/pin", **NEW | {"password": "bukan-ini"})

    page = sari.sends("/pin", **NEW)

    assert "tersimpan." not in page.words.replace("Tidak ada yang tersimpan.", "")
    assert "Terlalu banyak" in page.words


def test_a_member_without_office_has_no_pin_here(kelompok):
    assert desk(kelompok, "dewi").opens("/pin").status == 403


def test_a_day_off_comes_and_goes(kelompok):
    budi = desk(kelompok)

    page = budi.sends("/hari-libur", day="2026-08-15", closed="off", name="Sedekah bumi")
    assert "15 Agustus 2026 Libur · Sedekah bumi" in page.words
    page = budi.sends("/hari-libur", day="2026-08-15", closed="open", name="")
    assert "15 Agustus 2026 Tetap buka" in page.words
    assert "Belum diisi." in budi.sends("/hari-libur", closed="off").words
    [one] = kelompok.asks(lambda: list(Holiday.objects.filter(group_id=kelompok.id)))

    assert "mengikuti kalender lagi" in budi.sends("/hari-libur", hapus=one.id).words
    assert "tidak ada" in budi.sends("/hari-libur", hapus=one.id).words
    assert "tidak ada" in budi.sends("/hari-libur", hapus="lusa").words


def test_only_chair_and_treasurer_change_days_off(kelompok, neighbours):
    assert desk(kelompok, "rina").opens("/hari-libur").status == 200
    assert desk(kelompok, "rina").sends("/hari-libur", day="2026-08-15", closed="off").status == 403
    assert desk(neighbours).sends(f"/k/{kelompok.id}/hari-libur", day="2026-08-15", closed="off").status == 404
    assert kelompok.asks(lambda: Holiday.objects.filter(group_id=kelompok.id).count()) == 0
