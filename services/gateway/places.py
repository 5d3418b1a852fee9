"""Places for what is under way, apart for each name: one that hangs fills its own places and no other's."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass


class Full(Exception):
    """No place came free in time, or too many wait for one; nothing was begun."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """At most `under_way` at once for one name, and `waiting` more in line, each for at most `seconds`."""

    under_way: int
    waiting: int
    seconds: float


@dataclass(slots=True)
class _Room:
    free: asyncio.Semaphore
    inside: int = 0


class Places:
    """Rooms by name, made when somebody enters and forgotten when the last one leaves."""

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._rooms: dict[str, _Room] = {}

    def inside(self, name: str) -> int:
        """How many are under way or in line for this name."""
        room = self._rooms.get(name)
        return 0 if room is None else room.inside

    @asynccontextmanager
    async def take(self, name: str) -> AsyncIterator[None]:
        """One place, waited for; raises Full."""
        bounds = self._bounds
        room = self._rooms.setdefault(name, _Room(asyncio.Semaphore(bounds.under_way)))
        if room.inside >= bounds.under_way + bounds.waiting:
            raise Full
        room.inside += 1
        try:
            await self._enter(room)
            try:
                yield
            finally:
                room.free.release()
        finally:
            room.inside -= 1
            if not room.inside:
                del self._rooms[name]

    async def _enter(self, room: _Room) -> None:
        try:
            async with asyncio.timeout(self._bounds.seconds):
                await room.free.acquire()
        except TimeoutError:
            raise Full from None
