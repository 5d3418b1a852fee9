"""The record: one CloudEvents 1.0 event in structured JSON mode, canonical, the same bytes everywhere.

Its *signed part* is every attribute but `data` and `signature`; `data` is bound by its digest only, so that
a body can be withdrawn and the chain still verifies.
"""

import re
from hashlib import sha256
from typing import Any, Final

import msgspec
import orjson

from shared.kernel import bounds, canonical
from shared.kernel.refusals import Unreadable

MAX_RECORD: Final = 256 * 1024
MAX_DATA: Final = 64 * 1024
_SIGNATURE_LENGTH: Final = 88
_SOURCE = re.compile(rf"/members/({bounds.MEMBER})/([a-z]{{2,32}})")
_OPTIONS = orjson.OPT_SORT_KEYS
_MOST: Final = bounds.WHOLE


class Attributes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Every attribute of a record, in the order of their names. All compulsory: an auditor must be able to say why."""

    actor: str
    causationid: str
    commandid: str
    correlationid: str
    data: msgspec.Raw
    datacontenttype: str
    datadigest: str
    dataschema: str
    id: str
    keyid: str
    occurredon: str
    occurredprecision: str
    origin: str
    prev: str
    role: str
    sequence: int
    signature: str
    source: str
    specversion: str
    streamversion: int
    subject: str
    time: str
    type: str


_DECODER: Final = msgspec.json.Decoder(Attributes)
_ENCODER: Final = msgspec.json.Encoder()


class Record(msgspec.Struct, frozen=True, gc=False):
    """A record as received: its attributes, its data, its bytes, the bytes of its data and of its signed part."""

    attributes: Attributes
    data: dict[str, Any]
    raw: bytes
    data_bytes: bytes
    signed: bytes

    @property
    def digest(self) -> str:
        """SHA-256 (hexadecimal) of the signed part: what the next record's `prev` must be."""
        return sha256(self.signed).hexdigest()


def source_of(member: str, service: str) -> str:
    """The `source` attribute of a producer."""
    return f"/members/{member}/{service}"


def topic_of(source: str) -> str:
    """The topic of a producer's source; raises Unreadable(`record.source`) for anything else."""
    match = _SOURCE.fullmatch(source)
    if match is None:
        raise Unreadable("record.source", "the source is not /members/<member>/<service>")
    return f"events.{match[1]}.{match[2]}"


def seal(attributes: dict[str, Any], data: bytes) -> bytes:
    """The signed part, from the attributes given at the append and at the seal, and the canonical `data`."""
    attributes["datadigest"] = sha256(data).hexdigest()
    return orjson.dumps(attributes, option=_OPTIONS)


def join(signed: bytes, data: bytes, signature: str) -> bytes:
    """The record's bytes: `data` and `signature` set at their sorted places in the signed part."""
    # Both marks are structural: within a text a quote is escaped, and only texts stand before them.
    at = signed.index(b',"datacontenttype":')
    then = signed.index(b',"source":', at)
    return b"".join(
        (signed[:at], b',"data":', data, signed[at:then], b',"signature":"', signature.encode(), b'"', signed[then:])
    )


def read(raw: bytes) -> Record:
    """A record from its bytes.

    Raises Unreadable: `record.too_large`, `record.not_canonical`, `record.attributes`.
    The chain, the digest and the signature are not looked at here: see `shared.kernel.chain`.
    """
    if len(raw) > MAX_RECORD:
        raise Unreadable("record.too_large", f"a record has at most {MAX_RECORD} bytes")
    attributes, data = _quickly(raw) or _carefully(raw)
    if len(attributes.signature) != _SIGNATURE_LENGTH or attributes.specversion != "1.0":
        raise Unreadable("record.attributes", "the signature has 88 characters and specversion is 1.0")
    if attributes.sequence < 1 or attributes.streamversion < 1:
        raise Unreadable("record.attributes", "sequence and streamversion are numbers from 1")
    data_bytes = bytes(attributes.data)
    if len(data_bytes) > MAX_DATA:
        raise Unreadable("record.too_large", f"the data of a record has at most {MAX_DATA} bytes")
    # The first such marks are structural: within a text a quote is escaped, and data is stepped over.
    start = raw.index(b',"data":')
    end = start + 8 + len(data_bytes)
    after = raw.index(b',"signature":"', end)
    close = after + len(b',"signature":"') + _SIGNATURE_LENGTH + 1
    if not attributes.signature.isascii() or raw[close - 1 : close + 1] != b'",':
        raise Unreadable("record.attributes", "the signature is not base64")
    return Record(attributes, data, raw, data_bytes, raw[:start] + raw[end:after] + raw[close:])


def _quickly(raw: bytes) -> tuple[Attributes, dict[str, Any]] | None:
    """Attributes and data of bytes that are beyond doubt a canonical record; None where `_carefully` must judge.

    What the typed encoder writes from the typed value is canonical but for `data`, and that is written again.
    """
    try:
        attributes = _DECODER.decode(raw)
        if _ENCODER.encode(attributes) != raw or (b"\\" in raw and b"\\u0000" in raw):
            return None
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
    if not (-_MOST <= attributes.sequence <= _MOST and -_MOST <= attributes.streamversion <= _MOST):
        return None
    data = canonical.decode_object(bytes(attributes.data))
    return None if data is None else (attributes, data)


def _carefully(raw: bytes) -> tuple[Attributes, dict[str, Any]]:
    """The same for any bytes. Raises Unreadable with the code that fits."""
    value = canonical.decode(raw)
    try:
        attributes = _DECODER.decode(raw)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise Unreadable("record.attributes", str(error)) from None
    if type(value["data"]) is not dict:
        raise Unreadable("record.attributes", "data is an object")
    return attributes, value["data"]
