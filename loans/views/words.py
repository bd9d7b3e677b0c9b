"""How pages about loans name people, sums, channels and terms."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import get_language, gettext, gettext_noop, ngettext

from ledger.money import written
from loans.account import Derived
from loans.models import Loan
from loans.queries import Overdue
from members import queries
from members.models import Member
from members.page import Sitting
from members.templatetags.lumbung import addressed

METHODS = {
    "flat": gettext_noop("tetap"),
    "equal_principal": gettext_noop("menurun"),
    "annuity": gettext_noop("anuitas"),
    "bullet": gettext_noop("pokok di akhir (yarnen)"),
    "sum_of_digits": gettext_noop("jumlah angka"),
    "uneven": gettext_noop("tidak rata"),
}
CHANNELS = {
    "cash": gettext_noop("tunai"),
    "bank": gettext_noop("bank"),
    "settlement": gettext_noop("perhitungan keluar"),
}


def money(at: Sitting, amount: int) -> str:
    """`Rp1.250.000`, in the group's currency."""
    return written(amount, at.group.currency, at.group.digits)


def called(member: Member | None) -> str:
    """`Bu Siti`; somebody whose data were erased by her number."""
    if member is None:
        return ""
    if member.person.name:
        return addressed(member.person.name)
    return gettext("Anggota no. %(number)s") % {"number": member.number}


def members_by_id(group_id: UUID, ids: Collection[UUID]) -> dict[UUID, Member]:
    """These members with their persons, whoever left among them."""
    return {one.id: one for one in queries.members(group_id).filter(id__in=list(ids))}


def officers_by_id(group_id: UUID) -> dict[UUID, str]:
    """Every office that is or was held, as pages name its holder."""
    found = queries.ever_held(group_id).select_related("member__person")
    return {one.id: called(one.member) if one.member else one.user.username for one in found}


def span(times: int, every: int, unit: str) -> str:
    """`10 bulan`: how long so many instalments take."""
    count = times * every
    if unit == "month":
        return ngettext("%(count)s bulan", "%(count)s bulan", count) % {"count": count}
    if unit == "week":
        return ngettext("%(count)s minggu", "%(count)s minggu", count) % {"count": count}
    return ngettext("%(count)s hari", "%(count)s hari", count) % {"count": count}


def each(every: int, unit: str) -> str:
    """`sebulan`, `tiap 2 minggu`: how often an instalment falls due."""
    if every == 1:
        return {"month": gettext("sebulan"), "week": gettext("seminggu"), "day": gettext("sehari")}[unit]
    return gettext("tiap %(span)s") % {"span": span(1, every, unit)}


def comma(percent: Any) -> str:
    """`1,5`: a percentage without needless zeros, with its decimal comma (a point in English)."""
    text = str(percent)
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text if get_language() == "en" else text.replace(".", ",")


def condition(at: Sitting, terms: Mapping[str, Any]) -> str:
    """`jasa 1,5% sebulan (tetap), 5 angsuran`: of terms as they are published, as far as they say."""
    said = []
    rate = terms.get("rate")
    if rate:
        per = gettext("sebulan") if rate["per"] == "month" else gettext("setahun")
        said.append(f"{gettext(at.group.interest_word)} {comma(rate['percent'])}% {per}")
    if terms.get("method"):
        said.append(gettext(METHODS[terms["method"]]))
    if terms.get("installments"):
        said.append(gettext("%(count)s angsuran") % {"count": terms["installments"]})
    return ", ".join(said)


def parts(at: Sitting) -> dict[str, str]:
    """What money for a loan may pay, in the group's words."""
    return {
        "principal": gettext("pokok"),
        "interest": gettext(at.group.interest_word),
        "fee": gettext("biaya"),
        "penalty": gettext("denda"),
        "excess": gettext("titipan"),
    }


def made_of(at: Sitting, late: Collection[Overdue]) -> str:
    """`Pokok, jasa, dan denda Rp17.200`: what the sum of all that is late holds; fees and penalties where there are
    any."""
    labels = parts(at)
    said = [labels["principal"], labels["interest"]]
    for name in ("fee", "penalty"):
        amount = sum(getattr(one, name) for one in late)
        if amount:
            said.append(f"{labels[name]} {money(at, amount)}")
    *before, last = said
    facts = {"these": ", ".join(before), "last": last}
    whole = gettext("%(these)s, dan %(last)s") if len(before) > 1 else gettext("%(these)s dan %(last)s")
    whole %= facts
    return whole[:1].upper() + whole[1:]


def over(at: Sitting, limits: Sequence[Mapping[str, Any]]) -> str:
    """Why a request cannot be approved as things stand, in one sentence with the facts; "" where it can. Cash that is
    lacking today may be there on the day it is needed."""
    said = []
    for one in limits:
        if one["ok"] or one["code"] == "cash":
            continue
        plain = one["code"] == "over_indebtedness"
        what = gettext(one["detail"]).rstrip(".")
        facts = {
            "what": what[:1].lower() + what[1:],
            "now": one["actual"] if plain else money(at, one["actual"]),
            "most": one["limit"] if plain else money(at, one["limit"]),
        }
        none_allowed = one["code"] == "arrears"
        whole = gettext("%(what)s %(now)s") if none_allowed else gettext("%(what)s %(now)s, paling banyak %(most)s")
        said.append(whole % facts)
    return gettext("Belum dapat disetujui: %(facts)s.") % {"facts": "; ".join(said)} if said else ""


def channel(code: str, names: Mapping[str, str]) -> str:
    """How money came: `tunai`, `bank`, or out of which savings (`names` by code)."""
    if code.startswith("savings:"):
        product = code.removeprefix("savings:")
        return gettext("dari simpanan %(name)s") % {"name": names.get(product, product)}
    return gettext(CHANNELS.get(code, code))


@dataclass(frozen=True, slots=True)
class Cost:
    """What a loan costs, in words: she gets `received`, pays `total` in `times` parts, which is `cost` more."""

    principal: int
    received: int
    total: int
    times: int
    span: str
    each: str
    first: int
    last: int
    kind: str
    effective: str | None

    @property
    def cost(self) -> int:
        return self.total - self.received


def cost(principal: int, dues: Sequence[int], upfront: int, terms: Mapping[str, Any], effective: Any) -> Cost:
    """`dues` of every instalment; `kind`: all are equal, all but the last, or they differ."""
    alike = len(set(dues[:-1])) <= 1
    kind = "equal" if len(set(dues)) == 1 else "rest" if alike and len(dues) > 1 else "differ"
    every, unit = terms.get("every") or 1, terms.get("unit") or "month"
    return Cost(
        principal=principal,
        received=principal - upfront,
        total=sum(dues),
        times=len(dues),
        span=span(len(dues), every, unit),
        each=each(every, unit),
        first=dues[0],
        last=dues[-1],
        kind=kind,
        effective=None if effective is None else comma(f"{Decimal(effective):.1f}"),
    )


@dataclass(frozen=True, slots=True)
class Stand:
    """A loan's line: boxes, what is left, what is late, what comes next."""

    loan: Loan
    member: Member | None
    times: int
    paid: int
    late: int
    left: int
    late_amount: int
    next_on: Any
    next_amount: int

    @property
    def called(self) -> str:
        return called(self.member)

    @property
    def to_pay(self) -> int:
        """How many instalments are left."""
        return self.times - self.paid

    @property
    def waits(self) -> bool:
        return self.loan.status in (Loan.Status.SUBMITTED, Loan.Status.APPROVED)


def stand(loan: Loan, member: Member | None, derived: Derived | None, today: Any) -> Stand:
    """Of a loan as it is derived today; one that waits has no boxes yet."""
    if derived is None:
        return Stand(loan, member, 0, 0, 0, 0, 0, None, 0)
    live = loan.status == Loan.Status.ACTIVE
    rows = derived.states
    following = next((row for row in rows if row.due_on >= today and row.unpaid), None) if live else None
    return Stand(
        loan=loan,
        member=member,
        times=len(rows),
        paid=sum(not row.unpaid for row in rows),
        late=sum(bool(row.unpaid) and row.due_on < today for row in rows) if live else 0,
        left=derived.principal if live else 0,
        late_amount=derived.due(before=today) if live else 0,
        next_on=following.due_on if following else None,
        next_amount=max(following.unpaid - derived.held, 0) if following else 0,
    )
