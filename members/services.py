"""What may happen to a group and its people. Each function is one use case inside the caller's transaction.

Days are in the group's time zone and inclusive. The caller holds the group's book (`lock_book`), so numbers and offices
are given out one after another. A refusal raises a `DomainError`; nothing of the transaction is stored.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import IntegerField, Max
from django.db.models.functions import Cast, Now
from django.utils import timezone

from ledger import services as ledger
from ledger.currencies import DIGITS
from members import logins, nik, openings, queries, sealing
from members.errors import (
    OFFICES,
    AlreadyInOffice,
    BeforeJoining,
    DayNotCome,
    Erased,
    LastTreasurer,
    MemberIsHere,
    MemberLeft,
    NikTaken,
    NotFound,
    NumberTaken,
    PowersApart,
    StaysOverlap,
    StillInOffice,
)
from members.keys import keyring
from members.models import Group, Holiday, Member, Membership, Officer, PendingAct, Person, Pin, Seat, User
from members.queries import MemberRow

APART = ("chair", "treasurer", "supervisor")


def open_group(
    *,
    group_id: UUID,
    creator: User,
    today: date,
    name: str,
    village: str | None = None,
    district: str | None = None,
    regency: str | None = None,
    currency: str = "IDR",
    timezone: str = "Asia/Jakarta",
    meeting_every: int = 1,
    meeting_unit: str = "month",
    meets_from: date | None = None,
    creator_name: str | None = None,
    demo: bool = False,
) -> Group:
    """Open a group with an empty book, and with what the parts above give every group (`members.openings`).

    The creator becomes treasurer; with `creator_name` she is its first member.
    """
    ledger.open_book(group_id, currency=currency, digits=DIGITS[currency], timezone=timezone)
    group = Group.objects.create(
        id=group_id,
        name=name,
        village=village,
        district=district,
        regency=regency,
        currency=currency,
        digits=DIGITS[currency],
        timezone=timezone,
        meeting_every=meeting_every,
        meeting_unit=meeting_unit,
        meets_from=meets_from,
        demo=demo,
    )
    member_id = None
    if creator_name is not None:
        member_id = add_member(group_id, today=today, name=creator_name, joined_on=today)
    Seat.objects.create(user=creator, group=group, roles=["treasurer"], member_id=member_id)
    Officer.objects.create(group_id=group_id, user=creator, member_id=member_id, role="treasurer")
    openings.run(group_id)
    return group


def change_group(group: Group, changes: Mapping[str, Any]) -> None:
    """Change the group's own fields or its policy; currency, zone and demonstration are for ever."""
    Group.objects.filter(id=group.id).update(**changes)


def set_holiday(group_id: UUID, *, day: date, closed: bool, name: str | None) -> Holiday:
    """Take a day off, or work on one that the calendar has off; the day's earlier word is replaced."""
    ledger.lock_book(group_id)
    made, _ = Holiday.objects.update_or_create(group_id=group_id, day=day, defaults={"closed": closed, "name": name})
    return made


def drop_holiday(group_id: UUID, holiday_id: UUID) -> None:
    """Go by the calendar again. Raises NotFound."""
    ledger.lock_book(group_id)
    if not Holiday.objects.filter(group_id=group_id, id=holiday_id).delete()[0]:
        raise NotFound()


def today_in(group: Group, now: datetime | None = None) -> date:
    """The day it is in the group's time zone."""
    return group.day_at(now or timezone.now())


def add_member(
    group_id: UUID,
    *,
    today: date,
    name: str,
    joined_on: date,
    number: str | None = None,
    personal: Mapping[str, Any] | None = None,
) -> UUID:
    """Take somebody into the group; gives her id. Without `number` she gets the next whole one.

    `personal` are columns of Person, and `nik` in clear. Raises NumberTaken, NikTaken, DayNotCome.
    """
    _not_in_the_future(joined_on, today)
    if number is None:
        number = str(_highest_number(group_id) + 1)
    elif Member.objects.filter(group_id=group_id, number=number).exists():
        raise NumberTaken(number=number)
    person = Person(group_id=group_id, name=name)
    _describe(person, personal or {})
    person.save(force_insert=True)
    member = Member.objects.create(group_id=group_id, person=person, number=number)
    Membership.objects.create(group_id=group_id, member=member, joined_on=joined_on)
    return member.id


def _highest_number(group_id: UUID) -> int:
    whole = Member.objects.filter(group_id=group_id, number__regex=r"^[0-9]{1,9}$")
    highest: int | None = whole.aggregate(highest=Max(Cast("number", IntegerField())))["highest"]
    return highest or 0


def change_member(row: MemberRow, *, today: date, changes: Mapping[str, Any]) -> None:
    """Change what is known of a member: `name`, `number`, `joined_on`, and columns of Person with `nik` in clear.

    Raises Erased, NumberTaken, NikTaken, StaysOverlap, DayNotCome, BeforeJoining (a start after the day she left).
    """
    member, rest = row.member, dict(changes)
    if member.person.erased_at is not None:
        raise Erased(number=member.number)
    number, joined_on = rest.pop("number", None), rest.pop("joined_on", None)
    if number is not None and number != member.number:
        if Member.objects.filter(group_id=member.group_id, number=number).exists():
            raise NumberTaken(number=number)
        Member.objects.filter(group_id=member.group_id, id=member.id).update(number=number)
    if joined_on is not None and joined_on != row.joined_on:
        _move_joining(row, joined_on, today)
    if rest:
        _describe(member.person, rest)
        member.person.save(force_update=True)


def _move_joining(row: MemberRow, joined_on: date, today: date) -> None:
    _not_in_the_future(joined_on, today)
    if row.left_on is not None and joined_on > row.left_on:
        raise BeforeJoining(day=row.left_on, joined_on=joined_on)
    earlier = _stays(row.member).exclude(joined_on=row.joined_on).order_by("-joined_on").first()
    if earlier is not None and earlier.left_on is not None and joined_on <= earlier.left_on:
        raise StaysOverlap(number=row.member.number, left_on=earlier.left_on)
    _stays(row.member).filter(joined_on=row.joined_on).update(joined_on=joined_on)


def _describe(person: Person, personal: Mapping[str, Any]) -> None:
    """Set columns of a person that is not saved yet; the NIK is sealed under her own key."""
    for column, value in personal.items():
        if column == "nik":
            _seal_nik(person, value)
        else:
            setattr(person, column, value)


def _seal_nik(person: Person, text: str | None) -> None:
    if text is None:
        person.nik_sealed = person.nik_index = person.nik_last4 = None
        return
    digits, ring = nik.checked(text), keyring()
    index = ring.index(digits, group=person.group_id.bytes)
    if Person.objects.filter(group_id=person.group_id, nik_index=index).exclude(id=person.id).exists():
        raise NikTaken(last4=digits[-4:])
    person.data_key = bytes(person.data_key) if person.data_key else ring.new_data_key()
    person.nik_sealed = ring.seal(person.data_key, digits, about=person.id.bytes)
    person.nik_index, person.nik_last4 = index, digits[-4:]


def own_key(person: Person) -> bytes:
    """A person's own data key, wrapped; made now if nothing of hers was sealed before. Somebody forgotten has none, and
    gets none (ValueError). The caller holds the book, or two callers could make two keys."""
    if person.erased_at is not None:
        raise ValueError("somebody who was forgotten has no key")
    if person.data_key is None:
        person.data_key = keyring().new_data_key()
        Person.objects.filter(group_id=person.group_id, id=person.id).update(data_key=person.data_key)
    return bytes(person.data_key)


def nik_of(person: Person) -> str | None:
    """The NIK in clear. Raises `sealing.Unsealable` when it was sealed under another installation's key."""
    if person.nik_sealed is None or person.data_key is None:
        return None
    ring: sealing.Keyring = keyring()
    return ring.open(bytes(person.data_key), bytes(person.nik_sealed), about=person.id.bytes)


def leave(row: MemberRow, *, left_on: date, today: date) -> None:
    """End a member's stay on `left_on`, her last day. Raises MemberLeft, BeforeJoining, DayNotCome, StillInOffice."""
    member = row.member
    if row.left_on is not None:
        raise MemberLeft(number=member.number, left_on=row.left_on)
    _not_in_the_future(left_on, today)
    if left_on < row.joined_on:
        raise BeforeJoining(day=left_on, joined_on=row.joined_on)
    roles = [office.role for office in queries.officers(member.group_id) if office.member_id == member.id]
    if roles:
        words = ", ".join(OFFICES[role] for role in sorted(roles))
        raise StillInOffice(number=member.number, roles=", ".join(sorted(roles)), offices=words)
    _stays(member).filter(left_on=None).update(left_on=left_on)


def rejoin(row: MemberRow, *, joined_on: date, today: date) -> None:
    """Take a former member back under her old number. Raises MemberIsHere, StaysOverlap, DayNotCome, Erased."""
    member = row.member
    if member.person.erased_at is not None:
        raise Erased(number=member.number)
    if row.left_on is None:
        raise MemberIsHere(number=member.number, joined_on=row.joined_on)
    _not_in_the_future(joined_on, today)
    if joined_on <= row.left_on:
        raise StaysOverlap(number=member.number, left_on=row.left_on)
    Membership.objects.create(group_id=member.group_id, member=member, joined_on=joined_on)


def _stays(member: Member) -> Any:
    return Membership.objects.filter(group_id=member.group_id, member_id=member.id)


def open_login(group: Group, row: MemberRow, *, username: str) -> tuple[User, str]:
    """Give a member a login, or a plain member's login a new first password: the user, and the password, shown once.

    Raises UsernameTaken, AnotherUsername, OfficersLogin, Erased.
    """
    member = row.member
    if member.person.erased_at is not None:
        raise Erased(number=member.number)
    seat = Seat.objects.select_related("user").filter(group=group, member_id=member.id).first()
    if seat is not None:
        held_office = Officer.objects.filter(group_id=group.id, user=seat.user).exists()
        return seat.user, logins.reset_first_password(seat.user, username=username, held_office=held_office)
    user, password = logins.open_user(username)
    Seat.objects.create(user=user, group=group, member_id=member.id)
    return user, password


def appoint_officer(
    group: Group, row: MemberRow, *, role: str, username: str, password: str | None = None
) -> tuple[Officer, str | None]:
    """Give a member an office. One who has no login yet gets one, with the first password that is returned (or with
    `password`, which is as much a first one). The ways in that a plain member had beside her
    password end.

    Raises AlreadyInOffice, PowersApart, MemberLeft, UsernameTaken, AnotherUsername.
    """
    member = row.member
    if row.left_on is not None:
        raise MemberLeft(number=member.number, left_on=row.left_on)
    seat = Seat.objects.select_related("user").filter(group=group, member_id=member.id).first()
    once: str | None = None
    if seat is None:
        user, made = logins.open_user(username, password)
        once = made if password is None else None
        seat = Seat(user=user, group=group, member_id=member.id)
    elif seat.user.password_is != User.Password.NONE:
        logins.same_username(seat.user, username)
    if role in seat.roles:
        raise AlreadyInOffice(role=role, office=OFFICES[role])
    held = [one for one in seat.roles if one in APART]
    if role in APART and held:
        raise PowersApart(role=held[0], office=OFFICES[held[0]])
    if seat.user.password_is == User.Password.NONE:
        once = logins.name_user(seat.user, username)
    logins.take_office(seat.user)
    seat.roles = sorted({*seat.roles, role})
    seat.save()
    officer = Officer.objects.create(group_id=group.id, user=seat.user, member=member, role=role)
    return officer, once


def end_office(group: Group, office: Officer) -> None:
    """End an office now. Who holds none any more loses her PIN, and her seat unless she is a member.

    Raises LastTreasurer.
    """
    in_office = queries.officers(group.id)
    if office.role == "treasurer" and sum(one.role == "treasurer" for one in in_office) == 1:
        raise LastTreasurer()
    Officer.objects.filter(group_id=group.id, id=office.id).update(ended_at=Now())
    left = sorted(one.role for one in in_office if one.user_id == office.user_id and one.id != office.id)
    seat = Seat.objects.get(group=group, user_id=office.user_id)
    if left or seat.member_id:
        Seat.objects.filter(id=seat.id).update(roles=left)
    else:
        seat.delete()
    if not left:
        PendingAct.objects.filter(group_id=group.id, requested_by=office.user_id, settled_at=None).delete()
        Pin.objects.filter(group_id=group.id, user_id=office.user_id).delete()


def warnings(person: Person) -> Sequence[str]:
    """Codes of what looks odd about a person's NIK; nothing of it is refused."""
    digits = nik_of(person)
    return () if digits is None else nik.warnings(digits, born_on=person.born_on)


def office(group_id: UUID, officer_id: UUID) -> Officer:
    """An office that is held. Raises NotFound."""
    for one in queries.officers(group_id):
        if one.id == officer_id:
            return one
    raise NotFound()


def _not_in_the_future(day: date, today: date) -> None:
    if day > today:
        raise DayNotCome(day=day, today=today)


POLICY = (
    *("approvals_required", "single_officer_limit", "interest_recognition", "interest_word", "arrears_preset"),
    *("installment_multiple", "rate_cap_percent", "reservation_days", "related_party_percent"),
    *("nonperforming_days", "cure_days", "accounting_standard"),
)
"""The columns of Group that are its policy."""
