"""Members' services that stand still: they cost other members nothing, and are answered by once they go on."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from services.gateway.commands import Commands
from services.gateway.places import Bounds, Full
from tests.gateway.members import Members
from tests.gateway.read_side import ReadSide
from tests.gateway.serving import Client, gateway, settings, until
from tests.gateway.stalling import Road, road
from tests.gateway.test_mutations import PROPOSE, idea, propose

_CALLERS = 250
_MANY = {"caller_questions": 1000}  # they have one token here, and would not be let in together


@pytest.fixture
async def way(collective: Members) -> AsyncIterator[Road]:
    async with road(collective.url) as made:
        yield made


def _told(way: Road, collective: Members, read_side: ReadSide, **more: Any) -> dict[str, Any]:
    return {"reads_dsn": read_side.dsn, "services_url": way.url, "coordinator": collective.coordinator, **more}


class Crowd:
    """Many callers of one gateway with one token, each on a connection of its own."""

    def __init__(self, door: Client, token: str) -> None:
        connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=2)
        head = {"authorization": f"Bearer {token}"}
        self._session = aiohttp.ClientSession(door.url, connector=connector, headers=head)

    async def ask(self) -> str:
        """One command: the result's type, or the code of a problem."""
        async with self._session.post("/graphql", json={"query": PROPOSE, "variables": {"i": idea()}}) as answer:
            found = (await answer.json())["data"]["proposeIdea"]
        return str(found.get("code", found["__typename"]))

    async def all(self) -> set[str]:
        """Every caller at once: what they were answered."""
        return set(await asyncio.gather(*(self.ask() for _ in range(_CALLERS))))

    async def __aenter__(self) -> "Crowd":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()


async def test_services_that_stood_still_are_answered_by_again(
    way: Road, collective: Members, read_side: ReadSide, keys: Path, token: Any, coordinator: str
) -> None:
    told = _told(way, collective, read_side, **_MANY, command_seconds=0.3, member_wait_seconds=0.5)
    async with gateway(settings(keys, **told)) as door, Crowd(door, coordinator) as crowd:
        assert await crowd.ask() == "ProposeIdeaAccepted"
        way.stall(collective.coordinator)
        said: set[str] = set()
        for _ in range(3):
            said |= await crowd.all()
        assert said == {"service.unavailable", "service.busy"}
        way.go_on()
        await until(lambda: not door.app.commands.under_way(collective.coordinator))
        answers = [await crowd.ask() for _ in range(20)]
        assert answers[-1] == "ProposeIdeaAccepted", answers


async def test_callers_who_gave_up_leave_no_place_taken(way: Road, collective: Members, coordinator: str) -> None:
    commands = Commands(way.url, 20.0, Bounds(8, 1000, 20.0))
    commands.open()
    way.stall(collective.coordinator)
    try:
        asked = [
            asyncio.create_task(commands.send(collective.coordinator, "ideation", "ProposeIdea", {}, coordinator))
            for _ in range(_CALLERS)
        ]
        await until(lambda: way.held == 8)
        for one in asked:
            one.cancel()
        await asyncio.gather(*asked, return_exceptions=True)
        way.go_on()
        assert commands.under_way(collective.coordinator) == 0
        reply = await commands.send(collective.coordinator, "ideation", "ProposeIdea", {}, coordinator)
        assert (reply.status, reply.body["problem"]["code"]) == (400, "input.invalid")
    finally:
        await commands.close()


async def test_one_members_services_that_hang_cost_another_member_nothing(
    way: Road, collective: Members, read_side: ReadSide, keys: Path, token: Any, coordinator: str
) -> None:
    told = _told(way, collective, read_side, **_MANY, command_seconds=60, member_wait_seconds=60)
    async with gateway(settings(keys, **told)) as door, Crowd(door, coordinator) as crowd:
        way.stall(collective.coordinator)
        hanging = [asyncio.create_task(crowd.ask()) for _ in range(_CALLERS)]
        try:
            await until(lambda: way.held == 32 and sum(one.done() for one in hanging) == _CALLERS - 32 - 128)
            # Refused at once, and nothing of them was sent: the hanging ones are all that the services got.
            assert {one.result() for one in hanging if one.done()} == {"service.busy"}
            found = await propose(door, idea(), token("CO", "AD", member=collective.other))
            assert found["__typename"] == "ProposeIdeaAccepted"
            assert way.held == 32
        finally:
            way.go_on()
            await asyncio.gather(*hanging)
        assert [one.result() for one in hanging].count("ProposeIdeaAccepted") == 160


async def test_who_waits_in_line_waits_a_bounded_time(way: Road, collective: Members, coordinator: str) -> None:
    commands = Commands(way.url, 20.0, Bounds(1, 1, 0.05))
    commands.open()
    way.stall(collective.coordinator)
    first = asyncio.create_task(commands.send(collective.coordinator, "ideation", "ProposeIdea", {}, coordinator))
    try:
        await until(lambda: way.held == 1)
        with pytest.raises(Full):
            await commands.send(collective.coordinator, "ideation", "ProposeIdea", {}, coordinator)
        assert not first.done()
    finally:
        way.go_on()
        await first
        await commands.close()
