"""What stands when processes die, race and wait: entries that were acknowledged, each once, and no others."""

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from django.db import connection

from config.embedded import Server
from config.osuser import own
from config.roles import DATABASE, READER, prepare
from ledger import commands, proofs, queries, services
from ledger.commands import Answer
from ledger.context import Limits
from ledger.entries import NewEntry
from ledger.errors import CommandInProgress
from ledger.ids import uuid7
from ledger.tasks import reader
from tests.cast import BANK, BUDI, CASH, GRANT, MEALS, Group, day
from tests.conftest import FULL, owner_connection
from tests.processes import ROOT, Clerk, clerks, environment, order, until

AMOUNT = 1_000


def is_proven() -> bool:
    """Whether the proofs, run as the reader in this test's database, find nothing."""
    with reader() as books:
        findings = list(proofs.prove(books))
    assert findings == []
    return True


def keys_stored(group: Group) -> Counter[str]:
    """How many entries stand under each command."""
    return Counter(str(entry.command_id) for entry in group.asks(lambda: list(queries.entries(group.id))))


@pytest.fixture
def server() -> Iterator[Server]:
    """A PostgreSQL of this test's own, in a folder that the server's user can reach."""
    data = Path(tempfile.mkdtemp(prefix="lumbung-fault-"))
    own(data)
    server = Server(data)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(data, ignore_errors=True)


def crash(server: Server) -> None:
    """SIGKILL to the postmaster and every process of it at once: nothing gets to finish or flush."""
    with psycopg.connect(server.conninfo("postgres", "postgres"), autocommit=True) as connection:
        processes = [pid for (pid,) in connection.execute("select pid from pg_stat_activity")]
        os.kill(server.pid, signal.SIGSTOP)  # or it would see the first one die and end the others in its own way
        for pid in processes:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        server.kill()


def test_what_eight_writers_were_told_stands_after_the_database_is_killed(server, tmp_path):
    """The writers repeat an unanswered command under its key until somebody answers. An acknowledgement that a crash
    undoes, or a repetition that books twice, would show in the keys, the proofs and the balances."""
    # A pool waits ever longer between its tries to connect; the short run goes without.
    env = dict(os.environ) | prepare(server, createdb=True) | {"DATABASE_POOL": "true" if FULL else "false"}
    migrate = [sys.executable, "manage.py", "migrate", "--database", "owner", "--verbosity", "0"]
    subprocess.run(migrate, check=True, env=env, cwd=ROOT)
    groups = [uuid7() for _ in range(4)]

    with clerks(2, tmp_path, env, lanes=4) as crew:
        crew[0].told(*(order(group) | {"opens": True} for group in groups))
        crew[0].hears("acked", len(groups))
        for one in crew:
            one.told(*(order(group, (CASH, GRANT, AMOUNT)) | {"on and on": True, "tries": 2_000} for group in groups))
        for _ in range(20 if FULL else 2):
            before = [len(one.noted("acked")) for one in crew]
            for one, count in zip(crew, before, strict=True):
                one.hears("acked", count + 20)
            time.sleep(random.uniform(0, 0.2))
            crash(server)
            server.start()
        for one in crew:
            one.hears("acked", len(one.noted("acked")) + 20)
            one.finish()
        acked = [note for one in crew for note in one.noted("acked") if note["body"]]
        lost = [note for one in crew for note in one.noted("failed") + one.noted("refused")]

    with psycopg.connect(server.conninfo(READER, DATABASE), autocommit=True) as books:
        stored = Counter(str(key) for (key,) in books.execute("select command_id from ledger_entry"))
        cash = books.execute(
            "select a.balance, b.head_seq from ledger_account a join ledger_book b using (group_id) where a.code = %s",
            [CASH],
        ).fetchall()
        findings = list(proofs.prove(books))
    assert lost == []
    assert any(note["attempt"] > 1 for note in acked), "no kill met a command on its way"
    assert {note["key"] for note in acked} == set(stored)
    assert set(stored.values()) == {1}
    assert findings == []
    assert len(cash) == len(groups)
    assert all(balance == AMOUNT * entries for balance, entries in cash)
    assert sum(entries for _, entries in cash) == len(stored)


def test_what_a_killed_clerk_was_told_stands_and_its_last_command_counts_once(kept, tmp_path):
    env, unanswered = environment(connection.settings_dict["NAME"]), 0

    for _ in range(50 if FULL else 5):
        clerk = Clerk(tmp_path, env)
        try:
            clerk.told(order(kept.id, (CASH, GRANT, AMOUNT)) | {"on and on": True})
            clerk.hears("acked", random.randint(2, 12))
            time.sleep(random.uniform(0, 0.02))
        finally:
            clerk.kill()
        sent, acked = ([note["key"] for note in clerk.noted(what)] for what in ("sent", "acked"))
        # The database ends what the dead clerk left open; until then its book is locked.
        stored = keys_stored(kept)
        assert {key: stored[key] for key in acked} == dict.fromkeys(acked, 1)
        last = sent[-1]
        unanswered += last not in acked
        kept.does(
            lambda: pytest.fail("a stored command is done again"), key=UUID(acked[-1]), body=[[CASH, GRANT, AMOUNT]]
        )
        with clerks(1, tmp_path, env) as (again,):
            again.told(order(kept.id, (CASH, GRANT, AMOUNT), key=last))
            again.hears("acked", 1)
        stored = keys_stored(kept)
        assert stored[last] == 1
        assert set(stored.values()) == {1}

    assert unanswered, "no kill met a command on its way"
    assert kept.balance(CASH) == AMOUNT * sum(keys_stored(kept).values())
    assert is_proven()


def answers(crew: list[Clerk], number: int, seconds: float = 60) -> list[dict]:
    """Every answer of the crew, however it turned out, once there are so many."""

    def given() -> list[dict]:
        return [note for one in crew for what in ("acked", "refused", "failed") for note in one.noted(what)]

    until(lambda: len(given()) >= number, seconds, lambda: f"{len(given())} of {number} answers")
    return given()


def dealt(crew: list[Clerk], orders: list[dict]) -> list[dict]:
    """The orders dealt round the crew and done at the same time; their answers."""
    for place, one in enumerate(crew):
        one.told(*orders[place :: len(crew)])
    return answers(crew, len(orders))


def test_fifty_of_the_same_command_at_once_give_one_entry_and_fifty_equal_answers(kept, tmp_path):
    same = order(kept.id, (CASH, GRANT, AMOUNT))

    with clerks(4, tmp_path, environment(connection.settings_dict["NAME"]), lanes=5) as crew:
        given = dealt(crew, [same] * 50)

    assert Counter(note["note"] for note in given) == {"acked": 50}
    assert Counter(note["replayed"] for note in given) == {False: 1, True: 49}
    assert all(note["body"] == given[0]["body"] for note in given)
    assert keys_stored(kept) == {str(same["key"]): 1}
    assert kept.balance(CASH) == AMOUNT


def test_two_bodies_under_one_key_at_once_have_one_winner(kept, tmp_path):
    keys = [uuid7() for _ in range(20)]
    rivals = [order(kept.id, (CASH, GRANT, amount), key=key) for key in keys for amount in (AMOUNT, 3 * AMOUNT)]

    with clerks(4, tmp_path, environment(connection.settings_dict["NAME"]), lanes=5) as crew:
        given = dealt(crew, rivals)

    for key in map(str, keys):
        assert sorted(note.get("why", "") for note in given if note["key"] == key) == ["", "KeyReused"]
    assert keys_stored(kept) == dict.fromkeys(map(str, keys), 1)
    assert is_proven()


def test_transfers_in_opposite_order_never_deadlock(kept, tmp_path):
    """PostgreSQL counts the deadlocks it breaks: a retry that hides one from the clerks does not hide it here."""
    kept.posts(CASH, GRANT, 1_000 * AMOUNT)
    kept.posts(BANK, GRANT, 1_000 * AMOUNT)
    there, back = (BANK, CASH, AMOUNT), (CASH, BANK, 2 * AMOUNT)
    # As many of each kind for every clerk, and each clerk begins with another.
    kinds = [[there], [back], [there, back], [back, there]]
    rounds = 50 if FULL else 10
    database = connection.settings_dict["NAME"]

    with clerks(4, tmp_path, environment(database), lanes=3) as crew:
        for place, one in enumerate(crew):
            one.told(*(order(kept.id, *kinds[(place + step) % 4]) for step in range(4 * rounds)))
        given = answers(crew, 16 * rounds)
        for one in crew:
            one.finish()  # a connection that closes has reported what it counted

    with owner_connection() as owner:
        row = owner.execute("select deadlocks from pg_stat_database where datname = %s", [database]).fetchone()
    assert row == (0,)
    assert Counter(note["note"] for note in given) == {"acked": 16 * rounds}
    # Each kind ran 4 * rounds times; `there` and `back` each stand in three of them.
    moved = 12 * rounds * AMOUNT
    assert (kept.balance(CASH), kept.balance(BANK)) == (1_000 * AMOUNT + moved, 1_000 * AMOUNT - moved)
    assert is_proven()


def test_of_twenty_who_withdraw_the_whole_balance_at_once_one_gets_it(kept, tmp_path):
    kept.posts(CASH, GRANT, 50 * AMOUNT)

    with clerks(4, tmp_path, environment(connection.settings_dict["NAME"]), lanes=5) as crew:
        given = dealt(crew, [order(kept.id, (MEALS, CASH, 50 * AMOUNT)) for _ in range(20)])

    assert Counter(note.get("why", "paid") for note in given) == {"paid": 1, "FloorBreached": 19}
    assert kept.balance(CASH) == 0
    assert kept.balance(MEALS) == 50 * AMOUNT
    assert is_proven()


def test_a_book_locked_beyond_the_limit_is_in_progress_and_stores_nothing(kept):
    """The rival holds the lock the way every act takes it. The same key passes when the book is free again."""
    key, parameters = uuid7(), connection.get_connection_params()
    entry = NewEntry(day("2026-03-05"), "journal", kept.lines(CASH, GRANT, AMOUNT))
    keep = {name: parameters[name] for name in ("dbname", "user", "password", "host", "port") if parameters.get(name)}

    def attempt() -> Answer:
        return commands.perform(
            group_id=kept.id,
            key=key,
            actor_id=BUDI,
            fingerprint=b"1" * 32,
            act=lambda: Answer(201, {"seq": services.post_entries(kept.id, [entry])[0].seq}),
            limits=Limits(1, 5, 5),
        )

    with psycopg.connect(**keep) as rival:
        rival.execute(f"set local app.group_id = '{kept.id}'")
        rival.execute("select ledger_lock(%s)", [kept.id])
        started = time.monotonic()
        with pytest.raises(CommandInProgress):
            attempt()
        waited = time.monotonic() - started

    assert 0.9 < waited < 4
    assert keys_stored(kept) == {}
    assert attempt() == Answer(201, {"seq": 1})
    assert keys_stored(kept) == {str(key): 1}
