"""How often one address may send a wrong password in a minute. Right ones are free, as a village shares an address.

Each try is counted before its password is looked at, in one statement of the database, and taken back when it was
right: tries side by side cannot outrun the count, in however many processes.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from ledger import kernel
from members.errors import (
    AppCodeNotValid,
    CardNotValid,
    CodeNotValid,
    DeviceEnded,
    LockedOut,
    PasskeyNotValid,
    TooManyHere,
    TooManyToday,
    WrongDevicePin,
    WrongLogin,
    WrongOldPassword,
)

SECONDS = 60
# Ten seconds a row; the minute that counts ends now.
COUNT = """
    with mine as (
        insert into members_failure (address, since, count)
        values (%s, to_timestamp(floor(extract(epoch from now()) / 10) * 10), 1)
        on conflict (address, since) do update set count = members_failure.count + 1
        returning since, count)
    select mine.since, mine.count + coalesce((
        select sum(f.count) from members_failure f
         where f.address = %s and f.since > now() - interval '1 minute' and f.since <> mine.since), 0)
      from mine"""
TAKE_BACK = "update members_failure set count = count - 1 where address = %s and since = %s and count > 0"


WRONG = (
    *(WrongLogin, WrongOldPassword, LockedOut, WrongDevicePin, DeviceEnded),
    *(CodeNotValid, CardNotValid, AppCodeNotValid, PasskeyNotValid, TooManyToday),
)
"""The refusals that say that something secret was wrong."""


class Failures(BaseThrottle):
    """One try of one address."""

    def allow_request(self, request: Any, view: Any) -> bool:
        """Count it; whether there were not too many."""
        most = self.most()
        self.counted: tuple[Any, ...] | None = None
        if most is None:
            return True
        address = sha256((self.get_ident(request) or "-").encode()).hexdigest()
        [(since, count)] = kernel.call(COUNT, (address, address))
        self.counted = (address, since)
        return int(count) <= most

    def most(self) -> int | None:
        """So many a minute; None: no limit."""
        return most_a_minute()

    def wait(self) -> float:
        return SECONDS

    def right(self) -> None:
        """It was a right one: take it back."""
        if self.counted is not None:
            kernel.call(TAKE_BACK, self.counted)


def most_a_minute() -> int | None:
    """The setting, `30/min`; empty: no limit."""
    rate: str = settings.FAILED_LOGINS
    return int(rate.split("/", maxsplit=1)[0]) if rate else None


@contextmanager
def guarded(request: HttpRequest) -> Iterator[None]:
    """On a page: one try of a password, PIN, code or passkey from this address, outside of any transaction; taken back
    unless what happens inside is refused as wrong. Raises TooManyHere."""
    failures = Failures()
    if not failures.allow_request(request, None):
        raise TooManyHere(seconds=SECONDS)
    try:
        yield
    except WRONG:
        raise
    except BaseException:
        failures.right()
        raise
    failures.right()


class Guarded(APIView):
    """A view that takes a password with POST: each wrong one counts."""

    failures: Failures | None = None

    def get_throttles(self) -> list[Any]:
        if self.request.method != "POST":
            return []
        self.failures = Failures()
        return [self.failures]

    def handle_exception(self, exc: Exception) -> Any:
        """What it was sent for is rolled back by now."""
        if self.failures is not None and isinstance(exc, WRONG):
            self.failures.counted = None
        return super().handle_exception(exc)

    def throttled(self, request: Request, wait: float) -> Any:
        if self.failures is not None:
            self.failures.counted = None
        super().throttled(request, wait)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        if self.failures is not None:
            self.failures.right()
        return super().finalize_response(request, response, *args, **kwargs)
