"""The pages that belong to no app: the front page, and what a supervisor, a balancer and Prometheus ask for."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_safe

from config import ready


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
    """Whether this process can serve, in JSON; 503 when it cannot. A broker that is down only delays jobs."""
    found = ready.found()
    answer = JsonResponse(found, status=503 if found["status"] == "unready" else 200)
    answer["Cache-Control"] = "no-store"
    if answer.status_code == 503:
        answer["Retry-After"] = str(settings.READY_SECONDS)
    return answer


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Figures for Prometheus, for whoever bears METRICS_TOKEN; for everybody else there is nothing here."""
    given = request.headers.get("Authorization", "")
    if not settings.METRICS_TOKEN or not constant_time_compare(given, f"Bearer {settings.METRICS_TOKEN}"):
        raise Http404
    from config.figures import exposition

    return exposition(request)
