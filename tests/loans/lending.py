"""The cast of loans: a group with money, its loans through the services, and what stands in its books afterwards."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Self
from uuid import UUID

from ledger import queries as books
from ledger import services as ledger
from ledger.commands import Answer, fingerprint, perform
from ledger.context import COMMAND, in_book
from ledger.ids import uuid7
from loans import applications, facts, leaving, night, queries, recasting, services, terms
from loans.account import Derived
from loans.models import Charge, Line, Loan, Product, Recovery, Waiver, WriteOff
from members import queries as members
from members.models import Group
from savings import services as savings
from tests.cast import day
from tests.door import Kelompok

TODAY = date(2026, 11, 1)
PEOPLE = ("sari", "rina", "wati")


@dataclass
class Lending:
    """A group with ten million in its box since 5 January 2026."""

    kelompok: Kelompok

    @classmethod
    def opened(cls, prefix: str = "a", **policy: Any) -> Self:
        self = cls(Kelompok.opened(prefix))
        Group.objects.filter(id=self.id).update(**policy)
        self.kelompok.budi.pays(
            f"{self.kelompok.path}/ledger/entries",
            self.kelompok.journal("1-1010", "3-1030", 10_000_000, on="2026-01-05"),
        )
        return self

    @property
    def id(self) -> UUID:
        return self.kelompok.id

    @property
    def group(self) -> Group:
        return members.group(self.id)

    def does(self, act: Callable[[], Any]) -> Any:
        """Something under a command of its own; what it gives."""
        done: list[Any] = []

        def acted() -> Answer:
            done.append(act())
            return Answer(201, {})

        user = self.kelompok.budi.user
        assert user is not None
        perform(
            group_id=self.id,
            key=uuid7(),
            actor_id=user.id,
            fingerprint=fingerprint("TEST", "/", user.id, None),
            act=acted,
            limits=COMMAND,
        )
        return done[0]

    def asks(self, question: Callable[[], Any]) -> Any:
        return self.kelompok.asks(question)

    def product(self, **rules: Any) -> Product:
        code = f"p{uuid7().hex[-8:]}"
        made: Product = self.asks(
            lambda: applications.open_product(self.id, code=code, name="Bahan baku", offered={}, **rules)
        )
        return made

    def requests(
        self,
        person: str = "dewi",
        *,
        product: Product | None = None,
        buys: Sequence[applications.Bought] = (),
        **changes: Any,
    ) -> "Borrowed":
        agreed: dict[str, Any] = {
            "principal": 1_200_000,
            "rate": {"percent": "2", "per": "month"},
            "method": "flat",
            "installments": 12,
            "disbursed_on": "2026-01-10",
        }
        row = self.kelompok.row(person)
        loan = self.asks(
            lambda: applications.submit_loan(
                self.group,
                row,
                asked=terms.from_json(agreed | changes),
                today=TODAY,
                purpose="Kedelai",
                purchases=buys,
                product=product,
            )
        )
        return Borrowed(self, loan.id, person)

    def lends(self, person: str = "dewi", *, on: str = "2026-01-10", **changes: Any) -> "Borrowed":
        return self.requests(person, **changes).is_approved().is_paid_out(on)

    def lives_the_night(self, on: str) -> dict[str, Any]:
        return night.run_day(self.id, day(on), limits=COMMAND)

    def closes(self, month: str) -> None:
        sari = self.kelompok.phones["sari"].user
        assert sari is not None
        self.asks(lambda: ledger.close_month(self.id, month=day(f"{month}-01"), second=sari.id))

    def takes_back(self, entry_id: UUID, *, on: str | None = None) -> Any:
        return self.does(
            lambda: ledger.reverse_entry(
                self.id, entry_id=entry_id, reason="salah catat", effective_on=day(on) if on else None
            )
        )

    def balances(self, *, as_of: str | None = None) -> dict[str, int]:
        """Every account that moved, by code, without the zeros."""
        found = self.asks(lambda: books.trial_balance(self.id, as_of=day(as_of) if as_of else None))
        assert found.total_debit == found.total_credit
        return {row.account: row.balance for row in found.rows if row.balance}

    def balance(self, code: str) -> int:
        """An account with all that is below it."""
        return sum(amount for known, amount in self.balances().items() if known.split(".")[0] == code)

    def saves(self, person: str, amount: int, product: str = "sukarela", *, on: str = "2026-01-08") -> None:
        self.does(
            lambda: savings.deposit(
                self.id,
                member_id=self.kelompok.members[person],
                product=product,
                amount=amount,
                effective_on=day(on),
                channel="cash",
            )
        )

    def settles(self, person: str, on: str) -> leaving.Left:
        row = self.kelompok.row(person)
        left: leaving.Left = self.does(
            lambda: leaving.settle_leaver(self.group, row, left_on=day(on), today=TODAY, channel="cash")
        )
        return left

    def kinds(self) -> list[str]:
        """The kinds of all entries, in order of recording."""
        return list(self.asks(lambda: list(books.entries(self.id).values_list("kind", flat=True))))


@dataclass
class Borrowed:
    """A loan of the group's."""

    lending: Lending
    id: UUID
    person: str

    @property
    def row(self) -> Loan:
        found: Loan = self.lending.asks(lambda: queries.loan(self.lending.id, self.id))
        return found

    def is_voted(self, person: str, decision: str = "approve", *, on: date = TODAY) -> "Borrowed":
        user = self.lending.kelompok.phones[person].user
        assert user is not None
        self.lending.asks(
            lambda: applications.vote(
                self.lending.group,
                queries.loan(self.lending.id, self.id),
                seat_user=user.id,
                officer_id=self.lending.kelompok.offices[person],
                member_id=self.lending.kelompok.members[person],
                decision=decision,
                note=None,
                today=on,
            )
        )
        return self

    def is_approved(self, *, on: date = TODAY) -> "Borrowed":
        for person in [one for one in PEOPLE if one != self.person][:2]:
            self.is_voted(person, on=on)
        return self

    def is_paid_out(self, on: str = "2026-01-10", *, today: date = TODAY) -> "Borrowed":
        member = self.lending.kelompok.row(self.person)
        self.lending.does(
            lambda: services.disburse_loan(
                self.lending.group,
                queries.loan(self.lending.id, self.id),
                member,
                disbursed_on=day(on),
                today=today,
            )
        )
        return self

    def pays(self, amount: int, on: str, *, channel: str = "cash") -> services.Taken:
        taken: services.Taken = self.lending.does(
            lambda: services.post_repayment(
                self.lending.group,
                queries.loan(self.lending.id, self.id),
                amount=amount,
                paid_on=day(on),
                channel=channel,
            )
        )
        return taken

    def acts(self, act: Callable[[Group, Loan], Any]) -> Any:
        """Something on this loan as it is now, under a command."""
        return self.lending.does(lambda: act(self.lending.group, queries.loan(self.lending.id, self.id)))

    def is_charged(self, kind: str, amount: int, on: str) -> Charge:
        made: Charge = self.acts(
            lambda group, loan: services.charge_loan(group, loan, kind=kind, amount=amount, due_on=day(on), memo=None)
        )
        return made

    def is_forgiven(self, charge_id: UUID, on: str) -> Waiver:
        made: Waiver = self.acts(
            lambda group, loan: services.waive_charge(
                group, loan, charge_id=charge_id, waived_on=day(on), reason="sakit"
            )
        )
        return made

    def is_rescheduled(self, on: str, **changes: Any) -> Derived:
        found: Derived = self.acts(
            lambda group, loan: recasting.reschedule_loan(
                group, loan, effective_on=day(on), changes=changes, reason="panen gagal"
            )
        )
        return found

    def is_written_off(self, on: str, mode: str = "books") -> WriteOff:
        made: WriteOff = self.acts(
            lambda group, loan: recasting.write_off_loan(group, loan, effective_on=day(on), mode=mode, reason="pindah")
        )
        return made

    def is_recovered(self, amount: int, on: str) -> Recovery:
        made: Recovery = self.acts(
            lambda group, loan: recasting.recover(group, loan, amount=amount, paid_on=day(on), channel="cash")
        )
        return made

    def at(self, on: str) -> Derived:
        found: Derived = self.lending.asks(
            lambda: queries.state(self.lending.group, queries.loan(self.lending.id, self.id), on=day(on))
        )
        return found

    def lines(self) -> dict[Any, int]:
        """What stands of it, by what it is about."""
        found: dict[Any, int] = self.lending.asks(
            lambda: facts.booked(self.lending.id, [queries.loan(self.lending.id, self.id)])[self.id]
        )
        return found

    def schedule(self, on: str) -> list[tuple[int, int, int]]:
        """Number, owed and unpaid of every instalment."""
        derived = self.lending.asks(
            lambda: queries.state(self.lending.group, queries.loan(self.lending.id, self.id), on=day(on))
        )
        return [(state.number, state.due, state.unpaid) for state in derived.states]

    def stored(self) -> int:
        return int(self.lending.asks(lambda: Line.objects.filter(group_id=self.lending.id, loan_id=self.id).count()))


def proven(group_id: UUID) -> list[str]:
    """What the proofs find, read inside the open transaction."""
    from django.db import connection

    from ledger.proofs import CHECKS

    def find() -> list[str]:
        found = []
        with connection.cursor() as cursor:
            for name, query in CHECKS.items():
                cursor.execute(query, {"group": group_id})
                found += [f"{name}: {what}" for _, what in cursor.fetchall()]
        return found

    return in_book(group_id, None, find)
