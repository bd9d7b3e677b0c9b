"""`verify_books [--group ID]`: prove the books and say what is wrong; exit code 1 when anything is."""

import sys
import time
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandParser

from ledger import proofs
from ledger.tasks import reader


class Command(BaseCommand):
    help = "Prove every book, or one: balances, versions, floors, commands, reversals, months and the hash chain."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--group", type=UUID, help="one group's id; without it every book is proven")

    def handle(self, *args: Any, group: UUID | None = None, **options: Any) -> None:
        started = time.monotonic()
        with reader() as connection:
            books, entries = connection.execute(
                "select count(*), coalesce(sum(head_seq), 0) from ledger_book "
                "where %(g)s::uuid is null or group_id = %(g)s",
                {"g": group},
            ).fetchone() or (0, 0)
            found = 0
            for finding in proofs.prove(connection, group):
                found += 1
                self.stdout.write(f"{finding.invariant} | book {finding.group_id} | {finding.what}")
        seconds = time.monotonic() - started
        verdict = "all is well" if not found else f"{found} findings"
        self.stdout.write(f"{books} books, {entries} entries proven in {seconds:.1f} s: {verdict}")
        if group is not None and not books:
            sys.exit(f"there is no book of group {group}")
        if found:
            sys.exit(1)
