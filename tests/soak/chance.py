"""What a fault draws from and works with, and the register of all faults by name."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

import asyncpg

from deploy.provision import databases
from tests.soak.rig import SERVICES, Apart


@dataclass
class Chance:
    """What a fault may draw from: the soak's own random numbers, so that a seed tells the whole story."""

    rig: Apart
    random: random.Random

    @property
    def admin(self) -> str:
        """The address of PostgreSQL's administrator."""
        return self.rig.servers.postgres.admin_dsn

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


def database(part: str) -> str:
    """A service's database."""
    return databases.database_of(*SERVICES[part])


async def inside(chance: Chance, name: str) -> asyncpg.Connection:
    """The administrator's connection to a database; the caller closes it."""
    return await asyncpg.connect(chance.admin, database=name)


async def within(chance: Chance, name: str, statement: str) -> None:
    """One statement of the administrator in a database."""
    connection = await inside(chance, name)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
