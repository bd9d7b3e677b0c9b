"""What has gone wrong with loans and savings elsewhere, each as a promise that it does not here."""

import threading
from collections import Counter
from typing import Any

import pytest
from django.db import connection, connections

from ledger import proofs
from ledger.ids import uuid7
from ledger.tasks import reader
from loans import booking
from loans.models import Repayment
from members.hashing import Argon2
from tests.conftest import owner_connection
from tests.door import Answer, Phone
from tests.loans.lending import Borrowed, Lending

BY_THE_DAY = {"penalty": {"per": "day", "amount": 1_000, "grace_days": 0}}


@pytest.fixture(autouse=True)
def quick_hashing(monkeypatch):
    monkeypatch.setattr(Argon2, "memory_cost", 8)
    monkeypatch.setattr(Argon2, "time_cost", 1)


def budi(lending: Lending) -> Phone:
    return lending.kelompok.budi


def path(loan: Borrowed) -> str:
    return f"{loan.lending.kelompok.path}/loans/{loan.id}"


def asks(lending: Lending, what: str) -> Any:
    answer = budi(lending).gets(f"{lending.kelompok.path}/{what}")
    assert answer.status == 200, answer.body
    return answer.body


def repays(loan: Borrowed, amount: int, on: str, **more: Any) -> Answer:
    return budi(loan.lending).pays(f"{path(loan)}/repayments", {"amount": amount, "paid_on": on} | more)


def saves(lending: Lending, person: str, amount: int, on: str = "2026-02-01") -> Answer:
    body = {"member_id": str(lending.kelompok.members[person]), "product": "sukarela", "amount": amount}
    return budi(lending).pays(f"{lending.kelompok.path}/savings/deposits", body | {"effective_on": on})


def entries(lending: Lending) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = asks(lending, "ledger/entries?limit=200")["results"]
    return found


def outstanding_everywhere(loan: Borrowed, as_of: str) -> set[int]:
    """What the balance, the portfolio, the arrears list (where it is late) and the ledger say is outstanding."""
    lending = loan.lending
    member = lending.kelompok.members[loan.person]
    hers = asks(lending, f"members/{member}/balance?as_of={as_of}")["loans"]
    late = asks(lending, f"arrears?as_of={as_of}")["results"]
    return {
        sum(one["outstanding_principal"] for one in hers),
        asks(lending, f"portfolio?as_of={as_of}")["outstanding"],
        sum(amount for code, amount in lending.balances(as_of=as_of).items() if code.startswith("1-1220.")),
        *(one["outstanding_principal"] for one in late),
    }


# ── money that should not be taken, or not so ───────────────────────────────────────────────────────────────────────


def test_an_instalment_for_a_loan_that_is_paid_off_is_refused_and_leaves_no_trace(lending):
    loan = lending.lends(principal=100_000, installments=1)
    repays(loan, 102_000, "2026-02-10")
    before = lending.balances()

    refused = repays(loan, 102_000, "2026-03-10")

    assert (refused.status, refused.code) == (409, "loan_not_active")
    assert lending.balances() == before


def test_what_is_too_much_is_told_and_stands_under_her_loan(lending):
    loan = lending.lends(principal=100_000, installments=1)

    taken = repays(loan, 110_000, "2026-02-10")

    assert taken["allocation"]["excess"] == 8_000
    assert asks(lending, f"loans/{loan.id}")["held"] == 8_000
    assert lending.balances()["2-1050.1"] == 8_000


def test_what_is_too_much_is_refused_where_the_product_says_so_and_stores_nothing(lending):
    loan = lending.lends(product=lending.product(excess="refuse"), principal=100_000, installments=1)
    before = len(entries(lending))

    refused = repays(loan, 102_001, "2026-02-10")

    assert (refused.status, refused.code, refused["payoff"]) == (409, "overpayment", 102_000)
    assert (len(entries(lending)), loan.stored()) == (before, 0)


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "1e400", "1.5", "-1", "0", '"124000"', "true", "null"])
def test_money_that_is_no_whole_number_is_no_money(lending, amount):
    loan = lending.lends()

    raw = f'{{"amount": {amount}, "paid_on": "2026-02-10"}}'.encode()
    refused = budi(lending).sends("POST", f"{path(loan)}/repayments", key=uuid7(), raw=raw)

    assert refused.status == 400
    assert loan.stored() == 0


def test_a_repayment_without_a_key_is_refused_so_that_no_double_click_pays_twice(lending):
    loan = lending.lends()

    refused = budi(lending).posts(f"{path(loan)}/repayments", {"amount": 124_000, "paid_on": "2026-02-10"})

    assert (refused.status, refused.code) == (400, "idempotency_key_required")


def test_a_loan_is_paid_out_once(lending):
    loan = lending.lends()
    cash = lending.balances()["1-1010"]

    again = budi(lending).pays(f"{path(loan)}/disbursement", {"disbursed_on": "2026-01-10"})

    assert (again.status, again.code) == (409, "loan_not_approved")
    assert lending.balances()["1-1010"] == cash


def test_money_that_is_promised_to_one_is_not_paid_out_to_another(lending):
    saves(lending, "yuni", 500_000)
    lending.requests(principal=10_500_000).is_approved()

    member = str(lending.kelompok.members["yuni"])
    body = {"member_id": member, "product": "sukarela", "amount": 1, "effective_on": "2026-02-02"}
    refused = budi(lending).pays(f"{lending.kelompok.path}/savings/withdrawals", body)

    assert (refused.status, refused.code) == (409, "insufficient_cash")


# ── when a loan is over ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_loan_is_open_while_one_rupiah_is_owed_and_over_when_it_comes(lending):
    loan = lending.lends(principal=100_000, installments=1)

    repays(loan, 101_999, "2026-02-10")
    assert asks(lending, f"loans/{loan.id}")["status"] == "active"
    repays(loan, 1, "2026-02-10")

    over = asks(lending, f"loans/{loan.id}")
    assert (over["status"], over["ended_on"], over["outstanding"]["principal"]) == ("paid_off", "2026-02-10", 0)


def test_a_penalty_alone_keeps_a_loan_open(lending):
    loan = lending.lends(product=lending.product(**BY_THE_DAY), principal=100_000, installments=1)

    taken = repays(loan, 102_000, "2026-02-12")

    assert taken["allocation"]["penalty"] == 2_000
    assert asks(lending, f"loans/{loan.id}")["status"] == "active"


def test_three_thirds_make_a_whole(lending):
    loan = lending.lends(principal=1_000_000, installments=3)
    for number, on in enumerate(("2026-02-10", "2026-03-10", "2026-04-10")):
        repays(loan, loan.schedule(on)[number][1], on)

    assert asks(lending, f"loans/{loan.id}")["status"] == "paid_off"
    assert "1-1220.1" not in lending.balances()


@pytest.mark.parametrize("excess", ["hold", "pay_ahead"])
@pytest.mark.parametrize("method", ["flat", "equal_principal", "annuity"])
def test_odd_sums_before_their_time_leave_no_crumb_behind(lending, method, excess):
    loan = lending.lends(product=lending.product(excess=excess), method=method, installments=6)
    repays(loan, 333_333, "2026-01-20")
    repays(loan, 77_777, "2026-02-25")

    owed = asks(lending, f"loans/{loan.id}/payoff?on=2026-04-17")["total"]
    repays(loan, owed, "2026-04-17")

    assert asks(lending, f"loans/{loan.id}")["status"] == "paid_off"
    left = {code: amount for code, amount in lending.balances().items() if code.startswith(("1-12", "1-13", "2-10"))}
    assert left == {}
    rows = asks(lending, f"loans/{loan.id}/schedule")["installments"]
    assert sum(row["paid"]["principal"] for row in rows) == 1_200_000
    assert {row["status"] for row in rows} == {"paid"}


def test_a_loan_whose_last_repayment_is_taken_back_is_open_again(lending):
    loan = lending.lends(principal=100_000, installments=1)
    last = repays(loan, 102_000, "2026-02-10")

    lending.takes_back(last["entry_id"])

    again = asks(lending, f"loans/{loan.id}")
    assert (again["status"], again["ended_on"], again["outstanding"]["principal"]) == ("active", None, 100_000)


# ── penalties ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_penalty_arises_once_whoever_looks(lending):
    loan = lending.lends(product=lending.product(**BY_THE_DAY))
    for day in ("2026-02-10", "2026-02-11", "2026-02-11", "2026-02-12"):
        lending.lives_the_night(day)
    repays(loan, 50_000, "2026-02-12")
    lending.lives_the_night("2026-02-12")
    for month in ("2026-01", "2026-02"):
        lending.closes(month)

    # Late from 11 to 28 February: 18 days.
    assert lending.balances(as_of="2026-02-28")["4-1030"] == 18_000


def test_a_penalty_is_there_again_when_a_repayment_is_taken_back_and_written_again(lending):
    loan = lending.lends(product=lending.product(**BY_THE_DAY))
    first = repays(loan, 126_000, "2026-02-12")
    lending.takes_back(first["entry_id"])

    again = repays(loan, 126_000, "2026-02-12")

    assert again["allocation"] == first["allocation"]
    assert first["allocation"]["penalty"] == lending.balances()["4-1030"] == 2_000


def test_money_found_for_the_due_day_takes_back_the_penalty_that_came_of_its_absence(lending):
    loan = lending.lends(product=lending.product(**BY_THE_DAY))
    late = repays(loan, 126_000, "2026-02-12")
    lending.takes_back(late["entry_id"])

    repays(loan, 124_000, "2026-02-10")

    assert "4-1030" not in lending.balances()
    assert loan.schedule("2026-02-12")[0] == (1, 124_000, 0)


# ── corrections ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_arrears_list_after_a_reversal_is_the_list_before(lending):
    loan = lending.lends()
    before = asks(lending, "arrears?as_of=2026-04-01")["results"]
    taken = repays(loan, 248_000, "2026-03-20")
    assert asks(lending, "arrears?as_of=2026-04-01")["results"] == []

    lending.takes_back(taken["entry_id"])

    assert asks(lending, "arrears?as_of=2026-04-01")["results"] == before
    assert (before[0]["principal_arrears"], before[0]["interest_arrears"], before[0]["days_past_due"]) == (
        *(200_000, 48_000),
        50,
    )


def test_taking_one_repayment_back_takes_no_other_back(lending):
    loan = lending.lends()
    taken = [repays(loan, 124_000, f"2026-0{month}-10") for month in (2, 3, 4)]

    lending.takes_back(taken[0]["entry_id"])

    rows = asks(lending, f"loans/{loan.id}/repayments")["results"]
    assert [one["reversed_by"] is not None for one in rows] == [True, False, False]
    assert sum(1 for one in entries(lending) if one["reverses"]) == 1
    assert [one["allocation"]["principal"] for one in rows] == [0, 100_000, 100_000]


def test_an_overpayment_is_taken_back_whole(lending):
    loan = lending.lends(principal=100_000, installments=1)
    too_much = repays(loan, 150_000, "2026-02-10")

    lending.takes_back(too_much["entry_id"])

    assert asks(lending, f"loans/{loan.id}")["held"] == 0
    assert {code: amount for code, amount in lending.balances().items() if code[0] in "24"} == {}


def test_the_journal_shows_what_was_taken_back_beside_what_took_it_back(lending):
    loan = lending.lends()
    taken = repays(loan, 124_000, "2026-02-10")
    before = next(one for one in entries(lending) if one["id"] == taken["entry_id"])

    lending.takes_back(taken["entry_id"])

    after = {one["id"]: one for one in entries(lending)}
    original = after[taken["entry_id"]]
    mirror = after[original["reversed_by"]]
    assert original == before | {"reversed_by": mirror["id"]}
    assert mirror["reverses"] == original["id"]
    assert [(line["account"], line["credit"], line["debit"]) for line in mirror["postings"]] == [
        (line["account"], line["debit"], line["credit"]) for line in original["postings"]
    ]


def test_a_repayment_is_taken_back_once(lending):
    loan = lending.lends()
    taken = repays(loan, 124_000, "2026-02-10")
    lending.takes_back(taken["entry_id"])

    again = budi(lending).pays(f"{lending.kelompok.path}/entries/{taken['entry_id']}/reversal", {"reason": "lagi"})

    assert (again.status, again.code) == (409, "already_reversed")


def test_every_place_says_the_same_is_outstanding_also_of_days_before_a_correction(lending):
    loan = lending.lends()
    wrong = repays(loan, 124_000, "2026-02-10")
    repays(loan, 124_000, "2026-04-10")
    lending.takes_back(wrong["entry_id"])
    repays(loan, 300_000, "2026-03-05")
    lending.lives_the_night("2026-05-31")

    days = ("2026-01-10", "2026-02-10", "2026-02-28", "2026-03-05", "2026-04-09", "2026-04-10", "2026-05-31")
    found = [outstanding_everywhere(loan, on) for on in days]

    # On 5 March February's and March's are paid and 52.000 held; so in April, and in May they pay what they can.
    assert found == [{1_200_000}] * 3 + [{1_000_000}] * 2 + [{900_000}, {872_000}]


def test_every_place_says_the_same_is_outstanding_when_a_closed_month_was_corrected(lending):
    loan = lending.lends()
    wrong = repays(loan, 124_000, "2026-02-10")
    repays(loan, 124_000, "2026-03-10")
    for month in ("2026-01", "2026-02", "2026-03"):
        lending.closes(month)
    lending.takes_back(wrong["entry_id"])

    found = [outstanding_everywhere(loan, on) for on in ("2026-02-28", "2026-03-31", "2026-04-01", "2026-05-31")]

    assert found == [{1_100_000}, {1_000_000}, {1_100_000}, {1_100_000}]


def test_a_closed_month_stays_as_it_was_when_its_write_off_is_taken_back(lending):
    loan = lending.lends()
    repays(loan, 124_000, "2026-02-10")
    gone = loan.is_written_off("2026-02-15")
    for month in ("2026-01", "2026-02"):
        lending.closes(month)
    member = lending.kelompok.members["dewi"]
    questions = [
        f"{question}?as_of={on}"
        for question in ("portfolio", "arrears", f"members/{member}/balance")
        for on in ("2026-02-14", "2026-02-15", "2026-02-28")
    ]
    before = [asks(lending, one) for one in questions]

    lending.takes_back(gone.entry_id)

    assert [asks(lending, one) for one in questions] == before
    found = [outstanding_everywhere(loan, on) for on in ("2026-02-14", "2026-02-15", "2026-02-28", "2026-03-01")]
    assert found == [{1_100_000}, {0}, {0}, {1_100_000}]


def test_a_write_off_that_is_taken_back_while_its_month_is_open_never_was(lending):
    loan = lending.lends()
    gone = loan.is_written_off("2026-02-15")

    lending.takes_back(gone.entry_id)

    assert outstanding_everywhere(loan, "2026-02-20") == {1_200_000}
    assert asks(lending, "portfolio?as_of=2026-02-20")["write_off_percent"] == "0.00"


# ── the ledger ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_repayment_debits_the_box_and_credits_what_it_pays(lending):
    taken = repays(lending.lends(), 124_000, "2026-02-10")

    entry = next(one for one in entries(lending) if one["id"] == taken["entry_id"])
    assert [(line["account"], line["debit"], line["credit"]) for line in entry["postings"]] == [
        ("1-1010", 124_000, None),
        ("4-1010", None, 24_000),
        ("1-1220.1", None, 100_000),
    ]


@pytest.mark.parametrize(
    ("channel", "account"), [("cash", "1-1010"), ("bank", "1-1110"), ("savings:sukarela", "2-1010.0001")]
)
def test_no_repayment_is_without_its_entry(lending, channel, account):
    loan = lending.lends()
    saves(lending, "dewi", 200_000)

    taken = repays(loan, 124_000, "2026-02-10", channel=channel)

    assert taken.status == 201, taken.body
    entry = next(one for one in entries(lending) if one["id"] == taken["entry_id"])
    assert [line["account"] for line in entry["postings"] if line["debit"] == 124_000] == [account]


def test_no_entry_says_the_same_twice(lending):
    loan = lending.lends(product=lending.product(**BY_THE_DAY))
    repays(loan, 400_000, "2026-04-20")
    repays(loan, 100_000, "2026-02-05")

    for one in entries(lending):
        told = [(line["account"], line["debit"] is None) for line in one["postings"]]
        assert len(told) == len(set(told)), one


def test_what_fails_half_way_is_heard_and_leaves_nothing(lending, monkeypatch):
    loan = lending.lends()
    before = lending.balances(), len(entries(lending))

    def fails(*_: Any) -> None:
        raise RuntimeError("the pen broke")

    monkeypatch.setattr(booking, "_keep", fails)
    with pytest.raises(RuntimeError, match="the pen broke"):
        loan.pays(124_000, "2026-02-10")

    assert (lending.balances(), len(entries(lending)), loan.stored()) == (*before, 0)
    assert lending.asks(lambda: Repayment.objects.filter(group_id=lending.id).count()) == 0


# ── nights ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_arrears_are_right_although_no_night_has_run(lending):
    loan = lending.lends(product=lending.product(**BY_THE_DAY))
    questions = ("arrears?as_of=2026-02-20", f"members/{lending.kelompok.members['dewi']}/balance?as_of=2026-02-20")
    before = [asks(lending, one) for one in questions]

    lending.lives_the_night("2026-02-20")

    assert [asks(lending, one) for one in questions] == before
    assert before[1]["loans"][0]["arrears"] == 134_000
    assert loan.schedule("2026-02-20")[0] == (1, 134_000, 134_000)


def test_interest_is_credited_once_by_the_night_and_the_closing(lending):
    found = {one["code"]: one["id"] for one in asks(lending, "savings/products")["results"]}
    budi(lending).patches(f"{lending.kelompok.path}/savings/products/{found['sukarela']}", {"rate": "3.65"})
    saves(lending, "dewi", 1_000_000)

    for night in ("2026-02-28", "2026-02-28", "2026-03-01"):
        lending.lives_the_night(night)
    for month in ("2026-01", "2026-02"):
        lending.closes(month)

    assert lending.balances()["5-1010"] == 2_800  # 28 days of 100
    assert lending.kinds().count("savings_interest") == 1


# ── many at once ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_repayments_at_the_same_moment_all_land_and_none_waits_for_another_for_ever(scratch):
    lending = Lending.opened()
    loans = [lending.lends("dewi"), lending.lends("yuni")]
    gate, answers = threading.Barrier(8), []

    def pays(place: int) -> None:
        """Four rounds, on both loans in turn."""
        try:
            gate.wait()
            for step in range(4):
                loan = loans[(place + step) % 2]
                phone = Phone(budi(lending).token)
                body = {"amount": 10_000, "paid_on": f"2026-0{2 + (place + step) % 4}-10"}
                answers.append(phone.pays(f"{path(loan)}/repayments", body))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=pays, args=(place,)) for place in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)

    assert Counter(answer.status for answer in answers) == {201: 32}
    assert [sum(loan.lines().values()) for loan in loans] == [160_000, 160_000]
    assert lending.balances()["1-1010"] == 10_000_000 - 2_400_000 + 320_000
    database = connection.settings_dict["NAME"]
    with owner_connection() as owner:
        row = owner.execute("select deadlocks from pg_stat_database where datname = %s", [database]).fetchone()
    assert row == (0,)
    with reader() as reading:
        assert list(proofs.prove(reading, lending.id)) == []
