"""Kinds of callers, what each may see, and objects of every kind and confidentiality on one read side."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pytest

from tests.gateway.read_side import ReadSide
from tests.gateway.recording import Producer
from tests.gateway.serving import COORDINATOR as HUB

OWNER, OTHER = "m1", "m2"
LEVELS = ("public", "partners", "member")
Ask = Callable[..., Any]


@dataclass(frozen=True)
class Who:
    """A kind of caller: its name, its member and its roles; no member: no token."""

    name: str
    member: str | None = None
    roles: tuple[str, ...] = ()

    def sees(self, level: str, recorder: str) -> bool:
        """Whether this caller may see what `recorder` recorded with this confidentiality."""
        if level == "public" or self.member is None:
            return level == "public"
        everything = "AU" in self.roles or (self.member == HUB and "CO" in self.roles)
        return level == "partners" or self.member == recorder or everything


CALLERS = [
    Who("no token"),
    Who("adviser of another member", OTHER, ("AD",)),
    Who("adviser of the owner", OWNER, ("AD",)),
    Who("adviser of the coordinator", HUB, ("AD",)),
    Who("coordinator", HUB, ("CO",)),
    Who("coordinator and adviser", HUB, ("AD", "CO")),
    Who("CO of another member", OTHER, ("CO",)),
    Who("CO of the owner", OWNER, ("CO",)),
    Who("auditor", OTHER, ("AU",)),
    Who("funder", OTHER, ("FU",)),
    Who("funder of the owner", OWNER, ("FU",)),
]
callers = pytest.mark.parametrize("who", CALLERS, ids=lambda who: who.name)


@dataclass
class Objects:
    """One object of each kind and confidentiality, by its code; who recorded it, and its founding record."""

    levels: dict[str, dict[str, str]] = field(default_factory=dict)
    recorder: dict[str, str] = field(default_factory=dict)
    records: dict[str, bytes] = field(default_factory=dict)

    def seen(self, kind: str, who: Who) -> set[str]:
        """The codes of this kind that a caller may see."""
        return {code for code, level in self.levels[kind].items() if who.sees(level, self.recorder[kind])}


FOUNDED = {
    "Member": "MemberJoined",
    "Territory": "TerritoryRegistered",
    "Idea": "IdeaProposed",
    "Project": "ProjectOpened",
}


class World:
    """Three producers on one read side, and objects of every kind that they found."""

    def __init__(self, read_side: ReadSide) -> None:
        self.read_side = read_side
        self.producers = {
            "Member": read_side.hub,
            "Territory": read_side.hub,
            "Idea": Producer(OWNER, "ideation"),
            "Project": Producer(OWNER, "projects"),
        }
        self.objects = Objects()
        self.here = f"here-{uuid4().hex[:8]}"

    async def fill(self) -> None:
        """Founds one object of each kind and confidentiality, and a public territory where ideas and projects are."""
        hub = self.producers["Territory"]
        here = {"territory_id": self.here, "territory_ids": [self.here], "name": "Ici", "confidentiality": "public"}
        await self.read_side.count(hub, hub.made("TerritoryRegistered", f"territory/{self.here}", here))
        for kind in FOUNDED:
            for level in LEVELS:
                await self.found(kind, level)

    async def found(self, kind: str, level: str) -> str:
        """Founds one more; its code."""
        producer = self.producers[kind]
        owned = kind in ("Idea", "Project")
        name = str(uuid4()) if owned else f"{kind.lower()}-{uuid4().hex[:8]}"
        data: dict[str, Any] = {f"{kind.lower()}_id": name, "confidentiality": level}
        data |= {"territory_ids": [self.here]} if owned else {}
        data |= {"member_id": OWNER, "idea_ids": []} if kind == "Project" else {}
        code = f"{producer.member}/{name}" if owned else name
        raw = producer.made(FOUNDED[kind], f"{kind.lower()}/{name}", data)
        await self.read_side.count(producer, raw)
        self.objects.levels.setdefault(kind, {})[code] = level
        self.objects.recorder[kind] = producer.member
        self.objects.records[code] = raw
        return code

    async def steps(self, code: str, **levels: str) -> None:
        """Steps of a project, or of an idea, each with its confidentiality."""
        name = code.partition("/")[2]
        kind = next(kind for kind, codes in self.objects.levels.items() if code in codes)
        producer, of = self.producers[kind], kind.lower()
        for event, level in levels.items():
            chosen = {"idea_ids": [name], "project_id": name} if event == "IdeaSelected" else {f"{of}_id": name}
            subject = f"selection/{name}" if event == "IdeaSelected" else f"{of}/{name}"
            await self.read_side.count(producer, producer.made(event, subject, {**chosen, "confidentiality": level}))


KINDS = pytest.mark.parametrize("kind", FOUNDED)
LISTS = {"Member": "members", "Territory": "territories", "Idea": "ideas", "Project": "projects"}
