"""A security key made of software, and what a browser makes of its answers: honest unless a test tells it not to be."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

ORIGIN = "http://localhost"
USER_PRESENT, USER_VERIFIED, HAS_NEW_KEY = 0x01, 0x04, 0x40  # WebAuthn 6.1: flags of the authenticator data
NO_MODEL = bytes(16)  # an AAGUID that tells nothing


@dataclass(kw_only=True)
class SoftwareKey:
    """One key at one service, in a browser that stands at ``origin``.

    ``host`` is the RP ID that it signs for; where it is not set, the one that it is asked for, as an honest one does.
    """

    origin: str = ORIGIN
    host: str = ""
    verifies_user: bool = True
    is_touched: bool = True
    sign_count: int = 0
    step: int = 1
    user_handle: bytes = b""
    credential_id: bytes = field(default_factory=lambda: os.urandom(32))
    private: EllipticCurvePrivateKey = field(default_factory=lambda: generate_private_key(SECP256R1()))

    def create(self, options: dict[str, Any]) -> str:
        """Return what the browser sends when the key is added."""
        self.user_handle = base64url_to_bytes(options["user"]["id"])
        length = len(self.credential_id).to_bytes(2, "big")
        new_key = NO_MODEL + length + self.credential_id + self._public_key()
        data = self._data(options["rp"]["id"], flags=HAS_NEW_KEY) + new_key
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        told = self._told("webauthn.create", options)
        return self._sent(clientDataJSON=told, attestationObject=attestation, transports=["usb", "from the future"])

    def answer(self, options: dict[str, Any]) -> str:
        """Return what the browser sends when the key is asked."""
        self.sign_count += self.step
        data, told = self._data(options["rpId"]), self._told("webauthn.get", options)
        signature = self.private.sign(data + hashlib.sha256(told).digest(), ECDSA(SHA256()))
        # Where it is told which keys it may be, it need not say whose it is.
        handle = {} if options.get("allowCredentials") else {"userHandle": self.user_handle}
        return self._sent(clientDataJSON=told, authenticatorData=data, signature=signature, **handle)

    def _public_key(self) -> bytes:
        numbers = self.private.public_key().public_numbers()
        x, y = numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})  # RFC 9053: EC2, ES256, P-256

    def _data(self, asked_host: str, *, flags: int = 0) -> bytes:
        host = self.host or asked_host
        flags |= (USER_PRESENT if self.is_touched else 0) | (USER_VERIFIED if self.verifies_user else 0)
        return hashlib.sha256(host.encode()).digest() + bytes([flags]) + self.sign_count.to_bytes(4, "big")

    def _told(self, kind: str, options: dict[str, Any]) -> bytes:
        told = {"type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": False}
        return json.dumps(told).encode()

    def _sent(self, **response: Any) -> str:
        own_id = bytes_to_base64url(self.credential_id)
        parts = {name: bytes_to_base64url(part) if isinstance(part, bytes) else part for name, part in response.items()}
        return json.dumps({"id": own_id, "rawId": own_id, "type": "public-key", "response": parts})
