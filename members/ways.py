"""Whether a browser's session may go on to a page, or has to go somewhere first."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from members import sessions
from members.models import Session


def detour(request: HttpRequest) -> HttpResponse | None:
    """Where she has to go before this page; None: nowhere."""
    if not request.user.is_authenticated:
        return redirect(f"{reverse('login')}?{urlencode({'next': request.get_full_path()})}")
    return None


def member_only(request: HttpRequest) -> bool:
    """Whether this session shows her own things alone, whatever office she holds: one that a card began."""
    return sessions.way_of(request) == Session.Way.CARD
