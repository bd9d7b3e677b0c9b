"""The papers, one module a kind: each gathers what it says, and says its totals again from the ledger alone.

A module here has two functions:

    gather(group, *, subject_id, since, until, frame) -> Paper
        reads the books, locked by the caller, so that head and figures agree;
    totals(group_id, subject_id, since, until, through_seq) -> dict[str, int]
        the same sums as `Paper.totals`, from postings alone: those of entries numbered up to `through_seq` and dated
        up to `until`.
"""

from collections.abc import Mapping
from datetime import date
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple, Protocol, cast
from uuid import UUID

if TYPE_CHECKING:
    from members.models import Group
    from reports.papers.frame import Frame, Paper


class Kind(NamedTuple):
    """`subject` is the model whose id names it ("": the group itself); `act` of `members.access` lets ask for it, and a
    member's seat for her own alone. `hers`: it names one member alone, and is kept under her key. `mark` stands in its
    number."""

    module: str
    template: str
    subject: str
    act: str
    hers: bool
    mark: str
    once: bool = False


KINDS: Mapping[str, Kind] = {
    "member": Kind(
        "reports.papers.member", "reports/pdf/member.html", "members.Member", "see_savings", hers=True, mark="LSP"
    ),
    "loan": Kind("reports.papers.loan", "reports/pdf/loan.html", "loans.Loan", "see_loans", hers=True, mark="KPJ"),
    "agreement": Kind(
        "reports.papers.agreement",
        "reports/pdf/agreement.html",
        "loans.Loan",
        "see_loans",
        hers=True,
        mark="SPP",
        once=True,
    ),
    "receipt": Kind(
        "reports.papers.receipt",
        "reports/pdf/receipt.html",
        "ledger.Entry",
        "see_receipts",
        hers=True,
        mark="KWT",
        once=True,
    ),
    "strip": Kind(
        "reports.papers.strip",
        "reports/pdf/strip.html",
        "ledger.Entry",
        "see_receipts",
        hers=True,
        mark="STR",
        once=True,
    ),
    "arrears": Kind("reports.papers.arrears", "reports/pdf/arrears.html", "", "see_portfolio", hers=False, mark="LTK"),
    "group": Kind("reports.papers.group", "reports/pdf/group.html", "", "see_books", hers=False, mark="LK"),
    "lender": Kind(
        "reports.papers.lender", "reports/pdf/lender.html", "capital.Lender", "see_capital", hers=False, mark="LKP"
    ),
}


class Gatherer(Protocol):
    """What a module of a kind has."""

    def gather(
        self, group: "Group", *, subject_id: UUID | None, since: date | None, until: date, frame: "Frame"
    ) -> "Paper": ...

    def totals(
        self, group_id: UUID, subject_id: UUID | None, since: date | None, until: date, through_seq: int
    ) -> dict[str, int]: ...


def gatherer(kind: str) -> Gatherer:
    """The module of a kind. Raises KeyError for one that is not in the table."""
    return cast(Gatherer, import_module(KINDS[kind].module))
