"""Signing in, one's own password and tokens, and who one is."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.signals import user_logged_in
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request

from ledger.context import outside_books
from members import disclosures, factors, logins, totp
from members.api.lists import listed, page, page_of
from members.door import View, user_of
from members.errors import LockedOut, NotFound, TokenNeedsFactor, WrongLogin
from members.failures import Guarded
from members.fields import Body, Page, Secret, Text, read
from members.models import Factor, Seat, Token, User
from members.strict import Malformed, Problem
from members.tokens import OwnPassword, proves
from members.visit import rendered


class TokenIn(Body):
    username = Text(max_length=60)
    password = Secret()
    label: Any = Text(max_length=80, required=False, allow_null=True)
    code = Secret(required=False, allow_null=True, max_length=12)


class TokenOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    created_at = serializers.DateTimeField()
    label: Any = serializers.CharField(allow_null=True)
    expires_at = serializers.DateTimeField()


class NewTokenOut(TokenOut):
    token = serializers.CharField(help_text="Ditunjukkan satu kali saja")
    password_change_required = serializers.BooleanField()


def token_of(request: Request) -> Token:
    """The token this request came with."""
    assert isinstance(request.auth, Token)
    return request.auth


def token_json(token: Token) -> dict[str, Any]:
    return {"id": token.id, "created_at": token.created, "label": token.label, "expires_at": token.expiry}


class TokenList(Guarded, View):
    queries = {"GET": Page}

    def get_permissions(self) -> list[Any]:
        return [AllowAny()] if self.request.method == "POST" else [OwnPassword()]

    def get_authenticators(self) -> list[Any]:
        # A stale token in the header must not keep anybody from signing in.
        signing_in = self.request is not None and self.request.method == "POST"
        return [] if signing_in else super().get_authenticators()

    @extend_schema(request=TokenIn, responses={201: NewTokenOut}, auth=[])
    def post(self, request: Request) -> Any:
        """Sign in on a device. A first password is good for one login; its token may only set one's own. Who signs in
        for a lender sends a `code` of her app besides."""
        body = read(TokenIn, request.data)
        user = self.known(request, body["username"].lower(), body["password"])
        way = self.way(user, body.get("code"))
        try:
            token, secret = outside_books(user.id, lambda: logins.open_token(user, label=body.get("label"), way=way))
        except logins.FirstPasswordSpent:
            raise WrongLogin() from None
        user_logged_in.send(sender=User, request=request._request, user=user)
        change = user.password_is != User.Password.OWN
        return rendered(token_json(token) | {"token": secret, "password_change_required": change}, 201)

    def known(self, request: Request, username: str, password: str) -> User:
        """Who signs in. An unknown name costs the same time as a known one, and says the same."""
        credentials = {"username": username}
        if not AxesProxyHandler.is_allowed(request._request, credentials):
            raise LockedOut(minutes=int(settings.AXES_COOLOFF_TIME.total_seconds() // 60))
        user = authenticate(request._request, username=username, password=password)
        if user is None or user.password_is == User.Password.SPENT:
            raise WrongLogin()
        assert isinstance(user, User)
        return user

    def way(self, user: User, code: str | None) -> str | None:
        """What she shows beside her password: a code of her app, which is checked whoever sends one. Raises
        AppCodeNotValid (counted), TooManyToday, FactorRequired; TokenNeedsFactor for a lender's user without."""
        if code is not None:
            totp.check(user, code, now=timezone.now())
            return str(Factor.Kind.TOTP)
        if user.password_is == User.Password.OWN and factors.lends(user):
            raise TokenNeedsFactor()
        return None

    @extend_schema(responses=page_of(TokenOut), parameters=[Page])
    def get(self, request: Request) -> Any:
        """The devices you are signed in on."""
        rows, following = page(Token.objects.filter(user=request.user), self.query)
        return rendered(listed([token_json(token) for token in rows], following))


class TokenDetail(View):
    @extend_schema(responses={204: None}, request=None)
    def delete(self, request: Request, token_id: UUID) -> Any:
        """Sign out on one of your devices."""
        user = user_of(request)
        if not outside_books(user.id, lambda: logins.revoke_token(user, token_id)):
            raise NotFound()
        return rendered(None, 204)


class CurrentToken(View):
    permission_classes = [IsAuthenticated]

    @extend_schema(responses={204: None}, request=None)
    def delete(self, request: Request) -> Any:
        """Sign out here."""
        user, token = user_of(request), token_of(request)
        outside_books(user.id, lambda: logins.revoke_token(user, token.id))
        return rendered(None, 204)


class PasswordIn(Body):
    old = Secret()
    new = Secret()


class Password(Guarded, View):
    permission_classes = [IsAuthenticated]

    @extend_schema(request=PasswordIn, responses={204: None})
    def post(self, request: Request) -> Any:
        """Set your own password; every other device is signed out."""
        body = read(PasswordIn, request.data)
        user, token = user_of(request), token_of(request)
        act: Callable[[], None] = lambda: logins.set_own_password(user, keep=token, **body)  # noqa: E731
        try:
            outside_books(user.id, act)
        except logins.BadPassword as bad:
            raise Malformed([Problem("/new", "invalid", sentence) for sentence in bad.sentences]) from None
        return rendered(None, 204)


class SeatOut(serializers.Serializer[Any]):
    group_id = serializers.UUIDField()
    group_name = serializers.CharField()
    demo = serializers.BooleanField()
    roles = serializers.ListField(child=serializers.CharField())
    member_id = serializers.UUIDField(allow_null=True)
    lender_id = serializers.UUIDField(allow_null=True)


class MeOut(serializers.Serializer[Any]):
    user_id = serializers.UUIDField()
    username = serializers.CharField()
    seats = SeatOut(many=True)
    operator = serializers.BooleanField()


class Me(View):
    @extend_schema(responses=MeOut)
    def get(self, request: Request) -> Any:
        """Who you are, and where you sit; for a lender only while a consent of the group is in force."""
        user = user_of(request)
        seats = [seat_json(seat) for seat in disclosures.seats(user, proved=lambda: proves(request))]
        return rendered({"user_id": user.id, "username": user.username, "seats": seats, "operator": user.is_operator})


def seat_json(seat: Seat) -> dict[str, Any]:
    return {
        "group_id": seat.group_id,
        "group_name": seat.group.name,
        "demo": seat.group.demo,
        "roles": seat.roles,
        "member_id": seat.member_id,
        "lender_id": seat.lender_id,
    }
