"""The door of everything below a group: what an endpoint is, said once by `@door` over a view's method.

Seat and act are decided first (404, 403); then `members.visit` reads what was sent (400) and does it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, ClassVar
from uuid import UUID

from django.http import HttpResponse
from django.utils.cache import get_conditional_response
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from members import access
from members.errors import NotAllowed
from members.fields import Body, Id, Query, Secret, read_query
from members.models import Seat, User
from members.tokens import OwnPassword, proved
from members.visit import Here, Rule, Shown, Two, Visit, may_confirm


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
    fields = body._declared_fields if body else {}
    secrets = frozenset({"second", *(name for name, one in fields.items() if isinstance(one, Secret))})
    rule = Rule(act, body, query, status, money, two, second_may or act, shown, partial, secrets)

    def decorated(method: Any) -> Any:
        def enter(self: Any, seat: Seat, **path: Any) -> HttpResponse:
            """The endpoint for whoever sits there; pages come in here, with a request of their own making."""
            if not access.may(seat, act) and not may_confirm(rule, seat, self.request):
                raise NotAllowed()
            visit = Visit(rule, method, self, here=Here(seat), path=path)
            return visit.read() if self.request.method in ("GET", "HEAD") else visit.write()

        @functools.wraps(method)
        def serve(self: Any, request: Request, group_id: UUID, **path: Any) -> HttpResponse:
            seat = access.seat(user_of(request), group_id)
            proved(request, seat)
            return enter(self, seat, **path)

        serve.rule, serve.enter = rule, enter  # type: ignore[attr-defined]
        return extend_schema(**_described(rule, method, answer, hidden))(serve)

    return decorated


def _described(rule: Rule, method: Any, answer: Any, hidden: bool) -> dict[str, Any]:
    """What the published description says of an endpoint."""
    answers: dict[Any, Any] = dict(answer) if isinstance(answer, dict) else {rule.status: answer}
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
    queries: ClassVar[dict[str, type[Query]]] = {}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        method = "GET" if request.method == "HEAD" else request.method or ""
        self.query = read_query(self.queries.get(method, Query), dict(request.query_params.lists()))

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        tag = response.headers.get("ETag")
        if tag and request.method in ("GET", "HEAD"):
            return get_conditional_response(request._request, etag=tag, response=response)
        return response


class GroupView(View):
    """A view below `groups/{group_id}/`; its methods bear `@door`, which reads the query once she may be here."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super(View, self).initial(request, *args, **kwargs)


def user_of(request: Request) -> User:
    """Whose request it is; the permission has refused strangers."""
    assert isinstance(request.user, User)
    return request.user
