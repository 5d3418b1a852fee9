"""Ed25519 keys of producers, and the bytes a signature covers (DSSE pre-authentication encoding)."""

import base64
import binascii
import os
from hashlib import sha256
from pathlib import Path
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

    @classmethod
    def load(cls, path: Path) -> "Signer":
        """Reads a key file (64 hexadecimal digits). Raises OSError or ValueError, without its content."""
        try:
            return cls(bytes.fromhex(path.read_text().strip()))
        except ValueError:
            raise ValueError(f"{path.name} is not a key file of 64 hexadecimal digits") from None

    @classmethod
    def create(cls, path: Path) -> "Signer":
        """Loads the key at `path`, or makes one there with mode 600 if there is none yet."""
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return cls.load(path)
        with os.fdopen(handle, "w") as file:
            file.write(bytes(SigningKey.generate()).hex() + "\n")
            file.flush()
            os.fsync(file.fileno())
        return cls.load(path)


def verify(public: bytes, signed: bytes, signature: str) -> bool:
    """Whether `signature` (base64 text) is that of `signed` under the raw 32-byte public key."""
    try:
        raw = base64.b64decode(signature, validate=True)
        VerifyKey(public).verify(pae(signed), raw)
    except (BadSignatureError, binascii.Error, ValueError):
        return False
    return True
