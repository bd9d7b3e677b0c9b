"""What the members of a group borrow and pay back, each act a command of its own."""

from dataclasses import dataclass, field
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
from ledger.models import Entry
from loans import applications, facts, leaving, night, queries, recasting, services
from loans.accrual import Derived, State
from loans.models import Line, Loan, Product, Version
from members import queries as people
from members.models import Group
from tests.cast import CASH, GRANT, day
from tests.door import TODAY, Kelompok
from tests.loans.agreed import agreed

INSTALMENT = 345_000


@dataclass
class Lending:
    """A group that lends, through the services; its cash is a grant."""

    group: Kelompok
    loans: dict[UUID, str] = field(default_factory=dict)

    @property
    def id(self) -> UUID:
        return self.group.id

    def does(self, act: Any, *, key: UUID | None = None) -> Any:
        """`act`, given the group as it is, under a command; what it gives."""
        done: list[Any] = []

        def once() -> Answer:
            done.append(act(self.now))
            return Answer(200, {})

        user = self.group.budi.user
        assert user is not None
        perform(group_id=self.id, key=key or uuid7(), actor_id=user.id, fingerprint=b"", act=once, limits=COMMAND)
        return done[0]

    @property
    def now(self) -> Group:
        return people.group(self.id)

    def has(self, amount: int, *, on: str = "2026-01-05") -> None:
        self.does(lambda group: self._journal(CASH, GRANT, amount, on))

    def _journal(self, debited: str, credited: str, amount: int, on: str) -> Posted:
        from ledger.money import JournalLine

        lines = [JournalLine(debited, debit=amount), JournalLine(credited, credit=amount)]
        return ledger.post_journal(self.id, effective_on=day(on), memo="contoh", postings=lines)

    def offers(self, code: str = "usaha", **rules: Any) -> Product:
        made: Product = self.does(
            lambda group: applications.open_product(self.id, code=code, name=code.capitalize(), offered={}, **rules)
        )
        return made

    def agrees(self, **changes: Any) -> None:
        """The group changes what it agreed on."""
        self.does(lambda group: Group.objects.filter(id=group.id).update(**changes))

    def asks_for(self, who: str = "dewi", *, product: Product | None = None, bought: Any = (), **terms: Any) -> Loan:
        """Her request, on Sari's terms unless told otherwise."""
        asked = agreed(**terms)
        loan: Loan = self.does(
            lambda group: applications.submit_loan(
                group, self.row(who), asked=asked, today=TODAY, purpose="bahan", purchases=bought, product=product
            )
        )
        return loan

    def row(self, who: str) -> Any:
        return people.row(people.members(self.id, only=self.group.members[who]).get())

    def says(self, loan: Loan, officer: str, decision: str = "approve", *, today: date = TODAY) -> None:
        user = self.group.phones[officer].user
        assert user is not None
        self.does(
            lambda group: applications.vote(
                group,
                self.fresh(loan),
                seat_user=user.id,
                officer_id=self.group.offices[officer],
                member_id=self.group.members[officer],
                decision=decision,
                note=None,
                today=today,
            )
        )

    def approves(self, loan: Loan, *officers: str, today: date = TODAY) -> Loan:
        for officer in officers or ("sari", "rina"):
            self.says(loan, officer, today=today)
        return self.fresh(loan)

    def pays_out(self, loan: Loan, *, on: str = "2026-01-15", **given: Any) -> Posted:
        posted: Posted = self.does(
            lambda group: services.disburse_loan(
                group, self.fresh(loan), self._row_of(loan), disbursed_on=day(on), today=TODAY, **given
            )
        )
        return posted

    def _row_of(self, loan: Loan) -> Any:
        return people.row(people.members(self.id, only=loan.member_id).get())

    def lends(self, who: str = "dewi", *, on: str = "2026-01-15", product: Product | None = None, **terms: Any) -> Loan:
        """A loan paid out: Rp3.000.000 on 15 January, ten times 300.000 + 45.000, unless told otherwise."""
        loan = self.asks_for(who, product=product, disbursed_on=day(on), **terms)
        self.approves(loan)
        self.pays_out(loan, on=on)
        return self.fresh(loan)

    def fresh(self, loan: Loan) -> Loan:
        return queries.loan(self.id, loan.id)

    def pays(self, loan: Loan, amount: int, on: str, *, channel: str = "cash", **given: Any) -> services.Taken:
        taken: services.Taken = self.does(
            lambda group: services.post_repayment(
                group, self.fresh(loan), amount=amount, paid_on=day(on), channel=channel, **given
            )
        )
        return taken

    def charges(self, loan: Loan, kind: str, amount: int, due_on: str) -> Any:
        return self.does(
            lambda group: services.charge_loan(
                group, self.fresh(loan), kind=kind, amount=amount, due_on=day(due_on), memo=None
            )
        )

    def forgives(self, loan: Loan, charge_id: UUID, on: str) -> Any:
        return self.does(
            lambda group: services.waive_charge(
                group, self.fresh(loan), charge_id=charge_id, waived_on=day(on), reason="sakit"
            )
        )

    def reschedules(self, loan: Loan, on: str, **changes: Any) -> Derived:
        found: Derived = self.does(
            lambda group: recasting.reschedule_loan(
                group, self.fresh(loan), effective_on=day(on), changes=changes, reason="panen gagal"
            )
        )
        return found

    def writes_off(self, loan: Loan, on: str, mode: str = "books") -> Any:
        return self.does(
            lambda group: recasting.write_off_loan(
                group, self.fresh(loan), effective_on=day(on), mode=mode, reason="pindah"
            )
        )

    def recovers(self, loan: Loan, amount: int, on: str) -> Any:
        return self.does(
            lambda group: recasting.recover(group, self.fresh(loan), amount=amount, paid_on=day(on), channel="cash")
        )

    def settles(self, who: str, on: str) -> leaving.Left:
        left: leaving.Left = self.does(
            lambda group: leaving.settle_leaver(group, self.row(who), left_on=day(on), today=TODAY, channel="cash")
        )
        return left

    def reverses(self, entry_id: UUID, *, on: str | None = None) -> Posted:
        posted: Posted = self.does(
            lambda group: ledger.reverse_entry(
                self.id, entry_id=entry_id, reason="salah catat", effective_on=day(on) if on else None
            )
        )
        return posted

    def night(self, on: str) -> dict[str, Any]:
        return night.run_day(self.id, day(on))

    def closes(self, month: str) -> None:
        user = self.group.phones["sari"].user
        assert user is not None
        self.group.asks(lambda: ledger.close_month(self.id, month=day(f"{month}-01"), second=user.id))

    # -- what can be seen ---------------------------------------------------------------------------------------------

    def on(self, loan: Loan, on: str) -> Derived:
        found: Derived = self.group.asks(lambda: queries.state(self.now, self.fresh(loan), on=day(on)))
        return found

    def states(self, loan: Loan, on: str) -> tuple[State, ...]:
        return self.on(loan, on).states

    def split(self, taken: services.Taken) -> dict[str, int]:
        """What a repayment pays as it is booked, those that got nothing left out."""
        found = self.group.asks(lambda: queries.splits(self.id, [taken.repayment.id]))[taken.repayment.id]
        return {component: amount for component, amount in found.items() if amount}

    def balance(self, code: str, *, as_of: str | None = None) -> int:
        """Of an account with all that is below it."""
        rows = self.trial(as_of)
        return sum(amount for known, amount in rows.items() if known == code or known.startswith(f"{code}."))

    def trial(self, as_of: str | None = None) -> dict[str, int]:
        """Code → balance of every account with one, at the end of a day."""

        def asked() -> dict[str, int]:
            found = books.trial_balance(self.id, day(as_of) if as_of else None)
            assert found.total_debit == found.total_credit
            return {row.account: row.balance for row in found.rows if row.balance}

        rows: dict[str, int] = self.group.asks(asked)
        return rows

    def entries(self, kind: str | None = None) -> list[Entry]:
        def asked() -> list[Entry]:
            found = books.entries(self.id).order_by("seq")
            return list(found if kind is None else found.filter(kind=kind))

        found: list[Entry] = self.group.asks(asked)
        return found

    def versions(self, loan: Loan) -> list[Version]:
        return self.group.asks(  # type: ignore[no-any-return]
            lambda: list(Version.objects.filter(group_id=self.id, loan_id=loan.id).order_by("number"))
        )

    def agree(self, loan: Loan) -> bool:
        """Whether the loan's own accounts hold what its lines sum to, and these what follows from its facts."""

        def asked() -> bool:
            fresh = self.fresh(loan)
            known = facts.read(self.id, [fresh], queries.calendar_of(self.now))[loan.id]
            assert fresh.derived_through is not None
            derived = queries.at(fresh, known, fresh.derived_through)
            sums: dict[tuple[bool, str], int] = {}
            for line in Line.objects.filter(group_id=self.id, loan_id=loan.id):
                place = (line.repayment_id is None, line.component)
                sums[place] = sums.get(place, 0) + line.amount
            wanted: dict[tuple[bool, str], int] = {}
            for key, amount in derived.lines.items():
                place = (key.payment_id is None, key.component)
                wanted[place] = wanted.get(place, 0) + amount
            assert {place: amount for place, amount in sums.items() if amount} == {
                place: amount for place, amount in wanted.items() if amount
            }
            principal, interest, penalty, held = recasting._standing(self.id, fresh)
            assert principal == fresh.principal - sums.get((False, "principal"), 0) == derived.principal
            assert penalty == sums.get((True, "penalty"), 0) - sums.get((False, "penalty"), 0)
            assert interest == (sums.get((True, "interest"), 0) - sums.get((False, "interest"), 0)) * fresh.accrues
            assert held == derived.held
            return True

        found: bool = self.group.asks(asked)
        return found


def percent(text: str) -> Decimal:
    return Decimal(text)
