"""Papers about one loan or one act, made by hand, whatever its books would say: small, and as large as they come."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils import translation

from loans import pricing
from loans.applications import RULES, cost
from loans.schedule import schedule
from loans.terms import Terms, from_json
from loans.views.words import comma
from reports.papers import agreement, duty, loan, receipt, spelled
from reports.papers.agreement import Agreement, Bought, Party
from reports.papers.clauses import Deal, clauses
from reports.papers.frame import Frame, Paper, Signature, framed
from tests.reports.samples import FRAME, frame
from tests.reports.samples import loan as card

LONG_NAME = "Raden Ayu Siti Nurhaliza Kusumaningrum Wulandari Prameswari D."
LARGEST = 999_999_999_999


def terms(**changes: Any) -> Terms:
    """1.200.000 flat at 2 % over twelve months."""
    agreed: dict[str, Any] = {
        "principal": 1_200_000,
        "rate": {"percent": "2", "per": "month"},
        "method": "flat",
        "installments": 12,
        "disbursed_on": "2026-01-10",
    }
    return from_json(agreed | changes)


def bought(many: int = 1, item: str = "Kedelai", price: int = 12_000) -> tuple[Bought, ...]:
    amount = cost([(Decimal(50), price)])
    return tuple(Bought(item, "50", "kg", price, "Toko Makmur", amount) for _ in range(many))


def agreed(
    of: Terms | None = None,
    *,
    given: Frame = FRAME,
    name: str = "Siti Aminah",
    purpose: str = "Kedelai untuk tempe",
    buys: Sequence[Bought] = (),
    paid_out: bool = True,
    **rules: Any,
) -> Paper:
    """An agreement on these terms and rules."""
    asked = of or terms()
    rows = schedule(asked)
    held = RULES | rules
    saved = (held["compulsory_savings"] or {}).get("amount", 0)
    price = pricing.price(asked, rows, compulsory_savings_per_installment=saved)
    with translation.override(given.language):
        word = translation.gettext("jasa")
    deal = Deal(
        terms=asked,
        rules=held,
        price=price,
        word=word,
        purpose=purpose,
        has_purchases=bool(buys),
        first_due_on=rows[0].due_on,
        last_due_on=rows[-1].due_on,
        paid_out=paid_out,
        saves="simpanan sukarela",
        cap=Decimal(24),
        place=given.letterhead.regency,
        currency=given.currency,
        language=given.language,
    )
    with translation.override(given.language):
        body = Agreement(
            loan=1,
            opening=agreement._opening(asked.disbursed_on, given),
            first=Party(name if name != "Siti Aminah" else "Sari", "Ketua", "", "", ""),
            second=Party(name, "", "12", "************0003", "RT 02 RW 01, Blumbangrejo"),
            word=word,
            clauses=clauses(deal),
            principal=asked.principal,
            received=price.received,
            repaid=deal.repaid,
            cost=deal.cost,
            apr=comma(price.apr_percent or ""),
            effective=comma(price.effective_annual_rate_percent or ""),
            purchases=tuple(buys),
            rows=tuple(map(agreement._due, rows)),
            duty=duty.METERAI,
            village=given.letterhead.village,
        )
        return framed(
            given,
            kind="agreement",
            title=translation.gettext("Surat Perjanjian Pinjaman"),
            since=None,
            until=asked.disbursed_on,
            body=body,
            totals={"lent": asked.principal},
            tables=agreement.tables(body),
            signatures=agreement.signatures(body),
        )


def received(
    total: int = 150_000,
    *,
    kind: str = "receipt",
    lines: int = 2,
    given: Frame = FRAME,
    who: str = "Siti Aminah",
    **of: Any,
) -> Paper:
    """A receipt for so much in so many lines."""
    each = [total - total // lines * (lines - 1)] + [total // lines] * (lines - 1)
    what = of.pop("words", "Angsuran pinjaman 1")
    body = receipt.Receipt(
        number="JARB-2611-0042",
        day=date(2026, 11, 24),
        who=f"{who} (no. 12)",
        carried_by="",
        incoming=True,
        lines=tuple(
            receipt.Line(what, one, "pokok 100.000, jasa 24.000" if not at else "", undone=False)
            for at, one in enumerate(each)
        ),
        total=total,
        words=spelled.amount(total, given.currency, given.digits, given.language),
        savings=(receipt.Saved("Simpanan wajib", total), receipt.Saved("Simpanan sukarela", 6_000)),
        loans=(receipt.Owed(1, 3, 12, total, date(2026, 12, 10), 124_000),),
        recorded="Dicatat oleh Budiarti (bendahara)",
        check="3f9a22",
        reversed=False,
        duty=duty.on_receipt(total, given.currency, given.digits),
    )
    body = replace(body, **of)
    with translation.override(given.language):
        return framed(
            given,
            kind=kind,
            title=translation.gettext("Kwitansi"),
            since=None,
            until=body.day,
            body=body,
            totals={"received": total, "paid": 0},
            tables=receipt.tables(body),
            signatures=(Signature("Yang menyerahkan", who), Signature("Yang menerima (bendahara)", "Budiarti")),
        )


def carded(
    count: int = 12, *, step: int = 100_000, given: Frame = FRAME, name: str = "Siti Aminah", **of: Any
) -> Paper:
    """A loan's card of so many instalments of `step` principal, the first paid, the second late."""
    small = card()
    first = small.instalments[0]
    rows = []
    for at in range(count):
        due = step + step // 4
        paid = due if at == 0 else due // 3 if at == 1 else 0
        state = "paid" if at == 0 else "late" if at == 1 else "upcoming"
        on = first.due_on + timedelta(days=30 * at)
        rows.append(
            replace(
                first,
                number=at + 1,
                due_on=on,
                principal=step,
                interest=step // 4,
                due=due,
                paid=paid,
                left=due - paid,
                state=state,
            )
        )
    filled = replace(
        small,
        principal=step * count,
        closing=step * (count - 1),
        arrears=rows[min(1, count - 1)].left,
        instalments=tuple(rows),
        lines=tuple(replace(one, balance=step * (count - 1)) for one in small.lines),
    )
    body = loan.LoanPaper(
        name=name, number="12", word="jasa", card=replace(filled, **of), saves=5_000, saved_in="Simpanan wajib"
    )
    with translation.override(given.language):
        return framed(
            given,
            kind="loan",
            title=translation.gettext("Kartu Pinjaman"),
            since=None,
            until=date(2026, 11, 24),
            body=body,
            totals={"principal_closing": filled.closing},
            tables=loan.tables(body),
            signatures=(Signature("Bendahara", "Budiarti"), Signature("Ketua", "Sari")),
        )


def english(**changes: Any) -> Frame:
    return frame(language="en", **changes)
