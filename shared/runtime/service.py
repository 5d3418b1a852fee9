"""One service of one member: its API, sealer, relay and reactions, as tasks of which none may die alone."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any, Final

import asyncpg
from aiokafka.errors import KafkaError
from faststream.kafka import KafkaBroker
from starlette.applications import Starlette

from shared.adapters.postgres import pool
from shared.adapters.postgres.away import AWAY, Recovering
from shared.adapters.postgres.heard import PostgresHeard
from shared.adapters.postgres.store import PostgresStore
from shared.amending.streams import Door
from shared.kernel.decider import Reaction, Spec
from shared.kernel.record import source_of, topic_of
from shared.runtime import keyfiles, metrics
from shared.runtime.api import Api
from shared.runtime.caring import Care
from shared.runtime.cut import closed, endless, uncut
from shared.runtime.guard import Guard
from shared.runtime.handle import Handler, Outcome
from shared.runtime.hearing import Hearing
from shared.runtime.reactions import Reactor
from shared.runtime.recover import Seen, Who
from shared.runtime.rehear import rewind
from shared.runtime.relay import Displaced, Relay
from shared.runtime.seal import Disorder, Sealed, Sealer, Unsealable, WentBack
from shared.runtime.settings import Settings
from shared.runtime.tokens import Verifier

log = logging.getLogger("service")
# Two seconds in all, in steps.
_SEAL_WAITS: Final = (0.02, 0.03, 0.05, *repeat(0.1, 19))
_DATABASE_PAUSE: Final = 0.5
_BROKER_PAUSE: Final = 1.0


@dataclass(frozen=True, slots=True)
class Definition:
    """What a service is, apart from whose it is."""

    name: str
    door: Door
    specs: Mapping[str, Spec[Any, Any]]
    reactions: Sequence[Reaction]


class _Waiting:
    """A command whose events wait to be sealed: `told` gets their sequences, in the order of their versions."""

    def __init__(self, first: int, last: int) -> None:
        self._missing = last - first + 1
        self._found: dict[int, int] = {}
        self.told: asyncio.Future[Sequence[int]] = asyncio.get_running_loop().create_future()

    def tell(self, version: int, sequence: int) -> None:
        """One of them was sealed."""
        self._found[version] = sequence
        if len(self._found) == self._missing and not self.told.done():
            self.told.set_result([sequence for _, sequence in sorted(self._found.items())])


class Service:
    """Wires one service by hand. Nothing happens before `run`."""

    def __init__(self, definition: Definition, settings: Settings) -> None:
        self.settings = settings
        self.source = source_of(settings.member, settings.service)
        self._definition = definition
        self._waiting: dict[tuple[str, int], _Waiting] = {}
        self._seen: Seen | None = None
        self._outbox = asyncio.Event()
        self._records = asyncio.Event()
        self._labels = (settings.member, settings.service)
        self.pool: asyncpg.Pool
        self._store: PostgresStore
        self._hearing: Hearing

    async def start(self) -> Starlette:
        """The ASGI application of this service. Nothing is connected yet: `run` compares store and topic first.

        Raises keyfiles.Unusable.
        """
        s = self.settings
        who = Who(self.source, keyfiles.load(s.key_file).public)
        self.guard = Guard(who, s.kafka, self._connect, self._expire, self._on_seen, s.compare_every)
        self.pool = await pool.connect(
            s.dsn.get_secret_value(),
            min_size=0,
            max_size=8,
            max_inactive_connection_lifetime=30,
            command_timeout=30,
            init=self.guard.admit,
            server_settings={"application_name": f"{s.member}.{s.service}"},
        )
        self._store = PostgresStore(self.pool)
        self._handler = Handler(self._store, self._definition.door, s.member, s.coordinator)
        verifier = Verifier(s.keys / "jwks.json")
        api = Api(
            self.source,
            self._definition.specs,
            self._handler,
            verifier,
            self.sequences,
            s.coordinator,
            self._ready,
            self.guard,
        )
        if not self._definition.reactions:
            return api.app()
        self._hearing = self._heard()
        return api.app(Care(s.member, s.coordinator, verifier, self._hearing).routes())

    async def _connect(self) -> asyncpg.Connection:
        s = self.settings
        return await asyncpg.connect(
            s.dsn.get_secret_value(),
            timeout=10,
            command_timeout=60,
            server_settings={"application_name": f"{s.member}.{s.service}.compare"},
        )

    async def _expire(self) -> None:
        await self.pool.expire_connections()

    def _on_seen(self, seen: Seen) -> None:
        self._seen = seen
        self._records.set()

    async def run(self) -> None:
        """Runs sealer, relay and reactions, whichever `parts` names, until cancelled; a failed one ends all.

        Whatever the parts, store and topic are compared first, and again from time to time.
        """
        parts = self.settings.parts.split(",")
        wanted: dict[str, Callable[[], Awaitable[None]]] = {
            "seal": self._seal,
            "relay": self._relay,
        }
        if self._definition.reactions:
            wanted["react"] = self._react
        async with asyncio.TaskGroup() as group:
            group.create_task(endless(f"{self.source} guard", self.guard.run()), name=f"{self.source} guard")
            for name, part in wanted.items():
                if name in parts:
                    title = f"{self.source} {name}"
                    group.create_task(endless(title, part()), name=title)

    async def stop(self) -> None:
        """Closes the connections."""
        try:
            async with asyncio.timeout(2):
                await self.pool.close()
        except TimeoutError:
            self.pool.terminate()

    async def sequences(self, outcome: Outcome) -> Sequence[int]:
        """The sequences of what a command recorded, waiting at most 2 s for the sealer; empty if it is late."""
        done = outcome.done
        found = await self._store.sequences(done.stream, done.first, done.last)
        if len(found) > done.last - done.first:
            return found
        waiting = self._waiting.setdefault((done.stream, done.last), _Waiting(done.first, done.last))
        for version in range(done.first, done.last):
            self._waiting.setdefault((done.stream, version), waiting)
        self._outbox.set()
        # The sealer of this process says so at once; one in another process is seen by looking.
        try:
            for pause in _SEAL_WAITS:
                ended, _ = await asyncio.wait([waiting.told], timeout=pause)
                if ended:
                    return waiting.told.result()
                found = await self._store.sequences(done.stream, done.first, done.last)
                if len(found) > done.last - done.first:
                    return found
        finally:
            for version in range(done.first, done.last + 1):
                self._waiting.pop((done.stream, version), None)
        return found

    def _on_sealed(self, rows: Sequence[Sealed]) -> None:
        if self._waiting:
            for row in rows:
                waiting = self._waiting.get((row.stream, row.version))
                if waiting is not None:
                    waiting.tell(row.version, row.sequence)
        metrics.SEALED.labels(*self._labels).set(rows[-1].sequence)
        self._records.set()

    async def _ready(self) -> str:
        """`ready`; `stopped` if its store is broken or parts from its topic; `waiting` for it, or to be compared."""
        if self.guard.stopped is not None:
            return "stopped"
        try:
            async with asyncio.timeout(2):
                answers = self.guard.open and await self.pool.fetchval("select true from seal_state")
        except (*AWAY, asyncpg.PostgresError):
            answers = False
        return "ready" if answers else "waiting"

    async def _seal(self) -> None:
        sealer = Sealer(self.pool, self.source, keyfiles.load(self.settings.key_file), self._on_sealed)

        async def seal() -> int:
            try:
                return await sealer.seal()
            except Disorder:
                mended = await self.guard.mend()
                if not mended:
                    raise
                log.warning("%s: %d events had been forgotten by the sealer and are sealed now", self.source, mended)
                return mended
            except Unsealable as why:
                await self.guard.stop(why)
                raise Recovering(f"{self.source} is stopped: {why}") from None

        try:
            await self._drive(sealer.claim, seal, self._outbox)
        finally:
            sealer.close()

    async def _relay(self) -> None:
        relay = Relay(self.pool, topic_of(self.source), self.settings.kafka)

        async def publish() -> int:
            async with self.guard.publishing:
                seen, self._seen = self._seen, None
                if seen is not None and seen.mark != relay.mark:
                    await relay.place(seen.mark)
                try:
                    published = await relay.publish()
                except Displaced as why:
                    log.info("%s is compared with its topic: %s", self.source, why)
                    published = 0
                    self.guard.look_again()
            metrics.PUBLISHED.labels(*self._labels).set(relay.mark.acked)
            return published

        try:
            await self._drive(relay.claim, publish, self._records)
        finally:
            await relay.stop()

    async def _drive(
        self, claim: Callable[[], Awaitable[None]], step: Callable[[], Awaitable[int]], wake: asyncio.Event
    ) -> None:
        """Claims once, then steps as long as there is work; woken by `wake`, else looking each `poll` seconds.

        A database that is away, or not compared with its topic, is waited for; one that was put back meanwhile is
        compared, and claimed again. Fenced and anything unexpected end the task.
        """
        claimed = False
        while True:
            wake.clear()
            try:
                if not claimed:
                    await claim()
                    claimed = True
                worked = await step()
            except WentBack as fault:
                log.warning("%s was restored: %s", self.source, fault)
                claimed = False
                await self.guard.close()
                continue
            except Recovering:
                await self.guard.opened()
                continue
            except AWAY as fault:
                log.warning("%s waits for its database: %r", self.source, fault)
                await self.guard.refused(fault)
                await asyncio.sleep(_DATABASE_PAUSE)
                continue
            if not worked:
                try:
                    async with asyncio.timeout(self.settings.poll):
                        await wake.wait()
                except TimeoutError:
                    pass

    async def _react(self) -> None:
        """Reacts to events until cancelled; a broker that is not there yet, or away, is waited for.

        Begins anew with each life of the database: one that was restored has heard less than the group has handled.
        """
        while True:
            await self.guard.opened()
            try:
                await self._react_once()
            # Also what the broker refuses for a while, as a place for a group whose killed member it still waits for.
            except (KafkaError, *AWAY) as fault:
                log.warning("%s waits to hear: %r", self.source, fault)
                await asyncio.sleep(_BROKER_PAUSE)

    async def _react_once(self) -> None:
        broker = KafkaBroker(
            self.settings.kafka,
            client_id=f"{self.settings.member}.{self.settings.service}",
            # A topic that was lost and is there again is heard after this; by itself after five minutes.
            metadata_max_age_ms=10_000,
            logger=None,
        )
        group = "{}.{}.reactions".format(*self._labels)
        await rewind(self.settings.kafka, group, self._hearing.topics, PostgresHeard(self.pool).last)
        await self._hearing.measure()
        reactor = Reactor(self._hearing, group)
        reactor.subscribe(broker)
        left = asyncio.create_task(self.guard.closed())
        watching = asyncio.create_task(self._watched(broker, reactor))
        try:
            await asyncio.wait({watching, left}, return_when=asyncio.FIRST_COMPLETED)
            if watching.done():
                watching.result()
        finally:
            left.cancel()
            watching.cancel()
            await asyncio.wait({left, watching})
            await closed(f"the subscriber of {self.source}", broker.stop())

    async def _watched(self, broker: KafkaBroker, reactor: Reactor) -> None:
        await uncut(broker.start())
        await reactor.watch()

    def _heard(self) -> Hearing:
        return Hearing(
            self.settings.member,
            self.settings.service,
            self._definition.reactions,
            self._definition.specs,
            self._handler,
            self._store,
            PostgresHeard(self.pool),
            self._trusted(),
            self.settings.coordinator,
        )

    def _trusted(self) -> dict[str, bytes]:
        """Public keys of the producers whose events this service acts upon: its member's and the coordinator's."""
        sources = {source_of(self.settings.coordinator, "ideation"), source_of(self.settings.member, "ideation")}
        found = {}
        for source in sources:
            _, _, member, service = source.split("/")
            found[source] = keyfiles.public(self.settings.keys / f"{member}.{service}.pub")
        return found
