"""How reports refuse."""

from datetime import date

from ledger.errors import DomainError


class NoSuchReceipt(DomainError):
    """Tanda terima ini tidak ada, atau bukan milik Anda."""

    code = "not_found"


class NoSuchPaper(DomainError):
    """Yang diminta dokumennya tidak ada dalam kelompok ini."""

    code = "not_found"


class NoSuchStatement(DomainError):
    """Dokumen ini tidak ada, atau bukan milik Anda."""

    code = "not_found"


class NoConsent(DomainError):
    """Hari ini pendana itu tidak diberi izin melihat apa pun; beri izin dahulu, lalu minta laporannya."""

    code = "no_consent"


class TooManyLines(DomainError):
    """Ada {count:amount} baris dalam masa ini, sedangkan satu dokumen memuat paling banyak {most:amount}; mintalah
    untuk masa yang lebih pendek."""

    code = "too_many_lines"

    @property
    def middle(self) -> date | None:
        """The last day of a first part with about half of the lines; None where days cannot part them."""
        found: date | None = self.facts.get("middle")
        return found


class FiguresDisagree(DomainError):
    """Angka dokumen ini tidak sama dengan buku ({name}: {shown:amount}, di buku {booked:amount}), jadi dokumen tidak
    dibuat; periksalah buku dengan verify_books."""

    code = "figures_disagree"


class NotPrinted(DomainError):
    """Dokumen ini tidak dapat dicetak: {what}."""

    code = "not_printed"


class TookTooLong(NotPrinted):
    """Dokumen ini terlalu lama dicetak, jadi dihentikan; mintalah untuk masa yang lebih pendek."""

    code = "took_too_long"


class TooLarge(NotPrinted):
    """Dokumen ini terlalu besar untuk dicetak; mintalah untuk masa yang lebih pendek."""

    code = "document_too_large"


class AskedOutside(NotPrinted):
    """Dokumen ini meminta sesuatu dari luar, jadi tidak dicetak."""

    code = "asked_outside"


class NoSeal(DomainError):
    """Segel {name} belum dipasang pada layanan ini."""

    code = "no_seal"


class NotReady(DomainError):
    """Dokumen {number} masih dibuat; coba lagi sebentar lagi."""

    code = "not_ready"


class NotIssued(DomainError):
    """Dokumen {number} tidak berlaku: {state}."""

    code = "not_issued"


class FileIsGone(DomainError):
    """Berkas dokumen {number} tidak dapat dibuka lagi."""

    code = "file_is_gone"


class DayToCome(DomainError):
    """Hari {until:day} belum tiba; dokumen hanya memuat yang sudah terjadi."""

    code = "future_date"


class TooManyAsked(DomainError):
    """Sudah {count} dokumen sedang dibuat untuk kelompok ini; tunggu sampai selesai."""

    code = "limit"


class NotAPdf(DomainError):
    """Berkas ini bukan PDF."""

    code = "not_a_pdf"


class FileTooLarge(DomainError):
    """Berkas lebih dari 20 MB."""

    code = "too_large"
