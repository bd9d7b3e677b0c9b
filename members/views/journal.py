"""What the treasurer records beside savings and loans: costs, other money that comes, cash to the bank and back."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.db.models import Max
from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy

from ledger import queries as books
from ledger.chart import MONEY
from ledger.models import Account, Posting
from ledger.money import written
from members.forms import Act, Amount, Choice, Day, Words, plain, second_of, with_second
from members.page import FormPage, Sitting, back_to
from members.views.seconds import seconds
from members.views.words import SIDES, account_name

WAYS = {
    "keluar": gettext_lazy("Uang keluar"),
    "masuk": gettext_lazy("Uang masuk"),
    "pindah": gettext_lazy("Pindah kas ↔ bank"),
    "rinci": gettext_lazy("Debit dan kredit"),
}
CHANNELS = [("1-1010", gettext_lazy("Kas")), ("1-1110", gettext_lazy("Bank"))]
CROSSING = [("1-1010 1-1110", gettext_lazy("Kas → bank")), ("1-1110 1-1010", gettext_lazy("Bank → kas"))]
NOT_EXPENSES = frozenset({"5-1010", "5-1040", "5-2060"})
"""Costs that no money pays on the day."""
BOUGHT = ("1-1410", "1-1420", "1-1510", "1-2010")
NOT_INCOME = frozenset({"4-1010", "4-1030", "4-9010", "4-2030"})
"""What comes through a loan or from rounding, never as money of its own."""
CAME = ("3-1030", "3-1040", "3-1050", "2-1110", "2-1120", "2-1130")
PAID = ("2-1110", "2-1120", "2-1130", "2-1140", "2-1210", "2-1220", "2-1230", "2-1240", "2-1310", "2-1410")
LINES = 6
IMPROBABLE = 3
"""So many times the largest amount there ever was on an account asks once whether it is right."""


def chosen(accounts: list[Account], way: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """The accounts a way offers, by the head they stand under; none that savings or loans keep."""
    free = [one for one in accounts if one.parent_id is None and one.owned_by is None]
    if way == "keluar":
        costs = [one for one in free if one.kind == "expense" and one.code not in NOT_EXPENSES]
        others = [one for one in free if one.code in (*BOUGHT, *PAID)]
    elif way == "masuk":
        costs = [one for one in free if one.kind == "income" and one.code not in NOT_INCOME]
        others = [one for one in free if one.code in CAME]
    else:
        costs, others = [], free
    heads: dict[str, list[tuple[str, str]]] = {}
    for one in [*costs, *others]:
        heads.setdefault(gettext(SIDES[one.kind]), []).append((one.code, account_name(one)))
    return list(heads.items())


class JournalForm(Act):
    """Money out, in, or across, in plain words. `two`: the amount is above what one officer may take out alone."""

    places = dict.fromkeys(("period_closed", "future_date"), "effective_on") | {
        **dict.fromkeys(("floor", "postings/0/debit"), "amount"),
        **dict.fromkeys(("wrong_pin", "pin_locked", "second_not_valid", "second"), "second_pin"),
    }

    def __init__(self, at: Sitting, data: QueryDict | None, way: str) -> None:
        super().__init__(data, initial={"effective_on": at.today, "channel": "1-1010"})
        self.at, self.way, self.two, self.most = at, way, False, 0
        self.describe(list(books.accounts(at.group_id)))
        self.fields["effective_on"] = Day(latest=at.today, label=gettext("Tanggal"))
        self.fields["memo"] = Words(label=gettext("Untuk apa?"), help_text=MEMOS[way])
        self.officers = seconds(at, "confirm_journal")
        with_second(self, self.officers)

    def describe(self, accounts: list[Account]) -> None:
        """The fields that say what goes where."""
        heads = chosen(accounts, self.way)
        self.fields["amount"] = Amount(self.at.group, label=gettext("Jumlah"))
        if self.way == "pindah":
            self.fields["crossing"] = Choice(CROSSING, chips=True, label=gettext("Dari mana ke mana?"))
            return
        label = gettext("Dibayar untuk") if self.way == "keluar" else gettext("Uang apa?")
        self.fields["account"] = Choice([("", gettext("Pilih…")), *heads], label=label)
        self.fields["channel"] = Choice(CHANNELS, chips=True, label=gettext("Lewat"))

    @property
    def postings(self) -> list[dict[str, Any]]:
        """The lines the endpoint is sent."""
        given = self.cleaned_data
        if self.way == "pindah":
            credited, debited = given["crossing"].split()
        elif self.way == "keluar":
            debited, credited = given["account"], given["channel"]
        else:
            debited, credited = given["channel"], given["account"]
        return [{"account": debited, "debit": given["amount"]}, {"account": credited, "credit": given["amount"]}]

    def clean(self) -> dict[str, Any]:
        """Looks up the largest amount that stands on the account, while the book is open."""
        given = super().clean() or {}
        if given.get("account"):
            lines = Posting.objects.filter(group_id=self.at.group_id, account__group_id=self.at.group_id)
            stands = lines.filter(account__code=given["account"], entry__reverses=None, entry__reversals=None)
            found = stands.aggregate(debit=Max("debit"), credit=Max("credit"))
            self.most = max(found["debit"] or 0, found["credit"] or 0)
        return given

    def doubt(self) -> str:
        """Whether the amount is far above any there was on that account."""
        most, amount = self.most, self.cleaned_data.get("amount")
        if not most or not amount or amount < IMPROBABLE * most:
            return ""
        group = self.at.group
        facts = {name: written(one, group.currency, group.digits) for name, one in (("now", amount), ("most", most))}
        return gettext("Benar %(now)s? Yang terbesar di sini selama ini %(most)s.") % facts

    @property
    def sure_already(self) -> bool:
        """She answered the question a step before."""
        return isinstance(self.data, QueryDict) and "ya" in self.data.getlist("sure")

    def asks(self) -> bool:
        """Above the limit the second officer's fields come up before anything is sent, once no question is open."""
        if super().asks():
            return True
        self.question = ""
        taken = sum(line.get("credit", 0) for line in self.postings if line["account"] in MONEY)
        self.two = taken > self.at.group.single_officer_limit
        return self.two and self.data.get("two") != "ya"


MEMOS = {
    "keluar": gettext_lazy("Misalnya: konsumsi rapat November."),
    "masuk": gettext_lazy("Misalnya: bunga bank Oktober."),
    "pindah": gettext_lazy("Misalnya: disetor ke BRI."),
    "rinci": gettext_lazy("Yang akan dibaca orang lain tahun depan."),
}


class LinesForm(JournalForm):
    """Two to six lines as bookkeepers write them."""

    places = JournalForm.places | {"floor": "debit_1", "unbalanced": "debit_1", "account_is_owned": "account_1"}

    def describe(self, accounts: list[Account]) -> None:
        heads = [("", "–"), *chosen(accounts, "rinci")]
        for number in range(1, LINES + 1):
            self.fields[f"account_{number}"] = Choice(heads, required=number <= 2, label=gettext("Akun"))
            self.fields[f"debit_{number}"] = Amount(self.at.group, chips=(), required=False, label=gettext("Debit"))
            self.fields[f"credit_{number}"] = Amount(self.at.group, chips=(), required=False, label=gettext("Kredit"))

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The fields line by line, for the template."""
        names = ("account", "debit", "credit")
        return [{name: self[f"{name}_{number}"] for name in names} for number in range(1, LINES + 1)]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for number in range(1, LINES + 1):
            account, debit, credit = (given.get(f"{name}_{number}") for name in ("account", "debit", "credit"))
            if account and bool(debit) == bool(credit) and f"debit_{number}" not in self.errors:
                self.add_error(f"debit_{number}", gettext("Isi salah satu: debit atau kredit."))
            elif not account and (debit or credit) and f"account_{number}" not in self.errors:
                self.add_error(f"account_{number}", gettext("Pilih akunnya."))
        debit, credit = (
            sum(given.get(f"{side}_{number}") or 0 for number in range(1, LINES + 1)) for side in ("debit", "credit")
        )
        if not self.errors and debit != credit:
            group = self.at.group
            facts = {name: written(one, group.currency, group.digits) for name, one in (("d", debit), ("c", credit))}
            self.add_error(None, gettext("Debit %(d)s dan kredit %(c)s belum sama.") % facts)
        return given

    @property
    def postings(self) -> list[dict[str, Any]]:
        given = self.cleaned_data
        return [
            {"account": given[f"account_{number}"], side: given[f"{side}_{number}"]}
            for number in range(1, LINES + 1)
            for side in ("debit", "credit")
            if given.get(f"account_{number}") and given.get(f"{side}_{number}")
        ]


class Journal(FormPage):
    """One of the ways; which one stands in the address."""

    act = "post_journal"
    template = "members/journal.html"
    tab = "book"
    money = True
    receipt = False

    def there(self, stored: Mapping[str, Any]) -> str:
        return reverse("p:entry", kwargs={"group_id": self.at.group_id, "entry_id": stored["id"]}) if stored else ""

    @property
    def way(self) -> str:
        given = self.at.request.GET.get("jenis", "")
        return given if given in WAYS else "keluar"

    def form(self, at: Sitting, data: QueryDict | None = None) -> JournalForm:
        return (LinesForm if self.way == "rinci" else JournalForm)(at, data, self.way)

    def show(self, at: Sitting) -> dict[str, Any]:
        return {"way": self.way, "ways": list(WAYS.items())[:3], "limit": at.group.single_officer_limit}

    def send(self, at: Sitting, form: JournalForm) -> HttpResponse:
        given = form.cleaned_data
        body = plain({"effective_on": given["effective_on"], "memo": given["memo"]}) | second_of(form)
        done = at.do("entries", body | {"postings": form.postings}, key=self.key)
        if done.waits:
            messages.warning(at.request, gettext("Menunggu persetujuan pengurus lain, paling lama 24 jam."))
            return back_to(at, "pending")
        messages.success(at.request, gettext("Sudah tercatat.") if done.replayed else gettext("Tercatat."))
        return back_to(at, "entry", entry_id=done.data["id"])
