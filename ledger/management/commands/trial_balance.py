"""`trial_balance [--group ID] [--as-of DATE]`: the neraca saldo of a book, on a terminal."""

from datetime import date
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ledger import queries
from ledger.context import in_book
from ledger.money import grouped
from ledger.tasks import reader


class Command(BaseCommand):
    help = "Print a book's trial balance; without --group the only book there is."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--group", type=UUID)
        parser.add_argument("--as-of", type=date.fromisoformat, help="YYYY-MM-DD, inclusive")

    def handle(self, *args: Any, group: UUID | None, as_of: date | None, **options: Any) -> None:
        with reader() as connection:
            books = dict(connection.execute("select group_id, digits from ledger_book order by group_id").fetchall())
        if group is None and len(books) == 1:
            group = next(iter(books))
        if group is None or group not in books:
            raise CommandError(
                "name one of these with --group:\n" + "\n".join(map(str, books)) if books else "no book yet"
            )
        chosen: UUID = group
        found = in_book(chosen, None, lambda: queries.trial_balance(chosen, as_of=as_of))
        digits = books[group]
        for row in found.rows:
            debit, credit = (grouped(value, digits) if value else "" for value in (row.debit, row.credit))
            self.stdout.write(f"{row.account:<12} {row.name:<44} {debit:>16} {credit:>16}")
        totals = (grouped(total, digits) for total in (found.total_debit, found.total_credit))
        self.stdout.write(f"{'':<12} {'Jumlah':<44} " + " ".join(f"{total:>16}" for total in totals))
        self.stdout.write(f"entry {found.head.seq}, hash {found.head.hash.hex()[:16]}…")
