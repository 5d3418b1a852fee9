"""Two members with their real services behind one port: the first is the coordinator."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import orjson
from starlette.applications import Starlette
from starlette.routing import Mount

from deploy.provision import databases, topics
from services.ideation.service import DEFINITION as IDEATION
from services.projects.service import DEFINITION as PROJECTS
from shared.kernel.record import topic_of
from shared.runtime import keyfiles
from shared.runtime.serve import listen, serve
from shared.runtime.service import Service
from shared.runtime.settings import Settings

DEFINITIONS = {"ideation": IDEATION, "projects": PROJECTS}


@dataclass
class Members:
    """Where commands go, and what was written: `events` counts a service's events."""

    url: str
    coordinator: str
    other: str
    services: dict[tuple[str, str], Service]

    async def events(self, member: str, service: str) -> int:
        """How many events a service has recorded."""
        found: int = await self.services[member, service].pool.fetchval("select count(*) from event")
        return found

    async def last(self, member: str, service: str, stream: str) -> dict[str, Any]:
        """The payload of the last event of a stream."""
        sql = "select data from event where stream = $1 order by version desc limit 1"
        found: dict[str, Any] = orjson.loads(await self.services[member, service].pool.fetchval(sql, stream))
        return found


async def _service(servers: Any, keys: Path, member: str, coordinator: str, name: str) -> Service:
    database = databases.database_of(member, name)
    await databases.producer(servers.postgres.admin_dsn, member, name, "not-a-secret")
    signer = keyfiles.create(keys / f"{member}.{name}.key")
    (keys / f"{member}.{name}.pub").write_text(signer.public.hex())
    dsn = databases.dsn_of(servers.postgres.host, servers.postgres.port, database, database, "not-a-secret")
    given = {"dsn": dsn, "kafka": servers.kafka.bootstrap, "keys": keys, "parts": "api,seal"}
    settings = Settings(member=member, service=name, coordinator=coordinator, **given)
    return Service(DEFINITIONS[name], settings)


@contextlib.asynccontextmanager
async def members(servers: Any, keys: Path) -> AsyncIterator[Members]:
    """Starts ideation and projects of two members; their databases go with them."""
    names = [f"{name}-{uuid4().hex[:8]}" for name in ("hub", "spoke")]
    made = {
        (member, name): await _service(servers, keys, member, names[0], name)
        for member in names
        for name in DEFINITIONS
    }
    # A service records nothing before it was compared with its topic.
    await topics.ensure(servers.kafka.bootstrap, [topic_of(one.source) for one in made.values()])
    mounts = [Mount(one.settings.base, await one.start()) for one in made.values()]
    listening = listen("127.0.0.1", 0)
    tasks = [asyncio.create_task(one.run()) for one in made.values()]
    tasks.append(asyncio.create_task(serve(Starlette(routes=mounts), listening, grace=1)))
    url = f"http://127.0.0.1:{listening.getsockname()[1]}/members/{{member}}/{{service}}"
    try:
        yield Members(url, names[0], names[1], made)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.gather(*(one.stop() for one in made.values()))
        await _drop(servers.postgres.admin_dsn, [databases.database_of(*key) for key in made])


async def _drop(admin_dsn: str, names: list[str]) -> None:
    admin = await asyncpg.connect(admin_dsn)
    for name in names:
        await admin.execute(f"drop database {name} with (force)")
        await admin.execute(f"drop role {name}")
    await admin.close()
