"""A loan's card: every figure is the ledger's, what is late is told, and the card to fill by hand has its lines."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ledger import queries as books
from ledger.ids import uuid7
from reports import drawing
from reports.errors import NoSuchPaper, TooManyLines
from reports.papers import gatherer, parties
from reports.papers import loan as cards
from reports.press import Press
from tests.cast import day
from tests.reports import deeds
from tests.reports.samples import frame, pages, text


@pytest.fixture(scope="module")
def press():
    running = Press()
    yield running
    running.stop()


@pytest.fixture
def loan(lending):
    """1.200.000 flat at 2 % over twelve months, two of them paid and the third in part."""
    loan = lending.lends()
    for on in ("2026-02-10", "2026-03-10"):
        loan.pays(124_000, on)
    loan.pays(24_000, "2026-04-10")
    return loan


def gathers(lending, loan, *, since=None, until="2026-05-15", **given):
    def asked():
        head = books.head(lending.id)
        named = frame(
            letterhead=parties.letterhead(lending.group), head_seq=head.seq, head_hash=head.hash.hex(), **given
        )
        first = day(since) if since else None
        return cards.gather(lending.group, subject_id=loan.id, since=first, until=day(until), frame=named)

    return lending.asks(asked)


def test_what_is_paid_and_late_stands_on_it(lending, loan, press):
    paper = gathers(lending, loan)
    told = text(drawing.draw(paper, press).pdf)

    held = lending.asks(lambda: books.balance(lending.id, loan.row.principal_account_id, as_of=day("2026-05-15")))
    assert paper.body.card.closing == held == paper.totals["principal_closing"] == 1_000_000
    assert (paper.body.card.arrears, paper.body.late, paper.body.ticked) == (100_000 + 124_000, 2, 2)
    for said in (
        *("Sisa pokok per 15 Mei 2026 Rp1.000.000,00", "2 angsuran terlambat Rp224.000,00"),
        *("Angsuran berikutnya 10 Juni 2026 Rp124.000,00", "2 dari 12 angsuran lunas."),
        *("3 10 Apr 2026 100.000,00 24.000,00 0,00 24.000,00 100.000,00", "▲ Terlambat"),
        "Jumlah 1.200.000,00 288.000,00 0,00 272.000,00 1.216.000,00",
        "Angsuran 124.000,00 100.000,00 24.000,00 0,00 1.100.000,00",
        "Rp1.200.000,00, dibayarkan 10 Januari 2026: jasa 2% sebulan, tetap, 12 bulan.",
    ):
        assert said in told


def test_the_card_to_fill_by_hand_has_a_line_for_every_instalment(lending, loan, press):
    last = pages(drawing.draw(gathers(lending, loan), press).pdf)[-1]

    assert "Kartu angsuran untuk diisi pada pertemuan" in last
    assert "1 10 Feb 2026 124.000,00 ✓ Lunas Rp124.000,00" in last
    assert "3 10 Apr 2026 124.000,00 Rp24.000,00 +" in last
    assert "12 10 Jan 2027 124.000,00" in last
    assert "Paraf bendahara" in last


def test_what_she_saves_with_it_is_told(lending, press):
    product = lending.product(compulsory_savings={"product": "wajib", "amount": 5_000})

    paper = gathers(lending, lending.lends(product=product))

    assert (paper.body.saves, paper.body.saved_in) == (5_000, "Simpanan wajib")
    assert "menabung Rp5.000,00 tiap angsuran (Simpanan wajib)" in text(drawing.draw(paper, press).pdf)


def test_its_totals_are_told_again_as_they_were(lending, loan):
    paper = gathers(lending, loan, since="2026-03-01")
    loan.pays(100_000, "2026-05-01")

    def again(through):
        asked = (lending.id, loan.id, day("2026-03-01"), day("2026-05-15"), through)
        return lending.asks(lambda: gatherer("loan").totals(*asked))

    assert paper.totals == {
        "principal_opening": 1_100_000,
        "principal_lent": 0,
        "principal_repaid": 100_000,
        "principal_closing": 1_000_000,
    }
    assert again(paper.head_seq) == paper.totals
    assert again(10**6)["principal_closing"] < 1_000_000


def test_a_loan_paid_off_long_ago_still_has_its_card(lending, loan):
    loan.pays(1_216_000, "2026-05-20")

    paper = gathers(lending, loan, since="2026-08-01", until="2026-08-31")

    assert (paper.body.card.closing, paper.body.left, paper.body.ticked) == (0, 0, 12)


def test_what_was_not_paid_out_by_then_has_no_card(lending, loan):
    with pytest.raises(NoSuchPaper):
        gathers(lending, loan, until="2026-01-09")
    with pytest.raises(NoSuchPaper):
        gathers(lending, lending.requests("rina"))
    for nobody in (uuid7(), None):
        with pytest.raises(NoSuchPaper):
            lending.asks(
                lambda who=nobody: cards.gather(
                    lending.group, subject_id=who, since=None, until=day("2026-05-15"), frame=frame()
                )
            )


def test_too_many_lines_are_refused_with_their_number(lending, loan, monkeypatch):
    monkeypatch.setattr(cards, "MOST_LINES", 3)

    with pytest.raises(TooManyLines) as refused:
        gathers(lending, loan)

    assert refused.value.facts == {"count": 4, "most": 3, "middle": date(2026, 2, 10)}


def test_the_number_of_queries_does_not_grow(lending, loan):
    with CaptureQueriesContext(connection) as few:
        gathers(lending, loan)
    for at in range(6):
        loan.pays(1_000 + at, "2026-05-01")
    with CaptureQueriesContext(connection) as many:
        gathers(lending, loan)

    assert len(many) == len(few)


def test_three_years_of_the_largest_sum_stay_on_their_pages(press):
    drawn = drawing.draw(deeds.carded(36, step=deeds.LARGEST // 36, name=deeds.LONG_NAME), press)

    assert drawn.pages <= 5
    assert deeds.LONG_NAME in text(drawn.pdf)


def test_in_english_it_is_english(press):
    told = text(drawing.draw(deeds.carded(given=deeds.english()), press).pdf)

    assert "Instalment card to fill in at meetings" in told
    for word in ("Angsuran berikutnya", "Tunggakan", "Paraf", "Lunas", "Jatuh tempo"):
        assert word not in told
