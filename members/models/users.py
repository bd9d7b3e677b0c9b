"""Who may sign in, and what she is signed in on. Door tables: read before a group is known, without personal data."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from knox.models import AbstractAuthToken

from ledger.ids import uuid7
from members.models.lengths import SHORT


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        """User names differ by more than the case of their letters."""
        return self.get(username=(username or "").lower())


class User(AbstractBaseUser):  # type: ignore[django-manager-missing]
    """Somebody who signs in. `username` is a chosen word, not a person's name, and disappears when she is erased.

    `password_is`: a first password is made by somebody else and good for one login; until she has set her own, her
    tokens may do nothing else. `none`: she comes in with an enrolled phone or a card alone.
    """

    class Password(models.TextChoices):
        OWN = "own"
        ONE_TIME = "one_time"
        SPENT = "spent"
        NONE = "none"

    id = models.UUIDField(primary_key=True, default=uuid7)
    username = models.CharField(max_length=60, unique=True)
    password_is = models.CharField(max_length=8, choices=Password, default=Password.OWN)
    is_active = models.BooleanField(default=True)
    is_operator = models.BooleanField(default=False)
    may_open_groups = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now())

    USERNAME_FIELD = "username"
    objects = UserManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="user_name_is_a_word", condition=Q(username__regex=r"^[a-z0-9][a-z0-9._@+-]{1,59}$")
            ),
            models.CheckConstraint(
                name="user_password_is_known", condition=Q(password_is__in=["own", "one_time", "spent", "none"])
            ),
        ]

    def __str__(self) -> str:
        return f"user {self.id}"

    @property
    def is_staff(self) -> bool:
        return self.is_operator

    def has_perm(self, perm: str, obj: object | None = None) -> bool:
        return self.is_active and self.is_operator

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active and self.is_operator


class Token(AbstractAuthToken):
    """An API token: one a device, hashed, expiring. `label` is the device's, in her words. `way` is what she showed for
    it beside her password, if anything."""

    id = models.UUIDField(unique=True, default=uuid7)
    label = models.CharField(max_length=SHORT, null=True)
    way = models.CharField(max_length=7, null=True)

    class Meta(AbstractAuthToken.Meta):
        constraints = [
            models.CheckConstraint(name="token_way_is_known", condition=Q(way=None) | Q(way__in=["totp", "passkey"])),
        ]

    def __str__(self) -> str:
        return f"token {self.id}"


class Failure(models.Model):
    """How many passwords one address sent in ten seconds, the right ones taken off; the address is a hash."""

    pk = models.CompositePrimaryKey("address", "since")
    address = models.CharField(max_length=64)
    since = models.DateTimeField()
    count = models.IntegerField()


class Session(AbstractBaseSession):
    """A browser's session, with its user, so that hers can be listed and ended.

    `way` is how she came in, `device` the enrolled phone it was; `label` says the browser in plain words. `pin`: by her
    password, and then with the PIN of that phone.
    `last_seen_at` is kept to the minute; null: nothing has come from it yet.
    """

    class Way(models.TextChoices):
        PASSWORD = "password"  # noqa: S105  (a way, not a secret)
        TOTP = "totp"
        PASSKEY = "passkey"
        DEVICE = "device"
        CARD = "card"
        PIN = "pin"

    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="sessions")
    started_at = models.DateTimeField(db_default=Now())
    way = models.CharField(max_length=8, choices=Way, null=True)
    device = models.ForeignKey("members.Device", models.CASCADE, null=True, related_name="sessions")
    label = models.CharField(max_length=SHORT, null=True)
    last_seen_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = BaseSessionManager()

    class Meta(AbstractBaseSession.Meta):
        constraints = [
            models.CheckConstraint(
                name="session_way_is_known",
                condition=Q(way=None) | Q(way__in=["password", "totp", "passkey", "device", "card", "pin"]),
            ),
            models.CheckConstraint(
                name="session_of_a_device_names_it",
                condition=~Q(way__in=["device", "pin"]) | Q(device__isnull=False),
            ),
        ]
