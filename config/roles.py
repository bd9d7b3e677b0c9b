"""The roles and databases inside the embedded server, and the environment that tells a process about them."""

import psycopg
from pgmq.install import install_pgmq_from_sql
from psycopg import sql

from config.embedded import Server

DATABASE = "lumbung"
BROKER = "lumbung_broker"
OWNER, APP, READER = "lumbung_owner", "lumbung_app", "lumbung_reader"


def ensure_role(connection: psycopg.Connection, server: Server, role: str, *, createdb: bool = False) -> None:
    """Login and nothing else: neither superuser nor exempt from row security."""
    known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    if not known:
        connection.execute(sql.SQL("CREATE ROLE {}").format(sql.Identifier(role)))
    alter = "ALTER ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOREPLICATION {} PASSWORD {}"
    power = sql.SQL("CREATEDB" if createdb else "NOCREATEDB")
    # Set at every start, so that a role made just before a crash still gets its password.
    connection.execute(sql.SQL(alter).format(sql.Identifier(role), power, sql.Literal(server.secrets[role])))


def ensure_database(connection: psycopg.Connection, name: str, owner: str, users: tuple[str, ...]) -> None:
    """A database that only these may enter."""
    database = sql.Identifier(name)
    if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
        connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(database, sql.Identifier(owner)))
    connection.execute(sql.SQL("REVOKE CONNECT ON DATABASE {} FROM PUBLIC").format(database))
    entering = sql.SQL(", ").join(map(sql.Identifier, users))
    connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, entering))


def ensure_queues(server: Server) -> None:
    """The queue's tables and functions, in a database apart: nothing of it is in a dump of the books."""
    with psycopg.connect(server.conninfo(BROKER, BROKER)) as connection:
        row = connection.execute("SELECT to_regnamespace('pgmq')").fetchone()
        connection.commit()  # the installer wants a transaction of its own
        if row and row[0] is None:
            install_pgmq_from_sql(conn=connection)


def prepare(server: Server, createdb: bool = False) -> dict[str, str]:
    """Make what is missing and return the environment of a process that may do everything."""
    with psycopg.connect(server.conninfo("postgres", "postgres"), autocommit=True) as connection:
        ensure_role(connection, server, OWNER, createdb=createdb)
        for role in (APP, READER, BROKER):
            ensure_role(connection, server, role)
        ensure_database(connection, DATABASE, OWNER, (OWNER, APP, READER))
        ensure_database(connection, BROKER, BROKER, (BROKER,))
    ensure_queues(server)
    return environment(server)


def environment(server: Server) -> dict[str, str]:
    """What config.settings reads."""
    urls = {name: server.url(role, server.secrets[role], DATABASE) for name, role in URLS.items()}
    return urls | {
        "DATABASE_APP_ROLE": APP,
        "DATABASE_READER_ROLE": READER,
        "BROKER_URL": "pgmq://",
        "BROKER_CONN_STRING": server.conninfo(BROKER, BROKER),
        "SECRET_KEY": server.secrets["SECRET_KEY"],
        "MASTER_KEY": server.secrets["MASTER_KEY"],
        "LUMBUNG_DATA": str(server.data),
    }


URLS = {"DATABASE_URL": APP, "DATABASE_OWNER_URL": OWNER, "DATABASE_READER_URL": READER}
