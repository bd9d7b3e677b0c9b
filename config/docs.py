"""The published description of the API, and the page to read and try it: all of it served from here."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework.permissions import AllowAny


class Schema(SpectacularJSONAPIView):
    """OpenAPI 3.1."""

    permission_classes = [AllowAny]
    authentication_classes = []


@csrf_exempt  # it only reads: another method is refused like everywhere below /api/
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """A page to try the API."""
    return render(request, "docs.html")
