"""The first page of a group: what the officers see of it, and who sees something else."""

from datetime import timedelta
from urllib.parse import unquote

from django.db import connection
from django.test.utils import CaptureQueriesContext

from members.models import Group, Person
from members.services import today_in
from tests.pages import Browser


def test_the_cash_box_and_the_bank_stand_first(lending, budi):
    lending.kelompok.budi.pays(
        f"{lending.kelompok.path}/ledger/entries", lending.kelompok.journal("1-1110", "1-1010", 800_000)
    )

    seen = budi.opens("home")

    assert seen.status == 200
    assert "Kas Rp9.200.000 sembilan juta dua ratus ribu rupiah Bank Rp800.000" in seen.text


def test_what_is_saved_lent_and_late_is_told(lending, budi):
    lending.saves("dewi", 35_000)
    lending.saves("yuni", 20_000, "wajib")
    lending.lends()

    seen = budi.opens("home")

    assert "Simpanan anggota Rp55.000" in seen.text
    assert "Pinjaman berjalan Rp1.200.000" in seen.text
    late = lending.asks(lambda: _late(lending))
    assert late > 0
    assert f"Tunggakan Pokok dan jasa Rp{late:,}".replace(",", ".") in seen.text


def _late(lending):
    from loans import portfolio

    sums = portfolio.figures(lending.id, as_of=today_in(lending.group))
    return sums.arrears_principal + sums.arrears_interest


def test_what_is_late_is_the_same_sum_here_on_its_page_and_in_the_reminder(lending, budi):
    """One instalment of 1.224.000 was due in February; a day's penalty of 10.000 has come to its cap, a tenth of it."""
    daily = {"per": "day", "amount": 10_000, "grace_days": 0, "cap_percent": "10"}
    lending.lends(product=lending.product(penalty=daily), installments=1)
    lending.asks(lambda: Person.objects.filter(name="Dewi").update(phone="+6281200000106"))

    home, page = budi.opens("home").text, budi.opens("arrears")

    assert "Tunggakan Pokok, jasa, dan denda Rp122.400 Rp1.346.400" in home
    assert "Rp1.346.400 Pokok, jasa, dan denda Rp122.400" in page.text
    assert "yang sudah jatuh tempo Rp1.346.400." in unquote(page.html)


def test_requests_that_wait_are_counted(lending, budi):
    lending.requests("dewi")
    lending.requests("yuni").is_approved()

    seen = budi.opens("home")

    assert "Pinjaman menunggu 1" in seen.text
    assert "Siap dicairkan 1" in seen.text
    assert "Rp1.200.000 di antaranya disimpan untuk pinjaman yang sudah disetujui." in seen.text


def test_an_act_that_waits_is_counted_for_who_may_confirm_it_alone(lending, budi, sari):
    lending.saves("dewi", 2_000_000)
    asked = {"member_id": lending.kelompok.members["dewi"], "product": "sukarela", "amount": 1_500_000}
    lending.kelompok.budi.pays(f"{lending.kelompok.path}/savings/withdrawals", asked | {"effective_on": "2026-03-05"})

    assert "Menunggu persetujuan 0" in budi.opens("home").text
    assert "Menunggu persetujuan 1" in sari.opens("home").text


def test_the_next_meeting_is_named(lending, budi):
    today = today_in(lending.group)
    Group.objects.filter(id=lending.id).update(meets_from=today - timedelta(days=7), meeting_unit="week")

    assert "Pertemuan berikutnya Hari ini," in budi.opens("home").text


def test_without_a_meeting_day_it_is_not_invented(budi):
    assert "Harinya belum ditentukan." in budi.opens("home").text


def test_the_treasurer_takes_in_money_from_here_and_the_chair_does_not(budi, sari):
    assert "?untuk=terima" in budi.opens("home").html
    assert "Terima uang" not in sari.opens("home").text


def test_an_officer_of_another_office_is_not_told_that_she_is_none(lending, sari):
    seen = sari.opens("collect", member_id=lending.kelompok.members["dewi"])

    assert seen.status == 403
    assert "hanya untuk pengurus" not in seen.text


def test_a_member_without_office_begins_at_her_own_page(dewi):
    seen = dewi.opens("home")

    assert seen.status == 302
    assert dewi.at(seen.location).status == 200


def test_a_neighbour_finds_nothing_here(lending, neighbours):
    stranger = Browser(neighbours)

    assert stranger.at(Browser(lending.kelompok).url("home")).status == 404


def test_a_larger_group_costs_no_more_questions(lending, budi):
    lending.lends("wati", principal=200_000)
    budi.opens("home")
    with CaptureQueriesContext(connection) as few:
        budi.opens("home")
    for person in ("dewi", "yuni", "rina"):
        lending.saves(person, 20_000)
        lending.requests(person, principal=200_000)
    lending.lends("sari", principal=200_000)

    with CaptureQueriesContext(connection) as many:
        budi.opens("home")

    assert len(many) == len(few)
    assert len(many) <= 12


def test_what_members_ask_about_is_counted(lending, budi):
    assert lending.kelompok.phones["dewi"].posts(f"{lending.kelompok.path}/disputes", {"text": "Kurang"}).status == 201

    assert "Pertanyaan anggota 1" in budi.opens("home").text
