"""Clients that follow live figures: they come back after a restart, and hear what is refused and what has expired."""

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.node import Talk, talk
from tests.gateway.read_side import ReadSide
from tests.gateway.serving import Client, gateway, settings

FIGURES = "subscription { figures { asOf { position } } }"
SAME = "subscription { figures { parked } }"
SOURCE = "/members/followed/projects"


def following(name: str, client: Client, operations: list[str], tokens: list[str]) -> Any:
    """A client of this kind that follows these operations."""
    return talk("streams.mjs", name, f"{client.url}/graphql", json.dumps(operations), json.dumps(tokens))


async def heard(follower: Talk, key: str) -> Any:
    """The next thing of this kind that the client is told, all before it left aside; never that it is complete."""
    while True:
        found = await follower.hear()
        if key in found:
            return found
        assert "complete" not in found


@pytest.mark.parametrize("name", ["ws", "sse"])
async def test_a_client_comes_back_after_an_orderly_stop(
    read_side: ReadSide, keys: Path, token: Any, name: str
) -> None:
    told = settings(keys, reads_dsn=read_side.dsn)
    async with contextlib.AsyncExitStack() as client:
        async with gateway(told) as first:
            follower = await client.enter_async_context(following(name, first, [FIGURES], [token("AD")]))
            before = (await heard(follower, "next"))["next"]
            port = int(first.url.rpartition(":")[2])
        if name == "ws":
            assert await heard(follower, "closed") == {"closed": 1012, "reason": "Service Restart"}
        await read_side.batch({SOURCE: 1 if name == "ws" else 2})
        async with gateway(told, port):
            assert (await heard(follower, "next"))["next"] != before


async def test_a_socket_with_an_expired_token_comes_back_with_another(client: Client, passing: str, token: Any) -> None:
    async with following("ws", client, [SAME], [passing, token("AD")]) as follower:
        await heard(follower, "next")
        assert await heard(follower, "closed") == {"closed": 4403, "reason": "token.expired"}
        assert "data" in (await heard(follower, "next"))["next"]


async def test_a_stream_with_an_expired_token_says_so_and_is_complete(client: Client, passing: str) -> None:
    async with following("sse", client, [SAME], [passing]) as follower:
        assert "data" in (await heard(follower, "next"))["next"]
        found = (await heard(follower, "next"))["next"]
        assert found["errors"][0]["extensions"]["code"] == "token.expired"
        assert await follower.hear() == {"of": 0, "complete": True}


async def test_an_operation_that_is_refused_leaves_the_others_of_its_socket_alone(
    client: Client, read_side: ReadSide, token: Any
) -> None:
    async with following("ws", client, [FIGURES, "{ nothing }", "subscription { ", FIGURES], [token("AD")]) as follower:
        found = [await follower.hear() for _ in range(4)]
        refused = {one["of"]: one["error"] for one in found if "error" in one}
        assert refused == {1: ["document.invalid"], 2: ["document.syntax"]}
        await read_side.batch({SOURCE: 3})
        assert {(await heard(follower, "next"))["of"] for _ in range(2)} == {0, 3}
