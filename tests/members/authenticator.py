"""A phone's authenticator in a few lines: it makes passkeys (ES256) and signs with them, as a browser would answer."""

import json
import os
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor
from fido2.cose import ES256
from fido2.utils import websafe_encode

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


class Authenticator:
    """Holds one key. `flags` are what it says of its user; `counts` False: it always says 0, as most phones do."""

    def __init__(self, origin: str, host: str, *, counts: bool = True) -> None:
        self.origin, self.host, self.counts = origin, host, counts
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id, self.count, self.handle = os.urandom(32), 0, b""
        self.flags = PRESENT | VERIFIED

    def makes(self, asked: dict[str, Any]) -> dict[str, Any]:
        """The answer to a request for a new passkey."""
        options = asked["publicKey"]
        self.handle = _bytes(options["user"]["id"])
        client = self.client("webauthn.create", options["challenge"])
        public = cbor.encode(dict(ES256.from_cryptography_key(self.key.public_key())))
        about = self.data(ATTESTED) + bytes(16) + len(self.id).to_bytes(2, "big") + self.id + public
        attestation = cbor.encode({"fmt": "none", "attStmt": {}, "authData": about})
        return self.answer({"clientDataJSON": client, "attestationObject": attestation})

    def signs(self, asked: dict[str, Any]) -> dict[str, Any]:
        """The answer to a request to come in."""
        self.count += self.counts
        client, about = self.client("webauthn.get", asked["publicKey"]["challenge"]), self.data()
        signature = self.key.sign(about + sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        said = {"clientDataJSON": client, "authenticatorData": about, "signature": signature}
        return self.answer(said | {"userHandle": self.handle})

    def client(self, type: str, challenge: Any) -> bytes:
        said = {"type": type, "challenge": websafe_encode(_bytes(challenge)), "origin": self.origin}
        return json.dumps(said).encode()

    def data(self, more: int = 0) -> bytes:
        return sha256(self.host.encode()).digest() + bytes([self.flags | more]) + self.count.to_bytes(4, "big")

    def answer(self, said: dict[str, bytes]) -> dict[str, Any]:
        id = websafe_encode(self.id)
        response = {name: websafe_encode(value) for name, value in said.items()}
        return {"id": id, "rawId": id, "type": "public-key", "response": response, "clientExtensionResults": {}}


def _bytes(value: Any) -> bytes:
    from fido2.utils import websafe_decode

    return value if isinstance(value, bytes) else websafe_decode(value)
