"""A paper that names nobody: what is in the group's box. As a kind of paper it is a module like any other's."""

from datetime import date
from uuid import UUID

from ledger import queries as books
from members.models import Group
from reports.papers import Kind
from reports.papers.frame import Frame, Paper, framed

KIND = Kind("tests.reports.cashbook", "reports/pdf/paper.html", "", "see_books", hers=False, mark="LK")


def gather(group: Group, *, subject_id: UUID | None, since: date | None, until: date, frame: Frame) -> Paper:
    said = totals(group.id, subject_id, since, until, frame.head_seq)
    return framed(frame, kind="cash", title="Kas", since=since, until=until, body=None, totals=said)


def totals(
    group_id: UUID, subject_id: UUID | None, since: date | None, until: date, through_seq: int
) -> dict[str, int]:
    ids = [one.id for one in books.accounts_by_code(group_id, ["1-1010"]).values()]
    return {"cash": sum(books.recorded_balances(group_id, ids, through_seq=through_seq, until=until).values())}
