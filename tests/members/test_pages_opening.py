"""A first password becomes her own, and a group is opened, on pages."""

import pytest

from ledger.ids import uuid7
from members import services
from members.models import Group, User
from tests.door import PASSWORD, somebody
from tests.members.desk import desk

OWN = "sawah-hijau-pagi-3"


@pytest.fixture
def newcomer(kelompok):
    """Yuni's user with the first password that the treasurer read out, and that password."""
    row = kelompok.row("yuni")
    return kelompok.asks(lambda: services.open_login(kelompok.group, row, username="yuni.j"))


def test_with_a_first_password_she_comes_nowhere_but_to_her_own(kelompok, newcomer):
    user, _ = newcomer
    yuni = desk(kelompok, user)

    for path in ("", "/lainnya", "/akun", "/kelompok"):
        seen = yuni.opens(path, follow=False)
        assert (seen.status, seen.onwards.split("?")[0]) == (302, "/akun/sandi")
    assert "Buat kata sandi sendiri" in yuni.opens("/akun/sandi").words


def test_her_own_password_opens_every_page_and_ends_other_sessions(kelompok, newcomer):
    user, first = newcomer
    elsewhere, yuni = desk(kelompok, user), desk(kelompok, user)

    yuni.sends("/akun/sandi", old=first, new=OWN, again=OWN)

    assert yuni.opens("/lainnya", follow=False).status == 200
    assert elsewhere.opens("/lainnya", follow=False).onwards.startswith("/masuk")
    again = User.objects.get(id=user.id)
    assert (again.password_is, again.check_password(OWN)) == ("own", True)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"old": "bukan-ini"}, "Kata sandi lama tidak cocok."),
        ({"again": "sawah-kering"}, "Dua kata sandi ini tidak sama."),
        ({"new": "12345678", "again": "12345678"}, "!"),
        ({"new": "yuni.j-2026", "again": "yuni.j-2026"}, "Kata sandi tidak boleh memuat nama pengguna."),
        ({"new": ""}, "Belum diisi."),
    ],
)
def test_a_password_that_will_not_do_is_told_why(kelompok, newcomer, wrong, sentence):
    user, first = newcomer
    page = desk(kelompok, user).sends("/akun/sandi", **{"old": first, "new": OWN, "again": OWN} | wrong)

    assert page.status in (400, 409)
    assert sentence in page.words
    assert OWN not in page.source
    assert User.objects.get(id=user.id).password_is == "one_time"


def test_wrong_old_passwords_are_counted(kelompok, settings):
    settings.FAILED_LOGINS = "3/min"
    budi = desk(kelompok)
    for _ in range(3):
        budi.sends("/akun/sandi", old="bukan-ini", new=OWN, again=OWN)

    assert budi.sends("/akun/sandi", old=PASSWORD, new=OWN, again=OWN).status == 429
    assert User.objects.get(username="a.budi").check_password(PASSWORD)


def test_a_stranger_is_sent_to_sign_in(kelompok, client):
    response = client.get("/akun/sandi", headers={"host": "localhost"})

    assert response["Location"] == "/masuk?next=%2Fakun%2Fsandi"


MELATI = {"name": "Melati 3", "village": "Blumbangrejo", "timezone": "Asia/Jakarta", "every": "2", "unit": "week"}


def test_an_officer_opens_a_group_and_stands_in_it(kelompok):
    budi = desk(kelompok)
    address = budi.opens("/kelompok/baru", follow=False).onwards

    page = budi.sends(address, **MELATI, creator_name="Budi")
    budi.sends(address, **MELATI, creator_name="Budi")

    made = Group.objects.get(name="Melati 3")
    assert page.onwards == f"/k/{made.id}"
    assert (made.village, made.meeting_every, made.meeting_unit, made.currency) == ("Blumbangrejo", 2, "week", "IDR")
    assert budi.opens(f"/k/{made.id}/buku").status == 200


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"name": ""}, "Belum diisi."),
        ({"every": "dua"}, "Tulis angka bulat saja."),
        ({"every": "999"}, "Harus dari 1 sampai 366."),
        ({"timezone": "Mars"}, "Pilih salah satu."),
    ],
)
def test_a_group_that_cannot_be_is_said_at_its_field(kelompok, wrong, sentence):
    page = desk(kelompok).sends(f"/kelompok/baru?k={uuid7()}", **MELATI | wrong)

    assert page.status in (400, 409)
    assert sentence in page.words
    assert not Group.objects.filter(name="Melati 3").exists()


def test_another_group_under_a_used_key_is_refused(kelompok):
    budi, address = desk(kelompok), f"/kelompok/baru?k={uuid7()}"
    budi.sends(address, **MELATI)

    assert budi.sends(address, **MELATI | {"name": "Melati 4"}).status == 409
    assert not Group.objects.filter(name="Melati 4").exists()


def test_who_may_open_a_group(kelompok):
    operator = somebody("pengelola", operator=True)

    assert desk(kelompok, operator).opens("/kelompok/baru").status == 200
    assert desk(kelompok, "dewi").opens("/kelompok/baru").status == 403
    assert "Buka kelompok baru" not in desk(kelompok, "dewi").opens("/lainnya").words
    assert "Buka kelompok baru" in desk(kelompok).opens("/lainnya").words


def test_an_older_password_is_changed_as_well(kelompok):
    page = desk(kelompok).sends("/akun/sandi", old=PASSWORD, new=OWN, again=OWN)

    assert "Kata sandi Ibu tersimpan." in page.words
