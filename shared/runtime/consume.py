"""Reading topics into one's own database: `assign()`, no consumer group, the stored position is the only one."""

import asyncio
import logging
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, Protocol

from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.kernel import bounds
from shared.kernel.record import source_of
from shared.runtime.cut import closed, uncut

log = logging.getLogger("consume")
TOPICS: Final = re.compile(rf"events\.({bounds.MEMBER})\.([a-z]{{2,32}})")
FETCH_BYTES: Final = 8 * 1024 * 1024
# How long an answer of the broker is waited for. A broker that is slower is away, and its clients begin anew.
_ANSWER: Final = 30.0


class Raw(Protocol):
    """One record as the broker gave it; an empty one has no value."""

    offset: int
    value: bytes | None


class From(NamedTuple):
    """Where to look first in a topic. `counted`: a record that was read before is expected there."""

    offset: int
    counted: bool


@dataclass(frozen=True, slots=True)
class Reach:
    """How far one topic has been fetched: all offsets below `read`, of those below `end` (the high watermark).

    `end` is None until the broker has answered; `answered` changes with each of its answers. `stable` is the end of
    what may be read: it stays behind `end` while a transaction is open.
    """

    read: int
    end: int | None
    answered: int | None
    stable: int | None


def reader(bootstrap: str, client_id: str, **more: Any) -> AIOKafkaConsumer:
    """A consumer that begins where it is told to, sees only what was committed, and commits nothing by itself."""
    return AIOKafkaConsumer(
        bootstrap_servers=bootstrap,
        client_id=client_id,
        enable_auto_commit=False,
        auto_offset_reset="none",
        isolation_level="read_committed",
        **more,
    )


async def let_go(what: str, consumer: AIOKafkaConsumer) -> None:
    """Closes a consumer and its connection, within seconds; what goes wrong meanwhile is logged."""
    if not await closed(what, consumer.stop()):
        # Its stop breaks off at its own cancelled tasks and would leave its connection and refresher open.
        await closed(f"the connection of {what}", consumer._client.close())


class Topics:
    """The topics one reader hears, and a consumer assigned to all of them."""

    def __init__(self, bootstrap: str, client_id: str, services: Iterable[str], most: int = 20_000) -> None:
        self._services = frozenset(services)
        self._most = most
        # Questions go over a connection of their own: on the other they would wait behind a fetch that waits itself.
        self._asking = reader(bootstrap, f"{client_id}-asking", metadata_max_age_ms=30_000)
        self._bootstrap = bootstrap
        self._client_id = client_id
        self._consumer: AIOKafkaConsumer | None = None
        self._assigned: frozenset[str] = frozenset()

    async def start(self) -> None:
        """Connects. Raises KafkaConnectionError."""
        await uncut(self._asking.start())

    async def stop(self) -> None:
        """Closes the connections, within seconds."""
        await let_go("the consumer", self._asking)
        if self._consumer is not None:
            await let_go("the consumer", self._consumer)

    async def there(self) -> frozenset[str]:
        """The topics of producers that exist now. Raises KafkaError, TimeoutError."""
        async with asyncio.timeout(_ANSWER):
            names = await uncut(self._asking.topics())
        return frozenset(n for n in names if (m := TOPICS.fullmatch(n)) and m[2] in self._services)

    async def assign(self, starts: Mapping[str, From]) -> frozenset[str]:
        """Reads exactly these topics, each from the given offset.

        A topic that has nothing at its offset is read from its beginning: gives back which. Raises KafkaError,
        TimeoutError.
        """
        await self.forget()
        if not starts:
            return frozenset()
        parts = {TopicPartition(topic, 0): start for topic, start in starts.items()}
        # A consumer of its own for each assignment: on an older one's connection, all that is needed to begin would
        # wait behind its last fetch, which waits for records itself.
        self._consumer = self._reading()
        async with asyncio.timeout(_ANSWER):
            await uncut(self._consumer.start())
            self._consumer.assign(list(parts))
            # Asked of this one, which has learned the leaders of all of them at once; another learns one in 0.1 s.
            beginnings = await uncut(self._consumer.beginning_offsets(list(parts)))
            ends = await uncut(self._consumer.end_offsets(list(parts)))
        elsewhere = set()
        for part, (offset, counted) in parts.items():
            if not beginnings[part] <= offset <= ends[part] - counted:
                elsewhere.add(part.topic)
                offset = beginnings[part]
            self._consumer.seek(part, offset)
        self._assigned = frozenset(starts)
        return frozenset(elsewhere)

    def seek(self, topic: str, offset: int) -> None:
        """Goes on from there in a topic that is read."""
        if self._consumer is not None:
            self._consumer.seek(TopicPartition(topic, 0), offset)

    async def beginning(self, topic: str) -> int:
        """The first offset that the broker has of a topic that is read. Raises KafkaError, TimeoutError."""
        part = TopicPartition(topic, 0)
        if self._consumer is None:
            return 0
        async with asyncio.timeout(_ANSWER):
            found: Mapping[Any, int] = await uncut(self._consumer.beginning_offsets([part]))
        return found[part]

    def _reading(self) -> AIOKafkaConsumer:
        return reader(
            self._bootstrap,
            self._client_id,
            max_partition_fetch_bytes=FETCH_BYTES,
            fetch_max_bytes=4 * FETCH_BYTES,
            fetch_max_wait_ms=250,
            metadata_max_age_ms=30_000,
        )

    async def forget(self) -> None:
        """Nothing is assigned any more: positions are to be read again before the next fetch."""
        self._assigned = frozenset()
        old, self._consumer = self._consumer, None
        if old is not None:
            await let_go("the consumer", old)

    @property
    def assigned(self) -> frozenset[str]:
        """What is read now."""
        return self._assigned

    async def fetch(self, wait_ms: int) -> dict[str, list[Raw]]:
        """What has arrived, by topic, in order; empty after `wait_ms` without anything."""
        if self._consumer is None:
            await asyncio.sleep(wait_ms / 1000)
            return {}
        found: Mapping[Any, list[Raw]] = await uncut(self._consumer.getmany(timeout_ms=wait_ms, max_records=self._most))
        return {part.topic: records for part, records in found.items()}

    async def reach(self) -> dict[str, Reach]:
        """How far each topic has been fetched, and its end as the broker's latest answer said: no question."""
        consumer = self._consumer
        if consumer is None:
            return {}
        return {
            part.topic: Reach(
                await consumer.position(part),
                consumer.highwater(part),
                consumer.last_poll_timestamp(part),
                consumer.last_stable_offset(part),
            )
            for part in consumer.assignment()
        }

    async def ends_now(self, topics: Iterable[str]) -> dict[str, int]:
        """The end of what may be read now of any topics, read here or not. Raises KafkaError, TimeoutError."""
        parts = [TopicPartition(topic, 0) for topic in topics]
        asked = self._reading()
        try:
            async with asyncio.timeout(_ANSWER):
                await uncut(asked.start())
                asked.assign(parts)
                found: Mapping[Any, int] = await uncut(asked.end_offsets(parts)) if parts else {}
        finally:
            await let_go("the consumer", asked)
        return {part.topic: offset for part, offset in found.items()}


def source_of_topic(topic: str) -> str:
    """The producer that alone may write a topic. Raises ValueError for another topic."""
    match = TOPICS.fullmatch(topic)
    if match is None:
        raise ValueError(f"{topic} is no producer's topic")
    return source_of(match[1], match[2])
