"""A producer of one's own for each test: database, role, topic, key; and a tiny service that counts."""

import asyncio
import itertools
import os
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
from pydantic import Field

from deploy.provision import databases, topics
from shared.adapters.postgres.store import PostgresStore
from shared.kernel.decider import Command, Context, Draft, Known, Past, Spec
from shared.kernel.keys import Signer
from shared.kernel.record import source_of, topic_of
from shared.kernel.refusals import Refused
from shared.runtime import keyfiles
from shared.runtime.handle import Handler, Request
from shared.runtime.tokens import create_issuer

_NUMBERS = itertools.count(1)


class Add(Command):
    """Adds to a named count; a count never passes 1000."""

    name: str = Field(min_length=1, max_length=50)
    amount: int = Field(ge=1, le=1000)


def _fold(past: Sequence[Past]) -> int:
    return sum(p.data["amount"] for p in past)


def _add(command: Add, total: int, context: Context, known: Known) -> list[Draft]:
    if total + command.amount > 1000:
        raise Refused("count.full", "The count is full.", "Le compte est plein.")
    return [Draft("counting.Added.v1", {"name": command.name, "amount": command.amount, "before": total})]


class Reach(Command):
    """Brings a named count up to a number; one that is there already stays."""

    name: str = Field(min_length=1, max_length=50)
    least: int = Field(ge=1, le=1000)


def _reach(command: Reach, total: int, context: Context, known: Known) -> list[Draft]:
    missing = command.least - total
    data = {"name": command.name, "amount": missing, "before": total}
    return [Draft("counting.Added.v1", data)] if missing > 0 else []


REACH: Spec[Reach, int] = Spec(
    name="Reach",
    model=Reach,
    stream=lambda c: f"count/{c.name}",
    roles=frozenset({"AD"}),
    emits=("counting.Added.v1",),
    fold=_fold,
    decide=_reach,
    title_en="Reach",
    title_fr="Atteindre",
)
ADD: Spec[Add, int] = Spec(
    name="Add",
    model=Add,
    stream=lambda c: f"count/{c.name}",
    roles=frozenset({"AD"}),
    emits=("counting.Added.v1",),
    fold=_fold,
    decide=_add,
    title_en="Add",
    title_fr="Ajouter",
)


@dataclass(frozen=True)
class Producer:
    """What a test needs of one producer."""

    member: str
    service: str
    dsn: str
    kafka: str
    keys: Path
    signer: Signer
    pool: asyncpg.Pool

    @property
    def source(self) -> str:
        return source_of(self.member, self.service)

    @property
    def topic(self) -> str:
        return topic_of(self.source)

    @property
    def store(self) -> PostgresStore:
        return PostgresStore(self.pool)

    @property
    def handler(self) -> Handler:
        return Handler(self.store, self.member, self.member)


def asked(amount: int = 1, name: str = "a", **changed) -> Request:
    """A request to add."""
    values = {
        "command_id": uuid4(),
        "input": Add(name=name, amount=amount),
        "actor": "someone",
        "role": "AD",
        "origin": "live",
        "occurred_on": None,
        "precision": "day",
        **changed,
    }
    return Request(**values)


@pytest.fixture
async def producer(servers, tmp_path) -> AsyncIterator[Producer]:
    member, service = f"member-{os.getpid()}-{next(_NUMBERS)}", "counting"
    name = databases.database_of(member, service)
    dsn = databases.dsn_of(servers.postgres.host, servers.postgres.port, name, name, "not-a-secret")
    await asyncio.gather(
        databases.producer(servers.postgres.admin_dsn, member, service, "not-a-secret"),
        topics.ensure(servers.kafka.bootstrap, [topic_of(source_of(member, service))]),
    )
    keys = tmp_path / "keys"
    keys.mkdir(mode=0o700)
    signer = keyfiles.create(keys / f"{member}.{service}.key")
    create_issuer(keys)
    pool = await asyncpg.create_pool(dsn, min_size=1, max_size=20)
    try:
        yield Producer(member, service, dsn, servers.kafka.bootstrap, keys, signer, pool)
    finally:
        await pool.close()
