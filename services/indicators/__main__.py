"""`python -m services.indicators`: the reader alone; and what a person does with parked or stopped records."""

import argparse
import asyncio
import contextlib
import signal
import sys
from pathlib import Path
from typing import Any, Final

import uvloop
from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from services.indicators import care, versions
from services.indicators import rebuild as rebuilding
from services.indicators.service import Figures
from services.indicators.settings import Settings, from_state
from services.indicators.versions import OtherRules
from shared.adapters.postgres import pool as pools
from shared.runtime import logs
from shared.runtime.keyfiles import Unusable
from shared.runtime.scrape import scrape
from shared.runtime.serve import listen, serve

OTHER_RULES: Final = 65
NO_KEY: Final = 66


def main(argv: list[str] | None = None) -> int:
    """0 when told to stop or done; 64 if told too little; 65 for a version of other rules; 66 if the root key is lost.

    The unexpected raises.
    """
    parser = argparse.ArgumentParser(prog="python -m services.indicators", description=__doc__)
    parser.add_argument("--state", type=Path, default=Path(".generateur"), help="state folder laid by `make run`")
    parser.add_argument("--version", type=int, default=None, help="projection version (the one that answers)")
    parser.add_argument("--port", type=int, default=None, help="health and readiness; 0 takes a free one")
    parser.add_argument("--take-over", action="store_true", help="take the place of a reader that lives")
    actions = parser.add_subparsers(dest="action")
    actions.add_parser("parked", help="list what could not be counted").add_argument("--replay", action="store_true")
    actions.add_parser("producers", help="list the producers and why one is stopped")
    release = actions.add_parser("release", help="let a stopped producer go on")
    release.add_argument("source", help="for example /members/cluster-jura/ideation")
    release.add_argument("--skip", action="store_true", help="go on behind the record that stopped it")
    actions.add_parser("rebuild", help="fold everything into --version, beside the one in use")
    actions.add_parser("activate", help="answer from --version")
    given = parser.parse_args(argv)
    logs.configure()
    try:
        told = from_state(given.state, version=given.version, port=given.port)
    except ValidationError as error:
        missing = ", ".join(str(e["loc"][0]) for e in error.errors(include_input=False))
        print(f"Not told, or not well: {missing} (GENERATEUR_<NAME>, or {given.state}/settings.json).", file=sys.stderr)
        return 64
    try:
        if given.action is not None:
            return uvloop.run(act(told, given))
        uvloop.run(_read(told, given.take_over))
    except OtherRules as why:
        print(why, file=sys.stderr)
        return OTHER_RULES
    except Unusable as lost:
        print(lost, file=sys.stderr)
        return NO_KEY
    return 0


async def act(told: Settings, given: argparse.Namespace) -> int:
    """One action on the read side; prints what it did."""
    pool = await pools.connect(told.figures_dsn.get_secret_value(), min_size=1, max_size=3)
    try:
        told = told.model_copy(update={"version": await versions.meant(pool, told)})
        if given.action == "rebuild":
            print(f"{await rebuilding.rebuild(pool, told)} facts folded into version {told.version}")
            return 0
        async with pool.acquire() as connection:
            return await _act(connection, told, given)
    finally:
        await pool.close()


async def _act(connection: Any, told: Settings, given: argparse.Namespace) -> int:
    match given.action:
        case "parked":
            if given.replay:
                counted, stay = await care.replay_parked(connection, told.version, told.coordinator)
                print(f"{counted} counted, {stay} stay set aside")
            waiting = await care.parked(connection, told.version)
            if not waiting:
                print("Nothing is set aside.")
            for one in waiting:
                print(f"{one.source} {one.sequence} {one.subject} {one.type}: {one.reason}")
        case "producers":
            for producer in await care.producers(connection, told.version):
                print(f"{producer.source} {producer.sequence}: {_state(producer)}")
        case "release":
            if not await care.release_producer(connection, told.version, given.source, given.skip):
                print(f"{given.source} is not stopped.", file=sys.stderr)
                return 1
            print(f"{given.source} goes on")
        case "activate":
            await rebuilding.activate(connection, told.version)
            print(f"version {told.version} answers")
    return 0


def _state(producer: care.Producer) -> str:
    held = "held: its key is not known yet" if producer.held else None
    late = f"read, {producer.missing} to come" if producer.missing else "read"
    return producer.stopped or held or producer.behind or late


async def _read(told: Settings, take_over: bool) -> None:
    figures = Figures(told)
    running = asyncio.create_task(_host(figures, told, take_over))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, running.cancel)
    try:
        with contextlib.suppress(asyncio.CancelledError):
            await running
    except BaseExceptionGroup as group:
        if other := group.subgroup(OtherRules):
            raise other.exceptions[0] from None
        raise


async def _host(figures: Figures, told: Settings, take_over: bool) -> None:
    async def health(request: Request) -> Response:
        return JSONResponse({"status": "alive"})

    async def ready(request: Request) -> Response:
        said = figures.status()
        return JSONResponse(said, 503 if said["status"] in ("waiting", "behind") else 200)

    routes = [Route("/health", health), Route("/ready", ready)]
    listening = listen(told.host, told.port)
    async with asyncio.TaskGroup() as group:
        group.create_task(figures.run(take_over))
        group.create_task(serve(Starlette(routes=routes), listening))
        group.create_task(scrape(told.metrics_host, told.metrics_port))


if __name__ == "__main__":
    sys.exit(main())
