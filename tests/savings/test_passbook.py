"""A member's book: in order of days, each month opening with what closed the one before."""

import time
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ledger import queries as books
from ledger import services as ledger
from ledger.entries import NewEntry
from ledger.money import credit, debit
from savings import queries, services
from tests.cast import CASH, day


def test_lines_run_by_day_then_by_number_over_all_her_savings(savings):
    savings.deposits("dewi", 10_000, "wajib", on="2026-03-05")
    savings.deposits("dewi", 20_000, on="2026-03-05")
    savings.withdraws("dewi", 5_000, on="2026-03-10")
    savings.deposits("dewi", 1_000, on="2026-02-01")
    savings.deposits("yuni", 99_000, on="2026-03-05")

    book = savings.book("dewi")

    assert [(str(line.effective_on), line.product, line.amount, line.balance_after) for line in book.lines] == [
        ("2026-02-01", "sukarela", 1_000, 1_000),
        ("2026-03-05", "wajib", 10_000, 11_000),
        ("2026-03-05", "sukarela", 20_000, 31_000),
        ("2026-03-10", "sukarela", -5_000, 26_000),
    ]
    assert (book.opening_balance, book.closing_balance) == (0, 26_000)


def test_one_products_balance_runs_over_that_product(savings):
    savings.deposits("dewi", 10_000, "wajib", on="2026-03-05")
    savings.deposits("dewi", 20_000, on="2026-03-05")
    savings.withdraws("dewi", 5_000, on="2026-03-10")

    book = savings.book("dewi", product="sukarela", since="2026-03-06")

    assert (book.opening_balance, book.closing_balance) == (20_000, 15_000)
    assert [line.balance_after for line in book.lines] == [15_000]


@pytest.mark.parametrize("product", [None, "sukarela", "wajib", "pokok"])
@pytest.mark.parametrize("closed", [False, True])
def test_what_closes_february_opens_march_also_of_one_product(savings, product, closed):
    savings.deposits("dewi", 10_000, "wajib", on="2026-01-10")
    savings.deposits("dewi", 30_000, on="2026-02-28")
    savings.deposits("dewi", 10_000, "wajib", on="2026-03-01")
    savings.withdraws("dewi", 30_000, on="2026-03-31")
    if closed:
        second = savings.group.phones["sari"].user.id
        for month in ("2026-01-01", "2026-02-01"):
            savings.group.asks(
                lambda month=month: ledger.close_month(savings.group.id, month=day(month), second=second)
            )

    february = savings.book("dewi", since="2026-02-01", until="2026-02-28", product=product)
    march = savings.book("dewi", since="2026-03-01", until="2026-03-31", product=product)
    all_of_it = savings.book("dewi", product=product)

    assert february.closing_balance == march.opening_balance
    assert march.closing_balance == all_of_it.closing_balance
    held = savings.group.asks(
        lambda: queries.savings_of(savings.group.id, savings.group.members["dewi"], day("2026-02-28"))
    )
    assert february.closing_balance == (held[product] if product else sum(held.values()))


def test_a_correction_shows_both_lines_with_their_reasons(savings):
    wrong = savings.deposits("dewi", 100_000, on="2026-03-05")
    savings.takes_back(wrong)

    lines = savings.book("dewi").lines

    assert [(line.kind, line.amount, line.memo) for line in lines] == [
        ("savings_deposit", 100_000, None),
        ("reversal", -100_000, "salah catat"),
    ]


def test_who_saves_nothing_has_an_empty_book(savings):
    book = savings.book("dewi", since="2026-03-01")

    assert (book.opening_balance, book.lines, book.closing_balance) == (0, [], 0)


def test_a_long_book_costs_no_more_questions_and_the_balance_of_ten_years_is_read_at_once(savings):
    savings.deposits("dewi", 10_000, "wajib", on="2026-01-05")
    savings.deposits("dewi", 10_000, on="2026-01-05")
    dewi, group_id = savings.group.members["dewi"], savings.group.id

    def counted() -> tuple[int, int]:
        with CaptureQueriesContext(connection) as seen:
            savings.book("dewi", since="2026-01-01", until="2026-01-31")
        with CaptureQueriesContext(connection) as asked:
            savings.group.asks(lambda: queries.savings_of(group_id, dewi, day("2026-01-31")))
        return len(seen), len(asked)

    before = counted()

    def years() -> None:
        box = books.accounts_by_code(group_id, [CASH])[CASH].id
        leaf = services.put_line(group_id, member_id=dewi, product="wajib")
        ledger.post_entries(
            group_id,
            [
                NewEntry(date(year, month, 1 + part), "savings_deposit", [debit(box, 100), credit(leaf, 100)])
                for year in range(2010, 2026)
                for month in range(1, 13)
                for part in range(3)
            ],
        )

    savings.does(years)
    assert counted() == before
    began = time.perf_counter()
    for _ in range(20):
        savings.group.asks(lambda: queries.savings_of(group_id, dewi, day("2026-03-31")))
    assert (time.perf_counter() - began) / 20 < 0.05
