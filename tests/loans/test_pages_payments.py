"""Money for a loan on pages, and what two officers do when it cannot go on."""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from ledger.ids import uuid7
from loans import queries
from members.models import PendingAct
from members.services import today_in
from tests.door import PIN
from tests.pages import Browser, entries


def paid(**more: Any) -> dict[str, Any]:
    return {"amount": "124.000", "channel": "cash", "paid_on": "2026-02-10"} | more


def repayments(lending, loan) -> list[tuple[int, str, UUID | None]]:
    def read() -> list[Any]:
        return list(queries.repayments(lending.id, loan.id).values_list("amount", "channel", "carried_by_id"))

    found: list[tuple[int, str, UUID | None]] = lending.asks(read)
    return found


def test_what_is_due_is_filled_in_and_money_pays_the_oldest(lending, budi):
    loan = lending.lends(on="2026-01-10")
    for month in range(2, 10):
        loan.pays(124_000, f"2026-{month:02}-10")

    seen = budi.opens("repay", f"?k={uuid7()}", loan_id=loan.id)
    assert "Jatuh tempo ! Terlambat Rp248.000" in seen.text
    assert 'value="248.000"' in seen.html
    sent = budi.sends("repay", paid(), loan_id=loan.id)

    assert sent.status == 303
    assert loan.row.status == "active"
    assert repayments(lending, loan)[-1] == (124_000, "cash", None)
    assert "Tercatat. Sisa pokok Rp300.000." in budi.at(budi.url("loans")).text


def test_one_tap_pays_the_loan_off(lending, budi):
    loan = lending.lends(on="2026-01-10")
    seen = budi.opens("repay", f"?k={uuid7()}", loan_id=loan.id).html
    [total] = re.findall(r'name="lunas" value="(\d+)"', seen)

    given = {"lunas": total, "channel": "cash", "paid_on": today_in(lending.group).isoformat()}
    budi.sends("repay", given, loan_id=loan.id)

    assert repayments(lending, loan) == [(int(total), "cash", None)]
    assert loan.row.status == "paid_off"


def test_a_payoff_that_is_another_on_that_day_is_said_and_not_taken(lending, budi):
    loan = lending.lends(on="2026-01-10")

    seen = budi.sends("repay", paid(lunas="1", amount=""), loan_id=loan.id)

    assert seen.status == 400
    assert "Pelunasan pada tanggal itu Rp" in seen.text
    assert repayments(lending, loan) == []


def test_an_improbable_sum_is_asked_about_once_but_not_the_payoff(lending, budi):
    loan = lending.lends(on=(today_in(lending.group) - timedelta(days=5)).isoformat())
    on = today_in(lending.group).isoformat()

    asked = budi.sends("repay", paid(amount="372.000", paid_on=on), loan_id=loan.id).text
    assert "Benar Rp372.000? Yang jatuh tempo Rp124.000." in asked
    more = budi.sends("repay", paid(amount="9jt", paid_on=on), loan_id=loan.id).text
    assert "Benar Rp9.000.000? Untuk melunasi cukup Rp" in more
    assert repayments(lending, loan) == []
    budi.sends("repay", paid(amount="372.000", paid_on=on, sure="ya"), loan_id=loan.id)
    assert repayments(lending, loan) == [(372_000, "cash", None)]


def test_money_may_come_out_of_her_savings_or_through_another_member(lending, budi):
    loan = lending.lends(on="2026-01-10")
    lending.saves("dewi", 75_000)
    yuni = lending.kelompok.members["yuni"]

    assert "ukarela Rp75.000" in budi.opens("repay", f"?k={uuid7()}", loan_id=loan.id).text
    budi.sends("repay", paid(amount="50.000", channel="savings:sukarela"), loan_id=loan.id)
    budi.sends("repay", paid(amount="24.000", carried_by=str(yuni)), loan_id=loan.id)

    assert repayments(lending, loan) == [(50_000, "savings:sukarela", None), (24_000, "cash", yuni)]
    seen = budi.opens("loan", loan_id=loan.id).text
    assert "titip Bu Yuni" in seen
    assert "dari simpanan" in seen


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"amount": "dua puluh"}, "Tulis angka saja"),
        ({"amount": ""}, "Belum diisi."),
        ({"amount": "0"}, "Jumlahnya harus lebih dari nol."),
        ({"paid_on": "2026-01-01"}, "mendahului pencairan"),
        ({"paid_on": "2100-01-01"}, "belum tiba"),
        ({"paid_on": "kemarin"}, "Tulis tanggal seperti"),
        ({"channel": "savings:sukarela"}, "Pilih salah satu."),
        ({"carried_by": "x"}, "Pilih salah satu."),
    ],
)
def test_what_cannot_be_taken_stands_in_the_form(lending, budi, typed, said):
    loan = lending.lends(on="2026-01-10")
    before = entries(lending.kelompok)

    seen = budi.sends("repay", paid(**typed), loan_id=loan.id)

    assert said in seen.text
    assert entries(lending.kelompok) == before


def test_a_payment_sent_twice_is_taken_once(lending, budi):
    loan = lending.lends(on="2026-01-10")
    key = uuid7()
    budi.sends("repay", paid(), key=key, loan_id=loan.id)
    budi.sends("repay", paid(), key=key, loan_id=loan.id)
    other = budi.sends("repay", paid(amount="1.000"), key=key, loan_id=loan.id)

    assert len(repayments(lending, loan)) == 1
    assert (other.status, "Sudah tercatat" in other.text) == (409, True)
    assert "Sudah tercatat" in budi.opens("repay", f"?k={key}", loan_id=loan.id).text


def test_only_the_treasurer_takes_money(lending, sari, dewi):
    loan = lending.lends("dewi")

    assert sari.opens("repay", loan_id=loan.id).status == 403
    assert dewi.sends("repay", paid(), loan_id=loan.id).status == 403


def test_the_payoff_of_any_day_is_told_part_by_part(lending, dewi):
    loan = lending.lends("dewi", on="2026-01-10", product=lending.product(flat_rebate="unearned"))

    seen = dewi.opens("payoff", "?pada=2026-02-10", loan_id=loan.id).text

    assert "Untuk melunasi pada 10 Februari 2026 Rp1.224.000" in seen
    assert "Sisa pokok Rp1.200.000 Jasa Rp288.000 Potongan jasa karena lebih awal −Rp264.000" in seen
    assert "mendahului pencairan" in dewi.opens("payoff", "?pada=2026-01-01", loan_id=loan.id).text
    assert "Tulis tanggal seperti" in dewi.opens("payoff", "?pada=besok", loan_id=loan.id).text


def test_a_charge_is_recorded_and_then_waived_by_two(lending, budi):
    loan = lending.lends(on="2026-01-10")
    charge = {"kind": "penalty", "amount": "5.000", "due_on": "2026-03-01", "memo": "tidak hadir"}
    budi.sends("charge", charge, loan_id=loan.id)

    seen = budi.opens("waive", f"?k={uuid7()}", loan_id=loan.id)
    assert ": Rp5.000" in seen.text
    [chosen] = re.findall(r'name="charge" value="([0-9a-f-]{36})"', seen.html)
    given = {"charge": chosen, "reason": "sakit"}
    wrong = budi.sends("waive", given | second(lending, pin="111111"), loan_id=loan.id)
    assert wrong.status == 409
    assert "PIN" in wrong.text
    budi.sends("waive", given | second(lending), loan_id=loan.id)

    assert [one.amount for one in lending.asks(lambda: list(queries.waivers(lending.id, loan.id)))] == [5_000]


def second(lending, pin: str = PIN) -> dict[str, str]:
    return {"second_officer": str(lending.kelompok.offices["sari"]), "second_pin": pin}


def test_another_schedule_is_shown_first_and_needs_two(lending, budi):
    loan = lending.lends(on="2026-01-10")
    given = {"installments": "20", "effective_on": "2026-03-01", "reason": "panen gagal", "per": "month"}

    shown = budi.sends("reschedule", given | {"hitung": "1"}, loan_id=loan.id).text
    assert "20 angsuran dalam 20 bulan, semuanya Rp1.680.000 ." in shown
    assert loan.row.version == 1
    sent = budi.sends("reschedule", given | second(lending), loan_id=loan.id)

    assert sent.location == budi.url("loan", loan_id=loan.id)
    assert (loan.row.version, loan.row.terms["installments"]) == (2, 20)
    assert "Jadwal baru berlaku." in budi.at(sent.location).text


def test_without_the_other_officer_it_waits_for_her(lending, budi):
    loan = lending.lends(on="2026-01-10")
    given = {"installments": "20", "effective_on": "2026-03-01", "reason": "panen gagal"}

    sent = budi.sends("reschedule", given, loan_id=loan.id)

    seen = budi.at(sent.location).text
    assert "Menunggu persetujuan pengurus lain, paling lama 24 jam." in seen
    assert "Ada yang menunggu persetujuan pengurus lain." in seen
    assert loan.row.version == 1
    assert lending.asks(lambda: PendingAct.objects.filter(group_id=lending.id).count()) == 1


def test_a_loan_is_written_off_by_two_and_what_still_comes_is_income(lending, budi, sari):
    loan = lending.lends(on="2026-01-10")
    given = {"mode": "books", "effective_on": "2026-06-01", "reason": "pindah"}

    assert "Belum diisi." in budi.sends("write-off", given | {"mode": ""}, loan_id=loan.id).text
    budi.sends("write-off", given | second(lending), loan_id=loan.id)
    assert loan.row.status == "written_off"
    seen = budi.opens("loan", loan_id=loan.id).text
    assert "Terima pembayaran" in seen
    assert "! Dihapusbukukan" in seen
    money = {"amount": "50.000", "channel": "cash", "paid_on": "2026-07-01"}
    assert "Masih dapat ditagih Rp" in budi.opens("recovery", f"?k={uuid7()}", loan_id=loan.id).text
    budi.sends("recovery", money, loan_id=loan.id)

    assert lending.balance("4-2030") == 50_000
    assert "tunai" in budi.opens("loan", loan_id=loan.id).text
    assert sari.opens("recovery", loan_id=loan.id).status == 403


def test_members_and_neighbours_reach_none_of_it(lending, dewi, neighbours):
    loan = lending.lends("dewi")
    other = Browser(neighbours)

    for name in ("charge", "waive", "reschedule", "write-off", "recovery", "loan-disburse"):
        assert dewi.opens(name, f"?k={uuid7()}", loan_id=loan.id).status == 403
        assert other.at(dewi.url(name, f"?k={uuid7()}", loan_id=loan.id)).status == 404
