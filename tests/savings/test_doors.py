"""Savings over HTTP, each endpoint up the same ladder: works, whose, malformed, repeated."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ledger.ids import uuid7
from tests.door import Answer, Kelompok


def money(group: Kelompok, who: str, amount: Any, product: str = "sukarela", **more: Any) -> dict[str, Any]:
    body = {"member_id": str(group.members[who]), "product": product, "amount": amount, "effective_on": "2026-03-05"}
    return body | more


def deposits(group: Kelompok, who: str, amount: int, product: str = "sukarela", **more: Any) -> Answer:
    made = group.budi.pays(f"{group.path}/savings/deposits", money(group, who, amount, product, **more))
    assert made.status == 201, made.body
    return made


def products(group: Kelompok) -> dict[str, Any]:
    return {one["code"]: one for one in group.budi.gets(f"{group.path}/savings/products")["results"]}


def changed(group: Kelompok, code: str, /, **changes: Any) -> Answer:
    return group.budi.patches(f"{group.path}/savings/products/{products(group)[code]['id']}", changes)


# ── products ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_three_products_are_there_and_say_what_they_ask(kelompok):
    found = products(kelompok)

    assert list(found) == ["pokok", "wajib", "sukarela"]
    wajib = found["wajib"]
    assert (wajib["amount"], wajib["every"], wajib["unit"], wajib["rate"]) == (None, 1, "month", None)
    assert wajib["dues"] == [{"from_on": None, "amount": None, "every": 1, "unit": "month"}]


def test_a_product_of_the_groups_own_is_opened_once(kelompok):
    path = f"{kelompok.path}/savings/products"
    body = {
        "code": "hari_raya",
        "name": "Simpanan lebaran",
        "nature": "liability",
        "withdrawable": "from_date",
        "opens_on": "2026-03-10",
        "amount": 20_000,
        "every": 2,
        "unit": "week",
        "floor": 5_000,
        "rate": "4.5",
    }

    made = kelompok.budi.posts(path, body)
    again = kelompok.budi.posts(path, body)

    assert (made.status, made["rate"], made["account"], made["floor"]) == (201, "4.50", "2-1030", 5_000)
    assert kelompok.budi.gets(f"{path}/{made['id']}").body == made.body
    assert (again.status, again.code) == (409, "product_exists")


def test_the_same_key_opens_one_product(kelompok):
    key, path = uuid7(), f"{kelompok.path}/savings/products"
    body = {"code": "haji", "name": "Haji", "nature": "equity", "withdrawable": "never"}

    first, again = (kelompok.budi.posts(path, body, key=key) for _ in range(2))

    assert (again.status, again.body, again.headers["Idempotency-Replayed"]) == (201, first.body, "true")


@pytest.mark.parametrize(
    ("terms", "pointer", "code"),
    [
        ({"code": "Haji"}, "/code", "invalid"),
        ({"code": "1haji"}, "/code", "invalid"),
        ({"code": "h" * 31}, "/code", "invalid"),
        ({"nature": "asset"}, "/nature", "invalid"),
        ({"withdrawable": "sometimes"}, "/withdrawable", "invalid"),
        ({"withdrawable": "from_date"}, "/withdrawable", "invalid"),
        ({"withdrawable": "from_date", "opens_on": "2026-03-10", "term_months": 3}, "/withdrawable", "invalid"),
        ({"opens_on": "2026-03-10"}, "/withdrawable", "invalid"),
        ({"term_months": 0}, "/term_months", "out_of_range"),
        ({"amount": 0}, "/amount", "out_of_range"),
        ({"amount": 1.5}, "/amount", "not_an_integer"),
        ({"floor": -1}, "/floor", "out_of_range"),
        ({"floor": 10**15 + 1}, "/floor", "out_of_range"),
        ({"every": 1}, "/every", "invalid"),
        ({"every": 0, "unit": "week"}, "/every", "out_of_range"),
        ({"every": 1, "unit": "year"}, "/unit", "invalid"),
        ({"rate": 3}, "/rate", "invalid"),
        ({"rate": "24.01"}, "/rate", "out_of_range"),
        ({"rate": "0.00"}, "/rate", "out_of_range"),
        ({"rate": "-1.00"}, "/rate", "invalid"),
        ({"balance": 5}, "/balance", "unknown_field"),
    ],
)
def test_terms_that_make_no_product(kelompok, terms, pointer, code):
    body = {"code": "haji", "name": "Haji", "nature": "liability", "withdrawable": "any"} | terms

    refused = kelompok.budi.posts(f"{kelompok.path}/savings/products", body)

    assert (refused.status, refused.pointers[pointer]) == (400, code)
    assert "haji" not in products(kelompok)


def test_a_change_says_from_when_it_holds(kelompok):
    changed(kelompok, "wajib", amount=10_000)
    done = changed(kelompok, "wajib", amount=15_000, from_on="2026-03-01")

    assert (done.status, done["amount"]) == (200, 15_000)
    assert done["dues"] == [
        {"from_on": None, "amount": 10_000, "every": 1, "unit": "month"},
        {"from_on": "2026-03-01", "amount": 15_000, "every": 1, "unit": "month"},
    ]
    assert changed(kelompok, "wajib", name="Wajib bulanan")["name"] == "Wajib bulanan"
    assert changed(kelompok, "sukarela", rate="6.00")["rates"] == [{"from_on": None, "rate": "6.00"}]


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"code": "lain"}, "/code", "unknown_field"),
        ({"nature": "liability"}, "/nature", "unknown_field"),
        ({"unit": None}, "/every", "invalid"),
        ({"withdrawable": "from_date"}, "/withdrawable", "invalid"),
        ({"name": None}, "/name", "required"),
        ({"from_on": "besok"}, "/from_on", "invalid"),
    ],
)
def test_a_change_that_makes_no_sense(kelompok, changes, pointer, code):
    refused = changed(kelompok, "wajib", **changes)

    assert (refused.status, refused.pointers[pointer]) == (400, code)


def test_who_read_the_product_before_it_changed_is_told(kelompok):
    path = f"{kelompok.path}/savings/products/{products(kelompok)['wajib']['id']}"
    tag = kelompok.budi.gets(path).headers["ETag"]
    kelompok.phones["sari"].patches(path, {"amount": 10_000})

    stale = kelompok.budi.patches(path, {"amount": 20_000}, **{"If-Match": tag})

    assert (stale.status, stale.code) == (412, "precondition_failed")


# ── deposits and withdrawals ────────────────────────────────────────────────────────────────────────────────────────


def test_a_deposit_answers_with_her_balance(kelompok):
    deposits(kelompok, "dewi", 20_000)
    made = deposits(kelompok, "dewi", 5_000, memo="titip Yuni", meeting_id=str(uuid7()))

    assert (made["amount"], made["balance"], made["product"], made["kind"]) == (5_000, 25_000, "sukarela", "deposit")
    assert "memo" not in made.body
    assert kelompok.budi.gets(f"{kelompok.path}/savings/movements/{made['id']}").body == made.body
    entry = kelompok.budi.gets(f"{kelompok.path}/ledger/entries/{made['entry_id']}")
    assert (entry["kind"], entry["memo"]) == ("savings_deposit", "titip Yuni")
    assert [line["account"] for line in entry["postings"]] == ["1-1010", "2-1010.0001"]


def test_the_same_deposit_again_has_one_effect(kelompok):
    key, path, body = uuid7(), f"{kelompok.path}/savings/deposits", money(kelompok, "dewi", 20_000)

    first, again = (kelompok.budi.posts(path, body, key=key) for _ in range(2))
    other = kelompok.budi.posts(path, body | {"amount": 30_000}, key=key)

    assert (again.status, again.body, again.headers["Idempotency-Replayed"]) == (201, first.body, "true")
    assert (other.status, other.code) == (422, "idempotency_key_reused")
    assert kelompok.budi.gets(f"{kelompok.path}/ledger/head")["seq"] == 1


@pytest.mark.parametrize("path", ["deposits", "withdrawals"])
def test_without_a_key_no_money_moves(kelompok, path):
    refused = kelompok.budi.posts(f"{kelompok.path}/savings/{path}", money(kelompok, "dewi", 20_000))

    assert (refused.status, refused.code) == (400, "idempotency_key_required")


@pytest.mark.parametrize("path", ["deposits", "withdrawals"])
@pytest.mark.parametrize(
    ("wrong", "pointer", "code"),
    [
        ({"amount": 0}, "/amount", "out_of_range"),
        ({"amount": -5}, "/amount", "out_of_range"),
        ({"amount": "20000"}, "/amount", "not_an_integer"),
        ({"amount": 20_000.5}, "/amount", "not_an_integer"),
        ({"amount": 10**15 + 1}, "/amount", "out_of_range"),
        ({"member_id": "dewi"}, "/member_id", "invalid"),
        ({"effective_on": "05-03-2026"}, "/effective_on", "invalid"),
        ({"channel": "wallet"}, "/channel", "invalid"),
        ({"product": 7}, "/product", "invalid"),
        ({"meeting_id": 7}, "/meeting_id", "invalid"),
        ({"balance": 7}, "/balance", "unknown_field"),
    ],
)
def test_what_cannot_be_read_moves_nothing(kelompok, path, wrong, pointer, code):
    refused = kelompok.budi.pays(f"{kelompok.path}/savings/{path}", money(kelompok, "dewi", 20_000) | wrong)

    assert (refused.status, refused.pointers) == (400, {pointer: code})
    assert kelompok.budi.gets(f"{kelompok.path}/ledger/head")["seq"] == 0


@pytest.mark.parametrize(
    ("wrong", "status", "code", "facts"),
    [
        ({"effective_on": "2026-01-01"}, 409, "before_joining", {"joined_on": "2026-01-02"}),
        ({"effective_on": "2199-01-01"}, 409, "future_date", {}),
        ({"product": "emas"}, 404, "not_found", {}),
        ({"member_id": "018f0000-0000-7000-8000-0000000000ab"}, 404, "not_found", {}),
    ],
)
def test_a_deposit_that_the_rules_refuse(kelompok, wrong, status, code, facts):
    refused = kelompok.budi.pays(f"{kelompok.path}/savings/deposits", money(kelompok, "dewi", 20_000) | wrong)

    assert (refused.status, refused.code) == (status, code)
    assert {name: refused[name] for name in facts} == facts


def test_a_withdrawal_that_the_rules_refuse_says_why(kelompok):
    deposits(kelompok, "dewi", 20_000, channel="bank")
    deposits(kelompok, "dewi", 10_000, "wajib")
    path = f"{kelompok.path}/savings/withdrawals"

    floor = kelompok.budi.pays(path, money(kelompok, "dewi", 20_001, channel="bank"))
    locked = kelompok.budi.pays(path, money(kelompok, "dewi", 1, "wajib"))
    empty = kelompok.budi.pays(path, money(kelompok, "dewi", 20_000))

    assert (floor.status, floor.code, floor["first_day"], floor["shortfall"]) == (409, "floor", "2026-03-05", 1)
    assert (locked.status, locked.code, locked["product"]) == (409, "savings_locked", "wajib")
    assert (empty.status, empty.code, empty["account"], empty["shortfall"]) == (
        409,
        "insufficient_cash",
        "1-1010",
        10_000,
    )


def test_who_left_neither_saves_nor_takes(kelompok):
    body = {"left_on": "2026-03-01", "second": kelompok.second()}
    assert kelompok.budi.pays(f"{kelompok.path}/members/{kelompok.members['yuni']}/leave", body).status == 201

    for path in ("deposits", "withdrawals"):
        refused = kelompok.budi.pays(f"{kelompok.path}/savings/{path}", money(kelompok, "yuni", 1_000))
        assert (refused.status, refused.code, refused["left_on"]) == (409, "member_left", "2026-03-01")


def test_a_month_that_is_closed_takes_no_deposit(kelompok):
    deposits(kelompok, "dewi", 20_000)
    assert kelompok.budi.posts(f"{kelompok.path}/periods/2026-03/close", {"second": kelompok.second()}).status == 200

    refused = kelompok.budi.pays(f"{kelompok.path}/savings/deposits", money(kelompok, "dewi", 1_000))

    assert (refused.status, refused.code, refused["first_open_on"]) == (409, "period_closed", "2026-04-01")


def test_a_large_withdrawal_waits_for_the_second_officer(kelompok):
    deposits(kelompok, "dewi", 3_000_000)
    path = f"{kelompok.path}/savings/withdrawals"

    alone = kelompok.budi.pays(path, money(kelompok, "dewi", 1_000_000))
    waits = kelompok.budi.pays(path, money(kelompok, "dewi", 1_000_001))
    assert (alone.status, waits.status, waits.code) == (201, 202, "awaiting_second")

    done = kelompok.phones["rina"].pays(path, {})
    assert (done.status, done["amount"], done["balance"]) == (201, 1_000_001, 999_999)


def test_a_large_withdrawal_with_the_seconds_pin_is_done_at_once(kelompok):
    deposits(kelompok, "dewi", 3_000_000)
    body = money(kelompok, "dewi", 2_000_000)

    done = kelompok.budi.pays(f"{kelompok.path}/savings/withdrawals", body | {"second": kelompok.second()})

    assert (done.status, done["balance"]) == (201, 1_000_000)


def test_nobody_is_asked_to_consent_to_more_than_is_there(kelompok):
    deposits(kelompok, "dewi", 1_500_000)

    refused = kelompok.budi.pays(f"{kelompok.path}/savings/withdrawals", money(kelompok, "dewi", 2_000_000))

    assert (refused.status, refused.code, refused["shortfall"]) == (409, "floor", 500_000)
    assert kelompok.budi.gets(f"{kelompok.path}/pending")["results"] == []


def test_a_deposit_is_taken_back_through_its_entry(kelompok):
    wrong = deposits(kelompok, "dewi", 200_000)
    right = deposits(kelompok, "dewi", 20_000)
    path = f"{kelompok.path}/savings/movements"

    undone = kelompok.budi.pays(f"{kelompok.path}/entries/{wrong['entry_id']}/reversal", {"reason": "salah nol"})

    assert undone.status == 201
    found = {one["id"]: one for one in kelompok.budi.gets(path)["results"]}
    assert found[wrong["id"]]["reversed_by"] == undone["entry_id"]
    assert found[right["id"]]["reversed_by"] is None


def test_a_deposit_that_was_spent_names_the_withdrawal(kelompok):
    kelompok.has(500_000)
    came = deposits(kelompok, "dewi", 20_000)
    went = kelompok.budi.pays(f"{kelompok.path}/savings/withdrawals", money(kelompok, "dewi", 15_000))

    refused = kelompok.budi.pays(f"{kelompok.path}/entries/{came['entry_id']}/reversal", {"reason": "salah"})

    assert (refused.status, refused.code, refused["entry_ids"]) == (409, "later_entries", [went["entry_id"]])


def test_movements_are_listed_by_member_and_by_page(kelompok):
    mine = [deposits(kelompok, "dewi", amount)["id"] for amount in (1_000, 2_000, 3_000)]
    deposits(kelompok, "yuni", 9_000)
    path = f"{kelompok.path}/savings/movements?member_id={kelompok.members['dewi']}"

    first = kelompok.budi.gets(f"{path}&limit=2")
    rest = kelompok.budi.gets(f"{path}&limit=2&cursor={first['next']}")

    assert [one["id"] for one in first["results"] + rest["results"]] == mine
    assert [one["balance"] for one in first["results"] + rest["results"]] == [1_000, 3_000, 6_000]
    assert rest["next"] is None


def test_a_backdated_movement_changes_the_balances_of_the_days_after(kelompok):
    late = deposits(kelompok, "dewi", 1_000, effective_on="2026-03-20")
    early = deposits(kelompok, "dewi", 500, effective_on="2026-03-10")

    assert (late["balance"], early["balance"]) == (1_000, 500)
    assert kelompok.budi.gets(f"{kelompok.path}/savings/movements/{late['id']}")["balance"] == 1_500


def test_a_list_costs_the_same_however_long(kelompok):
    def counted(path: str) -> int:
        with CaptureQueriesContext(connection) as seen:
            assert kelompok.budi.gets(f"{kelompok.path}/{path}").status == 200
        return len(seen)

    changed(kelompok, "wajib", amount=10_000)
    deposits(kelompok, "dewi", 1_000)
    paths = ["savings/movements", "savings/dues", "savings/products", f"members/{kelompok.members['dewi']}/passbook"]
    few = [counted(path) for path in paths]
    for person in ("ida", "ani", "eka"):
        kelompok.joins(person)
        for product in ("pokok", "wajib", "sukarela"):
            deposits(kelompok, person, 1_000, product)
            deposits(kelompok, "dewi", 1_000, product)
    body = {"name": "x", "nature": "liability", "withdrawable": "any", "amount": 500}
    for code in ("haji", "qurban"):
        kelompok.budi.posts(f"{kelompok.path}/savings/products", body | {"code": code})

    assert [counted(path) for path in paths] == few


# ── dues and passbook ───────────────────────────────────────────────────────────────────────────────────────────────


def test_dues_of_a_past_day(kelompok):
    changed(kelompok, "wajib", amount=10_000)
    deposits(kelompok, "dewi", 15_000, "wajib", effective_on="2026-02-10")

    rows = kelompok.budi.gets(f"{kelompok.path}/savings/dues?as_of=2026-03-31")
    earlier = kelompok.budi.gets(f"{kelompok.path}/savings/dues?as_of=2026-01-31")["results"]

    dewi = str(kelompok.members["dewi"])
    assert rows["next"] is None
    assert {"member_id": dewi, "product": "wajib", "due": 30_000, "paid": 15_000, "arrears": 15_000} in rows["results"]
    assert {"member_id": dewi, "product": "wajib", "due": 10_000, "paid": 0, "arrears": 10_000} in earlier


def test_a_member_sees_her_own_savings_alone(kelompok):
    changed(kelompok, "wajib", amount=10_000)
    hers, others = deposits(kelompok, "dewi", 1_000), deposits(kelompok, "yuni", 9_000)
    dewi, path = kelompok.phones["dewi"], kelompok.path
    me, yuni = str(kelompok.members["dewi"]), kelompok.members["yuni"]

    assert [one["id"] for one in dewi.gets(f"{path}/savings/movements")["results"]] == [hers["id"]]
    assert dewi.gets(f"{path}/savings/movements?member_id={yuni}").status == 404
    assert dewi.gets(f"{path}/savings/movements/{others['id']}").status == 404
    assert {one["member_id"] for one in dewi.gets(f"{path}/savings/dues")["results"]} == {me}
    assert dewi.gets(f"{path}/members/{me}/passbook")["closing_balance"] == 1_000
    assert dewi.gets(f"{path}/members/{yuni}/passbook").status == 404


def test_the_passbook_opens_with_what_closed_the_month_before(kelompok):
    deposits(kelompok, "dewi", 10_000, "wajib", effective_on="2026-02-10")
    deposits(kelompok, "dewi", 5_000, effective_on="2026-02-28", memo="titip")
    kelompok.budi.pays(f"{kelompok.path}/savings/withdrawals", money(kelompok, "dewi", 2_000))
    path = f"{kelompok.path}/members/{kelompok.members['dewi']}/passbook"

    for product in ("", "&product=sukarela"):
        february = kelompok.budi.gets(f"{path}?from=2026-02-01&to=2026-02-28{product}")
        march = kelompok.budi.gets(f"{path}?from=2026-03-01&to=2026-03-31{product}")
        assert february["closing_balance"] == march["opening_balance"] > 0
        assert march["lines"][0]["amount"] == -2_000
        assert february["lines"][-1]["memo"] == "titip"
        assert march["closing_balance"] == march["lines"][-1]["balance_after"]


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("from=besok", 400, "invalid"),
        ("to=2026-02-30", 400, "invalid"),
        ("since=2026-02-01", 400, "unknown_field"),
        ("product=emas", 404, "not_found"),
    ],
)
def test_a_passbook_that_cannot_be_asked_for(kelompok, query, status, code):
    refused = kelompok.budi.gets(f"{kelompok.path}/members/{kelompok.members['dewi']}/passbook?{query}")

    assert (refused.status, refused.code) == (status, code)


def test_forgetting_a_member_takes_her_name_out_of_every_memo(kelompok):
    deposits(kelompok, "dewi", 5_000, memo="dititipkan Ibu Yuni")
    leave = {"left_on": "2026-03-31", "second": kelompok.second()}
    path = f"{kelompok.path}/members/{kelompok.members['yuni']}"
    assert kelompok.budi.pays(f"{path}/leave", leave).status == 201
    assert kelompok.budi.posts(f"{path}/erasure", {"second": kelompok.second()}).status == 201

    book = kelompok.budi.gets(f"{kelompok.path}/members/{kelompok.members['dewi']}/passbook")

    assert [(line["amount"], line["memo"]) for line in book["lines"]] == [(5_000, None)]
