"""The two real servers, once per test session: local ones, or containers with INFRA=containers."""

import itertools
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

_NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """`.postgres` (admin_dsn, host, port, kill, restart) and `.kafka` (bootstrap, kill, restart)."""
    if os.environ.get("INFRA") == "containers":
        from tests.containers import ContainerServers

        made: Any = ContainerServers()
    else:
        from deploy.local.checks import free_port
        from deploy.local.servers import LocalServers

        folder = tmp_path_factory.mktemp("servers")
        made = LocalServers(folder, {name: free_port() for name in ("postgres", "kafka", "controller")})
    try:
        made.start()
    except Exception as error:
        made.stop()
        # Said once: every test that needs them would fail with the same words.
        pytest.exit(f"The servers that the tests run on cannot be started: {error}", returncode=1)
    try:
        yield made
    finally:
        made.stop()


@pytest.fixture
async def fresh_database(servers: Any) -> AsyncIterator[Callable[[], Awaitable[str]]]:
    """Makes empty databases and gives the administrator's address in each; they are dropped afterwards."""
    names: list[str] = []

    async def make() -> str:
        name = f"test_{uuid4().hex[:12]}"
        admin = await asyncpg.connect(servers.postgres.admin_dsn)
        try:
            await admin.execute(f"create database {name} strategy wal_log template template0")
        finally:
            await admin.close()
        names.append(name)
        return str(servers.postgres.admin_dsn).rpartition("/")[0] + "/" + name

    yield make
    admin = await asyncpg.connect(servers.postgres.admin_dsn)
    try:
        for name in names:
            await admin.execute(f"drop database {name} with (force)")
    finally:
        await admin.close()


@pytest.fixture
def member() -> str:
    """A member's id that no other test uses: topics, databases and keys follow from it."""
    return f"member-{os.getpid()}-{next(_NUMBERS)}-{uuid4().hex[:4]}"
