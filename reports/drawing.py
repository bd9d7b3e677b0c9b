"""A paper drawn: its template filled in its own language, its figures beside it, printed by the press."""

import io

import segno
from django.template.loader import render_to_string
from django.utils import translation

from reports.papers import KINDS
from reports.papers.alongside import attachments
from reports.papers.frame import Paper
from reports.papers.plain import plainly
from reports.press import PRESS, Press, Printed, Sheet


def draw(paper: Paper, press: Press = PRESS) -> Printed:
    """An unsigned PDF/A-3a of a paper and its pages; the same paper gives the same bytes. Raises NotPrinted."""
    return press.print(sheet(paper))


def sheet(paper: Paper) -> Sheet:
    """What the press is given. Every text that people typed is plain before a template sees it; a body with drawings of
    its own names them in `marks`."""
    clean = plainly(paper)
    with translation.override(clean.language):
        html = render_to_string(KINDS[clean.kind].template, {"paper": clean, "body": clean.body})
    return Sheet(
        html=html,
        identifier=f"{clean.code}/{clean.version}",
        made_on=clean.made_on,
        attachments=attachments(clean),
        marks={"qr": qr(clean.address), **getattr(clean.body, "marks", {})},
    )


def qr(address: str) -> str:
    """A drawing of the QR code of an address, readable on a grey copy of a copy."""
    drawn = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        drawn, kind="svg", scale=4, border=0, dark="#1d1a16", xmldecl=False
    )
    return drawn.getvalue().decode()
