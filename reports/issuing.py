"""Papers asked for, issued anew, revoked, and found. Each function is one use case inside the caller's transaction.

The caller holds the group's book (`lock_book`), so numbers are given out one after another. What a worker makes of a
paper that was asked for stands in `reports.making`.
"""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import Max, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext_noop

from capital import queries as capital
from ledger import jobs
from ledger import queries as books
from ledger import services as ledger
from ledger.models import Job
from members.models import Group, Seat
from reports import numbers, subjects
from reports.errors import DayToCome, NoSuchStatement, NotIssued, TooManyAsked
from reports.models import Statement, StatementDirectory
from reports.papers import KINDS

TASK = "reports.issue"
SPLIT = "split"
"""Why a paper was not made that several stand in for."""
MOST_WAITING = 200
"""So many papers of one group may wait to be made: a worker serves all groups."""
STATES = {
    "queued": gettext_noop("masih dibuat"),
    "failed": gettext_noop("gagal dibuat"),
    "replaced": gettext_noop("sudah diganti"),
    "revoked": gettext_noop("sudah dicabut"),
}
"""A state as a refusal says it."""


def ask_for(
    group: Group,
    *,
    kind: str,
    subject_id: UUID | None,
    since: date | None,
    until: date,
    today: date,
    user_id: UUID | None,
    language: str = "id",
) -> Statement:
    """A paper of a kind about a subject from `since` to `until`, both inclusive: the one that stands while it says what
    the books say, else one that a worker will make. One that could not be made is tried again under its own number.

    Of what happened once (an agreement, a receipt) there is one paper, whichever day it is asked for.

    `user_id` None: the clock. What a lender is told goes by what is open to it today: where that has changed, the paper
    no longer says what it should. Raises NoSuchStatement for a subject that is not there, NoConsent, DayToCome,
    TooManyAsked.
    """
    ledger.lock_book(group.id)
    about = subjects.subject(group, kind, subject_id, today=today)
    if until > today:
        raise DayToCome(until=until)
    alike = Statement.objects.filter(group_id=group.id, kind=kind, subject_id=about.id, language=language)
    if not KINDS[kind].once:
        alike = alike.filter(since=since, until=until)
    waiting = alike.filter(status__in=["queued", "failed"]).first()
    if waiting is not None:
        for part in _parts(waiting):
            _like(part, group, today=today, user_id=user_id)(since=part.since, until=part.until)
        return _again(waiting)
    valid = alike.filter(status="ready").first()
    if valid is not None and frozenset(valid.scopes) == about.scopes and not _is_behind(valid):
        return valid
    asked = {"kind": kind, "subject_id": about.id, "member_id": about.member_id, "language": language}
    return _asked(group, asked | {"since": since, "until": until}, replaces=valid, today=today, user_id=user_id)


def split(one: Statement, group: Group, first_until: date, *, today: date) -> tuple[Statement, Statement]:
    """Two papers instead of one with too many lines, one after the other: the second begins with what the first carries
    forward. The long one says so, and is made no more. `first_until` is the last day of the first, inclusive."""
    ask = _like(one, group, today=today, user_id=one.requested_by)
    first = ask(since=one.since, until=first_until)
    second = ask(since=first_until + timedelta(days=1), until=one.until)
    Statement.objects.filter(group_id=one.group_id, id=one.id).update(
        status=Statement.Status.FAILED, failed_because=SPLIT
    )
    return first, second


def reissue(group: Group, statement_id: UUID, *, reason: str, today: date, user_id: UUID) -> Statement:
    """The next version of a paper, under the same number; when it is there, this one is replaced. A paper that could
    not be made is tried again.

    Raises NoSuchStatement, NotIssued for one that is no longer valid or still being made."""
    ledger.lock_book(group.id)
    old = statement(group.id, statement_id)
    if old.status == Statement.Status.FAILED:
        return _again(old)
    if old.status != Statement.Status.READY:
        raise NotIssued(number=old.number, state=STATES[old.status])
    following = Statement.objects.filter(group_id=group.id, replaces_id=old.id).first()
    if following is not None:  # it is valid itself, so its next version is not there yet
        return _again(following)
    names = ("kind", "subject_id", "member_id", "language", "since", "until")
    asked = {name: getattr(old, name) for name in names}
    return _asked(group, asked | {"reason": reason}, replaces=old, today=today, user_id=user_id)


def revoke(group: Group, statement_id: UUID, *, reason: str, user_id: UUID) -> Statement:
    """A paper is not valid any more, and whoever verifies it is told so. Raises NoSuchStatement, NotIssued."""
    ledger.lock_book(group.id)
    old = statement(group.id, statement_id)
    if old.status != Statement.Status.READY:
        raise NotIssued(number=old.number, state=STATES[old.status])
    Statement.objects.filter(group_id=group.id, id=old.id).update(
        status=Statement.Status.REVOKED, revoked_at=Now(), revoked_by=user_id, revoked_because=reason
    )
    return statement(group.id, statement_id)


def statement(group_id: UUID, statement_id: UUID, *, seen_by: Seat | None = None) -> Statement:
    """One paper; `seen_by`: only if that seat may see it. Raises NoSuchStatement."""
    found = statements(group_id, seen_by=seen_by).filter(id=statement_id).first()
    if found is None:
        raise NoSuchStatement()
    return found


def statements(group_id: UUID, *, seen_by: Seat | None = None) -> QuerySet[Statement]:
    """A group's papers, oldest first; `seen_by`: those that a seat may see."""
    found = Statement.objects.filter(group_id=group_id).order_by("id")
    return found if seen_by is None else subjects.seen_by(seen_by, found)


def earlier(one: Statement) -> Statement | None:
    """The paper of the same kind and subject that stood before this one: what has changed since is counted against it.
    The version it replaces; of a first one, the latest period that ends by its end. Revoked ones do not count."""
    if one.replaces_id is not None:
        return Statement.objects.filter(group_id=one.group_id, id=one.replaces_id).first()
    before = Statement.objects.filter(
        group_id=one.group_id, kind=one.kind, subject_id=one.subject_id, until__lte=one.until
    ).filter(status="ready")
    return before.exclude(id=one.id).order_by("-until", "-id").first()


def _is_behind(valid: Statement) -> bool:
    """Whether something was recorded since that falls into its days; of a lender's paper, which loans its money became
    as well. That is no entry, so it counts from when the paper was asked for: what it read is later."""
    assert valid.head_seq is not None
    if books.recorded_since(valid.group_id, valid.head_seq, until=valid.until):
        return True
    if KINDS[valid.kind].subject != subjects.LENDER or valid.subject_id is None:
        return False
    return capital.funded_otherwise(valid.group_id, valid.subject_id, since=valid.requested_at, until=valid.until)


def _asked(
    group: Group, asked: dict[str, Any], *, replaces: Statement | None, today: date, user_id: UUID | None
) -> Statement:
    """A new row with its number, its place in the directory, and the job that makes it."""
    if Statement.objects.filter(group_id=group.id, status="queued").count() >= MOST_WAITING and user_id is not None:
        raise TooManyAsked(count=MOST_WAITING)
    if replaces is None:
        latest = Statement.objects.filter(group_id=group.id, kind=asked["kind"], year=today.year)
        serial = (latest.aggregate(latest=Max("serial"))["latest"] or 0) + 1
        letters = numbers.letters_of(group.village, group.name)
        called = numbers.number(serial, KINDS[asked["kind"]].mark, letters, today)
        year, version = today.year, 1
    else:
        serial, year, called, version = replaces.serial, replaces.year, replaces.number, replaces.version + 1
    made = Statement.objects.create(
        group_id=group.id,
        serial=serial,
        year=year,
        number=called,
        version=version,
        replaces=replaces,
        code=numbers.new_code(),
        requested_by=user_id,
        **asked,
    )
    StatementDirectory.objects.create(
        code=made.code, group_id=group.id, statement_id=made.id, mark=numbers.mark(made.code, made.version)
    )
    _enqueue(made)
    return made


def _like(one: Statement, group: Group, *, today: date, user_id: UUID | None) -> Callable[..., Statement]:
    """`ask_for` the same as a paper, of other days."""
    about = partial(ask_for, group, kind=one.kind, subject_id=one.subject_id, language=one.language)
    return partial(about, today=today, user_id=user_id)


def _parts(one: Statement) -> list[Statement]:
    """The papers that stand in for one with too many lines."""
    if one.failed_because != SPLIT:
        return []
    result = Job.objects.get(key=_key(one)).result or {}
    return [statement(one.group_id, UUID(id)) for id in result["parts"]]


def _again(waiting: Statement) -> Statement:
    """A paper that waits; one that failed waits again, unless others stand in for it."""
    if waiting.status != Statement.Status.FAILED or waiting.failed_because == SPLIT:
        return waiting
    Statement.objects.filter(group_id=waiting.group_id, id=waiting.id).update(
        status=Statement.Status.QUEUED, failed_because=None
    )
    job = Job.objects.filter(key=_key(waiting)).exclude(status=Job.Status.DONE).first()
    if job is not None:
        jobs.requeue(job.id)
    waiting.status, waiting.failed_because = Statement.Status.QUEUED, None
    return waiting


def _enqueue(made: Statement) -> None:
    jobs.enqueue(TASK, key=_key(made), group_id=made.group_id, arguments={"statement_id": str(made.id)})


def _key(made: Statement) -> str:
    return f"statement {made.id}"
