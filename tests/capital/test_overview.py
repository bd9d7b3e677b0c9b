"""Where the capital comes from and where it is: both sides from the ledger, equal on every day."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger import services as ledger
from ledger.money import JournalLine
from tests.capital.lending import Borrowing
from tests.cast import day
from tests.conftest import FULL

DAYS = ("2026-01-01", "2026-01-10", "2026-02-09", "2026-02-10", "2026-03-31", "2026-10-31")


def posts(group: Borrowing, debited: str, credited: str, amount: int, on: str = "2026-03-05") -> None:
    lines = [JournalLine(debited, debit=amount), JournalLine(credited, credit=amount)]
    group.does(lambda: ledger.post_journal(group.id, effective_on=day(on), memo="contoh", postings=lines))


def test_every_source_and_use_stands_in_its_place(borrowing):
    facility = borrowing.is_promised()
    facility.draws(6_000_000)
    facility.pays(560_000, "2026-02-10")
    borrowing.is_given(500_000)
    borrowing.is_given(700_000, "participation")
    borrowing.is_given(900_000, "programme")
    borrowing.saves("dewi", 80_000)
    borrowing.saves("dewi", 20_000, "wajib")
    borrowing.lends()
    posts(borrowing, "1-1110", "1-1010", 2_000_000)
    posts(borrowing, "1-1010", "2-1120", 300_000)
    posts(borrowing, "5-2030", "1-1010", 45_000)
    posts(borrowing, "1-1410", "1-1010", 150_000)
    posts(borrowing, "1-1010", "3-2010", 25_000)
    posts(borrowing, "1-1010", "2-1210", 35_000)
    posts(borrowing, "5-1040", "1-1290", 12_000)
    posts(borrowing, "1-1010", "3-9010", 5_000)

    found = borrowing.sees()

    sources, uses = found.sources, found.uses
    assert [(one.drawn, one.outstanding) for one in sources.lenders] == [(6_000_000, 5_500_000)]
    assert (sources.other_loans, sources.interest_due) == (300_000, 0)
    assert sources.savings == {"liability": 80_000, "equity": 20_000}
    assert sources.grants == {"grant": 10_500_000, "participation": 700_000, "programme": 900_000}
    assert (sources.reserves, sources.opening, sources.other) == (25_000, 5_000, 35_000)
    assert sources.surplus == -60_000 - 45_000 - 12_000
    assert uses.loans == {"material": 0, "working": 1_200_000, "seasonal": 0, "social": 0, "allowance": -12_000}
    assert (uses.bank, uses.other, uses.receivables) == (2_000_000, 150_000, 0)
    assert uses.total == sources.total == uses.cash + 2_000_000 + 1_188_000 + 150_000


def test_costs_that_are_owed_are_a_source_and_what_members_owe_of_theirs_a_use(books):
    group = Borrowing.opened(interest_recognition="accrual")
    group.is_promised().draws()
    group.lends()
    group.lives_the_night("2026-03-15")

    found = group.sees("2026-03-15")

    assert found.sources.interest_due == 230_000
    assert found.uses.receivables == 48_000
    assert found.sources.surplus == 48_000 - 230_000


def test_a_facility_that_was_agreed_later_is_not_there_before(borrowing):
    borrowing.is_promised(on="2026-02-10").draws(1_000, "2026-02-10")

    assert borrowing.sees("2026-02-09").sources.lenders == []
    assert len(borrowing.sees("2026-02-10").sources.lenders) == 1


def test_what_was_written_off_is_off_both_sides(borrowing):
    borrowing.lends().is_written_off("2026-03-13")

    found = borrowing.sees()

    assert sum(found.uses.loans.values()) == 0
    assert found.uses.total == 10_000_000 - 1_200_000


@settings(max_examples=15 if FULL else 4, deadline=None, suppress_health_check=list(HealthCheck), derandomize=not FULL)
@given(data=st.data())
def test_both_sides_are_equal_on_every_day_whatever_happened(template, data):
    """Facilities drawn, paid and taken back, gifts and loans, in any order; every facility's account agrees with what
    is derived of it."""
    from django.db import transaction

    with transaction.atomic():
        lives(data)
        transaction.set_rollback(True)


def lives(data: st.DataObject) -> None:
    policy = data.draw(st.sampled_from(["cash", "accrual"]))
    group = Borrowing.opened(f"h{data.draw(st.integers(0, 10**9))}", interest_recognition=policy)
    facilities = [group.is_promised(), group.is_promised(6_000_000, method="flat")]
    entries = []
    for _ in range(data.draw(st.integers(3, 8))):
        facility = data.draw(st.sampled_from(facilities))
        on = data.draw(st.sampled_from(["2026-01-10", "2026-02-10", "2026-02-20", "2026-03-31"]))
        act = data.draw(st.sampled_from(["draws", "pays", "is given", "lends", "takes back", "night"]))
        if act == "draws" and facility.stands("2026-10-31").available >= 2_000_000:
            entries.append(facility.draws(2_000_000, on).entry_id)
        elif act == "pays" and (most := min(facility.at(on).payoff.total, facility.at("2026-10-31").payoff.total)) > 1:
            from capital.errors import FollowedByPayment, Overpayment

            try:
                entries.append(facility.pays(data.draw(st.integers(1, min(most, 900_000))), on).payment.entry_id)
            except (FollowedByPayment, Overpayment):
                continue
        elif act == "is given":
            entries.append(group.is_given(100_000, on=on).entry_id)
        elif act == "lends" and group.sees().uses.loans["working"] == 0:
            group.lends()
        elif act == "takes back" and entries:
            from ledger.errors import DomainError

            try:
                group.takes_back(entries[-1])
            except DomainError:
                continue
            entries.pop()
        elif act == "night":
            group.lives_the_night(data.draw(st.sampled_from(["2026-02-15", "2026-04-15"])))
    for on in DAYS:
        seen = group.sees(on)
        for row, facility in zip(seen.sources.lenders, facilities, strict=False):
            assert row.outstanding == facility.at(on).principal
            assert facility.stands(on).arrears == facility.at(on).due(before=day(on))
