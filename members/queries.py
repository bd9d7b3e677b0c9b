"""What can be asked about people. Every question names its group."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import DateField, Exists, OuterRef, Q, QuerySet, Subquery

from members import lenders
from members.models import Disclosure, Group, Holiday, Member, Membership, Officer, Person, Pin, Seat, User


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A member with her person, and the days of her latest stay (`left_on` None: she is here)."""

    member: Member
    joined_on: date
    left_on: date | None


@dataclass(frozen=True, slots=True)
class Named:
    """Who a user is to the people of a group; `name` None: she was forgotten, or never a member. `role` is an office,
    or `lender` for who was shown something for one: the name is the lender's."""

    user_id: UUID
    name: str | None
    number: str | None
    role: str | None


def members(group_id: UUID, *, only: UUID | None = None, status: str | None = None) -> QuerySet[Member]:
    """The members of a group, oldest id first; `only` one of them; `status` active or left."""
    stays = Membership.objects.filter(group_id=group_id, member_id=OuterRef("id"))
    latest = stays.order_by("-joined_on")
    found = (
        Member.objects.filter(group_id=group_id)
        .select_related("person")
        .annotate(
            joined_on=Subquery(latest.values("joined_on")[:1], output_field=DateField()),
            left_on=Subquery(latest.values("left_on")[:1], output_field=DateField()),
        )
        .order_by("id")
    )
    if only is not None:
        found = found.filter(id=only)
    if status is not None:
        is_here = Exists(stays.filter(left_on=None))
        found = found.filter(is_here if status == "active" else ~is_here)
    return found


def row(member: Member) -> MemberRow:
    """A member out of `members` with the days of her stay."""
    return MemberRow(member, member.joined_on, member.left_on)  # type: ignore[attr-defined]


def stays(group_id: UUID, *, only: UUID | None = None) -> QuerySet[Membership]:
    """Every stay of the group's members, or of one of them, earliest first."""
    found = Membership.objects.filter(group_id=group_id).order_by("joined_on", "id")
    return found if only is None else found.filter(member_id=only)


def ever_held(group_id: UUID) -> QuerySet[Officer]:
    """The offices that are or were held, oldest first, each with its user."""
    return Officer.objects.select_related("user").filter(group_id=group_id).order_by("id")


def held(group_id: UUID) -> QuerySet[Officer]:
    """The offices that are held now."""
    return ever_held(group_id).filter(ended_at=None)


def officers(group_id: UUID) -> list[Officer]:
    """The offices that are held now, as a list."""
    return list(held(group_id))


def named(group_id: UUID, user_ids: Collection[UUID]) -> dict[UUID, Named]:
    """Who these users are in the group: her name, her number, and the office she holds or held last."""
    offices = {one.user_id: one for one in ever_held(group_id).filter(user_id__in=user_ids)}
    held_now = {one.user_id: one for one in held(group_id).filter(user_id__in=user_ids)}
    offices |= held_now
    theirs = dict(
        Seat.objects.filter(group_id=group_id, user_id__in=user_ids)
        .exclude(member_id=None)
        .values_list("user_id", "member_id")
    )
    theirs |= {user_id: one.member_id for user_id, one in offices.items() if one.member_id is not None}
    hers = {one.id: one for one in members(group_id).filter(id__in=list(theirs.values()))}
    lent = _lenders_of(group_id, set(user_ids) - set(offices) - set(theirs))
    found = {}
    for user_id in user_ids:
        office, member_id = offices.get(user_id), theirs.get(user_id)
        member = None if member_id is None else hers.get(member_id)
        found[user_id] = Named(
            user_id,
            member.person.name if member else None,
            member.number if member else None,
            office.role if office else None,
        )
    return found | {user_id: Named(user_id, name, None, "lender") for user_id, name in lent.items()}


def _lenders_of(group_id: UUID, user_ids: Collection[UUID]) -> dict[UUID, str | None]:
    """Of these users those who were shown something for a lender, also when they no longer sit here; its name."""
    if not user_ids:
        return {}
    seen = Disclosure.objects.filter(group_id=group_id, user_id__in=user_ids)
    lends = dict(seen.order_by("user_id").distinct().values_list("user_id", "lender_id"))
    known = lenders.names(group_id, set(lends.values()))
    return {user_id: known.get(lender_id) for user_id, lender_id in lends.items()}


def person_of(office: Officer) -> Person | None:
    """Who holds an office; None for one without a member record."""
    if office.member_id is None:
        return None
    return Person.objects.filter(
        group_id=office.group_id, members__group_id=office.group_id, members__id=office.member_id
    ).first()


def pins(group_id: UUID) -> dict[UUID, Pin]:
    """The officers' PINs by user."""
    return {pin.user_id: pin for pin in Pin.objects.filter(group_id=group_id)}


def another_can_sign(seat: Seat) -> bool:
    """Whether the group has another officer whose password is her own."""
    others = Seat.objects.filter(group_id=seat.group_id).exclude(user_id=seat.user_id).exclude(roles=[])
    return others.filter(user__is_active=True, user__password_is=User.Password.OWN).exists()


def seats(user: User) -> QuerySet[Seat]:
    """Where a user sits, with the groups."""
    return Seat.objects.select_related("group").filter(user=user).order_by("group_id")


def lends(user: User) -> bool:
    """Whether she signs in for a lender anywhere."""
    return Seat.objects.filter(user=user).exclude(lender_id=None).exists()


def groups_of(user: User) -> QuerySet[Group]:
    """The groups a user may see in the directory: an operator all, anybody else those she has a seat in."""
    found = Group.objects.order_by("id")
    return found if user.is_operator else found.filter(seats__user=user)


def matching(found: QuerySet[Member], search: str) -> QuerySet[Member]:
    """Those whose name contains `search`, or whose number begins with it."""
    return found.filter(Q(person__name__icontains=search) | Q(number__istartswith=search))


def user(user_id: UUID) -> User:
    """A user by id."""
    return User.objects.get(id=user_id)


def usernames(user_ids: Collection[UUID]) -> dict[UUID, str]:
    """By which names these users sign in."""
    return dict(User.objects.filter(id__in=user_ids).values_list("id", "username"))


def called(group_id: UUID, user_ids: Collection[UUID]) -> dict[UUID, str]:
    """How the group calls these users: the name of the member each is or was in office as, else her user name."""
    found = dict(User.objects.filter(id__in=user_ids).values_list("id", "username"))
    offices = ever_held(group_id).filter(user_id__in=user_ids).exclude(member=None)
    seats = Seat.objects.filter(group_id=group_id, user_id__in=user_ids).exclude(member_id=None)
    of = {
        user: member
        for user, member in [*offices.values_list("user_id", "member_id"), *seats.values_list("user_id", "member_id")]
        if member
    }
    people = Member.objects.select_related("person").filter(group_id=group_id, id__in=set(of.values()))
    names = {member.id: member.person.name for member in people if member.person.name}
    return found | {user: names[member] for user, member in of.items() if member in names}


def group(group_id: UUID) -> Group:
    """A group of the directory, with its policy. Raises Group.DoesNotExist."""
    return Group.objects.get(id=group_id)


def holidays(group_id: UUID) -> QuerySet[Holiday]:
    """The days on which the group differs from the calendar."""
    return Holiday.objects.filter(group_id=group_id).order_by("day")
