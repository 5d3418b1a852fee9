"""`project`: the reader of figures folding into PostgreSQL, over aiokafka reading the same records for nothing."""

import asyncio
import gc
from itertools import count
from statistics import median
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from deploy.provision import databases, figures
from services.indicators import catalogue
from services.indicators.reader import Reader
from services.indicators.settings import Settings
from shared.adapters.postgres import pool as pools
from shared.runtime.consume import FETCH_BYTES, Topics
from tests.bench.rig import PASSWORD, Rig, interleaved, rate
from tests.bench.stock import COORDINATOR, SERVICES, TOPICS, Line
from tests.bench.table import Entry, ratio

_ROUNDS = 5
DATABASE = "bench_figures"


async def read_side(rig: Rig, database: str = DATABASE) -> Settings:
    """The read side's database, and what its reader is told."""
    admin = rig.servers.postgres
    await figures.ensure(admin.admin_dsn, PASSWORD, PASSWORD, database)
    root = rig.folder / "root.pub"
    root.write_text(Line(COORDINATOR, "ideation").signer.public.hex())
    dsn = databases.dsn_of(admin.host, admin.port, database, figures.WRITER, PASSWORD)
    told = {"figures_dsn": dsn, "kafka": rig.kafka, "coordinator": COORDINATOR, "root_key": root}
    return Settings.model_validate(told)


async def bench(rig: Rig) -> dict[str, Entry]:
    """Interleaved runs: a version folded from nothing to the topics' ends; every record read and dropped."""
    settings = await read_side(rig)
    if not rig.stock.records:
        await rig.stock.lay()
        await asyncio.to_thread(rig.stock.grow)
    records = rig.stock.records
    pool = await pools.connect(settings.figures_dsn.get_secret_value(), min_size=1, max_size=4)
    versions = count(1)
    try:
        folding, reading, strict = await interleaved(
            _ROUNDS,
            lambda: folded(settings, pool, next(versions), records),
            lambda: read(settings, records),
            lambda: strictly(settings, records),
        )
    finally:
        await pool.close()
    detail = (
        f"{records} signed records of 1.2 kB, lz4, 12 producers (6 members, 504 territories, ten years: actors, "
        "participations, interviews, workshops, headcounts, needs, ideas, projects, jobs, voids), to the topics' ends; "
        "{:.0f}/s folded over {:.0f}/s read as aiokafka comes "
        f"({median(strict):.0f}/s with the reader's fetch sizes and the collector off)"
    )
    return {"project": ratio(folding, reading, detail.format, floor=0.10, aim=0.18)}


async def folded(settings: Settings, pool: Any, version: int, records: int) -> float:
    """Records per second folded into a fresh version, exactly once, by the reader as it runs in earnest."""
    await pool.execute("select add_version($1)", version)
    async with pool.acquire() as connection, connection.transaction():
        numbers = await catalogue.store(connection)
    told = settings.model_copy(update={"version": version})
    reader = Reader(told, pool, numbers, bytes.fromhex(settings.root_key.read_text()))
    await reader.claim(take_over=True)
    await reader.start()
    ends = await _ends(settings)
    beating = asyncio.create_task(reader.beat())
    rates: list[float] = []
    try:
        with rate(records, rates):
            await reader.run(until=ends)
    finally:
        beating.cancel()
        await reader.stop()
    assert reader.progress.records == records, (reader.progress.records, records)
    await pool.execute("update active set version = 0")
    await pool.execute("select drop_version($1)", version)
    return rates[0]


async def read(settings: Settings, records: int, **fetching: int) -> float:
    """Records per second read by aiokafka as it comes, and dropped."""
    consumer = AIOKafkaConsumer(bootstrap_servers=settings.kafka, enable_auto_commit=False, **fetching)
    await consumer.start()
    rates: list[float] = []
    try:
        parts = [TopicPartition(topic, 0) for topic in TOPICS]
        with rate(records, rates):
            consumer.assign(parts)
            await consumer.seek_to_beginning(*parts)
            left = records
            while left > 0:
                left -= sum(map(len, (await consumer.getmany(timeout_ms=1000)).values()))
    finally:
        await consumer.stop()
    return rates[0]


async def strictly(settings: Settings, records: int) -> float:
    """The same with the reader's own fetch sizes, and with the collector off as it is there in a backlog."""
    gc.freeze()
    gc.disable()
    try:
        return await read(settings, records, max_partition_fetch_bytes=FETCH_BYTES, fetch_max_bytes=4 * FETCH_BYTES)
    finally:
        gc.enable()
        gc.unfreeze()


async def _ends(settings: Settings) -> dict[str, int]:
    topics = Topics(settings.kafka, "bench-ends", SERVICES)
    await topics.start()
    try:
        return await topics.ends_now(TOPICS)
    finally:
        await topics.stop()
