"""A group's statements: whatever its book, assets are liabilities and equity, the cash flow ends at the cash, and every
figure on the paper is the ledger's."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger import periods, queries
from ledger.chart import CHART, MONEY
from members.models import Group as Kept
from reports import drawing
from reports.errors import FiguresDisagree
from reports.papers import gatherer, group, parties
from reports.papers.frame import Earlier
from reports.papers.headings import FLOWS, STANDARDS, flow_of, under
from reports.papers.periods import before, month_ends
from reports.press import Press
from reports.templatetags.papers import bracketed
from tests.cast import Group, day
from tests.reports.sample_books import statements
from tests.reports.samples import frame, text


@pytest.fixture(scope="module")
def press():
    running = Press()
    drawing.draw(statements(), running)  # it starts before a book is open, and waits for it
    yield running
    running.stop()


def gathers(lending, *, since="2026-01-01", until="2026-03-31", **given):
    def asked():
        head = queries.head(lending.id)
        named = frame(
            letterhead=parties.letterhead(lending.group),
            made_on=day("2026-04-02"),
            head_seq=head.seq,
            head_hash=head.hash.hex(),
            **given,
        )
        first = day(since) if since else None
        return group.gather(lending.group, subject_id=None, since=first, until=day(until), frame=named)

    return lending.asks(asked)


@pytest.fixture
def lived(lending):
    """Ten million given, savings of 350.000, a loan of 1.200.000 of which two instalments came, meals and equipment."""
    lending.saves("dewi", 100_000, "wajib", on="2026-01-08")
    lending.saves("dewi", 250_000, on="2026-02-08")
    loan = lending.lends()
    for on in ("2026-02-10", "2026-03-10"):
        loan.pays(124_000, on)
    for debited, credited, amount in (
        ("5-2030", "1-1010", 75_000),
        ("1-2010", "1-1010", 600_000),
        ("5-2060", "1-2090", 50_000),
        ("5-1040", "1-1290", 12_000),
        ("1-1110", "1-1010", 900_000),
        ("5-3010", "1-1110", 5_000),
    ):
        lending.kelompok.budi.pays(
            f"{lending.kelompok.path}/ledger/entries",
            lending.kelompok.journal(debited, credited, amount, on="2026-03-15"),
        )
    return lending


def figures(rows):
    return {row.words: row.now for row in rows if row.now is not None}


# ── the data of the headings ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("standard", STANDARDS.values(), ids=list(STANDARDS))
def test_every_account_of_the_chart_has_a_heading_of_its_own_kind(standard):
    of = {"asset": standard.assets, "liability": standard.liabilities, "equity": standard.equity}
    of |= {"income": standard.income, "expense": standard.expense}
    for row in CHART:
        if row.kind != "memo" and row.code not in periods.CARRIED:
            headings = of[row.kind]
            fits = [one.words for one in headings if one.codes and row.code.startswith(one.codes)]
            assert len(fits) <= 1
            assert fits in ([], [headings[under(headings, row.code)].words])


def test_a_group_chooses_between_the_standards_that_there_are():
    assert set(Kept.STANDARDS) == set(STANDARDS)


def test_the_money_of_the_cash_flow_is_the_money_of_the_position():
    for standard in STANDARDS.values():
        there = {row.code for row in CHART if row.kind == "asset" and under(standard.assets, row.code) == 0}
        assert there == MONEY


def test_every_account_on_the_other_side_of_money_has_its_line():
    for row in CHART:
        activity, at = flow_of(row.code)
        heading = FLOWS[activity][at]
        assert row.kind == "memo" or row.code in MONEY or row.code.startswith(heading.codes)


@pytest.mark.parametrize(
    ("time", "beside"),
    [
        (("2026-01-01", "2026-12-31"), ("2025-01-01", "2025-12-31")),
        (("2026-01-01", "2026-11-30"), ("2025-01-01", "2025-11-30")),
        (("2024-01-01", "2024-02-29"), ("2023-01-01", "2023-02-28")),
        (("2025-01-01", "2025-02-28"), ("2024-01-01", "2024-02-29")),
        (("2026-11-01", "2026-11-30"), ("2026-10-01", "2026-10-31")),
        (("2026-01-01", "2026-01-31"), ("2025-12-01", "2025-12-31")),
        (("2026-04-01", "2026-06-30"), ("2026-01-01", "2026-03-31")),
        (("2026-03-10", "2026-03-16"), ("2026-03-03", "2026-03-09")),
        (("2026-03-10", "2026-03-10"), ("2026-03-09", "2026-03-09")),
    ],
)
def test_what_stands_beside_a_time(time, beside):
    assert before(*map(day, time)) == tuple(map(day, beside))


def test_a_year_of_month_ends():
    assert month_ends(day("2026-03-10"), 3) == (day("2026-01-31"), day("2026-02-28"), day("2026-03-10"))


# ── a lived quarter ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_position_stands_under_its_headings(lived):
    body = gathers(lived).body
    said = figures(body.position)

    assert said["Kas dan bank"] == 10_000_000 + 350_000 - 1_200_000 + 248_000 - 75_000 - 600_000 - 5_000
    assert said["Pinjaman kepada anggota"] == 1_000_000 - 12_000
    assert said["Cadangan kerugian pinjaman"] == -12_000
    assert said["Akumulasi penyusutan"] == -50_000
    assert "Simpanan anggota" not in said and said["Simpanan sukarela"] == 250_000
    assert said["Simpanan wajib"] == 100_000
    assert said["Sisa hasil usaha (SHU)"] == 48_000 - 75_000 - 50_000 - 12_000 - 5_000
    assert said["Jumlah aset"] == said["Jumlah liabilitas dan ekuitas"]


def test_the_result_ends_after_tax(lived):
    said = figures(gathers(lived).body.result)

    assert said["Jumlah pendapatan"] == 48_000
    assert said["Jumlah beban"] == 137_000
    assert said["Hasil usaha sebelum pajak"] == -89_000
    assert said["Beban pajak"] == 5_000
    assert said["Sisa hasil usaha (SHU)"] == -94_000


def test_the_headings_are_those_the_group_chose_and_no_figure_another(lived):
    before = gathers(lived)
    lived.kelompok.budi.patches(lived.kelompok.path, {"policy": {"accounting_standard": "sak_emkm"}})

    after = gathers(lived)

    assert (before.body.standard, after.body.standard) == ("SAK EP", "SAK EMKM")
    assert (before.body.result_title, after.body.result_title) == ("Perhitungan Hasil Usaha", "Laporan Laba Rugi")
    assert after.totals == before.totals


def test_cash_is_told_by_the_other_sides_account(lived):
    said = figures(gathers(lived).body.cash)

    assert said["Jasa pinjaman diterima"] == 48_000
    assert said["Pokok pinjaman diterima kembali"] == 200_000
    assert said["Pinjaman dicairkan kepada anggota"] == -1_200_000
    assert said["Simpanan sukarela dan lain diterima"] == 250_000
    assert said["Simpanan pokok dan wajib diterima"] == 100_000
    assert said["Hibah dan penyertaan diterima"] == 10_000_000
    assert said["Pembelian peralatan"] == -600_000
    assert said["Beban operasional dan pajak dibayar"] == -80_000
    assert said["Kas dan bank pada akhir masa"] == 8_718_000


def test_equity_goes_from_its_beginning_to_its_end(lived):
    now, then = gathers(lived, since="2026-02-01").body.equity

    assert [(row.words, row.opening, row.added, row.taken, row.closing) for row in now.rows] == [
        ("Simpanan wajib", 100_000, 0, 0, 100_000),
        ("Modal hibah/donasi", 10_000_000, 0, 0, 10_000_000),
        ("Sisa hasil usaha (SHU)", 0, 0, 94_000, -94_000),
    ]
    assert then.total.closing == now.total.opening


def test_what_was_taken_back_counts_against_its_side(lived):
    entry = lived.asks(lambda: queries.touching(queries.entries(lived.id), lived.id, "1-2010").get(reverses=None))
    lived.takes_back(entry.id, on="2026-03-20")

    said = figures(gathers(lived).body.cash)

    assert "Pembelian peralatan" not in said and "Penjualan peralatan" not in said


def test_a_year_carried_over_is_no_cost(lived):
    lived.kelompok.budi.pays(
        f"{lived.kelompok.path}/ledger/entries",
        lived.kelompok.journal("4-1010", "3-3020", 48_000, on="2026-03-31"),
    )
    body = gathers(lived).body

    assert figures(body.result)["Jumlah pendapatan"] == 48_000
    assert body.surplus == -94_000
    assert figures(body.position)["Sisa hasil usaha (SHU)"] == -94_000
    assert figures(body.position)["SHU tahun lalu"] == 0


def test_a_year_later_its_surplus_is_an_earlier_years(lived):
    said = figures(gathers(lived, since="2027-01-01", until="2027-02-28").body.position)

    assert (said["SHU tahun lalu"], said["Sisa hasil usaha (SHU)"]) == (-94_000, 0)


def test_its_totals_are_told_again_as_they_were(lived):
    paper = gathers(lived)
    lived.saves("dewi", 70_000, on="2026-03-20")

    def again(through):
        return lived.asks(
            lambda: gatherer("group").totals(lived.id, None, day("2026-01-01"), day("2026-03-31"), through)
        )

    assert again(paper.head_seq) == paper.totals
    assert again(paper.head_seq + 1)["assets"] == paper.totals["assets"] + 70_000
    assert paper.totals["cash_closing"] == 8_718_000


def test_what_changed_since_the_earlier_paper_stands_old_and_new(lived):
    earlier = Earlier("001/LK/JARB/III/2026", day("2026-03-31"), gathers(lived).head_seq)
    lived.saves("dewi", 30_000, on="2026-03-27")
    lived.saves("dewi", 40_000, on="2026-04-01")

    found = gathers(lived, since="2026-04-01", until="2026-04-30", earlier=earlier).corrections

    assert [(one.about, one.old, one.new) for one in found] == [
        ("1-1010 Kas kelompok", 7_823_000, 7_853_000),
        ("2-1010 Simpanan sukarela", 250_000, 280_000),
    ]


def test_a_statement_that_contradicts_the_ledger_is_not_made(lived, monkeypatch):
    monkeypatch.setattr(group, "MONEY", frozenset({"1-1010"}))

    with pytest.raises(FiguresDisagree):
        gathers(lived)


def test_every_figure_on_the_paper_is_the_books(lived, press):
    paper = gathers(lived)
    with connection.cursor() as cursor:
        cursor.execute("set local idle_in_transaction_session_timeout = 0")  # nobody prints in a transaction but here
    told = text(drawing.draw(paper, press).pdf)

    for code in ("1-1010", "1-1110", "1-1220", "1-1290", "1-2010", "1-2090", "2-1010", "3-1020", "3-1030"):
        name = next(row.name for row in CHART if row.code == code)
        amount = -lived.balance(code) if code in ("1-1290", "1-2090") else lived.balance(code)
        assert f"{name} {bracketed(amount, 0)} 0,00" in told
    assert f"Kas dan bank pada akhir masa {bracketed(8_718_000, 0)} 0,00" in told
    assert f"Sisa hasil usaha (SHU) {bracketed(-94_000, 0)} 0,00" in told
    assert "Mengetahui, Kepala Desa" in told


def test_in_english_the_accounts_have_their_english_names(lived):
    body = gathers(lived, language="en").body

    assert "Loan loss allowance" in figures(body.position)


def test_the_number_of_queries_does_not_grow(lived):
    with CaptureQueriesContext(connection) as few:
        gathers(lived)
    for at in range(5):
        lived.saves("dewi", 1_000 + at, on="2026-03-12")
    with CaptureQueriesContext(connection) as many:
        gathers(lived)

    assert len(many) == len(few)


def test_an_empty_book_has_an_empty_statement(books, press):
    empty = Group.opened()
    time = empty.asks(lambda: group.read(empty.id, day("2026-01-01"), day("2026-03-31"), 0))
    body = group.statements(STANDARDS["sak_emkm"], time, time, "id")

    group.agree(body, group._totals(time, time))
    assert (body.assets, body.surplus, body.money) == (0, 0, 0)


# ── whatever the book ───────────────────────────────────────────────────────────────────────────────────────────────

FREE = [row.code for row in CHART if row.owner is None]
ENTRY = st.tuples(
    st.sampled_from(FREE),
    st.sampled_from(FREE),
    st.integers(1, 10**12),
    st.dates(date(2024, 12, 1), date(2026, 4, 30)),
)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    entries=st.lists(ENTRY, max_size=25),
    since=st.dates(date(2025, 1, 1), date(2026, 3, 1)),
    days=st.integers(0, 500),
    standard=st.sampled_from(list(STANDARDS.values())),
)
def test_whatever_the_book(books, entries, since, days, standard):
    random = Group.opened()
    random.posts("1-1010", "3-9010", 10**14, on="2024-11-30")
    random.posts("1-1110", "3-9010", 10**14, on="2024-11-30")
    for debited, credited, amount, on in entries:
        if debited != credited and credited not in MONEY - {"1-1010", "1-1110"}:
            random.posts(debited, credited, amount, on=on.isoformat())
    until = date.fromordinal(since.toordinal() + days)

    def asked():
        head = queries.head(random.id).seq
        now = group.read(random.id, since, until, head)
        then = group.read(random.id, *before(since, until), head)
        body = group.statements(standard, now, then, "id")
        group.agree(body, group._totals(now, then))
        return now, body, queries.trial_balance(random.id, as_of=until)

    now, body, trial = random.asks(asked)
    grand = [row.now for row in (*body.position, *body.cash) if row.level == "grand"]
    assert grand[0] == grand[1]
    assert grand[2] == sum(row.balance for row in trial.rows if row.account in MONEY)
    assert grand[0] == sum(row.debit - row.credit for row in trial.rows if row.account.startswith("1-"))
