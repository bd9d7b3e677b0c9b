"""A member's own page: how much, how many instalments are left, what to bring, and the latest lines of her book."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from members.models import Group, Person
from members.services import today_in
from savings import queries, services
from tests.pages import Browser


def test_what_she_has_stands_first_in_figures_and_in_words(lending, dewi):
    lending.saves("dewi", 1_205_000)
    lending.saves("dewi", 20_000, "wajib")

    seen = dewi.opens("me").text

    assert "Dewi JARBANGSRI · No. 5" in seen
    assert "Simpanan Rp1.225.000 satu juta dua ratus dua puluh lima ribu rupiah" in seen
    assert "Simpanan wajib Rp20.000 Simpanan sukarela Rp1.205.000" in seen


def test_without_anything_it_says_so_and_offers_a_loan(dewi):
    seen = dewi.opens("me")

    assert seen.status == 200
    assert "Simpanan Rp0" in seen.text
    assert "Buku Ibu masih kosong." in seen.text
    assert 'class="primary"' in seen.html
    assert "Ajukan pinjaman" in seen.text


def test_a_loan_stands_as_boxes_with_what_is_left_and_what_comes_next(lending, dewi):
    today = today_in(lending.group)
    loan = lending.lends(principal=400_000, installments=4, disbursed_on="2026-01-10", on="2026-01-10")
    loan.pays(108_000, "2026-02-10")

    seen = dewi.opens("me")

    state = loan.at(today.isoformat())
    left = sum(bool(row.unpaid) for row in state.states)
    assert f"sisa {left}" in seen.text
    assert seen.html.count('<i class="paid">') == 1
    assert "Pinjaman 1 Kedelai" in seen.text


def test_what_is_late_is_said_in_words_without_shame(lending, dewi):
    lending.lends(principal=400_000, installments=4)

    seen = dewi.opens("me").text

    assert "4 angsuran belum terbayar: Rp432.000. Kalau sedang berat, bicarakan dengan pengurus." in seen
    assert "Terlambat" not in seen


def test_who_owes_something_is_not_urged_to_borrow(lending, dewi):
    lending.lends(principal=400_000, installments=4)

    seen = dewi.opens("me")

    assert 'class="primary"' not in seen.html
    assert "Ajukan pinjaman" in seen.text


def test_her_request_stands_with_its_state(lending, dewi):
    lending.requests(principal=600_000)

    assert "Pengajuan pinjaman Rp600.000 … Diajukan" in dewi.opens("me").text


def test_what_to_bring_is_told_for_the_next_meeting(lending, dewi):
    today = today_in(lending.group)
    Group.objects.filter(id=lending.id).update(meets_from=today - timedelta(days=7), meeting_unit="week")
    lending.lends(principal=400_000, installments=4)

    seen = dewi.opens("me").text

    assert "Bawa ke pertemuan hari ini" in seen
    assert "Angsuran Rp432.000" in seen


def test_what_to_bring_of_savings_is_what_the_dues_say(lending, dewi):
    member_id, row, today = lending.kelompok.members["dewi"], lending.kelompok.row("dewi"), today_in(lending.group)
    lending.asks(lambda: _asks_for_wajib(lending))
    lending.saves("dewi", 20_000, "wajib")

    due = lending.asks(lambda: queries.due_rows(lending.id, as_of=today, member_id=member_id))
    held = lending.asks(lambda: queries.book_page(lending.id, member_id).held)
    lean = lending.asks(lambda: queries.lacking(lending.id, held, joined_on=row.joined_on, until=today))

    assert sum(one.arrears for one in due) > 0
    assert sorted(lean.values()) == sorted(one.arrears for one in due if one.arrears)
    for amount in lean.values():
        assert f"Simpanan wajib Rp{amount:,}".replace(",", ".") in dewi.opens("me").text


def _asks_for_wajib(lending):
    wajib = queries.products(lending.id).get(code="wajib")
    services.change_product(wajib, today=date(2026, 1, 5), changes={"amount": 20_000})


# ── the book ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_savings_and_loans_stand_in_one_book_newest_first(lending, dewi):
    lending.saves("dewi", 50_000, on="2026-01-08")
    lending.lends(principal=400_000, installments=4, on="2026-01-10").pays(108_000, "2026-02-10")
    lending.saves("dewi", 20_000, "wajib", on="2026-03-05")

    seen = dewi.opens("me").text

    book = seen[seen.index("Buku (terbaru)") :]
    places = [book.index(part) for part in ("+Rp20.000", "−Rp108.000", "+Rp400.000", "+Rp50.000")]
    assert places == sorted(places)
    assert "Setor 5 Mar" in book
    assert "Bayar angsuran 10 Feb" in book
    assert "+Rp20.000 Rp70.000" in book  # her savings after it


def test_what_was_taken_back_stands_struck_beside_its_correction(lending, dewi):
    taken = lending.lends(principal=400_000, installments=4, on="2026-01-10").pays(108_000, "2026-02-10")
    lending.takes_back(taken.repayment.entry_id)

    seen = dewi.opens("me")

    assert '<b class="struck">Bayar angsuran</b>' in seen.html
    assert "Koreksi 10 Feb · Pinjaman 1" in seen.text
    assert "+Rp108.000" in seen.text


def test_what_was_paid_out_of_her_savings_stands_once(lending, dewi):
    lending.saves("dewi", 500_000)
    lending.lends(principal=400_000, installments=4, on="2026-01-10").pays(
        108_000, "2026-02-10", channel="savings:sukarela"
    )

    seen = dewi.opens("me").text

    assert seen.count("−Rp108.000") == 1
    assert "−Rp108.000 Rp392.000" in seen


def test_the_ten_latest_lines_each_offer_the_question(lending, dewi):
    for number in range(1, 13):
        lending.saves("dewi", number * 1_000, on=f"2026-02-{number:02}")

    seen = dewi.opens("me")

    assert seen.html.count("?catatan=") == 10
    assert "+Rp3.000" in seen.text
    assert "+Rp2.000" not in seen.text


# ── whose ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_nothing_of_another_member_stands_on_it(lending, dewi):
    lending.saves("yuni", 777_000)
    lending.lends("yuni", principal=888_000)
    lending.requests("rina", principal=999_000)

    seen = dewi.opens("me")

    for foreign in ("Yuni", "Rina", "777.000", "888.000", "999.000", str(lending.kelompok.members["yuni"])):
        assert foreign not in seen.html


def test_an_officer_reaches_her_own_page_and_sees_herself_alone(lending, sari):
    lending.saves("sari", 30_000)
    lending.saves("dewi", 777_000)

    assert sari.url("me") in sari.opens("home").html
    assert sari.url("me") in sari.opens("more").html
    assert "Simpanan Rp30.000" in sari.opens("me").text
    assert "777.000" not in sari.opens("me").html


def test_an_officer_finds_her_own_loans_among_all(lending, sari):
    lending.lends("sari", principal=300_000)
    lending.lends("dewi", principal=888_000)

    seen = sari.opens("loans", "?punya=saya").text

    assert "Pinjaman saya" in seen
    assert "Dewi" not in seen


def test_a_neighbour_finds_no_page_here(lending, neighbours):
    assert Browser(neighbours).at(Browser(lending.kelompok).url("me")).status == 404


def test_her_own_page_is_no_look_at_her_data(lending, dewi):
    from members.models import Sight

    dewi.opens("me")

    assert lending.asks(lambda: Sight.objects.count()) == 0


# ── large, long, many ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_long_name_and_a_large_sum_are_shown_whole(lending, dewi):
    name = "Raden Ayu Siti Nurhasanah Kusumaningtyas Adiwijaya Pranotodi"
    lending.asks(lambda: Person.objects.filter(name="Dewi").update(name=name))
    lending.saves("dewi", 999_999_999_999)

    seen = dewi.opens("me")

    assert name in seen.text
    assert "Rp999.999.999.999" in seen.text


def test_the_listen_button_is_hidden_and_says_what_the_page_says(lending, dewi):
    lending.saves("dewi", 1_205_000)

    seen = dewi.opens("me").html

    assert 'data-say="Simpanan Ibu satu juta dua ratus lima ribu rupiah." hidden' in seen


def test_more_of_everything_costs_no_more_questions(lending, dewi):
    lending.saves("dewi", 10_000)
    lending.lends(principal=200_000)
    dewi.opens("me")
    with CaptureQueriesContext(connection) as few:
        dewi.opens("me")
    for number in range(1, 8):
        lending.saves("dewi", 1_000, "wajib", on=f"2026-02-{number:02}")
    lending.lends(principal=300_000).pays(31_000, "2026-02-10")
    lending.requests(principal=100_000)
    for text in ("Satu", "Dua"):
        lending.kelompok.phones["dewi"].posts(f"{lending.kelompok.path}/disputes", {"text": text})

    with CaptureQueriesContext(connection) as many:
        dewi.opens("me")

    assert len(many) == len(few)
    assert len(many) <= 12


@pytest.mark.parametrize("language", ["id", "en"])
def test_it_is_light(lending, dewi, language):
    import gzip

    for number in range(1, 13):
        lending.saves("dewi", number * 1_000, on=f"2026-02-{number:02}")
    dewi.client.cookies["language"] = language

    assert len(gzip.compress(dewi.opens("me").html.encode())) < 5_000
