"""What one record must hold, attribute by attribute, and the bytes that its signature covers."""

import re
from dataclasses import dataclass
from datetime import date, time
from hashlib import sha256
from typing import Any, Final

from services.audit import canonical
from services.audit.findings import Altered

MAX_RECORD: Final = 256 * 1024
MAX_DATA: Final = 64 * 1024
_PAYLOAD_TYPE: Final = b"application/vnd.generateur.record+json;v=1"

_UUID: Final = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_TEXTS: Final = {
    "actor": r"[^\x00-\x1f]{1,200}",
    "causationid": _UUID,
    "commandid": _UUID,
    "correlationid": _UUID,
    "datacontenttype": r"application/json",
    "datadigest": r"[0-9a-f]{64}",
    "dataschema": r"urn:generateur:schema:[A-Za-z0-9.]{1,120}",
    "id": r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}",
    "keyid": r"[0-9a-f]{16}",
    "occurredon": r"[0-9]{4}-[0-9]{2}-[0-9]{2}",
    "occurredprecision": r"day|month|quarter|year|at_latest",
    "origin": r"live|import|legacy",
    "prev": r"[0-9a-f]{64}",
    "role": r"AD|CO|ME|TR|AC|PH|RE|FU|AU|SV",
    "signature": r"[A-Za-z0-9+/]{86}==",
    "source": r"/members/[a-z][a-z0-9-]{1,62}/(ideation|projects)",
    "specversion": r"1\.0",
    "subject": r"[^\x00-\x1f]{1,256}",
    "time": r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z",
    "type": r"(ideation|projects)\.[A-Z][A-Za-z]{1,80}\.v[1-9][0-9]{0,3}",
}
_NUMBERS: Final = ("sequence", "streamversion")
_NAMES: Final = frozenset({*_TEXTS, *_NUMBERS, "data"})
_CHECKS: Final = tuple((name, re.compile(pattern).fullmatch) for name, pattern in _TEXTS.items())
_ALL: Final = re.compile("\0".join(f"(?:{pattern})" for pattern in _TEXTS.values())).fullmatch
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
    """The record in these bytes. Raises Altered unless canonical, complete, typed and within bounds."""
    if len(raw) > MAX_RECORD:
        raise Altered("record.size", f"{len(raw)} bytes")
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
        raise Altered("record.size", f"data of {len(body)} bytes")
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
    try:
        sound = _ALL("\0".join([found[name] for name in _TEXTS]))
    except TypeError:
        sound = None
    if not sound:
        names = [name for name, fits in _CHECKS if not isinstance(found[name], str) or not fits(found[name])]
        raise Altered("record.attributes", f"not well formed: {', '.join(names)}")
    for name in _NUMBERS:
        if type(found[name]) is not int or found[name] < 1:
            raise Altered("record.attributes", f"{name} is not a number from 1")
    if not isinstance(found["data"], dict):
        raise Altered("record.attributes", "data is not an object")
    if found["dataschema"] != f"urn:generateur:schema:{found['type']}":
        raise Altered("record.attributes", "dataschema does not name the type")
    try:
        date.fromisoformat(found["occurredon"])
        date.fromisoformat(found["time"][:10])
        time.fromisoformat(found["time"][11:26])
    except ValueError:
        raise Altered("record.attributes", "a date that does not exist") from None


def source_of(topic: str) -> str | None:
    """The producer that owns a topic, or None if the name is not that of a topic of records."""
    found = _TOPIC.fullmatch(topic)
    return f"/members/{found[1]}/{found[2]}" if found else None


def topic_of(source: str) -> str:
    """The topic of a producer; raises Altered for a text that names none."""
    found = _SOURCE.fullmatch(source)
    if not found:
        raise Altered("record.owner", f"{source[:120]!r} names no producer")
    return f"events.{found[1]}.{found[2]}"


def member_of(source: str) -> str:
    """The member in a producer's name."""
    return source.split("/")[2]
