"""What the bench says: one entry per name, held against its limit, as JSON and as a table."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Final

UNITS: Final = ("ratio", "ms", "MB")


@dataclass(frozen=True, slots=True)
class Entry:
    """`ratio` is what was measured, in `unit`: a ratio, or plain ms or MB. `detail` states workload and medians."""

    ratio: float
    unit: str
    detail: str
    floor: float | None = None
    ceiling: float | None = None
    aim: float | None = None

    @property
    def broken(self) -> bool:
        """Below its floor or above its ceiling."""
        low = self.floor is not None and self.ratio < self.floor
        return low or (self.ceiling is not None and self.ratio > self.ceiling)

    def as_json(self) -> dict[str, Any]:
        """The entry as it stands in build/bench.json: no limit that it does not have."""
        found = {name: getattr(self, name) for name in ("ratio", "floor", "ceiling", "aim", "unit", "detail")}
        return {name: value for name, value in found.items() if value is not None}


def write(file: Path, entries: Mapping[str, Entry]) -> None:
    """Writes every entry by its name."""
    file.parent.mkdir(parents=True, exist_ok=True)
    found = {name: entry.as_json() for name, entry in entries.items()}
    file.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n")


def read(text: str) -> dict[str, Entry]:
    """The entries of a bench.json. Raises TypeError or ValueError if it is none."""
    return {name: Entry(**about) for name, about in json.loads(text).items()}


def printed(entries: Mapping[str, Entry]) -> str:
    """A table for a person: what was measured, its limit, its aim, and whether the limit holds."""
    rows = [("what", "measured", "limit", "aim", "", "of what")]
    for name, one in entries.items():
        limit = f">= {one.floor:g}" if one.floor is not None else f"<= {one.ceiling:g}" if one.ceiling else ""
        aim = "" if one.aim is None else f"{one.aim:g}"
        unit = "" if one.unit == "ratio" else f" {one.unit}"
        holds = "" if not limit else "BROKEN" if one.broken else "holds"
        rows.append((name, f"{one.ratio:.3g}{unit}", limit, aim, holds, one.detail))
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    return "\n".join(
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[5]]).rstrip()
        for row in rows
    )


def ratio(ours: list[float], bare: list[float], detail: Callable[[float, float], str], **limits: float) -> Entry:
    """The entry of two interleaved rows of measurements: the ratio of their medians, told by `detail(ours, bare)`."""
    mine, other = median(ours), median(bare)
    return Entry(round(mine / other, 3), "ratio", detail(mine, other), **limits)
