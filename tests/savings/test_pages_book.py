"""A member's book, the dues and the products on pages."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from members import sights
from savings import queries
from savings.models import Due
from tests.pages import Browser


@pytest.fixture
def budi(kelompok):
    """The treasurer's browser."""
    return Browser(kelompok)


def book(browser, group, query="", person="dewi"):
    return browser.opens("passbook", query, member_id=group.members[person])


# ── the book ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_latest_line_stands_first_with_the_balance_after_it(kelompok, savings, budi):
    savings.deposits("dewi", 20_000, "wajib", on="2026-02-05")
    savings.deposits("dewi", 35_000, on="2026-03-05")
    savings.withdraws("dewi", 5_000, on="2026-03-10")

    seen = book(budi, kelompok).text

    assert "Saldo Rp50.000" in seen
    assert (
        "Maret 2026 Tarik Simpanan sukarela · 10 Mar −Rp5.000 Rp50.000 "
        "Setor Simpanan sukarela · 5 Mar +Rp35.000 Rp55.000 "
        "Februari 2026 Setor Simpanan wajib · 5 Feb +Rp20.000 Rp20.000"
    ) in seen


def test_one_product_has_a_book_of_its_own(kelompok, savings, budi):
    savings.deposits("dewi", 20_000, "wajib")
    savings.deposits("dewi", 35_000)

    seen = book(budi, kelompok, "?simpanan=wajib").text

    assert "Saldo Rp20.000" in seen
    assert "Rp35.000" not in seen


def test_the_second_page_goes_on_where_the_first_ended(kelompok, savings, budi):
    for number in range(1, 52):
        savings.deposits("dewi", 1_000 * number)

    first, second = book(budi, kelompok), book(budi, kelompok, "?halaman=2")

    assert "+Rp51.000 Rp1.326.000" in first.text
    assert "+Rp1.000 Rp1.000" not in first.text
    assert "+Rp1.000 Rp1.000" in second.text
    assert second.html.count('<li><a class="row"') == 1
    assert "halaman=2" in first.html
    assert "Lebih lama" not in second.text


def test_both_lines_of_what_was_taken_back_stay(kelompok, savings, budi):
    savings.takes_back(savings.deposits("dewi", 20_000))

    seen = book(budi, kelompok).text

    assert "Koreksi" in seen
    assert "dibatalkan" in seen
    assert "Saldo Rp0" in seen


def test_an_empty_book_says_so(kelompok, budi):
    assert "Belum ada yang tercatat di sini." in book(budi, kelompok).text


@pytest.mark.parametrize("query", ["?halaman=0", "?halaman=-1", "?halaman=x", "?halaman=99999999999", "?halaman=²"])
def test_a_page_that_is_none_is_the_first(kelompok, savings, budi, query):
    savings.deposits("dewi", 20_000)

    assert "Saldo Rp20.000" in book(budi, kelompok, query).text


def test_a_product_nobody_knows_has_no_book(kelompok, budi):
    assert book(budi, kelompok, "?simpanan=haji").status == 404


def test_a_member_reads_her_own_book_and_no_other(kelompok, neighbours, savings):
    dewi = Browser(kelompok, "dewi")

    assert book(dewi, kelompok).status == 200
    assert book(dewi, kelompok, person="yuni").status == 404
    assert book(Browser(neighbours), kelompok).status == 404


def test_more_lines_cost_no_more_questions(kelompok, savings, budi):
    savings.deposits("dewi", 20_000)
    book(budi, kelompok)
    with CaptureQueriesContext(connection) as few:
        book(budi, kelompok)
    for _ in range(5):
        savings.deposits("dewi", 20_000)

    with CaptureQueriesContext(connection) as many:
        book(budi, kelompok)

    assert len(many) == len(few)


# ── dues ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_who_lacks_how_much_stands_before_who_has_paid(kelompok, savings, budi):
    savings.sets("pokok", amount=50_000)
    savings.deposits("dewi", 50_000, "pokok")
    savings.deposits("yuni", 20_000, "pokok")

    seen = budi.opens("dues").text

    assert "Belum dibayar Rp230.000 Sudah lunas 1 Masih kurang 5" in seen
    assert "Yuni Simpanan pokok Rp30.000" in seen
    assert seen.index("Yuni") < seen.index("Dewi ✓ Lunas")


def test_where_nothing_is_asked_for_that_is_said(budi):
    assert "Belum ada simpanan yang ditagih dari anggota." in budi.opens("dues").text


def test_a_member_sees_what_she_lacks_alone(kelompok, savings):
    savings.sets("pokok", amount=50_000)

    seen = Browser(kelompok, "dewi").opens("dues").text

    assert "Dewi" in seen
    assert "Yuni" not in seen


# ── products ────────────────────────────────────────────────────────────────────────────────────────────────────────


def typed(**other):
    given = {"name": "Hari Raya", "nature": "liability", "amount": "10.000", "rhythm": "1 week"}
    return given | {"withdrawable": "from_date", "opens_on": "2100-05-01", "term_months": "", "rate": "6,5"} | other


def known(group, code):
    return group.asks(lambda: queries.products(group.id).filter(code=code).first())


def test_the_products_are_told_in_words(savings, budi):
    savings.sets("wajib", amount=20_000)

    seen = budi.opens("savings-products").text

    assert "Simpanan wajib Rp20.000 tiap bulan Diambil kalau keluar dari kelompok" in seen
    assert "Simpanan sukarela tidak ditagih Diambil kapan saja" in seen


def test_a_product_is_added(kelompok, savings, budi):
    seen = budi.sends("savings-product-new", typed())

    assert seen.status == 303
    made = known(kelompok, "hari_raya")
    assert (made.name, made.nature, str(made.opens_on)) == ("Hari Raya", "liability", "2100-05-01")
    assert "Rp10.000 tiap minggu Diambil mulai 1 Mei 2100 · jasa 6,50% setahun" in budi.at(seen.location).text


def test_a_name_that_is_there_is_refused(kelompok, budi):
    budi.sends("savings-product-new", typed())

    assert "sudah ada di kelompok ini" in budi.sends("savings-product-new", typed()).text


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"opens_on": ""}, "tepat satu dari"),
        ({"rate": "enam"}, "Tulis persennya seperti 6 atau 6,5."),
        ({"name": " "}, "Belum diisi."),
        ({"rhythm": "7 moon"}, "Pilih salah satu."),
    ],
)
def test_what_does_not_fit_together_is_refused(kelompok, budi, given, said):
    seen = budi.sends("savings-product-new", typed(**given))

    assert said in seen.text
    assert known(kelompok, "hari_raya") is None


def test_a_new_amount_leaves_what_was_due_before(kelompok, savings, budi):
    savings.sets("wajib", amount=20_000)
    wajib = known(kelompok, "wajib")
    given = {"name": "Simpanan wajib", "amount": "25.000", "rhythm": "1 month", "withdrawable": "leaving"}

    seen = budi.sends("savings-product", given | {"from_on": "2026-04-01"}, savings_product_id=wajib.id)

    assert seen.status == 303
    assert savings.due("dewi", as_of="2026-05-31")[0] == 3 * 20_000 + 2 * 25_000


def test_saved_without_a_change_nothing_changes(kelompok, savings, budi):
    savings.sets("wajib", amount=20_000)
    wajib = known(kelompok, "wajib")
    before = kelompok.asks(Due.objects.count)
    given = {"name": "Simpanan wajib", "amount": "20.000", "rhythm": "1 month", "withdrawable": "leaving"}

    assert budi.sends("savings-product", given, savings_product_id=wajib.id).status == 303
    assert kelompok.asks(Due.objects.count) == before


def test_the_secretary_sees_the_products_and_changes_none(kelompok, savings):
    rina, wajib = Browser(kelompok, "rina"), known(kelompok, "wajib")

    assert rina.opens("savings-products").status == 200
    assert rina.sends("savings-product-new", typed()).status == 403
    assert rina.sends("savings-product", typed(), savings_product_id=wajib.id).status == 403


def test_a_neighbours_product_is_not_here(kelompok, neighbours, budi):
    theirs = known(neighbours, "wajib")

    assert budi.opens("savings-product", savings_product_id=theirs.id).status == 404
    assert budi.sends("savings-product", typed(), savings_product_id=theirs.id).status == 404


def test_who_looked_into_her_book_is_noted(kelompok, savings, budi):
    book(budi, kelompok)

    seen = kelompok.asks(lambda: sights.seen(kelompok.id, kelompok.members["dewi"]))
    assert "savings" in [one.what for one in seen]
