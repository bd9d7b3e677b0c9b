"""How savings refuse. `code` is for clients; what status a code has stands in `config/api.py`."""

from ledger.errors import DomainError


class NoSuchProduct(DomainError):
    """Jenis simpanan {product} tidak ada di kelompok ini."""

    code = "not_found"


class ProductExists(DomainError):
    """Jenis simpanan {product} sudah ada di kelompok ini."""

    code = "product_exists"


class SavingsLocked(DomainError):
    """Simpanan {product} tidak dapat diambil selama penyimpannya menjadi anggota."""

    code = "savings_locked"


class SavingsLockedForEver(DomainError):
    """Simpanan {product} tidak dapat diambil."""

    code = "savings_locked"


class SavingsLockedUntil(DomainError):
    """Simpanan {product} baru dapat diambil mulai {opens_on:day}."""

    code = "savings_locked"


class InsufficientCash(DomainError):
    """Uang di {account} tidak cukup: pada {first_day:day} kurang {shortfall:amount}."""

    code = "insufficient_cash"


class NotForLoans(DomainError):
    """Angsuran hanya dapat dibayar dari simpanan yang boleh diambil kapan saja, bukan dari {product}."""

    code = "savings_locked"
