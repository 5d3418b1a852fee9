"""One service of one member alone: `python -m services.<name> --member <id>`."""

import argparse
import asyncio
import logging
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import uvloop
from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.routing import Mount

from shared.runtime import logs
from shared.runtime.keyfiles import Unusable
from shared.runtime.scrape import scrape
from shared.runtime.serve import listen, serve
from shared.runtime.service import Definition, Service
from shared.runtime.settings import Settings, from_state

log = logging.getLogger("main")
NO_KEY: Final = 66


def run_service(definition: Definition, argv: Sequence[str] | None = None) -> int:
    """Runs the service until it is told to stop; 0 after SIGINT or SIGTERM, 64 if told too little, 66 if a key is lost.

    What is unexpected raises.
    """
    parser = argparse.ArgumentParser(
        prog=f"python -m services.{definition.name}",
        description=f"Runs the {definition.name} service of one member: answers commands, seals, publishes, reacts.",
    )
    parser.add_argument("--member", required=True, help="whose service, for example cluster-jura")
    parser.add_argument("--state", type=Path, default=Path(".generateur"), help="state folder laid by `make run`")
    parser.add_argument("--host", default=None)
    parser.add_argument("--port", type=int, default=None, help="where to answer; 0 takes a free one")
    parser.add_argument("--parts", default=None, help="which of api,seal,relay,react to run; all by default")
    given = vars(parser.parse_args(argv))
    state, member = given.pop("state"), given.pop("member")
    logs.configure()
    try:
        settings = from_state(state, member, definition.name, **given)
    except ValidationError as error:
        missing = ", ".join(str(e["loc"][0]) for e in error.errors(include_input=False))
        print(f"Not told, or not well: {missing} (GENERATEUR_<NAME>, or {state}/settings.json).", file=sys.stderr)
        return 64
    try:
        uvloop.run(_run(definition, settings))
    except Unusable as lost:
        print(lost, file=sys.stderr)
        return NO_KEY
    return 0


async def _run(definition: Definition, settings: Settings) -> None:
    service = Service(definition, settings)
    app = await service.start()
    running = asyncio.create_task(_host(service, app, settings))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, running.cancel)
    try:
        await running
    except asyncio.CancelledError:
        log.info("%s stopped", service.source)
    finally:
        await service.stop()


async def _host(service: Service, app: Starlette, settings: Settings) -> None:
    async with asyncio.TaskGroup() as group:
        group.create_task(service.run())
        group.create_task(scrape(settings.metrics_host, settings.metrics_port))
        if "api" in settings.parts.split(","):
            listening = listen(settings.host, settings.port)
            log.info("%s answers on port %d", service.source, listening.getsockname()[1])
            group.create_task(serve(Starlette(routes=[Mount(settings.base, app)]), listening))
