"""The cast of the lenders' door: Bank Jateng lends to the group, and Bu Ratna signs in for it."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from capital import services
from ledger.context import outside_books
from members import consents, lends, logins
from members.models import SCOPES, User
from members.services import today_in
from tests.door import PASSWORD, Answer, Kelompok, Phone, signs_in


def lender_of(group: Kelompok, name: str = "Bank Jateng") -> UUID:
    """A lender of the group."""
    found: UUID = group.asks(lambda: services.add_lender(group.id, name=name, kind="bank").id)
    return found


@dataclass
class Bank:
    """A lender of a group with somebody who signs in for it, her password her own and an app's code shown."""

    group: Kelompok
    id: UUID
    user: User
    phone: Phone

    @classmethod
    def of(cls, group: Kelompok, *scopes: str, username: str = "bu.ratna", name: str = "Bank Jateng") -> "Bank":
        """With a consent to these scopes for this year from today on; without scopes, with none."""
        id = lender_of(group, name)

        def act() -> User:
            user, first = lends.open_login(group.group, id, username=username)
            logins.set_own_password(user, old=first, new=PASSWORD)
            return user

        user = group.asks(act)
        bank = cls(group, id, user, signs_in(user, way="totp"))
        if scopes:
            bank.may_see(*scopes)
        return bank

    @property
    def today(self) -> date:
        return today_in(self.group.group)

    def may_see(self, *scopes: str, since: int = 0, days: int = 365) -> UUID:
        """A consent of the treasurer and the chair that begins `since` days from today; its id."""
        first = self.today + timedelta(days=since)
        found: UUID = self.group.asks(
            lambda: (
                consents.give(
                    self.group.id,
                    lender_id=self.id,
                    scopes=scopes or SCOPES,
                    from_on=first,
                    to_on=first + timedelta(days=days),
                    today=min(first, self.today),
                    officers=officers_of(self.group),
                ).id
            )
        )
        return found

    def sees(self, path: str = "") -> Answer:
        """What the bank is answered below the group."""
        return self.phone.gets(f"{self.group.path}{path}")

    @property
    def log(self) -> list[dict[str, Any]]:
        """What the officers read of what it was shown."""
        found: list[dict[str, Any]] = self.group.budi.gets(f"{self.group.path}/access-log?lender_id={self.id}")[
            "results"
        ]
        return found


def officers_of(group: Kelompok) -> tuple[UUID, UUID]:
    """The treasurer's user and the chair's."""
    budi, sari = group.budi.user, group.phones["sari"].user
    assert budi is not None and sari is not None
    return budi.id, sari.id


def gives(group: Kelompok, lender_id: UUID, *, second: Any = None, **more: Any) -> Answer:
    """The treasurer gives a consent over the door, with the chair's PIN unless told."""
    today = today_in(group.group)
    body = {"lender_id": str(lender_id), "scopes": ["totals"], "from": str(today), "to": str(today)}
    return group.budi.posts(f"{group.path}/consents", body | {"second": second or group.second()} | more)


def token_of(username: str, **more: Any) -> Answer:
    """Sign in over the API, as anybody."""
    return Phone().posts("auth/tokens", {"username": username, "password": PASSWORD} | more)


def own_password(user: User, first: str) -> None:
    outside_books(user.id, lambda: logins.set_own_password(user, old=first, new=PASSWORD))
