"""A member's card: what stands on it, and what whoever looks at it may do from there."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from members.models import Person
from tests.pages import Browser


def card(browser, lending, person="dewi"):
    return browser.opens("member", member_id=lending.kelompok.members[person])


def test_her_savings_stand_by_product_and_together(lending, budi):
    lending.saves("dewi", 35_000)
    lending.saves("dewi", 20_000, "wajib")

    seen = card(budi, lending).text

    assert "Simpanan Rp55.000 Simpanan pokok Rp0 Simpanan wajib Rp20.000 Simpanan sukarela Rp35.000" in seen


def test_her_loan_stands_as_boxes(lending, budi):
    loan = lending.lends(principal=1_200_000, disbursed_on="2026-01-10")
    loan.pays(124_000, "2026-02-10")

    seen = card(budi, lending)

    assert "1 dari 12 angsuran lunas" in seen.html
    assert seen.html.count('<i class="paid">') == 1
    assert "Sisa pokok Rp1.100.000" in seen.text
    assert "Terlambat" in seen.text


def test_a_request_that_waits_is_shown(lending, budi):
    lending.requests(principal=600_000)

    assert "Diajukan Rp600.000" in card(budi, lending).text


def test_she_can_be_called_and_written_to(lending, budi):
    lending.asks(lambda: Person.objects.filter(name="Dewi").update(phone="+6281200000106"))

    seen = card(budi, lending).html

    assert 'href="tel:+6281200000106"' in seen
    assert 'href="https://wa.me/6281200000106"' in seen


def test_the_treasurer_takes_in_money_and_the_chair_is_not_shown_how(lending, budi, sari):
    assert "Terima uang" in card(budi, lending).text
    assert "Terima uang" not in card(sari, lending).text
    assert "Setor" not in card(sari, lending).text


def test_who_left_is_shown_as_such_and_nothing_is_taken_from_her(lending, budi):
    lending.settles("dewi", "2026-03-31")

    seen = card(budi, lending).text

    assert "Berhenti jadi anggota pada 31 Maret 2026." in seen
    assert "Terima uang" not in seen


def test_leaving_the_group_is_not_called_what_logging_out_is_called(lending, budi):
    seen = card(budi, lending)

    assert "Keluar" not in seen.text
    there = budi.url("member-leave", member_id=lending.kelompok.members["dewi"])
    assert f'<a class="quiet" href="{there}">Berhenti jadi anggota</a>' in seen.html


@pytest.mark.parametrize("person", ["yuni", "sari"])
def test_a_member_without_office_sees_nobody_else(lending, dewi, person):
    assert card(dewi, lending).status == 200
    assert card(dewi, lending, person).status == 404


def test_a_neighbour_sees_nobody(lending, neighbours):
    stranger = Browser(neighbours)

    assert (
        stranger.at(Browser(lending.kelompok).url("member", member_id=lending.kelompok.members["dewi"])).status == 404
    )
    assert card(stranger, lending).status == 404


def test_the_list_leads_to_the_card(lending, budi):
    assert budi.url("member", member_id=lending.kelompok.members["dewi"]) in budi.opens("members").html


def test_the_list_leads_to_the_money_when_that_is_what_she_wants(lending, budi, sari):
    address = budi.url("collect", member_id=lending.kelompok.members["dewi"])

    seen = budi.opens("members", "?untuk=terima")

    assert "Terima uang dari siapa?" in seen.text
    assert address in seen.html
    assert address not in sari.opens("members", "?untuk=terima").html


def test_more_loans_and_movements_cost_no_more_questions(lending, budi):
    lending.lends(principal=200_000)
    lending.saves("dewi", 10_000)
    card(budi, lending)
    with CaptureQueriesContext(connection) as few:
        card(budi, lending)
    lending.lends(principal=300_000).pays(31_000, "2026-02-10")
    lending.saves("dewi", 20_000, "wajib")

    with CaptureQueriesContext(connection) as many:
        card(budi, lending)

    assert len(many) == len(few)


def test_the_names_of_days_are_indonesian(lending, budi):
    assert "anggota sejak 2 Januari 2026" in card(budi, lending).text
