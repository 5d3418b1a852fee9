"""Input types made from the commands' JSON Schemas: same fields, camelCase, closed lists as enums."""

import keyword
import re
from collections.abc import Mapping
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
_FORMATS: Final[Mapping[str, Any]] = {"date": date, "decimal": Dec}
COMMON: Final = ("confidentiality", "language")


class UnknownShape(ValueError):
    """A contract says something this generator does not know: the contract or the generator must change."""


@strawberry.input(description="When it happened; default today")
class OccurredOnInput:
    date: date
    precision: DatePrecision = strawberry.field(default=DatePrecision.DAY, description="How exactly that is known")


def pascal(name: str) -> str:
    """`decision_body` as `DecisionBody`."""
    return "".join(part[:1].upper() + part[1:] for part in re.split(r"[^A-Za-z0-9]+", name))


def camel(name: str) -> str:
    """`decision_body` as `decisionBody`."""
    made = pascal(name)
    return made[:1].lower() + made[1:]


def _enum_name(value: str) -> str:
    made = re.sub(r"[^A-Za-z0-9]+", "_", value).upper()
    return made if made[:1].isalpha() else f"V_{made}"


@dataclass(slots=True)
class Inputs:
    """Makes the input types of all commands. A definition that commands share becomes one type, named after it."""

    _defs: Mapping[str, Any] = field(default_factory=dict)
    _shared: dict[str, tuple[Any, Any]] = field(default_factory=dict)

    def command(self, contract: Contract) -> type[Any]:
        """The input type of one command: its own fields and those of every command."""
        self._defs = contract.schema.get("$defs", {})
        own = self._fields(contract.name, contract.schema)
        if set(own) & set(ENVELOPE):
            raise UnknownShape(f"{contract.name} has a field of the envelope")
        return _make(f"{contract.name}Input", {**own, **_envelope()}, _about(contract.schema))

    def _fields(self, owner: str, schema: Mapping[str, Any]) -> dict[str, tuple[Any, StrawberryField]]:
        required = set(schema.get("required", ()))
        found: dict[str, tuple[Any, StrawberryField]] = {}
        for name, about in schema.get("properties", {}).items():
            kind = self._kind(owner + pascal(name), name, about)
            python = f"{name}_" if keyword.iskeyword(name) else name
            says: dict[str, Any] = {"name": camel(name), "description": _about(about)}
            if name in required:
                found[python] = (kind, strawberry.field(**says))
            else:
                found[python] = (kind | None, strawberry.field(default=None, **says))
        return found

    def _kind(self, path: str, name: str, about: Mapping[str, Any]) -> Any:
        about = _alternative(about)
        if "$ref" in about:
            return self._definition(str(about["$ref"]).rpartition("/")[2], name)
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
            case "object" if about.get("properties"):
                return _make(f"{path}Input", self._fields(path, about), _about(about))
            case "object":
                return JsonInput
        raise UnknownShape(f"{path}: {sorted(about)}")

    def _enum(self, path: str, name: str, values: list[str]) -> Any:
        shared = name in COMMON
        if shared and name in self._shared:
            known = self._shared[name]
            if known[0] != values:
                raise UnknownShape(f"{path}: {values}, elsewhere {known[0]}")
            return known[1]
        called = pascal(name) if shared else path
        made = Enum(called, {_enum_name(value): value for value in values})  # type: ignore[misc]
        kind = strawberry.enum(made, name=called)
        if shared:
            self._shared[name] = (values, kind)
        return kind

    def _definition(self, title: str, name: str) -> Any:
        about = self._defs[title]
        known = self._shared.get(title)
        if known is not None:
            if known[0] != about:
                raise UnknownShape(f"two commands define {title} differently")
            return known[1]
        made = self._kind(pascal(title), name, about)
        self._shared[title] = (about, made)
        return made


def _envelope() -> dict[str, tuple[Any, StrawberryField]]:
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


def _about(schema: Mapping[str, Any]) -> str | None:
    found = schema.get("description")
    return found if isinstance(found, str) else None


def _make(name: str, fields: Mapping[str, tuple[Any, StrawberryField]], about: str | None) -> type[Any]:
    body: dict[str, Any] = {"__annotations__": {key: kind for key, (kind, _) in fields.items()}}
    body.update({key: made for key, (_, made) in fields.items()})
    found: type[Any] = strawberry.input(type(name, (), body), name=name, description=about)
    return found


def wire(value: Any) -> Any:
    """An input as its service reads it: snake_case names, closed lists by their values, nothing that is null."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return [wire(item) for item in value]
    if hasattr(value, "__strawberry_definition__"):
        pairs = ((key.removesuffix("_"), wire(item)) for key, item in vars(value).items())
        return {key: item for key, item in pairs if item is not None}
    return value
