"""Wiring: settings in, an ASGI application with `start` and `stop` out. Nothing happens at import."""

import logging
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from services.gateway import answers, schema, ws
from services.gateway.call import Parts
from services.gateway.callers import Caller, Callers
from services.gateway.coding import coded
from services.gateway.commands import Commands
from services.gateway.cors import Cors
from services.gateway.documents import Documents
from services.gateway.endpoint import Endpoint, Receive, Scope, Send
from services.gateway.engine import Engine
from services.gateway.faults import Fault
from services.gateway.feed import Feed
from services.gateway.live import Hub
from services.gateway.metrics import Metrics
from services.gateway.places import Bounds
from services.gateway.reads import Reads
from services.gateway.settings import Settings
from services.gateway.shares import Held, address
from services.gateway.sse import Sse
from shared.runtime.tokens import Verifier

_LOG = logging.getLogger("gateway")


class GatewayApp:
    """The gateway as an ASGI application. `start` before the first request, `stop` after the last."""

    def __init__(self, settings: Settings, reads: Reads, feed: Feed, commands: Commands) -> None:
        self.settings = settings
        self.metrics = Metrics()
        self.feed = feed
        self._reads = reads
        self.commands = commands
        self._callers = Callers(Verifier(settings.jwks), settings.coordinator)
        made = schema.engine_schema()
        self.held = Held.bounded(settings)
        parts = Parts(reads, feed, commands, self.held, settings.wait_seconds, 1 / settings.updates_per_second)
        self.documents = Documents(made, settings.documents)
        self.engine = Engine(made, self.documents, parts)
        self.hub = Hub(self.engine, self.metrics, settings.listeners, settings.streams)
        sse = Sse(self.engine, self.hub, settings.heartbeat_seconds)
        self._endpoint = Endpoint(
            self.engine, self._callers, self.metrics, sse, settings.body_bytes, settings.cache_bytes
        )
        self._printed = answers.page("text/plain", schema.printed().encode())
        self._site = Starlette(routes=self._routes())
        # Without a list there is nothing between the server and the endpoint.
        self._entry = Cors(self._route, settings.origins) if settings.origins else self._route

    async def start(self) -> None:
        """Begins to listen to the read side; the gateway answers even while that is down."""
        self.commands.open()
        await self._reads.open()
        await self.feed.start()

    async def stop(self) -> None:
        """Ends every stream and connection, within seconds."""
        await self.hub.stop()
        await self.feed.stop()
        await self.commands.close()
        await self._reads.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        await self._entry(scope, receive, send)

    async def _route(self, scope: Scope, receive: Receive, send: Send) -> None:
        """`/graphql` goes straight to its endpoint, everything else by the router."""
        if scope["type"] == "http" and scope["path"] == "/graphql":
            await self._endpoint(scope, receive, send)
        elif scope["type"] != "lifespan":
            await self._site(scope, receive, send)

    def _routes(self) -> list[Any]:
        return [
            WebSocketRoute("/graphql", self._socket),
            Route("/health", self._health),
            Route("/ready", self._ready),
            Route("/schema.graphql", self._schema),
            Route("/.well-known/jwks.json", self._jwks),
            Route("/{rest:path}", self._nothing),
        ]

    async def _socket(self, socket: WebSocket) -> None:
        if not ws.same_origin(socket, self.settings.origins):
            await socket.close(4403)
            return
        most = self.settings.body_bytes
        beat = self.settings.heartbeat_seconds
        try:
            with self.held.sockets.hold(Caller(address=address(socket.scope))):
                await ws.Connection(socket, self.engine, self.hub, self._callers, beat, most).serve()
        except Fault:
            await socket.close(1013)

    async def _health(self, _: Request) -> Response:
        return JSONResponse({"status": "alive"})

    async def _ready(self, _: Request) -> Response:
        """Ready while the read side is heard."""
        state = self.feed.state
        if state is None:
            return JSONResponse({"status": "waiting", "for": "read side"}, 503)
        return JSONResponse({"status": "ready", "batch": state.batch})

    def scraped(self) -> bytes:
        """What the gateway counts, as Prometheus reads it."""
        state = self.feed.state
        self.metrics.batch.set(0 if state is None else state.batch)
        self.metrics.validations.set(self.documents.validations)
        return self.metrics.exposition()

    async def _schema(self, request: Request) -> Response:
        said = request.headers.get("accept-encoding")
        found = await coded(self._printed, None if said is None else said.encode("latin-1"))
        return Response(found.body, headers={name.decode(): value.decode() for name, value in found.headers})

    async def _jwks(self, _: Request) -> Response:
        """The issuer's public keys; a file of public members only."""
        try:
            raw = self.settings.jwks.read_bytes()
        except OSError:
            return _plain(Fault("service.unavailable"))
        return Response(raw, media_type="application/jwk-set+json", headers={"cache-control": "max-age=300"})

    async def _nothing(self, _: Request) -> Response:
        return _plain(Fault("request.not_found"))


def _plain(found: Fault) -> Response:
    return JSONResponse({"errors": [answers.fault(found, "en")]}, found.status)


def build(settings: Settings) -> GatewayApp:
    """The gateway for these settings, not yet started."""
    dsn = settings.reads_dsn.get_secret_value()
    reads = Reads(dsn, settings.pool)
    bounds = Bounds(settings.member_places, settings.member_waiting, settings.member_wait_seconds)
    commands = Commands(settings.services_url, settings.command_seconds, bounds, settings.service_urls)
    return GatewayApp(settings, reads, Feed(dsn), commands)
