"""The receipt of an act on a strip of paper 58 mm wide, as long as what it says."""

from datetime import date
from uuid import UUID

from members.models import Group
from reports.papers import receipt
from reports.papers.frame import Frame, Paper

totals = receipt.totals


def gather(group: Group, *, subject_id: UUID | None, since: date | None, until: date, frame: Frame) -> Paper:
    """As `receipt.gather`, with what it refuses."""
    return receipt.receipted(group, subject_id, since, until, frame, kind="strip")
