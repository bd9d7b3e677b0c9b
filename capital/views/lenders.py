"""Who lends to the group, and what they have promised."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.utils.translation import gettext

from capital import queries
from capital.views import words
from loans.views.typed import METHODS, PER, UNITS, Count, Percent
from loans.views.words import condition
from members.forms import Act, Amount, Choice, Day, Words, plain
from members.page import FormPage, Page, Sitting, back_to


class Lenders(Page):
    """Every lender with its facilities."""

    act = "see_capital"
    template = "capital/lenders.html"
    tab = "more"

    def show(self, at: Sitting) -> dict[str, Any]:
        promised: dict[UUID, list[queries.Standing]] = {}
        for one in queries.standings(at.group_id, list(queries.facilities(at.group_id)), on=at.today):
            promised.setdefault(one.facility.lender_id, []).append(one)
        rows = [
            (one, words.KINDS[one.kind], [(s, boxes(s)) for s in promised.get(one.id, [])])
            for one in queries.lenders(at.group_id)
        ]
        return {"rows": rows}


def boxes(standing: queries.Standing) -> tuple[int, int, int]:
    """A facility's instalments as boxes: all, paid, late."""
    states = standing.derived.states
    late = sum(bool(row.unpaid) and row.due_on < standing.derived.through for row in states)
    return len(states), sum(not row.unpaid for row in states), late


class LenderForm(Act):
    """Its name, what it is, and where its statements go."""

    places = {"lender_exists": "name", "contact_email": "email"}

    def __init__(self, at: Sitting, data: QueryDict | None, lender: Any = None) -> None:
        super().__init__(data, initial={} if lender is None else {"name": lender.name, "email": lender.contact_email})
        self.fields["name"] = Words(most=80, label=gettext("Nama pendana"))
        if lender is None:
            self.fields["kind"] = Choice(list(words.KINDS.items()), chips=True, label=gettext("Siapa"))
        self.fields["email"] = Words(most=254, required=False, label=gettext("E-mail untuk laporan"))


class LenderNew(FormPage):
    """Take a lender into the books."""

    act = "change_lenders"
    template = "capital/act.html"
    tab = "more"

    def show(self, at: Sitting) -> dict[str, Any]:
        return {"title": gettext("Pendana baru"), "primary": gettext("Simpan")}

    def form(self, at: Sitting, data: QueryDict | None = None) -> LenderForm:
        return LenderForm(at, data)

    def send(self, at: Sitting, form: LenderForm) -> HttpResponse:
        given = form.cleaned_data
        body = plain({"name": given["name"], "kind": given["kind"], "contact_email": given["email"]})
        made = at.do("lenders", body)
        messages.success(at.request, gettext("Tersimpan. Sekarang catat perjanjiannya."))
        return back_to(at, "facility-new", lender_id=made.data["id"])


class LenderChange(FormPage):
    """Change its name or address."""

    act = "change_lenders"
    template = "capital/act.html"
    tab = "more"

    def show(self, at: Sitting, lender_id: UUID) -> dict[str, Any]:
        lender = queries.lender(at.group_id, lender_id)
        return {"title": gettext("Ubah pendana"), "lead": words.KINDS[lender.kind], "primary": gettext("Simpan")}

    def form(self, at: Sitting, data: QueryDict | None = None, *, lender_id: UUID) -> LenderForm:
        return LenderForm(at, data, queries.lender(at.group_id, lender_id))

    def send(self, at: Sitting, form: LenderForm, lender_id: UUID) -> HttpResponse:
        body = {"name": form.cleaned_data["name"], "contact_email": form.cleaned_data["email"] or None}
        at.do("lender", body, method="PATCH", lender_id=lender_id)
        messages.success(at.request, gettext("Tersimpan."))
        return back_to(at, "lenders")


class FacilityForm(Act):
    """What was promised, and on which terms."""

    places = {
        "rate/percent": "percent",
        "disbursed_on": "opened_on",
        "future_date": "opened_on",
        "fees/0/percent": "provision",
        "fees": "provision",
    }

    def __init__(self, at: Sitting, data: QueryDict | None) -> None:
        initial = {"opened_on": at.today, "per": "month", "method": "flat", "unit": "month", "installments": 12}
        super().__init__(data, initial=initial)
        word = gettext(at.group.interest_word).capitalize()
        self.fields["limit"] = Amount(at.group, chips=(), label=gettext("Paling banyak dipinjamkan"))
        self.fields["percent"] = Percent(label=gettext("%(word)s (%%)") % {"word": word})
        self.fields["per"] = Choice(PER, chips=True, label=gettext("Persen itu"))
        self.fields["method"] = Choice(METHODS, label=gettext("Cara menghitung"))
        self.fields["installments"] = Count(label=gettext("Berapa kali angsuran"))
        self.fields["unit"] = Choice(UNITS, chips=True, label=gettext("Diangsur"))
        self.fields["grace_principal"] = Count(
            least=0,
            required=False,
            label=gettext("Masa tenggang"),
            help_text=gettext("Berapa angsuran pertama tanpa pokok."),
        )
        self.fields["provision"] = Percent(most=99, required=False, label=gettext("Provisi di muka (%)"))
        self.fields["opened_on"] = Day(latest=at.today, label=gettext("Tanggal perjanjian"))

    @property
    def terms(self) -> dict[str, Any]:
        """As the endpoint reads them."""
        given = self.cleaned_data
        found = plain({name: given[name] for name in ("limit", "method", "installments", "unit")})
        found |= {"rate": {"percent": given["percent"], "per": given["per"]}}
        found |= {"disbursed_on": given["opened_on"].isoformat(), "grace_principal": given["grace_principal"] or 0}
        if given["provision"]:
            found["fees"] = [{"kind": "provisi", "percent": given["provision"], "when": "upfront"}]
        return found


class FacilityNew(FormPage):
    """Keep what a lender has promised."""

    act = "change_lenders"
    template = "capital/act.html"
    tab = "more"

    def show(self, at: Sitting, lender_id: UUID) -> dict[str, Any]:
        lender = queries.lender(at.group_id, lender_id)
        return {
            "title": gettext("Perjanjian baru"),
            "lead": lender.name,
            "hint": gettext("Belum ada uang yang dicatat: itu nanti, ketika ditarik."),
            "primary": gettext("Simpan"),
        }

    def form(self, at: Sitting, data: QueryDict | None = None, *, lender_id: UUID) -> FacilityForm:
        queries.lender(at.group_id, lender_id)
        return FacilityForm(at, data)

    def send(self, at: Sitting, form: FacilityForm, lender_id: UUID) -> HttpResponse:
        made = at.do("facilities", form.terms | {"lender_id": str(lender_id)})
        messages.success(at.request, gettext("Tersimpan."))
        return back_to(at, "facility", facility_id=made.data["id"])


def agreed(at: Sitting, facility: Any) -> str:
    """`jasa 1% sebulan (menurun), 12 angsuran`."""
    return condition(at, facility.terms)


class Grants(Page):
    """What was given for good, the latest first."""

    act = "see_capital"
    template = "capital/grants.html"
    tab = "more"

    def show(self, at: Sitting) -> dict[str, Any]:
        found = list(queries.grants(at.group_id).order_by("-received_on", "-id")[:MOST])
        live = [one for one in found if one.reversed_by is None]
        return {"rows": [(one, words.GIFTS[one.kind]) for one in found], "total": sum(one.amount for one in live)}


MOST = 200
"""So many gifts are listed."""
