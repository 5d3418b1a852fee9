"""The whole collective in one process: every member's services, the reader of figures and the gateway.

The same services run alone or apart (docker-compose.yml); only settings differ, and between them go bytes.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from starlette.applications import Starlette
from starlette.routing import Mount

from deploy.cli.figures import print_figures
from deploy.cli.recover import counted_line, positions
from deploy.provision import collective, everything
from deploy.provision.collective import Collective
from deploy.whitepaper import play
from services.gateway import service as gateway
from services.gateway.settings import Settings as GatewaySettings
from services.ideation.service import DEFINITION as IDEATION
from services.indicators import versions
from services.indicators.rebuild import activate, rebuild
from services.indicators.service import Figures
from services.indicators.settings import Settings as FiguresSettings
from services.projects.service import DEFINITION as PROJECTS
from shared.adapters.postgres import pool as pools
from shared.runtime import scrape
from shared.runtime.guard import told
from shared.runtime.serve import listen, serve
from shared.runtime.service import Definition, Service
from shared.runtime.settings import Settings, from_state

DEFINITIONS: Final[Mapping[str, Definition]] = {"ideation": IDEATION, "projects": PROJECTS}
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """Where everything is: state folder, the two servers, and the ports to answer on (0 takes a free one)."""

    state: Path
    admin_dsn: str
    kafka: str
    host: str = "127.0.0.1"
    port: int = 8000
    internal_port: int = 0
    metrics_port: int = 0
    history: bool = True


async def main(plan: Plan, say: Say, on_ready: Callable[[], None]) -> None:
    """Runs everything until cancelled; whatever fails ends it all.

    Plays the history, prints the figures, then calls `on_ready`. Raises an ExceptionGroup, which holds NotPlayed or
    Unhappy if the history or the figures could not be had.
    """
    members = collective.load()
    say("preparing keys, databases and topics")
    reads = await everything.ensure(plan.state, members, plan.admin_dsn, plan.kafka)
    internal, public = listen("127.0.0.1", plan.internal_port), listen(plan.host, plan.port)
    counted = listen("127.0.0.1", plan.metrics_port)
    say(f"metrics on http://127.0.0.1:{counted.getsockname()[1]}/metrics")
    url = f"http://{plan.host}:{public.getsockname()[1]}"
    inside = f"http://127.0.0.1:{internal.getsockname()[1]}/members/{{member}}/{{service}}"
    again = (plan.state / "settings.json").exists()
    _remember(plan, members, url, inside)
    await _by_these_rules(_figures(plan, members, reads), say, again)
    services = [
        Service(DEFINITIONS[name], _settings(plan, members, member, name)) for member, name in members.producers
    ]
    apps = await asyncio.gather(*(service.start() for service in services))
    door = _gateway(plan, members, reads, inside)
    await door.start()
    try:
        async with asyncio.TaskGroup() as group:
            for service in services:
                group.create_task(service.run(), name=service.source)
            mounts = [Mount(s.settings.base, app) for s, app in zip(services, apps, strict=True)]
            group.create_task(serve(Starlette(routes=mounts), internal), name="services")
            group.create_task(Figures(_figures(plan, members, reads)).run(take_over=True), name="indicators")
            group.create_task(serve(door, public, limits=door.settings.limits), name="gateway")
            group.create_task(_hang_up(door), name="hang-up")
            group.create_task(serve(scrape.app(door.scraped), counted), name="metrics")
            group.create_task(
                _begin(plan, members, url, say, on_ready, _compared(services, reads, say)), name="history"
            )
    finally:
        await door.stop()
        await asyncio.gather(*(service.stop() for service in services))


async def _hang_up(door: gateway.GatewayApp) -> None:
    """Ends every stream as soon as we are to end: the server waits for them, and would cut them off with a trace."""
    try:
        await asyncio.Event().wait()
    finally:
        await door.hub.stop()


def _settings(plan: Plan, members: Collective, member: str, service: str) -> Settings:
    return from_state(plan.state, member, service, kafka=plan.kafka, coordinator=members.coordinator)


def _figures(plan: Plan, members: Collective, reads: everything.ReadSide) -> FiguresSettings:
    return FiguresSettings.model_validate(
        {
            "figures_dsn": reads.writer_dsn,
            "kafka": plan.kafka,
            "coordinator": members.coordinator,
            "root_key": plan.state / "keys" / "root.pub",
        }
    )


async def _by_these_rules(settings: FiguresSettings, say: Say, again: bool) -> None:
    """Says so if the read side is empty although the system ran before (`again`): the reader counts all anew then.

    Counts everything anew, beside the figures so far, if those were written by other rules, and answers from that.

    Elsewhere this is the decision of whoever runs the reader; here the servers run only as long as we do.
    """
    reads = await pools.connect(settings.figures_dsn.get_secret_value(), min_size=1, max_size=4)
    try:
        if again and not await reads.fetchval("select exists (select from position where sequence > 0)"):
            say("the figures' database is empty: counting everything from the beginning")
        try:
            await versions.check(reads, await versions.meant(reads, settings))
        except versions.OtherRules as other:
            say("the rules of counting have changed: counting everything anew")
            await rebuild(reads, settings.model_copy(update={"version": other.following}))
            async with reads.acquire() as connection:
                await activate(connection, other.following)
    finally:
        await reads.close()


def _gateway(plan: Plan, members: Collective, reads: everything.ReadSide, inside: str) -> gateway.GatewayApp:
    settings = GatewaySettings.model_validate(
        {
            "reads_dsn": reads.reader_dsn,
            "coordinator": members.coordinator,
            "jwks": plan.state / "keys" / "jwks.json",
            "services_url": inside,
        }
    )
    return gateway.build(settings)


def _remember(plan: Plan, members: Collective, url: str, inside: str) -> None:
    """Where everything is, for the command line and for services started alone. No secret."""
    said = {
        "gateway": url,
        "kafka": plan.kafka,
        "coordinator": members.coordinator,
        "members": list(members.members),
        "services": inside,
    }
    partial = plan.state / ".settings.json.partial"
    partial.write_text(json.dumps(said, indent=1))
    partial.rename(plan.state / "settings.json")


async def _compared(services: Sequence[Service], reads: everything.ReadSide, say: Say) -> bool:
    """Waits until every store was compared with its topic, and says what a person should know; False if one stopped.

    What was counted lies behind for a moment after every start; ahead of both store and topic it must never be.
    """
    await asyncio.gather(*(service.guard.settled() for service in services))
    counted = await positions(reads.writer_dsn)
    for guard in (service.guard for service in services):
        if guard.stopped is not None:
            say(guard.stopped.message)
        elif guard.seen is not None:
            line, well = counted_line(guard.source, guard.seen, counted)
            if not well:
                say(f"{told(guard.source, guard.seen)}{line}")
            elif guard.note is not None:
                say(guard.note)
    return all(service.guard.stopped is None for service in services)


async def _begin(
    plan: Plan, members: Collective, url: str, say: Say, on_ready: Callable[[], None], compared: Awaitable[bool]
) -> None:
    position = None
    # With a producer stopped, the others and the figures are there all the same, and the command that mends it.
    if await compared:
        played = await play.introduce(url, plan.state / "keys", members)
        if plan.history and not await play.already_played(url):
            say("recording the white paper's history")
            played = await play.history(url, plan.state / "keys")
        position = played.position
    await print_figures(url, at_least=position)
    on_ready()
