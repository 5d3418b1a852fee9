"""The WebSocket protocol `graphql-transport-ws`; the older `graphql-ws` is not spoken."""

import asyncio
import contextlib
import logging
from collections.abc import Mapping
from typing import Any, Final

import orjson
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from services.gateway import edge
from services.gateway.answers import fault, shaped
from services.gateway.callers import Caller, Callers
from services.gateway.documents import Invalid
from services.gateway.engine import Engine
from services.gateway.faults import Fault
from services.gateway.live import Cut, Hub
from services.gateway.shares import address

_LOG = logging.getLogger("gateway.ws")
PROTOCOL: Final = "graphql-transport-ws"
_INIT_SECONDS: Final = 5.0
_OPERATIONS: Final = 10
_MAX_ID: Final = 128


class Closed(Exception):
    """The connection ends with a close code of the protocol."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Gone(Exception):
    """The other side is not there any more."""


class Connection:
    """One WebSocket's life."""

    def __init__(self, socket: WebSocket, engine: Engine, hub: Hub, callers: Callers, beat: float, most: int) -> None:
        self._socket = socket
        self._engine = engine
        self._hub = hub
        self._callers = callers
        self._beat = beat
        self._most = most
        self._caller: Caller | None = None
        self._running: dict[str, asyncio.Task[None]] = {}
        self._turn = asyncio.Lock()

    async def serve(self) -> None:
        """Speaks until either side ends; frees everything however that happens."""
        if PROTOCOL not in self._socket.scope.get("subprotocols", ()):
            await self._socket.accept()
            await self._socket.close(4406, "Subprotocol not acceptable")
            return
        await self._socket.accept(PROTOCOL)
        own = [asyncio.create_task(self._beats()), asyncio.create_task(self._leaves())]
        try:
            await self._talk()
        except Closed as end:
            await self._close(end)
        except (WebSocketDisconnect, RuntimeError, OSError, Gone):
            pass
        finally:
            tasks = [*own, *self._running.values()]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _close(self, end: Closed) -> None:
        try:
            if self._socket.application_state != WebSocketState.DISCONNECTED:
                await self._socket.close(end.code, end.reason)
        except (RuntimeError, OSError, WebSocketDisconnect):
            pass

    async def _talk(self) -> None:
        try:
            async with asyncio.timeout(_INIT_SECONDS):
                first = await self._receive()
        except TimeoutError:
            raise Closed(4408, "Connection initialisation timeout") from None
        if first.get("type") != "connection_init":
            raise Closed(4401, "Unauthorized")
        self._caller = self._who(first.get("payload"))
        await self._send({"type": "connection_ack"})
        while True:
            await self._handle(await self._receive())

    async def _handle(self, message: Mapping[str, Any]) -> None:
        match message.get("type"):
            case "ping":
                await self._send({"type": "pong"})
            case "pong":
                pass
            case "subscribe":
                await self._subscribe(message)
            case "complete":
                task = self._running.pop(self._id(message), None)
                if task is not None:
                    task.cancel()
            case "connection_init":
                raise Closed(4429, "Too many initialisation requests")
            case _:
                raise Closed(4400, "Invalid message")

    def _id(self, message: Mapping[str, Any]) -> str:
        found = message.get("id")
        if not isinstance(found, str) or not 0 < len(found) <= _MAX_ID:
            raise Closed(4400, "Invalid message id")
        return found

    async def _subscribe(self, message: Mapping[str, Any]) -> None:
        name, given = self._id(message), message.get("payload")
        if name in self._running:
            raise Closed(4409, f"Subscriber for {name} already exists")
        if not isinstance(given, dict):
            raise Closed(4400, "Invalid message payload")
        if self._caller is not None and self._caller.expired:
            raise Closed(4403, "token.expired")
        if len(self._running) >= _OPERATIONS:
            await self._refuse(name, Fault("operations.too_many"))
            return
        task = asyncio.create_task(self._operate(name, given))
        self._running[name] = task
        task.add_done_callback(lambda done: self._ended(name, done))

    def _ended(self, name: str, done: asyncio.Task[None]) -> None:
        if self._running.get(name) is done:
            del self._running[name]

    async def _operate(self, name: str, given: Mapping[str, Any]) -> None:
        with contextlib.suppress(Gone, Cut):
            await self._answer(name, given)

    async def _answer(self, name: str, given: Mapping[str, Any]) -> None:
        """Runs one operation; whatever goes wrong in it ends it alone, with an `error` for its id."""
        assert self._caller is not None
        caller = self._caller
        try:
            await self._run(name, edge.ask(given), caller)
        except Invalid as invalid:
            errors = [shaped(one, caller.lang, invalid.code) for one in invalid.errors]
            await self._send({"id": name, "type": "error", "payload": errors})
        except Fault as refused:
            await self._refuse(name, refused)
        except (Gone, Cut):
            raise
        except Exception:
            _LOG.exception("an operation failed")
            await self._refuse(name, Fault("internal"))

    async def _refuse(self, name: str, refused: Fault) -> None:
        """Ends one operation with an error; the others go on."""
        assert self._caller is not None
        await self._send({"id": name, "type": "error", "payload": [fault(refused, self._caller.lang)]})

    async def _run(self, name: str, asked: edge.Ask, caller: Caller) -> None:
        operation = (await self._engine.documents.find(asked.query)).pick(asked.operation)
        self._engine.admit(operation, asked.variables, caller)
        if operation.kind != "subscription":
            with self._engine.parts.held.questions.hold(caller):
                ran = await self._engine.run(operation, asked.variables, caller)
            await self._next(name, ran.payload)
        else:
            async with self._hub.listen(asked.query, operation, asked.variables, caller) as listener:
                while (update := await listener.next()) is not None:
                    await self._next(name, update.payload)
        await self._send({"id": name, "type": "complete"})

    async def _beats(self) -> None:
        """Pings, and ends the connection when its token has expired."""
        while True:
            await asyncio.sleep(self._beat)
            if self._caller is not None and self._caller.expired:
                await self._close(Closed(4403, "token.expired"))
                return
            await self._send({"type": "ping"})

    async def _leaves(self) -> None:
        """Sends the client elsewhere when the process stops."""
        await self._hub.stopping.wait()
        await self._close(Closed(1012, "Service Restart"))

    def _who(self, payload: Any) -> Caller:
        heads = self._socket.headers
        lang = edge.language(heads.get("accept-language"))
        given = payload if isinstance(payload, dict) else {}
        said = given.get("authorization", given.get("Authorization", heads.get("authorization")))
        try:
            return self._callers.of(None if said is None else str(said), lang, address(self._socket.scope))
        except Fault:
            raise Closed(4403, "token.invalid") from None

    async def _receive(self) -> Mapping[str, Any]:
        message = await self._socket.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message.get("code", 1000))
        text = message.get("text")
        if text is None or len(text) > self._most:
            raise Closed(4400, "Invalid message")
        try:
            found = orjson.loads(text)
        except orjson.JSONDecodeError:
            raise Closed(4400, "Invalid message") from None
        if not isinstance(found, dict):
            raise Closed(4400, "Invalid message")
        return found

    async def _send(self, message: Mapping[str, Any]) -> None:
        await self._say(orjson.dumps(message).decode())

    async def _next(self, name: str, payload: bytes) -> None:
        # The payload's bytes were made once for all listeners; only the envelope is each one's own.
        text = f'{{"id":{orjson.dumps(name).decode()},"type":"next","payload":{payload.decode()}}}'
        await self._say(text)

    async def _say(self, text: str) -> None:
        """Raises Gone when nobody hears it."""
        try:
            async with self._turn:
                await self._socket.send_text(text)
        except (RuntimeError, OSError, WebSocketDisconnect):
            raise Gone from None


def same_origin(socket: WebSocket, allowed: tuple[str, ...]) -> bool:
    """Whether a browser may connect from where it is; other clients send no Origin."""
    origin = socket.headers.get("origin")
    if origin is None or origin in allowed:
        return True
    return origin.partition("://")[2] == socket.headers.get("host", "")
