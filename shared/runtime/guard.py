"""Lets a service work with its database only after that was compared with the topic: at start, and after a restore."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Final

import asyncpg
from aiokafka.errors import KafkaError

from shared.adapters.postgres import recovery
from shared.adapters.postgres.away import AWAY, Recovering
from shared.adapters.postgres.recovery import Recovery
from shared.kernel.record import topic_of
from shared.kernel.refusals import Refused
from shared.runtime import topic as topics
from shared.runtime.recover import Seen, Stopped, Taken, Who, look, mend_outbox, take_back, unsealable
from shared.runtime.seal import Unsealable
from shared.runtime.topic import OwnTopic, Unseen

log = logging.getLogger("guard")
# What may pass: a database or a broker that is away, a topic that is not there, a database amid being put back, whose
# tables or grants are still to come.
WAITING: Final = (
    *AWAY,
    KafkaError,
    Unseen,
    asyncpg.InsufficientPrivilegeError,
    asyncpg.UndefinedTableError,
    asyncpg.UndefinedColumnError,
)
_PAUSE: Final = 0.5
_STOPPED_PAUSE: Final = 10.0
_ADMITTED_WITHIN: Final = 2.0
Connect = Callable[[], Awaitable[Any]]


class Guard:
    """One process's leave to work with one producer's database.

    `connect` gives a connection of the guard's own. `compared` is called with what each comparison found, while nothing
    is published by this process. `expire` makes the service's pool ask again before it uses a connection that it has.
    `every`: seconds between comparisons of what is compared already.
    """

    def __init__(
        self,
        who: Who,
        kafka: str,
        connect: Connect,
        expire: Callable[[], Awaitable[None]],
        compared: Callable[[Seen], None] = lambda seen: None,
        every: float = 180,
    ) -> None:
        self._who = who
        self._kafka = kafka
        self._connect = connect
        self._expire = expire
        self._compared = compared
        self._every = every
        self._life: str | None = None
        self._wanted = asyncio.Event()
        self._open = asyncio.Event()
        self._closed = asyncio.Event()
        self._told = asyncio.Event()
        self.stopped: Stopped | None = None
        # What the sealer met in this life of the database: a comparison with the topic does not show it.
        self._broken: tuple[str | None, Stopped] | None = None
        self.seen: Seen | None = None
        # What was done or found that a person should know, in one line, the last time that there was something.
        self.note: str | None = None
        # Held while records are on their way to the topic: what is compared must not move.
        self.publishing = asyncio.Lock()

    @property
    def source(self) -> str:
        """Whose it is."""
        return self._who.source

    @property
    def open(self) -> bool:
        """Whether commands can be decided."""
        return self._open.is_set()

    async def admit(self, connection: Any) -> None:
        """For each new connection of the service's pool: waits a moment for a comparison that is being made.

        Raises Recovering unless its database was compared.
        """
        if await self._is_compared(connection):
            return
        self._shut()
        with contextlib.suppress(Refused):
            await self.opened(_ADMITTED_WITHIN)
        if not await self._is_compared(connection):
            raise Recovering(f"the database of {self._who.source} is compared with its topic first")

    async def _is_compared(self, connection: Any) -> bool:
        return self._life is not None and await recovery.life(connection) == self._life

    async def close(self) -> None:
        """Nothing more is decided or sealed before the next comparison, which is made at once."""
        self._shut()
        await self._expire()

    async def stop(self, why: Unsealable) -> None:
        """Nothing more is decided or sealed while this database holds what the sealer could not seal."""
        self._broken = self._life, unsealable(self._who, why)
        await self.close()

    async def refused(self, fault: BaseException) -> None:
        """After a fault of the database. A session keeps what was set when it began: read-only ones are made anew."""
        if isinstance(fault, asyncpg.ReadOnlySQLTransactionError):
            await self._expire()

    def _shut(self) -> None:
        self._life = None
        self._open.clear()
        self._closed.set()
        self._wanted.set()

    def look_again(self) -> None:
        """Asks for a comparison at once; work goes on meanwhile."""
        self._wanted.set()

    async def opened(self, seconds: float | None = None) -> None:
        """Waits until commands can be decided, at most `seconds` or for ever.

        Raises Refused `service.recovering` when that is over, or `service.stopped` at once.
        """
        if self.open:
            return
        try:
            async with asyncio.timeout(0 if self.stopped and seconds is not None else seconds):
                await self._open.wait()
        except TimeoutError:
            raise (_recovering() if self.stopped is None else _stopped(self.stopped)) from None

    async def closed(self) -> None:
        """Waits until commands can be decided no more: whatever was read of the database may be of another life."""
        await self._closed.wait()

    async def settled(self) -> None:
        """Waits until a first comparison was made, whatever it found."""
        await self._told.wait()

    async def run(self) -> None:
        """Compares whenever it is to be, until cancelled. Raises what is a bug."""
        while True:
            self._wanted.clear()
            pause = await self._step()
            if pause is None:
                try:
                    async with asyncio.timeout(self._every):
                        await self._wanted.wait()
                except TimeoutError:
                    pass
            else:
                await asyncio.sleep(pause)

    async def _step(self) -> float | None:
        """One comparison; the seconds to wait before the next if it could not be made."""
        try:
            seen, taken, mended = await self.compare()
        except Stopped as why:
            if self.stopped is None or self.stopped.code != why.code:
                log.error("%s is stopped: %s", self._who.source, why.message)
            self.stopped = why
            self._told.set()
            await self.close()
            return _STOPPED_PAUSE
        except WAITING as fault:
            log.warning("%s waits to be compared with its topic: %s", self._who.source, fault or repr(fault))
            return _PAUSE if not self.open else min(self._every, _STOPPED_PAUSE)
        line = told(self._who.source, seen, taken, mended)
        if taken.records or mended or seen.foreign:
            self.note = line
            log.warning("%s", line)
        elif not self.open:
            log.info("%s", line)
        self.seen, self.stopped = seen, None
        self._told.set()
        self._closed.clear()
        self._open.set()
        return None

    async def compare(self) -> tuple[Seen, Taken, int]:
        """Compares, takes back what the store lacks, lets wait for the sealer what was forgotten.

        Gives what was found at the end, what was taken back, and how many events had been forgotten. Raises Stopped,
        and what is in WAITING.
        """
        topic = topic_of(self._who.source)
        async with self.publishing, self._connected() as connection, topics.opened(self._kafka, topic) as opened:
            current = await recovery.life(connection)
            if self._broken is not None and self._broken[0] == current:
                raise self._broken[1]
            found = await compare(connection, opened, self._who)
            self._life = current
            self._compared(found[0])
            return found

    async def mend(self) -> int:
        """Lets wait for the sealer what was forgotten; how many events. Raises as `compare`, but for the broker."""
        async with self._connected() as connection, connection.transaction():
            return await mend_outbox(Recovery(connection), self._who.source)

    @contextlib.asynccontextmanager
    async def _connected(self) -> AsyncIterator[Any]:
        connection = await self._connect()
        try:
            yield connection
        finally:
            connection.terminate()


async def compare(connection: Any, topic: OwnTopic, who: Who) -> tuple[Seen, Taken, int]:
    """See `Guard.compare`: of one store over a connection of its own."""
    store = Recovery(connection)
    seen, taken = await look(store, topic, who), Taken()
    while seen.ahead is not None:
        async with connection.transaction():
            more = await take_back(store, topic, who, seen)
        taken = Taken(taken.records + more.records, taken.first or more.first, more.last, more.commands)
        # Once more: what was taken back is known now, and a record beyond it is another's or a hole.
        seen = await look(store, topic, who)
    mended = 0
    if await store.missing():
        async with connection.transaction():
            mended = await mend_outbox(store, who.source)
    return seen, taken, mended


def told(source: str, seen: Seen, taken: Taken | None = None, mended: int = 0) -> str:
    """One line for a person: where store and topic stand, and what was done."""
    words = [f"{source}: store at {seen.head}, topic at {seen.tail}"]
    if taken is not None and taken.records:
        words.append(
            f"{taken.records} records of {taken.commands} commands taken back from the topic "
            f"({taken.first} to {taken.last})"
        )
    if seen.tail < seen.head:
        words.append(f"{seen.head - seen.tail} to be published")
    if mended:
        words.append(f"{mended} events had been forgotten by the sealer and are sealed now")
    if seen.foreign:
        words.append(f"{seen.foreign} records of the topic are not its own")
    return ", ".join(words)


def _recovering() -> Refused:
    return Refused(
        "service.recovering",
        "This service compares its store with what it has published: send this again in a moment, same commandId.",
        "Ce service compare sa base à ce qu'il a publié : renvoyez ceci dans un instant, avec le même commandId.",
    )


def _stopped(why: Stopped) -> Refused:
    return Refused(
        "service.stopped",
        f"This service records nothing now: {why.message}",
        f"Ce service n'enregistre rien ({why.code}) : `generateur recover --check` dit ce qui y remédie.",
    )
