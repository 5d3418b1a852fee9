"""How the values of a payload are read, as its contract describes them: each reader gives what a value means, or raises
Unfit.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

Reader = Callable[[Any], Any]
Node = Mapping[str, Any]
# What a part of a payload means to those who count, by its name in the contracts.
_MEANING: Final[Mapping[str, Callable[[dict[str, Any]], Any]]] = {
    "Qty": lambda found: (found["value"], found["precision"]),
    "Gathering": lambda found: (found["kind"], found["id"]),
    "Operator": lambda found: found["member_id"],
    "EpciLink": lambda found: found["relation"],
}
_SHOWN: Final = 60


class Unfit(Exception):
    """A payload breaks its contract in a field that is read here."""


def reader(node: Node, parts: Mapping[str, Node]) -> Reader:
    """The reader of what a JSON Schema describes; `parts` are its definitions.

    Raises KeyError for a schema that says what no contract says today.
    """
    if "$ref" in node:
        name = node["$ref"].rpartition("/")[2]
        read = reader(parts[name], parts)
        meaning = _MEANING.get(name)
        return read if meaning is None else lambda value: meaning(read(value))
    if "enum" in node or "const" in node:
        return _one_of(node.get("enum", [node.get("const")]))
    match node["type"]:
        case "string":
            return _text(node)
        case "integer":
            return _integer(node["minimum"], node["maximum"])
        case "array":
            return _list(reader(node["items"], parts), node.get("minItems", 0), node.get("maxItems"))
        case "object" if "properties" in node:
            return _object(node, parts)
        case "object":
            return mapping
        case other:
            raise KeyError(other)


def readers(node: Node, parts: Mapping[str, Node], names: Sequence[str]) -> dict[str, Reader]:
    """The readers of these fields of an object; a name ends in `?` if the field may be absent without a default."""
    found = {}
    for name in names:
        field = node["properties"][name]
        optional = "default" not in field and name not in node["required"]
        found[f"{name}?" if optional else name] = reader(field, parts)
    return found


def defaults(node: Node, parts: Mapping[str, Node], names: Sequence[str]) -> dict[str, Any]:
    """What absent fields of an object mean, of those that mean something."""
    fields = {name: node["properties"][name] for name in names}
    return {name: reader(field, parts)(field["default"]) for name, field in fields.items() if "default" in field}


def fields(data: Mapping[str, Any], wanted: Mapping[str, Reader], absent: Mapping[str, Any]) -> dict[str, Any]:
    """The wanted fields of an object, each as its reader gives it; a name that ends in `?` may be absent.

    An absent field has its value in `absent`. Raises Unfit, naming the field. A null is not an absent field: fields
    without a value are left out.
    """
    found = {}
    for name, read in wanted.items():
        plain = name.removesuffix("?")
        if plain in data:
            try:
                found[plain] = read(data[plain])
            except Unfit as why:
                raise Unfit(f"{plain}: {why}") from None
        elif plain in absent:
            found[plain] = absent[plain]
        elif plain == name:
            raise Unfit(f"{plain} is missing")
    return found


def mapping(value: Any) -> dict[str, Any]:
    """An object, as it is."""
    if not isinstance(value, dict):
        raise Unfit("an object is expected")
    return value


def fits(pattern: str) -> Callable[[str], Any]:
    """Whether the whole of a text has the pattern of a contract, in which `$` is the end and no line end before it."""
    return re.compile(pattern.removeprefix("^").removesuffix("$")).fullmatch


def _text(node: Node) -> Reader:
    least, most = node.get("minLength", 0), node.get("maxLength")
    matches = fits(node["pattern"]) if "pattern" in node else None
    meaning = _FORMATS.get(node.get("format", ""))

    def read(value: Any) -> Any:
        if not isinstance(value, str):
            raise Unfit("a text is expected")
        if len(value) < least or (most is not None and len(value) > most):
            raise Unfit(f"a text of {least} to {most} characters is expected")
        if matches is not None and not matches(value):
            raise Unfit(f"a text like {node['pattern'][:_SHOWN]} is expected")
        return value if meaning is None else meaning(value)

    return read


def _day(value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise Unfit("a date that does not exist") from None


_FORMATS: Final[Mapping[str, Reader]] = {"decimal": Decimal, "date": _day}


def _integer(least: int, most: int) -> Reader:
    def read(value: Any) -> int:
        if type(value) is not int or not least <= value <= most:
            raise Unfit(f"a whole number from {least} to {most} is expected")
        return value

    return read


def _one_of(words: Sequence[Any]) -> Reader:
    def read(value: Any) -> str:
        if not isinstance(value, str) or value not in words:
            raise Unfit(f"one of {', '.join(words)} is expected")
        return value

    return read


def _list(read_one: Reader, least: int, most: int | None) -> Reader:
    def read(value: Any) -> list[Any]:
        if not isinstance(value, list):
            raise Unfit("a list is expected")
        if len(value) < least or (most is not None and len(value) > most):
            raise Unfit(f"a list of {least} to {most} is expected")
        return [read_one(one) for one in value]

    return read


def _object(node: Node, parts: Mapping[str, Node]) -> Reader:
    names = tuple(node["properties"])
    wanted, absent = readers(node, parts, names), defaults(node, parts, names)
    return lambda value: fields(mapping(value), wanted, absent)
