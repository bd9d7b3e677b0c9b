"""What waits for a second officer: read as a sentence, consented to, or taken back."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import ResolverMatch, resolve
from django.utils.translation import gettext, gettext_lazy

from ledger import queries as books
from ledger.chart import MONEY
from ledger.context import in_book
from ledger.dates import long_day, month_named
from ledger.errors import DomainError
from ledger.money import written
from members import lenders, queries, second
from members.errors import NothingWaits
from members.fields import UUID_TEXT
from members.models import PendingAct
from members.page import Page, Sitting, back_to, rule_of
from members.templatetags.lumbung import SCOPES, addressed
from members.views.months import language, sums_of
from members.views.settings import described
from members.views.words import account_name

CHANNELS = {"cash": gettext_lazy("tunai"), "bank": gettext_lazy("bank")}


@dataclass(frozen=True, slots=True)
class Request:
    """A request that waits: what it would do, as a sentence, with the amount that is at stake if there is one."""

    id: UUID
    sentence: str
    amount: int | None
    by: str
    mine: bool
    may: bool
    asked_at: datetime
    expires_at: datetime
    details: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Said:
    """What a request is about."""

    sentence: str
    amount: int | None = None
    details: list[tuple[str, str]] = field(default_factory=list)


class Pending(Page):
    """The list, with her consent or her taking back below each."""

    act = "see_pending"
    template = "members/pending.html"
    tab = "more"

    def show(self, at: Sitting) -> dict[str, Any]:
        waiting = list(second.pending(at.group_id))
        names = queries.called(at.group_id, {one.requested_by for one in waiting})
        found = [self.request_of(at, one, names) for one in waiting]
        return {"hers": [one for one in found if not one.mine], "mine": [one for one in found if one.mine]}

    def request_of(self, at: Sitting, one: PendingAct, names: dict[UUID, str]) -> Request:
        match, mine = resolve(one.path), one.requested_by == at.user_id
        said = sentence(at, match, one.body or {})
        may = not mine and at.may(rule_of(match).second_may)
        by = names.get(one.requested_by, "")
        return Request(
            one.id, said.sentence, said.amount, by, mine, may, one.requested_at, one.expires_at, said.details
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        """`setujui` or `tarik`, with the request's id."""
        at, given = self.at, request.POST
        named = given.get("setujui") or given.get("tarik") or ""
        try:
            if not UUID_TEXT.match(named):
                messages.error(request, gettext("Pilih permintaan yang mana."))
            elif given.get("setujui"):
                self.consent(at, UUID(named))
            else:
                at.do("pending-act", {}, method="DELETE", pending_id=UUID(named))
                messages.success(request, gettext("Permintaan ditarik. Tidak ada yang tercatat."))
        except DomainError as refusal:
            messages.error(request, f"{refusal.said(at.written)} {gettext('Tidak ada yang tersimpan.')}")
        return back_to(at, "pending")

    def consent(self, at: Sitting, pending_id: UUID) -> None:
        found = in_book(at.group_id, at.user_id, lambda: second.pending(at.group_id).filter(id=pending_id).first())
        if found is None:
            raise NothingWaits()
        at.confirm(found.path, pending_id)
        messages.success(at.request, gettext("Disetujui, dan sekarang tercatat."))


def sentence(at: Sitting, match: ResolverMatch, body: dict[str, Any]) -> Said:
    """What a request would do."""
    says = SENTENCES.get(match.url_name or "")
    return says(at, match.kwargs, body) if says else Said(gettext("Permintaan yang perlu orang kedua"))


def journal(at: Sitting, path: dict[str, Any], body: dict[str, Any]) -> Said:
    """An entry that takes much money."""
    lines, group = body["postings"], at.group
    known = books.accounts_by_code(at.group_id, [line["account"] for line in lines])
    names = {code: account_name(one) for code, one in known.items()}
    taken = sum(line.get("credit") or 0 for line in lines if line["account"] in MONEY)
    sides = {"debit": gettext("Debit"), "credit": gettext("Kredit")}
    details = [
        (f"{word} {names.get(line['account'], line['account'])}", written(line[side], group.currency, group.digits))
        for line in lines
        for side, word in sides.items()
        if line.get(side)
    ]
    when = long_day(date.fromisoformat(body["effective_on"]), language())
    facts = {"memo": body["memo"], "day": when}
    return Said(gettext("Mengambil uang dari kas atau bank, %(day)s: %(memo)s") % facts, taken, details)


def withdrawal(at: Sitting, path: dict[str, Any], body: dict[str, Any]) -> Said:
    facts = {"who": who(at, body["member_id"]), "channel": CHANNELS[body.get("channel") or "cash"]}
    return Said(gettext("Tarik simpanan untuk %(who)s, lewat %(channel)s") % facts, body["amount"])


def closing(at: Sitting, path: dict[str, Any], body: dict[str, Any]) -> Said:
    """A month, with what was counted."""
    sums = sums_of(at.group_id, path["month"])
    ends = [(gettext("%(name)s di akhir bulan") % {"name": name}, at.written(amount)) for name, amount in sums.left]
    moves = [(gettext("Uang masuk"), at.written(sums.came)), (gettext("Uang keluar"), at.written(sums.went))]
    said = gettext("Menutup bulan %(month)s") % {"month": month_named(path["month"], language())}
    return Said(said, None, moves + ends)


def reopening(at: Sitting, path: dict[str, Any], body: dict[str, Any]) -> Said:
    facts = {"month": month_named(path["month"], language()), "reason": body["reason"]}
    return Said(gettext("Membuka lagi bulan %(month)s: %(reason)s") % facts)


def leaving(at: Sitting, path: dict[str, Any], body: dict[str, Any]) -> Said:
    facts = {"who": who(at, path["member_id"]), "day": long_day(date.fromisoformat(body["left_on"]), language())}
    words = gettext("%(who)s keluar per %(day)s: utangnya dibayar dari simpanannya, sisanya dikembalikan") % facts
    saved = at.ask("member-balance", {"as_of": body["left_on"]}, member_id=path["member_id"])
    return Said(words, max(saved["savings"]["total"] - saved["total_owed"], 0))


def erasure(at: Sitting, path: dict[str, Any], body: dict[str, Any]) -> Said:
    return Said(gettext("Melupakan data pribadi %(who)s untuk selamanya") % {"who": who(at, path["member_id"])})


def policy(at: Sitting, path: dict[str, Any], body: dict[str, Any]) -> Said:
    return Said(gettext("Mengubah aturan kelompok"), None, described(at.group, body))


def rescheduling(at: Sitting, path: dict[str, Any], body: dict[str, Any]) -> Said:
    facts = whose_loan(at, path) | {"reason": body["reason"]}
    facts["day"] = long_day(date.fromisoformat(body["effective_on"]), language())
    return Said(gettext("Menjadwal ulang pinjaman no. %(loan)s milik %(who)s mulai %(day)s: %(reason)s") % facts)


def writing_off(at: Sitting, path: dict[str, Any], body: dict[str, Any]) -> Said:
    facts = whose_loan(at, path) | {"reason": body["reason"]}
    if body["mode"] == "claim":
        return Said(gettext("Membebaskan sisa utang pinjaman no. %(loan)s milik %(who)s: %(reason)s") % facts)
    return Said(gettext("Menghapusbukukan pinjaman no. %(loan)s milik %(who)s: %(reason)s") % facts)


def waiver(at: Sitting, path: dict[str, Any], body: dict[str, Any]) -> Said:
    facts = whose_loan(at, path) | {"reason": body["reason"]}
    return Said(gettext("Membebaskan denda pada pinjaman no. %(loan)s milik %(who)s: %(reason)s") % facts)


def consenting(at: Sitting, path: dict[str, Any], body: dict[str, Any]) -> Said:
    """A lender is let in."""
    lender = UUID(str(body["lender_id"]))
    facts = {"lender": lenders.names(at.group_id, [lender]).get(lender, "")}
    days = [long_day(date.fromisoformat(body[name]), language()) for name in ("from", "to")]
    details = [(gettext("Yang boleh dilihat"), ", ".join(gettext(SCOPES[one]) for one in body["scopes"]))]
    details.append((gettext("Sejak – sampai"), " – ".join(days)))
    return Said(gettext("Memberi %(lender)s izin melihat data kelompok") % facts, None, details)


def drawing(at: Sitting, path: dict[str, Any], body: dict[str, Any]) -> Said:
    facts = of_lender(at, path, body["drawn_on"])
    return Said(gettext("Menarik dana dari %(lender)s, fasilitas no. %(facility)s, %(day)s") % facts, body["amount"])


def paying_back(at: Sitting, path: dict[str, Any], body: dict[str, Any]) -> Said:
    facts = of_lender(at, path, body["paid_on"])
    return Said(gettext("Membayar %(lender)s, fasilitas no. %(facility)s, %(day)s") % facts, body["amount"])


def of_lender(at: Sitting, path: dict[str, Any], day: str) -> dict[str, Any]:
    """A facility's number, its lender's name, and the day."""
    facility = at.ask("facility", facility_id=path["facility_id"])
    lender = at.ask("lender", lender_id=facility["lender_id"])
    when = long_day(date.fromisoformat(day), language())
    return {"facility": facility["number"], "lender": lender["name"], "day": when}


def gift(at: Sitting, path: dict[str, Any], body: dict[str, Any]) -> Said:
    facts = {"giver": body["giver"], "day": long_day(date.fromisoformat(body["received_on"]), language())}
    return Said(gettext("Menerima modal dari %(giver)s, %(day)s") % facts, body["amount"])


def who(at: Sitting, member_id: Any) -> str:
    """`Bu Ngatini (no. 3)`."""
    member = queries.members(at.group_id, only=UUID(str(member_id))).first()
    if member is None:
        return gettext("seorang anggota")
    if not member.person.name:
        return gettext("anggota no. %(number)s") % {"number": member.number}
    return gettext("%(name)s (no. %(number)s)") % {"name": addressed(member.person.name), "number": member.number}


def whose_loan(at: Sitting, path: dict[str, Any]) -> dict[str, Any]:
    """A loan's number, and its borrower."""
    loan = at.ask("loan", loan_id=path["loan_id"])
    return {"loan": loan["number"], "who": who(at, loan["member_id"])}


SENTENCES = {
    "entries": journal,
    "savings-withdrawals": withdrawal,
    "period-close": closing,
    "period-reopen": reopening,
    "member-leave": leaving,
    "member-erasure": erasure,
    "group": policy,
    "loan-reschedules": rescheduling,
    "loan-write-off": writing_off,
    "loan-waiver": waiver,
    "consents": consenting,
    "facility-drawdowns": drawing,
    "facility-payments": paying_back,
    "grants": gift,
}
"""The endpoint's name → how a request to it reads."""
