"""Offices, the PINs of who holds them, and what two of them do together."""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from ledger.ids import uuid7
from members.models.people import Member
from members.models.users import User


class Officer(models.Model):
    """An office held by a user, usually a member, from `since` until `ended_at`."""

    class Role(models.TextChoices):
        CHAIR = "chair"
        TREASURER = "treasurer"
        SECRETARY = "secretary"
        SUPERVISOR = "supervisor"

    id = models.UUIDField(primary_key=True, default=uuid7)
    group_id = models.UUIDField()
    user = models.ForeignKey(User, models.PROTECT, db_constraint=False, db_index=False, related_name="offices")
    member = models.ForeignKey(
        Member, models.PROTECT, null=True, db_constraint=False, db_index=False, related_name="offices"
    )
    role = models.CharField(max_length=10, choices=Role)
    created_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="officer_role_is_known", condition=Q(role__in=["chair", "treasurer", "secretary", "supervisor"])
            ),
            models.UniqueConstraint(
                fields=["group_id", "user", "role"], name="officer_holds_it_once", condition=Q(ended_at=None)
            ),
            models.UniqueConstraint(
                fields=["group_id", "user"],
                name="officer_keeps_power_apart",
                condition=Q(ended_at=None, role__in=["chair", "treasurer", "supervisor"]),
            ),
        ]


class Pin(models.Model):
    """An officer's PIN in one group, Argon2id, with the wrong tries since the last right one. It locks at five."""

    TRIES = 5

    id = models.UUIDField(primary_key=True, default=uuid7)
    group_id = models.UUIDField()
    user = models.ForeignKey(User, models.CASCADE, db_constraint=False, db_index=False, related_name="pins")
    hash = models.CharField(max_length=200)
    failures = models.SmallIntegerField(default=0)
    set_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group_id", "user"], name="pin_is_one_a_group"),
            models.CheckConstraint(name="pin_failures_are_counted", condition=Q(failures__gte=0, failures__lte=5)),
        ]


class PendingAct(models.Model):
    """A request that waits for a second officer: what was asked, by whom, until when. Two people by
    the database's rule.

    `body` is what was sent, without any PIN; it is emptied when the act is done. `key` is the request's and `mark`
    its fingerprint, so that the same request again neither waits twice nor is done twice.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    group_id = models.UUIDField()
    act = models.CharField(max_length=40)
    path = models.CharField(max_length=300)
    key = models.UUIDField(null=True)
    mark = models.BinaryField()
    body = models.JSONField(null=True)
    requested_by = models.UUIDField()
    requested_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group_id", "path", "requested_by"],
                name="act_waits_once",
                condition=Q(settled_at=None, key=None),
            ),
            models.UniqueConstraint(
                fields=["group_id", "requested_by", "key"], name="act_of_a_key_is_one", condition=~Q(key=None)
            ),
            models.CheckConstraint(
                name="act_needs_two_people", condition=Q(settled_by=None) | ~Q(settled_by=F("requested_by"))
            ),
            models.CheckConstraint(
                name="act_is_emptied_when_settled",
                condition=Q(settled_at=None, settled_by=None, body__isnull=False)
                | Q(settled_at__isnull=False, body=None),
            ),
        ]


class Signature(models.Model):
    """Who did an act for two, and with whom: by her PIN on the same phone, or by her own call. Only added to."""

    class How(models.TextChoices):
        PIN = "pin"
        CALL = "call"

    id = models.UUIDField(primary_key=True, default=uuid7)
    group_id = models.UUIDField()
    act = models.CharField(max_length=40)
    path = models.CharField(max_length=300)
    key = models.UUIDField(null=True)
    first_by = models.UUIDField()
    second_by = models.UUIDField()
    how = models.CharField(max_length=4, choices=How)
    signed_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(name="signature_is_of_two_people", condition=~Q(first_by=F("second_by"))),
            models.CheckConstraint(name="signature_how_is_known", condition=Q(how__in=["pin", "call"])),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]
