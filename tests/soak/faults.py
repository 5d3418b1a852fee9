"""What the soak does to the collective: each fault by its name, and how it is mended where nothing mends by itself."""

import asyncio
import os
import random
import shutil
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

import asyncpg
import httpx
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient

from deploy.provision import databases, topics
from deploy.provision import figures as read_side
from shared.kernel.record import topic_of
from tests.faults.rig import COLLECTIVE
from tests.soak.rig import SERVICES, Apart

_SILENT: Final = 400
_DEAR: Final = 24


@dataclass
class Chance:
    """What a fault may draw from: the soak's own random numbers, so that a seed tells the whole story."""

    rig: Apart
    random: random.Random

    def part(self, *names: str) -> str:
        """One of these parts, or of all."""
        return self.random.choice(names or tuple(self.rig.parts))

    def service(self) -> str:
        """A member's service."""
        return self.part(*SERVICES)

    async def moment(self, least: float, most: float) -> None:
        """Lets the load go on for a while."""
        await asyncio.sleep(self.random.uniform(least, most))


Fault = Callable[[Chance], Awaitable[str]]
FAULTS: Final[dict[str, Fault]] = {}


def fault(made: Fault) -> Fault:
    """Registers a fault under its function's name."""
    FAULTS[made.__name__] = made
    return made


@fault
async def killed_part(chance: Chance) -> str:
    part = chance.part()
    chance.rig.kill(part)
    await chance.moment(0, 1)
    chance.rig.start(part)
    return part


@fault
async def killed_postgresql(chance: Chance) -> str:
    await asyncio.to_thread(_kill, chance.rig.servers.postgres)
    chance.rig.servers.postgres.start()
    return "started again on its data"


@fault
async def killed_kafka(chance: Chance) -> str:
    await asyncio.to_thread(_kill, chance.rig.servers.kafka)
    await chance.moment(0, 2)
    chance.rig.servers.kafka.launch()
    await asyncio.to_thread(chance.rig.servers.kafka.wait)
    return "started again on its data"


def _kill(server: Any) -> None:
    server.kill()


@fault
async def stalled_service(chance: Chance) -> str:
    part = chance.service()
    process = chance.rig.running[part]
    os.kill(process.pid, signal.SIGSTOP)
    try:
        await chance.moment(3, 8)
    finally:
        os.kill(process.pid, signal.SIGCONT)
    return part


@fault
async def gateway_restarted(chance: Chance) -> str:
    process = chance.rig.running.pop("gateway")
    process.terminate()
    code = await asyncio.to_thread(process.wait, 20)
    assert code == 0, f"the gateway ended with {code}: {chance.rig.last_words('gateway')}"
    chance.rig.start("gateway")
    return "orderly"


@fault
async def strangers(chance: Chance) -> str:
    """Connections that say nothing, and some whose headers never end."""
    host, port = "127.0.0.1", int(chance.rig.gateway.rpartition(":")[2])
    held: list[socket.socket] = []
    try:
        for number in range(_SILENT):
            try:
                one = socket.create_connection((host, port), 2)
                held.append(one)
                if number % 10 == 0:
                    one.sendall(b"POST /graphql HTTP/1.1\r\nhost: x\r\nx-long: " + b"a" * 4000)
            except OSError:
                break
            if number % 50 == 0:
                await asyncio.sleep(0)
        await chance.moment(2, 5)
    finally:
        for one in held:
            one.close()
    return f"{len(held)} connections"


@fault
async def dear_questions(chance: Chance) -> str:
    """Anonymous questions that ask for as much as they may, all at once."""
    dear = " ".join(
        f'a{year}: figures(asOf: {{date: "{year}-12-31"}}) {{ items {{ id value }} }}' for year in range(2015, 2018)
    )
    async with httpx.AsyncClient(timeout=30, trust_env=False) as client:
        asked = (client.post(f"{chance.rig.gateway}/graphql", json={"query": f"{{ {dear} }}"}) for _ in range(_DEAR))
        found = await asyncio.gather(*asked, return_exceptions=True)
    codes = [one.status_code for one in found if isinstance(one, httpx.Response)]
    return f"answered {sorted(set(codes))}"


@fault
async def no_connections(chance: Chance) -> str:
    part = chance.service()
    name = databases.database_of(*SERVICES[part])
    async with _altered(chance, name, "connection limit 0", "connection limit 20"):
        await chance.moment(2, 5)
    return part


@fault
async def read_only_database(chance: Chance) -> str:
    part = chance.service()
    name = databases.database_of(*SERVICES[part])
    on, off = "set default_transaction_read_only = on", "reset default_transaction_read_only"
    async with _altered(chance, name, on, off):
        await chance.moment(2, 5)
    return part


@asynccontextmanager
async def _altered(chance: Chance, role: str, to: str, back: str) -> AsyncIterator[None]:
    """A role's setting for a while; its connections are ended, before and after, so that it holds."""
    end = f"select pg_terminate_backend(pid) from pg_stat_activity where usename = '{role}'"
    await _as_admin(chance, f"alter role {role} {to}", end)
    try:
        yield
    finally:
        await _as_admin(chance, f"alter role {role} {back}", end)


@fault
async def transaction_left_open(chance: Chance) -> str:
    """A transaction on a producer's topic that is aborted after a while; its record is nobody's."""
    part = chance.service()
    topic = topic_of(chance.rig.source(part))
    made = AIOKafkaProducer(
        bootstrap_servers=chance.rig.servers.kafka.bootstrap, transactional_id=f"stranger-{topic}", acks="all"
    )
    await made.start()
    try:
        await made.begin_transaction()
        await made.send_and_wait(topic, b"{}", key=b"nobody", partition=0)
        await chance.moment(2, 5)
        await made.abort_transaction()
    finally:
        await made.stop()
    return topic


@fault
async def restored_database(chance: Chance) -> str:
    """A member's database as it was some seconds ago; what it acknowledged meanwhile is in its topic."""
    part = chance.service()
    name = databases.database_of(*SERVICES[part])
    chance.rig.kill(part)
    await _copied(chance, name, f"{name}_backup")
    chance.rig.start(part)
    await chance.moment(4, 6)
    async with _published(chance, part):
        chance.rig.kill(part)
        await _copied(chance, f"{name}_backup", name, name)
    chance.rig.start(part)
    return part


@asynccontextmanager
async def _published(chance: Chance, part: str) -> AsyncIterator[None]:
    """Nobody gives commands, and what a part has acknowledged is in its topic: what is not is lost with its disk."""
    gateway = chance.rig.running["gateway"]
    os.kill(gateway.pid, signal.SIGSTOP)
    connection = await _inside(chance, part)
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
    await _copied(chance, name, f"{name}_backup")
    chance.rig.start("indicators")
    await chance.moment(3, 6)
    chance.rig.kill("indicators")
    await _copied(chance, f"{name}_backup", name, f"{read_side.WRITER}, {read_side.READER}")
    chance.rig.start("indicators")
    return "older by seconds"


async def _copied(chance: Chance, name: str, to: str, roles: str = "postgres") -> None:
    """The database `to` made anew as a copy of `name` for these roles, whoever was connected to either."""
    await _as_admin(
        chance,
        f"drop database if exists {to} with (force)",
        f"alter database {name} with allow_connections false",
        f"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'",
        f"create database {to} strategy file_copy template {name} allow_connections false",
        f"revoke all on database {to} from public",
        f"grant connect on database {to} to {roles}",
        f"alter database {name} with allow_connections true",
        f"alter database {to} with allow_connections true",
    )


@fault
async def lost_kafka(chance: Chance) -> str:
    """The broker's disk is gone: an empty one takes its place, with empty topics."""
    kafka = chance.rig.servers.kafka
    await asyncio.to_thread(_kill, kafka)
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
    await _in(chance, part, "update relay_state set acked = acked + 1000")
    chance.rig.start(part)
    return part


@fault
async def outbox_removed(chance: Chance) -> str:
    """Somebody empties the outbox while events wait in it."""
    part, removed = chance.service(), 0
    connection = await _inside(chance, part)
    try:
        for _ in range(400):
            removed += int((await connection.execute("delete from outbox")).rpartition(" ")[2])
            await asyncio.sleep(0.002)
    finally:
        await connection.close()
    return f"{removed} rows of {part}"


async def _as_admin(chance: Chance, *statements: str) -> None:
    connection = await asyncpg.connect(chance.rig.servers.postgres.admin_dsn)
    try:
        for one in statements:
            await connection.execute(one)
    finally:
        await connection.close()


async def _inside(chance: Chance, part: str) -> asyncpg.Connection:
    name = databases.database_of(*SERVICES[part])
    return await asyncpg.connect(chance.rig.servers.postgres.admin_dsn, database=name)


async def _in(chance: Chance, part: str, statement: str) -> None:
    connection = await _inside(chance, part)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
