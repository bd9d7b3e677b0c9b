"""The agreement of a loan: who, how much in figures and words, what for, what it costs, and that the ledger lent it."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger import queries as books
from ledger.ids import uuid7
from ledger.terbilang import LARGEST as MOST
from loans.applications import Bought
from loans.errors import LoanNotApproved
from members import erasure
from reports import drawing
from reports.errors import NoSuchPaper
from reports.papers import agreement, duty, gatherer, parties, plain, spelled
from reports.press import Press
from tests.cast import day
from tests.reports import deeds
from tests.reports.samples import frame, text


@pytest.fixture(scope="module")
def press():
    running = Press()
    yield running
    running.stop()


def gathers(lending, loan, *, until="2026-01-31", **given_frame):
    def asked():
        head = books.head(lending.id)
        named = frame(
            letterhead=parties.letterhead(lending.group),
            head_seq=head.seq,
            head_hash=head.hash.hex(),
            **given_frame,
        )
        return agreement.gather(lending.group, subject_id=loan.id, since=None, until=day(until), frame=named)

    return lending.asks(asked)


def said(paper):
    """All its clauses in one text."""
    return " ".join(" ".join((one.heading, *one.paragraphs)) for one in paper.body.clauses)


SOY = Bought("Kedelai", Decimal("50"), "kg", 12_000, "Toko Makmur")


def test_the_sum_stands_in_figures_and_words_and_is_the_ledgers(lending, press):
    loan = lending.lends(buys=[SOY])

    paper = gathers(lending, loan)
    told = text(drawing.draw(paper, press).pdf)

    held = lending.asks(lambda: books.balance(lending.id, loan.row.principal_account_id, as_of=day("2026-01-31")))
    assert paper.totals == {"lent": held} == {"lent": 1_200_000}
    assert "Rp1.200.000,00 (satu juta dua ratus ribu rupiah)" in told
    assert "Sabtu, tanggal sepuluh bulan Januari tahun dua ribu dua puluh enam (10 Januari 2026), di Kunduran" in told
    assert "Kedelai 50 kg Toko Makmur 12.000,00 600.000,00" in told
    assert "Jumlah belanja 600.000,00 Sisa pinjaman, untuk keperluan di atas 600.000,00" in told
    assert "1 10 Feb 2026 100.000,00 24.000,00 124.000,00 1.100.000,00" in told
    assert "12 10 Jan 2027 100.000,00 24.000,00 124.000,00 0,00" in told
    assert "Jumlah 1.200.000,00 288.000,00 1.488.000,00" in told


def test_its_price_stands_in_words_and_both_yearly_rates(lending):
    loan = lending.lends()

    paper = gathers(lending, loan)

    row = loan.row
    assert (paper.body.apr, paper.body.effective) == ("41,7", "50,95")
    assert (row.apr_percent, row.effective_annual_rate_percent) == (Decimal("41.70"), Decimal("50.95"))
    assert "menerima Rp1.200.000,00 dan seluruhnya membayar kembali Rp1.488.000,00" in said(paper)
    assert "meminjam Rp100.000,00 selama setahun, lalu mengembalikannya dengan tambahan Rp50.950,00" in said(paper)
    assert "di atas batas 24% setahun" in said(paper)


def test_below_the_cap_nobody_is_warned(lending):
    paper = gathers(lending, lending.lends(rate={"percent": "1", "per": "month"}, method="equal_principal"))

    assert "Perhatian" not in said(paper)
    assert "jasa hanya dibayar sampai hari pelunasan" in said(paper).lower()


def test_fees_kept_back_are_told(lending):
    loan = lending.lends(fees=[{"kind": "administrasi", "percent": "1", "when": "upfront"}])

    paper = gathers(lending, loan)

    assert (paper.body.received, paper.body.repaid, paper.body.cost) == (1_188_000, 1_488_000, 300_000)
    assert "biaya di muka sebesar Rp12.000,00 (dua belas ribu rupiah)" in said(paper)
    assert "Biaya administrasi 1% dari besar pinjaman, sekali, di muka." in said(paper)


def test_its_rules_are_the_products(lending):
    product = lending.product(
        penalty={"per": "day", "amount": 1_000, "grace_days": 3, "cap_percent": "10"},
        compulsory_savings={"product": "sukarela", "amount": 10_000},
        flat_rebate="unearned",
        excess="pay_ahead",
    )

    words = said(gathers(lending, lending.lends(product=product)))

    for one in (
        *("Denda keterlambatan Rp1.000,00, setiap hari terlambat.", "sesudah 3 hari", "paling banyak 10%"),
        *("menabung Rp10.000,00 ke simpanan sukarela", "Kelebihan bayar langsung mengurangi", "tanggung renteng"),
        *("Jasa hanya dibayar sampai hari pelunasan.", "hoofdelijk", "musyawarah", "rangkap 2 (dua)"),
    ):
        assert one in words


def test_the_parties_sign_with_witnesses_and_the_village_takes_note(lending, press):
    paper = gathers(lending, lending.lends())

    assert [(one.title, one.name) for one in paper.signatures[:2]] == [
        ("PIHAK PERTAMA, Ketua", "Sari"),
        ("PIHAK KEDUA", "Dewi"),
    ]
    assert [one.title for one in paper.signatures[2:4]] == ["Saksi 1", "Saksi 2"]
    assert paper.signatures[4].knows
    assert "Meterai Rp10.000" in text(drawing.draw(paper, press).pdf)


def test_nobody_signs_with_herself(lending):
    paper = gathers(lending, lending.lends("sari", principal=900_000))

    assert (paper.body.first.name, paper.body.first.office) == ("Budi", "Bendahara")
    assert paper.body.second.name == "Sari"


def test_what_was_agreed_anew_since_changes_nothing(lending):
    loan = lending.lends()
    before = gathers(lending, loan)
    loan.pays(124_000, "2026-02-10")
    loan.is_rescheduled("2026-03-01", installments=20)

    after = gathers(lending, loan, until="2026-03-31")

    assert (after.body, after.totals) == (before.body, before.totals)


def test_an_approved_loan_is_agreed_before_it_is_paid_out(lending):
    loan = lending.requests().is_approved()

    paper = gathers(lending, loan, until="2026-01-20")

    assert paper.totals == {"lent": 0}
    assert paper.body.rows[0].due_on == day("2026-02-20")
    assert "belum dibayarkan; jadwal dihitung untuk pencairan pada 20 Januari 2026" in said(paper)


def test_without_approval_there_is_nothing_to_sign(lending):
    with pytest.raises(LoanNotApproved):
        gathers(lending, lending.requests())


def test_nobodys_loan_is_refused(lending):
    for nobody in (uuid7(), None):
        with pytest.raises(NoSuchPaper):
            lending.asks(
                lambda who=nobody: agreement.gather(
                    lending.group, subject_id=who, since=None, until=day("2026-01-31"), frame=frame()
                )
            )


def test_the_ledger_says_it_again_at_the_head_it_was_read_at(lending):
    loan = lending.lends()
    paper = gathers(lending, loan)
    entry = loan.row.disbursement_entry_id
    lending.takes_back(entry, on="2026-01-10")

    def again(through):
        asked = (lending.id, loan.id, None, day("2026-01-31"), through)
        return lending.asks(lambda: gatherer("agreement").totals(*asked))

    assert again(paper.head_seq) == paper.totals == {"lent": 1_200_000}
    assert again(paper.head_seq + 1) == {"lent": 0}
    assert again(0) == {"lent": 0}


def test_somebody_forgotten_is_her_number(lending):
    loan = lending.lends()
    loan.pays(1_488_000, "2026-02-10")
    lending.settles("dewi", "2026-02-11")
    row = lending.kelompok.row("dewi")
    lending.asks(lambda: erasure.forget(row))

    second = gathers(lending, loan).body.second

    assert (second.name, second.nik, second.address) == ("Anggota nomor 5", "", "")


# ── made by hand ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_no_clause_is_cut_however_much_stands_in_it():
    for language in ("id", "en"):
        paper = deeds.agreed(
            deeds.terms(
                principal=deeds.LARGEST, installments=600, fees=[{"kind": "b" * 60, "percent": "99", "when": "upfront"}]
            ),
            given=frame(language=language),
            purpose="x" * 300,
        )
        assert max(len(one) for clause in paper.body.clauses for one in clause.paragraphs) < plain.LONGEST


def test_the_largest_sum_twenty_lines_and_three_years_stay_on_their_pages(press):
    large = deeds.terms(principal=deeds.LARGEST, installments=36)
    buys = deeds.bought(20, item="Kedelai impor kualitas nomor satu", price=999_999_999)

    drawn = drawing.draw(deeds.agreed(large, name=deeds.LONG_NAME, buys=buys), press)
    told = text(drawn.pdf)

    assert drawn.pages <= 6
    assert deeds.LONG_NAME in told
    assert "999.999.999.999,00" in told
    assert told.count("Kedelai impor kualitas nomor satu") == 20


def test_in_english_it_is_english(press):
    told = text(drawing.draw(deeds.agreed(given=deeds.english()), press).pdf)

    assert "Rp1.200.000,00 (one million two hundred thousand rupiah)" in told
    assert "Saturday" in told
    for word in ("Pasal", "PIHAK", "Angsuran", "Meterai", "Jadwal"):
        assert word not in told


def test_duty_is_due_above_five_million():
    assert [duty.on_receipt(one, "IDR", 0) for one in (5_000_000, 5_000_001)] == [0, 10_000]
    assert duty.on_receipt(10**9, "EUR", 2) == 0


# ── words ───────────────────────────────────────────────────────────────────────────────────────────────────────────

WORTH = {word: number for number, word in enumerate(spelled.ONES)}
WORTH |= {word: 10 * number for number, word in enumerate(spelled.TENS, start=2)}
SCALES = {name: step for step, name in spelled.STEPS}


def read(words):
    """A number in English words, read back."""
    total = part = 0
    for word in words.replace("-", " ").split():
        if word == "hundred":
            part *= 100
        elif word in SCALES:
            total, part = total + part * SCALES[word], 0
        else:
            part += WORTH[word]
    return total + part


@given(st.one_of(st.integers(0, 2_000_000), st.integers(0, MOST)))
@settings(max_examples=300, deadline=None)
def test_english_words_are_the_number_again(number):
    assert read(spelled.number(number, "en")) == number


def test_words_of_every_language_and_currency():
    assert spelled.number(1_000_024, "en") == "one million twenty-four"
    assert spelled.both(1_250_000, "IDR", 0) == "Rp1.250.000,00 (satu juta dua ratus lima puluh ribu rupiah)"
    assert spelled.both(1_250, "EUR", 2, "en") == "EUR 12,50 (twelve EUR 50/100)"
