"""Writes the contracts from the emitters' own classes: `python -m deploy.contracts`; a test keeps them equal.

Per event a JSON Schema (as it is serialised) and an example; per command the schema of its input; and three
tables, events.toml, commands.toml and topics.toml. Readers in any language need nothing more.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from services.ideation.payloads import PAYLOADS as IDEATION_PAYLOADS
from services.ideation.service import SPECS as IDEATION
from services.projects.payloads import PAYLOADS as PROJECTS_PAYLOADS
from services.projects.service import SPECS as PROJECTS
from shared import contracts
from shared.kernel.decider import Spec
from shared.kernel.fields import Payload

_SPECS: Final[Mapping[str, Mapping[str, Spec[Any, Any]]]] = {"ideation": IDEATION, "projects": PROJECTS}
_NOTE: Final = "# Written by `python -m deploy.contracts` from the emitters' classes; a test keeps them equal.\n"


def payloads() -> dict[str, type[Payload]]:
    """Every event class by its type, sorted."""
    return dict(sorted({**IDEATION_PAYLOADS, **PROJECTS_PAYLOADS}.items()))


def files() -> dict[str, str]:
    """Every contract file by its path below shared/contracts."""
    written: dict[str, str] = {}
    for kind, payload in payloads().items():
        schema = payload.model_json_schema(mode="serialization")
        schema = {"$id": f"urn:generateur:schema:{kind}", **schema, "title": kind}
        written[f"events/{kind}.schema.json"] = _json(schema)
        example = payload.model_validate(_example(payload.model_json_schema(mode="validation")))
        written[f"events/{kind}.example.json"] = _json(example.payload())
    for specs in _SPECS.values():
        for spec in specs.values():
            schema = spec.model.model_json_schema(mode="validation")
            written[f"commands/{spec.name}.schema.json"] = _json({**schema, "title": spec.name})
    written["events.toml"] = _events()
    written["commands.toml"] = _commands()
    written["topics.toml"] = _topics()
    return written


def write(folder: Path = contracts.FOLDER) -> int:
    """Writes them all and removes what is no contract any more; returns how many there are."""
    wanted = files()
    for name in ("events", "commands"):
        (folder / name).mkdir(exist_ok=True)
        for file in (folder / name).glob("*.json"):
            if f"{name}/{file.name}" not in wanted:
                file.unlink()
    for path, text in wanted.items():
        (folder / path).write_text(text)
    return len(wanted)


def _json(value: Any) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def _events() -> str:
    parts = [_NOTE]
    for kind, payload in payloads().items():
        said = " ".join((payload.__doc__ or "").split())
        entities = ", ".join(json.dumps(e) for e in payload.ENTITIES)
        parts.append(
            f'["{kind}"]\nservice = "{kind.split(".")[0]}"\nstream = "{payload.STREAM}"\n'
            f'entities = [{entities}]\nsince = "0.1"\nsays = {json.dumps(said, ensure_ascii=False)}\n'
        )
    return "\n".join(parts)


def _commands() -> str:
    parts = [_NOTE]
    both = set(IDEATION) & set(PROJECTS)
    for service, specs in _SPECS.items():
        for name, spec in sorted(specs.items()):
            if name in both and service != "ideation":
                continue
            emits = sorted({e for s in _SPECS.values() if name in s for e in s[name].emits})
            parts.append(
                f'[{name}]\nservice = "{"target" if name in both else service}"\n'
                f"roles = {json.dumps(sorted(spec.roles - {'SV'}))}\nemits = {json.dumps(emits)}\n"
                f'stream = {json.dumps(_stream(spec))}\ntitle_en = "{spec.title_en}"\ntitle_fr = "{spec.title_fr}"\n'
            )
    return "\n".join(parts)


def _stream(spec: Spec[Any, Any]) -> str:
    payload = payloads().get(spec.emits[0])
    return payload.STREAM if payload else ""


def _topics() -> str:
    return _NOTE + "".join(
        f'\n["events.{{member}}.{service}"]\nowner = "{{member}}"\nproducer = "/members/{{member}}/{service}"\n'
        f'key = "subject"\npartitions = 1\nretention_ms = -1\nreaders = {json.dumps(readers)}\n'
        for service, readers in (
            ("ideation", ["ideation", "projects", "indicators", "audit"]),
            ("projects", ["indicators", "audit"]),
        )
    )


def _example(schema: dict[str, Any], root: dict[str, Any] | None = None, name: str = "") -> Any:
    """A value that the schema allows, the same at each run."""
    root = root or schema
    if "$ref" in schema:
        return _example(root["$defs"][schema["$ref"].rpartition("/")[2]], root, name)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    for union in ("anyOf", "oneOf", "allOf"):
        if union in schema:
            return _example(next(s for s in schema[union] if s.get("type") != "null"), root, name)
    match schema.get("type"):
        case "object":
            fields = schema.get("properties", {})
            return {key: _example(part, root, key) for key, part in fields.items() if not _exclusive(key, fields)}
        case "array":
            return [_example(schema["items"], root, name)]
        case "integer":
            return max(1, schema.get("minimum", 1))
        case "boolean":
            return True
        case _:
            return _text(schema, name)


def _exclusive(name: str, fields: Mapping[str, Any]) -> bool:
    """What an example leaves out: free-form data, and a second target beside the first."""
    return name == "data" or (name == "project_id" and "adviser_id" in fields)


_TEXTS: Final = (
    ("^W", "W891000001"),
    ("[0-9]{9}$", "248900524"),
    ("[0-9a-f]{16}$", "0123456789abcdef"),
    ("[0-9a-f]{64}$", "ab" * 32),
    ("[0-9AB]{5}", "89003"),
    ("^/members", "/members/cluster-jura/ideation"),
    (r"\.v", "ideation.IdeaProposed.v1"),
    ("^[a-z0-9][a-z0-9-]", "cc-val-d-amour"),
    ("^[a-z][a-z0-9-]", "cluster-jura"),
)


def _text(schema: dict[str, Any], name: str) -> str:
    match schema.get("format"):
        case "uuid":
            return "01933c1e-7b1a-7c3e-8d52-0242ac130003"
        case "date":
            return "2019-09-01"
    pattern = schema.get("pattern", "")
    if name in ("share", "weekly_hours", "reference_hours", "fte") or pattern.startswith(("^(?!", "^[-+]?")):
        return "0.5" if name == "share" else "35"
    return next((text for mark, text in _TEXTS if pattern and mark in pattern), name.replace("_", " ") or "text")


if __name__ == "__main__":
    print(f"{write()} contracts written")
