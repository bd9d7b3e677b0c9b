"""The ledger over HTTP: journal, reversal, trial balance, months."""

from ledger.ids import uuid7
from tests.cast import BANK, CASH, GRANT, MEALS


def test_a_journal_entry_answers_with_its_place_in_the_chain(kelompok):
    made = kelompok.has(5_000_000)

    assert made.status == 201
    assert (made["seq"], made["kind"], made["memo"], made["reverses"]) == (1, "journal", "contoh", None)
    assert made["postings"][0] == {"account": CASH, "debit": 5_000_000, "credit": None}
    assert kelompok.budi.gets(f"{kelompok.path}/ledger/entries/{made['id']}").body == made.body
    assert kelompok.budi.gets(f"{kelompok.path}/ledger/head").body == {"seq": 1, "hash": made["hash"]}


def test_the_same_request_again_has_one_effect_and_says_so(kelompok):
    key, body = uuid7(), kelompok.journal(CASH, GRANT, 100)
    first = kelompok.budi.posts(f"{kelompok.path}/ledger/entries", body, key=key)

    again = kelompok.budi.posts(f"{kelompok.path}/ledger/entries", body, key=key)

    assert (again.status, again.body) == (201, first.body)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert kelompok.budi.gets(f"{kelompok.path}/ledger/head")["seq"] == 1


def test_without_a_key_money_does_not_move(kelompok):
    refused = kelompok.budi.posts(f"{kelompok.path}/ledger/entries", kelompok.journal(CASH, GRANT, 100))

    assert (refused.status, refused.code) == (400, "idempotency_key_required")


def test_another_body_or_another_person_under_the_key_is_refused(kelompok):
    key = uuid7()
    kelompok.budi.posts(f"{kelompok.path}/ledger/entries", kelompok.journal(CASH, GRANT, 100), key=key)

    other = kelompok.budi.posts(f"{kelompok.path}/ledger/entries", kelompok.journal(CASH, GRANT, 200), key=key)

    assert (other.status, other.code) == (422, "idempotency_key_reused")


def test_an_entry_is_taken_back_once_with_a_reason(kelompok):
    kelompok.has(1_000)
    wrong = kelompok.budi.pays(f"{kelompok.path}/ledger/entries", kelompok.journal(MEALS, CASH, 850))

    undone = kelompok.budi.pays(f"{kelompok.path}/entries/{wrong['id']}/reversal", {"reason": "salah nol"})
    twice = kelompok.budi.pays(f"{kelompok.path}/entries/{wrong['id']}/reversal", {"reason": "salah nol"})

    assert (undone.status, undone["reverses"], undone["reason"]) == (201, wrong["id"], "salah nol")
    assert undone["effective_on"] == "2026-03-05"
    assert kelompok.budi.gets(f"{kelompok.path}/ledger/entries/{wrong['id']}")["reversed_by"] == undone["entry_id"]
    assert (twice.status, twice.code) == (409, "already_reversed")


def test_a_refusal_names_what_is_missing(kelompok):
    kelompok.has(1_000)

    refused = kelompok.budi.pays(f"{kelompok.path}/ledger/entries", kelompok.journal(MEALS, CASH, 1_500))

    assert (refused.status, refused.code, refused["shortfall"]) == (409, "floor", 500)
    assert "kurang 500" in refused["detail"]


def test_the_trial_balance_of_a_past_day(kelompok):
    kelompok.has(1_000)
    kelompok.budi.pays(f"{kelompok.path}/ledger/entries", kelompok.journal(MEALS, CASH, 400, on="2026-03-09"))

    then = kelompok.budi.gets(f"{kelompok.path}/ledger/trial-balance?as_of=2026-03-08")
    now = kelompok.budi.gets(f"{kelompok.path}/ledger/trial-balance")

    assert (then["total_debit"], then["total_credit"]) == (1_000, 1_000)
    assert [(row["account"], row["balance"]) for row in now["rows"]] == [(CASH, 600), (GRANT, 1_000), (MEALS, 400)]


def test_two_officers_close_a_month_and_open_it_again(kelompok):
    kelompok.has(1_000)

    closed = kelompok.budi.posts(f"{kelompok.path}/periods/2026-03/close", {"second": kelompok.second()})
    refused = kelompok.budi.pays(f"{kelompok.path}/ledger/entries", kelompok.journal(CASH, GRANT, 1))
    opened = kelompok.budi.posts(
        f"{kelompok.path}/periods/2026-03/reopen", {"reason": "setoran tertinggal", "second": kelompok.second()}
    )

    assert (closed.status, closed["status"], closed["head"]["seq"]) == (200, "closed", 1)
    assert (refused.code, refused["first_open_on"]) == ("period_closed", "2026-04-01")
    assert (opened.status, opened["status"]) == (200, "open")


def test_a_large_transfer_waits_for_the_second_officer(kelompok):
    kelompok.has(5_000_000)
    path = f"{kelompok.path}/ledger/entries"

    waits = kelompok.budi.pays(path, kelompok.journal(BANK, CASH, 3_000_000))
    assert (waits.status, waits.code) == (202, "awaiting_second")
    assert kelompok.budi.gets(f"{kelompok.path}/ledger/head")["seq"] == 1

    done = kelompok.phones["sari"].pays(path, {})
    assert (done.status, done["seq"], done["postings"][0]["debit"]) == (201, 2, 3_000_000)
    assert kelompok.phones["sari"].gets(f"{kelompok.path}/pending")["results"] == []


def test_one_officer_may_spend_up_to_the_limit(kelompok):
    kelompok.has(5_000_000)
    path = f"{kelompok.path}/ledger/entries"

    assert kelompok.budi.pays(path, kelompok.journal(MEALS, CASH, 1_000_000)).status == 201
    assert kelompok.budi.pays(path, kelompok.journal(MEALS, CASH, 1_000_001)).status == 202
