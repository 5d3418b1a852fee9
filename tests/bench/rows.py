"""Rows of one producer, as services leave them: appended and waiting, or sealed and waiting."""

from datetime import date
from typing import Any
from uuid import UUID

from shared.kernel import canonical
from shared.ports import Entry
from tests.bench.stock import some


def entries(count: int) -> list[Entry]:
    """What a command hands to the store: type, canonical attributes, canonical data; about 0.9 kB."""
    return [
        Entry(one.kind, canonical.encode(_attributes(one.day, n)), data) for n, (one, data) in enumerate(some(count))
    ]


def _attributes(day: int, number: int) -> dict[str, str]:
    name = str(UUID(int=number))
    return {
        "actor": "p-3f9c1a7be2",
        "causationid": name,
        "commandid": name,
        "correlationid": name,
        "id": name,
        "occurredon": date.fromordinal(day).isoformat(),
        "occurredprecision": "day",
        "origin": "live",
        "role": "AD",
        "time": "2026-11-23T10:00:00.123456Z",
    }


async def waiting(pool: Any, made: list[Entry], streams: str) -> None:
    """Leaves one event per stream in the outbox, as the append does, many at a time."""
    names = [f"{streams}/{n}" for n in range(len(made))]
    async with pool.acquire() as connection, connection.transaction():
        await connection.copy_records_to_table("stream", records=[(name, 1) for name in names])
        rows = [(name, 1, e.type, e.attributes, e.data) for name, e in zip(names, made, strict=True)]
        await connection.copy_records_to_table("event", records=rows)
        await connection.copy_records_to_table(
            "outbox", records=[(name, 1) for name in names], columns=("stream", "version")
        )
