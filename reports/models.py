"""What was issued: every paper with its number, its hash, and the head of the chain it was read at.

What an issued paper says never changes: the database refuses it. Figures come anew as a next version; the earlier one
is then `replaced`, and whoever verifies it is told so.
"""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from ledger.ids import uuid7
from members.models import Member
from members.models.consents import LONGEST
from members.models.events import history

REASON = 500
CODE = 26
ISSUED = ("sha256", "unsigned_sha256", "pages", "head_seq", "head_hash", "totals", "made_on", "file", "issued_at")
"""What is known once a paper is there, and stands from then on."""
FIXED = (
    *("group_id", "kind", "subject_id", "member_id", "since", "until", "language", "version"),
    *("serial", "year", "number", "code", "replaces_id", "requested_by", "requested_at"),
)
"""What is known when it is asked for."""


def _changed(columns: tuple[str, ...]) -> str:
    old, new = (", ".join(f'{row}."{column}"' for column in columns) for row in ("OLD", "NEW"))
    return f"ROW({old}) IS DISTINCT FROM ROW({new})"


class Statement(models.Model):
    """One version of a paper: of a kind of `reports.papers.KINDS`, about a subject, from `since` to `until` inclusive.

    `member` is whom it names alone, if anybody: its file is kept under her key, and she may see it. `number` is
    `serial/mark/code of the group/month/year`, without a gap in its group, kind and year; a next version bears the
    number of the one it `replaces`. `code` is public: 128 random bits. `file` is its name in the archive, `totals` are
    the ledger's sums it printed, `scopes` those of the consents under which it tells a lender what it tells.
    `requested_by` None: the clock.
    """

    class Status(models.TextChoices):
        QUEUED = "queued"
        READY = "ready"
        FAILED = "failed"
        REPLACED = "replaced"
        REVOKED = "revoked"

    id = models.UUIDField(primary_key=True, default=uuid7)
    group_id = models.UUIDField()
    kind = models.CharField(max_length=12)
    subject_id = models.UUIDField(null=True)
    member = models.ForeignKey(
        Member, models.PROTECT, null=True, db_constraint=False, db_index=False, related_name="statements"
    )
    since = models.DateField(null=True)
    until = models.DateField()
    language = models.CharField(max_length=2, default="id")
    version = models.SmallIntegerField(default=1)
    status = models.CharField(max_length=8, choices=Status, default=Status.QUEUED)
    serial = models.IntegerField()
    year = models.SmallIntegerField()
    number = models.CharField(max_length=60)
    code = models.CharField(max_length=CODE)
    replaces = models.ForeignKey(
        "self", models.PROTECT, null=True, db_constraint=False, db_index=False, related_name="replaced_by"
    )
    requested_by = models.UUIDField(null=True)
    requested_at = models.DateTimeField(db_default=Now())
    reason = models.CharField(max_length=REASON, null=True)
    failed_because = models.CharField(max_length=60, null=True)
    made_on = models.DateField(null=True)
    issued_at = models.DateTimeField(null=True)
    sha256 = models.BinaryField(null=True)
    unsigned_sha256 = models.BinaryField(null=True)
    pages = models.SmallIntegerField(null=True)
    head_seq = models.BigIntegerField(null=True)
    head_hash = models.BinaryField(null=True)
    totals = models.JSONField(null=True)
    file = models.CharField(max_length=120, null=True)
    scopes = ArrayField(models.CharField(max_length=LONGEST), default=list)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.UUIDField(null=True)
    revoked_because = models.CharField(max_length=REASON, null=True)

    class Meta:
        constraints = [
            *(
                models.UniqueConstraint(
                    fields=["group_id", "kind", "subject_id", "since", "until", "language"],
                    name=name,
                    condition=Q(status__in=statuses),
                    nulls_distinct=False,
                )
                for name, statuses in (
                    ("statement_is_valid_once", ["ready"]),
                    ("statement_is_asked_once", ["queued", "failed"]),
                )
            ),
            models.UniqueConstraint(
                fields=["group_id", "kind", "year", "serial", "version"], name="statement_number_is_its_own"
            ),
            models.UniqueConstraint(fields=["group_id", "code"], name="statement_code_is_its_own"),
            models.UniqueConstraint(
                fields=["group_id", "replaces"],
                name="statement_is_replaced_once",
                condition=Q(replaces__isnull=False),
            ),
            models.CheckConstraint(
                name="statement_status_is_known",
                condition=Q(status__in=["queued", "ready", "failed", "replaced", "revoked"]),
            ),
            models.CheckConstraint(name="statement_covers_days", condition=Q(since=None) | Q(since__lte=F("until"))),
            models.CheckConstraint(
                name="statement_first_version_replaces_nothing",
                condition=Q(version=1, replaces=None) | Q(version__gt=1, replaces__isnull=False),
            ),
            models.CheckConstraint(name="statement_number_counts", condition=Q(serial__gte=1, year__gte=1900)),
            models.CheckConstraint(
                name="statement_is_whole_once_issued",
                condition=Q(
                    status__in=["queued", "failed"], **{f"{name}": None for name in ISSUED if name != "made_on"}
                )
                | Q(
                    status__in=["ready", "replaced", "revoked"],
                    pages__gte=1,
                    head_seq__gte=0,
                    **{f"{name}__isnull": False for name in ISSUED},
                ),
            ),
            models.CheckConstraint(
                name="statement_failed_says_why",
                condition=Q(status="failed", failed_because__isnull=False)
                | (~Q(status="failed") & Q(failed_because=None)),
            ),
            models.CheckConstraint(
                name="statement_is_revoked_by_somebody",
                condition=Q(status="revoked", revoked_at__isnull=False, revoked_by__isnull=False)
                | (~Q(status="revoked") & Q(revoked_at=None, revoked_by=None, revoked_because=None)),
            ),
        ]
        indexes = [
            models.Index(fields=["group_id", "member", "id"], name="statement_of_a_member"),
            models.Index(fields=["group_id", "kind", "subject_id", "until"], name="statement_before"),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="asked_stands", operation=pgtrigger.Update, condition=pgtrigger.Condition(_changed(FIXED))
            ),
            pgtrigger.Protect(
                name="issued_stands",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(f'OLD."sha256" IS NOT NULL AND {_changed((*ISSUED, "scopes"))}'),
            ),
        ]


class StatementDirectory(models.Model):
    """Where a paper that somebody holds belongs: by the code on it, by the hash of its file, or, where the file was
    changed, by the `mark` inside it (`reports.numbers.mark`). A door table."""

    code = models.CharField(max_length=CODE, primary_key=True)
    group_id = models.UUIDField()
    statement_id = models.UUIDField()
    sha256 = models.BinaryField(null=True, unique=True)
    mark = models.BinaryField(unique=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="directory_code_is_written_plainly", condition=Q(code__regex=r"^[0-9a-z]{26}$"))
        ]


class Delivery(models.Model):
    """A paper on its way to somebody's mailbox. `address` is that of an office, a lender's; `refused` for good when the
    server there said so, with what it said."""

    class Status(models.TextChoices):
        QUEUED = "queued"
        SENT = "sent"
        REFUSED = "refused"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=uuid7)
    group_id = models.UUIDField()
    statement = models.ForeignKey(
        Statement, models.PROTECT, db_constraint=False, db_index=False, related_name="deliveries"
    )
    address = models.CharField(max_length=254)
    status = models.CharField(max_length=7, choices=Status, default=Status.QUEUED)
    asked_at = models.DateTimeField(db_default=Now())
    settled_at = models.DateTimeField(null=True)
    said = models.CharField(max_length=300, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group_id", "statement", "address"], name="delivery_is_one_an_address"),
            models.CheckConstraint(
                name="delivery_status_is_known", condition=Q(status__in=["queued", "sent", "refused", "failed"])
            ),
            models.CheckConstraint(
                name="delivery_is_settled_or_not",
                condition=Q(status="queued", settled_at=None) | (~Q(status="queued") & Q(settled_at__isnull=False)),
            ),
        ]


StatementEvent = history(Statement, exclude=("reason", "revoked_because", "totals", "code"))
DeliveryEvent = history(Delivery, exclude=("address", "said"))
