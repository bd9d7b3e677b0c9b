"""The installation's keyring, from the setting `MASTER_KEY`."""

from functools import lru_cache

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from members.sealing import Keyring, master_key


@lru_cache(maxsize=1)
def keyring() -> Keyring:
    """Raises ImproperlyConfigured without a key: nothing personal is sealed under a key nobody keeps."""
    try:
        return Keyring(master_key(settings.MASTER_KEY))
    except ValueError as error:
        raise ImproperlyConfigured(
            f"MASTER_KEY: {error}. ./run makes one; elsewhere put 32 random bytes in base64 there."
        ) from None
