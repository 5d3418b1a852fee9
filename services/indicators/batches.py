"""One batch, one transaction: rows, what is bad, keys learned and positions together, or nothing."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

import orjson

from services.indicators.decode import NOWHERE, Decoded, Repeated
from services.indicators.facts import AnyFact
from services.indicators.heard_ideation import KeyIntroduced
from services.indicators.project import Projection
from services.indicators.rows import Rows
from shared.kernel.chain import Link
from shared.runtime.consume import source_of_topic
from shared.runtime.faults import point
from shared.runtime.seal import Fenced

log = logging.getLogger("indicators")
_LONGEST: Final = 200
# Letters of a digest as hexadecimal text.
_DIGEST: Final = 64


class Released(Exception):
    """Somebody released a producer or parked records meanwhile: what is remembered must be read again."""


@dataclass(frozen=True, slots=True)
class Position:
    """Where the reader stands in one topic: the sequence with its digest. Both offsets say where to look first.

    `next_offset` is read next; `at` is that of the record at `link`, or NOWHERE.
    """

    next_offset: int
    link: Link
    stopped: str | None = None
    at: int = NOWHERE

    @classmethod
    def after(cls, result: Decoded) -> Self:
        """Where it stands after this."""
        stop = result.stop
        said = None if stop is None else f"{stop.code}: {stop.reason}"
        return cls(result.next_offset, result.link, said, result.at)


@dataclass(frozen=True, slots=True)
class Made:
    """A batch that is ready to be written: what was decoded, and the rows that come of it."""

    decoded: Mapping[str, Decoded]
    facts: Sequence[AnyFact]
    keys: Sequence[KeyIntroduced]
    rows: Rows | None
    number: int

    @property
    def stops(self) -> bool:
        """Whether a producer is stopped in it."""
        return any(result.stop for result in self.decoded.values())

    @property
    def positions(self) -> dict[str, Position]:
        """Where its topics stand once it is written."""
        return {topic: Position.after(result) for topic, result in self.decoded.items()}


class Batches:
    """Makes and writes the batches of one version's one reader."""

    def __init__(self, pool: Any, version: int, projection: Projection) -> None:
        self._pool = pool
        self._version = version
        self._projection = projection
        self._number = 0
        self.released = 0
        self.epoch = 0

    async def load(self) -> None:
        """Reads where earlier batches ended. Raises Fenced if another reader has taken the version."""
        row = await self._pool.fetchrow(
            "select batch, released from projection where version = $1 and epoch = $2", self._version, self.epoch
        )
        if row is None:
            raise Fenced(f"another reader folds version {self._version}")
        self._number, self.released = row["batch"], row["released"]

    async def is_released(self) -> bool:
        """Whether somebody released something since."""
        found = await self._pool.fetchval("select released from projection where version = $1", self._version)
        return bool(found != self.released)

    async def make(self, decoded: Mapping[str, Decoded], before: Made | None) -> Made:
        """The next batch; `before` is the one that may not be written yet."""
        facts = [fact for result in decoded.values() for fact in result.facts]
        number = (self._number if before is None else before.number) + 1
        recent = () if before is None else before.facts
        rows = None
        if facts:
            async with self._pool.acquire() as connection:
                rows = await self._projection.prepare(connection, facts, number, recent)
        # The door lets none in but the coordinator's.
        keys = [fact.said for fact in facts if isinstance(fact.said, KeyIntroduced)]
        return Made(decoded, facts, keys, rows, number)

    async def write(self, made: Made, positions: Mapping[str, Position]) -> None:
        """Writes a batch on top of these positions. Raises Released, and nothing is written; Fenced."""
        point("indicators.before_tx")
        async with self._pool.acquire() as connection, connection.transaction():
            await self._claim(connection, made.number)
            if made.rows is not None:
                await made.rows.write(connection)
            point("indicators.in_tx")
            await self._write_bad(connection, made.decoded)
            await self._write_digests(connection, made.decoded)
            await connection.executemany(
                "insert into producer_key values ($1, $2, $3) on conflict do nothing",
                [(self._version, key.producer, key.public_key) for key in made.keys],
            )
            await self._advance(connection, positions, made.positions)
            sequences = {source_of_topic(topic): result.link.sequence for topic, result in made.decoded.items()}
            await connection.execute(
                "insert into batch (version, n, positions) values ($1, $2, $3::text::jsonb)",
                self._version,
                made.number,
                orjson.dumps(sequences).decode(),
            )
            await connection.execute("select pg_notify('figures', $1)", str(made.number))
            point("indicators.before_commit")
        self._number = made.number
        point("indicators.after_commit")

    async def _claim(self, connection: Any, number: int) -> None:
        """Takes the batch's number, if this reader is still the version's one and nobody came between."""
        row = await connection.fetchrow(
            "update projection set batch = batch + 1, beat = clock_timestamp() where version = $1 and epoch = $2 "
            "returning batch, released",
            self._version,
            self.epoch,
        )
        if row is None:
            raise Fenced(f"another reader folds version {self._version}")
        if row["released"] != self.released or row["batch"] != number:
            raise Released

    async def _advance(self, connection: Any, old: Mapping[str, Position], new: Mapping[str, Position]) -> None:
        """Compare-and-swap of every position: what another reader has moved on is not counted again."""
        rows = [
            (
                topic,
                was.next_offset,
                was.link.sequence,
                to.next_offset,
                to.link.sequence,
                to.link.digest,
                to.at,
                to.stopped,
            )
            for topic, to in new.items()
            for was in (old[topic],)
        ]
        moved = await connection.fetch(
            "update position p set next_offset = x.next_offset, sequence = x.sequence, digest = x.digest, "
            "at_offset = x.at_offset, stopped = x.stopped from unnest($2::text[], $3::bigint[], $4::bigint[], "
            "$5::bigint[], $6::bigint[], $7::text[], $8::bigint[], $9::text[]) "
            "as x (topic, old_offset, old_sequence, next_offset, sequence, digest, at_offset, stopped) "
            "where p.version = $1 and p.topic = x.topic and p.next_offset = x.old_offset "
            "and p.sequence = x.old_sequence returning p.topic",
            self._version,
            *(list(column) for column in zip(*rows, strict=True)),
        )
        if len(moved) != len(rows):
            raise Fenced(f"another reader has moved version {self._version} on")

    async def _write_digests(self, connection: Any, decoded: Mapping[str, Decoded]) -> None:
        fresh = {topic: result for topic, result in decoded.items() if result.digests}
        if fresh:
            await connection.execute(
                f"insert into counted_{self._version} "  # noqa: S608  an integer
                f"select {self._version}, * from unnest($1::text[], $2::bigint[], $3::bytea[])",
                list(fresh),
                [result.link.sequence - len(result.digests) + 1 for result in fresh.values()],
                [bytes.fromhex("".join(result.digests)) for result in fresh.values()],
            )

    async def other_bytes(self, topic: str, repeated: Sequence[Repeated]) -> list[Repeated]:
        """Those that were counted with another digest, or are not known to be counted."""
        least, most = min(one.sequence for one in repeated), max(one.sequence for one in repeated)
        rows = await self._pool.fetch(
            f"select first, digests from counted_{self._version} where topic = $1 and first <= $3 and first >= "  # noqa: S608
            f"coalesce((select max(first) from counted_{self._version} where topic = $1 and first <= $2), 0)",
            topic,
            least,
            most,
        )
        kept: dict[int, str] = {}
        for row in rows:
            digests, first = row["digests"].hex(), row["first"]
            for n in range(max(least - first, 0), min(len(digests) // _DIGEST, most - first + 1)):
                kept[first + n] = digests[n * _DIGEST : (n + 1) * _DIGEST]
        return [one for one in repeated if kept.get(one.sequence) != one.digest]

    async def _write_bad(self, connection: Any, decoded: Mapping[str, Decoded]) -> None:
        for topic, result in decoded.items():
            await self._write_parked(connection, source_of_topic(topic), result)
            await self._write_unknown(connection, result.unknown)
            if result.stop is not None:
                stop = result.stop
                log.error("%s is stopped: %s (%s)", source_of_topic(topic), stop.reason, stop.code)
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

    async def _write_parked(self, connection: Any, source: str, result: Decoded) -> None:
        await connection.executemany(
            "insert into parked (version, source, sequence, subject, type, reason, record) "
            "values ($1, $2, $3, $4, $5, $6, $7)",
            [
                (self._version, source, a.sequence, a.subject, a.type, park.reason, park.read.raw)
                for park in result.parked
                for a in (park.read.attributes,)
            ],
        )

    async def _write_unknown(self, connection: Any, kinds: Iterable[str]) -> None:
        for kind in kinds:
            await connection.execute(
                "insert into unknown_type as u values ($1, $2, 1) "
                "on conflict (version, type) do update set seen = u.seen + 1",
                self._version,
                kind[:_LONGEST],
            )
