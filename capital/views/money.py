"""The lenders' money on pages: drawn, paid back, told apart by the loans it became; and what is given for good."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import get_language, gettext

from capital import queries
from capital.models import Facility
from capital.views import words
from capital.views.facilities import named
from ledger.dates import long_day
from loans import queries as loans
from loans.views.words import called, members_by_id
from members.forms import Act, Amount, Choice, Day, Words, plain, second_of, with_second
from members.page import FormPage, Sitting, back_to
from members.views.seconds import seconds

CONFIRM = "confirm_capital"
PLACES = words.SECOND | {"future_date": "on", "before_joining": "on", "period_closed": "on", "later_entries": "on"}


class MoneyForm(Act):
    """How much, how, when, and with whom."""

    places = PLACES | {"limit": "amount", "overpayment": "amount", "insufficient_cash": "channel"}

    def __init__(self, at: Sitting, data: QueryDict | None, *, label: str, amount: int | None = None) -> None:
        super().__init__(data, initial={"channel": "cash", "on": at.today, "amount": amount})
        self.fields["amount"] = Amount(at.group, chips=(), label=label)
        self.fields["channel"] = Choice(list(words.CHANNELS.items()), chips=True, label=gettext("Lewat"))
        self.fields["on"] = Day(latest=at.today, label=gettext("Tanggal"))
        with_second(self, seconds(at, CONFIRM))

    def body(self, day: str) -> dict[str, Any]:
        """As the endpoint reads it."""
        given = self.cleaned_data
        return plain({"amount": given["amount"], "channel": given["channel"], day: given["on"]}) | second_of(self)


class OnFacility(FormPage):
    """A form about one facility, whose lender and number stand above it."""

    act = "record_capital"
    template = "capital/act.html"
    tab = "more"
    money = True
    receipt = False

    def facility(self, at: Sitting, facility_id: UUID) -> Facility:
        return queries.facility(at.group_id, facility_id)

    def show(self, at: Sitting, facility_id: UUID) -> dict[str, Any]:
        facility = self.facility(at, facility_id)
        [standing] = queries.standings(at.group_id, [facility], on=at.today)
        return {"lead": named(facility)} | self.about(standing)

    def about(self, standing: queries.Standing) -> dict[str, Any]:
        raise NotImplementedError

    def there(self, stored: Mapping[str, Any]) -> str:
        path = {"group_id": self.at.group_id, "facility_id": self.kwargs["facility_id"]}
        return reverse("p:facility", kwargs=path)


class Draw(OnFacility):
    """Draw a part of a facility."""

    def about(self, standing: queries.Standing) -> dict[str, Any]:
        return {
            "title": gettext("Tarik dana"),
            "facts": [
                (gettext("Fasilitas"), standing.facility.limit),
                (gettext("Masih dapat ditarik"), standing.available),
            ],
            "primary": gettext("Catat"),
        }

    def form(self, at: Sitting, data: QueryDict | None = None, *, facility_id: UUID) -> MoneyForm:
        [standing] = queries.standings(at.group_id, [self.facility(at, facility_id)], on=at.today)
        return MoneyForm(at, data, label=gettext("Yang ditarik"), amount=standing.available or None)

    def send(self, at: Sitting, form: MoneyForm, facility_id: UUID) -> HttpResponse:
        done = at.do("facility-drawdowns", form.body("drawn_on"), key=self.key, facility_id=facility_id)
        return words.after_two(at, done, gettext("Tercatat."), "facility", facility_id=facility_id)


class Pay(OnFacility):
    """Pay a lender back; what is due is filled in."""

    def about(self, standing: queries.Standing) -> dict[str, Any]:
        due = (gettext("Jatuh tempo"), standing.due_now)
        if not standing.due_now and standing.next_due_on:
            when = long_day(standing.next_due_on, get_language() or "id")
            due = (gettext("Berikutnya, %(day)s") % {"day": when}, standing.next_due_amount or 0)
        return {
            "title": gettext("Bayar pendana"),
            "facts": [due, (gettext("Melunasi semua hari ini"), standing.derived.payoff.total)],
            "primary": gettext("Catat"),
        }

    def form(self, at: Sitting, data: QueryDict | None = None, *, facility_id: UUID) -> MoneyForm:
        [standing] = queries.standings(at.group_id, [self.facility(at, facility_id)], on=at.today)
        due = standing.due_now or standing.next_due_amount
        return MoneyForm(at, data, label=gettext("Yang dibayar"), amount=due or None)

    def send(self, at: Sitting, form: MoneyForm, facility_id: UUID) -> HttpResponse:
        done = at.do("facility-payments", form.body("paid_on"), key=self.key, facility_id=facility_id)
        return words.after_two(at, done, gettext("Tercatat."), "facility", facility_id=facility_id)


class FundForm(Act):
    """Which loan, and how much of it."""

    places = {"limit": "amount", "line_exists": "loan", "loan_not_active": "loan"}

    def __init__(self, at: Sitting, data: QueryDict | None, facility: Facility) -> None:
        super().__init__(data)
        running = list(loans.loans(at.group_id, status="active").order_by("-number"))
        known = set(
            queries.fundings(at.group_id, facility_id=facility.id)
            .filter(ended_on=None)
            .values_list("loan_id", flat=True)
        )
        people = members_by_id(at.group_id, {one.member_id for one in running})
        self.free = [one for one in running if one.id not in known]
        choices = [
            (
                str(one.id),
                gettext("%(name)s, no. %(number)s: %(sum)s")
                % {"name": called(people.get(one.member_id)), "number": one.number, "sum": at.written(one.principal)},
            )
            for one in self.free
        ]
        self.fields["loan"] = Choice(choices, label=gettext("Pinjaman"))
        self.fields["amount"] = Amount(at.group, chips=(), label=gettext("Berapa dari pendana ini"))


class Fund(FormPage):
    """Say which loan a facility's money became; nothing moves by that."""

    act = "fund_loan"
    template = "capital/act.html"
    tab = "more"

    def show(self, at: Sitting, facility_id: UUID) -> dict[str, Any]:
        facility = queries.facility(at.group_id, facility_id)
        free = queries.drawn(at.group_id, facility.id) - queries.funded(at.group_id, facility.id)
        return {
            "title": gettext("Dipakai untuk pinjaman"),
            "lead": named(facility),
            "hint": gettext("Hanya keterangan: tidak ada uang yang berpindah."),
            "facts": [(gettext("Ditarik dan belum di pinjaman"), max(free, 0))],
            "primary": gettext("Simpan"),
        }

    def form(self, at: Sitting, data: QueryDict | None = None, *, facility_id: UUID) -> FundForm:
        return FundForm(at, data, queries.facility(at.group_id, facility_id))

    def send(self, at: Sitting, form: FundForm, facility_id: UUID) -> HttpResponse:
        body = {"loan_id": form.cleaned_data["loan"], "amount": form.cleaned_data["amount"]}
        at.do("facility-loans", body, facility_id=facility_id)
        messages.success(at.request, gettext("Tersimpan."))
        return back_to(at, "facility", facility_id=facility_id)


class Release(FormPage):
    """From today on a loan is not this facility's money."""

    act = "fund_loan"
    template = "capital/act.html"
    tab = "more"

    def show(self, at: Sitting, facility_id: UUID, funding_id: UUID) -> dict[str, Any]:
        facility = queries.facility(at.group_id, facility_id)
        one = queries.funding(at.group_id, facility, funding_id)
        people = members_by_id(at.group_id, [one.loan.member_id])
        facts = {"name": called(people.get(one.loan.member_id)), "number": one.loan.number}
        return {
            "title": gettext("Lepaskan pinjaman"),
            "lead": named(facility),
            "hint": gettext("Mulai hari ini pinjaman no. %(number)s (%(name)s) tidak dihitung dari pendana ini.")
            % facts,
            "primary": gettext("Lepaskan"),
        }

    def form(self, at: Sitting, data: QueryDict | None = None, *, facility_id: UUID, funding_id: UUID) -> Act:
        queries.funding(at.group_id, queries.facility(at.group_id, facility_id), funding_id)
        return Act(data)

    def send(self, at: Sitting, form: Act, facility_id: UUID, funding_id: UUID) -> HttpResponse:
        at.do("facility-loan", {}, method="DELETE", facility_id=facility_id, funding_id=funding_id)
        messages.success(at.request, gettext("Dilepaskan."))
        return back_to(at, "facility", facility_id=facility_id)


class GrantForm(MoneyForm):
    """Who gave, what it is, and the money."""

    def __init__(self, at: Sitting, data: QueryDict | None) -> None:
        super().__init__(at, data, label=gettext("Jumlah"))
        kind = Choice(list(words.GIFTS.items()), chips=True, label=gettext("Apa"), initial="grant")
        giver = Words(most=120, label=gettext("Dari siapa"))
        self.fields = {"kind": kind, "giver": giver} | self.fields


class GrantNew(FormPage):
    """Take in what is given for good."""

    act = "record_capital"
    template = "capital/act.html"
    tab = "more"
    money = True
    receipt = False

    def show(self, at: Sitting) -> dict[str, Any]:
        return {
            "title": gettext("Terima modal"),
            "hint": gettext("Yang tidak harus dibayar kembali: menambah modal sendiri kelompok."),
            "primary": gettext("Catat"),
        }

    def form(self, at: Sitting, data: QueryDict | None = None) -> GrantForm:
        return GrantForm(at, data)

    def send(self, at: Sitting, form: GrantForm) -> HttpResponse:
        body = form.body("received_on") | {name: form.cleaned_data[name] for name in ("kind", "giver")}
        done = at.do("grants", body, key=self.key)
        return words.after_two(at, done, gettext("Tercatat."), "grants")

    def there(self, stored: Mapping[str, Any]) -> str:
        return reverse("p:grants", kwargs={"group_id": self.at.group_id})
