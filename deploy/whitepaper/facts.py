"""The paper's facts and the territories' codes, read from the files beside this one."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import yaml

FOLDER: Final = Path(__file__).parent
Facts = Mapping[str, Any]


def load(folder: Path = FOLDER) -> Facts:
    """The content of facts.yaml, each of its territories with its codes under `codes`."""
    # The C parser, which is as safe: the other one takes a second.
    facts: dict[str, Any] = yaml.load((folder / "facts.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    found = json.loads((folder / "territories.json").read_text(encoding="utf-8"))
    codes = {one["n"]: {**one, "cog_vintage": found["vintage"]} for one in found["territories"]}
    for territory in facts["territories"]:
        territory["codes"] = codes[territory["n"]]
    return facts


def case(facts: Facts, name: str) -> Facts:
    """The sheet of one of the seven cases."""
    found: Facts = next(one for one in facts["cases"] if one["id"] == name)
    return found


def stated(sheet: Facts, what: str) -> Facts:
    """The first fact of a sheet that says `what`; raises KeyError if the paper does not say it."""
    for fact in sheet["facts"]:
        if what in fact:
            found: Facts = fact
            return found
    raise KeyError(f"the sheet {sheet['id']} does not state {what}")


def territory(facts: Facts, number: int) -> Facts:
    """The entry of a territory by its number in the paper's list."""
    found: Facts = next(one for one in facts["territories"] if one["n"] == number)
    return found
