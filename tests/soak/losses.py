"""Faults that take something away or say something wrong: restored databases, lost topics, wrong marks, odd records."""

import asyncio
import os
import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import orjson
from aiokafka.admin import AIOKafkaAdminClient

from deploy.provision import figures as read_side
from deploy.provision import topics
from shared import contracts
from shared.kernel import canonical
from shared.kernel.ids import uuid7
from shared.kernel.record import topic_of
from tests.databases import copied
from tests.faults.rig import COLLECTIVE
from tests.soak.chance import Chance, database, fault, inside, within
from tests.soak.disturbances import killed
from tests.soak.rig import SERVICES


@fault
async def restored_database(chance: Chance) -> str:
    """A member's database as it was some seconds ago; what it acknowledged meanwhile is in its topic."""
    part = chance.service()
    name = database(part)
    chance.rig.kill(part)
    await copied(chance.admin, name, f"{name}_backup")
    chance.rig.start(part)
    await chance.moment(4, 6)
    async with _published(chance, part):
        chance.rig.kill(part)
        await copied(chance.admin, f"{name}_backup", name, name)
    chance.rig.start(part)
    return part


@asynccontextmanager
async def _published(chance: Chance, part: str) -> AsyncIterator[None]:
    """Nobody gives commands, and what a part has acknowledged is in its topic: what is not is lost with its disk."""
    gateway = chance.rig.running["gateway"]
    os.kill(gateway.pid, signal.SIGSTOP)
    connection = await inside(chance, database(part))
    settled = "select sequence = acked and not exists (select 1 from outbox) from seal_state, relay_state"
    try:
        # Commands that the service has taken already are decided.
        await asyncio.sleep(0.5)
        async with asyncio.timeout(30):
            while not await connection.fetchval(settled):  # noqa: ASYNC110  another process's rows wake nobody
                await asyncio.sleep(0.05)
        await connection.close()
        yield
    finally:
        os.kill(gateway.pid, signal.SIGCONT)


@fault
async def restored_read_side(chance: Chance) -> str:
    """The read side as it was some seconds ago."""
    name = read_side.DATABASE
    chance.rig.kill("indicators")
    await copied(chance.admin, name, f"{name}_backup")
    chance.rig.start("indicators")
    await chance.moment(3, 6)
    chance.rig.kill("indicators")
    await copied(chance.admin, f"{name}_backup", name, read_side.WRITER, read_side.READER)
    chance.rig.start("indicators")
    return "older by seconds"


@fault
async def lost_kafka(chance: Chance) -> str:
    """The broker's disk is gone: an empty one takes its place, with empty topics."""
    kafka = chance.rig.servers.kafka
    await asyncio.to_thread(killed, kafka)
    shutil.rmtree(kafka.folder / "data")
    kafka.launch()
    await asyncio.to_thread(kafka.wait)
    await topics.ensure(kafka.bootstrap, COLLECTIVE.topics)
    return "an empty broker"


@fault
async def lost_topic(chance: Chance) -> str:
    """One topic removed, and laid anew after a while."""
    topic = topic_of(chance.rig.source(chance.service()))
    bootstrap = chance.rig.servers.kafka.bootstrap
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        await admin.delete_topics([topic])
    finally:
        await admin.close()
    await chance.moment(1, 3)
    await topics.ensure(bootstrap, COLLECTIVE.topics)
    return topic


@fault
async def acknowledged_too_much(chance: Chance) -> str:
    """The relay's row says that more was published than there is."""
    part = chance.service()
    chance.rig.kill(part)
    await within(chance, database(part), "update relay_state set acked = acked + 1000")
    chance.rig.start(part)
    return part


@fault
async def outbox_removed(chance: Chance) -> str:
    """Somebody empties the outbox while events wait in it."""
    part, removed = chance.service(), 0
    connection = await inside(chance, database(part))
    try:
        for _ in range(400):
            removed += int((await connection.execute("delete from outbox")).rpartition(" ")[2])
            await asyncio.sleep(0.002)
    finally:
        await connection.close()
    return f"{removed} rows of {part}"


@fault
async def clock_set_back(chance: Chance) -> str:
    """What the reader said of itself lies an hour ahead, as after a clock that was set back; and it is dead."""
    chance.rig.kill("indicators")
    ahead = "update projection set beat = now() + interval '1 hour', told = now() + interval '1 hour'"
    await within(chance, read_side.DATABASE, ahead)
    await chance.moment(0, 2)
    chance.rig.start("indicators")
    return "an hour"


@fault
async def odd_record(chance: Chance) -> str:
    """A member's own store holds an event that no decision made: well signed, and set aside by everybody."""
    part = chance.service()
    kind = "projects.ProjectOpened.v1" if SERVICES[part][1] == "projects" else "ideation.IdeaProposed.v1"
    stream = f"{'project' if SERVICES[part][1] == 'projects' else 'idea'}/{uuid4()}"
    data = canonical.encode({**contracts.event_example(kind), "title": "x" * 60_000})
    connection = await inside(chance, database(part))
    try:
        found: dict[str, Any] = orjson.loads(await connection.fetchval("select attributes from event limit 1"))
        found |= {"id": uuid7(int(datetime.now(UTC).timestamp() * 1000), os.urandom(10)), "commandid": str(uuid4())}
        found |= {"causationid": found["commandid"], "correlationid": found["commandid"]}
        async with connection.transaction():
            await connection.execute("insert into stream values ($1, 1)", stream)
            sql = "insert into event (stream, version, type, attributes, data) values ($1, 1, $2, $3, $4)"
            await connection.execute(sql, stream, kind, canonical.encode(found), data)
            await connection.execute("insert into outbox (stream, version) values ($1, 1)", stream)
    finally:
        await connection.close()
    return f"{kind} of {part}"
