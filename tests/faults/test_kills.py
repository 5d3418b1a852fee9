"""`kill -9`, at named points and at random, under load: nothing acknowledged is lost, nothing counted twice."""

import asyncio
import random
from typing import Final

import pytest

from shared.kernel.refusals import Unreadable
from tests.faults.checker import once_and_in_order, published
from tests.faults.conftest import ended_and_checked
from tests.faults.load import Load
from tests.faults.rig import PARTS, Rig

# Which part passes which points; the third passage is amid the load, the first right after the start.
_POINTS: Final = {
    "api": ("service.before_append", "service.after_append"),
    "projects": ("service.after_append", "sealer.after_commit", "relay.after_ack"),
    "sealer": ("sealer.taken", "sealer.before_commit", "sealer.after_commit"),
    "relay": ("relay.before_send", "relay.after_ack", "relay.after_advance"),
    "indicators": ("indicators.before_tx", "indicators.in_tx", "indicators.before_commit", "indicators.after_commit"),
}
_RANDOM_KILLS: Final = 12


async def _one_after_the_other(rig: Rig, part: str) -> None:
    """Kills a part at each of its points: started to die there, then again to die at the next."""
    rig.kill(part)
    for passage in (1, 3):
        for point in _POINTS[part]:
            rig.start(part, f"{point}:{passage}")
            assert await rig.died(part) == -9, rig.last_words(part)
    rig.start(part)


async def test_killed_at_every_named_point(rig: Rig, load: Load, said: list[str]) -> None:
    async with asyncio.TaskGroup() as group:
        for part in _POINTS:
            group.create_task(_one_after_the_other(rig, part))
    await ended_and_checked(rig, load, said)
    assert sum(rig.killed.values()) == sum(1 + 2 * len(points) for points in _POINTS.values())


async def test_killed_between_two_sends_of_one_batch(rig: Rig, load: Load, said: list[str]) -> None:
    for passage in (1, 2):
        rig.kill("relay")
        await _backlog(rig, passage * 700_000)
        rig.start("relay", f"relay.between_sends:{passage}")
        assert await rig.died("relay") == -9, rig.last_words("relay")
        rig.start("relay")
    await ended_and_checked(rig, load, said)


async def _backlog(rig: Rig, size: int) -> None:
    connection = await rig.database("api")
    try:
        async with asyncio.timeout(60):
            while True:
                waiting = await connection.fetchval(
                    "select coalesce(sum(length(bytes)), 0) from record, relay_state where sequence > acked"
                )
                if waiting > size:
                    return
                await asyncio.sleep(0.1)
    finally:
        await connection.close()


async def test_killed_at_random(rig: Rig, load: Load, said: list[str]) -> None:
    seed = random.randrange(10**6)
    said.append(f"seed {seed}")
    chance = random.Random(seed)
    for _ in range(_RANDOM_KILLS):
        await asyncio.sleep(chance.uniform(0.2, 1.2))
        part = chance.choice(list(PARTS))
        rig.kill(part)
        rig.start(part)
    await ended_and_checked(rig, load, said)
    assert sum(rig.killed.values()) == _RANDOM_KILLS


@pytest.mark.parametrize("server", ["PostgreSQL", "Kafka"])
async def test_servers_are_killed(rig: Rig, load: Load, said: list[str], server: str) -> None:
    for _ in range(3 if server == "PostgreSQL" else 2):
        await asyncio.sleep(1)
        rig.kill_server(server)
    await asyncio.sleep(1)
    await ended_and_checked(rig, load, said)


async def test_the_checker_sees_what_was_altered(rig: Rig, load: Load) -> None:
    await load.end()
    await asyncio.sleep(1)
    found = await published(rig, "events.beta.ideation")
    # What was published again after a kill stands there twice.
    rows = list(dict.fromkeys(found))
    once_and_in_order(found, rows)
    once_and_in_order([*rows, rows[0]], rows)
    for wrong in (rows[1:], [*rows[:1], *rows[2:]], [rows[1], rows[0], *rows[2:]], [*rows, rows[0][:-1] + b" "]):
        with pytest.raises((AssertionError, Unreadable)):
            once_and_in_order(wrong, rows)
