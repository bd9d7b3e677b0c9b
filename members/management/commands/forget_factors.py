"""`forget_factors`: for an operator who has lost her app and passkeys, and has no other operator to ask."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ledger.context import outside_books
from members import factors, logins
from members.models import User


class Command(BaseCommand):
    help = "Take away somebody's app and passkeys and sign her out; she sets up others when she comes in."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["username"].lower()).first()
        if user is None:
            raise CommandError(f"There is no user {options['username']}.")

        def act() -> None:
            factors.forget(user)
            logins.sign_out_everywhere(user)

        outside_books(None, act)
        self.stdout.write("done")
