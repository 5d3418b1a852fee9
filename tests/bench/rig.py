"""Servers of the bench's own, and runs side by side."""

import gc
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import asyncpg

from deploy.local.checks import free_port
from deploy.local.servers import LocalServers
from deploy.provision import databases
from shared.adapters.postgres import pool
from tests.bench.stock import Stock

PASSWORD = "not-a-secret"
Run = Callable[[], Awaitable[float]]


@dataclass
class Rig:
    """`folder` is removed at the end; `stock` is made on first use."""

    folder: Path
    servers: LocalServers

    @property
    def kafka(self) -> str:
        """Where the broker is."""
        return self.servers.kafka.bootstrap

    @cached_property
    def stock(self) -> Stock:
        """The published records every reading bench reads."""
        return Stock(self.kafka)

    async def producer(self, member: str, service: str) -> asyncpg.Pool:
        """A producer's database with its role, and a pool as a service has it."""
        await databases.producer(self.servers.postgres.admin_dsn, member, service, PASSWORD)
        return await pool.connect(self.address(member, service), min_size=1, max_size=8, command_timeout=60)

    def address(self, member: str, service: str) -> str:
        """Where a producer's database is, as its role."""
        name = databases.database_of(member, service)
        return databases.dsn_of(self.servers.postgres.host, self.servers.postgres.port, name, name, PASSWORD)


@contextmanager
def rig() -> Iterator[Rig]:
    """The two servers as `make run` starts them, in a folder of their own."""
    with tempfile.TemporaryDirectory(prefix="generateur-bench-") as folder:
        servers = LocalServers(Path(folder), {name: free_port() for name in ("postgres", "kafka", "controller")})
        servers.start()
        try:
            yield Rig(Path(folder), servers)
        finally:
            servers.stop()


async def interleaved(rounds: int, *runs: Run) -> list[list[float]]:
    """What each run gave, in turns: A B A B …; the collector begins each with nothing to do."""
    found: list[list[float]] = [[] for _ in runs]
    for _ in range(rounds):
        for run, kept in zip(runs, found, strict=True):
            gc.collect()
            kept.append(await run())
    return found


@contextmanager
def rate(count: int, into: list[float]) -> Iterator[None]:
    """Adds `count` per second of the block to `into`."""
    began = time.perf_counter()
    yield
    into.append(count / (time.perf_counter() - began))
