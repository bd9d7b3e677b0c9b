"""How pages about capital name lenders, gifts, and where capital comes from and is."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext, gettext_lazy

from members.page import Outcome, Sitting, back_to

KINDS = {
    "upk": gettext_lazy("UPK atau Bumdesma"),
    "bank": gettext_lazy("Bank"),
    "dinas": gettext_lazy("Dinas atau LPDB"),
    "csr": gettext_lazy("CSR perusahaan"),
    "person": gettext_lazy("Perorangan"),
}
GIFTS = {
    "grant": gettext_lazy("Hibah"),
    "participation": gettext_lazy("Penyertaan"),
    "programme": gettext_lazy("Dana bergulir program"),
}
CHANNELS = {"cash": gettext_lazy("Tunai"), "bank": gettext_lazy("Bank")}
USES = {
    "material": gettext_lazy("Pinjaman bahan baku"),
    "working": gettext_lazy("Pinjaman modal kerja"),
    "seasonal": gettext_lazy("Pinjaman musiman"),
    "social": gettext_lazy("Pinjaman sosial"),
    "allowance": gettext_lazy("Cadangan kerugian pinjaman"),
}
SECOND = {"wrong_pin": "second_pin", "pin_locked": "second_pin", "no_pin": "second_officer"}


def after_two(at: Sitting, done: Outcome, said: str, page: str, **path: Any) -> HttpResponse:
    """Onwards to a page, with what was done; or that it waits for another officer."""
    if done.waits:
        messages.warning(at.request, gettext("Menunggu persetujuan pengurus lain, paling lama 24 jam."))
    else:
        messages.success(at.request, said)
    return back_to(at, page, **path)
