"""Reading a topic to its end, raw, and walking a producer's chain through it."""

from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.kernel import keys, record
from shared.kernel.chain import ZERO, advance


async def read_topic(bootstrap: str, topic: str) -> list[tuple[bytes, bytes]]:
    """Every `(key, value)` of the topic's one partition."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, auto_offset_reset="none", enable_auto_commit=False)
    await consumer.start()
    try:
        part = TopicPartition(topic, 0)
        consumer.assign([part])
        end = (await consumer.end_offsets([part]))[part]
        consumer.seek(part, 0)
        rows: list[tuple[bytes, bytes]] = []
        while await consumer.position(part) < end:
            found = await consumer.getmany(part, timeout_ms=500)
            rows += [(r.key, r.value) for r in found.get(part, [])]
        return rows
    finally:
        await consumer.stop()


def walk(rows: list[tuple[bytes, bytes]], source: str, public: bytes) -> list[record.Record]:
    """First copies in order; every record's chain and signature hold, and repeated ones have equal bytes."""
    link = ZERO
    seen: dict[int, record.Record] = {}
    for key, raw in rows:
        read = record.read(raw)
        assert key == read.attributes.subject.encode()
        assert keys.verify(public, read.signed, read.attributes.signature)
        if read.attributes.sequence in seen:
            assert seen[read.attributes.sequence].raw == raw, "a repeated record has other bytes"
            continue
        moved = advance(link, read, source)
        assert moved is not None
        link, seen[moved.sequence] = moved, read
    return list(seen.values())
