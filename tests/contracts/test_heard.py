"""What the figures read of events, on the emitters' own examples; and what they refuse."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from services.indicators import lifts, reading
from services.indicators.heard import Correction
from services.indicators.reading import AMENDMENTS, READING, SHAPES, UNREAD
from shared import contracts
from shared.kernel import canonical

READ = sorted({**SHAPES, **UNREAD})


def _read(kind: str, data: Any) -> Any:
    return READING.read(kind, canonical.encode(data))


def test_every_event_is_read_or_said_to_be_read_by_nothing_or_lifted():
    assert set(contracts.events()) == {*SHAPES, *UNREAD, *lifts.LIFTS}
    assert not set(SHAPES) & set(UNREAD)


@pytest.mark.parametrize("kind", READ)
def test_the_emitters_example_is_read(kind):
    example = contracts.event_example(kind)
    said = _read(kind, example)
    if kind in AMENDMENTS:
        assert (said.sequence, said.type) == (example["target"]["sequence"], example["target"]["type"])
        return
    assert type(said) is {**SHAPES, **UNREAD}[kind]
    assert list(said.territory_ids) == example["territory_ids"]
    assert said.confidentiality == example["confidentiality"]


def _needed(shape: type[Any], at: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The paths of all fields that must be there."""
    for field in msgspec.structs.fields(shape):
        if field.required:
            yield *at, field.name
            if isinstance(field.type, type) and issubclass(field.type, msgspec.Struct):
                yield from _needed(field.type, (*at, field.name))


def _without(data: dict[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    if len(path) == 1:
        return {name: value for name, value in data.items() if name != path[0]}
    return {**data, path[0]: _without(data[path[0]], path[1:])}


@pytest.mark.parametrize("kind", READ)
def test_a_payload_without_a_field_that_is_read_is_refused(kind):
    example = contracts.event_example(kind)
    paths = list(_needed({**SHAPES, **UNREAD}[kind]))
    assert paths
    for path in paths:
        with pytest.raises(msgspec.ValidationError):
            _read(kind, _without(example, path))


@pytest.mark.parametrize("kind", READ)
@pytest.mark.parametrize(
    ("field", "wrong"),
    [("territory_ids", [5, [5], [""], None]), ("confidentiality", ["secret", 5, None]), ("project_id", [5, "", None])],
)
def test_what_every_event_carries_is_read_in_every_event(kind, field, wrong):
    for value in wrong:
        with pytest.raises(msgspec.ValidationError):
            _read(kind, {**contracts.event_example(kind), field: value})


@pytest.mark.parametrize("kind", sorted(kind for kind, shape in SHAPES.items() if shape is Correction))
def test_a_correction_is_read_as_its_original_would_be(kind):
    example = contracts.event_example(kind)
    data = {name: value for name, value in example["data"].items() if name != "count"}
    with pytest.raises(msgspec.ValidationError):
        _read(kind, {**example, "data": data})


def test_what_an_old_version_was_called_is_part_of_no_name():
    assert reading.name_of("ideation.IdeaProposed.v12") == "ideation.IdeaProposed"


_BOUNDS = frozenset(
    ("type", "enum", "pattern", "minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems", "format")
)


def _bounds(node: dict[str, Any], parts: dict[str, Any]) -> dict[str, Any]:
    """What a JSON Schema allows of one value, in one way of saying it."""
    if "$ref" in node:
        return _bounds(parts[node["$ref"].rpartition("/")[2]], parts)
    said = {key: value for key, value in node.items() if key in _BOUNDS}
    if "enum" in said:
        return {"enum": sorted(said["enum"])}
    if said["type"] == "array":
        return {**said, "items": _bounds(node["items"], parts)}
    if said["type"] == "object" and "properties" in node:
        return {**said, "properties": {name: _bounds(one, parts) for name, one in node["properties"].items()}}
    if said.get("format") == "date":
        # Days are bounded by code, at a table of days that is tested on both sides of each bound.
        return {"type": "string", "format": "date"}
    if "pattern" in said:
        said["pattern"] = said["pattern"].replace("\\Z", "$")
    # Of these the contracts say more by their pattern or length.
    return {key: value for key, value in said.items() if key != "format"}


@pytest.mark.parametrize("kind", READ)
def test_what_is_read_has_the_bounds_of_its_contract(kind):
    contract, shape = contracts.event_schema(kind), {**SHAPES, **UNREAD}[kind]
    heard, parts = msgspec.json.schema_components([shape], ref_template="#/$defs/{name}")
    read = _bounds(heard[0], parts)["properties"]
    told = _bounds(contract, contract.get("$defs", {}))["properties"]
    assert {name: told[name] for name in read} == read
