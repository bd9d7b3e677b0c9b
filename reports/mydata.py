"""Data saya: everything that is kept about a member, as one structure that JSON can hold.

The one place that reads tables of every app as they are stored, so that nothing is left out: every table of
`ledger.shard.KINDS` stands here as a section, or in `EXCUSED` with the reason, and a test holds that complete.
No secret is in it; her NIK stands in it by its last four digits, as everywhere.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Model, Q, QuerySet

from capital.models import Funding
from ledger import queries as books
from ledger.models import Entry, EntryNote, Posting
from loans import models as lending
from loans import queries as loans_of
from members import models as people
from members import queries as members
from members.models import Group, Seat
from reports.models import Statement, StatementEvent
from savings import models as saving
from savings import queries as savings_of

FORMAT = "lumbung-member-1"


@dataclass(frozen=True, slots=True)
class About:
    """Whose data it is, by the ids under which tables know her. `user_id` None: she has no login."""

    group_id: UUID
    member_id: UUID
    person_id: UUID
    user_id: UUID | None
    loan_ids: list[UUID]
    leaf_ids: list[UUID]
    entry_ids: list[UUID]


@dataclass(frozen=True, slots=True)
class Section:
    """The rows of one table that are about her, without the columns in `omit`. `own`: for nobody but herself, since her
    login is hers in every group."""

    name: str
    model: type[Model]
    hers: Callable[[About], Q]
    omit: tuple[str, ...] = ()
    own: bool = False


def _member(about: About) -> Q:
    return Q(group_id=about.group_id, member_id=about.member_id)


def _loan(about: About) -> Q:
    return Q(group_id=about.group_id, loan_id__in=about.loan_ids)


def _user(about: About) -> Q:
    return Q(user_id=about.user_id) if about.user_id else Q(pk__in=[])


def _user_here(about: About) -> Q:
    return Q(group_id=about.group_id) & _user(about)


def _acted(about: About, *columns: str) -> Q:
    found = Q(pk__in=[])
    for column in columns if about.user_id else ():
        found |= Q(**{column: about.user_id})
    return Q(group_id=about.group_id) & found


SECTIONS = (
    Section(
        "person",
        people.Person,
        lambda a: Q(group_id=a.group_id, id=a.person_id),
        omit=("nik_sealed", "nik_index", "data_key"),
    ),
    Section("member", people.Member, lambda a: Q(group_id=a.group_id, id=a.member_id)),
    Section("stays", people.Membership, _member),
    Section("offices", people.Officer, lambda a: _member(a) | _user_here(a)),
    Section("seats", people.Seat, lambda a: _member(a) | _user_here(a)),
    Section("pins", people.Pin, _user_here, omit=("hash",)),
    Section("requests", people.PendingAct, lambda a: _acted(a, "requested_by", "settled_by"), omit=("mark", "key")),
    Section("signatures", people.Signature, lambda a: _acted(a, "first_by", "second_by"), omit=("key",)),
    Section("consents", people.Consent, lambda a: _acted(a, "given_by", "given_with", "revoked_by")),
    Section("disputes", people.Dispute, _member),
    Section("sights", people.Sight, _member),
    Section("login", people.User, lambda a: Q(id=a.user_id), omit=("password",), own=True),
    Section("tokens", people.Token, _user, omit=("digest", "token_key"), own=True),
    Section("sessions", people.Session, _user, omit=("session_key", "session_data"), own=True),
    Section("devices", people.Device, _user, omit=("digest", "digest_before", "hash"), own=True),
    Section("enrolments", people.Enrolment, _user, omit=("mark",), own=True),
    Section("cards", people.CodeCard, _user, omit=("number",), own=True),
    Section(
        "factors",
        people.Factor,
        _user,
        omit=("data_key", "secret_sealed", "step", "credential_id", "public_key", "sign_count"),
        own=True,
    ),
    Section("wrong_tries", people.WrongTry, lambda a: Q(user_id=a.user_id), own=True),
    Section("savings_accounts", saving.Account, _member),
    Section(
        "savings_movements", saving.Movement, lambda a: _member(a) | Q(group_id=a.group_id, carried_by_id=a.member_id)
    ),
    Section(
        "savings_interest",
        saving.InterestLine,
        lambda a: Q(group_id=a.group_id, account__group_id=a.group_id, account__member_id=a.member_id),
    ),
    Section("loans", lending.Loan, _member),
    Section("loan_votes", lending.Vote, lambda a: _loan(a) | _member(a)),
    Section("loan_purchases", lending.Purchase, _loan),
    Section("loan_schedules", lending.Version, _loan),
    Section("loan_installments", lending.Installment, _loan),
    Section("repayments", lending.Repayment, lambda a: _loan(a) | Q(group_id=a.group_id, carried_by_id=a.member_id)),
    Section("loan_lines", lending.Line, _loan),
    Section("loan_charges", lending.Charge, _loan),
    Section("loan_waivers", lending.Waiver, _loan),
    Section("loan_write_offs", lending.WriteOff, _loan),
    Section("loan_recoveries", lending.Recovery, _loan),
    Section("loan_fundings", Funding, _loan),
    Section(
        "statements",
        Statement,
        _member,
        omit=("file", "sha256", "unsigned_sha256", "head_hash"),
    ),
    Section("entries", Entry, lambda a: Q(group_id=a.group_id, id__in=a.entry_ids), omit=("command", "note_digest")),
    Section("entry_notes", EntryNote, lambda a: Q(group_id=a.group_id, entry_id__in=a.entry_ids), omit=("salt",)),
    Section(
        "postings",
        Posting,
        lambda a: Q(group_id=a.group_id, account_id__in=a.leaf_ids),
        omit=("account_version", "balance_after"),
    ),
)
HISTORIES: dict[str, type[Model]] = {
    "person": people.PersonEvent,
    "member": people.MemberEvent,
    "stays": people.MembershipEvent,
    "offices": people.OfficerEvent,
    "seats": people.SeatEvent,
    "pins": people.PinEvent,
    "disputes": people.DisputeEvent,
    "login": people.UserEvent,
    "devices": people.DeviceEvent,
    "cards": people.CodeCardEvent,
    "factors": people.FactorEvent,
    "loans": lending.LoanEvent,
    "statements": StatementEvent,
}
"""Section → the history of its rows: what was done to them, when and by whom."""

EXCUSED = {
    "ledger_book": "the group's",
    "ledger_account": "the group's chart; the names of her accounts stand with her savings and loans",
    "ledger_command": "ids and figures of acts whose entries are here",
    "ledger_monthclose": "the group's",
    "ledger_monthbalance": "sums of postings that are here",
    "ledger_job": "work of the clock; names nobody",
    "ledger_outbox": "work of the clock; names nobody",
    "members_group": "the group's",
    "members_groupevent": "the group's",
    "members_holiday": "the group's",
    "members_holidayevent": "the group's",
    "members_consentevent": "the history of consents, which say who gave and who took back",
    "members_disclosure": "what lenders saw of the group; where it showed her, it stands with her sights",
    "members_failure": "addresses, not people",
    "members_cardcode": "secrets; her cards are here",
    "loans_product": "the group's",
    "loans_productevent": "the group's",
    "loans_night": "the group's",
    "loans_snapshot": "the group's sums",
    **dict.fromkeys(
        (f"capital_{one}" for one in ("lender", "lenderevent", "facility", "facilityevent", "drawdown", "installment")),
        "the group's debts",
    ),
    **dict.fromkeys((f"capital_{one}" for one in ("payment", "line", "grant")), "the group's debts and gifts"),
    "savings_product": "the group's",
    "savings_productevent": "the group's",
    "savings_due": "the group's",
    "savings_dueevent": "the group's",
    "savings_rate": "the group's",
    "savings_rateevent": "the group's",
    "savings_interestrun": "the group's; her lines of it are here",
    "reports_statementdirectory": "ids; her documents are here",
    "reports_delivery": "documents that name one member alone are sent to nobody",
    "reports_deliveryevent": "documents that name one member alone are sent to nobody",
    "axes_accessattempt": "wrong passwords for a name, gone within a quarter of an hour",
    "axes_accessattemptexpiration": "wrong passwords for a name, gone within a quarter of an hour",
    "axes_accessfailurelog": "not written",
    "axes_accesslog": "not written",
    "django_admin_log": "what operators did",
    "auth_group": "not used",
    "auth_group_permissions": "not used",
    "auth_permission": "not used",
    "django_content_type": "the framework's",
    "django_migrations": "the framework's",
    "pghistory_context": "not used",
}
"""Tables that hold nothing about a member, or nothing beyond what is here, and why."""


def everything(group: Group, member_id: UUID, *, on: date, made_at: datetime, own: bool) -> dict[str, Any]:
    """All that is kept about a member of the group, her loans as they stand at the end of `on`. Without `own` her login
    is left out, for an officer takes it at her wish. Raises nothing: who may is decided at the door."""
    about = _about(group, member_id)
    sections = {one.name: _rows(one, about) for one in SECTIONS if own or not one.own}
    actors = {UUID(one["actor_id"]) for one in sections["entries"] if one["actor_id"]}
    who = members.named(group.id, actors)
    return {
        "format": FORMAT,
        "made_at": made_at.isoformat(),
        "group": {"id": str(group.id), "name": group.name, "currency": group.currency, "digits": group.digits},
        **sections,
        "passbook": _passbook(group.id, member_id),
        "schedules": _schedules(group, member_id, on),
        "history": [
            line for name in HISTORIES if name in sections for line in _history(name, sections[name], group.id)
        ],
        "recorded_by": {str(id): {"name": one.name, "number": one.number, "role": one.role} for id, one in who.items()},
    }


def _about(group: Group, member_id: UUID) -> About:
    member = members.members(group.id, only=member_id).get()
    seat = Seat.objects.filter(group_id=group.id, member_id=member_id).first()
    loans = list(lending.Loan.objects.filter(group_id=group.id, member_id=member_id))
    leaves = [one.account_id for one in savings_of.accounts(group.id, member_id=member_id)]
    for loan in loans:
        hers = (loan.principal_account_id, loan.interest_account_id, loan.penalty_account_id, loan.held_account_id)
        leaves += [id for id in hers if id is not None]
    loan_ids = [one.id for one in loans]
    entries = set(Posting.objects.filter(group_id=group.id, account_id__in=leaves).values_list("entry__id", flat=True))
    for model in (lending.Line, lending.Recovery):
        entries |= set(
            model._default_manager.filter(group_id=group.id, loan_id__in=loan_ids).values_list("entry_id", flat=True)
        )
    entries |= set(books.reversals(group.id, list(entries)).values())
    return About(
        group.id, member_id, member.person_id, seat.user_id if seat else None, loan_ids, leaves, sorted(entries)
    )


def _rows(section: Section, about: About) -> list[dict[str, Any]]:
    names = [
        field.attname
        for field in section.model._meta.concrete_fields
        if field.name not in section.omit and field.name != "group_id" and field.column is not None
    ]
    found: QuerySet[Any] = section.model._default_manager.filter(section.hers(about)).order_by("pk")
    return [{name: plain(value) for name, value in row.items()} for row in found.values(*names)]


def _history(name: str, rows: list[dict[str, Any]], group_id: UUID) -> list[dict[str, Any]]:
    """What was done to these rows, in order of time: when, and the id of who did it."""
    events: QuerySet[Any] = HISTORIES[name]._default_manager.filter(id__in=[row["id"] for row in rows])
    found = events.order_by("pgh_created_at").values("id", "pgh_label", "pgh_created_at", "pgh_context")
    return [
        {
            "of": name,
            "id": str(row["id"]),
            "done": row["pgh_label"],
            "at": row["pgh_created_at"].isoformat(),
            "by": (row["pgh_context"] or {}).get("actor"),
        }
        for row in found
    ]


def _passbook(group_id: UUID, member_id: UUID) -> list[dict[str, Any]]:
    names = ("entry_id", "effective_on", "recorded_at", "kind", "memo", "product", "amount", "balance_after")
    lines = savings_of.passbook(group_id, member_id).lines
    return [{name: plain(getattr(line, name)) for name in names} for line in lines]


def _schedules(group: Group, member_id: UUID, on: date) -> list[dict[str, Any]]:
    """Her loans as they stand: every instalment with what is owed and paid of it."""
    hers = list(loans_of.loans(group.id, member_id=member_id))
    return [
        {
            "loan_id": str(loan_id),
            "installments": [
                {"number": row.number, "due_on": row.due_on.isoformat(), "owed": dict(row.owed), "paid": dict(row.paid)}
                for row in state.states
            ],
        }
        for loan_id, state in loans_of.states(group, hers, on=on).items()
    ]


def plain(value: Any) -> Any:
    """A column's value as JSON has it."""
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID | Decimal):
        return str(value)
    if isinstance(value, Mapping):
        return {str(name): plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return value
