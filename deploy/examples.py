"""Plays the services' example stories through their deciders: the events that come out are the contracts' examples."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Final

import orjson

from services.ideation import examples as ideation
from services.ideation.service import DEFINITION as IDEATION
from services.projects import examples as projects
from services.projects.service import DEFINITION as PROJECTS
from shared.amending.streams import live
from shared.kernel.decider import Context, Draft, Events, Known, Located, Lookup, RecordAddress, RecordedEvent
from shared.runtime.service import Definition

_NOW: Final = datetime(2026, 11, 23, 10, tzinfo=UTC)
_TIME: Final = "2026-11-23T10:00:00.000000Z"
_ACTOR: Final = "adviser-7"
_TODAY: Final = date(2026, 11, 23)
_CONTEXT: Final = Context(
    now=_NOW,
    today=_TODAY,
    member=ideation.MEMBER,
    coordinator=ideation.MEMBER,
    role="CO",
    actor=_ACTOR,
    occurred_on=_TODAY,
    precision="day",
    origin="live",
)
Told = Sequence[tuple[str, Mapping[str, Any]]]


def commands() -> dict[str, Mapping[str, Any]]:
    """An example input of every command, by name: its last in the stories, which is its fullest or its only one."""
    return dict((*projects.EXAMPLES, *ideation.EXAMPLES))


def events() -> dict[str, Mapping[str, Any]]:
    """An example of every event by type: of those that the stories record, the one that says most."""
    found: dict[str, Mapping[str, Any]] = {}
    for draft in (*play(IDEATION, ideation.EXAMPLES, {}), *play(PROJECTS, projects.EXAMPLES, projects.HEARD)):
        if len(draft.data) > len(found.get(draft.type, {})):
            found[draft.type] = draft.data
    return dict(sorted(found.items()))


def play(definition: Definition, told: Told, heard: Mapping[str, Any]) -> list[Draft]:
    """What the commands record, one after the other. Raises Refused where the story is impossible."""
    story = _Story(definition, heard)
    for name, given in told:
        story.tell(name, given)
    return [draft for _, draft in story.recorded]


@dataclass
class _Story:
    definition: Definition
    heard: Mapping[str, Any]
    recorded: list[tuple[str, Draft]] = field(default_factory=list)

    def tell(self, name: str, given: Mapping[str, Any]) -> None:
        spec = self.definition.specs[name]
        asked = spec.model.model_validate_json(orjson.dumps(given), strict=True)
        address = spec.stream(asked)
        if isinstance(address, RecordAddress):
            stream = self.recorded[address.sequence - 1][0]
            before = [of for of, _ in self.recorded[: address.sequence]]
            past: Events | Located = Located(self._all(stream), before.count(stream))
        else:
            stream, past = address, self._live(address)
        known = self._known(spec.lookups(asked, past))
        drafts = spec.decide(asked, spec.fold(past), _CONTEXT, known)
        self.recorded += [(stream, draft) for draft in drafts]

    def _all(self, stream: str) -> Events:
        drafts = [draft for of, draft in self.recorded if of == stream]
        read = self.definition.door.read
        return [
            RecordedEvent(read(draft.type, draft.data), draft.type, at, _TIME, _TODAY, "day", role="CO", actor=_ACTOR)
            for at, draft in enumerate(drafts, 1)
        ]

    def _live(self, stream: str) -> Events:
        return live(self._all(stream), ideation.MEMBER, self.definition.door)

    def _known(self, lookups: Sequence[Lookup]) -> Known:
        names = [one.name for one in lookups]
        streams = {name: found for name in names if (found := self._live(name))}
        return Known(streams, frozenset(streams), {name: self.heard[name] for name in names if name in self.heard})
