"""What the history keeps of each table that can change. Nothing personal and no secret is in it."""

import pghistory
import pgtrigger
from django.contrib.postgres.functions import RandomUUID
from django.db import models

from members.models.consents import Consent
from members.models.groups import Group, Holiday, Seat
from members.models.offices import Officer, Pin
from members.models.openness import Dispute
from members.models.people import Member, Membership, Person
from members.models.users import User
from members.models.ways import CodeCard, Device, Factor

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
DeviceEvent = history(
    Device,
    exclude=("label", "digest", "digest_before", "hash", "failures", "last_used_at"),
    changed=pgtrigger.AnyChange("user", "hash", "ended_at"),
)
CodeCardEvent = history(CodeCard, exclude=("number", "failures"), changed=pgtrigger.AnyChange("user", "ended_at"))
FactorEvent = history(
    Factor,
    exclude=(
        *("label", "last_used_at", "data_key", "secret_sealed", "step"),
        *("host", "credential_id", "public_key", "sign_count"),
    ),
    changed=pgtrigger.AnyChange("user", "confirmed_at", "secret_sealed", "public_key"),
)
DisputeEvent = history(Dispute, exclude=("text", "answer"))
ConsentEvent = history(Consent)
