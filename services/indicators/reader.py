"""The active reader of one projection version: fetch, decode, make, write; fenced by an epoch."""

import asyncio
import contextlib
import gc
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import asyncpg
from aiokafka.errors import OffsetOutOfRangeError

from services.indicators import tenure
from services.indicators.batches import Batches, Made, Position, Released
from services.indicators.decode import Decoded, Repeated, Stop, decode, other_bytes
from services.indicators.door import Door, holds_back
from services.indicators.ends import Ends
from services.indicators.pieces import in_pieces
from services.indicators.places import Places
from services.indicators.project import Projection
from services.indicators.reading import READING, Reading
from services.indicators.settings import Settings
from services.indicators.telling import GONE, HOLDS, LATE, LESS, OPEN, Telling
from services.indicators.tenure import BEAT_EVERY
from shared.kernel.chain import ZERO, Link
from shared.runtime.consume import Raw, Topics, source_of_topic
from shared.runtime.seal import Fenced

log = logging.getLogger("indicators")
LOOK_EVERY: Final = 2.0
LOOK_IN_BACKLOG: Final = 10.0
MANY: Final = 1_000
_FIRST_MS: Final = 100
# A transaction that is open for longer is told of.
OPEN_AFTER: Final = 3.0


@dataclass(slots=True)
class Progress:
    """What the reader says of itself, for metrics and readiness."""

    records: int = 0
    positions: dict[str, Position] = field(default_factory=dict)


class Reader:
    """Reads every producer's topic into one version's rows. `reading`: with lifts of one's own."""

    def __init__(
        self,
        settings: Settings,
        pool: asyncpg.Pool,
        indicators: Mapping[str, int],
        root: bytes,
        reading: Reading = READING,
    ) -> None:
        self._settings = settings
        self._pool = pool
        self.version = settings.version
        self._root_topic = f"events.{settings.coordinator}.ideation"
        self._root = root
        self._batches = Batches(pool, settings.version, Projection(settings.version, indicators, reading))
        self._reading = reading
        self._doors: dict[str, Door] = {}
        self._keys: dict[str, bytes] = {}
        # Streams that are held back, by source.
        self._back: dict[str, set[str]] = {}
        self._topics = Topics(settings.kafka, f"indicators-{settings.version}", ("ideation", "projects"))
        # Where decoding stands; `progress.positions` says where the rows stand.
        self._places = Places(self._topics)
        self.ends = Ends()
        self._telling = Telling(pool, settings.version, self.ends)
        # Since when what is read ends before a topic does; and which topics there were at the last look.
        self._open: dict[str, float] = {}
        self._there: frozenset[str] | None = None
        self._writing: asyncio.Task[None] | None = None
        self._looked = 0.0
        self.progress = Progress()

    async def claim(self, take_over: bool = False, mine: int = 0) -> None:
        """Waits until the version has no living reader (or takes its place at once), then is the one.

        `mine`: the epoch that an earlier reader of this program held. Raises OtherRules.
        """
        self._batches.epoch = await tenure.claim(self._pool, self.version, take_over, mine)

    @property
    def epoch(self) -> int:
        """What fences this reader; 0 before it has claimed its version."""
        return self._batches.epoch

    async def release(self) -> None:
        """Lets another reader take over at once."""
        await tenure.release(self._pool, self.version, self.epoch)

    async def beat(self) -> None:
        """Says each second that the reader lives and what is counted; raises Fenced when it is no longer the one."""
        while True:
            self.ends.begin(await self._telling.once(self.epoch, self.behind(), self._batches.released))
            # At once when all is counted for the first time: until then answers are not complete.
            waits = asyncio.Event() if self.ends.proven else self.ends.first
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(BEAT_EVERY):
                    await waits.wait()

    async def start(self) -> None:
        """Connects to the broker and loads what earlier batches left."""
        await self._topics.start()
        await self._load()
        # Before the first look, so that what is found then proves it.
        self.ends.begin(await self._telling.once(self.epoch, None, self._batches.released))

    async def stop(self) -> None:
        """Closes the connections to the broker."""
        await self._topics.stop()

    async def run(self, until: Mapping[str, int] | None = None, on_look: Callable[[], None] = lambda: None) -> None:
        """Folds for ever, or until the offsets in `until` are reached in every topic that may be read.

        Where much is behind, the next batch is read and made while PostgreSQL takes one in. `on_look` is called when
        both servers have answered. Raises Fenced.
        """
        writing: tuple[Made, asyncio.Task[None]] | None = None
        gc.collect()
        gc.freeze()
        try:
            while until is None or writing is not None or self._is_behind(until):
                if writing is None:
                    await self._look(on_look)
                try:
                    decoded = await self._read(0 if writing is not None else self._patience())
                except OffsetOutOfRangeError:
                    # The topic was laid anew under our hands: where everything stands is asked again.
                    decoded, self._looked = {}, 0.0
                    await self._topics.forget()
                made = await self._batches.make(decoded, writing and writing[0]) if decoded else None
                if writing is not None and not await self._settled(*writing):
                    made = None
                writing = None if made is None else (made, self._begun(made))
                if writing is not None and not self._is_backlog(writing[0]):
                    await self._settled(*writing)
                    writing = None
                if writing is None:
                    gc.enable()
                await self._hear(writing is None)
        finally:
            if writing is not None:
                writing[1].cancel()
                await asyncio.gather(writing[1], return_exceptions=True)
            gc.enable()
            gc.unfreeze()

    def _patience(self) -> int:
        """How long records are waited for: not long where nothing has been proven yet, and somebody waits for that."""
        return self._settings.wait_ms if self.ends.proven else min(self._settings.wait_ms, _FIRST_MS)

    async def _hear(self, idle: bool) -> None:
        """Takes note of the topics' ends; `idle`: all that was fetched is written."""
        reach = await self._topics.reach()
        if idle:
            self.ends.counted.update((topic, one.read) for topic, one in reach.items())
        self.ends.hear(reach, self._places.unplaced)

    def _begun(self, made: Made) -> asyncio.Task[None]:
        self._writing = asyncio.create_task(self._batches.write(made, dict(self.progress.positions)))
        return self._writing

    def _is_backlog(self, made: Made) -> bool:
        """Whether to read on while this is written: there is much, and no look must come between."""
        due = time.monotonic() - self._looked >= LOOK_IN_BACKLOG
        return len(made.facts) >= MANY and not made.stops and not made.keys and not due

    async def _read(self, wait_ms: int) -> dict[str, Decoded]:
        """What comes next, decoded; nothing if nothing has come after `wait_ms`."""
        batch = await self._topics.fetch(wait_ms)
        if sum(map(len, batch.values())) >= MANY:
            # Cycles are rare here and batches are large: a third of the time would go into looking for them.
            # Off while there is a backlog only, since this process may host others.
            gc.disable()
        decoded = {}
        for topic, fetched in batch.items():
            rows = await self._places.behind(topic, fetched, self._keys[source_of_topic(topic)])
            if rows:
                decoded[topic] = await self._decoded(topic, rows)
        return decoded

    async def _decoded(self, topic: str, rows: Sequence[Raw]) -> Decoded:
        """Decodes piece by piece, and lets others work between them: PostgreSQL is fed meanwhile."""
        source, at = source_of_topic(topic), self._places.at[topic]
        key, back = self._keys[source], self._back.setdefault(source, set())
        if source not in self._doors:
            self._doors[source] = Door(source, self._settings.coordinator, self._reading)
        door = self._doors[source]
        result = Decoded(at.next_offset, at.link, at.at)
        async for piece in in_pieces(rows):
            before = set(back)
            more = decode(piece, door, key, result.link, result.next_offset, back, result.at)
            if more.repeated and (wrong := await self._other_bytes(topic, at.link, result, more)):
                # Rare: what stands before it is decoded once more, without what follows.
                back.clear()
                back |= before
                good = [row for row in piece if row.offset < wrong.row.offset]
                more = decode(good, door, key, result.link, result.next_offset, back, result.at)
                again = other_bytes(wrong.sequence)
                more.next_offset = wrong.row.offset
                more.stop = Stop(wrong.row.offset, again.code, again.message, wrong.row.value or b"")
            result.go_on(more)
            if result.stop is not None:
                break
        await self._places.after(topic, result)
        return result

    async def _other_bytes(self, topic: str, began: Link, before: Decoded, more: Decoded) -> Repeated | None:
        """The first that comes again in `more` and is not the record that was counted."""
        # What was read in this batch is not written yet.
        fresh, first = [*before.digests, *more.digests], began.sequence + 1
        wrong = [one for one in more.repeated if one.sequence >= first and fresh[one.sequence - first] != one.digest]
        earlier = [one for one in more.repeated if one.sequence < first]
        if earlier:
            if self._writing is not None:
                await asyncio.wait({self._writing})
            wrong += await self._batches.other_bytes(topic, earlier)
        return min(wrong, key=lambda one: one.row.offset, default=None)

    async def _settled(self, made: Made, writing: asyncio.Task[None]) -> bool:
        """Waits until a batch is written. False if somebody released something: then all is read again."""
        try:
            await writing
        except Released:
            await self._load()
            return False
        self.progress.positions.update(made.positions)
        self.ends.counted.update((topic, at.next_offset) for topic, at in made.positions.items())
        self.progress.records += len(made.facts)
        for key in made.keys:
            self._keys.setdefault(key.producer, bytes.fromhex(key.public_key))
        if made.keys or made.stops:
            self._looked = 0.0
        return True

    def _is_behind(self, until: Mapping[str, int]) -> bool:
        """Whether a topic that is neither held nor stopped has not been read to its end in `until`."""
        for topic, end in until.items():
            at = self.progress.positions.get(topic)
            if at is None:
                return True
            readable = at.stopped is None and source_of_topic(topic) in self._keys
            if readable and (self.ends.counted.get(topic, -1) < end or topic in self._places.unplaced):
                return True
        return False

    def behind(self) -> dict[str, str] | None:
        """By topic, why it is not counted to its end, unless it is just being read; None before the first look."""
        if self._there is None:
            return None
        found = dict.fromkeys(self.ends.late(HOLDS), LATE)
        for topic, reach in self.ends.last.items():
            end, stable = reach.end or 0, reach.stable or 0
            if topic in self._places.unplaced and reach.read == end:
                found[topic] = LESS
            if not stable <= reach.read < end:
                self._open.pop(topic, None)
            elif time.monotonic() - self._open.setdefault(topic, time.monotonic()) > OPEN_AFTER:
                found[topic] = OPEN
        return found | dict.fromkeys(self.progress.positions.keys() - self._there, GONE)

    async def _load(self) -> None:
        version = self.version
        # Before the release is known to the next beat.
        self.ends.void()
        await self._batches.load()
        rows = await self._pool.fetch("select * from position where version = $1", version)
        self.progress.positions = {
            row["topic"]: Position(
                row["next_offset"], Link(row["sequence"], row["digest"]), row["stopped"], row["at_offset"]
            )
            for row in rows
        }
        self._places.at = dict(self.progress.positions)
        keys = await self._pool.fetch("select source, public_key from producer_key where version = $1", version)
        self._keys = {row["source"]: bytes.fromhex(row["public_key"]) for row in keys}
        self._keys[source_of_topic(self._root_topic)] = self._root
        self._back = {}
        parked = "select distinct source, subject, code from parked where version = $1"
        for row in await self._pool.fetch(parked, version):
            if holds_back(row["code"]):
                self._back.setdefault(row["source"], set()).add(row["subject"])
        await self._topics.forget()
        self._looked = 0.0

    async def _look(self, on_look: Callable[[], None]) -> None:
        """Every 2 s: which topics are there, and which of them may be read."""
        if time.monotonic() - self._looked < LOOK_EVERY:
            return
        mark = self.ends.mark
        there = await self._topics.there()
        if await self._batches.is_released():
            await self._load()
        self._looked = time.monotonic()
        fresh = sorted(there - self.progress.positions.keys())
        if fresh:
            async with self._pool.acquire() as connection, connection.transaction():
                await self._hold(connection)
                await connection.executemany(
                    "insert into position values ($1, $2, $3, 0, 0, repeat('0', 64), null)",
                    [(self.version, topic, source_of_topic(topic)) for topic in fresh],
                )
            beginning = dict.fromkeys(fresh, Position(0, ZERO))
            self.progress.positions.update(beginning)
            self._places.at.update(beginning)
        await self._assign(there)
        self._there = there
        on_look()
        self.ends.looked(mark)

    async def _assign(self, there: frozenset[str]) -> None:
        """Reads those that have a key and are not stopped; the others are held until a key is known."""
        running = {t for t, p in self.progress.positions.items() if p.stopped is None and t in there}
        held = {t for t in running if source_of_topic(t) not in self._keys}
        wanted = running - held
        if wanted != self._topics.assigned:
            gained = bool(wanted - self._topics.assigned) and self.ends.proven is not None
            if gained:
                self.ends.void()
            await self._places.assign(wanted)
            self.ends.assigned()
            async with self._pool.acquire() as connection, connection.transaction():
                await self._hold(connection)
                if gained:
                    await connection.execute(
                        "update projection set told = '-infinity' where version = $1", self.version
                    )
                await connection.execute("delete from held where version = $1", self.version)
                await connection.executemany(
                    "insert into held (version, source) values ($1, $2)",
                    [(self.version, source_of_topic(t)) for t in sorted(held)],
                )

    async def _hold(self, connection: Any) -> None:
        """No other reader takes the version over until this transaction ends. Raises Fenced if one has."""
        mine = await connection.fetchval(
            "select true from projection where version = $1 and epoch = $2 for share",
            self.version,
            self._batches.epoch,
        )
        if not mine:
            raise Fenced(f"another reader folds version {self.version}")
