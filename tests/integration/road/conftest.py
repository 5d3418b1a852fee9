"""Producers of one's own for each test: database, role, key; of a tiny service that counts, and of the real ones."""

import asyncio
import itertools
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Final
from uuid import uuid4

import asyncpg
import orjson
import pytest
from pydantic import Field

from deploy.provision import databases, topics
from services.ideation.service import DEFINITION as IDEATION
from services.projects.service import DEFINITION as PROJECTS
from shared import contracts
from shared.adapters.postgres import pool
from shared.adapters.postgres.store import PostgresStore
from shared.amending.streams import Door
from shared.kernel.decider import Context, Draft, Events, Known, Spec
from shared.kernel.deciding import draft, only
from shared.kernel.fields import Part, Payload
from shared.kernel.keys import Signer
from shared.kernel.record import source_of, topic_of
from shared.kernel.refusals import Refused
from shared.runtime import keyfiles
from shared.runtime.handle import Handler, Outcome, Request
from shared.runtime.seal import Sealer
from shared.runtime.service import Definition
from shared.runtime.tokens import create_issuer

_NUMBERS = itertools.count(1)


class Added(Payload):
    """Something was added to a named count, which stood at `before`."""

    TYPE: ClassVar = "counting.Added.v1"
    STREAM: ClassVar = "count/{name}"
    ENTITIES: ClassVar = ("count/{owner}/{name}",)
    name: str
    amount: int
    before: int


class Add(Part):
    """Adds to a named count; a count never passes 1000."""

    name: str = Field(min_length=1, max_length=50)
    amount: int = Field(ge=1, le=1000)


class Reach(Part):
    """Brings a named count up to a number; one that is there already stays."""

    name: str = Field(min_length=1, max_length=50)
    least: int = Field(ge=1, le=1000)


def _fold(past: Events) -> int:
    return sum(event.fact.amount for event in only(past, (Added,)))


def _add(command: Add, total: int, context: Context, known: Known) -> list[Draft]:
    if total + command.amount > 1000:
        raise Refused("count.full", "The count is full.", "Le compte est plein.")
    return [draft(Added(name=command.name, amount=command.amount, before=total))]


def _reach(command: Reach, total: int, context: Context, known: Known) -> list[Draft]:
    missing = command.least - total
    return [draft(Added(name=command.name, amount=missing, before=total))] if missing > 0 else []


def _spec(model: type[Any], decide: Callable[..., list[Draft]]) -> Spec[Any, int]:
    return Spec(
        name=model.__name__,
        model=model,
        stream=lambda command: f"count/{command.name}",
        roles=frozenset({"AD"}),
        emits=(Added.TYPE,),
        fold=_fold,
        decide=decide,
        title_en=model.__name__,
        title_fr=f"{model.__name__} (fr)",
    )


ADD, REACH = _spec(Add, _add), _spec(Reach, _reach)
COUNTING: Final = Definition("counting", Door("counting", {Added.TYPE: Added}), {"Add": ADD, "Reach": REACH}, ())


@dataclass(frozen=True)
class Producer:
    """What a test needs of one producer."""

    definition: Definition
    member: str
    coordinator: str
    dsn: str
    kafka: str
    keys: Path
    signer: Signer
    pool: asyncpg.Pool

    @property
    def source(self) -> str:
        return source_of(self.member, self.definition.name)

    @property
    def topic(self) -> str:
        return topic_of(self.source)

    @property
    def store(self) -> PostgresStore:
        return PostgresStore(self.pool)

    @property
    def handler(self) -> Handler:
        return Handler(self.store, self.definition.door, self.member, self.coordinator)

    async def give(self, name: str, role: str = "CO", by: Handler | None = None, /, **fields: Any) -> Outcome:
        """A command, decided and appended. Raises Refused."""
        spec = self.definition.specs[name]
        given = spec.model.model_validate_json(orjson.dumps(fields), strict=True, context={"member": self.member})
        return await (by or self.handler).handle(spec, asked(input=given, role=role))

    async def hear(self, name: str, /, **view: Any) -> None:
        """What was heard of another's object."""
        raw = orjson.dumps(view)
        await self.store.put_replica(name, await self.store.replica_body(name), raw, raw)

    async def seal(self) -> None:
        """Gives everything appended its sequence."""
        sealer = Sealer(self.pool, self.source, self.signer)
        await sealer.claim()
        while await sealer.seal():
            pass
        sealer.close()

    def target(self, sequence: int) -> dict[str, Any]:
        """How an amendment names a record."""
        return {"source": self.source, "sequence": sequence}

    async def count(self, table: str) -> int:
        """How many rows a table has."""
        return int(await self.pool.fetchval(f"select count(*) from {table}"))


def asked(amount: int = 1, name: str = "a", **changed: Any) -> Request:
    """A request to add, or whatever `input` says."""
    values = {
        "command_id": uuid4(),
        "actor": "someone",
        "role": "AD",
        "origin": "live",
        "occurred_on": None,
        "precision": "day",
        **changed,
    }
    return Request(**{"input": Add(name=name, amount=amount), **values})


Make = Callable[..., Awaitable[Producer]]


@pytest.fixture(autouse=True)
def counting_contract(monkeypatch: pytest.MonkeyPatch) -> None:
    """The contract of what the tiny service records."""
    about = {"service": "counting", "authority": "owner", "amendable": True, "entities": list(Added.ENTITIES)}
    monkeypatch.setitem(contracts.events(), Added.TYPE, about)


@pytest.fixture
async def make(servers: Any, tmp_path: Path) -> AsyncIterator[Make]:
    """Makes producers: of a service, for a member that is its own coordinator unless another is named."""
    made: list[Producer] = []

    async def one(
        definition: Definition, coordinator: str | None = None, writers: int = 20, member: str | None = None
    ) -> Producer:
        member = member or f"member-{os.getpid()}-{next(_NUMBERS)}"
        name = databases.database_of(member, definition.name)
        await databases.producer(servers.postgres.admin_dsn, member, definition.name, "not-a-secret")
        dsn = databases.dsn_of(servers.postgres.host, servers.postgres.port, name, name, "not-a-secret")
        keys = tmp_path / "keys"
        keys.mkdir(mode=0o700, exist_ok=True)
        signer = keyfiles.create(keys / f"{member}.{definition.name}.key")
        create_issuer(keys)
        connected = await pool.connect(dsn, min_size=1, max_size=writers)
        kafka = servers.kafka.bootstrap
        made.append(Producer(definition, member, coordinator or member, dsn, kafka, keys, signer, connected))
        return made[-1]

    try:
        yield one
    finally:
        await asyncio.gather(*(producer.pool.close() for producer in made))


@pytest.fixture
async def producer(make: Make) -> Producer:
    """A member's service that counts, with its topic."""
    found = await make(COUNTING)
    await topics.ensure(found.kafka, [found.topic])
    return found


@pytest.fixture
async def ideation(make: Make) -> Producer:
    """The coordinator's ideation service."""
    return await make(IDEATION)


@pytest.fixture
async def projects(make: Make) -> Producer:
    """A member's projects service, which has heard of nothing."""
    return await make(PROJECTS, "coordination")
