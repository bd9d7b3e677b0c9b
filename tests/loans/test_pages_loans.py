"""The list of loans, and one of them."""

from decimal import Decimal

from django.db import connection
from django.test.utils import CaptureQueriesContext

from loans.applications import Bought
from members.models import Person
from tests.pages import Browser

KEDELAI = Bought("Kedelai", Decimal("37.5"), "kg", 12_000, "Toko Makmur")


def test_what_waits_stands_before_what_runs(lending, budi):
    lending.lends("yuni")
    lending.requests("dewi")

    seen = budi.opens("loans").text

    assert seen.index("Bu Dewi") < seen.index("Bu Yuni")
    assert "… Diajukan" in seen
    assert "Rp1.200.000" in seen


def test_what_is_left_in_the_list_is_called_principal(lending, budi):
    loan = lending.lends("yuni", on="2026-01-10")
    loan.pays(124_000, "2026-02-10")

    assert "Bu Yuni sisa pokok Rp1.100.000" in budi.opens("loans").text


def test_who_was_written_down_as_bu_is_not_called_bu_bu(lending, budi):
    lending.asks(lambda: Person.objects.filter(name="Yuni").update(name="Bu Yatmi"))
    loan = lending.lends("yuni")
    lending.lends("dewi")

    pages = [budi.opens("loans"), budi.opens("loan", loan_id=loan.id), budi.opens("arrears")]
    pages.append(budi.opens("member-ways", member_id=lending.kelompok.members["yuni"]))

    for seen in pages:
        assert "Bu Yatmi" in seen.text
        assert "Bu Bu" not in seen.text
    assert "Bu Dewi" in pages[0].text


def test_the_list_is_narrowed_by_state(lending, budi):
    lending.lends("yuni")
    lending.requests("dewi")

    assert "Bu Yuni" not in budi.opens("loans", "?keadaan=menunggu").text
    assert "Bu Dewi" not in budi.opens("loans", "?keadaan=berjalan").text
    assert "Belum ada pinjaman yang selesai." in budi.opens("loans", "?keadaan=selesai").text


def test_an_unknown_state_or_page_is_the_first_of_all(lending, budi):
    lending.lends("yuni")

    for query in ("?keadaan=apa", "?hal=nol", "?hal=-1", "?hal=" + "9" * 50, "?hal=²"):
        assert budi.opens("loans", query).status == 200


def test_a_member_sees_her_own_loans_alone(lending, dewi):
    hers, other = lending.lends("dewi"), lending.lends("yuni")

    seen = dewi.opens("loans").text

    assert "Bu Dewi" in seen
    assert "Bu Yuni" not in seen
    assert dewi.opens("loan", loan_id=hers.id).status == 200
    assert dewi.opens("loan", loan_id=other.id).status == 404


def test_strangers_are_sent_away_and_neighbours_see_nothing(lending, neighbours):
    loan = lending.lends()
    other = Browser(neighbours)
    stranger = Browser(lending.kelompok)
    address = stranger.url("loan", loan_id=loan.id)
    stranger.client.logout()

    assert other.at(address).status == 404
    assert stranger.at(address).status == 302


def test_the_number_of_questions_does_not_grow_with_the_loans(lending, budi):
    def asked() -> int:
        with CaptureQueriesContext(connection) as found:
            budi.opens("loans")
        return len(found)

    lending.lends("dewi", principal=200_000)
    asked()
    few = asked()
    for person in ("dewi", "yuni", "yuni"):
        lending.lends(person, principal=200_000, installments=4)

    assert asked() == few


def test_a_loan_says_what_is_left_what_is_late_and_what_it_costs(lending, budi):
    loan = lending.lends("dewi", on="2026-01-10")
    loan.pays(124_000, "2026-02-10")

    seen = budi.opens("loan", loan_id=loan.id).text

    assert "Sisa pokok Rp1.100.000" in seen
    assert "Pinjam Rp1.200.000 , kembali Rp1.488.000 dalam 12 bulan." in seen
    assert "Rp124.000 sebulan." in seen
    assert "Biayanya Rp288.000 semuanya: setahun kira-kira" in seen
    assert "10 Februari 2026 pokok Rp100.000 · jasa Rp24.000 Rp124.000 ✓ Lunas" in seen
    assert "! Terlambat" in seen


def test_the_interest_is_called_what_the_group_calls_it(lending, budi):
    from members.models import Group

    loan = lending.lends()
    Group.objects.filter(id=lending.id).update(interest_word="bunga")

    assert "pokok Rp100.000 · bunga Rp24.000" in budi.opens("loan", loan_id=loan.id).text


def test_a_request_shows_its_material_its_votes_and_its_limits(lending, budi):
    loan = lending.requests("dewi", buys=[KEDELAI]).is_voted("sari")

    seen = budi.opens("loan", loan_id=loan.id).text

    assert "Kedelai 37,5 kg × Rp12.000 · Toko Makmur Rp450.000" in seen
    assert "Bu Sari ✓ Setuju" in seen
    assert "1 dari 2 suara yang diperlukan." in seen
    assert "Uang kelompok yang benar-benar ada" in seen


def test_what_was_taken_back_is_said_to_be_no_longer_counted(lending, budi):
    loan = lending.lends()
    taken = loan.pays(124_000, "2026-02-10")
    lending.takes_back(taken.entry.id)

    assert "Dikoreksi: tidak dihitung lagi" in budi.opens("loan", loan_id=loan.id).text


def test_a_loan_in_every_state_can_be_looked_at(lending, budi):
    states = [
        lending.requests().is_voted("sari", "reject"),
        lending.requests().is_approved(),
        lending.lends().is_written_off("2026-06-01") and lending.lends(),
    ]
    paid = lending.lends(on="2026-01-10")
    paid.pays(1_488_000, "2026-02-10")
    rescheduled = lending.lends("yuni")
    rescheduled.is_rescheduled("2026-06-01", installments=20)

    for loan in [*states, paid, rescheduled]:
        assert budi.opens("loan", loan_id=loan.id).status == 200
    assert "Dijadwalkan ulang" in budi.opens("loan", loan_id=rescheduled.id).text
