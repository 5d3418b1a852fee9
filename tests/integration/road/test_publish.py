"""Sealing and publishing: every committed event, in order, at least once, byte for byte."""

import asyncio

import pytest

from shared.kernel import canonical
from shared.runtime.relay import Displaced, Relay
from shared.runtime.seal import APPENDED, Fenced, Sealer
from tests.integration.road.conftest import ADD, asked
from tests.integration.road.reading import read_topic, walk
from tests.integration.road.recovering import compared


async def _sealed(producer, limit=2000):
    sealer = Sealer(producer.pool, producer.source, producer.signer)
    await sealer.claim()
    while await sealer.seal(limit):
        pass
    sealer.close()


async def _published(producer):
    relay = Relay(producer.pool, producer.topic, producer.kafka)
    await relay.claim()
    while await relay.publish():
        pass
    await relay.stop()


async def test_what_was_committed_is_sealed_and_published_once_in_order(producer):
    names = [f"n{i % 7}" for i in range(60)]
    for name in names:
        await producer.handler.handle(ADD, asked(1, name))
    await _sealed(producer, limit=16)
    await _published(producer)
    rows = await read_topic(producer.kafka, producer.topic)
    records = walk(rows, producer.source, producer.signer.public)
    stored = await producer.pool.fetch("select bytes from record order by sequence")
    assert [raw for _, raw in rows] == [r["bytes"] for r in stored]
    assert [r.attributes.subject for r in records] == [f"count/{name}" for name in names]


async def test_a_commit_that_comes_late_is_not_passed_over(producer):
    # The first writer takes its outbox id and commits only after the second was sealed.
    slow = await producer.pool.acquire()
    transaction = slow.transaction()
    await transaction.start()
    await slow.execute("insert into stream values ('count/slow', 1)")
    await slow.execute(
        "insert into event values ('count/slow', 1, 'counting.Added.v1', $1, $2)",
        canonical.encode(dict.fromkeys(APPENDED, "x")),
        b"{}",
    )
    await slow.execute("insert into outbox (stream, version) values ('count/slow', 1)")
    await producer.handler.handle(ADD, asked(1, "quick"))
    await _sealed(producer)
    assert await producer.pool.fetchval("select count(*) from record") == 1
    await transaction.commit()
    await producer.pool.release(slow)
    await _sealed(producer)
    streams = await producer.pool.fetch("select stream from record order by sequence")
    assert [r["stream"] for r in streams] == ["count/quick", "count/slow"]


async def test_a_second_sealer_fences_the_first(producer):
    first = Sealer(producer.pool, producer.source, producer.signer)
    second = Sealer(producer.pool, producer.source, producer.signer)
    await first.claim()
    await second.claim()
    await producer.handler.handle(ADD, asked(1))
    with pytest.raises(Fenced):
        await first.seal()
    assert await second.seal() == 1


async def test_a_second_relay_fences_the_first_and_goes_on_where_the_topic_ends(producer):
    for _ in range(5):
        await producer.handler.handle(ADD, asked(1))
    await _sealed(producer)
    first = Relay(producer.pool, producer.topic, producer.kafka)
    second = Relay(producer.pool, producer.topic, producer.kafka)
    await first.claim()
    await second.claim()
    with pytest.raises(Fenced):
        await first.publish()
    with pytest.raises(Displaced):
        await second.publish()
    seen, _, _ = await compared(producer)
    await second.place(seen.mark)
    assert (second.mark, await second.publish()) == ((5, 5), 0)
    await asyncio.gather(first.stop(), second.stop())
    rows = await read_topic(producer.kafka, producer.topic)
    assert len(rows) == 5
    assert len(walk(rows, producer.source, producer.signer.public)) == 5


async def test_versions_in_disorder_end_the_sealer(producer):
    await producer.handler.handle(ADD, asked(1))
    await producer.handler.handle(ADD, asked(1))
    await producer.pool.execute("delete from outbox where version = 1")
    with pytest.raises(RuntimeError, match="before the one it follows"):
        await _sealed(producer)
    assert await producer.pool.fetchval("select count(*) from record") == 0
