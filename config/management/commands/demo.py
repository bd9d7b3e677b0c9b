"""`demo`: fill the demonstration group, unless it is there, and keep its logins in a file."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from config import demo


class Command(BaseCommand):
    help = "Fill the demonstration group, unless it is there; its logins go to demo-logins.json in the data folder."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--logins", type=Path, default=demo.logins_file(), help="where the logins are kept")

    def handle(self, *args: Any, **options: Any) -> None:
        file: Path = options["logins"]
        if not demo.is_there():
            demo.write(demo.fill(timezone.localdate()), file)
            self.stdout.write(f"demo group {demo.GROUP_ID}: {len(demo.PEOPLE)} members, {len(demo.BORROWED)} loans")
        elif not file.exists():
            demo.write(demo.renew(), file)
            self.stdout.write("demo group: new passwords, as the old ones were gone")
        else:
            self.stdout.write("demo group is there already")
        self.stdout.write(f"logins: {file}")
