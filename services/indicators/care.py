"""What a person does with what is parked or stopped: see it, and let it go on."""

from dataclasses import dataclass
from typing import Any

import asyncpg

from services.indicators import catalogue
from services.indicators.decode import fact_of
from services.indicators.facts import AnyFact
from services.indicators.project import Projection
from shared.kernel import record


@dataclass(frozen=True, slots=True)
class Parked:
    """A record that could not be counted, and why."""

    source: str
    sequence: int
    subject: str
    type: str
    reason: str


@dataclass(frozen=True, slots=True)
class Producer:
    """Where one producer stands: `stopped` says why nothing more of it is counted; `held`: its key is not known yet."""

    source: str
    sequence: int
    stopped: str | None
    held: bool


async def parked(connection: Any, version: int) -> list[Parked]:
    """What is parked, in the producers' order."""
    rows = await connection.fetch(
        "select source, sequence, subject, type, reason from parked where version = $1 order by source, sequence",
        version,
    )
    return [Parked(*row) for row in rows]


async def producers(connection: Any, version: int) -> list[Producer]:
    """Every producer heard of."""
    rows = await connection.fetch(
        "select p.source, p.sequence, p.stopped, h.source is not null from position p "
        "left join held h using (version, source) where p.version = $1 order by p.source",
        version,
    )
    return [Producer(*row) for row in rows]


async def release_producer(connection: Any, version: int, source: str, skip: bool = False) -> bool:
    """Lets a stopped producer go on at the record that stopped it, or behind it (`skip`: its evidence stays).

    False if that producer is not stopped. If the record is still bad, the producer stops again.
    """
    async with connection.transaction():
        await connection.execute("update projection set released = released + 1 where version = $1", version)
        status = await connection.execute(
            "update position set stopped = null, next_offset = next_offset + $3::int "
            "where version = $1 and source = $2 and stopped is not null",
            version,
            source,
            int(skip),
        )
    return bool(status == "UPDATE 1")


async def replay_parked(connection: Any, version: int) -> tuple[int, int]:
    """Counts again what is parked, in order, in one transaction; what still cannot be counted stays with its stream.

    Returns how many were counted and how many stay.
    """
    projection = Projection(version, await catalogue.store(connection))
    async with connection.transaction():
        # The reader's next batch waits for this row, and then reads again what is parked.
        batch = await connection.fetchval(
            "update projection set released = released + 1, batch = batch + 1 where version = $1 returning batch",
            version,
        )
        rows = await connection.fetch(
            "select source, sequence, subject, record from parked where version = $1 "
            "order by source, sequence for update",
            version,
        )
        facts, stay = _sorted(rows)
        if facts:
            await (await projection.prepare(connection, facts, batch)).write(connection)
        await connection.executemany(
            "delete from parked where version = $1 and source = $2 and sequence = $3",
            [(version, fact.source, fact.sequence) for fact in facts],
        )
        await connection.execute(
            "insert into batch (version, n, positions) values ($1, $2, '{}'::jsonb)", version, batch
        )
        await connection.execute("select pg_notify('figures', $1)", str(batch))
    return len(facts), stay


def _sorted(rows: list[asyncpg.Record]) -> tuple[list[AnyFact], int]:
    facts: list[AnyFact] = []
    blocked: set[tuple[str, str]] = set()
    for row in rows:
        stream = (row["source"], row["subject"])
        if stream in blocked:
            continue
        try:
            facts.append(fact_of(record.read(row["record"])))
        except ValueError:
            blocked.add(stream)
    return facts, len(rows) - len(facts)
