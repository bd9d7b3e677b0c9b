"""When a loan cannot go on as agreed: another schedule, out of the books, and what comes in afterwards.

Dewi owes 124.000 (24.000 jasa, 100.000 pokok) on the 10th of twelve months from February 2026."""

import pytest

from ledger.errors import LaterEntries, PeriodClosed
from loans import recasting
from loans.errors import (
    BeforeDisbursement,
    FollowedByOthers,
    FollowedByReschedule,
    LoanNotActive,
    NothingToWriteOff,
    NotWrittenOff,
    Overpayment,
)
from loans.models import Version
from loans.terms import BadTerms
from tests.cast import day

DAILY = {"per": "day", "amount": 1_000, "grace_days": 0}


def versions(loan):
    found = Version.objects.filter(group_id=loan.lending.id, loan_id=loan.id).order_by("number")
    return [(one.number, one.origin, one.principal, one.made_by, one.replaced) for one in found]


# ── another schedule ────────────────────────────────────────────────────────────────────────────────────────────────


def test_another_schedule_keeps_the_old_one_and_how_late_she_was(lending):
    loan = lending.lends()
    loan.pays(124_000, "2026-02-10")

    derived = loan.is_rescheduled("2026-04-20", installments=22)

    assert versions(loan) == [(1, 1, 1_200_000, "disbursement", False), (2, 2, 1_100_000, "reschedule", False)]
    assert (derived.version, len(derived.states), derived.principal) == (2, 22, 1_100_000)
    # March and April were due, and the period since 10 April is flat
    assert derived.states[0].owed["interest"] == 22_000 + 3 * 24_000
    assert lending.asks(
        lambda: [
            recasting.worst_days(lending.id, loan.id, on=day(on), cure_days=90) for on in ("2026-04-20", "2026-07-20")
        ]
    ) == [41, 0]
    assert lending.balances()[f"1-1220.{loan.row.number}"] == 1_100_000


def test_money_found_for_before_a_reschedule_makes_the_version_anew(lending):
    loan = lending.lends()
    loan.is_rescheduled("2026-04-20", installments=10)

    loan.pays(124_000, "2026-02-10")

    assert versions(loan)[1:] == [(2, 2, 1_200_000, "reschedule", True), (3, 2, 1_100_000, "correction", False)]
    kept = Version.objects.get(group_id=lending.id, loan_id=loan.id, number=3)
    assert (kept.reason, kept.days_past_due) == ("panen gagal", 69)
    assert loan.at("2026-04-20").principal == 1_100_000


def test_the_past_of_a_loan_keeps_its_own_method(lending):
    loan = lending.lends(product=lending.product(flat_rebate="unearned"))
    loan.is_rescheduled("2026-02-20", method="equal_principal")

    assert loan.at("2026-02-19").payoff.interest - loan.at("2026-02-19").payoff.rebate == 48_000
    assert loan.at("2026-02-20").states[0].owed["interest"] == 24_000 + 48_000


def test_an_uneven_loan_is_given_another_schedule(lending):
    rows = [{"due_on": "2026-03-10", "principal": 500_000}, {"due_on": "2026-06-10", "principal": 700_000}]
    loan = lending.lends(method="uneven", installments=2, rows=rows)
    loan.pays(100_000, "2026-03-10")

    later = [{"due_on": "2026-09-10", "principal": 600_000}, {"due_on": "2026-12-10", "principal": 548_000}]
    derived = loan.is_rescheduled("2026-03-20", rows=later)
    again = loan.is_rescheduled("2026-04-20", method="flat", installments=10)

    assert [one.owed["principal"] for one in derived.states] == [600_000, 548_000]
    assert [one.owed["principal"] for one in again.states] == [114_800] * 10


@pytest.mark.parametrize(
    ("on", "changes", "refusal"),
    [
        ("2026-01-09", {}, BeforeDisbursement),
        ("2026-03-20", {"installments": 0}, BadTerms),
        ("2026-03-20", {"first_due_on": "2026-03-20"}, BadTerms),
        ("2026-03-20", {"method": "uneven"}, BadTerms),
    ],
)
def test_a_reschedule_is_refused(lending, on, changes, refusal):
    loan = lending.lends()

    with pytest.raises(refusal):
        loan.is_rescheduled(on, **changes)
    assert len(versions(loan)) == 1


def test_a_closed_month_sees_no_reschedule(lending):
    loan = lending.lends()
    lending.closes("2026-01")

    with pytest.raises(PeriodClosed):
        loan.is_rescheduled("2026-01-20")


def test_what_is_paid_off_needs_no_other_schedule(lending):
    loan = lending.lends()
    loan.pays(1_488_000, "2026-02-10")

    with pytest.raises(LoanNotActive):
        loan.is_rescheduled("2026-03-20")


def test_money_that_leaves_nothing_to_reschedule_is_refused(lending):
    loan = lending.lends()
    loan.is_rescheduled("2026-03-20")
    before = lending.balances()

    with pytest.raises(FollowedByReschedule):
        loan.pays(1_488_000, "2026-03-10")
    assert lending.balances() == before


# ── out of the books ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_write_off_takes_all_that_stands_and_keeps_the_claim(lending):
    loan = lending.lends(product=lending.product(penalty=DAILY))
    loan.pays(124_000, "2026-02-10")

    made = loan.is_written_off("2026-03-13")  # 3 days late

    assert (made.principal, made.interest, made.penalty) == (1_100_000, 0, 3_000)
    assert lending.balance("5-1040") == lending.balance("9-1010") == 1_103_000
    assert lending.balance("1-1220") == lending.balance("1-1320") == 0
    assert (loan.row.status, loan.row.ended_on, loan.row.next_on) == ("written_off", day("2026-03-13"), None)
    assert lending.lives_the_night("2026-05-31")["entries"] == 0


def test_the_allowance_bears_the_loss_first(lending):
    loan = lending.lends()
    group = lending.kelompok
    group.budi.pays(f"{group.path}/ledger/entries", group.journal("5-1040", "1-1290", 400_000, on="2026-02-01"))

    loan.is_written_off("2026-03-13")

    assert lending.balance("1-1290") == 0
    assert lending.balance("5-1040") == 400_000 + 800_000


def test_money_that_waits_lessens_the_loss_and_the_claim(lending):
    loan = lending.lends()
    loan.pays(200_000, "2026-02-10")  # 76.000 wait

    made = loan.is_written_off("2026-02-20")

    assert (made.principal, lending.balance("9-1010"), lending.balance("2-1050")) == (1_024_000, 1_024_000, 0)
    with pytest.raises(Overpayment):
        loan.is_recovered(1_024_001, "2026-03-01")
    loan.is_recovered(1_024_000, "2026-03-01")
    assert lending.balance("9-1010") == 0


def test_more_that_waits_than_stands_is_no_loss(lending):
    loan = lending.lends(installments=2)  # 624.000 twice, 24.000 of it jasa
    loan.pays(624_000 + 623_000, "2026-02-10")

    made = loan.is_written_off("2026-02-20")

    assert (made.principal, lending.balance("5-1040"), lending.balance("2-1050")) == (0, 0, 23_000)


def test_what_the_night_booked_after_a_write_offs_day_is_taken_back(lending):
    loan = lending.lends(product=lending.product(penalty=DAILY))
    lending.lives_the_night("2026-02-20")

    made = loan.is_written_off("2026-02-13")

    assert made.penalty == 3_000
    assert lending.balance("4-1030") == 3_000


def test_nobody_writes_off_what_was_paid_afterwards(lending):
    loan = lending.lends()
    loan.pays(124_000, "2026-03-10")

    with pytest.raises(FollowedByOthers) as refused:
        loan.is_written_off("2026-03-09")
    assert len(refused.value.facts["entry_ids"]) == 1


def test_a_loan_paid_off_is_not_written_off(lending):
    loan = lending.lends()
    loan.pays(1_488_000, "2026-02-10")

    with pytest.raises(LoanNotActive):
        loan.is_written_off("2026-03-09")


def test_given_up_at_once_nothing_is_claimed(lending):
    loan = lending.lends()
    loan.is_written_off("2026-03-13", mode="claim")

    assert lending.balance("9-1010") == 0
    with pytest.raises(NotWrittenOff):
        loan.is_recovered(1, "2026-03-20")
    with pytest.raises(NotWrittenOff):
        loan.is_written_off("2026-03-20", mode="claim")


def test_what_is_recovered_is_income_and_claimed_no_more(lending):
    loan = lending.lends()
    loan.is_written_off("2026-03-13")

    loan.is_recovered(200_000, "2026-04-10")

    assert lending.balance("4-2030") == 200_000
    assert lending.balance("9-1010") == lending.balance("9-9010") == 1_000_000
    with pytest.raises(BeforeDisbursement):
        loan.is_recovered(1, "2026-03-12")


def test_a_claim_that_is_given_up_leaves_no_claim(lending):
    loan = lending.lends()
    loan.is_written_off("2026-03-13")
    loan.is_recovered(200_000, "2026-04-10")

    loan.is_written_off("2026-05-10", mode="claim")

    assert lending.balance("9-1010") == lending.balance("9-9010") == 0
    with pytest.raises(NotWrittenOff):
        loan.is_recovered(1, "2026-05-20")


def test_a_write_off_taken_back_leaves_the_loan_as_it_was_and_time_goes_on(lending):
    loan = lending.lends(product=lending.product(penalty=DAILY))
    made = loan.is_written_off("2026-02-13")
    lending.lives_the_night("2026-02-20")

    lending.takes_back(made.entry_id)

    assert loan.row.status == "active"
    assert lending.balance("5-1040") == lending.balance("9-1010") == 0
    assert lending.balance("1-1320") == 10_000
    loan.pays(134_000, "2026-02-20")
    assert loan.schedule("2026-02-20")[0][2] == 0


def test_each_step_out_is_taken_back_in_its_turn(lending):
    loan = lending.lends()
    made = loan.is_written_off("2026-03-13")
    came = loan.is_recovered(200_000, "2026-04-10")
    given_up = loan.is_written_off("2026-05-10", mode="claim")

    for entry, after in ((made, [came, given_up]), (came, [given_up])):
        with pytest.raises(LaterEntries) as refused:
            lending.takes_back(entry.entry_id)
        assert refused.value.facts["entry_ids"] == [one.entry_id for one in after]

    lending.takes_back(given_up.entry_id)
    assert lending.balance("9-1010") == 1_000_000
    lending.takes_back(came.entry_id)
    assert lending.balance("9-1010") == 1_200_000
    lending.takes_back(made.entry_id)
    assert loan.row.status == "active"
    assert lending.balance("9-1010") == 0


def test_money_of_a_loan_that_is_written_off_is_not_taken_back(lending):
    loan = lending.lends()
    paid = loan.pays(124_000, "2026-02-10")
    made = loan.is_written_off("2026-03-13")

    with pytest.raises(LaterEntries) as refused:
        lending.takes_back(paid.entry.id)
    assert refused.value.facts["entry_ids"] == [made.entry_id]


def test_nothing_owed_is_nothing_to_write_off(lending):
    loan = lending.lends()
    loan.pays(1_488_000, "2026-02-10")
    loan.is_charged("fee", 5_000, "2026-03-10")

    assert loan.row.status == "active"
    with pytest.raises(NothingToWriteOff):
        loan.is_written_off("2026-03-13")
