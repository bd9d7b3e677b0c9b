"""Envelope encryption of what is personal. Imports no Django.

Everybody has a data key, stored wrapped by the master key. Destroying the wrapped key destroys what is sealed under it,
wherever that lies.

    wrapped = version (1) · id of the master key (4) · nonce (12) · AES-256-GCM of the data key, the first 5 as its data
    sealed  = version (1) · nonce (12) · AES-256-GCM of the text in UTF-8 (or of a file's bytes), `about` as its data
"""

import base64
import hmac
import os
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

VERSION = b"\x01"


class Unsealable(Exception):
    """Not sealed under our key, changed since, or sealed about somebody else."""


def master_key(text: str) -> bytes:
    """32 bytes out of base64, standard or URL-safe, padded or not. Raises ValueError, which does not repeat the key."""
    standard = text.strip().replace("-", "+").replace("_", "/")
    try:
        key = base64.b64decode(standard + "=" * (-len(standard) % 4), validate=True)
    except ValueError:
        raise ValueError("it is not base64") from None
    return _of_32_bytes(key)


def _of_32_bytes(key: bytes) -> bytes:
    if len(key) != 32:
        raise ValueError(f"it has {len(key)} bytes, not 32")
    return key


class Keyring:
    """The keys that follow from one master key: one wraps data keys, another makes indexes."""

    def __init__(self, master: bytes) -> None:
        self._wrap, self._index, self._mark = (
            HKDF(SHA256(), 32, None, b"lumbung " + use).derive(_of_32_bytes(master))
            for use in (b"wrap", b"index", b"mark")
        )
        self._header = VERSION + sha256(b"lumbung id" + self._wrap).digest()[:4]

    def new_data_key(self) -> bytes:
        """A fresh data key, wrapped: what is stored beside the person."""
        nonce = os.urandom(12)
        return self._header + nonce + AESGCM(self._wrap).encrypt(nonce, os.urandom(32), self._header)

    def seal(self, wrapped: bytes, text: str, *, about: bytes) -> bytes:
        """The text under the data key, bound to `about` (a person's id). Raises Unsealable (not our key)."""
        return self.seal_file(wrapped, text.encode(), about=about)

    def open(self, wrapped: bytes, sealed: bytes, *, about: bytes) -> str:
        """The text again. Raises Unsealable."""
        return self.open_file(wrapped, sealed, about=about).decode()

    def seal_file(self, wrapped: bytes, content: bytes, *, about: bytes) -> bytes:
        """As `seal`, for bytes; `about` says whose file it is and which."""
        nonce = os.urandom(12)
        return VERSION + nonce + AESGCM(self._unwrapped(wrapped)).encrypt(nonce, content, about)

    def open_file(self, wrapped: bytes, sealed: bytes, *, about: bytes) -> bytes:
        """The bytes again. Raises Unsealable."""
        key = self._unwrapped(wrapped)
        if sealed[:1] != VERSION:
            raise Unsealable("sealed in a form that is not known")
        return _decrypted(key, sealed[1:], about)

    def index(self, text: str, *, group: bytes) -> bytes:
        """32 bytes that are the same for the same text in the same group, and tell nothing without the master key.

        `group` has one length for all, an id's: else another group and text could run together to the same bytes.
        """
        return hmac.digest(self._index, group + text.encode(), "sha256")

    def mark(self, digest: bytes) -> bytes:
        """A digest of something that could be guessed, made useless to whoever has no master key (HMAC-SHA256)."""
        return hmac.digest(self._mark, digest, "sha256")

    def _unwrapped(self, wrapped: bytes) -> bytes:
        if wrapped[:5] != self._header:
            raise Unsealable("the data key is wrapped by another master key")
        return _decrypted(self._wrap, wrapped[5:], self._header)


def _decrypted(key: bytes, nonce_and_text: bytes, about: bytes) -> bytes:
    try:
        return AESGCM(key).decrypt(nonce_and_text[:12], nonce_and_text[12:], about)
    except (InvalidTag, ValueError):  # ValueError: cut so short that not even the nonce is whole
        raise Unsealable("changed since it was sealed, or sealed about somebody else") from None
