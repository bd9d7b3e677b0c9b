"""People and their places in a group. Personal fields stand in `Person` alone."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from ledger.ids import uuid7
from members.models.lengths import NAME, SHORT


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
