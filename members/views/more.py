"""Everything that has no tab of its own, in groups; only what she may."""

from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy

from members import queries, second
from members.page import Page, Sitting
from members.views.opening import may_open

LINKS: tuple[tuple[Any, tuple[tuple[str, str, Any, Any], ...]], ...] = (
    (
        gettext_lazy("Pekerjaan"),
        (
            ("me", "see_own", gettext_lazy("Halaman saya"), gettext_lazy("Simpanan dan pinjaman saya sendiri")),
            ("pending", "see_pending", gettext_lazy("Menunggu persetujuan"), gettext_lazy("Yang perlu orang kedua")),
            ("disputes", "see_books", gettext_lazy("Pertanyaan anggota"), gettext_lazy("“Ada yang salah?”")),
            (
                "dues",
                "see_savings",
                gettext_lazy("Simpanan wajib yang belum dibayar"),
                gettext_lazy("Siapa yang masih kurang"),
            ),
            ("arrears", "see_portfolio", gettext_lazy("Tunggakan"), gettext_lazy("Siapa yang terlambat mengangsur")),
            ("materials", "see_loans", gettext_lazy("Harga bahan"), gettext_lazy("Bahan yang pernah dibeli")),
        ),
    ),
    (
        gettext_lazy("Pembukuan"),
        (
            ("journal", "post_journal", gettext_lazy("Catat biaya atau penerimaan"), gettext_lazy("Juga kas ke bank")),
            ("trial-balance", "see_books", gettext_lazy("Neraca saldo"), gettext_lazy("Semua akun pada satu hari")),
            ("months", "see_books", gettext_lazy("Tutup bulan"), gettext_lazy("Bulan yang terbuka dan yang ditutup")),
            ("capital", "see_capital", gettext_lazy("Modal kelompok"), gettext_lazy("Dari mana, dan di mana sekarang")),
            (
                "lenders",
                "see_capital",
                gettext_lazy("Pendana"),
                gettext_lazy("Yang meminjami kelompok"),
            ),
            ("documents", "see_statements", gettext_lazy("Dokumen"), gettext_lazy("Laporan bersegel, untuk diunduh")),
            ("portfolio", "see_portfolio", gettext_lazy("Mutu pinjaman"), gettext_lazy("Sisa, terlambat, golongan")),
        ),
    ),
    (
        gettext_lazy("Kelompok"),
        (
            ("officers", "see_officers", gettext_lazy("Pengurus"), gettext_lazy("Siapa memegang jabatan apa")),
            ("consents", "see_consents", gettext_lazy("Izin pendana"), gettext_lazy("Apa yang boleh dilihat pendana")),
            ("pin", "set_own_pin", gettext_lazy("PIN persetujuan saya"), gettext_lazy("Untuk menyetujui di HP lain")),
            ("settings", "see_group", gettext_lazy("Pengaturan kelompok"), gettext_lazy("Nama, pertemuan, aturan")),
            ("holidays", "see_group", gettext_lazy("Hari libur"), gettext_lazy("Hari kelompok tidak bekerja")),
            ("savings-products", "see_savings", gettext_lazy("Jenis simpanan"), gettext_lazy("Aturan tiap simpanan")),
            ("loan-products", "see_loans", gettext_lazy("Jenis pinjaman"), gettext_lazy("Aturan tiap pinjaman")),
        ),
    ),
)
OFFICERS_ONLY = frozenset({"dues", "materials", "savings-products", "loan-products", "settings", "holidays"})
"""What a member without office may see of her own, but has no page for here."""


class More(Page):
    """The menu."""

    act = "see_group"
    template = "members/more.html"
    tab = "more"

    def show(self, at: Sitting) -> dict[str, Any]:
        groups = []
        for head, links in LINKS:
            shown = [(address, label, about) for name, act, label, about in links if (address := _there(at, name, act))]
            if shown:
                groups.append((head, shown))
        waiting = second.pending(at.group_id).exclude(requested_by=at.user_id).count() if at.officer else 0
        return {
            "groups": groups,
            "waiting": waiting,
            "elsewhere": queries.seats(at.seat.user).count() > 1,
            "opens": may_open(at.seat.user),
        }


def _there(at: Sitting, name: str, act: str) -> str | None:
    """The address of a page that is hers; None for one that is not."""
    if not at.may(act) or (name in OFFICERS_ONLY and not at.officer):
        return None
    try:
        return reverse(f"p:{name}", kwargs={"group_id": at.group_id})
    except NoReverseMatch:
        return None
