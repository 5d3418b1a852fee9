"""A member's two services that react, on servers, and the two producers they hear, whose records are made by hand."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import asyncpg
import httpx
import pytest
from aiokafka import AIOKafkaProducer
from starlette.applications import Starlette
from starlette.routing import Mount

from deploy.provision import databases, topics
from services.ideation.service import DEFINITION as IDEATION
from services.projects.service import DEFINITION as PROJECTS
from shared.kernel.record import source_of, topic_of
from shared.runtime import keyfiles, tokens
from shared.runtime.recover import Who
from shared.runtime.relay import producer as make_producer
from shared.runtime.serve import listen, serve
from shared.runtime.service import Service
from shared.runtime.settings import Settings
from tests.integration.indicators.conftest import Hand

WITHIN: Final = 60.0
_SERVICES: Final = {"ideation": IDEATION, "projects": PROJECTS}


@dataclass
class Listening:
    """`own` and `coordinator` write what is heard; `url` is where both services answer."""

    own: Hand
    coordinator: Hand
    keys: Path
    dsns: dict[str, str]
    kafka: AIOKafkaProducer
    bootstrap: str
    url: str = ""
    parts: str = "react,seal"
    territories: list[str] = field(default_factory=list)
    _services: list[Service] = field(default_factory=list)
    _task: "asyncio.Task[None] | None" = None

    @property
    def member(self) -> str:
        return self.own.member

    async def start(self) -> None:
        """Starts both services' reactions and doors."""
        for name, definition in _SERVICES.items():
            given: dict[str, Any] = {"member": self.member, "service": name, "coordinator": self.coordinator.member}
            given |= {"dsn": self.dsns[name], "kafka": self.bootstrap, "keys": self.keys, "parts": self.parts}
            self._services.append(Service(definition, Settings.model_validate(given)))
        doors = [Mount(one.settings.base, await one.start()) for one in self._services]
        # What stands under the name of its ideation is written by hand: the service itself has recorded nothing, and is
        # compared with an empty topic.
        self._services[0].guard._who = Who(source_of(f"{self.member}-own", "ideation"), bytes(32))
        listening = listen("127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{listening.getsockname()[1]}/members/{{member}}/{{service}}"
        self._task = asyncio.create_task(self._run(Starlette(routes=doors), listening))

    async def _run(self, doors: Starlette, listening: Any) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(serve(doors, listening, grace=1))
            for one in self._services:
                group.create_task(one.run())

    @property
    def alive(self) -> bool:
        assert self._task is not None
        return not self._task.done()

    async def ended(self) -> BaseException:
        """Why it ended by itself."""
        assert self._task is not None
        await asyncio.wait([self._task], timeout=WITHIN)
        assert self._task.done(), "it goes on"
        failed = self._task.exception()
        assert failed is not None
        return failed

    async def stop(self) -> None:
        """Ends both, whatever they were at."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await asyncio.gather(*(one.stop() for one in self._services))
        self._services.clear()

    async def restart(self) -> None:
        """As after the end of the process."""
        await self.stop()
        await self.start()

    async def ask(self, sql: str, *given: Any, service: str = "projects") -> list[Any]:
        """Rows of a service's database."""
        connection = await asyncpg.connect(self.dsns[service])
        try:
            return list(await connection.fetch(sql, *given))
        finally:
            await connection.close()

    async def until(self, seen: Callable[[], Awaitable[Any]]) -> Any:
        """Waits until `seen` gives something, while the services live."""
        async with asyncio.timeout(WITHIN):
            while not (found := await seen()):
                assert self.alive, await self.ended()
                await asyncio.sleep(0.05)
        return found

    async def waiting(self, service: str = "projects") -> list[tuple[str, str, int]]:
        """Code, topic and offset of what was set aside and waits."""
        sql = "select code, topic, at_offset from set_aside where settled is null order by id"
        return [tuple(row) for row in await self.ask(sql, service=service)]

    async def territory(self, name: str | None = None, **changed: Any) -> str:
        """The coordinator registers a territory."""
        name = name or f"t-{uuid4().hex[:8]}"
        data = {"territory_id": name, "name": "La Vallée", "kind": "cc", "epci_links": []}
        await self.coordinator.say("TerritoryRegistered", f"territory/{name}", data, **{**sealed(), **changed})
        return name

    async def admitted(self, accompaniment: str | None = None) -> str:
        """The coordinator registers a territory and admits it, operated by this member; waits until that is heard."""
        name, accompaniment = await self.territory(), accompaniment or str(uuid4())
        operators = [{"member_id": self.member, "role": "lead"}]
        data = {"accompaniment_id": accompaniment, "territory_id": name, "operators": operators}
        await self.coordinator.say("TerritoryAdmitted", f"accompaniment/{accompaniment}", data, **sealed())
        self.territories.append(name)
        seen = f"accompaniment/{accompaniment}"
        await self.until(lambda: self.ask("select 1 from replica where name = $1 and view is not null", seen))
        return accompaniment

    def choice(self, accompaniment: str, territory: str | None = None, **changed: Any) -> tuple[str, bytes]:
        """The member selects an idea: the project that must open, and the record, not sent yet."""
        project, idea = str(uuid4()), str(uuid4())
        data = {
            "idea_ids": [idea],
            "project_id": project,
            "project_title": "Le four",
            "decision_body": "Comité",
            "nature": "creation",
            "accompaniment_id": accompaniment,
            "territory_ids": [territory or self.territories[0]],
            "confidentiality": "partners",
            "language": "fr",
            **changed.pop("data", {}),
        }
        return project, self.own.made("IdeaSelected", f"idea/{idea}", data, **{**sealed(), **changed})

    async def opens(self, accompaniment: str) -> None:
        """A choice made now is heard: its project opens."""
        project, raw = self.choice(accompaniment)
        await self.own.send(raw)
        await self.until(lambda: self.opened(project))

    async def opened(self, project: str) -> list[Any]:
        sql = "select 1 from event where stream = $1 and type = 'projects.ProjectOpened.v1'"
        return await self.ask(sql, f"project/{project}")

    def bearer(self, member: str, *roles: str) -> dict[str, str]:
        """The header of a token."""
        token = tokens.issue(self.keys / "issuer.key", "somebody", member, roles, hours=1)
        return {"authorization": f"Bearer {token}"}

    async def post(self, path: str, body: Any, headers: dict[str, str] | None = None) -> httpx.Response:
        """Asks the projects service as the member's administrator, unless another token is shown."""
        url = self.url.format(member=self.member, service="projects") + path
        async with httpx.AsyncClient(trust_env=False, timeout=60) as client:
            return await client.post(url, json=body, headers=headers or self.bearer(self.member, "ME"))


def sealed() -> dict[str, Any]:
    """Attributes that a command's records have."""
    return {name: str(uuid4()) for name in ("commandid", "correlationid", "causationid")}


@pytest.fixture(scope="session")
async def laid(servers: Any, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Listening]:
    """One for all tests of this folder: what one leaves behind, the next goes on with."""
    keys = tmp_path_factory.mktemp("keys")
    member, coordinator = f"hearing-{os.getpid()}", f"speaking-{os.getpid()}"
    admin = servers.postgres
    dsns = {}
    for name in _SERVICES:
        await databases.producer(admin.admin_dsn, member, name, "not-a-secret")
        role = databases.database_of(member, name)
        dsns[name] = databases.dsn_of(admin.host, admin.port, role, role, "not-a-secret")
        keyfiles.create(keys / f"{member}.{name}.key")
    tokens.create_issuer(keys)
    kafka = make_producer(servers.kafka.bootstrap, "hands")
    await kafka.start()
    own, speaking = Hand(member, "ideation", kafka), Hand(coordinator, "ideation", kafka)
    for hand in (own, speaking):
        (keys / f"{hand.member}.ideation.pub").write_text(hand.signer.public.hex() + "\n")
    services = [topic_of(source_of(f"{member}-own", "ideation")), topic_of(source_of(member, "projects"))]
    await topics.ensure(servers.kafka.bootstrap, [own.topic, speaking.topic, *services])
    made = Listening(own, speaking, keys, dsns, kafka, servers.kafka.bootstrap)
    try:
        yield made
    finally:
        await made.stop()
        await kafka.stop()


@pytest.fixture
async def listening(laid: Listening) -> Listening:
    """Both services live, and have nothing set aside."""
    for name in _SERVICES:
        await laid.ask("update set_aside set settled = now(), skipped = true where settled is null", service=name)
    if laid._task is None or laid._task.done() or laid.parts != Listening.parts:
        laid.parts = Listening.parts
        await laid.restart()
    return laid


@pytest.fixture
async def accompaniment(listening: Listening) -> str:
    """One that the member operates."""
    return await listening.admitted()
