"""The active reader of one projection version: fetch, decode, fold, commit; fenced by an epoch."""

import asyncio
import gc
import logging
import os
import socket
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import asyncpg
import orjson

from services.indicators.decode import Decoded, decode
from services.indicators.facts import Fact
from services.indicators.project import Projection, claim_batch
from services.indicators.settings import Settings
from shared.kernel.chain import Link
from shared.runtime.consume import Raw, Topics, source_of_topic
from shared.runtime.faults import point
from shared.runtime.seal import Fenced

log = logging.getLogger("indicators")
LOOK_EVERY: Final = 2.0
LOOK_IN_BACKLOG: Final = 10.0
BACKLOG: Final = 1_000
SILENT_AFTER: Final = 3.0
BEAT_EVERY: Final = 1.0
_KEY_TYPE: Final = "ideation.ProducerKeyIntroduced.v1"


@dataclass(slots=True)
class Position:
    """Where the reader stands in one topic."""

    next_offset: int
    link: Link
    stopped: str | None = None


@dataclass(slots=True)
class Progress:
    """What the reader says of itself, for metrics and readiness."""

    active: bool = False
    lag: int = 0
    records: int = 0
    positions: dict[str, Position] = field(default_factory=dict)


class Released(Exception):
    """Somebody released a producer or parked records meanwhile: what is remembered must be read again."""


class Reader:
    """Reads every producer's topic into one version's rows."""

    def __init__(self, settings: Settings, pool: asyncpg.Pool, indicators: Mapping[str, int], root: bytes) -> None:
        self._settings = settings
        self._pool = pool
        self._version = settings.version
        self._projection = Projection(settings.version, indicators)
        self._root_topic = f"events.{settings.coordinator}.ideation"
        self._root = root
        self._epoch = 0
        self._keys: dict[str, bytes] = {}
        self._parked: dict[str, set[str]] = {}
        self._topics = Topics(settings.kafka, f"indicators-{settings.version}", ("ideation", "projects"))
        self._looked = 0.0
        self._released = 0
        self.progress = Progress()

    async def claim(self, take_over: bool = False) -> None:
        """Waits until the version has no living reader (or takes its place at once), then is the one."""
        holder = f"{socket.gethostname()}:{os.getpid()}"
        while True:
            epoch = await self._pool.fetchval(
                "update projection set epoch = epoch + 1, holder = $2, beat = clock_timestamp() where version = $1 "
                "and ($3 or beat < clock_timestamp() - make_interval(secs => $4)) returning epoch",
                self._version,
                holder,
                take_over,
                SILENT_AFTER,
            )
            if epoch is not None:
                self._epoch = int(epoch)
                self.progress.active = True
                log.info("version %d is read here (epoch %d)", self._version, self._epoch)
                return
            await asyncio.sleep(BEAT_EVERY / 2)

    async def release(self) -> None:
        """Lets another reader take over at once."""
        await self._pool.execute(
            "update projection set beat = '-infinity' where version = $1 and epoch = $2", self._version, self._epoch
        )

    async def beat(self) -> None:
        """Says each second that the reader lives; raises Fenced when it is no longer the one."""
        while True:
            status = await self._pool.execute(
                "update projection set beat = clock_timestamp() where version = $1 and epoch = $2",
                self._version,
                self._epoch,
            )
            if status != "UPDATE 1":
                raise Fenced(f"another reader folds version {self._version}")
            await asyncio.sleep(BEAT_EVERY)

    async def start(self) -> None:
        """Connects to the broker and loads what earlier batches left."""
        await self._topics.start()
        await self._load()

    async def stop(self) -> None:
        """Closes the connections to the broker."""
        await self._topics.stop()

    async def run(self, until: Mapping[str, int] | None = None) -> None:
        """Folds for ever, or until the offsets in `until` are reached in every topic that may be read.

        Raises Fenced, Gone.
        """
        ahead: asyncio.Task[dict[str, Decoded]] | None = None
        gc.collect()
        gc.freeze()
        try:
            while until is None or self._behind(until):
                if ahead is None:
                    await self._look()
                decoded = await (ahead or self._next({}))
                # Cycles are rare here and batches are large: a third of the time would go into looking for them.
                # Off while there is a backlog only, since this process may host others.
                gc.disable()
                ahead = asyncio.create_task(self._next(decoded)) if self._is_backlog(decoded) else None
                if decoded and not await self._fold(decoded):
                    if ahead is not None:
                        await ahead
                        ahead = None
                    await self._load()
                if ahead is None:
                    gc.enable()
        finally:
            if ahead is not None:
                ahead.cancel()
                await asyncio.gather(ahead, return_exceptions=True)
            gc.enable()
            gc.unfreeze()

    def _is_backlog(self, decoded: Mapping[str, Decoded]) -> bool:
        """Whether to decode the next batch while this one is written: there is much, and no look must come between."""
        facts = [fact for result in decoded.values() for fact in result.facts]
        due = time.monotonic() - self._looked >= LOOK_IN_BACKLOG
        settled = not any(result.stop for result in decoded.values()) and not any(f.type == _KEY_TYPE for f in facts)
        return len(facts) >= BACKLOG and settled and not due

    async def _next(self, after: Mapping[str, Decoded]) -> dict[str, Decoded]:
        """What comes next, decoded; `after` is what was decoded before and may not be written yet."""
        batch = await self._topics.fetch(self._settings.wait_ms)
        if sum(map(len, batch.values())) < BACKLOG:
            return self._decode(batch, after)
        # In a thread, so that the batch before goes on being written whenever PostgreSQL has answered.
        return await asyncio.to_thread(self._decode, batch, after)

    def _decode(self, batch: Mapping[str, Sequence[Raw]], after: Mapping[str, Decoded]) -> dict[str, Decoded]:
        decoded: dict[str, Decoded] = {}
        # The coordinator's topic first: it makes known the keys of the others.
        for topic in sorted(batch, key=lambda t: (t != self._root_topic, t)):
            at: Position | Decoded = after[topic] if topic in after else self.progress.positions[topic]
            source = source_of_topic(topic)
            parked = self._parked.setdefault(source, set())
            decoded[topic] = decode(batch[topic], source, self._keys[source], at.link, at.next_offset, parked)
        return decoded

    def _behind(self, until: Mapping[str, int]) -> bool:
        """Whether a topic that is neither held nor stopped has not been read to its end in `until`."""
        for topic, end in until.items():
            at = self.progress.positions.get(topic)
            if at is None:
                return True
            readable = at.stopped is None and source_of_topic(topic) in self._keys
            if readable and at.next_offset < end:
                return True
        return False

    async def _load(self) -> None:
        version = self._version
        self._released = await self._pool.fetchval("select released from projection where version = $1", version)
        rows = await self._pool.fetch("select * from position where version = $1", version)
        self.progress.positions = {
            row["topic"]: Position(row["next_offset"], Link(row["sequence"], row["digest"]), row["stopped"])
            for row in rows
        }
        keys = await self._pool.fetch("select source, public_key from producer_key where version = $1", version)
        self._keys = {row["source"]: bytes.fromhex(row["public_key"]) for row in keys}
        self._keys[source_of_topic(self._root_topic)] = self._root
        self._parked = {}
        for row in await self._pool.fetch("select distinct source, subject from parked where version = $1", version):
            self._parked.setdefault(row["source"], set()).add(row["subject"])
        self._projection.forget()
        self._topics.forget()
        self._looked = 0.0

    async def _look(self) -> None:
        """Every 2 s: which topics are there, and which of them may be read."""
        if time.monotonic() - self._looked < LOOK_EVERY:
            return
        there = await self._topics.there()
        released = await self._pool.fetchval("select released from projection where version = $1", self._version)
        if released != self._released:
            await self._load()
        self._looked = time.monotonic()
        fresh = sorted(there - self.progress.positions.keys())
        if fresh:
            async with self._pool.acquire() as connection, connection.transaction():
                await self._hold(connection)
                await connection.executemany(
                    "insert into position values ($1, $2, $3, 0, 0, repeat('0', 64), null)",
                    [(self._version, topic, source_of_topic(topic)) for topic in fresh],
                )
            self.progress.positions.update((topic, Position(0, Link(0, "0" * 64))) for topic in fresh)
        await self._assign(there)
        ends = await self._topics.ends()
        self.progress.lag = sum(end - self.progress.positions[topic].next_offset for topic, end in ends.items())

    async def _assign(self, there: frozenset[str]) -> None:
        """Reads those that have a key and are not stopped; the others are held until a key is known."""
        running = {t for t, p in self.progress.positions.items() if p.stopped is None and t in there}
        held = {t for t in running if source_of_topic(t) not in self._keys}
        wanted = running - held
        if wanted != self._topics.assigned:
            await self._topics.assign({t: self.progress.positions[t].next_offset for t in wanted})
            async with self._pool.acquire() as connection, connection.transaction():
                await self._hold(connection)
                await connection.execute("delete from held where version = $1", self._version)
                await connection.executemany(
                    "insert into held (version, source) values ($1, $2)",
                    [(self._version, source_of_topic(t)) for t in sorted(held)],
                )

    async def _hold(self, connection: Any) -> None:
        """No other reader takes the version over until this transaction ends. Raises Fenced if one has."""
        mine = await connection.fetchval(
            "select true from projection where version = $1 and epoch = $2 for share", self._version, self._epoch
        )
        if not mine:
            raise Fenced(f"another reader folds version {self._version}")

    async def _fold(self, decoded: Mapping[str, Decoded]) -> bool:
        """Writes a batch. False, and nothing written, if somebody released something: all is to be read again."""
        point("indicators.before_tx")
        facts = [fact for result in decoded.values() for fact in result.facts]
        try:
            async with self._pool.acquire() as connection, connection.transaction():
                await self._write(connection, decoded, facts)
                point("indicators.before_commit")
        except Released:
            return False
        except Exception:
            self._projection.forget()
            raise
        point("indicators.after_commit")
        self._moved(decoded, facts)
        if self._learn(facts) or any(result.stop for result in decoded.values()):
            self._looked = 0.0
        return True

    async def _write(self, connection: Any, decoded: Mapping[str, Decoded], facts: Sequence[Fact]) -> None:
        n, released = await claim_batch(connection, self._version, self._epoch)
        if released != self._released:
            raise Released
        positions = {source_of_topic(t): r.link.sequence for t, r in decoded.items()}
        await connection.execute(
            "insert into batch (version, n, positions) values ($1, $2, $3::text::jsonb)",
            self._version,
            n,
            orjson.dumps(positions).decode(),
        )
        await self._projection.fold(connection, facts, n)
        point("indicators.in_tx")
        await self._write_bad(connection, decoded)
        keys = [f.data for f in facts if f.type == _KEY_TYPE and f.source == source_of_topic(self._root_topic)]
        await connection.executemany(
            "insert into producer_key values ($1, $2, $3) on conflict do nothing",
            [(self._version, data["producer"], data["public_key"]) for data in keys],
        )
        await self._advance(connection, decoded)
        await connection.execute("select pg_notify('figures', $1)", str(n))

    async def _advance(self, connection: Any, decoded: Mapping[str, Decoded]) -> None:
        """Compare-and-swap of every position: what another reader has moved on is not counted again."""
        rows = [
            (t, self.progress.positions[t].next_offset, r.next_offset, r.link.sequence, r.link.digest, _why(r))
            for t, r in decoded.items()
        ]
        status = await connection.fetch(
            "update position p set next_offset = x.new, sequence = x.sequence, digest = x.digest, stopped = x.stopped "
            "from unnest($2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[], $7::text[]) "
            "as x (topic, old, new, sequence, digest, stopped) "
            "where p.version = $1 and p.topic = x.topic and p.next_offset = x.old returning p.topic",
            self._version,
            *(list(column) for column in zip(*rows, strict=True)),
        )
        if len(status) != len(rows):
            raise Fenced(f"another reader has moved version {self._version} on")

    async def _write_bad(self, connection: Any, decoded: Mapping[str, Decoded]) -> None:
        for topic, result in decoded.items():
            source = source_of_topic(topic)
            await connection.executemany(
                "insert into parked (version, source, sequence, subject, type, reason, record) "
                "values ($1, $2, $3, $4, $5, $6, $7)",
                [
                    (self._version, source, a.sequence, a.subject, a.type, park.reason, park.read.raw)
                    for park in result.parked
                    for a in (park.read.attributes,)
                ],
            )
            for kind in result.unknown:
                await connection.execute(
                    "insert into unknown_type as u values ($1, $2, 1) "
                    "on conflict (version, type) do update set seen = u.seen + 1",
                    self._version,
                    kind[:200],
                )
            if result.stop is not None:
                stop = result.stop
                log.error("%s is stopped: %s (%s)", source, stop.reason, stop.code)
                await connection.execute(
                    'insert into evidence (version, topic, "offset", code, reason, record) '
                    "values ($1, $2, $3, $4, $5, $6)",
                    self._version,
                    topic,
                    stop.offset,
                    stop.code,
                    stop.reason,
                    stop.record,
                )

    def _moved(self, decoded: Mapping[str, Decoded], facts: Sequence[Fact]) -> None:
        for topic, result in decoded.items():
            self.progress.positions[topic] = Position(result.next_offset, result.link, _why(result))
        self.progress.records += len(facts)

    def _learn(self, facts: Sequence[Fact]) -> bool:
        before = len(self._keys)
        for fact in facts:
            if fact.type == _KEY_TYPE and fact.source == source_of_topic(self._root_topic):
                self._keys.setdefault(fact.data["producer"], bytes.fromhex(fact.data["public_key"]))
        return len(self._keys) > before


def _why(result: Decoded) -> str | None:
    return None if result.stop is None else f"{result.stop.code}: {result.stop.reason}"
