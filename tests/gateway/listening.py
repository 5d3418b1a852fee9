"""Listening to a gateway: streams of server-sent events, and WebSockets after their handshake."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import orjson
from websockets.asyncio.client import ClientConnection, connect

from tests.gateway.serving import Client


async def events(client: Client, query: str, token: str | None = None) -> AsyncIterator[dict[str, str]]:
    """The events of an SSE stream, heartbeats as `{"": ""}`."""
    headers = {"accept": "text/event-stream", "content-type": "application/json"}
    headers |= {} if token is None else {"authorization": f"Bearer {token}"}
    body = orjson.dumps({"query": query})
    async with client.http.stream("POST", "/graphql", content=body, headers=headers) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        found: dict[str, str] = {}
        async for line in answer.aiter_lines():
            if line == "":
                if found:
                    yield found
                found = {}
            else:
                name, _, value = line.partition(":")
                found[name] = value.strip()


async def one(stream: AsyncIterator[dict[str, str]]) -> dict[str, str]:
    """The next event that is not a heartbeat."""
    async for event in stream:
        if "event" in event:
            return event
    raise AssertionError("the stream ended")


@contextlib.asynccontextmanager
async def talk(client: Client, init: Any = None, **more: Any) -> AsyncIterator[ClientConnection]:
    """A WebSocket after its handshake."""
    async with connect(address(client), subprotocols=["graphql-transport-ws"], **more) as made:  # type: ignore[list-item]
        await made.send(orjson.dumps({"type": "connection_init", "payload": init}).decode())
        assert await hear(made) == {"type": "connection_ack"}
        yield made


def address(client: Client) -> str:
    """Where a gateway's WebSocket is."""
    return client.url.replace("http", "ws") + "/graphql"


async def hear(made: ClientConnection) -> Any:
    """The next message that is not a heartbeat."""
    while True:
        found = orjson.loads(await asyncio.wait_for(made.recv(), 10))
        if found["type"] != "ping":
            return found


async def say(made: ClientConnection, **message: Any) -> None:
    """Sends one message."""
    await made.send(orjson.dumps(message).decode())
