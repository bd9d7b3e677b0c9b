"""One request below a group, on its way through the door: what was sent, who consents, one transaction, the answer.

A POST with an `Idempotency-Key` is a command: it has one effect and is answered again from what is stored, which holds
no name; what does is read afresh (`shown`). An act for two waits for, or brings, the second officer.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from ledger import services as ledger
from ledger.commands import Answer, fingerprint, keep, key_for, perform
from ledger.context import in_book
from ledger.ids import uuid7
from ledger.models import Command
from members import access, disclosures, second
from members.errors import KeyRequired, NotAllowed, NothingWaits, StaleThing
from members.fields import UUID_TEXT, Body, Id, Query, read, read_query
from members.keys import keyring
from members.models import PendingAct, Seat
from members.strict import Malformed, Problem


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
    secrets: frozenset[str]


class Confirmation(Body):
    """What a second officer sends: nothing, or which request she means when several wait."""

    pending_id = Id(required=False)


def confirms(rule: Rule, raw: Any) -> bool:
    """Whether a body is one by which a second officer confirms."""
    return rule.two is not None and (raw == {} or (isinstance(raw, Mapping) and set(raw) == {"pending_id"}))


def may_confirm(rule: Rule, seat: Seat, request: Request) -> bool:
    """Whether she may be the second in what she could not begin."""
    return access.may(seat, rule.second_may) and confirms(rule, request.data)


def key_of(request: Request) -> UUID | None:
    """The request's `Idempotency-Key`, if it has one. Raises Malformed."""
    given = request.headers.get("Idempotency-Key")
    if given is None:
        return None
    if not UUID_TEXT.match(given):
        raise Malformed([Problem("Idempotency-Key", "invalid", "Harus UUID.")])
    return UUID(given)


def subject(path: Mapping[str, Any]) -> UUID | None:
    """The thing that an address is about, the innermost one it names."""
    things = [value for value in path.values() if isinstance(value, UUID)]
    return things[-1] if things else None


def marked(request: Request, user_id: UUID, body: Any) -> bytes:
    """The request's fingerprint, under the installation's key: what somebody sent cannot be guessed from it."""
    return keyring().mark(fingerprint(request.method or "", request.path, user_id, body))


class Rehearsed(Exception):
    """An act that was only tried; what it did is rolled back."""


class Visit:
    """One request below a group, on its way through the door."""

    def __init__(self, rule: Rule, method: Any, view: Any, *, here: Here, path: dict[str, Any]) -> None:
        self.rule, self.method, self.view, self.request = rule, method, view, view.request
        self.here, self.path = here, path
        self.shown: dict[str, Any] | None = None
        self.mark = b""

    def read(self) -> HttpResponse:
        given = read_query(self.rule.query or Query, dict(self.request.query_params.lists()))
        known = {"query": given} if self.rule.query else {}

        def body() -> Any:
            """Noted in the transaction that reads: what turns out not to be there was not shown."""
            self.admit()
            return self.method(self.view, self.here, **self.path, **known)

        found = self.in_book(body)
        return found if isinstance(found, HttpResponse) else rendered(found)

    def write(self) -> HttpResponse:
        if self.here.seat.lender_id is not None and self.rule.act not in access.ASKED:
            raise NotAllowed()  # a lender looks, asks for papers, and changes nothing
        raw, here, rule = self.request.data, self.here, self.rule
        read_query(Query, dict(self.request.query_params.lists()))
        key = self.key(raw) if self.request.method == "POST" else None
        body = None if confirms(rule, raw) else read(rule.body or Body, raw, partial=rule.partial)
        self.mark = marked(self.request, here.user_id, self.without_secrets(raw))
        # What was answered before needs neither PIN nor waiting: `perform` answers it again.
        if self.concerns_two(body) and not (key and self.is_known(key)):
            if body is None and not self.in_book(lambda: self.waiting(raw)):
                access.require(here.seat, rule.act)
                body = read(rule.body or Body, raw, partial=rule.partial)
            if body is not None and body.get("second"):
                here = Here(here.seat, second.consent(here.seat, rule.second_may, **body["second"]))
            elif body is not None and self.needs_two(body):
                asked = self.asked(body, key)
                if asked is not None:
                    return asked
        answer = self.done(functools.partial(self.act, here, raw, body, key), key)
        response = rendered(answer.body if self.shown is None else self.shown, answer.status)
        if answer.replayed:
            response["Idempotency-Replayed"] = "true"
        return response

    def done(self, act: Callable[[], Answer], key: UUID | None) -> Answer:
        """Do it in one transaction; under a key, once."""
        if key is None:
            answer: Answer = self.in_book(act)
            return answer
        here, shown = self.here, self.rule.shown
        answer = perform(group_id=here.group_id, key=key, actor_id=here.user_id, fingerprint=self.mark, act=act)
        if answer.replayed and shown is not None:

            def again() -> dict[str, Any]:
                self.admit()
                return shown(here, answer.body)

            self.shown = self.in_book(again)
        return answer

    def admit(self) -> None:
        """Note what a lender is shown, inside the transaction that shows it. Raises NotFound, NotAllowed."""
        disclosures.admit(self.here.seat, self.rule.act, subject(self.path))

    def waiting(self, raw: Any) -> PendingAct | None:
        """The other officer's request that this body confirms, if there is one."""
        named = read(Confirmation, raw).get("pending_id")
        return second.waiting_for(self.here.seat, self.request.path, named, alike=not self.rule.money)

    def concerns_two(self, body: dict[str, Any] | None) -> bool:
        """Whether a second officer confirms, is brought along, or is needed."""
        return self.rule.two is not None and (body is None or bool(body.get("second")) or self.needs_two(body))

    def needs_two(self, body: dict[str, Any]) -> bool:
        return self.rule.two is not None and self.rule.two(self.here, body)

    def asked(self, body: dict[str, Any], key: UUID | None) -> HttpResponse | None:
        """Let the request wait, if it could be done now: nobody is asked to consent to what would be refused. Its key
        stays free: she may still bring the second officer's PIN under it. None when it was done meanwhile."""
        seat = self.here.seat
        known = self.in_book(lambda: second.mine(seat, key, self.mark))
        if known is not None:
            response = rendered(pending_json(known), 202)
            response["Idempotency-Replayed"] = "true"
            return response
        asked = {name: value for name, value in body.items() if name != "second"}
        self.rehearse(asked)

        def wait() -> PendingAct | None:
            ledger.lock_book(seat.group_id)
            if key is not None and self.is_known(key):
                return None
            body = json.loads(JSONRenderer().render(asked))
            return second.ask(seat, self.rule.act, path=self.request.path, body=body, key=key, mark=self.mark)

        waiting = self.in_book(wait)
        return None if waiting is None else rendered(pending_json(waiting), 202)

    def rehearse(self, body: dict[str, Any]) -> None:
        """Do the act, with somebody as the second officer, and take all of it back. Raises what the act refuses."""
        here = Here(self.here.seat, uuid7())

        def act() -> None:
            ledger.lock_book(here.group_id)
            self.called(here, dict(body))
            raise Rehearsed

        with suppress(Rehearsed):
            in_book(here.group_id, here.user_id, act, command=uuid7())

    def act(self, here: Here, raw: Any, body: dict[str, Any] | None, key: UUID | None) -> Answer:
        """Inside the transaction, which may be run again: nothing that was sent is changed here."""
        ledger.lock_book(here.group_id)
        waiting: PendingAct | None = None
        if body is None:
            waiting = self.waiting(raw)
            if waiting is None:
                raise NothingWaits()
            body = read(self.rule.body or Body, waiting.body, partial=self.rule.partial)
            here = Here(here.seat, waiting.requested_by)
        elif self.rule.two is not None:
            second.take_over(here.seat, path=self.request.path, key=key, mark=self.mark)
        self.compare(here)
        self.admit()
        done = self.called(here, {name: value for name, value in body.items() if name != "second"})
        answer = Answer(self.rule.status, done.stored)
        if here.second is not None:
            self.sign(here, waiting, answer, key)
        shown = done.answer
        if shown is None:
            shown = self.rule.shown(here, done.stored) if self.rule.shown else done.stored
        self.shown = shown | done.once
        return answer

    def called(self, here: Here, body: dict[str, Any]) -> Done:
        """The view's own method."""
        done = self.method(self.view, here, **self.path, **({"body": body} if self.rule.body else {}))
        return done if isinstance(done, Done) else Done(done or {})

    def sign(self, here: Here, waiting: PendingAct | None, answer: Answer, key: UUID | None) -> None:
        """Keep who did it with whom. The first officer's key, if she waited, is answered like the second's."""
        assert here.second is not None
        path, act = self.request.path, self.rule.act
        if waiting is None:
            second.sign(here.seat, act, path=path, key=key, first=here.user_id, second=here.second, how="pin")
            return
        second.settle(here.seat, waiting)
        second.sign(here.seat, act, path=path, key=key, first=here.second, second=here.user_id, how="call")
        if waiting.key is not None:
            keep(here.group_id, waiting.key, waiting.requested_by, bytes(waiting.mark), answer)

    def without_secrets(self, raw: Any) -> Any:
        """What was sent, less passwords, PINs and the second officer's consent: none of them is stored, not even in a
        hash that could be guessed."""
        if not isinstance(raw, Mapping):
            return raw
        return {name: value for name, value in raw.items() if name not in self.rule.secrets}

    def compare(self, here: Here) -> None:
        """Refuse when the thing has changed since the client read it, if the client says what it read."""
        wanted = self.request.headers.get("If-Match")
        if wanted is None or wanted.strip() == "*" or self.request.method == "POST" or not hasattr(self.view, "get"):
            return
        now = self.view.get.__wrapped__(self.view, here, **self.path)
        if etag(JSONRenderer().render(now)) not in [one.strip().removeprefix("W/") for one in wanted.split(",")]:
            raise StaleThing()

    def key(self, raw: Any) -> UUID | None:
        """The request's key. What a second officer confirms is done once anyway: it has a key of its own."""
        key = key_of(self.request)
        if key is None and self.rule.money:
            waiting = self.in_book(lambda: self.waiting(raw)) if confirms(self.rule, raw) else None
            if waiting is None:
                raise KeyRequired()
            key = key_for("confirmed", waiting.id)
        return key

    def is_known(self, key: UUID) -> bool:
        """A request that was answered already needs no PIN again; `perform` answers or refuses it."""
        group_id = self.here.group_id
        return bool(self.in_book(lambda: Command.objects.filter(group_id=group_id, key=key).exists()))

    def in_book(self, body: Callable[[], Any]) -> Any:
        return in_book(self.here.group_id, self.here.user_id, body)


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
