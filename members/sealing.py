"""Envelope encryption of what is personal. Imports no Django."""

import base64
import binascii
import hmac
import os
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

VERSION = b"\x01"


class Unsealable(Exception):
    """Not sealed under our key, or changed since."""


def master_key(text: str) -> bytes:
    """32 bytes out of base64. Raises ValueError."""
    try:
        key = base64.b64decode(text.replace("-", "+").replace("_", "/") + "=" * (-len(text) % 4), validate=True)
    except binascii.Error:
        raise ValueError("it is not base64") from None
    if len(key) != 32:
        raise ValueError(f"it has {len(key)} bytes, not 32")
    return key


class Keyring:
    """The keys that follow from one master key."""

    def __init__(self, master: bytes) -> None:
        self._wrap, self._index = (
            HKDF(SHA256(), 32, None, b"lumbung " + use).derive(master) for use in (b"wrap", b"index")
        )
        self._id = sha256(b"lumbung id" + self._wrap).digest()[:4]

    def new_data_key(self) -> bytes:
        """A wrapped data key."""
        nonce = os.urandom(12)
        header = VERSION + self._id
        return header + nonce + AESGCM(self._wrap).encrypt(nonce, os.urandom(32), header)

    def _unwrapped(self, wrapped: bytes) -> bytes:
        try:
            return AESGCM(self._wrap).decrypt(wrapped[5:17], wrapped[17:], wrapped[:5])
        except (InvalidTag, ValueError):
            raise Unsealable from None

    def seal(self, wrapped: bytes, text: str, *, about: bytes) -> bytes:
        """The text, sealed."""
        nonce = os.urandom(12)
        return VERSION + nonce + AESGCM(self._unwrapped(wrapped)).encrypt(nonce, text.encode(), about)

    def open(self, wrapped: bytes, sealed: bytes, *, about: bytes) -> str:
        """The text again."""
        try:
            return AESGCM(self._unwrapped(wrapped)).decrypt(sealed[1:13], sealed[13:], about).decode()
        except (InvalidTag, ValueError):
            raise Unsealable from None

    def index(self, text: str, *, group: bytes) -> bytes:
        """A blind index."""
        return hmac.digest(self._index, group + text.encode(), "sha256")
