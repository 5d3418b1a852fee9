"""A producer whose database goes back and whose topic goes away: what tests of recovery do to it."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import asyncpg
import httpx
from aiokafka.admin import AIOKafkaAdminClient

from deploy.provision import topics
from shared.kernel import record
from shared.runtime import topic as own_topics
from shared.runtime.guard import compare
from shared.runtime.recover import Who
from shared.runtime.service import Service
from shared.runtime.settings import Settings
from tests.databases import copied
from tests.integration.road.conftest import Producer
from tests.integration.road.reading import read_topic, walk
from tests.integration.road.serving import bearer

_WITHIN = 60
_NUMBERS = itertools.count()


def service_of(producer: Producer, **changed: Any) -> Service:
    """The producer's service as it runs everywhere, not started."""
    given = {
        "member": producer.member,
        "service": producer.definition.name,
        "coordinator": producer.coordinator,
        "dsn": producer.dsn,
        "kafka": producer.kafka,
        "keys": producer.keys,
        "poll": 0.1,
        **changed,
    }
    return Service(producer.definition, Settings.model_validate(given))


@asynccontextmanager
async def running(producer: Producer, **changed: Any) -> AsyncIterator[tuple[Service, httpx.AsyncClient]]:
    """The service at work, and who asks it as an adviser of its member; it raises here what ended it."""
    service = service_of(producer, **changed)
    app = await service.start()
    task = asyncio.create_task(service.run())
    headers = bearer(producer, producer.member, "AD")
    door = httpx.ASGITransport(app)
    try:
        async with httpx.AsyncClient(transport=door, base_url="http://service", headers=headers, timeout=60) as client:
            yield service, client
        if task.done():
            task.result()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await service.stop()


def given() -> tuple[UUID, str]:
    """A command of its own."""
    return uuid4(), f"n{next(_NUMBERS) % 5}"


class Told(NamedTuple):
    """What an acknowledged command was told."""

    command_id: UUID
    name: str
    subject: str
    version: int


async def told(client: httpx.AsyncClient, command_id: UUID, name: str, patient: bool = True) -> Any:
    """Adds one to a count: asked again until it is acknowledged, or once; then status and problem."""
    body = {"commandId": str(command_id), "input": {"name": name, "amount": 1}}
    async with asyncio.timeout(_WITHIN):
        while True:
            answer = await client.post("/commands/Add", json=body)
            said = answer.json()
            if "accepted" in said:
                return Told(command_id, name, said["accepted"]["subject"], said["accepted"]["version"])
            if not patient:
                return answer.status_code, said["problem"]
            assert answer.status_code == 503, said
            await asyncio.sleep(0.02)


async def until(what: Callable[[], Any]) -> Any:
    """Waits for a true answer."""
    async with asyncio.timeout(_WITHIN):
        while True:
            found = await what()
            if found:
                return found
            await asyncio.sleep(0.05)


async def published(producer: Producer, every: bool = False) -> list[bytes]:
    """The topic's records, whose chain and signatures hold; first copies only, or `every` one."""
    rows = await read_topic(producer.kafka, producer.topic)
    if every:
        return [raw for _, raw in rows]
    return [one.raw for one in walk(rows, producer.source, producer.signer.public)]


async def settled(producer: Producer, count: int) -> list[bytes]:
    """Waits until `count` records are sealed and acknowledged; gives what the topic holds."""

    async def done() -> bool:
        row = await producer.pool.fetchrow("select sequence, acked from seal_state, relay_state")
        return row is not None and tuple(row) == (count, count)

    await until(done)
    return await published(producer)


async def compared(producer: Producer) -> Any:
    """One comparison, as `generateur recover` makes it."""
    who = Who(producer.source, producer.signer.public)
    async with own_topics.opened(producer.kafka, producer.topic) as topic:
        connection = await asyncpg.connect(producer.dsn)
        try:
            return await compare(connection, topic, who)
        finally:
            await connection.close()


class Backup:
    """A copy of a producer's database, made while nobody was connected, and put in its place again."""

    def __init__(self, admin_dsn: str, producer: Producer) -> None:
        self._admin = admin_dsn
        self.database = producer.dsn.rpartition("/")[2]
        self.copy = f"backup_{uuid4().hex[:12]}"

    async def make(self) -> None:
        """Copies the database as it is now. Whoever is connected is cut off."""
        await copied(self._admin, self.database, self.copy)

    async def restore(self) -> None:
        """Puts the copy in the database's place; it can be restored again."""
        await copied(self._admin, self.copy, self.database, self.database)


async def emptied(producer: Producer) -> None:
    """The topic is lost with all that it held, and laid anew."""
    await gone(producer)

    async def laid() -> bool:
        try:
            await topics.ensure(producer.kafka, [producer.topic])
        except RuntimeError:
            return False
        return True

    await until(laid)


async def gone(producer: Producer) -> None:
    """The topic is lost."""
    admin = AIOKafkaAdminClient(bootstrap_servers=producer.kafka)
    await admin.start()
    try:
        await admin.delete_topics([producer.topic])

        async def done() -> bool:
            return producer.topic not in await admin.list_topics()

        await until(done)
    finally:
        await admin.close()


def commands(raws: list[bytes]) -> list[UUID]:
    """The commands of records, in their order, each once."""
    return list(dict.fromkeys(UUID(record.read(raw).attributes.commandid) for raw in raws))
