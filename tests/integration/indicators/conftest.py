"""A read side of one's own for each test, producers that sign by hand, and a reader that folds them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import orjson
import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient

from deploy.provision import databases, figures, topics
from services.indicators import catalogue
from services.indicators.reader import Reader
from services.indicators.reading import READING, Reading
from services.indicators.service import Figures
from services.indicators.settings import Settings
from shared.contracts.routing import entities
from shared.kernel import canonical, record
from shared.kernel.chain import ZERO, Link
from shared.kernel.ids import uuid7
from shared.kernel.keys import Signer
from shared.kernel.record import source_of, topic_of
from shared.runtime.relay import producer as make_producer
from shared.runtime.relay import send


@dataclass
class Hand:
    """A producer whose records are made by hand; what it sends need not be right."""

    member: str
    service: str
    kafka: AIOKafkaProducer
    signer: Signer = field(default_factory=lambda: Signer(uuid4().bytes * 2))
    link: Link = ZERO
    versions: dict[str, int] = field(default_factory=dict)

    @property
    def source(self) -> str:
        return source_of(self.member, self.service)

    @property
    def topic(self) -> str:
        return topic_of(self.source)

    def made(
        self, kind: str, subject: str, data: dict[str, Any], signer: Signer | None = None, **changed: Any
    ) -> bytes:
        """The next record of this producer, which is moved on to it."""
        signer = signer or self.signer
        version = self.versions.get(subject, 0) + 1
        body = canonical.encode({"territory_ids": [], **data})
        name = uuid7(self.link.sequence, uuid4().bytes)
        attributes = {
            "actor": "someone",
            "causationid": name,
            "commandid": name,
            "correlationid": name,
            "datacontenttype": "application/json",
            "dataschema": f"urn:generateur:schema:{self.service}.{kind}.v1",
            "id": name,
            "keyid": signer.keyid,
            "occurredon": "2019-06-01",
            "occurredprecision": "day",
            "origin": "live",
            "prev": self.link.digest,
            "role": "AD",
            "sequence": self.link.sequence + 1,
            "source": self.source,
            "specversion": "1.0",
            "streamversion": version,
            "subject": subject,
            "time": "2026-11-23T10:00:00.000000Z",
            "type": f"{self.service}.{kind}.v1",
            **changed,
        }
        signed = record.seal(attributes, body)
        raw = record.join(signed, body, signer.sign(signed))
        self.link = Link(attributes["sequence"], sha256(signed).hexdigest())
        self.versions[subject] = version
        return raw

    async def send(self, *raws: bytes) -> None:
        """Publishes bytes as they are."""
        await send(self.kafka, self.topic, [(b"key", raw) for raw in raws])

    async def say(self, kind: str, subject: str, data: dict[str, Any], **changed: Any) -> bytes:
        """Publishes one record."""
        raw = self.made(kind, subject, data, **changed)
        await self.send(raw)
        return raw

    async def idea(self, name: str | None = None, data: dict[str, Any] | None = None, **changed: Any) -> bytes:
        """Publishes an idea."""
        name = name or str(uuid4())
        said = {"idea_id": name, "title": "Une idée", "provenance": "workshop", **(data or {})}
        return await self.say("IdeaProposed", f"idea/{name}", said, **changed)

    async def correct(self, raw: bytes, on: str = "2019-06-01", **changed: Any) -> bytes:
        """Publishes a correction of an earlier record of its own."""
        original = record.read(raw)
        named = {"target": self._target(original), "occurred_on": on, "occurred_precision": "day"}
        data = {**named, "data": {**original.data, **changed}, "changed": sorted(changed) or ["occurred_on"]}
        return await self.say("RecordCorrected", original.attributes.subject, data)

    async def void(self, raw: bytes, *taken: bytes) -> bytes:
        """Publishes a void of an earlier record of its own, and of what goes with it."""
        original = record.read(raw)
        target = self._target(original)
        more = [entity for one in taken for entity in self._entities(record.read(one))]
        target["entities"] = sorted({*target["entities"], *more})
        data = {"target": target, "reason": "error"}
        return await self.say("RecordVoided", original.attributes.subject, data)

    def _entities(self, original: record.Record) -> list[str]:
        return entities(original.attributes.type, original.data, self.member)

    def _target(self, original: record.Record) -> dict[str, Any]:
        a = original.attributes
        return {
            "source": a.source,
            "sequence": a.sequence,
            "version": a.streamversion,
            "type": a.type,
            "subject": a.subject,
            "entities": self._entities(original),
        }


@dataclass
class ReadSide:
    """One read side, its coordinator's producer and whoever else writes."""

    settings: Settings
    pool: asyncpg.Pool
    coordinator: Hand
    kafka: AIOKafkaProducer
    bootstrap: str
    admin_dsn: str = ""
    name: str = ""

    async def admin(self, *statements: str, inside: bool = False) -> None:
        """Statements of the server's administrator; `inside`: in the read side's database."""
        connection = await asyncpg.connect(self.admin_dsn, database=self.name if inside else "postgres")
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()

    @property
    def cut(self) -> str:
        """The statement that ends every connection to the read side."""
        return f"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{self.name}'"

    @asynccontextmanager
    async def figures(self) -> AsyncIterator[Figures]:
        """The reader as it is run in earnest."""
        made = Figures(self.settings)
        task = asyncio.create_task(made.run())
        try:
            yield made
            assert not task.done(), task.exception()
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def member(self, service: str = "ideation", known: bool = True) -> Hand:
        """A new member's producer with its topic; the coordinator makes its key known unless told otherwise."""
        hand = Hand(f"member-{uuid4().hex[:10]}", service, self.kafka)
        await topics.ensure(self.bootstrap, [hand.topic])
        if known:
            await self.introduce(hand)
        return hand

    async def introduce(self, hand: Hand) -> None:
        """The coordinator makes a key known."""
        data = {
            "producer": hand.source,
            "member_id": hand.member,
            "service": hand.service,
            "key_id": hand.signer.keyid,
            "algorithm": "ed25519",
            "public_key": hand.signer.public.hex(),
        }
        subject = f"producer/{hand.member}/{hand.service}"
        await self.coordinator.send(self.coordinator.made("ProducerKeyIntroduced", subject, data))

    async def joined(self, hand: Hand) -> bytes:
        """A member joins, by the coordinator's word."""
        data = {"member_id": hand.member, "legal_name": f"Association {hand.member}"}
        return await self.coordinator.say("MemberJoined", f"member/{hand.member}", data)

    async def territory(self, name: str, **more: Any) -> bytes:
        """A territory is registered."""
        data = {"territory_id": name, "name": f"Communauté {name}", "kind": "cc", "territory_ids": [name], **more}
        return await self.coordinator.say("TerritoryRegistered", f"territory/{name}", data)

    async def reader(self, version: int = 1, take_over: bool = True, reading: Reading = READING) -> Reader:
        """A reader that has claimed its version and is ready to fold."""
        settings = self.settings.model_copy(update={"version": version})
        await self.pool.execute("select add_version($1)", version)
        async with self.pool.acquire() as connection, connection.transaction():
            numbers = await catalogue.store(connection)
        reader = Reader(settings, self.pool, numbers, self.coordinator.signer.public, reading)
        await reader.claim(take_over)
        await reader.start()
        return reader

    @asynccontextmanager
    async def reading(self, version: int = 1, reading: Reading = READING) -> AsyncIterator[Reader]:
        """A reader that folds in the background; what it raises is raised at the end."""
        reader = await self.reader(version, reading=reading)
        tasks = [asyncio.create_task(reader.run()), asyncio.create_task(reader.beat())]
        try:
            yield reader
            for task in tasks:
                if task.done():
                    task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await reader.stop()

    async def figure(self, indicator: str, scope: str = "region", day: str = "2026-12-31") -> int:
        """What the gateway would answer."""
        value: int = await self.pool.fetchval(
            "select value from api.figures($1, $2::text::date) where indicator = $3", scope, day, indicator
        )
        return value

    async def totals(self, version: int) -> list[tuple[Any, ...]]:
        """Every total of a version by name, in order."""
        rows = await self.pool.fetch(
            "select i.id, s.name, key & 4194303 as month, value "
            "from total t join indicator i on i.number = t.key >> 53 join scope s on s.id = (t.key >> 22) & 2147483647 "
            "where version = $1 and value <> 0 order by 1, 2, 3",
            version,
        )
        return [tuple(row) for row in rows]

    async def until(self, question: Any, seconds: float = 60) -> None:
        """Waits until `question()` holds."""
        async with asyncio.timeout(seconds):
            while True:
                if await question():
                    return
                await asyncio.sleep(0.05)

    async def read(self, *hands: Hand) -> None:
        """Waits until everything that these producers (and the coordinator) have sent has been read."""
        ends = {hand.topic: hand.link.sequence for hand in (self.coordinator, *hands)}

        async def there() -> bool:
            rows = await self.pool.fetch("select topic, sequence from position where version = 1")
            found = {row["topic"]: row["sequence"] for row in rows}
            return all(found.get(topic, 0) >= end for topic, end in ends.items())

        await self.until(there)

    async def deleted(self, hand: Hand) -> None:
        """The topic of a producer is lost."""
        admin = AIOKafkaAdminClient(bootstrap_servers=self.bootstrap)
        await admin.start()
        try:

            async def gone() -> bool:
                return hand.topic not in await admin.list_topics()

            if not await gone():
                await admin.delete_topics([hand.topic])
            await self.until(gone)
        finally:
            await admin.close()

    async def laid_anew(self, hand: Hand, *raws: bytes) -> None:
        """The topic of a producer is lost and made again, with these records."""
        await self.deleted(hand)
        await topics.ensure(self.bootstrap, [hand.topic])
        if raws:
            await hand.send(*raws)

    async def state(self) -> Any:
        """What the read side says of itself."""
        return await self.pool.fetchrow("select * from api.state()")

    async def is_complete(self) -> bool:
        """Whether answers would be complete, but for the producers of other tests, whose topics are held here."""
        state = await self.state()
        return bool(state["current"]) and (state["behind"], state["stopped"], state["parked"]) == ("[]", "[]", 0)

    async def until_complete(self, wanted: bool = True) -> None:
        """Waits until answers are complete, or are not."""

        async def is_so() -> bool:
            return await self.is_complete() == wanted

        await self.until(is_so)

    async def behind(self) -> dict[str, str]:
        """By producer, why it is not counted to its end: the code."""
        said = orjson.loads((await self.state())["behind"])
        return {one["source"]: one["reason"].partition(":")[0] for one in said}

    async def stopped(self, hand: Hand) -> str | None:
        """Why a producer is stopped."""
        why: str | None = await self.pool.fetchval(
            "select stopped from position where version = 1 and topic = $1", hand.topic
        )
        return why


@pytest.fixture
async def side(servers: Any, tmp_path: Path) -> AsyncIterator[ReadSide]:
    name = f"figures_{uuid4().hex[:10]}"
    await figures.ensure(servers.postgres.admin_dsn, "not-a-secret", "not-a-secret", name)
    dsn = databases.dsn_of(servers.postgres.host, servers.postgres.port, name, figures.WRITER, "not-a-secret")
    kafka = make_producer(servers.kafka.bootstrap, "by-hand")
    await kafka.start()
    coordinator = Hand(f"coordinator-{uuid4().hex[:10]}", "ideation", kafka)
    await topics.ensure(servers.kafka.bootstrap, [coordinator.topic])
    root = tmp_path / "root.pub"
    root.write_text(coordinator.signer.public.hex())
    settings = Settings.model_validate(
        {
            "figures_dsn": dsn,
            "kafka": servers.kafka.bootstrap,
            "coordinator": coordinator.member,
            "root_key": root,
            "wait_ms": 100,
        }
    )
    pool = await asyncpg.create_pool(dsn, min_size=1, max_size=8)
    try:
        admin_dsn = servers.postgres.admin_dsn
        yield ReadSide(settings, pool, coordinator, kafka, servers.kafka.bootstrap, admin_dsn, name)
    finally:
        await kafka.stop()
        await pool.close()
