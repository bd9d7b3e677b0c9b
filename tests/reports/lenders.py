"""The cast of the lender's statement: the UPK lends to the group, the group to its women, and Bu Ratna signs in for the
UPK."""

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from capital.models import Lender
from ledger import queries as books
from loans.applications import Bought
from members import consents, lends, logins
from members.models import SCOPES, User
from members.services import today_in
from reports.papers import lender, parties
from reports.papers.frame import Paper
from tests.capital.lending import Borrowing, Promised
from tests.cast import day
from tests.door import PASSWORD, Phone, signs_in
from tests.loans.lending import Borrowed
from tests.members.lent import officers_of
from tests.reports.samples import frame

BEANS = Bought("Kedelai", Decimal("62.5"), "kg", 12_000, "UD Makmur")
LEAVES = Bought("Daun", Decimal(4), "ikat", 2_500, None)
YEAST = Bought("Ragi", Decimal(3), "bungkus", 5_000, None)


@dataclass
class Upk:
    """UPK Kunduran promised Rp12.000.000 for a year at 1 % a month on 10 January 2026, and half of it was drawn. Of
    that Rp1.000.000 became Dewi's loan and Rp600.000 Yuni's; Dewi paid two instalments and then no more. Two
    instalments of the facility were paid."""

    group: Borrowing
    row: Lender
    facility: Promised
    dewi: Borrowed
    yuni: Borrowed
    phones: dict[str, Phone] = field(default_factory=dict)

    @classmethod
    def lives(cls, group: Borrowing, *, name: str = "UPK Kunduran", email: str | None = None) -> "Upk":
        row = group.knows(name, email=email)
        facility = group.is_promised(lender=row)
        facility.draws(6_000_000)
        dewi = group.requests("dewi", buys=[BEANS, YEAST]).is_approved().is_paid_out()
        for on in ("2026-02-10", "2026-03-10"):
            dewi.pays(124_000, on)
        yuni = group.lends("yuni", on="2026-03-12", disbursed_on="2026-03-12", principal=600_000)
        facility.funds(dewi, 1_000_000)
        facility.funds(yuni, 600_000)
        for amount, on in ((560_000, "2026-02-10"), (555_000, "2026-03-10")):
            facility.pays(amount, on)
        return cls(group, row, facility, dewi, yuni)

    @property
    def id(self) -> UUID:
        return self.row.id

    def may_see(self, *scopes: str, since: int = 0, days: int = 365) -> UUID:
        """A consent of the treasurer and the chair that begins `since` days from today; its id."""
        today = today_in(self.group.group)
        first = today + timedelta(days=since)
        found: UUID = self.group.asks(
            lambda: (
                consents.give(
                    self.group.id,
                    lender_id=self.id,
                    scopes=scopes or SCOPES,
                    from_on=first,
                    to_on=first + timedelta(days=days),
                    today=min(first, today),
                    officers=officers_of(self.group.kelompok),
                ).id
            )
        )
        return found

    def may_see_from(self, first: str, *scopes: str, last: str | None = None) -> UUID:
        """A consent from a day to another, or until a year from today."""
        begins, today = day(first), today_in(self.group.group)
        ends = day(last) if last else today + timedelta(days=365)
        return self.may_see(*scopes, since=(begins - today).days, days=(ends - begins).days)

    def takes_back(self, consent_id: UUID) -> None:
        by = officers_of(self.group.kelompok)[0]
        self.group.asks(lambda: consents.revoke(self.group.id, consent_id, by=by))

    def signs_in(self, username: str = "bu.ratna") -> User:
        """Somebody who signs in for it, with a phone."""

        def act() -> User:
            user, first = lends.open_login(self.group.group, self.id, username=username)
            logins.set_own_password(user, old=first, new=PASSWORD)
            return user

        user: User = self.group.asks(act)
        self.phones[username] = signs_in(user, way="totp")
        return user

    @property
    def phone(self) -> Phone:
        return self.phones["bu.ratna"]

    def gathers(self, *, since: str | None = "2026-01-01", until: str = "2026-05-20", **given: Any) -> Paper:
        """Its statement, as a worker reads it today."""

        def asked() -> Paper:
            head = books.head(self.group.id)
            known = {
                "letterhead": parties.letterhead(self.group.group),
                "made_on": today_in(self.group.group),
                "head_seq": head.seq,
                "head_hash": head.hash.hex(),
            }
            first = day(since) if since else None
            return lender.gather(
                self.group.group, subject_id=self.id, since=first, until=day(until), frame=frame(**known | given)
            )

        found: Paper = self.group.asks(asked)
        return found
