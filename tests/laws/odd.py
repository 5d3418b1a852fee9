"""Payloads and attributes as the contracts allow them, and beyond: what a member could sign if it wanted to harm."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from shared import contracts

Node = Mapping[str, Any]
MEMBERS: Final = ("alpha", "beta", "coord")
_UID: Final = "00000000-0000-7000-8000-{:012x}"
IDS: Final = tuple(_UID.format(number) for number in (1, 2))
TERRITORIES: Final = ("t-north", "t-south")
DAYS: Final = ("1990-01-01", "2019-02-28", "2019-06-01", "2020-02-29", "2026-11-30", "2099-12-31")
# Legal wherever a text is: what steers screens, hides, joins, or costs more bytes than it has letters.
TEXTS: Final = (
    "a",
    "épicerie",
    "\u202eabc",
    "\u0001\u001f",
    "\u200b",
    "😀" * 7,
    "ﷺ" * 9,
    "\u2028\n\t",
    "\x7f",
    "'; --",
    "{}",
    "%s",
)
DECIMALS: Final = ("0.01", "1", "17.5", "35", "39", "60", "0.5", "0.25")
# Where another value stands for it in a mutation: types, extremes, dates, numbers written as texts, depth.
WILD: Final[Sequence[Any]] = (
    *(None, True, False, 0, -1, 1, 2**31, 2**53 - 1, -(2**53 - 1), 10_000_000, 10_000_001, 100_000_001),
    *("", " ", "x", "x" * 201, "é" * 4_001, "t" * 8_000, "\x1f", "a/b", "../..", "region", "territory/x"),
    *("NaN", "Infinity", "-0", "1e308", "0", "0.0", "٣", "1,5", "9" * 40, "0001-01-01", "1850-01-01", "9999-12-31"),
    *("10000-01-01", "2019-02-30", "20190601", "2019-W01-1", "1989-12-31", "2100-01-01", "2019-06-01\n"),
    *([], {}, [[]], [None], [{}], {"value": 1}, {"kind": "workshop"}, ["x"] * 51, ["t-north"] * 300, [["x"] * 9] * 9),
)


class Choice:
    """Choices out of a few bytes, which Hypothesis draws and makes smaller; beyond them, the first of everything."""

    def __init__(self, numbers: bytes) -> None:
        self._numbers = iter(numbers)

    def below(self, most: int) -> int:
        """A number from 0, below `most`."""
        return next(self._numbers, 0) % most

    def of(self, several: Sequence[Any]) -> Any:
        """One of these."""
        at = self.below(256)
        return several[(at if len(several) < 256 else at * 256 + self.below(256)) % len(several)]


def _nested(depth: int) -> Any:
    found: Any = "x"
    for _ in range(depth):
        found = [found]
    return found


def payload(kind: str, choice: Choice) -> dict[str, Any]:
    """A payload that fits its contract, over tiny domains of ids, members and territories."""
    schema = contracts.event_schema(kind)
    return _object(schema, schema.get("$defs", {}), choice)


def _object(node: Node, parts: Mapping[str, Node], choice: Choice) -> dict[str, Any]:
    required = set(node.get("required", ()))
    return {
        name: _value(name, field, parts, choice)
        for name, field in node.get("properties", {}).items()
        if name in required or choice.below(2)
    }


def _value(name: str, node: Node, parts: Mapping[str, Node], choice: Choice) -> Any:
    if "$ref" in node:
        return _object(parts[node["$ref"].rpartition("/")[2]], parts, choice)
    if "enum" in node or "const" in node:
        return choice.of(node.get("enum", [node.get("const")]))
    match node["type"]:
        case "integer":
            return choice.of((node["minimum"], 1, 2, 7, node["maximum"]))
        case "boolean":
            return bool(choice.below(2))
        case "array":
            length = max(node.get("minItems", 0), choice.of((0, 1, 1, 2, min(node["maxItems"], 50))))
            return [_value(name, node["items"], parts, choice) for _ in range(length)]
        case "object":
            return _object(node, parts, choice)
    return _text(name, node, choice)


def _text(name: str, node: Node, choice: Choice) -> str:
    match node.get("format"):
        case "date":
            return str(choice.of(DAYS))
        case "decimal":
            return str(choice.of(("0.5", "1", "0.25") if name == "share" else DECIMALS))
        case "uuid":
            return str(choice.of(IDS))
    if "member" in name or name in ("successor", "handover_to"):
        return str(choice.of(MEMBERS))
    if "territor" in name or name in ("parts", "code"):
        return str(choice.of(TERRITORIES))
    if name in _KNOWN:
        return _KNOWN[name]
    return str(choice.of((*TEXTS, *(one * node["maxLength"] for one in ("x", "é", "😀")))))


_KNOWN: Final[Mapping[str, str]] = {
    **{"siren": "200000008", "rna": "W391000001", "insee": "39001", "digest": "ab" * 32, "match_key": "ab" * 32},
    **{"key_id": "0" * 16, "public_key": "1" * 64, "type": "ideation.IdeaProposed.v1", "subject": "stream/1"},
    **{"source": "/members/alpha/ideation", "entities": "actor/x", "data_type": "ideation.IdeaProposed.v1"},
}


def mutated(data: dict[str, Any], choice: Choice) -> Any:
    """A payload with something else in some place of it: a value, a field more, a field less."""
    path = [choice.below(16) for _ in range(1 + choice.below(3))]
    return _changed(data, path, choice.of(("replace", "replace", "replace", "drop", "add")), _wild(choice))


def _wild(choice: Choice) -> Any:
    return _nested(choice.below(29)) if choice.below(8) == 7 else choice.of(WILD)


def _changed(value: Any, path: Sequence[int], how: str, instead: Any) -> Any:
    if isinstance(value, dict) and value:
        names = sorted(value)
        name = names[path[0] % len(names)]
        if how == "add":
            return {**value, "since_later": instead}
        if how == "drop" and len(path) == 1:
            return {key: one for key, one in value.items() if key != name}
        return {**value, name: _changed(value[name], path[1:], how, instead) if len(path) > 1 else instead}
    if isinstance(value, list) and value and len(path) > 1:
        at = path[0] % len(value)
        return [*value[:at], _changed(value[at], path[1:], how, instead), *value[at + 1 :]]
    return instead


_ATTRIBUTES: Final[Mapping[str, Sequence[Any]]] = {
    "actor": ("", "service:projects", "a" * 201, "x" * 90_000, "\u202e", "a\nb", "é"),
    "occurredon": (
        "0001-01-01",
        "1989-12-31",
        "1990-01-01",
        "2099-12-31",
        "2100-01-01",
        "9999-12-31",
        "2019-02-30",
        "x",
    ),
    "occurredprecision": ("month", "quarter", "year", "at_latest", "decade", ""),
    "time": (
        *("never", "0001-01-01T00:00:00.000000Z", "1990-01-01T00:00:00.000000Z", "2099-12-31T23:59:59.999999Z"),
        *("9999-12-31T23:59:59.999999Z", "2026-11-23T10:00:00Z", "2026-02-30T10:00:00.000000Z"),
    ),
    "origin": ("import", "legacy", "unknown", "LIVE"),
    "role": ("CO", "SV", "XX", "", "r" * 300),
    "id": ("0190", "x" * 36, _UID.format(9)),
    "correlationid": ("", "x" * 36, _UID.format(9)),
    "subject": ("ab", "s" * 201, "idea/\u202e", "stream/1", "idea/" + IDS[0]),
    "dataschema": ("urn:generateur:schema:x", ""),
    "datacontenttype": ("text/plain",),
    "type": ("ideation.SomethingNew.v1", "ideation.IdeaProposed.v2", "projects.JobCreated.v1", "x" * 9_000, ""),
}


def attributes(choice: Choice) -> dict[str, Any]:
    """Attributes said otherwise: mostly none, at times one or two."""
    several = [(name, value) for name, values in _ATTRIBUTES.items() for value in values]
    return dict(choice.of(several) for _ in range(choice.of((0, 0, 0, 1, 2))))
