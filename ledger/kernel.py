"""The functions in `migrations/*.sql`, called from Python; refusals come back as our own errors.

Statements go through psycopg below Django's wrappers: bound on the server, prepared, arrays typed.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection
from psycopg import Cursor

from ledger import errors

DATES = {"effective_on", "today", "first_open_on", "first_day", "possible_from"}


def call(statement: str, parameters: Sequence[Any] | Mapping[str, Any]) -> list[Any]:
    """Run one constant statement in the open transaction and fetch its rows; LB001 becomes the refusal it names."""
    with connection.wrap_database_errors, _cursor() as cursor:
        try:
            cursor.execute(statement, parameters, prepare=settings.PREPARE_STATEMENTS)  # type: ignore[call-overload]
            found = cursor.pgresult  # describing every column would cost as much as reading a few rows
            return cursor.fetchall() if found is not None and found.nfields else []
        except psycopg.DatabaseError as error:
            if error.sqlstate == "LB001":
                raise refusal(error) from None
            raise


def several(statements: str) -> tuple[Any, ...] | None:
    """Run literal statements in one round trip; the first row of the last one that has rows, or None."""
    with connection.wrap_database_errors, _cursor() as cursor:
        try:
            cursor.execute(statements)  # type: ignore[arg-type, unused-ignore]
        except psycopg.DatabaseError as error:
            if error.sqlstate == "LB001":
                raise refusal(error) from None
            raise
        while cursor.nextset():
            pass
        row: tuple[Any, ...] | None = cursor.fetchone() if cursor.description else None
        return row


def refusal(error: psycopg.Error) -> errors.DomainError:
    """The refusal an LB001 stands for, its dates as `date`."""
    facts = json.loads(error.diag.message_detail or "{}")
    named = {name: date.fromisoformat(value) if name in DATES else value for name, value in facts.items()}
    return errors.BY_NAME[error.diag.message_primary or ""](**named)


def sqlstate(error: BaseException) -> str | None:
    """The five letters PostgreSQL gave for a Django or psycopg error, or None."""
    cause = error if isinstance(error, psycopg.Error) else error.__cause__
    return cause.sqlstate if isinstance(cause, psycopg.Error) else None


def _cursor() -> Cursor[Any]:
    connection.ensure_connection()
    if connection.needs_rollback:
        raise RuntimeError("the transaction has failed; nothing more can be done in it")
    return Cursor(connection.connection)
