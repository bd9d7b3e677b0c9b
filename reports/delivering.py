"""Papers on their way to a mailbox, by SMTP. A message leaves before the transaction that notes it: after a crash in
between it leaves again, under the same Message-ID, by which a mailbox knows it.

What the server there refuses for good (5xx about this address or this message) is noted and shown; what may pass (4xx,
no connection, our own login) is tried again after hours, for three days.
"""

import smtplib
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext, override

from ledger import jobs
from ledger.context import WORKER, in_book
from ledger.dates import long_day
from ledger.models import Job
from members import queries
from reports import issuing, making, words
from reports.models import Delivery, Statement

TASK = "reports.deliver"
TRIES = 7
"""The last one leaves about 63 hours after the first: 1, 2, 4, 8, 16, 32 hours in between."""
SAID = 300


class NoMailServer(Exception):
    """Nobody said to which server messages are given (EMAIL_URL)."""


@dataclass(frozen=True, slots=True)
class Went:
    """What came of a message: None: it was taken; else what the server refused it with, for good."""

    refused: str | None


def deliver_to(one: Statement, address: str) -> Delivery:
    """Have a paper sent to an office's address, once it is there. Inside its group's transaction; the same again does
    nothing. A paper that names one member alone goes to nobody (ValueError)."""
    if one.member_id is not None:
        raise ValueError("it names one member alone")
    made, new = Delivery.objects.get_or_create(group_id=one.group_id, statement_id=one.id, address=address)
    if new and one.status == Statement.Status.READY:
        start(made)
    return made


def start_all(one: Statement) -> None:
    """The paper is there: send it to whom it was to go."""
    for waiting in deliveries(one.group_id, one.id).filter(status=Delivery.Status.QUEUED):
        start(waiting)


def hand_on(one: Statement, part: Statement) -> None:
    """Send a part to whom the whole was to go, which is made no more."""
    for waiting in deliveries(one.group_id, one.id):
        deliver_to(part, waiting.address)
        Delivery.objects.filter(group_id=one.group_id, id=waiting.id, status=Delivery.Status.QUEUED).update(
            status=Delivery.Status.FAILED, settled_at=Now(), said=issuing.SPLIT
        )


def start(waiting: Delivery, attempt: int = 0) -> None:
    """Ask for the next attempt: at once, and then after ever longer."""
    jobs.enqueue(
        TASK,
        key=f"delivery {waiting.id} {attempt}",
        group_id=waiting.group_id,
        arguments={"delivery_id": str(waiting.id), "attempt": attempt},
        after=timedelta(hours=2 ** (attempt - 1)) if attempt else timedelta(0),
    )


def deliveries(group_id: UUID, statement_id: UUID) -> QuerySet[Delivery]:
    """Where a paper went, in order of asking."""
    return Delivery.objects.filter(group_id=group_id, statement_id=statement_id).order_by("id")


def send(job: Job) -> Went | None:
    """Hand the message to the server; None when there is nothing left to send. What may pass is raised."""
    assert job.group_id is not None
    group_id, delivery_id = job.group_id, UUID(job.arguments["delivery_id"])
    message = in_book(group_id, None, lambda: written(group_id, delivery_id), limits=WORKER)
    if message is None:
        return None
    if not settings.EMAIL_HOST:
        raise NoMailServer()
    try:
        message.send()
    except smtplib.SMTPRecipientsRefused as refused:
        code, said = next(iter(refused.recipients.values()))
        return Went(_said(code, said)) if code >= 500 else _passing(refused)
    except (smtplib.SMTPDataError, smtplib.SMTPSenderRefused) as refused:
        return Went(_said(refused.smtp_code, refused.smtp_error)) if refused.smtp_code >= 500 else _passing(refused)
    return Went(None)


def written(group_id: UUID, delivery_id: UUID) -> EmailMessage | None:
    """The message with its paper."""
    found = Delivery.objects.select_related("statement").filter(group_id=group_id, id=delivery_id).first()
    if found is None or found.status != Delivery.Status.QUEUED or found.statement.status != Statement.Status.READY:
        return None
    one, group = found.statement, queries.group(group_id)
    with override(one.language):
        facts = {"title": words.title(one.kind), "group": group.name, "number": one.number}
        facts |= {"until": long_day(one.until, one.language), "address": making.address(one.code)}
        subject = gettext("%(title)s %(group)s, %(number)s") % facts
        body = (
            gettext(
                "Terlampir %(title)s kelompok %(group)s sampai %(until)s, nomor %(number)s, bersegel elektronik.\n\n"
                "Periksa keasliannya di %(address)s atau unggah berkasnya di sana.\n"
            )
            % facts
        )
    headers = {"Message-ID": f"<{found.id}@{making.host()}>"}
    message = EmailMessage(subject, body, settings.DEFAULT_FROM_EMAIL, [found.address], headers=headers)
    message.attach(making.file_name(one), making.file_of(one), "application/pdf")
    return message


def note(job: Job, went: Went | None) -> dict[str, Any]:
    """What came of it."""
    if went is not None:
        status = Delivery.Status.SENT if went.refused is None else Delivery.Status.REFUSED
        _waiting(job).update(status=status, settled_at=Now(), said=went.refused)
    return {"delivery_id": job.arguments["delivery_id"]}


def try_later(job: Job, error: Exception) -> None:
    """It could not be handed over now; after the last attempt nobody waits any longer."""
    waiting = _waiting(job).first()
    if waiting is None:
        return
    attempt = int(job.arguments["attempt"]) + 1
    if attempt < TRIES:
        _waiting(job).update(said=_word(error))
        start(waiting, attempt)
    else:
        _waiting(job).update(status=Delivery.Status.FAILED, settled_at=Now(), said=_word(error))


def _waiting(job: Job) -> QuerySet[Delivery]:
    assert job.group_id is not None
    return Delivery.objects.filter(
        group_id=job.group_id, id=UUID(job.arguments["delivery_id"]), status=Delivery.Status.QUEUED
    )


def _passing(refused: Exception) -> Went:
    raise refused


def _word(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return _said(*next(iter(error.recipients.values())))
    if isinstance(error, smtplib.SMTPResponseException):
        return _said(error.smtp_code, error.smtp_error)
    return type(error).__name__


def _said(code: int, said: Any) -> str:
    """What a server said, on one line."""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    return " ".join(f"{code} {text}".split())[:SAID]
