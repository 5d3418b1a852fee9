"""The store's append with 1 and 16 writers, over a bare asyncpg insert of the same bytes: `append_1`, `append_16`.

`append_guarded_16`: the append that also checks the version of one other stream, over the one that does not.
"""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from itertools import count
from typing import Any
from uuid import UUID

import asyncpg

from shared.adapters.postgres.store import PostgresStore
from shared.ports import Entry as Event
from tests.bench.rig import Rig, interleaved, rate
from tests.bench.rows import entries
from tests.bench.table import Entry, ratio

_ROUNDS = 7
_GUARDS = 100
_ROWS = {1: 800, 16: 6_000}
_BARE = "create table bare (id bigint generated always as identity primary key, bytes bytea not null)"
Write = Callable[[Event], Awaitable[Any]]


async def bench(rig: Rig) -> dict[str, Entry]:
    """Interleaved runs: each writer appends to streams of its own, or inserts the same bytes into one table."""
    pool = await rig.producer("bench-append", "ideation")
    await _lay(rig)
    bare_pool = await asyncpg.create_pool(rig.address("bench-append", "ideation"), min_size=1, max_size=8)
    numbers = count(1)
    store = PostgresStore(pool)
    made = entries(max(_ROWS.values()))

    async def append(event: Event) -> None:
        number = next(numbers)
        await store.append(f"append/{number}", 0, [event], UUID(int=number), b"d" * 32, {})

    async def guarded(event: Event) -> None:
        number = next(numbers)
        guards = {f"guard/{number % _GUARDS}": 1}
        await store.append(f"append/{number}", 0, [event], UUID(int=number), b"d" * 32, guards)

    async def insert(event: Event) -> None:
        await bare_pool.execute("insert into bare (bytes) values ($1)", event.attributes + event.data)

    found = {}
    try:
        for writers, floor in ((1, 0.5), (16, 0.40)):
            given = made[: _ROWS[writers]]
            runs = (partial(_written, given, writers, append), partial(_written, given, writers, insert))
            await asyncio.gather(*(run() for run in runs))
            ours, bare = await interleaved(_ROUNDS, *runs)
            detail = (
                f"{writers} writer(s), one new stream each time, one event of 0.9 kB, {len(given)} commits, pool of 8, "
                "on both sides, the bare one as asyncpg comes; {:.0f}/s appended over {:.0f}/s inserted"
            )
            found[f"append_{writers}"] = ratio(ours, bare, detail.format, floor=floor, aim=0.85)
        for number in range(_GUARDS):
            await store.append(f"guard/{number}", 0, [made[0]], UUID(int=2**64 + number), b"d" * 32, {})
        given = made[: _ROWS[16]]
        checked, plain = await interleaved(
            _ROUNDS, partial(_written, given, 16, guarded), partial(_written, given, 16, append)
        )
        detail = (
            f"16 writers, as append_16, one other stream of {_GUARDS} checked each time, over append_16 as it is; "
            "{:.0f}/s over {:.0f}/s"
        )
        found["append_guarded_16"] = ratio(checked, plain, detail.format, floor=0.6, aim=0.95)
    finally:
        await asyncio.gather(pool.close(), bare_pool.close())
    return found


async def _lay(rig: Rig) -> None:
    admin = await asyncpg.connect(rig.servers.postgres.admin_dsn, database="bench_append_ideation")
    try:
        await admin.execute(f"{_BARE}; grant insert on bare to bench_append_ideation")
    finally:
        await admin.close()


async def _written(events: list[Event], writers: int, write: Write) -> float:
    left = iter(events)

    async def writer() -> None:
        for event in left:
            await write(event)

    rates: list[float] = []
    with rate(len(events), rates):
        await asyncio.gather(*(writer() for _ in range(writers)))
    return rates[0]
