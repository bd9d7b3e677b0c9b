"""How the ledger refuses: the docstring is the sentence for people, `code` is for clients, `facts` are both's.

A refusal stores nothing. Amounts in a sentence are written `{name:amount}` and days `{name:day}`; in `facts` they stay
an int in the smallest payable unit and a `date`.
"""

import string
from collections.abc import Callable
from typing import Any, ClassVar

from ledger.dates import long_day
from ledger.money import grouped


class Sentence(string.Formatter):
    """`str.format` that writes amounts and days as Indonesia does.

    A refusal is said in Bahasa Indonesia unless whoever knows the reader puts other words in: `language` tells hers
    ("id", "en"), `translate` gives a sentence or a word in it. `write` writes an amount.
    """

    language: ClassVar[Callable[[], str]] = staticmethod(lambda: "id")
    translate: ClassVar[Callable[[str], str]] = staticmethod(str)

    def __init__(self, write: Callable[[int], str] = grouped) -> None:
        self.write = write

    def format_field(self, value: Any, format_spec: str) -> str:
        if format_spec == "amount":
            return self.write(value)
        if format_spec == "day":
            return long_day(value, Sentence.language())
        if type(value) is str and value and not format_spec:
            return Sentence.translate(value)
        return str(super().format_field(value, format_spec))


class DomainError(Exception):
    """Permintaan ini ditolak."""

    code: ClassVar[str] = "refused"

    def __init__(self, **facts: Any) -> None:
        self.facts = facts
        super().__init__(self.sentence)

    @property
    def sentence(self) -> str:
        """The docstring with its facts filled in, on one line."""
        return self.said()

    def said(self, write: Callable[[int], str] = grouped) -> str:
        """The same, with its amounts as `write` writes them: on pages with their currency."""
        said = Sentence.translate(" ".join((self.__doc__ or "").split()))
        return Sentence(write).format(said, **self.facts)


class NoSuchBook(DomainError):
    """Buku kelompok {group_id} tidak ada."""

    code = "not_found"


class NoSuchEntry(DomainError):
    """Jurnal {entry_id} tidak ada di buku ini."""

    code = "not_found"


class NoSuchAccount(DomainError):
    """Akun {account} tidak ada di buku ini."""

    code = "not_found"


class Unbalanced(DomainError):
    """Jurnal tidak seimbang: debit {debit:amount}, kredit {credit:amount}, {lines} baris. Perlu dua baris atau lebih
    dan jumlah yang sama."""

    code = "unbalanced"


class FutureDate(DomainError):
    """Tanggal {effective_on:day} belum tiba; hari ini {today:day}."""

    code = "future_date"


class PeriodClosed(DomainError):
    """Tanggal {effective_on:day} ada di bulan yang sudah ditutup; hari pertama yang masih terbuka adalah
    {first_open_on:day}."""

    code = "period_closed"


class FloorBreached(DomainError):
    """Saldo {account} tidak cukup: pada {first_day:day} kurang {shortfall:amount}."""

    code = "floor"


class AlreadyReversed(DomainError):
    """Jurnal nomor {seq} sudah dibatalkan."""

    code = "already_reversed"


class IsAReversal(DomainError):
    """Jurnal nomor {seq} adalah pembatalan dan tidak dapat dibatalkan lagi; catat ulang jurnal yang benar."""

    code = "already_reversed"


class LaterEntries(DomainError):
    """Jurnal nomor {seq} tidak dapat dibatalkan sebelum jurnal yang menyusulnya: nomor {later}."""

    code = "later_entries"


class AccountIsOwned(DomainError):
    """Akun {account} diisi oleh bagian {owner}; jurnal umum tidak boleh mengubahnya."""

    code = "account_is_owned"


class AccountExists(DomainError):
    """Akun {account} sudah ada di buku ini."""

    code = "account_exists"


class MonthNotNext(DomainError):
    """Bulan ditutup berurutan: yang berikutnya {next_month}, bukan {month}."""

    code = "not_ready"


class MonthNotOver(DomainError):
    """Bulan {month} belum berakhir; baru dapat ditutup mulai {possible_from:day}."""

    code = "future_date"


class MonthNotClosed(DomainError):
    """Hanya bulan yang terakhir ditutup dapat dibuka lagi; {month} bukan bulan itu."""

    code = "not_ready"


class SecondPersonMissing(DomainError):
    """Menutup dan membuka bulan perlu dua orang yang berbeda."""

    code = "awaiting_second"


class KeyReused(DomainError):
    """Kunci {key} sudah dipakai untuk permintaan lain atau oleh orang lain."""

    code = "idempotency_key_reused"


class CommandInProgress(DomainError):
    """Buku kelompok sedang dipakai permintaan lain; coba lagi sebentar lagi dengan kunci yang sama."""

    code = "command_in_progress"


BY_NAME = {refusal.__name__: refusal for refusal in DomainError.__subclasses__()}
"""The posting functions in SQL name a refusal by its class."""
