"""A real road to the members' services on which one member's traffic can stand still: accepted, never answered."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from urllib.parse import urlsplit


class Road:
    """Passes bytes on to the services. `stalled` names the members whose requests are held; `held` counts them."""

    def __init__(self, url: str) -> None:
        self._target = urlsplit(url.partition("{")[0])
        self._moved = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self.stalled: set[str] = set()
        self.held = 0
        self.url = ""

    def stall(self, member: str) -> None:
        """From now on this member's services do not answer."""
        self.stalled.add(member)
        self._moved.clear()

    def go_on(self) -> None:
        """All answer again, also what was held."""
        self.stalled.clear()
        self._moved.set()

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, until either side ends it."""
        there, back = await asyncio.open_connection(self._target.hostname, self._target.port)
        ways = [
            asyncio.create_task(self._way(reader, back, True)),
            asyncio.create_task(self._way(there, writer, False)),
        ]
        self._tasks.update(ways)
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            self._tasks.difference_update(ways)
            back.close()
            writer.close()

    async def _way(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, asking: bool) -> None:
        with contextlib.suppress(OSError):
            while chunk := await reader.read(65536):
                if asking and any(b"/members/%s/" % member.encode() in chunk for member in self.stalled):
                    self.held += 1
                    await self._moved.wait()
                writer.write(chunk)
                await writer.drain()

    async def end(self) -> None:
        """Ends every connection."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


@contextlib.asynccontextmanager
async def road(url: str) -> AsyncIterator[Road]:
    """A road to the services behind this template of addresses; `url` of it is the template to use instead."""
    made = Road(url)
    server = await asyncio.start_server(made.accept, "127.0.0.1", 0, backlog=512)
    port = server.sockets[0].getsockname()[1]
    made.url = url.replace(str(urlsplit(url.partition("{")[0]).port), str(port))
    try:
        yield made
    finally:
        server.close()
        await made.end()
