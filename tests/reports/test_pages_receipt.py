"""The receipt on a page: what it says, who may see it, and how it is sent and printed."""

from urllib.parse import unquote

import pytest

from ledger.ids import uuid7
from ledger.models import Entry
from members.models import Person
from savings.models import Movement
from tests.pages import Browser


@pytest.fixture
def paid(lending):
    """The key under which Dewi brought Rp20.000."""
    key = uuid7()
    body = {"paid_on": "2026-03-05", "deposits": [{"product": "sukarela", "amount": 20_000}]}
    address = f"{lending.kelompok.path}/members/{lending.kelompok.members['dewi']}/collections"
    assert lending.kelompok.budi.posts(address, body, key=key).status == 201
    return key


def test_it_says_what_came_in_and_how_she_stands(budi, paid):
    seen = budi.opens("receipt", command=paid).text

    assert "Diterima Rp20.000 dua puluh ribu rupiah Dewi (no. 5) 5 Maret 2026" in seen
    assert "Sesudah ini Simpanan sukarela Rp20.000" in seen
    assert "Dicatat oleh Budi (bendahara) · kode cek" in seen


def test_what_is_left_of_her_loan_is_said_with_what_it_holds(lending, budi):
    loan, key = lending.lends(), uuid7()
    body = {"paid_on": "2026-02-10", "repayments": [{"loan_id": str(loan.id), "amount": 124_000}]}
    address = f"{lending.kelompok.path}/members/{lending.kelompok.members['dewi']}/collections"
    assert lending.kelompok.budi.posts(address, body, key=key).status == 201

    seen = budi.opens("receipt", command=key).text

    assert "Pinjaman 1 Sisa yang harus dibayar (pokok dan jasa) Rp1.364.000" in seen


def test_it_is_sent_to_her_number_with_the_figures_in_the_text(lending, budi, paid):
    lending.asks(lambda: Person.objects.filter(name="Dewi").update(phone="+6281200000106"))

    seen = budi.opens("receipt", command=paid).html

    link = unquote(seen.split('href="https://wa.me/')[1].split('"')[0])
    assert link.startswith("6281200000106?text=")
    assert "Simpanan sukarela: Rp20.000" in link
    assert str(paid) not in link


def test_a_member_sends_it_to_whom_she_likes(lending, dewi, paid):
    lending.asks(lambda: Person.objects.filter(name="Dewi").update(phone="+6281200000106"))

    assert 'href="https://wa.me/?text=' in dewi.opens("receipt", command=paid).html


def test_no_line_of_the_strip_is_longer_than_the_paper(budi, paid):
    strip = budi.opens("receipt", command=paid).html.split('<pre class="paper"')[1].split(">", 1)[1].split("</pre>")[0]

    assert "Simpanan sukarela" in strip
    assert max(len(line) for line in strip.splitlines()) <= 32


def test_what_was_taken_back_is_struck_through(lending, budi, paid):
    lending.takes_back(lending.asks(lambda: Movement.objects.get().entry_id))

    seen = budi.opens("receipt", command=paid)

    assert "✗ Dibatalkan Catatan ini sudah diambil kembali dan tidak berlaku lagi." in seen.text
    assert "<title>Dibatalkan" in seen.html
    assert '<p class="struck">' in seen.html
    assert "Sesudah ini" not in seen.text
    assert "Kabari lewat WhatsApp" in seen.text
    assert "tidak berlaku lagi" in unquote(seen.html.split('href="https://wa.me/')[1].split('"')[0])


def test_from_it_the_treasurer_and_nobody_else_takes_it_back(lending, budi, sari, dewi, paid):
    entry_id = lending.asks(lambda: Movement.objects.get().entry_id)
    there = budi.url("entry-reversal", entry_id=entry_id)

    seen = budi.opens("receipt", command=paid)

    assert "Salah tulis? Batalkan catatan ini" in seen.text
    assert f'href="{there}"' in seen.html
    for other in (sari, dewi):
        assert "Salah tulis?" not in other.opens("receipt", command=paid).text
    lending.takes_back(entry_id)
    assert "Salah tulis?" not in budi.opens("receipt", command=paid).text


def test_of_several_things_she_says_which_one_was_wrong(lending, budi):
    loan, key = lending.lends(), uuid7()
    body = {
        "paid_on": "2026-02-10",
        "deposits": [{"product": "sukarela", "amount": 20_000}],
        "repayments": [{"loan_id": str(loan.id), "amount": 124_000}],
    }
    address = f"{lending.kelompok.path}/members/{lending.kelompok.members['dewi']}/collections"
    assert lending.kelompok.budi.posts(address, body, key=key).status == 201

    assert "Batalkan: Simpanan sukarela · Angsuran pinjaman 1" in budi.opens("receipt", command=key).text


# ── once it is taken back ───────────────────────────────────────────────────────────────────────────────────────────


def corrected(lending, budi, key):
    """The page she comes to from the correction of what `key` recorded."""
    entry_id = lending.asks(lambda: Entry.objects.get(group_id=lending.id, command_id=key).id)
    given = {"why": "person", "words": "", "effective_on": "2026-03-05"}
    return budi.at(budi.sends("entry-reversal", given, entry_id=entry_id).location)


def test_after_a_correction_the_same_form_opens_for_somebody_else(lending, budi, paid):
    seen = corrected(lending, budi, paid)

    assert "Catat yang benar: Terima uang" in seen.text
    choose = budi.opens("members", "?untuk=terima")
    assert f'href="{budi.url("members")}?untuk=terima"' in seen.html
    assert budi.url("collect", member_id=lending.kelompok.members["yuni"]) in choose.html
    assert f'href="{budi.url("receipt", command=paid)}"' in seen.html, "the paper that tells Dewi of it"


@pytest.mark.parametrize(
    ("endpoint", "word", "page", "label"),
    [("deposits", "setor", "deposit", "Setor"), ("withdrawals", "tarik", "withdraw", "Tarik")],
)
def test_after_a_correction_of_her_savings_too(lending, budi, endpoint, word, page, label):
    lending.saves("dewi", 50_000)
    key = uuid7()
    body = {"member_id": lending.kelompok.members["dewi"], "product": "sukarela", "amount": 20_000}
    body["effective_on"] = "2026-03-05"
    assert lending.kelompok.budi.posts(f"{lending.kelompok.path}/savings/{endpoint}", body, key=key).status == 201

    seen = corrected(lending, budi, key)

    assert f"Catat yang benar: {label}" in seen.text
    choose = budi.opens("members", f"?untuk={word}")
    assert f'href="{budi.url("members")}?untuk={word}"' in seen.html
    assert budi.url(page, member_id=lending.kelompok.members["yuni"]) in choose.html


def test_after_a_correction_of_an_instalment_she_chooses_the_loan(lending, budi):
    hers, others = lending.lends("dewi"), lending.lends("yuni")
    key, body = uuid7(), {"amount": 124_000, "paid_on": "2026-03-05", "channel": "cash"}
    address = f"{lending.kelompok.path}/loans/{hers.id}/repayments"
    assert lending.kelompok.budi.posts(address, body, key=key).status == 201

    seen = corrected(lending, budi, key)

    assert "Catat yang benar: Angsuran" in seen.text
    choose = budi.opens("loans", "?untuk=angsuran")
    assert f'href="{budi.url("loans")}?untuk=angsuran"' in seen.html
    assert "Terima angsuran pinjaman siapa?" in choose.text
    assert budi.url("repay", loan_id=others.id) in choose.html


def test_who_may_not_record_is_offered_no_form(lending, budi, sari, paid):
    mirror = lending.takes_back(lending.asks(lambda: Movement.objects.get().entry_id))

    assert "Catat yang benar" not in sari.opens("entry", entry_id=mirror.id).text
    assert sari.opens("loans", "?untuk=angsuran").status == 200
    assert "siapa?" not in sari.opens("loans", "?untuk=angsuran").text + sari.opens("members", "?untuk=tarik").text


def test_another_member_and_a_neighbour_do_not_find_it(lending, neighbours, paid):
    lending.kelompok.signs_up("yuni")

    assert Browser(lending.kelompok, "yuni").opens("receipt", command=paid).status == 404
    assert Browser(neighbours).opens("receipt", command=paid).status == 404


def test_an_act_without_a_receipt_has_none(lending, budi):
    key = uuid7()
    body = lending.kelompok.journal("1-1110", "1-1010", 5_000)
    assert lending.kelompok.budi.posts(f"{lending.kelompok.path}/ledger/entries", body, key=key).status == 201

    assert budi.opens("receipt", command=key).status == 404
    assert budi.opens("receipt", command=uuid7()).status == 404


def test_the_first_officers_key_leads_to_what_the_second_confirmed(lending, budi):
    lending.saves("dewi", 2_000_000)
    key = uuid7()
    body = {"member_id": lending.kelompok.members["dewi"], "product": "sukarela", "amount": 1_500_000}
    address = f"{lending.kelompok.path}/savings/withdrawals"
    assert lending.kelompok.budi.posts(address, body | {"effective_on": "2026-03-05"}, key=key).status == 202
    assert lending.kelompok.phones["sari"].posts(address, {}).status == 201

    assert "Dibayarkan Rp1.500.000" in budi.opens("receipt", command=key).text
