"""People and their groups: who exists, who belongs where, who may sign in.

Door tables (User, Token, Session, Group, Seat) are read before a group is known and hold no personal data. All else
belongs to one group under row security. Personal fields stand in `Person` alone: names, telephone numbers and birth
dates are in no history, no log and no stored answer.
"""

from typing import Any, ClassVar

import pghistory
import pgtrigger
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from knox.models import AbstractAuthToken

from ledger.ids import uuid7
from ledger.money import LARGEST

NAME = 120
SHORT = 80


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        """User names differ by more than the case of their letters."""
        return self.get(username=(username or "").lower())


class User(AbstractBaseUser):  # type: ignore[django-manager-missing]
    """Somebody who signs in. `username` is a chosen word, not a person's name, and disappears when she is erased.

    `password_is`: a first password is made by somebody else and good for one login; until she has set her own, her
    tokens may do nothing else.
    """

    class Password(models.TextChoices):
        OWN = "own"
        ONE_TIME = "one_time"
        SPENT = "spent"

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
                name="user_password_is_known", condition=Q(password_is__in=["own", "one_time", "spent"])
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
    """An API token: one a device, hashed, expiring. `label` is the device's, in her words."""

    id = models.UUIDField(unique=True, default=uuid7)
    label = models.CharField(max_length=SHORT, null=True)

    def __str__(self) -> str:
        return f"token {self.id}"


class Failure(models.Model):
    """How many passwords one address sent in ten seconds, the right ones taken off; the address is a hash."""

    pk = models.CompositePrimaryKey("address", "since")
    address = models.CharField(max_length=64)
    since = models.DateTimeField()
    count = models.IntegerField()


class Session(AbstractBaseSession):
    """A browser's session, with its user, so that hers can be listed and ended."""

    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="sessions")
    started_at = models.DateTimeField(db_default=Now())

    objects: ClassVar[Any] = BaseSessionManager()


class Group(models.Model):
    """A group in the directory, with its policy. Its id is the id of its book; currency and zone are the book's.

    `single_officer_limit` is the most one officer may take out of cash or bank alone, in the currency's smallest unit;
    0: always two. `rate_cap_percent` is a year's. `meets_from` is one meeting, from which the others are counted both
    ways. Cash is kept for an approved loan for `reservation_days`; officers together may owe `related_party_percent`
    of the group's own capital; a loan so many days late earns no income until it is paid (`nonperforming_days`), and
    one that was rescheduled keeps its worst class for `cure_days`.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    name = models.CharField(max_length=NAME)
    village = models.CharField(max_length=SHORT, null=True)
    district = models.CharField(max_length=SHORT, null=True)
    regency = models.CharField(max_length=SHORT, null=True)
    currency = models.CharField(max_length=3)
    digits = models.SmallIntegerField()
    timezone = models.CharField(max_length=64)
    meeting_every = models.SmallIntegerField(default=1)
    meeting_unit = models.CharField(
        max_length=5, choices=[(unit, unit) for unit in ("day", "week", "month")], default="month"
    )
    demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now())
    approvals_required = models.SmallIntegerField(default=2)
    single_officer_limit = models.BigIntegerField(default=1_000_000)
    interest_recognition = models.CharField(max_length=7, default="cash")
    interest_word = models.CharField(max_length=5, default="jasa")
    arrears_preset = models.CharField(max_length=16, default="koperasi")
    installment_multiple = models.BigIntegerField(default=0)
    rate_cap_percent = models.DecimalField(max_digits=5, decimal_places=2, default="24.00")
    meets_from = models.DateField(null=True)
    reservation_days = models.SmallIntegerField(default=14)
    related_party_percent = models.DecimalField(max_digits=5, decimal_places=2, default="10.00")
    nonperforming_days = models.SmallIntegerField(default=90)
    cure_days = models.SmallIntegerField(default=90)

    RECOGNITIONS = ("cash", "accrual")
    INTEREST_WORDS = ("jasa", "bunga")
    ARREARS_PRESETS = ("bank", "pnpm_perkotaan", "pnpm_perdesaan", "koperasi", "cgap")

    class Meta:
        constraints = [
            models.CheckConstraint(name="group_demo_says_so", condition=Q(demo=False) | Q(name__startswith="DEMO")),
            models.CheckConstraint(
                name="group_meets_now_and_then", condition=Q(meeting_every__gte=1, meeting_every__lte=366)
            ),
            models.CheckConstraint(
                name="group_meeting_unit_is_known", condition=Q(meeting_unit__in=["day", "week", "month"])
            ),
            models.CheckConstraint(
                name="group_approvals_are_few", condition=Q(approvals_required__gte=1, approvals_required__lte=9)
            ),
            models.CheckConstraint(
                name="group_limits_are_amounts",
                condition=Q(single_officer_limit__gte=0, single_officer_limit__lte=LARGEST)
                & Q(installment_multiple__gte=0, installment_multiple__lte=LARGEST),
            ),
            models.CheckConstraint(
                name="group_recognition_is_known", condition=Q(interest_recognition__in=["cash", "accrual"])
            ),
            models.CheckConstraint(name="group_interest_has_a_word", condition=Q(interest_word__in=["jasa", "bunga"])),
            models.CheckConstraint(
                name="group_arrears_preset_is_known",
                condition=Q(arrears_preset__in=["bank", "pnpm_perkotaan", "pnpm_perdesaan", "koperasi", "cgap"]),
            ),
            models.CheckConstraint(
                name="group_rate_cap_is_sane", condition=Q(rate_cap_percent__gt=0, rate_cap_percent__lte=200)
            ),
            models.CheckConstraint(
                name="group_lending_policy_is_sane",
                condition=Q(reservation_days__gte=1, reservation_days__lte=90)
                & Q(related_party_percent__gte=0, related_party_percent__lte=100)
                & Q(nonperforming_days__gte=1, nonperforming_days__lte=720, cure_days__gte=0, cure_days__lte=720),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Holiday(models.Model):
    """A day on which the group differs from the calendar: off (`closed`), or at work on a public holiday."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    group_id = models.UUIDField()
    day = models.DateField()
    closed = models.BooleanField(default=True)
    name = models.CharField(max_length=SHORT, null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["group_id", "day"], name="holiday_is_one_a_day")]


class Seat(models.Model):
    """What a user is in a group: the offices she holds, and the member (or lender) she is. Decides what she may do."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    user = models.ForeignKey(User, models.CASCADE, related_name="seats")
    group = models.ForeignKey(Group, models.PROTECT, related_name="seats")
    roles = ArrayField(models.CharField(max_length=10), default=list)
    member_id = models.UUIDField(null=True)
    lender_id = models.UUIDField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "group"], name="seat_is_one_a_group"),
            models.UniqueConstraint(
                fields=["group", "member_id"], name="seat_of_a_member_is_one", condition=~Q(member_id=None)
            ),
            models.CheckConstraint(
                name="seat_roles_are_known",
                condition=Q(roles__contained_by=["chair", "treasurer", "secretary", "supervisor"]),
            ),
        ]


class Person(models.Model):
    """Everything personal about somebody, in one row that can be emptied; `erased_at` says that it was.

    `data_key` is her own key, wrapped by the installation's; the NIK is sealed under it. `nik_index` finds the same NIK
    again within the group and tells nothing without the key.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    group_id = models.UUIDField()
    name = models.CharField(max_length=NAME, null=True)
    phone = models.CharField(max_length=16, null=True)
    address = models.CharField(max_length=300, null=True)
    born_on = models.DateField(null=True)
    nik_sealed = models.BinaryField(null=True)
    nik_index = models.BinaryField(null=True)
    nik_last4 = models.CharField(max_length=4, null=True)
    data_key = models.BinaryField(null=True)
    business_kind = models.CharField(max_length=SHORT, null=True)
    business_product = models.CharField(max_length=NAME, null=True)
    raw_materials = ArrayField(models.CharField(max_length=SHORT), default=list)
    workers = models.IntegerField(null=True)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group_id", "nik_index"], name="person_nik_is_hers", condition=~Q(nik_index=None)
            ),
            models.CheckConstraint(
                name="person_nik_is_whole",
                condition=Q(nik_sealed=None, nik_index=None, nik_last4=None)
                | Q(
                    nik_sealed__isnull=False,
                    nik_index__isnull=False,
                    nik_last4__isnull=False,
                    nik_last4__regex=r"^[0-9]{4}$",
                    data_key__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="person_has_a_name_or_nothing",
                condition=Q(erased_at=None, name__isnull=False, name__regex=r"\S")
                | Q(
                    erased_at__isnull=False,
                    name=None,
                    phone=None,
                    address=None,
                    born_on=None,
                    nik_sealed=None,
                    data_key=None,
                )
                & Q(business_kind=None, business_product=None, raw_materials=[], workers=None),
            ),
            models.CheckConstraint(
                name="person_phone_is_international", condition=Q(phone=None) | Q(phone__regex=r"^\+[0-9]{6,15}$")
            ),
            models.CheckConstraint(
                name="person_workers_are_counted", condition=Q(workers=None) | Q(workers__gte=0, workers__lte=10_000)
            ),
        ]


class Member(models.Model):
    """Somebody's place in a group, under the number of her book. She may leave and come back: see `Membership`."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    group_id = models.UUIDField()
    person = models.ForeignKey(Person, models.PROTECT, db_constraint=False, db_index=False, related_name="members")
    number = models.CharField(max_length=20)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group_id", "number"], name="member_number_is_hers"),
            models.UniqueConstraint(fields=["group_id", "person"], name="member_is_one_a_person"),
            models.CheckConstraint(
                name="member_number_is_printable", condition=Q(number__regex=r"^[0-9A-Za-z][0-9A-Za-z./-]*$")
            ),
        ]


class Membership(models.Model):
    """One stay of a member: from `joined_on` to `left_on`, both days included; null while she is here. `rules.sql`
    refuses stays that overlap."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    group_id = models.UUIDField()
    member = models.ForeignKey(Member, models.PROTECT, db_constraint=False, db_index=False, related_name="memberships")
    joined_on = models.DateField()
    left_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group_id", "member", "joined_on"], name="membership_begins_once"),
            models.CheckConstraint(name="membership_date_is_sane", condition=Q(joined_on__gte="1900-01-01")),
            models.CheckConstraint(
                name="membership_ends_after_it_began", condition=Q(left_on=None) | Q(left_on__gte=F("joined_on"))
            ),
        ]


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


ANY_COLUMN = pgtrigger.Condition("OLD.* IS DISTINCT FROM NEW.*")


def history(
    tracked: type[models.Model], *, exclude: tuple[str, ...] = (), changed: pgtrigger.Condition = ANY_COLUMN
) -> type[models.Model]:
    """The event table of a mutable table: which row was inserted, changed or deleted, when, by whom (`pgh_context`: the
    actor's and the request's id). Columns in `exclude` are not kept, though their change is; rows are only added to."""
    return pghistory.create_event_model(
        tracked,
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(condition=changed),
        pghistory.DeleteEvent(),
        exclude=list(exclude),
        obj_field=None,  # type: ignore[arg-type]
        context_field=pghistory.ContextJSONField(),
        context_id_field=None,  # type: ignore[arg-type]
        append_only=True,
        abstract=False,
        attrs={"pgh_id": models.UUIDField(primary_key=True, db_default=RandomUUID())},
        level=pgtrigger.Row,
    )


PERSONAL = (
    *("name", "phone", "address", "born_on", "nik_sealed", "nik_index", "nik_last4", "data_key"),
    *("business_kind", "business_product", "raw_materials", "workers"),
)
UserEvent = history(
    User,
    exclude=("username", "password", "last_login"),
    changed=pgtrigger.AnyChange("username", "password", "password_is", "is_active", "is_operator", "may_open_groups"),
)
GroupEvent = history(Group)
HolidayEvent = history(Holiday, exclude=("name",))
SeatEvent = history(Seat)
PersonEvent = history(Person, exclude=PERSONAL)
MemberEvent = history(Member)
MembershipEvent = history(Membership)
OfficerEvent = history(Officer)
PinEvent = history(Pin, exclude=("hash",))
