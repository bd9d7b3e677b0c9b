"""Whose token a request bears, and whether it may do anything yet. Loaded with the settings, so it imports no view."""

from typing import Any

from django.utils import timezone
from knox.auth import TokenAuthentication
from knox.crypto import hash_token
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from members import factors, lookups
from members.errors import PasswordChangeRequired, TokenNeedsFactor
from members.models import Seat, Token, User

INVALID = "Token tidak berlaku; masuk lagi."


class Bearer(TokenAuthentication):
    """Knox's tokens, found by their digest with their user; an expired one is as good as none."""

    def authenticate_credentials(self, token: bytes) -> tuple[Any, Token]:
        try:
            digest = hash_token(token.decode("ascii"))
        except (UnicodeDecodeError, ValueError, TypeError):
            raise AuthenticationFailed(INVALID) from None
        known = lookups.token_of(digest)
        if known is None or not known.user.is_active or (known.expiry and known.expiry <= timezone.now()):
            raise AuthenticationFailed(INVALID)
        return known.user, known


class OwnPassword(BasePermission):
    """Until she has set her own password, a token may do nothing else."""

    def has_permission(self, request: Request, view: Any) -> bool:
        user = request.user
        if not user.is_authenticated:
            return False
        if user.password_is != User.Password.OWN:
            raise PasswordChangeRequired()
        return True


def proves(request: Request) -> bool:
    """Whether the request's token was made with more than a password, or its user needs no more."""
    token = request.auth
    assert isinstance(request.user, User)
    return (isinstance(token, Token) and token.way is not None) or not factors.lends(request.user)


def proved(request: Request, seat: Seat) -> None:
    """A lender's seat is for a token that was made with more than a password. Raises TokenNeedsFactor."""
    if seat.lender_id is not None and not proves(request):
        raise TokenNeedsFactor()
