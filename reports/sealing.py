"""The installation's seal, as its settings name it."""

from functools import lru_cache
from pathlib import Path

from asn1crypto import x509
from django.conf import settings

from reports import signing
from reports.papers.frame import Seal

ENDING = 32
"""So many bytes at the end of a certificate are of the signature on it: nobody else's has them."""


def seal(pdf: bytes) -> bytes:
    """A paper sealed by the installation's key. Raises NoSeal where it has none."""
    return _signer(settings.SEAL_KEY, settings.SEAL_KIND, settings.SEAL_TSA).sign(pdf)


def kind() -> Seal:
    """What its papers say of their seal."""
    return "certified" if settings.SEAL_KIND == "certified" else "uncertified"


def look(pdf: bytes) -> signing.Verdict:
    """What a file's seal says, and whether it is the installation's own, of today or of earlier."""
    return signing.verify(pdf, _ours())


def lies_in(content: bytes) -> bool:
    """Whether a seal of the installation's lies in these bytes, intact or not: its certificate, of which the key or the
    end are there in hex digits, as seals are written. Nothing is parsed."""
    parts = (part for one in _ours() for part in (one.public_key["public_key"].contents, one.dump()[-ENDING:]))
    return any(part.hex().upper().encode() in content for part in parts)


def _ours() -> tuple[x509.Certificate, ...]:
    return _trusted(settings.SEAL_CERTIFICATES or settings.SEAL_KEY)


@lru_cache(maxsize=4)
def _signer(path: str, kind: Seal, tsa: str) -> signing.Signer:
    return signing.file_key(path, kind=kind, tsa=tsa)


@lru_cache(maxsize=4)
def _trusted(path: str) -> tuple[x509.Certificate, ...]:
    try:
        return tuple(signing.certificates(signing.KEY_BLOCK.sub(b"", Path(path).read_bytes())))
    except OSError:
        return ()
