"""Plays the services' example stories through their deciders: the events that come out are the contracts' examples."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, Final

import orjson

from services.ideation import examples as ideation
from services.ideation.service import SPECS as IDEATION
from services.projects import examples as projects
from services.projects.service import SPECS as PROJECTS
from shared.kernel.decider import Context, Draft, Need, Past, Spec

_NOW: Final = datetime(2026, 11, 23, 10, tzinfo=UTC)
_TIME: Final = "2026-11-23T10:00:00.000000Z"
_ACTOR: Final = "adviser-7"
_CONTEXT: Final = Context(
    now=_NOW,
    today=date(2026, 11, 23),
    member=ideation.MEMBER,
    coordinator=ideation.MEMBER,
    role="CO",
    actor=_ACTOR,
    occurred_on=date(2026, 11, 23),
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


def play(specs: Mapping[str, Spec[Any, Any]], told: Told, heard: Mapping[str, Any]) -> list[Draft]:
    """What the commands record, one after the other. Raises Refused where the story is impossible."""
    recorded: list[tuple[str, Draft]] = []
    for name, given in told:
        spec = specs[name]
        asked = spec.model.model_validate_json(orjson.dumps(given), strict=True)
        stream = spec.stream(asked)
        known = {need.name: _known(need, recorded, heard) for need in spec.needs(asked)}
        drafts = spec.decide(asked, spec.fold(_past(stream, recorded)), _CONTEXT, known)
        recorded += [(stream, draft) for draft in drafts]
    return [draft for _, draft in recorded]


def _past(stream: str, recorded: Sequence[tuple[str, Draft]]) -> list[Past]:
    drafts = [draft for of, draft in recorded if of == stream]
    return [Past(draft.type, draft.data, _TIME, _CONTEXT.role, at) for at, draft in enumerate(drafts, 1)]


def _known(need: Need, recorded: Sequence[tuple[str, Draft]], heard: Mapping[str, Any]) -> Any:
    if need.kind == "record":
        stream, draft = recorded[int(need.name) - 1]
        return {"type": draft.type, "subject": stream, "data": draft.data, "time": _TIME, "actor": _ACTOR}
    if need.kind == "reference":
        return heard.get(need.name)
    return _past(need.name, recorded) or heard.get(need.name)
