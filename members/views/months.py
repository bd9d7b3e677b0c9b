"""The months of the book: closing the next one, opening the latest again."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.utils.translation import get_language, gettext

from ledger import queries as books
from ledger.chart import MONEY
from ledger.dates import long_day, month_named
from ledger.models import Entry
from members import queries, second
from members.forms import Act, Words, second_of, with_second
from members.page import FormPage, Outcome, Page, Sitting, back_to
from members.views.book import accounts_of, moved
from members.views.seconds import seconds
from members.views.words import account_name

COUNTED = ("1-1010", "1-1110")
"""The cash box and the bank, which are told apart also when one of them is empty."""


class Months(Page):
    """Every month, the newest first."""

    act = "see_books"
    template = "members/months.html"
    tab = "more"

    def show(self, at: Sitting) -> dict[str, Any]:
        periods = books.periods(at.group_id, at.today)
        return {
            "periods": [(one, one.head.hash.hex() if one.head else "") for one in reversed(periods)],
            "next": next_month(periods, at.today),
            "latest": latest_closed(periods),
        }


@dataclass(frozen=True, slots=True)
class Sums:
    """What a month was, for whoever counts the money before it is closed: entries, money in and out, and what each
    place of money holds at its end, by the account's name; cash and bank also where they hold nothing."""

    count: int
    came: int
    went: int
    left: list[tuple[str, int]]


def sums_of(group_id: UUID, month: date) -> Sums:
    entries = list(books.entries(group_id).filter(effective_on__range=(month, books.month_end(month))))
    accounts = accounts_of(group_id, entries)
    moves = [moved(entry, accounts, MONEY) for entry in entries]
    places = list(books.accounts(group_id).filter(code__in=MONEY).order_by("code"))
    held = books.balances(group_id, as_of=books.month_end(month), account_ids=[one.id for one in places])
    return Sums(
        count=len(entries),
        came=sum(one for one in moves if one > 0),
        went=-sum(one for one in moves if one < 0),
        left=[(account_name(one), held.get(one.id, 0)) for one in places if held.get(one.id) or one.code in COUNTED],
    )


def next_month(periods: list[books.Period], today: date) -> date | None:
    """The month that can be closed now; None: the earliest open one is not over."""
    first = next(one.month for one in periods if one.closed_at is None)
    return first if books.month_end(first) < today else None


def latest_closed(periods: list[books.Period]) -> date | None:
    """The month that can be opened again."""
    closed = [one.month for one in periods if one.closed_at is not None]
    return closed[-1] if closed else None


def said(outcome: Outcome, at: Sitting, done: str) -> HttpResponse:
    """That it is done, or that it waits; and on to where that can be seen."""
    if outcome.waits:
        messages.warning(at.request, gettext("Menunggu persetujuan pengurus lain, paling lama 24 jam."))
        return back_to(at, "pending")
    messages.success(at.request, done)
    return back_to(at, "months")


class TwoForm(Act):
    """Nothing but the second officer's consent."""

    places = dict.fromkeys(("wrong_pin", "pin_locked", "second_not_valid", "second"), "second_pin")

    def __init__(self, at: Sitting, data: QueryDict | None, act: str) -> None:
        super().__init__(data)
        self.officers = seconds(at, act)
        with_second(self, self.officers)


class ReopenForm(TwoForm):
    """The reason, and the second officer's consent."""

    def __init__(self, at: Sitting, data: QueryDict | None, act: str) -> None:
        super().__init__(at, data, act)
        reason = Words(label=gettext("Kenapa dibuka lagi?"), help_text=gettext("Alasan ini tetap tersimpan."))
        self.fields = {"reason": reason, **self.fields}  # type: ignore[assignment]


class MonthClose(FormPage):
    """What the month was, what stands in the way of closing it, and who closes it with her."""

    act = "close_month"
    template = "members/month_close.html"
    tab = "more"

    def form(self, at: Sitting, data: QueryDict | None = None, *, month: date) -> TwoForm:
        return TwoForm(at, data, "close_month")

    def show(self, at: Sitting, month: date) -> dict[str, Any]:
        return {
            "month": month,
            "sums": sums_of(at.group_id, month),
            "obstacles": obstacles(at, month),
            "waiting": second.pending(at.group_id).count(),
        }

    def send(self, at: Sitting, form: TwoForm, month: date) -> HttpResponse:
        outcome = at.do("period-close", second_of(form), month=month)
        return said(outcome, at, gettext("Bulan %(month)s ditutup.") % {"month": month_named(month, language())})


def obstacles(at: Sitting, month: date) -> list[str]:
    """Why this month cannot be closed now; empty: it can."""
    periods = books.periods(at.group_id, at.today)
    over = books.month_end(month) + timedelta(days=1)
    name = month_named(month, language())
    if any(one.month == month and one.closed_at for one in periods):
        return [gettext("Bulan %(month)s sudah ditutup.") % {"month": name}]
    found = []
    first = next(one.month for one in periods if one.closed_at is None)
    if first != month:
        found.append(gettext("Bulan ditutup berurutan; %(first)s dulu.") % {"first": month_named(first, language())})
    if over > at.today:
        found.append(
            gettext("Bulannya belum habis; dapat ditutup mulai %(day)s.") % {"day": long_day(over, language())}
        )
    if not queries.another_can_sign(at.seat):
        found.append(gettext("Perlu pengurus lain yang sudah masuk dan membuat kata sandinya sendiri."))
    return found


class MonthReopen(FormPage):
    """Opening the latest closed month again, by two, with a reason."""

    act = "reopen_month"
    template = "members/month_reopen.html"
    tab = "more"

    def form(self, at: Sitting, data: QueryDict | None = None, *, month: date) -> ReopenForm:
        return ReopenForm(at, data, "reopen_month")

    def show(self, at: Sitting, month: date) -> dict[str, Any]:
        latest = latest_closed(books.periods(at.group_id, at.today))
        since = Entry.objects.filter(group_id=at.group_id, effective_on__gt=books.month_end(month))
        return {"month": month, "latest": latest, "possible": latest == month, "later": since.count()}

    def send(self, at: Sitting, form: ReopenForm, month: date) -> HttpResponse:
        body = {"reason": form.cleaned_data["reason"]} | second_of(form)
        outcome = at.do("period-reopen", body, month=month)
        return said(outcome, at, gettext("Bulan %(month)s terbuka lagi.") % {"month": month_named(month, language())})


def language() -> str:
    """The reader's."""
    return get_language() or "id"
