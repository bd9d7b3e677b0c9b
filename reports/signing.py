"""The seal on a paper: PAdES over the whole file, by whichever key the installation has, and the look at one.

What kind of seal it is stands on the paper itself: a certificate made here proves that a file came from here and was
not changed; only one of a PSrE Indonesia makes it certified (PP 71/2019 article 60). Imports no Django.
"""

import io
import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol

from asn1crypto import algos, cms, x509
from pyhanko.config.pkcs11 import TokenCriteria
from pyhanko.keys import load_certs_from_pemder_data, load_private_key_from_pemder_data
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import PdfSignatureMetadata, signers
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.timestamps import HTTPTimeStamper
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from reports.errors import NoSeal
from reports.papers.frame import Seal

FIELD = "Segel"
for _name in ("pyhanko", "pyhanko_certvalidator"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)  # what strangers hand in to be looked at is no error of ours
KEY_BLOCK = re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY-----.+?-----END [A-Z ]*PRIVATE KEY-----\s*", re.DOTALL)


class Signer(Protocol):
    """Whatever can seal a file. `kind` is what its papers say of it."""

    kind: Seal

    def sign(self, pdf: bytes) -> bytes: ...


class FileKey:
    """A private key (PKCS#8) with its certificate, and those above it if there are, in one PEM file. With `tsa`, the
    address of a time-stamping server (RFC 3161), the seal bears its time (B-T instead of B-B)."""

    def __init__(self, pem: bytes, *, kind: Seal = "uncertified", tsa: str = "") -> None:
        self.kind = kind
        found = KEY_BLOCK.search(pem)
        if found is None:
            raise NoSeal(name="SEAL_KEY")
        own, *above = certificates(KEY_BLOCK.sub(b"", pem))
        known = SimpleCertificateStore()
        known.register_multiple(above)
        key = load_private_key_from_pemder_data(found[0], passphrase=None)
        self.stamper = HTTPTimeStamper(tsa) if tsa else None
        self.signer = signers.SimpleSigner(signing_cert=own, signing_key=key, cert_registry=known)
        # In hex digits. Told, so that pyHanko need not make a seal for trying how long one is.
        self.room = 2 * (2_048 + sum(len(one.dump()) for one in (own, *above)) + (8_192 if tsa else 0))

    def sign(self, pdf: bytes) -> bytes:
        """The file with the seal appended: what it was before is unchanged inside it."""
        about = PdfSignatureMetadata(field_name=FIELD, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES)
        sealed = io.BytesIO()
        signers.sign_pdf(
            IncrementalPdfFileWriter(io.BytesIO(pdf)),
            about,
            signer=self.signer,
            timestamper=self.stamper,
            bytes_reserved=self.room,
            output=sealed,
        )
        return sealed.getvalue()


class Pkcs11:
    """A key in a device that signs and never shows it. Its driver is not part of the service: until it is installed
    (pyHanko's `pkcs11` extra) and named, every document is refused."""

    kind: Seal = "uncertified"

    def __init__(self, module: str, token: str, label: str, pin: str) -> None:
        self.module, self.label, self.pin = module, label, pin
        self.token = TokenCriteria(label=token)

    def sign(self, pdf: bytes) -> bytes:
        """Raises NoSeal without the driver."""
        try:
            from pyhanko.sign.pkcs11 import PKCS11Signer, open_pkcs11_session
        except ImportError as error:
            raise NoSeal(name="PKCS#11") from error
        about = PdfSignatureMetadata(field_name=FIELD, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES)
        sealed = io.BytesIO()
        with open_pkcs11_session(self.module, token_criteria=self.token, user_pin=self.pin) as session:
            signer = PKCS11Signer(session, cert_label=self.label)
            signers.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), about, signer=signer, output=sealed)
        return sealed.getvalue()


class Psre:
    """The seal of a PSrE Indonesia, over its own interface. None is known to this service yet."""

    kind: Seal = "certified"

    def sign(self, pdf: bytes) -> bytes:
        """Raises NoSeal."""
        raise NoSeal(name="PSrE")


def certificates(pem: bytes) -> list[x509.Certificate]:
    """The certificates of a PEM text, in its order."""
    return list(load_certs_from_pemder_data(pem))


def file_key(path: str, *, kind: Seal = "uncertified", tsa: str = "") -> FileKey:
    """The key of a file. Raises NoSeal where there is none."""
    try:
        return FileKey(Path(path).read_bytes(), kind=kind, tsa=tsa)
    except OSError as error:
        raise NoSeal(name="SEAL_KEY") from error


# ── the look at one ─────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a file's seal says. `intact`: nothing that it covers was changed; `whole`: it covers the whole file, to the
    last byte; `ours`: of a certificate of this installation, whose fingerprint is in hex."""

    sealed: bool
    intact: bool
    whole: bool
    ours: bool
    subject: str
    fingerprint: str

    @property
    def genuine(self) -> bool:
        return self.intact and self.whole and self.ours


UNSEALED = Verdict(sealed=False, intact=False, whole=False, ours=False, subject="", fingerprint="")


def verify(pdf: bytes, trusted: Sequence[x509.Certificate]) -> Verdict:
    """Look at the one seal of a file; anything that cannot be read as one is not intact. Asks nobody else."""
    try:
        found = PdfFileReader(io.BytesIO(pdf), strict=True).embedded_signatures
        if len(found) != 1:
            return UNSEALED
        return _judged(found[0], pdf, trusted)
    except Exception:  # whatever a damaged file makes a parser do, it is damaged
        return UNSEALED


def _judged(signature: Any, pdf: bytes, trusted: Sequence[x509.Certificate]) -> Verdict:
    certificate = signature.signer_cert
    ours = any(certificate.dump() == one.dump() for one in trusted)
    status = validate_pdf_signature(
        signature,
        signer_validation_context=ValidationContext(trust_roots=[certificate], allow_fetching=False),
        key_usage_settings=KeyUsageConstraints(key_usage=set()),
    )
    written_once = _rebuilt(signature) == _seal_in(signature)
    covered = status.coverage == SignatureCoverageLevel.ENTIRE_FILE and _nothing_beside(signature, pdf)
    return Verdict(
        sealed=True,
        intact=bool(status.intact and status.valid and written_once),
        whole=covered,
        ours=ours,
        subject=certificate.subject.human_friendly,
        fingerprint=sha256(certificate.dump()).hexdigest(),
    )


def _rebuilt(signature: Any) -> bytes:
    """The seal made again out of what its signature vouches for and what follows from that: no seal covers all of
    itself, and a byte changed where it does not is a changed file all the same."""
    info, certificate = signature.signer_info, signature.signer_cert
    sha = algos.DigestAlgorithm({"algorithm": "sha256"})
    signed = cms.SignerInfo(
        {
            "version": "v1",
            "sid": cms.SignerIdentifier(
                {
                    "issuer_and_serial_number": cms.IssuerAndSerialNumber(
                        {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
                    )
                }
            ),
            "digest_algorithm": sha,
            "signed_attrs": info["signed_attrs"],
            "signature_algorithm": _algorithm(info, certificate),
            "signature": info["signature"].native,
            **({"unsigned_attrs": info["unsigned_attrs"]} if info["unsigned_attrs"].native else {}),
        }
    )
    whole = cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": [sha],
            "encap_content_info": {"content_type": "data"},
            "certificates": signature.signed_data["certificates"],
            "signer_infos": [signed],
        }
    )
    rebuilt: bytes = cms.ContentInfo({"content_type": "signed_data", "content": whole}).dump()
    return rebuilt


def _algorithm(info: Any, certificate: x509.Certificate) -> Any:
    """That of the key: an elliptic curve's, or RSA's as it was told."""
    if certificate.public_key.algorithm == "ec":
        return algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"})
    return info["signature_algorithm"]


def _seal_in(signature: Any) -> bytes:
    """Its bytes as they stand in the file, without the zeros behind them."""
    content = bytes(signature.pkcs7_content)
    return content[: _length(content)]


def _nothing_beside(signature: Any, pdf: bytes) -> bool:
    """Whether the hole in which the seal lies holds the seal, written one way, and zeros: no seal covers itself."""
    start, first, second, _ = (int(one) for one in signature.byte_range)
    content = bytes(signature.pkcs7_content)
    length = _length(content)
    plain = b"<" + content.hex().upper().encode() + b">"
    return start == 0 and pdf[first:second] == plain and not any(content[length:])


def _length(der: bytes) -> int:
    """How many bytes the first value of a DER text takes, its head included."""
    if der[1] < 0x80:
        return 2 + der[1]
    count = der[1] & 0x7F
    return 2 + count + int.from_bytes(der[2 : 2 + count], "big")
