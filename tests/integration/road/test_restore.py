"""A database restored from an older backup takes back from the topic what it lacks; nothing is forked."""

import asyncio
from typing import Any

import pytest

from shared.kernel import canonical
from shared.ports import Done, Entry
from shared.runtime.handle import Outcome
from shared.runtime.seal import Sealer
from tests.integration.road.conftest import ADD, Producer, asked
from tests.integration.road.recovering import (
    Backup,
    commands,
    compared,
    given,
    published,
    running,
    settled,
    told,
    until,
)

TABLES = {
    "event": "select * from event order by stream, version",
    "record": "select * from record order by sequence",
    "stream": "select * from stream order by id",
    "command": "select id, stream, first, last from command order by id",
    "seal_state": "select sequence, digest from seal_state",
    "outbox": "select stream, version from outbox order by id",
}


async def _state(producer: Producer) -> dict[str, list[tuple[Any, ...]]]:
    return {what: [tuple(row) for row in await producer.pool.fetch(sql)] for what, sql in TABLES.items()}


@pytest.fixture
def backup(servers: Any, producer: Producer) -> Backup:
    return Backup(servers.postgres.admin_dsn, producer)


async def _give(producer: Producer, count: int) -> list[Any]:
    wanted = [asked(1, f"n{i % 5}") for i in range(count)]
    for one in wanted:
        await producer.handler.handle(ADD, one)
    return wanted


async def test_a_store_restored_while_stopped_takes_back_what_it_lacks(producer, backup):
    async with running(producer):
        early = await _give(producer, 5)
        await settled(producer, 5)
    await backup.make()
    async with running(producer):
        late = [asked(1, f"n{i % 5}") for i in range(7)]
        firsts = [await producer.handler.handle(ADD, one) for one in late]
        before = await settled(producer, 12)
    whole = await _state(producer)
    await backup.restore()
    assert await producer.count("record") == 5
    async with running(producer) as (service, _):
        await service.guard.opened()
        assert await _state(producer) == whole
        again = [await producer.handler.handle(ADD, one) for one in late]
        assert [(one.done, one.types) for one in again] == [(one.done, one.types) for one in firsts]
        assert all(one.repeated for one in again)
        fresh = await _give(producer, 4)
        after = await settled(producer, 16)
    assert after[:12] == before
    assert commands(after) == [one.command_id for one in (*early, *late, *fresh)]


async def test_a_store_restored_under_a_running_service_loses_nothing_acknowledged(producer, backup):
    async with running(producer) as (_, client):
        first = [await told(client, *given()) for _ in range(5)]
        await settled(producer, 5)
        await backup.make()
        second = [await told(client, *given()) for _ in range(8)]
        await settled(producer, 13)
        await backup.restore()
        # At once, whatever the service knows of it.
        third = await asyncio.gather(*(told(client, *given()) for _ in range(8)))
        again = [await told(client, one.command_id, one.name) for one in second]
        raws = await settled(producer, 21)
    assert again == second
    assert sorted(commands(raws)) == sorted(one.command_id for one in (*first, *second, *third))
    # The topic holds each record once: nothing was published in doubt.
    assert len(await published(producer, every=True)) == 21


async def test_what_a_backup_held_unsealed_is_not_sealed_a_second_time(producer, backup):
    wanted = await _give(producer, 6)
    await backup.make()
    async with running(producer):
        before = await settled(producer, 6)
    await backup.restore()
    assert (await producer.count("outbox"), await producer.count("record")) == (6, 0)
    _, taken, _ = await compared(producer)
    assert (taken.records, taken.first, taken.last, taken.commands) == (6, 1, 6, 6)
    assert await producer.count("outbox") == 0
    # Its digest was in the backup.
    assert await producer.pool.fetchval("select count(*) from command where digest = ''") == 0
    async with running(producer):
        again = [await producer.handler.handle(ADD, one) for one in wanted]
        assert all(one.repeated for one in again)
        assert await settled(producer, 6) == before


async def test_events_of_one_command_sealed_apart_come_back_as_one_command(producer, backup):
    async with running(producer):
        await _give(producer, 1)
        await settled(producer, 1)
    await backup.make()
    await _interleaved(producer)
    sealer = Sealer(producer.pool, producer.source, producer.signer)
    await sealer.claim()
    assert await sealer.seal() == 6
    sealer.close()
    async with running(producer):
        await settled(producer, 7)
    whole = await _state(producer)
    await backup.restore()
    _, taken, _ = await compared(producer)
    assert (taken.records, taken.commands) == (6, 2)
    assert await _state(producer) == whole
    kept = [await producer.store.sequences(stream, 1, 3) for stream in ("count/x", "count/y")]
    assert kept == [[2, 4, 6], [3, 5, 7]]


async def test_the_sequences_of_a_command_are_told_as_they_are_when_others_sealed_between_them(producer):
    async with running(producer, parts="api") as (service, _):
        await service.guard.opened()
        await _interleaved(producer)
        done = [Outcome(Done(stream, 1, 3), (), False) for stream in ("count/x", "count/y")]
        telling = asyncio.gather(*(service.sequences(one) for one in done))
        await until(lambda: _value(len(service._waiting) == 6))
        sealer = Sealer(producer.pool, producer.source, producer.signer, service._on_sealed)
        await sealer.claim()
        await sealer.seal()
        sealer.close()
        assert await telling == [[1, 3, 5], [2, 4, 6]]


async def _interleaved(producer: Producer) -> None:
    """Two commands of three events each, as two appends at the same moment leave them."""
    for stream in ("count/x", "count/y"):
        one = asked()
        await producer.store.append(stream, 0, [_entry(one, stream) for _ in range(3)], one.command_id, b"d" * 32, {})
    await producer.pool.execute("delete from outbox")
    await producer.pool.execute(
        "insert into outbox (stream, version) "
        "select s, v from generate_series(1, 3) v, unnest(array['count/x', 'count/y']) s order by v, s"
    )


def _entry(one: Any, stream: str) -> Entry:
    names = ("actor", "causationid", "correlationid", "id", "origin", "role")
    said = dict.fromkeys(names, "x") | {"commandid": str(one.command_id), "time": "2026-01-01T00:00:00.000000Z"}
    said |= {"occurredon": "2026-01-01", "occurredprecision": "day"}
    data = {"name": stream.partition("/")[2], "amount": 1, "before": 0}
    return Entry("counting.Added.v1", canonical.encode(said), canonical.encode(data))


async def test_a_store_that_sealed_on_an_older_head_is_stopped_and_says_what_mends_it(producer, backup):
    async with running(producer):
        await _give(producer, 3)
        await settled(producer, 3)
    await backup.make()
    async with running(producer):
        await _give(producer, 2)
        before = await settled(producer, 5)
    await backup.restore()
    # As a service would that asked nobody.
    await _give(producer, 1)
    await producer.seal()
    async with running(producer) as (service, client):
        why = await until(lambda: _value(service.guard.stopped))
        assert why.code == "store.forked"
        assert f"generateur recover --member {producer.member} --service counting --from-topic" in why.message
        status, problem = await told(client, *given(), patient=False)
        assert (status, problem["code"]) == (503, "service.stopped")
        assert why.message in problem["message"]["en"]
        ready = await client.get("/ready")
        assert (ready.status_code, ready.json()["status"]) == (503, "stopped")
        assert await published(producer) == before
        assert await producer.count("event") == 4


async def _value(found: Any) -> Any:
    return found


async def test_with_its_broker_away_a_service_that_starts_records_nothing_and_one_that_runs_goes_on(producer):
    async with running(producer, kafka="127.0.0.1:1") as (_, client):
        status, problem = await told(client, *given(), patient=False)
        assert (status, problem["code"]) == (503, "service.recovering")
        assert (await client.get("/ready")).status_code == 503
        assert await producer.count("event") == 0
    async with running(producer, compare_every=0.2) as (service, client):
        await told(client, *given())
        service.guard._kafka = "127.0.0.1:1"
        await asyncio.sleep(1)
        await told(client, *given())
        assert service.guard.open
        await settled(producer, 2)
