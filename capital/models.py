"""The lenders' money: who lends to the group, on which terms, what was drawn and paid back, which loans it became; and
what was given for good.

A facility's terms are kept as they were agreed, in the words of a loan's. Installments and lines are only added to:
what is derived anew is booked as a difference beside what stands. Amounts are whole counts of the currency's smallest
payable unit; days are in the group's time zone."""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from ledger.ids import uuid7
from ledger.money import LARGEST
from loans.models import Loan
from members.models import history

KINDS = ("bank", "upk", "dinas", "csr", "person")
CHANNELS = ("cash", "bank")
GRANTS = {"grant": "3-1030", "participation": "3-1040", "programme": "3-1050"}
"""What a gift is → the account of the chart that it raises."""


class Lender(models.Model):
    """Who lends to the group. `contact_email` is where its statements go."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    group_id = models.UUIDField()
    number = models.IntegerField()
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=6)
    contact_email = models.EmailField(max_length=254, null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group_id", "number"], name="lender_number_is_unique"),
            models.UniqueConstraint(fields=["group_id", "name"], name="lender_name_is_unique"),
            models.CheckConstraint(name="lender_kind_is_known", condition=Q(kind__in=KINDS)),
            models.CheckConstraint(name="lender_has_a_name", condition=~Q(name="")),
        ]


class Facility(models.Model):
    """What a lender has promised: up to `limit` in all, on `terms` (loans.terms; of the whole limit, agreed on
    `opened_on`), drawn in one part or several.

    `accrues`: what it costs is an expense when it falls due, not when it is paid. `ordinal` numbers what was recorded
    about it; `derived_through` and `next_on` as a loan's. `paid`: something was drawn, and nothing of it is owed.
    """

    class Status(models.TextChoices):
        ACTIVE = "active"
        PAID = "paid"

    id = models.UUIDField(primary_key=True, default=uuid7)
    group_id = models.UUIDField()
    lender = models.ForeignKey(Lender, models.PROTECT, db_constraint=False, db_index=False, related_name="facilities")
    number = models.IntegerField()
    limit = models.BigIntegerField()
    terms = models.JSONField()
    opened_on = models.DateField()
    accrues = models.BooleanField(default=False)
    status = models.CharField(max_length=6, choices=Status, default=Status.ACTIVE)
    account_id = models.UUIDField()
    accrued_account_id = models.UUIDField(null=True)
    ordinal = models.IntegerField(default=0)
    derived_through = models.DateField(null=True)
    next_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group_id", "number"], name="facility_number_is_unique"),
            models.UniqueConstraint(fields=["group_id", "account_id"], name="facility_has_its_own_account"),
            models.CheckConstraint(name="facility_limit_is_an_amount", condition=Q(limit__gte=1, limit__lte=LARGEST)),
            models.CheckConstraint(
                name="facility_ends_when_paid",
                condition=Q(status="active", ended_on=None) | Q(status="paid", ended_on__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["group_id", "lender"], name="facility_of_lender"),
            models.Index(fields=["group_id", "next_on"], name="facility_moves_by_itself", condition=~Q(next_on=None)),
        ]


class Drawdown(models.Model):
    """`amount` of a facility, drawn on `drawn_on`; `received` of it came in, the rest is what the lender kept as
    fees."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    group_id = models.UUIDField()
    facility = models.ForeignKey(
        Facility, models.PROTECT, db_constraint=False, db_index=False, related_name="drawdowns"
    )
    number = models.SmallIntegerField()
    ordinal = models.IntegerField()
    amount = models.BigIntegerField()
    received = models.BigIntegerField()
    drawn_on = models.DateField()
    channel = models.CharField(max_length=4)
    entry_id = models.UUIDField()
    reversed_by = models.UUIDField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group_id", "facility", "number"], name="drawdown_number_is_unique"),
            models.UniqueConstraint(fields=["group_id", "facility", "ordinal"], name="drawdown_ordinal_is_unique"),
            models.UniqueConstraint(fields=["group_id", "entry_id"], name="drawdown_has_its_own_entry"),
            models.CheckConstraint(
                name="drawdown_is_an_amount",
                condition=Q(amount__gte=1, amount__lte=LARGEST, received__gte=1, received__lte=F("amount")),
            ),
            models.CheckConstraint(name="drawdown_channel_is_known", condition=Q(channel__in=CHANNELS)),
        ]


class Installment(models.Model):
    """A row of a drawdown's schedule: `principal`, `interest` and `fee` fall due on `due_on` for the time since
    `from_on`."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    group_id = models.UUIDField()
    drawdown = models.ForeignKey(
        Drawdown, models.PROTECT, db_constraint=False, db_index=False, related_name="installments"
    )
    number = models.SmallIntegerField()
    from_on = models.DateField()
    due_on = models.DateField()
    principal = models.BigIntegerField()
    interest = models.BigIntegerField()
    fee = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group_id", "drawdown", "number"], name="drawn_installment_is_unique"),
            models.CheckConstraint(
                name="drawn_installment_is_never_negative",
                condition=Q(principal__gte=0, interest__gte=0, fee__gte=0, due_on__gt=F("from_on")),
            ),
        ]


class Payment(models.Model):
    """Money paid back to the lender on `paid_on`; what it pays stands in its lines."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    group_id = models.UUIDField()
    facility = models.ForeignKey(Facility, models.PROTECT, db_constraint=False, db_index=False, related_name="payments")
    ordinal = models.IntegerField()
    amount = models.BigIntegerField()
    paid_on = models.DateField()
    channel = models.CharField(max_length=4)
    entry_id = models.UUIDField()
    reversed_by = models.UUIDField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group_id", "facility", "ordinal"], name="payment_ordinal_is_unique"),
            models.UniqueConstraint(fields=["group_id", "entry_id"], name="payment_has_its_own_entry"),
            models.CheckConstraint(name="payment_is_an_amount", condition=Q(amount__gte=1, amount__lte=LARGEST)),
            models.CheckConstraint(name="payment_channel_is_known", condition=Q(channel__in=CHANNELS)),
        ]


class Line(models.Model):
    """Something that moved on a facility, as it was booked by `entry_id` for `effective_on`; signed, only added to.

    With a payment: what part of it pays `component` of the drawdown's instalment `number`. Without: what of the
    instalment's interest or fee became an expense (when the facility accrues), or ceased to be.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    group_id = models.UUIDField()
    facility = models.ForeignKey(Facility, models.PROTECT, db_constraint=False, db_index=False, related_name="lines")
    drawdown = models.ForeignKey(Drawdown, models.PROTECT, db_constraint=False, db_index=False, related_name="lines")
    payment = models.ForeignKey(
        Payment, models.PROTECT, null=True, db_constraint=False, db_index=False, related_name="lines"
    )
    entry_id = models.UUIDField()
    effective_on = models.DateField()
    number = models.SmallIntegerField()
    component = models.CharField(max_length=9)
    amount = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="facility_line_is_not_nothing", condition=~Q(amount=0)),
            models.CheckConstraint(
                name="facility_line_component_is_known",
                condition=Q(component__in=["fee", "interest", "principal"], payment__isnull=False)
                | Q(component__in=["fee", "interest"], payment=None),
            ),
        ]
        indexes = [
            models.Index(fields=["group_id", "facility"], name="line_of_facility"),
            models.Index(fields=["group_id", "payment"], name="line_of_payment", condition=~Q(payment=None)),
        ]


class Funding(models.Model):
    """`amount` of a member's loan came from a facility, from `funded_on` until `ended_on`, or until the loan ends.
    `created_at` is when that was recorded, `released_at` when its end was."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    group_id = models.UUIDField()
    facility = models.ForeignKey(Facility, models.PROTECT, db_constraint=False, db_index=False, related_name="fundings")
    loan = models.ForeignKey(Loan, models.PROTECT, db_constraint=False, db_index=False, related_name="fundings")
    amount = models.BigIntegerField()
    funded_on = models.DateField()
    ended_on = models.DateField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    released_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group_id", "facility", "loan"], name="loan_is_funded_once", condition=Q(ended_on=None)
            ),
            models.CheckConstraint(name="funding_is_an_amount", condition=Q(amount__gte=1, amount__lte=LARGEST)),
            models.CheckConstraint(
                name="funding_ends_after_it_began", condition=Q(ended_on=None) | Q(ended_on__gte=F("funded_on"))
            ),
        ]
        indexes = [models.Index(fields=["group_id", "loan"], name="funding_of_loan")]


class Grant(models.Model):
    """Money that came for good, and raised the group's own capital: given, put in from outside, or of a programme."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    group_id = models.UUIDField()
    kind = models.CharField(max_length=13)
    giver = models.CharField(max_length=120)
    amount = models.BigIntegerField()
    received_on = models.DateField()
    channel = models.CharField(max_length=4)
    entry_id = models.UUIDField()
    reversed_by = models.UUIDField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group_id", "entry_id"], name="grant_has_its_own_entry"),
            models.CheckConstraint(name="grant_kind_is_known", condition=Q(kind__in=list(GRANTS))),
            models.CheckConstraint(name="grant_is_an_amount", condition=Q(amount__gte=1, amount__lte=LARGEST)),
            models.CheckConstraint(name="grant_channel_is_known", condition=Q(channel__in=CHANNELS)),
        ]


LenderEvent = history(Lender, exclude=("name", "contact_email"))
FacilityEvent = history(
    Facility,
    exclude=("terms", "ordinal", "derived_through", "next_on"),
    changed=pgtrigger.AnyChange("status", "limit", "account_id", "accrued_account_id", "ended_on"),
)
