"""Topics laid anew, read sides older or newer than they, and records that come again with other bytes."""

from typing import Any

import pytest

from services.indicators import care
from shared.kernel.chain import ZERO
from tests.integration.indicators.conftest import Hand, ReadSide


async def _counted(side: ReadSide, wanted: int) -> None:
    async def there() -> bool:
        return await side.figure("ideas_identified") == wanted

    await side.until(there)


async def _is_stopped(side: ReadSide, hand: Hand) -> str:
    async def stopped() -> bool:
        return await side.stopped(hand) is not None

    await side.until(stopped)
    return await side.stopped(hand) or ""


def _ideas(hand: Hand, count: int) -> list[bytes]:
    named = [f"{hand.link.sequence + n}" for n in range(count)]
    data = [{"idea_id": name, "title": "Une idée", "provenance": "workshop"} for name in named]
    return [hand.made("IdeaProposed", f"idea/{one['idea_id']}", one) for one in data]


async def _grown(side: ReadSide, hand: Hand, count: int = 6) -> list[bytes]:
    """Records of which the topic holds some twice, so that offsets and sequences differ."""
    raws = _ideas(hand, count)
    await hand.send(*raws[:3], *raws)
    return raws


@pytest.mark.parametrize("running", [True, False])
async def test_topics_lost_and_published_again_are_read_on_by_sequence(side: ReadSide, running: bool) -> None:
    hand, other = await side.member(), await side.member()
    async with side.reading() as reader:
        raws = await _grown(side, hand)
        await _counted(side, 6)
        if running:
            await side.laid_anew(hand, *raws)
            raws += (fresh := _ideas(hand, 4))
            await hand.send(*fresh)
            await other.idea()
            await _counted(side, 11)
    if not running:
        await side.laid_anew(hand, *raws, *_ideas(hand, 4))
        await other.idea()
        async with side.reading() as reader:
            await _counted(side, 11)
            await side.until_complete()
    assert await side.stopped(hand) is None
    assert reader.progress.positions[hand.topic].link.sequence == 10
    assert await side.pool.fetchval("select count(*) from fact_1 where entity <> 0") >= 11


async def test_a_topic_that_holds_less_than_was_counted_is_waited_for(side: ReadSide) -> None:
    hand, other = await side.member(), await side.member()
    raws = _ideas(hand, 6)
    await hand.send(*raws)
    async with side.reading():
        await _counted(side, 6)
        await side.until_complete()
    await side.laid_anew(hand, *raws[:4])
    async with side.reading():

        async def less() -> bool:
            return await side.behind() == {hand.source: "topic.behind"}

        await side.until(less)
        assert not await side.is_complete()
        await other.idea()
        await _counted(side, 7)
        await hand.send(*raws[4:], *_ideas(hand, 1))
        await _counted(side, 8)
        await side.until_complete()
    assert await side.stopped(hand) is None


async def test_a_topic_that_begins_behind_the_place_stops_its_producer_until_it_is_whole(side: ReadSide) -> None:
    hand, other = await side.member(), await side.member()
    raws = _ideas(hand, 3)
    await hand.send(*raws)
    async with side.reading():
        await _counted(side, 3)
    more = _ideas(hand, 3)
    await side.laid_anew(hand, *more[1:])
    async with side.reading():
        assert (await _is_stopped(side, hand)).startswith("history.missing")
        await other.idea()
        await _counted(side, 4)
        await side.laid_anew(hand, *raws, *more)
        async with side.pool.acquire() as connection:
            assert await care.release_producer(connection, 1, hand.source)
        await _counted(side, 7)
    assert await side.stopped(hand) is None


async def test_a_read_side_older_than_the_topics_goes_on_from_its_position(side: ReadSide) -> None:
    hand = await side.member()
    raws = await _grown(side, hand)
    async with side.reading():
        await _counted(side, 6)
        await side.until_complete()
    await side.laid_anew(hand, raws[0], *raws, *_ideas(hand, 2))
    await side.pool.execute("update projection set told = '-infinity'")
    assert not await side.is_complete()
    async with side.reading():
        await _counted(side, 8)
        await side.until_complete()


async def _changed(hand: Hand, raws: list[bytes]) -> bytes:
    """The second record again, another title, well signed."""
    kept, hand.link, hand.versions = (hand.link, hand.versions), ZERO, {}
    again = _ideas(hand, 1)
    made = hand.made("IdeaProposed", "idea/1", {"idea_id": "1", "title": "Une autre", "provenance": "workshop"})
    assert again[0] != raws[0]
    hand.link, hand.versions = kept
    return made


async def _other_data(hand: Hand, raws: list[bytes]) -> bytes:
    return raws[1].replace("Une idée".encode(), "Une idéé".encode())


async def _other_signature(hand: Hand, raws: list[bytes]) -> bytes:
    at = raws[1].index(b'"signature":"') + 20
    return raws[1][:at] + (b"A" if raws[1][at : at + 1] != b"A" else b"B") + raws[1][at + 1 :]


@pytest.mark.parametrize("again", [_changed, _other_data, _other_signature])
@pytest.mark.parametrize("when", ["at once", "in a batch", "after a restart"])
async def test_a_sequence_again_with_other_bytes_stops_its_producer(side: ReadSide, again: Any, when: str) -> None:
    hand, other = await side.member(), await side.member()
    raws = _ideas(hand, 5)
    wrong = await again(hand, raws)
    if when == "in a batch":
        await hand.send(*raws[:4], wrong, raws[4])
    else:
        await hand.send(*raws)
    async with side.reading():
        if when == "at once":
            await _counted(side, 5)
            await hand.send(raws[0], wrong, *_ideas(hand, 1))
        elif when == "after a restart":
            await _counted(side, 5)
        if when != "after a restart":
            assert (await _is_stopped(side, hand)).startswith("chain.equivocation")
    if when == "after a restart":
        await hand.send(raws[0], wrong, *_ideas(hand, 1))
        async with side.reading():
            assert (await _is_stopped(side, hand)).startswith("chain.equivocation")
    async with side.reading():
        await other.idea()
        await _counted(side, 5 if when == "in a batch" else 6)
    found = await side.pool.fetch("select record from evidence where code = 'chain.equivocation'")
    assert [row["record"] for row in found] == [wrong]


async def test_what_comes_again_unchanged_from_any_batch_counts_once(side: ReadSide) -> None:
    hand = await side.member()
    raws = _ideas(hand, 1_300)
    await hand.send(*raws, *raws[:700])
    async with side.reading():
        await _counted(side, 1_300)
        await hand.send(*raws[200:900])
        for _ in range(3):
            raws.append(await hand.idea())
            await _counted(side, len(raws))
        await hand.send(*raws[-3:], *raws[:5])
        await hand.idea()
        await _counted(side, len(raws) + 1)
    assert await side.stopped(hand) is None
    kept = await side.pool.fetchval("select sum(length(digests)) / 32 from counted_1 where topic = $1", hand.topic)
    assert kept == len(raws) + 1


async def test_a_hole_is_a_hole_where_the_place_is_certain(side: ReadSide) -> None:
    hand = await side.member()
    await hand.send(*_ideas(hand, 3))
    async with side.reading():
        await _counted(side, 3)
        made = _ideas(hand, 3)
        await hand.send(made[0], made[2])
        assert (await _is_stopped(side, hand)).startswith("chain.hole")
        await hand.send(made[1], made[2])
        async with side.pool.acquire() as connection:
            await care.release_producer(connection, 1, hand.source, skip=True)
        await _counted(side, 6)
    assert await side.stopped(hand) is None
