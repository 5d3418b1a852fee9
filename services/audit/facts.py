"""What a record states, at the day from which it counts, and what an amendment says of another record."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from services.audit import days
from services.audit.attributes import member_of
from services.audit.keeping import Pool


@dataclass(frozen=True, slots=True)
class Fact:
    """One record that is counted. `name`: the event without version; `kind`: the type as it was recorded."""

    name: str
    kind: str
    source: str
    subject: str
    sequence: int
    recorded: date
    day: date
    precision: str
    entities: frozenset[str]
    data: Mapping[str, Any]

    @property
    def happened(self) -> tuple[date, str, int]:
        """The order of facts: by day, and within a day as each producer recorded them. No clock decides."""
        return self.day, self.source, self.sequence

    @property
    def member(self) -> str:
        """The member that recorded the fact."""
        return member_of(self.source)

    def own(self, field: str) -> tuple[str, str]:
        """The name of an owned object: its member and the id in this field."""
        return self.member, self.data[field]

    @property
    def territories(self) -> set[str]:
        """Scopes of the territories that the fact names."""
        return {f"territory/{one}" for one in self.data["territory_ids"]}

    @property
    def scopes(self) -> set[str]:
        """The region, the territories that the fact names, and the member that recorded it."""
        return {"region", f"member/{self.member}", *self.territories}


@dataclass(frozen=True, slots=True)
class Amendment:
    """A correction or a void of one record of its own stream. A correction says the whole of what holds instead."""

    source: str
    subject: str
    sequence: int
    target: int
    target_kind: str
    entities: frozenset[str]

    def amends(self, fact: Fact) -> bool:
        """Whether the fact is the one that is meant; it lies in the same producer and stream, before."""
        return self.target_kind == fact.kind and self._fits(fact.entities)

    def _fits(self, entities: frozenset[str]) -> bool:
        return self.entities == entities


@dataclass(frozen=True, slots=True)
class Void(Amendment):
    """The original never was; its entities are those of all that goes with it."""

    def _fits(self, entities: frozenset[str]) -> bool:
        return self.entities >= entities


@dataclass(frozen=True, slots=True)
class Correction(Amendment):
    """What holds instead of the original."""

    data: Mapping[str, Any]
    occurred: date
    precision: str

    def of(self, fact: Fact) -> Fact:
        """The corrected fact: the time of recording stays that of the original."""
        return replace(
            fact,
            data=self.data,
            day=days.effective(self.occurred, self.precision, fact.recorded),
            precision=self.precision,
        )


@dataclass(frozen=True, slots=True)
class SetAside:
    """A record that counts nothing, and why."""

    source: str
    sequence: int
    reason: str

    @property
    def code(self) -> str:
        """The stable part of the reason."""
        return self.reason.partition(":")[0]


def fact_of(found: Mapping[str, Any], name: str, entities: frozenset[str], data: Mapping[str, Any], pool: Pool) -> Fact:
    """The fact of a record with these attributes, which has this name and payload by now."""
    recorded = days.in_paris(found["time"])
    occurred = date.fromisoformat(found["occurredon"])
    return Fact(
        name,
        pool.one(found["type"]),
        pool.one(found["source"]),
        pool.one(found["subject"]),
        found["sequence"],
        recorded,
        days.effective(occurred, found["occurredprecision"], recorded),
        pool.one(found["occurredprecision"]),
        entities,
        data,
    )
