"""The read port: typed questions to the read side, all answers of one operation from one snapshot."""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Final, LiteralString

import asyncpg
import orjson

from services.gateway.faults import Fault
from shared.adapters.postgres import pool
from shared.adapters.postgres.away import AWAY

_STATEMENT_MS: Final = "5000"


@dataclass(frozen=True, slots=True)
class State:
    """What the read side holds: its batch, when that was committed, and the last sequence of each producer.

    `current`: a moment ago all that the topics held was counted; `behind`: producers that are not counted to their
    topic's end, and why. Whether answers are complete the read side decides.
    """

    version: int = 0
    batch: int = 0
    at: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    positions: dict[str, int] = field(default_factory=dict)
    parked: int = 0
    parked_by: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    stopped: tuple[dict[str, Any], ...] = ()
    held: tuple[str, ...] = ()
    behind: tuple[dict[str, Any], ...] = ()
    current: bool = False
    complete: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """What an indicator changed in one month: what is dated there, and what is known no better than by quarter."""

    indicator: str
    month: date
    dated: int
    undated: int


@dataclass(frozen=True, slots=True)
class Row:
    """One document of a list, with the key it is sorted by."""

    sort: str
    code: str
    body: dict[str, Any]


async def prepare(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Makes a new connection read `jsonb` as Python values."""
    await connection.set_type_codec(
        "jsonb",
        schema="pg_catalog",
        format="binary",
        encoder=lambda value: b"\x01" + orjson.dumps(value),
        decoder=lambda raw: orjson.loads(memoryview(raw)[1:]),
    )


async def read_state(connection: Any) -> State:
    """The state that the connection's snapshot shows."""
    row = await connection.fetchrow("SELECT * FROM api.state()")
    if row is None:
        return State()
    return State(
        version=row["version"],
        batch=row["batch"],
        at=row["at"],
        positions=row["positions"],
        parked=row["parked"],
        parked_by=row["parked_by"],
        stopped=tuple(row["stopped"]),
        held=tuple(row["held"]),
        behind=tuple(row["behind"]),
        current=row["current"],
        complete=row["complete"],
    )


class Snapshot:
    """Questions answered from one moment of the read side, as one viewer may see it.

    One at a time, since they share a connection. `viewer`: see `services.gateway.callers`.
    """

    def __init__(self, connection: Any, state: State, viewer: str) -> None:
        self._connection = connection
        self._viewer = viewer
        self._turn = asyncio.Lock()
        self.state = state

    async def _rows(self, sql: LiteralString, *given: object) -> list[Any]:
        async with self._turn, asyncio.timeout(10):
            rows: list[Any] = await self._connection.fetch(sql, *given)
            return rows

    async def figures(self, scope: str, day: date) -> dict[str, int]:
        """Every indicator's value in a scope at the end of a day; an absent one is 0."""
        rows = await self._rows("SELECT indicator, value FROM api.figures($1, $2)", scope, day)
        return {row["indicator"]: int(row["value"]) for row in rows}

    async def series(self, scope: str, first: date, last: date, indicators: Collection[str]) -> list[Step]:
        """What each of these indicators changed in each month between two days."""
        sql: LiteralString = (
            "SELECT indicator, month, delta, undated FROM api.series($1, $2, $3) WHERE indicator = ANY($4)"
        )
        rows = await self._rows(sql, scope, first, last, list(indicators))
        return [Step(row["indicator"], row["month"], int(row["delta"]), int(row["undated"])) for row in rows]

    async def known(self, scope: str) -> bool:
        """Whether a territory is registered, or a member has joined: `territory/<id>`, `member/<id>`."""
        rows = await self._rows("SELECT api.known($1) AS known", scope)
        return bool(rows[0]["known"])

    async def document(self, kind: str, code: str) -> dict[str, Any] | None:
        """The document of one object, or None if there is none that the viewer may see."""
        rows = await self._rows("SELECT api.document($1, $2, $3) AS body", self._viewer, kind, code)
        body: dict[str, Any] | None = rows[0]["body"] if rows else None
        return body

    async def documents(
        self, kind: str, territory: str | None, member: str | None, after: str | None, most: int
    ) -> list[Row]:
        """Documents of a kind that the viewer may see, after a sort key, at most `most`, in the order of their keys."""
        sql: LiteralString = "SELECT sort, id, body FROM api.documents($1, $2, $3, $4, $5, $6)"
        rows = await self._rows(sql, self._viewer, kind, territory, member, after, most)
        return [Row(row["sort"], row["id"], row["body"]) for row in rows]

    async def history(self, entity: str, after: tuple[str, str, int] | None, most: int) -> list[dict[str, Any]]:
        """Events of one entity that the viewer may see, after (time, source, sequence), oldest first."""
        sql: LiteralString = "SELECT * FROM api.history($1, $2, $3, $4, $5, $6)"
        rows = await self._rows(sql, self._viewer, entity, *(after or (None, None, None)), most)
        return [dict(row) for row in rows]


class Reads:
    """Connections to the read side, as a role that may only call the functions of its schema `api`."""

    def __init__(self, dsn: str, most: int) -> None:
        self._dsn = dsn
        self._most = most
        self._pool: Any = None

    async def open(self) -> None:
        """Makes the pool without connecting yet, so that the gateway starts while the read side is down."""
        self._pool = await pool.connect(
            self._dsn,
            min_size=0,
            max_size=self._most,
            init=prepare,
            timeout=5,
            command_timeout=10,
            max_inactive_connection_lifetime=300,
            server_settings={"application_name": "gateway", "statement_timeout": _STATEMENT_MS},
        )

    async def close(self) -> None:
        """Ends every connection, within seconds."""
        if self._pool is None:
            return
        try:
            async with asyncio.timeout(3):
                await self._pool.close()
        except TimeoutError:
            self._pool.terminate()

    @asynccontextmanager
    async def snapshot(self, viewer: str) -> AsyncIterator[Snapshot]:
        """One repeatable-read snapshot for a viewer; raises Fault `service.unavailable` if the read side is away."""
        try:
            async with (
                self._pool.acquire(timeout=5) as connection,
                connection.transaction(isolation="repeatable_read", readonly=True),
            ):
                yield Snapshot(connection, await read_state(connection), viewer)
        except AWAY as error:
            raise Fault("service.unavailable") from error
