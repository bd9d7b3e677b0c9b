"""How loans refuse. `code` is for clients; what status a code has stands in `config/api.py`."""

from ledger.errors import DomainError


class NoSuchLoan(DomainError):
    """Pinjaman ini tidak ada, atau bukan milik Anda."""

    code = "not_found"


class NoSuchProduct(DomainError):
    """Jenis pinjaman {product} tidak ada di kelompok ini."""

    code = "not_found"


class NoSuchCharge(DomainError):
    """Biaya atau denda ini tidak ada pada pinjaman nomor {loan}."""

    code = "not_found"


class ProductExists(DomainError):
    """Jenis pinjaman dengan kode {product} sudah ada."""

    code = "account_exists"


class TermsIncomplete(DomainError):
    """Syarat pinjaman belum lengkap: {missing} belum disebut, juga tidak oleh jenis pinjamannya."""

    code = "terms_incomplete"


class LoanNotSubmitted(DomainError):
    """Pinjaman nomor {loan} tidak sedang menunggu keputusan; keadaannya {status}."""

    code = "loan_not_submitted"


class LoanNotApproved(DomainError):
    """Pinjaman nomor {loan} belum disetujui atau sudah dicairkan; keadaannya {status}."""

    code = "loan_not_approved"


class LoanNotActive(DomainError):
    """Pinjaman nomor {loan} tidak berjalan; keadaannya {status}."""

    code = "loan_not_active"


class NotWrittenOff(DomainError):
    """Pinjaman nomor {loan} tidak dihapus buku, atau tagihannya sudah dilepas."""

    code = "loan_not_active"


class OwnLoan(DomainError):
    """Tidak seorang pun memutuskan pinjamannya sendiri."""

    code = "own_loan"


class NotAMember(DomainError):
    """Hanya pengurus yang juga anggota kelompok dapat memutuskan pinjaman."""

    code = "not_allowed"


class AlreadyVoted(DomainError):
    """Anda sudah memberi suara untuk pinjaman nomor {loan}."""

    code = "already_voted"


class OverLimit(DomainError):
    """Pinjaman ini melewati batas: {reasons}"""

    code = "limit"


class InsufficientCash(DomainError):
    """Uang kelompok di {account} tidak cukup: tersedia {available:amount}, perlu {needed:amount}."""

    code = "insufficient_cash"


class Overpayment(DomainError):
    """Pembayaran {amount:amount} melebihi yang terutang; untuk melunasi cukup {payoff:amount}."""

    code = "overpayment"


class BeforeDisbursement(DomainError):
    """Tanggal {day:day} mendahului pencairan, {disbursed_on:day}."""

    code = "before_joining"


class PurchaseOverPrincipal(DomainError):
    """Belanja bahan {total:amount} melebihi pokok pinjaman {principal:amount}."""

    code = "limit"


class FollowedByReschedule(DomainError):
    """Dengan perubahan ini tidak ada lagi yang terutang ketika pinjaman nomor {loan} dijadwal ulang; batalkan dahulu
    penjadwalan itu."""

    code = "later_entries"


class FollowedByOthers(DomainError):
    """Setelah {day:day} masih ada yang terjadi pada pinjaman nomor {loan}, terakhir {last:day}; batalkan itu dahulu."""

    code = "later_entries"


class Derived(DomainError):
    """Jurnal ini mengikuti sendiri dari jadwal dan angsuran; batalkan angsurannya atau hapuskan dendanya."""

    code = "account_is_owned"


class DayOfOriginal(DomainError):
    """Pembatalan ini harus bertanggal {day:day}, sama dengan aslinya atau hari pertama yang masih terbuka."""

    code = "reversal_day"


class NothingToWaive(DomainError):
    """Biaya atau denda ini sudah lunas atau sudah dihapuskan."""

    code = "not_ready"


class NothingToWriteOff(DomainError):
    """Tidak ada lagi yang terutang pada pinjaman nomor {loan}."""

    code = "not_ready"


class StillOwes(DomainError):
    """Anggota nomor {number} masih berutang {owed:amount} setelah semua simpanannya diperhitungkan."""

    code = "limit"


class StillHeld(DomainError):
    """Pinjaman nomor {loan} sudah berakhir, tetapi titipannya masih {amount:amount}; batalkan angsuran yang berlebih
    dan catat lagi sebesar yang terutang."""

    code = "still_held"


class WorkInProgress(DomainError):
    """Anggota nomor {number} masih punya pengajuan pinjaman nomor {loan}; tarik atau tolak dahulu."""

    code = "not_ready"


class NothingCollected(DomainError):
    """Belum ada yang dibayar: sebutkan setoran simpanan atau angsuran."""

    code = "nothing_collected"
