"""Where the benchmarks run: a database of their own, on the server the environment names or on an embedded one."""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import environ
import psycopg
from psycopg import sql

URLS = ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_READER_URL")


@contextmanager
def server() -> Iterator[dict[str, str]]:
    """The environment of a server: the one that DATABASE_URL and DATABASE_OWNER_URL name, else one in a temporary
    folder with the settings `./run` gives it, fsync on; that one is gone afterwards."""
    if all(os.environ.get(name) for name in URLS):
        yield {name: os.environ[name] for name in URLS}
        return
    from config.embedded import Server
    from config.osuser import own
    from config.roles import prepare

    folder = Path(tempfile.mkdtemp(prefix="lumbung-bench-"))
    try:
        own(folder)
        embedded = Server(folder)
        try:
            embedded.start()
            yield prepare(embedded, createdb=True)
        finally:
            embedded.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def database(env: dict[str, str]) -> Iterator[dict[str, str]]:
    """A new database, and the environment of processes that use it, one connection each; dropped at the end."""
    name = f"lumbung_bench_{os.getpid()}"
    with connected(env["DATABASE_OWNER_URL"]) as owner:
        owner.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
    try:
        own = {key: renamed(value, name) if key in URLS else value for key, value in env.items()}
        yield own | {"DATABASE_POOL": "false"}
    finally:
        drop(env["DATABASE_OWNER_URL"], name)


def drop(owner_url: str, name: str) -> None:
    """Drop the database; an autovacuum in it is the superuser's and cannot be forced out, so wait for it."""
    statement = sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name))
    for patience in range(100):
        with connected(owner_url) as owner:
            try:
                owner.execute(statement)
                return
            except psycopg.errors.InsufficientPrivilege:
                if patience == 99:
                    raise
        time.sleep(0.1)


@contextmanager
def prepared() -> Iterator[None]:
    """Django, set up and migrated in a database of its own. Processes started inside inherit its environment."""
    with server() as env, database(env) as own:
        os.environ.update(own)
        os.environ.setdefault("SECRET_KEY", "for the benchmarks only: it signs nothing")
        os.environ.setdefault("MASTER_KEY", "Zm9yIHRoZSBiZW5jaG1hcmtzIG9ubHksIG5vIHNlY3I=")
        os.environ.setdefault("HTTPS", "false")
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
        os.environ["LOG_LEVEL"] = "WARNING"
        import django
        from django.core.management import call_command
        from django.db import connections

        django.setup()
        call_command("migrate", database="owner", verbosity=0)
        try:
            yield
        finally:
            connections.close_all()


def renamed(url: str, name: str) -> str:
    """The same server and role, another database."""
    place, mark, options = url.partition("?")
    return place.rsplit("/", 1)[0] + "/" + name + mark + options


def connected(url: str) -> psycopg.Connection:
    """A connection in autocommit; it closes with its `with`."""
    parts = environ.Env.db_url_config(url)
    given = {key: parts[part] for key, part in (("host", "HOST"), ("port", "PORT"), ("user", "USER")) if parts[part]}
    return psycopg.connect(dbname=parts["NAME"], password=parts["PASSWORD"], autocommit=True, **given)


def as_owner(*statements: str) -> None:
    """Statements that only the tables' owner may run, each by itself."""
    with connected(os.environ["DATABASE_OWNER_URL"]) as owner:
        for statement in statements:
            owner.execute(statement)


def machine() -> str:
    """The cores and what of the server decides the figures."""
    names = ("server_version", "fsync", "synchronous_commit", "full_page_writes", "shared_buffers", "wal_sync_method")
    with connected(os.environ["DATABASE_OWNER_URL"]) as owner:
        values = [owner.execute("select current_setting(%s)", [name]).fetchone()[0] for name in names]  # type: ignore[index]
    settings = ", ".join(f"{name} {value}" for name, value in zip(names, values, strict=True))
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    return f"{os.cpu_count()} cores (load {load}), PostgreSQL {settings}"
