"""Long answers: made in slices, so that others have their turn; and no larger than their price says."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import orjson
import pytest

from services.gateway.callers import Caller
from services.gateway.slices import Slices
from tests.gateway.read_side import ReadSide
from tests.gateway.serving import Client

MONTHS = """{ figuresByMonth(from: "2000-01-01", to: "2024-12-31", indicators: ["jobs_created", "jobs_recorded"]) {
  asOf { date } series { id months { month change total } undated { year } } } }"""
FIGURES = """{ figures { asOf { date } items { parts { value } beside { value } }
  indicators(ids: ["jobs_created", "jobs_recorded"]) { value } } }"""
TYPES = "{ __schema { types { name fields { name } } } }"


class Turns:
    """Counts the turns of the loop that others have meanwhile."""

    def __init__(self) -> None:
        self.had = 0

    @asynccontextmanager
    async def counted(self) -> AsyncIterator[None]:
        """Counts while the block runs."""
        task = asyncio.create_task(self._count())
        try:
            yield
        finally:
            task.cancel()

    async def _count(self) -> None:
        while True:
            await asyncio.sleep(0)
            self.had += 1


async def test_others_have_their_turn_between_the_items_of_a_long_list(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, turns = client.app.engine, Turns()
    monkeypatch.setattr(engine.parts.slices, "_seconds", 0.0)
    operation = engine.documents.get(TYPES).pick(None)
    async with turns.counted():
        ran = await engine.run(operation, {}, Caller())
    types = orjson.loads(ran.payload)["data"]["__schema"]["types"]
    assert len(types) > 200
    assert turns.had > len(types)


async def test_who_waits_is_served_before_who_has_had_a_turn() -> None:
    slices, order = Slices(0.0), []

    async def work(name: str, items: int) -> None:
        for _ in range(items):
            await slices.turn()
            order.append(name)

    await asyncio.gather(work("long", 50), work("short", 3))
    assert order.index("short") < 3
    assert order[:7].count("short") == 3
    assert order.count("long") == 50


async def test_who_goes_away_while_it_waits_holds_nobody_up() -> None:
    slices = Slices(0.0)

    async def work(items: int) -> int:
        for _ in range(items):
            await slices.turn()
        return items

    tasks = [asyncio.create_task(work(20)) for _ in range(3)]
    await asyncio.sleep(0)
    tasks[1].cancel()
    assert list(await asyncio.wait_for(asyncio.gather(tasks[0], tasks[2]), 10)) == [20, 20]


def objects(found: Any) -> int:
    """How many objects an answer has."""
    if isinstance(found, list):
        return sum(map(objects, found))
    return 1 + sum(map(objects, found.values())) if isinstance(found, dict) else 0


@pytest.mark.parametrize("query", [MONTHS, FIGURES, MONTHS.replace("2000", "2020")])
async def test_an_answer_has_no_more_objects_than_its_price(client: Client, read_side: ReadSide, query: str) -> None:
    await read_side.heard_by(client.app)
    price = client.app.documents.get(query).pick(None).shape.priced({})
    found = objects(await client.data(query)) - 1
    assert price / 2 < found <= price


async def test_what_costs_too_much_is_refused_by_what_the_caller_is(client: Client, token: Any) -> None:
    dear = MONTHS.replace("2000", "1990").replace('["jobs_created", "jobs_recorded"]', "$i")
    dear = "query($i: [String!])" + dear
    five = {"i": ["jobs_created"] * 5}
    assert await client.code(dear, five) == "document.too_costly"
    assert len((await client.data(dear, five, token("AD")))["figuresByMonth"]["series"]) == 5
    wide = dear.replace("2024", "2039")
    assert await client.code(wide, {"i": ["jobs_created"] * 20}, token("AD")) == "document.too_costly"
