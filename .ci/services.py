"""The tests on a PostgreSQL and a RabbitMQ that run here already, with roles and a database made and removed.

`probe` tells whether both let us in; `with COMMAND...` runs the command with the environment for them.
"""

import os
import secrets
import socket
import subprocess
import sys

import kombu
import psycopg
from psycopg import sql

SUPERUSER = "host=127.0.0.1 port=5432 user=postgres dbname=postgres connect_timeout=3"
BROKER = "amqp://guest:guest@127.0.0.1:5672//"
OWNER, APP, READER = ROLES = ("lumbung_test_owner", "lumbung_test_app", "lumbung_test_reader")
DATABASE = "lumbung_test"


def probe() -> int:
    """0 when both services can be used."""
    try:
        psycopg.connect(SUPERUSER).close()
        socket.create_connection(("127.0.0.1", 5672), timeout=3).close()
        kombu.Connection(BROKER, connect_timeout=3).ensure_connection(max_retries=1, timeout=3).release()
    except (OSError, psycopg.Error, kombu.exceptions.KombuError, kombu.exceptions.OperationalError):
        return 1
    return 0


def remove(connection: psycopg.Connection) -> None:
    """Every database of these roles, then the roles; also what an interrupted run left."""
    owned = "SELECT datname FROM pg_database d JOIN pg_roles r ON r.oid = d.datdba WHERE r.rolname = ANY(%s)"
    for (name,) in connection.execute(owned, [list(ROLES)]).fetchall():
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
    for role in ROLES:
        connection.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(role)))


def make(connection: psycopg.Connection) -> dict[str, str]:
    """The roles, the database, and the environment that names them."""
    passwords = {role: secrets.token_hex(16) for role in ROLES}
    for role, password in passwords.items():
        power = sql.SQL("CREATEDB" if role == OWNER else "")
        command = sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS {} PASSWORD {}")
        connection.execute(command.format(sql.Identifier(role), power, sql.Literal(password)))
    connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(DATABASE), sql.Identifier(OWNER)))
    names = {"DATABASE_URL": APP, "DATABASE_OWNER_URL": OWNER, "DATABASE_READER_URL": READER}
    urls = {name: f"postgres://{role}:{passwords[role]}@127.0.0.1:5432/{DATABASE}" for name, role in names.items()}
    return urls | {"DATABASE_APP_ROLE": APP, "DATABASE_READER_ROLE": READER, "BROKER_URL": BROKER}


def run(command: list[str]) -> int:
    """The command's own exit code; nothing of ours stays on the server."""
    with psycopg.connect(SUPERUSER, autocommit=True) as connection:
        remove(connection)
        try:
            return subprocess.call(command, env=dict(os.environ) | make(connection))  # noqa: S603  (.ci/run's own words)
        finally:
            remove(connection)


if __name__ == "__main__":
    raise SystemExit(probe() if sys.argv[1:] == ["probe"] else run(sys.argv[2:]))
