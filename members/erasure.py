"""Forgetting a person. What was booked stays, under her number; what names her goes, her key with it.

Nulling the row removes her from the database; without her data key what is sealed under it anywhere else (an archived
file) cannot be read any more. A backup of the database holds row and key alike, until it is thrown away. Notes that
name her lose their text and salt, and the chain stays whole: it holds only their digest.
"""

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.contrib.admin.models import LogEntry
from django.db.models import Model, Q
from django.db.models.functions import Now

from ledger import queries as books
from ledger import services as ledger
from members import logins, services
from members.errors import Erased, MemberIsHere
from members.models import Device, Dispute, Factor, Holiday, PendingAct, Person, Pin, Seat, Token, User
from members.queries import MemberRow
from members.text import cleaned

BETWEEN = r"[\s.()-]*"
"""What people put between the digits of a long number."""
EMPTIED = dict.fromkeys(
    (
        *("name", "phone", "address", "born_on", "nik_sealed", "nik_index", "nik_last4", "data_key"),
        *("business_kind", "business_product", "workers"),
    )
)
_texts_above: list[tuple[type[Model], tuple[str, ...]]] = []


def register(model: type[Model], *columns: str) -> None:
    """Have these free texts of a group's table blanked where they name somebody who is forgotten. Once, in
    `AppConfig.ready` of the app that owns the table; the columns may be null."""
    if (model, columns) not in _texts_above:
        _texts_above.append((model, columns))


def forget(row: MemberRow) -> None:
    """Erase everything personal about a former member and end her login. Raises MemberIsHere, Erased."""
    member, person = row.member, row.member.person
    if row.left_on is None:
        raise MemberIsHere(number=member.number, joined_on=row.joined_on)
    if person.erased_at is not None:
        raise Erased(number=member.number)
    seat = Seat.objects.select_related("user").filter(group_id=member.group_id, member_id=member.id).first()
    Dispute.objects.filter(group_id=member.group_id, member_id=member.id).update(text=None, answer=None)
    _blank_texts(member.group_id, naming(person, seat.user.username if seat else None))
    if seat is not None:
        _end_login(seat)
    Person.objects.filter(group_id=member.group_id, id=person.id).update(**EMPTIED, raw_materials=[], erased_at=Now())


def naming(person: Person, username: str | None) -> str:
    """A regular expression, for Python and PostgreSQL alike, of what names her as a whole word: name, user name, NIK,
    and the telephone number however it is written."""
    words = [word for word in (person.name, username) if word]
    patterns = [r"\s+".join(re.escape(part) for part in word.split()) for word in words]
    digits = services.nik_of(person)
    if digits:
        patterns.append(BETWEEN.join(digits))
    if person.phone:
        national = person.phone.removeprefix("+62")
        code = rf"\(?(\+?{BETWEEN.join('62')}|0)" if national != person.phone else r"\+?"
        patterns.append(code + BETWEEN + BETWEEN.join(national.lstrip("+")))
    return r"(?<!\w)(" + "|".join(patterns) + r")(?!\w)"


def _blank_texts(group_id: UUID, pattern: str) -> None:
    """Every free text of the group that names her: memos, reasons, names of days off, and requests that wait."""
    noted = list(books.notes(group_id).filter(text__iregex=pattern).values_list("entry_id", flat=True))
    ledger.erase_notes(group_id, noted)
    reasons = books.reopenings(group_id).filter(reopen_reason__iregex=pattern)
    ledger.erase_reasons(group_id, list(reasons.values_list("id", flat=True)))
    for waiting in PendingAct.objects.filter(group_id=group_id, settled_at=None):
        if any(re.search(pattern, cleaned(text), re.IGNORECASE) for text in _texts(waiting.body)):
            waiting.delete()
    for model, columns in _texts_above:
        for column in columns:
            model._default_manager.filter(group_id=group_id, **{f"{column}__iregex": pattern}).update(**{column: None})
    Holiday.objects.filter(group_id=group_id, name__iregex=pattern).update(name=None)
    for column in ("text", "answer"):
        Dispute.objects.filter(group_id=group_id, **{f"{column}__iregex": pattern}).update(**{column: None})
    neighbours = Seat.objects.filter(group_id=group_id).values("user_id")
    for labelled in (Token, Device, Factor):
        labelled._default_manager.filter(user_id__in=neighbours, label__iregex=pattern).update(label=None)
    logins.forget_attempts(pattern)


def _texts(value: Any) -> Iterator[str]:
    """Every string in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner)


def _end_login(seat: Seat) -> None:
    """Her user name goes with her. A user who sits in other groups, or runs the service, keeps her login
    and loses this seat."""
    user_id, group_id = seat.user_id, seat.group_id
    Pin.objects.filter(group_id=group_id, user_id=user_id).delete()
    seat.delete()
    user = User.objects.select_for_update().get(id=user_id)
    if user.is_operator or Seat.objects.filter(user_id=user_id).exists():
        return
    logins.sign_out_everywhere(user)
    logins.forget_ways(user)
    LogEntry.objects.filter(Q(user_id=user_id) | Q(object_id=str(user_id))).delete()
    user.username, user.is_active = f"terhapus-{user_id}", False
    user.set_unusable_password()
    user.password_is = User.Password.SPENT
    user.save(update_fields=["username", "is_active", "password", "password_is"])
