"""The indicators of the contract, and their numbers in the read side."""

import tomllib
from typing import Any

from shared import contracts


def indicators() -> dict[str, dict[str, Any]]:
    """Every indicator by its id, with `number` and `scale`."""
    return tomllib.loads((contracts.FOLDER / "indicators.toml").read_text())


async def store(connection: Any) -> dict[str, int]:
    """Writes the numbers into the read side; gives them by id. A number never changes its meaning."""
    found = indicators()
    await connection.executemany(
        "insert into indicator (number, id, scale) values ($1, $2, $3) on conflict (number) do nothing",
        [(about["number"], name, about["scale"]) for name, about in found.items()],
    )
    rows = await connection.fetch("select number, id from indicator")
    stored = {row["id"]: row["number"] for row in rows}
    if any(stored.get(name) != about["number"] for name, about in found.items()):
        raise RuntimeError("an indicator's number means something else in this read side")
    return stored
