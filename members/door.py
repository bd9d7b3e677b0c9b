"""The door of everything below a group: one path for every request, told by `@door` over a view's method.

Seat and act first (404, 403), then what was sent (400), then one transaction. A POST with an `Idempotency-Key` is a
command: it has one effect and is answered again from what is stored, which holds no name; what does is read afresh
(`shown`). An act for two waits for, or brings, the second officer.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.cache import get_conditional_response
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from ledger import services as ledger
from ledger.commands import Answer, fingerprint, perform
from ledger.context import in_book
from ledger.models import Command
from members import access, second
from members.errors import KeyRequired, NotAllowed, StaleThing
from members.fields import Body, Id, Query, Secret, read, read_query
from members.models import PendingAct, Seat, User
from members.strict import Malformed, Problem
from members.tokens import OwnPassword

UUID_TEXT = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z")


@dataclass(frozen=True, slots=True)
class Here:
    """Whose request this is: her seat, which knows user and group, and the second officer's user id if there is one."""

    seat: Seat
    second: UUID | None = None

    @property
    def group_id(self) -> UUID:
        group_id: UUID = self.seat.group_id
        return group_id

    @property
    def user_id(self) -> UUID:
        user_id: UUID = self.seat.user_id
        return user_id


@dataclass(frozen=True, slots=True)
class Done:
    """What an act made: `stored` is kept with the command (ids, figures, dates), `once` only answered. `answer` spares
    the first answer what `shown` would read."""

    stored: dict[str, Any]
    once: dict[str, Any] = field(default_factory=dict)
    answer: dict[str, Any] | None = None


class SecondIn(Body):
    officer_id = Id()
    pin = Secret(max_length=12)


class Act(Body):
    """A request that a second officer consents to."""

    second = SecondIn(required=False, allow_null=True)


class PendingOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    code = serializers.CharField(help_text="awaiting_second")
    act = serializers.CharField()
    path = serializers.CharField()
    requested_by = serializers.UUIDField(help_text="The first officer's user")
    requested_at = serializers.DateTimeField()
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()


Two = Callable[[Here, dict[str, Any]], bool]
Shown = Callable[[Here, dict[str, Any]], dict[str, Any]]


def always(here: Here, body: dict[str, Any]) -> bool:
    """An act that needs two whatever it is about."""
    return True


@dataclass(frozen=True, slots=True)
class Rule:
    """What `@door` says about a method. `two` tells, before anything is done, whether the act needs a second officer;
    `second_may` is the act she has to be allowed (the same unless told)."""

    act: str
    body: type[Body] | None
    query: type[Query] | None
    status: int
    money: bool
    two: Two | None
    second_may: str
    shown: Shown | None
    partial: bool


def door(
    act: str,
    *,
    answer: Any,
    body: type[Body] | None = None,
    query: type[Query] | None = None,
    status: int = 200,
    money: bool = False,
    two: Two | None = None,
    second_may: str | None = None,
    shown: Shown | None = None,
    partial: bool = False,
    hidden: bool = False,
) -> Callable[[Any], Any]:
    """Make `method(self, here, …)` the whole of what an endpoint does beyond what all endpoints do.

    GET: gives the answer's dict. POST: gives `Done`, or its dict; `shown` turns what is stored into the answer. PATCH
    and DELETE likewise, without a key; a view's `get` says what `If-Match` is compared with.
    """
    rule = Rule(act, body, query, status, money, two, second_may or act, shown, partial)

    def decorated(method: Any) -> Any:
        @functools.wraps(method)
        def serve(self: Any, request: Request, group_id: UUID, **path: Any) -> HttpResponse:
            seat = access.seat(user_of(request), group_id)
            if not access.may(seat, act) and not may_confirm(rule, seat, request):
                raise NotAllowed()
            visit = Visit(rule, method, self, here=Here(seat), path=path)
            return visit.read() if request.method in ("GET", "HEAD") else visit.write()

        serve.rule = rule  # type: ignore[attr-defined]
        return extend_schema(**_described(rule, method, answer, hidden))(serve)

    return decorated


def may_confirm(rule: Rule, seat: Seat, request: Request) -> bool:
    """Whether she may be the second in what she could not begin: then an empty body is all she sends."""
    return rule.two is not None and access.may(seat, rule.second_may) and request.data == {}


def _described(rule: Rule, method: Any, answer: Any, hidden: bool) -> dict[str, Any]:
    """What the published description says of an endpoint."""
    answers: dict[Any, Any] = {rule.status: answer}
    parameters: list[Any] = [rule.query] if rule.query else []
    if method.__name__ == "post":
        needed = "wajib; " if rule.money else ""
        parameters.append(
            OpenApiParameter(
                "Idempotency-Key",
                OpenApiTypes.UUID,
                OpenApiParameter.HEADER,
                rule.money,
                f"{needed}satu UUID per permintaan",
            )
        )
        if rule.two:
            answers[202] = PendingOut
    if method.__name__ in ("patch", "delete"):
        parameters.append(OpenApiParameter("If-Match", str, OpenApiParameter.HEADER, False, "ETag yang dibaca"))
    return {"request": rule.body, "responses": answers, "parameters": parameters, "exclude": hidden}


class View(APIView):
    """Any view of the API: for users with a password of their own, and what has not changed is not sent again."""

    permission_classes: Any = [OwnPassword]

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        tag = response.headers.get("ETag")
        return get_conditional_response(request._request, etag=tag, response=response) if tag else response


class GroupView(View):
    """A view below `groups/{group_id}/`; its methods bear `@door`."""


def user_of(request: Request) -> User:
    """Whose request it is; the permission has refused strangers."""
    assert isinstance(request.user, User)
    return request.user


class Visit:
    """One request below a group, on its way through the door."""

    def __init__(self, rule: Rule, method: Any, view: Any, *, here: Here, path: dict[str, Any]) -> None:
        self.rule, self.method, self.view, self.request = rule, method, view, view.request
        self.here, self.path = here, path
        self.shown: dict[str, Any] | None = None

    def read(self) -> HttpResponse:
        given = read_query(self.rule.query or Query, dict(self.request.query_params.lists()))
        known = {"query": given} if self.rule.query else {}
        found = self.in_book(lambda: self.method(self.view, self.here, **self.path, **known))
        return rendered(found)

    def write(self) -> HttpResponse:
        raw = self.request.data
        read_query(Query, dict(self.request.query_params.lists()))
        key = self.key() if self.request.method == "POST" else None
        first = self.first_reading(raw)
        here = self.here
        if first and first.get("second") and not (key and self.is_known(key)):
            here = Here(here.seat, second.consent(here.seat, self.rule.second_may, **first["second"]))
        act = functools.partial(self.act, here, raw, first)
        if key is None:
            answer = self.in_book(act)
        else:
            answer = perform(
                group_id=here.group_id,
                key=key,
                actor_id=here.user_id,
                fingerprint=fingerprint(self.request.method or "", self.request.path, here.user_id, without_pin(raw)),
                act=act,
            )
        if answer.replayed and self.rule.shown and answer.status == self.rule.status:
            self.shown = self.in_book(lambda: self.rule.shown(here, answer.body))  # type: ignore[misc]
        response = rendered(answer.body if self.shown is None else self.shown, answer.status)
        if answer.replayed:
            response["Idempotency-Replayed"] = "true"
        return response

    def first_reading(self, raw: Any) -> dict[str, Any] | None:
        """The body, unless it is the empty one by which a second officer may confirm."""
        if self.rule.two and raw == {}:
            return None
        return read(self.rule.body or Body, raw, partial=self.rule.partial)

    def act(self, here: Here, raw: Any, body: dict[str, Any] | None) -> Answer:
        """Inside the transaction."""
        ledger.lock_book(here.group_id)
        if body is None:
            waiting = second.waiting_for(here.seat, self.request.path)
            if waiting is None:
                access.require(here.seat, self.rule.act)
            body = read(self.rule.body or Body, raw if waiting is None else waiting.body)
            if waiting is not None:
                here = Here(here.seat, second.confirm(here.seat, waiting))
        if self.rule.two and here.second is None and self.rule.two(here, body):
            asked = second.ask(here.seat, self.rule.act, path=self.request.path, body=without_pin(raw))
            return Answer(202, pending_json(asked))
        self.compare(here)
        body.pop("second", None)
        known = {"body": body} if self.rule.body else {}
        done = self.method(self.view, here, **self.path, **known)
        if not isinstance(done, Done):
            done = Done(done or {})
        shown = done.answer
        if shown is None:
            shown = self.rule.shown(here, done.stored) if self.rule.shown else done.stored
        self.shown = shown | done.once
        return Answer(self.rule.status, done.stored)

    def compare(self, here: Here) -> None:
        """Refuse when the thing has changed since the client read it, if the client says what it read."""
        wanted = self.request.headers.get("If-Match")
        if wanted is None or wanted.strip() == "*" or self.request.method == "POST" or not hasattr(self.view, "get"):
            return
        now = self.view.get.__wrapped__(self.view, here, **self.path)
        if etag(JSONRenderer().render(now)) not in [one.strip().removeprefix("W/") for one in wanted.split(",")]:
            raise StaleThing()

    def key(self) -> UUID | None:
        given = self.request.headers.get("Idempotency-Key")
        if given is None:
            if self.rule.money:
                raise KeyRequired()
            return None
        if not UUID_TEXT.match(given):
            raise Malformed([Problem("Idempotency-Key", "invalid", "Harus UUID.")])
        return UUID(given)

    def is_known(self, key: UUID) -> bool:
        """A request that was answered already needs no PIN again; `perform` answers or refuses it."""
        group_id = self.here.group_id
        return bool(self.in_book(lambda: Command.objects.filter(group_id=group_id, key=key).exists()))

    def in_book(self, body: Callable[[], Any]) -> Any:
        return in_book(self.here.group_id, self.here.user_id, body)


def without_pin(body: Any) -> Any:
    """What was sent, less the second officer's consent: no PIN is stored, not even in a hash that could be guessed."""
    return {name: value for name, value in body.items() if name != "second"} if isinstance(body, Mapping) else body


def pending_json(waiting: PendingAct) -> dict[str, Any]:
    """A request that waits, as it is answered and kept with its command: without what was asked."""
    return {
        "id": str(waiting.id),
        "code": "awaiting_second",
        "act": waiting.act,
        "path": waiting.path,
        "requested_by": str(waiting.requested_by),
        "requested_at": waiting.requested_at.isoformat(),
        "created_at": waiting.requested_at.isoformat(),
        "expires_at": waiting.expires_at.isoformat(),
    }


def rendered(data: Any, status: int = 200) -> HttpResponse:
    """JSON with its ETag; 204 has no body."""
    if status == 204:
        return HttpResponse(status=204)
    body = JSONRenderer().render(data)
    response = HttpResponse(body, status=status, content_type="application/json")
    response["ETag"] = etag(body)
    return response


def etag(body: bytes) -> str:
    """What a client sends back as `If-Match` or `If-None-Match`."""
    return f'"{sha256(body).hexdigest()[:32]}"'
