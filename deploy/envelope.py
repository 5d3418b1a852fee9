"""The record around every fact, as a JSON Schema: `docs/record.md` says what each attribute means."""

from typing import Any, Final

from shared.kernel import attributes, bounds
from shared.kernel.bounds import written
from shared.kernel.dates import PRECISIONS

NAME: Final = "Record"
CONTENT_TYPE: Final = "application/cloudevents+json"
_DIGEST: Final = {"type": "string", "pattern": written(bounds.SHA256)}
_COUNT: Final = {"type": "integer", "minimum": 1, "maximum": bounds.WHOLE}


def _form(name: str, **more: str) -> dict[str, Any]:
    return {"type": "string", "pattern": written(attributes.FORMS[name]), **more}


_ATTRIBUTES: Final[dict[str, dict[str, Any]]] = {
    "actor": _form("actor", description="Who: a pseudonym, or a service that reacted"),
    "causationid": _form("causationid", description="The event that caused this one, else the command"),
    "commandid": _form("commandid"),
    "correlationid": _form("correlationid"),
    "data": {"type": "object", "description": "The fact"},
    "datacontenttype": {"const": attributes.CONTENT_TYPE},
    "datadigest": {**_DIGEST, "description": "SHA-256 of the canonical bytes of `data`"},
    "dataschema": {"type": "string", "pattern": f"^{attributes.SCHEMA}", "description": "It names the type"},
    "id": _form("id", description="UUIDv7"),
    "keyid": {"type": "string", "pattern": written(bounds.KEYID)},
    "occurredon": {
        "type": "string",
        "format": "date",
        "pattern": written(bounds.DAY),
        "description": "When it happened in the territory",
    },
    "occurredprecision": {"enum": list(PRECISIONS)},
    "origin": {"enum": list(attributes.ORIGINS)},
    "prev": {**_DIGEST, "description": "SHA-256 of the signed part of the record before; zeros for the first"},
    "role": {"enum": list(attributes.ROLES)},
    "sequence": {**_COUNT, "description": "Position in its producer, without a gap"},
    "signature": {"type": "string", "description": "Ed25519 over everything but `data` and itself, base64"},
    "source": {"type": "string", "pattern": written(rf"/members/{bounds.MEMBER}/(?:ideation|projects)")},
    "specversion": {"const": "1.0"},
    "streamversion": {**_COUNT, "description": "Position in its stream"},
    "subject": _form("subject", description="The stream"),
    "time": _form("time", format="date-time", description="When it was recorded, UTC, microseconds"),
    "type": {"type": "string", "pattern": "^(ideation|projects)\\.[A-Za-z]+\\.v[0-9]+$"},
}
SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "description": "One CloudEvents 1.0 event: signed, chained to the record before, in canonical JSON",
    "properties": _ATTRIBUTES,
    "required": sorted(_ATTRIBUTES),
    "additionalProperties": False,
}
