"""The cast: a group with its treasurer Budi and its chair Sari, and short ways to say what they do."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from ledger import queries, services
from ledger.commands import Answer, fingerprint, perform
from ledger.context import COMMAND, in_book
from ledger.entries import NewEntry, Posted
from ledger.ids import uuid7
from ledger.money import JournalLine, credit, debit

BUDI, SARI = uuid7(), uuid7()
CASH, BANK, GRANT, FEES, MEALS, STOCK = "1-1010", "1-1110", "3-1030", "4-1040", "5-2030", "1-1410"


def day(text: str) -> date:
    return date.fromisoformat(text)


@dataclass(frozen=True)
class Group:
    """One group's book, through the services, each act a command of its own unless a key is given."""

    id: UUID

    @classmethod
    def opened(cls) -> "Group":
        group = cls(uuid7())
        in_book(group.id, BUDI, lambda: services.open_book(group.id))
        return group

    def does(self, act, *, key: UUID | None = None, actor: UUID | None = BUDI, body: Any = None) -> Answer:
        """`act` as one command; its answer."""
        return perform(
            group_id=self.id,
            key=key or uuid7(),
            actor_id=actor,
            fingerprint=fingerprint("TEST", "/", actor, body),
            act=act,
            limits=COMMAND,
        )

    def asks(self, question):
        """What a query inside the group's own transaction answers."""
        return in_book(self.id, BUDI, question)

    def posts(
        self, debited: str, credited: str, amount: int, *, on: str = "2026-03-05", key: UUID | None = None
    ) -> Posted:
        """A journal entry of two lines, as the officers write it."""
        done: list[Posted] = []

        def act() -> Answer:
            done.append(
                services.post_journal(
                    self.id,
                    effective_on=day(on),
                    memo="contoh",
                    postings=[JournalLine(debited, debit=amount), JournalLine(credited, credit=amount)],
                )
            )
            return Answer(201, {"entry_id": str(done[0].id), "seq": done[0].seq})

        self.does(act, key=key, body=[debited, credited, amount, on])
        return done[0] if done else None  # type: ignore[return-value]

    def enters(self, *entries: NewEntry) -> list[Posted]:
        """Several entries as one act."""
        done: list[Posted] = []

        def act() -> Answer:
            done.extend(services.post_entries(self.id, entries))
            return Answer(201, {"first_seq": done[0].seq})

        self.does(act)
        return done

    def takes_back(self, posted: Posted, reason: str = "salah catat", on: str | None = None) -> Posted:
        done: list[Posted] = []

        def act() -> Answer:
            done.append(
                services.reverse_entry(self.id, entry_id=posted.id, reason=reason, effective_on=day(on) if on else None)
            )
            return Answer(201, {"entry_id": str(done[0].id)})

        self.does(act)
        return done[0]

    def closes(self, month: str) -> None:
        in_book(self.id, BUDI, lambda: services.close_month(self.id, month=day(f"{month}-01"), second=SARI))

    def reopens(self, month: str, reason: str = "setoran tertinggal") -> None:
        in_book(
            self.id, BUDI, lambda: services.reopen_month(self.id, month=day(f"{month}-01"), second=SARI, reason=reason)
        )

    def account(self, code: str) -> UUID:
        return UUID(str(self.asks(lambda: queries.accounts_by_code(self.id, [code]))[code].id))

    def balance(self, code: str, *, as_of: str | None = None) -> int:
        account_id = self.account(code)
        found: int = self.asks(lambda: queries.balance(self.id, account_id, as_of=day(as_of) if as_of else None))
        return found

    def lines(self, debited: str, credited: str, amount: int) -> list:
        return [debit(self.account(debited), amount), credit(self.account(credited), amount)]
