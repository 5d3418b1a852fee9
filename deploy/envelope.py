"""The record around every fact, as a JSON Schema: `docs/record.md` says what each attribute means."""

from typing import Any, Final

from shared.kernel.dates import PRECISIONS

NAME: Final = "Record"
CONTENT_TYPE: Final = "application/cloudevents+json"
_DIGEST: Final = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_UUID: Final = {"type": "string", "format": "uuid"}
_COUNT: Final = {"type": "integer", "minimum": 1, "maximum": 2**53 - 1}

_ATTRIBUTES: Final[dict[str, dict[str, Any]]] = {
    "actor": {"type": "string", "description": "Who: a pseudonym, or a service that reacted"},
    "causationid": {"type": "string", "description": "The event that caused this one, else the command"},
    "commandid": _UUID,
    "correlationid": _UUID,
    "data": {"type": "object", "description": "The fact"},
    "datacontenttype": {"const": "application/json"},
    "datadigest": {**_DIGEST, "description": "SHA-256 of the canonical bytes of `data`"},
    "dataschema": {"type": "string", "pattern": "^urn:generateur:schema:"},
    "id": {**_UUID, "description": "UUIDv7"},
    "keyid": {"type": "string", "pattern": "^[0-9a-f]{16}$"},
    "occurredon": {"type": "string", "format": "date", "description": "When it happened in the territory"},
    "occurredprecision": {"enum": list(PRECISIONS)},
    "origin": {"enum": ["live", "import", "legacy"]},
    "prev": {**_DIGEST, "description": "SHA-256 of the signed part of the record before; zeros for the first"},
    "role": {"type": "string", "pattern": "^[A-Z]{2}$"},
    "sequence": {**_COUNT, "description": "Position in its producer, without a gap"},
    "signature": {"type": "string", "description": "Ed25519 over everything but `data` and itself, base64"},
    "source": {"type": "string", "pattern": "^/members/[a-z][a-z0-9-]{1,62}/(ideation|projects)$"},
    "specversion": {"const": "1.0"},
    "streamversion": {**_COUNT, "description": "Position in its stream"},
    "subject": {"type": "string", "description": "The stream"},
    "time": {"type": "string", "format": "date-time", "description": "When it was recorded, UTC, microseconds"},
    "type": {"type": "string", "pattern": "^(ideation|projects)\\.[A-Za-z]+\\.v[0-9]+$"},
}
SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "description": "One CloudEvents 1.0 event: signed, chained to the record before, in canonical JSON",
    "properties": _ATTRIBUTES,
    "required": sorted(_ATTRIBUTES),
    "additionalProperties": False,
}
