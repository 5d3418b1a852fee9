"""Sends planned commands through the gateway, as users would: one mutation each, with a member's own token."""

import asyncio
import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx

from deploy.provision.collective import Collective
from deploy.whitepaper.facts import load
from deploy.whitepaper.keys import introductions
from deploy.whitepaper.plan import plan
from deploy.whitepaper.planned import Planned, days
from deploy.whitepaper.wire import mutation, variables
from services.gateway.positions import position, read_position
from shared.kernel.refusals import PASSING
from shared.runtime import tokens

log = logging.getLogger("whitepaper")
PATIENCE: Final = 15.0
_PAUSE: Final = 0.02
_AT_ONCE: Final = 8
_SUBJECT: Final = "white-paper"


class NotPlayed(RuntimeError):
    """A command was refused for good, or nobody answered; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Played:
    """How many commands were sent, how many of them recorded something now, and how long it took.

    `position`: give it to `asOf.atLeast` and the answer counts everything that was played.
    """

    commands: int
    recorded: int
    seconds: float
    position: str


@dataclass(slots=True)
class Player:
    """Gives commands to a gateway with tokens made from the issuer's key in `keys`."""

    client: httpx.AsyncClient
    keys: Path
    _tokens: dict[tuple[str, tuple[str, ...]], str] = field(default_factory=dict)
    _reached: dict[str, int] = field(default_factory=dict)
    _gate: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))

    @classmethod
    def to(cls, url: str, keys: Path) -> "Player":
        """A player for the gateway at `url`; to be closed by its client."""
        limits = httpx.Limits(max_connections=_AT_ONCE, max_keepalive_connections=_AT_ONCE)
        return cls(_client(url, limits=limits), keys)

    async def play(self, steps: Sequence[Planned]) -> Played:
        """Sends every step, day by day, in one day each as soon as what it needs is recorded.

        A step already recorded changes nothing. Raises NotPlayed at the first step that stays refused.
        """
        began, recorded = time.monotonic(), 0
        done = {step.key: asyncio.Event() for step in steps}

        async def one(step: Planned) -> bool:
            for key in step.after:
                await done[key].wait()
            new = await self.give(step)
            done[step.key].set()
            return new

        for day in days(steps):
            try:
                async with asyncio.TaskGroup() as group:
                    sent = [group.create_task(one(step)) for step in day]
            except* NotPlayed as failed:
                raise failed.exceptions[0] from None
            recorded += sum(task.result() for task in sent)
        return Played(len(steps), recorded, time.monotonic() - began, position(self._reached))

    async def give(self, step: Planned) -> bool:
        """Gives one command; True if it recorded something now.

        What a service has not heard yet, or cannot answer now, is asked again for at most 15 s: nothing was
        written, or the same id repeats what was.
        """
        until = time.monotonic() + PATIENCE
        while True:
            async with self._gate:
                answer = await self._ask(step)
            if "code" not in answer:
                self._note(answer["position"])
                return bool(answer["changed"]) and not answer["repeated"]
            if not _later(str(answer["code"])) or time.monotonic() > until:
                at = ".".join(answer.get("path") or ())
                where = f" at {at}" if at else ""
                raise NotPlayed(
                    f"{step.command} ({step.key}) was refused: {answer['code']}{where}: {answer['message']}"
                )
            await asyncio.sleep(_PAUSE)

    def _note(self, token: str | None) -> None:
        """Keeps each producer's furthest sequence."""
        for source, sequence in (read_position(token) if token else {}).items():
            self._reached[source] = max(sequence, self._reached.get(source, 0))

    async def _ask(self, step: Planned) -> dict[str, Any]:
        body = {"query": mutation(step.command), "variables": variables(step)}
        headers = {"authorization": f"Bearer {self._token(step)}", "accept-language": "en"}
        try:
            answer = await self.client.post("/graphql", json=body, headers=headers)
            found = answer.json()
        except httpx.HTTPError as error:
            return {"code": "service.unavailable", "message": f"the gateway does not answer ({error!r})"}
        except ValueError:
            raise NotPlayed(f"{step.command} ({step.key}): the gateway answered {answer.status_code}") from None
        if found.get("errors"):
            first = found["errors"][0]
            code = first.get("extensions", {}).get("code", "graphql")
            return {"code": code, "message": first["message"]}
        (result,) = found["data"].values()
        return dict(result)

    def _token(self, step: Planned) -> str:
        wanted = (step.member, step.roles)
        if wanted not in self._tokens:
            issuer = self.keys / "issuer.key"
            self._tokens[wanted] = tokens.issue(issuer, _SUBJECT, step.member, step.roles, hours=1)
        return self._tokens[wanted]


def _later(code: str) -> bool:
    """Whether the same command may be accepted in a moment."""
    if code == "command.unknown":
        return False
    return code.endswith(".unknown") or code in PASSING


async def introduce(url: str, keys: Path, collective: Collective) -> Played:
    """Tells the registry the public key of every producer. Before any other command. Raises NotPlayed."""
    return await _with_player(url, keys, introductions(collective, keys))


async def history(url: str, keys: Path) -> Played:
    """Plays the white paper's history; playing it again records nothing. Raises NotPlayed.

    Ends when what it sets off by itself is counted too: each choice of ideas opens a project.
    """
    steps = plan(load())
    played = await _with_player(url, keys, steps)
    async with _client(url) as client:
        for step in steps:
            if step.command == "SelectIdea":
                await _counted(client, f"{step.member}/{step.input['project_id']}")
    return played


async def _counted(client: httpx.AsyncClient, project: str) -> None:
    """Waits until the read side knows a project, at most 15 s. Raises NotPlayed."""
    query = "query Known($code: String!) { project(code: $code) { id } }"
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if (await _read(client, query, code=project)).get("project"):
            return
        await asyncio.sleep(_PAUSE)
    raise NotPlayed(f"the project {project} was chosen and is not opened within {PATIENCE:.0f} s")


async def already_played(url: str) -> bool:
    """Whether the last command of the history is recorded: it is sent only when all before it are.

    Asked through the read side, which may be behind: then the answer is False, and playing again is harmless.
    """
    last = plan(load())[-1]
    query = "query Told($of: ID!) { history(of: $of, first: 1) { nodes { type } } }"
    async with _client(url) as client:
        found = await _read(client, query, of=f"headcount/{last.member}/{last.input['activity']['id']}")
    return bool((found.get("history") or {}).get("nodes"))


async def _read(client: httpx.AsyncClient, query: str, **variables: str) -> Mapping[str, Any]:
    """What the gateway answers to a query; nothing if it does not answer."""
    try:
        found = (await client.post("/graphql", json={"query": query, "variables": variables})).json()
    except (httpx.HTTPError, ValueError):
        return {}
    return found.get("data") or {}


async def _with_player(url: str, keys: Path, steps: Sequence[Planned]) -> Played:
    player = Player.to(url, keys)
    try:
        played = await player.play(steps)
    finally:
        await player.client.aclose()
    log.info("%d commands in %.1f s, %d of them new", played.commands, played.seconds, played.recorded)
    return played


def _client(url: str, **options: Any) -> httpx.AsyncClient:
    # Reading the machine's certificates takes 0.2 s, and plain HTTP asks for none.
    verify = url.startswith("https:")
    return httpx.AsyncClient(base_url=url, timeout=PATIENCE, verify=verify, trust_env=False, **options)
