"""Papers to print: a member's statement made by hand, whatever its books would say, and ways to read a file back."""

import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pypdf

from reports.papers import lent, saved
from reports.papers.frame import Earlier, Frame, Letterhead, Paper, Signature, framed
from reports.papers.member import Statement, tables

CODE = "7kq2m9xw4hpt8c3v6nrdjyb5fa"
FRAME = Frame(
    language="id",
    number="014/LSP/JARB/XI/2026",
    code=CODE,
    version=1,
    letterhead=Letterhead("JARBANGSRI", "Blumbangrejo", "Kunduran", "Blora", "JARB"),
    made_on=date(2026, 11, 24),
    place="Kunduran",
    head_seq=1284,
    head_hash="3f9a22c177de0b41" * 4,
    currency="IDR",
    digits=0,
    seal="uncertified",
    address=f"https://lumbung.example/v/{CODE}",
)
EARLIER = Earlier("013/LSP/JARB/X/2026", date(2026, 10, 31), 1200)


def frame(**changes: Any) -> Frame:
    return replace(FRAME, **changes)


def card(rows: int, step: int = 20_000, opening: int = 500_000, about: str = "Setoran simpanan") -> saved.Card:
    """A product with so many deposits, one a day."""
    lines, balance = [], opening
    for at in range(rows):
        balance += step
        on = date(2026, 1, 1) + timedelta(days=at % 300)
        lines.append(saved.Movement(on, f"JARB-{on:%y%m}-{at + 10:04d}", about, step, None, balance, undone=False))
    return saved.Card("wajib", "Simpanan wajib", opening, balance, tuple(lines))


def loan(lines: Sequence[lent.LoanLine] = ()) -> lent.LoanCard:
    """1.200.000 over twelve months, the first of them paid, the next late."""
    due = (
        lent.Instalment(1, date(2026, 2, 10), 100_000, 24_000, 0, 124_000, 124_000, 0, "paid"),
        lent.Instalment(2, date(2026, 3, 10), 100_000, 24_000, 5_000, 129_000, 50_000, 79_000, "late"),
        lent.Instalment(3, date(2026, 12, 10), 100_000, 24_000, 0, 124_000, 0, 124_000, "upcoming"),
    )
    paid = lent.LoanLine(
        *(date(2026, 2, 10), "JARB-2602-0020", "Angsuran", None),
        *(124_000, 100_000, 24_000, 0, 1_100_000),
        undone=False,
    )
    return lent.LoanCard(
        number=1,
        status="Berjalan",
        disbursed_on=date(2026, 1, 10),
        principal=1_200_000,
        agreed="jasa 2% sebulan, tetap, 12 bulan",
        purpose="Kedelai",
        opening=1_200_000,
        closing=1_100_000,
        payoff=1_203_000,
        arrears=79_000,
        next_due_on=date(2026, 12, 10),
        next_due_amount=124_000,
        instalments=due,
        lines=tuple(lines) or (paid,),
    )


def statement(
    rows: int = 3, *, name: str = "Siti Aminah", loans: Sequence[lent.LoanCard] = (), given: Frame = FRAME, **of: Any
) -> Paper:
    """A member's statement of so many lines."""
    only = card(rows, **of)
    body = Statement(
        name=name,
        number="12",
        joined_on=date(2024, 1, 3),
        left_on=None,
        word="jasa",
        cards=(only,),
        loans=tuple(loans),
        opening=only.opening,
        incoming=only.incoming,
        outgoing=0,
        saved=only.closing,
        owed=sum(one.closing for one in loans),
        arrears=sum(one.arrears for one in loans),
    )
    return framed(
        given,
        kind="member",
        title="Laporan Simpanan dan Pinjaman",
        since=date(2026, 1, 1),
        until=date(2026, 11, 24),
        body=body,
        totals={"savings_closing": only.closing},
        tables=tables(body),
        signatures=(Signature("Bendahara", "Budiarti"), Signature("Ketua", "")),
    )


def pages(pdf: bytes) -> list[str]:
    """The text of each page, its white space single."""
    return [" ".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]


def text(pdf: bytes) -> str:
    return " ".join(pages(pdf))
