"""Making a paper that was asked for: gathered with the book locked, then drawn, signed and kept with nothing locked,
then recorded as issued in the transaction that marks its job done.

A worker killed anywhere on the way leaves a paper that still waits, and at most a file that nobody points to. Two
workers at one paper make two files; whoever records first has issued it.
"""

import logging
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import translation

from ledger import queries as books
from ledger import services as ledger
from ledger.context import WORKER, in_book
from ledger.errors import DomainError
from ledger.models import Job
from members import queries
from members.models import Group, Member
from members.services import own_key, today_in
from reports import archive, drawing, issuing, numbers, sealing
from reports.errors import FileIsGone, NotReady, TooManyLines
from reports.models import Statement, StatementDirectory
from reports.papers import KINDS, gatherer
from reports.papers.frame import Earlier, Frame, Letterhead, Paper

log = logging.getLogger(__name__)


class Forgotten(Exception):
    """Whom it would name was forgotten meanwhile."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """What a paper says, and the key under which it is kept (None: in clear)."""

    paper: Paper
    key: archive.Key | None


@dataclass(frozen=True, slots=True)
class Made:
    """A file that is in the archive and not yet issued."""

    file: str
    sha256: bytes
    unsigned_sha256: bytes
    pages: int
    head_seq: int
    head_hash: bytes
    made_on: date
    totals: dict[str, int]
    scopes: list[str]


@dataclass(frozen=True, slots=True)
class TooLong:
    """It has more lines than one paper holds; the first part ends with `first_until`."""

    first_until: date


def prepare(job: Job) -> Made | TooLong | None:
    """Everything but the record, outside any transaction; None when there is nothing left to make."""
    assert job.group_id is not None
    group_id, statement_id = job.group_id, UUID(job.arguments["statement_id"])
    try:
        gathered = in_book(group_id, None, lambda: gather(group_id, statement_id), limits=WORKER)
    except TooManyLines as refusal:
        if refusal.middle is None:
            raise
        return TooLong(refusal.middle)
    if gathered is None:
        return None
    paper = gathered.paper
    unsigned = drawing.draw(paper)
    signed = sealing.seal(unsigned.pdf)
    return Made(
        file=archive.put(group_id, statement_id, signed, gathered.key),
        sha256=sha256(signed).digest(),
        unsigned_sha256=sha256(unsigned.pdf).digest(),
        pages=unsigned.pages,
        head_seq=paper.head_seq,
        head_hash=bytes.fromhex(paper.head_hash),
        made_on=paper.made_on,
        totals=dict(paper.totals),
        scopes=list(paper.scopes),
    )


def gather(group_id: UUID, statement_id: UUID) -> Gathered | None:
    """What the paper says, read with the book locked. Raises Forgotten."""
    ledger.lock_book(group_id)
    one = issuing.statement(group_id, statement_id)
    if one.status != Statement.Status.QUEUED:
        return None
    group = queries.group(group_id)
    key = key_of(one) if KINDS[one.kind].hers else None
    with translation.override(one.language):
        frame = framed(group, one)
        paper = gatherer(one.kind).gather(
            group, subject_id=one.subject_id, since=one.since, until=one.until, frame=frame
        )
    return Gathered(paper, key)


def record(job: Job, made: Made | TooLong | None) -> dict[str, Any]:
    """The paper is issued: it is ready, and the version before it is replaced; or others are asked for in its stead."""
    assert job.group_id is not None
    group_id, statement_id = job.group_id, UUID(job.arguments["statement_id"])
    if made is None:
        return {"statement_id": str(statement_id)}
    ledger.lock_book(group_id)
    one = issuing.statement(group_id, statement_id)
    if one.status != Statement.Status.QUEUED:
        if isinstance(made, Made) and one.file != made.file:
            archive.discard(made.file)
        return {"statement_id": str(statement_id)}
    if isinstance(made, TooLong):
        group = queries.group(group_id)
        parts = issuing.split(one, group, made.first_until, today=today_in(group))
        return {"statement_id": str(statement_id), "parts": [str(part.id) for part in parts]}
    hers = Statement.objects.filter(group_id=group_id)
    if one.replaces_id is not None:
        hers.filter(id=one.replaces_id, status=Statement.Status.READY).update(status=Statement.Status.REPLACED)
    names = ("file", "sha256", "unsigned_sha256", "pages", "head_seq", "head_hash", "made_on", "totals", "scopes")
    said = {name: getattr(made, name) for name in names}
    hers.filter(id=one.id).update(status=Statement.Status.READY, issued_at=Now(), **said)
    StatementDirectory.objects.filter(code=one.code).update(sha256=made.sha256)
    return {"statement_id": str(statement_id), "pages": made.pages, "head_seq": made.head_seq}


def give_up(job: Job, error: Exception) -> None:
    """Nobody waits any longer for a paper that could not be made; it says why in a word."""
    assert job.group_id is not None
    Statement.objects.filter(
        group_id=job.group_id, id=UUID(job.arguments["statement_id"]), status=Statement.Status.QUEUED
    ).update(status=Statement.Status.FAILED, failed_because=because(error))


def because(error: Exception) -> str:
    """A failure as a word of `reports.words.FAILED`."""
    if isinstance(error, Forgotten):
        return "forgotten"
    if isinstance(error, OSError):
        return "not_kept"
    return error.code if isinstance(error, DomainError) else "error"


def file_of(one: Statement) -> bytes:
    """An issued paper's file, as it was signed. Raises NotReady, FileIsGone."""
    if one.file is None or one.sha256 is None:
        raise NotReady(number=one.number)
    try:
        key = key_of(one) if one.file.endswith(".sealed") else None
        return archive.get(one.file, one.id, bytes(one.sha256), key)
    except (archive.Unreadable, Forgotten) as error:
        log.warning("the file of statement %s: %s", one.id, error)
        raise FileIsGone(number=one.number) from None


def key_of(one: Statement) -> archive.Key | None:
    """The key of the member whom a paper names alone. Raises Forgotten."""
    if one.member_id is None:
        return None
    member = Member.objects.select_related("person").get(group_id=one.group_id, id=one.member_id)
    if member.person.erased_at is not None:
        raise Forgotten()
    return archive.Key(own_key(member.person), member.person.id)


def framed(group: Group, one: Statement) -> Frame:
    """What is known of it before the books are read."""
    book, before = books.book(group.id), issuing.earlier(one)
    letters = numbers.letters_of(group.village, group.name)
    place = (group.name, group.village or "", group.district or "", group.regency or "")
    return Frame(
        language=one.language,
        number=one.number,
        code=one.code,
        version=one.version,
        letterhead=Letterhead(*place, letters),
        made_on=today_in(group),
        place=group.village or group.district or group.regency or "",
        head_seq=book.head_seq,
        head_hash=bytes(book.head_hash).hex(),
        currency=group.currency,
        digits=group.digits,
        seal=sealing.kind(),
        address=address(one.code),
        earlier=None
        if before is None or before.head_seq is None
        else Earlier(before.number, before.until, before.head_seq),
    )


def file_name(one: Statement) -> str:
    """`014-LSP-BLM-XI-2026.pdf`; of a later version with it."""
    return f"{one.number.replace('/', '-')}{f'-v{one.version}' if one.version > 1 else ''}.pdf"


def host() -> str:
    """The name of this installation on the net."""
    return urlsplit(settings.PUBLIC_URL).hostname or "localhost"


def address(code: str) -> str:
    """Where anybody verifies a paper by its code."""
    return str(settings.PUBLIC_URL).rstrip("/") + reverse("verify-code", kwargs={"code": code})
