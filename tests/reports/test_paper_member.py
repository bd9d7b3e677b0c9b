"""A member's statement: every figure on it is the ledger's, and what was corrected since the last one says so."""

import re
from dataclasses import replace

import pytest
from django.db import connection
from django.template.loader import get_template
from django.test.utils import CaptureQueriesContext

from ledger import queries as books
from ledger.ids import uuid7
from members import erasure
from members.access import ACTS
from reports import drawing
from reports.errors import NoSuchPaper, TooManyLines
from reports.papers import KINDS, gatherer, member, parties
from reports.papers.frame import Earlier
from reports.press import Press
from savings import queries as savings
from tests.cast import day
from tests.reports.samples import frame, text


@pytest.fixture(scope="module")
def press():
    running = Press()
    yield running
    running.stop()


@pytest.fixture
def lived(lending):
    """Dewi saved and borrowed: 1.200.000 flat at 2 % over twelve months, of which she paid two instalments."""
    lending.saves("dewi", 100_000, "wajib", on="2026-01-08")
    lending.saves("dewi", 250_000, on="2026-02-08")
    loan = lending.lends()
    for on in ("2026-02-10", "2026-03-10"):
        loan.pays(124_000, on)
    return lending


def gathers(lending, *, since="2026-02-01", until="2026-03-31", **given):
    def asked():
        head = books.head(lending.id)
        named = frame(
            letterhead=parties.letterhead(lending.group),
            made_on=day("2026-04-02"),
            head_seq=head.seq,
            head_hash=head.hash.hex(),
            **given,
        )
        return member.gather(
            lending.group,
            subject_id=lending.kelompok.members["dewi"],
            since=day(since) if since else None,
            until=day(until),
            frame=named,
        )

    return lending.asks(asked)


def test_savings_stand_by_product_with_what_opened_and_closed_them(lived):
    paper = gathers(lived)

    assert [(one.code, one.opening, one.incoming, one.outgoing, one.closing) for one in paper.body.cards] == [
        ("wajib", 100_000, 0, 0, 100_000),
        ("sukarela", 0, 250_000, 0, 250_000),
    ]
    [line] = paper.body.cards[1].lines
    assert (line.on, line.about, line.incoming, line.balance) == (
        day("2026-02-08"),
        "Setoran simpanan",
        250_000,
        250_000,
    )
    assert re.fullmatch(r"JARB-2602-\d{4}", line.slip)


def test_a_loan_stands_with_what_was_paid_and_what_is_due(lived):
    [loan] = gathers(lived).body.loans

    assert (loan.opening, loan.closing, loan.paid, loan.principal_paid, loan.interest_paid) == (
        *(1_200_000, 1_000_000, 248_000, 200_000, 48_000),
    )
    assert [(line.about, line.paid, line.balance) for line in loan.lines] == [
        ("Angsuran", 124_000, 1_100_000),
        ("Angsuran", 124_000, 1_000_000),
    ]
    assert [(one.number, one.paid, one.left, one.state) for one in loan.instalments[:3]] == [
        (1, 124_000, 0, "paid"),
        (2, 124_000, 0, "paid"),
        (3, 0, 124_000, "upcoming"),
    ]
    assert (loan.arrears, loan.next_due_on, loan.next_due_amount) == (0, day("2026-04-10"), 124_000)


def test_what_is_late_is_told(lived):
    [loan] = gathers(lived, until="2026-05-15").body.loans

    assert loan.arrears == 248_000
    assert [one.state for one in loan.instalments[2:5]] == ["late", "late", "upcoming"]


def test_what_closes_a_time_opens_the_next(lived):
    first, then = gathers(lived, until="2026-02-28"), gathers(lived, since="2026-03-01")

    for before, after in zip(first.body.cards, then.body.cards, strict=True):
        assert before.closing == after.opening
    assert first.body.loans[0].closing == then.body.loans[0].opening
    assert first.totals["savings_closing"] == then.totals["savings_opening"]


def test_without_a_first_day_it_begins_at_the_beginning(lived):
    paper = gathers(lived, since=None)

    assert paper.totals["savings_opening"] == 0
    assert paper.body.loans[0].lines[0].about == "Pencairan"
    assert paper.body.loans[0].lent == 1_200_000


def test_its_totals_are_the_ledgers_and_are_told_again_as_they_were(lived):
    paper = gathers(lived)
    lived.saves("dewi", 70_000, on="2026-03-20")

    def again(through):
        asked = (lived.id, lived.kelompok.members["dewi"], day("2026-02-01"), day("2026-03-31"), through)
        return lived.asks(lambda: gatherer("member").totals(*asked))

    assert paper.totals == {
        "savings_opening": 100_000,
        "savings_in": 250_000,
        "savings_out": 0,
        "savings_closing": 350_000,
        "savings_wajib": 100_000,
        "savings_sukarela": 250_000,
        "principal_opening": 1_200_000,
        "principal_lent": 0,
        "principal_repaid": 200_000,
        "principal_closing": 1_000_000,
        "principal_1": 1_000_000,
    }
    assert again(paper.head_seq) == paper.totals
    assert again(paper.head_seq + 1)["savings_closing"] == 420_000


def test_every_figure_on_the_paper_is_the_books(lived, press):
    def held(on):
        return lived.asks(lambda: savings.savings_of(lived.id, lived.kelompok.members["dewi"], day(on)))

    def written(amount):
        return f"{amount:,}".replace(",", ".") + ",00"

    paper, before, after = gathers(lived), held("2026-01-31"), held("2026-03-31")
    with connection.cursor() as cursor:
        cursor.execute("set local idle_in_transaction_session_timeout = 0")  # nobody prints in a transaction but here
    told = text(drawing.draw(paper, press).pdf)

    assert f"Simpanan wajib {written(before['wajib'])} 0,00 0,00 {written(after['wajib'])}" in told
    assert f"Simpanan sukarela {written(0)} {written(250_000)} 0,00 {written(after['sukarela'])}" in told
    assert f"Rp{written(sum(after.values()))}" in told
    assert f"Sisa pokok pinjaman Rp{written(1_000_000)}" in told
    assert "Angsuran 124.000,00 100.000,00 24.000,00 0,00 1.100.000,00" in told
    assert f"Jumlah {written(248_000)} {written(200_000)} {written(48_000)} 0,00 {written(1_000_000)}" in told
    assert "3 10 Apr 2026 100.000,00 24.000,00 0,00 0,00 124.000,00 ○ Akan datang" in told


def test_a_line_taken_back_stays_and_says_so(lived):
    [line] = gathers(lived).body.cards[1].lines
    entry = lived.asks(lambda: savings.movements(lived.id).get(amount=250_000).entry_id)
    lived.takes_back(entry, on="2026-02-20")

    [before, after] = gathers(lived).body.cards[1].lines

    assert before == replace(line, undone=True)
    assert (after.about, after.outgoing, after.balance) == ("Koreksi setoran simpanan: salah catat", 250_000, 0)


def test_what_changed_since_the_earlier_paper_is_told_old_and_new(lived):
    entry = lived.asks(lambda: savings.movements(lived.id).get(amount=250_000).entry_id)
    earlier = Earlier("013/LSP/JARB/III/2026", day("2026-02-28"), gathers(lived).head_seq)
    lived.takes_back(entry, on="2026-03-20")
    lived.saves("dewi", 30_000, on="2026-02-27")
    lived.saves("dewi", 40_000, on="2026-03-21")

    found = gathers(lived, since="2026-03-01", earlier=earlier).corrections

    assert [(one.on, one.about, one.old, one.new) for one in found] == [
        (day("2026-02-08"), "Setoran simpanan, Simpanan sukarela", 250_000, 0),
        (day("2026-02-27"), "Setoran simpanan, Simpanan sukarela", 0, 30_000),
    ]
    assert found[0].because.startswith("Dibatalkan ") and found[0].because.endswith(": salah catat")


def test_what_came_and_went_since_then_corrects_nothing(lived):
    earlier = Earlier("013/LSP/JARB/III/2026", day("2026-02-28"), gathers(lived).head_seq)
    lived.saves("dewi", 30_000, on="2026-02-27")
    entry = lived.asks(lambda: savings.movements(lived.id).get(amount=30_000).entry_id)
    lived.takes_back(entry, on="2026-02-27")

    assert gathers(lived, since="2026-03-01", earlier=earlier).corrections == ()


def test_the_officers_of_the_day_sign(lived):
    assert [(one.title, one.name) for one in gathers(lived).signatures] == [("Bendahara", "Budi"), ("Ketua", "Sari")]


def test_somebody_forgotten_is_her_number(lending):
    lending.saves("dewi", 100_000, on="2026-02-08")
    lending.settles("dewi", "2026-02-11")
    row = lending.kelompok.row("dewi")
    lending.asks(lambda: erasure.forget(row))

    body = gathers(lending).body

    assert (body.name, body.left_on, body.saved) == ("Anggota nomor 5", day("2026-02-11"), 0)


def test_nobodys_statement_is_refused(lived):
    named = frame()
    for nobody in (uuid7(), None):
        with pytest.raises(NoSuchPaper):
            lived.asks(
                lambda who=nobody: member.gather(
                    lived.group, subject_id=who, since=None, until=day("2026-03-31"), frame=named
                )
            )


def test_too_many_lines_are_refused_with_their_number(lived, monkeypatch):
    monkeypatch.setattr(member, "MOST_LINES", 2)

    with pytest.raises(TooManyLines) as refused:
        gathers(lived)

    assert refused.value.facts == {"count": 3, "most": 2, "middle": refused.value.middle}
    assert refused.value.middle is not None


def test_the_number_of_queries_does_not_grow(lived):
    with CaptureQueriesContext(
        connection,
    ) as few:
        gathers(lived)
    for at in range(8):
        lived.saves("dewi", 1_000 + at, on="2026-03-12")
    with CaptureQueriesContext(connection) as many:
        gathers(lived)

    assert len(many) == len(few)


def test_every_kind_has_its_module_and_its_template():
    for kind, about in KINDS.items():
        made = gatherer(kind)
        assert callable(made.gather) and callable(made.totals)
        assert get_template(about.template)
        assert about.act in ACTS
    assert len({one.mark for one in KINDS.values()}) == len(KINDS)
