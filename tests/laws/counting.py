"""What the reader of figures and the audit count in a world: each by its own code, on the same signed bytes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from services.audit.door import Door as AuditDoor
from services.audit.kinds import LIFTS, Lift
from services.audit.recount import Recount
from services.audit.trail import Trail
from services.gateway import figures as shown
from services.indicators import decode
from services.indicators.door import Door
from services.indicators.facts import held
from services.indicators.fold import contributions
from services.indicators.portfolio import Document, documents
from services.indicators.reading import READING, Reading
from shared.kernel.chain import ZERO
from tests.laws.world import COORDINATOR, World, public

_ALL = 2
Values = dict[tuple[str, str], int]


class Signing(Protocol):
    """What has signed records."""

    raws: list[bytes]


class Signed(Protocol):
    """Producers by their source."""

    @property
    def producers(self) -> Mapping[str, Signing]:
        """Each with its records, in their order."""


@dataclass
class Row:
    """One record as a broker gives it."""

    offset: int
    value: bytes | None


class Counted:
    """The reader's facts of a world, by entity; what they add up to, and the sheets they make.

    `repeat`: every so many records one is delivered again.
    """

    def __init__(self, world: Signed, repeat: int = 0, reading: Reading = READING) -> None:
        self._reading = reading
        self.parked: list[tuple[str, str]] = []
        self._facts: dict[str, list[Any]] = {}
        for source, producer in world.producers.items():
            for fact in self._decoded(source, producer.raws, repeat):
                for entity in fact.entities:
                    self._facts.setdefault(entity, []).append(fact)
        self._contributions = {entity: contributions(entity, held(facts)) for entity, facts in self._facts.items()}

    def _decoded(self, source: str, raws: Sequence[bytes], repeat: int) -> list[Any]:
        again = [raw for at, raw in enumerate(raws) for _ in range(2 if repeat and at % repeat == 0 else 1)]
        rows = [Row(offset, raw) for offset, raw in enumerate(again)]
        found = decode.decode(rows, Door(source, COORDINATOR, self._reading), public(source), ZERO, 0, set())
        assert found.stop is None, found.stop
        self.parked += [(source, park.reason) for park in found.parked]
        return found.facts

    def values(self, day: date) -> Values:
        """Every indicator in every scope at the end of a day, those that are not zero."""
        until, sums = day.toordinal(), dict[tuple[str, str], int]()
        for changed in self._contributions.values():
            for (indicator, scopes, at, *_), amount in changed.items():
                if at <= until:
                    for scope in scopes:
                        sums[scope, indicator] = sums.get((scope, indicator), 0) + amount
        return {key: value for key, value in sums.items() if value}

    def of(self, scope: str, day: date) -> dict[str, int]:
        """What the gateway makes of a scope's values: every sum made of its parts."""
        found = {indicator: value for (where, indicator), value in self.values(day).items() if where == scope}
        return shown.complete(found)

    def facts(self, entity: str) -> Sequence[Any]:
        """The facts of an object."""
        return self._facts.get(entity, ())

    def by_entity(self) -> Mapping[str, Sequence[Any]]:
        """The facts of every object."""
        return self._facts

    def sheet(self, entity: str) -> Document | None:
        """The sheet of an object, with all that is recorded of it."""
        made = documents(entity, held(self._facts.get(entity, ())))
        return made[-1] if made and made[-1].highest == _ALL else None


def audited(world: World, lifts: Mapping[str, Lift] = LIFTS) -> Trail:
    """The audit's own reading of a world: every chain followed, every signature verified."""
    trail = Trail(public(f"/members/{COORDINATOR}/ideation"), COORDINATOR)
    trail.facts.door = AuditDoor(COORDINATOR, lifts)
    for source in trail.in_order(world.producers):
        producer = trail.producer(source)
        for raw in world.producers[source].raws:
            producer.feed(raw)
    trail.close()
    assert [finding for claim in trail.claims.all() for finding in claim.findings] == []
    return trail


def recount(trail: Trail, day: date) -> Recount:
    """The audit's figures at the end of a day, of all scopes."""
    return Recount(trail.facts, trail.trusted, day)
