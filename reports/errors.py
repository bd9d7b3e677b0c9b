"""How reports refuse."""

from ledger.errors import DomainError


class NoSuchReceipt(DomainError):
    """Tanda terima ini tidak ada, atau bukan milik Anda."""

    code = "not_found"
