"""The wiring of the reader of figures: claim, read, beat; a task that ends, ends the process."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any, Final

import asyncpg
from aiokafka.errors import KafkaError
from prometheus_client import Gauge

from services.indicators import catalogue, versions
from services.indicators.reader import Reader
from services.indicators.settings import Settings
from services.indicators.telling import HOLDS
from shared.adapters.postgres import pool as pools
from shared.adapters.postgres.away import AWAY
from shared.runtime import keyfiles
from shared.runtime.cut import endless
from shared.runtime.seal import Fenced

log = logging.getLogger("indicators")
_VERSION: Final = ("version",)
_LAG: Final = Gauge("generateur_figures_lag_records", "Records not yet folded, by the broker's last answers", _VERSION)
_AGE: Final = Gauge("generateur_figures_proven_age_seconds", "How long ago all was last known to be folded", _VERSION)
_BEHIND: Final = Gauge(
    "generateur_figures_behind_topics", "Topics that are not folded to their end, with why", _VERSION
)
_RECORDS: Final = Gauge("generateur_figures_folded", "Facts folded since the start", _VERSION)
_WAITING: Final = Gauge("generateur_figures_waiting", "1 while the reader of figures waits for a server")
_PAUSE: Final = 0.5


class NotLaid(Exception):
    """The read side has no tables, or does not let us in: it was removed, or is being restored."""


# A server that restarts, is full or may not be written is waited for, and of two that wait for each other one is told
# to come back; anything else is a bug and ends the process.
FAULTS: Final = (*AWAY, KafkaError, asyncpg.DeadlockDetectedError, NotLaid)


class Figures:
    """The reader of one version, the one that answers unless told otherwise, until cancelled.

    Raises keyfiles.Unusable if the root key cannot be read.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        # Here, where a missing file is told at once: later it would look like a server that is away.
        self._root = keyfiles.public(settings.root_key)
        self.reader: Reader | None = None
        self._epoch = 0
        self._waits: str | None = None
        self._stands_by = False

    async def run(self, take_over: bool = False) -> None:
        """Claims the version and folds; `take_over`: at once, the first time.

        Raises Fenced when another reader took over, OtherRules.
        """
        while True:
            try:
                await self._once(take_over and self._epoch == 0)
            except FAULTS as fault:
                self._wait(fault)
            except BaseExceptionGroup as group:
                rest = group.split(FAULTS)[1]
                if rest is not None:
                    raise rest.exceptions[0] from None
                self._wait(group.exceptions[0])
            await asyncio.sleep(_PAUSE)

    def _wait(self, fault: BaseException) -> None:
        """Says once what is waited for."""
        _WAITING.set(1)
        said = f"{type(fault).__name__}: {fault}"
        if said != self._waits:
            log.warning("the figures wait for a server: %s", said)
        self._waits = said

    def _go_on(self) -> None:
        _WAITING.set(0)
        if self._waits is not None:
            log.warning("the figures are read on")
        self._waits = None

    def status(self) -> dict[str, Any]:
        """What readiness says.

        `status`: `active` (all that the topics hold is counted, or was a moment ago), `behind`, `standby`, `waiting`
        (for a server); the rest says of each topic how far it is counted.
        """
        reader = self.reader
        if self._stands_by:
            return {"status": "standby"}
        if reader is None or self._waits is not None:
            return {"status": "waiting", "for": self._waits}
        ends, positions = reader.ends, reader.progress.positions
        return {
            "status": "active" if ends.proven is not None and ends.age() < HOLDS else "behind",
            "version": reader.version,
            "provenAgeSeconds": round(ends.age(), 1),
            "lag": ends.lag(),
            "behind": reader.behind() or {},
            "topics": {
                topic: {"sequence": at.link.sequence, "stopped": at.stopped}
                | ({"offset": ends.counted.get(topic), "end": reach.end} if (reach := ends.last.get(topic)) else {})
                for topic, at in sorted(positions.items())
            },
        }

    async def _once(self, take_over: bool) -> None:
        s = self._settings
        try:
            pool = await pools.connect(
                s.figures_dsn.get_secret_value(),
                min_size=1,
                max_size=4,
                command_timeout=120,
                server_settings={"application_name": "indicators"},
            )
        except asyncpg.InsufficientPrivilegeError as error:
            # A database that was just made again is granted a moment later.
            raise NotLaid(str(error)) from None
        reader = None
        try:
            if not await pool.fetchval("select to_regclass('projection') is not null"):
                raise NotLaid("the read side has no tables: `make run`, or provisioning, lays them")
            s = s.model_copy(update={"version": await versions.meant(pool, s)})
            await pool.execute("select add_version($1)", s.version)
            async with pool.acquire() as connection, connection.transaction():
                numbers = await catalogue.store(connection)
            reader = Reader(s, pool, numbers, self._root)
            self._stands_by = True
            await reader.claim(take_over, self._epoch)
            self._stands_by, self._epoch = False, reader.epoch
            await reader.start()
            self.reader = reader
            _measured(reader)
            try:
                async with asyncio.TaskGroup() as group:
                    group.create_task(endless("the reader", reader.run(on_look=self._go_on)))
                    group.create_task(endless("the reader's beat", reader.beat()))
            except* (Fenced, asyncpg.UndefinedTableError) as why:
                await _judge(why, pool, reader)
        finally:
            self.reader, self._stands_by = None, False
            if reader is not None:
                await reader.stop()
            await _close(pool, reader)


async def _judge(why: BaseExceptionGroup[Exception], pool: asyncpg.Pool, reader: Reader) -> None:
    """Raises NotLaid if the database under the reader is another one now, put back or laid anew; else `why`."""
    if not await pool.fetchval("select to_regclass('projection') is not null"):
        raise NotLaid("the read side has no tables any more")
    held = await pool.fetchval("select epoch from projection where version = $1", reader.version)
    fenced = why.subgroup(Fenced) is not None
    # Epochs only grow: an older one, or none, stands in an older copy, and ours in one where somebody moved positions.
    if held is None or held < reader.epoch or (fenced and held == reader.epoch):
        raise NotLaid("the read side was put back to an older copy, or laid anew")
    raise why


def _measured(reader: Reader) -> None:
    """Gauges are computed when they are asked for: a reader that stands still says so too."""
    found: tuple[tuple[Gauge, Callable[[], float]], ...] = (
        (_LAG, reader.ends.lag),
        (_AGE, reader.ends.age),
        (_BEHIND, lambda: len(reader.behind() or ())),
        (_RECORDS, lambda: reader.progress.records),
    )
    for gauge, value in found:
        gauge.labels(str(reader.version)).set_function(value)


async def _close(pool: asyncpg.Pool, reader: Reader | None) -> None:
    try:
        async with asyncio.timeout(2):
            if reader is not None and reader.epoch:
                await reader.release()
            await pool.close()
    except FAULTS:
        pool.terminate()
