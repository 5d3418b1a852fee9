"""Server-sent events, in the protocol `graphql-sse` with one connection per operation."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

import orjson

from services.gateway.answers import fault, shaped
from services.gateway.callers import Caller
from services.gateway.documents import Invalid, Operation
from services.gateway.edge import Ask
from services.gateway.engine import Engine
from services.gateway.faults import Fault
from services.gateway.live import Cut, Hub, Listener

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

_HEADERS: Final = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]
_COMPLETE: Final = b"event: complete\ndata:\n\n"
_BEAT: Final = b":\n\n"


def event(payload: bytes, position: str) -> bytes:
    """One `next` event; `id` is the position that the answer reflects."""
    head = f"id: {position}\n".encode() if position else b""
    return b"event: next\n" + head + b"data: " + payload + b"\n\n"


class Sse:
    """Streams one operation to one client."""

    def __init__(self, engine: Engine, hub: Hub, heartbeat: float) -> None:
        self._engine = engine
        self._hub = hub
        self._heartbeat = heartbeat

    async def __call__(self, asked: Ask, caller: Caller, by_get: bool, send: Send, receive: Receive) -> None:
        """Answers with a stream; what the document gets wrong arrives as an event, as the protocol asks.

        Raises Fault before the stream begins when the operation may not run at all.
        """
        try:
            operation = (await self._engine.documents.find(asked.query)).pick(asked.operation)
            if by_get and operation.kind == "mutation":
                raise Fault("operation.not_by_get")
            self._engine.admit(operation, asked.variables, caller)
        except Invalid as invalid:
            await self._single(_errors([shaped(one, caller.lang, invalid.code) for one in invalid.errors]), send)
            return
        except Fault as refused:
            if refused.status in (401, 403, 405):
                raise
            await self._single(_errors([fault(refused, caller.lang)]), send)
            return
        if operation.kind != "subscription":
            with self._engine.parts.held.questions.hold(caller):
                ran = await self._engine.run(operation, asked.variables, caller)
            await self._single(ran.payload, send)
            return
        try:
            await self._live(asked, operation, caller, send, receive)
        except Cut:
            raise Fault("service.unavailable") from None

    async def _single(self, payload: bytes, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
        await send({"type": "http.response.body", "body": event(payload, "") + _COMPLETE})

    async def _live(self, asked: Ask, operation: Operation, caller: Caller, send: Send, receive: Receive) -> None:
        async with self._hub.listen(asked.query, operation, asked.variables, caller) as listener:
            await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
            writer = asyncio.create_task(self._write(listener, send))
            reader = asyncio.create_task(_gone(receive))
            try:
                await asyncio.wait((writer, reader), return_when=asyncio.FIRST_COMPLETED)
            finally:
                writer.cancel()
                reader.cancel()
                await asyncio.gather(writer, reader, return_exceptions=True)

    async def _write(self, listener: Listener, send: Send) -> None:
        """Ends with `complete`, unless the process stops: only a stream that is cut is asked for again."""
        # The first bytes tell proxies and clients that the stream stands, before there is any figure.
        await send({"type": "http.response.body", "body": _BEAT, "more_body": True})
        while not listener.caller.expired:
            try:
                update = await asyncio.wait_for(listener.next(), self._heartbeat)
            except TimeoutError:
                await send({"type": "http.response.body", "body": _BEAT, "more_body": True})
                continue
            except Cut:
                await send({"type": "http.response.body", "body": b""})
                return
            if update is None:
                await send({"type": "http.response.body", "body": _COMPLETE})
                return
            body = event(update.payload, update.position)
            await send({"type": "http.response.body", "body": body, "more_body": True})
        told = event(_errors([fault(Fault("token.expired"), listener.caller.lang)]), "")
        await send({"type": "http.response.body", "body": told + _COMPLETE})


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _errors(found: list[dict[str, Any]]) -> bytes:
    return orjson.dumps({"errors": found})
