"""Around Python: what the database itself refuses, by the name of its rule, and what the runtime role may not do."""

import re
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from capital.models import Drawdown, Facility, Funding, Grant, Installment, Lender, Line, Payment
from ledger.ids import uuid7
from ledger.shard import KINDS
from tests.capital.lending import Borrowing
from tests.loans.test_database import changed, copied

OURS = sorted(table for table in KINDS if table.startswith("capital_"))
ADDED_TO = ["capital_installment", "capital_line"]
TOO_MUCH = 10**15 + 1


@pytest.fixture
def lived(borrowing: Borrowing) -> Borrowing:
    """A facility that was drawn and paid of, a loan it became, and a gift."""
    facility = borrowing.is_promised()
    facility.draws()
    facility.pays(1_120_000, "2026-02-10")
    facility.funds(borrowing.lends(), 1_000_000)
    borrowing.is_given(500_000)
    return borrowing


def elsewhere(model: Any, **values: Any) -> Any:
    """As `copied`, under the entry of something else."""

    def act() -> None:
        copied(model, entry_id=Drawdown.objects.get().entry_id, **values)()

    return act


def drawn_by_the_gift() -> None:
    copied(Drawdown, entry_id=Grant.objects.get().entry_id, number=9)()


REFUSED: list[tuple[str, Any]] = [
    ("lender_number_is_unique", copied(Lender, name="Lain")),
    ("lender_name_is_unique", copied(Lender, number=9)),
    ("lender_kind_is_known", changed(Lender, kind="uncle")),
    ("lender_has_a_name", changed(Lender, name="")),
    ("facility_number_is_unique", copied(Facility)),
    ("facility_has_its_own_account", copied(Facility, number=9)),
    ("facility_limit_is_an_amount", changed(Facility, limit=0)),
    ("facility_limit_is_an_amount", changed(Facility, limit=TOO_MUCH)),
    ("facility_ends_when_paid", changed(Facility, status="paid")),
    ("facility_ends_when_paid", changed(Facility, ended_on="2026-02-10")),
    ("facility_ends_when_paid", changed(Facility, status="lost")),
    ("drawdown_number_is_unique", copied(Drawdown)),
    ("drawdown_ordinal_is_unique", drawn_by_the_gift),
    ("drawdown_has_its_own_entry", copied(Drawdown, number=9, ordinal=99)),
    ("drawdown_is_an_amount", changed(Drawdown, amount=0)),
    ("drawdown_is_an_amount", changed(Drawdown, received=0)),
    ("drawdown_is_an_amount", changed(Drawdown, received=12_000_001)),
    ("drawdown_channel_is_known", changed(Drawdown, channel="sack")),
    ("drawn_installment_is_unique", copied(Installment)),
    ("drawn_installment_is_never_negative", copied(Installment, number=99, principal=-1)),
    ("drawn_installment_is_never_negative", copied(Installment, number=99, interest=-1)),
    ("drawn_installment_is_never_negative", copied(Installment, number=99, fee=-1)),
    ("drawn_installment_is_never_negative", copied(Installment, number=99, due_on="2026-01-10")),
    ("payment_ordinal_is_unique", elsewhere(Payment)),
    ("payment_has_its_own_entry", copied(Payment, ordinal=99)),
    ("payment_is_an_amount", changed(Payment, amount=0)),
    ("payment_is_an_amount", changed(Payment, amount=TOO_MUCH)),
    ("payment_channel_is_known", changed(Payment, channel="sack")),
    ("facility_line_is_not_nothing", copied(Line, amount=0)),
    ("facility_line_component_is_known", copied(Line, component="gift")),
    ("facility_line_component_is_known", copied(Line, component="principal", payment_id=None)),
    ("loan_is_funded_once", copied(Funding)),
    ("funding_is_an_amount", changed(Funding, amount=0)),
    ("funding_ends_after_it_began", changed(Funding, ended_on="2026-01-09")),
    ("grant_has_its_own_entry", copied(Grant)),
    ("grant_kind_is_known", changed(Grant, kind="gift")),
    ("grant_is_an_amount", changed(Grant, amount=0)),
    ("grant_channel_is_known", changed(Grant, channel="sack")),
]


@pytest.mark.parametrize(("rule", "breaking"), REFUSED, ids=[f"{n}-{rule}" for n, (rule, _) in enumerate(REFUSED)])
def test_the_database_refuses_by_name(lived, rule, breaking):
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        lived.asks(breaking)

    cause = refused.value.__cause__
    assert isinstance(cause, psycopg.Error)
    assert cause.diag.constraint_name == rule


def test_every_rule_of_these_tables_has_a_row_that_breaks_it(books):
    with connection.cursor() as cursor:
        cursor.execute(
            "select conname from pg_constraint where conrelid::regclass::text like 'capital_%%' and contype <> 'n' "
            "union select indexrelid::regclass::text from pg_index "
            "where indisunique and indrelid::regclass::text like 'capital_%%'"
        )
        rules = {name for (name,) in cursor.fetchall()}

    ours = {name for name in rules if not re.search(r"_pkey$|_in_group$|event", name)}
    assert ours == {rule for rule, _ in REFUSED}


@pytest.mark.parametrize("table", ADDED_TO)
@pytest.mark.parametrize("statement", ["update {} set id = id", "delete from {}", "truncate {} cascade"])
def test_the_runtime_role_only_adds_to_what_was_agreed_and_booked(lived, table, statement):
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        lived.asks(lambda: connection.cursor().execute(statement.format(table)))


@pytest.mark.parametrize("table", sorted(set(OURS) - set(ADDED_TO)))
def test_the_runtime_role_takes_nothing_away(lived, table):
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        lived.asks(lambda: connection.cursor().execute(f"delete from {table}"))


@pytest.mark.parametrize("table", OURS)
def test_another_groups_capital_is_not_seen(lived, neighbours, table):
    def seen() -> int:
        with connection.cursor() as cursor:
            cursor.execute(f"select count(*) from {table}")  # noqa: S608
            [(found,)] = cursor.fetchall()
        return int(found)

    assert lived.asks(seen) > 0
    assert neighbours.asks(seen) == 0


def test_a_facility_funds_no_loan_of_another_group(lived, neighbours):
    theirs = Borrowing(neighbours)
    theirs.is_given(5_000_000)
    there = theirs.lends(principal=500_000)

    with pytest.raises(IntegrityError, match="loan_id_in_group"), transaction.atomic():
        lived.asks(copied(Funding, loan_id=there.id, id=uuid7()))


def test_history_names_no_lender(lived):
    def kept() -> set[str]:
        with connection.cursor() as cursor:
            cursor.execute(
                "select column_name from information_schema.columns where table_name = 'capital_lenderevent'"
            )
            return {name for (name,) in cursor.fetchall()}

    assert not {"name", "contact_email"} & kept()
    assert {"kind", "number", "pgh_context"} <= kept()
