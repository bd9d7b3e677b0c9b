"""The list of loans by class: every loan that is owed, its sums the classes', and the whole of it the ledger's."""

import pypdfium2
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ledger import queries as books
from loans import portfolio
from members import erasure
from reports import drawing
from reports.errors import FiguresDisagree, TooManyLines
from reports.papers import arrears, gatherer, parties
from reports.papers.frame import Earlier
from reports.press import Press
from reports.templatetags.papers import bracketed
from tests.cast import day
from tests.reports import sample_books
from tests.reports.samples import frame, pages, text


@pytest.fixture(scope="module")
def press():
    running = Press()
    drawing.draw(sample_books.arrears(), running)  # it starts before a book is open, and waits for it
    yield running
    running.stop()


@pytest.fixture
def lived(lending):
    """Dewi paid two of her twelve instalments and then no more; Sari paid all that was due."""
    hers = lending.lends()
    for on in ("2026-02-10", "2026-03-10"):
        hers.pays(124_000, on)
    good = lending.lends("sari", on="2026-04-10", disbursed_on="2026-04-10", principal=600_000)
    good.pays(62_000, "2026-05-10")
    return lending


def gathers(lending, *, until="2026-05-20", **given):
    def asked():
        head = books.head(lending.id)
        named = frame(
            letterhead=parties.letterhead(lending.group),
            made_on=day("2026-06-02"),
            head_seq=head.seq,
            head_hash=head.hash.hex(),
            **given,
        )
        return arrears.gather(lending.group, subject_id=None, since=None, until=day(until), frame=named)

    return lending.asks(asked)


def test_every_loan_stands_in_its_class_with_what_is_late(lived):
    body = gathers(lived, until="2026-09-20").body
    late, _ = body.classes[1].lines

    assert [one.name for one in body.classes] == ["Lancar", "Kurang lancar", "Diragukan", "Macet"]
    assert (late.name, late.loan, late.principal, late.outstanding) == ("Dewi", 1, 1_200_000, 1_000_000)
    assert (late.late_principal, late.late_interest, late.days) == (600_000, 144_000, 163)
    assert late.provision == 500_000


def test_its_sums_are_the_portfolios(lived):
    body = gathers(lived).body
    whole = lived.asks(lambda: portfolio.portfolio(lived.group, as_of=day("2026-05-20")))

    assert body.sums.loans == whole.loans == 2
    assert body.sums.outstanding == whole.outstanding == 1_550_000
    assert body.sums.late_principal == whole.arrears_principal
    assert body.sums.late_interest == whole.arrears_interest
    assert body.sums.provision == whole.provisions_due
    assert sum(one.sums.outstanding for one in body.classes) == body.sums.outstanding


def test_its_totals_are_the_ledgers_and_are_told_again_as_they_were(lived):
    paper = gathers(lived)
    lived.lends("rina", on="2026-05-12", disbursed_on="2026-05-12", principal=300_000)

    def again(through):
        return lived.asks(lambda: gatherer("arrears").totals(lived.id, None, None, day("2026-05-20"), through))

    assert paper.totals["principal"] == lived.balance("1-1210") + lived.balance("1-1220") - 300_000 == 1_550_000
    assert again(paper.head_seq) == paper.totals
    assert again(paper.head_seq + 9)["principal"] == 1_850_000


def test_a_list_that_the_ledger_contradicts_is_not_made(lived, monkeypatch):
    monkeypatch.setattr(arrears, "PRINCIPAL", ("1-124",))

    with pytest.raises(FiguresDisagree):
        gathers(lived)


def test_too_many_loans_are_refused(lived, monkeypatch):
    monkeypatch.setattr(arrears, "MOST_LINES", 1)

    with pytest.raises(TooManyLines):
        gathers(lived)


def test_what_was_owed_otherwise_on_the_earlier_papers_day_is_told(lived):
    earlier = Earlier("001/LTK/JARB/V/2026", day("2026-05-20"), gathers(lived).head_seq)
    lived.lends("rina", on="2026-05-12", disbursed_on="2026-05-12", principal=300_000)

    [one] = gathers(lived, until="2026-06-20", earlier=earlier).corrections

    assert (one.old, one.new) == (1_550_000, 1_850_000)


def test_somebody_forgotten_is_her_number(lending):
    loan = lending.lends()
    loan.pays(loan.at("2026-01-20").payoff.total, "2026-01-20")
    lending.settles("dewi", "2026-02-11")
    row = lending.kelompok.row("dewi")
    lending.asks(lambda: erasure.forget(row))

    names = [line.name for one in gathers(lending, until="2026-01-15").body.classes for line in one.lines]

    assert names == ["Anggota nomor 5"]


def test_every_figure_on_the_paper_is_the_books(lived, press):
    paper = gathers(lived)
    with connection.cursor() as cursor:
        cursor.execute("set local idle_in_transaction_session_timeout = 0")  # nobody prints in a transaction but here
    told = text(drawing.draw(paper, press).pdf)

    for amount in (1_200_000, 1_000_000, 1_550_000, 200_000, 48_000):
        assert bracketed(amount, 0) in told
    assert "Dewi 1 1.200.000,00 1.000.000,00 200.000,00 48.000,00 40 0,00" in told
    assert "Jumlah 1.800.000,00 1.550.000,00 200.000,00 48.000,00 0,00" in told


def test_the_number_of_queries_does_not_grow(lived):
    with CaptureQueriesContext(connection) as few:
        gathers(lived)
    lived.lends("rina", on="2026-05-12", disbursed_on="2026-05-12", principal=300_000)
    with CaptureQueriesContext(connection) as many:
        gathers(lived)

    assert len(many) == len(few)


@pytest.mark.parametrize("amount", [0, 999_999_999_999])
def test_no_amount_leaves_the_page_and_no_sum_stands_alone(press, amount):
    drawn = drawing.draw(sample_books.arrears(40, amount), press)

    for page in pypdfium2.PdfDocument(drawn.pdf):
        written = page.get_textpage()
        for at in range(written.count_chars()):
            left, _, right, _ = written.get_charbox(at)
            assert left >= 0 and right <= page.get_width() - 18 / 25.4 * 72 + 4
    for told in pages(drawn.pdf):
        assert "Siti Aminah" in told or "Jumlah" not in told


def test_without_loans_it_says_so(press):
    assert "Tidak ada pinjaman yang berjalan." in text(drawing.draw(sample_books.arrears(0), press).pdf)
