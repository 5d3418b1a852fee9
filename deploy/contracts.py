"""Writes the contracts from the emitters' own classes: `python -m deploy.contracts`; a test keeps them equal.

Per event a JSON Schema (as it is serialised) and an example; per command the schema of its input and an example;
and three tables, events.toml, commands.toml and topics.toml. Readers in any language need nothing more.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from deploy import examples
from services.ideation.payloads import PAYLOADS as IDEATION_PAYLOADS
from services.ideation.service import SPECS as IDEATION
from services.projects.payloads import PAYLOADS as PROJECTS_PAYLOADS
from services.projects.service import SPECS as PROJECTS
from shared import contracts
from shared.kernel.decider import Spec
from shared.kernel.fields import Payload

_SPECS: Final[Mapping[str, Mapping[str, Spec[Any, Any]]]] = {"ideation": IDEATION, "projects": PROJECTS}
_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_NOTE: Final = "# Written by `python -m deploy.contracts` from the emitters' classes; a test keeps them equal.\n"


def payloads() -> dict[str, type[Payload]]:
    """Every event class by its type, sorted."""
    return dict(sorted({**IDEATION_PAYLOADS, **PROJECTS_PAYLOADS}.items()))


def files() -> dict[str, str]:
    """Every contract file by its path below shared/contracts."""
    written: dict[str, str] = {}
    for kind, payload in payloads().items():
        schema = as_written(payload.model_json_schema(mode="serialization"))
        named = {"$schema": _DIALECT, "$id": f"urn:generateur:schema:{kind}", "title": kind}
        written[f"events/{kind}.schema.json"] = _json({**schema, **named})
    for kind, data in examples.events().items():
        written[f"events/{kind}.example.json"] = _json(data)
    for specs in _SPECS.values():
        for spec in specs.values():
            schema = untitled(spec.model.model_json_schema(mode="validation"))
            written[f"commands/{spec.name}.schema.json"] = _json({**schema, "title": spec.name})
    for name, given in examples.commands().items():
        written[f"commands/{name}.example.json"] = _json(given)
    written["events.toml"] = _events()
    written["commands.toml"] = _commands()
    written["topics.toml"] = _topics()
    return written


def untitled(schema: Any) -> Any:
    """A schema without the titles that only repeat the names of its fields."""
    if isinstance(schema, list):
        return [untitled(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    kept: dict[str, Any] = {}
    for key, value in schema.items():
        if key in ("properties", "$defs"):
            kept[key] = {name: untitled(part) for name, part in value.items()}
        elif key in ("default", "enum", "const", "required", "examples"):
            kept[key] = value
        elif key != "title":
            kept[key] = untitled(value)
    return kept


def as_written(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of a payload as records hold it: what has a default is always there, what is not known never.

    It is open: a released version may grow by optional fields, and older readers pass them over.
    """
    plain: dict[str, Any] = untitled(schema)
    for part in (plain, *plain.get("$defs", {}).values()):
        if part.get("type") != "object":
            continue
        part.pop("additionalProperties", None)
        fields = part.get("properties", {})
        optional = {name for name, field in fields.items() if "default" in field and field["default"] is None}
        part["required"] = sorted(set(fields) - optional)
        for name in optional:
            fields[name] = _known(fields[name])
    return plain


def _known(field: dict[str, Any]) -> dict[str, Any]:
    """A field that may be absent, as it is when present."""
    (kind,) = (one for one in field["anyOf"] if one != {"type": "null"})
    kept = {key: value for key, value in field.items() if key not in ("anyOf", "default")}
    return {**kind, **kept}


def write(folder: Path = contracts.FOLDER) -> int:
    """Writes them all and removes what is no contract any more; returns how many there are."""
    wanted = files()
    for name in ("events", "commands"):
        (folder / name).mkdir(exist_ok=True)
        for file in (folder / name).glob("*.json"):
            if f"{name}/{file.name}" not in wanted:
                file.unlink()
    for path, text in wanted.items():
        (folder / path).write_text(text, encoding="utf-8")
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


if __name__ == "__main__":
    print(f"{write()} contracts written")
