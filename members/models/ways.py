"""The ways in beside a password: a phone with its PIN, a printed card of codes, passkeys and one-time passwords.

All are door tables without personal data. Of a secret only what proves it is kept: a digest, a mark under the
installation's key, a hash with memory, or, where the secret itself is needed, a seal.
"""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from ledger.ids import uuid7
from members.models.lengths import SHORT
from members.models.users import User


class Device(models.Model):
    """A phone that was enrolled for a user: she opens it with its PIN. The fifth wrong one ends it.

    `digest` is of the token in the phone's cookie, which changes each time the PIN is right; `digest_before` is of the
    one before, until the phone has shown that it got the new one.
    """

    TRIES = 5

    id = models.UUIDField(primary_key=True, default=uuid7)
    user = models.ForeignKey(User, models.CASCADE, related_name="devices")
    label = models.CharField(max_length=SHORT, null=True)
    digest = models.CharField(max_length=64)
    digest_before = models.CharField(max_length=64, null=True, db_index=True)
    hash = models.CharField(max_length=200)
    failures = models.SmallIntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now())
    last_used_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["digest"], name="device_digest_is_its_own"),
            models.CheckConstraint(name="device_failures_are_counted", condition=Q(failures__gte=0, failures__lte=5)),
        ]


class Enrolment(models.Model):
    """A code that somebody made for a user's next phone: good once, for ten minutes."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    user = models.ForeignKey(User, models.CASCADE, related_name="enrolments")
    mark = models.BinaryField()
    made_by = models.UUIDField()
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    spent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mark"], name="enrolment_code_is_its_own"),
            models.UniqueConstraint(fields=["user"], name="enrolment_waits_once", condition=Q(spent_at=None)),
        ]


class CodeCard(models.Model):
    """A printed card of codes, each good for one login. `number` says which card; the fifth wrong code ends it."""

    TRIES = 5

    id = models.UUIDField(primary_key=True, default=uuid7)
    user = models.ForeignKey(User, models.CASCADE, related_name="cards")
    number = models.CharField(max_length=8)
    failures = models.SmallIntegerField(default=0)
    made_by = models.UUIDField()
    created_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number"], name="card_number_is_its_own"),
            models.UniqueConstraint(fields=["user"], name="card_is_one_a_user", condition=Q(ended_at=None)),
            models.CheckConstraint(name="card_failures_are_counted", condition=Q(failures__gte=0, failures__lte=5)),
        ]


class CardCode(models.Model):
    """One code of a card, as a mark under the installation's key."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    card = models.ForeignKey(CodeCard, models.CASCADE, related_name="codes", db_index=False)
    mark = models.BinaryField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["card", "mark"], name="card_code_is_its_own")]


class Factor(models.Model):
    """What an officer or operator shows beside her password, or in place of it.

    `totp`: a secret she shares with an app, sealed under a key of its own; `step` is the latest half minute whose code
    was used. Until she has typed one (`confirmed_at`) it does not count. `passkey`: a key pair's public half, made for
    one host (`host`), with the number of times it has signed.
    """

    class Kind(models.TextChoices):
        TOTP = "totp"
        PASSKEY = "passkey"

    id = models.UUIDField(primary_key=True, default=uuid7)
    user = models.ForeignKey(User, models.CASCADE, related_name="factors")
    kind = models.CharField(max_length=7, choices=Kind)
    label = models.CharField(max_length=SHORT, null=True)
    created_at = models.DateTimeField(db_default=Now())
    confirmed_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
    data_key = models.BinaryField(null=True)
    secret_sealed = models.BinaryField(null=True)
    step = models.BigIntegerField(null=True)
    host = models.CharField(max_length=253, null=True)
    credential_id = models.BinaryField(null=True)
    public_key = models.BinaryField(null=True)
    sign_count = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["credential_id"], name="factor_passkey_is_its_own"),
            models.UniqueConstraint(
                fields=["user"], name="factor_app_is_one", condition=Q(kind="totp", confirmed_at__isnull=False)
            ),
            models.CheckConstraint(
                name="factor_is_whole",
                condition=Q(kind="totp", credential_id=None, public_key=None, sign_count=None, host=None)
                & Q(data_key__isnull=False, secret_sealed__isnull=False, step__isnull=False)
                | Q(kind="passkey", data_key=None, secret_sealed=None, step=None, confirmed_at__isnull=False)
                & Q(credential_id__isnull=False, public_key__isnull=False, sign_count__gte=0, host__isnull=False)
                & Q(sign_count__isnull=False),
            ),
        ]


class WrongTry(models.Model):
    """How many wrong PINs and codes came for one user in an hour, over all her phones and cards."""

    pk = models.CompositePrimaryKey("user_id", "since")
    user_id = models.UUIDField()
    since = models.DateTimeField()
    count = models.IntegerField()
