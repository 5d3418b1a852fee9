"""One operation's surroundings: who asks, and the snapshot, as that caller may see it, that all its reads share."""

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from services.gateway import positions
from services.gateway.callers import Caller
from services.gateway.commands import Commands
from services.gateway.faults import Fault
from services.gateway.feed import Feed
from services.gateway.reads import Reads, Snapshot
from services.gateway.shares import Held
from services.gateway.slices import Slices

PARIS: Final = ZoneInfo("Europe/Paris")
MAX_WAIT: Final = 5.0


def today() -> date:
    """The day it is where the programme works."""
    return datetime.now(PARIS).date()


@dataclass(frozen=True, slots=True)
class Parts:
    """What operations use, made once per process."""

    reads: Reads
    feed: Feed
    commands: Commands
    held: Held
    wait_seconds: float = 2.0
    pause: float = 0.25
    slices: Slices = field(default_factory=Slices)


@dataclass(slots=True)
class Call:
    """The context of one operation; an async context manager that gives its snapshot back."""

    parts: Parts
    caller: Caller
    day: date
    batches: set[int] = field(default_factory=set)
    position: str = ""
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _snapshot: Snapshot | None = None

    async def __aenter__(self) -> "Call":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def snapshot(self, wanted: Mapping[str, int] | None = None, seconds: float | None = None) -> Snapshot:
        """The operation's snapshot, opened once; a later one if the first has not folded `wanted`.

        Raises Fault `position.not_yet` when `wanted` is not folded within `seconds`, `service.unavailable`
        when the read side is not reached.
        """
        if wanted:
            limit = self.parts.wait_seconds if seconds is None else seconds
            if not await self.parts.feed.reach(wanted, min(limit, MAX_WAIT)):
                raise Fault("position.not_yet")
        async with self._turn:
            held = self._snapshot
            if held is None or not positions.reached(held.state.positions, wanted or {}):
                held = self._snapshot = await self._open()
            return held

    async def _open(self) -> Snapshot:
        # An older one stays open to the end: another root may still be reading from it.
        opened = await self._stack.enter_async_context(self.parts.reads.snapshot(self.caller.viewer))
        self.batches.add(opened.state.batch)
        return opened
