"""A lender's statement: its facilities to the last line, its money down to the raw material, and no more than the
group's consent opens."""

from dataclasses import astuple

import pypdfium2
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from capital import queries as capital
from loans import portfolio
from members.models import SCOPES
from reports import drawing
from reports.errors import FiguresDisagree, NoConsent, NoSuchPaper, TooManyLines
from reports.papers import behind, gatherer, lender
from reports.papers.frame import Earlier
from reports.press import Press
from reports.templatetags.papers import bracketed
from tests.capital.lending import Borrowing
from tests.cast import day
from tests.reports import lent_books
from tests.reports.lenders import LEAVES, YEAST, Upk
from tests.reports.samples import FRAME, pages, text

NAMES = ("Budi", "Sari", "Rina", "Wati", "Dewi", "Yuni")


@pytest.fixture(scope="module")
def press():
    running = Press()
    drawing.draw(lent_books.lender(), running)  # it starts before a book is open, and waits for it
    yield running
    running.stop()


@pytest.fixture
def upk(books):
    return Upk.lives(Borrowing.opened())


def printed(paper, press):
    with connection.cursor() as cursor:
        cursor.execute("set local idle_in_transaction_session_timeout = 0")  # nobody prints in a transaction but here
    return text(drawing.draw(paper, press).pdf)


# ── its own account ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_facility_stands_with_every_line_and_what_a_payment_paid(upk):
    upk.may_see("totals")

    [card] = upk.gathers().body.facilities

    assert (card.limit, card.used, card.available) == (12_000_000, 6_000_000, 6_000_000)
    assert card.agreed == "jasa 1% sebulan, menurun, 12 bulan"
    assert [(one.on, one.drawn, one.paid, one.principal, one.interest, one.balance) for one in card.lines] == [
        (day("2026-01-10"), 6_000_000, None, None, None, 6_000_000),
        (day("2026-02-10"), None, 560_000, 500_000, 60_000, 5_500_000),
        (day("2026-03-10"), None, 555_000, 500_000, 55_000, 5_000_000),
    ]
    assert (card.opening, card.closing) == (0, 5_000_000)


def test_what_is_due_and_late_is_the_facilitys_own_state(upk):
    upk.may_see("totals")
    body = upk.gathers().body
    [card], stands = body.facilities, upk.facility.stands("2026-05-20")

    assert (card.due_now, card.arrears, card.days) == (1_095_000, 1_095_000, 40)
    assert (card.due_now, card.arrears, card.days) == (stands.due_now, stands.arrears, stands.days_past_due)
    assert (card.next_due_on, card.next_due_amount) == (stands.next_due_on, stands.next_due_amount)
    assert (card.closing, card.payoff) == (stands.outstanding, stands.derived.payoff.total)
    assert (body.owed, body.due, body.arrears) == (5_000_000, 1_095_000, 1_095_000)
    assert [one.state for one in card.instalments[:5]] == ["paid", "paid", "late", "late", "upcoming"]
    assert card.asked.principal == 6_000_000 and card.asked.paid == 1_115_000


def test_its_lines_are_those_of_the_account(upk):
    upk.may_see("totals")

    [card], account = upk.gathers(since="2026-02-01").body.facilities, upk.facility.account("2026-02-01", "2026-05-20")

    assert (card.opening, card.closing) == (account.opening, account.closing) == (6_000_000, 5_000_000)
    assert [one.balance for one in card.lines] == [one.balance for one in account.lines]


def test_a_payment_taken_back_stands_with_what_took_it_back(upk):
    upk.may_see("totals")
    paid = upk.facility.pays(100_000, "2026-04-10")
    upk.group.takes_back(paid.payment.entry_id)

    *_, paid_line, back = upk.gathers().body.facilities[0].lines

    assert (paid_line.paid, paid_line.undone) == (100_000, True)
    assert (back.paid, back.principal + back.interest, back.balance) == (-100_000, -100_000, 5_000_000)


def test_a_facility_that_ended_before_is_left_out_and_one_to_come_as_well(upk):
    upk.may_see("totals")
    later = upk.group.is_promised(2_000_000, on="2026-06-01", lender=upk.row)

    assert [one.number for one in upk.gathers().body.facilities] == [upk.facility.row.number]
    assert [one.number for one in upk.gathers(until="2026-06-02").body.facilities] == [
        upk.facility.row.number,
        later.row.number,
    ]


def test_another_lenders_facility_is_not_in_it(upk):
    upk.may_see()
    other = upk.group.is_promised(3_000_000, on="2026-01-12")
    other.draws(3_000_000, "2026-01-12")

    paper = upk.gathers()

    assert (paper.body.owed, paper.totals["facility_closing"]) == (5_000_000, 5_000_000)


def test_what_the_lender_kept_of_a_drawdown_stands_beside_it(upk, press):
    upk.may_see("totals")
    fee = {"kind": "provisi", "amount": 50_000, "when": "upfront"}
    other = upk.group.is_promised(4_000_000, on="2026-01-12", lender=upk.row, fees=[fee])
    other.draws(3_333_333, "2026-01-12")
    wrong = other.draws(500_000, "2026-01-13")
    upk.group.takes_back(wrong.entry_id)

    paper = upk.gathers()
    first, card = paper.body.facilities

    assert [(one.drawn, one.provision, one.received) for one in card.lines] == [
        (3_333_333, 50_000, 3_283_333),
        (500_000, 50_000, 450_000),
        (-500_000, -50_000, -450_000),
    ]
    assert (card.drawn, card.provision, card.received, card.closing) == (3_333_333, 50_000, 3_283_333, 3_333_333)
    assert (first.kept, card.kept) == (False, True)
    [account] = [one for one in paper.tables if one.name == "rekening"]
    at = [account.columns.index(name) for name in ("drawn", "provision", "received")]
    assert [tuple(row[place] for place in at) for row in account.rows if row[0] == card.number][0] == (
        *(3_333_333, 50_000, 3_283_333),
    )
    told = printed(paper, press)
    assert "provisi Rp50.000,00, diterima Rp3.283.333,00" in told
    assert "Dari Rp3.333.333,00 yang ditarik, pendana memotong provisi Rp50.000,00" in told


# ── what its money became ───────────────────────────────────────────────────────────────────────────────────────────


def test_the_money_is_told_down_to_the_raw_material(upk):
    upk.may_see()

    body = upk.gathers().body
    dewi, yuni = body.uses.loans

    assert (body.lent_on, body.loans) == (1_600_000, 2)
    assert body.still_out == 1_000_000 * 1_000_000 // 1_200_000 + 600_000
    assert body.still_out <= body.quality.outstanding
    assert (dewi.who, dewi.principal, dewi.outstanding) == ("Dewi", 1_200_000, 1_000_000)
    assert [(one.item, one.quantity, one.price, one.amount) for one in dewi.bought] == [
        ("Kedelai", "62,5", 12_000, 750_000),
        ("Ragi", "3", 5_000, 15_000),
    ]
    assert (yuni.who, yuni.principal) == ("Yuni", 600_000)


def test_a_loan_of_other_money_is_not_in_it(upk):
    upk.may_see()
    upk.group.lends("rina", on="2026-04-02", disbursed_on="2026-04-02", principal=300_000)

    body = upk.gathers().body

    assert [one.who for one in body.uses.loans] == ["Dewi", "Yuni"]
    assert body.quality.outstanding == 1_900_000


def test_the_portfolio_is_the_groups_own(upk):
    upk.may_see("totals")
    found = upk.gathers().body.quality
    whole = upk.group.asks(lambda: portfolio.portfolio(upk.group.group, as_of=day("2026-05-20")))

    assert (found.loans, found.outstanding, found.late_principal) == (
        whole.loans,
        whole.outstanding,
        whole.arrears_principal,
    )
    assert {one.days: one.amount for one in found.risks} == {days: one.amount for days, one in whole.par.items()}


# ── no more than the consent opens ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("scopes", "sums", "loans"),
    [
        (("totals",), True, None),
        (("loans",), False, ["", ""]),
        (("loans", "members.pseudonym"), False, ["Anggota nomor 5", "Anggota nomor 6"]),
        (("totals", "loans", "members.named"), True, ["Dewi", "Yuni"]),
        (("members.pseudonym",), False, None),
        (("members.named",), False, None),
    ],
)
def test_each_part_is_there_as_far_as_the_consent_goes(upk, scopes, sums, loans):
    upk.may_see(*scopes)

    paper = upk.gathers()
    body = paper.body

    assert (body.quality is not None, body.profile is not None) == (sums, sums)
    assert paper.scopes == tuple(one for one in SCOPES if one in scopes)
    if loans is None:
        assert body.uses is None or body.uses.loans == ()
    else:
        assert [one.who for one in body.uses.loans] == loans
    assert body.facilities[0].closing == 5_000_000


@pytest.mark.parametrize("scopes", [("totals",), ("totals", "loans"), ("totals", "loans", "members.pseudonym")])
def test_no_name_shows_without_consent_to_names_on_no_page_and_in_no_table(upk, press, scopes):
    upk.may_see(*scopes)
    paper = upk.gathers()

    told = printed(paper, press) + str([table.rows for table in paper.tables]) + str(astuple(paper.body))

    assert [name for name in NAMES if name in told] == []


def test_what_people_wrote_about_people_stays_in_the_group(upk, press):
    upk.may_see()

    told = printed(upk.gathers(), press)

    assert "Dewi" in told and "Kedelai" in told
    assert "UD Makmur" not in told and ": Kedelai" not in told


def test_without_a_consent_in_force_there_is_no_statement(upk):
    with pytest.raises(NoConsent):
        upk.gathers()
    upk.takes_back(upk.may_see())
    upk.may_see("totals", since=3)

    with pytest.raises(NoConsent):
        upk.gathers()


def test_somebody_who_lends_nothing_to_the_group_has_none(upk):
    upk.may_see()

    with pytest.raises(NoSuchPaper):
        upk.group.asks(
            lambda: lender.gather(
                upk.group.group, subject_id=upk.group.id, since=None, until=day("2026-05-20"), frame=FRAME
            )
        )


# ── sums that would tell of single members ──────────────────────────────────────────────────────────────────────────


def funds(upk, who, *buys, amount=200_000):
    loan = upk.group.requests(who, buys=list(buys), disbursed_on="2026-04-02", principal=amount)
    upk.facility.funds(loan.is_approved().is_paid_out("2026-04-02"), amount)


def test_the_loans_of_fewer_than_three_members_are_not_told_in_sums_either(upk, press):
    upk.may_see("totals")
    funds(upk, "yuni", YEAST)  # a third loan, of no third member

    paper = upk.gathers()
    told = printed(paper, press)

    assert (paper.body.uses, paper.body.lent_on, paper.body.still_out) == (None, None, None)
    assert not {"bahan", "penggunaan", "pembelian"} & {one.name for one in paper.tables}
    assert "Tidak ditunjukkan: dana ini dipinjam kurang dari tiga anggota" in told
    assert "Kedelai" not in told and "dari dana ini" not in told
    assert paper.body.facilities[0].closing == 5_000_000


def test_of_three_members_sums_are_told_and_of_a_material_of_fewer_nothing(upk, press):
    upk.may_see("totals")
    funds(upk, "rina")

    paper = upk.gathers()

    assert (paper.body.lent_on, paper.body.uses.lent) == (1_800_000, 2_000_000)
    assert (paper.body.uses.bought, paper.body.uses.rest, paper.body.uses.materials) == (None, None, ())
    assert "Kedelai" not in printed(paper, press)


@pytest.mark.parametrize(
    ("leaves", "shown"),
    [
        (("wati",), ()),  # beans and leaves are of two members: what is left of the sum would tell of them
        (("wati", "budi"), (("Ragi", 45_000, 5_000, 3), ("Bahan lain", 770_000, None, 3))),
    ],
)
def test_a_material_of_three_members_is_told_and_rarer_ones_only_together(upk, leaves, shown):
    upk.may_see("totals")
    for who in ("rina", "sari"):
        funds(upk, who, YEAST)
    for who in leaves:
        funds(upk, who, LEAVES)

    body = upk.gathers().body

    assert tuple((one.item, one.amount, one.price, one.loans) for one in body.uses.materials) == shown
    assert body.uses.bought == 795_000 + 10_000 * len(leaves)


def test_who_may_see_the_loans_sees_the_sums_of_few_as_well(upk):
    upk.may_see("loans")

    body = upk.gathers().body

    assert (body.lent_on, body.uses.lent, body.few) == (1_600_000, 1_800_000, False)


# ── against the ledger ──────────────────────────────────────────────────────────────────────────────────────────────


def test_its_totals_are_the_ledgers_and_are_told_again_as_they_were(upk):
    upk.may_see("totals")
    paper = upk.gathers(since="2026-02-01")
    number = upk.facility.row.number

    def again(through):
        asked = (upk.group.id, upk.id, day("2026-02-01"), day("2026-05-20"), through)
        return upk.group.asks(lambda: gatherer("lender").totals(*asked))

    upk.facility.pays(545_000, "2026-04-10")
    assert paper.totals == {
        "facility_opening": 6_000_000,
        "facility_drawn": 0,
        "facility_repaid": 1_000_000,
        "facility_closing": 5_000_000,
        f"facility_{number}": 5_000_000,
        "principal": 1_600_000,
    }
    assert again(paper.head_seq) == paper.totals
    assert again(paper.head_seq + 1)["facility_closing"] < 5_000_000


@pytest.mark.parametrize("name", ["facility_closing", "facility_opening"])
def test_a_statement_that_the_ledger_contradicts_is_not_made(upk, monkeypatch, name):
    upk.may_see("totals")
    said = lender.totals
    monkeypatch.setattr(lender, "totals", lambda *asked: said(*asked) | {name: 1})

    with pytest.raises(FiguresDisagree):
        upk.gathers()


def test_loans_that_the_ledger_contradicts_make_no_statement(upk, monkeypatch):
    upk.may_see("loans")
    monkeypatch.setattr(behind, "PRINCIPAL", ("1-124",))

    with pytest.raises(FiguresDisagree):
        upk.gathers()


def test_what_changed_since_the_earlier_paper_stands_old_and_new(upk):
    upk.may_see("totals")
    earlier = Earlier("001/LKP/JARB/V/2026", day("2026-05-20"), upk.gathers().head_seq)
    upk.facility.pays(545_000, "2026-04-10")
    upk.group.lends("rina", on="2026-05-12", disbursed_on="2026-05-12", principal=300_000)

    told = upk.gathers(until="2026-06-20", earlier=earlier).corrections

    assert [(one.on, one.old, one.new) for one in told] == [
        (day("2026-04-10"), 0, -495_000),
        (day("2026-05-20"), 600_000, 900_000),
    ]


def test_what_the_portfolio_was_otherwise_is_not_told_without_sums(upk):
    upk.may_see("loans")
    earlier = Earlier("001/LKP/JARB/V/2026", day("2026-05-20"), upk.gathers().head_seq)
    upk.group.lends("rina", on="2026-05-12", disbursed_on="2026-05-12", principal=300_000)

    assert upk.gathers(until="2026-06-20", earlier=earlier).corrections == ()


def test_too_many_lines_are_refused(upk, monkeypatch):
    upk.may_see("totals")
    monkeypatch.setattr(lender, "MOST_LINES", 14)

    with pytest.raises(TooManyLines):
        upk.gathers()


# ── on paper ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_figure_on_the_paper_is_the_books(upk, press):
    upk.may_see()
    paper = upk.gathers()
    told = printed(paper, press)
    [standing] = upk.group.asks(lambda: capital.standings(upk.group.id, [upk.facility._fresh()], on=day("2026-05-20")))

    assert "UPK Kunduran" in told and "UPK atau Bumdesma" in told
    for amount in (standing.outstanding, standing.due_now, standing.arrears, standing.available):
        assert bracketed(amount, 0) in told
    for state in standing.derived.states:
        assert bracketed(state.owed["interest"], 0) in told
    for said in (
        "10 Feb 2026 Angsuran",
        "560.000,00 500.000,00 60.000,00 5.500.000,00",
        "20 Mei 2026 Jumlah 6.000.000,00 1.115.000,00 1.000.000,00 115.000,00 5.000.000,00",
        "Rp1.600.000,00 dari dana ini dipinjamkan dalam 2 pinjaman anggota yang masih berjalan; "
        "Rp1.433.333,00 di antaranya belum kembali. Sisa pokok seluruh pinjaman kelompok kepada anggotanya "
        "Rp1.600.000,00.",
        "Dibuat menurut izin kelompok: Jumlah seluruh kelompok",
        "Dewi, pinjaman 1",
    ):
        assert said in told
    assert paper.head_hash[:4] in told and paper.head_hash[-4:] in told


def test_in_english_it_is_english(upk):
    upk.may_see()

    paper = upk.gathers(language="en")

    assert paper.title == "Lender Statement"
    assert paper.body.scopes[0] == "Sums of the whole group"


def test_the_number_of_queries_does_not_grow(upk):
    upk.may_see()
    with CaptureQueriesContext(connection) as few:
        upk.gathers()
    more = upk.group.is_promised(2_000_000, on="2026-02-01", lender=upk.row)
    more.draws(2_000_000, "2026-02-01")
    loan = upk.group.requests("rina", buys=[YEAST], disbursed_on="2026-04-02", principal=300_000)
    more.funds(loan.is_approved().is_paid_out("2026-04-02"), 300_000)
    with CaptureQueriesContext(connection) as many:
        upk.gathers()

    assert len(many) == len(few)


@pytest.mark.parametrize("amount", [0, 1_200_000, 999_999_999_999])
def test_no_amount_leaves_the_page_and_no_sum_stands_alone(press, amount):
    drawn = drawing.draw(lent_books.lender(40, amount, name=lent_books.LONG_NAME), press)

    for page in pypdfium2.PdfDocument(drawn.pdf):
        written = page.get_textpage()
        for at in range(written.count_chars()):
            left, _, right, _ = written.get_charbox(at)
            assert left >= 0 and right <= page.get_width() - 18 / 25.4 * 72 + 4
    for told in pages(drawn.pdf):
        assert not told.split("halaman")[0].strip().startswith("Jumlah")
