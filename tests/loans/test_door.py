"""A loan over HTTP, from the request to the last rupiah, and what every endpoint refuses."""

from uuid import UUID

import pytest

from ledger.ids import uuid7
from members.hashing import Argon2
from tests.door import PIN, Answer, Kelompok, Phone

FLAT = {
    "principal": 3_000_000,
    "rate": {"percent": "1.5", "per": "month"},
    "method": "flat",
    "installments": 10,
}
KEDELAI = {"item": "Kedelai", "quantity": "50", "unit": "kg", "unit_price": 12_000, "supplier": "Toko Makmur"}


@pytest.fixture(autouse=True)
def quick_hashing(monkeypatch):
    monkeypatch.setattr(Argon2, "memory_cost", 8)
    monkeypatch.setattr(Argon2, "time_cost", 1)


@pytest.fixture
def kelompok(books) -> Kelompok:
    group = Kelompok.opened()
    group.budi.pays(f"{group.path}/ledger/entries", group.journal("1-1010", "3-1030", 10_000_000, on="2026-01-05"))
    return group


def second(group: Kelompok, person: str = "sari") -> dict:
    return {"officer_id": str(group.offices[person]), "pin": PIN}


class Lent:
    """A loan to Dewi or Yuni, and short ways to say what happens to it."""

    def __init__(self, group: Kelompok, person: str = "dewi", **terms):
        self.group, self.budi = group, group.budi
        body = FLAT | {"member_id": str(group.members[person]), "purpose": "Kedelai untuk tempe"} | terms
        self.request = group.budi.posts(f"{group.path}/loans", body)
        assert self.request.status == 201, self.request.body
        self.path = f"{group.path}/loans/{self.request['id']}"

    def approved(self) -> "Lent":
        for person in ("sari", "rina"):
            answer = self.group.phones[person].posts(f"{self.path}/approvals", {"decision": "approve"})
            assert answer.status == 201, answer.body
        return self

    def paid_out(self, on: str = "2026-02-01", **more) -> "Lent":
        self.disbursement = self.budi.pays(f"{self.path}/disbursement", {"disbursed_on": on} | more)
        assert self.disbursement.status == 201, self.disbursement.body
        return self

    def repaid(self, amount: int, on: str, **more) -> Answer:
        return self.budi.pays(f"{self.path}/repayments", {"amount": amount, "paid_on": on} | more)

    def now(self) -> Answer:
        return self.budi.gets(self.path)


def balance(phone: Phone, group: Kelompok, code: str) -> int:
    rows = phone.gets(f"{group.path}/ledger/accounts?limit=200")["results"]
    return sum(row["balance"] for row in rows if row["code"].startswith(code))


def test_a_quote_shows_what_is_paid_and_what_it_costs(kelompok):
    quote = kelompok.budi.posts(f"{kelompok.path}/loan-quotes", FLAT | {"disbursed_on": "2026-02-01"})

    assert quote.status == 200
    assert [row["due"] for row in quote["installments"]] == [345_000] * 10
    assert (quote["total_interest"], quote["total_due"]) == (450_000, 3_450_000)
    assert quote["apr_percent"].startswith("31.")
    assert {one["code"] for one in quote["warnings"]} == {"rate_cap"}


def test_a_loan_goes_from_request_to_the_first_instalment(kelompok):
    lent = Lent(kelompok, purchases=[KEDELAI]).approved().paid_out()

    taken = lent.repaid(345_000, "2026-03-01")

    assert taken.status == 201, taken.body
    assert taken["allocation"] == {"penalty": 0, "fee": 0, "interest": 45_000, "principal": 300_000, "excess": 0}
    assert taken["outstanding_principal"] == 2_700_000
    assert balance(kelompok.budi, kelompok, "1-1210.") == 2_700_000
    assert balance(kelompok.budi, kelompok, "1-1010") == 10_000_000 - 3_000_000 + 345_000
    assert balance(kelompok.budi, kelompok, "4-1010") == 45_000
    first = lent.budi.gets(f"{lent.path}/schedule")["installments"][0]
    assert (first["status"], first["paid"]["principal"]) == ("paid", 300_000)


def test_approval_keeps_the_cash(kelompok):
    lent = Lent(kelompok).approved()

    assert lent.now()["status"] == "approved"
    spent = kelompok.budi.pays(f"{kelompok.path}/ledger/entries", kelompok.journal("5-2030", "1-1010", 7_000_001))
    assert spent.code in ("floor", "awaiting_second")


def test_nobody_votes_on_her_own_loan(kelompok):
    lent = Lent(kelompok, "sari", principal=500_000)

    refused = kelompok.phones["sari"].posts(f"{lent.path}/approvals", {"decision": "approve"})

    assert (refused.status, refused.code) == (409, "own_loan")


def test_a_member_sees_her_own_loan_and_no_other(kelompok):
    hers, others = Lent(kelompok), Lent(kelompok, "yuni")

    assert kelompok.phones["dewi"].gets(hers.path).status == 200
    assert kelompok.phones["dewi"].gets(others.path).status == 404


def test_the_same_repayment_twice_is_one(kelompok):
    lent, key = Lent(kelompok).approved().paid_out(), uuid7()
    body = {"amount": 345_000, "paid_on": "2026-03-01"}

    first = kelompok.budi.posts(f"{lent.path}/repayments", body, key=key)
    again = kelompok.budi.posts(f"{lent.path}/repayments", body, key=key)

    assert again.body == first.body
    assert again.headers["Idempotency-Replayed"] == "true"
    assert balance(kelompok.budi, kelompok, "1-1220.") == 2_700_000


def test_a_backdated_repayment_divides_the_later_one_anew_and_visibly(kelompok):
    lent = Lent(kelompok).approved().paid_out()
    later = lent.repaid(345_000, "2026-04-01")

    lent.repaid(345_000, "2026-03-01")

    entries = kelompok.budi.gets(f"{kelompok.path}/ledger/entries?limit=200")["results"]
    assert [one["kind"] for one in entries].count("loan_reallocation") == 1
    assert later["allocation"]["principal"] == 300_000
    rows = lent.budi.gets(f"{lent.path}/schedule")["installments"]
    assert [row["status"] for row in rows[:2]] == ["paid", "paid"]
    assert lent.now()["outstanding"]["principal"] == 2_400_000


def test_a_reversed_repayment_is_unpaid_again(kelompok):
    lent = Lent(kelompok).approved().paid_out()
    taken = lent.repaid(345_000, "2026-03-01")

    undone = kelompok.budi.pays(f"{kelompok.path}/entries/{taken['entry_id']}/reversal", {"reason": "salah orang"})

    assert undone.status == 201, undone.body
    assert lent.now()["outstanding"]["principal"] == 3_000_000
    assert balance(kelompok.budi, kelompok, "4-1010") == 0


def test_a_penalty_is_charged_and_waived_by_two(kelompok):
    lent = Lent(kelompok).approved().paid_out()
    charge = kelompok.budi.pays(
        f"{lent.path}/charges", {"kind": "penalty", "amount": 5_000, "due_on": "2026-03-02", "memo": "terlambat"}
    )
    assert charge.status == 201, charge.body
    waived = kelompok.budi.pays(
        f"{lent.path}/charges/{charge['id']}/waiver", {"reason": "banjir", "second": second(kelompok)}
    )
    assert waived.status == 201, waived.body
    assert waived["amount"] == 5_000
    assert lent.now()["outstanding"]["penalty"] == 0
    assert balance(kelompok.budi, kelompok, "4-1030") == 0


def test_a_loan_is_rescheduled_written_off_and_recovered(kelompok):
    lent = Lent(kelompok).approved().paid_out()
    again = kelompok.budi.pays(
        f"{lent.path}/reschedules",
        {
            "effective_on": "2026-04-01",
            "terms": {"installments": 12},
            "reason": "banjir",
            "second": second(kelompok),
        },
    )
    assert again.status == 201, again.body
    assert again["version"] == 2
    assert sum(row["principal"] for row in again["installments"]) == 3_000_000
    off = kelompok.budi.pays(
        f"{lent.path}/write-off",
        {"effective_on": "2026-06-01", "reason": "pindah", "mode": "books", "second": second(kelompok)},
    )
    assert off.status == 201, off.body
    assert lent.now()["status"] == "written_off"
    back = kelompok.budi.pays(f"{lent.path}/recoveries", {"amount": 100_000, "paid_on": "2026-07-01"})
    assert back.status == 201, back.body
    assert balance(kelompok.budi, kelompok, "4-2030") == 100_000


def test_a_members_balance_adds_both_sides(kelompok):
    Lent(kelompok).approved().paid_out()
    kelompok.budi.pays(
        f"{kelompok.path}/savings/deposits",
        {
            "member_id": str(kelompok.members["dewi"]),
            "product": "sukarela",
            "amount": 50_000,
            "effective_on": "2026-02-05",
        },
    )

    found = kelompok.phones["dewi"].gets(f"{kelompok.path}/members/{kelompok.members['dewi']}/balance?as_of=2026-03-02")

    assert found["savings"]["sukarela"] == found["savings"]["total"] == 50_000
    [loan] = found["loans"]
    assert (loan["due_now"], loan["arrears"], loan["next_due_amount"]) == (345_000, 345_000, 345_000)
    assert UUID(loan["loan_id"])


def test_a_leaver_is_settled_in_one_act(kelompok):
    lent = Lent(kelompok, principal=100_000, installments=1).approved().paid_out()
    for product, amount in (("wajib", 150_000), ("pokok", 50_000)):
        kelompok.budi.pays(
            f"{kelompok.path}/savings/deposits",
            {
                "member_id": str(kelompok.members["dewi"]),
                "product": product,
                "amount": amount,
                "effective_on": "2026-02-05",
            },
        )

    left = kelompok.budi.pays(
        f"{kelompok.path}/members/{kelompok.members['dewi']}/leave",
        {"left_on": "2026-03-01", "second": second(kelompok)},
    )

    assert left.status == 201, left.body
    assert (left["offset_against_loan"], left["paid_out"]) == (101_500, 98_500)
    assert lent.now()["status"] == "paid_off"


def test_the_limits_are_shown_before_anybody_votes(kelompok):
    lent = Lent(kelompok, principal=9_000_000)

    limits = {one["code"]: one for one in lent.now()["limits"]}
    assert (limits["cash"]["ok"], limits["cash"]["limit"]) == (True, 10_000_000)
    assert limits["over_indebtedness"]["actual"] == 1


def test_a_limit_that_is_passed_refuses_the_vote_with_its_figures(kelompok):
    kelompok.budi.posts(
        f"{kelompok.path}/loan-products", {"code": "kecil", "name": "Kecil", "limits": {"max_principal": 1_000_000}}
    )
    lent = Lent(kelompok, product="kecil")

    refused = kelompok.phones["sari"].posts(f"{lent.path}/approvals", {"decision": "approve"})

    assert (refused.status, refused.code) == (409, "limit")
    [broken] = refused["limits"]
    assert (broken["code"], broken["limit"], broken["actual"]) == ("max_principal", 1_000_000, 3_000_000)


def test_cash_that_is_not_there_approves_nothing(kelompok):
    lent = Lent(kelompok, principal=10_000_001)
    kelompok.phones["sari"].posts(f"{lent.path}/approvals", {"decision": "approve"})

    refused = kelompok.phones["rina"].posts(f"{lent.path}/approvals", {"decision": "approve"})

    assert (refused.status, refused.code, refused["available"]) == (409, "insufficient_cash", 10_000_000)
    assert lent.now()["status"] == "submitted"


def test_officers_together_borrow_within_their_ceiling(kelompok):
    lent = Lent(kelompok, "wati", principal=1_000_001)

    refused = kelompok.phones["sari"].posts(f"{lent.path}/approvals", {"decision": "approve"})

    assert [one["code"] for one in refused["limits"]] == ["related_party"]


def test_one_rejection_ends_a_request_and_her_own_withdrawal_too(kelompok):
    rejected, withdrawn = Lent(kelompok), Lent(kelompok)
    kelompok.phones["sari"].posts(f"{rejected.path}/approvals", {"decision": "reject", "note": "terlalu besar"})
    kelompok.phones["dewi"].posts(f"{withdrawn.path}/withdrawal", {"reason": "tidak jadi"})

    assert (rejected.now()["status"], withdrawn.now()["status"]) == ("rejected", "withdrawn")
    late = kelompok.phones["rina"].posts(f"{rejected.path}/approvals", {"decision": "approve"})
    assert (late.status, late.code) == (409, "loan_not_submitted")


def test_the_supplier_is_paid_what_it_really_cost_and_the_rest_is_not_lent(kelompok):
    lent = Lent(kelompok, principal=600_000, purchases=[KEDELAI]).approved()

    lent.paid_out(channel="supplier", purchases=[{"line": 1, "actual_unit_price": 11_000}], difference="principal")

    assert lent.disbursement["principal"] == 550_000
    assert sum(row["principal"] for row in lent.disbursement["schedule"]["installments"]) == 550_000
    assert balance(kelompok.budi, kelompok, "1-1010") == 9_450_000
    [price] = kelompok.budi.gets(f"{kelompok.path}/materials?item=kedelai")["results"]
    assert (price["unit_price"], price["planned_unit_price"], price["supplier"]) == (11_000, 12_000, "Toko Makmur")


def test_an_instalment_is_paid_from_what_she_may_withdraw(kelompok):
    lent = Lent(kelompok).approved().paid_out()
    body = {"member_id": str(kelompok.members["dewi"]), "product": "sukarela", "amount": 400_000}
    kelompok.budi.pays(f"{kelompok.path}/savings/deposits", body | {"effective_on": "2026-02-05"})

    taken = lent.repaid(345_000, "2026-03-01", channel="savings:sukarela")

    assert taken.status == 201, taken.body
    assert balance(kelompok.budi, kelompok, "2-1010.") == 55_000
    locked = lent.repaid(1_000, "2026-03-02", channel="savings:wajib")
    assert (locked.status, locked.code) == (409, "savings_locked")


def test_a_day_that_has_not_come_is_named_as_it_was_sent(kelompok):
    refused = Lent(kelompok).approved().paid_out().repaid(1_000, "2199-01-01")

    assert (refused.status, refused.code, refused["effective_on"]) == (409, "future_date", "2199-01-01")


def test_who_is_forgotten_is_named_in_no_purpose(kelompok):
    lent = Lent(kelompok, principal=100_000, installments=1, purpose="Modal Dewi untuk tempe").approved().paid_out()
    lent.repaid(101_500, "2026-03-01")
    member = f"{kelompok.path}/members/{kelompok.members['dewi']}"
    kelompok.budi.pays(f"{member}/leave", {"left_on": "2026-03-02", "second": second(kelompok)})

    forgotten = kelompok.budi.posts(f"{member}/erasure", {"second": second(kelompok)})

    assert forgotten.status == 201, forgotten.body
    assert lent.now()["purpose"] is None


def test_the_list_of_loans_asks_no_more_for_more_of_them(kelompok):
    def asked() -> int:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as seen:
            assert kelompok.budi.gets(f"{kelompok.path}/loans").status == 200
        return len(seen)

    Lent(kelompok, principal=100_000).approved().paid_out()
    few = asked()
    for person in ("yuni", "dewi"):
        Lent(kelompok, person, principal=100_000).approved().paid_out()
        Lent(kelompok, person, principal=100_000)
    assert asked() == few
