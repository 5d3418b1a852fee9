"""The audit on a real broker: it reads every topic from its first record to its end, and exports what it read."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic, RecordsToDelete

from services.audit.main import main
from tests.audit.making import World, key_of, qty


def topic_of(source: str) -> str:
    return f"events.{source.split('/')[2]}.{source.split('/')[3]}"


def history(member: str) -> World:
    """A coordinator and its projects, with some records."""
    projects = f"/members/{member}/projects"
    world = World(projects, coordinator=member)
    for number in range(300):
        world.say(
            "projects.JobBatchDeclared", {"count": qty(1), "kind": "created"}, source=projects, subject=f"b/{number}"
        )
    return world


async def publish(bootstrap: str, world: World, codec: str | None = None) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, compression_type=codec)
    await admin.start()
    await producer.start()
    try:
        await admin.create_topics([NewTopic(topic_of(source), 1, 1) for source in world.topics])
        for source, records in world.topics.items():
            sent = [await producer.send(topic_of(source), raw, partition=0) for raw in records]
            await asyncio.gather(*sent)
    finally:
        await producer.stop()
        await admin.close()


async def cut(servers: Any, member: str, offset: int) -> None:
    """Takes the beginning of the projects' topic away."""
    admin = AIOKafkaAdminClient(bootstrap_servers=servers.kafka.bootstrap)
    await admin.start()
    try:
        partition = TopicPartition(f"events.{member}.projects", 0)
        await admin.delete_records({partition: RecordsToDelete(before_offset=offset)})
    finally:
        await admin.close()


async def audit(servers: Any, world: World, command: str, *more: str) -> int:
    member = world.root.split("/")[2]
    root = bytes(key_of(world.root).verify_key).hex()
    words = [command, *more, "--kafka", servers.kafka.bootstrap, "--root", root, "--coordinator", member]
    return await asyncio.to_thread(main, [*words, "--member", member, "--no-figures", "--state", "none"])


@pytest.mark.parametrize("codec", [None, "lz4", "zstd"])
async def test_a_whole_history_is_verified_on_the_broker(servers: Any, member: str, codec: str | None) -> None:
    world = history(member)
    await publish(servers.kafka.bootstrap, world, codec)
    assert await audit(servers, world, "replay") == 0


async def test_an_export_holds_the_exact_bytes_and_verifies_without_the_broker(
    servers: Any, member: str, tmp_path: Path
) -> None:
    world = history(member)
    world.topics[world.root].append(world.topics[world.root][-1])
    await publish(servers.kafka.bootstrap, world)
    assert await audit(servers, world, "export", str(tmp_path)) == 0
    for source, records in world.topics.items():
        assert (tmp_path / f"{topic_of(source)}.ndjson").read_bytes() == b"".join(raw + b"\n" for raw in records)
    root = bytes(key_of(world.root).verify_key).hex()
    words = ["replay", "--from", str(tmp_path), "--root", root, "--state", str(tmp_path / "none")]
    assert await asyncio.to_thread(main, [*words, "--no-figures"]) == 0
    assert await asyncio.to_thread(main, words) == 7


async def test_an_altered_record_on_the_broker_is_told_and_exported_as_it_is(
    servers: Any, member: str, tmp_path: Path
) -> None:
    world = history(member)
    projects = f"/members/{member}/projects"
    world.change(projects, 7, lambda record: record["data"].update(count=qty(2)))
    world.topics[projects][9] = b'{"a"\n:1}'
    await publish(servers.kafka.bootstrap, world)
    assert await audit(servers, world, "replay") == 2
    assert await audit(servers, world, "export", str(tmp_path)) == 2
    root = bytes(key_of(world.root).verify_key).hex()
    words = ["replay", "--from", str(tmp_path), "--root", root, "--state", str(tmp_path / "none"), "--no-figures"]
    assert await asyncio.to_thread(main, words) == 2


async def test_a_topic_without_its_first_records_is_missing_evidence(servers: Any, member: str) -> None:
    world = history(member)
    await publish(servers.kafka.bootstrap, world)
    await cut(servers, member, 5)
    assert await audit(servers, world, "replay") == 7


async def test_a_topic_that_begins_late_by_its_offsets_only_is_whole(servers: Any, member: str) -> None:
    world = history(member)
    projects = f"/members/{member}/projects"
    records = world.topics[projects]
    world.topics[projects] = [*records[:5], *records]
    await publish(servers.kafka.bootstrap, world)
    await cut(servers, member, 5)
    assert await audit(servers, world, "replay") == 0


async def test_nothing_left_of_a_topic_is_missing_evidence(servers: Any, member: str) -> None:
    world = history(member)
    await publish(servers.kafka.bootstrap, world)
    await cut(servers, member, 300)
    assert await audit(servers, world, "replay") == 7


@contextlib.asynccontextmanager
async def transactions(servers: Any, member: str) -> AsyncIterator[AIOKafkaProducer]:
    producer = AIOKafkaProducer(bootstrap_servers=servers.kafka.bootstrap, transactional_id=f"strange-{member}")
    await producer.start()
    try:
        yield producer
    finally:
        await producer.stop()


@pytest.mark.parametrize("last", [False, True])
async def test_records_of_an_aborted_transaction_were_never_said(servers: Any, member: str, last: bool) -> None:
    world = history(member)
    projects = f"/members/{member}/projects"
    whole = world.topics[projects]
    world.topics[projects] = whole if last else whole[:200]
    await publish(servers.kafka.bootstrap, world)
    async with transactions(servers, member) as producer:
        await producer.begin_transaction()
        await producer.send_and_wait(topic_of(projects), b"{}", partition=0)
        await producer.abort_transaction()
        if not last:
            async with producer.transaction():
                for raw in whole[200:]:
                    await producer.send(topic_of(projects), raw, partition=0)
    assert await audit(servers, world, "replay") == 0


async def test_an_open_transaction_is_missing_evidence_and_holds_nobody_up(
    servers: Any, member: str, capsys: pytest.CaptureFixture[str]
) -> None:
    world = history(member)
    await publish(servers.kafka.bootstrap, world)
    async with transactions(servers, member) as producer:
        await producer.begin_transaction()
        await producer.send_and_wait(f"events.{member}.projects", b"{}", partition=0)
        assert await audit(servers, world, "replay") == 7
        said = capsys.readouterr().out
        assert "topic.open_transaction" in said
        assert "301 of 301 signatures verified" in said
        await producer.abort_transaction()
    assert await audit(servers, world, "replay") == 0


async def test_a_key_without_a_topic_is_missing_evidence(servers: Any, member: str) -> None:
    world = history(member)
    del world.topics[f"/members/{member}/projects"]
    await publish(servers.kafka.bootstrap, world)
    assert await audit(servers, world, "replay") == 7
