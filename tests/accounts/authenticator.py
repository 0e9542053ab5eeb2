"""A passkey device in a few lines, for tests without a browser."""

import base64
import hashlib
import json
import os
from dataclasses import dataclass, field

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

ORIGIN = "http://localhost:8001"


def text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


@dataclass
class Device:
    """Holds one passkey and counts its uses."""

    origin: str = ORIGIN
    rp_id: str = "localhost"
    uses: int = 0
    credential: bytes = field(default_factory=lambda: os.urandom(32))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def create(self, options: str) -> str:
        """Make a passkey for creation options."""
        head = self._head(0x45) + bytes(16) + len(self.credential).to_bytes(2, "big")
        spot = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: spot.x.to_bytes(32, "big"), -3: spot.y.to_bytes(32, "big")}
        data = head + self.credential + cbor2.dumps(cose)
        attested = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", options)
        return self._told({"clientDataJSON": text(client), "attestationObject": text(attested)})

    def get(self, options: str) -> str:
        """Answer a challenge."""
        self.uses += 1
        data, client = self._head(0x05), self._client("webauthn.get", options)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._told(
            {
                "clientDataJSON": text(client),
                "authenticatorData": text(data),
                "signature": text(signature),
            }
        )

    def _head(self, flags: int) -> bytes:
        name = hashlib.sha256(self.rp_id.encode()).digest()
        return name + bytes([flags]) + self.uses.to_bytes(4, "big")

    def _client(self, kind: str, options: str) -> bytes:
        challenge = json.loads(options)["challenge"]
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _told(self, response: dict) -> str:
        ident = text(self.credential)
        return json.dumps({"id": ident, "rawId": ident, "type": "public-key", "response": response})
