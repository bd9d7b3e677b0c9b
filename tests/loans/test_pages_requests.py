"""Asking for a loan on pages: material, price before anybody agrees, votes, and the money going out."""

import re
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import unquote

import pytest

from ledger.ids import uuid7
from loans import queries
from loans.applications import Bought
from loans.models import Loan, Product
from members.models import Person
from members.services import today_in
from tests.pages import Browser, entries

RATE = {"rate": {"percent": "1", "per": "month"}, "method": "flat", "installments": 10}
PISANG = Bought("Pisang", Decimal(50), "kg", 6_000)


@pytest.fixture
def product(lending) -> Product:
    made: Product = lending.product()
    Product.objects.filter(id=made.id).update(terms=RATE)
    return made


def line(number: int, *cells: str) -> dict[str, str]:
    """Item, quantity, unit, price, and where it is bought, as typed."""
    names = ("item", "quantity", "unit", "price", "supplier")
    return {f"{name}-{number}": cell for name, cell in zip(names, (*cells, ""), strict=False)}


def request(lending, known: Product, **more: Any) -> dict[str, Any]:
    material = line(0, "Pisang", "50", "kg", "6.000") | line(1, "Minyak", "10", "liter", "18.000")
    whose = {"member_id": str(lending.kelompok.members["dewi"]), "product": known.code}
    return whose | material | line(2, "Plastik", "5", "pak", "15.000", "Toko Makmur") | {"principal": "600.000"} | more


def today(lending) -> date:
    return today_in(lending.group)


def loans(lending) -> list[Loan]:
    return list(lending.asks(lambda: list(queries.loans(lending.id))))


def test_a_request_is_stored_with_its_material_and_the_products_terms(lending, budi, product):
    sent = budi.sends("loan-new", request(lending, product))

    [loan] = loans(lending)
    assert sent.location == budi.url("loan", loan_id=loan.id)
    assert (loan.principal, loan.terms["installments"], loan.member_id) == (
        600_000,
        10,
        lending.kelompok.members["dewi"],
    )
    assert [(one.item, int(one.quantity), one.unit_price, one.supplier) for one in loan.purchases.all()] == [
        ("Pisang", 50, 6_000, None),
        ("Minyak", 10, 18_000, None),
        ("Plastik", 5, 15_000, "Toko Makmur"),
    ]
    assert loan.purpose == "Pisang, Minyak, Plastik"


def test_the_price_is_told_in_words_before_anybody_asks(lending, budi, product):
    seen = budi.sends("loan-new", request(lending, product, hitung="1")).text

    assert "Jumlah bahan Rp555.000" in seen
    assert "Pinjam Rp600.000 , kembali Rp660.000 dalam 10 bulan." in seen
    assert "Rp66.000 sebulan." in seen
    assert "Biayanya Rp60.000 semuanya: setahun kira-kira" in seen
    assert "Semua batas terjaga" in seen
    assert loans(lending) == []


def test_what_is_dearer_than_the_groups_cap_is_warned_of(lending, budi, product):
    seen = budi.sends("loan-new", request(lending, product, percent="3", per="month", hitung="1")).text

    assert "di atas patokan 24,00% setahun." in seen
    assert "Semua batas terjaga" not in seen
    assert "Batas kelompok terjaga, biayanya di atas patokan" in seen


def test_no_page_of_a_dear_request_says_that_all_is_well(lending, budi, sari):
    lending.saves("dewi", 1_200_000)
    loan = lending.requests("dewi", rate={"percent": "3", "per": "month"})

    for seen in (budi.opens("loan", loan_id=loan.id), sari.opens("loan-vote", loan_id=loan.id)):
        assert "di atas patokan" in seen.text
        assert "Semua batas terjaga" not in seen.text


def test_another_line_is_added_without_storing_anything(lending, budi, product):
    seen = budi.sends("loan-new", request(lending, product, tambah="1"))

    assert seen.html.count('<fieldset class="line">') == 4
    assert 'value="Minyak"' in seen.html
    assert loans(lending) == []


def test_without_a_sum_the_loan_is_what_the_material_costs(lending, budi, product):
    budi.sends("loan-new", request(lending, product, principal=""))

    assert loans(lending)[0].principal == 555_000


def test_terms_of_her_own_need_no_product(lending, budi, product):
    own = {"product": "-", "percent": "1,5", "per": "month", "method": "equal_principal", "installments": "6"}
    budi.sends("loan-new", request(lending, product, **own))

    [loan] = loans(lending)
    assert loan.product is None
    assert loan.terms["rate"] == {"percent": "1.5", "per": "month"}
    assert (loan.terms["method"], loan.terms["installments"]) == ("equal_principal", 6)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"principal": "1.25"}, "Titik memisahkan ribuan"),
        ({"principal": "500.000"}, "Belanja bahan Rp555.000 melebihi pokok pinjaman Rp500.000."),
        ({"quantity-0": "banyak"}, "Banyak: Tulis banyaknya seperti 50 atau 37,5."),
        ({"quantity-0": "0"}, "Banyak: Banyaknya harus lebih dari nol."),
        ({"price-1": ""}, "Harga satuan: Belum diisi."),
        ({"installments": "0"}, "Tulis angka dari 1 sampai 600."),
        ({"percent": "satu"}, "Tulis persennya seperti 1,5."),
        ({"product": "-"}, "Belum diisi."),
        ({"member_id": "siapa"}, "Pilih salah satu."),
    ],
)
def test_what_cannot_be_stands_beside_its_place_and_nothing_is_stored(lending, budi, product, typed, said):
    sent = budi.sends("loan-new", request(lending, product) | typed)

    assert sent.status in (400, 409)
    assert said in sent.text
    assert loans(lending) == []


def test_what_may_stay_empty_says_what_that_means(lending, budi, product):
    seen = budi.opens("loan-new", f"?k={uuid7()}").text

    assert "Berapa kali angsuran kosong = 10 kali Untuk usaha apa Aturan lain" in seen
    own = budi.sends("loan-new", request(lending, product, product="-", installments="")).text
    assert "Berapa kali angsuran ! Belum diisi." in own


def test_the_product_that_an_empty_place_means_is_named_among_several(lending, budi, product):
    lending.product()

    assert "kosong = 10 kali (" in budi.opens("loan-new", f"?k={uuid7()}").text


def test_a_request_over_the_limits_is_stored_and_said_to_be_beyond_approval(lending, budi, product):
    Product.objects.filter(id=product.id).update(limits={"max_principal": 500_000, "savings_multiple": "3"})
    lending.saves("dewi", 1_000_000)

    seen = budi.at(budi.sends("loan-new", request(lending, product)).location).text

    assert [one.status for one in loans(lending)] == ["submitted"]
    assert "Pengajuan tercatat, tetapi melewati batas kelompok." in seen
    assert "menunggu suara pengurus." not in seen
    why = "pokok pinjamannya bersama yang masih berjalan Rp600.000, paling banyak Rp500.000"
    assert f"Belum dapat disetujui: {why}." in seen


def test_a_request_within_the_limits_waits_for_votes(lending, budi, product):
    seen = budi.at(budi.sends("loan-new", request(lending, product)).location).text

    assert "Pengajuan tercatat. Sekarang menunggu suara pengurus." in seen
    assert "Belum dapat disetujui" not in seen


def test_much_more_than_the_material_is_asked_about_once(lending, budi, product):
    given = request(lending, product, principal="6.000.000")

    assert "Benar pinjam Rp6.000.000? Bahannya hanya Rp555.000." in budi.sends("loan-new", given).text
    assert loans(lending) == []
    budi.sends("loan-new", given | {"sure": "ya"})
    assert len(loans(lending)) == 1


def test_the_same_form_sent_twice_is_one_request(lending, budi, product):
    key = uuid7()
    first = budi.sends("loan-new", request(lending, product), key=key)
    again = budi.sends("loan-new", request(lending, product), key=key)
    other = budi.sends("loan-new", request(lending, product, principal="700.000"), key=key)

    assert first.location == again.location
    assert other.status == 409
    for seen in (other, budi.at(budi.url("loan-new", f"?k={key}"))):
        assert "Sudah tercatat" in seen.text
        assert f'href="{first.location}"' in seen.html
    assert len(loans(lending)) == 1


def test_a_member_asks_for_herself_alone(lending, dewi, product):
    yuni = str(lending.kelompok.members["yuni"])
    assert "Untuk siapa" not in dewi.opens("loan-new", f"?k={uuid7()}").text

    dewi.sends("loan-new", request(lending, product, member_id=yuni))

    assert loans(lending)[0].member_id == lending.kelompok.members["dewi"]


def test_what_was_bought_before_is_suggested_with_its_price(lending, budi, dewi, product):
    lending.lends("yuni", buys=[PISANG])
    address = f"?k={uuid7()}"

    assert '<option value="Pisang">Rp6.000/kg</option>' in budi.opens("loan-new", address).html
    assert "Pisang" not in dewi.opens("loan-new", address).html, "another member's purchases are not hers to see"


def test_a_request_is_taken_back_with_a_reason(lending, dewi, budi):
    loan = lending.requests("dewi")

    assert "Belum diisi." in dewi.sends("loan-withdraw", {"reason": ""}, loan_id=loan.id).text
    dewi.sends("loan-withdraw", {"reason": "sudah punya uang"}, loan_id=loan.id)

    assert loan.row.status == "withdrawn"
    assert "sudah punya uang" in budi.opens("loan", loan_id=loan.id).text
    again = dewi.sends("loan-withdraw", {"reason": "lagi"}, loan_id=loan.id)
    assert "tidak sedang menunggu keputusan" in again.text


def test_who_has_not_voted_is_told_of_the_figures_and_of_nothing_secret(lending, sari):
    """Rina may vote and has a telephone; Sari looks herself, and Dewi asks."""
    lending.asks(lambda: Person.objects.filter(name__in=["Rina", "Sari", "Dewi"]).update(phone="+6281234567890"))
    loan = lending.requests("dewi")

    for seen in (sari.opens("loan-vote", loan_id=loan.id), sari.opens("loan", loan_id=loan.id)):
        assert "Kabari Bu Rina lewat WhatsApp" in seen.text
        assert "Kabari Bu Sari" not in seen.text
        assert "Kabari Bu Dewi" not in seen.text
        [link] = re.findall(r'href="https://wa\.me/6281234567890\?text=([^"]+)"', seen.html)
        assert "pengajuan pinjaman no. 1 dari Bu Dewi di kelompok JARBANGSRI: Rp1.200.000." in unquote(link)
        assert "Suara yang masuk 0 dari 2." in unquote(link)
        assert str(loan.id) not in link

    loan.is_voted("rina")
    assert "Kabari Bu Rina" not in sari.opens("loan", loan_id=loan.id).text


def test_voters_see_savings_loans_lateness_and_the_cash_that_is_left(lending, sari):
    lending.saves("dewi", 75_000)
    lending.lends("dewi", principal=240_000, on="2026-01-10")
    lending.lives_the_night("2026-11-01")
    loan = lending.requests("dewi", principal=600_000, installments=10, buys=[PISANG])

    seen = sari.opens("loan-vote", loan_id=loan.id).text

    assert "Simpanannya Rp75.000" in seen
    assert "Pinjaman berjalan 1" in seen
    assert "Angsuran terlambat 10 !" in seen
    assert "Uang di kas yang boleh dipinjamkan Rp9.835.000 Sesudah dicairkan Rp9.235.000" in seen
    assert "Pengajuan ini melewati batas" in seen, "she is late with another loan"
    assert "Setujui" not in seen


def test_two_votes_approve_and_the_loan_page_says_who(lending, budi, sari):
    loan = lending.requests("dewi")

    assert "Beri suara" in sari.opens("loan", loan_id=loan.id).text
    first = sari.sends("loan-vote", {"decision": "approve", "note": "rajin"}, loan_id=loan.id)
    assert first.location == sari.url("loan", loan_id=loan.id)
    assert "Masih menunggu suara pengurus lain." in sari.at(first.location).text
    assert "Beri suara" not in sari.opens("loan", loan_id=loan.id).text
    assert "Suara Ibu sudah tercatat." in sari.opens("loan-vote", loan_id=loan.id).text
    Browser(lending.kelompok, "rina").sends("loan-vote", {"decision": "approve"}, loan_id=loan.id)

    assert loan.row.status == "approved"
    seen = budi.opens("loan", loan_id=loan.id).text
    assert "Bu Sari rajin ✓ Setuju Bu Rina ✓ Setuju" in seen
    assert "Cairkan" in seen


def test_one_rejection_ends_the_request(lending, sari):
    loan = lending.requests("dewi")

    sari.sends("loan-vote", {"decision": "reject", "note": "belum lunas"}, loan_id=loan.id)

    assert loan.row.status == "rejected"


def test_nobody_votes_twice_or_on_her_own_or_without_office(lending, sari, dewi):
    hers, other = lending.requests("sari", principal=400_000), lending.requests("dewi")
    sari.sends("loan-vote", {"decision": "approve"}, loan_id=other.id)

    assert "Ini pinjaman Ibu sendiri" in sari.opens("loan-vote", loan_id=hers.id).text
    assert "pinjamannya sendiri" in sari.sends("loan-vote", {"decision": "approve"}, loan_id=hers.id).text
    assert "Anda sudah memberi suara" in sari.sends("loan-vote", {"decision": "approve"}, loan_id=other.id).text
    assert dewi.opens("loan-vote", loan_id=hers.id).status == 403
    assert sari.sends("loan-vote", {"decision": "perhaps"}, loan_id=other.id).status == 400


def test_the_money_goes_out_at_the_prices_really_paid(lending, budi):
    loan = lending.requests("dewi", principal=600_000, installments=10, buys=[PISANG]).is_approved(on=today(lending))
    given = {"channel": "supplier", "price-1": "5.500", "disbursed_on": "2026-02-01"}

    asked = budi.sends("loan-disburse", given | {"hitung": "1"}, loan_id=loan.id).text
    assert "Lebih murah dari rencana Rp25.000" in asked
    assert "Pilih salah satu." in budi.sends("loan-disburse", given, loan_id=loan.id).text
    assert loan.row.status == "approved"
    budi.sends("loan-disburse", given | {"difference": "principal"}, loan_id=loan.id)

    row = loan.row
    assert (row.status, row.principal, row.disbursed_on.isoformat()) == ("active", 575_000, "2026-02-01")
    assert lending.balance("1-1010") == 10_000_000 - 575_000
    assert "rencana Rp6.000" in budi.opens("loan", loan_id=loan.id).text


def test_the_schedule_is_shown_before_the_money_goes_out(lending, budi):
    loan = lending.requests("dewi", principal=600_000, installments=6).is_approved(on=today(lending))
    given = {"channel": "cash", "disbursed_on": "2026-02-01", "first_due_on": "2026-03-15", "hitung": "1"}

    seen = budi.sends("loan-disburse", given, loan_id=loan.id).text

    assert "15 Maret 2026 Rp112.000 15 April 2026 Rp112.000" in seen
    assert loan.row.status == "approved"


def test_disbursing_twice_with_one_form_pays_once(lending, budi):
    loan = lending.requests("dewi").is_approved(on=today(lending))
    key, given = uuid7(), {"channel": "cash", "disbursed_on": "2026-02-01"}
    budi.sends("loan-disburse", given, key=key, loan_id=loan.id)
    before = entries(lending.kelompok)
    budi.sends("loan-disburse", given, key=key, loan_id=loan.id)

    assert entries(lending.kelompok) == before
    assert "Sudah tercatat" in budi.at(budi.url("loan-disburse", f"?k={key}", loan_id=loan.id)).text
    changed = budi.sends("loan-disburse", given | {"channel": "bank"}, key=key, loan_id=loan.id)
    assert (changed.status, entries(lending.kelompok)) == (409, before)


def test_what_cannot_be_paid_out_is_refused_in_the_form(lending, budi, sari):
    loan = lending.requests("dewi").is_approved(on=today(lending))
    given = {"channel": "cash", "disbursed_on": "2100-01-01"}

    assert "belum tiba" in budi.sends("loan-disburse", given, loan_id=loan.id).text
    bank = given | {"channel": "bank", "disbursed_on": "2026-02-01"}
    assert "tidak cukup" in budi.sends("loan-disburse", bank, loan_id=loan.id).text
    assert loan.row.status == "approved"
    assert sari.opens("loan-disburse", loan_id=loan.id).status == 403, "the treasurer keeps the cash box"
    waits = lending.requests("yuni", principal=100_000)
    seen = budi.opens("loan-disburse", f"?k={uuid7()}", loan_id=waits.id)
    assert "tidak sedang menunggu pencairan" in seen.text
