"""What the group is open about to a member: answers to what she doubts, and who looked at her data."""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from ledger.ids import uuid7
from members.models.people import Member

LONGEST = 500


class Dispute(models.Model):
    """Ada yang salah? What a member doubts about an entry that is about her, or in general; the officers answer.

    Never deleted, and answered once: `explained`, or `corrected` with the entry that took something back. `text` and
    `answer` are emptied when she is forgotten.
    """

    class Decision(models.TextChoices):
        EXPLAINED = "explained"
        CORRECTED = "corrected"

    id = models.UUIDField(primary_key=True, default=uuid7)
    group_id = models.UUIDField()
    member = models.ForeignKey(Member, models.PROTECT, db_constraint=False, db_index=False, related_name="disputes")
    entry_id = models.UUIDField(null=True)
    text = models.CharField(max_length=LONGEST, null=True)
    raised_by = models.UUIDField()
    raised_at = models.DateTimeField(db_default=Now())
    decision = models.CharField(max_length=9, choices=Decision, null=True)
    answer = models.CharField(max_length=LONGEST, null=True)
    correction_id = models.UUIDField(null=True)
    answered_by = models.UUIDField(null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group_id", "member", "entry_id"],
                name="dispute_waits_once",
                condition=Q(answered_at=None),
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="dispute_is_open_or_answered",
                condition=Q(answered_at=None, answered_by=None, decision=None, answer=None, correction_id=None)
                | Q(answered_at__isnull=False, answered_by__isnull=False, decision__isnull=False),
            ),
            models.CheckConstraint(
                name="dispute_decision_is_known",
                condition=Q(decision=None) | Q(decision__in=["explained", "corrected"]),
            ),
            models.CheckConstraint(
                name="dispute_correction_corrects", condition=Q(correction_id=None) | Q(decision="corrected")
            ),
            models.CheckConstraint(
                name="dispute_is_answered_by_another", condition=Q(answered_by=None) | ~Q(answered_by=F("raised_by"))
            ),
            models.CheckConstraint(name="dispute_says_something", condition=Q(text=None) | Q(text__regex=r"\S")),
        ]
        indexes = [models.Index(fields=["group_id", "answered_at"], name="dispute_that_waits")]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]


class Sight(models.Model):
    """That somebody else looked at a member's data on a day: one row for each kind of data. Only added to."""

    class What(models.TextChoices):
        PROFILE = "profile"
        SAVINGS = "savings"
        LOANS = "loans"
        EXPORT = "export"

    id = models.UUIDField(primary_key=True, default=uuid7)
    group_id = models.UUIDField()
    member = models.ForeignKey(Member, models.PROTECT, db_constraint=False, db_index=False, related_name="sights")
    user_id = models.UUIDField()
    what = models.CharField(max_length=7, choices=What)
    day = models.DateField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group_id", "member", "user_id", "what", "day"], name="sight_is_one_a_day"),
            models.CheckConstraint(
                name="sight_is_of_something_known", condition=Q(what__in=["profile", "savings", "loans", "export"])
            ),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]
