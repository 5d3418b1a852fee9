"""Live figures: one run per distinct question and change, its bytes handed to every listener."""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson
from graphql import ExecutionResult, subscribe

from services.gateway.answers import fault
from services.gateway.call import Call, today
from services.gateway.callers import Caller
from services.gateway.documents import Operation
from services.gateway.engine import Engine, payload
from services.gateway.executor import SlicedExecutor
from services.gateway.faults import Fault
from services.gateway.metrics import Metrics

_LOG = logging.getLogger("gateway.live")


class Cut(Exception):
    """This process stops: nothing more comes here, and the question is to be asked again elsewhere."""


@dataclass(frozen=True, slots=True)
class Update:
    """One live answer: the position it reflects and its bytes."""

    position: str
    payload: bytes


@dataclass(eq=False, slots=True)
class Listener:
    """One who listens. Only the latest update waits: a slow reader skips, and slows nobody."""

    caller: Caller
    _latest: Update | None = None
    _closed: bool = False
    _cut: bool = False
    _told: asyncio.Event = field(default_factory=asyncio.Event)

    def give(self, update: Update) -> None:
        """Replaces what waits."""
        self._latest = update
        self._told.set()

    def close(self) -> None:
        """Nothing more will come after what waits."""
        self._closed = True
        self._told.set()

    def cut(self) -> None:
        """Nothing more will come, though there is more."""
        self._cut = True
        self._told.set()

    async def next(self) -> Update | None:
        """The latest update not yet taken; None at the end. Raises Cut when the process stops."""
        while self._latest is None:
            if self._cut:
                raise Cut
            if self._closed:
                return None
            self._told.clear()
            await self._told.wait()
        found, self._latest = self._latest, None
        return found


@dataclass(eq=False, slots=True)
class _Stream:
    listeners: set[Listener] = field(default_factory=set)
    latest: Update | None = None
    task: asyncio.Task[None] | None = None
    place: ExitStack = field(default_factory=ExitStack)


class Hub:
    """Every live question of this process, and who listens: `count` listeners now, `runs` answers made so far."""

    def __init__(self, engine: Engine, metrics: Metrics, listeners: int, streams: int) -> None:
        self._engine = engine
        self._metrics = metrics
        self._most = (listeners, streams)
        self._held = engine.parts.held
        self._streams: dict[Any, _Stream] = {}
        self.stopping = asyncio.Event()
        self.count = 0
        self.runs = 0

    @property
    def streams(self) -> int:
        """Distinct live questions now."""
        return len(self._streams)

    @asynccontextmanager
    async def listen(
        self, text: str, operation: Operation, variables: Mapping[str, Any], caller: Caller
    ) -> AsyncIterator[Listener]:
        """A listener to an admitted subscription; raises Fault `listeners.too_many`, or Cut once the process stops."""
        if self.stopping.is_set():
            raise Cut
        key = (text, operation.name, orjson.dumps(variables, option=orjson.OPT_SORT_KEYS), caller.viewer, caller.lang)
        stream = self._streams.get(key)
        if self.count >= self._most[0] or (stream is None and len(self._streams) >= self._most[1]):
            raise Fault("listeners.too_many")
        with self._held.live.hold(caller):
            if stream is None:
                stream = _Stream()
                stream.place.enter_context(self._held.streams.hold(caller))
                self._streams[key] = stream
                stream.task = asyncio.create_task(self._work(key, stream, operation, variables, caller))
            listener = Listener(caller)
            if stream.latest is not None:
                listener.give(stream.latest)
            stream.listeners.add(listener)
            self._counted(1)
            try:
                yield listener
            finally:
                stream.listeners.discard(listener)
                self._counted(-1)
                if not stream.listeners:
                    self._end(key, stream)

    async def stop(self) -> None:
        """Cuts every stream, for good: listeners are to ask again, which another process will answer."""
        self.stopping.set()
        tasks = [stream.task for stream in self._streams.values() if stream.task is not None]
        for key, stream in list(self._streams.items()):
            for listener in stream.listeners:
                listener.cut()
            self._end(key, stream)
        await asyncio.gather(*tasks, return_exceptions=True)

    def _counted(self, change: int) -> None:
        self.count += change
        self._metrics.listeners.set(self.count)
        self._metrics.streams.set(len(self._streams))

    def _end(self, key: Any, stream: _Stream) -> None:
        self._forget(key, stream)
        if stream.task is not None:
            stream.task.cancel()

    def _forget(self, key: Any, stream: _Stream) -> None:
        """Frees its place: whoever asks the same later begins a new stream. Harmless when it is forgotten already."""
        if self._streams.get(key) is stream:
            del self._streams[key]
        self._metrics.streams.set(len(self._streams))
        stream.place.close()
        for listener in stream.listeners:
            listener.close()

    async def _work(
        self, key: Any, stream: _Stream, operation: Operation, variables: Mapping[str, Any], caller: Caller
    ) -> None:
        try:
            await self._follow(stream, operation, variables, caller)
        except Fault as refused:
            self._refuse(stream, refused, caller)
        except Exception:
            _LOG.exception("a live stream failed")
            self._refuse(stream, Fault("internal"), caller)
        finally:
            self._forget(key, stream)

    async def _follow(
        self, stream: _Stream, operation: Operation, variables: Mapping[str, Any], caller: Caller
    ) -> None:
        async with Call(self._engine.parts, caller, today()) as call:
            found = subscribe(
                self._engine.schema,
                operation.document,
                context_value=call,
                variable_values=dict(variables),
                operation_name=operation.name,
                executor_class=SlicedExecutor,
                hide_suggestions=True,
            )
            begun: Any = await found if asyncio.iscoroutine(found) else found
            if isinstance(begun, ExecutionResult):
                self._publish(stream, Update("", payload(begun, caller.lang)))
                return
            async for result in begun:
                self.runs += 1
                self._publish(stream, Update(call.position, payload(result, caller.lang)))

    def _refuse(self, stream: _Stream, refused: Fault, caller: Caller) -> None:
        self._publish(stream, Update("", orjson.dumps({"errors": [fault(refused, caller.lang)]})))

    def _publish(self, stream: _Stream, update: Update) -> None:
        if stream.latest is not None and stream.latest.payload == update.payload:
            return
        stream.latest = update
        for listener in stream.listeners:
            listener.give(update)
        self._metrics.delivered.inc(len(stream.listeners))
