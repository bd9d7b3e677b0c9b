"""How capital refuses. `code` is for clients; what status a code has stands in `config/api.py`."""

from ledger.errors import DomainError


class NoSuchLender(DomainError):
    """Pendana ini tidak ada di kelompok ini."""

    code = "not_found"


class NoSuchFacility(DomainError):
    """Fasilitas ini tidak ada di kelompok ini."""

    code = "not_found"


class NoSuchFunding(DomainError):
    """Pinjaman ini tidak dibiayai dari fasilitas nomor {facility}."""

    code = "not_found"


class LenderExists(DomainError):
    """Pendana dengan nama ini sudah ada, nomor {number}."""

    code = "lender_exists"


class BeforeAgreement(DomainError):
    """Tanggal {day:day} mendahului perjanjian fasilitas, {opened_on:day}."""

    code = "before_joining"


class OverFacility(DomainError):
    """Penarikan {amount:amount} melebihi sisa fasilitas nomor {facility}: dari {limit:amount} masih
    {available:amount}."""

    code = "limit"


class CannotDraw(DomainError):
    """Jumlah ini tidak dapat ditarik menurut syarat fasilitas nomor {facility}: {reason}"""

    code = "limit"


class Overpayment(DomainError):
    """Pembayaran {amount:amount} melebihi yang terutang; untuk melunasi cukup {payoff:amount}."""

    code = "overpayment"


class FollowedByPayment(DomainError):
    """Dengan ini pembayaran yang lebih baru pada fasilitas nomor {facility} menjadi lebih {rest:amount} dari yang
    terutang; batalkan dahulu pembayaran itu dan catat lagi."""

    code = "later_entries"


class Derived(DomainError):
    """Jurnal ini mengikuti sendiri dari jadwal dan pembayaran kepada pendana; batalkan pembayarannya."""

    code = "account_is_owned"


class LoanNotPaidOut(DomainError):
    """Pinjaman nomor {loan} belum dicairkan; hanya pinjaman yang sudah cair dapat dibiayai."""

    code = "loan_not_active"


class LoanEnded(DomainError):
    """Pinjaman nomor {loan} sudah berakhir pada {ended_on:day}."""

    code = "loan_not_active"


class AlreadyFunded(DomainError):
    """Pinjaman nomor {loan} sudah dibiayai dari fasilitas nomor {facility}."""

    code = "line_exists"


class OverDrawn(DomainError):
    """Fasilitas nomor {facility} hanya ditarik {drawn:amount}; yang belum membiayai pinjaman tinggal {free:amount}."""

    code = "limit"


class OverLoan(DomainError):
    """Pokok pinjaman nomor {loan} {principal:amount}; yang belum dibiayai pendana tinggal {free:amount}."""

    code = "limit"


class MoneyIsLent(DomainError):
    """Tanpa penarikan ini fasilitas nomor {facility} membiayai pinjaman {funded:amount}, lebih dari yang ditarik
    {drawn:amount}; lepaskan dahulu pinjaman itu dari fasilitas."""

    code = "limit"
