"""What stands behind a lender's money: the portfolio's own figures, no names unless she may know them, and the raw
material to the last line."""

import xml.etree.ElementTree as ET
from decimal import Decimal

import pypdfium2
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from ledger import queries as books
from loans import portfolio
from loans import queries as borrowing
from loans.applications import Bought
from members.models import Person
from reports.errors import FiguresDisagree
from reports.papers import behind, profile, uses
from reports.papers.trend import Bar, drawn, scale_of, top_of
from reports.press import Press
from savings import queries as savings
from savings import services as saving
from tests.cast import day
from tests.reports import sample_books
from tests.reports.samples import text

BEANS = Bought("Kedelai", Decimal("62.5"), "kg", 12_000, "UD Makmur")
YEAST = Bought("Ragi", Decimal(3), "bungkus", 5_000, None)


@pytest.fixture(scope="module")
def press():
    running = Press()
    yield running
    running.stop()


@pytest.fixture
def lived(lending):
    """Dewi bought beans and yeast, paid two instalments and no more; Sari bought beans, and paid all that was due."""
    hers = lending.requests(buys=[BEANS, YEAST]).is_approved().is_paid_out()
    for on in ("2026-02-10", "2026-03-10"):
        hers.pays(124_000, on)
    again = Bought("kedelai", Decimal(10), "KG", 13_000, None)
    good = lending.requests("sari", buys=[again], disbursed_on="2026-04-10", principal=600_000)
    good.is_approved().is_paid_out("2026-04-10").pays(62_000, "2026-05-10")
    return lending


def gathers(lending, *, until="2026-05-20", **given):
    def asked():
        with override("id"):
            head = books.head(lending.id).seq
            return behind.behind(lending.group, since=None, until=day(until), head_seq=head, language="id", **given)

    return lending.asks(asked)


# ── quality ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_at_risk_is_the_portfolios(lived):
    found = gathers(lived).quality
    whole = lived.asks(lambda: portfolio.portfolio(lived.group, as_of=day("2026-05-20")))

    assert (found.loans, found.outstanding, found.late_principal, found.late_interest) == (
        2,
        1_550_000,
        200_000,
        48_000,
    )
    assert [(one.days, one.amount, one.percent) for one in found.risks] == [
        (1, 1_000_000, "64,52%"),
        (30, 1_000_000, "64,52%"),
        (60, 0, "0%"),
        (90, 0, "0%"),
    ]
    assert [one.outstanding for one in found.classes] == [one.outstanding for one in whole.classes]


def test_twelve_months_end_at_the_day(lived):
    months = gathers(lived).quality.months

    assert len(months) == 12
    assert (months[0].on, months[-2].on, months[-1].on) == (day("2025-06-30"), day("2026-04-30"), day("2026-05-20"))
    assert [one.outstanding for one in months[-5:]] == [1_200_000, 1_100_000, 1_000_000, 1_600_000, 1_550_000]
    assert [one.at_risk for one in months[-3:]] == [0, 0, 1_000_000]
    assert months[-2].risk_percent == "0%"


def test_what_was_collected_is_set_against_what_fell_due(lived):
    found = gathers(lived).quality

    assert [(one.due, one.paid, one.paid_percent) for one in found.months[-4:]] == [
        (124_000, 124_000, "100%"),
        (124_000, 124_000, "100%"),
        (124_000, 0, "0%"),
        (186_000, 62_000, "33,33%"),
    ]
    assert (found.due, found.paid, found.collection) == (558_000, 310_000, "55,56%")
    assert found.months[0].paid_percent == "–"


def test_nothing_falls_due_of_a_loan_after_its_end(lending):
    loan = lending.lends()
    loan.pays(loan.at("2026-02-10").payoff.total, "2026-02-10")

    found = gathers(lending).quality

    assert [one.due for one in found.months[-4:]] == [124_000, 0, 0, 0]


def test_parts_that_the_ledger_contradicts_are_not_made(lived, monkeypatch):
    monkeypatch.setattr(behind, "PRINCIPAL", ("1-124",))

    with pytest.raises(FiguresDisagree):
        gathers(lived)


# ── the drawing ─────────────────────────────────────────────────────────────────────────────────────────────────────


@given(st.lists(st.tuples(st.integers(0, 10**15), st.integers(0, 10**15)), min_size=1, max_size=12))
def test_a_bar_is_as_high_as_its_amount_and_stays_inside(amounts):
    bars = [Bar("<Mei>", max(pair), min(pair)) for pair in amounts]
    drawing = ET.fromstring(drawn(bars, [str(one) for one in scale_of(bars)]))
    shapes = [one for one in drawing if one.tag.endswith("rect")]
    heights = [float(one.get("height", "")) for one in shapes]

    assert all(0 <= float(one.get("y", "")) <= 132 for one in shapes)
    assert max(heights, default=0) <= 104
    top = top_of(max(one.whole for one in bars))
    shown = [amount for one in bars for amount in (one.whole, one.part) if amount]
    for amount, height in zip(shown, heights, strict=False):
        assert abs(height - 104 * amount / top) < 0.01


@given(st.integers(0, 10**15))
def test_a_scale_ends_above_the_largest_and_not_far(largest):
    assert max(largest, 1) <= top_of(largest) <= max(2 * largest, 1) or largest == 0


# ── profile ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_one_trade_is_one_line_however_it_was_written():
    people = [
        Person(business_kind="Tempe ", business_product="tempe daun", raw_materials=["Kedelai", "ragi"]),
        Person(business_kind="tempe", business_product="Tempe daun", raw_materials=["kedelai"]),
        Person(business_kind="Jamu", business_product=None, raw_materials=[]),
        Person(business_kind=None),
    ]

    assert profile.trades(people) == (profile.Trade("Tempe", 2, "Tempe daun"), profile.Trade("Jamu", 1, ""))
    assert profile.frequent(item for one in people for item in one.raw_materials) == "Kedelai, ragi"


def test_many_trades_end_in_the_rest():
    people = [Person(business_kind=f"usaha {at:02}") for at in range(20)]

    with override("id"):
        found = profile.trades(people)

    assert (len(found), found[-1]) == (13, profile.Trade("Usaha lain", 8, ""))


def test_who_the_group_is(lived):
    found = gathers(lived).profile

    assert found.members == len(lived.kelompok.members)
    assert (found.recorded_since, found.months, found.closed) == (day("2026-01-01"), 5, 0)
    assert (found.loans, found.loans_ended) == (2, 0)


def test_discipline_is_of_compulsory_savings_alone(lived):
    def asks_for():
        for code, amount in (("pokok", 50_000), ("wajib", 20_000)):
            product = savings.products(lived.id).get(code=code)
            saving.change_product(product, today=day("2026-05-20"), changes={"amount": amount})

    lived.asks(asks_for)
    lived.saves("dewi", 50_000, "pokok")
    lived.saves("dewi", 20_000, "wajib")
    rows = lived.asks(lambda: savings.due_rows(lived.id, as_of=day("2026-05-20")))
    wajib = [one for one in rows if one.product == "wajib"]

    found = gathers(lived).profile

    assert (found.due, found.saved) == (sum(one.due for one in wajib), 20_000)
    assert found.due < sum(one.due for one in rows)
    assert (found.asked, found.in_full) == (len(wajib), 0)


# ── what the money bought ───────────────────────────────────────────────────────────────────────────────────────────


def test_a_loan_stands_with_what_it_bought(lived):
    first, _ = gathers(lived).uses.loans

    assert (first.loan, first.who, first.principal, first.outstanding) == (1, "Anggota nomor 5", 1_200_000, 1_000_000)
    assert [(one.item, one.quantity, one.unit, one.price, one.amount, one.supplier) for one in first.bought] == [
        ("Kedelai", "62,5", "kg", 12_000, 750_000, "UD Makmur"),
        ("Ragi", "3", "bungkus", 5_000, 15_000, ""),
    ]
    assert first.rest == 435_000


def test_one_material_is_one_line_with_its_mean_price(lived):
    beans, yeast = gathers(lived).uses.materials

    assert (beans.item, beans.quantity, beans.amount, beans.price, beans.loans) == (
        "Kedelai",
        "72,5",
        880_000,
        12_138,
        2,
    )
    assert (yeast.item, yeast.amount) == ("Ragi", 15_000)


def test_a_facilitys_loans_stand_alone_and_named_only_to_whom_may_know(lived):
    chosen = lived.asks(lambda: borrowing.loans(lived.id).get(number=2).id)

    [only] = gathers(lived, loan_ids=[chosen], named=True).uses.loans

    assert (only.loan, only.who) == (2, "Sari")


@pytest.mark.parametrize(
    ("quantity", "written"), [("0.5", "0,5"), ("1250", "1.250"), ("1250.250", "1.250,25"), ("3.000", "3")]
)
def test_a_quantity_is_written_without_its_zeros(quantity, written):
    assert uses.counted(Decimal(quantity)) == written


# ── on paper ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_number_of_queries_does_not_grow(lived):
    with CaptureQueriesContext(connection) as few:
        gathers(lived)
    more = lived.requests("rina", buys=[YEAST], disbursed_on="2026-05-12", principal=300_000)
    more.is_approved().is_paid_out("2026-05-12")
    with CaptureQueriesContext(connection) as many:
        gathers(lived)

    assert len(many) == len(few)


def test_its_figures_stand_on_the_paper(press):
    told = text(press.print(sample_books.paper_of(sample_books.behind())).pdf)

    for said in (
        *("Terlambat 30 hari atau lebih 1.440.000,00 20%", "24 Nov 2026 7.200.000,00 1.320.000,00 18,33%"),
        *("Tempe dan tahu 14 Tempe bungkus daun", "35 bulan, 34 ditutup · 1.284 catatan"),
        *("Kedelai, UD Makmur, Pasar Kunduran 62,5 kg 12.000,00 600.000,00", "Ragi (rencana)"),
        *("Jumlah 7.200.000,00 3.600.000,00", "Rp8.000.000"),
    ):
        assert said in told


@pytest.mark.parametrize("amount", [0, 999_999_999_999])
def test_no_amount_leaves_the_page(press, amount):
    printed = press.print(sample_books.paper_of(sample_books.behind(12, amount)))

    for page in pypdfium2.PdfDocument(printed.pdf):
        written = page.get_textpage()
        for at in range(written.count_chars()):
            left, _, right, _ = written.get_charbox(at)
            assert left >= 0 and right <= page.get_width() - 18 / 25.4 * 72 + 4
