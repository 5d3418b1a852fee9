"""A topic that was lost, emptied or written to by others; marks and outbox rows that say what is not so."""

import asyncio
from typing import Any

import orjson
import pytest
from aiokafka import AIOKafkaProducer

from deploy.provision import topics
from shared.kernel.keys import Signer
from shared.kernel.record import join, read
from shared.runtime.recover import Stopped
from shared.runtime.topic import Unseen
from tests.integration.road.conftest import ADD, Producer, asked
from tests.integration.road.recovering import (
    commands,
    compared,
    emptied,
    given,
    gone,
    published,
    running,
    settled,
    told,
    until,
)


async def _give(producer: Producer, count: int) -> list[Any]:
    wanted = [asked(1, f"n{i % 3}") for i in range(count)]
    for one in wanted:
        await producer.handler.handle(ADD, one)
    return wanted


@pytest.mark.parametrize("parts", ["api,seal,relay", "relay"])
async def test_an_emptied_topic_gets_everything_again_byte_for_byte(producer, parts):
    async with running(producer):
        await _give(producer, 9)
        before = await settled(producer, 9)
    async with running(producer, compare_every=0.2, parts=parts) as (service, _):
        await service.guard.opened()
        await emptied(producer)
        await until(lambda: _holds(producer, 9))
        assert await published(producer, every=True) == before


async def _holds(producer: Producer, count: int) -> bool:
    return len(await published(producer)) == count


async def test_a_topic_emptied_under_load_lacks_nothing_afterwards(producer):
    async with running(producer) as (_, client):
        first = [await told(client, *given()) for _ in range(5)]
        await settled(producer, 5)

        async def writer() -> list[Any]:
            return [await told(client, *given()) for _ in range(40)]

        writing = asyncio.gather(*(writer() for _ in range(3)))
        await asyncio.sleep(0.3)
        await emptied(producer)
        more = [one for many in await writing for one in many]
        await until(lambda: _holds(producer, 125))
        raws = await settled(producer, 125)
    assert sorted(commands(raws)) == sorted(one.command_id for one in (*first, *more))
    # From the first record on, none before the one it follows: `published` walked the chain.
    assert len(raws) == 125


async def test_a_topic_that_is_gone_is_waited_for_and_nothing_counts_as_published(producer):
    async with running(producer, compare_every=0.2) as (service, client):
        await told(client, *given())
        await settled(producer, 1)
        await gone(producer)
        await told(client, *given())
        with pytest.raises(Unseen, match="there is no topic"):
            await compared(producer)
        row = await producer.pool.fetchrow("select sequence, acked from seal_state, relay_state")
        assert row["acked"] <= 1
        await topics.ensure(producer.kafka, [producer.topic])
        await until(lambda: _holds(producer, 2))
        await settled(producer, 2)
        assert service.guard.open


@pytest.mark.parametrize("wrong", ["acked = 1000", "acked = 5", "next_offset = 1000", "acked = 0, next_offset = 0"])
async def test_a_relay_that_believes_too_much_or_too_little_is_put_right(producer, wrong):
    async with running(producer):
        await _give(producer, 4)
        before = await settled(producer, 4)
    await _give(producer, 2)
    await producer.seal()
    await producer.pool.execute(f"update relay_state set {wrong}")
    async with running(producer):
        after = await settled(producer, 6)
    assert after[:4] == before
    assert len(await published(producer, every=True)) == 6


async def test_an_event_that_the_sealer_was_not_told_of_is_sealed_at_the_next_start(producer):
    wanted = await _give(producer, 7)
    await producer.pool.execute("delete from outbox where id in (select id from outbox order by id limit 2 offset 2)")
    async with running(producer):
        raws = await settled(producer, 7)
    assert sorted(commands(raws)) == sorted(one.command_id for one in wanted)


async def test_an_event_that_the_sealer_was_not_told_of_is_found_while_running(producer):
    async with running(producer, compare_every=0.2, parts="relay") as (service, _):
        await service.guard.opened()
        wanted = await _give(producer, 3)
        await producer.pool.execute("delete from outbox")
        await until(lambda: _waiting(producer, 3))
    async with running(producer):
        assert commands(await settled(producer, 3)) == [one.command_id for one in wanted]


async def _waiting(producer: Producer, count: int) -> bool:
    return await producer.count("outbox") == count


async def test_an_event_that_was_overtaken_in_its_stream_stops_the_producer(producer):
    for _ in range(2):
        await producer.handler.handle(ADD, asked())
    await producer.pool.execute("delete from outbox where version = 1")
    # What no sealer does: the first version is passed over.
    await producer.pool.execute(
        "insert into record (sequence, stream, version, key, bytes) values (1, 'count/a', 2, 'count/a', '{}')"
    )
    await producer.pool.execute("update seal_state set sequence = 1")
    await producer.pool.execute("delete from outbox")
    with pytest.raises(Stopped, match=r"store\.order.*version 1 of count/a was never sealed"):
        await compared(producer)


async def _write(producer: Producer, *values: bytes, transaction: str = "") -> None:
    """Somebody else writes to the topic, within a transaction that ends so."""
    named = {"transactional_id": f"stranger-{producer.member}"} if transaction else {}
    stranger = AIOKafkaProducer(bootstrap_servers=producer.kafka, **named)
    await stranger.start()
    try:
        if transaction:
            await stranger.begin_transaction()
        for value in values:
            await stranger.send_and_wait(producer.topic, value, partition=0)
        if transaction == "commit":
            await stranger.commit_transaction()
        elif transaction == "abort":
            await stranger.abort_transaction()
    finally:
        if transaction != "open":
            await stranger.stop()
        else:
            await stranger.client.close()


@pytest.mark.parametrize("transaction", ["", "commit", "abort"])
async def test_what_strangers_write_to_the_topic_changes_nothing(producer, transaction):
    async with running(producer):
        await _give(producer, 2)
        before = await settled(producer, 2)
    forged = before[1].replace(b'"amount":1', b'"amount":9')
    await _write(producer, b"junk", forged, b"", transaction=transaction)
    seen, _, _ = await until(lambda: _compared(producer))
    assert (seen.head, seen.tail, seen.ahead) == (2, 2, None)
    assert seen.foreign == (0 if transaction == "abort" else 3)
    async with running(producer):
        await _give(producer, 1)
        await until(lambda: _acked(producer, 3))
    seen, _, _ = await compared(producer)
    assert (seen.head, seen.tail, seen.foreign) == (3, 3, 0)


async def _compared(producer: Producer) -> Any:
    """None while the broker has not written yet that a transaction is over."""
    try:
        return await compared(producer)
    except Unseen:
        return None


async def _acked(producer: Producer, count: int) -> bool:
    return bool(await producer.pool.fetchval("select acked from relay_state") == count)


async def test_a_transaction_left_open_is_said_and_waited_for(producer):
    async with running(producer):
        await _give(producer, 2)
        await settled(producer, 2)
    await _write(producer, b"junk", transaction="open")
    with pytest.raises(Unseen, match="transaction left open"):
        await compared(producer)


async def test_records_that_go_on_with_another_key_stop_the_producer(producer):
    async with running(producer):
        await _give(producer, 2)
        before = await settled(producer, 2)
    other = Signer(bytes(32))
    await _write(producer, _next(before[-1], other))
    with pytest.raises(Stopped, match=rf"store\.other_key.*{other.keyid}"):
        await compared(producer)


async def test_a_topic_with_a_hole_that_nothing_fills_stops_the_producer(producer):
    async with running(producer):
        await _give(producer, 2)
        before = await settled(producer, 2)
    third = _next(before[-1], producer.signer)
    await _write(producer, _next(third, producer.signer))
    with pytest.raises(Stopped, match=r"store\.topic_hole"):
        await compared(producer)
    # Whoever fills it lets the producer go on, in whatever order they stand.
    await _write(producer, third, _next(third, producer.signer))
    _, taken, _ = await compared(producer)
    assert (taken.records, taken.first, taken.last) == (2, 3, 4)


def _next(raw: bytes, signer: Signer) -> bytes:
    """A record that follows another in the chain and in its stream."""
    last = read(raw)
    said = orjson.loads(last.signed)
    said |= {
        "sequence": said["sequence"] + 1,
        "streamversion": 1,
        "subject": f"count/new-{said['sequence']}",
        "commandid": f"00000000-0000-0000-0000-{said['sequence']:012}",
        "prev": last.digest,
        "keyid": signer.keyid,
    }
    signed = orjson.dumps(said, option=orjson.OPT_SORT_KEYS)
    return join(signed, last.data_bytes, signer.sign(signed))
