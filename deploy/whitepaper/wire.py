"""A planned command as the gateway's mutation wants it: camelCase names, closed lists in capitals."""

import re
from collections.abc import Mapping
from typing import Any

from deploy.whitepaper.planned import Planned
from shared.contracts import command_schema


def mutation(command: str) -> str:
    """The document that gives one command."""
    root = command[:1].lower() + command[1:]
    return (
        f"mutation {command}($input: {command}Input!) {{ {root}(input: $input) {{ __typename "
        "... on Accepted { position changed repeated } ... on Problem { code message path } } }"
    )


def variables(step: Planned) -> dict[str, Any]:
    """The mutation's variables. Raises FileNotFoundError for a command without a contract."""
    asked = {**_shaped(command_schema(step.command), step.input), "commandId": str(step.command_id)}
    asked["origin"] = step.origin.upper()
    # A fact of the moment (a key introduced at a start) has no date of its own.
    if step.origin != "live":
        asked["occurredOn"] = {"date": step.when.on.isoformat(), "precision": step.when.precision.upper()}
    return {"input": asked}


def _shaped(root: Mapping[str, Any], value: Mapping[str, Any]) -> dict[str, Any]:
    shaped: dict[str, Any] = _walk(root, root, value)
    return shaped


def _walk(root: Mapping[str, Any], about: Mapping[str, Any], value: Any) -> Any:
    about = _resolved(root, about)
    if isinstance(value, Mapping):
        known = about.get("properties", {})
        return {_camel(name): _walk(root, known.get(name, {}), one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_walk(root, about.get("items", {}), one) for one in value]
    if ("enum" in about or "const" in about) and isinstance(value, str):
        return re.sub(r"[^A-Za-z0-9]+", "_", value).upper()
    return value


def _resolved(root: Mapping[str, Any], about: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a property really says: behind an alternative to null, then behind a reference."""
    others = [one for one in about.get("anyOf", ()) if one.get("type") not in ("null", "number")]
    if others:
        about = others[0]
    if "$ref" in about:
        found: Mapping[str, Any] = root["$defs"][str(about["$ref"]).rpartition("/")[2]]
        return _resolved(root, found)
    return about


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in rest)
