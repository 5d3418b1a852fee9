"""Raw connections to a gateway, as strangers make them: what they send, and what becomes of them."""

import asyncio
import contextlib
import resource
import socket
from collections.abc import AsyncIterator, Iterator
from urllib.parse import urlsplit

from prometheus_client import REGISTRY


def roomy(files: int = 4096) -> None:
    """Lets this process have enough files open for both sides of the connections."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < files:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(files, hard), hard))


def dropped(why: str) -> float:
    """How many connections the server has ended for this reason."""
    return REGISTRY.get_sample_value("generateur_connections_dropped_total", {"why": why}) or 0.0


class Stranger:
    """One connection. `over` once the other side has ended it; `heard` is what it said until then."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self.heard = b""
        self.sent = 0
        self._listening = asyncio.create_task(self._listen(reader))

    @property
    def over(self) -> bool:
        """Whether the other side has ended it."""
        return self._listening.done()

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        with contextlib.suppress(OSError):
            while chunk := await reader.read(65536):
                self.heard += chunk

    async def send(self, data: bytes) -> None:
        """Sends, and gives the other side a moment; nothing happens once it is over."""
        with contextlib.suppress(OSError):
            self._writer.write(data)
            await self._writer.drain()
            self.sent += len(data)
        await asyncio.sleep(0.002)

    async def go(self) -> None:
        """Hangs up."""
        self._listening.cancel()
        self._writer.close()
        await asyncio.gather(self._listening, return_exceptions=True)


async def stranger(url: str, source: str = "127.0.0.1") -> Stranger:
    """Connects from an address of this machine; 127.0.0.2 is one, too."""
    there = urlsplit(url)
    reader, writer = await asyncio.open_connection(there.hostname, there.port, local_addr=(source, 0))
    return Stranger(reader, writer)


@contextlib.asynccontextmanager
async def strangers(url: str, count: int, source: str = "127.0.0.1") -> AsyncIterator[list[Stranger]]:
    """Connects many times, one after the other; all hang up at the end."""
    made: list[Stranger] = []
    try:
        for _ in range(count):
            made.append(await stranger(url, source))
        yield made
    finally:
        await asyncio.gather(*(one.go() for one in made))


@contextlib.contextmanager
def unread(url: str, data: bytes) -> Iterator[socket.socket]:
    """A connection that asks and takes next to nothing of the answers."""
    there = urlsplit(url)
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    made.connect((there.hostname, there.port))
    made.sendall(data)
    try:
        yield made
    finally:
        made.close()
