"""People and their groups: who exists, who belongs where, who may sign in.

Door tables (User, Token, Session, Group, Seat, and the ways in) are read before a group is known and hold no personal
data. All else belongs to one group under row security. Personal fields stand in `Person` alone: names, telephone
numbers and birth dates are in no history, no log and no stored answer.
"""

from members.models.consents import SCOPES, Consent, Disclosure
from members.models.events import (
    PERSONAL,
    CodeCardEvent,
    ConsentEvent,
    DeviceEvent,
    DisputeEvent,
    FactorEvent,
    GroupEvent,
    HolidayEvent,
    MemberEvent,
    MembershipEvent,
    OfficerEvent,
    PersonEvent,
    PinEvent,
    SeatEvent,
    UserEvent,
    history,
)
from members.models.groups import Group, Holiday, Seat
from members.models.lengths import NAME, SHORT
from members.models.offices import Officer, PendingAct, Pin, Signature
from members.models.openness import Dispute, Sight
from members.models.people import Member, Membership, Person
from members.models.users import Failure, Session, Token, User
from members.models.ways import CardCode, CodeCard, Device, Enrolment, Factor, WrongTry

__all__ = [
    "NAME",
    "PERSONAL",
    "SCOPES",
    "SHORT",
    "CardCode",
    "CodeCard",
    "CodeCardEvent",
    "Consent",
    "ConsentEvent",
    "Device",
    "DeviceEvent",
    "Disclosure",
    "Dispute",
    "DisputeEvent",
    "Enrolment",
    "Factor",
    "FactorEvent",
    "Failure",
    "Group",
    "GroupEvent",
    "Holiday",
    "HolidayEvent",
    "Member",
    "MemberEvent",
    "Membership",
    "MembershipEvent",
    "Officer",
    "OfficerEvent",
    "PendingAct",
    "Person",
    "PersonEvent",
    "Pin",
    "PinEvent",
    "Seat",
    "SeatEvent",
    "Session",
    "Sight",
    "Signature",
    "Token",
    "User",
    "UserEvent",
    "WrongTry",
    "history",
]
