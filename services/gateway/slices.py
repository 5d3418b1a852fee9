"""Long work in slices: whoever has used up a turn of the event loop goes behind those who wait."""

import asyncio
import time
from collections import deque
from typing import Final

_SECONDS: Final = 0.005


class Slices:
    """Turns of one event loop. In each, all that heeds `spent` works for about `seconds`, whoever it works for."""

    def __init__(self, seconds: float = _SECONDS) -> None:
        self._seconds = seconds
        self._until: float | None = None
        self._waiting: deque[asyncio.Future[None]] = deque()

    def spent(self) -> bool:
        """Whether this turn's time is used up; the first to ask in a turn begins it."""
        if self._until is None:
            self._until = time.perf_counter() + self._seconds
            asyncio.get_running_loop().call_soon(self._next)
            return False
        return time.perf_counter() >= self._until

    async def turn(self) -> None:
        """Returns at once while the turn has time left and nobody waits, else in a later one: in order of coming."""
        if not self.spent() and not self._waiting:
            return
        waiting = asyncio.get_running_loop().create_future()
        self._waiting.append(waiting)
        await waiting

    def _next(self) -> None:
        """Ends a turn and gives the next one to who has waited longest."""
        self._until = None
        while self._waiting:
            first = self._waiting.popleft()
            if not first.done():
                first.set_result(None)
                self.spent()
                return
