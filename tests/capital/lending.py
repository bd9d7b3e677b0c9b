"""The cast of capital: a group whose loans are of lenders' money, through the services, and what stands in its
books."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from capital import queries, services
from capital.account import Derived
from capital.models import Drawdown, Facility, Funding, Grant, Lender, Payment
from capital.overview import Overview, overview
from loans import queries as loans
from loans import terms
from tests.cast import day
from tests.loans.lending import Borrowed, Lending

YEAR: dict[str, Any] = {
    "rate": {"percent": "1", "per": "month"},
    "method": "equal_principal",
    "installments": 12,
}
"""A facility of Rp12.000.000 drawn whole: Rp1.000.000 a month, and jasa of one per cent on what is still owed."""


@dataclass
class Borrowing(Lending):
    """As `Lending`, with lenders behind it."""

    def knows(self, name: str = "UPK Kunduran", kind: str = "upk", email: str | None = None) -> Lender:
        made: Lender = self.asks(
            lambda: services.add_lender(self.id, name=name, kind=kind, contact_email=email),
        )
        return made

    def is_promised(
        self, limit: int = 12_000_000, *, on: str = "2026-01-10", lender: Lender | None = None, **changes: Any
    ) -> "Promised":
        agreed = YEAR | {"principal": limit, "disbursed_on": on} | changes
        behind = lender or self.knows(f"Pendana {len(self.asks(lambda: list(queries.lenders(self.id)))) + 1}")
        facility = self.asks(
            lambda: services.open_facility(self.group, behind, limit=limit, agreed=terms.from_json(agreed))
        )
        return Promised(self, facility.id)

    def is_given(
        self, amount: int, kind: str = "grant", *, on: str = "2026-01-10", giver: str = "Desa Blumbangrejo"
    ) -> Grant:
        made: Grant = self.does(
            lambda: services.receive_grant(self.id, kind=kind, giver=giver, amount=amount, received_on=day(on))
        )
        return made

    def sees(self, on: str = "2026-10-31") -> Overview:
        """Sources and uses at the end of a day."""
        found: Overview = self.asks(lambda: overview(self.id, as_of=day(on)))
        assert found.sources.total == found.uses.total
        return found


@dataclass
class Promised:
    """A facility of the group's."""

    group: Borrowing
    id: UUID

    @property
    def row(self) -> Facility:
        found: Facility = self.group.asks(lambda: queries.facility(self.group.id, self.id))
        return found

    def draws(self, amount: int = 12_000_000, on: str = "2026-01-10", *, channel: str = "cash") -> Drawdown:
        made: Drawdown = self.group.does(
            lambda: services.draw(self._fresh(), amount=amount, drawn_on=day(on), channel=channel)
        )
        return made

    def pays(self, amount: int, on: str, *, channel: str = "cash") -> services.Paid:
        paid: services.Paid = self.group.does(
            lambda: services.pay(self._fresh(), amount=amount, paid_on=day(on), channel=channel)
        )
        return paid

    def funds(self, loan: Borrowed, amount: int) -> Funding:
        made: Funding = self.group.asks(
            lambda: services.fund_loan(self._fresh(), loans.loan(self.group.id, loan.id), amount=amount)
        )
        return made

    def _fresh(self) -> Facility:
        return queries.facility(self.group.id, self.id)

    def at(self, on: str) -> Derived:
        found: Derived = self.group.asks(lambda: queries.state(self._fresh(), on=day(on)))
        return found

    def stands(self, on: str) -> queries.Standing:
        [found] = self.group.asks(lambda: queries.standings(self.group.id, [self._fresh()], on=day(on)))
        return found  # type: ignore[no-any-return]

    def split(self, payment: Payment) -> tuple[int, int, int]:
        """What is booked of a payment: fee, interest, principal."""
        found = self.group.asks(lambda: queries.splits(self.group.id, [payment.id]))[payment.id]
        return found["fee"], found["interest"], found["principal"]

    def account(self, since: str | None = None, until: str | None = None) -> queries.Account:
        days = {"since": day(since) if since else None, "until": day(until) if until else None}
        found: queries.Account = self.group.asks(lambda: queries.account(self.group.id, self._fresh(), **days))
        return found
