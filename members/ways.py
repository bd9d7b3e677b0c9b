"""Whether a browser's session may go on to a page, or has to go somewhere first; and where it goes after that.

Where she wanted to go stands in `next` through all the steps, and counts only if it is a path of ours.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from members import factors, queries, sessions
from members.models import Session, User


def detour(request: HttpRequest) -> HttpResponse | None:
    """Where she has to go before this page; None: nowhere."""
    first = step(request)
    return None if first is None else towards(first, request.get_full_path())


def step(request: HttpRequest) -> str | None:
    """The next page on her way in: she signs in, sets her own password, shows or sets up what her office needs."""
    if not request.user.is_authenticated:
        return "login"
    assert isinstance(request.user, User)
    way = sessions.way_of(request)
    if way in factors.BY_PASSWORD and request.user.password_is != User.Password.OWN:
        return "own-password"
    needed = factors.needed(request.user, way)
    return "proof" if needed.prove else "safety" if needed.set_up else None


def towards(name: str, wanted: str) -> HttpResponse:
    """To a page of the way in, and afterwards to where she wanted to go."""
    return redirect(f"{reverse(name)}?{urlencode({'next': wanted})}")


def wanted(request: HttpRequest) -> str:
    """Where she wanted to go, if that is a page of ours."""
    given = request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(given, {request.get_host()}, require_https=request.is_secure())
    return given if safe and given.startswith("/") else ""


def onwards(request: HttpRequest) -> HttpResponse:
    """After a step: the next one, or where she wanted to go, or her first page."""
    first, there = step(request), wanted(request)
    if first is not None:
        return towards(first, there) if there else redirect(first)
    assert isinstance(request.user, User)
    return redirect(there or first_page(request.user))


def first_page(user: User) -> str:
    """Her group; who has several chooses, who signs in for a lender sees all that let her in, and the operator of the
    service begins at her own pages."""
    seats = list(queries.seats(user)[:2])
    if seats and seats[0].lender_id is not None:
        return reverse("portal")
    if len(seats) == 1:
        return reverse("p:home", kwargs={"group_id": seats[0].group_id})
    return reverse("operators:index" if user.is_operator and not seats else "groups-of-mine")


def member_only(request: HttpRequest) -> bool:
    """Whether this session shows her own things alone, whatever office she holds: one that a card began."""
    return sessions.way_of(request) == Session.Way.CARD
