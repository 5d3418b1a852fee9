"""A real gateway on a real port, and a client for it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx

from services.gateway.service import GatewayApp, build
from services.gateway.settings import Settings
from shared.runtime.serve import listen, serve

NOWHERE = "postgresql://nobody@127.0.0.1:1/none"
COORDINATOR = "hub"
NO_SERVICE = "http://127.0.0.1:1/members/{member}/{service}"


class Client:
    """Asks one gateway, as a program does: JSON in, JSON out."""

    def __init__(self, url: str, app: GatewayApp) -> None:
        self.url = url
        self.app = app
        self.http = httpx.AsyncClient(base_url=url, trust_env=False, timeout=20)

    async def post(self, query: str, variables: Any = None, token: str | None = None, **more: Any) -> httpx.Response:
        """The HTTP answer to one operation."""
        headers = {"accept": "application/graphql-response+json", "accept-language": "en", **more.pop("headers", {})}
        if token is not None:
            headers["authorization"] = f"Bearer {token}"
        return await self.http.post("/graphql", json={"query": query, "variables": variables, **more}, headers=headers)

    async def data(self, query: str, variables: Any = None, token: str | None = None) -> Any:
        """The data of an operation that must succeed."""
        found = (await self.post(query, variables, token)).json()
        assert "errors" not in found, found
        return found["data"]

    async def code(self, query: str, variables: Any = None, token: str | None = None) -> str:
        """The code of the first error of an operation that must fail."""
        found = (await self.post(query, variables, token)).json()
        code: str = found["errors"][0]["extensions"]["code"]
        return code


def settings(keys: Path, **more: Any) -> Settings:
    """Settings of a gateway; without more, one that reaches neither read side nor services."""
    given = {"reads_dsn": NOWHERE, "services_url": NO_SERVICE, "coordinator": COORDINATOR, "jwks": keys / "jwks.json"}
    given["pool"] = 3  # the role that reads may have twenty connections, and several gateways run here
    return Settings.model_validate({**given, **more})


async def until(holds: Callable[[], bool]) -> None:
    """Returns when something outside this process's events has become so; the test's own limit bounds it."""
    while not holds():  # noqa: ASYNC110  # what is awaited sets no event of ours
        await asyncio.sleep(0.01)


@contextlib.asynccontextmanager
async def gateway(made: Settings, port: int = 0) -> AsyncIterator[Client]:
    """Starts a gateway, on a free port unless told; ends it, and everything it holds, afterwards."""
    app = build(made)
    await app.start()
    listening = listen("127.0.0.1", port)
    serving = asyncio.create_task(serve(app, listening, grace=1, limits=made.limits))
    client = Client(f"http://127.0.0.1:{listening.getsockname()[1]}", app)
    try:
        yield client
    finally:
        await client.http.aclose()
        await app.hub.stop()
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
        await app.stop()
