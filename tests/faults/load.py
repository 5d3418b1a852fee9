"""Writers that never give up a command: asked again with the same id until it is acknowledged."""

import asyncio
import time
from collections import Counter
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import uuid4

import httpx

from deploy.whitepaper.keys import introductions
from shared.kernel.refusals import PASSING
from shared.runtime import tokens
from tests.faults.rig import COLLECTIVE, Rig

_PAUSE: Final = 0.02
_ACCOMPANIMENT: Final = str(uuid4())
# Enough for a few hundred waiting records to need more than one batch of the relay's.
_TEXT: Final = "Une piste racontée en long et en large. " * 60


@dataclass(frozen=True, slots=True)
class Told:
    """One acknowledged command."""

    part: str
    command: str
    command_id: str
    subject: str
    version: int


@dataclass
class Load:
    """`told` is what was acknowledged, `retried` how often a writer had to ask again, `wrong` what must not happen.

    `pace` is the pause between a writer's commands, `patience` how long it asks for one; both in seconds.
    """

    rig: Rig
    pace: float = 0.03
    patience: float = 90.0
    longest: float = 0.0
    """The longest that any command took until it was acknowledged, in seconds."""
    told: list[Told] = field(default_factory=list)
    retried: int = 0
    wrong: list[str] = field(default_factory=list)
    _tokens: dict[str, str] = field(default_factory=dict)
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def going(self) -> bool:
        """Whether the writers go on."""
        return not self._stopping.is_set()

    def writers(self) -> list[Coroutine[Any, Any, None]]:
        """The writers' loops."""
        return [self._ideas("api"), self._ideas("api"), self._ideas("beta"), self._jobs()]

    async def begin(self) -> None:
        """Introduces the producers' keys the first time, then starts the writers in the background."""
        if not self.told:
            await self._lay()
        self._stopping.clear()
        self._tasks = [asyncio.create_task(one) for one in self.writers()]

    async def _lay(self) -> None:
        """What the writers' commands stand upon: known keys, a territory and its accompaniment."""
        territory = {"territory_id": "vallee", "name": "La Vallée", "kind": "cc"}
        operators = [{"member_id": member, "role": "lead"} for member in COLLECTIVE.members[:1]]
        admitted = {"accompaniment_id": _ACCOMPANIMENT, "territory_id": "vallee", "operators": operators}
        async with self.client() as client:
            for step in introductions(COLLECTIVE, self.rig.folder / "keys"):
                await self.tell(client, "api", step.command, str(step.command_id), step.input)
            for member in COLLECTIVE.members:
                joined = {"member_id": member, "legal_name": member.title()}
                await self.tell(client, "api", "JoinMember", str(uuid4()), joined)
            await self.tell(client, "api", "RegisterTerritory", str(uuid4()), territory)
            await self.tell(client, "api", "AdmitTerritory", str(uuid4()), admitted)
        assert self.wrong == [], self.wrong

    async def pause(self) -> None:
        """Lets the writers work for a moment."""
        await asyncio.sleep(1)

    async def end(self) -> None:
        """Lets every writer finish the command it is at; raises what a writer raised."""
        self._stopping.set()
        await asyncio.gather(*self._tasks)

    def counts(self) -> Counter[str]:
        """How many of each command were acknowledged."""
        return Counter(one.command for one in self.told)

    async def tell(
        self, client: httpx.AsyncClient, part: str, command: str, command_id: str, given: Mapping[str, Any]
    ) -> bool:
        """Gives one command until it is acknowledged; False if it was refused, which is noted as wrong."""
        began = time.monotonic()
        while time.monotonic() < began + self.patience:
            found = await self._give(client, part, command, command_id, given)
            if "accepted" in found:
                self.longest = max(self.longest, time.monotonic() - began)
                return self._note(part, command, command_id, found["accepted"])
            if found["problem"]["code"] not in PASSING:
                self.wrong.append(f"{command}: {found['problem']}")
                return False
            self.retried += 1
            await asyncio.sleep(_PAUSE)
        self.wrong.append(f"{command} at {part} was not acknowledged in {self.patience:.0f} s: {found}")
        return False

    async def _give(
        self, client: httpx.AsyncClient, part: str, command: str, command_id: str, given: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Asks once: `accepted` or `problem`, as the service answers."""
        body = {"commandId": command_id, "input": given}
        headers = {"authorization": f"Bearer {self.token(part)}"}
        try:
            answer = await client.post(f"{self.rig.url(part)}/{command}", json=body, headers=headers)
            found: dict[str, Any] = answer.json()
        except (httpx.HTTPError, ValueError):
            return {"problem": {"code": "service.unavailable"}}
        return found

    def _note(self, part: str, command: str, command_id: str, accepted: dict[str, Any]) -> bool:
        told = Told(part, command, command_id, accepted["subject"], accepted["version"])
        if accepted["commandId"] != command_id:
            self.wrong.append(f"{command_id} was answered as {accepted['commandId']}")
        self.told.append(told)
        return True

    async def _ideas(self, part: str) -> None:
        async with self.client() as client:
            number = 0
            while self.going:
                number += 1
                idea, command_id = str(uuid4()), str(uuid4())
                given = {"idea_id": idea, "title": "Une piste", "provenance": "workshop", "description": _TEXT}
                await self.tell(client, part, "ProposeIdea", command_id, given)
                if number % 10 == 0:
                    await self._again(client, part, command_id, given)
                if number % 5 == 0 and part == "api":
                    await self._select(client, idea)
                await asyncio.sleep(self.pace)

    async def _again(self, client: httpx.AsyncClient, part: str, command_id: str, given: dict[str, Any]) -> None:
        """Sends an acknowledged command once more: the same answer, and nothing recorded."""
        first = self.told[-1] if self.told[-1].command_id == command_id else None
        if await self.tell(client, part, "ProposeIdea", command_id, given):
            again = self.told.pop()
            if first is not None and again != first:
                self.wrong.append(f"{command_id} was first {first}, then {again}")

    async def _select(self, client: httpx.AsyncClient, idea: str) -> None:
        given = {
            "idea_ids": [idea],
            "project_id": str(uuid4()),
            "project_title": "Un projet",
            "decision_body": "Comité",
        }
        await self.tell(client, "api", "SelectIdea", str(uuid4()), {**given, "accompaniment_id": _ACCOMPANIMENT})

    async def _jobs(self) -> None:
        async with self.client() as client:
            while self.going:
                count = {"value": 1, "precision": "exact"}
                given = {"batch_id": str(uuid4()), "count": count, "kind": "created", "source": "Un comptage"}
                await self.tell(client, "projects", "DeclareJobBatch", str(uuid4()), given)
                await asyncio.sleep(self.pace)

    def token(self, part: str) -> str:
        if part not in self._tokens:
            roles = ("CO", "AD") if self.rig.answering[part][0] == COLLECTIVE.coordinator else ("AD",)
            issuer = self.rig.folder / "keys" / "issuer.key"
            self._tokens[part] = tokens.issue(issuer, "writer", self.rig.answering[part][0], roles, hours=1)
        return self._tokens[part]

    def client(self) -> httpx.AsyncClient:
        """One writer's connection."""
        return httpx.AsyncClient(timeout=10, trust_env=False)
