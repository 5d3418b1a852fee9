"""What a command's input is refused with: as much is said in French as in English."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import ValidationError

from services.ideation.service import SPECS as IDEATION
from services.projects.service import SPECS as PROJECTS
from shared import contracts
from shared.kernel.invalid import FRENCH, OWN, refusal

SPECS = {**IDEATION, **PROJECTS}
WRONG: list[Any] = [
    None,
    True,
    -1,
    10**20,
    1.5,
    "",
    "x" * 5000,
    "\x07",
    "\u200b",
    "123456789",
    [],
    [1],
    ["x"] * 300,
    {},
    "1.23456",
]


def example(name: str) -> Any:
    return json.loads((contracts.FOLDER / "commands" / f"{name}.example.json").read_text(encoding="utf-8"))


def spoilt(value: Any) -> Iterator[Any]:
    """The value with one thing wrong in it, in every way."""
    if isinstance(value, dict):
        yield {**value, "nothing": 1}
        for name, one in value.items():
            yield {other: kept for other, kept in value.items() if other != name}
            for wrong in (*WRONG, *spoilt(one)):
                yield {**value, name: wrong}
    elif isinstance(value, list) and value:
        for wrong in (*WRONG, *spoilt(value[0])):
            yield [wrong]


def faults(name: str) -> Iterator[ValidationError]:
    """What the input of a command is refused with, spoilt in every way."""
    for given in spoilt(example(name)):
        try:
            SPECS[name].model.model_validate_json(json.dumps(given), strict=True, context={"member": "m"})
        except ValidationError as error:
            yield error


@pytest.mark.parametrize("name", sorted(set(SPECS) - {"CorrectRecord"}))
def test_every_fault_of_an_input_has_its_words_in_french(name: str) -> None:
    seen = 0
    for error in faults(name):
        seen += 1
        for one in error.errors(include_url=False, include_input=False):
            if one["type"] == "value_error":
                assert str(one["ctx"]["error"]) in OWN
            else:
                assert one["type"] in FRENCH.keys() | {"extra_forbidden", "foreign"}
        told = refusal(error)
        assert "valeur refusée" not in told.fr
    assert seen > 10
