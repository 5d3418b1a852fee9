"""A process that was only frozen comes back after another took its place: it must end, and have written nothing."""

import asyncio
import os
import signal

import asyncpg
import pytest

from tests.faults.conftest import ended_and_checked
from tests.faults.load import Load
from tests.faults.rig import Rig


@pytest.mark.parametrize("part", ["sealer", "relay", "indicators"])
async def test_a_frozen_part_is_fenced_by_its_successor(rig: Rig, load: Load, said: list[str], part: str) -> None:
    frozen = rig.running.pop(part)
    os.kill(frozen.pid, signal.SIGSTOP)
    rig.start(part, take_over=part == "indicators")
    await _at_work(rig, part)
    rig.running["frozen"] = frozen
    os.kill(frozen.pid, signal.SIGCONT)
    code = await rig.died("frozen")
    assert code > 0, rig.last_words(part)
    assert "Fenced" in rig.last_words(part)
    await ended_and_checked(rig, load, said)


async def _at_work(rig: Rig, part: str) -> None:
    """Waits until the successor has claimed its place and moved on."""
    asked = {"sealer": "select epoch + sequence from seal_state", "relay": "select epoch + acked from relay_state"}
    if part == "indicators":
        connection = await asyncpg.connect(rig.reads.writer_dsn)
        sql = "select epoch + batch from projection where version = 1"
    else:
        connection, sql = await rig.database("api"), asked[part]
    try:
        first = await connection.fetchval(sql)
        async with asyncio.timeout(60):
            while True:
                if await connection.fetchval(sql) >= first + 3:
                    return
                await asyncio.sleep(0.05)
    finally:
        await connection.close()
