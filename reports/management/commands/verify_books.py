"""`verify_books --statement FILE`: prove one paper against the books. Without a file it proves the books, as ever."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from ledger.management.commands import verify_books
from reports import proving
from reports.errors import FileTooLarge, NotAPdf


class Command(verify_books.Command):
    help = f"{verify_books.Command.help} With --statement, prove one issued PDF: hash, seal, chain and totals."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--statement", type=Path, metavar="FILE", help="a PDF that was issued here")

    def handle(self, *args: Any, statement: Path | None = None, **options: Any) -> None:
        if statement is None:
            super().handle(*args, **options)
            return
        try:
            found = proving.verify(statement.read_bytes())
        except OSError as error:
            raise CommandError(f"{statement}: {error.strerror}") from None
        except (NotAPdf, FileTooLarge) as error:
            raise CommandError(f"{statement}: {error.code}") from None
        self.say(found)
        if found.result != "genuine" or found.checks is None or not all(found.checks):
            sys.exit(1)

    def say(self, found: proving.Verdict) -> None:
        self.stdout.write(f"result     {found.result}")
        one = found.statement
        if one is not None:
            self.stdout.write(
                f"statement  {one.number}, version {one.version}, {one.kind}, {one.since or ''}..{one.until}"
            )
            self.stdout.write(f"head       entry {one.head_seq}, hash {bytes(one.head_hash or b'').hex()}")
            self.stdout.write(f"totals     {one.totals}")
        if found.checks is not None:
            for name, holds in found.checks._asdict().items():
                self.stdout.write(f"{name:<10} {'holds' if holds else 'DOES NOT HOLD'}")
