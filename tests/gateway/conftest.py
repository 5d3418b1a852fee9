"""A read side on the real PostgreSQL, an issuer of tokens, and gateways that read and trust them."""

import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from shared.runtime import tokens
from tests.gateway.members import Members, members
from tests.gateway.read_side import ReadSide
from tests.gateway.seeing import Ask, Who, World
from tests.gateway.serving import Client, gateway, settings

Token = Callable[..., str]


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an issuer's keys."""
    folder = tmp_path_factory.mktemp("keys")
    tokens.create_issuer(folder)
    return folder


@pytest.fixture(scope="session")
def token(keys: Path) -> Token:
    """Makes tokens: of an adviser of the member `m1` unless told."""

    def make(*roles: str, member: str = "m1") -> str:
        return tokens.issue(keys / "issuer.key", "p-1", member, roles or ("AD",))

    return make


@pytest.fixture
def passing(keys: Path) -> str:
    """A token that is valid for two more seconds, the half minute included by which clocks may differ."""
    return tokens.issue(keys / "issuer.key", "p-1", "m1", ("AD",), hours=1, now=int(time.time()) - 3600 - 28)


@pytest.fixture(scope="session")
async def read_side(servers: Any) -> AsyncIterator[ReadSide]:
    """The read side's own schema in a database of its own."""
    made = await ReadSide.create(servers.postgres)
    yield made
    await made.drop()


@pytest.fixture(scope="session")
async def client(read_side: ReadSide, keys: Path) -> AsyncIterator[Client]:
    """A gateway on that read side; no service stands behind it."""
    async with gateway(settings(keys, reads_dsn=read_side.dsn, heartbeat_seconds=0.3)) as made:
        await read_side.heard_by(made.app)
        yield made


@pytest.fixture(scope="module")
async def world(servers: Any) -> AsyncIterator[World]:
    """Objects of every kind and confidentiality on a read side of the module's own: its lists hold nothing else."""
    made = World(await ReadSide.create(servers.postgres))
    await made.fill()
    yield made
    await made.read_side.drop()


@pytest.fixture(scope="module")
async def gate(world: World, keys: Path) -> AsyncIterator[Client]:
    """A gateway on the read side of `world`."""
    async with gateway(settings(keys, reads_dsn=world.read_side.dsn)) as made:
        await world.read_side.heard_by(made.app)
        yield made


@pytest.fixture
def ask(gate: Client, token: Token) -> Ask:
    """Asks that gateway as a kind of caller: the data of the answer."""

    async def asked(who: Who, text: str, variables: Any = None) -> Any:
        return await gate.data(text, variables, token(*who.roles, member=who.member) if who.member else None)

    return asked


@pytest.fixture(scope="session")
async def collective(servers: Any, keys: Path) -> AsyncIterator[Members]:
    """Two members with their services."""
    async with members(servers, keys) as made:
        yield made


@pytest.fixture(scope="session")
async def door(collective: Members, read_side: ReadSide, keys: Path) -> AsyncIterator[Client]:
    """A gateway before those services."""
    told = {"services_url": collective.url, "coordinator": collective.coordinator}
    async with gateway(settings(keys, reads_dsn=read_side.dsn, **told)) as made:
        yield made


@pytest.fixture
def coordinator(collective: Members, token: Token) -> str:
    """A token of the coordinator."""
    return token("CO", member=collective.coordinator)
