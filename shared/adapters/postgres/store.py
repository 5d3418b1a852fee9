"""The event store: one statement per reading, one per append, nothing that makes writers wait for one another."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import asyncpg
import orjson

from shared.kernel.refusals import Conflict
from shared.ports import Done, Entry, Found, Stored

# A new stream is inserted, an older one moved on; whatever follows reads from that row, so that a conflict
# writes nothing at all. The command's primary key refuses a repeated command id, again as a whole.
_APPEND: Final = """
with {guarded}moved as ({move}),
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
# The other streams that the decision read, held as they are now until this commits, in order of id. A stream that was
# not there is not there still: one that is being made at this moment cannot be seen, and cannot be waited for.
_GUARDED: Final = """
held as (
  select s.id, s.version from stream s where s.id = any ($8::text[]) order by s.id for share
),
same as (
  select count(*) filter (where coalesce(h.version, 0) <> w.version) = 0 as so
  from unnest($8::text[], $9::int[]) as w (id, version) left join held h using (id)
),
"""
_INSERT: Final = (
    "insert into stream (id, version) select $1, $2::int + cardinality($5::text[]) {where}"
    "on conflict (id) do nothing returning version"
)
_UPDATE: Final = (
    "update stream set version = $2::int + cardinality($5::text[]) where id = $1 and version = $2::int {where}"
    "returning version"
)
_SQL: Final = {
    (True, False): _APPEND.format(guarded="", move=_INSERT.format(where="")),
    (False, False): _APPEND.format(guarded="", move=_UPDATE.format(where="")),
    (True, True): _APPEND.format(guarded=_GUARDED, move=_INSERT.format(where="where (select so from same) ")),
    (False, True): _APPEND.format(guarded=_GUARDED, move=_UPDATE.format(where="and (select so from same) ")),
}
_READ: Final = """
select 's' as what, s.id as name, s.version as whole, e.version, e.type, e.attributes, e.data
from unnest($1::text[]) as n (id) join stream s using (id) join event e on e.stream = s.id
union all
select 'e', s.id, s.version, e.version, e.type, null, case when e.type like '%.RecordVoided.v%' then e.data end
from unnest($2::text[]) as n (id) join stream s using (id) join event e on e.stream = s.id
union all
select 'r', r.name, 0, 0, null, null, r.view from replica r where r.name = any ($3::text[]) and r.view is not null
"""
_STREAM: Final = """
select 's' as what, s.id as name, s.version as whole, e.version, e.type, e.attributes, e.data
from stream s join event e on e.stream = s.id where s.id = $1
"""


class PostgresStore:
    """Behind `EventStore`; `pool` logs in as the producer's own role."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def command(self, command_id: UUID) -> tuple[Done, bytes] | None:
        """What a command id did, with the digest of its input."""
        row = await self._pool.fetchrow("select stream, first, last, digest from command where id = $1", command_id)
        return None if row is None else (Done(row["stream"], row["first"], row["last"]), row["digest"])

    async def types(self, stream: str, first: int, last: int) -> Sequence[str]:
        """The types of a stream's events between two versions, in order."""
        rows = await self._pool.fetch(
            "select type from event where stream = $1 and version between $2 and $3 order by version",
            stream,
            first,
            last,
        )
        return [row["type"] for row in rows]

    async def stream_of(self, sequence: int) -> tuple[str, int] | None:
        """The stream of a sealed record and its version there."""
        row = await self._pool.fetchrow("select stream, version from record where sequence = $1", sequence)
        return None if row is None else (row["stream"], row["version"])

    async def read(self, streams: Sequence[str], existing: Sequence[str], replicas: Sequence[str]) -> Found:
        """All of it in one statement, hence at one moment."""
        if len(streams) == 1 and not existing and not replicas:
            rows = await self._pool.fetch(_STREAM, streams[0])
        else:
            rows = await self._pool.fetch(_READ, streams, existing, replicas)
        found: dict[str, dict[str, list[Stored]]] = {"s": {}, "e": {}}
        views: dict[str, Mapping[str, Any]] = {}
        versions = dict.fromkeys((*streams, *existing), 0)
        for what, name, whole, version, kind, attributes, data in sorted(rows, key=lambda row: row[3]):
            if what == "r":
                views[name] = orjson.loads(data)
            else:
                versions[name] = whole
                found[what].setdefault(name, []).append(Stored(kind, version, attributes or b"", data or b""))
        return Found(found["s"], found["e"], views, versions)

    async def naming(self, prefix: str, text: str) -> Sequence[str]:
        """The streams whose names begin with `prefix` and in whose payloads `text` occurs."""
        rows = await self._pool.fetch(
            "select distinct stream from event where stream ^@ $1 and position($2::bytea in data) > 0 order by stream",
            prefix,
            text.encode(),
        )
        return [row["stream"] for row in rows]

    async def append(
        self,
        stream: str,
        expected: int,
        entries: Sequence[Entry],
        command_id: UUID,
        digest: bytes,
        guards: Mapping[str, int],
    ) -> None:
        """Appends or raises Conflict; see the port."""
        columns = [e.type for e in entries], [e.attributes for e in entries], [e.data for e in entries]
        guarding = (list(guards), list(guards.values())) if guards else ()
        sql = _SQL[expected == 0, bool(guards)]
        try:
            status = await self._pool.execute(sql, stream, expected, command_id, digest, *columns, *guarding)
        except asyncpg.UniqueViolationError:
            raise Conflict(f"command {command_id} or stream {stream} was written at the same time") from None
        except asyncpg.DeadlockDetectedError:
            raise Conflict(f"stream {stream} and one that its decision read were written at the same time") from None
        if status == "INSERT 0 0":
            raise Conflict(f"stream {stream} is not at version {expected}, or what the decision read has moved")

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

    async def replica_body(self, name: str) -> bytes | None:
        """What is kept of something heard of others, for the next event of it."""
        body: bytes | None = await self._pool.fetchval("select body from replica where name = $1", name)
        return body

    async def put_replica(self, name: str, before: bytes | None, body: bytes, view: bytes | None) -> None:
        """Keeps what was heard in place of `before`. Raises Conflict if that is no longer what is kept."""
        status = await self._pool.execute(
            "insert into replica as r (name, body, view) values ($1, $3, $4) "
            "on conflict (name) do update set body = excluded.body, view = excluded.view where r.body = $2",
            name,
            before,
            body,
            view,
        )
        if status == "INSERT 0 0":
            raise Conflict(f"what is kept of {name} was written at the same time")

    async def acked(self) -> tuple[int, int]:
        """`(sealed, published)`: the last sequence given and the last one Kafka acknowledged."""
        row = await self._pool.fetchrow("select sequence, acked from seal_state, relay_state")
        assert row is not None  # laid with the tables, and never removed
        return row["sequence"], row["acked"]
