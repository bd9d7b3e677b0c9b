"""Loans to members: what was agreed, what was voted, the money that came back, and what each sum paid.

Terms and rules of a loan are kept with it as they were agreed; a product changed later changes no loan. Versions of the
schedule, allocations and accruals are only added to: what is derived anew is booked as a difference beside what stands.
Amounts are whole counts of the currency's smallest payable unit; days are in the group's time zone.
"""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from ledger.ids import uuid7
from ledger.money import LARGEST
from members.models import Member, history

CODE = r"^[a-z0-9][a-z0-9_-]*$"
COMPONENTS = ("penalty", "fee", "interest", "principal", "excess")
METHODS = ("flat", "equal_principal", "annuity", "bullet", "sum_of_digits", "uneven")
EXCESSES = ("hold", "pay_ahead", "sukarela", "refuse")


class Product(models.Model):
    """What the group lends: terms offered unless a loan says otherwise, and the rules that go with them.

    `terms` are any of api's terms but principal and day; `penalty`, `limits`, `compulsory_savings` as published.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    group_id = models.UUIDField()
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=80)
    terms = models.JSONField(default=dict)
    allocation = models.CharField(max_length=90, default="penalty_interest_principal")
    excess = models.CharField(max_length=9, default="hold")
    flat_rebate = models.CharField(max_length=8, default="none")
    penalty = models.JSONField(null=True)
    limits = models.JSONField(default=dict)
    compulsory_savings = models.JSONField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group_id", "code"], name="loan_product_code_is_unique"),
            models.CheckConstraint(name="loan_product_code_is_a_word", condition=Q(code__regex=CODE)),
            models.CheckConstraint(name="loan_product_excess_is_known", condition=Q(excess__in=EXCESSES)),
            models.CheckConstraint(
                name="loan_product_rebate_is_known", condition=Q(flat_rebate__in=["none", "unearned"])
            ),
        ]


class Loan(models.Model):
    """A loan from its request to its end.

    `terms` without a day until it is disbursed; `rules` and `accrues` as they stood then. `round` counts the rounds of
    voting: votes of an earlier one are void. `ordinal` numbers what was recorded about it. `derived_through` is the day
    up to which its books were derived, `next_on` the next one on which something moves by itself.
    """

    class Status(models.TextChoices):
        SUBMITTED = "submitted"
        APPROVED = "approved"
        ACTIVE = "active"
        PAID_OFF = "paid_off"
        WRITTEN_OFF = "written_off"
        REJECTED = "rejected"
        WITHDRAWN = "withdrawn"

    LIVE = ("active", "paid_off", "written_off")

    id = models.UUIDField(primary_key=True, default=uuid7)
    group_id = models.UUIDField()
    number = models.IntegerField()
    member = models.ForeignKey(Member, models.PROTECT, db_constraint=False, db_index=False, related_name="loans")
    product = models.ForeignKey(
        Product, models.PROTECT, null=True, db_constraint=False, db_index=False, related_name="loans"
    )
    status = models.CharField(max_length=11, choices=Status, default=Status.SUBMITTED)
    purpose = models.CharField(max_length=300, null=True)
    terms = models.JSONField()
    rules = models.JSONField()
    accrues = models.BooleanField(default=False)
    nonperforming_days = models.SmallIntegerField(default=90)
    requested = models.BigIntegerField()
    principal = models.BigIntegerField()
    approvals_required = models.SmallIntegerField()
    round = models.SmallIntegerField(default=1)
    created_at = models.DateTimeField(db_default=Now())
    reserved_on = models.CharField(max_length=6, null=True)
    reservation_expires_on = models.DateField(null=True)
    disbursed_on = models.DateField(null=True)
    disbursement_entry_id = models.UUIDField(null=True)
    apr_percent = models.DecimalField(max_digits=9, decimal_places=2, null=True)
    effective_annual_rate_percent = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    version = models.SmallIntegerField(default=0)
    ordinal = models.IntegerField(default=0)
    derived_through = models.DateField(null=True)
    next_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    end_reason = models.CharField(max_length=300, null=True)
    principal_account_id = models.UUIDField(null=True)
    interest_account_id = models.UUIDField(null=True)
    penalty_account_id = models.UUIDField(null=True)
    held_account_id = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group_id", "number"], name="loan_number_is_unique"),
            models.CheckConstraint(
                name="loan_status_is_known",
                condition=Q(
                    status__in=[
                        *("submitted", "approved", "active", "paid_off", "written_off", "rejected", "withdrawn"),
                    ]
                ),
            ),
            models.CheckConstraint(
                name="loan_principal_is_an_amount",
                condition=Q(requested__gte=1, requested__lte=LARGEST, principal__gte=1, principal__lte=LARGEST),
            ),
            models.CheckConstraint(
                name="loan_approvals_are_few", condition=Q(approvals_required__gte=1, approvals_required__lte=9)
            ),
            models.CheckConstraint(
                name="loan_is_disbursed_once_approved",
                condition=Q(
                    status__in=["active", "paid_off", "written_off"],
                    disbursed_on__isnull=False,
                    disbursement_entry_id__isnull=False,
                    principal_account_id__isnull=False,
                    version__gte=1,
                )
                | Q(
                    status__in=["submitted", "approved", "rejected", "withdrawn"],
                    disbursed_on=None,
                    disbursement_entry_id=None,
                ),
            ),
            models.CheckConstraint(
                name="loan_reserves_while_approved",
                condition=Q(
                    status="approved", reserved_on__in=["1-1010", "1-1110"], reservation_expires_on__isnull=False
                )
                | Q(~Q(status="approved"), reserved_on=None, reservation_expires_on=None),
            ),
        ]
        indexes = [
            models.Index(fields=["group_id", "member"], name="loan_of_member"),
            models.Index(fields=["group_id", "next_on"], name="loan_moves_by_itself", condition=~Q(next_on=None)),
        ]


class Vote(models.Model):
    """An officer's word on a loan, once in each round, and never on her own."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    group_id = models.UUIDField()
    loan = models.ForeignKey(Loan, models.PROTECT, db_constraint=False, db_index=False, related_name="votes")
    round = models.SmallIntegerField()
    user_id = models.UUIDField()
    officer_id = models.UUIDField()
    member_id = models.UUIDField()
    decision = models.CharField(max_length=7)
    note = models.CharField(max_length=300, null=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group_id", "loan", "round", "user_id"], name="vote_is_given_once"),
            models.CheckConstraint(name="vote_is_yes_or_no", condition=Q(decision__in=["approve", "reject"])),
        ]


class Purchase(models.Model):
    """A line of raw material the loan is for: `quantity` with at most three decimals, prices for one `unit`.

    `bought_at` is the price really paid, known at disbursement; the day is the loan's.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    group_id = models.UUIDField()
    loan = models.ForeignKey(Loan, models.PROTECT, db_constraint=False, db_index=False, related_name="purchases")
    line = models.SmallIntegerField()
    item = models.CharField(max_length=80)
    quantity = models.DecimalField(max_digits=12, decimal_places=3)
    unit = models.CharField(max_length=20)
    unit_price = models.BigIntegerField()
    bought_at = models.BigIntegerField(null=True)
    supplier = models.CharField(max_length=120, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group_id", "loan", "line"], name="purchase_line_is_one"),
            models.CheckConstraint(
                name="purchase_is_of_something",
                condition=Q(quantity__gt=0, unit_price__gte=0, unit_price__lte=LARGEST)
                & (Q(bought_at=None) | Q(bought_at__gte=0, bought_at__lte=LARGEST)),
            ),
        ]


class Version(models.Model):
    """A version of the schedule, in force from `effective_on` until the next. One derived or counted anew takes the
    place of another: that is `replaced`, and both have one `origin`, the number the first of them had.

    `principal` is what was owed when it began. `days_past_due` is how late the loan was then: its class stays the worst
    one for a cure period. `made_by` says what made it: disbursement, reschedule, recount (bulk), correction
    (derived anew).
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    group_id = models.UUIDField()
    loan = models.ForeignKey(Loan, models.PROTECT, db_constraint=False, db_index=False, related_name="versions")
    number = models.SmallIntegerField()
    origin = models.SmallIntegerField()
    effective_on = models.DateField()
    ordinal = models.IntegerField()
    terms = models.JSONField()
    principal = models.BigIntegerField()
    days_past_due = models.IntegerField(default=0)
    made_by = models.CharField(max_length=12)
    replaced = models.BooleanField(default=False)
    reason = models.CharField(max_length=300, null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group_id", "loan", "number"], name="version_number_is_unique"),
            models.CheckConstraint(name="version_has_principal", condition=Q(principal__gte=1)),
            models.CheckConstraint(
                name="version_maker_is_known",
                condition=Q(made_by__in=["disbursement", "reschedule", "recount", "correction"]),
            ),
        ]


class Installment(models.Model):
    """A row of a version: `principal`, `interest` and `fee` fall due on `due_on` for the time since `from_on`."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    group_id = models.UUIDField()
    loan = models.ForeignKey(Loan, models.PROTECT, db_constraint=False, db_index=False, related_name="installments")
    version = models.SmallIntegerField()
    number = models.SmallIntegerField()
    from_on = models.DateField()
    due_on = models.DateField()
    principal = models.BigIntegerField()
    interest = models.BigIntegerField()
    fee = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group_id", "loan", "version", "number"], name="installment_number_is_unique"
            ),
            models.CheckConstraint(
                name="installment_is_never_negative",
                condition=Q(principal__gte=0, interest__gte=0, fee__gte=0, due_on__gt=F("from_on")),
            ),
        ]


class Repayment(models.Model):
    """Money received for a loan on `paid_on`, and the entry that booked it. `carried_by` brought it for her."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    group_id = models.UUIDField()
    loan = models.ForeignKey(Loan, models.PROTECT, db_constraint=False, db_index=False, related_name="repayments")
    ordinal = models.IntegerField()
    amount = models.BigIntegerField()
    paid_on = models.DateField()
    channel = models.CharField(max_length=50)
    carried_by = models.ForeignKey(
        Member, models.PROTECT, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    meeting_id = models.UUIDField(null=True)
    entry_id = models.UUIDField()
    reversed_by = models.UUIDField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group_id", "entry_id"], name="repayment_has_its_own_entry"),
            models.UniqueConstraint(fields=["group_id", "loan", "ordinal"], name="repayment_ordinal_is_unique"),
            models.CheckConstraint(name="repayment_is_an_amount", condition=Q(amount__gte=1, amount__lte=LARGEST)),
        ]


class Line(models.Model):
    """Something that moved on a loan, as it was booked by `entry_id` for `effective_on`; signed, only added to.

    With a repayment: what part of it pays `component` of the instalment (`excess`: what waits, number 0). Without: what
    of the instalment became income, or ceased to be (interest under accrual, penalties). `origin` and `number` name
    the instalment: that of the version which first bore this number, and of those that took its place.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    group_id = models.UUIDField()
    loan = models.ForeignKey(Loan, models.PROTECT, db_constraint=False, db_index=False, related_name="lines")
    repayment = models.ForeignKey(
        Repayment, models.PROTECT, null=True, db_constraint=False, db_index=False, related_name="lines"
    )
    entry_id = models.UUIDField()
    effective_on = models.DateField()
    origin = models.SmallIntegerField()
    number = models.SmallIntegerField()
    component = models.CharField(max_length=9)
    amount = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="line_is_not_nothing", condition=~Q(amount=0)),
            models.CheckConstraint(
                name="line_component_is_known",
                condition=Q(component__in=COMPONENTS, repayment__isnull=False)
                | Q(component__in=["penalty", "interest"], repayment=None),
            ),
        ]
        indexes = [models.Index(fields=["group_id", "loan"], name="line_of_loan", include=["component", "amount"])]


class Charge(models.Model):
    """A fee or penalty an officer charged; penalties for being late are derived and have no row."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    group_id = models.UUIDField()
    loan = models.ForeignKey(Loan, models.PROTECT, db_constraint=False, db_index=False, related_name="charges")
    kind = models.CharField(max_length=7)
    amount = models.BigIntegerField()
    due_on = models.DateField()
    memo = models.CharField(max_length=300, null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(name="charge_is_fee_or_penalty", condition=Q(kind__in=["fee", "penalty"])),
            models.CheckConstraint(name="charge_is_an_amount", condition=Q(amount__gte=1, amount__lte=LARGEST)),
        ]
        indexes = [models.Index(fields=["group_id", "loan"], name="charge_of_loan")]


class Waiver(models.Model):
    """What was unpaid of a charge (or of the penalties on a late instalment) on `waived_on` is owed no more."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    group_id = models.UUIDField()
    loan = models.ForeignKey(Loan, models.PROTECT, db_constraint=False, db_index=False, related_name="waivers")
    charge_id = models.UUIDField()
    waived_on = models.DateField()
    ordinal = models.IntegerField()
    amount = models.BigIntegerField()
    reason = models.CharField(max_length=300, null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.CheckConstraint(name="waiver_is_an_amount", condition=Q(amount__gte=1))]
        indexes = [models.Index(fields=["group_id", "loan"], name="waiver_of_loan")]


class WriteOff(models.Model):
    """A loan taken out of the books: the claim lives on (`books`), or is given up (`claim`)."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    group_id = models.UUIDField()
    loan = models.ForeignKey(Loan, models.PROTECT, db_constraint=False, db_index=False, related_name="write_offs")
    mode = models.CharField(max_length=5)
    effective_on = models.DateField()
    principal = models.BigIntegerField()
    interest = models.BigIntegerField()
    penalty = models.BigIntegerField()
    entry_id = models.UUIDField(null=True)
    reversed_by = models.UUIDField(null=True)
    reason = models.CharField(max_length=300, null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(name="write_off_mode_is_known", condition=Q(mode__in=["books", "claim"])),
            models.CheckConstraint(
                name="write_off_is_never_negative", condition=Q(principal__gte=0, interest__gte=0, penalty__gte=0)
            ),
        ]


class Recovery(models.Model):
    """Money that came for a loan after it was written off in the books."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    group_id = models.UUIDField()
    loan = models.ForeignKey(Loan, models.PROTECT, db_constraint=False, db_index=False, related_name="recoveries")
    amount = models.BigIntegerField()
    paid_on = models.DateField()
    channel = models.CharField(max_length=4)
    entry_id = models.UUIDField()
    reversed_by = models.UUIDField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group_id", "entry_id"], name="recovery_has_its_own_entry"),
            models.CheckConstraint(name="recovery_is_an_amount", condition=Q(amount__gte=1, amount__lte=LARGEST)),
        ]


class Night(models.Model):
    """How far the nights of a group have come: every day up to `through`, inclusive, is done."""

    group_id = models.UUIDField(primary_key=True)
    through = models.DateField()


class Snapshot(models.Model):
    """The portfolio at the end of a day, for trends alone: nothing is decided by it. `par` by days: 1, 30, 60, 90."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    group_id = models.UUIDField()
    day = models.DateField()
    loans = models.IntegerField()
    outstanding = models.BigIntegerField()
    arrears_principal = models.BigIntegerField()
    arrears_interest = models.BigIntegerField()
    par = ArrayField(models.BigIntegerField(), size=4)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["group_id", "day"], name="snapshot_is_one_a_day")]


ProductEvent = history(Product, exclude=("name",))
LoanEvent = history(
    Loan,
    exclude=("purpose", "end_reason", "terms", "rules", "ordinal", "derived_through", "next_on"),
    changed=pgtrigger.AnyChange("status", "round", "principal", "version", "reserved_on", "reservation_expires_on"),
)
