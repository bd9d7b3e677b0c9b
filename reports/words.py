"""What kinds, states and sums of papers are called."""

import re
from collections.abc import Mapping

from django.utils.translation import gettext, gettext_noop

CODE = re.compile(r"\d-\d+")

TITLES = {
    "member": gettext_noop("Laporan simpanan dan pinjaman anggota"),
    "loan": gettext_noop("Kartu pinjaman"),
    "agreement": gettext_noop("Surat perjanjian pinjaman"),
    "receipt": gettext_noop("Kwitansi"),
    "strip": gettext_noop("Struk"),
    "meeting": gettext_noop("Berita acara pertemuan"),
    "arrears": gettext_noop("Daftar tunggakan"),
    "group": gettext_noop("Laporan keuangan kelompok"),
    "lender": gettext_noop("Laporan untuk pendana"),
}
TOTALS = {
    "savings_opening": gettext_noop("Simpanan awal"),
    "savings_in": gettext_noop("Simpanan masuk"),
    "savings_out": gettext_noop("Simpanan keluar"),
    "savings_closing": gettext_noop("Simpanan akhir"),
    "principal_opening": gettext_noop("Pokok pinjaman awal"),
    "principal_lent": gettext_noop("Dipinjamkan"),
    "principal_repaid": gettext_noop("Pokok dibayar kembali"),
    "principal_closing": gettext_noop("Sisa pokok pinjaman"),
    "principal": gettext_noop("Sisa pokok pinjaman"),
    "lent": gettext_noop("Dipinjamkan"),
    "received": gettext_noop("Diterima dari anggota"),
    "paid": gettext_noop("Dibayarkan kepada anggota"),
    "assets": gettext_noop("Aset"),
    "liabilities": gettext_noop("Liabilitas"),
    "equity": gettext_noop("Ekuitas"),
    "income": gettext_noop("Pendapatan"),
    "expense": gettext_noop("Beban"),
    "cash_opening": gettext_noop("Kas dan bank awal"),
    "cash_in": gettext_noop("Kas dan bank masuk"),
    "cash_out": gettext_noop("Kas dan bank keluar"),
    "cash_closing": gettext_noop("Kas dan bank akhir"),
    "facility_opening": gettext_noop("Utang kepada pendana, awal"),
    "facility_drawn": gettext_noop("Dana ditarik"),
    "facility_repaid": gettext_noop("Pokok dibayar kepada pendana"),
    "facility_closing": gettext_noop("Utang kepada pendana, akhir"),
}
PARTS = {
    "savings": gettext_noop("Simpanan %(of)s"),
    "principal": gettext_noop("Sisa pokok pinjaman %(of)s"),
    "facility": gettext_noop("Sisa fasilitas %(of)s"),
}
"""What the ledger's sums on papers are of: by name, and by the word before a product's code or a loan's number."""
FAILED = {
    "not_printed": gettext_noop("Halamannya tidak dapat dicetak."),
    "took_too_long": gettext_noop("Terlalu lama dicetak; mintalah untuk masa yang lebih pendek."),
    "document_too_large": gettext_noop("Terlalu besar untuk dicetak; mintalah untuk masa yang lebih pendek."),
    "asked_outside": gettext_noop("Meminta sesuatu dari luar, jadi tidak dicetak."),
    "no_seal": gettext_noop("Layanan ini belum punya segel."),
    "too_many_lines": gettext_noop("Terlalu banyak baris; mintalah untuk masa yang lebih pendek."),
    "split": gettext_noop(
        "Terlalu panjang untuk satu dokumen, jadi dibuat beberapa yang berurutan; saldo yang satu dibawa ke berikutnya."
    ),
    "no_consent": gettext_noop("Pendana ini tidak diberi izin melihat apa pun pada hari pembuatannya."),
    "figures_disagree": gettext_noop("Angkanya tidak sama dengan buku; pengelola layanan perlu memeriksa bukunya."),
    "not_kept": gettext_noop("Berkasnya tidak dapat disimpan; penyimpanan layanan mungkin penuh."),
    "forgotten": gettext_noop("Data pribadi anggota ini sudah dihapus."),
    "error": gettext_noop("Ada kesalahan pada layanan ini; sudah dicatat."),
}
"""Why a paper could not be made."""


def title(kind: str) -> str:
    """`Kartu pinjaman`."""
    return gettext(TITLES.get(kind, "Dokumen"))


def totals(sums: Mapping[str, int] | None) -> list[tuple[str, int]]:
    """A paper's sums by what they are of: those of the whole in their order, then their parts by name. Left out is what
    is kept for proof alone: parts by an account's code, and the sums of the time beside."""
    known = [(gettext(said), sums[name]) for name, said in TOTALS.items() if sums and name in sums]
    parts = []
    for name, amount in sorted((sums or {}).items()):
        word, _, of = name.partition("_")
        if name not in TOTALS and word in PARTS and not CODE.match(of):
            parts.append((gettext(PARTS[word]) % {"of": of}, amount))
    return known + parts


def failed(because: str) -> str:
    return gettext(FAILED.get(because, FAILED["error"]))
