"""Who looked at her data, and all of it to take home, on pages."""

import json

from django.db import connection
from django.test.utils import CaptureQueriesContext

from members.models import Member, Sight
from members.services import today_in
from tests.pages import Browser


def her(lending, person="dewi"):
    return {"member_id": lending.kelompok.members[person]}


def test_she_sees_who_opened_what_on_which_day(lending, dewi, budi, sari):
    budi.opens("member", **her(lending))
    sari.opens("passbook", **her(lending))

    seen = dewi.opens("seen", **her(lending)).text

    assert "Budi Bendahara · data diri, simpanan, pinjaman" in seen
    assert "Sari Ketua · data diri, simpanan" in seen
    assert "Anggota lain tidak dapat membukanya." in seen


def test_nobody_looked_is_said_too(lending, dewi):
    assert "Belum ada yang membuka data Ibu." in dewi.opens("seen", **her(lending)).text


def test_looking_at_who_looked_is_no_look(lending, budi):
    assert "Belum ada yang membukanya." in budi.opens("seen", **her(lending)).text
    assert lending.asks(lambda: Sight.objects.count()) == 0


def test_anothers_openness_is_not_there(lending, dewi, neighbours):
    for page in ("seen", "mydata"):
        assert dewi.opens(page, **her(lending, "yuni")).status == 404
        assert Browser(neighbours).opens(page, **her(lending)).status == 404


def test_her_data_is_told_in_plain_words(lending, dewi):
    lending.saves("dewi", 35_000)
    lending.lends().pays(124_000, "2026-02-10")

    seen = dewi.opens("mydata", **her(lending)).text

    assert "Nama Dewi Nomor anggota 5 Anggota sejak 2 Januari 2026" in seen
    assert "Jumlah simpanan Rp35.000" in seen
    assert "Baris buku simpanan 1 Pinjaman 1 Pembayaran angsuran 1" in seen


def test_the_file_is_everything_under_a_name_that_says_whose(lending, dewi):
    lending.saves("dewi", 35_000)

    answer = dewi.client.get(dewi.url("mydata", "?berkas=json", **her(lending)))

    today = today_in(lending.group).isoformat()
    assert answer.headers["Content-Disposition"] == f'attachment; filename="lumbung-data-5-{today}.json"'
    assert answer.headers["Cache-Control"] == "no-store"
    kept = json.loads(answer.content)
    assert (kept["format"], kept["person"][0]["name"]) == ("lumbung-member-1", "Dewi")
    assert kept["passbook"][0]["amount"] == 35_000
    assert kept["login"][0]["username"].endswith("dewi")
    assert "Yuni" not in answer.content.decode()


def test_a_number_with_signs_makes_a_plain_file_name(lending, dewi):
    lending.asks(lambda: Member.objects.filter(id=lending.kelompok.members["dewi"]).update(number="A/12.7"))

    answer = dewi.client.get(dewi.url("mydata", "?berkas=json", **her(lending)))

    assert 'filename="lumbung-data-A-12-7-' in answer.headers["Content-Disposition"]


def test_an_officer_takes_the_file_at_her_wish_and_she_sees_it(lending, dewi, budi):
    assert "Unduh hanya kalau ia memintanya" in budi.opens("mydata", **her(lending)).text
    answer = budi.client.get(budi.url("mydata", "?berkas=json", **her(lending)))

    assert answer.status_code == 200
    assert "login" not in json.loads(answer.content)
    assert "Budi Bendahara · data diri, salinan semua data" in dewi.opens("seen", **her(lending)).text


def test_more_looks_cost_no_more_questions(lending, dewi, budi):
    def cost(page):
        with CaptureQueriesContext(connection) as queries:
            assert dewi.opens(page, **her(lending)).status == 200
        return len(queries)

    lending.saves("dewi", 5_000)
    budi.opens("member", **her(lending))
    few = [(cost(page), cost(page))[1] for page in ("seen", "mydata")]
    for person in ("sari", "rina", "wati"):
        Browser(lending.kelompok, person).opens("passbook", **her(lending))
        lending.saves("dewi", 7_000)

    assert [cost(page) for page in ("seen", "mydata")] == few
