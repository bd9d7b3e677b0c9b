"""Around Python: the database refuses by itself, whoever asks."""

import psycopg
import pytest
from django.conf import settings
from django.db import connection, transaction
from django.db.utils import DatabaseError, ProgrammingError

from ledger.ids import uuid7
from ledger.models import Account, Book, Command, Entry, EntryNote, MonthBalance, MonthClose, Posting
from ledger.shard import DOOR, GLOBAL, GROUP, KINDS
from tests.cast import CASH, GRANT
from tests.conftest import owner_connection

LEDGER = ["book", "account", "entry", "posting", "entrynote", "monthclose", "monthbalance"]


def sql(statement, *parameters):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall() if cursor.description else []


def test_the_tests_run_as_the_runtime_role(books):
    [[name, is_super, bypasses]] = sql(
        "select current_user, rolsuper, rolbypassrls from pg_roles where rolname = current_user"
    )

    assert (name, is_super, bypasses) == (settings.APP_ROLE, False, False)


@pytest.mark.parametrize("table", LEDGER)
@pytest.mark.parametrize(
    "statement",
    [
        "insert into ledger_{0} select * from ledger_{0}",
        "update ledger_{0} set group_id = group_id",
        "delete from ledger_{0}",
        "truncate ledger_{0} cascade",
    ],
)
def test_the_runtime_role_may_not_write_the_ledger(jarbangsri, table, statement):
    with pytest.raises(ProgrammingError, match="permission denied"):
        jarbangsri.asks(lambda: sql(statement.format(table)))


@pytest.mark.parametrize("statement", ["update ledger_command set status = 200", "delete from ledger_command"])
def test_the_runtime_role_may_not_change_a_command(jarbangsri, statement):
    with pytest.raises(ProgrammingError, match="permission denied"):
        jarbangsri.asks(lambda: sql(statement))


def test_without_a_group_no_row_is_seen(jarbangsri):
    jarbangsri.posts(CASH, GRANT, 100)
    sql("set local app.group_id = ''")

    for model in (Book, Account, Entry, Posting, EntryNote, Command, MonthClose, MonthBalance):
        assert model.objects.count() == 0


def test_a_group_sees_only_its_own_rows(jarbangsri, other):
    other.posts(CASH, GRANT, 100)

    assert jarbangsri.asks(lambda: Entry.objects.filter(group_id=other.id).count()) == 0
    assert jarbangsri.asks(lambda: Book.objects.count()) == 1


def test_the_posting_function_writes_only_the_named_groups_book(jarbangsri, other):
    with pytest.raises(DatabaseError, match="NoSuchBook"):
        jarbangsri.asks(lambda: sql("select ledger_lock(%s)", other.id))


def test_every_table_has_its_kind_and_every_group_table_its_fence(books):
    tables = dict(
        sql(
            "select c.relname, c.relrowsecurity and c.relforcerowsecurity from pg_class c "
            "join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'public' and c.relkind in ('r', 'p')"
        )
    )

    assert set(tables) == set(KINDS)
    assert {name for name, fenced in tables.items() if fenced} == {
        name for name, kind in KINDS.items() if kind == GROUP
    }
    assert set(KINDS.values()) == {GROUP, DOOR, GLOBAL}


def test_every_unique_rule_of_a_group_table_begins_with_the_group(books):
    firsts = sql(
        "select i.indrelid::regclass::text, i.indexrelid::regclass::text, a.attname from pg_index i "
        "join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0] where i.indisunique"
    )

    wrong = [row for row in firsts if KINDS.get(row[0]) == GROUP and row[2] != "group_id"]
    assert not wrong


def test_every_foreign_key_inside_a_group_is_composite(books):
    keys = sql(
        "select conrelid::regclass::text, confrelid::regclass::text, cardinality(conkey) from pg_constraint "
        "where contype = 'f'"
    )
    inside = [(table, target, columns) for table, target, columns in keys if KINDS.get(table) == GROUP]

    assert len(inside) >= 49
    assert all(KINDS[target] == GROUP for _, target, _ in inside)
    assert all(columns == 2 for _, target, columns in inside if target != "ledger_book")


@pytest.fixture
def owner(kept, scratch):
    """The owner, in the scratch database, with the group named to row security."""
    kept.posts(CASH, GRANT, 100_000)
    with owner_connection(scratch) as connection:
        connection.execute(f"set app.group_id = '{kept.id}'")
        yield connection


@pytest.mark.parametrize("table", ["entry", "posting", "command"])
@pytest.mark.parametrize("statement", ["update {} set group_id = group_id", "delete from {}", "truncate {} cascade"])
def test_not_even_the_owner_changes_what_is_posted(owner, table, statement):
    with pytest.raises(psycopg.errors.RestrictViolation, match="only added to"):
        owner.execute(statement.format(f"ledger_{table}"))


def test_the_owner_cannot_slip_an_empty_entry_in(owner, kept):
    with pytest.raises(psycopg.errors.CheckViolation, match="not whole") as refused:
        owner.execute(
            "insert into ledger_entry (group_id, id, seq, effective_on, recorded_at, kind, lines, command_id, hash) "
            "select group_id, %s, 2, effective_on, recorded_at, kind, 2, command_id, hash from ledger_entry",
            [uuid7()],
        )
    assert refused.value.diag.constraint_name == "entry_balances"


def test_the_owner_cannot_add_balanced_lines_to_an_old_entry(owner):
    with pytest.raises(psycopg.errors.CheckViolation, match="no place for line"):
        owner.execute(
            "insert into ledger_posting select group_id, seq, number + 2, debit, credit, effective_on, "
            "account_version + 1, balance_after, account_id from ledger_posting"
        )


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("update ledger_account set balance = -1 where code = '1-1010'", "account_not_under_its_floor"),
        ("update ledger_account set held = -1 where code = '1-1010'", "account_held_is_no_debt"),
        ("update ledger_account set held = 100001 where code = '1-1010'", "account_not_under_its_hold"),
        ("update ledger_account set normal = 'X' where code = '1-1010'", "account_normal_is_debit_or_credit"),
        ("update ledger_account set kind = 'debt' where code = '1-1010'", "account_kind_is_known"),
        ("update ledger_book set digits = 9", "book_digits_are_few"),
        ("update ledger_book set currency = 'rp'", "book_currency_is_three_letters"),
    ],
)
def test_a_row_that_breaks_a_rule_is_refused_by_name(owner, change, constraint):
    with pytest.raises(psycopg.errors.CheckViolation) as refused:
        owner.execute(change)
    assert refused.value.diag.constraint_name == constraint


def test_a_note_may_be_erased_but_not_rewritten(owner):
    with pytest.raises(psycopg.errors.RestrictViolation):
        owner.execute("update ledger_entrynote set text = 'lain'")
    owner.execute("update ledger_entrynote set text = null, salt = null")
