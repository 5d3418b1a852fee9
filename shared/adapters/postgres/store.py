"""The event store: one statement per append, nothing that makes writers wait for one another."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import asyncpg
import orjson

from shared.kernel.decider import Past
from shared.kernel.refusals import Conflict
from shared.ports import Done, Entry

# A new stream is inserted, an older one moved on; whatever follows reads from that row, so that a conflict
# writes nothing at all. The command's primary key refuses a repeated command id, again as a whole.
_APPEND: Final = """
with moved as ({move}),
logged as (
  insert into command (id, digest, stream, first, last)
  select $3, $4, $1, $2 + 1, $2 + cardinality($5::text[]) from moved returning first
),
stored as (
  insert into event (stream, version, type, attributes, data)
  select $1, first - 1 + n, t, a, d
  from logged, unnest($5::text[], $6::bytea[], $7::bytea[]) with ordinality as x (t, a, d, n)
)
insert into outbox (stream, version)
select $1, first - 1 + n from logged, generate_series(1, cardinality($5::text[])) n order by n
"""
_NEW: Final = _APPEND.format(
    move="insert into stream (id, version) select $1, $2::int + cardinality($5::text[]) "
    "on conflict (id) do nothing returning version"
)
_NEXT: Final = _APPEND.format(
    move="update stream set version = $2::int + cardinality($5::text[]) where id = $1 and version = $2::int "
    "returning version"
)


class PostgresStore:
    """Behind `EventStore`; `pool` logs in as the producer's own role."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def command(self, command_id: UUID) -> tuple[Done, bytes] | None:
        """What a command id did, with the digest of its input."""
        row = await self._pool.fetchrow("select stream, first, last, digest from command where id = $1", command_id)
        return None if row is None else (Done(row["stream"], row["first"], row["last"]), row["digest"])

    async def load(self, stream: str) -> Sequence[Past]:
        """A stream's events in order of version."""
        rows = await self._pool.fetch(
            "select version, type, attributes, data from event where stream = $1 order by version", stream
        )
        return [_past(row) for row in rows]

    async def append(
        self, stream: str, expected: int, entries: Sequence[Entry], command_id: UUID, digest: bytes
    ) -> None:
        """Appends or raises Conflict; see the port."""
        columns = [e.type for e in entries], [e.attributes for e in entries], [e.data for e in entries]
        sql = _NEXT if expected else _NEW
        try:
            status = await self._pool.execute(sql, stream, expected, command_id, digest, *columns)
        except asyncpg.UniqueViolationError:
            raise Conflict(f"command {command_id} or stream {stream} was written at the same time") from None
        if status == "INSERT 0 0":
            raise Conflict(f"stream {stream} is not at version {expected}")

    async def remember(self, done: Done, command_id: UUID, digest: bytes) -> None:
        """Keeps a command that recorded nothing; see the port."""
        try:
            await self._pool.execute(
                "insert into command (id, digest, stream, first, last) values ($1, $2, $3, $4, $5)",
                command_id,
                digest,
                done.stream,
                done.first,
                done.last,
            )
        except asyncpg.UniqueViolationError:
            raise Conflict(f"command {command_id} was written at the same time") from None

    async def sequences(self, stream: str, first: int, last: int) -> Sequence[int]:
        """The sequences given to these versions, in order; fewer than asked while the sealer is behind."""
        rows = await self._pool.fetch(
            "select sequence from record where stream = $1 and version between $2 and $3 order by version",
            stream,
            first,
            last,
        )
        return [row["sequence"] for row in rows]

    async def reference(self, name: str) -> Mapping[str, Any] | None:
        """A reference's body, or None if it was never heard."""
        body = await self._pool.fetchval("select body from reference where name = $1", name)
        return None if body is None else orjson.loads(body)

    async def put_reference(self, name: str, body: bytes, source: str, sequence: int) -> None:
        """Keeps what was heard unless an equal or later event of that source was kept already."""
        await self._pool.execute(
            "insert into reference as r values ($1, $2, jsonb_build_object($3::text, $4::bigint)) "
            "on conflict (name) do update set body = excluded.body, heard = r.heard || excluded.heard "
            "where coalesce((r.heard ->> $3)::bigint, 0) < $4",
            name,
            body,
            source,
            sequence,
        )

    async def heard_sequence(self, name: str, source: str) -> int:
        """The last sequence of `source` that changed this reference; 0 if none."""
        found = await self._pool.fetchval("select heard from reference where name = $1", name)
        return int(json.loads(found).get(source, 0)) if found else 0

    async def record(self, sequence: int) -> bytes | None:
        """The bytes of one sealed record."""
        found: bytes | None = await self._pool.fetchval("select bytes from record where sequence = $1", sequence)
        return found

    async def refuse_reaction(self, event: str, command: str, code: str, message: str) -> None:
        """Keeps a reaction's command that was refused for good."""
        await self._pool.execute(
            "insert into refused_reaction values ($1, $2, $3, $4) on conflict do nothing", event, command, code, message
        )

    async def acked(self) -> tuple[int, int]:
        """`(sealed, published)`: the last sequence given and the last one Kafka acknowledged."""
        row = await self._pool.fetchrow("select sequence, acked from seal_state, relay_state")
        assert row is not None  # laid with the tables, and never removed
        return row["sequence"], row["acked"]


def _past(row: asyncpg.Record) -> Past:
    attributes = orjson.loads(row["attributes"])
    return Past(row["type"], orjson.loads(row["data"]), attributes["time"], attributes["role"], row["version"])
