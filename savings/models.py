"""What members save: products as data, an account for each member and product, and what moved on it.

Amounts are whole counts of the currency's smallest payable unit. Balances stand in the ledger alone: every account here
is a leaf of the group's book, and no table of this part holds a running total.
"""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from ledger.ids import uuid7
from ledger.money import LARGEST
from members.models import Member, history

HIGHEST_RATE = Decimal("24.00")
"""Percent a year: no product pays more."""


class Product(models.Model):
    """A kind of savings of one group. `parent` is the chart's account below which members' accounts are opened.

    `withdrawable`: never, leaving (when she leaves), any (day), from_date (`opens_on`, or `term_months` after the first
    deposit). `floor` has to stay in the account after a withdrawal. What is due and what it earns change with time and
    stand in `Due` and `Rate`.
    """

    class Nature(models.TextChoices):
        EQUITY = "equity"
        LIABILITY = "liability"

    class Withdrawable(models.TextChoices):
        NEVER = "never"
        LEAVING = "leaving"
        ANY = "any"
        FROM_DATE = "from_date"

    id = models.UUIDField(primary_key=True, default=uuid7)
    group_id = models.UUIDField()
    code = models.CharField(max_length=30)
    name = models.CharField(max_length=80)
    nature = models.CharField(max_length=9, choices=Nature)
    withdrawable = models.CharField(max_length=9, choices=Withdrawable)
    opens_on = models.DateField(null=True)
    term_months = models.SmallIntegerField(null=True)
    floor = models.BigIntegerField(default=0)
    parent = models.CharField(max_length=6)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group_id", "code"], name="savings_code_is_unique"),
            models.CheckConstraint(name="product_code_is_a_word", condition=Q(code__regex=r"^[a-z][a-z0-9_]*$")),
            models.CheckConstraint(name="product_has_a_name", condition=Q(name__regex=r"\S")),
            models.CheckConstraint(
                name="product_nature_is_known",
                condition=Q(nature="equity", parent__startswith="3-") | Q(nature="liability", parent__startswith="2-"),
            ),
            models.CheckConstraint(
                name="product_is_locked_until_told",
                condition=Q(withdrawable__in=["never", "leaving", "any"], opens_on=None, term_months=None)
                | Q(withdrawable="from_date", opens_on__isnull=False, term_months=None)
                | Q(withdrawable="from_date", opens_on=None, term_months__isnull=False)
                & Q(term_months__gte=1, term_months__lte=600),
            ),
            models.CheckConstraint(name="product_floor_is_an_amount", condition=Q(floor__gte=0, floor__lte=LARGEST)),
        ]


class Due(models.Model):
    """What a product asks of every member from `from_on` until the next row: `amount` each `every` `unit`s; without a
    rhythm once, on joining; `amount` null: nothing."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    group_id = models.UUIDField()
    product = models.ForeignKey(Product, models.PROTECT, db_constraint=False, db_index=False, related_name="dues")
    from_on = models.DateField()
    amount = models.BigIntegerField(null=True)
    every = models.SmallIntegerField(null=True)
    unit = models.CharField(max_length=5, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group_id", "product", "from_on"], name="due_begins_once"),
            models.CheckConstraint(name="due_date_is_sane", condition=Q(from_on__gte="1900-01-01")),
            models.CheckConstraint(
                name="due_is_an_amount", condition=Q(amount=None) | Q(amount__gte=1, amount__lte=LARGEST)
            ),
            models.CheckConstraint(
                name="due_rhythm_is_whole",
                condition=Q(every=None, unit=None)
                | Q(every__isnull=False, every__gte=1, every__lte=366, unit__isnull=False)
                & Q(unit__in=["day", "week", "month"]),
            ),
        ]


class Rate(models.Model):
    """What a product earns from `from_on` until the next row, in percent a year; null: nothing.

    `runs` is how often all its accounts had been looked at when that was decided: while it is as many, the months from
    `from_on` on are looked at again.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    group_id = models.UUIDField()
    product = models.ForeignKey(Product, models.PROTECT, db_constraint=False, db_index=False, related_name="rates")
    from_on = models.DateField()
    rate = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    runs = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group_id", "product", "from_on"], name="rate_begins_once"),
            models.CheckConstraint(name="rate_date_is_sane", condition=Q(from_on__gte="1900-01-01")),
            models.CheckConstraint(name="rate_is_sane", condition=Q(rate=None) | Q(rate__gt=0, rate__lte=HIGHEST_RATE)),
        ]


class Account(models.Model):
    """A member's account of one product: `account_id` is its leaf in the ledger, opened with the first movement.

    `number` runs through the group and is part of the leaf's code; it says nothing about her and never changes.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    group_id = models.UUIDField()
    member = models.ForeignKey(Member, models.PROTECT, db_constraint=False, db_index=False, related_name="+")
    product = models.ForeignKey(Product, models.PROTECT, db_constraint=False, db_index=False, related_name="accounts")
    account_id = models.UUIDField()
    number = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group_id", "member", "product"], name="account_is_one_a_product"),
            models.UniqueConstraint(fields=["group_id", "account_id"], name="account_leaf_is_its_own"),
            models.UniqueConstraint(fields=["group_id", "number"], name="account_number_is_its_own"),
        ]

    @property
    def code(self) -> str:
        """The code of its leaf in the chart."""
        return f"{self.product.parent}.{self.number:04d}"


class Movement(models.Model):
    """Money a member put in or took out, one row an entry and account. Only added to: whether it was taken back says
    the ledger. `settlement` is what went to her, or to her loan, as she left. `carried_by` brought it for her."""

    class Kind(models.TextChoices):
        DEPOSIT = "deposit"
        WITHDRAWAL = "withdrawal"
        SETTLEMENT = "settlement"

    class Channel(models.TextChoices):
        CASH = "cash"
        BANK = "bank"

    id = models.UUIDField(primary_key=True, default=uuid7)
    group_id = models.UUIDField()
    account = models.ForeignKey(Account, models.PROTECT, db_constraint=False, db_index=False, related_name="movements")
    member = models.ForeignKey(Member, models.PROTECT, db_constraint=False, db_index=False, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)
    amount = models.BigIntegerField()
    effective_on = models.DateField()
    entry_id = models.UUIDField()
    channel = models.CharField(max_length=4, choices=Channel)
    carried_by = models.ForeignKey(
        Member, models.PROTECT, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    meeting_id = models.UUIDField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group_id", "entry_id", "account"], name="movement_is_one_an_entry"),
            models.CheckConstraint(
                name="movement_kind_is_known", condition=Q(kind__in=["deposit", "withdrawal", "settlement"])
            ),
            models.CheckConstraint(name="movement_is_an_amount", condition=Q(amount__gte=1, amount__lte=LARGEST)),
            models.CheckConstraint(name="movement_channel_is_known", condition=Q(channel__in=["cash", "bank"])),
        ]
        indexes = [
            models.Index(fields=["group_id", "member", "id"], name="movement_of_member"),
            models.Index(fields=["group_id", "account", "kind"], name="movement_of_account"),
        ]


class InterestRun(models.Model):
    """One look at a product's interest for a month, by the month's first day; the first credits it, a later one the
    difference. `entry_id` null: there was none. `head_seq` is the head of the book it was derived from.

    `whole`: every account was looked at; else one member's alone, as she left.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    group_id = models.UUIDField()
    product = models.ForeignKey(Product, models.PROTECT, db_constraint=False, db_index=False, related_name="runs")
    month = models.DateField()
    number = models.IntegerField()
    head_seq = models.BigIntegerField()
    whole = models.BooleanField()
    entry_id = models.UUIDField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group_id", "product", "month", "number"], name="interest_runs_in_order"),
            models.UniqueConstraint(
                fields=["group_id", "entry_id"], name="interest_entry_is_its_own", condition=~Q(entry_id=None)
            ),
            models.CheckConstraint(name="interest_month_is_its_first_day", condition=Q(month__day=1)),
            models.CheckConstraint(name="interest_number_counts", condition=Q(number__gte=1)),
        ]


class InterestLine(models.Model):
    """What one run booked on one account: `amount` (negative: taken back) is what is due less what `stood` before.

    `exact` is what the month earned before rounding, to six places; `amount + stood` less it is the rounding.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    group_id = models.UUIDField()
    run = models.ForeignKey(InterestRun, models.PROTECT, db_constraint=False, db_index=False, related_name="lines")
    account = models.ForeignKey(Account, models.PROTECT, db_constraint=False, db_index=False, related_name="interest")
    month = models.DateField()
    number = models.IntegerField()
    exact = models.DecimalField(max_digits=24, decimal_places=6)
    stood = models.BigIntegerField()
    amount = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group_id", "account", "month", "number"], name="interest_is_paid_once"),
            models.CheckConstraint(name="interest_line_moves_money", condition=~Q(amount=0)),
            models.CheckConstraint(
                name="interest_is_never_negative", condition=Q(stood__gte=0) & Q(stood__gte=-F("amount"))
            ),
        ]


ProductEvent = history(Product, exclude=("name",))
DueEvent = history(Due)
RateEvent = history(Rate)
