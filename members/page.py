"""The door of every page of a group: who she is, where she sits, what she may; then one page, read and drawn in one
transaction.

What a page does, it does through the API's own doors, inside this process (`Sitting.do`): seat, strict reading, keys,
the second person and refusals are one mechanism for both. A money form carries its key in its address, so a double
tap, a resend and the back button find what was recorded already.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar, NamedTuple
from uuid import UUID

from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import ResolverMatch, resolve, reverse
from django.utils.http import urlencode
from django.views import View

from ledger.context import in_book
from ledger.errors import DomainError, KeyReused
from ledger.ids import uuid7
from ledger.models import Command
from ledger.money import written
from members import access, disclosures, second
from members.errors import NotAllowed, OfficersOnly
from members.fields import Query, read_query
from members.forms import Act
from members.keyed import key_of, led_on, opened
from members.models import Group, PendingAct, Seat, User
from members.services import today_in
from members.strict import Malformed
from members.visit import Here, subject
from members.ways import detour, member_only


class Outcome(NamedTuple):
    """What an act was answered with; `waits`: for a second officer. `replayed`: it had been done before."""

    status: int
    data: dict[str, Any]
    replayed: bool

    @property
    def waits(self) -> bool:
        return self.status == 202 and self.data.get("code") == "awaiting_second"


@dataclass(frozen=True, slots=True)
class Asked:
    """A form's content as an endpoint reads a request."""

    method: str
    path: str
    user: User
    data: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    query_params: QueryDict = field(default_factory=QueryDict)


@dataclass(frozen=True, slots=True)
class Sitting:
    """Whose page this is: the browser's request, her seat, and the day it is for her group."""

    request: HttpRequest
    seat: Seat
    today: date

    @property
    def group(self) -> Group:
        group: Group = self.seat.group
        return group

    @property
    def group_id(self) -> UUID:
        group_id: UUID = self.seat.group_id
        return group_id

    @property
    def user_id(self) -> UUID:
        user_id: UUID = self.seat.user_id
        return user_id

    @property
    def here(self) -> Here:
        """As the endpoints' functions want it."""
        return Here(self.seat)

    @property
    def officer(self) -> bool:
        return access.is_officer(self.seat)

    @property
    def lender(self) -> bool:
        """Whether she signs in for one."""
        return self.seat.lender_id is not None

    def written(self, amount: int) -> str:
        """`Rp1.250.000`, in the group's currency."""
        return written(amount, self.group.currency, self.group.digits)

    def may(self, act: str) -> bool:
        """Whether the act is hers."""
        return access.may(self.seat, act)

    def ask(self, name: str, query: Mapping[str, str] | None = None, **path: Any) -> Any:
        """What GET of an endpoint answers, read in the page's own transaction. Raises NotAllowed, NotFound."""
        view, path = self._endpoint("GET", name, path)
        rule = view.get.rule
        access.require(self.seat, rule.act)
        disclosures.admit(self.seat, rule.act, subject(path))
        given = read_query(rule.query or Query, {key: [value] for key, value in (query or {}).items()})
        return view.get.__wrapped__(view, self.here, **path, **({"query": given} if rule.query else {}))

    def reads(self, name: str, query: Mapping[str, str] | None = None, **path: Any) -> Any:
        """What GET of an endpoint answers behind its whole door, as JSON has it, outside any open transaction. Raises
        what it refuses."""
        view, path = self._endpoint("GET", name, path)
        asked = QueryDict(urlencode(dict(query or {})))
        view.request = Asked("GET", view.request.path, self.seat.user, query_params=asked)
        return json.loads(view.get.enter(view, self.seat, **path).content)

    def do(
        self, name: str, body: Mapping[str, Any], *, key: UUID | None = None, method: str = "POST", **path: Any
    ) -> Outcome:
        """Send `body` (as JSON has it: ints, and text for days and ids) to an endpoint, outside any open transaction.
        Raises what it refuses."""
        view, path = self._endpoint(method, name, path, body, key)
        response = getattr(view, method.lower()).enter(view, self.seat, **path)
        data = json.loads(response.content) if response.content else {}
        return Outcome(response.status_code, data, response.get("Idempotency-Replayed") == "true")

    def confirm(self, path: str, pending_id: UUID) -> Outcome:
        """Consent, as the second officer, to what waits under an endpoint's address."""
        found = resolve(path)
        kwargs = {name: value for name, value in found.kwargs.items() if name != "group_id"}
        if found.kwargs.get("group_id") != self.group_id:
            raise LookupError(path)
        view = found.func.cls()  # type: ignore[attr-defined]
        method = "post" if hasattr(view, "post") else "patch"
        view.request = Asked(method.upper(), path, self.seat.user, {"pending_id": str(pending_id)})
        response = getattr(view, method).enter(view, self.seat, **kwargs)
        return Outcome(response.status_code, json.loads(response.content) if response.content else {}, False)

    def awaiting_her(self) -> list[PendingAct]:
        """What others asked for and she may confirm, oldest first."""
        asked = second.pending(self.group_id).exclude(requested_by=self.user_id)
        return [one for one in asked if self.may(rule_of(resolve(one.path)).second_may)]

    def _endpoint(
        self, method: str, name: str, path: dict[str, Any], body: Any = None, key: UUID | None = None
    ) -> tuple[Any, dict[str, Any]]:
        url = reverse(name, kwargs={"group_id": self.group_id, **path})
        view = resolve(url).func.cls()  # type: ignore[attr-defined]
        headers = {} if key is None else {"Idempotency-Key": str(key)}
        view.request = Asked(method, url, self.seat.user, dict(body or {}), headers)
        return view, path


def rule_of(match: ResolverMatch) -> Any:
    """What an endpoint that changes something says of itself."""
    view = match.func.cls  # type: ignore[attr-defined]
    return next(getattr(view, method).rule for method in ("post", "patch") if hasattr(view, method))


class Page(View):
    """One page below `/k/{group_id}/`: its act of `access.ACTS`, its template, the place in the navigation it is under.

    `show` gives what the template lays out; it runs, and the template is drawn, in one transaction.
    """

    act: ClassVar[str]
    template: ClassVar[str]
    tab: ClassVar[str] = ""
    http_method_names = ["get", "head", "post"]
    at: Sitting

    def dispatch(self, request: HttpRequest, *args: Any, **path: Any) -> Any:
        away = detour(request)
        if away is not None:
            return away
        group_id = path.pop("group_id")
        assert isinstance(request.user, User)
        seat = access.seat(request.user, group_id)
        if member_only(request):
            seat = access.own_only(seat)
        if not access.may(seat, self.act) and access.for_officers(self.act) and not access.is_officer(seat):
            raise OfficersOnly()
        access.require(seat, self.act)
        if seat.lender_id is not None and request.method not in ("GET", "HEAD") and self.act not in access.ASKED:
            raise NotAllowed()  # a lender looks, asks for papers, and changes nothing
        disclosures.admit(seat, self.act, subject(path))
        self.at = Sitting(request, seat, today_in(seat.group))
        return super().dispatch(request, *args, **path)

    def show(self, *args: Any, **path: Any) -> dict[str, Any]:
        raise NotImplementedError

    def get(self, request: HttpRequest, **path: Any) -> HttpResponse:
        return self.drawn(functools.partial(self.show, self.at, **path))

    def drawn(self, show: Any, status: int = 200) -> HttpResponse:
        """The page around what `show` finds, in one transaction."""
        at = self.at

        def body() -> HttpResponse:
            found = show()
            return render(at.request, self.template, self.frame() | found, status=status)

        response = in_book(at.group_id, at.user_id, body)
        response["Cache-Control"] = "no-store"
        return response

    def frame(self) -> dict[str, Any]:
        """What every page's template knows."""
        return {"at": self.at, "group": self.at.group, "tab": self.tab}


class FormPage(Page):
    """A page with one form. `form` makes it (unbound without `data`), `send` does what it says and answers; what is
    refused stands in the form again. With `money` the form's key stands in its address."""

    money: ClassVar[bool] = False
    receipt: ClassVar[bool] = True  # whether somebody takes a paper home from it

    def form(self, *args: Any, **path: Any) -> Form:
        raise NotImplementedError

    def send(self, *args: Any, **path: Any) -> HttpResponse:
        """Outside any transaction: `at.do` opens its own."""
        raise NotImplementedError

    def show(self, *args: Any, **path: Any) -> dict[str, Any]:
        """What the template needs beside `form`."""
        return {}

    def get(self, request: HttpRequest, **path: Any) -> HttpResponse:
        away = opened(request) if self.money else None
        if away is not None:
            return away
        if self.money and self.done_before():
            return self.recorded(**path)
        return self.page(None, 200, **path)

    def post(self, request: HttpRequest, **path: Any) -> HttpResponse:
        at = self.at
        if self.money and self.key is None:
            return led_on(request)

        def read() -> Any:
            form = self.form(at, request.POST, **path)
            form.is_valid()
            return form

        form = in_book(at.group_id, at.user_id, read)
        if not form.is_valid() or (isinstance(form, Act) and form.asks()):
            return self.page(form, 200 if form.is_valid() else 400, **path)
        try:
            return self.send(at, form, **path)
        except KeyReused:
            return self.recorded(status=409, **path)
        except (DomainError, Malformed) as refusal:
            if not isinstance(form, Act):
                raise
            form.written = at.written
            form.refuse(refusal)
            return self.page(form, 409, **path)

    @property
    def key(self) -> UUID | None:
        """The key this form was opened with."""
        return key_of(self.at.request)

    def done_before(self) -> bool:
        at = self.at
        return bool(
            in_book(
                at.group_id,
                at.user_id,
                lambda: Command.objects.filter(group_id=at.group_id, key=self.key or uuid7()).exists(),
            )
        )

    def recorded(self, status: int = 200, **path: Any) -> HttpResponse:
        """Instead of the form: that it was recorded, with the way to what stands and to a fresh form."""
        at = self.at

        def body() -> HttpResponse:
            known = Command.objects.filter(group_id=at.group_id, key=self.key or uuid7()).first()
            found = {"key": self.key if self.receipt else None, "there": self.there(known.answer if known else {})}
            return render(at.request, "recorded.html", self.frame() | found, status=status)

        response: HttpResponse = in_book(at.group_id, at.user_id, body)
        response["Cache-Control"] = "no-store"
        return response

    def there(self, stored: Mapping[str, Any]) -> str:
        """Where what was recorded can be seen, if not on a receipt; `stored` is what its command keeps."""
        return ""

    def page(self, form: Any, status: int, **path: Any) -> HttpResponse:
        at = self.at

        def show() -> dict[str, Any]:
            return {"form": self.form(at, **path) if form is None else form} | self.show(at, **path)

        return self.drawn(show, status)


def back_to(at: Sitting, name: str, **path: Any) -> HttpResponseRedirect:
    """Onwards to another page of the group, by GET."""
    return seen_at(reverse(f"p:{name}", kwargs={"group_id": at.group_id, **path}))


def seen_at(address: str) -> HttpResponseRedirect:
    """Onwards to an address of ours, by GET."""
    response = HttpResponseRedirect(address)
    response.status_code = 303
    return response
