"""The history of what changes: every change leaves an event with its actor, whoever made it and however."""

from collections import Counter
from typing import Any

import psycopg
import pytest
from django.db import connection, models, transaction
from django.db.utils import ProgrammingError

from ledger import context
from ledger.context import in_book, outside_books
from ledger.ids import uuid7
from members.models import (
    PERSONAL,
    CodeCard,
    CodeCardEvent,
    Consent,
    ConsentEvent,
    Device,
    DeviceEvent,
    Dispute,
    DisputeEvent,
    Factor,
    FactorEvent,
    Group,
    GroupEvent,
    Holiday,
    HolidayEvent,
    Member,
    MemberEvent,
    Membership,
    MembershipEvent,
    Officer,
    OfficerEvent,
    Person,
    PersonEvent,
    Pin,
    PinEvent,
    Seat,
    SeatEvent,
    User,
    UserEvent,
)
from tests.conftest import owner_connection
from tests.door import PASSWORD, Kelompok, Phone

EVENTS: dict[Any, Any] = {
    User: UserEvent,
    Group: GroupEvent,
    Seat: SeatEvent,
    Person: PersonEvent,
    Member: MemberEvent,
    Membership: MembershipEvent,
    Officer: OfficerEvent,
    Pin: PinEvent,
    Holiday: HolidayEvent,
    Device: DeviceEvent,
    CodeCard: CodeCardEvent,
    Factor: FactorEvent,
    Dispute: DisputeEvent,
    Consent: ConsentEvent,
}
CHANGES: dict[Any, dict[str, Any]] = {
    User: {"is_active": False},
    Group: {"name": "Melati"},
    Seat: {"roles": ["secretary"]},
    Person: {"phone": "+6281234567890"},
    Member: {"number": "78"},
    Membership: {"left_on": "2026-02-28"},
    Officer: {"ended_at": "2026-02-28T12:00:00Z"},
    Pin: {"failures": 1},
    Holiday: {"closed": False},
    Device: {"ended_at": "2026-02-28T12:00:00Z"},
    CodeCard: {"ended_at": "2026-02-28T12:00:00Z"},
    Factor: {"confirmed_at": "2026-02-28T12:00:00Z"},
    Dispute: {"raised_by": "018f0000-0000-7000-8000-000000000000"},
    Consent: {"revoked_at": "2199-02-28T12:00:00Z", "revoked_by": "018f0000-0000-7000-8000-000000000000"},
}
EVERY = pytest.mark.parametrize("model", list(EVENTS), ids=lambda model: model._meta.model_name)
TABLES = [event._meta.db_table for event in EVENTS.values()]


def new(model, kelompok):
    """A row that could be stored; what it needs is stored before."""
    here = {"group_id": kelompok.id}

    def user():
        return User.objects.create(username=f"tuti.{uuid7().hex[:12]}", password="!")

    def person():
        return Person.objects.create(name="Tuti", **here)

    def member():
        return Member.objects.create(person=person(), number=f"T{uuid7().hex[-8:]}", **here)

    made = {
        User: lambda: User(username="tuti", password="!"),
        Group: lambda: Group(name="Mawar", currency="IDR", digits=0, timezone="Asia/Jakarta"),
        Seat: lambda: Seat(user=user(), group=kelompok.group),
        Person: lambda: Person(name="Tuti", **here),
        Member: lambda: Member(person=person(), number="77", **here),
        Membership: lambda: Membership(member=member(), joined_on="2026-01-02", **here),
        Officer: lambda: Officer(user=user(), role="secretary", **here),
        Consent: lambda: Consent(
            lender_id=uuid7(),
            scopes=["totals"],
            from_on="2026-01-01",
            to_on="2026-12-31",
            given_by=uuid7(),
            given_with=uuid7(),
            **here,
        ),
        Dispute: lambda: Dispute(member=member(), text="Belum tercatat", raised_by=uuid7(), **here),
        Holiday: lambda: Holiday(day="2026-04-01", **here),
        Pin: lambda: Pin(user=user(), hash="argon2$x", **here),
        Device: lambda: Device(user=user(), digest="0" * 64, hash="argon2$x"),
        CodeCard: lambda: CodeCard(user=user(), number="k7p2m4qx", made_by=uuid7()),
        Factor: lambda: Factor(user=user(), kind="totp", data_key=b"k", secret_sealed=b"s", step=0),
    }
    return made[model]()


def taken_away(delete):
    """Delete; of the tables that only grow, the runtime role may not."""
    try:
        with transaction.atomic():
            delete()
    except ProgrammingError as refused:
        assert "permission denied" in str(refused)


GOING = {Seat, Pin, Holiday, Device, CodeCard, Factor}
"""Whose rows may go: who loses a seat, a PIN or a way in has none, and a day is a day like others again."""


def by_objects(row, change):
    row.save(force_insert=True)
    for name, value in change.items():
        setattr(row, name, value)
    row.save()
    taken_away(row.delete)


def in_bulk(row, change):
    rows = type(row).objects.filter(id=row.id)
    type(row).objects.bulk_create([row])
    assert rows.update(**change) == 1
    taken_away(rows.delete)


def by_hand(row, change):
    """Plain SQL, past every model."""
    table = row._meta.db_table
    columns = {
        field.column: field.get_db_prep_save(getattr(row, field.attname), connection)
        for field in row._meta.concrete_fields
        if not isinstance(getattr(row, field.attname), models.Expression)
    }
    places = ", ".join(["%s"] * len(columns))
    with connection.cursor() as cursor:
        cursor.execute(f"insert into {table} ({', '.join(columns)}) values ({places})", list(columns.values()))
        changed = ", ".join(f"{name} = %s" for name in change)
        cursor.execute(f"update {table} set {changed} where id = %s", [*change.values(), row.id])
        assert cursor.rowcount == 1
        taken_away(lambda: cursor.execute(f"delete from {table} where id = %s", [row.id]))


@EVERY
@pytest.mark.parametrize("way", [by_objects, in_bulk, by_hand])
def test_a_row_leaves_its_life_and_who_made_it(kelompok, model, way):
    request = uuid7()

    def act():
        row = new(model, kelompok)
        id = row.id
        token = context.request_id.set(request)
        try:
            in_book(kelompok.id, kelompok.phones["sari"].user.id, lambda: way(row, CHANGES[model]))
        finally:
            context.request_id.reset(token)
        return list(EVENTS[model].objects.filter(id=id))

    events = kelompok.asks(act)

    labels = {"insert": 1, "update": 1} | ({"delete": 1} if model in GOING else {})
    assert Counter(one.pgh_label for one in events) == labels
    who = {"actor": str(kelompok.phones["sari"].user.id), "request": str(request)}
    assert [one.pgh_context for one in events] == [who] * len(labels)
    assert all(one.pgh_created_at is not None and one.pgh_id is not None for one in events)


@EVERY
def test_without_a_request_the_actor_alone_is_named(kelompok, model):
    def act():
        row = new(model, kelompok)
        row.save(force_insert=True)
        return EVENTS[model].objects.get(id=row.id)

    assert kelompok.asks(act).pgh_context == {"actor": str(kelompok.budi.user.id)}


def test_what_the_clock_does_has_no_actor(kelompok):
    pins = in_book(kelompok.id, None, lambda: Pin.objects.filter(group_id=kelompok.id).update(failures=2))
    events = kelompok.asks(lambda: list(EVENTS[Pin].objects.filter(group_id=kelompok.id, pgh_label="update")))

    assert (pins, len(events)) == (4, 4)
    assert [one.pgh_context for one in events] == [{}] * 4


def test_what_changes_nothing_leaves_nothing(kelompok):
    before = kelompok.asks(lambda: EVENTS[Member].objects.filter(group_id=kelompok.id).count())
    kelompok.asks(lambda: Member.objects.filter(group_id=kelompok.id).update(group_id=kelompok.id))

    assert kelompok.asks(lambda: EVENTS[Member].objects.filter(group_id=kelompok.id).count()) == before


def test_a_login_is_no_change_and_a_new_password_is_one(kelompok):
    dewi = kelompok.phones["dewi"]
    events = EVENTS[User].objects.filter(id=dewi.user.id, pgh_label="update")
    before = events.count()

    assert Phone().posts("auth/tokens", {"username": "a.dewi", "password": PASSWORD}).status == 201
    assert events.count() == before
    assert dewi.posts("auth/password", {"old": PASSWORD, "new": "gabah-kering-9"}).status == 204
    assert events.count() == before + 1


def test_a_new_username_is_a_change_though_it_is_not_kept(kelompok):
    user = kelompok.phones["dewi"].user

    outside_books(user.id, lambda: User.objects.filter(id=user.id).update(username="dewi.lestari"))

    event = EVENTS[User].objects.filter(id=user.id, pgh_label="update").latest("pgh_created_at")
    assert not hasattr(event, "username")


def test_over_http_the_actor_is_who_sent_it_and_the_request_is_named(kelompok):
    request = uuid7()
    sari = kelompok.phones["sari"]

    sari.patches(kelompok.path, {"name": "JARBANGSRI Lestari"}, X_Request_ID=str(request))
    kelompok.phones["rina"].patches(f"{kelompok.path}/members/{kelompok.members['yuni']}", {"phone": "081234567890"})

    [changed] = EVENTS[Group].objects.filter(id=kelompok.id, pgh_label="update")
    assert (changed.name, changed.pgh_context) == (
        "JARBANGSRI Lestari",
        {"actor": str(sari.user.id), "request": str(request)},
    )
    [person] = kelompok.asks(lambda: list(EVENTS[Person].objects.filter(group_id=kelompok.id, pgh_label="update")))
    assert person.pgh_context["actor"] == str(kelompok.phones["rina"].user.id)


def test_an_event_tells_what_was_and_nothing_personal(kelompok):
    kelompok.budi.deletes(f"{kelompok.path}/officers/{kelompok.offices['rina']}")

    [ended] = kelompok.asks(lambda: list(EVENTS[Officer].objects.filter(group_id=kelompok.id, pgh_label="update")))
    [gone] = kelompok.asks(lambda: list(EVENTS[Pin].objects.filter(group_id=kelompok.id, pgh_label="delete")))

    assert (ended.role, ended.user_id, ended.ended_at is not None) == (
        "secretary",
        kelompok.phones["rina"].user.id,
        True,
    )
    assert (gone.user_id, gone.pgh_context["actor"]) == (kelompok.phones["rina"].user.id, str(kelompok.budi.user.id))


def test_no_event_table_has_a_personal_column(books):
    with connection.cursor() as cursor:
        cursor.execute(
            "select table_name, column_name from information_schema.columns "
            "where table_schema = 'public' and table_name like '%%event'"
        )
        columns = {tuple(row) for row in cursor.fetchall()}

    forbidden = {*PERSONAL, "username", "password", "hash", "last_login", "label", "digest", "secret_sealed"}
    forbidden |= {"text", "answer"}
    found = {(table, column) for table, column in columns if column in forbidden}
    assert found == {("members_groupevent", "name")}  # the group's own
    assert {table for table, _ in columns if table.startswith("members_")} == set(TABLES)


def test_personal_is_whatever_a_person_has_beside_her_place(books):
    columns = {field.column for field in Person._meta.concrete_fields}

    assert columns - set(PERSONAL) == {"id", "group_id", "erased_at"}


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize(
    "statement",
    ["update {0} set pgh_label = 'x'", "update {0} set pgh_context = null", "delete from {0}", "truncate {0}"],
)
def test_the_runtime_role_changes_no_event(kelompok, table, statement):
    def act():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement.format(table))

    with pytest.raises(ProgrammingError, match="permission denied"):
        kelompok.asks(act)


def test_nor_does_the_owner(scratch):
    kelompok = Kelompok.opened()
    assert kelompok.budi.posts(f"{kelompok.path}/holidays", {"day": "2026-04-01"}).status == 201
    for model in (Device, CodeCard, Factor):
        kelompok.asks(lambda model=model: new(model, kelompok).save())
    assert kelompok.phones["dewi"].posts(f"{kelompok.path}/disputes", {"text": "Belum tercatat"}).status == 201
    kelompok.asks(lambda: new(Consent, kelompok).save())
    with owner_connection(scratch) as owner:
        owner.execute(f"set app.group_id = '{kelompok.id}'")
        for table in TABLES:
            assert owner.execute(f"select count(*) from {table}").fetchone() != (0,)
            for statement in (f"update {table} set pgh_label = 'x'", f"delete from {table}"):
                with pytest.raises(psycopg.errors.RaiseException, match="Cannot update or delete"):
                    owner.execute(statement)


def test_a_groups_events_are_its_own(kelompok, neighbours):
    for model in (Person, Member, Membership, Officer, Pin):
        seen = kelompok.asks(lambda model=model: set(EVENTS[model].objects.values_list("group_id", flat=True)))
        assert seen == {kelompok.id}
