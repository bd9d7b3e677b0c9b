"""Taking what a member hands over, on one form: what is asked of her, what stands in the books after, and what is
refused."""

from datetime import timedelta

import pytest

from ledger.ids import uuid7
from loans.models import Repayment
from members.services import today_in
from savings import queries as savings
from savings import services
from savings.models import Movement
from tests.pages import Browser, entries


@pytest.fixture
def loan(lending):
    """1.200.000 flat at 2 % over twelve months, paid out twenty days ago: 124.000 fall due in ten days or so."""
    on = today_in(lending.group) - timedelta(days=20)
    return lending.requests(disbursed_on=on.isoformat()).is_approved(on=on).is_paid_out(on.isoformat(), today=on)


def asks(lending, product, amount):
    def act():
        known = savings.products(lending.id).get(code=product)
        services.change_product(known, today=today_in(lending.group), changes={"amount": amount})

    lending.asks(act)


def typed(lending, **other):
    given = {"paid_on": today_in(lending.group).isoformat(), "channel": "cash", "carried_by": ""}
    return given | other


def takes(browser, lending, person="dewi", *, key=None, **other):
    return browser.sends("collect", typed(lending, **other), key=key, member_id=lending.kelompok.members[person])


def opens(browser, lending, query="", person="dewi"):
    seen = browser.opens("collect", query, member_id=lending.kelompok.members[person])
    return browser.at(seen.location) if seen.status == 302 else seen


def held(lending, person="dewi"):
    return lending.asks(lambda: savings.savings_of(lending.id, lending.kelompok.members[person]))


def test_what_is_due_is_asked_for(lending, budi):
    asks(lending, "pokok", 50_000)

    seen = opens(budi, lending)

    assert "Yang harus dibayar Rp50.000 Lunas Rp50.000" in seen.text
    assert "Simpanan pokok" in seen.text
    assert 'value="50.000"' not in seen.html


def test_one_tap_fills_in_all_that_is_due(lending, budi):
    asks(lending, "pokok", 50_000)

    seen = opens(budi, lending, "?isi=lunas")

    assert 'value="50.000"' in seen.html


def test_what_was_asked_for_once_and_paid_is_left_out(lending, budi):
    asks(lending, "pokok", 50_000)
    lending.saves("dewi", 50_000, "pokok")

    seen = opens(budi, lending)

    assert "Simpanan pokok" not in seen.text
    assert "Tidak ada yang jatuh tempo." in seen.text


def test_savings_and_an_instalment_are_taken_at_once_and_she_sees_the_receipt(lending, budi, loan):
    cash, key = lending.balance("1-1010"), uuid7()

    seen = takes(
        budi,
        lending,
        key=key,
        simpanan_sukarela="6.000",
        simpanan_wajib="20rb",
        **{f"pinjaman_{loan.id.hex}": "124.000"},
    )

    assert (seen.status, seen.location) == (303, budi.url("receipt", command=key))
    assert lending.balance("1-1010") == cash + 150_000
    assert held(lending) == {"pokok": 0, "wajib": 20_000, "sukarela": 6_000}
    assert "Rp150.000" in budi.at(seen.location).text


def test_the_same_form_twice_is_one_act(lending, budi):
    key = uuid7()
    takes(budi, lending, key=key, simpanan_sukarela="6.000")
    before = entries(lending.kelompok)

    again = takes(budi, lending, key=key, simpanan_sukarela="6.000")
    other = takes(budi, lending, key=key, simpanan_sukarela="60.000")

    assert again.status == 303
    assert "Sudah tercatat" in other.text
    assert "Sudah tercatat" in opens(budi, lending, f"?k={key}").text
    assert entries(lending.kelompok) == before


def test_who_brought_it_is_kept(lending, budi):
    yuni = lending.kelompok.members["yuni"]

    takes(budi, lending, simpanan_sukarela="6.000", carried_by=str(yuni))

    assert lending.asks(lambda: Movement.objects.get().carried_by_id) == yuni


def test_three_times_what_is_due_is_asked_about_once(lending, budi, loan):
    name = f"pinjaman_{loan.id.hex}"

    asked = takes(budi, lending, **{name: "372.000"})

    assert "Angsuran pinjaman 1: benar Rp372.000? Biasanya Rp124.000." in asked.text
    assert not lending.asks(lambda: Repayment.objects.exists())
    assert takes(budi, lending, **{name: "372.000", "sure": "ya"}).status == 303
    assert lending.asks(lambda: Repayment.objects.get().amount) == 372_000


def test_less_than_three_times_is_not_asked_about(lending, budi, loan):
    assert takes(budi, lending, **{f"pinjaman_{loan.id.hex}": "371.999"}).status == 303


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "Tidak ada yang tersimpan."),
        ({"simpanan_sukarela": "0"}, "Tidak ada yang tersimpan."),
        ({"simpanan_sukarela": "20,000"}, "Dua puluh ribu ditulis 20.000"),
        ({"simpanan_sukarela": "-5"}, "tanpa tanda kurang"),
        ({"simpanan_sukarela": "5.000", "channel": "gold"}, "Pilih salah satu."),
        ({"simpanan_sukarela": "5.000", "paid_on": "2026-01-01"}, "2 Januari 2026"),
        ({"simpanan_sukarela": "5.000", "paid_on": "besok"}, "Tulis tanggal seperti"),
    ],
)
def test_what_is_refused_is_said_in_the_form_and_nothing_stands(lending, budi, given, said):
    before = entries(lending.kelompok)

    seen = takes(budi, lending, **given)

    assert seen.status in (400, 409)
    assert said in seen.text
    assert entries(lending.kelompok) == before


def test_what_somebody_left_behind_is_not_taken_in(lending, budi):
    lending.settles("dewi", "2026-03-31")

    seen = takes(budi, lending, simpanan_sukarela="5.000")

    assert seen.status == 409
    assert "31 Maret 2026" in seen.text


def test_the_chair_takes_nothing_in(lending, sari):
    assert takes(sari, lending, simpanan_sukarela="5.000").status == 403
    assert held(lending)["sukarela"] == 0


def test_a_neighbours_member_is_not_here(lending, neighbours, budi):
    address = {"member_id": neighbours.members["dewi"]}

    assert budi.sends("collect", typed(lending, simpanan_sukarela="5.000"), **address).status == 404
    assert takes(Browser(neighbours), lending, simpanan_sukarela="5.000").status == 404


def test_a_day_before_her_loan_was_paid_out_loses_none_of_what_she_typed(lending, budi, loan):
    """A box that vanished with a wrong day would be 124.000 in her hand and not in the books."""
    name, before = f"pinjaman_{loan.id.hex}", entries(lending.kelompok)
    early = (today_in(lending.group) - timedelta(days=30)).isoformat()

    seen = takes(budi, lending, simpanan_wajib="20.000", paid_on=early, **{name: "124.000"})

    assert seen.status == 409
    assert 'value="124.000"' in seen.html
    assert 'value="20.000"' in seen.html
    assert entries(lending.kelompok) == before


def test_lunas_fills_in_what_is_due_and_keeps_what_she_typed(lending, budi):
    asks(lending, "pokok", 50_000)
    before = entries(lending.kelompok)

    seen = takes(budi, lending, simpanan_sukarela="7.500", isi="lunas")

    assert seen.status == 200
    assert 'value="7.500"' in seen.html
    assert 'value="50.000"' in seen.html
    assert entries(lending.kelompok) == before


def test_the_boxes_stand_in_one_order_whatever_is_due(lending, budi, loan):
    asks(lending, "pokok", 50_000)
    order = ["Simpanan pokok", "Angsuran pinjaman 1", "Simpanan sukarela"]

    def labels():
        text = opens(budi, lending).html
        return sorted(order, key=lambda label: text.index(f">{label} <small>"))

    assert labels() == order
    lending.saves("dewi", 20_000, "pokok")
    assert labels() == order


def test_more_than_a_thousand_million_is_a_slip_of_the_zeros(lending, budi):
    before = entries(lending.kelompok)

    seen = takes(budi, lending, simpanan_sukarela="1.000.000.001", sure="ya")

    assert seen.status == 400
    assert "Terlalu besar; paling banyak Rp1.000.000.000. Periksa nolnya." in seen.text
    assert entries(lending.kelompok) == before
    assert takes(budi, lending, simpanan_sukarela="1.000.000.000", sure="ya").status == 303
