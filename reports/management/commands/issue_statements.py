"""`issue_statements --period 2026-10 [--group ID]`: ask for the papers of a month; a worker makes them."""

import sys
from datetime import date
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from reports import monthly


class Command(BaseCommand):
    help = "Ask for the statements of a month that is over, of every group or one; twice asks for no more."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--period", required=True, help="YYYY-MM")
        parser.add_argument("--group", type=UUID, help="one group's id; without it every group's")

    def handle(self, *args: Any, period: str, group: UUID | None, **options: Any) -> None:
        try:
            month = date.fromisoformat(f"{period}-01")
        except ValueError:
            raise CommandError(f"{period} is no month; write it as 2026-10") from None
        asked = monthly.issue(month, group_id=group)
        self.stdout.write(f"{asked['statements']} statements of {asked['groups']} groups asked for")
        if asked["failed"]:
            sys.exit(f"{asked['failed']} groups failed; the log says why")
