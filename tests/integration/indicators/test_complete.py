"""Silence is never taken for health: when answers are not complete, and that a reader that stands still says so."""

import asyncio
import os
import signal
from typing import Any
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaProducer
from prometheus_client import REGISTRY

from services.indicators import care
from services.indicators.rebuild import rebuild
from tests.integration.indicators.conftest import Hand, ReadSide

_WAITING = 50
# Complete but for the producers of other tests, whose topics are held here.
_SEEN = """
select s.current and s.stopped = '[]' and s.behind = '[]' and not s.held ? $1 as complete, f.value
from api.state() s, api.figures('region', '2026-12-31') f
where f.indicator = 'ideas_identified'
"""


async def _counted(side: ReadSide, wanted: int) -> None:
    async def there() -> bool:
        return await side.figure("ideas_identified") == wanted

    await side.until(there)


async def _behind(side: ReadSide, wanted: dict[str, str]) -> None:
    async def there() -> bool:
        return await side.behind() == wanted

    await side.until(there)


async def test_a_topic_that_is_gone_is_said_until_it_is_there_again(side: ReadSide) -> None:
    hand, other = await side.member(), await side.member()
    raws = [await hand.idea(), await hand.idea()]
    async with side.reading():
        await _counted(side, 2)
        await side.until_complete()
        await side.deleted(hand)
        await _behind(side, {hand.source: "topic.gone"})
        assert not await side.is_complete()
        await other.idea()
        await _counted(side, 3)
        await side.laid_anew(hand, *raws)
        await side.until_complete()
    assert await side.figure("ideas_identified") == 3


async def test_a_transaction_left_open_hides_what_lies_behind_it_and_is_said(side: ReadSide) -> None:
    hand, other = await side.member(), await side.member()
    await hand.idea()
    async with side.reading():
        await _counted(side, 1)
        await side.until_complete()
        foreign = AIOKafkaProducer(bootstrap_servers=side.bootstrap, transactional_id=uuid4().hex)
        await foreign.start()
        try:
            await foreign.begin_transaction()
            await foreign.send_and_wait(hand.topic, b"a record that never was", partition=0)
            await hand.idea()
            await _behind(side, {hand.source: "topic.open"})
            assert not await side.is_complete()
            await other.idea()
            await _counted(side, 2)
            await foreign.abort_transaction()
        finally:
            await foreign.stop()
        # What the topic ends with now is a marker, which nobody ever reads as a record.
        await _counted(side, 3)
        await side.until_complete()
    assert await side.stopped(hand) is None


async def _marked(side: ReadSide, hand: Hand) -> None:
    foreign = AIOKafkaProducer(bootstrap_servers=side.bootstrap, transactional_id=uuid4().hex)
    await foreign.start()
    try:
        async with foreign.transaction():
            await foreign.send_and_wait(hand.topic, await _next(hand), partition=0)
    finally:
        await foreign.stop()


async def _next(hand: Hand) -> bytes:
    data = {"idea_id": "last", "title": "La dernière", "provenance": "workshop"}
    return hand.made("IdeaProposed", "idea/last", data)


async def test_a_topic_that_ends_with_a_marker_is_read_to_its_end(side: ReadSide) -> None:
    hand = await side.member()
    await hand.idea()
    await _marked(side, hand)
    async with side.reading() as reader:
        await _counted(side, 2)
        await side.until_complete()
        assert reader.ends.lag() == 0
    async with asyncio.timeout(60):
        assert await rebuild(side.pool, side.settings.model_copy(update={"version": 2})) == reader.progress.records
    async with side.reading():
        await side.until_complete()


async def test_a_beat_that_lies_ahead_keeps_no_reader_out_and_a_statement_that_does_is_none(side: ReadSide) -> None:
    hand = await side.member()
    async with side.reading():
        await hand.idea()
        await _counted(side, 1)
        await side.until_complete()
    ahead = "clock_timestamp() + interval '1 hour'"
    await side.pool.execute(f"update projection set beat = {ahead}, told = {ahead}")
    assert not (await side.state())["current"]
    async with side.figures():
        await hand.idea()
        await _counted(side, 2)
        await side.until_complete()


async def test_a_broker_that_stands_still_is_said_and_is_read_on_when_it_goes_on(side: ReadSide, servers: Any) -> None:
    hand = await side.member()
    await hand.idea()
    await side.pool.execute("select add_version(1)")
    await side.pool.execute("update projection set holds = interval '3 seconds'")
    async with side.figures() as figures:
        await _counted(side, 1)
        await side.until_complete()
        assert figures.status()["status"] == "active"
        assert figures.status()["topics"][hand.topic] == {"sequence": 1, "stopped": None, "offset": 1, "end": 1}
        os.kill(servers.kafka.pid, signal.SIGSTOP)
        try:
            await side.until_complete(False)
            age = REGISTRY.get_sample_value("generateur_figures_proven_age_seconds", {"version": "1"})
            assert age is not None and age > 3
        finally:
            os.kill(servers.kafka.pid, signal.SIGCONT)
        await hand.idea()
        await _counted(side, 2)
        await side.until_complete()


async def test_a_reader_that_ends_leaves_no_statement_that_lasts(side: ReadSide) -> None:
    hand = await side.member()
    await hand.idea()
    async with side.reading():
        await _counted(side, 1)
        await side.until_complete()
    await side.pool.execute("update projection set holds = interval '1 second'")
    await hand.idea()
    await side.until_complete(False)


@pytest.mark.parametrize("why", ["stopped", "held"])
async def test_who_counts_again_is_counted_before_answers_are_complete(side: ReadSide, why: str) -> None:
    hand = await side.member(known=why == "stopped")
    if why == "stopped":
        await hand.send(b"noise")
    for _ in range(_WAITING):
        await hand.idea()
    async with side.reading():

        async def left_out() -> bool:
            state = await side.state()
            return state["current"] and hand.source in state[why]

        await side.until(left_out)
        if why == "stopped":
            async with side.pool.acquire() as connection:
                assert await care.release_producer(connection, 1, hand.source, skip=True)
        else:
            await side.introduce(hand)
        async with asyncio.timeout(60):
            while True:
                (complete, counted), *_ = await side.pool.fetch(_SEEN, hand.source)
                assert counted == _WAITING or not complete
                if complete:
                    break
