"""Serving ASGI applications inside a task group: no signal handler of its own, stopped by cancelling."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from typing import Any, Final

import uvicorn

from shared.runtime.connections import Connections, Limits
from shared.runtime.protocol import bounded

# For those who serve one trusted neighbour: its gateway is one address.
INSIDE: Final = Limits(address_connections=1000)

_SEND_BYTES: Final = 128 << 10


class Server(uvicorn.Server):
    """A uvicorn server that leaves signals to the process and bounds what its clients take up."""

    def __init__(self, app: Any, limits: Limits, grace: int) -> None:
        self.guard = Connections(limits)
        super().__init__(
            uvicorn.Config(
                app,
                http=bounded(self.guard),
                log_config=None,
                access_log=False,
                lifespan="off",
                # An address that X-Forwarded-For names is believed from these alone; uvicorn believes this machine.
                proxy_headers=bool(limits.proxies),
                forwarded_allow_ips=list(limits.proxies),
                timeout_graceful_shutdown=grace,
                ws_max_size=limits.body_bytes,
                ws_per_message_deflate=False,
                ws_ping_interval=20,
                server_header=False,
                backlog=512,
            )
        )

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        """Serves until `should_exit`."""
        watching = asyncio.create_task(self.guard.watch())
        try:
            await super().serve(sockets)
        finally:
            watching.cancel()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals belong to whoever hosts us."""
        yield


def listen(host: str, port: int) -> socket.socket:
    """A listening socket, made before anything else so that a taken port is told at once (OSError)."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # Connections inherit it. Left alone, the kernel keeps up to 4 MB of answers for each reader who takes nothing.
    made.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BYTES)
    try:
        made.bind((host, port))
        made.listen(512)
    except OSError:
        made.close()
        raise
    made.setblocking(False)
    return made


async def serve(app: Any, listening: socket.socket, grace: int = 3, limits: Limits = INSIDE) -> None:
    """Serves `app` until cancelled, then lets requests under way end for at most `grace` seconds."""
    server = Server(app, limits, grace)
    running = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        await asyncio.shield(running)
    except asyncio.CancelledError:
        server.should_exit = True
        await asyncio.wait({running}, timeout=grace + 2)
        raise
