"""Load through the gateway, and every ten seconds a fault: nothing lost, nothing double, nothing that hangs."""

import asyncio
import contextlib
import io
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import httpx

from services.audit.main import main as audit
from tests.faults.checker import check
from tests.soak.faults import FAULTS, Chance
from tests.soak.load import ThroughGateway
from tests.soak.rig import Apart

EVERY: Final = 10.0
_HANG: Final = 60.0
_READY_WITHIN: Final = 60.0
_QUESTION: Final = "{ figures { complete items { id value } } }"
TOLD: Final[list[str]] = []
"""What the tests' soak has said, printed at their end."""


@dataclass
class Soak:
    """One run over `seconds`; `seed` tells which faults, `say` is told each of them."""

    seconds: float
    seed: int
    folder: Path
    say: Callable[[str], None]
    names: Sequence[str] = tuple(FAULTS)
    drawn: Counter[str] = field(default_factory=Counter)
    answered: Counter[str] = field(default_factory=Counter)

    async def run(self) -> str:
        """Runs it and says what was counted. Raises AssertionError for anything lost, double or hanging."""
        rig = await Apart.apart(self.folder)
        try:
            await _answers(rig)
            load = ThroughGateway(rig, pace=0.15, patience=_HANG)
            await load.begin()
            async with asyncio.TaskGroup() as group:
                asking = group.create_task(self._ask(rig))
                await self._faults(rig, load)
                await load.end()
                asking.cancel()
            told = await check(rig, load)
            await self._audited(rig)
        finally:
            rig.stop()
        drawn = ", ".join(f"{name} {number}" for name, number in sorted(self.drawn.items()))
        return f"{told}; slowest command {load.longest:.1f} s; questions {dict(self.answered)}; faults: {drawn}"

    async def _faults(self, rig: Apart, load: ThroughGateway) -> None:
        chance = Chance(rig, random.Random(self.seed))
        end = time.monotonic() + self.seconds
        while (left := end - time.monotonic()) > 0:
            await asyncio.sleep(min(EVERY, left))
            name = chance.random.choice(self.names)
            async with asyncio.timeout(_HANG):
                told = await FAULTS[name](chance)
            self.drawn[name] += 1
            self.say(f"{name}: {told}; {len(load.told)} commands acknowledged, {load.retried} asked again")
            assert load.wrong == [], load.wrong[:5]
            assert rig.ended() == [], rig.ended()

    async def _ask(self, rig: Apart) -> None:
        """A dashboard that asks twice a second; what is no answer is counted, what hangs ends it all."""
        async with httpx.AsyncClient(timeout=_HANG, trust_env=False) as client:
            while True:
                self.answered[await _told(client, rig)] += 1
                await asyncio.sleep(0.5)

    async def _audited(self, rig: Apart) -> None:
        """The auditor counts what the gateway answers."""
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            code = await asyncio.to_thread(audit, ["replay", "--state", str(rig.folder)])
        assert code == 0, f"the audit ended with {code}: {printed.getvalue()[-3000:]}"


async def _told(client: httpx.AsyncClient, rig: Apart) -> str:
    try:
        answer = await client.post(f"{rig.gateway}/graphql", json={"query": _QUESTION})
        found = answer.json()
    except httpx.TimeoutException:
        raise AssertionError(f"a question was not answered in {_HANG:.0f} s") from None
    except (httpx.HTTPError, ValueError):
        return "away"
    if found.get("errors"):
        return str(found["errors"][0]["extensions"]["code"])
    return "complete" if found["data"]["figures"]["complete"] else "incomplete"


async def _answers(rig: Apart) -> None:
    """Until every part answers."""
    async with asyncio.timeout(_READY_WITHIN), httpx.AsyncClient(timeout=5, trust_env=False) as client:
        while not (await _told(client, rig)).endswith("complete"):
            assert rig.ended() == [], rig.ended()
            await asyncio.sleep(0.2)
