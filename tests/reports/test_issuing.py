"""Papers are asked for once, made once, numbered without a gap, and stand as they were issued."""

from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.db.utils import DatabaseError, IntegrityError
from django.utils import timezone

from ledger import jobs
from ledger import queries as books
from ledger.context import current
from ledger.ids import uuid7
from ledger.models import Job
from reports import archive, drawing, making
from reports.models import Statement, StatementDirectory
from tests.reports.papers import Papers


def test_a_paper_that_was_asked_for_is_made_by_a_worker(papers):
    asked = papers.row(papers.asks()["id"])
    assert (asked.status, asked.sha256, asked.file) == ("queued", None, None)

    papers.work()

    one, head = papers.row(asked.id), papers.kelompok.asks(lambda: books.head(papers.id))
    content = papers.file(one)
    assert one.status == "ready"
    assert content.startswith(b"%PDF-") and sha256(content).digest() == bytes(one.sha256)
    assert (one.head_seq, bytes(one.head_hash)) == head
    assert one.totals["savings_closing"] == 50_000
    assert StatementDirectory.objects.get(code=one.code).sha256 == one.sha256
    assert papers.job(one).status == "done"


def test_the_number_counts_its_kind_in_its_group_and_year(papers):
    other = Papers.opened("b")
    year, month = timezone.localdate().year, timezone.localdate().month

    numbers = [papers.issued(person).number for person in ("dewi", "yuni", "budi")]

    roman = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")[month - 1]
    assert numbers == [f"00{n}/LSP/JRB/{roman}/{year}" for n in (1, 2, 3)]
    assert other.issued().serial == 1


def test_asking_again_gives_the_one_that_stands_while_it_says_what_the_books_say(papers):
    one = papers.issued()

    assert papers.asks()["id"] == str(one.id)
    papers.lending.saves("dewi", 7_000, on="2026-04-01")  # after its last day
    assert papers.asks()["id"] == str(one.id)
    papers.lending.saves("dewi", 1_000, on="2026-02-01")
    following = papers.issued()

    assert (following.version, following.number, following.replaces_id) == (2, one.number, one.id)
    assert following.totals["savings_closing"] == 51_000
    assert papers.row(one.id).status == "replaced"
    assert papers.row(one.id).totals["savings_closing"] == 50_000


def test_two_who_ask_for_one_paper_get_one(papers):
    first, second = papers.asks("budi"), papers.asks("dewi")

    assert first["id"] == second["id"]
    assert Job.objects.filter(task="reports.issue").count() == 1


def test_the_next_version_replaces_the_one_before_when_it_is_there_and_not_sooner(papers):
    one = papers.issued()
    answer = papers.phone("budi").posts(f"{papers.path}/{one.id}/reissue", {"reason": "nama salah"})
    assert papers.row(one.id).status == "ready"

    papers.work()

    following = papers.row(answer["id"])
    assert (papers.row(one.id).status, following.status, following.version) == ("replaced", "ready", 2)
    assert following.code != one.code
    assert papers.file(papers.row(one.id)) != papers.file(following)


def test_a_paper_that_cannot_be_made_says_why_and_keeps_its_number_for_the_next_try(papers, caplog, monkeypatch):
    asked = papers.row(papers.asks()["id"])
    place = Path(settings.STATEMENTS_DIR) / str(papers.id)
    place.write_text("where a folder should be")
    for _ in range(jobs.ATTEMPTS):
        assert papers.row(asked.id).status == "queued"
        jobs.run(papers.job(asked).id)

    failed = papers.row(asked.id)
    assert (failed.status, failed.failed_because, papers.job(asked).status) == ("failed", "not_kept", "failed")

    place.unlink()
    assert papers.asks()["id"] == str(asked.id)
    papers.work()
    one = papers.row(asked.id)
    assert (one.status, one.serial, one.failed_because) == ("ready", 1, None)
    assert papers.issued("yuni").serial == 2


def test_one_that_fails_leaves_the_others_alone(papers, caplog):
    asked = [papers.row(papers.asks(about=person)["id"]) for person in ("dewi", "yuni")]
    papers.kelompok.asks(
        lambda: Statement.objects.filter(id=asked[0].id).update(status="failed", failed_because="not_printed")
    )

    papers.work()

    assert [papers.row(one.id).status for one in asked] == ["failed", "ready"]


def test_a_job_that_comes_again_changes_nothing_and_leaves_one_file(papers):
    one = papers.issued()
    before = sorted(Path(settings.STATEMENTS_DIR, str(papers.id)).iterdir())
    Job.objects.filter(id=papers.job(one).id).update(status="queued")

    jobs.run(papers.job(one).id)

    again = papers.row(one.id)
    assert (again.sha256, again.issued_at) == (one.sha256, one.issued_at)
    assert sorted(Path(settings.STATEMENTS_DIR, str(papers.id)).iterdir()) == before


def test_two_workers_at_one_paper_issue_it_once(papers):
    asked = papers.row(papers.asks()["id"])
    job = papers.job(asked)
    slow = making.prepare(job)  # a worker has made it, and was not fast enough

    papers.work()
    one = papers.row(asked.id)
    papers.kelompok.asks(lambda: making.record(job, slow))

    assert papers.row(asked.id).sha256 == one.sha256
    assert isinstance(slow, making.Made) and slow.file != one.file
    assert [path.name for path in Path(settings.STATEMENTS_DIR, str(papers.id)).iterdir()] == [one.file.split("/")[1]]


def test_a_file_that_names_her_alone_is_shredded_when_she_is_forgotten(papers):
    papers.lending.saves("yuni", 5_000)
    one = papers.issued("yuni", **{"to": "2026-02-28"})
    assert one.file.endswith(".sealed")
    assert b"Yuni" not in Path(settings.STATEMENTS_DIR, one.file).read_bytes()
    papers.lending.settles("yuni", "2026-04-01")

    def forget():
        from members import erasure, queries

        erasure.forget(queries.row(queries.members(papers.id, only=papers.kelompok.members["yuni"]).get()))

    papers.kelompok.asks(forget)

    answer = papers.phone("budi").gets(f"{papers.path}/{one.id}/pdf")
    assert (answer.status, answer.code) == (409, "file_is_gone")
    failed = papers.row(papers.asks(about="yuni", to="2026-04-30")["id"])
    for _ in range(jobs.ATTEMPTS):
        jobs.run(papers.job(failed).id)
    assert papers.row(failed.id).failed_because == "forgotten"


def test_the_book_is_not_locked_while_a_paper_is_drawn(papers, monkeypatch):
    seen, draw, put = [], drawing.draw, archive.put

    def looked(act):
        def acted(*given):
            with pytest.raises(RuntimeError, match="no book is open"):
                current()
            seen.append(act)
            return act(*given)

        return acted

    monkeypatch.setattr(drawing, "draw", looked(draw))
    monkeypatch.setattr(archive, "put", looked(put))
    papers.issued()

    assert seen == [draw, put]


# ── what the database refuses, around Python ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("sha256", bytes(32)),
        ("totals", {"savings_closing": 1}),
        ("head_seq", 1),
        ("head_hash", bytes(32)),
        ("pages", 9),
        ("file", "elsewhere"),
        ("issued_at", timezone.now() - timedelta(days=1)),
        ("made_on", date(2026, 1, 1)),
        ("unsigned_sha256", bytes(32)),
    ],
)
def test_what_was_issued_is_never_changed(papers, column, value):
    one = papers.issued()

    def change():
        with transaction.atomic():
            Statement.objects.filter(group_id=papers.id, id=one.id).update(**{column: value})

    with pytest.raises(DatabaseError, match="Cannot update rows"):
        papers.kelompok.asks(change)


@pytest.mark.parametrize(
    ("column", "value"),
    [("number", "1"), ("until", date(2026, 3, 30)), ("code", "0" * 26), ("serial", 7), ("requested_by", None)],
)
def test_what_was_asked_for_is_never_changed(papers, column, value):
    asked = papers.row(papers.asks()["id"])

    def change():
        with transaction.atomic():
            Statement.objects.filter(group_id=papers.id, id=asked.id).update(**{column: value})

    with pytest.raises(DatabaseError, match="Cannot update rows"):
        papers.kelompok.asks(change)


def test_no_paper_is_deleted(papers):
    one = papers.issued()

    def delete():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("delete from reports_statement where id = %s", [one.id])

    with pytest.raises(DatabaseError, match="permission denied"):
        papers.kelompok.asks(delete)


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"version": 2}, "statement_first_version_replaces_nothing"),
        ({"serial": 1, "subject_id": None}, "statement_number_is_its_own"),
        ({}, "statement_is_asked_once"),
        ({"status": "ready", "subject_id": None}, "statement_is_whole_once_issued"),
        ({"status": "failed", "subject_id": None}, "statement_failed_says_why"),
        ({"status": "lost", "subject_id": None}, "statement_"),
        ({"since": date(2026, 4, 1), "subject_id": None}, "statement_covers_days"),
        (
            {"revoked_by": uuid7(), "subject_id": None},
            "statement_is_revoked_by_somebody",
        ),
    ],
)
def test_the_database_refuses_what_is_no_paper(papers, changes, name):
    asked = papers.row(papers.asks()["id"])

    def write():
        with transaction.atomic():
            same = {
                column: getattr(asked, column)
                for column in ("group_id", "kind", "subject_id", "member_id", "since", "until", "year", "number")
            }
            Statement.objects.create(**same | {"serial": 2, "code": "0" * 26} | changes)

    with pytest.raises(IntegrityError, match=name):
        papers.kelompok.asks(write)


def test_another_groups_papers_are_not_there(papers):
    one = papers.issued()
    other = Papers.opened("b")

    assert other.kelompok.asks(lambda: Statement.objects.filter(id=one.id).count()) == 0
    with pytest.raises(Exception, match="tidak ada"):
        other.row(one.id)
