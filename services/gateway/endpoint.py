"""The HTTP edge of `/graphql`: a repeated question is answered from its bytes, any other goes the whole way."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Hashable, MutableMapping
from contextlib import ExitStack
from typing import Any, Final

import orjson

from services.gateway import answers, edge
from services.gateway.answers import Answer
from services.gateway.cache import Cache
from services.gateway.call import today
from services.gateway.callers import PUBLIC, Caller, Callers
from services.gateway.coding import coded
from services.gateway.documents import Invalid, Operation
from services.gateway.edge import GRAPHQL, JSON, STREAM, Ask
from services.gateway.engine import Engine
from services.gateway.faults import Fault
from services.gateway.metrics import Metrics
from services.gateway.shares import address

_LOG = logging.getLogger("gateway.endpoint")
_NAMES: Final = frozenset(
    {
        b"accept",
        b"accept-encoding",
        b"accept-language",
        b"authorization",
        b"content-type",
        b"content-encoding",
        b"content-length",
        b"if-none-match",
    }
)

# What is held longer than a moment, because it is more than the server's and the kernel's buffers take at once.
_LARGE: Final = 65_536

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Streamer = Callable[[Ask, Caller, bool, Send, Receive], Awaitable[None]]


class Gone(Exception):
    """The client went away while its body was read."""


class Endpoint:
    """An ASGI application for one path."""

    def __init__(
        self, engine: Engine, callers: Callers, metrics: Metrics, stream: Streamer, body_bytes: int, cache_bytes: int
    ) -> None:
        self._engine = engine
        self._callers = callers
        self._metrics = metrics
        self._stream = stream
        self._most = body_bytes
        self._held = engine.parts.held
        self._cache = Cache(cache_bytes)
        self._flights: dict[Hashable, asyncio.Future[Answer]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one HTTP request."""
        heads = {name: value for name, value in scope["headers"] if name in _NAMES}
        lang = edge.language(_text(heads, b"accept-language")) if b"accept-language" in heads else "fr"
        try:
            found = await self._answer(scope, heads, lang, receive, send)
        except Gone:
            return
        except Fault as refused:
            found = self._refused(refused, heads, lang)
        except Exception:
            _LOG.exception("a request failed")
            found = answers.internal(lang)
        if found is None:
            return
        if len(found.body) > _LARGE:
            await self._large(found, scope, heads, lang, send)
            return
        await send({"type": "http.response.start", "status": found.status, "headers": found.headers})
        await send({"type": "http.response.body", "body": found.body})

    def _caller(self, scope: Scope, heads: dict[bytes, bytes], lang: str) -> Caller:
        return self._callers.of(_text(heads, b"authorization"), lang, address(scope))

    def _refused(self, refused: Fault, heads: dict[bytes, bytes], lang: str) -> Answer:
        self._metrics.refused.labels(refused.code).inc()
        media = GRAPHQL if GRAPHQL.encode() in heads.get(b"accept", b"") else JSON
        return answers.refused(refused, lang, media)

    async def _large(self, found: Answer, scope: Scope, heads: dict[bytes, bytes], lang: str, send: Send) -> None:
        """Sends what may take its reader long to take: it counts as held until then."""
        with ExitStack() as held:
            try:
                caller = self._caller(scope, heads, lang)
                held.enter_context(self._held.bytes.hold(caller, len(found.body)))
            except Fault as refused:
                found = self._refused(refused, heads, lang)
            await send({"type": "http.response.start", "status": found.status, "headers": found.headers})
            await send({"type": "http.response.body", "body": found.body, "more_body": True})
            await send({"type": "http.response.body", "body": b""})  # returns when the rest can be buffered

    async def _answer(
        self, scope: Scope, heads: dict[bytes, bytes], lang: str, receive: Receive, send: Send
    ) -> Answer | None:
        method = scope["method"]
        if method == "POST":
            raw = await self._body(scope, heads, lang, receive)
        elif method in ("GET", "HEAD"):
            raw = scope["query_string"]
            if len(raw) > self._most:
                raise Fault("input.too_large")
        else:
            raise Fault("request.method")
        self._turn()
        key = None
        if b"authorization" not in heads:
            key = (method, raw, heads.get(b"accept"), heads.get(b"content-type"), lang)
            known = self._cache.get(key)
            if known is not None:
                self._metrics.hits.inc()
                return await self._conditional(method, heads, known)
        found = await self._whole_way(scope, raw, heads, lang, receive, send, key)
        return None if found is None else await self._conditional(method, heads, found)

    def _turn(self) -> None:
        feed = self._engine.parts.feed
        state = feed.state
        # Producers are held and let go between batches: that is a change of the feed, too.
        self._cache.turn(None if state is None else (state.version, state.batch, feed.changes, today()))

    async def _conditional(self, method: str, heads: dict[bytes, bytes], found: Answer) -> Answer:
        found = await coded(found, heads.get(b"accept-encoding"))
        if method == "POST" or not found.etag:
            return found
        wanted = heads.get(b"if-none-match")
        if wanted is not None and found.etag in wanted:
            return answers.unchanged(found)
        return found

    async def _whole_way(
        self,
        scope: Scope,
        raw: bytes,
        heads: dict[bytes, bytes],
        lang: str,
        receive: Receive,
        send: Send,
        key: Hashable,
    ) -> Answer | None:
        method = scope["method"]
        media = edge.negotiate(_text(heads, b"accept"))
        if method == "POST":
            edge.check_content_type(_text(heads, b"content-type"))
        asked = edge.from_body(raw) if method == "POST" else edge.from_query(raw)
        caller = self._caller(scope, heads, lang)
        if media == STREAM:
            await self._stream(asked, caller, method != "POST", send, receive)
            return None
        try:
            operation = (await self._engine.documents.find(asked.query)).pick(asked.operation)
            if operation.kind == "subscription":
                raise Fault("operation.needs_stream")
            if method != "POST" and operation.kind != "query":
                raise Fault("operation.not_by_get")
            self._engine.admit(operation, asked.variables, caller)
        except Invalid as invalid:
            self._metrics.refused.labels(invalid.code).inc()
            return answers.errors(400, media, invalid.errors, lang, invalid.code)
        except Fault as refused:
            self._metrics.refused.labels(refused.code).inc()
            return answers.refused(refused, lang, media)
        with self._held.questions.hold(caller):
            if operation.kind == "mutation":
                return await self._run(operation, asked, caller, media)
            return await self._shared(operation, asked, caller, media, key, len(raw))

    async def _shared(
        self, operation: Operation, asked: Ask, caller: Caller, media: str, raw_key: Hashable, size: int
    ) -> Answer:
        """Runs a query once for all who ask it at this moment, and keeps its bytes for those who ask later."""
        generation = self._cache.generation
        variables = orjson.dumps(asked.variables, option=orjson.OPT_SORT_KEYS)
        key = (asked.query, asked.operation, variables, caller.viewer, caller.lang, media)
        known = self._cache.get(key)
        if known is None:
            flight = self._flights.get((key, generation))
            if flight is not None:
                return await asyncio.shield(flight)
            flight = self._flights[key, generation] = asyncio.get_running_loop().create_future()
            try:
                known = await self._run(operation, asked, caller, media, key, size)
                flight.set_result(known)
            except BaseException:
                flight.set_exception(Fault("service.unavailable"))
                flight.exception()  # looked at, so that a flight without company is not reported as forgotten
                raise
            finally:
                del self._flights[key, generation]
        else:
            self._metrics.hits.inc()
        if known.etag and raw_key is not None:
            self._cache.put(raw_key, known, generation, size)
        return known

    async def _run(
        self, operation: Operation, asked: Ask, caller: Caller, media: str, key: Hashable = None, size: int = 0
    ) -> Answer:
        generation = self._cache.generation
        with self._metrics.seconds.labels(operation.kind).time():
            ran = await self._engine.run(operation, asked.variables, caller)
        self._metrics.operations.labels(operation.kind, "ok" if ran.clean else "errors").inc()
        if not ran.begun:
            return answers.answer(200 if media == JSON else 400, media, ran.payload)
        # What is too large to be kept is not worth the time that its ETag takes either.
        if key is None or ran.batch is None or not self._cache.takes(len(ran.payload)):
            return answers.answer(200, media, ran.payload)
        made = answers.kept(media, ran.payload, caller.viewer == PUBLIC)
        if isinstance(generation, tuple) and generation[1] == ran.batch:
            self._cache.put(key, made, generation, size)
            return made
        # Made from another batch than the one known here: true, but not to be kept under this one.
        return answers.answer(200, media, ran.payload)

    async def _body(self, scope: Scope, heads: dict[bytes, bytes], lang: str, receive: Receive) -> bytes:
        if heads.get(b"content-encoding", b"identity").lower() != b"identity":
            raise Fault("request.media_type")
        told = heads.get(b"content-length", b"0")
        if told.isdigit() and int(told[:20]) > self._most:
            raise Fault("input.too_large")
        message = await receive()
        if message.get("more_body", False):
            with self._held.bytes.hold(self._caller(scope, heads, lang), self._most):
                return await self._rest(message, receive)
        if message["type"] == "http.disconnect":
            raise Gone
        body: bytes = message.get("body", b"")
        if len(body) > self._most:
            raise Fault("input.too_large")
        return body

    async def _rest(self, message: MutableMapping[str, Any], receive: Receive) -> bytes:
        """A body that comes in parts; the server ends the connection of one that takes too long."""
        body = bytearray(message["body"])
        while message.get("more_body", False) and len(body) <= self._most:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise Gone
            body += message.get("body", b"")
        if len(body) > self._most:
            raise Fault("input.too_large")
        return bytes(body)


def _text(heads: dict[bytes, bytes], name: bytes) -> str | None:
    value = heads.get(name)
    return None if value is None else value.decode("latin-1")
