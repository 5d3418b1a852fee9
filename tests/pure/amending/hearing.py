"""What a member's service keeps of what the coordinator records: its reactions, fed with a past."""

from collections.abc import Iterable, Mapping
from typing import Any

from shared.kernel import canonical
from shared.kernel.decider import Heard, Reaction, RecordedEvent, Replica
from shared.kernel.fields import Payload
from tests.pure.deciding import COORDINATOR, Given, uid


def heard_of(event: RecordedEvent[Payload], sequence: int, member: str = COORDINATOR, **more: Any) -> Heard:
    """An event as a reaction hears it; `more` stands in its payload besides."""
    return Heard(
        id=uid(sequence),
        type=event.type,
        source=f"/members/{member}/ideation",
        sequence=sequence,
        subject=event.fact.stream(),
        version=event.version,
        time=event.time,
        occurred_on=event.occurred_on.isoformat(),
        precision=event.precision,
        origin=event.origin,
        correlation_id=uid(sequence),
        data={**event.fact.payload(), **more},
    )


def hear(reactions: Iterable[Reaction], past: Given, **more: Any) -> dict[str, Mapping[str, Any] | None]:
    """The views that decisions see, by name, after the coordinator recorded all this."""
    bodies: dict[str, Any] = {}
    views: dict[str, Mapping[str, Any] | None] = {}
    for sequence, event in enumerate(past.events, 1):
        heard = heard_of(event, sequence, **more)
        for reaction in reactions:
            name = reaction.replica(heard) if heard.type in reaction.types else None
            if name is None:
                continue
            assert reaction.scope == "coordinator"
            (kept,) = reaction.handle(heard, bodies.get(name))
            assert isinstance(kept, Replica) and kept.name == name
            bodies[name] = canonical.decode(canonical.encode(dict(kept.body)))
            views[name] = kept.view
    return views
