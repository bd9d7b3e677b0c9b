"""The cast at the door: phones that send what people send, and a group whose people hold them.

Every answer is compared with the published description of the API: an answer it does not know fails the test.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

import jsonschema
import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import resolve
from drf_spectacular.generators import SchemaGenerator

from ledger.context import in_book, outside_books
from ledger.ids import uuid7
from members import logins, second, services
from members.hashing import Argon2
from members.models import Group, Officer, Seat, User

PASSWORD = "padi-menguning-7"
PIN = "724913"
TODAY = date(2026, 3, 31)
JOINED = date(2026, 1, 2)


@dataclass
class Answer:
    """What came back: status, headers, and the JSON (None without a body)."""

    status: int
    headers: Any
    body: Any

    def __getitem__(self, name: str) -> Any:
        return self.body[name]

    @property
    def code(self) -> str:
        return str(self.body["code"])

    @property
    def pointers(self) -> dict[str, str]:
        """Pointer → code of what was malformed."""
        return {error["pointer"]: error["code"] for error in self.body["errors"]}


@dataclass
class Phone:
    """Somebody's device. Without a token it is a stranger's."""

    token: str | None = None
    user: User | None = None
    client: Client = field(default_factory=lambda: Client(headers={"host": "localhost"}, raise_request_exception=False))

    def sends(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        key: UUID | str | None = None,
        raw: bytes | None = None,
        content_type: str = "application/json",
        **headers: Any,
    ) -> Answer:
        """One request below `/api/v1/`. `body` is sent as JSON, `raw` as it is; `key` is the Idempotency-Key."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        if key:
            sent["Idempotency-Key"] = str(key)
        content = raw if raw is not None else b"" if body is None else json.dumps(body, default=str).encode()
        response = self.client.generic(method, f"/api/v1/{path}", content, content_type=content_type, headers=sent)
        answer = Answer(response.status_code, response.headers, _read(response))
        conforms(method, f"/api/v1/{path}", answer)
        return answer

    def gets(self, path: str, **headers: Any) -> Answer:
        return self.sends("GET", path, **headers)

    def posts(self, path: str, body: Any = None, *, key: UUID | str | None = None, **headers: Any) -> Answer:
        return self.sends("POST", path, {} if body is None else body, key=key, **headers)

    def pays(self, path: str, body: Any) -> Answer:
        """A POST that moves money, with a key of its own."""
        return self.posts(path, body, key=uuid7())

    def patches(self, path: str, body: Any, **headers: Any) -> Answer:
        return self.sends("PATCH", path, body, **headers)

    def deletes(self, path: str, **headers: Any) -> Answer:
        return self.sends("DELETE", path, **headers)


def _read(response: Any) -> Any:
    """JSON, or a file's bytes."""
    if "json" in response.headers.get("Content-Type", ""):
        return json.loads(response.content)
    return response.content or None


@cache
def description() -> dict[str, Any]:
    """The published description."""
    found: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return json.loads(json.dumps(found, default=str))  # type: ignore[no-any-return]


def conforms(method: str, path: str, answer: Answer) -> None:
    """Fail unless the description knows this answer; paths that are not in it answer with a problem."""
    assert answer.status < 500, answer.body
    content_type = answer.headers.get("Content-Type", "")
    if answer.status >= 400:
        assert content_type == "application/problem+json", (answer.status, content_type)
        _validate(answer.body, {"$ref": "#/components/schemas/Problem"})
        assert answer.body["status"] == answer.status
        return
    operation = _operation(method, path)
    if operation is None:
        return
    known = operation["responses"][str(answer.status)]
    if answer.body is None:
        assert "content" not in known, f"{method} {path} answered nothing"
        return
    if content_type != "application/json":
        assert set(known["content"]) == {content_type}, (method, path, content_type)
        return
    _validate(answer.body, known["content"]["application/json"]["schema"])


def _operation(method: str, path: str) -> dict[str, Any] | None:
    route = resolve(path.split("?")[0]).route
    for known, operations in description()["paths"].items():
        if _shape(known) == _shape("/" + route):
            found: dict[str, Any] | None = operations.get(method.lower())
            return found
    return None


def _shape(path: str) -> str:
    return re.sub(r"<[^>]*>|\{[^}]*\}", "*", path)


def _validate(body: Any, schema: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator({**schema, "components": description()["components"]}).validate(body)


def signs_in(user: User, *, way: str | None = None) -> Phone:
    """A phone on which she is signed in; `way` is what she showed beside her password."""
    _, token = outside_books(user.id, lambda: logins.open_token(user, label=None, way=way))
    return Phone(token, user)


def comes_in(client: Any, user: User, way: str = "passkey") -> Any:
    """The browser with a session of hers that began this way; with a passkey unless told, which is enough for all."""
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session["way"] = way
    session.save()
    return client


def somebody(username: str, *, operator: bool = False, opens_groups: bool = False) -> User:
    """A user with a password of her own."""

    def act() -> User:
        user, first = logins.open_user(username, operator=operator, opens_groups=opens_groups)
        logins.set_own_password(user, old=first, new=PASSWORD)
        return user

    return outside_books(None, act)


@dataclass
class Kelompok:
    """A group with its people, each with a phone: treasurer Budi, chair Sari, secretary Rina, supervisor Wati, and the
    members Dewi (with a login) and Yuni (without). All joined on one day; every officer's PIN is `PIN`."""

    group: Group
    prefix: str
    budi: Phone
    joined: date = JOINED
    phones: dict[str, Phone] = field(default_factory=dict)
    members: dict[str, UUID] = field(default_factory=dict)
    offices: dict[str, UUID] = field(default_factory=dict)

    @classmethod
    def opened(cls, prefix: str = "a", name: str = "JARBANGSRI", *, joined: date = JOINED) -> "Kelompok":
        treasurer = somebody(f"{prefix}.budi", opens_groups=True)
        group_id = uuid7()

        def act() -> Group:
            return services.open_group(
                group_id=group_id, creator=treasurer, today=joined, name=name, creator_name="Budi"
            )

        group = in_book(group_id, treasurer.id, act)
        self = cls(group, prefix, signs_in(treasurer), joined)
        self.phones["budi"] = self.budi
        self.members["budi"] = Seat.objects.get(group=group, user=treasurer).member_id  # type: ignore[assignment]
        for person, role in (("sari", "chair"), ("rina", "secretary"), ("wati", "supervisor")):
            self.joins(person)
            self.holds(person, role)
        for person in ("dewi", "yuni"):
            self.joins(person)
        self.signs_up("dewi")
        self.offices["budi"] = self.asks(lambda: Officer.objects.get(group_id=group.id, role="treasurer").id)
        for person in self.offices:
            user = self.phones[person].user
            assert user is not None
            self.asks(lambda user=user: second.set_pin(group.id, user.id, PIN))
        return self

    @property
    def id(self) -> UUID:
        return self.group.id

    @property
    def path(self) -> str:
        return f"groups/{self.group.id}"

    def asks(self, body: Any) -> Any:
        """Something inside the group's own transaction, by the treasurer."""
        assert self.budi.user is not None
        return in_book(self.group.id, self.budi.user.id, body)

    def joins(self, person: str, *, on: date | None = None, **personal: Any) -> UUID:
        """Take somebody in, on the day of the others unless told; her name is the capitalised word."""

        def act() -> UUID:
            return services.add_member(
                self.group.id,
                today=TODAY,
                name=person.capitalize(),
                joined_on=on or self.joined,
                personal=personal,
            )

        self.members[person] = self.asks(act)
        return self.members[person]

    def row(self, person: str) -> Any:
        from members import queries

        return self.asks(lambda: queries.row(queries.members(self.group.id, only=self.members[person]).get()))

    def holds(self, person: str, role: str) -> None:
        """Give her an office and a login whose password is her own."""
        row = self.row(person)

        def act() -> User:
            office, first = services.appoint_officer(self.group, row, role=role, username=f"{self.prefix}.{person}")
            if first:
                logins.set_own_password(office.user, old=first, new=PASSWORD)
            self.offices[person] = office.id
            return office.user

        self.phones[person] = signs_in(self.asks(act))

    def signs_up(self, person: str) -> None:
        """Give a plain member a login whose password is her own."""
        row = self.row(person)

        def act() -> User:
            user, first = services.open_login(self.group, row, username=f"{self.prefix}.{person}")
            logins.set_own_password(user, old=first, new=PASSWORD)
            return user

        self.phones[person] = signs_in(self.asks(act))

    def second(self, person: str = "sari", pin: str = PIN) -> dict[str, str]:
        """What the other officer types on the first one's phone."""
        return {"officer_id": str(self.offices[person]), "pin": pin}

    def journal(
        self, debited: str, credited: str, amount: Any, *, on: str = "2026-03-05", memo: str = "contoh"
    ) -> dict[str, Any]:
        """The body of a journal entry of two lines."""
        lines = [{"account": debited, "debit": amount}, {"account": credited, "credit": amount}]
        return {"effective_on": on, "memo": memo, "postings": lines}

    def has(self, amount: int) -> Answer:
        """Put a grant into the cash box."""
        return self.budi.pays(f"{self.path}/ledger/entries", self.journal("1-1010", "3-1030", amount))


@contextmanager
def standing(blocker: Any) -> Iterator[None]:
    """One transaction for the tests of a module that all look at the same groups: these are opened once inside it, and
    each test happens `undone`. No test of that module may ask for `db` or `books`."""
    with blocker.unblock(), pytest.MonkeyPatch.context() as patch, transaction.atomic():
        patch.setattr(Argon2, "memory_cost", 8)
        patch.setattr(Argon2, "time_cost", 1)
        yield
        transaction.set_rollback(True)


@contextmanager
def undone() -> Iterator[None]:
    """What happens inside leaves nothing behind; every deferred rule of the database is asked before that."""
    with transaction.atomic():
        sql("set local idle_in_transaction_session_timeout = 0")
        yield
        sql("set constraints all immediate")
        transaction.set_rollback(True)


def sql(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
