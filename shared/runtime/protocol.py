"""uvicorn's two protocols with bounds: on the head and body of a request in bytes and time, and on answers not taken.

uvicorn (0.54) and httptools bound neither; the hooks used here are those of asyncio.Protocol and of httptools' parser.
"""

import asyncio
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from shared.runtime.connections import Connections, Peer, Phase

# Requests sent ahead on one connection; browsers send none.
_PIPELINED: Final = 16
_THROWN_AWAY: Final = 16


class _Taking(asyncio.Protocol):
    """What both protocols do about an answer that its reader does not take."""

    guard: Connections
    peer: Peer | None = None

    def connection_lost(self, exc: Exception | None) -> None:
        """Frees the place."""
        if self.peer is not None:
            self.guard.leave(self.peer)
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """The reader is slower than the answer."""
        super().pause_writing()
        peer = self.peer
        if peer is None:
            return
        peer.untaken = peer.transport.get_write_buffer_size()
        peer.taken_due = asyncio.get_running_loop().time() + self.guard.limits.seconds
        if not self.guard.hold(peer, peer.untaken):
            self.guard.drop(peer, "too many bytes")
            peer.transport.abort()

    def resume_writing(self) -> None:
        """The reader has caught up."""
        super().resume_writing()
        if self.peer is not None:
            self.peer.taken_due = None
            self.guard.hold(self.peer, 0)


class WebSocket(_Taking, WebSocketsSansIOProtocol):
    """A connection after its upgrade: pings tell whether it lives."""


class Http(_Taking, HttpToolsProtocol):
    """A connection that sends requests."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.ws_protocol_class is not None:
            self.ws_protocol_class = self._upgraded  # type: ignore[assignment]

    def _upgraded(self, **given: Any) -> WebSocket:
        made = WebSocket(**given)
        made.guard, made.peer = self.guard, self.peer
        if self.peer is not None:
            self.peer.phase, self.peer.due = Phase.BUSY, None
            self.peer.end = lambda _: made.transport.close()
        return made

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Takes a place, or says that there is none."""
        super().connection_made(transport)
        host = self.client[0] if self.client else ""
        self.peer = self.guard.enter(transport, host, self.loop.time(), self._end)
        if self.peer is None:
            self._end(503)

    def data_received(self, data: bytes) -> None:
        """Feeds the parser, then looks at what is still unfinished."""
        peer = self.peer
        if peer is None or peer.phase is Phase.ENDING:
            return
        before = peer.phase
        peer.received += len(data)
        HttpToolsProtocol.data_received(self, data)
        phase = peer.phase
        if phase is Phase.BUSY:
            peer.due = None
            if self.cycle is not None and self.cycle.response_complete:
                self._rest(peer)
            if peer.held and peer.taken_due is None:
                self.guard.hold(peer, 0)
        elif phase is not Phase.IDLE:
            if phase is not before:
                peer.due = self.loop.time() + self.guard.limits.seconds
            self._unfinished(peer)

    def _unfinished(self, peer: Peer) -> None:
        limits = self.guard.limits
        # A body that is too large is refused by the application. What still comes is thrown away for a while: the
        # answer would be lost to a client that is cut off while it sends.
        most = limits.head_bytes if peer.phase is Phase.HEAD else _THROWN_AWAY * limits.body_bytes
        if peer.received > most:
            self.guard.drop(peer, f"{peer.phase.value} too large", 431 if peer.phase is Phase.HEAD else 413)
        elif not self.guard.hold(peer, min(peer.received, 2 * limits.body_bytes)):
            self.guard.drop(peer, "too many bytes", 503)

    def _rest(self, peer: Peer) -> None:
        peer.phase, peer.received = Phase.IDLE, 0
        peer.due = self.loop.time() + self.guard.limits.seconds

    def on_message_begin(self) -> None:
        """The first byte of a request."""
        HttpToolsProtocol.on_message_begin(self)
        if self.peer is not None:
            self.peer.phase = Phase.HEAD

    def on_headers_complete(self) -> None:
        """The head is whole."""
        if len(self.pipeline) >= _PIPELINED:
            raise ValueError("too many requests sent ahead")  # the parser ends, and the answer is 400
        HttpToolsProtocol.on_headers_complete(self)
        if self.peer is not None:
            self.peer.phase, self.peer.received = Phase.BODY, 0

    def on_message_complete(self) -> None:
        """The request is whole."""
        HttpToolsProtocol.on_message_complete(self)
        if self.peer is not None:
            self.peer.phase, self.peer.received = Phase.BUSY, 0

    def on_response_complete(self) -> None:
        """An answer is whole: the next request sent ahead begins, or nothing is under way.

        As uvicorn's own, less the timer that it sets for each request: the sweep ends idle connections.
        """
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())
        elif self.peer is not None and self.peer.phase is Phase.BUSY:
            self._rest(self.peer)

    def _end(self, status: int) -> None:
        """Says the status, if no answer has begun, and hangs up once that is taken."""
        if self.transport.is_closing():
            return
        begun = self.cycle is not None and self.cycle.response_started
        if begun and not self.cycle.response_complete:
            self.transport.abort()
            return
        # In the phase BODY the answer that has begun is this request's own.
        if status and not (begun and self.peer is not None and self.peer.phase is Phase.BODY):
            retry = b"retry-after: 1\r\n" if status == 503 else b""
            self.transport.write(STATUS_LINE[status] + b"connection: close\r\ncontent-length: 0\r\n" + retry + b"\r\n")
        self.transport.close()


def bounded(guard: Connections) -> type[asyncio.Protocol]:
    """uvicorn's HTTP protocol with these bounds."""
    return type("Bounded", (Http,), {"guard": guard})
