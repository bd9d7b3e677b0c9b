"""The lender's pages: the groups that let it in, and of each what the consent opens."""

import pytest

from members.models import SCOPES
from reports.papers import quality
from tests.cast import day
from tests.members.desk import Desk, desk
from tests.members.lent import Bank

NAMES = ("Budi", "Sari", "Rina", "Wati", "Dewi", "Yuni")


@pytest.fixture
def lent(lending):
    lending.lends("dewi", on="2026-01-10")
    return lending


def opened(bank: Bank) -> Desk:
    return desk(bank.group, bank.user)


def test_sums_are_the_portfolios_own(lent):
    bank = Bank.of(lent.kelompok, "totals")

    words = opened(bank).opens("/portal").words

    figures = lent.kelompok.budi.gets(f"{lent.kelompok.path}/portfolio").body
    assert f"Rp{figures['outstanding']:,}".replace(",", ".") in words
    assert figures["par"]["30"]["percent"].replace(".", ",") + "%" in words
    assert "Tidak dibuka oleh izin ini: Tiap pinjaman, tanpa nama" in words
    assert not any(name in words for name in NAMES)
    assert [one["what"] for one in bank.log] == ["see_portal", "see_facilities", "see_statements", "see_totals"]


def test_what_was_collected_is_the_statements_measure(lent):
    bank = Bank.of(lent.kelompok, "totals", "loans")
    found = bank.sees("/portal")["collected"]
    today = day(str(bank.today))
    figures = lent.asks(lambda: quality.quality(lent.group, until=today, language="id"))

    words = opened(bank).opens("/portal").words

    assert (found["due"], found["paid"]) == (figures.due, figures.paid)
    assert found["due"] > 0 and found["percent"] == "0.00"
    assert "Tagihan tertagih, 12 bulan Pokok dan jasa yang dibayar" in words and "Tingkat pengembalian" not in words
    assert ", tanpa denda" in words.split("Pinjaman no. 1")[1]


@pytest.mark.parametrize(
    ("scopes", "shown", "hidden"),
    [
        (("loans",), ["Pinjaman no. 1"], ["Dewi", "nggota no.", "Masih dipinjam"]),
        (("loans", "members.pseudonym"), ["Pinjaman no. 1 Anggota no. 5"], ["Dewi"]),
        (("loans", "members.named"), ["Pinjaman no. 1 Dewi"], ["Masih dipinjam"]),
        (("members.named",), ["Dewi", "Yuni"], ["Pinjaman no. 1"]),
    ],
)
def test_each_part_is_there_as_far_as_the_consent_goes(lent, scopes, shown, hidden):
    words = opened(Bank.of(lent.kelompok, *scopes)).opens("/portal").words

    assert [one for one in shown if one not in words] == []
    assert [one for one in hidden if one in words] == []


def test_nothing_that_people_wrote_about_people_is_shown(lent):
    group = lent.kelompok
    group.budi.patches(f"{group.path}/members/{group.members['dewi']}", {"phone": "081234567890", "address": "RT 02"})

    words = opened(Bank.of(group, *SCOPES)).opens("/portal").words

    assert "Dewi" in words
    for secret in ("6281234567890", "RT 02", "Kedelai untuk"):
        assert secret not in words


def test_the_portal_lists_the_groups_that_let_her_in_and_until_when(lent, neighbours):
    bank = Bank.of(lent.kelompok, "totals")
    from tests.members.lent import lender_of

    neighbours.budi.posts(f"{neighbours.path}/lenders/{lender_of(neighbours)}/login", {"username": "bu.ratna"})

    seen = opened(bank).opens("/pendana")

    assert "JARBANGSRI" in seen.words and "Tetangga" not in seen.words
    assert "Izin melihat sampai" in seen.words and "Masih dipinjam" in seen.words


def test_who_is_let_in_nowhere_is_told_so(lent):
    assert "tidak ada kelompok yang memberi izin" in opened(Bank.of(lent.kelompok)).opens("/pendana").words


def test_an_officer_has_no_portal(lent):
    budi = desk(lent.kelompok)

    assert budi.opens("/portal").status == 403
    assert budi.opens("/pendana", follow=False).onwards == "/kelompok"


def test_the_page_asks_the_same_however_many_loans_there_are(lent):
    page = opened(Bank.of(lent.kelompok, *SCOPES))
    few = page.questions("/portal")
    for number in range(3):
        lent.kelompok.joins(f"ida{number}")
        lent.lends(f"ida{number}")

    assert page.questions("/portal") == few
