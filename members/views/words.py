"""Stored words in plain ones: what an entry was, and what waits for a second officer."""

from typing import Any

from django.utils.translation import get_language, gettext, gettext_noop

from ledger.models import Account

KINDS = {
    "journal": gettext_noop("Catatan umum"),
    "reversal": gettext_noop("Koreksi"),
    "savings_deposit": gettext_noop("Setoran simpanan"),
    "savings_withdrawal": gettext_noop("Tarik simpanan"),
    "savings_interest": gettext_noop("Jasa simpanan"),
    "settlement": gettext_noop("Penyelesaian anggota keluar"),
    "loan_disbursement": gettext_noop("Pencairan pinjaman"),
    "repayment": gettext_noop("Angsuran pinjaman"),
    "loan_accrual": gettext_noop("Jasa dan denda"),
    "loan_reallocation": gettext_noop("Angsuran dihitung ulang"),
    "loan_write_off": gettext_noop("Hapus buku pinjaman"),
    "loan_recovery": gettext_noop("Pembayaran pinjaman hapus buku"),
    "facility_drawdown": gettext_noop("Tarik dana dari pendana"),
    "facility_payment": gettext_noop("Bayar pendana"),
    "facility_accrual": gettext_noop("Jasa terutang kepada pendana"),
    "facility_reallocation": gettext_noop("Bayaran kepada pendana dihitung ulang"),
    "grant": gettext_noop("Modal yang diterima"),
    "loan_claim_waived": gettext_noop("Jasa dan denda yang dibebaskan"),
}
"""An entry's kind → what a treasurer calls it."""

WITH_RECEIPT = frozenset(
    {"savings_deposit", "savings_withdrawal", "settlement", "loan_disbursement", "repayment", "loan_recovery"}
)
"""The kinds for which somebody takes a paper home."""

FOLLOWING = frozenset({"loan_accrual", "loan_reallocation", "facility_accrual", "facility_reallocation"})
"""What follows from schedule and money by itself, and is never taken back by itself."""

SIDES = {"asset": gettext_noop("Harta"), "liability": gettext_noop("Utang dan simpanan sukarela")} | {
    "equity": gettext_noop("Modal dan simpanan anggota"),
    "income": gettext_noop("Pendapatan"),
    "expense": gettext_noop("Biaya"),
    "memo": gettext_noop("Catatan di luar neraca"),
}
"""An account's kind → the head it stands under."""


def kind_of(entry: Any) -> str:
    """What an entry was."""
    return gettext(KINDS.get(entry.kind, "Catatan lain"))


def account_name(account: Account) -> str:
    """An account as the reader calls it."""
    return account.name_en if get_language() == "en" else account.name
