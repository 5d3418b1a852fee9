"""The record: one CloudEvents 1.0 event in structured JSON mode, canonical, the same bytes everywhere.

Its *signed part* is every attribute but `data` and `signature`; `data` is bound by its digest only, so that
a body can be withdrawn and the chain still verifies.
"""

import re
from hashlib import sha256
from typing import Any, Final

import msgspec
import orjson

from shared.kernel import canonical
from shared.kernel.refusals import Unreadable

MAX_RECORD: Final = 256 * 1024
MAX_DATA: Final = 64 * 1024
_SIGNATURE_LENGTH: Final = 88
_SOURCE = re.compile(r"/members/([a-z][a-z0-9-]{1,62})/([a-z]{2,32})")
_OPTIONS = orjson.OPT_SORT_KEYS


class Attributes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Every attribute of a record, in the order of their names. All compulsory: an auditor must be able to say why."""

    actor: str
    causationid: str
    commandid: str
    correlationid: str
    data: dict[str, Any]
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


class Record(msgspec.Struct, frozen=True):
    """A record as received: its attributes, its bytes, the bytes of its data and of its signed part."""

    attributes: Attributes
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


def split(raw: bytes) -> tuple[bytes, bytes]:
    """`(signed part, data bytes)` of canonical record bytes, by position: nothing is serialised again."""
    start = raw.index(b',"data":')
    after = raw.rindex(b',"signature":"')
    # Between data and signature stand only texts and one integer, so the last such mark before
    # `datacontenttype` ends the data.
    end = raw.rindex(b',"datacontenttype":', start, after)
    close = after + len(b',"signature":"') + _SIGNATURE_LENGTH + 1
    return raw[:start] + raw[end:after] + raw[close:], raw[start + 8 : end]


def read(raw: bytes) -> Record:
    """A record from its bytes.

    Raises Unreadable: `record.too_large`, `record.not_json`, `record.not_canonical`, `record.attributes`.
    The chain, the digest and the signature are not looked at here: see `shared.kernel.chain`.
    """
    if len(raw) > MAX_RECORD:
        raise Unreadable("record.too_large", f"a record has at most {MAX_RECORD} bytes")
    value = canonical.decode(raw)
    try:
        attributes = msgspec.convert(value, Attributes)
    except msgspec.ValidationError as error:
        raise Unreadable("record.attributes", str(error)) from None
    if len(attributes.signature) != _SIGNATURE_LENGTH or attributes.specversion != "1.0":
        raise Unreadable("record.attributes", "the signature has 88 characters and specversion is 1.0")
    signed, data = split(raw)
    return Record(attributes, raw, data, signed)
