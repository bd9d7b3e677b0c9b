"""A kwitansi on A5 and on a strip of 58 mm: what moved as the ledger has it, in figures and words, stamped above five
million."""

import io

import pypdf
import pytest

from ledger import queries as books
from ledger.ids import uuid7
from loans import collecting
from reports import drawing
from reports.errors import NoSuchPaper
from reports.papers import gatherer, parties, receipt, strip
from reports.press import Press
from savings import queries as savings
from tests.cast import day
from tests.reports import deeds
from tests.reports.samples import frame, pages, text

MODULES = {"receipt": receipt, "strip": strip}


@pytest.fixture(scope="module")
def press():
    running = Press()
    yield running
    running.stop()


@pytest.fixture
def loan(lending):
    """1.200.000 flat at 2 % over twelve months: 124.000 each, first on 10 February."""
    return lending.lends()


def collects(lending, loan, *, carried_by=None, **deposits):
    taken = lending.does(
        lambda: collecting.collect(
            lending.group,
            lending.kelompok.members["dewi"],
            deposits=deposits or {"wajib": 20_000, "sukarela": 6_000},
            repayments={loan.id: 124_000},
            paid_on=day("2026-02-10"),
            carried_by=lending.kelompok.members[carried_by] if carried_by else None,
        )
    )
    return taken.deposits[0].entry_id


def gathers(lending, entry_id, *, kind="receipt", until="2026-02-28", **given):
    def asked():
        head = books.head(lending.id)
        named = frame(
            letterhead=parties.letterhead(lending.group), head_seq=head.seq, head_hash=head.hash.hex(), **given
        )
        return MODULES[kind].gather(lending.group, subject_id=entry_id, since=None, until=day(until), frame=named)

    return lending.asks(asked)


def millimetres(pdf):
    """Width and height of its pages."""
    boxes = [one.mediabox for one in pypdf.PdfReader(io.BytesIO(pdf)).pages]
    return [(round(float(one.width) / 72 * 25.4), round(float(one.height) / 72 * 25.4)) for one in boxes]


def test_what_came_in_stands_in_lines_a_sum_and_words(lending, loan, press):
    paper = gathers(lending, collects(lending, loan))
    first, second = pages(drawing.draw(paper, press).pdf)

    assert paper.totals == {"received": 150_000, "paid": 0}
    for told in (first, second):
        for said in (
            *("Sudah terima dari Dewi (no. 5)", "Seratus lima puluh ribu rupiah", "Rp150.000,00"),
            *("Simpanan wajib 20.000,00", "Simpanan sukarela 6.000,00"),
            "Angsuran pinjaman 1 pokok 100.000, jasa 24.000 124.000,00",
            "pinjaman 1: 1 dari 12 angsuran lunas, sisa Rp1.364.000,00, berikutnya 10 Maret 2026 Rp124.000,00",
            *("10 Februari 2026", "Yang menyerahkan Dewi", "Budi"),
        ):
            assert said.lower() in told.lower()
        assert "Meterai" not in told
    assert "Lembar 1, untuk anggota" in first
    assert "Lembar 2 (tembusan), untuk kelompok" in second


def test_what_she_holds_after_it_is_the_ledgers(lending, loan):
    paper = gathers(lending, collects(lending, loan))

    held = lending.asks(lambda: savings.savings_of(lending.id, lending.kelompok.members["dewi"]))
    assert {one.name: one.balance for one in paper.body.savings} == {
        "Simpanan wajib": held["wajib"],
        "Simpanan sukarela": held["sukarela"],
    }


def test_what_went_out_is_signed_by_her(lending):
    loan = lending.lends(fees=[{"kind": "administrasi", "percent": "1", "when": "upfront"}])

    paper = gathers(lending, loan.row.disbursement_entry_id)

    assert paper.totals == {"received": 12_000, "paid": 1_200_000}
    assert (paper.body.incoming, paper.body.total) == (False, 1_188_000)
    assert [(one.words, one.amount) for one in paper.body.lines] == [
        ("Pencairan pinjaman 1", 1_200_000),
        ("Biaya pinjaman 1", -12_000),
    ]
    assert [(one.title, one.name) for one in paper.signatures] == [
        ("Yang menyerahkan (bendahara)", "Budi"),
        ("Yang menerima", "Dewi"),
    ]


def test_who_brought_it_for_her_hands_it_over(lending, loan, press):
    paper = gathers(lending, collects(lending, loan, carried_by="rina"))

    assert paper.signatures[0].name == "Rina"
    assert "dititipkan lewat Rina" in text(drawing.draw(paper, press).pdf)


def test_money_for_what_was_written_off_counts_once(lending, loan):
    loan.is_written_off("2026-02-01")
    entry = loan.is_recovered(50_000, "2026-02-10").entry_id

    assert gathers(lending, entry).totals == {"received": 50_000, "paid": 0}


def test_a_leaver_is_paid_what_she_held(lending):
    lending.saves("dewi", 100_000)
    lending.settles("dewi", "2026-02-11")
    entry = lending.asks(lambda: books.entries(lending.id).get(kind="settlement").id)

    assert gathers(lending, entry).totals == {"received": 0, "paid": 100_000}


def test_what_was_taken_back_says_so(lending, loan, press):
    entry = collects(lending, loan, wajib=20_000)
    for one in lending.asks(lambda: books.of_command(lending.id, books.entries(lending.id).get(id=entry).command_id))[
        ::-1
    ]:
        lending.takes_back(one.id, on="2026-02-10")

    paper = gathers(lending, entry)

    assert paper.body.reversed
    assert paper.totals == {"received": 144_000, "paid": 0}
    assert "DIBATALKAN" in text(drawing.draw(paper, press).pdf)


def test_the_ledger_says_it_again_at_the_head_it_was_read_at(lending, loan):
    entry = collects(lending, loan)
    paper = gathers(lending, entry)
    lending.saves("dewi", 70_000, on="2026-02-11")

    def again(through):
        return lending.asks(lambda: gatherer("receipt").totals(lending.id, entry, None, day("2026-02-28"), through))

    assert again(paper.head_seq) == paper.totals
    assert again(0) == {"received": 0, "paid": 0}


def test_where_nobody_handed_anything_over_there_is_no_receipt(lending):
    journal = lending.asks(lambda: books.entries(lending.id)[0].id)
    for nothing in (journal, uuid7(), None):
        with pytest.raises(NoSuchPaper):
            gathers(lending, nothing)


def test_above_five_million_it_is_stamped(press):
    assert "Meterai" not in text(drawing.draw(deeds.received(5_000_000), press).pdf)
    assert text(drawing.draw(deeds.received(5_000_001), press).pdf).count("Meterai Rp10.000") == 2


def test_it_is_a5_and_two_copies(press):
    assert millimetres(drawing.draw(deeds.received(), press).pdf) == [(210, 148)] * 2


def test_the_largest_sum_in_six_lines_stays_on_its_page(press):
    drawn = drawing.draw(deeds.received(deeds.LARGEST, lines=6, who=deeds.LONG_NAME), press)

    assert drawn.pages == 2
    assert "Rp999.999.999.999,00" in text(drawn.pdf)


def test_a_strip_is_as_long_as_what_it_says(lending, loan, press):
    paper = gathers(lending, collects(lending, loan), kind="strip")
    drawn = drawing.draw(paper, press)
    [(width, height)], told = millimetres(drawn.pdf), text(drawn.pdf)

    assert width == 58 and 90 < height < 160
    assert drawing.draw(deeds.received(lines=8, kind="strip"), press).pages == 1
    assert paper.totals == {"received": 150_000, "paid": 0}
    for said in ("Diterima Rp150.000,00", "seratus lima puluh ribu rupiah", "Saldo Simpanan wajib Rp20.000,00"):
        assert said in told


def test_in_english_both_are_english(press):
    for kind in MODULES:
        told = text(drawing.draw(deeds.received(7_500_000, kind=kind, given=deeds.english()), press).pdf)
        assert "seven million five hundred thousand rupiah" in told.lower()
        for word in ("Meterai", "Sudah terima", "Diterima", "Saldo", "Lembar"):
            assert word not in told
