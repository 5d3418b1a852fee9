"""`project`: the reader of figures folding into PostgreSQL, over aiokafka reading the same records for nothing."""

import asyncio
import gc
from itertools import count
from typing import Any

import asyncpg

from deploy.provision import databases, figures
from services.indicators import catalogue
from services.indicators.reader import Reader
from services.indicators.settings import Settings
from shared.runtime.consume import Topics
from tests.bench.rig import PASSWORD, Rig, interleaved, rate
from tests.bench.stock import COORDINATOR, SERVICES, Line
from tests.bench.table import Entry, ratio

_ROUNDS = 3
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
    pool = await asyncpg.create_pool(settings.figures_dsn.get_secret_value(), min_size=1, max_size=4)
    versions = count(1)
    try:
        folding, reading = await interleaved(
            _ROUNDS, lambda: folded(settings, pool, next(versions), records), lambda: read(settings, records)
        )
    finally:
        await pool.close()
    detail = (
        f"{records} signed records of 1.2 kB, lz4, 12 producers (6 members, 504 territories, ten years: actors, "
        "participations, interviews, workshops, headcounts, needs, ideas, projects, jobs, voids), to the topics' ends; "
        "collector off on both sides; {:.0f}/s folded over {:.0f}/s read"
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


async def read(settings: Settings, records: int) -> float:
    """Records per second read by aiokafka with the reader's own fetch settings, and dropped."""
    topics = Topics(settings.kafka, "bench-bare", SERVICES)
    await topics.start()
    consumer: Any = topics._consumer  # the reader's own consumer, so that no setting can differ
    rates: list[float] = []
    # As the reader does: else the collector would slow the bare side only, by 1.45.
    gc.freeze()
    gc.disable()
    try:
        with rate(records, rates):
            await topics.assign(dict.fromkeys(await topics.there(), 0))
            left = records
            while left:
                left -= sum(map(len, (await consumer.getmany(timeout_ms=1000, max_records=20_000)).values()))
    finally:
        gc.enable()
        gc.unfreeze()
        await topics.stop()
    return rates[0]


async def _ends(settings: Settings) -> dict[str, int]:
    topics = Topics(settings.kafka, "bench-ends", SERVICES)
    await topics.start()
    try:
        await topics.assign(dict.fromkeys(await topics.there(), 0))
        return await topics.ends()
    finally:
        await topics.stop()
