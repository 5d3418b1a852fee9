"""Appending: one road, all or nothing, whoever else writes."""

import asyncio
import contextlib
from uuid import uuid4

import asyncpg
import orjson
import pytest

from shared.kernel.refusals import Conflict, Refused
from shared.ports import Entry
from tests.integration.road.conftest import ADD, REACH, Reach, asked

ENTRY = Entry("counting.Added.v1", b'{"role":"AD","time":"t"}', b'{"amount":1}')


async def events(producer, stream="count/a"):
    """The events of a stream, as they are stored."""
    return (await producer.store.read([stream], [], [])).streams.get(stream, [])


async def test_a_command_is_recorded_and_read_back(producer):
    outcome = await producer.handler.handle(ADD, asked(5))
    (stored,) = await events(producer)
    assert outcome.changed and not outcome.repeated
    assert (stored.type, stored.version, orjson.loads(stored.data)["amount"]) == ("counting.Added.v1", 1, 5)
    assert orjson.loads(stored.attributes)["actor"] == "someone"


async def test_twenty_writers_race_for_one_stream_and_every_version_is_taken_once(producer):
    async def writer(number: int) -> int:
        done = 0
        for _ in range(5):
            # "Try again" is the one answer a racing writer may get instead.
            with contextlib.suppress(Refused):
                await producer.handler.handle(ADD, asked(1, actor=f"writer-{number}"))
                done += 1
        return done

    accepted = sum(await asyncio.gather(*(writer(n) for n in range(20))))
    past = await events(producer)
    assert accepted > 20
    assert [row.version for row in past] == list(range(1, accepted + 1))
    before = [orjson.loads(row.data)["before"] for row in past]
    assert before == list(range(accepted)), "each decided on what stood before it"


async def test_a_repeated_command_gives_its_first_result(producer):
    first = asked(3)
    one = await producer.handler.handle(ADD, first)
    await producer.handler.handle(ADD, asked(2))
    again = await producer.handler.handle(ADD, first)
    assert again.repeated
    assert again.done == one.done
    assert len(await events(producer)) == 2


async def test_a_command_that_changed_nothing_keeps_its_first_result_too(producer):
    await producer.handler.handle(ADD, asked(5))
    first = asked(input=Reach(name="a", least=5))
    one = await producer.handler.handle(REACH, first)
    again = await producer.handler.handle(REACH, first)
    assert not one.changed and not one.repeated
    assert not again.changed and again.repeated
    assert again.done == one.done
    with pytest.raises(Refused, match=r"command\.reused"):
        await producer.handler.handle(REACH, asked(input=Reach(name="a", least=9), command_id=first.command_id))
    assert len(await events(producer)) == 1


async def test_twenty_copies_of_one_command_at_once_are_recorded_once(producer):
    one = asked(3)
    outcomes = await asyncio.gather(*(producer.handler.handle(ADD, one) for _ in range(20)))
    assert len({o.done for o in outcomes}) == 1
    assert [o.repeated for o in outcomes].count(False) == 1
    assert len(await events(producer)) == 1


async def test_a_command_id_with_another_input_is_refused(producer):
    one = asked(3)
    await producer.handler.handle(ADD, one)
    with pytest.raises(Refused, match=r"command\.reused"):
        await producer.handler.handle(ADD, asked(4, command_id=one.command_id))


async def test_an_expected_version_that_has_passed_is_refused(producer):
    await producer.handler.handle(ADD, asked(1))
    with pytest.raises(Refused, match=r"stream\.version"):
        await producer.handler.handle(ADD, asked(1, expected_version=0))
    assert (await producer.handler.handle(ADD, asked(1, expected_version=1))).changed


async def test_a_conflict_writes_nothing_at_all(producer):
    await producer.store.append("count/a", 0, [ENTRY], uuid4(), b"d", {})
    for expected in (0, 2):
        with pytest.raises(Conflict):
            await producer.store.append("count/a", expected, [ENTRY, ENTRY], uuid4(), b"d", {})
    counts = await producer.pool.fetchrow(
        "select (select count(*) from event) e, (select count(*) from command) c, (select count(*) from outbox) o"
    )
    assert tuple(counts) == (1, 1, 1)


async def test_several_events_take_versions_in_order(producer):
    await producer.store.append("count/a", 0, [ENTRY] * 3, uuid4(), b"d", {})
    await producer.store.append("count/a", 3, [ENTRY] * 2, uuid4(), b"d", {})
    rows = await producer.pool.fetch("select version from outbox order by id")
    assert [r["version"] for r in rows] == [1, 2, 3, 4, 5]


async def test_a_refused_decision_writes_nothing(producer):
    await producer.handler.handle(ADD, asked(1000))
    with pytest.raises(Refused, match=r"count\.full"):
        await producer.handler.handle(ADD, asked(1))
    assert len(await events(producer)) == 1


@pytest.mark.parametrize("statement", ["update event set version = 9", "delete from event", "truncate record"])
async def test_nobody_rewrites_events(producer, servers, statement):
    await producer.store.append("count/a", 0, [ENTRY], uuid4(), b"d", {})
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await producer.pool.execute(statement)
    database = producer.dsn.rpartition("/")[2]
    owner = await asyncpg.connect(servers.postgres.admin_dsn, database=database)
    try:
        with pytest.raises(asyncpg.RaiseError, match="never changed"):
            await owner.execute(statement)
    finally:
        await owner.close()


async def test_a_role_reaches_no_other_database(producer, servers):
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await asyncpg.connect(producer.dsn.rpartition("/")[0] + "/postgres", ssl=False, timeout=5)
