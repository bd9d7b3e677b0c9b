"""The chart of accounts every book opens with, as data. Imports no Django.

Codes, names and types follow the books of Indonesian savings-and-loan groups (UPK and koperasi practice, SAK EP
headings). `owner` names the part of Lumbung that alone may post there: a manual journal on such an account is refused,
because what it holds must equal the sum of what each member holds. `floor` 0 means the balance may never be negative.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ChartAccount:
    """One row of the chart. `normal` is the side on which the balance grows: "D" debit, "C" credit."""

    code: str
    name: str
    name_en: str
    kind: str
    normal: str
    owner: str | None = None
    floor: int | None = None


@dataclass(frozen=True, slots=True)
class NewLeaf:
    """An account to be opened below the chart's `parent`, of its kind and side, for the app `owned_by`.

    `name` bears no person's name. `floor` is the lowest balance allowed, in the smallest unit; None: no bound.
    """

    parent: str
    code: str
    name: str
    owned_by: str
    floor: int | None = None


def _rows(
    kind: str, normal: str, table: str, *, owner: str | None = None, floor: int | None = None
) -> list[ChartAccount]:
    """Rows written `code | Indonesian | English`, all of one kind."""
    cells = ([cell.strip() for cell in line.split("|")] for line in table.strip().splitlines())
    return [ChartAccount(code, name, name_en, kind, normal, owner, floor) for code, name, name_en in cells]


CHART: tuple[ChartAccount, ...] = tuple(
    sorted(
        [
            *_rows("asset", "D", floor=0, table="""
                1-1010 | Kas kelompok | Cash on hand
                1-1020 | Kas kecil sekretariat | Petty cash
                1-1030 | Kas dalam perjalanan / titipan pertemuan | Cash in transit
                1-1110 | Bank - rekening kelompok | Bank, group account
                1-1120 | Bank - tabungan tanggung renteng | Bank, guarantee fund
                1-1130 | Simpanan di UPK/koperasi | Deposit at UPK/coop
            """),
            *_rows("asset", "D", owner="loans", table="""
                1-1210 | Pinjaman anggota - bahan baku | Member loans, raw material
                1-1220 | Pinjaman anggota - modal kerja | Member loans, working capital
                1-1230 | Pinjaman anggota - musiman (yarnen) | Member loans, seasonal
                1-1240 | Pinjaman sosial | Social loans
                1-1310 | Piutang jasa | Interest receivable
                1-1320 | Piutang denda | Fines receivable
                1-1330 | Piutang talangan tanggung renteng | Due from members covered by the group
            """),
            *_rows("asset", "D", table="""
                1-1340 | Piutang simpanan wajib | Savings arrears
                1-1410 | Persediaan bahan baku | Raw material stock
                1-1420 | Uang muka pembelian bahan | Advances to suppliers
                1-1510 | Biaya dibayar di muka | Prepaid expenses
                1-2010 | Inventaris dan peralatan | Equipment
            """),
            *_rows("asset", "C", table="""
                1-1290 | Cadangan kerugian pinjaman | Loan loss allowance
                1-2090 | Akumulasi penyusutan | Accumulated depreciation
            """),
            *_rows("liability", "C", owner="savings", table="""
                2-1010 | Simpanan sukarela | Voluntary savings
                2-1020 | Simpanan berjangka | Term savings
                2-1030 | Simpanan hari raya | Festival savings
                2-1040 | Tabungan tanggung renteng | Guarantee-fund savings
            """),
            *_rows("liability", "C", owner="loans", table="""
                2-1050 | Titipan angsuran | Instalments paid ahead
                2-1060 | Utang kepada penanggung renteng | Due to members who covered
            """),
            *_rows("liability", "C", table="""
                2-1110 | Utang UPK/Bumdesma LKD | Loan from UPK
                2-1120 | Utang bank (KUR/KUP) | Bank loan
                2-1130 | Utang LPDB/lembaga lain | Other lenders
                2-1140 | Utang jasa pinjaman | Interest payable to lenders
                2-1210 | Dana sosial | Social fund
                2-1220 | Dana pendidikan | Education fund
                2-1230 | Dana pengurus/pengawas | Officers' fund
                2-1240 | Utang SHU anggota | Surplus payable to members
                2-1250 | Utang IPTW | On-time rebate payable
                2-1260 | Simpanan anggota keluar | Refunds to leavers
                2-1310 | Utang pemasok bahan baku | Supplier payable
                2-1410 | Utang pajak | Tax payable
            """),
            *_rows("equity", "C", owner="savings", table="""
                3-1010 | Simpanan pokok | Membership shares
                3-1020 | Simpanan wajib | Compulsory savings
            """),
            *_rows("equity", "C", table="""
                3-1030 | Modal hibah/donasi | Grants
                3-1040 | Modal penyertaan | Outside participation
                3-1050 | Modal bergulir program | Programme revolving fund
                3-2010 | Cadangan umum | General reserve
                3-2020 | Cadangan risiko (dari SHU) | Risk reserve
                3-3010 | SHU tahun lalu belum dibagi | Prior surplus
                3-3020 | SHU tahun berjalan | Current surplus
                3-9010 | Saldo awal (migrasi) | Opening balance equity
            """),
            *_rows("income", "C", table="""
                4-1010 | Pendapatan jasa pinjaman anggota | Interest from members
                4-1020 | Pendapatan provisi/administrasi | Fees
                4-1030 | Pendapatan denda | Late charges
                4-1040 | Pendapatan iuran/uang buku | Dues, books
                4-1050 | Margin penjualan bahan baku | Raw-material margin
                4-2010 | Bunga bank | Bank interest
                4-2020 | Pendapatan lain | Other income
                4-2030 | Pemulihan pinjaman hapus buku | Recoveries
                4-9010 | Selisih pembulatan | Rounding
            """),
            *_rows("expense", "D", table="""
                5-1010 | Beban jasa simpanan | Interest on savings
                5-1020 | Beban jasa pinjaman (UPK/bank) | Cost of borrowed funds
                5-1030 | Beban IPTW | On-time rebate
                5-1040 | Beban kerugian pinjaman | Provision expense
                5-2010 | Insentif pengurus | Officers' incentive
                5-2020 | ATK dan cetak | Stationery
                5-2030 | Konsumsi rapat | Meeting costs
                5-2040 | Transport | Transport
                5-2050 | Administrasi bank | Bank charges
                5-2060 | Penyusutan | Depreciation
                5-2070 | Meterai | Stamp duty
                5-2080 | Selisih kas | Cash over/short
                5-3010 | Beban pajak | Tax
            """),
            *_rows("memo", "D", table="""
                9-1010 | Pinjaman hapus buku | Loans written off
                9-1020 | Jasa dalam penyelesaian | Interest not accrued
            """),
            *_rows("memo", "C", table="""
                9-9010 | Lawan akun memo | Memo contra
            """),
        ],
        key=lambda row: row.code,
    )
)  # fmt: skip

MONEY = frozenset(row.code for row in CHART if row.kind == "asset" and row.floor == 0)
"""Cash and bank: what an officer alone may take out only up to the group's limit."""
