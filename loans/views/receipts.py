"""Where an act on a loan leads: its receipt, or the loan."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext

from members.page import Outcome, Sitting, back_to


def onwards(at: Sitting, key: UUID | None, loan_id: Any) -> HttpResponse:
    """To the receipt of what was just recorded under a key; without receipts to the loan."""
    try:
        address = reverse("p:receipt", kwargs={"group_id": at.group_id, "command": key})
    except NoReverseMatch:
        return back_to(at, "loan", loan_id=loan_id)
    response = HttpResponseRedirect(address)
    response.status_code = 303
    return response


def after_two(at: Sitting, done: Outcome, loan_id: Any, said: str) -> HttpResponse:
    """To the loan, with what was done; or that it waits for another officer."""
    if done.waits:
        messages.warning(at.request, gettext("Menunggu persetujuan pengurus lain, paling lama 24 jam."))
    else:
        messages.success(at.request, said)
    return back_to(at, "loan", loan_id=loan_id)
