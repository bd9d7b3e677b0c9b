"""`run_day [--date 2026-11-24] [--group ID]`: do the night of every group, or of one, here and now."""

import sys
import time
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from ledger.context import COMMAND
from ledger.errors import DomainError
from loans import night
from members.models import Group
from members.services import today_in


class Command(BaseCommand):
    help = "Penalties, interest that falls due, expired holds, savings interest and the day's snapshot."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--date", type=date.fromisoformat, help="the day that is over; without it yesterday")
        parser.add_argument("--group", type=UUID, help="one group's id; without it every group")

    def handle(self, *args: Any, date: date | None = None, group: UUID | None = None, **options: Any) -> None:
        started, now = time.monotonic(), timezone.now()
        groups = Group.objects.order_by("id")
        chosen = groups if group is None else groups.filter(id=group)
        failed, totals = 0, dict.fromkeys(("loans", "entries", "expired", "savings"), 0)
        for one in chosen:
            today = today_in(one, now)
            day = date or today - timedelta(days=1)
            if day > today:
                sys.exit(f"{day} has not come: it is {today} in {one.timezone}")
            try:
                done = night.run_day(one.id, day, limits=COMMAND)
            except DomainError as refused:
                failed += 1
                self.stdout.write(f"group {one.id}: {refused.code}: {refused}")
                continue
            for name in totals:
                totals[name] += done[name]
        figures = ", ".join(f"{name} {count}" for name, count in totals.items())
        self.stdout.write(f"{chosen.count()} groups in {time.monotonic() - started:.1f} s: {figures}")
        if failed:
            sys.exit(1)
