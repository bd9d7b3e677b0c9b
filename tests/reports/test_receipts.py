"""The receipt of an act, and its texts: the figures of the ledger, and the same whenever it is printed again."""

from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import translation

from ledger import queries as books
from ledger.ids import uuid7
from loans import collecting
from members import erasure, services
from members.models import Group
from reports import receipts, slips
from reports.errors import NoSuchReceipt
from savings import services as savings
from tests.cast import day
from tests.loans.lending import Lending


@pytest.fixture
def loan(lending):
    """1.200.000 flat at 2 % over twelve months: 124.000 each, first on 10 February."""
    return lending.lends()


def collects(lending, loan=None, *, on="2026-02-10", carried_by=None, **deposits):
    return lending.does(
        lambda: collecting.collect(
            lending.group,
            lending.kelompok.members["dewi"],
            deposits=deposits or {"wajib": 20_000},
            repayments={loan.id: 124_000} if loan else {},
            paid_on=day(on),
            carried_by=lending.kelompok.members[carried_by] if carried_by else None,
        )
    )


def receipt(lending: Lending, entry_id, **asked) -> receipts.Receipt:
    found: receipts.Receipt = lending.asks(lambda: receipts.receipt(lending.group, entry_id, **asked))
    return found


def entry(lending, entry_id):
    return lending.asks(lambda: books.entry(lending.id, entry_id))


def test_a_collection_is_one_receipt_with_all_its_lines(lending, loan):
    taken = collects(lending, loan, wajib=20_000, sukarela=6_000)

    found = receipt(lending, taken.deposits[0].entry_id)

    assert [(one.words, one.amount, one.incoming) for one in found.lines] == [
        ("Simpanan wajib", 20_000, True),
        ("Simpanan sukarela", 6_000, True),
        ("Angsuran pinjaman 1", 124_000, True),
    ]
    assert (found.total, found.incoming) == (150_000, True)
    assert found.terbilang == "seratus lima puluh ribu rupiah"
    assert (found.member_name, found.member_number, found.day) == ("Dewi", "5", day("2026-02-10"))
    assert [(one.product, one.balance) for one in found.savings] == [("wajib", 20_000), ("sukarela", 6_000)]
    assert [(one.count, one.ticked, one.left) for one in found.loans] == [(12, 1, 11 * 124_000)]
    assert (found.loans[0].next_due_on, found.loans[0].next_due_amount) == (day("2026-03-10"), 124_000)


def test_every_entry_of_an_act_leads_to_the_same_receipt(lending, loan):
    taken = collects(lending, loan, wajib=20_000, sukarela=6_000)

    found = [receipt(lending, one.entry_id) for one in taken.deposits]
    found.append(receipt(lending, taken.repayments[0].entry.id))

    assert found[0] == found[1] == found[2]


def test_its_number_is_the_first_entrys_and_its_check_the_last_ones(lending, loan):
    taken = collects(lending, loan)
    first, last = entry(lending, taken.deposits[0].entry_id), entry(lending, taken.repayments[0].entry.id)

    found = receipt(lending, last.id)

    assert found.number == f"JARB-2602-{first.seq:04d}"
    assert found.check == bytes(last.hash).hex()[:6]


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("JARBANGSRI", "JARB"),
        ("Melati 3", "MELA"),
        ("KWT 12 Rahayu", "KWT1"),
        ("Bé", "BE"),
        ("DEMO JARBANGSRI", "DEMO"),
        ("ꦗꦮ", "KLP"),
    ],
)
def test_a_number_begins_with_four_letters_of_the_groups_name(name, letters):
    assert receipts.prefix(name) == letters


def test_who_recorded_it_is_named_with_her_office(lending):
    found = receipt(lending, collects(lending).deposits[0].entry_id)

    assert found.recorded_by is not None
    assert (found.recorded_by.name, found.recorded_by.role) == ("Budi", "treasurer")


def test_what_went_to_her_is_no_income(lending):
    lending.saves("dewi", 50_000)
    taken = lending.does(
        lambda: savings.withdraw(
            lending.id,
            member_id=lending.kelompok.members["dewi"],
            product="sukarela",
            amount=30_000,
            effective_on=day("2026-02-10"),
        )
    )

    found = receipt(lending, taken.entry_id)

    assert [(one.words, one.amount, one.incoming) for one in found.lines] == [
        ("Tarik simpanan sukarela", 30_000, False)
    ]
    assert (found.total, found.incoming) == (30_000, False)
    assert [one.balance for one in found.savings] == [20_000]


def test_a_disbursement_says_what_was_lent_and_what_stayed(lending):
    fees = [{"kind": "admin", "amount": 10_000, "when": "upfront"}]
    loan = lending.lends(fees=fees)

    found = receipt(lending, loan.row.disbursement_entry_id)

    assert [(one.kind, one.amount, one.incoming) for one in found.lines] == [
        ("disbursement", 1_200_000, False),
        ("fee", 10_000, True),
    ]
    assert (found.total, found.incoming) == (1_190_000, False)
    assert [(one.count, one.ticked) for one in found.loans] == [(12, 0)]


def test_a_repayment_says_what_it_paid(lending, loan):
    taken = loan.pays(124_000, "2026-02-10")

    [line] = receipt(lending, taken.entry.id).lines

    assert line.split == {"penalty": 0, "fee": 0, "interest": 24_000, "principal": 100_000, "excess": 0}


def test_a_repayment_out_of_her_savings_says_so(lending, loan):
    lending.saves("dewi", 200_000)
    taken = loan.pays(124_000, "2026-02-10", channel="savings:sukarela")

    found = receipt(lending, taken.entry.id)

    assert [one.words for one in found.lines] == ["Angsuran pinjaman 1, dari simpanan"]
    assert [one.balance for one in found.savings] == [76_000]


def test_money_for_a_loan_that_was_written_off_has_a_receipt(lending, loan):
    loan.is_written_off("2026-03-10")
    made = loan.is_recovered(50_000, "2026-03-11")

    found = receipt(lending, made.entry_id)

    assert [one.words for one in found.lines] == ["Bayar pinjaman 1 yang dihapus buku"]
    assert found.total == 50_000


def test_a_leavers_receipt_shows_both_ways(lending, loan):
    lending.saves("dewi", 2_000_000)
    left = lending.settles("dewi", "2026-02-10")

    found = receipt(lending, left.entry_ids[-1])

    assert (found.total, found.incoming) == (left.paid_out, False)
    assert [one.balance for one in found.savings] == [0]


def test_it_says_the_same_when_it_is_printed_later(lending, loan):
    """Not what came later, not even for an earlier day."""
    taken = collects(lending, loan)
    before = receipt(lending, taken.deposits[0].entry_id)

    collects(lending, loan, on="2026-02-10", wajib=5_000)
    lending.saves("dewi", 7_000, "wajib", on="2026-01-20")
    loan.pays(124_000, "2026-02-05")

    assert receipt(lending, taken.deposits[0].entry_id) == before


def test_what_was_taken_back_is_marked_and_its_figures_stay(lending, loan):
    taken = collects(lending, loan)
    lending.takes_back(taken.deposits[0].entry_id)

    found = receipt(lending, taken.deposits[0].entry_id)

    assert [one.reversed for one in found.lines] == [True, False]
    assert (found.reversed, found.total) == (False, 144_000)
    lending.takes_back(taken.repayments[0].entry.id)
    assert receipt(lending, taken.deposits[0].entry_id).reversed


def test_a_disbursement_that_was_taken_back_still_has_its_receipt(lending, loan):
    entry_id = loan.row.disbursement_entry_id
    lending.takes_back(entry_id)

    found = receipt(lending, entry_id)

    assert (found.reversed, found.total, found.loans) == (True, 1_200_000, [])


def test_who_carried_it_stands_on_it(lending):
    found = receipt(lending, collects(lending, carried_by="yuni").deposits[0].entry_id)

    assert found.carried_by == "Yuni"
    assert "Dititipkan lewat Yuni" in slips.as_message(found)


def test_an_entry_that_is_about_no_member_has_no_receipt(lending):
    grant = lending.asks(lambda: books.entries(lending.id)[0].id)

    for nothing in (grant, uuid7()):
        with pytest.raises(NoSuchReceipt):
            receipt(lending, nothing)


def test_a_mirror_has_no_receipt_of_its_own(lending):
    mirror = lending.takes_back(collects(lending).deposits[0].entry_id)

    with pytest.raises(NoSuchReceipt):
        receipt(lending, mirror.id)


def test_a_member_finds_her_own_receipt_and_no_other(lending):
    entry_id = collects(lending).deposits[0].entry_id

    assert receipt(lending, entry_id, only_of=lending.kelompok.members["dewi"]).total == 20_000
    with pytest.raises(NoSuchReceipt):
        receipt(lending, entry_id, only_of=lending.kelompok.members["yuni"])


def test_who_was_forgotten_is_a_number(lending):
    entry_id = collects(lending, sukarela=20_000).deposits[0].entry_id
    lending.settles("dewi", "2026-02-11")
    row = lending.kelompok.row("dewi")
    lending.asks(lambda: erasure.forget(row))

    found = receipt(lending, entry_id)

    assert (found.member_name, found.phone) == (None, None)
    assert "Anggota no. 5" in slips.as_message(found)
    assert "Dewi" not in slips.as_message(found) + slips.as_strip(found)


# ── as text ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_message_says_it_in_figures_and_words(lending, loan):
    found = receipt(lending, collects(lending, loan).deposits[0].entry_id)

    assert slips.as_message(found).splitlines() == [
        "*JARBANGSRI*",
        f"Tanda terima {found.number}",
        "10 Februari 2026",
        "Dewi (no. 5)",
        "",
        "Simpanan wajib: Rp20.000",
        "Angsuran pinjaman 1: Rp124.000",
        "  (pokok 100.000, jasa 24.000)",
        "*Diterima Rp144.000*",
        "(seratus empat puluh empat ribu rupiah)",
        "",
        "Saldo Simpanan wajib: Rp20.000",
        "Pinjaman 1: ▣▢▢▢▢▢▢▢▢▢▢▢ 1 dari 12 lunas, sisa yang harus dibayar Rp1.364.000 (pokok dan jasa)",
        "  berikutnya Rp124.000, 10 Mar",
        "",
        f"Dicatat oleh Budi (bendahara) · kode cek {found.check}",
    ]


def test_a_strip_fits_the_paper(lending, loan):
    found = receipt(lending, collects(lending, loan).deposits[0].entry_id)

    strip = slips.as_strip(found)

    assert strip.isascii()
    assert max(map(len, strip.splitlines())) <= 32
    assert "Simpanan wajib            20.000" in strip
    assert "Diterima               Rp144.000" in strip
    assert "seratus empat puluh empat ribu\nrupiah" in strip
    assert "#..........." in strip


def test_what_is_left_of_a_loan_says_what_it_holds(lending):
    """Lists of loans tell of the principal alone: 1.100.000 of these 1.364.000."""
    late = lending.lends(product=lending.product(penalty={"per": "day", "amount": 1_000, "grace_days": 0}))
    free = lending.lends("yuni", rate={"percent": "0", "per": "month"})

    of_late = receipt(lending, late.pays(124_000, "2026-03-12").entry.id)
    of_free = receipt(lending, free.pays(100_000, "2026-02-10").entry.id)

    assert "sisa yang harus dibayar Rp1.396.000 (pokok, jasa, dan denda)" in slips.as_message(of_late)
    assert "sisa yang harus dibayar Rp1.100.000 (pokok)" in slips.as_message(of_free)
    assert max(map(len, slips.as_strip(of_late).splitlines())) <= 32


def test_no_name_is_too_long_or_too_strange_for_the_paper(lending, loan):
    Group.objects.filter(id=lending.id).update(name="Kelompok Wanita Tani Sumber Makmur Sejahtera Bersama Selamanya")
    row = lending.kelompok.row("dewi")
    long = "Réné " + "Nganthinsurantiningsihwulandari" * 2 + " 蘇 ꦱꦶꦠꦶ"
    lending.asks(lambda: services.change_member(row, today=day("2026-02-01"), changes={"name": long}))
    _opens(lending, "simpanan_hari_raya_dan_keperluan", "Simpanan hari raya dan keperluan sekolah anak")
    taken = collects(lending, loan, simpanan_hari_raya_dan_keperlu=999_999_999_999_999)

    strip = slips.as_strip(receipt(lending, taken.deposits[0].entry_id))

    assert strip.isascii()
    assert max(map(len, strip.splitlines())) <= 32
    assert "999.999.999.999.999" in strip


def _opens(lending, code, name):
    lending.asks(
        lambda: savings.open_product(lending.id, code=code[:30], name=name, nature="liability", withdrawable="any")
    )


def test_what_was_taken_back_says_so_in_both_texts(lending):
    entry_id = collects(lending).deposits[0].entry_id
    lending.takes_back(entry_id)
    found = receipt(lending, entry_id)

    assert slips.as_message(found).startswith("*DIBATALKAN*")
    assert "*** DIBATALKAN ***" in slips.as_strip(found)
    assert "Simpanan wajib (dibatalkan)" in slips.as_strip(found)


def test_the_message_of_what_was_taken_back_is_the_news_of_it(lending):
    """No balance that stands no longer, and no receipt."""
    entry_id = collects(lending).deposits[0].entry_id
    lending.takes_back(entry_id)
    found = receipt(lending, entry_id)

    assert slips.as_message(found).splitlines() == [
        "*DIBATALKAN*",
        "*JARBANGSRI*",
        "Dewi (no. 5)",
        "",
        f"Tanda terima {found.number} tanggal 10 Februari 2026 tidak berlaku lagi. Yang dibatalkan:",
        "Simpanan wajib: Rp20.000",
        "",
        "Jumlah itu tidak dihitung lagi. Kalau ada yang belum jelas, tanyakan kepada pengurus.",
    ]
    assert "20.000" in slips.as_strip(found)
    assert slips.as_strip(found).count("20.000") == 2, "the line and the sum, no balance"


def test_where_a_part_was_taken_back_no_balance_is_told(lending, loan):
    taken = collects(lending, loan)
    lending.takes_back(taken.deposits[0].entry_id)
    found = receipt(lending, taken.deposits[0].entry_id)

    assert "Saldo" not in slips.as_message(found)
    assert "1.364.000" not in slips.as_message(found) + slips.as_strip(found)
    assert "Sebagian dibatalkan" in slips.as_message(found)


def test_a_group_that_says_bunga_reads_bunga(lending, loan):
    Group.objects.filter(id=lending.id).update(interest_word="bunga")

    found = receipt(lending, loan.pays(124_000, "2026-02-10").entry.id)

    assert "(pokok 100.000, bunga 24.000)" in slips.as_message(found)


def test_another_currency_bears_its_code_and_cents(lending):
    Group.objects.filter(id=lending.id).update(currency="EUR", digits=2)

    found = receipt(lending, collects(lending, wajib=1_250).deposits[0].entry_id)

    assert "EUR\u00a012,50" in slips.as_message(found)
    assert found.terbilang == "dua belas EUR 50/100"


def test_whatsapp_is_opened_with_the_same_figures_and_nothing_else(lending, loan):
    text = slips.as_message(receipt(lending, collects(lending, loan).deposits[0].entry_id))

    link = urlsplit(slips.wa_link("+6281234567890", text))

    assert (link.scheme, link.netloc, link.path) == ("https", "wa.me", "/6281234567890")
    assert parse_qs(link.query) == {"text": [text]}
    assert "http" not in text


def test_without_a_number_she_chooses_whom_to_send_it_to():
    assert slips.wa_link(None, "Rp20.000 & lunas") == "https://wa.me/?text=Rp20.000%20%26%20lunas"


def test_a_look_in_english_leaves_the_figures(lending):
    with translation.override("en"):
        assert "Rp20.000" in slips.as_message(receipt(lending, collects(lending).deposits[0].entry_id))


# ── at the door ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_officers_and_she_herself_read_it(lending):
    entry_id = collects(lending).deposits[0].entry_id
    path = f"{lending.kelompok.path}/receipts/{entry_id}"

    for person in ("budi", "wati", "dewi"):
        found = lending.kelompok.phones[person].gets(path)
        assert (found.status, found["total"], found["member_name"]) == (200, 20_000, "Dewi")
    assert found["message"].startswith("*JARBANGSRI*")


def test_anothers_receipt_looks_like_one_that_is_not_there(lending):
    lending.saves("yuni", 5_000)
    others = lending.asks(lambda: books.entries(lending.id).reverse()[0].id)
    dewi, path = lending.kelompok.phones["dewi"], f"{lending.kelompok.path}/receipts"

    found, nowhere = dewi.gets(f"{path}/{others}"), dewi.gets(f"{path}/{uuid7()}")

    assert (found.status, found.body) == (nowhere.status, nowhere.body) == (404, found.body)


def test_a_rate_is_no_part_of_a_receipt(lending):
    """Interest is credited by the clock to everybody: no one handed anything over."""

    def pays_interest():
        from savings import queries

        product = queries.products(lending.id).get(code="sukarela")
        savings.change_product(product, today=day("2026-01-05"), changes={"rate": Decimal("6.00")})

    lending.asks(pays_interest)
    lending.saves("dewi", 1_000_000)
    [credited] = lending.does(lambda: savings.credit_interest_due(lending.id, through=day("2026-01-31")))

    with pytest.raises(NoSuchReceipt):
        receipt(lending, credited)
