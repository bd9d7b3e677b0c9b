"""Data saya: everything that is kept about a member and no secret, for herself or at her wish."""

import json
from typing import Any

from ledger.shard import KINDS
from loans import collecting
from members import cards, enrolments
from members.models import Device, Factor, PendingAct, Pin, Session, Signature, WrongTry
from reports import mydata
from tests.cast import day
from tests.loans.lending import Lending

OWN = {one.name for one in mydata.SECTIONS if one.own}


def path(lending: Lending, person: str = "dewi") -> str:
    return f"{lending.kelompok.path}/members/{lending.kelompok.members[person]}"


def lived(lending: Lending) -> None:
    """Dewi saves, borrows, pays through Yuni, is charged and forgiven, and asks; the treasurer looked at her book."""
    loan = lending.lends(buys=[])
    lending.does(
        lambda: collecting.collect(
            lending.group,
            lending.kelompok.members["dewi"],
            deposits={"sukarela": 500_000},
            repayments={loan.id: 124_000},
            paid_on=day("2026-02-10"),
            carried_by=lending.kelompok.members["yuni"],
        )
    )
    charge = loan.is_charged("fee", 5_000, "2026-02-11")
    loan.is_forgiven(charge.id, "2026-02-12")
    lending.kelompok.phones["dewi"].posts(f"{lending.kelompok.path}/disputes", {"text": "Bukan segini"})
    lending.kelompok.budi.gets(f"{path(lending)}/passbook")


def told(lending: Lending, person: str = "dewi", by: str = "dewi") -> dict[str, Any]:
    found = lending.kelompok.phones[by].gets(f"{path(lending, person)}/export")
    assert found.status == 200
    body: dict[str, Any] = found.body
    return body


def test_every_table_is_told_or_excused():
    """A new table is added here, or to the excuses with its reason."""
    in_sections = {one.model._meta.db_table for one in mydata.SECTIONS}
    in_histories = {event._meta.db_table for event in mydata.HISTORIES.values()}

    assert in_sections | in_histories | set(mydata.EXCUSED) == set(KINDS)
    assert not (in_sections | in_histories) & set(mydata.EXCUSED)
    assert set(mydata.HISTORIES) <= {one.name for one in mydata.SECTIONS}


def test_a_member_takes_home_what_is_kept_about_her(lending):
    lived(lending)

    found = told(lending)

    assert found["format"] == "lumbung-member-1"
    assert [one["name"] for one in found["person"]] == ["Dewi"]
    assert [one["amount"] for one in found["savings_movements"]] == [500_000]
    assert [one["amount"] for one in found["repayments"]] == [124_000]
    assert [one["balance_after"] for one in found["passbook"]] == [500_000]
    assert found["schedules"][0]["installments"][0]["paid"]["principal"] == 100_000
    assert [one["text"] for one in found["disputes"]] == ["Bukan segini"]
    assert [one["what"] for one in found["sights"]] == ["savings"]
    assert {one["kind"] for one in found["entries"]} >= {"loan_disbursement", "repayment", "savings_deposit"}
    assert "Budi" in {one["name"] for one in found["recorded_by"].values()}
    assert {one["of"] for one in found["history"]} >= {"person", "member", "stays", "loans", "login", "disputes"}
    filled = {"stays", "loan_votes", "loan_schedules", "loan_installments", "loan_lines", "loan_charges"}
    filled |= {"loan_waivers", "savings_accounts", "entry_notes", "postings", "login", "tokens", "seats"}
    assert {name for name in filled if not found[name]} == set()


def test_nothing_in_it_is_anothers(lending):
    lived(lending)
    lending.saves("yuni", 77_777)
    lending.lends("yuni", principal=777_000)

    found = json.dumps(told(lending))

    assert "77777" not in found
    assert "777000" not in found
    assert "Yuni" not in found


def test_who_carried_money_for_another_finds_that_she_did(lending):
    lived(lending)

    found = told(lending, "yuni", by="budi")

    assert [one["amount"] for one in found["repayments"]] == [124_000]
    assert found["loans"] == found["passbook"] == []


def test_no_secret_is_in_it(lending):
    """Of an officer, who has every kind of secret there is."""
    user = lending.kelompok.budi.user
    assert user is not None
    row = lending.kelompok.row("dewi")
    Device.objects.create(user=user, digest="d" * 64, hash="argon2$device")
    Factor.objects.create(user=user, kind="totp", data_key=b"KEYKEY", secret_sealed=b"SEALED", step=0)
    Session.objects.create(user=user, session_key="s" * 32, session_data="DATA", expire_date="2026-12-31T00:00:00Z")
    WrongTry.objects.create(user_id=user.id, since="2026-11-01T00:00:00Z", count=1)
    code = lending.asks(lambda: enrolments.for_member(lending.group, row, officer_id=user.id))
    card = lending.asks(lambda: cards.for_member(lending.group, row, officer_id=user.id))

    budis, dewis = told(lending, "budi", by="budi"), told(lending)

    pin = lending.asks(lambda: Pin.objects.get(user=user).hash)
    text = json.dumps([budis, dewis])
    for secret in ("argon2", pin, user.password, "d" * 64, b"KEYKEY".hex(), b"SEALED".hex(), "s" * 32, "DATA", code):
        assert secret not in text
    assert not [one for one in (card.number, *card.codes) if one in text]
    assert {name for name in ("devices", "factors", "sessions", "wrong_tries", "pins") if not budis[name]} == set()
    assert {name for name in ("enrolments", "cards") if not dewis[name]} == set()


def test_the_nik_stands_by_its_last_digits(lending):
    lending.kelompok.joins("ida", nik="3316134506900003")

    found = told(lending, "ida", by="budi")

    assert found["person"][0]["nik_last4"] == "0003"
    assert "3316134506900003" not in json.dumps(found)


def test_what_she_asked_for_and_signed_as_an_officer_is_hers(lending):
    kelompok = lending.kelompok
    waiting = kelompok.budi.posts(f"{kelompok.path}/periods/2026-01/close", {})
    assert waiting.status == 202
    assert kelompok.phones["sari"].posts(f"{kelompok.path}/periods/2026-01/close", {}).status == 200

    found = told(lending, "budi", by="budi")

    assert lending.asks(lambda: (PendingAct.objects.count(), Signature.objects.count())) == (1, 1)
    assert (len(found["requests"]), len(found["signatures"])) == (1, 1)


def test_an_officer_takes_it_at_her_wish_without_her_login_and_she_sees_that(lending):
    found = told(lending, by="sari")

    assert not OWN & set(found)
    seen = lending.kelompok.phones["dewi"].gets(f"{path(lending)}/sights")["results"]
    assert [(one["name"], one["what"]) for one in seen] == [("Sari", "export")]


def test_it_comes_as_a_file_that_nobody_keeps_on_the_way(lending):
    found = lending.kelompok.phones["dewi"].gets(f"{path(lending)}/export")

    assert found.headers["Content-Disposition"] == 'attachment; filename="data-saya.json"'
    assert found.headers["Cache-Control"] == "no-store"


def test_anothers_data_is_not_there(lending, neighbours):
    assert lending.kelompok.phones["dewi"].gets(f"{path(lending, 'yuni')}/export").status == 404
    assert neighbours.budi.gets(f"{path(lending)}/export").status == 404
