"""Serving ASGI applications inside a task group: no signal handler of its own, stopped by cancelling."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from typing import Any

import uvicorn


class Server(uvicorn.Server):
    """A uvicorn server that leaves signals to the process and says when it listens."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals belong to whoever hosts us."""
        yield


def listen(host: str, port: int) -> socket.socket:
    """A listening socket, made before anything else so that a taken port is told at once (OSError)."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((host, port))
        made.listen(512)
    except OSError:
        made.close()
        raise
    made.setblocking(False)
    return made


async def serve(app: Any, listening: socket.socket, grace: int = 3) -> None:
    """Serves `app` until cancelled, then lets requests under way end for at most `grace` seconds."""
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=grace,
        ws_ping_interval=20,
        server_header=False,
    )
    server = Server(config)
    running = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        await asyncio.shield(running)
    except asyncio.CancelledError:
        server.should_exit = True
        await asyncio.wait({running}, timeout=grace + 2)
        raise
