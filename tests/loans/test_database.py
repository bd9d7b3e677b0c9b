"""Around Python: what the database itself refuses, by the name of its rule, and what the runtime role may not do."""

import re
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from ledger.ids import uuid7
from ledger.shard import KINDS
from loans.applications import Bought
from loans.models import (
    Charge,
    Installment,
    Line,
    Loan,
    Product,
    Purchase,
    Recovery,
    Repayment,
    Snapshot,
    Version,
    Vote,
    Waiver,
    WriteOff,
)
from tests.cast import day
from tests.loans.lending import Lending

OURS = sorted(table for table in KINDS if table.startswith("loans_"))
ADDED_TO = ["loans_installment", "loans_line"]
TOO_MUCH = 10**15 + 1


@pytest.fixture
def lived(lending: Lending) -> Lending:
    """Dewi's loan is running and late, Yuni's was written off and something came of it, Sari's is asked for."""
    product = lending.product(penalty={"per": "day", "amount": 1_000})
    buys = [Bought("kedelai", Decimal(10), "kg", 12_000)]
    running = lending.requests(product=product, buys=buys).is_approved().is_paid_out()
    running.pays(124_000, "2026-02-15")
    running.is_forgiven(running.is_charged("fee", 5_000, "2026-02-20").id, "2026-02-21")
    lost = lending.lends("yuni")
    lost.is_written_off("2026-03-13")
    lost.is_recovered(1_000, "2026-03-20")
    lending.requests("sari")
    lending.lives_the_night("2026-03-31")
    return lending


def changed(model: Any, where: dict[str, Any] | None = None, **values: Any) -> Any:
    return lambda: model.objects.filter(**where or {}).update(**values)


def copied(model: Any, **values: Any) -> Any:
    """One more row like the first, but for its id and `values`."""

    def act() -> None:
        row = model.objects.order_by("id").first()
        for name, value in {"id": uuid7(), **values}.items():
            setattr(row, name, value)
        row.save(force_insert=True)

    return act


def loan(was: str = "active", /, **values: Any) -> Any:
    return changed(Loan, {"status": was}, **values)


def two_of_one_ordinal() -> None:
    """As `copied`, under an entry that is no repayment's."""
    row = Repayment.objects.order_by("id").first()
    assert row is not None
    row.id, row.entry_id = uuid7(), row.loan.disbursement_entry_id  # type: ignore[assignment]
    row.save(force_insert=True)


REFUSED: list[tuple[str, Any]] = [
    ("loan_product_code_is_unique", copied(Product)),
    ("loan_product_code_is_a_word", changed(Product, code="Bahan baku")),
    ("loan_product_excess_is_known", changed(Product, excess="gift")),
    ("loan_product_rebate_is_known", changed(Product, flat_rebate="half")),
    ("loan_number_is_unique", copied(Loan)),
    ("loan_is_disbursed_once_approved", loan(status="lost")),
    ("loan_principal_is_an_amount", loan(principal=0)),
    ("loan_principal_is_an_amount", loan(requested=TOO_MUCH)),
    ("loan_approvals_are_few", loan(approvals_required=0)),
    ("loan_is_disbursed_once_approved", loan(disbursed_on=None)),
    ("loan_is_disbursed_once_approved", loan(disbursement_entry_id=None)),
    ("loan_is_disbursed_once_approved", loan(version=0)),
    ("loan_is_disbursed_once_approved", loan("submitted", disbursed_on="2026-01-10")),
    ("loan_reserves_while_approved", loan(reserved_on="1-1010", reservation_expires_on="2026-02-01")),
    ("loan_reserves_while_approved", loan("submitted", status="approved")),
    (
        "loan_reserves_while_approved",
        loan("submitted", status="approved", reserved_on="5-2030", reservation_expires_on="2026-02-01"),
    ),
    ("vote_is_given_once", copied(Vote)),
    ("vote_is_yes_or_no", changed(Vote, decision="perhaps")),
    ("purchase_line_is_one", copied(Purchase)),
    ("purchase_is_of_something", changed(Purchase, quantity=0)),
    ("purchase_is_of_something", changed(Purchase, unit_price=-1)),
    ("purchase_is_of_something", changed(Purchase, bought_at=TOO_MUCH)),
    ("version_number_is_unique", copied(Version)),
    ("version_has_principal", changed(Version, principal=0)),
    ("version_maker_is_known", changed(Version, made_by="me")),
    ("installment_number_is_unique", copied(Installment)),
    ("installment_is_never_negative", copied(Installment, number=99, principal=-1)),
    ("installment_is_never_negative", copied(Installment, number=99, interest=-1)),
    ("installment_is_never_negative", copied(Installment, number=99, fee=-1)),
    ("installment_is_never_negative", copied(Installment, number=99, due_on="2026-01-10")),
    ("repayment_has_its_own_entry", copied(Repayment, ordinal=99)),
    ("repayment_ordinal_is_unique", two_of_one_ordinal),
    ("repayment_is_an_amount", changed(Repayment, amount=0)),
    ("repayment_is_an_amount", changed(Repayment, amount=TOO_MUCH)),
    ("line_is_not_nothing", copied(Line, amount=0)),
    ("line_component_is_known", copied(Line, component="gift")),
    ("line_component_is_known", copied(Line, component="principal", repayment_id=None)),
    ("charge_is_fee_or_penalty", changed(Charge, kind="gift")),
    ("charge_is_an_amount", changed(Charge, amount=0)),
    ("waiver_is_an_amount", changed(Waiver, amount=0)),
    ("write_off_mode_is_known", changed(WriteOff, mode="gift")),
    ("write_off_is_never_negative", changed(WriteOff, interest=-1)),
    ("recovery_has_its_own_entry", copied(Recovery)),
    ("recovery_is_an_amount", changed(Recovery, amount=0)),
    ("snapshot_is_one_a_day", copied(Snapshot)),
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
            "select conname from pg_constraint where conrelid::regclass::text like 'loans_%%' and contype <> 'n' "
            "union select indexrelid::regclass::text from pg_index "
            "where indisunique and indrelid::regclass::text like 'loans_%%'"
        )
        rules = {name for (name,) in cursor.fetchall()}

    ours = {name for name in rules if not re.search(r"_pkey$|_in_group$|event", name)}
    # A status nobody knows is one that is neither before nor after a disbursement, which is asked first.
    assert ours == {rule for rule, _ in REFUSED} | {"loan_status_is_known"}


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
def test_another_groups_loans_are_not_seen(lived, neighbours, table):
    def seen() -> int:
        with connection.cursor() as cursor:
            cursor.execute(f"select count(*) from {table}")  # noqa: S608
            [(found,)] = cursor.fetchall()
        return int(found)

    assert lived.asks(seen) > 0
    assert neighbours.asks(seen) == 0


def test_a_line_names_a_repayment_of_its_own_group(lived, neighbours):
    theirs = Lending(neighbours)
    theirs.saves("dewi", 1_000_000)
    there = theirs.lends(principal=500_000).pays(50_000, "2026-02-10").repayment

    with pytest.raises(IntegrityError, match="repayment_id_in_group"), transaction.atomic():
        lived.asks(copied(Line, repayment_id=there.id, effective_on=day("2026-02-10")))
        connection.cursor().execute("set constraints all immediate")
