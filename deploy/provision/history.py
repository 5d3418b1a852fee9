"""Whether anything was recorded by a producer, asked of the two places that remember: its database and its topic."""

from collections.abc import Iterable

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition

from deploy.provision import databases
from shared.kernel.record import source_of, topic_of


async def recorded(admin_dsn: str, kafka: str, producers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Of these producers, as (member, service), those of which there is a record or an event."""
    asked = list(producers)
    published = await _published(kafka, [topic_of(source_of(*one)) for one in asked])
    admin = await asyncpg.connect(admin_dsn)
    try:
        names = [databases.database_of(*one) for one in asked]
        there = {row[0] for row in await admin.fetch("select datname from pg_database where datname = any($1)", names)}
    finally:
        await admin.close()
    found = []
    for one in asked:
        name = databases.database_of(*one)
        if topic_of(source_of(*one)) in published or (name in there and await _stored(admin_dsn, name)):
            found.append(one)
    return found


async def _stored(admin_dsn: str, database: str) -> bool:
    inside = await asyncpg.connect(admin_dsn, database=database)
    try:
        if not await inside.fetchval("select to_regclass('public.event') is not null"):
            return False
        return bool(await inside.fetchval("select exists (select from event)"))
    finally:
        await inside.close()


async def _published(kafka: str, topics: list[str]) -> set[str]:
    consumer = AIOKafkaConsumer(bootstrap_servers=kafka, enable_auto_commit=False)
    await consumer.start()
    try:
        parts = [TopicPartition(topic, 0) for topic in sorted(set(topics) & await consumer.topics())]
        ends = await consumer.end_offsets(parts) if parts else {}
        return {part.topic for part, end in ends.items() if end > 0}
    finally:
        await consumer.stop()
