"""The indicators' names and units, read from the contract that the emitter of the figures wrote."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parents[2] / "shared" / "contracts" / "indicators.toml"


@dataclass(frozen=True, slots=True)
class Indicator:
    """What is counted: its stable id, its names, its unit and how many decimals its integer value holds."""

    id: str
    fr: str
    en: str
    unit: str
    scale: int


@cache
def catalogue() -> dict[str, Indicator]:
    """Every indicator by its id."""
    found = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return {
        name: Indicator(name, about["fr"], about["en"], about["unit"], int(about.get("scale", 0)))
        for name, about in found.items()
        if isinstance(about, dict)
    }
