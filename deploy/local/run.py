"""`make run`: the whole system on this machine, until Ctrl-C."""

import argparse
import asyncio
import importlib
import logging
import os
import signal
import sys
import time
from pathlib import Path
from typing import Final

from deploy.local import checks
from deploy.local.checks import Broken, Unfit
from deploy.local.jars import Unfetched
from deploy.local.servers import LocalServers
from deploy.local.state import State

_HOST: Final = "127.0.0.1"
_WATCH: Final = 0.5


class NotBegun(Exception):
    """A key is lost, the history could not be played or the figures not be asked; the message is one sentence."""


def say(line: str) -> None:
    """One progress line."""
    print(f"· {line}", flush=True)


def main() -> int:
    """0 after Ctrl-C; 1 with one sentence if this machine is unfit; anything unexpected raises."""
    parser = argparse.ArgumentParser(prog="make run", description=__doc__)
    parser.add_argument("--port", type=int, default=8000, help="where the gateway answers (PORT=)")
    parser.add_argument("--state", type=Path, default=Path(".generateur"))
    given = parser.parse_args()
    began = time.monotonic()
    try:
        checks.disk(given.state)
        checks.port(_HOST, given.port)
        with State(given.state) as state:
            state.check()
            return _with_servers(state, given.port, began)
    except (Unfit, Unfetched, NotBegun) as problem:
        print(problem, file=sys.stderr)
        return 1


def _with_servers(state: State, port: int, began: float) -> int:
    ports = state.ports()
    servers = LocalServers(state.folder, ports, say)
    # Children end with us whatever happens; this is the orderly way. Both are said: whoever starts us in the
    # background of a script has SIGINT ignored for us.
    asked: list[int] = []

    def interrupted(number: int, _: object) -> None:
        asked.append(number)
        raise KeyboardInterrupt

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, interrupted)
    try:
        servers.launch()
        # Importing the services takes as long as the servers take to start: done meanwhile, on the other core.
        import uvloop

        from shared.runtime import logs

        logs.configure(logging.WARNING)
        importlib.import_module("deploy.system")
        servers.wait()
        if asked:
            # Raised amid an import, it can be lost in what must not raise, such as a finaliser.
            raise KeyboardInterrupt
        uvloop.run(_system(state, servers, ports, port, began))
    except KeyboardInterrupt:
        pass
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        say("stopping")
        servers.stop()
    return 0


async def _system(state: State, servers: LocalServers, ports: dict[str, int], port: int, began: float) -> None:
    from deploy import system

    plan = system.Plan(
        state=state.folder,
        admin_dsn=servers.postgres.admin_dsn,
        kafka=servers.kafka.bootstrap,
        host=_HOST,
        port=port,
        internal_port=ports["internal"],
        metrics_port=ports["metrics"],
    )
    running = asyncio.create_task(system.main(plan, say, lambda: _ready(port, began)))
    watching = asyncio.create_task(_watch(servers))
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    stopped = asyncio.create_task(_until(stop))
    tasks = {running, watching, stopped}
    done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        _result(task)


def _result(task: asyncio.Task[None]) -> None:
    """Raises what ended the task: NotBegun in one sentence where that is all there is to say."""
    from deploy.cli.state import Unhappy
    from deploy.provision.databases import Outdated
    from deploy.whitepaper.play import NotPlayed
    from shared.runtime.keyfiles import Unusable

    try:
        task.result()
    except Outdated as found:
        raise NotBegun(f"The system could not begin: {found}.") from found
    except Unusable as found:
        raise NotBegun(str(found)) from found
    except ExceptionGroup as failed:
        foreseen, others = failed.split((NotPlayed, Unhappy, Unusable))
        if foreseen is None or others is not None:
            raise
        raise NotBegun(f"The system could not begin: {_first(foreseen)}") from failed


def _first(failed: BaseException) -> BaseException:
    """What a group of failures, in groups of their own, begins with."""
    while isinstance(failed, BaseExceptionGroup):
        failed = failed.exceptions[0]
    return failed


async def _until(stop: asyncio.Event) -> None:
    await stop.wait()


def _ready(port: int, began: float) -> None:
    if os.environ.get("GENERATEUR_TIMES"):
        say(f"ready after {time.monotonic() - began:.1f} s")
    print(f"ready http://{_HOST}:{port}", flush=True)


async def _watch(servers: LocalServers) -> None:
    """Ends everything, loudly, when one of the two servers has ended by itself."""
    while True:
        await asyncio.sleep(_WATCH)
        problem = servers.failed()
        if problem:
            raise Broken(problem)


if __name__ == "__main__":
    sys.exit(main())
