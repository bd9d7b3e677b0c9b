"""The lenders' money over HTTP: from the promise to the last rupiah, for two people, and what every endpoint
refuses."""

from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from capital.models import Drawdown, Grant, Payment
from ledger.ids import uuid7
from ledger.models import Command
from tests.capital.lending import Borrowing
from tests.door import Answer, Kelompok
from tests.loans.test_door import Lent

TERMS = {"rate": {"percent": "1", "per": "month"}, "method": "equal_principal", "installments": 12}


@pytest.fixture
def kelompok(borrowing: Borrowing) -> Kelompok:
    return borrowing.kelompok


class Upk:
    """The UPK's facility of Rp12.000.000 over HTTP, agreed on 10 January 2026."""

    def __init__(self, group: Kelompok, **changes: Any) -> None:
        self.group, self.budi, self.second = group, group.budi, {"second": group.second()}
        self.lender = self.budi.posts(f"{group.path}/lenders", {"name": "UPK Kunduran", "kind": "upk"})
        body = TERMS | {"lender_id": self.lender["id"], "limit": 12_000_000, "disbursed_on": "2026-01-10"} | changes
        self.answer = self.budi.posts(f"{group.path}/facilities", body)
        assert self.answer.status == 201, self.answer.body
        self.path = f"{group.path}/facilities/{self.answer['id']}"

    def draws(self, amount: int = 12_000_000, on: str = "2026-01-10", **more: Any) -> Answer:
        body = {"amount": amount, "drawn_on": on} | self.second | more
        return self.budi.pays(f"{self.path}/drawdowns", body)

    def pays(self, amount: int, on: str, **more: Any) -> Answer:
        return self.budi.pays(f"{self.path}/payments", {"amount": amount, "paid_on": on} | self.second | more)

    def now(self, **query: str) -> Answer:
        asked = "&".join(f"{name}={value}" for name, value in query.items())
        return self.budi.gets(f"{self.path}?{asked}" if asked else self.path)


@pytest.fixture
def upk(kelompok) -> Upk:
    return Upk(kelompok)


def test_a_facility_goes_from_the_promise_to_the_first_payment(upk):
    assert upk.answer["terms"]["principal"] == 12_000_000
    assert (upk.answer["opened_on"], upk.answer["drawn"], upk.answer["available"]) == ("2026-01-10", 0, 12_000_000)

    drawn = upk.draws()
    assert drawn.status == 201, drawn.body
    assert (drawn["number"], drawn["received"], len(drawn["installments"])) == (1, 12_000_000, 12)
    paid = upk.pays(1_120_000, "2026-02-10")
    assert paid.status == 201, paid.body
    assert paid["allocation"] == {"fee": 0, "interest": 120_000, "principal": 1_000_000}
    assert paid["outstanding_principal"] == 11_000_000

    found = upk.now(as_of="2026-03-12")
    assert found["outstanding"] == {"principal": 11_000_000, "interest": 660_000, "fee": 0}
    assert (found["due_now"], found["arrears"], found["days_past_due"]) == (1_110_000, 1_110_000, 2)
    assert (found["next_due_on"], found["next_due_amount"]) == ("2026-04-10", 1_100_000)
    rows = upk.budi.gets(f"{upk.path}/schedule?as_of=2026-03-12")["installments"]
    assert [row["status"] for row in rows[:3]] == ["paid", "late", "upcoming"]
    assert rows[0]["paid"] == {"principal": 1_000_000, "interest": 120_000, "fee": 0}


def test_a_facility_is_as_it_was_on_any_day(upk):
    upk.draws()
    upk.pays(1_120_000, "2026-02-10")

    assert upk.now(as_of="2026-02-09")["outstanding"]["principal"] == 12_000_000
    assert upk.now(as_of="2026-01-09")["drawn"] == 0
    assert upk.now(as_of="2026-01-25")["payoff"] == 12_058_065


def test_the_account_runs_from_one_day_to_another(upk):
    upk.draws()
    upk.pays(1_120_000, "2026-02-10")

    found = upk.budi.gets(f"{upk.path}/account?from=2026-02-01&to=2026-02-28")

    assert (found["opening_balance"], found["closing_balance"]) == (12_000_000, 11_000_000)
    assert [(one["kind"], one["amount"], one["balance_after"]) for one in found["lines"]] == [
        ("facility_payment", -1_000_000, 11_000_000)
    ]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"limit": 0}, "/limit"),
        ({"limit": 1.5}, "/limit"),
        ({"limit": "12000000"}, "/limit"),
        ({"principal": 12_000_001}, "/principal"),
        ({"installments": 601}, "/installments"),
        ({"rate": {"percent": 1, "per": "month"}}, "/rate/percent"),
        ({"method": "uneven"}, "/rows"),
        ({"disbursed_on": "10-01-2026"}, "/disbursed_on"),
        ({"first_due_on": "2026-01-10"}, "/first_due_on"),
        ({"account_id": "2-1110"}, "/account_id"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_terms_that_cannot_be_are_refused_by_name(kelompok, change, pointer):
    lender = kelompok.budi.posts(f"{kelompok.path}/lenders", {"name": "UPK Kunduran", "kind": "upk"})
    body = TERMS | {"lender_id": lender["id"], "limit": 12_000_000, "disbursed_on": "2026-01-10"} | change

    refused = kelompok.budi.posts(f"{kelompok.path}/facilities", body)

    assert refused.status == 400, refused.body
    assert pointer in refused.pointers


def test_an_agreement_of_tomorrow_is_none(kelompok):
    lender = kelompok.budi.posts(f"{kelompok.path}/lenders", {"name": "UPK Kunduran", "kind": "upk"})
    body = TERMS | {"lender_id": lender["id"], "limit": 1_000, "disbursed_on": "2199-01-01"}

    refused = kelompok.budi.posts(f"{kelompok.path}/facilities", body)

    assert (refused.status, refused.code) == (409, "future_date")


def test_a_lender_is_changed_but_not_into_another_kind_or_name(kelompok):
    path = f"{kelompok.path}/lenders"
    made = kelompok.budi.posts(path, {"name": "UPK Kunduran", "kind": "upk", "contact_email": "upk@kunduran.example"})
    kelompok.budi.posts(path, {"name": "Bank Jateng", "kind": "bank"})
    assert (made["number"], made["contact_email"]) == (1, "upk@kunduran.example")

    changed = kelompok.budi.patches(f"{path}/{made['id']}", {"contact_email": None})
    assert (changed.status, changed["contact_email"], changed["name"]) == (200, None, "UPK Kunduran")
    assert kelompok.budi.patches(f"{path}/{made['id']}", {"kind": "bank"}).pointers == {"/kind": "unknown_field"}
    taken = kelompok.budi.patches(f"{path}/{made['id']}", {"name": "Bank Jateng"})
    assert (taken.status, taken.code) == (409, "lender_exists")
    wrong = kelompok.budi.posts(path, {"name": "CSR", "kind": "csr", "contact_email": "csr at example"})
    assert wrong.pointers == {"/contact_email": "invalid"}


# ── two people ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("what", ["drawdowns", "payments", "grants"])
def test_lenders_money_moves_for_two_officers(upk, what):
    if what == "payments":
        upk.draws()
    day = {"drawdowns": "drawn_on", "payments": "paid_on", "grants": "received_on"}[what]
    more = {"kind": "grant", "giver": "Desa Blumbangrejo"} if what == "grants" else {}
    path = f"{upk.group.path}/grants" if what == "grants" else f"{upk.path}/{what}"
    model: Any = {"drawdowns": Drawdown, "payments": Payment, "grants": Grant}[what]

    def made() -> int:
        return int(upk.group.asks(model.objects.filter(group_id=upk.group.id).count))

    before = made()
    asked = upk.budi.pays(path, {"amount": 1_000_000, day: "2026-02-10"} | more)
    assert (asked.status, asked.code, made()) == (202, "awaiting_second", before)
    assert upk.budi.posts(path, {}).code == "idempotency_key_required"  # nothing of another officer's waits for her

    done = upk.group.phones["sari"].posts(path, {})

    assert done.status == 201, done.body
    assert made() == before + 1


def test_what_would_be_refused_waits_for_nobody(upk):
    refused = upk.budi.pays(f"{upk.path}/drawdowns", {"amount": 12_000_001, "drawn_on": "2026-01-10"})

    assert (refused.status, refused.code, refused["available"]) == (409, "limit", 12_000_000)
    assert upk.budi.gets(f"{upk.group.path}/pending")["results"] == []


def test_more_than_is_owed_is_refused_with_what_ends_it(upk):
    upk.draws()

    refused = upk.pays(12_058_066, "2026-01-25")

    assert (refused.status, refused.code, refused["payoff"]) == (409, "overpayment", 12_058_065)


def test_money_that_is_not_in_the_bank_pays_nobody(upk):
    upk.draws()

    refused = upk.pays(1_000, "2026-01-25", channel="bank")

    assert (refused.status, refused.code, refused["available"]) == (409, "insufficient_cash", 0)


# ── repeated ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_same_drawdown_twice_is_one(upk):
    key, body = uuid7(), {"amount": 1_000_000, "drawn_on": "2026-01-10"} | upk.second
    first = upk.budi.posts(f"{upk.path}/drawdowns", body, key=key)
    again = upk.budi.posts(f"{upk.path}/drawdowns", body, key=key)

    assert again.body == first.body
    assert again.headers["Idempotency-Replayed"] == "true"
    assert upk.now()["drawn"] == 1_000_000


@pytest.mark.parametrize("what", ["drawdowns", "payments"])
def test_without_a_key_no_money_moves(upk, what):
    refused = upk.budi.posts(f"{upk.path}/{what}", {"amount": 1_000, "drawn_on": "2026-01-10"})

    assert (refused.status, refused.code) == (400, "idempotency_key_required")


def test_what_is_kept_with_a_command_names_nobody(upk):
    upk.draws()
    body = {"kind": "grant", "giver": "Bu Hartati", "amount": 500_000, "received_on": "2026-02-01"} | upk.second
    given = upk.budi.pays(f"{upk.group.path}/grants", body)
    assert (given.status, given["giver"]) == (201, "Bu Hartati")

    kept = upk.group.asks(lambda: list(Command.objects.filter(group_id=upk.group.id).values_list("answer", flat=True)))
    assert "Hartati" not in str(kept)
    assert "Kunduran" not in str(kept)


def test_a_payment_that_was_taken_back_says_so(upk):
    upk.draws()
    paid = upk.pays(1_120_000, "2026-02-10")

    undone = upk.budi.pays(f"{upk.group.path}/entries/{paid['entry_id']}/reversal", {"reason": "salah catat"})

    assert undone.status == 201, undone.body
    [listed] = upk.budi.gets(f"{upk.path}/payments")["results"]
    assert listed["reversed_by"] == undone["entry_id"]
    assert listed["allocation"] == {"fee": 0, "interest": 0, "principal": 0}
    assert listed["outstanding_principal"] == 12_000_000


def test_a_manual_entry_on_a_facility_is_refused(upk):
    upk.draws()
    refused = upk.budi.pays(f"{upk.group.path}/ledger/entries", upk.group.journal("5-2030", "2-1110.1", 1_000))

    assert (refused.status, refused.code) == (409, "account_is_owned")


# ── the loans it became ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_facility_is_followed_into_loans_and_what_they_bought(upk):
    upk.draws()
    bought = [{"item": "Kedelai", "quantity": "50", "unit": "kg", "unit_price": 12_000, "supplier": "Toko Makmur"}]
    lent = Lent(upk.group, purchases=bought).approved().paid_out()

    made = upk.budi.posts(f"{upk.path}/loans", {"loan_id": lent.request["id"], "amount": 2_000_000})

    assert made.status == 201, made.body
    [found] = upk.budi.gets(f"{upk.path}/loans")["results"]
    assert found == made.body
    assert (found["amount"], found["loan_principal"], found["loan_outstanding"]) == (2_000_000, 3_000_000, 3_000_000)
    assert [(one["item"], one["quantity"], one["supplier"]) for one in found["purchases"]] == [
        ("Kedelai", "50", "Toko Makmur")
    ]
    over = upk.budi.posts(f"{upk.path}/loans", {"loan_id": lent.request["id"], "amount": 1})
    assert (over.status, over.code) == (409, "line_exists")
    assert upk.budi.deletes(f"{upk.path}/loans/{found['id']}").status == 204
    assert upk.budi.gets(f"{upk.path}/loans")["results"][0]["ended_on"] is not None


def test_another_facilitys_loan_is_not_found_there(upk):
    upk.draws()
    lent = Lent(upk.group, principal=100_000).approved().paid_out()
    made = upk.budi.posts(f"{upk.path}/loans", {"loan_id": lent.request["id"], "amount": 1_000})
    body = TERMS | {"lender_id": upk.lender["id"], "limit": 1_000_000, "disbursed_on": "2026-01-10"}
    other = upk.budi.posts(f"{upk.group.path}/facilities", body)

    assert upk.budi.deletes(f"{upk.group.path}/facilities/{other['id']}/loans/{made['id']}").status == 404


# ── the view of it all ──────────────────────────────────────────────────────────────────────────────────────────────


def test_capital_tells_where_it_comes_from_and_where_it_is(upk):
    upk.draws(channel="bank")
    upk.pays(1_120_000, "2026-02-10", channel="bank")
    Lent(upk.group).approved().paid_out()

    found = upk.budi.gets(f"{upk.group.path}/capital?as_of=2026-03-12")

    sources, uses = found["sources"], found["uses"]
    assert sources["total"] == uses["total"] == 20_880_000
    [facility] = sources["lenders"]["facilities"]
    assert UUID(facility.pop("facility_id")) and UUID(facility.pop("lender_id"))
    assert facility == {
        "number": 1,
        "lender": "UPK Kunduran",
        "kind": "upk",
        "limit": 12_000_000,
        "drawn": 12_000_000,
        "outstanding": 11_000_000,
        "due": 1_110_000,
        "arrears": 1_110_000,
    }
    assert (sources["grants"]["grant"], sources["surplus"]) == (10_000_000, -120_000)
    assert (uses["cash"], uses["bank"], uses["loans"]["working"]) == (7_000_000, 10_880_000, 3_000_000)


@pytest.mark.parametrize("path", ["facilities", "capital", "facilities/{f}/loans", "facilities/{f}/payments"])
def test_lists_ask_no_more_for_more_of_them(upk, path):
    def asked() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert upk.budi.gets(f"{upk.group.path}/{path}".replace("{f}", upk.path.rsplit("/", 1)[1])).status == 200
        return len(seen)

    def more(on: str) -> None:
        lent = Lent(upk.group, "yuni" if on < "2026-02-05" else "dewi", principal=100_000).approved().paid_out(on)
        assert upk.budi.posts(f"{upk.path}/loans", {"loan_id": lent.request["id"], "amount": 1_000}).status == 201
        assert upk.pays(1_000, on).status == 201
        body = TERMS | {"lender_id": upk.lender["id"], "limit": 1_000_000, "disbursed_on": "2026-01-10"}
        other = f"{upk.group.path}/facilities/{upk.budi.posts(f'{upk.group.path}/facilities', body)['id']}"
        drawn = {"amount": 1_000_000, "drawn_on": on} | upk.second
        assert upk.budi.pays(f"{other}/drawdowns", drawn).status == 201

    upk.draws()
    more("2026-02-01")
    few = asked()
    for on in ("2026-02-02", "2026-02-06"):
        more(on)

    assert asked() == few
