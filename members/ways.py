"""Whether a browser's session may go on to a page, or has to go somewhere first."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from members import sessions
from members.models import Session, User

FIRST = (User.Password.ONE_TIME, User.Password.SPENT)
"""A password that somebody else made: until she has her own, she comes nowhere else."""


def detour(request: HttpRequest) -> HttpResponse | None:
    """Where she has to go before this page; None: nowhere."""
    if not isinstance(request.user, User):
        return to_login(request)
    return redirect("own-password") if request.user.password_is in FIRST else None


def to_login(request: HttpRequest) -> HttpResponse:
    """To sign in, and back here."""
    return redirect(f"{reverse('login')}?{urlencode({'next': request.get_full_path()})}")


def member_only(request: HttpRequest) -> bool:
    """Whether this session shows her own things alone, whatever office she holds: one that a card began."""
    return sessions.way_of(request) == Session.Way.CARD
