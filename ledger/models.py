"""What the books store. The rules stand in the database: constraints here, the rest in `migrations/*.sql`.

The runtime role may read these tables and change none of them but Command, Outbox and Job: the functions of
`migrations/*.sql` are the only hands that write a book.
Amounts are whole counts of the currency's smallest payable unit; dates are days in the group's time zone.
"""

from django.db import models
from django.db.models import F, Q

from ledger.ids import uuid7
from ledger.money import LARGEST


class Book(models.Model):
    """The books of one group; its id is the group's own. The row is the lock every writer takes first."""

    group_id = models.UUIDField(primary_key=True)
    currency = models.CharField(max_length=3, default="IDR")
    digits = models.SmallIntegerField(default=0)
    timezone = models.TextField(default="Asia/Jakarta")
    head_seq = models.BigIntegerField(default=0)
    head_hash = models.BinaryField()
    closed_through = models.DateField(null=True)
    opened_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="book_currency_is_three_letters", condition=Q(currency__regex=r"^[A-Z]{3}$")),
            models.CheckConstraint(name="book_digits_are_few", condition=Q(digits__gte=0, digits__lte=3)),
        ]


class Account(models.Model):
    """A row of the chart, or a leaf below one (one savings account, one loan's principal).

    `balance` is positive on the `normal` side. A parent's total is its own balance and its leaves'.
    `owned_by` names the app that alone posts here; null: anyone, by journal. `floor` null: no lower bound.
    `held` is promised and still in the balance: nothing may take it out until it is let go of; it has no date.
    `last_on` is the latest effective date among its postings.
    """

    class Kind(models.TextChoices):
        ASSET = "asset"
        LIABILITY = "liability"
        EQUITY = "equity"
        INCOME = "income"
        EXPENSE = "expense"
        MEMO = "memo"

    id = models.UUIDField(primary_key=True, default=uuid7)
    group_id = models.UUIDField()
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)
    kind = models.CharField(max_length=9, choices=Kind)
    normal = models.CharField(max_length=1, choices=[("D", "debit"), ("C", "credit")])
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, db_constraint=False, db_index=False, related_name="leaves"
    )
    owned_by = models.CharField(max_length=20, null=True)
    floor = models.BigIntegerField(null=True)
    balance = models.BigIntegerField(default=0)
    held = models.BigIntegerField(db_default=0)
    version = models.BigIntegerField(default=0)
    last_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group_id", "code"], name="account_code_is_unique"),
            models.CheckConstraint(name="account_normal_is_debit_or_credit", condition=Q(normal__in=["D", "C"])),
            models.CheckConstraint(
                name="account_kind_is_known",
                condition=Q(kind__in=["asset", "liability", "equity", "income", "expense", "memo"]),
            ),
            models.CheckConstraint(
                name="account_not_under_its_floor", condition=Q(floor=None) | Q(balance__gte=F("floor"))
            ),
            models.CheckConstraint(name="account_held_is_no_debt", condition=Q(held__gte=0)),
            models.CheckConstraint(
                name="account_not_under_its_hold", condition=Q(floor=None) | Q(balance__gte=F("floor") + F("held"))
            ),
        ]


class Command(models.Model):
    """One request that moved money, kept for ever with its answer; unique per group and client-made key.

    `answer` holds ids, figures and dates, no names. Every entry names the command it came from.
    """

    key = models.UUIDField(primary_key=True)
    group_id = models.UUIDField()
    fingerprint = models.BinaryField()
    actor_id = models.UUIDField(null=True)
    status = models.SmallIntegerField()
    answer = models.JSONField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="command_is_a_success", condition=Q(status__gte=200, status__lte=299)),
        ]


class Entry(models.Model):
    """A journal entry of `lines` postings. `seq` has no gap in its book; `hash` chains it to the entry before."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    group_id = models.UUIDField()
    seq = models.BigIntegerField()
    effective_on = models.DateField()
    recorded_at = models.DateTimeField()
    kind = models.CharField(max_length=40)
    actor_id = models.UUIDField(null=True)
    command = models.ForeignKey(Command, models.PROTECT, db_constraint=False, db_index=False, related_name="entries")
    reverses = models.ForeignKey(
        "self", models.PROTECT, null=True, db_constraint=False, db_index=False, related_name="reversals"
    )
    lines = models.IntegerField()
    note_digest = models.BinaryField(null=True)
    hash = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group_id", "seq"], name="entry_seq_is_unique"),
            models.UniqueConstraint(
                fields=["group_id", "reverses"], name="entry_is_reversed_once", condition=~Q(reverses=None)
            ),
            models.CheckConstraint(name="entry_kind_is_a_word", condition=Q(kind__regex=r"^[a-z][a-z_]*$")),
            models.CheckConstraint(name="entry_date_is_sane", condition=Q(effective_on__gte="1900-01-01")),
        ]
        indexes = [models.Index(fields=["group_id", "command"], name="entry_of_command")]


class Posting(models.Model):
    """One line of an entry. `account_version` and `balance_after` prove the order of recording and are never shown;
    history runs in order of `(effective_on, seq, number)`."""

    pk = models.CompositePrimaryKey("group_id", "seq", "number")
    group_id = models.UUIDField()
    seq = models.BigIntegerField()
    number = models.IntegerField()
    account = models.ForeignKey(Account, models.PROTECT, db_constraint=False, db_index=False, related_name="postings")
    debit = models.BigIntegerField(default=0)
    credit = models.BigIntegerField(default=0)
    effective_on = models.DateField()
    account_version = models.BigIntegerField()
    balance_after = models.BigIntegerField()
    entry = models.ForeignObject(
        Entry, models.PROTECT, from_fields=["group_id", "seq"], to_fields=["group_id", "seq"], related_name="postings"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="posting_is_debit_or_credit",
                condition=Q(debit__gt=0, credit=0) | Q(debit=0, credit__gt=0),
            ),
            models.CheckConstraint(
                name="posting_is_not_too_large", condition=Q(debit__lte=LARGEST, credit__lte=LARGEST)
            ),
            models.UniqueConstraint(fields=["group_id", "account", "account_version"], name="posting_account_version"),
        ]
        indexes = [models.Index(fields=["group_id", "account", "effective_on", "seq"], name="posting_history")]


class EntryNote(models.Model):
    """The memo or reason of an entry. The chain holds `sha256(salt ‖ text)`, so both may be erased together."""

    entry = models.OneToOneField(Entry, models.PROTECT, primary_key=True, db_constraint=False, related_name="note")
    group_id = models.UUIDField()
    text = models.TextField(null=True)
    salt = models.BinaryField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="note_is_whole_or_erased",
                condition=Q(text=None, salt=None) | Q(text__isnull=False, salt__isnull=False),
            ),
        ]


class MonthClose(models.Model):
    """A month closed by two people, with the head of the chain at that moment; reopened, it stays as history."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    group_id = models.UUIDField()
    month = models.DateField()
    closed_at = models.DateTimeField()
    closed_by = models.UUIDField()
    closed_with = models.UUIDField()
    head_seq = models.BigIntegerField()
    head_hash = models.BinaryField()
    reopened_at = models.DateTimeField(null=True)
    reopened_by = models.UUIDField(null=True)
    reopened_with = models.UUIDField(null=True)
    reopen_reason = models.TextField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group_id", "month"], name="month_is_closed_once", condition=Q(reopened_at=None)
            ),
            models.CheckConstraint(name="month_is_its_first_day", condition=Q(month__day=1)),
            models.CheckConstraint(name="month_is_closed_by_two", condition=~Q(closed_by=F("closed_with"))),
            models.CheckConstraint(
                name="month_is_reopened_by_two_with_a_reason",
                condition=Q(reopened_at=None, reopened_by=None, reopened_with=None, reopen_reason=None)
                | (
                    Q(reopened_at__isnull=False, reopened_by__isnull=False, reopened_with__isnull=False)
                    & Q(reopen_reason__isnull=False)
                    & ~Q(reopened_by=F("reopened_with"))
                ),
            ),
        ]


class MonthBalance(models.Model):
    """An account's balance at the end of a closed month: the anchor from which the past is read."""

    pk = models.CompositePrimaryKey("group_id", "close_id", "account_id")
    group_id = models.UUIDField()
    close = models.ForeignKey(MonthClose, models.PROTECT, db_constraint=False, db_index=False, related_name="balances")
    account = models.ForeignKey(Account, models.PROTECT, db_constraint=False, db_index=False, related_name="+")
    balance = models.BigIntegerField()


class Job(models.Model):
    """Work for a worker, with its state. Safe to run twice; `key` makes asking twice one job."""

    class Status(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=uuid7)
    key = models.CharField(max_length=120, unique=True)
    task = models.CharField(max_length=80)
    group_id = models.UUIDField(null=True)
    arguments = models.JSONField(default=dict)
    status = models.CharField(max_length=7, choices=Status, default=Status.QUEUED)
    attempts = models.IntegerField(default=0)
    created_at = models.DateTimeField()
    touched_at = models.DateTimeField()
    result = models.JSONField(null=True)
    error = models.TextField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="job_status_is_known", condition=Q(status__in=["queued", "running", "done", "failed"])
            ),
        ]
        indexes = [
            models.Index(fields=["touched_at"], name="job_unfinished", condition=Q(status__in=["queued", "running"]))
        ]


class Outbox(models.Model):
    """A message that is to reach the broker: written in the transaction of its cause, sent by a worker, then dated."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    job = models.ForeignKey(Job, models.CASCADE, related_name="messages")
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["due_at"], name="outbox_unsent", condition=Q(sent_at=None))]
