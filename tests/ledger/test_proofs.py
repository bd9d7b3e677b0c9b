"""Damage the books as the owner, past every trigger, and see the proof that names it."""

import json
import subprocess
import sys
from hashlib import sha256
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import psycopg.conninfo
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from psycopg import sql

from ledger import proofs, queries, services
from ledger.ids import uuid7
from ledger.shard import GROUP, KINDS
from ledger.tasks import reader
from tests.cast import BANK, CASH, FEES, GRANT, MEALS, Group
from tests.conftest import owner_connection

TABLES = [table for table, kind in KINDS.items() if kind == GROUP]


@pytest.fixture
def lived(kept: Group) -> Group:
    """A group with five entries, one of them a reversal, and a closed month; beside it another, untouched group."""
    kept.posts(CASH, GRANT, 5_000_000, on="2026-02-05")
    kept.posts(BANK, CASH, 3_000_000, on="2026-03-05")
    kept.closes("2026-02")
    kept.posts(CASH, FEES, 240_000, on="2026-03-09")
    wrong = kept.posts(MEALS, CASH, 850_000, on="2026-03-12")
    kept.takes_back(wrong)
    Group.opened().posts(CASH, GRANT, 1)
    return kept


@pytest.fixture
def owner(lived: Group, scratch: str):
    """The owner with every trigger, rule and fence taken down."""
    with owner_connection(scratch) as connection:
        for table in TABLES:
            name = sql.Identifier(table)
            connection.execute(sql.SQL("alter table {} disable trigger user, no force row level security").format(name))
        constraints = connection.execute(
            "select conrelid::regclass::text, conname from pg_constraint where connamespace = 'public'::regnamespace "
            "and conrelid::regclass::text = any (%s) and contype in ('f', 'c', 'u') order by contype desc",
            [TABLES],
        ).fetchall()
        for table, constraint in sorted(constraints, key=lambda row: not row[1].endswith("_in_group")):
            connection.execute(
                sql.SQL("alter table {} drop constraint {} cascade").format(
                    sql.Identifier(table), sql.Identifier(constraint)
                )
            )
        connection.execute("drop index entry_is_reversed_once")
        yield connection


def found(group: UUID | None = None) -> list[proofs.Finding]:
    with reader() as connection:
        return list(proofs.prove(connection, group))


def test_books_that_nobody_touched_prove_whole(lived):
    assert found() == []
    assert found(lived.id) == []


MUTATIONS = [
    ("delete from ledger_posting where group_id = %(g)s and seq = 2 and number = 1", "I01"),
    ("update ledger_posting set effective_on = effective_on + 1 where group_id = %(g)s and seq = 2 and number = 1", "I01"),
    ("update ledger_posting set debit = 5, credit = 5 where group_id = %(g)s and seq = 2", "I02"),
    ("update ledger_posting set account_id = gen_random_uuid() where group_id = %(g)s and seq = 2 and number = 1", "I02"),
    ("update ledger_account set balance = balance + 1 where group_id = %(g)s and code = '1-1110'", "I03"),
    ("update ledger_account set last_on = last_on + 1 where group_id = %(g)s and code = '1-1110'", "I03"),
    ("update ledger_posting set balance_after = balance_after + 1 where group_id = %(g)s and seq = 3 and number = 1", "I04"),
    ("update ledger_posting set account_version = 99 where group_id = %(g)s and seq = 3 and number = 1", "I04"),
    ("update ledger_account set balance = balance + 1 where group_id = %(g)s and code = '1-1110'", "I05"),
    ("update ledger_account set floor = 9000000 where group_id = %(g)s and code = '1-1110'", "I06"),
    ("update ledger_account set held = balance + 1 where group_id = %(g)s and code = '1-1110'", "I06"),
    ("update ledger_account set held = -1 where group_id = %(g)s and code = '1-1110'", "I06"),
    ("update ledger_entry set command_id = gen_random_uuid() where group_id = %(g)s and seq = 2", "I07"),
    ("update ledger_entry set actor_id = gen_random_uuid() where group_id = %(g)s and seq = 2", "I07"),
    ("delete from ledger_command where group_id = %(g)s and answer->>'seq' = '2'", "I07"),
    ("update ledger_command set answer = '{\"entry_id\": \"none\"}' where group_id = %(g)s and answer->>'seq' = '2'", "I07"),
    ("update ledger_posting set debit = debit + 1 where group_id = %(g)s and seq = 5 and debit > 0", "I09"),
    ("update ledger_entry set reverses_id = (select id from ledger_entry where group_id = %(g)s and seq = 4) "
     "where group_id = %(g)s and seq = 3", "I09"),
    ("delete from ledger_entry where group_id = %(g)s and seq = 3", "I10"),
    ("delete from ledger_entry where group_id = %(g)s and seq = 5", "I10"),
    ("update ledger_book set head_hash = sha256('x') where group_id = %(g)s", "I10"),
    ("update ledger_entry set effective_on = '2026-02-20' where group_id = %(g)s and seq = 3", "I19"),
    ("update ledger_monthbalance set balance = balance + 1 where group_id = %(g)s and balance > 0", "I19"),
    ("update ledger_monthclose set head_hash = sha256('x') where group_id = %(g)s", "I19"),
    ("update ledger_book set closed_through = null where group_id = %(g)s", "I19"),
    ("update ledger_entry set effective_on = effective_on + 1 where group_id = %(g)s and seq = 2", "I25"),
    ("update ledger_entry set recorded_at = recorded_at + interval '1 microsecond' where group_id = %(g)s and seq = 2", "I25"),
    ("update ledger_entry set kind = 'deposit' where group_id = %(g)s and seq = 2", "I25"),
    ("update ledger_posting set debit = debit + 1 where group_id = %(g)s and seq = 2 and debit > 0", "I25"),
    ("update ledger_posting set account_id = (select id from ledger_account where group_id = %(g)s and code = '1-1020') "
     "where group_id = %(g)s and seq = 2 and debit > 0", "I25"),
    ("update ledger_entrynote set text = 'lain' where group_id = %(g)s and "
     "entry_id = (select id from ledger_entry where group_id = %(g)s and seq = 2)", "I25"),
    ("delete from ledger_entrynote where group_id = %(g)s and "
     "entry_id = (select id from ledger_entry where group_id = %(g)s and seq = 2)", "I25"),
]  # fmt: skip


@pytest.mark.parametrize(("damage", "invariant"), MUTATIONS)
def test_damage_is_named_by_its_invariant_and_only_in_the_damaged_book(
    owner: psycopg.Connection, lived, damage, invariant
):
    assert owner.execute(damage, {"g": lived.id}).rowcount > 0

    findings = found()

    assert invariant in {finding.invariant[:3] for finding in findings}
    assert {finding.group_id for finding in findings} == {lived.id}


def test_an_app_above_has_its_own_invariant_proven(lived, monkeypatch):
    monkeypatch.setattr(proofs, "CHECKS", dict(proofs.CHECKS))
    query = """
        select group_id, format('%%s entries', count(*)) from ledger_entry
         where %(group)s::uuid is null or group_id = %(group)s group by group_id"""

    proofs.register("I99 nobody writes", query)

    assert found(lived.id) == [proofs.Finding("I99 nobody writes", lived.id, "5 entries")]
    assert len(found()) == 2
    with pytest.raises(ValueError, match="I99 nobody writes is proven already"):
        proofs.register("I99 nobody writes", "select")


def test_a_forged_chain_proves_whole_but_disagrees_with_a_head_printed_before(owner, lived):
    """What the chain cannot show by itself: who can write everything can also chain it anew. A head on paper shows it."""
    printed = owner.execute("select head_hash from ledger_book where group_id = %s", [lived.id]).fetchone()[0]
    owner.execute("update ledger_entry set kind = 'deposit' where group_id = %s and seq = 2", [lived.id])
    rechain(owner, lived.id)

    assert found() == []
    assert owner.execute("select head_hash from ledger_book where group_id = %s", [lived.id]).fetchone()[0] != printed


def rechain(owner: psycopg.Connection, group_id: UUID) -> None:
    """What `chain` documents, done by a reader of its docstring, with nothing of ours imported."""
    hash = bytes(32)
    entries = owner.execute(
        "select seq, id, command_id, effective_on, (extract(epoch from recorded_at) * 1000000)::bigint, kind, actor_id, "
        "reverses_id, encode(note_digest, 'hex') from ledger_entry where group_id = %s order by seq",
        [group_id],
    ).fetchall()
    for seq, id, command, day, micros, kind, actor, reverses, note in entries:
        text = (
            f"lumbung-entry-1\ngroup {group_id}\nseq {seq}\nid {id}\ncommand {command}\neffective_on {day}\n"
            f"recorded_at {micros}\nkind {kind}\nactor {actor or '-'}\nreverses {reverses or '-'}\nnote {note or '-'}"
        )
        for account, debit, credit in owner.execute(
            "select account_id, debit, credit from ledger_posting where group_id = %s and seq = %s order by number",
            [group_id, seq],
        ):
            text += f"\n{'D' if debit else 'C'} {account} {debit or credit}"
        hash = sha256(hash + text.encode()).digest()
        owner.execute("update ledger_entry set hash = %s where group_id = %s and seq = %s", [hash, group_id, seq])
    owner.execute("update ledger_book set head_hash = %s where group_id = %s", [hash, group_id])
    owner.execute(
        "update ledger_monthclose m set head_hash = e.hash from ledger_entry e "
        "where e.group_id = m.group_id and e.seq = m.head_seq and m.group_id = %s",
        [group_id],
    )


def test_an_erased_note_leaves_the_chain_whole(lived):
    entry = lived.asks(lambda: queries.entries(lived.id).first())

    lived.asks(lambda: services.erase_notes(lived.id, [entry.id]))

    assert found() == []
    assert lived.asks(lambda: queries.entries(lived.id).first()).note.text is None


def test_the_command_prints_what_is_wrong_with_ids_and_exits_with_1(owner, lived):
    owner.execute("update ledger_account set balance = balance + 1 where group_id = %s and code = '1-1110'", [lived.id])
    out = StringIO()

    with pytest.raises(SystemExit) as left:
        call_command("verify_books", stdout=out)

    assert left.value.code == 1
    assert f"book {lived.id} | account 1-1110: balance 3000001" in out.getvalue()


def test_the_command_says_how_much_it_proved(lived):
    out = StringIO()

    call_command("verify_books", group=lived.id, stdout=out)

    assert "1 books, 5 entries proven" in out.getvalue()
    with pytest.raises(SystemExit, match="no book"):
        call_command("verify_books", group=uuid7(), stdout=out)


def test_the_reader_reads_every_book_and_writes_none(lived):
    with reader() as connection:
        assert connection.execute("select count(*) from ledger_book").fetchone() == (2,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("update ledger_book set digits = 2")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("select ledger_lock(%s)", [lived.id])


def test_an_answer_keeps_no_names(lived, owner):
    answers = [row[0] for row in owner.execute("select answer::text from ledger_command").fetchall()]

    assert answers
    known = {"entry_id", "seq", "first_seq", "day", "loans", "entries", "expired", "savings"}
    assert all(set(json.loads(answer)) <= known for answer in answers)


def test_a_reader_recomputes_the_chain_with_the_lines_of_the_readme(lived, owner):
    """The README's script as it stands there, run by a Python that knows nothing of Lumbung."""
    readme = (Path(__file__).resolve().parents[2] / "README.md").read_text()
    script = readme.split("```python\n")[1].split("```")[0]
    own: dict[str, Any] = settings.DATABASES["reader"]
    conninfo = psycopg.conninfo.make_conninfo(
        host=own["HOST"],
        port=own["PORT"] or None,
        user=own["USER"],
        password=own["PASSWORD"],
        dbname=connections["reader"].settings_dict["NAME"],
    )

    def recompute() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-I", "-c", script, str(lived.id), conninfo], capture_output=True, text=True, check=False
        )

    assert recompute().stdout.startswith("whole, head ")
    owner.execute(
        "update ledger_posting set debit = debit + 1 where group_id = %s and seq = 2 and debit > 0", [lived.id]
    )
    assert recompute().stderr.strip() == "entry 2 was changed"
