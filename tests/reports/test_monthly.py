"""The papers of a month come by themselves, once, for every group, and are made by a worker that may die over them."""

from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from config.celery import app
from ledger import jobs
from ledger.models import Job
from reports import monthly
from reports.models import Statement, StatementDirectory
from reports.monthly import Wanted
from reports.papers import KINDS
from tests.config.test_delivery import staff  # noqa: F401
from tests.reports import cashbook
from tests.reports.papers import Papers

MARCH = date(2026, 3, 1)


def statements(papers: Papers) -> list[Statement]:
    found: list[Statement] = papers.kelompok.asks(
        lambda: list(Statement.objects.filter(group_id=papers.id, kind="cash").order_by("id"))
    )
    return found


def test_a_month_that_is_over_is_issued_once_for_every_group(papers, described, monkeypatch):
    other = Papers.opened("b")
    monthly_wanted(monkeypatch)

    first, again = monthly.issue(MARCH), monthly.issue(MARCH)

    assert first == again == {"groups": 2, "statements": 2, "failed": 0}
    for one in (papers, other):
        [made] = statements(one)
        assert (made.since, made.until, made.requested_by) == (MARCH, date(2026, 3, 31), None)
    papers.work()
    assert [one.status for one in statements(papers)] == ["ready"]
    monthly.issue(MARCH)
    assert len(statements(papers)) == 1


def monthly_wanted(monkeypatch) -> None:
    from members.models import Group

    monkeypatch.setitem(KINDS, "cash", cashbook.KIND)
    monkeypatch.setattr(monthly, "_wants", [lambda group, first, last: [Wanted("cash", None)]])
    Group.objects.update(created_at=datetime(2026, 1, 1, tzinfo=UTC))


def test_a_month_that_is_not_over_and_one_before_the_group_are_not_issued(papers, monkeypatch):
    monthly_wanted(monkeypatch)

    assert monthly.issue(date(2199, 1, 1))["groups"] == 0
    assert monthly.issue(date(2025, 11, 1))["groups"] == 0


def test_one_group_that_cannot_does_not_hold_up_the_others(papers, monkeypatch, caplog):
    other = Papers.opened("b")
    monthly_wanted(monkeypatch)

    def want(group, first, last):
        if group.id == papers.id:
            raise ArithmeticError("a bug")
        return [Wanted("cash", None)]

    monkeypatch.setattr(monthly, "_wants", [want])

    assert monthly.issue(MARCH) == {"groups": 1, "statements": 1, "failed": 1}
    assert len(statements(other)) == 1


def test_the_clock_asks_on_the_second_for_the_month_that_is_over(papers, monkeypatch):
    monthly_wanted(monkeypatch)
    entry = app.conf.beat_schedule["issue_month"]
    assert (entry["task"], entry["schedule"].day_of_month) == ("reports.issue_month", {2})
    jobs.enqueue("reports.issue_month", key="issue_month 2026-04-02T04:00+0700")
    job = Job.objects.get(task="reports.issue_month")
    Job.objects.filter(id=job.id).update(created_at=datetime(2026, 4, 1, 21, 0, tzinfo=UTC))  # the 2nd in Jakarta

    jobs.run(job.id)

    job.refresh_from_db()
    assert (job.status, job.result) == ("done", {"groups": 1, "statements": 1, "failed": 0})
    assert [one.since for one in statements(papers)] == [MARCH]


def test_the_command_asks_for_a_month(papers, monkeypatch):
    monthly_wanted(monkeypatch)
    out = StringIO()

    call_command("issue_statements", period="2026-03", stdout=out)

    assert out.getvalue() == "1 statements of 1 groups asked for\n"
    with pytest.raises(CommandError, match="no month"):
        call_command("issue_statements", period="maret", stdout=out)


# ── with a real worker and a real broker ────────────────────────────────────────────────────────────────────────────


def states(papers: Papers) -> list[str]:
    return [papers.row(one.statement_id).status for one in StatementDirectory.objects.filter(group_id=papers.id)]


def test_a_worker_makes_what_the_door_took(described, staff):  # noqa: F811
    papers = Papers.opened()
    staff.worker()

    asked = [papers.asks(about=person) for person in ("dewi", "yuni", "budi")]
    assert {answer.status for answer in asked} == {202}

    staff.waits_for(lambda: states(papers) == ["ready"] * 3, 120)
    for answer in asked:
        assert papers.file(papers.row(answer["id"])).startswith(b"%PDF-")


def test_a_worker_killed_over_papers_leaves_each_to_be_made_once(described, staff):  # noqa: F811
    papers = Papers.opened()
    people = ["dewi", "yuni", "budi", "sari", "rina", "wati"]
    asked = [papers.asks(about=person)["id"] for person in people]
    first = staff.worker()
    staff.waits_for(lambda: "ready" in states(papers), 120)
    first.kill()
    staff.worker()

    staff.waits_for(lambda: states(papers) == ["ready"] * len(people), 180)

    folder = Path(settings.STATEMENTS_DIR, str(papers.id))
    kept = {str(papers.row(id).file).split("/")[1] for id in asked}
    assert kept <= {path.name for path in folder.iterdir()}
    assert sorted(papers.row(id).serial for id in asked) == list(range(1, len(people) + 1))
    for id in asked:
        assert papers.file(papers.row(id)).startswith(b"%PDF-")
