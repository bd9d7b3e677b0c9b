"""How often one address may have papers verified, or ask for codes, in a minute: nobody shall try codes, nor keep the
service busy with files."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from members.errors import TooManyHere
from members.failures import SECONDS, Failures


class Verifications(Failures):
    """One look of one address; there is none that is taken back."""

    def most(self) -> int | None:
        rate: str = settings.VERIFICATIONS
        return int(rate.split("/", maxsplit=1)[0]) if rate else None

    def get_ident(self, request: Any) -> str:
        return f"verify {super().get_ident(request)}"


def counted(request: HttpRequest) -> None:
    """The same for a page. Raises TooManyHere."""
    if not Verifications().allow_request(request, None):
        raise TooManyHere(seconds=SECONDS)
