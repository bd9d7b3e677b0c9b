"""Groups with their policies and days off, and who sits where. Group and Seat are door tables."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from ledger.ids import uuid7
from ledger.money import LARGEST
from members.models.lengths import NAME, SHORT
from members.models.users import User


class Group(models.Model):
    """A group in the directory, with its policy. Its id is the id of its book; currency and zone are the book's.

    `single_officer_limit` is the most one officer may take out of cash or bank alone, in the currency's smallest unit;
    0: always two. `rate_cap_percent` is a year's. `meets_from` is one meeting, from which the others are counted both
    ways. Cash is kept for an approved loan for `reservation_days`; officers together may owe `related_party_percent`
    of the group's own capital; a loan so many days late earns no income until it is paid (`nonperforming_days`), and
    one that was rescheduled keeps its worst class for `cure_days`. Its statements bear the headings of
    `accounting_standard`.
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
    accounting_standard = models.CharField(max_length=8, default="sak_ep")

    RECOGNITIONS = ("cash", "accrual")
    INTEREST_WORDS = ("jasa", "bunga")
    STANDARDS = ("sak_ep", "sak_emkm")
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
                name="group_standard_is_known", condition=Q(accounting_standard__in=["sak_ep", "sak_emkm"])
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

    def day_at(self, moment: datetime) -> date:
        """The day it is in the group's time zone."""
        return moment.astimezone(ZoneInfo(self.timezone)).date()


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
    """What a user is in a group: the offices she holds and the member she is, or the lender she signs in for. Decides
    what she may do. `scopes` is what the group's consents open to a lender's seat today (`access.seat` fills it)."""

    scopes: frozenset[str] = frozenset()

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
            models.CheckConstraint(
                name="seat_of_a_lender_is_nothing_else", condition=Q(lender_id=None) | Q(member_id=None, roles=[])
            ),
        ]
