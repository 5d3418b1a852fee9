"""Faults that pass: parts killed, stalled or refused what they need, and strangers at the gateway."""

import asyncio
import os
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import httpx
from aiokafka import AIOKafkaProducer

from shared.kernel.record import topic_of
from tests.databases import administer
from tests.soak.chance import Chance, database, fault

_SILENT: Final = 400
_DEAR: Final = 24


@fault
async def killed_part(chance: Chance) -> str:
    part = chance.part()
    chance.rig.kill(part)
    await chance.moment(0, 1)
    chance.rig.start(part)
    return part


@fault
async def killed_postgresql(chance: Chance) -> str:
    await asyncio.to_thread(killed, chance.rig.servers.postgres)
    chance.rig.servers.postgres.start()
    return "started again on its data"


@fault
async def killed_kafka(chance: Chance) -> str:
    await asyncio.to_thread(killed, chance.rig.servers.kafka)
    await chance.moment(0, 2)
    chance.rig.servers.kafka.launch()
    await asyncio.to_thread(chance.rig.servers.kafka.wait)
    return "started again on its data"


def killed(server: Any) -> None:
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
    name = database(part)
    async with _altered(chance, name, "connection limit 0", "connection limit 20"):
        await chance.moment(2, 5)
    return part


@fault
async def read_only_database(chance: Chance) -> str:
    part = chance.service()
    name = database(part)
    on, off = "set default_transaction_read_only = on", "reset default_transaction_read_only"
    async with _altered(chance, name, on, off):
        await chance.moment(2, 5)
    return part


@asynccontextmanager
async def _altered(chance: Chance, role: str, to: str, back: str) -> AsyncIterator[None]:
    """A role's setting for a while; its connections are ended, before and after, so that it holds."""
    end = f"select pg_terminate_backend(pid) from pg_stat_activity where usename = '{role}'"
    await administer(chance.admin, f"alter role {role} {to}", end)
    try:
        yield
    finally:
        await administer(chance.admin, f"alter role {role} {back}", end)


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
async def slow_broker(chance: Chance) -> str:
    """The broker takes connections and answers nothing for a while."""
    broker = chance.rig.servers.kafka.pid
    os.kill(broker, signal.SIGSTOP)
    try:
        await chance.moment(2, 6)
    finally:
        os.kill(broker, signal.SIGCONT)
    return "stood still"
