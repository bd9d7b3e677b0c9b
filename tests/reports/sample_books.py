"""Papers of a whole group to print, made by hand: a book of any size and sign, without a database."""

from datetime import date
from typing import Any

from django.template import engines
from django.utils import translation

from ledger.chart import CHART, MONEY
from ledger.ids import uuid7
from ledger.periods import Flow, Stood
from loans.classes import PRESETS, classify
from loans.portfolio import ArrearsRow, ClassRow, Collected, Figures, Portfolio, Risk, percent
from members.models import Group
from reports.drawing import qr
from reports.papers import arrears as papers
from reports.papers import group as groups
from reports.papers import profile, quality, uses
from reports.papers.behind import Behind
from reports.papers.frame import Frame, Paper, Signature, framed
from reports.papers.headings import STANDARDS
from reports.papers.periods import month_ends
from reports.papers.plain import plainly
from reports.press import Sheet
from tests.reports.samples import FRAME

SIGNED = (Signature("Bendahara", "Budiarti"), Signature("Ketua", "Sari Wulandari"), Signature("Kepala Desa", "", True))


def time(amount: int, *, since: date, until: date, few: bool = False) -> groups.Time:
    """A book in which every account (`few`: cash, loans and savings alone) holds `amount`, and equity the rest."""
    rows = {}
    held = 0
    for one in CHART:
        if one.kind == "memo" or one.code == "3-9010" or (few and one.code[:4] not in ("1-10", "1-12", "2-10")):
            continue
        rows[one.code] = Stood(one.code, one.name, one.name_en, one.kind, one.normal, 0, *_moved(one.normal, amount))
        held += amount if one.normal == "D" else -amount
    opening = next(one for one in CHART if one.code == "3-9010")
    rows[opening.code] = Stood(opening.code, opening.name, opening.name_en, "equity", "C", 0, *_moved("C", held))
    flows = tuple(
        Flow(one.code, one.kind, *((amount, 0) if one.normal == "C" else (0, amount)))
        for one in rows.values()
        if one.code not in MONEY and one.code != opening.code
    )
    net = sum(one.closing for one in rows.values() if one.code in MONEY) - sum(
        one.incoming - one.outgoing for one in flows
    )
    return groups.Time(since, until, rows, rows, (*flows, Flow(opening.code, "equity", net, 0)))


def _moved(normal: str, amount: int) -> tuple[int, int, int, int]:
    up, down = max(amount, 0), max(-amount, 0)
    return (up, down, 0, amount) if normal == "D" else (down, up, 0, amount)


def statements(
    amount: int = 1_250_000, *, given: Frame = FRAME, standard: str = "sak_ep", few: bool = False, **changes: Any
) -> Paper:
    """A group's statements where every account holds as much; half of it a year before."""
    now = time(amount, since=date(2026, 1, 1), until=date(2026, 11, 30), few=few)
    then = time(amount // 2, since=date(2025, 1, 1), until=date(2025, 11, 30), few=few)
    with translation.override(given.language):
        body = groups.statements(STANDARDS[standard], now, then, given.language)
        said = groups._totals(now, then)
        groups.agree(body, said)
        return framed(
            given,
            kind="group",
            title=translation.gettext("Laporan Keuangan"),
            since=now.since,
            until=now.until,
            body=body,
            totals=said,
            tables=groups.tables(body),
            signatures=SIGNED,
            **changes,
        )


def arrears(loans: int = 8, amount: int = 1_200_000, *, given: Frame = FRAME, name: str = "Siti Aminah") -> Paper:
    """A list of so many loans, spread over the classes of a bank."""
    ids = [uuid7() for _ in range(loans)]
    days = (0, 0, 0, 12, 45, 100, 150, 400)
    rows = [
        ArrearsRow(
            *(id, id, at + 1, amount, amount // 3 if days[at % 8] else 0, amount // 50 if days[at % 8] else 0),
            *(days[at % 8], days[at % 8] // 30, 0),
            classify("bank", days_past_due=days[at % 8], installments_late=0).name,
        )
        for at, id in enumerate(ids)
    ]
    with translation.override(given.language):
        word = translation.gettext("jasa")
        body = papers.listed("bank", word, rows, dict.fromkeys(ids, amount), dict.fromkeys(ids, name))
        return framed(
            given,
            kind="arrears",
            title=translation.gettext("Daftar Tunggakan dan Kolektibilitas"),
            since=None,
            until=date(2026, 11, 24),
            body=body,
            totals={"principal": body.sums.outstanding},
            tables=papers.tables(body),
            signatures=SIGNED[:2],
        )


WRAPPED = (
    '{% extends "reports/pdf/paper.html" %}{% block body %}'
    '{% include "reports/pdf/parts/behind.html" with behind=body %}{% endblock %}'
)


def behind(loans: int = 6, amount: int = 1_200_000, *, language: str = "id", name: str = "Anggota nomor 5") -> Behind:
    """What stands behind a lender's money: a year in which so many loans of an amount grew and some ran late."""
    group = Group(name="JARBANGSRI", currency="IDR", digits=0)
    owed = amount * loans
    at_risk = {1: owed // 3, 30: owed // 5, 60: owed // 8, 90: owed // 12}
    ends = [
        (on, Figures(loans, owed * (at + 1) // 12, 0, 0, {n: risk * at // 12 for n, risk in at_risk.items()}, ()))
        for at, on in enumerate(month_ends(date(2026, 11, 24), 12))
    ]
    came = [Collected(on.replace(day=1), owed // 10, owed // 11) for on, _ in ends[1:]]
    risks = {days: Risk(risk, percent(risk, owed)) for days, risk in at_risk.items()}
    rows = [ClassRow(one.name, loans // 5, owed // 5, owed // 50) for one in PRESETS["bank"].classes]
    whole = Portfolio(1, loans, owed, owed // 6, owed // 60, risks, None, None, None, None, rows, owed // 10)
    bought = uses.Bought(
        "Kedelai", "62,5", "kg", amount // 100, amount // 2, "UD Makmur, Pasar Kunduran", planned=False
    )
    more = uses.Bought("Ragi", "3", "bungkus", amount // 1000, amount // 300, "", planned=True)
    lent = uses.Use(1, name, date(2026, 3, 10), "Tempe untuk hajatan", amount, amount // 2, (bought, more), amount // 3)
    with translation.override(language):
        return Behind(
            word=translation.gettext("jasa"),
            quality=quality.of(group, whole, ends, came, language),
            profile=profile.Profile(
                until=date(2026, 11, 24),
                members=25,
                joined=2,
                left=1,
                untold=3,
                workers=31,
                trades=(
                    profile.Trade("Tempe dan tahu", 14, "Tempe bungkus daun, tempe mendoan, tahu putih"),
                    profile.Trade("Keripik", 5, "Keripik pisang, keripik singkong balado"),
                    profile.Trade("Jamu gendong", 3, ""),
                ),
                materials="Kedelai, ragi, pisang, singkong, minyak goreng",
                due=amount,
                saved=amount * 9 // 10,
                discipline="90%",
                asked=25,
                in_full=21,
                recorded_since=date(2024, 1, 1),
                months=35,
                closed=34,
                entries=1284,
                loans=61,
                loans_ended=40,
            ),
            uses=uses.Uses(
                loans=(lent,) * loans,
                materials=(
                    uses.Material("Kedelai", "1.250", "kg", owed // 2, amount // 100, loans),
                    uses.Material("Ragi", "40", "bungkus", owed // 300, amount // 1000, loans),
                )
                if loans
                else (),
                lent=owed,
                outstanding=owed // 2,
                bought=owed // 2,
                rest=owed // 3,
            ),
        )


def paper_of(body: Behind, given: Frame = FRAME) -> Sheet:
    """A paper of these parts alone, as the press is given it."""
    paper = plainly(
        framed(
            given,
            kind="lender",
            title="Laporan Pendana",
            since=date(2026, 1, 1),
            until=date(2026, 11, 24),
            body=body,
            totals={},
        )
    )
    with translation.override(given.language):
        html = engines["django"].from_string(WRAPPED).render({"paper": paper, "body": paper.body})
    return Sheet(html, "parts/1", given.made_on, marks={"qr": qr(given.address), **paper.body.marks})
