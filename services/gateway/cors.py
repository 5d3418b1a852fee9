"""Pages of other origins: which may read answers, by the list that holds for sockets too."""

from collections.abc import Sequence
from typing import Any, Final

from starlette.datastructures import MutableHeaders
from starlette.middleware.cors import CORSMiddleware
from starlette.types import Message, Receive, Scope, Send

_EXPOSED: Final = ("etag", "retry-after", "www-authenticate")
_SECONDS: Final = 600


class Cors(CORSMiddleware):
    """Answers preflights, and lets pages of these origins read. No cookies: a caller is known by its token alone."""

    def __init__(self, app: Any, origins: Sequence[str]) -> None:
        super().__init__(
            app,
            allow_origins=origins,
            allow_methods=("GET", "HEAD", "POST"),
            allow_headers=("*",),
            expose_headers=_EXPOSED,
            max_age=_SECONDS,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Marks every answer, also those to nobody's page: who keeps answers for others must not mix them up."""

        async def varied(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if "origin" not in headers.get("vary", "").lower():
                    headers.add_vary_header("Origin")
            await send(message)

        await super().__call__(scope, receive, varied if scope["type"] == "http" else send)
