"""What callers hold at once is bounded for each caller and each address; one at its bound leaves the others theirs."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from graphql import get_introspection_query

from services.gateway.callers import Caller
from services.gateway.faults import Fault
from services.gateway.shares import Shares, address
from shared.runtime.tokens import issue
from tests.gateway.listening import hear, say, talk
from tests.gateway.members import Members
from tests.gateway.read_side import ReadSide
from tests.gateway.serving import Client, gateway, settings, until
from tests.gateway.stalling import road
from tests.gateway.test_mutations import PROPOSE, idea

LIVE = "subscription { figures { parked } }"
OTHER = "subscription { figures { stopped { source } } }"


class Listeners:
    """Live answers by SSE, held until the end. `listen` gives 200 and the stream stands, or a refusal."""

    def __init__(self, door: Client, stack: contextlib.AsyncExitStack) -> None:
        self._door = door
        self._stack = stack

    async def listen(self, source: str = "127.0.0.1", token: str = "", query: str = LIVE, **heads: str) -> int:
        """One more, from an address of this machine: the status."""
        connector = aiohttp.TCPConnector(local_addr=(source, 0))
        session = await self._stack.enter_async_context(aiohttp.ClientSession(self._door.url, connector=connector))
        headers = {"accept": "text/event-stream", **heads} | ({"authorization": f"Bearer {token}"} if token else {})
        answer = await self._stack.enter_async_context(session.post("/graphql", json={"query": query}, headers=headers))
        if answer.status != 200:
            assert answer.headers["retry-after"] == "1"
            assert (await answer.json())["errors"][0]["extensions"]["code"] == "listeners.too_many"
        return answer.status


@contextlib.asynccontextmanager
async def listeners(read_side: ReadSide, keys: Path, **told: Any) -> AsyncIterator[Listeners]:
    """A gateway with these bounds, and who listens to it."""
    async with gateway(settings(keys, reads_dsn=read_side.dsn, **told)) as door:
        await read_side.heard_by(door.app)
        async with contextlib.AsyncExitStack() as stack:
            yield Listeners(door, stack)
        await until(lambda: door.app.hub.count == 0)
        assert {getattr(door.app.held, kind).holders for kind in ("live", "streams", "questions", "bytes")} == {0}


async def test_one_address_does_not_take_all_live_places(read_side: ReadSide, keys: Path) -> None:
    async with listeners(read_side, keys, address_listeners=2) as made:
        assert [await made.listen() for _ in range(3)] == [200, 200, 429]
        assert await made.listen("127.0.0.2") == 200


async def test_one_caller_does_not_take_all_live_places(read_side: ReadSide, keys: Path, token: Any) -> None:
    async with listeners(read_side, keys, caller_listeners=2) as made:
        mine, other = token("AD"), issue(keys / "issuer.key", "p-2", "m1", ("AD",))
        assert [await made.listen(token=mine) for _ in range(3)] == [200, 200, 429]
        # The same subject with another token, from elsewhere, is the same caller.
        assert await made.listen("127.0.0.2", issue(keys / "issuer.key", "p-1", "m1", ("AC",))) == 429
        assert await made.listen(token=other) == 200
        assert await made.listen() == 200


async def test_one_address_does_not_take_all_distinct_questions(read_side: ReadSide, keys: Path) -> None:
    async with listeners(read_side, keys, address_streams=1) as made:
        assert [await made.listen(), await made.listen(), await made.listen(query=OTHER)] == [200, 200, 429]
        assert await made.listen("127.0.0.2", query=OTHER) == 200
        assert await made.listen(query=OTHER) == 200  # somebody asks it already


async def test_behind_a_known_proxy_the_address_is_the_one_it_names(read_side: ReadSide, keys: Path) -> None:
    told = {"proxies": ("127.0.0.1",), "address_listeners": 1}
    async with listeners(read_side, keys, **told) as made:
        named = [{"x-forwarded-for": one} for one in ("192.0.2.1", "198.51.100.1, 192.0.2.1", "192.0.2.2")]
        assert [await made.listen(**one) for one in named] == [200, 429, 200]
        # Whoever is not that proxy is believed nothing.
        strange = [await made.listen("127.0.0.2", **{"x-forwarded-for": one}) for one in ("192.0.2.3", "192.0.2.4")]
        assert strange == [200, 429]


async def test_without_a_known_proxy_a_forwarded_address_is_not_believed(read_side: ReadSide, keys: Path) -> None:
    async with listeners(read_side, keys, address_listeners=1) as made:
        named = [{"x-forwarded-for": one} for one in ("192.0.2.1", "192.0.2.2")]
        assert [await made.listen(**one) for one in named] == [200, 429]


async def test_trusted_addresses_are_not_bounded_one_by_one(read_side: ReadSide, keys: Path) -> None:
    async with listeners(read_side, keys, address_listeners=1, trusted=("127.0.0.1",)) as made:
        assert [await made.listen() for _ in range(3)] == [200, 200, 200]


async def test_an_operation_too_many_leaves_the_others_of_its_socket(read_side: ReadSide, keys: Path) -> None:
    async with gateway(settings(keys, reads_dsn=read_side.dsn, address_listeners=2)) as door:
        await read_side.heard_by(door.app)
        async with talk(door) as socket:
            said = []
            for name in "abc":
                await say(socket, id=name, type="subscribe", payload={"query": LIVE})
                said.append((await hear(socket))["type"])
            assert said == ["next", "next", "error"]
            async with talk(door):
                pass


async def test_one_callers_commands_under_way_are_bounded(
    collective: Members, read_side: ReadSide, keys: Path, coordinator: str
) -> None:
    told = {"reads_dsn": read_side.dsn, "coordinator": collective.coordinator, "caller_questions": 3}
    async with road(collective.url) as way, gateway(settings(keys, services_url=way.url, **told)) as door:
        way.stall(collective.coordinator)
        mine = [asyncio.create_task(door.post(PROPOSE, {"i": idea()}, coordinator)) for _ in range(3)]
        await until(lambda: way.held == 3)
        refused = await door.post(PROPOSE, {"i": idea()}, coordinator)
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "1")
        assert refused.json()["errors"][0]["extensions"]["code"] == "requests.too_many"
        other = issue(keys / "issuer.key", "p-9", collective.coordinator, ("AD",))
        theirs = asyncio.create_task(door.post(PROPOSE, {"i": idea()}, other))
        await until(lambda: way.held == 4)
        way.go_on()
        for one in (*mine, theirs):
            assert (await one).json()["data"]["proposeIdea"]["__typename"] == "ProposeIdeaAccepted"
        assert door.app.held.questions.holders == 0


@pytest.mark.parametrize("media", ["application/json", "application/graphql-response+json"])
async def test_a_large_answer_too_many_is_refused_in_the_form_asked_for(keys: Path, media: str) -> None:
    question = {"query": get_introspection_query(descriptions=True)}
    heads = {"accept": media, "accept-encoding": "identity"}
    async with gateway(settings(keys, address_bytes=1 << 19)) as door:
        with door.app.held.bytes.hold(Caller(address="127.0.0.1"), 1 << 19):
            refused = await door.http.post("/graphql", json=question, headers=heads)
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "1")
        assert refused.headers["content-type"].partition(";")[0] == media
        assert refused.json()["errors"][0]["extensions"]["code"] == "requests.too_many"
        whole = await door.http.post("/graphql", json=question, headers=heads)
        assert (whole.status_code, len(whole.content) > 1 << 16) == (200, True)


def test_who_holds_nothing_may_hold_any_amount_and_no_more() -> None:
    shares = Shares("requests.too_many", 10, 10)
    caller = Caller(address="192.0.2.1")
    with shares.hold(caller, 100):
        with pytest.raises(Fault, match=r"requests\.too_many"), shares.hold(caller, 1):
            pass
        with shares.hold(Caller(address="192.0.2.2"), 10):
            assert shares.holders == 2
    assert shares.holders == 0


def test_a_client_without_an_address_counts_with_those_like_it() -> None:
    assert address({"client": None}) == address({}) == ""
    assert address({"client": ("2001:db8::1", 7)}) == "2001:db8::/64"


def test_an_ipv6_address_counts_with_its_64_network_unless_that_is_trusted() -> None:
    def client(host: str) -> Caller:
        return Caller(address=address({"client": (host, 7)}))

    shares = Shares("requests.too_many", 1, 1, ("2001:db8:0:1::/64", "2001:db8:2::/48"))
    with shares.hold(client("2001:db8::1")):
        with pytest.raises(Fault, match=r"requests\.too_many"), shares.hold(client("2001:db8::2")):
            pass
        for trusted in ("2001:db8:0:1::1", "2001:db8:0:1::2", "2001:db8:2::5"):
            with shares.hold(client(trusted)):
                assert shares.holders == 1
