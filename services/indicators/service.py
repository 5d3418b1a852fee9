"""The wiring of the reader of figures: claim, read, beat; a task that ends, ends the process."""

import asyncio
import logging
from typing import Final

import asyncpg
from aiokafka.errors import KafkaError
from prometheus_client import Gauge

from services.indicators import catalogue, versions
from services.indicators.reader import Reader
from services.indicators.settings import Settings
from shared.adapters.postgres import pool as pools
from shared.adapters.postgres.away import AWAY
from shared.runtime import keyfiles
from shared.runtime.cut import endless

log = logging.getLogger("indicators")
_LAG: Final = Gauge("generateur_figures_lag_records", "Records not yet folded", ("version",))
_RECORDS: Final = Gauge("generateur_figures_folded", "Facts folded since the start", ("version",))
_PAUSE: Final = 0.5
# A server that restarts is waited for; anything else is a bug and ends the process.
FAULTS: Final = (*AWAY, KafkaError, TimeoutError)


class Figures:
    """The reader of one version, the one that answers unless told otherwise, until cancelled.

    Raises keyfiles.Unusable if the root key cannot be read.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        # Here, where a missing file is told at once: later it would look like a server that is away.
        self._root = keyfiles.public(settings.root_key)
        self.reader: Reader | None = None

    async def run(self, take_over: bool = False) -> None:
        """Claims the version and folds.

        Raises Fenced when another reader took over, Gone if history is missing, OtherRules.
        """
        while True:
            try:
                await self._once(take_over)
            except FAULTS as fault:
                log.warning("the figures wait for a server: %r", fault)
                await asyncio.sleep(_PAUSE)
            except BaseExceptionGroup as group:
                rest = group.split(FAULTS)[1]
                if rest is not None:
                    raise rest.exceptions[0] from None
                log.warning("the figures wait for a server: %r", group.exceptions[0])
                await asyncio.sleep(_PAUSE)

    async def ready(self) -> bool:
        """Whether this reader is the active one."""
        return self.reader is not None and self.reader.progress.active

    async def _once(self, take_over: bool) -> None:
        s = self._settings
        pool = await pools.connect(
            s.figures_dsn.get_secret_value(),
            min_size=1,
            max_size=4,
            command_timeout=120,
            server_settings={"application_name": "indicators"},
        )
        reader = None
        try:
            s = s.model_copy(update={"version": await versions.meant(pool, s)})
            await pool.execute("select add_version($1)", s.version)
            async with pool.acquire() as connection, connection.transaction():
                numbers = await catalogue.store(connection)
            reader = Reader(s, pool, numbers, self._root)
            await reader.claim(take_over)
            await reader.start()
            self.reader = reader
            async with asyncio.TaskGroup() as group:
                group.create_task(endless("the reader", reader.run()))
                group.create_task(endless("the reader's beat", reader.beat()))
                group.create_task(endless("the reader's metrics", self._measure(reader)))
        finally:
            self.reader = None
            if reader is not None:
                await reader.stop()
            await _close(pool, reader)

    async def _measure(self, reader: Reader) -> None:
        label = str(reader.version)
        while True:
            _LAG.labels(label).set(reader.progress.lag)
            _RECORDS.labels(label).set(reader.progress.records)
            await asyncio.sleep(1)


async def _close(pool: asyncpg.Pool, reader: Reader | None) -> None:
    try:
        async with asyncio.timeout(2):
            if reader is not None:
                await reader.release()
            await pool.close()
    except FAULTS:
        pool.terminate()
