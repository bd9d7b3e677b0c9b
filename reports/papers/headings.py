"""Under which headings the accounts of the chart stand in a group's statements, as data: SAK EP, as a koperasi that
saves and lends has them, and SAK EMKM, as a micro enterprise may. One choice, by name; no figure depends on it.

Balances stand in order of liquidity, which is true of a group that lends without a term for its savings. An account is
named by the beginning of its code; the first heading that fits takes it, and what fits none goes to the last of its
kind, so that no account is ever left out.
Sources: SAK EP (2025) chapters 4 to 7 with Permenkop UKM 2/2024 on koperasi; SAK EMKM (2018) chapters 3 to 6, which
asks for position and result alone: cash and equity are shown beside them all the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_noop as _


@dataclass(frozen=True, slots=True)
class Heading:
    """`words` over the accounts whose codes begin so."""

    words: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FlowHeading:
    """Two lines of the cash flow: money that came in by these accounts, and money that went out by them."""

    incoming: str
    outgoing: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Standard:
    """The titles and headings of one standard. `surplus` is its word for what is left of a time, `kept` for what is
    left of earlier ones; `tax` are the costs that stand below the result before tax."""

    name: str
    position: str
    result: str
    cash: str
    equity_changes: str
    assets: tuple[Heading, ...]
    liabilities: tuple[Heading, ...]
    equity: tuple[Heading, ...]
    income: tuple[Heading, ...]
    expense: tuple[Heading, ...]
    before_tax: str
    tax: tuple[str, ...]
    surplus: str
    kept: str


ASSETS = (
    Heading(_("Kas dan bank"), ("1-10", "1-11")),
    Heading(_("Pinjaman kepada anggota"), ("1-12",)),
    Heading(_("Piutang lain"), ("1-13",)),
    Heading(_("Persediaan dan uang muka"), ("1-14", "1-15")),
    Heading(_("Aset tetap"), ("1-20",)),
    Heading(_("Aset lain"), ()),
)
LIABILITIES = (
    Heading(_("Simpanan anggota"), ("2-101", "2-102", "2-103", "2-104", "2-126")),
    Heading(_("Titipan anggota"), ("2-105", "2-106")),
    Heading(_("Dana dan SHU untuk dibagikan"), ("2-121", "2-122", "2-123", "2-124", "2-125")),
    Heading(_("Utang usaha dan pajak"), ("2-13", "2-14")),
    Heading(_("Pinjaman dari pendana"), ("2-11",)),
    Heading(_("Liabilitas lain"), ()),
)

SAK_EP = Standard(
    name="SAK EP",
    position=_("Laporan Posisi Keuangan"),
    result=_("Perhitungan Hasil Usaha"),
    cash=_("Laporan Arus Kas"),
    equity_changes=_("Laporan Perubahan Ekuitas"),
    assets=ASSETS,
    liabilities=LIABILITIES,
    equity=(
        Heading(_("Simpanan pokok dan wajib"), ("3-101", "3-102")),
        Heading(_("Hibah dan penyertaan"), ("3-103", "3-104", "3-105")),
        Heading(_("Dana cadangan"), ("3-20",)),
        Heading(_("Ekuitas lain"), ()),
    ),
    income=(
        Heading(_("Partisipasi anggota"), ("4-10",)),
        Heading(_("Pendapatan lain"), ()),
    ),
    expense=(
        Heading(_("Beban jasa"), ("5-101", "5-102", "5-103")),
        Heading(_("Beban kerugian pinjaman"), ("5-104",)),
        Heading(_("Beban pajak"), ("5-30",)),
        Heading(_("Beban operasional"), ()),
    ),
    before_tax=_("Hasil usaha sebelum pajak"),
    tax=("5-30",),
    surplus=_("Sisa hasil usaha (SHU)"),
    kept=_("SHU tahun lalu"),
)
SAK_EMKM = Standard(
    name="SAK EMKM",
    position=_("Laporan Posisi Keuangan"),
    result=_("Laporan Laba Rugi"),
    cash=_("Laporan Arus Kas"),
    equity_changes=_("Laporan Perubahan Ekuitas"),
    assets=ASSETS,
    liabilities=LIABILITIES,
    equity=(
        Heading(_("Modal"), ("3-10",)),
        Heading(_("Dana cadangan"), ("3-20",)),
        Heading(_("Ekuitas lain"), ()),
    ),
    income=(
        Heading(_("Pendapatan usaha"), ("4-10",)),
        Heading(_("Pendapatan lain-lain"), ()),
    ),
    expense=(
        Heading(_("Beban pajak penghasilan"), ("5-30",)),
        Heading(_("Beban usaha"), ("5-10", "5-20")),
        Heading(_("Beban lain-lain"), ()),
    ),
    before_tax=_("Laba (rugi) sebelum pajak penghasilan"),
    tax=("5-30",),
    surplus=_("Laba (rugi)"),
    kept=_("Saldo laba tahun lalu"),
)
STANDARDS: Mapping[str, Standard] = {"sak_ep": SAK_EP, "sak_emkm": SAK_EMKM}

OPERATING, INVESTING, FINANCING = _("Kegiatan usaha"), _("Kegiatan investasi"), _("Kegiatan pendanaan")
FLOWS: Mapping[str, tuple[FlowHeading, ...]] = {
    OPERATING: (
        FlowHeading(
            _("Jasa pinjaman diterima"), _("Jasa pinjaman dikembalikan"), ("4-101", "1-131")
        ),
        FlowHeading(
            _("Provisi, administrasi dan denda diterima"),
            _("Provisi, administrasi dan denda dikembalikan"),
            ("4-102", "4-103", "1-132"),
        ),
        FlowHeading(_("Pokok pinjaman diterima kembali"), _("Pinjaman dicairkan kepada anggota"), ("1-12",)),
        FlowHeading(
            _("Simpanan sukarela dan lain diterima"),
            _("Simpanan sukarela dan lain ditarik"),
            ("2-101", "2-102", "2-103", "2-104", "2-126", "1-134"),
        ),
        FlowHeading(_("Titipan dan talangan diterima"), _("Titipan dan talangan dibayar"), ("2-105", "2-106", "1-133")),
        FlowHeading(
            _("Jasa simpanan dan pinjaman diterima kembali"),
            _("Jasa simpanan dan pinjaman dibayar"),
            ("5-101", "5-102", "5-103", "2-114", "2-125"),
        ),
        FlowHeading(_("Bahan baku, pemasok dan uang muka diterima"), _("Bahan baku, pemasok dan uang muka dibayar"),
                    ("1-14", "1-15", "2-13", "4-105")),
        FlowHeading(_("Dana sosial, pendidikan dan pengurus diterima"),
                    _("Dana sosial, pendidikan dan pengurus dibayar"), ("2-121", "2-122", "2-123")),
        FlowHeading(_("Beban diterima kembali"), _("Beban operasional dan pajak dibayar"), ("5-", "2-14")),
        FlowHeading(_("Pendapatan lain diterima"), _("Pendapatan lain dikembalikan"), ("4-",)),
        FlowHeading(_("Penerimaan lain"), _("Pengeluaran lain"), ()),
    ),
    INVESTING: (FlowHeading(_("Penjualan peralatan"), _("Pembelian peralatan"), ("1-20",)),),
    FINANCING: (
        FlowHeading(_("Simpanan pokok dan wajib diterima"), _("Simpanan pokok dan wajib dikembalikan"),
                    ("3-101", "3-102")),
        FlowHeading(_("Pinjaman dari pendana diterima"), _("Pokok pinjaman dibayar kepada pendana"),
                    ("2-111", "2-112", "2-113")),
        FlowHeading(_("Hibah dan penyertaan diterima"), _("Hibah dan penyertaan dikembalikan"),
                    ("3-103", "3-104", "3-105")),
        FlowHeading(_("SHU dan cadangan diterima"), _("SHU dibagikan"), ("2-124", "3-20", "3-30")),
        FlowHeading(_("Modal awal dan ekuitas lain diterima"), _("Ekuitas lain dikembalikan"), ("3-",)),
    ),
}  # fmt: skip
"""By whose other side money came and went; the first that fits takes it, within `flow_of`."""


def under(headings: Sequence[Heading], code: str) -> int:
    """The place of the heading that an account stands under; the last one has none of its own and takes the rest."""
    for at, one in enumerate(headings):
        if one.codes and code.startswith(one.codes):
            return at
    return len(headings) - 1


def flow_of(code: str) -> tuple[str, int]:
    """The activity and the place in it of an account on the other side of money; what none names is other business."""
    for activity in (INVESTING, FINANCING, OPERATING):
        for at, one in enumerate(FLOWS[activity]):
            if one.codes and code.startswith(one.codes):
                return activity, at
    return OPERATING, len(FLOWS[OPERATING]) - 1
