"""What the members of a group save, each act a command of its own."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from ledger import queries as books
from ledger import services as ledger
from ledger.commands import Answer, perform
from ledger.context import COMMAND
from ledger.entries import Posted
from ledger.ids import uuid7
from savings import queries, services
from savings.models import InterestLine, Movement
from tests.cast import CASH, GRANT, day
from tests.door import TODAY, Kelompok

WAJIB, SUKARELA = "wajib", "sukarela"


@dataclass
class Savings:
    """A group's savings, through the services."""

    group: Kelompok

    def does(self, act: Any) -> Any:
        """`act` under a command; what it gives."""
        done: list[Any] = []

        def once() -> Answer:
            done.append(act())
            return Answer(200, {})

        assert self.group.budi.user is not None
        perform(
            group_id=self.group.id,
            key=uuid7(),
            actor_id=self.group.budi.user.id,
            fingerprint=b"",
            act=once,
            limits=COMMAND,
        )
        return done[0]

    def deposits(
        self, who: str, amount: int, product: str = SUKARELA, *, on: str = "2026-03-05", channel: str = "cash"
    ) -> Movement:
        made: Movement = self.does(
            lambda: services.deposit(
                self.group.id,
                member_id=self.group.members[who],
                product=product,
                amount=amount,
                effective_on=day(on),
                channel=channel,
            )
        )
        return made

    def withdraws(
        self, who: str, amount: int, product: str = SUKARELA, *, on: str = "2026-03-10", channel: str = "cash"
    ) -> Movement:
        made: Movement = self.does(
            lambda: services.withdraw(
                self.group.id,
                member_id=self.group.members[who],
                product=product,
                amount=amount,
                effective_on=day(on),
                channel=channel,
            )
        )
        return made

    def takes_back(self, movement: Movement, *, on: str | None = None) -> Posted:
        return self.reverses(movement.entry_id, on=on)

    def reverses(self, entry_id: UUID, *, on: str | None = None) -> Posted:
        posted: Posted = self.does(
            lambda: ledger.reverse_entry(
                self.group.id, entry_id=entry_id, reason="salah catat", effective_on=day(on) if on else None
            )
        )
        return posted

    def has(self, amount: int, *, on: str = "2026-03-05") -> None:
        """A grant into the cash box."""
        self.group.budi.pays(f"{self.group.path}/ledger/entries", self.group.journal(CASH, GRANT, amount, on=on))

    def opens(self, code: str, **terms: Any) -> None:
        given = {"name": code.capitalize(), "nature": "liability", "withdrawable": "any"} | terms
        self.group.asks(lambda: services.open_product(self.group.id, code=code, **given))

    def sets(self, product: str, *, from_on: str | None = None, today: date = TODAY, **changes: Any) -> None:
        def act() -> None:
            known = queries.products(self.group.id).get(code=product)
            services.change_product(known, today=today, changes=changes, from_on=day(from_on) if from_on else None)

        self.group.asks(act)

    def pays_interest(self, percent: str, *, product: str = SUKARELA, from_on: str | None = None) -> None:
        self.sets(product, rate=Decimal(percent), from_on=from_on)

    def credits(self, through: str) -> list[UUID]:
        """The night's work on interest."""
        made: list[UUID] = self.does(lambda: services.credit_interest_due(self.group.id, through=day(through)))
        return made

    def held(self, who: str, product: str = SUKARELA, *, as_of: str | None = None) -> int:
        found: int = self.group.asks(
            lambda: queries.balance_of(self.group.id, self.group.members[who], product, day(as_of) if as_of else None)
        )
        return found

    def cash(self, *, as_of: str | None = None) -> int:
        def asked() -> int:
            box = books.accounts_by_code(self.group.id, [CASH])[CASH]
            return books.balance(self.group.id, box.id, as_of=day(as_of) if as_of else None)

        found: int = self.group.asks(asked)
        return found

    def due(self, who: str, product: str = WAJIB, *, as_of: str) -> tuple[int, int, int]:
        """Due, paid, arrears."""
        rows = self.group.asks(lambda: queries.due_rows(self.group.id, as_of=day(as_of)))
        [row] = [one for one in rows if (one.member_id, one.product) == (self.group.members[who], product)]
        return row.due, row.paid, row.arrears

    def interest(self, who: str, product: str = SUKARELA) -> list[tuple[str, int, int]]:
        """What was booked on her account: month, what stood before, the difference."""

        def asked() -> list[InterestLine]:
            return list(
                InterestLine.objects.filter(
                    account__member_id=self.group.members[who], account__product__code=product
                ).order_by("id")
            )

        return [(f"{line.month:%Y-%m}", line.stood, line.amount) for line in self.group.asks(asked)]

    def book(self, who: str, **asked: Any) -> queries.Passbook:
        given: dict[str, Any] = {name: value if name == "product" else day(value) for name, value in asked.items()}
        found: queries.Passbook = self.group.asks(
            lambda: queries.passbook(self.group.id, self.group.members[who], **given)
        )
        return found

    def is_in_balance(self) -> bool:
        found = self.group.asks(lambda: books.trial_balance(self.group.id))
        return bool(found.total_debit == found.total_credit)
