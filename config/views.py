"""The pages that belong to no app: the front page, and what a supervisor, a balancer and Prometheus ask for."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from config import components as parts
from config import ready


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What Lumbung is; who is signed in goes on to her group."""
    if request.user.is_authenticated:
        return redirect("groups-of-mine")
    return render(request, "home.html")


@require_safe
def components(request: HttpRequest) -> HttpResponse:
    """Every part of the pages in its states, for whoever builds them."""
    return render(request, "catalogue/page.html", parts.shown())


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Bahasa Indonesia or English from now on, in this browser."""
    onwards = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(onwards, {request.get_host()}, require_https=request.is_secure()):
        onwards = "/"
    response = HttpResponseRedirect(onwards)
    chosen = "en" if request.POST.get("language") == "en" else "id"
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        chosen,
        max_age=365 * 24 * 3600,
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )
    return response


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
