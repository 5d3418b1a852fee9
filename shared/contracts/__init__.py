"""The contracts, as data: a JSON Schema and an example per event, what each command asks, topics and owners."""

import json
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

FOLDER: Final = Path(__file__).parent


@cache
def events() -> dict[str, Any]:
    """events.toml: per type its services, stream and entities."""
    return tomllib.loads((FOLDER / "events.toml").read_text(encoding="utf-8"))


@cache
def commands() -> dict[str, Any]:
    """commands.toml: per command its service, roles, events and titles."""
    return tomllib.loads((FOLDER / "commands.toml").read_text(encoding="utf-8"))


@cache
def topics() -> dict[str, Any]:
    """topics.toml: per pattern of names its owner, key, retention and readers."""
    return tomllib.loads((FOLDER / "topics.toml").read_text(encoding="utf-8"))


@cache
def record_schema() -> dict[str, Any]:
    """The JSON Schema of the record around every payload."""
    found: dict[str, Any] = json.loads((FOLDER / "record.schema.json").read_text(encoding="utf-8"))
    return found


@cache
def event_schema(kind: str) -> dict[str, Any]:
    """The JSON Schema of an event type's payload. Raises FileNotFoundError for an unknown type."""
    found: dict[str, Any] = json.loads((FOLDER / "events" / f"{kind}.schema.json").read_text(encoding="utf-8"))
    return found


@cache
def event_example(kind: str) -> dict[str, Any]:
    """An example of an event type's payload. Raises FileNotFoundError for an unknown type."""
    found: dict[str, Any] = json.loads((FOLDER / "events" / f"{kind}.example.json").read_text(encoding="utf-8"))
    return found


@cache
def command_schema(name: str) -> dict[str, Any]:
    """The JSON Schema of a command's input. Raises FileNotFoundError for an unknown command."""
    found: dict[str, Any] = json.loads((FOLDER / "commands" / f"{name}.schema.json").read_text(encoding="utf-8"))
    return found


def at(data: Mapping[str, Any], path: Sequence[str] | str) -> Any:
    """The value at a path in a payload (`activity.kind`, or its steps); None if there is none."""
    value: Any = data
    for step in path.split(".") if isinstance(path, str) else path:
        value = value.get(step) if isinstance(value, Mapping) else None
    return value
