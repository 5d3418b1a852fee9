"""A producer's own topic, read back by the producer: what stands there, from where to where."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final, NamedTuple

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError, for_code
from aiokafka.protocol.offset import OffsetRequest

from shared.runtime.consume import FETCH_BYTES, let_go, reader
from shared.runtime.cut import uncut

_LATEST: Final = -1
_UNCOMMITTED: Final = 0
_NOBODY: Final = -1
_BATCH: Final = 2000
_WAIT_MS: Final = 1000
# Half a minute without a record although the broker says that there are some.
_SILENT: Final = 30


class Unseen(Exception):
    """The topic cannot be read to its end now: it is not there, or a transaction is left open on it."""


class Row(NamedTuple):
    """One record as it stands in the topic; an empty one has no value."""

    offset: int
    value: bytes | None


class OwnTopic:
    """One topic, read by one connection. Records of aborted transactions are not there, as for every reader."""

    def __init__(self, consumer: AIOKafkaConsumer, topic: str) -> None:
        self._consumer = consumer
        self._topic = topic
        self._part = TopicPartition(topic, 0)

    async def bounds(self) -> tuple[int, int]:
        """Offsets of the first record kept and behind the last one. Raises Unseen, KafkaError."""
        client = self._consumer._client
        await uncut(_told(client, self._topic))
        if self._consumer.partitions_for_topic(self._topic) is None:
            raise Unseen(f"there is no topic {self._topic}: `generateur recover` or provisioning creates it")
        self._consumer.assign([self._part])
        # Asked in this order: what arrives in between is not taken for held back.
        last = await uncut(end_of(client, self._topic))
        stable: int = (await uncut(self._consumer.end_offsets([self._part])))[self._part]
        if stable < last:
            raise Unseen(f"{self._topic}: a transaction left open at offset {stable} hides what follows it")
        first: int = (await uncut(self._consumer.beginning_offsets([self._part])))[self._part]
        return first, stable

    async def read(self, first: int, end: int) -> AsyncGenerator[list[Row], None]:
        """The records from offset `first` up to and without `end`, in batches.

        Raises KafkaError; TimeoutError if the broker gives nothing for half a minute.
        """
        if first >= end:
            return
        self._consumer.seek(self._part, first)
        silent = 0
        while await uncut(self._consumer.position(self._part)) < end:
            found = await uncut(self._consumer.getmany(self._part, timeout_ms=_WAIT_MS, max_records=_BATCH))
            rows = [Row(one.offset, one.value) for one in found.get(self._part, ()) if one.offset < end]
            silent = 0 if rows else silent + 1
            if silent > _SILENT:
                raise TimeoutError(f"{self._topic}: nothing came from the broker, asked up to offset {end}")
            if rows:
                yield rows


@asynccontextmanager
async def opened(bootstrap: str, topic: str) -> AsyncIterator[OwnTopic]:
    """Connects for as long as the block lasts. Raises KafkaError."""
    consumer = reader(
        bootstrap,
        f"{topic}.compare",
        max_partition_fetch_bytes=FETCH_BYTES,
        fetch_max_wait_ms=100,
        request_timeout_ms=20_000,
    )
    try:
        await uncut(consumer.start())
        yield OwnTopic(consumer, topic)
    finally:
        await let_go(f"the reader of {topic}", consumer)


async def end_of(client: Any, topic: str) -> int:
    """The offset behind the last record of a topic, whoever wrote it and whether or not it was committed.

    One question to the broker over a client that exists. Raises KafkaError, also where the leader is not known.
    """
    part = TopicPartition(topic, 0)
    if client.cluster.leader_for_partition(part) in (None, _NOBODY):
        await _told(client, topic)
    node = client.cluster.leader_for_partition(part)
    if node in (None, _NOBODY):
        raise KafkaError(f"the leader of {topic} is not known yet")
    answer = await client.send(node, OffsetRequest(-1, _UNCOMMITTED, [(topic, [(0, _LATEST)])]))
    ((_, ((_, code, *rest),)),) = answer.topics
    if code:
        raise for_code(code)(topic)
    return int(rest[1])


async def _told(client: Any, topic: str) -> None:
    """Waits for what the broker says now of a topic."""
    client.add_topic(topic)
    await client.force_metadata_update()
