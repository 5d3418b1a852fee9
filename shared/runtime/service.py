"""One service of one member: its API, sealer, relay and reactions, as tasks of which none may die alone."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any, Final

import asyncpg
from aiokafka.errors import KafkaConnectionError
from faststream.kafka import KafkaBroker
from starlette.applications import Starlette

from shared.adapters.postgres import pool
from shared.adapters.postgres.away import AWAY
from shared.adapters.postgres.heard import PostgresHeard
from shared.adapters.postgres.store import PostgresStore
from shared.amending.streams import Door
from shared.kernel.decider import Reaction, Spec
from shared.kernel.record import source_of, topic_of
from shared.runtime import keyfiles, metrics
from shared.runtime.api import Api
from shared.runtime.caring import Care
from shared.runtime.cut import closed, endless, uncut
from shared.runtime.handle import Handler, Outcome
from shared.runtime.hearing import Hearing
from shared.runtime.reactions import Reactor
from shared.runtime.relay import Relay
from shared.runtime.seal import Sealed, Sealer
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


class Service:
    """Wires one service by hand. Nothing happens before `run`."""

    def __init__(self, definition: Definition, settings: Settings) -> None:
        self.settings = settings
        self.source = source_of(settings.member, settings.service)
        self._definition = definition
        self._waiting: dict[tuple[str, int], asyncio.Future[int]] = {}
        self._outbox = asyncio.Event()
        self._records = asyncio.Event()
        self._labels = (settings.member, settings.service)
        self.pool: asyncpg.Pool
        self._store: PostgresStore
        self._hearing: Hearing

    async def start(self) -> Starlette:
        """Connects to the database and gives the ASGI application of this service. Raises keyfiles.Unusable."""
        s = self.settings
        if "seal" in s.parts.split(","):
            keyfiles.load(s.key_file)
        self.pool = await pool.connect(
            s.dsn.get_secret_value(),
            min_size=1,
            max_size=8,
            max_inactive_connection_lifetime=30,
            command_timeout=30,
            server_settings={"application_name": f"{s.member}.{s.service}"},
        )
        self._store = PostgresStore(self.pool)
        self._handler = Handler(self._store, self._definition.door, s.member, s.coordinator)
        verifier = Verifier(s.keys / "jwks.json")
        api = Api(
            self.source, self._definition.specs, self._handler, verifier, self.sequences, s.coordinator, self._ready
        )
        if not self._definition.reactions:
            return api.app()
        self._hearing = self._heard()
        return api.app(Care(s.member, s.coordinator, verifier, self._hearing).routes())

    async def run(self) -> None:
        """Runs sealer, relay and reactions, whichever `parts` names, until cancelled; a failed one ends all."""
        parts = self.settings.parts.split(",")
        wanted: dict[str, Callable[[], Awaitable[None]]] = {
            "seal": self._seal,
            "relay": self._relay,
        }
        if self._definition.reactions:
            wanted["react"] = self._react
        async with asyncio.TaskGroup() as group:
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
        waiting = self._waiting.setdefault((done.stream, done.last), asyncio.get_running_loop().create_future())
        self._outbox.set()
        # The sealer of this process says so at once; one in another process is seen by looking.
        try:
            for pause in _SEAL_WAITS:
                ended, _ = await asyncio.wait([waiting], timeout=pause)
                if ended:
                    last = waiting.result()
                    return range(last - (done.last - done.first), last + 1)
                found = await self._store.sequences(done.stream, done.first, done.last)
                if len(found) > done.last - done.first:
                    return found
        finally:
            self._waiting.pop((done.stream, done.last), None)
        return found

    def _on_sealed(self, rows: Sequence[Sealed]) -> None:
        for row in rows:
            waiting = self._waiting.get((row.stream, row.version))
            if waiting is not None and not waiting.done():
                waiting.set_result(row.sequence)
        metrics.SEALED.labels(*self._labels).set(rows[-1].sequence)
        self._records.set()

    async def _ready(self) -> bool:
        try:
            async with asyncio.timeout(2):
                return bool(await self.pool.fetchval("select true from seal_state"))
        except (*AWAY, TimeoutError, asyncpg.PostgresError):
            return False

    async def _seal(self) -> None:
        sealer = Sealer(self.pool, self.source, keyfiles.load(self.settings.key_file), self._on_sealed)
        try:
            await self._drive(sealer.claim, sealer.seal, self._outbox)
        finally:
            sealer.close()

    async def _relay(self) -> None:
        relay = Relay(self.pool, topic_of(self.source), self.settings.kafka)

        async def publish() -> int:
            published = await relay.publish()
            metrics.PUBLISHED.labels(*self._labels).set(relay.acked)
            return published

        try:
            await self._drive(relay.claim, publish, self._records)
        finally:
            await relay.stop()

    async def _drive(
        self, claim: Callable[[], Awaitable[None]], step: Callable[[], Awaitable[int]], wake: asyncio.Event
    ) -> None:
        """Claims once, then steps as long as there is work; woken by `wake`, else looking each `poll` seconds.

        A database that is away is waited for; Fenced and anything unexpected end the task.
        """
        claimed = False
        while True:
            wake.clear()
            try:
                if not claimed:
                    await claim()
                    claimed = True
                worked = await step()
            except AWAY as fault:
                log.warning("%s waits for its database: %r", self.source, fault)
                await asyncio.sleep(_DATABASE_PAUSE)
                continue
            if not worked:
                try:
                    async with asyncio.timeout(self.settings.poll):
                        await wake.wait()
                except TimeoutError:
                    pass

    async def _react(self) -> None:
        """Reacts to events until cancelled; a broker that is not there yet, or away, is waited for."""
        while True:
            try:
                await self._react_once()
            except KafkaConnectionError as fault:
                log.warning("%s waits for its broker: %r", self.source, fault)
                await asyncio.sleep(_BROKER_PAUSE)

    async def _react_once(self) -> None:
        broker = KafkaBroker(
            self.settings.kafka, client_id=f"{self.settings.member}.{self.settings.service}", logger=None
        )
        await self._hearing.measure()
        reactor = Reactor(self._hearing, "{}.{}.reactions".format(*self._labels))
        reactor.subscribe(broker)
        try:
            await uncut(broker.start())
            await reactor.watch()
        finally:
            await closed(f"the subscriber of {self.source}", broker.stop())

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
