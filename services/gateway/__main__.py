"""The gateway alone: `python -m services.gateway`, or `python -m services.gateway print-schema`."""

import argparse
import asyncio
import contextlib
import signal
import sys
from pathlib import Path

from pydantic import ValidationError

from services.gateway import schema
from services.gateway.service import build
from services.gateway.settings import Settings, from_state
from shared.runtime import keyfiles, logs
from shared.runtime.scrape import scrape
from shared.runtime.serve import Server, listen


async def serve(settings: Settings) -> None:
    """Serves until SIGINT or SIGTERM, then ends streams first: they would hold the server open."""
    app = build(settings)
    listening = listen(settings.host, settings.port)
    server = Server(app, settings.limits, grace=5)
    await app.start()
    scraping = asyncio.create_task(scrape(settings.metrics_host, settings.metrics_port, app.scraped))
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopping.set)
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    waiting = asyncio.create_task(stopping.wait())
    await asyncio.wait((serving, waiting, scraping), return_when=asyncio.FIRST_COMPLETED)
    server.should_exit = True
    await app.hub.stop()
    await serving
    await app.stop()
    scraping.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await scraping  # raises why it ended by itself, if it did


def main() -> int:
    """Runs the command of the process's arguments; its exit code, 64 if told too little, 66 if keys are lost."""
    parser = argparse.ArgumentParser(prog="python -m services.gateway", description=__doc__)
    parser.add_argument("command", nargs="?", choices=("serve", "print-schema"), default="serve")
    parser.add_argument("--state", type=Path, default=Path(".generateur"), help="state folder laid by `make run`")
    given = parser.parse_args()
    if given.command == "print-schema":
        sys.stdout.write(schema.printed())
        return 0
    logs.configure()
    try:
        settings = from_state(given.state)
    except ValidationError as error:
        missing = ", ".join(str(e["loc"][0]) for e in error.errors(include_input=False))
        print(f"Not told, or not well: {missing} (GENERATEUR_<NAME>, or {given.state}/settings.json).", file=sys.stderr)
        return 64
    if not settings.jwks.is_file():
        print(keyfiles.lost(settings.jwks), file=sys.stderr)
        return 66
    asyncio.run(serve(settings))
    return 0


if __name__ == "__main__":
    sys.exit(main())
