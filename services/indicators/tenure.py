"""Being the one reader of a version: taken, held by a beat, given back. Nobody's clock says whether another lives."""

import asyncio
import logging
import os
import socket
import time
from typing import Any, Final

from services.indicators import versions
from services.indicators.versions import Seat

log = logging.getLogger("indicators")
SILENT_AFTER: Final = 3.0
BEAT_EVERY: Final = 1.0


async def claim(pool: Any, version: int, take_over: bool, mine: int) -> int:
    """Waits until the version has no living reader (or takes its place at once): the new epoch.

    A reader lives while its row changes, as seen here for some seconds: what moment a beat names is never asked, since
    a clock may be set back. `mine`: an epoch that this program held before, 0 for none. Raises OtherRules.
    """
    holder = f"{socket.gethostname()}:{os.getpid()}"
    seen: Seat | None = None
    since = time.monotonic()
    while True:
        found = await versions.seat(pool, version)
        if found != seen:
            if seen is None and not found.free:
                log.info("version %d is read by %s: waiting until it is silent", version, found.holder)
            seen, since = found, time.monotonic()
        silent = time.monotonic() - since >= SILENT_AFTER
        if take_over or found.free or found.epoch == mine or silent:
            epoch = await versions.claim(pool, version, holder, found, take_over)
            if epoch is not None:
                log.info("version %d is read here (epoch %d)", version, epoch)
                return epoch
        await asyncio.sleep(BEAT_EVERY / 2)


async def release(pool: Any, version: int, epoch: int) -> None:
    """Lets another reader take over at once."""
    await pool.execute("update projection set beat = '-infinity' where version = $1 and epoch = $2", version, epoch)
