"""`add_operator`: somebody who runs the service and uses the operator's pages."""

from typing import Any

from django.core.management.base import BaseCommand

from members.management.commands.add_treasurer import made


class Command(BaseCommand):
    help = "Make an operator of the service; prints a first password, good for one login."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("username", help="2 to 60 letters, digits, . _ @ + -")

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(made(options["username"], operator=True))
