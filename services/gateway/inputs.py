"""Input types made from the commands' JSON Schemas: same fields, camelCase, closed lists as enums."""

import keyword
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import Any, Final

import strawberry
from strawberry.types.field import StrawberryField

from services.gateway.commands import Contract
from services.gateway.enums import DatePrecision, Origin
from services.gateway.scalars import Count, Dec, JsonInput

ENVELOPE: Final = ("command_id", "occurred_on", "expected_version", "origin", "correlation_id")
# Fields that every command has: one closed list for all of them.
COMMON: Final = ("confidentiality", "language")
CHANGES: Final = "CorrectionChangesInput"
_FORMATS: Final[Mapping[str, Any]] = {"date": date, "decimal": Dec}

Fields = dict[str, tuple[Any, StrawberryField]]


class UnknownShape(ValueError):
    """A contract says something this generator does not know: the contract or the generator must change."""


class Patch:
    """An input that says what changes: a field that is null takes a value away, one that is absent leaves it."""


@strawberry.input(description="When it happened; default today")
class OccurredOnInput:
    date: date
    precision: DatePrecision = strawberry.field(default=DatePrecision.DAY, description="How exactly that is known")


def pascal(name: str) -> str:
    """`decision_body` as `DecisionBody`."""
    return "".join(part[:1].upper() + part[1:] for part in re.split(r"[^A-Za-z0-9]+", name))


def camel(name: str) -> str:
    """`decision_body` as `decisionBody`, `ProposeIdea` as `proposeIdea`."""
    made = pascal(name)
    return made[:1].lower() + made[1:]


@dataclass(slots=True)
class Inputs:
    """Makes the input types of all commands. What several commands share is one type, the same wherever it is used."""

    _defs: Mapping[str, Any] = field(default_factory=dict)
    _made: dict[str, tuple[Any, Any]] = field(default_factory=dict)

    def command(self, contract: Contract) -> type[Any]:
        """The input type of one command: its own fields and those of every command. Raises UnknownShape."""
        self._defs = contract.schema.get("$defs", {})
        own = self._fields(contract.name, contract.schema)
        if set(own) & set(ENVELOPE):
            raise UnknownShape(f"{contract.name} has a field of the envelope")
        return _make(f"{contract.name}Input", {**own, **_envelope()}, _about(contract.schema))

    def _fields(self, owner: str, schema: Mapping[str, Any]) -> Fields:
        required = set(schema.get("required", ()))
        found: Fields = {}
        for name, about in schema.get("properties", {}).items():
            kind, says = self._kind(owner + pascal(name), name, about), _says(name, about)
            if name in required:
                found[_python(name)] = (kind, strawberry.field(**says))
            else:
                found[_python(name)] = (kind | None, strawberry.field(default=None, **says))
        return found

    def _kind(self, path: str, name: str, about: Mapping[str, Any]) -> Any:
        about = _alternative(about)
        if "$ref" in about:
            return self._definition(about, name)
        if "enum" in about or "const" in about:
            return self._enum(path, name, about.get("enum", [about.get("const")]))
        match about.get("type"):
            case "string":
                return _text(name, about)
            case "integer":
                return Count
            case "boolean":
                return bool
            case "array":
                return list[self._kind(path, name, about.get("items", {}))]  # type: ignore[misc]
            case "object" if about.get("x-one-of"):
                return self._once(CHANGES, about, lambda: self._changes(about))
            case "object" if about.get("properties"):
                called = f"{path}Input"
                return self._once(called, about, lambda: _make(called, self._fields(path, about), _about(about)))
            case "object":
                return JsonInput
        raise UnknownShape(f"{path}: {sorted(about)}")

    def _changes(self, about: Mapping[str, Any]) -> Any:
        """The input with exactly one field: that of the command whose record is corrected."""
        fields: Fields = {}
        for command, patch in about["properties"].items():
            says = {"name": camel(command), "description": _about(patch), "default": strawberry.UNSET}
            fields[command] = (self._patch(command, patch) | None, strawberry.field(**says))
        return _make(CHANGES, fields, _about(about), one_of=True)

    def _patch(self, command: str, about: Mapping[str, Any]) -> Any:
        """What may change of a command's input: its own types, none of the fields compulsory."""
        about = self._defs[_title(about)] if "$ref" in about else about
        fields: Fields = {}
        for name, one in about.get("properties", {}).items():
            kind = OccurredOnInput if name == "occurred_on" else self._kind(command + pascal(name), name, one)
            fields[_python(name)] = (kind | None, strawberry.field(default=strawberry.UNSET, **_says(name, one)))
        return _make(f"{command}ChangesInput", fields, _about(about), base=Patch)

    def _enum(self, path: str, name: str, values: list[str]) -> Any:
        called = pascal(name) if name in COMMON else path

        def make() -> Any:
            made = Enum(called, {_enum_name(value): value for value in values})  # type: ignore[misc]
            return strawberry.enum(made, name=called)

        return self._once(called, values, make)

    def _definition(self, about: Mapping[str, Any], name: str) -> Any:
        title = _title(about)
        defined = self._defs[title]
        return self._once(f"#{title}", defined, lambda: self._kind(pascal(title), name, defined))

    def _once(self, called: str, about: Any, make: Callable[[], Any]) -> Any:
        known = self._made.get(called)
        if known is None:
            known = self._made[called] = (about, make())
        elif known[0] != about:
            raise UnknownShape(f"two commands define {called} differently")
        return known[1]


def _envelope() -> Fields:
    def says(about: str, **more: Any) -> StrawberryField:
        made: StrawberryField = strawberry.field(description=about, **more)
        return made

    return {
        "command_id": (strawberry.ID, says("A new UUID: sent again, it gives the first result and writes nothing")),
        "occurred_on": (OccurredOnInput | None, says("When it happened; default today", default=None)),
        "expected_version": (int | None, says("Refuse if the object has changed since this version", default=None)),
        "origin": (Origin, says("Whether this is live, imported or from before the tool", default=Origin.LIVE)),
        "correlation_id": (strawberry.ID | None, says("A UUID that joins what belongs together", default=None)),
    }


def _text(name: str, about: Mapping[str, Any]) -> Any:
    if about.get("format") in _FORMATS:
        return _FORMATS[about["format"]]
    if about.get("format") == "uuid" or name.endswith(("_id", "_ids")):
        return strawberry.ID
    return str


def _alternative(about: Mapping[str, Any]) -> Mapping[str, Any]:
    """The one alternative besides null. A number or a text is a decimal: as a text it is exact."""
    if "anyOf" not in about:
        return about
    others = [one for one in about["anyOf"] if one.get("type") != "null"]
    if {one.get("type") for one in others} == {"number", "string"}:
        return {"type": "string", "format": "decimal"}
    if len(others) != 1:
        raise UnknownShape(f"several alternatives: {others}")
    found: Mapping[str, Any] = others[0]
    return found


def _enum_name(value: str) -> str:
    made = re.sub(r"[^A-Za-z0-9]+", "_", value).upper()
    return made if made[:1].isalpha() else f"V_{made}"


def _python(name: str) -> str:
    return f"{name}_" if keyword.iskeyword(name) else name


def _says(name: str, about: Mapping[str, Any]) -> dict[str, Any]:
    return {"name": camel(name), "description": _about(about)}


def _title(about: Mapping[str, Any]) -> str:
    return str(about["$ref"]).rpartition("/")[2]


def _about(schema: Mapping[str, Any]) -> str | None:
    found = schema.get("description")
    return found if isinstance(found, str) else None


def _make(name: str, fields: Fields, about: str | None, base: type = object, one_of: bool | None = None) -> type[Any]:
    body: dict[str, Any] = {"__annotations__": {key: kind for key, (kind, _) in fields.items()}}
    body.update({key: made for key, (_, made) in fields.items()})
    found: type[Any] = strawberry.input(type(name, (base,), body), name=name, description=about, one_of=one_of)
    return found
