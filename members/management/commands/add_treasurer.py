"""`add_treasurer`: the first real user, who opens her group with it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ledger.context import outside_books
from ledger.errors import DomainError
from members import logins


class Command(BaseCommand):
    help = "Make a user who may open a group and becomes its treasurer; prints her first password, good for one login."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("username", help="2 to 60 letters, digits, . _ @ + -")

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(made(options["username"], opens_groups=True))


def made(username: str, **rights: bool) -> str:
    """Make the user; gives what to tell her. Raises CommandError."""
    if not logins.is_username(username):
        raise CommandError(f"{username!r} is no user name: 2 to 60 letters, digits, . _ @ + -, first a letter or digit")
    try:
        user, password = outside_books(None, lambda: logins.open_user(username, **rights))  # type: ignore[arg-type]
    except DomainError as refusal:
        raise CommandError(refusal.sentence) from None
    return (
        f"{user.username}\nfirst password: {password}\n"
        "It is good for one login, at /masuk or POST /api/v1/auth/tokens; she then sets her own."
    )
