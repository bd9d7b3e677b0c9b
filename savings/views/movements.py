"""Putting in and taking out, one member at a time."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.utils.translation import gettext, gettext_lazy

from members.api.people import hers
from members.forms import Act, Amount, Choice, Day, Words, plain
from members.page import FormPage, Sitting, back_to
from savings import queries

CHANNELS = [("cash", gettext_lazy("Tunai")), ("bank", gettext_lazy("Bank"))]
IMPROBABLE = 3
"""So many times what is due asks once whether it is right."""


class MovementForm(Act):
    """What goes in or out: product, amount, day, channel, a note."""

    def __init__(self, at: Sitting, data: QueryDict | None, member_id: UUID) -> None:
        super().__init__(data, initial={"effective_on": at.today, "channel": "cash"})
        held = queries.savings_of(at.group_id, member_id)
        names = {one.code: one.name for one in queries.products(at.group_id)}
        self.fields["product"] = Choice([(code, names[code]) for code in held], chips=True, label=gettext("Simpanan"))
        self.fields["amount"] = Amount(at.group, label=gettext("Jumlah"))
        self.fields["channel"] = Choice(CHANNELS, chips=True, label=gettext("Lewat"))
        self.fields["effective_on"] = Day(latest=at.today, label=gettext("Tanggal"))
        self.fields["memo"] = Words(required=False, label=gettext("Catatan"))


class Deposit(FormPage):
    """Money from a member into one of her savings."""

    act = "record_savings"
    template = "savings/movement.html"
    tab = "members"
    money = True

    def form(self, at: Sitting, data: QueryDict | None = None, *, member_id: UUID) -> MovementForm:
        return MovementForm(at, data, member_id)

    def show(self, at: Sitting, member_id: UUID) -> dict[str, Any]:
        return {"row": hers(at.here, member_id), "title": gettext("Setor simpanan")}

    def send(self, at: Sitting, form: MovementForm, member_id: UUID) -> HttpResponse:
        body = plain(form.cleaned_data) | {"member_id": str(member_id)}
        body.pop("sure", None)
        done = at.do("savings-deposits", body, key=self.key)
        messages.success(at.request, gettext("Sudah tercatat.") if done.replayed else gettext("Tercatat."))
        return back_to(at, "members")
