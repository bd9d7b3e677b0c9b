"""Who is late, how good the loans are, what material cost, and what the group lends."""

import html
import re
from datetime import timedelta
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from loans.applications import Bought
from loans.models import Product
from members.models import Person
from members.services import today_in
from tests.pages import Browser


def phoned(lending, person: str, phone: str) -> None:
    member = lending.kelompok.members[person]
    lending.asks(lambda: Person.objects.filter(group_id=lending.id, members__id=member).update(phone=phone))


def test_who_is_late_stands_with_a_friendly_reminder(lending, budi):
    loan = lending.lends("dewi", on="2026-01-10")
    for month in range(2, 11):
        loan.pays(124_000, f"2026-{month:02}-10")
    phoned(lending, "dewi", "+6281234567890")

    seen = budi.opens("arrears")

    assert "Bu Dewi Rp124.000 Telat" in seen.text
    [link] = re.findall(r'href="(https://wa\.me/[^"]+)"', seen.html)
    address = urlsplit(html.unescape(link))
    assert address.path == "/6281234567890"
    [said] = parse_qs(address.query)["text"]
    assert said.startswith("Bu Dewi, salam dari kelompok JARBANGSRI.")
    assert "pinjaman no. 1 yang sudah jatuh tempo Rp124.000." in said
    assert set(parse_qs(address.query)) == {"text"}, "nothing secret travels with it"


def test_the_late_stand_under_their_days_and_not_under_a_class(lending, budi):
    """Two months late is still called current in a class of the rules for cooperatives."""
    for person, days in (("dewi", 44), ("yuni", 3), ("rina", 120)):
        is_late(lending, person, days)

    seen = budi.opens("arrears").text

    assert "Lancar" not in seen
    heads = [seen.index(words) for words in ("Telat lebih dari 90 hari 1", "Telat 31–90 hari 1", "Telat 1–30 hari 1")]
    assert heads == sorted(heads)
    assert seen.index("Bu Rina") < heads[1] < seen.index("Bu Dewi") < heads[2] < seen.index("Bu Yuni")
    assert "Telat 44 hari" in seen


def is_late(lending, person, days):
    """A loan all of which fell due so many days ago."""
    due = today_in(lending.group) - timedelta(days=days)
    out = due - timedelta(days=10)
    dates = {"disbursed_on": out.isoformat(), "first_due_on": due.isoformat()}
    asked = lending.requests(person, principal=300_000, installments=1, **dates)
    return asked.is_approved(on=out).is_paid_out(out.isoformat(), today=out)


def test_without_a_telephone_there_is_no_link_and_without_arrears_praise(lending, budi):
    assert "Semua angsuran dibayar tepat waktu." in budi.opens("arrears").text
    lending.lends("dewi", on="2026-01-10")

    seen = budi.opens("arrears")
    assert "wa.me" not in seen.html
    assert "Belum ada nomor HP-nya." in seen.text


def test_who_has_no_number_is_given_one_from_here_and_reminded(lending, budi):
    lending.lends("dewi", on="2026-01-10")

    seen = budi.opens("arrears")

    address = budi.url("member-change", member_id=lending.kelompok.members["dewi"])
    there = f"{address}?next={budi.url('arrears')}"
    assert f'href="{there}#id_phone"' in seen.html
    sent = budi.sends_to(there, {"name": "Dewi", "joined_on": "2026-01-05", "phone": "0812 3456 7890"})
    assert sent.location == budi.url("arrears")
    assert "https://wa.me/6281234567890" in budi.at(sent.location).html


def test_she_is_sent_to_no_other_site_from_the_form(lending, budi):
    address = budi.url("member-change", member_id=lending.kelompok.members["dewi"])

    sent = budi.sends_to(f"{address}?next=https://example.net/", {"name": "Dewi", "joined_on": "2026-01-05"})

    assert sent.location == address


def test_the_questions_for_arrears_do_not_grow(lending, budi):
    def asked() -> int:
        with CaptureQueriesContext(connection) as found:
            budi.opens("arrears")
        return len(found)

    lending.lends("dewi", principal=240_000)
    asked()
    few = asked()
    lending.lends("dewi", principal=240_000)
    for _ in range(2):
        lending.lends("yuni", principal=240_000)

    assert asked() == few


def test_the_portfolio_of_any_day_is_told_in_sentences(lending, budi):
    lending.lends("dewi", on="2026-01-10")

    seen = budi.opens("portfolio", "?pada=2026-03-20").text

    assert "Keadaan akhir 20 Maret 2026" in seen
    assert "Masih dipinjam, 1 pinjaman Rp1.200.000" in seen
    assert "Pokok yang lewat jatuh tempo Rp200.000" in seen
    assert seen.index("Uang di pinjaman yang terlambat") < seen.index("PAR")
    assert "Terlambat 30 hari atau lebih PAR 30 100,00% Rp1.200.000" in seen
    assert "Terlambat 60 hari atau lebih PAR 60 0,00% Rp0" in seen
    assert "Tidak ada pinjaman yang berjalan" in budi.opens("portfolio", "?pada=2026-01-06").text
    assert "Tulis tanggal seperti" in budi.opens("portfolio", "?pada=kapan").text


def test_material_is_listed_with_the_latest_the_least_and_the_most(lending, budi):
    bought = (("yuni", 6_000, "2026-01-10"), ("dewi", 7_000, "2026-02-10"), ("yuni", 6_500, "2026-03-10"))
    for person, price, on in bought:
        lending.lends(person, principal=300_000, on=on, buys=[Bought("Pisang", Decimal(10), "kg", price, "Bu Marni")])
    lending.requests("dewi", buys=[Bought("Kayu", Decimal(1), "batang", 9_000)])

    seen = budi.opens("materials").text

    assert "Pisang Rp6.500 /kg Rp6.000 sampai Rp7.000, 3 kali beli" in seen
    assert "10 Maret 2026 Bu Marni Rp6.500" in seen
    assert "Kayu" not in seen, "nothing was bought with what was only asked for"
    assert "Pisang" in budi.opens("materials", "?cari=pis").text
    assert "Tidak ada bahan bernama “x%y”" in budi.opens("materials", "?cari=x%25y").text


PRODUCT = {
    "name": "Modal Lebaran",
    "percent": "1,5",
    "per": "month",
    "method": "flat",
    "installments": "10",
    "unit": "month",
    "max_principal": "2jt",
    "savings_multiple": "3",
    "penalty": "1.000",
    "grace_days": "3",
    "cap_percent": "10",
    "upfront": "1",
    "excess": "hold",
}


def test_a_product_is_added_and_says_its_conditions(lending, budi):
    sent = budi.sends("loan-product-new", PRODUCT)

    made = lending.asks(lambda: Product.objects.get(group_id=lending.id))
    assert (made.code, made.limits) == ("modal-lebaran", {"max_principal": 2_000_000, "savings_multiple": "3"})
    assert made.penalty == {"per": "day", "amount": 1_000, "grace_days": 3, "cap_percent": "10"}
    seen = budi.at(sent.location).text
    assert "Jasa 1,5% sebulan, tetap, 10 angsuran" in seen
    assert "Paling banyak Rp2.000.000. Paling banyak 3 kali simpanan." in seen
    assert "Denda Rp1.000 sehari sesudah 3 hari, paling banyak 10% dari angsuran." in seen
    assert "Biaya administrasi 1% di muka." in seen


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": ""}, "Belum diisi."),
        ({"percent": "-1"}, "Tulis persennya seperti 1,5."),
        ({"percent": "2000"}, "Persennya paling banyak 1000."),
        ({"installments": "601"}, "Tulis angka dari 1 sampai 600."),
        ({"unit": "year"}, "Pilih salah satu."),
        ({"penalty": "seribu"}, "Tulis angka saja"),
    ],
)
def test_a_product_that_cannot_be_is_refused_beside_its_place(lending, budi, typed, said):
    seen = budi.sends("loan-product-new", PRODUCT | typed)

    assert said in seen.text
    assert not lending.asks(lambda: Product.objects.filter(group_id=lending.id).exists())


def test_two_products_have_two_names(lending, budi):
    budi.sends("loan-product-new", PRODUCT)
    again = budi.sends("loan-product-new", PRODUCT)

    assert again.status == 409
    assert "sudah ada" in again.text


def test_members_see_products_and_nothing_of_the_portfolio(lending, dewi, neighbours):
    other = Browser(neighbours)

    assert dewi.opens("loan-products").status == 200
    assert dewi.opens("loan-product-new").status == 403
    for name in ("arrears", "portfolio", "materials"):
        seen = dewi.opens(name)
        assert (seen.status, "Halaman ini hanya untuk pengurus." in seen.text) == (403, True)
        assert other.at(dewi.url(name)).status == 404
