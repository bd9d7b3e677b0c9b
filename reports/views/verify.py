"""Periksa dokumen: for anybody who holds a paper, without a login. By the code on it, or by its file.

Nothing here names a person: the group, the days, the sums, the head of the chain, and whether it still stands.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from reports import numbers, proving, words
from reports.errors import FileTooLarge, NotAPdf
from reports.verifying import counted


@require_safe
def by_code(request: HttpRequest, code: str) -> HttpResponse:
    """Where the QR code on a paper leads."""
    counted(request)
    found = proving.by_code(code)
    return _page(request, found, status=404 if found.statement is None else 200, uploaded=False)


@require_http_methods(["GET", "HEAD", "POST"])
def box(request: HttpRequest) -> HttpResponse:
    """A box for the file, and a line for the code."""
    typed = request.GET.get("kode", "")
    if request.method != "POST":
        code = numbers.read_code(typed)
        if code is not None:
            return redirect("verify-code", code=code)
        return _page(request, None, refused=bool(typed.strip()), status=404 if typed.strip() else 200)
    counted(request)
    files = request.FILES.getlist("file")
    if not files:
        return _page(request, None, said=str(NotAPdf.__doc__), status=400)
    try:
        return _page(request, proving.verify(proving.read(files[0])), uploaded=True)
    except NotAPdf as refusal:
        return _page(request, None, said=refusal.sentence, status=400)
    except FileTooLarge as refusal:
        return _page(request, None, said=refusal.sentence, status=413)


def _page(
    request: HttpRequest,
    found: proving.Verdict | None,
    *,
    status: int = 200,
    uploaded: bool = False,
    refused: bool = False,
    said: str = "",
) -> HttpResponse:
    one = None if found is None else found.statement
    shown: dict[str, Any] = {"found": found, "uploaded": uploaded, "refused": refused, "refusal": said}
    if found is not None and one is not None:
        shown |= {
            "one": one,
            "paper_of": found.group,
            "title": words.title(one.kind),
            "totals": words.totals(one.totals),
            "head": bytes(one.head_hash or b"").hex(),
            "hash": bytes(one.sha256 or b"").hex(),
            "holds": found.checks is None or all(found.checks),
            "later": found.later,
        }
    response = render(request, "reports/verify.html", shown, status=status)
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response
