"""What the audit counts and sets aside in a world."""

from datetime import date
from typing import Any

from services.audit.door import Door
from services.audit.recount import Recount
from services.audit.trail import Trail
from tests.audit.making import World, key_of, member_of


def heard(world: World, lifts: Any = None) -> Any:
    """What the audit's trail holds of a world, all of whose records it has proven."""
    coordinator = member_of(world.root)
    trail = Trail(bytes(key_of(world.root).verify_key), coordinator)
    if lifts is not None:
        trail.facts.door = Door(coordinator, lifts)
    for source in trail.in_order(world.topics):
        producer = trail.producer(source)
        for raw in world.topics[source]:
            producer.feed(raw)
    trail.close()
    assert [finding for claim in trail.claims.all() for finding in claim.findings] == []
    return trail


def figures_of(world: World, on: str = "2026-11-01", scope: str = "region", parked: int = 0) -> Any:
    """What the audit counts in a world, with as many records set aside as `parked`."""
    trail = heard(world)
    assert len(trail.facts.parked) == parked, trail.facts.parked
    return Recount(trail.facts, trail.trusted, date.fromisoformat(on)).figures(scope)


def value(world: World, name: str, on: str = "2026-11-01", scope: str = "region", parked: int = 0) -> int:
    """One number that the audit counts."""
    return int(figures_of(world, on, scope, parked).values[name])


def reasons(world: World) -> list[tuple[str, int, str]]:
    """Producer, sequence and code of each record that the audit sets aside."""
    return [(one.source, one.sequence, one.reason.split(":")[0]) for one in heard(world).facts.parked]
