"""`memory_after_1m`: the reader of figures alone, after one part of the stock and after more than a million records."""

import asyncio
import os
import signal
import sys
from typing import Any, Final

import asyncpg

from deploy.local import children
from tests.bench.project import read_side
from tests.bench.rig import Rig
from tests.bench.table import Entry
from tests.bench.whole import tree_mb

_WANTED: Final = 1_000_000
_SETTLES: Final = 3.0


async def bench(rig: Rig) -> dict[str, Entry]:
    """The reader as a process of its own, going on while the stock grows."""
    settings = await read_side(rig, "bench_growth")
    if not rig.stock.records:
        await rig.stock.lay()
        await asyncio.to_thread(rig.stock.grow)
    env = {
        **os.environ,
        "GENERATEUR_FIGURES_DSN": settings.figures_dsn.get_secret_value(),
        "GENERATEUR_KAFKA": settings.kafka,
        "GENERATEUR_COORDINATOR": settings.coordinator,
        "GENERATEUR_ROOT_KEY": str(settings.root_key),
    }
    with (rig.folder / "reader.log").open("ab") as log:
        process = children.spawn([sys.executable, "-m", "services.indicators"], log, signal.SIGKILL, env=env)
    pool = await asyncpg.create_pool(settings.figures_dsn.get_secret_value(), min_size=1, max_size=1)
    try:
        await _read(pool, rig.stock.records)
        first, after = rig.stock.records, tree_mb(process.pid)
        while rig.stock.records < _WANTED:
            await asyncio.to_thread(rig.stock.grow)
        await _read(pool, rig.stock.records)
        last = tree_mb(process.pid)
    finally:
        await pool.close()
        children.kill(process)
    detail = f"PSS of the reader alone after {rig.stock.records} records; after the first {first} it was {after:.0f} MB"
    return {"memory_after_1m": Entry(round(last), "MB", detail)}


async def _read(pool: Any, records: int) -> None:
    """Until everything is folded, and a moment more."""
    async with asyncio.timeout(600):
        while True:
            there = await pool.fetchval("select to_regclass('position') is not null")
            if there and await pool.fetchval("select sum(sequence) from position where version = 1") == records:
                break
            await asyncio.sleep(0.5)
    await asyncio.sleep(_SETTLES)
