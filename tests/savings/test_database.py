"""Around Python: what the database itself refuses, by the name of its rule, and what the runtime role may not do."""

import importlib
import re
from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.db import DatabaseError, IntegrityError, connection, connections, transaction

from ledger.context import in_book
from ledger.ids import uuid7
from ledger.shard import KINDS
from savings.models import Account, Due, InterestLine, InterestRun, Movement, Product, Rate
from tests.conftest import owner_connection
from tests.door import Kelompok
from tests.savings.cast import Savings

OURS = sorted(table for table in KINDS if table.startswith("savings_"))
ADDED_TO = ["savings_account", "savings_movement", "savings_interestrun", "savings_interestline"]


@pytest.fixture
def lived(savings: Savings) -> Savings:
    """Dewi and Yuni have saved, and a month's interest is credited."""
    savings.pays_interest("7.30")
    savings.deposits("dewi", 1_000_000, on="2026-02-01")
    savings.deposits("yuni", 1_000_000, on="2026-02-01")
    savings.deposits("dewi", 10_000, "wajib", on="2026-02-01")
    savings.credits("2026-02-28")
    return savings


def product(**values: Any) -> Any:
    return lambda: Product.objects.filter(code="sukarela").update(**values)


def due(**values: Any) -> Any:
    return lambda: Due.objects.filter(product__code="wajib").update(**values)


def rate(**values: Any) -> Any:
    return lambda: Rate.objects.update(**values)


def copied(model: Any, **values: Any) -> Any:
    """One more row like the first, but for its id and `values`."""

    def act() -> None:
        row = model.objects.order_by("id").first()
        for name, value in {"id": uuid7(), **values}.items():
            setattr(row, name, value)
        row.save(force_insert=True)

    return act


def second_account(**values: Any) -> Any:
    """Yuni's account of what Dewi has."""

    def act() -> None:
        hers = Account.objects.get(product__code="wajib")
        yuni = Account.objects.exclude(member_id=hers.member_id).get().member_id
        other = Account.objects.filter(product__code="sukarela").first()
        free = {"member_id": yuni, "number": 77, "account_id": other.account_id if other else None}
        Account.objects.create(group_id=hers.group_id, product_id=hers.product_id, **free | values)

    return act


def account_again() -> None:
    hers = Account.objects.get(product__code="wajib")
    Account.objects.create(
        group_id=hers.group_id,
        member_id=hers.member_id,
        product_id=hers.product_id,
        number=78,
        account_id=hers.account_id,
    )


def second_number() -> None:
    """As `second_account`, with a leaf that is free and a number that is not."""
    leaf = Account.objects.get(product__code="wajib")
    yuni = Account.objects.exclude(member_id=leaf.member_id).get()
    free = connection.cursor()
    free.execute("select id from ledger_account where code = '3-1020'")
    [(parent,)] = free.fetchall()
    Account.objects.create(
        group_id=leaf.group_id,
        member_id=yuni.member_id,
        product_id=leaf.product_id,
        number=leaf.number,
        account_id=parent,
    )


REFUSED: list[tuple[str, Any]] = [
    ("savings_code_is_unique", product(code="wajib")),
    ("product_code_is_a_word", product(code="Suka rela")),
    ("product_has_a_name", product(name="  ")),
    ("product_nature_is_known", product(nature="asset")),
    ("product_nature_is_known", product(nature="equity")),
    ("product_is_locked_until_told", product(withdrawable="sometimes")),
    ("product_is_locked_until_told", product(withdrawable="from_date")),
    ("product_is_locked_until_told", product(withdrawable="from_date", opens_on="2026-03-01", term_months=3)),
    ("product_is_locked_until_told", product(withdrawable="from_date", term_months=0)),
    ("product_is_locked_until_told", product(opens_on="2026-03-01")),
    ("product_floor_is_an_amount", product(floor=-1)),
    ("product_floor_is_an_amount", product(floor=10**15 + 1)),
    ("due_begins_once", copied(Due)),
    ("due_date_is_sane", due(from_on="1899-12-31")),
    ("due_is_an_amount", due(amount=0)),
    ("due_is_an_amount", due(amount=10**15 + 1)),
    ("due_rhythm_is_whole", due(unit=None)),
    ("due_rhythm_is_whole", due(every=None)),
    ("due_rhythm_is_whole", due(every=0)),
    ("due_rhythm_is_whole", due(unit="year")),
    ("rate_begins_once", copied(Rate)),
    ("rate_date_is_sane", rate(from_on="1899-12-31")),
    ("rate_is_sane", rate(rate=0)),
    ("rate_is_sane", rate(rate="24.01")),
    ("account_is_one_a_product", account_again),
    ("account_leaf_is_its_own", second_account()),
    ("account_number_is_its_own", second_number),
    ("movement_is_one_an_entry", copied(Movement)),
    ("movement_kind_is_known", copied(Movement, kind="gift")),
    ("movement_is_an_amount", copied(Movement, amount=0)),
    ("movement_is_an_amount", copied(Movement, amount=10**15 + 1)),
    ("movement_channel_is_known", copied(Movement, channel="owed")),
    ("interest_runs_in_order", copied(InterestRun, entry_id=None)),
    ("interest_entry_is_its_own", copied(InterestRun, number=2)),
    ("interest_month_is_its_first_day", copied(InterestRun, number=2, entry_id=None, month="2026-02-02")),
    ("interest_number_counts", copied(InterestRun, number=0, entry_id=None)),
    ("interest_is_paid_once", copied(InterestLine)),
    ("interest_line_moves_money", copied(InterestLine, number=2, amount=0)),
    ("interest_is_never_negative", copied(InterestLine, number=2, stood=5_600, amount=-5_601)),
    ("interest_is_never_negative", copied(InterestLine, number=2, stood=-1, amount=5)),
]


@pytest.mark.parametrize(("rule", "breaking"), REFUSED, ids=[f"{n}-{rule}" for n, (rule, _) in enumerate(REFUSED)])
def test_the_database_refuses_by_name(lived, rule, breaking):
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        lived.group.asks(breaking)

    cause = refused.value.__cause__
    assert isinstance(cause, psycopg.Error)
    assert cause.diag.constraint_name == rule


def test_every_rule_of_these_tables_has_a_row_that_breaks_it(books):
    with connection.cursor() as cursor:
        cursor.execute(
            "select conname from pg_constraint where conrelid::regclass::text like 'savings_%%' and contype <> 'n' "
            "union select indexrelid::regclass::text from pg_index "
            "where indisunique and indrelid::regclass::text like 'savings_%%'"
        )
        rules = {name for (name,) in cursor.fetchall()}

    ours = {name for name in rules if not re.search(r"_pkey$|_in_group$|event", name)}
    assert ours == {rule for rule, _ in REFUSED}


@pytest.mark.parametrize("table", ADDED_TO)
@pytest.mark.parametrize("statement", ["update {} set id = id", "delete from {}", "truncate {} cascade"])
def test_the_runtime_role_only_adds_to_what_happened(lived, table, statement):
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        lived.group.asks(lambda: connection.cursor().execute(statement.format(table)))


@pytest.mark.parametrize("table", ["savings_product", "savings_due", "savings_rate"])
def test_the_runtime_role_takes_no_terms_away(lived, table):
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        lived.group.asks(lambda: connection.cursor().execute(f"delete from {table}"))


def test_another_groups_member_saves_nothing_here(lived, neighbours):
    hers = lived.group.asks(lambda: Product.objects.get(code="wajib"))

    def act() -> None:
        leaf = Account.objects.first()
        assert leaf is not None
        Account.objects.create(
            group_id=lived.group.id,
            member_id=neighbours.members["dewi"],
            product_id=hers.id,
            number=99,
            account_id=leaf.account_id,
        )

    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        lived.group.asks(act)
    assert re.search("account_leaf_is_its_own|savings_account_member_id_in_group", str(refused.value))


@pytest.mark.parametrize("table", OURS)
def test_another_groups_rows_are_not_seen(lived, neighbours, table):
    def seen() -> int:
        with connection.cursor() as cursor:
            cursor.execute(f"select count(*) from {table} where group_id = %s", [lived.group.id])
            return int(cursor.fetchone()[0])

    assert lived.group.asks(seen) > 0
    assert neighbours.asks(seen) == 0


def test_what_a_product_was_is_kept_but_for_its_name(lived):
    lived.sets("sukarela", name="Simpanan suka-suka", floor=5_000)

    def kept() -> set[Any]:
        with connection.cursor() as cursor:
            cursor.execute(
                "select pgh_label, floor, pgh_context ->> 'actor' from savings_productevent where code = 'sukarela'"
            )
            return set(cursor.fetchall())

    budi = str(lived.group.budi.user.id)
    assert lived.group.asks(kept) == {("insert", 0, budi), ("update", 5_000, budi)}


def test_a_group_from_before_there_were_savings_gets_the_first_products(scratch):
    group, other = Kelompok.opened(), Kelompok.opened("b", "Tetangga")
    with owner_connection(scratch) as owner:
        owner.execute("select set_config('app.group_id', %s, false)", [str(group.id)])
        for table in ("savings_due", "savings_product"):
            owner.execute(f"delete from {table}")
    step = importlib.import_module("savings.migrations.0003_first_products")

    with connections["owner"].schema_editor() as editor:
        step.open_products(apps, editor)

    def found() -> list[tuple[Any, ...]]:
        return list(Due.objects.order_by("product__code").values_list("product__code", "every", "unit"))

    for one in (group, other):
        assert in_book(one.id, None, found) == [
            ("pokok", None, None),
            ("sukarela", None, None),
            ("wajib", 1, "month"),
        ]
