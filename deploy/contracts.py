"""Writes the contracts from the emitters' own classes: `python -m deploy.contracts`; a test keeps them equal.

Per event a JSON Schema (as it is serialised) and an example; per command the schema of its input and an example;
the record around them; and three tables, events.toml, commands.toml and topics.toml. Readers in any language need
nothing more.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from deploy import envelope, examples
from services.ideation.payloads import PAYLOADS as IDEATION_PAYLOADS
from services.ideation.service import SPECS as IDEATION
from services.projects.payloads import PAYLOADS as PROJECTS_PAYLOADS
from services.projects.service import SPECS as PROJECTS
from shared import contracts
from shared.kernel.decider import Spec
from shared.kernel.fields import Occurred, Payload

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
            written[f"commands/{spec.name}.schema.json"] = _json(command_schema(spec))
    for name, given in examples.commands().items():
        written[f"commands/{name}.example.json"] = _json(given)
    written["record.schema.json"] = _json({"$schema": _DIALECT, "title": envelope.NAME, **envelope.SCHEMA})
    written["events.toml"] = _events()
    written["commands.toml"] = _commands()
    written["topics.toml"] = _topics()
    return written


def command_schema(spec: Spec[Any, Any]) -> dict[str, Any]:
    """The schema of a command's input; a correction's has the fields of every command whose record it corrects."""
    schema: dict[str, Any] = {**untitled(spec.model.model_json_schema(mode="validation")), "title": spec.name}
    if spec.name != "CorrectRecord":
        return schema
    shared: dict[str, Any] = {}
    corrected = {
        other.name: _changes(other, shared)
        for specs in _SPECS.values()
        for other in sorted(specs.values(), key=lambda one: one.name)
        if other.member != "target.source" and payloads()[other.emits[0]].AMENDABLE
    }
    about = schema["properties"]["changes"]
    changes = {
        "type": "object",
        "x-one-of": True,
        "minProperties": 1,
        "maxProperties": 1,
        "additionalProperties": False,
        "properties": dict(sorted(corrected.items())),
        **({"description": about["description"]} if "description" in about else {}),
    }
    properties = {**schema["properties"], "changes": changes}
    return {**schema, "properties": properties, "$defs": {**shared, **schema.get("$defs", {})}}


def _changes(spec: Spec[Any, Any], shared: dict[str, Any]) -> dict[str, Any]:
    """What a correction may name of a command: its fields but the ids of its objects, none of them compulsory."""
    payload = payloads()[spec.emits[0]]
    whole = untitled(payload.model_json_schema(mode="validation"))
    shared.update(whole.get("$defs", {}))
    named = set(re.findall(r"\{([a-z_]+)", " ".join((payload.STREAM, *payload.ENTITIES)))) - {"owner"}
    fields = {name: about for name, about in whole["properties"].items() if name not in named}
    for about in fields.values():
        about.pop("default", None)
    occurred = untitled(Occurred.model_json_schema(mode="validation"))
    shared["Occurred"] = occurred
    return {
        "type": "object",
        "additionalProperties": False,
        "description": f"Of a record of {spec.name} what differs; what is not named stays, null takes a field away",
        "properties": {**fields, "occurred_on": {"$ref": "#/$defs/Occurred"}},
    }


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
            f"entities = [{entities}]\n{_speaking(payload)}says = {json.dumps(said, ensure_ascii=False)}\n"
        )
    return "\n".join(parts)


def _speaking(payload: type[Payload]) -> str:
    """Who may record it, whether it is amended, and what takes it with it; see `shared.kernel.fields.Payload`."""
    lines = [f'authority = "{payload.AUTHORITY}"', f"amendable = {json.dumps(payload.AMENDABLE)}"]
    if payload.NAMES_OWNER is not None:
        lines.append(f'names_owner = "{payload.NAMES_OWNER}"')
    if payload.COORDINATOR_NAMES_ANY:
        lines.append("coordinator_names_any = true")
    if payload.COORDINATOR_WHEN is not None:
        lines.append(f"coordinator_when = {json.dumps(list(payload.COORDINATOR_WHEN))}")
    if payload.HANGS_ON:
        lines.append(f"hangs_on = {json.dumps(list(payload.HANGS_ON))}")
    return "\n".join(lines) + "\n"


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
                f"{_member(spec)}stream = {json.dumps(_stream(spec))}\n"
                f'title_en = "{spec.title_en}"\ntitle_fr = "{spec.title_fr}"\n'
            )
    return "\n".join(parts)


def _member(spec: Spec[Any, Any]) -> str:
    """The field that names the member at whose service the coordinator gives it."""
    return "" if spec.member is None else f'member = "{spec.member}"\n'


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
