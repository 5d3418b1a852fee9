"""Ed25519 keys of producers, and the bytes a signature covers (DSSE pre-authentication encoding)."""

import base64
import binascii
from hashlib import sha256
from typing import Final

from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

PAYLOAD_TYPE: Final = b"application/vnd.generateur.record+json;v=1"
_PREFIX: Final = b"DSSEv1 %d %s " % (len(PAYLOAD_TYPE), PAYLOAD_TYPE)


def pae(signed: bytes) -> bytes:
    """What is signed: the payload's type and length before the payload, so that no byte has two readings."""
    return _PREFIX + b"%d %s" % (len(signed), signed)


def keyid(public: bytes) -> str:
    """The name of a public key: the first 16 hexadecimal digits of its SHA-256."""
    return sha256(public).hexdigest()[:16]


class Signer:
    """Signs for one producer; holds the secret and never shows it."""

    def __init__(self, seed: bytes) -> None:
        self._key = SigningKey(seed)
        self.public: bytes = bytes(self._key.verify_key)
        self.keyid = keyid(self.public)

    def __repr__(self) -> str:
        return f"Signer({self.keyid})"

    def sign(self, signed: bytes) -> str:
        """Standard base64 (88 characters) of the signature over the PAE of `signed`."""
        return base64.b64encode(self._key.sign(pae(signed)).signature).decode()


def verify(public: bytes, signed: bytes, signature: str) -> bool:
    """Whether `signature` (base64 text) is that of `signed` under the raw 32-byte public key."""
    try:
        raw = base64.b64decode(signature, validate=True)
        VerifyKey(public).verify(pae(signed), raw)
    except (BadSignatureError, binascii.Error, ValueError):
        return False
    # Base64 has unused bits at its end: one signature, one text.
    return base64.b64encode(raw).decode() == signature
