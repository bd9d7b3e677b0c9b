"""The ledger's clock-driven work: proving the books by night and after a month closes, and keeping the outbox tidy."""

from typing import Any
from uuid import UUID

import psycopg
from django.db import connections

from ledger import jobs, proofs
from ledger.jobs import work
from ledger.models import Job


class BooksAreWrong(Exception):
    """A proof found something; the message lists the first findings with ids."""


@work("ledger.verify_book")
def verify_book(job: Job) -> dict[str, Any]:
    """Prove one group's book; fails the job when something is wrong."""
    return _verify(job.group_id)


@work("ledger.verify_books")
def verify_books(job: Job) -> dict[str, Any]:
    """Prove every book."""
    return _verify(None)


@work("ledger.resend_stale")
def resend_stale(job: Job) -> dict[str, Any]:
    """Send jobs whose message was lost."""
    return {"sent": jobs.resend_stale()}


@work("ledger.prune_outbox")
def prune_outbox(job: Job) -> dict[str, Any]:
    """Forget delivered messages after a month."""
    return {"forgotten": jobs.prune_sent()}


def _verify(group_id: UUID | None) -> dict[str, Any]:
    with reader() as connection:
        findings = list(proofs.prove(connection, group_id))
    if findings:
        raise BooksAreWrong("; ".join(f"{one.invariant}: {one.what} in {one.group_id}" for one in findings[:20]))
    return {"findings": 0}


def reader() -> psycopg.Connection[Any]:
    """A connection of its own as the role that may read every book; the caller closes it."""
    parameters = connections["reader"].get_connection_params()
    keep = {name: parameters[name] for name in ("dbname", "user", "password", "host", "port") if name in parameters}
    return psycopg.connect(**keep, autocommit=True, application_name="lumbung proofs")
