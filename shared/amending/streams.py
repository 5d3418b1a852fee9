"""A service's own streams as decisions see them: events in their newest shape, and what amendments leave of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import ValidationError

from shared.contracts import authority
from shared.contracts.routing import entities
from shared.kernel import canonical, living
from shared.kernel.amendments import Amending, Correction, Void
from shared.kernel.decider import Events, RecordedEvent
from shared.kernel.fields import Payload
from shared.kernel.refusals import Refused

Lift = tuple[str, Callable[[dict[str, Any]], dict[str, Any]]]
"""The type that an older type is lifted to, and how its payload changes."""


@dataclass(frozen=True)
class Door:
    """Where a service's own events come in: `payloads` by type, and `lifts` of older types to newer ones.

    `lenient`: of what is heard of others, fields that came later are passed over.
    """

    service: str
    payloads: Mapping[str, type[Payload]]
    lifts: Mapping[str, Lift] = field(default_factory=dict)
    lenient: bool = False

    def read(self, kind: str, data: Mapping[str, Any]) -> Payload:
        """The fact of an event, in its newest shape.

        Raises Refused `record.unknown_type`: it was recorded by a newer release, and must not be passed over.
        """
        given = dict(data)
        while kind in self.lifts:
            kind, lift = self.lifts[kind]
            given = lift(given)
        payload = self.payloads.get(kind)
        if payload is None:
            raise _unknown(kind)
        try:
            raw = canonical.encode(given)
            return payload.model_validate_json(raw, strict=True, extra="ignore" if self.lenient else None)
        except ValidationError:
            raise _unknown(kind) from None


def live(events: Events, owner: str, door: Door) -> Events:
    """What still holds of a stream's events, each as corrected; `owner` is the member whose service this is."""

    def place(event: RecordedEvent[Payload]) -> living.Place:
        return place_of(event, owner)

    def corrected(original: RecordedEvent[Payload], by: RecordedEvent[Payload]) -> RecordedEvent[Payload]:
        said = by.fact
        assert isinstance(said, Correction)
        fact = door.read(said.data_type or said.target.type, said.data)
        return replace(original, fact=fact, occurred_on=said.occurred_on, precision=said.occurred_precision)

    return living.live(events, _amendment, place, authority.hangs_on, corrected)


def place_of(event: RecordedEvent[Payload], owner: str) -> living.Place:
    """Where an event stands in its stream, by version, and the objects it concerns."""
    return living.Place("", "", event.version, event.type, entities_of(event.fact, owner))


def entities_of(fact: Payload, owner: str) -> tuple[str, ...]:
    """The names of the objects that a fact concerns, as `owner` records it."""
    return tuple(entities(fact.TYPE, fact.payload(), owner))


def without_amendments(events: Events) -> Sequence[RecordedEvent[Payload]]:
    """The events that say something of their own."""
    return [event for event in events if not isinstance(event.fact, Amending)]


def _amendment(event: RecordedEvent[Payload]) -> living.Amendment | None:
    said = event.fact
    if not isinstance(said, Amending):
        return None
    at = living.Place("", "", event.version, event.type, said.target.entities)
    return living.Amendment(at, said.target.version, said.target.type, isinstance(said, Void))


def _unknown(kind: str) -> Refused:
    return Refused(
        "record.unknown_type",
        f"This service does not know {kind}, which it has recorded: a newer release wrote it. Start that release.",
        f"Ce service ne connaît pas {kind}, qu'il a enregistré : une version plus récente l'a écrit. Lancez-la.",
    )
