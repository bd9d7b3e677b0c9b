"""The installation's seal, as its settings name it."""

from functools import lru_cache
from pathlib import Path

from asn1crypto import x509
from django.conf import settings

from reports import signing
from reports.papers.frame import Seal


def seal(pdf: bytes) -> bytes:
    """A paper sealed by the installation's key. Raises NoSeal where it has none."""
    return _signer(settings.SEAL_KEY, settings.SEAL_KIND, settings.SEAL_TSA).sign(pdf)


def kind() -> Seal:
    """What its papers say of their seal."""
    return "certified" if settings.SEAL_KIND == "certified" else "uncertified"


def look(pdf: bytes) -> signing.Verdict:
    """What a file's seal says, and whether it is the installation's own, of today or of earlier."""
    return signing.verify(pdf, _trusted(settings.SEAL_CERTIFICATES or settings.SEAL_KEY))


@lru_cache(maxsize=4)
def _signer(path: str, kind: Seal, tsa: str) -> signing.Signer:
    return signing.file_key(path, kind=kind, tsa=tsa)


@lru_cache(maxsize=4)
def _trusted(path: str) -> tuple[x509.Certificate, ...]:
    try:
        return tuple(signing.certificates(signing.KEY_BLOCK.sub(b"", Path(path).read_bytes())))
    except OSError:
        return ()
