"""The reader on real servers: exactly once, one at a time, and what is bad stops only who sent it."""

import asyncio
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from services.indicators import care
from services.indicators.rebuild import activate, rebuild
from shared.kernel import record
from shared.kernel.keys import Signer
from shared.runtime.seal import Fenced
from tests.integration.indicators.conftest import Hand, ReadSide


async def _ideas(side: ReadSide, wanted: int) -> None:
    async def there() -> bool:
        return await side.figure("ideas_identified") == wanted

    await side.until(there)


async def test_a_record_becomes_a_figure_in_every_scope(side: ReadSide) -> None:
    hand = await side.member()
    async with side.reading():
        await hand.idea()
        await _ideas(side, 1)
    assert await side.figure("ideas_identified", f"member/{hand.member}") == 1
    assert await side.figure("ideas_identified", day="2019-05-31") == 0
    assert await side.figure("ideas_identified", day="2019-06-01") == 1


async def test_records_delivered_again_count_once(side: ReadSide) -> None:
    hand = await side.member()
    async with side.reading():
        raws = [await hand.idea() for _ in range(3)]
        await hand.send(*raws, raws[0], *raws[1:])
        await hand.idea()
        await _ideas(side, 4)
    assert await side.stopped(hand) is None


async def test_a_new_members_topic_is_heard_within_five_seconds(side: ReadSide) -> None:
    async with side.reading():
        await asyncio.sleep(0.5)
        hand = await side.member()
        await hand.idea()
        await side.until(lambda: _is(side, 1), seconds=5)


async def _is(side: ReadSide, wanted: int) -> bool:
    return await side.figure("ideas_identified") == wanted


async def test_a_producer_without_a_known_key_is_held_until_it_is_known(side: ReadSide) -> None:
    hand = await side.member(known=False)
    await hand.idea()
    async with side.reading():
        await asyncio.sleep(3)
        assert hand.source in (await side.pool.fetchval("select held::text from api.state()"))
        assert await side.figure("ideas_identified") == 0
        await side.introduce(hand)
        await _ideas(side, 1)


async def _bad_payload(hand: Hand) -> None:
    await hand.send(hand.made("IdeaProposed", "idea/x", {"idea_id": "x", "title": "vrai"}).replace(b"vrai", b"faux"))


async def _bad_attribute(hand: Hand) -> None:
    await hand.send(hand.made("IdeaProposed", "idea/x", {"idea_id": "x", "title": "t"}).replace(b"someone", b"another"))


async def _bad_order(hand: Hand) -> None:
    one, two = (hand.made("IdeaProposed", f"idea/{n}", {"idea_id": n, "title": "t"}) for n in ("x", "y"))
    await hand.send(two, one)


async def _hole(hand: Hand) -> None:
    hand.made("IdeaProposed", "idea/x", {"idea_id": "x", "title": "t"})
    await hand.idea()


async def _foreign(hand: Hand) -> None:
    await hand.idea(source="/members/somebody-else/ideation")


async def _other_key(hand: Hand) -> None:
    await hand.idea(signer=Signer(b"\x09" * 32))


async def _no_record(hand: Hand) -> None:
    await hand.send(b'{"not": "a record"}')


@pytest.mark.parametrize(
    ("attack", "code"),
    [
        (_bad_payload, "chain.digest"),
        (_bad_attribute, "chain.signature"),
        (_bad_order, "chain.hole"),
        (_hole, "chain.hole"),
        (_foreign, "chain.owner"),
        (_other_key, "chain.key"),
        (_no_record, "record.not_canonical"),
    ],
)
async def test_what_is_bad_stops_its_producer_and_no_other(side: ReadSide, attack: Any, code: str) -> None:
    bad, good = await side.member(), await side.member()
    await bad.idea()
    async with side.reading():
        await _ideas(side, 1)
        await attack(bad)

        async def is_stopped() -> bool:
            return await side.stopped(bad) is not None

        await side.until(is_stopped)
        await good.idea()
        await _ideas(side, 2)
        await good.idea()
        await _ideas(side, 3)
    assert (await side.stopped(bad) or "").startswith(code)
    assert await side.stopped(good) is None
    said = await side.pool.fetchval("select stopped::text from api.state()")
    assert bad.source in said and good.source not in said
    assert await side.pool.fetchval("select count(*) from evidence where code = $1", code) == 1


async def test_what_stood_before_a_bad_record_in_one_batch_is_counted(side: ReadSide) -> None:
    hand = await side.member()
    for _ in range(3):
        await hand.idea()
    await _bad_attribute(hand)
    async with side.reading():

        async def is_stopped() -> bool:
            return await side.stopped(hand) is not None

        await side.until(is_stopped)
    assert await side.figure("ideas_identified") == 3


async def test_a_stopped_producer_is_released_behind_its_bad_record(side: ReadSide) -> None:
    hand = await side.member()
    await hand.send(b"noise")
    async with side.reading():

        async def is_stopped() -> bool:
            return await side.stopped(hand) is not None

        await side.until(is_stopped)
        await hand.idea()
        async with side.pool.acquire() as connection:
            assert await care.release_producer(connection, 1, hand.source, skip=True)
            assert not await care.release_producer(connection, 1, "/members/nobody/ideation")
        await _ideas(side, 1)
    assert await side.stopped(hand) is None


async def test_a_voided_idea_leaves_the_figures_and_the_lists(side: ReadSide) -> None:
    hand = await side.member()
    async with side.reading():
        raw = await hand.idea()
        await hand.idea()
        await _ideas(side, 2)
        assert await side.pool.fetchval("select count(*) from document where kind = 'idea'") == 2
        await hand.void(raw)
        await _ideas(side, 1)
    name = f"{hand.member}/{record.read(raw).data['idea_id']}"
    assert await side.pool.fetchval("select count(*) from document where kind = 'idea'") == 1
    assert await side.pool.fetchval("select count(*) from document where id = $1", name) == 0


async def test_a_backlog_is_folded_in_pieces_and_batches_as_it_is_one_by_one(side: ReadSide) -> None:
    hand = await side.member()
    names = [str(uuid4()) for _ in range(1_200)]
    ideas = [{"idea_id": name, "title": "Une idée", "provenance": "workshop"} for name in names]
    made = [hand.made("IdeaProposed", f"idea/{idea['idea_id']}", idea) for idea in ideas]
    kept = [hand.made("IdeaShortlisted", f"idea/{name}", {"idea_id": name}) for name in names]
    reader = await side.reader()
    running = asyncio.create_task(reader.run())
    try:
        await hand.send(*made)
        await _ideas(side, 1_200)
        await hand.send(*kept)
        await side.until(lambda: _shortlisted(side, 1_200))
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await reader.stop()
    assert await rebuild(side.pool, side.settings.model_copy(update={"version": 2})) == reader.progress.records
    assert await side.totals(2) == await side.totals(1)
    assert await side.pool.fetchval("select count(*) from document_2 where body ->> 'status' = 'shortlisted'") == 1_200


async def _shortlisted(side: ReadSide, wanted: int) -> bool:
    sql = "select count(*) from document_1 where body ->> 'status' = 'shortlisted'"
    return bool(await side.pool.fetchval(sql) == wanted)


async def test_an_unknown_type_is_counted_and_passed(side: ReadSide) -> None:
    hand = await side.member()
    async with side.reading():
        await hand.send(hand.made("SomethingNew", "thing/1", {"a": 1}))
        await hand.idea()
        await _ideas(side, 1)
    assert await side.pool.fetchval("select seen from unknown_type where type = 'ideation.SomethingNew.v1'") == 1


async def test_a_second_reader_fences_the_first_and_figures_are_exact(side: ReadSide) -> None:
    hand = await side.member()
    first = await side.reader()
    running = asyncio.create_task(first.run())
    for _ in range(20):
        await hand.idea()
    second = await side.reader(take_over=True)
    task = asyncio.create_task(second.run())
    for _ in range(20):
        await hand.idea()
    with pytest.raises(Fenced):
        await asyncio.wait_for(running, 60)
    with pytest.raises(Fenced):
        await first.beat()
    waiting = asyncio.create_task(_ideas(side, 40))
    await asyncio.wait({waiting, task}, return_when=asyncio.FIRST_COMPLETED)
    assert not task.done(), task.exception()
    await waiting
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await asyncio.gather(first.stop(), second.stop())
    assert await side.figure("ideas_identified") == 40


async def test_a_standby_takes_over_when_the_reader_goes_silent(side: ReadSide) -> None:
    first = await side.reader()
    waiting = asyncio.create_task(side.reader(take_over=False))
    await asyncio.sleep(1)
    assert not waiting.done()
    second = await asyncio.wait_for(waiting, 10)
    with pytest.raises(Fenced):
        await first.beat()
    await asyncio.gather(first.stop(), second.stop())


async def test_rebuilt_equals_live_and_is_switched_to_by_one_row(side: ReadSide) -> None:
    one, two = await side.member(), await side.member("projects")
    project = str(uuid4())
    async with side.reading():
        for _ in range(5):
            await one.idea()
        opened: dict[str, Any] = {"project_id": project, "member_id": two.member, "title": "T", "nature": "creation"}
        opened |= {"origin_kind": "idea", "idea_ids": [], "accompaniment_ids": [], "territory_ids": ["t"]}
        await two.send(two.made("ProjectOpened", f"project/{project}", opened))
        started = {"project_id": project, "activity_id": "a", "kind": "permanent"}
        await two.send(two.made("ActivityStarted", "activity/a", started))

        async def completed() -> bool:
            return await side.figure("projects_completed") == 1 and await side.figure("ideas_identified") == 5

        await side.until(completed)
    settings = side.settings.model_copy(update={"version": 2})
    await rebuild(side.pool, settings)
    assert await side.totals(2) == await side.totals(1)
    assert await side.pool.fetchval("select version from api.state()") == 1
    async with side.pool.acquire() as connection:
        await activate(connection, 2)
        with pytest.raises(LookupError):
            await activate(connection, 9)
        await connection.execute("select drop_version(1)")
    assert await side.pool.fetchval("select version from api.state()") == 2
    assert await side.figure("projects_completed") == 1


async def test_the_gateways_role_sees_functions_and_no_table(side: ReadSide, servers: Any) -> None:
    dsn = side.settings.figures_dsn.get_secret_value().replace("indicators_writer:", "gateway_reader:")
    connection = await asyncpg.connect(dsn)
    try:
        await connection.fetch("select * from api.figures('region', current_date)")
        for statement in ("select * from public.fact", "delete from public.total", "select public.drop_version(1)"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement)
    finally:
        await connection.close()
