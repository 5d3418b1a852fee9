"""All topics of records, from their first byte to the ends they have now, straight from Kafka."""

import time
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from services.audit.attributes import member_of, source_of, topic_of
from services.audit.findings import INCOMPLETE, Finding, Missing
from services.audit.progress import Progress
from services.audit.trail import Trail

Sink = Callable[[str, bytes], None]
_CHUNK: Final = 4000
_FETCH: Final = 8 * 1024 * 1024
_PATIENCE: Final = 30.0


@dataclass(frozen=True, slots=True)
class Span:
    """The offsets that a topic holds: from `begin` up to but without `end`, where the last committed record ends.

    `told` is the end of all that was ever sent, which is more while a transaction is open.
    """

    begin: int
    end: int
    told: int
    partitions: int


class Topics:
    """A reader without a group: it stores no position and disturbs nobody. Raises Missing when Kafka cannot be read."""

    def __init__(self, bootstrap: str, members: frozenset[str], progress: Progress) -> None:
        """`members`: read only theirs; all without any."""
        self._progress = progress
        self._bootstrap = bootstrap
        self._members = members
        self._next: dict[str, int] = {}
        self.begins: dict[str, int] = {}

    async def __aenter__(self) -> Self:
        self._admin = AIOKafkaAdminClient(bootstrap_servers=self._bootstrap)
        # What a transaction sent and did not commit was never said.
        self._consumer = self._reader("read_committed")
        self._whole = self._reader("read_uncommitted")
        try:
            await self._admin.start()
            await self._consumer.start()
            await self._whole.start()
        except (KafkaError, OSError) as why:
            await self.__aexit__(None, None, None)
            raise Missing("kafka.unreachable", f"{self._bootstrap}: {why}"[:200]) from None
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for reader in (self._consumer, self._whole):
            await reader.stop()
        await self._admin.close()

    def _reader(self, isolation: str) -> AIOKafkaConsumer:
        return AIOKafkaConsumer(
            bootstrap_servers=self._bootstrap,
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="none",
            isolation_level=isolation,
            max_partition_fetch_bytes=_FETCH,
        )

    async def feed(self, trail: Trail, sink: Sink | None = None, until: Mapping[str, int] | None = None) -> None:
        """Feeds what the topics gained since the last call; `sink` gets the same bytes.

        `until`: only of these producers, and up to these sequences.
        """
        try:
            spans = await self._survey(trail.registry)
            for source in trail.in_order(spans if until is None else spans.keys() & until.keys()):
                await self._one(trail, source, spans[source], sink, None if until is None else until[source])
        except (KafkaError, OSError) as why:
            raise Missing("kafka.reading", f"{type(why).__name__}: {why}"[:200]) from None

    async def _survey(self, registry: str) -> dict[str, Span]:
        """What each topic holds. The registry's end is taken last, so that no key introduced before is missed."""
        names = [name for name in await self._admin.list_topics() if self._wanted(source_of(name))]
        if not names:
            return {}
        found: dict[str, Span] = {}
        described = {one["topic"]: len(one["partitions"]) for one in await self._admin.describe_topics(names)}
        for name in sorted(names, key=lambda name: source_of(name) == registry):
            source, partition = source_of(name), TopicPartition(name, 0)
            begin = (await self._consumer.beginning_offsets([partition]))[partition]
            told = (await self._whole.end_offsets([partition]))[partition]
            end = (await self._consumer.end_offsets([partition]))[partition]
            if source is not None:
                found[source] = Span(begin, end, told, described.get(name, 0))
        return found

    def _wanted(self, source: str | None) -> bool:
        return source is not None and (not self._members or member_of(source) in self._members)

    async def _one(self, trail: Trail, source: str, span: Span, sink: Sink | None, until: int | None) -> None:
        producer = trail.producer(source)
        self.begins[source] = span.begin
        if source not in self._next and span.partitions != 1:
            producer.lacks(Missing("topic.partitions", f"{span.partitions} partitions: no one order of records"))
        if source not in self._next and 0 < span.begin == span.end:
            producer.lacks(Missing("topic.begins_late", f"offsets below {span.begin} are gone, and nothing is left"))
        start = self._next.get(source, span.begin)
        self._next[source] = max(start, span.end)
        async for offset, raw in self._records(topic_of(source), start, span.end):
            if until is not None and producer.sequence >= until:
                self._next[source] = offset
                break
            if sink is not None:
                sink(source, raw)
            producer.feed(raw)
            self._progress.record(source)
        if until is None and span.told > span.end:
            said = f"a transaction is open: nothing from offset {span.end} on is said yet"
            trail.claims.history.add(Finding(INCOMPLETE, "topic.open_transaction", said, source))

    async def _records(self, topic: str, start: int, end: int) -> AsyncIterator[tuple[int, bytes]]:
        if start >= end:
            return
        partition = TopicPartition(topic, 0)
        self._consumer.assign([partition])
        self._consumer.seek(partition, start)
        moved = time.monotonic()
        at = start
        while at < end:
            batch = (await self._consumer.getmany(partition, timeout_ms=1000, max_records=_CHUNK)).get(partition, [])
            for record in batch:
                if record.offset < end:
                    yield record.offset, record.value or b""
            now = await self._consumer.position(partition)
            if now > at:
                at, moved = now, time.monotonic()
            elif time.monotonic() - moved > _PATIENCE:
                raise Missing("topic.silent", f"{topic} answers nothing at offset {at} of {end}")
