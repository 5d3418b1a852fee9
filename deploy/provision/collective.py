"""Who is in the collective: the members and their coordinator, as data."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from shared.kernel.record import source_of, topic_of

FILE: Final = Path(__file__).parent.parent / "members.toml"
PRODUCING: Final = ("ideation", "projects")


@dataclass(frozen=True, slots=True)
class Collective:
    """The coordinator is one of the members; its ideation service holds the registry of keys."""

    coordinator: str
    members: tuple[str, ...]

    @property
    def producers(self) -> tuple[tuple[str, str], ...]:
        """Each member's two producing services, as (member, service)."""
        return tuple((member, service) for member in self.members for service in PRODUCING)

    @property
    def topics(self) -> tuple[str, ...]:
        """The topic of each producer."""
        return tuple(topic_of(source_of(*producer)) for producer in self.producers)


def load(file: Path = FILE) -> Collective:
    """Reads members.toml. Raises ValueError if the coordinator is no member."""
    found = tomllib.loads(file.read_text())
    members = tuple(m["id"] if isinstance(m, dict) else m for m in found["members"])
    if found["coordinator"] not in members:
        raise ValueError(f"{file.name}: the coordinator is not among the members")
    return Collective(found["coordinator"], members)
