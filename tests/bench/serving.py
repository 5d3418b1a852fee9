"""`python -m tests.bench.serving PORT gateway DSN KEYS | bare FILE`: one application on the product's own server."""

import sys
from pathlib import Path
from typing import Any

import uvloop

from services.gateway.service import build
from services.gateway.settings import Settings
from shared.runtime.serve import listen, serve
from tests.bench.stock import COORDINATOR


def _bare(body: bytes) -> Any:
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]

    async def app(scope: Any, receive: Any, send: Any) -> None:
        while (await receive()).get("more_body"):
            pass
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return app


async def _gateway(dsn: str, keys: str, port: int) -> None:
    given = {
        "reads_dsn": dsn,
        "coordinator": COORDINATOR,
        "services_url": "http://127.0.0.1:1/{member}/{service}",
        "jwks": Path(keys) / "jwks.json",
    }
    door = build(Settings.model_validate(given))
    await door.start()
    try:
        await serve(door, listen("127.0.0.1", port), limits=door.settings.limits)
    finally:
        await door.stop()


def main() -> None:
    """Serves until killed."""
    port, what, *more = sys.argv[1:]
    if what == "gateway":
        uvloop.run(_gateway(more[0], more[1], int(port)))
    else:
        uvloop.run(serve(_bare(Path(more[0]).read_bytes()), listen("127.0.0.1", int(port))))


if __name__ == "__main__":
    main()
