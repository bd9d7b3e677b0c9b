"""What a group lets a lender see, and what it was shown under that. Whom a lender is, the apps above know."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from ledger.ids import uuid7

TOTALS, LOANS, PSEUDONYM, NAMED = "totals", "loans", "members.pseudonym", "members.named"
SCOPES = (TOTALS, LOANS, PSEUDONYM, NAMED)
"""Sums and quality of the portfolio · loan by loan, under their numbers · members under theirs · with their names."""
LONGEST = 17  # of a scope's word


class Consent(models.Model):
    """That a lender may see this much from `from_on` to `to_on`, both days included, as the group's days are.

    Given by two officers, and by any one of them taken back, at once and once. Nothing else of it ever changes: another
    scope or day is another consent. Several may stand side by side; what any of them opens is open.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    group_id = models.UUIDField()
    lender_id = models.UUIDField()
    scopes = ArrayField(models.CharField(max_length=LONGEST))
    from_on = models.DateField()
    to_on = models.DateField()
    given_by = models.UUIDField()
    given_with = models.UUIDField()
    given_at = models.DateTimeField(db_default=Now())
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="consent_scopes_are_known",
                condition=Q(scopes__contained_by=list(SCOPES)) & Q(scopes__len__gte=1, scopes__len__lte=len(SCOPES)),
            ),
            models.CheckConstraint(name="consent_ends_after_it_begins", condition=Q(to_on__gte=F("from_on"))),
            models.CheckConstraint(name="consent_is_of_two_people", condition=~Q(given_by=F("given_with"))),
            models.CheckConstraint(
                name="consent_is_revoked_by_somebody",
                condition=Q(revoked_at=None, revoked_by=None)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False, revoked_at__gte=F("given_at")),
            ),
        ]
        indexes = [models.Index(fields=["group_id", "lender_id"], name="consent_of_a_lender")]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="only_revoked",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.revoked_at IS NOT NULL OR ROW(OLD.id, OLD.group_id, OLD.lender_id, OLD.scopes, OLD.from_on, "
                    "OLD.to_on, OLD.given_by, OLD.given_with, OLD.given_at) IS DISTINCT FROM ROW(NEW.id, NEW.group_id, "
                    "NEW.lender_id, NEW.scopes, NEW.from_on, NEW.to_on, NEW.given_by, NEW.given_with, NEW.given_at)"
                ),
            ),
        ]


class Disclosure(models.Model):
    """That a lender's user was shown something: under which scope of which consent, what (an act of `access.ACTS`),
    about which thing if about one, on which of the group's days. Only added to.

    `disclosures.sql` refuses a row that no consent in force covers, and says itself when it was.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    group_id = models.UUIDField()
    lender_id = models.UUIDField()
    user_id = models.UUIDField()
    consent = models.ForeignKey(
        Consent, models.PROTECT, db_constraint=False, db_index=False, related_name="disclosures"
    )
    scope = models.CharField(max_length=LONGEST)
    what = models.CharField(max_length=40)
    subject_id = models.UUIDField(null=True)
    day = models.DateField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [
            models.Index(fields=["group_id", "lender_id", "id"], name="disclosure_to_a_lender"),
            models.Index(fields=["group_id", "user_id"], name="disclosure_to_a_user"),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]
