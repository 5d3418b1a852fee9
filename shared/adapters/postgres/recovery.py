"""What recovery asks of one producer's database and puts back there; one connection, apart from the service's pool."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg

# A restored database is another server process, another database or other tables than those compared with before.
_LIFE = """
select concat_ws('/', pg_postmaster_start_time(), d.oid, to_regclass('seal_state')::oid, to_regclass('record')::oid)
from pg_database d where d.datname = current_database()
"""
# Every event is sealed or waits: as the sequence has no gap, only events and waiting rows are counted.
_MISSING = """
select (select count(*) from event) - (select count(*) from outbox) - (select sequence from seal_state)
"""
_UNSEALED = """
select e.stream, e.version, e.attributes, o.id is null as lost,
  exists (select 1 from record l where l.stream = e.stream and l.version > e.version) as overtaken
from event e
left join record r on r.stream = e.stream and r.version = e.version
left join outbox o on o.stream = e.stream and o.version = e.version
where r.stream is null
"""
_HEAD = "select sequence, digest from seal_state"
_HEAD_LOCKED = "select sequence, digest from seal_state for update"
_REMEMBER = """
insert into command (id, digest, stream, first, last)
select id, ''::bytea, stream, first, last
from unnest($1::uuid[], $2::text[], $3::int[], $4::int[]) as g (id, stream, first, last)
on conflict (id) do nothing
"""
_REMEMBERED_OTHERWISE = """
select id from command c
join unnest($1::uuid[], $2::text[], $3::int[], $4::int[]) as g (id, stream, first, last) using (id)
where c.stream <> g.stream or c.first > g.first or c.last < g.last
limit 1
"""


class Mark(NamedTuple):
    """What the relay knows of the topic: before the offset `next_offset` stand our records 1..`acked`, and others."""

    acked: int
    next_offset: int


class Event(NamedTuple):
    """One row of `event`."""

    stream: str
    version: int
    type: str
    attributes: bytes
    data: bytes


class Command(NamedTuple):
    """One row of `command` as records tell it: what was asked is not in them."""

    id: UUID
    stream: str
    first: int
    last: int


async def life(connection: Any) -> str:
    """Names the life of the database behind a connection: another one may be an older copy."""
    found: str = await connection.fetchval(_LIFE)
    return found


class Recovery:
    """One producer's store, as its own role sees it."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    async def head(self, locked: bool = False) -> tuple[int, str]:
        """The last sequence sealed and its digest; `locked` keeps it so until the transaction ends."""
        row = await self._connection.fetchrow(_HEAD_LOCKED if locked else _HEAD)
        return row["sequence"], row["digest"]

    async def mark(self) -> Mark:
        """How far the topic was known."""
        return Mark(*await self._connection.fetchrow("select acked, next_offset from relay_state"))

    async def stored(self, sequences: Sequence[int]) -> Mapping[int, bytes]:
        """The records of these sequences that are there."""
        rows = await self._connection.fetch(
            "select sequence, bytes from record where sequence = any ($1::bigint[])", sequences
        )
        return {row["sequence"]: row["bytes"] for row in rows}

    async def events(self, places: Sequence[tuple[str, int]]) -> Mapping[tuple[str, int], Event]:
        """The events at these streams and versions that are there."""
        rows = await self._connection.fetch(
            "select e.stream, e.version, e.type, e.attributes, e.data "
            "from unnest($1::text[], $2::int[]) as p (stream, version) join event e using (stream, version)",
            [stream for stream, _ in places],
            [version for _, version in places],
        )
        return {(row["stream"], row["version"]): Event(*row) for row in rows}

    async def versions(self, streams: Sequence[str]) -> dict[str, int]:
        """The versions of these streams; one that is not there is left out."""
        rows = await self._connection.fetch("select id, version from stream where id = any ($1::text[])", streams)
        return {row["id"]: row["version"] for row in rows}

    async def put(self, events: Sequence[Event], versions: Mapping[str, int], records: Sequence[Any]) -> None:
        """Adds events, brings streams to their versions, adds records (rows of `record`, in its order of columns)."""
        await self._connection.copy_records_to_table("event", records=events, columns=Event._fields)
        await self._connection.execute(
            "insert into stream (id, version) select * from unnest($1::text[], $2::int[]) "
            "on conflict (id) do update set version = excluded.version",
            list(versions),
            list(versions.values()),
        )
        columns = ("sequence", "stream", "version", "key", "bytes")
        await self._connection.copy_records_to_table("record", records=records, columns=columns)

    async def remember(self, commands: Sequence[Command]) -> UUID | None:
        """Adds the commands that are not there; gives the id of one that is there with another result, if any.

        The digest is left empty: see `Handler.handle`.
        """
        columns = [list(column) for column in zip(*commands, strict=True)] if commands else [[]] * 4
        await self._connection.execute(_REMEMBER, *columns)
        found: UUID | None = await self._connection.fetchval(_REMEMBERED_OTHERWISE, *columns)
        return found

    async def seal_up_to(self, sequence: int, digest: str) -> None:
        """The chain ends here now; what was taken back waits for no seal."""
        await self._connection.execute("update seal_state set sequence = $1, digest = $2", sequence, digest)
        await self._connection.execute(
            "delete from outbox o using record r where r.stream = o.stream and r.version = o.version"
        )

    async def missing(self) -> int:
        """How many events are neither sealed nor waiting to be; it may be below zero where rows wait twice."""
        found: int = await self._connection.fetchval(_MISSING)
        return found

    async def unsealed(self) -> Sequence[asyncpg.Record]:
        """Every event without a record: stream, version, attributes; whether it is `lost` to the sealer, and whether
        a later one of its stream was sealed already (`overtaken`)."""
        rows: Sequence[asyncpg.Record] = await self._connection.fetch(_UNSEALED)
        return rows

    async def hold(self, streams: Sequence[str]) -> None:
        """Lets nobody append to these streams until the transaction ends."""
        await self._connection.execute(
            "select 1 from stream where id = any ($1::text[]) order by id for update", streams
        )

    async def lay_out(self, places: Sequence[tuple[str, int]]) -> None:
        """Makes exactly these events of their streams wait for the sealer, in this order."""
        streams = [stream for stream, _ in places]
        await self._connection.execute("delete from outbox where stream = any ($1::text[])", streams)
        await self._connection.execute(
            "insert into outbox (stream, version) "
            "select s, v from unnest($1::text[], $2::int[]) with ordinality as x (s, v, n) order by n",
            streams,
            [version for _, version in places],
        )
