"""What one record must hold, attribute by attribute, and the bytes that its signature covers."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any, Final

from services.audit import canonical
from services.audit.findings import Altered
from services.audit.readers import fits
from shared import contracts

MAX_RECORD: Final = 256 * 1024
MAX_DATA: Final = 64 * 1024
_PAYLOAD_TYPE: Final = b"application/vnd.generateur.record+json;v=1"

_SIGNATURE: Final = 88
_NUMBERS: Final = ("sequence", "streamversion")
_PROPERTIES: Final[Mapping[str, Any]] = contracts.record_schema()["properties"]
_TEXTS: Final = tuple(name for name in _PROPERTIES if name not in (*_NUMBERS, "data"))
_NAMES: Final = frozenset(_PROPERTIES)
# What the chain rests on is compared where the chain is followed; a type without a contract is passed over.
_CHAINED: Final = frozenset(("datadigest", "keyid", "prev", "signature", "source", "specversion", "type"))
_FORMS: Final = tuple(
    (name, fits(about["pattern"]))
    for name, about in _PROPERTIES.items()
    if "pattern" in about and name not in (*_CHAINED, "dataschema")
)
_WORDS: Final = tuple(
    (name, frozenset(about.get("enum", [about.get("const")])))
    for name, about in _PROPERTIES.items()
    if ("enum" in about or "const" in about) and name not in _CHAINED
)
_QUOTED: Final = re.compile(r'["\\]').search
_SOURCE: Final = re.compile(r"/members/([a-z][a-z0-9-]{1,62})/(ideation|projects)")
_TOPIC: Final = re.compile(r"events\.([a-z][a-z0-9-]{1,62})\.(ideation|projects)")


@dataclass(frozen=True, slots=True)
class Record:
    """One record as read; `digest` is that of `data`, `signed` every attribute but `data` and `signature`."""

    attributes: dict[str, Any]
    data: dict[str, Any]
    digest: str
    signed: bytes

    @property
    def sequence(self) -> int:
        """Position in its producer, from 1."""
        return int(self.attributes["sequence"])

    @property
    def encoding(self) -> bytes:
        """The pre-authentication encoding that is signed."""
        head = b"DSSEv1 %d %s %d " % (len(_PAYLOAD_TYPE), _PAYLOAD_TYPE, len(self.signed))
        return head + self.signed


def read(raw: bytes) -> Record:
    """The record in these bytes. Raises Altered unless canonical, complete, typed and not too large.

    What its attributes say is judged by `fault`.
    """
    if len(raw) > MAX_RECORD:
        raise Altered("record.too_large", f"{len(raw)} bytes")
    found = canonical.read(raw)
    if not isinstance(found, dict):
        raise Altered("record.attributes", "not an object")
    if found.keys() != _NAMES:
        names = sorted(found.keys() ^ _NAMES)
        raise Altered("record.attributes", f"missing or unknown: {', '.join(names)[:120]}")
    _check(found)
    data = found.pop("data")
    body = _body(raw)
    if len(body) > MAX_DATA:
        raise Altered("record.too_large", f"data of {len(body)} bytes")
    return Record(found, data, sha256(body).hexdigest(), _signed(raw, body, found["signature"]))


def _body(raw: bytes) -> bytes:
    """The bytes of `data` in canonical bytes: between the attributes that stand before and behind it.

    Those before hold no `"data":`, since every quote in a text is escaped, and those behind no `"datacontenttype":`.
    """
    return raw[raw.index(b'"data":') + 7 : raw.rindex(b',"datacontenttype":')]


def _signed(raw: bytes, body: bytes, signature: str) -> bytes:
    """Canonical bytes without two attributes: what is left is canonical too, and cutting is cheaper than writing.

    Inside a text every quote is escaped, so the first `"data":` is the attribute, as is `"signature":` without it.
    """
    rest = raw.replace(b'"data":%s,' % body, b"", 1)
    signed = rest.replace(b'"signature":"%s",' % signature.encode(), b"", 1)
    assert len(signed) == len(raw) - len(body) - len(signature) - 8 - 15
    return signed


def _check(found: dict[str, Any]) -> None:
    for name in _TEXTS:
        if not isinstance(found[name], str):
            raise Altered("record.attributes", f"{name} is not a text")
    for name in _NUMBERS:
        if type(found[name]) is not int or found[name] < 1:
            raise Altered("record.attributes", f"{name} is not a number from 1")
    if not isinstance(found["data"], dict):
        raise Altered("record.attributes", "data is not an object")
    if found["specversion"] != "1.0":
        raise Altered("record.attributes", "specversion is not 1.0")
    signature = found["signature"]
    if len(signature) != _SIGNATURE or not signature.isascii() or not signature.isprintable() or _QUOTED(signature):
        raise Altered("record.attributes", "the signature is not base64")


def fault(found: Mapping[str, Any]) -> str | None:
    """Which attribute does not have the form that the contract of a record gives it; None if they all do."""
    for name, words in _WORDS:
        if found[name] not in words:
            return name
    for name, has_form in _FORMS:
        if not has_form(found[name]):
            return name
    for name in ("occurredon", "time"):
        try:
            date.fromisoformat(found[name][:10])
        except ValueError:
            return name
    return None if found["dataschema"] == f"urn:generateur:schema:{found['type']}" else "dataschema"


def source_of(topic: str) -> str | None:
    """The producer that owns a topic, or None if the name is not that of a topic of records."""
    found = _TOPIC.fullmatch(topic)
    return f"/members/{found[1]}/{found[2]}" if found else None


def topic_of(source: str) -> str:
    """The topic of a producer; raises Altered for a text that names none."""
    found = _SOURCE.fullmatch(source)
    if not found:
        raise Altered("chain.owner", f"{source[:120]!r} names no producer")
    return f"events.{found[1]}.{found[2]}"


def member_of(source: str) -> str:
    """The member in a producer's name."""
    return source.split("/")[2]
