"""Real PostgreSQL as the runtime role. The owner builds one template database per migration state; every worker gets a
clone of it, and a test's clean-up is rollback. A test that must commit asks for `scratch`, a clone of its own."""

import hashlib
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from psycopg import sql

from config.seal import ensure_seal
from ledger.ids import uuid7
from tests.cast import Group

# What collectstatic fills is not what is tested here.
COLLECTED = tempfile.TemporaryDirectory(prefix="lumbung-static-")
settings.STATIC_ROOT = COLLECTED.name
settings.STORAGES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}

# Where papers are kept that tests issue; the children of tests keep theirs there as well.
ARCHIVE = tempfile.TemporaryDirectory(prefix="lumbung-statements-")
settings.STATEMENTS_DIR = os.environ["STATEMENTS_DIR"] = ARCHIVE.name
SEAL = tempfile.TemporaryDirectory(prefix="lumbung-seal-")
os.environ.update(ensure_seal(Path(SEAL.name)))
settings.SEAL_KEY, settings.SEAL_CERTIFICATES = os.environ["SEAL_KEY"], os.environ["SEAL_CERTIFICATES"]

ROOT = Path(__file__).resolve().parent.parent
FULL = os.environ.get("LUMBUNG_FULL") == "1"


def owner_connection(database: str | None = None) -> psycopg.Connection:
    """The owner's connection, for making databases and for damaging books on purpose."""
    own: dict[str, Any] = settings.DATABASES["owner"]
    name = database or MAINTENANCE
    return psycopg.connect(
        host=own["HOST"],
        port=own["PORT"] or None,
        user=own["USER"],
        password=own["PASSWORD"],
        dbname=name,
        autocommit=True,
    )


MAINTENANCE = str(settings.DATABASES["owner"]["NAME"])


def migration_state() -> str:
    digest = hashlib.sha256(f"{settings.APP_ROLE} {settings.READER_ROLE}".encode())
    parts = [*ROOT.glob("*/migrations/0*.py"), *ROOT.glob("*/migrations/*.sql")]
    for path in [*sorted(parts), ROOT / "ledger" / "shard.py", ROOT / "requirements.txt"]:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def use_database(name: str) -> None:
    """Point all three roles of this process at another database."""
    for alias in connections:
        connections[alias].close()
        if connections[alias].settings_dict["OPTIONS"].get("pool"):
            connections[alias].close_pool()  # type: ignore[attr-defined]
        connections[alias].settings_dict["NAME"] = name


def drop(name: str) -> None:
    """Drop a database and whoever is in it. An autovacuum in it is the superuser's and cannot be forced out: wait."""
    for patience in range(50):
        with owner_connection() as owner:
            try:
                owner.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))
                return
            except psycopg.errors.InsufficientPrivilege:
                if patience == 49:
                    raise
        time.sleep(0.1)


def clone(name: str, template: str) -> None:
    with owner_connection() as owner:
        owner.execute("select pg_advisory_lock(7)")  # a template must not be in use while it is copied
        owner.execute(sql.SQL("create database {} template {}").format(sql.Identifier(name), sql.Identifier(template)))


@pytest.fixture(scope="session")
def template(django_db_blocker) -> str:
    """The name of the migrated, empty database of this migration state; whoever comes first builds it."""
    name = f"lumbung_template_{migration_state()}"
    with owner_connection() as owner:
        owner.execute("select pg_advisory_lock(7)")
        if owner.execute("select 1 from pg_database where datname = %s", [name]).fetchone() is None:
            building = f"{name}_building"
            drop(building)
            owner.execute(sql.SQL("create database {}").format(sql.Identifier(building)))
            use_database(building)
            with django_db_blocker.unblock():
                call_command("migrate", database="owner", verbosity=0)
                use_database(MAINTENANCE)
            owner.execute(
                sql.SQL("alter database {} rename to {}").format(sql.Identifier(building), sql.Identifier(name))
            )
    return name


@pytest.fixture(scope="session")
def django_db_setup(template: str, django_db_blocker) -> Iterator[None]:
    """This worker's own clone, in place of Django's test database."""
    name = f"lumbung_worker_{os.getpid()}"
    with django_db_blocker.unblock():
        drop(name)
        clone(name, template)
        use_database(name)
        yield
        use_database(MAINTENANCE)
        drop(name)


@pytest.fixture
def books(db) -> Iterator[None]:
    """A transaction that is rolled back; every deferred rule of the database is asked before that."""
    yield
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")


@contextmanager
def scratch_database(template: str) -> Iterator[str]:
    name, before = f"lumbung_scratch_{uuid7().hex}", str(connections["default"].settings_dict["NAME"])
    clone(name, template)
    use_database(name)
    try:
        yield name
    finally:
        use_database(before)
        drop(name)


@pytest.fixture
def scratch(django_db_setup, template: str, django_db_blocker) -> Iterator[str]:
    """A database of this test's own, in which it commits; gone afterwards. Gives its name."""
    with django_db_blocker.unblock(), scratch_database(template) as name:
        yield name


@pytest.fixture
def jarbangsri(books) -> Group:
    """The group most tests look at, in a transaction that is rolled back."""
    return Group.opened()


@pytest.fixture
def other(books) -> Group:
    """Dewi's group, which must see and change nothing of the first."""
    return Group.opened()


@pytest.fixture
def kept(scratch: str) -> Group:
    """A group whose entries are committed, in a database of its own."""
    return Group.opened()
