"""What Prometheus reads, on a port of its own: nobody who may ask the service may read its metrics for that."""

import asyncio
import logging
from collections.abc import Callable
from typing import Final

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from shared.runtime.serve import listen, serve

log: Final = logging.getLogger("metrics")
Scraped = Callable[[], bytes]


def app(*more: Scraped) -> Starlette:
    """`/metrics`: the process's own registry, and what `more` add to it."""

    async def metrics(_: Request) -> Response:
        return Response(generate_latest() + b"".join(one() for one in more), media_type=CONTENT_TYPE_LATEST)

    return Starlette(routes=[Route("/metrics", metrics)])


async def scrape(host: str, port: int | None, *more: Scraped) -> None:
    """Serves metrics until cancelled; raises OSError if the port is taken. Without a port it only waits."""
    if port is None:
        await asyncio.Event().wait()
        return
    listening = listen(host, port)
    log.info("metrics on port %d", listening.getsockname()[1])
    await serve(app(*more), listening, grace=1)
