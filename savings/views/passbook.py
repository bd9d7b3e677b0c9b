"""A member's book: every line of her savings, the latest first, with the balance after it."""

from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any
from uuid import UUID

from django.utils.translation import gettext, gettext_lazy

from ledger import queries as books
from members.api.people import hers, noted
from members.errors import NotFound
from members.page import Page, Sitting
from savings import queries
from savings.queries import PassbookLine

LINES = 50
WORDS = {
    "savings_deposit": gettext_lazy("Setor"),
    "savings_withdrawal": gettext_lazy("Tarik"),
    "savings_interest": gettext_lazy("Jasa simpanan"),
    "settlement": gettext_lazy("Keluar dari kelompok"),
    "repayment": gettext_lazy("Bayar angsuran"),
    "loan_disbursement": gettext_lazy("Dari pinjaman"),
    "reversal": gettext_lazy("Koreksi"),
}
"""Kind of entry → what it is called in her book."""
WITH_RECEIPT = frozenset({"savings_deposit", "savings_withdrawal", "settlement", "repayment", "loan_disbursement"})


@dataclass(frozen=True, slots=True)
class BookLine:
    """A line as it is laid out; `taken_back`: by an entry that stands in the book too."""

    line: PassbookLine
    words: str
    product: str
    taken_back: bool
    has_receipt: bool


class Passbook(Page):
    """All her savings or one product (`?simpanan=wajib`), fifty lines a page; to a member without office, her own."""

    act = "see_savings"
    template = "savings/passbook.html"
    tab = "members"

    def show(self, at: Sitting, member_id: UUID) -> dict[str, Any]:
        row = hers(at.here, member_id)
        noted(at.here, member_id, "savings")
        names = {one.code: one.name for one in queries.products(at.group_id)}
        product = at.request.GET.get("simpanan") or None
        if product is not None and product not in names:
            raise NotFound()
        number = page_number(at.request.GET.get("halaman", ""))
        page = queries.book_page(at.group_id, member_id, number=number, limit=LINES, product=product)
        undone = books.reversals(at.group_id, [line.entry_id for line in page.lines])
        lines = [
            BookLine(
                line,
                str(WORDS.get(line.kind, gettext("Lain-lain"))),
                names[line.product],
                line.entry_id in undone,
                line.kind in WITH_RECEIPT,
            )
            for line in page.lines
        ]
        return {
            "row": row,
            "own": member_id == at.seat.member_id,
            "products": names,
            "product": product,
            "page": page,
            "number": number,
            "months": [(month, list(found)) for month, found in groupby(lines, month_of)],
        }


def month_of(one: BookLine) -> date:
    return one.line.effective_on.replace(day=1)


def page_number(given: str) -> int:
    """A page's number out of an address; 1 for what is none."""
    number = int(given) if given.isascii() and given.isdigit() and len(given) < 6 else 1
    return max(number, 1)
