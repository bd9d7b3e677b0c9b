"""When a loan cannot go on as agreed: penalties forgiven, another schedule, out of the books. Each for two officers."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext, gettext_lazy

from ledger.context import in_book
from loans import queries
from loans.api.repayments import charges_json
from loans.api.requests import loan_of
from loans.models import Loan
from loans.views import words
from loans.views.payments import OnLoan, derived_today
from loans.views.quotes import Quote, quote
from loans.views.receipts import after_two
from loans.views.typed import METHODS, PER, UNITS, Count, Percent
from members.forms import Act, Choice, Day, Words, plain, second_of, with_second
from members.page import Sitting
from members.views.seconds import seconds

ACT = "recast_loan"
SECOND = {"wrong_pin": "second_pin", "pin_locked": "second_pin", "no_pin": "second_officer"}


class WaiverForm(Act):
    """Which charge, and why."""

    places = SECOND

    def __init__(self, at: Sitting, data: QueryDict | None, loan: Loan) -> None:
        super().__init__(data)
        unpaid = [] if loan.disbursed_on is None else charges_json(at.here, loan)
        self.open = [
            (str(one["id"]), label(at, one)) for one in unpaid if one["amount"] - one["paid"] - one["waived"] > 0
        ]
        self.fields["charge"] = Choice(self.open, chips=True, label=gettext("Yang dihapuskan"))
        if len(self.open) == 1:
            self.initial["charge"] = self.open[0][0]
        self.fields["reason"] = Words(label=gettext("Alasan"))
        with_second(self, seconds(at, ACT))


def label(at: Sitting, charge: dict[str, Any]) -> str:
    """`Denda angsuran 2: Rp8.600`: what is unpaid of a charge."""
    said = gettext("Denda angsuran %(number)s: %(sum)s")
    if charge["kind"] == "fee":
        said = gettext("Biaya angsuran %(number)s: %(sum)s")
    left = charge["amount"] - charge["paid"] - charge["waived"]
    return said % {"number": charge["installment"], "sum": words.money(at, left)}


class Waive(OnLoan):
    """Forgive what is unpaid of a fee or penalty."""

    act = ACT
    template = "loans/waive.html"
    title = gettext_lazy("Hapuskan denda atau biaya")
    primary = gettext_lazy("Hapuskan")

    def form(self, at: Sitting, data: QueryDict | None = None, *, loan_id: UUID) -> WaiverForm:
        return WaiverForm(at, data, loan_of(at.here, loan_id))

    def send(self, at: Sitting, form: WaiverForm, loan_id: UUID) -> HttpResponse:
        given = form.cleaned_data
        body = {"reason": given["reason"]} | second_of(form)
        done = at.do("loan-waiver", body, key=self.key, loan_id=loan_id, charge_id=UUID(given["charge"]))
        return after_two(at, done, loan_id, gettext("Dihapuskan."))


class RescheduleForm(Act):
    """From when, in how many parts, and what else changes; what is left empty stays as it was agreed."""

    places = SECOND | {
        "terms/installments": "installments",
        "terms/rate/percent": "percent",
        "terms/first_due_on": "first_due_on",
        "future_date": "effective_on",
        "before_joining": "effective_on",
        "period_closed": "effective_on",
    }

    def __init__(self, at: Sitting, data: QueryDict | None, loan: Loan) -> None:
        super().__init__(data, initial={"effective_on": at.today, "per": "month"})
        self.at, self.loan = at, loan
        self.fields["installments"] = Count(label=gettext("Berapa kali angsuran lagi"))
        self.fields["effective_on"] = Day(latest=at.today, label=gettext("Mulai tanggal"))
        self.fields["first_due_on"] = Day(required=False, label=gettext("Angsuran pertama"))
        word = gettext(at.group.interest_word).capitalize()
        self.fields["percent"] = Percent(required=False, label=gettext("%(word)s (%%)") % {"word": word})
        self.fields["per"] = Choice(PER, required=False, label=gettext("Persen itu"))
        same = [("", gettext("Tetap seperti sekarang"))]
        self.fields["method"] = Choice([*same, *METHODS], required=False, label=gettext("Cara menghitung"))
        self.fields["unit"] = Choice([*same, *UNITS], required=False, label=gettext("Diangsur"))
        self.fields["reason"] = Words(label=gettext("Alasan"))
        with_second(self, seconds(at, ACT))

    @property
    def changes(self) -> dict[str, Any]:
        """The terms that change, as the endpoint reads them."""
        given = self.cleaned_data
        found = plain({name: given.get(name) for name in ("installments", "first_due_on", "method", "unit")})
        if given.get("percent") is not None:
            found["rate"] = {"percent": given["percent"], "per": given.get("per") or "month"}
        return found


class Reschedule(OnLoan):
    """Give what is owed another schedule, and show it before it is agreed."""

    act = ACT
    template = "loans/reschedule.html"
    title = gettext_lazy("Jadwalkan ulang")
    primary = gettext_lazy("Jadwalkan ulang")
    lead = gettext_lazy("Jadwal yang lama tetap tersimpan, begitu juga keterlambatannya.")
    preview: Quote | None = None

    def form(self, at: Sitting, data: QueryDict | None = None, *, loan_id: UUID) -> RescheduleForm:
        return RescheduleForm(at, data, loan_of(at.here, loan_id))

    def post(self, request: HttpRequest, **path: Any) -> HttpResponse:
        if self.key is None or "hitung" not in request.POST:
            return super().post(request, **path)
        form = in_book(self.at.group_id, self.at.user_id, lambda: self.form(self.at, request.POST, **path))
        form.is_valid()
        return self.page(form, 200, **path)

    def page(self, form: Any, status: int, **path: Any) -> HttpResponse:
        at = self.at
        if form is not None:
            terms = in_book(at.group_id, at.user_id, lambda: new_terms(at, form))
            self.preview = quote(at, terms) if terms else None
            if "hitung" in at.request.POST:
                form.errors.clear()
        return super().page(form, status, **path)

    def about(self, at: Sitting, loan: Loan) -> dict[str, Any]:
        derived = derived_today(at, loan)
        return {"preview": self.preview, "left": derived.principal if derived else 0}

    def send(self, at: Sitting, form: RescheduleForm, loan_id: UUID) -> HttpResponse:
        given = form.cleaned_data
        body = {"effective_on": given["effective_on"].isoformat(), "terms": form.changes, "reason": given["reason"]}
        done = at.do("loan-reschedules", body | second_of(form), key=self.key, loan_id=loan_id)
        return after_two(at, done, loan_id, gettext("Jadwal baru berlaku."))


def new_terms(at: Sitting, form: RescheduleForm) -> dict[str, Any] | None:
    """The terms a reschedule would make of what is owed on its day; None while something is missing."""
    loan, on = form.loan, form.cleaned_data.get("effective_on")
    if not on or not form.changes.get("installments") or loan.disbursed_on is None:
        return None
    if not loan.disbursed_on <= on <= at.today:
        return None
    left = queries.state(at.group, loan, on=on).principal
    kept = {name: one for name, one in loan.terms.items() if name not in ("first_due_on", "rows")}
    return kept | {"principal": left, "disbursed_on": on.isoformat(), "fees": []} | form.changes if left else None


MODES = [
    ("books", gettext_lazy("Tetap ditagih")),
    ("claim", gettext_lazy("Dibebaskan")),
]


class WriteOffForm(Act):
    """On which day, whether the claim stays, and why."""

    places = SECOND | {
        "future_date": "effective_on",
        "before_joining": "effective_on",
        "period_closed": "effective_on",
        "later_entries": "effective_on",
    }

    def __init__(self, at: Sitting, data: QueryDict | None) -> None:
        super().__init__(data, initial={"effective_on": at.today})
        self.fields["mode"] = Choice(MODES, chips=True, label=gettext("Sesudah dihapus buku"))
        self.fields["effective_on"] = Day(latest=at.today, label=gettext("Tanggal"))
        self.fields["reason"] = Words(label=gettext("Alasan"))
        with_second(self, seconds(at, ACT))


class WriteOffPage(OnLoan):
    """Take a loan out of the books: what it owes becomes the group's loss."""

    act = ACT
    template = "loans/write_off.html"
    title = gettext_lazy("Anggap tidak kembali (hapus buku)")
    primary = gettext_lazy("Hapus buku")
    danger = True

    def form(self, at: Sitting, data: QueryDict | None = None, *, loan_id: UUID) -> WriteOffForm:
        loan_of(at.here, loan_id)
        return WriteOffForm(at, data)

    def about(self, at: Sitting, loan: Loan) -> dict[str, Any]:
        derived = derived_today(at, loan)
        return {"owed": queries.summary(loan, derived)}

    def send(self, at: Sitting, form: WriteOffForm, loan_id: UUID) -> HttpResponse:
        given = plain({name: form.cleaned_data[name] for name in ("mode", "effective_on", "reason")})
        done = at.do("loan-write-off", given | second_of(form), key=self.key, loan_id=loan_id)
        return after_two(at, done, loan_id, gettext("Pinjaman dihapus buku."))
