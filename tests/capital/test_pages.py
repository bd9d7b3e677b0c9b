"""The officers' pages about the lenders' money: what they show, and that what is typed is done once, by two."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from capital import queries
from ledger.ids import uuid7
from tests.door import PIN
from tests.pages import Browser, entries


def second(borrowing, person: str = "sari") -> dict[str, str]:
    return {"second_officer": str(borrowing.kelompok.offices[person]), "second_pin": PIN}


def test_capital_is_two_columns_of_one_sum(borrowing, budi):
    facility = borrowing.is_promised()
    facility.draws()
    facility.pays(1_120_000, "2026-02-10")
    borrowing.lends()

    seen = budi.opens("capital", "?pada=2026-03-12").text

    assert "Keadaan akhir 12 Maret 2026" in seen
    assert seen.count("Rp20.880.000") == 3
    assert "Pendana 1 Rp11.000.000 Ditarik Rp12.000.000 dari Rp12.000.000 ! telat Rp1.110.000" in seen
    assert "Hibah Rp10.000.000" in seen
    assert "Hasil usaha (SHU) −Rp120.000" in seen
    assert "Pinjaman modal kerja Rp1.200.000" in seen


def test_a_new_group_is_led_to_its_first_lender(borrowing, budi):
    assert "Belum ada yang meminjami kelompok." in budi.opens("lenders").text
    assert "Belum ada hibah" in budi.opens("grants").text


def test_a_lender_its_agreement_and_its_money_come_in_one_after_another(borrowing, budi):
    to_agreement = budi.sends("lender-new", {"name": "UPK Kunduran", "kind": "upk", "email": ""})
    assert to_agreement.status == 303
    agreed = {
        **{"limit": "12jt", "percent": "1", "per": "month", "method": "equal_principal", "installments": "12"},
        **{"unit": "month", "opened_on": "2026-01-10", "provision": "1,5"},
    }
    to_facility = budi.sends_to(to_agreement.location, agreed)
    assert to_facility.status == 303, to_facility.text
    assert "Masih dapat ditarik Rp12.000.000" in budi.at(to_facility.location).text
    facility = borrowing.asks(lambda: queries.facilities(borrowing.id).get())
    drawn = {"amount": "12.000.000", "channel": "bank", "on": "2026-01-10"} | second(borrowing)

    done = budi.sends("facility-draw", drawn, facility_id=facility.id)

    assert done.status == 303, done.text
    seen = budi.at(done.location).text
    assert "Sisa pokok Rp12.000.000" in seen
    assert "biaya di muka Rp180.000" in seen
    assert borrowing.balances()["1-1110"] == 11_820_000


def test_without_a_second_officer_a_payment_waits_and_reads_as_a_sentence(borrowing, budi, sari):
    facility = borrowing.is_promised()
    facility.draws()
    before = entries(borrowing.kelompok)

    asked = budi.sends(
        "facility-pay", {"amount": "1.120.000", "channel": "cash", "on": "2026-02-10"}, facility_id=facility.id
    )

    assert (asked.status, entries(borrowing.kelompok)) == (303, before)
    assert "Ada yang menunggu persetujuan pengurus lain." in budi.at(asked.location).text
    waits = sari.opens("pending")
    assert "Membayar Pendana 1, fasilitas no. 1, 10 Februari 2026" in waits.text
    pending = waits.html.split('name="setujui" value="')[1].split('"')[0]
    assert sari.sends_to(sari.url("pending"), {"setujui": pending}).status in (302, 303)
    assert borrowing.balances()["2-1110.1"] == 11_000_000


def test_more_than_is_owed_stands_in_the_form_with_the_payoff(borrowing, budi):
    facility = borrowing.is_promised()
    facility.draws()
    typed = {"amount": "13jt", "channel": "cash", "on": "2026-01-25"} | second(borrowing)

    refused = budi.sends("facility-pay", typed, facility_id=facility.id)

    assert refused.status == 409
    assert "untuk melunasi cukup Rp12.058.065" in refused.text


def test_a_double_tap_draws_once(borrowing, budi):
    facility, key = borrowing.is_promised(), uuid7()
    typed = {"amount": "1jt", "channel": "cash", "on": "2026-01-10"} | second(borrowing)

    first, again = (budi.sends("facility-draw", typed, key=key, facility_id=facility.id) for _ in range(2))

    assert first.status == again.status == 303
    assert borrowing.balances()["2-1110.1"] == 1_000_000
    assert "Sudah tercatat" in budi.opens("facility-draw", f"?k={key}", facility_id=facility.id).text


def test_a_gift_is_taken_in_and_listed(borrowing, budi):
    typed = {"kind": "programme", "giver": "Dinas Koperasi", "amount": "2,5jt", "channel": "bank", "on": "2026-02-01"}

    done = budi.sends("grant-new", typed | second(borrowing))

    assert done.status == 303, done.text
    assert "Dinas Koperasi Rp2.500.000 Dana bergulir program · 1 Februari 2026" in budi.at(done.location).text
    assert borrowing.balances()["3-1050"] == 2_500_000


def test_a_facility_shows_boxes_schedule_and_the_loans_it_became(borrowing, budi):
    facility = borrowing.is_promised()
    facility.draws()
    facility.pays(1_120_000, "2026-02-10")
    loan = borrowing.lends()
    typed = {"loan": str(loan.id), "amount": "1jt"}
    assert budi.sends("facility-fund", typed, facility_id=facility.id).status == 303

    seen = budi.opens("facility", facility_id=facility.id)

    assert "1/12" in seen.text
    assert "10 Februari 2026 pokok Rp1.000.000 · jasa Rp120.000 Rp1.120.000 ✓ Lunas" in seen.text
    assert "Bu Dewi Rp1.000.000 Pinjaman no. 1 · sisa Rp1.200.000" in seen.text
    funding = borrowing.asks(lambda: queries.fundings(borrowing.id).get())
    assert budi.sends("facility-release", {}, facility_id=facility.id, funding_id=funding.id).status == 303
    released = budi.opens("facility", facility_id=facility.id).text
    assert "sisa Rp1.200.000 · sampai" in released
    assert "Lepaskan" not in released


def test_what_was_taken_back_is_struck(borrowing, budi):
    facility = borrowing.is_promised()
    facility.draws()
    borrowing.takes_back(facility.pays(1_120_000, "2026-02-10").payment.entry_id)

    seen = budi.opens("facility", facility_id=facility.id)

    assert "Dikoreksi: tidak dihitung lagi" in seen.text
    assert "struck" in seen.html


def test_a_lender_is_renamed_by_an_officer_who_may(borrowing, budi):
    lender = borrowing.knows()
    rina = Browser(borrowing.kelompok, "rina")

    assert rina.sends("lender-change", {"name": "Lain"}, lender_id=lender.id).status == 403
    typed = {"name": "UPK Kunduran Makmur", "email": "upk@kunduran.example"}
    assert budi.sends("lender-change", typed, lender_id=lender.id).status == 303
    assert "UPK Kunduran Makmur UPK atau Bumdesma · upk@kunduran.example" in rina.opens("lenders").text
    assert "Tambah pendana" not in rina.opens("lenders").text
    wrong = budi.sends("lender-change", typed | {"email": "upk"}, lender_id=lender.id)
    assert (wrong.status, "Bukan alamat e-mail." in wrong.text) == (409, True)


@pytest.mark.parametrize("name", ["capital", "lenders"])
def test_pages_ask_no_more_for_more_facilities(borrowing, budi, name):
    def asked() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert budi.opens(name).status == 200
        return len(seen)

    borrowing.is_promised().draws(1_000_000)
    few = asked()
    for _ in range(2):
        borrowing.is_promised().draws(1_000_000)

    assert asked() == few
