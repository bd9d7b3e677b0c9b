"""What loans undo when an entry of theirs is taken back, and when they refuse to."""

from decimal import Decimal
from functools import partial

import pytest

from ledger import queries as books
from ledger import services as ledger
from ledger.errors import LaterEntries
from ledger.money import JournalLine
from loans import queries, recounting, services
from loans.applications import Bought
from loans.errors import DayOfOriginal, Derived, LoanNotActive
from loans.models import Line, Version
from members.models import Holiday
from tests.cast import day
from tests.loans.lending import TODAY


def disbursement(loan):
    return loan.row.disbursement_entry_id


def test_a_disbursement_taken_back_leaves_the_loan_approved_and_its_cash_kept(lending):
    before = lending.balances()
    loan = lending.lends()

    lending.takes_back(disbursement(loan), on="2026-01-10")

    row = loan.row
    assert (row.status, row.reserved_on, row.disbursed_on, row.version) == ("approved", "1-1010", None, 0)
    assert lending.balances() == before
    loan.is_paid_out("2026-01-20")
    assert (loan.row.status, loan.row.disbursed_on) == ("active", day("2026-01-20"))
    assert len(loan.schedule("2026-01-20")) == 12


def test_what_was_accrued_goes_with_the_disbursement(lending):
    loan = lending.lends(product=lending.product(penalty={"per": "day", "amount": 1_000}))
    lending.lives_the_night("2026-02-20")
    assert lending.balance("4-1030") == 10_000

    lending.takes_back(disbursement(loan))

    assert lending.balance("4-1030") == lending.balance("1-1320") == 0
    assert loan.lines() == {}
    assert lending.lives_the_night("2026-02-28")["entries"] == 0


def test_the_loan_is_lent_again_for_what_was_approved(lending):
    loan = lending.requests(buys=[Bought("kedelai", Decimal(10), "kg", 100_000)]).is_approved()
    row = lending.kelompok.row("dewi")
    pay_out = partial(
        services.disburse_loan,
        disbursed_on=day("2026-01-10"),
        today=TODAY,
        actual_prices={1: 80_000},
        difference="principal",
    )

    for _ in range(2):
        loan.acts(lambda group, one: pay_out(group, one, row))
        assert loan.row.principal == loan.at("2026-01-10").principal == 1_000_000
        lending.takes_back(disbursement(loan))
        assert (loan.row.principal, loan.row.terms["principal"], loan.row.status) == (1_200_000, 1_200_000, "approved")


def test_without_the_cash_it_waits_for_votes_again(lending):
    loan = lending.lends(fees=[{"kind": "administrasi", "amount": 10_000, "when": "upfront"}])
    spent = [JournalLine("5-2030", debit=8_810_000), JournalLine("1-1010", credit=8_810_000)]
    lending.does(lambda: ledger.post_journal(lending.id, effective_on=day("2026-01-12"), memo="pesta", postings=spent))
    assert "1-1010" not in lending.balances()

    lending.takes_back(disbursement(loan))

    assert (loan.row.status, loan.row.round, loan.row.reserved_on) == ("submitted", 2, None)
    assert lending.balances()["1-1010"] == 1_190_000


def test_a_disbursement_stays_while_money_that_came_for_it_stands(lending):
    loan = lending.lends()
    paid = loan.pays(124_000, "2026-02-10")

    with pytest.raises(LaterEntries) as refused:
        lending.takes_back(disbursement(loan))
    assert refused.value.facts["entry_ids"] == [paid.entry.id]

    lending.takes_back(paid.entry.id)
    lending.takes_back(disbursement(loan))
    assert loan.row.status == "approved"


def test_a_disbursement_stays_under_a_charge_or_another_schedule(lending):
    charged, rescheduled = lending.lends(), lending.lends("yuni")
    charged.is_charged("fee", 5_000, "2026-02-10")
    rescheduled.is_rescheduled("2026-02-20")

    for loan in (charged, rescheduled):
        with pytest.raises(LoanNotActive):
            lending.takes_back(disbursement(loan))


def test_a_schedule_counted_anew_does_not_hold_a_disbursement(lending):
    loan = lending.lends(due_dates="next_workday")
    lending.asks(lambda: close_day(lending, "2026-02-10"))
    lending.does(lambda: recounting.recount(lending.group, from_on=day("2026-01-11")))
    assert Version.objects.filter(loan_id=loan.id, made_by="recount", replaced=False).exists()

    lending.takes_back(disbursement(loan))

    assert loan.row.status == "approved"


def close_day(lending, on):
    Holiday.objects.create(group_id=lending.id, day=day(on), closed=True, name="hajatan")


def test_what_follows_by_itself_is_refused(lending):
    loan = lending.lends(product=lending.product(penalty={"per": "day", "amount": 1_000}))
    late = loan.pays(124_000, "2026-02-15")
    loan.pays(50_000, "2026-02-12")
    kinds = dict(lending.asks(lambda: list(books.entries(lending.id).values_list("kind", "id"))))

    for kind in ("loan_accrual", "loan_reallocation"):
        with pytest.raises(Derived):
            lending.takes_back(kinds[kind])
    assert lending.takes_back(late.entry.id)


def test_a_mirror_of_money_bears_the_day_it_came(lending):
    loan = lending.lends()
    paid = loan.pays(124_000, "2026-02-10")

    with pytest.raises(DayOfOriginal) as refused:
        lending.takes_back(paid.entry.id, on="2026-02-11")
    assert refused.value.facts["day"] == day("2026-02-10")


def test_money_taken_back_leaves_later_money_to_pay_first_what_is_oldest(lending):
    loan = lending.lends()
    first, second = loan.pays(124_000, "2026-02-10"), loan.pays(124_000, "2026-03-10")

    lending.takes_back(first.entry.id)

    assert [unpaid for _, _, unpaid in loan.schedule("2026-03-10")][:2] == [0, 124_000]
    split = lending.asks(lambda: queries.splits(lending.id, [first.repayment.id, second.repayment.id]))
    assert sum(split[first.repayment.id].values()) == 0
    assert split[second.repayment.id] | {"interest": 24_000, "principal": 100_000} == split[second.repayment.id]


def test_money_that_ended_a_loan_taken_back_opens_it_again(lending):
    loan = lending.lends()
    last = loan.pays(1_488_000, "2026-02-10")
    assert loan.row.status == "paid_off"

    lending.takes_back(last.entry.id)

    assert (loan.row.status, loan.row.ended_on) == ("active", None)
    assert lending.balance("1-1220") == 1_200_000


def test_lines_are_only_added_to(lending):
    loan = lending.lends()
    first = loan.pays(124_000, "2026-02-10")
    before = list(Line.objects.filter(loan_id=loan.id).order_by("id").values())

    lending.takes_back(first.entry.id)
    loan.pays(60_000, "2026-02-09")

    assert list(Line.objects.filter(loan_id=loan.id).order_by("id").values())[: len(before)] == before


def test_what_a_leaver_settled_is_taken_back_from_its_end(lending):
    lending.saves("dewi", 2_000_000)
    loan = lending.lends()
    left = lending.settles("dewi", "2026-02-10")
    settled, paid = left.entry_ids

    with pytest.raises(LaterEntries) as refused:
        lending.takes_back(settled)
    assert refused.value.facts["entry_ids"] == [paid]

    lending.takes_back(paid)
    lending.takes_back(settled)
    assert lending.balance("2-1010") == 2_000_000
    assert lending.balance("2-1260") == 0
    assert loan.row.status == "active"
