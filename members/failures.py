"""How often one address may send a wrong password."""

from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core.cache import caches
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle


class Failures(SimpleRateThrottle):
    """How many wrong logins one address may make in a minute; right ones are free, as a village shares an address."""

    scope = "auth"
    cache = caches["door"]

    def get_rate(self) -> str | None:
        """Empty: no limit."""
        rate: str = settings.FAILED_LOGINS
        return rate or None

    def get_cache_key(self, request: Request, view: Any) -> str:
        return "auth-" + sha256((self.get_ident(request) or "-").encode()).hexdigest()

    def throttle_success(self) -> bool:
        """Counted when it has failed."""
        return True

    def failed(self) -> None:
        """One more failure of this address, now."""
        if self.rate is None:
            return
        self.history.insert(0, self.now)
        self.cache.set(self.key, self.history, 60)
