"""A read side on the real PostgreSQL, an issuer of tokens, and gateways that read and trust them."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from shared.runtime import tokens
from tests.gateway.read_side import ReadSide
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


@pytest.fixture(scope="session")
async def read_side(servers: Any) -> AsyncIterator[ReadSide]:
    """The read side's own schema in a database of its own, filled by SQL."""
    made = await ReadSide.create(servers.postgres.admin_dsn)
    yield made
    await made.drop()


@pytest.fixture(scope="session")
async def client(read_side: ReadSide, keys: Path) -> AsyncIterator[Client]:
    """A gateway on that read side; no service stands behind it."""
    async with gateway(settings(keys, reads_dsn=read_side.dsn, heartbeat_seconds=0.3)) as made:
        await read_side.heard_by(made.app)
        yield made
