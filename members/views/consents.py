"""What the group's lenders may see, who signs in for them, and what they were shown."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext, gettext_lazy

from members import disclosures, lenders, lends, queries
from members.fields import UUID_TEXT
from members.forms import Act, Choice, Choices, Day, Words, plain, second_of
from members.models import SCOPES, Disclosure
from members.page import FormPage, Page, Sitting, back_to
from members.templatetags.lumbung import SCOPES as WORDS
from members.views.months import TwoForm

YEAR = timedelta(days=364)
LATEST = 300


@dataclass(frozen=True, slots=True)
class LenderRow:
    """A lender with the consents it was given, the latest first, who signs in for it, and how often it looked."""

    id: UUID
    name: str
    consents: list[dict[str, Any]]
    logins: list[lends.Login]


class Consents(Page):
    """Every lender of the group: what it may see, until when, and who signs in for it."""

    act = "see_consents"
    template = "members/consents.html"
    tab = "more"

    def show(self, at: Sitting) -> dict[str, Any]:
        given = at.ask("consents", {"limit": "200"})["results"]
        for one in given:
            one["from_on"], one["to_on"] = one["from"], one["to"]
        known = lenders.names(at.group_id)
        rows = [
            LenderRow(
                id,
                name,
                [one for one in reversed(given) if one["lender_id"] == id],
                lends.logins_of(at.group_id, id),
            )
            for id, name in sorted(known.items(), key=lambda pair: pair[1].casefold())
        ]
        return {"rows": rows, "seen": disclosures.shown(at.group_id).exists()}


class ConsentForm(TwoForm):
    """Which lender, how much, from when to when, and the second officer's consent."""

    places = TwoForm.places | {
        "lender_id": "lender",
        "from": "from_on",
        "to": "to_on",
        "consent_over": "to_on",
        "not_found": "lender",
    }

    def __init__(self, at: Sitting, data: QueryDict | None) -> None:
        super().__init__(at, data, "confirm_consent")
        known = sorted(lenders.names(at.group_id).items(), key=lambda pair: pair[1].casefold())
        choices = [(str(id), name) for id, name in known]
        chosen = at.request.GET.get("pendana", "") or (choices[0][0] if len(choices) == 1 else "")
        mine = {
            "lender": Choice([("", gettext("Pilih…")), *choices], label=gettext("Untuk pendana"), initial=chosen),
            "scopes": Choices(
                [(scope, gettext(WORDS[scope])) for scope in SCOPES], label=gettext("Yang boleh dilihat")
            ),
            "from_on": Day(label=gettext("Mulai"), initial=at.today),
            "to_on": Day(
                label=gettext("Sampai"),
                initial=at.today + YEAR,
                help_text=gettext("Hari itu masih termasuk. Dapat dicabut kapan saja sebelumnya."),
            ),
        }
        self.fields = mine | self.fields  # type: ignore[assignment]


class ConsentNew(FormPage):
    """A consent, for two officers."""

    act = "give_consent"
    template = "members/consent_new.html"
    tab = "more"
    money = True  # the key in the address: sent twice, it is given once
    receipt = False

    def form(self, at: Sitting, data: QueryDict | None = None) -> ConsentForm:
        return ConsentForm(at, data)

    def show(self, at: Sitting) -> dict[str, Any]:
        return {"lenders": len(lenders.names(at.group_id))}

    def send(self, at: Sitting, form: ConsentForm) -> HttpResponse:
        given = form.cleaned_data
        body = {"lender_id": given["lender"], "scopes": given["scopes"]}
        body |= plain({"from": given["from_on"], "to": given["to_on"]}) | second_of(form)
        outcome = at.do("consents", body, key=self.key)
        if outcome.waits:
            messages.warning(at.request, gettext("Menunggu persetujuan pengurus lain, paling lama 24 jam."))
            return back_to(at, "pending")
        messages.success(at.request, gettext("Izinnya berlaku."))
        return back_to(at, "consents")


class RevokeForm(Act):
    """Nothing to fill in."""


class ConsentRevoke(FormPage):
    """One consent is taken back, at once."""

    act = "revoke_consent"
    template = "members/consent_revoke.html"
    tab = "more"

    def form(self, at: Sitting, data: QueryDict | None = None, *, consent_id: UUID) -> RevokeForm:
        return RevokeForm(data)

    def show(self, at: Sitting, consent_id: UUID) -> dict[str, Any]:
        given = at.ask("consent", consent_id=consent_id)
        return {"given": given | {"to_on": given["to"]}}

    def send(self, at: Sitting, form: RevokeForm, consent_id: UUID) -> HttpResponse:
        at.do("consent", {}, method="DELETE", consent_id=consent_id)
        messages.success(at.request, gettext("Izinnya dicabut. Mulai sekarang tidak ada lagi yang dilihatnya."))
        return back_to(at, "consents")


# ── what was shown ──────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Shown:
    """Something one lender's user was shown on a day, `times` times, the last time at `at`."""

    lender: str
    username: str
    what: str
    scopes: list[str]
    times: int
    at: datetime


class AccessLog(Page):
    """What lenders were shown, the latest day first; of one lender with `pendana`."""

    act = "see_access_log"
    template = "members/access_log.html"
    tab = "more"

    def show(self, at: Sitting) -> dict[str, Any]:
        named = at.request.GET.get("pendana", "")
        lender_id = UUID(named) if UUID_TEXT.match(named) else None
        found = list(disclosures.shown(at.group_id, lender_id=lender_id).order_by("-id")[:LATEST])
        names = lenders.names(at.group_id)
        users = queries.usernames({one.user_id for one in found})
        days = [(day, together(list(those), names, users)) for day, those in groupby(found, key=lambda one: one.day)]
        chosen = names.get(lender_id, "") if lender_id else ""
        return {"days": days, "more": len(found) == LATEST, "chosen": chosen}


def together(those: list[Disclosure], names: dict[UUID, str], users: dict[UUID, str]) -> list[Shown]:
    """One line for each user and thing on a day, the latest first."""
    lines: dict[tuple[UUID, UUID, str], list[Disclosure]] = {}
    for one in those:
        lines.setdefault((one.lender_id, one.user_id, one.what), []).append(one)
    return [
        Shown(
            names.get(lender_id, ""),
            users.get(user_id, ""),
            what,
            _in_order({one.scope for one in found}),
            max(sum(one.scope == scope for one in found) for scope in {one.scope for one in found}),
            found[0].at,
        )
        for (lender_id, user_id, what), found in lines.items()
    ]


def _in_order(scopes: Iterable[str]) -> list[str]:
    return [scope for scope in SCOPES if scope in scopes]


# ── who signs in ────────────────────────────────────────────────────────────────────────────────────────────────────


class LenderLoginForm(Act):
    """The name somebody signs in with for the lender."""

    places = {"username_taken": "username"}
    username = Words(
        most=60,
        label=gettext_lazy("Nama pengguna untuk masuk"),
        help_text=gettext_lazy(
            "Misalnya ratna.bankjateng. Kalau ia sudah masuk untuk pendana ini di kelompok lain, tulis nama yang itu."
        ),
    )


class LenderLoginNew(FormPage):
    """Somebody signs in for a lender. Her first password is shown here once and stored nowhere."""

    act = "open_lender_login"
    template = "members/lender_login_new.html"
    tab = "more"
    money = True
    receipt = False

    def form(self, at: Sitting, data: QueryDict | None = None, *, lender_id: UUID) -> LenderLoginForm:
        return LenderLoginForm(data)

    def show(self, at: Sitting, lender_id: UUID) -> dict[str, Any]:
        return {"lender": lends.required(at.group_id, lender_id)}

    def send(self, at: Sitting, form: LenderLoginForm, lender_id: UUID) -> HttpResponse:
        made = at.do("lender-login", {"username": form.cleaned_data["username"]}, key=self.key, lender_id=lender_id)
        if not made.data.get("one_time_password"):
            messages.success(at.request, gettext("Ia masuk dengan kata sandinya yang sudah ada."))
            return back_to(at, "consents")
        shown = {"username": made.data["username"], "password": made.data["one_time_password"]}
        response = render(at.request, "members/lender_login_made.html", self.frame() | shown)
        response["Cache-Control"] = "no-store"
        return response


class LenderLoginEnd(FormPage):
    """Somebody signs in for a lender no more."""

    act = "open_lender_login"
    template = "members/lender_login_end.html"
    tab = "more"

    def form(self, at: Sitting, data: QueryDict | None = None, *, lender_id: UUID, user_id: UUID) -> RevokeForm:
        return RevokeForm(data)

    def show(self, at: Sitting, lender_id: UUID, user_id: UUID) -> dict[str, Any]:
        return {
            "lender": lends.required(at.group_id, lender_id),
            "username": lends.login(at.group_id, lender_id, user_id).user.username,
        }

    def send(self, at: Sitting, form: RevokeForm, lender_id: UUID, user_id: UUID) -> HttpResponse:
        at.do("lender-login-end", {}, method="DELETE", lender_id=lender_id, user_id=user_id)
        messages.success(at.request, gettext("Ia tidak dapat masuk lagi di kelompok ini."))
        return back_to(at, "consents")
