"""What a person does with what is parked or stopped: see it, and let it go on."""

from dataclasses import dataclass
from typing import Any

import asyncpg

from services.indicators import catalogue, versions
from services.indicators.door import Door, Passed, SetAside, holds_back
from services.indicators.facts import AnyFact
from services.indicators.project import Projection
from services.indicators.reading import READING, Reading
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
    """Where one producer stands: `stopped` says why nothing more of it is counted; `held`: its key is not known yet.

    `behind`: why it is not counted to its topic's end, and `missing` how many offsets that are, as the reader said
    last; None if it never did.
    """

    source: str
    sequence: int
    stopped: str | None
    held: bool
    behind: str | None
    missing: int | None


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
        "select p.source, p.sequence, p.stopped, h.source is not null, ("
        "select b ->> 'reason' from projection v, jsonb_array_elements(v.behind) b "
        "where v.version = p.version and b ->> 'source' = p.source limit 1), greatest(0, r.ends - r.read_to) "
        "from position p left join held h using (version, source) left join reach r using (version, topic) "
        "where p.version = $1 order by p.source",
        version,
    )
    return [Producer(*row) for row in rows]


async def release_producer(connection: Any, version: int, source: str, skip: bool = False) -> bool:
    """Lets a stopped producer go on at the record that stopped it, or behind it (`skip`: its evidence stays).

    False if that producer is not stopped. If the record is still bad, the producer stops again.
    """
    async with connection.transaction():
        # What the reader has proven left this producer out: answers are complete again once it is read to its end.
        await connection.execute(
            "update projection set released = released + 1, told = '-infinity' where version = $1", version
        )
        status = await connection.execute(
            "update position set stopped = null, next_offset = next_offset + $3::int "
            "where version = $1 and source = $2 and stopped is not null",
            version,
            source,
            int(skip),
        )
    return bool(status == "UPDATE 1")


async def replay_parked(connection: Any, version: int, coordinator: str, reading: Reading = READING) -> tuple[int, int]:
    """Counts again what is parked, in order, in one transaction; what still cannot be counted stays, with why.

    Returns how many were counted and how many stay. Raises OtherRules.
    """
    await versions.check(connection, version)
    projection = Projection(version, await catalogue.store(connection), reading)
    async with connection.transaction():
        # The reader's next batch waits for this row, and then reads again what is parked.
        batch = await connection.fetchval(
            "update projection set released = released + 1, batch = batch + 1 where version = $1 returning batch",
            version,
        )
        rows = await connection.fetch(
            "select source, sequence, subject, reason, record from parked where version = $1 "
            "order by source, sequence for update",
            version,
        )
        facts, stay = _sorted(rows, coordinator, reading)
        if facts:
            await (await projection.prepare(connection, facts, batch)).write(connection)
        await connection.executemany(
            "delete from parked where version = $1 and source = $2 and sequence = $3",
            [(version, fact.source, fact.sequence) for fact in facts],
        )
        await connection.executemany(
            "update parked set reason = $4 where version = $1 and source = $2 and sequence = $3",
            [(version, source, sequence, reason) for source, sequence, reason in stay],
        )
        await connection.execute(
            "insert into batch (version, n, positions) values ($1, $2, '{}'::jsonb)", version, batch
        )
        await connection.execute("select pg_notify('figures', $1)", str(batch))
    return len(facts), len(rows) - len(facts)


def _sorted(
    rows: list[asyncpg.Record], coordinator: str, reading: Reading
) -> tuple[list[AnyFact], list[tuple[str, int, str]]]:
    """What can be counted now, and of what stays the reason."""
    facts: list[AnyFact] = []
    stay: list[tuple[str, int, str]] = []
    doors: dict[str, Door] = {}
    back: set[tuple[str, str]] = set()
    for row in rows:
        source, stream = row["source"], (row["source"], row["subject"])
        door = doors.setdefault(source, Door(source, coordinator, reading))
        try:
            facts.append(door.admit(record.read(row["record"]), stream in back))
        except (SetAside, Passed) as why:
            # What was read once and has no contract any more stays where it is, too.
            reason = why.reason if isinstance(why, SetAside) else row["reason"]
            stay.append((source, row["sequence"], reason))
            if holds_back(reason):
                back.add(stream)
    return facts, stay
