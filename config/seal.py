"""The installation's own seal: a key and a certificate that says whose it is, made once beside the secrets.

Such a certificate is not one of a PSrE Indonesia: it shows that a document came from here and was not changed, and no
more. An installation that has a better one names its file in SEAL_KEY.
"""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from config.embedded import one_at_a_time

YEARS = 20


def ensure_seal(data: Path) -> dict[str, str]:
    """The environment that names the seal of this data folder; made on first use, readable by its owner only."""
    key, certificate = data / "seal.pem", data / "seal.crt"
    with one_at_a_time(data):
        if not key.exists() or not certificate.exists():
            private, public = made()
            keep(certificate, public, 0o644)
            keep(key, private + public, 0o600)  # the last to come: with it, both are there
    return {"SEAL_KEY": str(key), "SEAL_CERTIFICATES": str(certificate)}


def made() -> tuple[bytes, bytes]:
    """A key (PKCS#8) and its certificate, both in PEM."""
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, "Lumbung (segel tidak tersertifikasi)"),
            x509.NameAttribute(NameOID.SERIAL_NUMBER, os.urandom(8).hex()),
        ]
    )
    now = datetime.now(UTC)
    uses = x509.KeyUsage(True, True, False, False, False, False, False, False, False)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=366 * YEARS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(uses, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(private.public_key()), critical=False)
        .sign(private, hashes.SHA256())
    )
    key = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return key, built.public_bytes(Encoding.PEM)


def keep(path: Path, content: bytes, mode: int) -> None:
    """The whole file or none of it, whatever interrupts us."""
    part = path.with_suffix(f"{path.suffix}.part")
    part.unlink(missing_ok=True)
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    part.rename(path)
