"""Every group at a glance: which want attention, and what all of them hold together."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from reports import groups

PER_PAGE = 50


def overview(request: HttpRequest, site: Any) -> HttpResponse:
    """The list, found by name or place, what wants attention first; totals are of all groups."""
    every = groups.glances(timezone.now())
    searched = request.GET.get("q", "").strip()[:80]
    found = groups.matching(every, searched) if searched else every
    pages = Paginator(found, PER_PAGE)
    context = site.each_context(request) | {
        "title": "Kelompok sekilas",
        "totals": groups.totals(every),
        "wanting": sum(1 for one in every if one.warnings and not one.group.demo),
        "page": pages.get_page(request.GET.get("p")),
        "searched": searched,
        "silent_days": groups.SILENT_DAYS,
        "risk": groups.RISK_PERCENT,
    }
    return TemplateResponse(request, "operators/overview.html", context)
