"""Proof: whether a file is one that was issued here and still stands, and whether the books still say what it says.

Only the bytes that were issued are genuine: a file is known by its hash. What is near to one (it bears the mark of a
paper of ours, or our seal) and differs is altered; what bears neither is unknown. A file that is not known is never
parsed, so nobody can send one that keeps us busy.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from typing import Any, Literal, NamedTuple
from uuid import UUID

import psycopg
from django.core.files.uploadedfile import UploadedFile

from ledger import queries as books
from ledger.context import WORKER, in_book
from ledger.proofs import Finding
from members import queries
from members.models import Group
from reports import issuing, making, numbers, sealing
from reports.errors import FileIsGone, FileTooLarge, NotAPdf
from reports.models import Statement, StatementDirectory
from reports.papers import gatherer

LARGEST = 20 * 1024 * 1024
MARK = re.compile(rb"/ID\s*\[\s*<([0-9a-fA-F]{32})>")
"""Where a PDF names itself."""
Result = Literal["genuine", "altered", "replaced", "revoked", "unknown"]
RESULTS: dict[str, Result] = {"ready": "genuine", "replaced": "replaced", "revoked": "revoked"}


class Checks(NamedTuple):
    """What of an issued paper holds today: its seal, the head of the chain it was read at, and the sums it printed."""

    signature: bool
    chain: bool
    totals: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is known of a file: `statement` is the paper it is, or is near to. `checks` for a file that is known;
    `later`: something was recorded since that falls into its days, which a new version would tell."""

    result: Result
    statement: Statement | None = None
    group: Group | None = None
    checks: Checks | None = None
    sealed_by: str | None = None
    later: bool = False


def read(upload: UploadedFile) -> bytes:
    """What somebody sent. Raises FileTooLarge."""
    if upload.size is None or upload.size > LARGEST:
        raise FileTooLarge()
    return bytes(upload.read())


def verify(content: bytes) -> Verdict:
    """Whether these bytes were issued here, and still stand. Outside any book. Raises NotAPdf, FileTooLarge."""
    if len(content) > LARGEST:
        raise FileTooLarge()
    if not content.startswith(b"%PDF-"):
        raise NotAPdf()
    known = StatementDirectory.objects.filter(sha256=sha256(content).digest()).first()
    if known is not None:
        return in_book(known.group_id, None, lambda: _known(known, content))
    near = _near(content)
    if near is not None:
        return in_book(near.group_id, None, lambda: _verdict("altered", near))
    return Verdict("altered" if sealing.lies_in(content) else "unknown")


def by_code(text: str) -> Verdict:
    """What stands under a code that somebody read off a paper: as `genuine` what is valid, without a look at any file.
    Outside any book."""
    code = numbers.read_code(text)
    place = None if code is None else StatementDirectory.objects.filter(code=code).exclude(sha256=None).first()
    if place is None:
        return Verdict("unknown")
    found = place
    return in_book(found.group_id, None, lambda: _verdict(None, found))


def checks(one: Statement, content: bytes | None = None) -> Checks:
    """What of an issued paper holds today; its own file is read unless told. Inside its group's book."""
    try:
        content = making.file_of(one) if content is None else content
        intact = sealing.look(content).genuine
    except FileIsGone:
        intact = False
    return Checks(intact, _in_chain(one), _totals(one) == one.totals)


def _known(place: StatementDirectory, content: bytes) -> Verdict:
    found = _verdict(None, place)
    assert found.statement is not None
    sealed = sealing.look(content)
    held = Checks(sealed.genuine, _in_chain(found.statement), _totals(found.statement) == found.statement.totals)
    return Verdict(found.result, found.statement, found.group, held, sealed.subject, found.later)


def _verdict(result: Result | None, place: StatementDirectory) -> Verdict:
    one = issuing.statement(place.group_id, place.statement_id)
    later = one.head_seq is not None and books.recorded_since(one.group_id, one.head_seq, until=one.until)
    return Verdict(result or RESULTS[one.status], one, queries.group(place.group_id), later=bool(later))


def _near(content: bytes) -> StatementDirectory | None:
    """The paper whose mark a file bears, if any."""
    marks = {bytes.fromhex(found.decode()) for found in MARK.findall(content)}
    if not marks or len(marks) > 20:
        return None
    return StatementDirectory.objects.filter(mark__in=marks).exclude(sha256=None).order_by("code").first()


def _in_chain(one: Statement) -> bool:
    assert one.head_seq is not None and one.head_hash is not None
    stored = books.hash_at(one.group_id, one.head_seq)
    return stored is not None and stored == bytes(one.head_hash)


def _totals(one: Statement) -> dict[str, int]:
    """What it printed, summed again."""
    assert one.head_seq is not None
    return dict(gatherer(one.kind).totals(one.group_id, one.subject_id, one.since, one.until, one.head_seq))


def prove(connection: psycopg.Connection[Any], group_id: UUID | None) -> Iterator[Finding]:
    """Every issued paper of a group, or of all: its file as it was issued, its sums as the books say them."""
    issued = connection.execute(
        "select group_id, id from reports_statement where sha256 is not null"
        " and (%(group)s::uuid is null or group_id = %(group)s) order by group_id, id",
        {"group": group_id},
    ).fetchall()
    for group, id in issued:
        yield from in_book(group, None, partial(_found, group, id), limits=WORKER)


def _found(group_id: UUID, statement_id: UUID) -> list[Finding]:
    return list(_findings(group_id, statement_id))


def _findings(group_id: UUID, statement_id: UUID) -> Iterator[Finding]:
    one = issuing.statement(group_id, statement_id)
    called = f"{one.number} version {one.version} ({one.id})"
    totals = _totals(one)
    if totals != one.totals:
        yield Finding(
            "I22 a statement's totals follow from the books", group_id, f"{called}: {one.totals}, now {totals}"
        )
    if _is_forgotten(one):
        return
    try:
        making.file_of(one)
    except FileIsGone:
        yield Finding("I27 a statement's file is the one that was issued", group_id, called)


def _is_forgotten(one: Statement) -> bool:
    """Whether its file was meant to be lost: the member it names was forgotten."""
    try:
        making.key_of(one)
    except making.Forgotten:
        return True
    return False


CHECKS = {
    "I20 no message is stuck": """
        select coalesce(j.group_id, '00000000-0000-0000-0000-000000000000'::uuid),
               format('message %%s of job %%s was due at %%s', o.id, j.key, o.due_at)
          from ledger_outbox o join ledger_job j on j.id = o.job_id
         where (%(group)s::uuid is null or j.group_id = %(group)s) and o.sent_at is null
           and exists (select from ledger_outbox later
                        where later.sent_at > o.due_at + interval '15 minutes' and later.due_at > o.due_at)""",
    "I21 a statement is in the chain, once, and not stuck": """
        select s.group_id, format('statement %%s (%%s): head %%s has another hash', s.number, s.id, s.head_seq)
          from reports_statement s left join ledger_entry e on e.group_id = s.group_id and e.seq = s.head_seq
         where (%(group)s::uuid is null or s.group_id = %(group)s) and s.head_seq > 0
           and e.hash is distinct from s.head_hash
        union all
        select group_id, format('%%s valid statements of %%s %%s until %%s', count(*), kind, subject_id, until)
          from reports_statement where (%(group)s::uuid is null or group_id = %(group)s) and status = 'ready'
         group by group_id, kind, subject_id, since, until, language having count(*) > 1
        union all
        select s.group_id, format('statement %%s (%%s) waits and no job makes it', s.number, s.id)
          from reports_statement s
         where (%(group)s::uuid is null or s.group_id = %(group)s) and s.status = 'queued'
           and not exists (select from ledger_job j where j.key = 'statement ' || s.id
                            and j.status in ('queued', 'running'))
        union all
        select s.group_id, format('statement %%s (%%s) is not in the directory as it was issued', s.number, s.id)
          from reports_statement s left join reports_statementdirectory d on d.code = s.code
         where (%(group)s::uuid is null or s.group_id = %(group)s)
           and (d.code is null or d.group_id <> s.group_id or d.statement_id <> s.id
                or d.sha256 is distinct from s.sha256)
        union all
        select group_id, format('numbers of %%s in %%s end at %%s, there are %%s', kind, year, max(serial),
               count(distinct serial))
          from reports_statement where %(group)s::uuid is null or group_id = %(group)s
         group by group_id, kind, year having max(serial) <> count(distinct serial)""",
}
"""As `ledger.proofs.CHECKS` has them."""
