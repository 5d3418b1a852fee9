"""Whose signature counts: one pinned root key, and the keys that records signed by it introduce."""

import re
from base64 import b64decode, b64encode
from hashlib import sha256
from typing import Any, Final

from services.audit.attributes import Record, topic_of
from services.audit.findings import Altered
from services.audit.signing import Signed

INTRODUCTION: Final = "ideation.ProducerKeyIntroduced.v1"
_SIGNATURE: Final = 64
_HEX: Final = re.compile(r"[0-9a-f]{64}")


def keyid(public: bytes) -> str:
    """The short name of a public key: 16 hex digits of its SHA-256."""
    return sha256(public).hexdigest()[:16]


def public_key(text: str) -> bytes:
    """A public key from its 64 hex digits; raises ValueError."""
    if not _HEX.fullmatch(text):
        raise ValueError("a public key is written with 64 lower-case hex digits")
    return bytes.fromhex(text)


class Keyring:
    """The keys of each producer. The coordinator's ideation has the root key and no other."""

    def __init__(self, root: bytes, coordinator: str) -> None:
        self.root_source = f"/members/{coordinator}/ideation"
        self.root = root
        self._keys: dict[str, dict[str, bytes]] = {self.root_source: {keyid(root): root}}

    def of(self, source: str) -> dict[str, bytes]:
        """The keys of a producer by key id; empty if nobody introduced one."""
        return self._keys.get(source, {})

    @property
    def sources(self) -> set[str]:
        """The producers that have a key."""
        return set(self._keys)

    def introduce(self, data: dict[str, Any]) -> None:
        """Takes the key that a verified introduction names; raises Altered when its parts contradict each other."""
        source, public, named = data.get("producer"), data.get("public_key"), data.get("key_id")
        if not isinstance(source, str) or not isinstance(public, str) or data.get("algorithm") != "ed25519":
            raise Altered("key.malformed", "an introduction without producer, key or algorithm")
        try:
            topic_of(source)
            key = public_key(public)
        except (Altered, ValueError) as why:
            raise Altered("key.malformed", str(why)) from None
        if named != keyid(key):
            raise Altered("key.malformed", f"key id {named!r:.40} is not that of the key introduced for {source}")
        if source != self.root_source:
            self._keys.setdefault(source, {})[keyid(key)] = key


def signed(record: Record, keys: dict[str, bytes]) -> Signed:
    """What is to be checked of a record; raises Altered `chain.key` or `chain.signature` where that is clear."""
    public = keys.get(record.attributes["keyid"])
    if public is None:
        raise Altered("chain.key", f"key {record.attributes['keyid']} is not this producer's")
    text = record.attributes["signature"]
    try:
        signature = b64decode(text, validate=True)
    except ValueError:
        signature = b""
    if len(signature) != _SIGNATURE or b64encode(signature).decode() != text:
        raise Altered("chain.signature", "not the one base64 form of 64 bytes")
    return Signed(public, signature, record.encoding)
