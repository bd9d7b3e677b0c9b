"""A lender's statement to print, made by hand, whatever its books would say."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django.utils import translation

from members.models import SCOPES
from members.templatetags.lumbung import scope
from reports.papers import lender as papers
from reports.papers.facility import FacilityCard, Instalment, Line
from reports.papers.frame import Correction, Frame, Paper, framed
from tests.reports import sample_books
from tests.reports.samples import EARLIER, FRAME

LONG_NAME = "Lembaga Keuangan Desa Bumdesma Sejahtera Bersama Kunduran Blora Jl."


def card(number: int = 1, amount: int = 1_200_000, *, rows: int = 12, of: int = 1) -> FacilityCard:
    """A facility of so many instalments of an amount each, the first paid, the second late."""
    whole, interest = amount * rows, amount // 100
    first = date(2026, 1, 10)
    instalments = tuple(
        Instalment(
            drawdown=1 + at % of,
            number=at // of + 1,
            due_on=first + timedelta(days=30 * (at + 1)),
            principal=amount,
            interest=interest,
            other=0,
            paid=amount + interest if at == 0 else 0,
            left=0 if at == 0 else amount + interest,
            state="paid" if at == 0 else "late" if at == 1 else "upcoming",
        )
        for at in range(rows)
    )
    drawn = Line(
        *(first, "JARB-2601-0011", "Pencairan", whole, None, None, None, None, whole),
        undone=False,
    )
    paid = Line(
        *(date(2026, 2, 10), "JARB-2602-0020", "Angsuran", None, amount + interest, amount, interest, 0),
        whole - amount,
        undone=False,
    )
    wrong = replace(paid, on=date(2026, 3, 10), slip="JARB-2603-0031", undone=True, balance=whole - 2 * amount)
    back = replace(
        paid,
        on=date(2026, 3, 11),
        about="Koreksi bayar pendana: salah nol",
        **{name: -getattr(paid, name) for name in ("paid", "principal", "interest", "other")},
    )
    return FacilityCard(
        number=number,
        opened_on=first,
        agreed="jasa 1% sebulan, tetap, 12 bulan",
        limit=whole,
        used=whole,
        available=0,
        opening=0,
        closing=whole - amount,
        scheduled=whole - amount,
        due_now=amount + interest,
        arrears=amount + interest,
        days=258,
        next_due_on=date(2026, 12, 6),
        next_due_amount=amount + interest,
        payoff=whole - amount + 10 * interest,
        ended_on=None,
        instalments=instalments,
        lines=(drawn, paid, wrong, back),
    )


def lender(
    loans: int = 6,
    amount: int = 1_200_000,
    *,
    name: str = "UPK Kunduran",
    scopes: tuple[str, ...] = SCOPES,
    given: Frame = FRAME,
    facilities: int = 1,
    corrected: bool = False,
    **of: Any,
) -> Paper:
    """The statement of a lender whose money is in so many loans of an amount."""
    with translation.override(given.language):
        found = sample_books.behind(loans, amount, language=given.language)
        cards = tuple(card(at + 1, amount, **of) for at in range(facilities))
        body = papers.Report(
            name=name,
            kind="UPK atau Bumdesma",
            word=found.word,
            scopes=tuple(scope(one) for one in scopes),
            until=date(2026, 11, 24),
            facilities=cards,
            opening=0,
            drawn=sum(one.drawn for one in cards),
            paid=sum(one.principal_paid for one in cards),
            owed=sum(one.closing for one in cards),
            due=sum(one.due_now for one in cards),
            arrears=sum(one.arrears for one in cards),
            lent_on=amount * loans,
            still_out=amount * loans // 2,
            loans=loans,
            quality=found.quality if "totals" in scopes else None,
            profile=found.profile if "totals" in scopes else None,
            uses=papers._within(found.uses, scopes),
            hidden="loans" not in scopes,
        )
        changed = Correction(date(2026, 4, 10), "Bayar pendana, fasilitas 1", 0, -amount, "Dicatat 2 Mei 2026")
        return framed(
            replace(given, earlier=EARLIER if corrected else None),
            kind="lender",
            title=translation.gettext("Laporan untuk Pendana"),
            since=date(2026, 1, 1),
            until=date(2026, 11, 24),
            body=body,
            totals={"facility_closing": body.owed},
            tables=papers.tables(body),
            corrections=(changed,) if corrected else (),
            signatures=sample_books.SIGNED[:2],
            scopes=scopes,
        )
