"""The loans of a group: the list, and one of them with all that happened to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Case, IntegerField, Value, When
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy

from ledger import queries as books
from loans import applications, queries, schedule, terms
from loans.account import Derived
from loans.api.requests import loan_json, loan_of, only_hers, schedule_json
from loans.models import Installment, Loan, Version
from loans.views import words
from loans.views.telling import missing
from members import second
from members.page import Page, Sitting
from savings import queries as savings

PAGE = 30
KINDS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "": (gettext_lazy("Sekarang"), ("submitted", "approved", "active")),
    "menunggu": (gettext_lazy("Menunggu"), ("submitted", "approved")),
    "berjalan": (gettext_lazy("Berjalan"), ("active",)),
    "selesai": (gettext_lazy("Selesai"), ("paid_off", "written_off", "rejected", "withdrawn")),
}
"""What the list is narrowed to, by the word in its address."""
RANK = {"submitted": 0, "approved": 0, "active": 1}


class Loans(Page):
    """What waits first, then what runs, the latest number first; a member without office sees her own, and an officer
    hers with `punya=saya`. `untuk=angsuran` asks for which of those that run an instalment is taken in."""

    act = "see_loans"
    template = "loans/loans.html"
    tab = "loans"

    def show(self, at: Sitting) -> dict[str, Any]:
        kind = at.request.GET.get("keadaan", "")
        choose = at.request.GET.get("untuk") == "angsuran" and at.may("record_repayment")
        kind = "berjalan" if choose else kind if kind in KINDS else ""
        given = at.request.GET.get("hal", "")
        place = int(given) if given.isascii() and given.isdigit() and 0 < int(given[:6]) < 100_000 else 1
        rank = Case(
            *(When(status=name, then=Value(number)) for name, number in RANK.items()),
            default=Value(2),
            output_field=IntegerField(),
        )
        own = at.officer and at.seat.member_id is not None and at.request.GET.get("punya") == "saya"
        found = queries.loans(at.group_id, member_id=at.seat.member_id if own else only_hers(at.here))
        found = found.filter(status__in=KINDS[kind][1]).order_by(rank, "-number")
        page = list(found[(place - 1) * PAGE : place * PAGE + 1])
        shown = page[:PAGE]
        derived = queries.states(at.group, shown, on=at.today)
        people = words.members_by_id(at.group_id, {one.member_id for one in shown})
        return {
            "rows": [words.stand(one, people.get(one.member_id), derived.get(one.id), at.today) for one in shown],
            "kinds": [(word, label, word == kind) for word, (label, _) in KINDS.items()],
            "kind": kind,
            "own": own,
            "choose": choose,
            "place": place,
            "before": place - 1,
            "after": place + 1 if len(page) > PAGE else None,
        }


@dataclass(frozen=True, slots=True)
class Way:
    """A page on which something can be done with the loan."""

    name: str
    label: str


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to the loan, other than money for it."""

    on: date
    what: str
    note: str | None = None
    amount: int | None = None


@dataclass(frozen=True, slots=True)
class Paid:
    """Money that came for the loan: what it paid as things stand, and where its receipt is."""

    on: date
    amount: int
    how: str
    parts: list[tuple[str, int]]
    command: UUID | None
    reversed: bool
    carrier: str = ""


class OneLoan(Page):
    """One loan: what is left, its boxes, what can be done with it now, and everything behind it."""

    act = "see_loans"
    template = "loans/loan.html"
    tab = "loans"

    def show(self, at: Sitting, loan_id: UUID) -> dict[str, Any]:
        loan_of(at.here, loan_id)
        loan = queries.loans(at.group_id).get(id=loan_id)
        derived = queries.states(at.group, [loan], on=at.today).get(loan.id)
        member = words.members_by_id(at.group_id, [loan.member_id]).get(loan.member_id)
        facts = loan_json(at.here, loan, derived, alone=True)
        offices = words.officers_by_id(at.group_id)
        facts["votes"] = [vote | {"by": offices.get(vote["officer_id"], "")} for vote in facts["votes"]]
        primary, others = ways(at, loan, facts)
        asks_votes = at.officer and loan.status == Loan.Status.SUBMITTED
        return {
            "loan": loan,
            "facts": facts,
            "broken": any(not one["ok"] for one in facts["limits"] or ()),
            "over": words.over(at, facts["limits"] or ()) if loan.status == Loan.Status.SUBMITTED else "",
            "stand": words.stand(loan, member, derived, at.today),
            "missing": missing(at, loan, words.called(member)) if asks_votes else [],
            "outstanding": sum(facts["outstanding"].values()),
            "schedule": rows_of(at, derived, at.today),
            "cost": agreed_cost(at, loan),
            "condition": words.condition(at, loan.terms),
            "purchases": bought(facts["purchases"]),
            "paid": money_in(at, loan, derived),
            "events": events(at, loan, offices),
            "primary": primary,
            "others": others,
            "waiting": waiting(at, loan),
        }


def rows_of(at: Sitting, derived: Derived | None, today: date) -> list[dict[str, Any]]:
    """The schedule in force; `left` is what is unpaid of an instalment."""
    rows = schedule_json(derived, today)["installments"] if derived else []
    return [row | {"parts": parts_of(at, row), "left": row["due"] - sum(row["paid"].values())} for row in rows]


def bought(lines: list[dict[str, Any]]) -> dict[str, Any]:
    """Purchase lines with what each costs, and their sum."""
    shown = []
    for line in lines:
        price = line["unit_price"] if line["actual_unit_price"] is None else line["actual_unit_price"]
        spent = applications.cost([(Decimal(line["quantity"]), price)])
        shown.append(line | {"quantity": words.comma(line["quantity"]), "price": price, "sum": spent})
    return {"lines": shown, "total": sum(line["sum"] for line in shown)}


def agreed_cost(at: Sitting, loan: Loan) -> words.Cost:
    """What the loan costs as it was agreed first; of a request, as it asks."""
    first = (
        Version.objects.filter(group_id=at.group_id, loan_id=loan.id, replaced=False)
        .order_by("effective_on", "ordinal")
        .first()
    )
    agreed = terms.from_json(first.terms if first else loan.terms)
    if first is None:
        dues = [row.due for row in schedule.schedule(agreed, queries.calendar_of(at.group))]
    else:
        rows = Installment.objects.filter(group_id=at.group_id, loan_id=loan.id, version=first.number)
        parts = rows.order_by("number").values_list("principal", "interest", "fee")
        dues = [sum(row) for row in parts]
    upfront = schedule.upfront_fees(agreed)
    return words.cost(agreed.principal, dues, upfront, loan.terms, loan.effective_annual_rate_percent)


def ways(at: Sitting, loan: Loan, facts: dict[str, Any]) -> tuple[Way | None, list[Way]]:
    """What she can do with the loan as it stands: one thing first, the others after it."""
    status, found = loan.status, []
    own = loan.member_id == at.seat.member_id
    if status == Loan.Status.SUBMITTED and at.may("vote_loan") and not own and not voted(at, loan):
        found.append(Way("p:loan-vote", gettext("Beri suara")))
    if status == Loan.Status.APPROVED and at.may("disburse_loan"):
        found.append(Way("p:loan-disburse", gettext("Cairkan")))
    if status == Loan.Status.ACTIVE and at.may("record_repayment"):
        found.append(Way("p:repay", gettext("Terima angsuran")))
    if status == Loan.Status.WRITTEN_OFF and at.may("record_repayment") and queries.write_off(at.group_id, loan.id):
        found.append(Way("p:recovery", gettext("Terima pembayaran")))
    primary = found[0] if found else None
    others = []
    if status in (Loan.Status.SUBMITTED, Loan.Status.APPROVED) and at.may("withdraw_loan"):
        others.append(Way("p:loan-withdraw", gettext("Tarik pengajuan")))
    if status == Loan.Status.ACTIVE:
        others.append(Way("p:payoff", gettext("Hitung pelunasan")))
    if status in (Loan.Status.ACTIVE, Loan.Status.PAID_OFF) and at.may("charge_loan"):
        others.append(Way("p:charge", gettext("Tambah biaya atau denda")))
    if status == Loan.Status.ACTIVE and at.may("recast_loan"):
        if facts["outstanding"]["penalty"] or facts["outstanding"]["fee"]:
            others.append(Way("p:waive", gettext("Hapuskan denda atau biaya")))
        others.append(Way("p:reschedule", gettext("Jadwalkan ulang")))
        others.append(Way("p:write-off", gettext("Anggap tidak kembali (hapus buku)")))
    if status == Loan.Status.APPROVED or status in Loan.LIVE:
        others.append(Way("p:agreement-paper", gettext("Surat perjanjian (PDF)")))
    if status in Loan.LIVE:
        others.append(Way("p:loan-paper", gettext("Kartu pinjaman (PDF)")))
    return primary, others


def voted(at: Sitting, loan: Loan) -> bool:
    """Whether she has voted in this round."""
    return any(vote.user_id == at.user_id and vote.round == loan.round for vote in loan.votes.all())


def waiting(at: Sitting, loan: Loan) -> list[Any]:
    """What about this loan waits for a second officer."""
    if not at.officer:
        return []
    path = reverse("loan", kwargs={"group_id": at.group_id, "loan_id": loan.id})
    return list(second.pending(at.group_id).filter(path__startswith=path))


def money_in(at: Sitting, loan: Loan, derived: Derived | None) -> list[Paid]:
    """Repayments and recoveries, the latest day first; what was taken back among them."""
    if derived is None:
        return []
    rows = list(queries.repayments(at.group_id, loan.id).select_related("carried_by__person"))
    later = list(queries.recoveries(at.group_id).filter(loan_id=loan.id))
    splits = queries.splits(at.group_id, [one.id for one in rows])
    entries = [one.entry_id for one in rows] + [back.entry_id for back in later]
    commands = dict(books.entries(at.group_id).filter(id__in=entries).values_list("id", "command_id"))
    names = {one.code: one.name for one in savings.products(at.group_id)}
    found = []
    for one in rows:
        found.append(
            Paid(
                on=one.paid_on,
                amount=one.amount,
                how=words.channel(one.channel, names),
                parts=parts_of(at, splits[one.id]),
                command=commands.get(one.entry_id),
                reversed=one.reversed_by is not None,
                carrier=words.called(one.carried_by),
            )
        )
    for back in later:
        how = words.channel(back.channel, names)
        command, undone = commands.get(back.entry_id), back.reversed_by is not None
        found.append(Paid(back.paid_on, back.amount, how, [], command, undone))
    return sorted(found, key=lambda one: one.on, reverse=True)


def parts_of(at: Sitting, split: Mapping[str, Any]) -> list[tuple[str, int]]:
    """What a repayment paid, or an instalment asks, in the group's words."""
    return [(label, split[name]) for name, label in words.parts(at).items() if split.get(name)]


MADE = {
    "disbursement": gettext_lazy("Dicairkan"),
    "reschedule": gettext_lazy("Dijadwalkan ulang"),
    "recount": gettext_lazy("Jadwal dihitung ulang"),
    "correction": gettext_lazy("Jadwal disesuaikan karena koreksi"),
}


def events(at: Sitting, loan: Loan, offices: dict[UUID, str]) -> list[Event]:
    """What happened to it, the latest day first; votes are under their own day."""
    group_id, here = at.group_id, at.group.timezone
    found = [Event(_day(loan.created_at, here), gettext("Diajukan"), loan.purpose, loan.requested)]
    for vote in loan.votes.all():
        said = gettext("Disetujui oleh %(name)s") if vote.decision == "approve" else gettext("Ditolak oleh %(name)s")
        found.append(Event(_day(vote.at, here), said % {"name": offices.get(vote.officer_id, "")}, vote.note))
    for version in Version.objects.filter(group_id=group_id, loan_id=loan.id).order_by("ordinal", "number"):
        amount = version.principal if version.made_by in ("disbursement", "reschedule") else None
        found.append(Event(version.effective_on, str(MADE[version.made_by]), version.reason, amount))
    for charge in queries.charges(group_id, loan.id):
        what = gettext("Denda ditambahkan") if charge.kind == "penalty" else gettext("Biaya ditambahkan")
        found.append(Event(charge.due_on, what, charge.memo, charge.amount))
    for waiver in queries.waivers(group_id, loan.id):
        found.append(Event(waiver.waived_on, gettext("Denda atau biaya dihapuskan"), waiver.reason, waiver.amount))
    for out in queries.write_offs(group_id).filter(loan_id=loan.id):
        what = gettext("Dihapus buku") if out.mode == "books" else gettext("Tagihannya dilepas")
        if out.reversed_by:
            what = gettext("Dihapus buku, lalu dibatalkan")
        found.append(Event(out.effective_on, what, out.reason, out.principal + out.interest + out.penalty))
    if loan.status == Loan.Status.PAID_OFF and loan.ended_on:
        found.append(Event(loan.ended_on, gettext("Lunas")))
    return sorted(found, key=lambda one: one.on, reverse=True)


def _day(moment: Any, zone: str) -> date:
    day: date = moment.astimezone(ZoneInfo(zone)).date()
    return day
