"""The change feed: one connection that hears each committed batch and knows the state it left."""

import asyncio
import logging
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import asyncpg

from services.gateway import positions
from services.gateway.reads import State, prepare, read_state
from shared.adapters.postgres.away import AWAY

_LOG = logging.getLogger("gateway.feed")
_CHANNEL: Final = "figures"
_LOOK_SECONDS: Final = 5.0
# What GraphQL's Int holds: a batch restored from a backup is older than that.
_LONGEST: Final = 2**31 - 1
_PAUSES: Final = (0.1, 0.2, 0.5, 1.0, 2.0)


class Feed:
    """Listens for batches of the read side. `state` is None while the connection is down: nothing is cached then."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._task: asyncio.Task[None] | None = None
        self._changed = asyncio.Event()
        self._told = asyncio.Event()
        self.state: State | None = None
        self.changes = 0
        self._lag = (0, 0)
        self._failed = 0

    async def start(self) -> None:
        """Begins to listen; a read side that is down is waited for in the background."""
        self._task = asyncio.create_task(self._run(), name="gateway.feed")

    async def stop(self) -> None:
        """Ends the connection."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def change(self) -> None:
        """Returns at the next change of `state`."""
        await self._changed.wait()

    async def reach(self, wanted: Mapping[str, int], seconds: float) -> bool:
        """Waits until every sequence in `wanted` was folded; False when the time is over first."""
        try:
            async with asyncio.timeout(seconds):
                while self.state is None or not positions.reached(self.state.positions, wanted):
                    await self._changed.wait()
        except TimeoutError:
            return False
        return True

    def lag_ms(self, state: State) -> int:
        """Milliseconds from a batch's commit until it was known here; 0 if it was there before we listened."""
        batch, lag = self._lag
        return lag if batch == state.batch else 0

    def _set(self, state: State | None) -> None:
        if state == self.state:
            return
        if state is not None and self.state is not None and state.batch != self.state.batch:
            since = datetime.now(UTC) - state.at
            self._lag = (state.batch, min(max(0, since // timedelta(milliseconds=1)), _LONGEST))
        self.state = state
        self.changes += 1
        # Everyone who waited on the old event wakes; later waiters get a new one.
        told, self._changed = self._changed, asyncio.Event()
        told.set()

    async def _run(self) -> None:
        while True:
            try:
                await self._listen()
            except (*AWAY, asyncpg.PostgresError) as error:
                if self._failed == 0:
                    _LOG.warning("read side not reached: %s", type(error).__name__)
                await asyncio.sleep(_PAUSES[min(self._failed, len(_PAUSES) - 1)])
                self._failed += 1

    async def _listen(self) -> None:
        """One connection's life; always ends by raising."""
        connection: Any = await asyncpg.connect(
            self._dsn, timeout=5, command_timeout=5, server_settings={"application_name": "gateway.feed"}
        )
        try:
            await prepare(connection)
            connection.add_termination_listener(lambda _: self._told.set())
            await connection.add_listener(_CHANNEL, lambda *_: self._told.set())
            while True:
                # Cleared before reading: what is told during the read makes us read once more.
                self._told.clear()
                self._set(await read_state(connection))
                self._failed = 0
                try:
                    await asyncio.wait_for(self._told.wait(), _LOOK_SECONDS)
                except TimeoutError:
                    continue
        finally:
            self._set(None)
            connection.terminate()
