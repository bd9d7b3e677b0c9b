"""The two pages that belong to no app: the front page, and the sign of life a supervisor asks for."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What Lumbung is; shows no figure of any group."""
    return render(request, "home.html")


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 while this process answers; asks nobody else."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Whether this process can serve."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Figures."""
    return HttpResponse("", content_type="text/plain")
