"""Writes docs/asyncapi.json from the contracts: `python -m deploy.asyncapi`; a test keeps them equal.

Every event type is a message of its own; FastStream's own document would keep one per topic only.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from deploy import envelope
from services.ideation.reactions import REACTIONS as IDEATION
from services.projects.reactions import REACTIONS as PROJECTS
from shared import contracts
from shared.kernel.decider import Reaction

FILE: Final = Path(__file__).parents[1] / "docs" / "asyncapi.json"
_PRODUCERS: Final = ("ideation", "projects")
_REACTIONS: Final[Mapping[str, Iterable[Reaction]]] = {"ideation": IDEATION, "projects": PROJECTS}
_ABOUT: Final = (
    "What the members of the collective publish: one topic per member and service, one partition each, kept for ever. "
    "Every message is one signed CloudEvents 1.0 event in structured JSON mode and canonical form; `data` is the "
    "fact. The same bytes stand in the store, in the topic and in an export."
)


def document() -> dict[str, Any]:
    """The AsyncAPI 3.0 document."""
    schemas: dict[str, Any] = {envelope.NAME: envelope.SCHEMA}
    messages = {kind: _message(kind, about, schemas) for kind, about in sorted(contracts.events().items())}
    return {
        "asyncapi": "3.0.0",
        "id": "urn:generateur:events",
        "info": {
            "title": "Générateur",
            "version": "0.1.0",
            "description": _ABOUT,
            "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
        },
        "defaultContentType": envelope.CONTENT_TYPE,
        "servers": {"kafka": _server()},
        "channels": {service: _channel(service, messages) for service in _PRODUCERS},
        "operations": _operations(messages),
        "components": {"messages": messages, "schemas": schemas},
    }


def text() -> str:
    """The document as it is committed."""
    return json.dumps(document(), indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def _server() -> dict[str, Any]:
    about = "Where the broker of an installation listens, as host:port"
    return {
        "host": "{bootstrap}",
        "protocol": "kafka",
        "description": "Apache Kafka 4.3",
        "variables": {"bootstrap": {"default": "127.0.0.1:9092", "description": about}},
    }


def _channel(service: str, messages: Mapping[str, Any]) -> dict[str, Any]:
    (address,) = (name for name in contracts.topics() if name.endswith(f".{service}"))
    about = contracts.topics()[address]
    kept = {
        "cleanup.policy": ["delete"],
        "retention.ms": about["retention_ms"],
        "retention.bytes": about["retention_ms"],
    }
    return {
        "address": address,
        "title": f"What a member's {service} service records",
        "description": f"Written by {about['producer']} only. Key: the subject. Read by {', '.join(about['readers'])}.",
        "parameters": {"member": {"description": "The id of a member of the collective, such as `cluster-jura`"}},
        "messages": {
            kind: {"$ref": f"#/components/messages/{kind}"} for kind in messages if kind.startswith(f"{service}.")
        },
        "bindings": {"kafka": {"partitions": about["partitions"], "topicConfiguration": kept}},
    }


def _message(kind: str, about: Mapping[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    schemas[kind] = _data(kind, schemas)
    return {
        "name": kind,
        "title": kind.split(".")[1],
        "summary": about["says"],
        "contentType": envelope.CONTENT_TYPE,
        "correlationId": {"location": "$message.payload#/correlationid"},
        "payload": {
            "allOf": [
                {"$ref": f"#/components/schemas/{envelope.NAME}"},
                {
                    "type": "object",
                    "properties": {"type": {"const": kind}, "data": {"$ref": f"#/components/schemas/{kind}"}},
                },
            ]
        },
        "bindings": {"kafka": {"key": {"type": "string", "description": f"The subject: {about['stream']}"}}},
    }


def _data(kind: str, schemas: dict[str, Any]) -> dict[str, Any]:
    """The schema of an event's data, its parts lifted beside it. Raises ValueError if two parts share a name."""
    schema = contracts.event_schema(kind)
    for name, part in schema.get("$defs", {}).items():
        lifted = _lifted(part)
        if schemas.setdefault(name, lifted) != lifted:
            raise ValueError(f"two events define {name} differently")
    kept = {key: value for key, value in schema.items() if key not in ("$defs", "$id", "$schema")}
    return {**_lifted(kept), "examples": [contracts.event_example(kind)]}


def _lifted(value: Any) -> Any:
    if isinstance(value, list):
        return [_lifted(one) for one in value]
    if isinstance(value, dict):
        return {
            key: one.replace("#/$defs/", "#/components/schemas/") if key == "$ref" else _lifted(one)
            for key, one in value.items()
        }
    return value


def _operations(messages: Mapping[str, Any]) -> dict[str, Any]:
    found = {
        f"{service}.record": _operation("send", service, "Records facts", messages, lambda kind: True)
        for service in _PRODUCERS
    }
    for service, reactions in _REACTIONS.items():
        for reaction in reactions:
            about = f"{service} hears: {reaction.name.replace('_', ' ')}"
            found[f"{service}.{reaction.name}"] = _operation(
                "receive", "ideation", about, messages, reaction.types.__contains__
            )
    for service in _PRODUCERS:
        about = f"The figures, the audit and whoever may read hear all of {service}"
        found[f"figures.{service}"] = _operation("receive", service, about, messages, lambda kind: True)
    return found


def _operation(action: str, channel: str, about: str, messages: Mapping[str, Any], wanted: Any) -> dict[str, Any]:
    kinds = [kind for kind in messages if kind.startswith(f"{channel}.") and wanted(kind)]
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{channel}"},
        "summary": about,
        "messages": [{"$ref": f"#/channels/{channel}/messages/{kind}"} for kind in kinds],
    }


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
    print(f"{FILE.name} written")
