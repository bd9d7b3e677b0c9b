"""Proof: only what was issued is genuine, the books can say it again, and `verify_books` finds what is wrong."""

import random
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from ledger import proofs
from ledger.ids import uuid7
from ledger.tasks import reader
from reports import proving, sealing
from reports.errors import NotAPdf
from reports.models import StatementDirectory
from tests.conftest import FULL, owner_connection
from tests.reports.papers import Papers

CHANGES = 10_000 if FULL else 300
STATEMENTS = 500 if FULL else 5


@pytest.fixture
def kept_papers(described, scratch) -> Papers:
    """Committed, in a database of its own."""
    return Papers.opened()


def findings(papers: Papers) -> list[str]:
    with reader() as connection:
        return [f"{one.invariant.split()[0]} {one.what}" for one in proofs.prove(connection, papers.id)]


def damaged(scratch: str, table: str, statement: str) -> None:
    """Change a row behind everybody's back, as only the owner of the tables can."""
    with owner_connection(scratch) as owner, owner.transaction():
        owner.execute(f"alter table {table} no force row level security")
        owner.execute(f"alter table {table} disable trigger user")
        assert owner.execute(statement).rowcount >= 1
        owner.execute(f"alter table {table} enable trigger user")
        owner.execute(f"alter table {table} force row level security")


def test_no_changed_byte_of_a_signed_statement_passes_as_genuine(papers):
    content = papers.file(papers.issued())
    assert proving.verify(content).result == "genuine"
    chance = random.Random(20261125)

    results: dict[int, str] = {}
    for place in chance.sample(range(len(content)), min(CHANGES, len(content))):
        changed = bytearray(content)
        changed[place] ^= chance.randrange(1, 256)
        try:
            results[place] = proving.verify(bytes(changed)).result
        except NotAPdf:
            results[place] = "no pdf"

    assert set(results.values()) <= {"altered", "no pdf"}
    assert [place for place, result in results.items() if result == "no pdf"] == [p for p in results if p < 5]


def test_a_changed_byte_is_found_by_the_seal_alone(papers):
    content = papers.file(papers.issued())
    assert sealing.look(content).genuine
    chance = random.Random(7)

    passed = []
    for place in chance.sample(range(len(content)), 30):  # thousands of them are tried in test_signing
        changed = bytearray(content)
        changed[place] ^= chance.randrange(1, 256)
        if sealing.look(bytes(changed)).genuine:
            passed.append(place)

    assert passed == []


def test_every_statement_that_was_issued_verifies(papers):
    for number in range(STATEMENTS):
        person = papers.kelompok.joins(f"ibu{number}") and f"ibu{number}"
        papers.lending.saves(person, 1_000 + number)
        found = proving.verify(papers.file(papers.issued(person)))
        assert (found.result, found.checks) == ("genuine", (True, True, True)), person


def test_what_is_appended_cut_or_put_before_is_no_longer_genuine(papers):
    content = papers.file(papers.issued())

    for changed in (content + b"\n", content[:-1], content + content):
        assert proving.verify(changed).result == "altered"
    with pytest.raises(NotAPdf):
        proving.verify(b"\n" + content)


def test_a_file_sealed_by_somebody_else_is_unknown(papers, tmp_path, monkeypatch):
    from config.seal import ensure_seal

    theirs = ensure_seal(tmp_path)
    with monkeypatch.context() as elsewhere:  # another installation, with paper and key of its own
        elsewhere.setattr(settings, "SEAL_KEY", theirs["SEAL_KEY"])
        one = papers.issued()
    content = papers.file(one)
    papers.kelompok.asks(lambda: StatementDirectory.objects.filter(code=one.code).update(sha256=None))

    assert proving.verify(content).result == "unknown"
    assert not sealing.look(content).genuine


def test_totals_hold_whatever_is_recorded_since_for_earlier_days_or_new_products(papers):
    one = papers.issued()
    papers.lending.saves("dewi", 2_000, "wajib", on="2026-01-09")
    papers.lending.lends("dewi", on="2026-01-20", principal=1_000_000)

    found = proving.verify(papers.file(one))

    assert found.checks == (True, True, True)
    assert papers.row(one.id).totals["savings_closing"] == 50_000


def test_the_command_proves_one_file(kept_papers, tmp_path):
    one = kept_papers.issued()
    file = tmp_path / "paper.pdf"
    content = kept_papers.file(one)

    def said(content: bytes) -> str:
        file.write_bytes(content)
        out = StringIO()
        call_command("verify_books", statement=file, stdout=out)
        return out.getvalue()

    text = said(content)
    assert "result     genuine" in text and one.number in text
    assert text.count("holds") == 3 and "DOES NOT HOLD" not in text
    with pytest.raises(SystemExit):
        said(content + b" ")
    with pytest.raises(CommandError, match="not_a_pdf"):
        said(b"GIF89a")
    with pytest.raises(CommandError, match="No such file"):
        call_command("verify_books", statement=tmp_path / "nothing.pdf", stdout=StringIO())


def test_a_book_with_papers_is_proven_whole(kept_papers):
    one = kept_papers.issued()
    kept_papers.lending.saves("dewi", 4_000, on="2026-01-10")
    kept_papers.reissued(one)
    kept_papers.revoked(kept_papers.issued("yuni"))

    assert findings(kept_papers) == []


@pytest.mark.parametrize(
    ("table", "statement", "expected"),
    [
        ("reports_statement", "update reports_statement set totals = '{\"savings_closing\": 1}'", "I22 001/"),
        ("reports_statement", "update reports_statement set head_hash = decode(repeat('ab', 32), 'hex')", "I21 "),
        ("reports_statement", "update reports_statement set sha256 = decode(repeat('ab', 32), 'hex')", "I27 001/"),
        ("reports_statement", "update reports_statement set serial = 2", "I21 numbers of member"),
        ("reports_statementdirectory", "update reports_statementdirectory set sha256 = null", "I21 "),
        ("reports_statementdirectory", "delete from reports_statementdirectory", "I21 "),
    ],
)
def test_what_is_damaged_is_found(kept_papers, scratch, table, statement, expected):
    kept_papers.issued()
    if table.endswith("directory"):
        with owner_connection(scratch) as owner:
            owner.execute(statement)
    else:
        damaged(scratch, table, statement)

    found = findings(kept_papers)

    assert any(one.startswith(expected) for one in found), found


def test_a_lost_file_is_found(kept_papers):
    one = kept_papers.issued()
    Path(settings.STATEMENTS_DIR, one.file).write_bytes(b"%PDF-1.7")

    assert findings(kept_papers) == [f"I27 {one.number} version 1 ({one.id})"]


def test_a_paper_that_nobody_makes_is_found(kept_papers, scratch):
    asked = kept_papers.asks()
    assert findings(kept_papers) == []
    with owner_connection(scratch) as owner:
        owner.execute("update ledger_job set status = 'failed' where task = 'reports.issue'")

    assert findings(kept_papers) == [f"I21 statement {asked['number']} ({asked['id']}) waits and no job makes it"]


def test_a_message_that_is_passed_over_is_found(kept_papers, scratch):
    kept_papers.asks()
    kept_papers.asks(about="yuni")
    with owner_connection(scratch) as owner:
        owner.execute(
            "update ledger_outbox set due_at = now() - interval '1 hour' where id = (select min(id::text)::uuid from"
            " ledger_outbox o where o.job_id in (select id from ledger_job where task = 'reports.issue'))"
        )
        assert findings(kept_papers) == []  # a worker that was away is no harm
        owner.execute("update ledger_outbox set sent_at = now() where due_at > now() - interval '30 minutes'")

    [found] = findings(kept_papers)
    assert found.startswith("I20 message ")


def test_a_chain_that_was_written_anew_no_longer_has_the_head_on_the_paper(kept_papers, scratch):
    one = kept_papers.issued()
    content = kept_papers.file(one)
    damaged(scratch, "ledger_entry", "update ledger_entry set hash = sha256(hash)")

    found = proving.verify(content)

    assert (found.result, found.checks) == ("genuine", (True, False, True))


def test_a_code_leads_to_what_it_names_however_it_is_typed(papers):
    one = papers.issued()

    found = proving.by_code(one.code.upper())

    assert found.statement is not None
    assert (found.result, found.statement.id, found.checks) == ("genuine", one.id, None)
    assert proving.by_code("0" * 26).result == "unknown"
    assert proving.by_code(str(uuid7())).result == "unknown"
    waiting = papers.row(papers.asks(about="yuni")["id"])
    assert proving.by_code(waiting.code).result == "unknown"
