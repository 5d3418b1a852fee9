"""What must hold after any number of kills: every acknowledged command once and in order, figures as from scratch."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition

from services.indicators.rebuild import rebuild
from shared.kernel import record
from shared.kernel.chain import ZERO, Link
from shared.kernel.record import topic_of
from tests.faults.load import Load, Told
from tests.faults.rig import Rig

_SETTLED_WITHIN: Final = 60
# What each figure must be, by the commands that were acknowledged.
_FIGURES: Final = {
    "ideas_identified": ("ProposeIdea",),
    "projects_opened": ("SelectIdea", "OpenProject"),
    "jobs_declared": ("DeclareJobBatch",),
}


async def check(rig: Rig, load: Load) -> str:
    """Asserts all of it and says what was counted. The writers have ended; every part runs."""
    assert load.wrong == [], load.wrong[:5]
    assert rig.ended() == [], rig.ended()
    await settled(rig, load)
    records, again = 0, 0
    for part in rig.answering:
        rows = await published(rig, topic_of(rig.source(part)))
        kept = await _kept(rig, part)
        again += len(rows) - len(kept)
        records += len(kept)
        once_and_in_order(rows, kept)
        acknowledged_once([told for told in load.told if told.part == part], kept)
    facts = await same_as_fresh(rig)
    await figures(rig, load)
    told = ", ".join(f"{what} {n}" for what, n in sorted(rig.killed.items()))
    return (
        f"killed: {told or 'nobody'}; {len(load.told)} commands acknowledged after {load.retried} retries, "
        f"{records} records, {again} published again, {facts} facts folded afresh"
    )


async def settled(rig: Rig, load: Load) -> None:
    """Waits until what was acknowledged is sealed, published, reacted to and folded."""
    wanted = load.counts()["SelectIdea"]
    try:
        async with asyncio.timeout(_SETTLED_WITHIN):
            while True:
                if await _published(rig) and await _opened(rig) >= wanted and await _folded(rig):
                    return
                await asyncio.sleep(0.1)
    except TimeoutError:
        where = [await _published(rig), await _opened(rig), wanted, await _folded(rig)]
        said = {part: rig.last_words(part) for part in rig.running}
        raise AssertionError(f"not settled in {_SETTLED_WITHIN} s: {where} {said}") from None


async def _published(rig: Rig) -> bool:
    """Every event is sealed, also one that somebody had hidden from the sealer, and every record is acknowledged."""
    sealed = "select count(*) = (select sequence from seal_state) from event"
    return all([await _ask(rig, part, sealed) for part in rig.answering]) and all(
        [await _ask(rig, part, "select sequence = acked from seal_state, relay_state") for part in rig.answering]
    )


async def _opened(rig: Rig) -> int:
    opened: int = await _ask(rig, "projects", "select count(*) from event where type = 'projects.ProjectOpened.v1'")
    return opened


async def _folded(rig: Rig) -> bool:
    connection = await asyncpg.connect(rig.reads.writer_dsn)
    try:
        rows = await connection.fetch("select source, sequence from position where version = 1")
        found = {row["source"]: row["sequence"] for row in rows}
    finally:
        await connection.close()
    return all(
        [
            found.get(rig.source(part)) == await _ask(rig, part, "select sequence from seal_state")
            for part in rig.answering
        ]
    )


async def _ask(rig: Rig, part: str, sql: str) -> Any:
    connection = await rig.database(part)
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


async def _kept(rig: Rig, part: str) -> list[bytes]:
    connection = await rig.database(part)
    try:
        return [row[0] for row in await connection.fetch("select bytes from record order by sequence")]
    finally:
        await connection.close()


async def published(rig: Rig, topic: str) -> list[bytes]:
    """Every record of a topic, in order, byte for byte."""
    at = TopicPartition(topic, 0)
    consumer = AIOKafkaConsumer(
        bootstrap_servers=rig.servers.kafka.bootstrap, auto_offset_reset="earliest", isolation_level="read_committed"
    )
    await consumer.start()
    try:
        consumer.assign([at])
        end = (await consumer.end_offsets([at]))[at]
        rows: list[bytes] = []
        while await consumer.position(at) < end:
            for batch in (await consumer.getmany(at, timeout_ms=500)).values():
                rows += [one.value for one in batch]
        return rows
    finally:
        await consumer.stop()


def once_and_in_order(rows: Sequence[bytes], kept: Sequence[bytes]) -> None:
    """The topic holds what the database sealed, in order; what stands there again has equal bytes."""
    seen: list[bytes] = []
    link: Link = ZERO
    for raw in rows:
        read = record.read(raw)
        if read.attributes.sequence <= len(seen):
            assert raw == seen[read.attributes.sequence - 1], "published again with other bytes"
            continue
        assert (read.attributes.sequence, read.attributes.prev) == (link.sequence + 1, link.digest)
        link = Link(read.attributes.sequence, read.digest)
        seen.append(raw)
    assert seen == list(kept)


def acknowledged_once(told: Sequence[Told], kept: Sequence[bytes]) -> None:
    """Each acknowledged command is one record, where its answer said."""
    found: dict[str, list[tuple[str, int]]] = {}
    for raw in kept:
        a = record.read(raw).attributes
        found.setdefault(a.commandid, []).append((a.subject, a.streamversion))
    assert max(Counter(one.command_id for one in told).values(), default=1) == 1
    for one in told:
        assert found.pop(one.command_id) == [(one.subject, one.version)], f"{one} is {found}"
    left = {command for command, events in found.items() if len(events) != 1}
    assert left == set()


async def same_as_fresh(rig: Rig) -> int:
    """The totals, facts and documents of the version that was killed and those of one folded now; how many facts."""
    pool = await asyncpg.create_pool(rig.reads.writer_dsn, min_size=1, max_size=3)
    try:
        facts = await rebuild(pool, rig.settings(2))
        live, fresh = await _state(pool, 1), await _state(pool, 2)
        for what, rows in live.items():
            assert rows == fresh[what], f"{what} differ"
        await pool.execute("select drop_version(2)")
        return facts
    finally:
        await pool.close()


async def _state(pool: Any, version: int) -> Mapping[str, list[tuple[Any, ...]]]:
    asked = {
        "totals": "select key, value, undated from total "
        "where version = $1 and (value, undated) <> (0, 0) order by key",
        "changes": "select key, sum(delta), entity from change where version = $1 group by 1, 3 "
        "having sum(delta) <> 0 order by 1, 3",
        "facts": "select entity, body from fact where version = $1 order by 1, 2",
        "documents": "select kind, id, lowest, highest, owner, sort, territories, body::text from document "
        "where version = $1 order by 1, 2, 3",
        "amended": "select source, sequence, visibility, amended_by::text from amended "
        "where version = $1 order by 1, 2",
        "positions": "select topic, sequence, digest, stopped from position where version = $1 order by 1",
    }
    return {what: [tuple(row) for row in await pool.fetch(sql, version)] for what, sql in asked.items()}


async def figures(rig: Rig, load: Load) -> None:
    """What the gateway would answer is what was acknowledged."""
    counts = load.counts()
    connection = await asyncpg.connect(rig.reads.reader_dsn)
    try:
        for indicator, commands in _FIGURES.items():
            value = await connection.fetchval(
                "select value from api.figures('region', current_date + 1) where indicator = $1", indicator
            )
            told = sum(counts[one] for one in commands)
            assert value == told, f"{indicator} is {value}, {' and '.join(commands)} acknowledged {told} times"
    finally:
        await connection.close()
