"""Putting in and taking out, one member at a time."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.utils.translation import gettext, gettext_lazy, gettext_noop

from ledger.dates import long_day
from ledger.money import written
from members.api.people import hers, noted
from members.forms import Act, Amount, Choice, Day, Words, plain, second_of, with_second
from members.page import FormPage, Outcome, Sitting, back_to
from members.views.seconds import seconds
from savings import queries
from savings.models import Product
from savings.queries import Holding

CHANNELS = [("cash", gettext_lazy("Tunai")), ("bank", gettext_lazy("Bank"))]
IMPROBABLE = 3
"""So many times what is due asks once whether it is right."""


class MovementForm(Act):
    """What goes in or out: product, amount, day, channel, a note. `held` is what she has before it."""

    places = dict.fromkeys(("future_date", "period_closed", "before_joining"), "effective_on")

    def __init__(self, at: Sitting, data: QueryDict | None, member_id: UUID, **initial: Any) -> None:
        super().__init__(data, initial={"effective_on": at.today, "channel": "cash"} | initial)
        self.at = at
        self.held = queries.holdings(at.group_id, member_id, on=at.today)
        choices = [(one.product.code, one.product.name) for one in self.offered()]
        if len(choices) == 1:
            self.initial["product"] = choices[0][0]
        self.fields["product"] = Choice(choices, chips=True, label=gettext("Simpanan"))
        self.fields["amount"] = Amount(at.group, label=gettext("Jumlah"))
        self.fields["channel"] = Choice(CHANNELS, chips=True, label=gettext("Lewat"))
        self.fields["effective_on"] = Day(latest=at.today, label=gettext("Tanggal"))
        self.fields["memo"] = Words(required=False, label=gettext("Catatan"))

    def offered(self) -> list[Holding]:
        """The products it may be about."""
        return self.held

    @property
    def details_are_open(self) -> bool:
        """Whether something is wrong with the day, the channel or the note."""
        return self.is_bound and any(self[name].errors for name in ("channel", "effective_on", "memo"))

    def body(self, member_id: UUID) -> dict[str, Any]:
        """As the endpoints read it."""
        names = ("product", "amount", "channel", "effective_on", "memo")
        return plain({name: self.cleaned_data[name] for name in names}) | {"member_id": str(member_id)}

    def money(self, amount: int) -> str:
        return written(amount, self.at.group.currency, self.at.group.digits)


class DepositForm(MovementForm):
    """`due`: what each product asks of her today and has not got."""

    def __init__(self, at: Sitting, data: QueryDict | None, member_id: UUID) -> None:
        rows = queries.due_rows(at.group_id, as_of=at.today, member_id=member_id)
        self.due = {row.product: row.arrears for row in rows if row.arrears}
        wanted = at.request.GET.get("isi", "")
        initial = {"product": wanted, "amount": self.due[wanted]} if wanted in self.due else {}
        super().__init__(at, data, member_id, **initial)

    @property
    def lines(self) -> list[tuple[Holding, int]]:
        """What she has in each product, and what it asks for."""
        return [(one, self.due.get(one.product.code, 0)) for one in self.held]

    def doubt(self) -> str:
        due, amount = self.due.get(self.cleaned_data["product"], 0), self.cleaned_data["amount"]
        if not due or amount < IMPROBABLE * due:
            return ""
        facts = {"amount": self.money(amount), "due": self.money(due)}
        return gettext("Benar %(amount)s? Yang harus dibayar %(due)s.") % facts


class WithdrawalForm(MovementForm):
    """`two`: the amount is above what one officer may pay out alone, so a second one consents."""

    places = MovementForm.places | {
        **dict.fromkeys(("floor", "insufficient_cash"), "amount"),
        **dict.fromkeys(("wrong_pin", "pin_locked", "second_not_valid"), "second_pin"),
        **dict.fromkeys(("savings_locked", "not_found"), "product"),
    }

    def __init__(self, at: Sitting, data: QueryDict | None, member_id: UUID) -> None:
        super().__init__(at, data, member_id)
        self.two = False
        with_second(self, seconds(at, "confirm_savings"))

    def offered(self) -> list[Holding]:
        return [one for one in self.held if one.free]

    @property
    def free(self) -> int:
        """All that may go today."""
        return sum(one.free for one in self.held)

    @property
    def locked(self) -> dict[str, list[Holding]]:
        """What may not go, or not all of it, by the reason."""
        found: dict[str, list[Holding]] = {}
        for one in self.held:
            if one.balance and (why := self._why(one)):
                found.setdefault(why, []).append(one)
        return found

    def _why(self, one: Holding) -> str:
        kind = one.product.withdrawable
        if kind == Product.Withdrawable.NEVER:
            return gettext("tidak dapat diambil.")
        if kind == Product.Withdrawable.LEAVING:
            return gettext("baru dapat diambil kalau ia keluar dari kelompok.")
        if one.opens_on is not None and one.opens_on > self.at.today:
            return gettext("baru dapat diambil mulai %(day)s.") % {"day": long_day(one.opens_on)}
        if one.product.floor:
            return gettext("%(floor)s harus tetap tinggal.") % {"floor": self.money(one.product.floor)}
        return ""

    def asks(self) -> bool:
        """Above the limit the second officer's fields come up before anything is sent."""
        self.two = self.cleaned_data["amount"] > self.at.group.single_officer_limit
        return self.two and self.data.get("two") != "ya"


class MovementPage(FormPage):
    """A form about one member's savings; then the receipt."""

    act = "record_savings"
    template = "savings/movement.html"
    tab = "members"
    money = True
    title = ""

    def show(self, at: Sitting, member_id: UUID) -> dict[str, Any]:
        noted(at.here, member_id, "savings")
        return {"row": hers(at.here, member_id), "title": gettext(self.title), "key": self.key}

    def done(self, at: Sitting, outcome: Outcome, member_id: UUID) -> HttpResponse:
        if outcome.waits:
            messages.warning(at.request, gettext("Menunggu persetujuan pengurus lain, paling lama 24 jam."))
            return back_to(at, "member", member_id=member_id)
        if outcome.replayed:
            messages.success(at.request, gettext("Sudah tercatat."))
        return back_to(at, "receipt", command=self.key)


class Deposit(MovementPage):
    """Money from a member into one of her savings."""

    title = gettext_noop("Setor simpanan")

    def form(self, at: Sitting, data: QueryDict | None = None, *, member_id: UUID) -> DepositForm:
        hers(at.here, member_id)
        return DepositForm(at, data, member_id)

    def send(self, at: Sitting, form: DepositForm, member_id: UUID) -> HttpResponse:
        return self.done(at, at.do("savings-deposits", form.body(member_id), key=self.key), member_id)


class Withdraw(MovementPage):
    """Money to a member out of one of her savings; above the group's limit with a second officer."""

    template = "savings/withdraw.html"
    title = gettext_noop("Tarik simpanan")

    def form(self, at: Sitting, data: QueryDict | None = None, *, member_id: UUID) -> WithdrawalForm:
        hers(at.here, member_id)
        return WithdrawalForm(at, data, member_id)

    def show(self, at: Sitting, member_id: UUID) -> dict[str, Any]:
        return super().show(at, member_id) | {"limit": at.group.single_officer_limit}

    def send(self, at: Sitting, form: WithdrawalForm, member_id: UUID) -> HttpResponse:
        body = form.body(member_id) | second_of(form)
        return self.done(at, at.do("savings-withdrawals", body, key=self.key), member_id)
