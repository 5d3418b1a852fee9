"""Reading topics into one's own database: `assign()`, no consumer group, the stored position is the only one."""

import asyncio
import logging
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final, Protocol

from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.kernel.record import source_of
from shared.runtime.cut import closed, uncut

log = logging.getLogger("consume")
TOPICS: Final = re.compile(r"events\.([a-z][a-z0-9-]{1,62})\.([a-z]{2,32})")
FETCH_BYTES: Final = 8 * 1024 * 1024


class Gone(RuntimeError):
    """A stored position lies before what the broker still has: history is missing, and reading on would hide it."""


class Raw(Protocol):
    """One record as the broker gave it; an empty one has no value."""

    offset: int
    value: bytes | None


class Topics:
    """The topics one reader hears, and a consumer assigned to all of them."""

    def __init__(self, bootstrap: str, client_id: str, services: Iterable[str], most: int = 20_000) -> None:
        self._services = frozenset(services)
        self._most = most
        # Questions go over a connection of their own: on the other they would wait behind a fetch that waits itself.
        self._asking = AIOKafkaConsumer(
            bootstrap_servers=bootstrap,
            client_id=f"{client_id}-asking",
            enable_auto_commit=False,
            isolation_level="read_committed",
            metadata_max_age_ms=30_000,
        )
        self._bootstrap = bootstrap
        self._client_id = client_id
        self._consumer: AIOKafkaConsumer | None = None
        self._assigned: frozenset[str] = frozenset()

    async def start(self) -> None:
        """Connects. Raises KafkaConnectionError."""
        await uncut(self._asking.start())

    async def stop(self) -> None:
        """Closes the connections, within seconds."""
        await self._close(self._asking)
        if self._consumer is not None:
            await self._close(self._consumer)

    async def _close(self, consumer: AIOKafkaConsumer) -> None:
        if not await closed("the consumer", consumer.stop()):
            # Its stop breaks off at its own cancelled tasks and would leave its connection and refresher open.
            await closed("the consumer's connection", consumer._client.close())

    async def there(self) -> frozenset[str]:
        """The topics of producers that exist now."""
        names = await uncut(self._asking.topics())
        return frozenset(n for n in names if (m := TOPICS.fullmatch(n)) and m[2] in self._services)

    async def assign(self, positions: Mapping[str, int]) -> None:
        """Reads exactly these topics, each from the given offset. Raises Gone if the broker begins later."""
        parts = {TopicPartition(topic, 0): offset for topic, offset in positions.items()}
        await self.forget()
        if not parts:
            return
        # A consumer of its own for each assignment: on an older one's connection, all that is needed to begin would
        # wait behind its last fetch, which waits for records itself.
        self._consumer = self._reading()
        await uncut(self._consumer.start())
        self._consumer.assign(list(parts))
        # Asked of this one, which has learned the leaders of all of them at once; another learns one in 0.1 s.
        beginnings = await uncut(self._consumer.beginning_offsets(list(parts)))
        ends = await uncut(self._consumer.end_offsets(list(parts)))
        for part, offset in parts.items():
            if not beginnings[part] <= offset <= ends[part]:
                raise Gone(
                    f"{part.topic}: offset {offset} is not within {beginnings[part]}..{ends[part]} of the broker"
                )
            self._consumer.seek(part, offset)
        self._assigned = frozenset(positions)

    def _reading(self) -> AIOKafkaConsumer:
        return AIOKafkaConsumer(
            bootstrap_servers=self._bootstrap,
            client_id=self._client_id,
            enable_auto_commit=False,
            auto_offset_reset="none",
            isolation_level="read_committed",
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
            await self._close(old)

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

    def ends(self) -> dict[str, int]:
        """The offset after the last record of each topic read, as the broker's latest answers said: no question."""
        if self._consumer is None:
            return {}
        found = {part.topic: self._consumer.highwater(part) for part in self._consumer.assignment()}
        return {topic: end for topic, end in found.items() if end is not None}

    async def ends_now(self, topics: Iterable[str]) -> dict[str, int]:
        """The offset after the last record of any topics, read or not, asked for now."""
        parts = [TopicPartition(topic, 0) for topic in topics]
        asked = self._reading()
        try:
            await uncut(asked.start())
            asked.assign(parts)
            found: Mapping[Any, int] = await uncut(asked.end_offsets(parts)) if parts else {}
        finally:
            await self._close(asked)
        return {part.topic: offset for part, offset in found.items()}


def source_of_topic(topic: str) -> str:
    """The producer that alone may write a topic. Raises ValueError for another topic."""
    match = TOPICS.fullmatch(topic)
    if match is None:
        raise ValueError(f"{topic} is no producer's topic")
    return source_of(match[1], match[2])
