"""A read side whose rows are made by the reader's own code, from records that no broker carried.

Amounts alone are written by SQL: a test of answers chooses its numbers.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, LiteralString, Protocol
from uuid import uuid4

import asyncpg
import orjson

from deploy.provision import databases, figures
from services.indicators import catalogue
from services.indicators.batches import Batches, Position
from services.indicators.decode import decode
from services.indicators.door import Door
from services.indicators.project import Projection
from shared.kernel.chain import ZERO
from shared.kernel.keys import Signer
from shared.kernel.record import topic_of
from tests.gateway.recording import Producer
from tests.gateway.serving import COORDINATOR, until

PASSWORD = "not-a-secret"

Amount = tuple[str, str, str, int]


@dataclass
class _Raw:
    offset: int
    value: bytes | None


class Signing(Protocol):
    """A producer, as far as its records are concerned."""

    @property
    def source(self) -> str:
        """Its name."""

    @property
    def signer(self) -> Signer:
        """What signs them."""


class ReadSide:
    """One database with its roles; `number` is its last batch, `hub` the coordinator's ideation service."""

    def __init__(self, postgres: Any, name: str, dsn: str, admin: asyncpg.Connection, pool: asyncpg.Pool) -> None:
        self._postgres = postgres
        self.name = name
        self.dsn = dsn
        self.hub = Producer(COORDINATOR, "ideation")
        self.number = 0
        self._admin = admin
        self._pool = pool
        self._positions: dict[str, Position] = {}
        self._parked: dict[str, set[str]] = {}
        self._batches: Any = None

    @classmethod
    async def create(cls, postgres: Any) -> "ReadSide":
        """A new database as it is provisioned; `dsn` is that of the role that may only call the functions of `api`."""
        name = f"reads_{uuid4().hex[:12]}"
        await figures.ensure(postgres.admin_dsn, PASSWORD, PASSWORD, name)
        reader, writer = (
            databases.dsn_of(postgres.host, postgres.port, name, role, PASSWORD)
            for role in (figures.READER, figures.WRITER)
        )
        pool = await asyncpg.create_pool(writer, min_size=1, max_size=2)
        made = cls(postgres, name, reader, await asyncpg.connect(postgres.admin_dsn, database=name), pool)
        await pool.execute("select add_version(1)")
        # No reader runs here: what one would say each second is said once.
        await pool.execute("update projection set told = clock_timestamp(), holds = '1 year'")
        async with pool.acquire() as connection:
            numbers = await catalogue.store(connection)
        made._batches = Batches(pool, 1, Projection(1, numbers))
        return made

    async def drop(self) -> None:
        """Removes the database."""
        await self._pool.close()
        await self._admin.close()
        admin = await asyncpg.connect(self._postgres.admin_dsn)
        await admin.execute(f"drop database {self.name} with (force)")
        await admin.close()

    async def count(self, producer: Signing, *raws: bytes) -> None:
        """Counts these records of a producer as one batch, as the reader does once it has fetched them."""
        source, topic = producer.source, topic_of(producer.source)
        at = self._positions.get(topic)
        if at is None:
            at = self._positions[topic] = Position(0, ZERO)
            await self._place(source, 0)
        rows = [_Raw(offset, raw) for offset, raw in enumerate(raws, at.next_offset)]
        parked = self._parked.setdefault(source, set())
        await self._batches.load()
        decoded = {
            topic: decode(rows, Door(source, COORDINATOR), producer.signer.public, at.link, at.next_offset, parked)
        }
        made = await self._batches.make(decoded, None)
        await self._batches.write(made, {topic: at})
        self._positions[topic] = made.positions[topic]
        self.number = made.number

    async def members(self, *names: str) -> None:
        """These organisations join."""
        raws = [self.hub.made("MemberJoined", f"member/{name}", {"member_id": name}) for name in names]
        await self.count(self.hub, *raws)

    async def territories(self, *names: str) -> None:
        """These territories are registered."""
        told = [(name, {"territory_id": name, "territory_ids": [name]}) for name in names]
        await self.count(self.hub, *(self.hub.made("TerritoryRegistered", f"territory/{n}", data) for n, data in told))

    async def batch(self, positions: Mapping[str, int], amounts: Iterable[Amount] = (), dated: bool = True) -> int:
        """Commits a batch: positions, and amounts (scope, indicator, day, change); tells whoever listens."""
        async with self._admin.transaction():
            self.number = await self._admin.fetchval("update projection set batch = batch + 1 returning batch")
            for scope, indicator, day, change in amounts:
                await self._change(scope, indicator, date.fromisoformat(day), change, dated)
            for source, sequence in positions.items():
                await self._place(source, sequence)
            await self._admin.execute("insert into batch values (1, $1, default, '{}')", self.number)
            await self._admin.execute("select pg_notify('figures', $1)", str(self.number))
        return self.number

    async def _place(self, source: str, sequence: int) -> None:
        await self._admin.execute(
            "insert into position values (1, $1, $2, 0, $3, repeat('0', 64)) on conflict (version, topic) "
            "do update set sequence = excluded.sequence",
            topic_of(source),
            source,
            sequence,
        )

    async def _change(self, scope: str, indicator: str, day: date, change: int, dated: bool) -> None:
        await self._admin.execute("insert into scope (name) values ($1) on conflict do nothing", scope)
        named = "from indicator i, scope s where i.id = $2 and s.name = $1"
        await self._admin.execute(
            f"insert into change select 1, api.pack(i.number, s.id, api.day($3)), $4, 0, 0, 0, 0 {named}",
            *(scope, indicator, day, change),
        )
        await self._admin.execute(
            f"insert into total_1 as t select 1, api.pack(i.number, s.id, api.month($3)), $4, $5 {named} "
            "on conflict (key) do update set value = t.value + excluded.value, undated = t.undated + excluded.undated",
            *(scope, indicator, day, change, 0 if dated else change),
        )

    async def stop(self, source: str, reason: str | None) -> None:
        """Stops a producer, or lets it go on."""
        await self._admin.execute("update position set stopped = $2 where source = $1", source, reason)

    async def hold(self, *sources: str) -> None:
        """Holds these producers, whose key is not known, and no others: as the reader does between two batches."""
        await self._admin.execute("delete from held")
        await self._admin.executemany("insert into held values (1, $1)", [(source,) for source in sources])
        await self._admin.execute("select pg_notify('figures', '')")

    async def tell(self, *behind: tuple[str, str], age: float = 0) -> None:
        """The reader says which producers are behind and why, some seconds ago by the database's clock."""
        said = orjson.dumps([{"source": source, "reason": reason} for source, reason in behind]).decode()
        await self._admin.execute(
            "update projection set behind = $1::text::jsonb, told = clock_timestamp() - make_interval(secs => $2)",
            said,
            age,
        )
        await self._admin.execute("select pg_notify('figures', 'told')")

    async def heard_by(self, app: Any) -> None:
        """Returns when a gateway knows the last batch."""
        await until(lambda: app.feed.state is not None and app.feed.state.batch >= self.number)

    async def rows(self, question: LiteralString) -> list[Any]:
        """What stands in the tables, for a test that asks what answers are made of."""
        found: list[Any] = await self._admin.fetch(question)
        return found

    async def cut(self) -> None:
        """Ends every gateway's connections to this database, as a restart of the server would."""
        await self._admin.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() "
            "and usename = $1",
            figures.READER,
        )
