"""One document per territory, idea and project, for lists and sheets: pure functions of the same facts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from services.indicators.facts import AnyFact, live, those
from services.indicators.heard import Placed
from services.indicators.heard_ideation import (
    Admitted,
    OperatorAssigned,
    OperatorReleased,
    Proposed,
    Registered,
    Selected,
    Shortlisted,
)
from services.indicators.heard_projects import (
    Abandoned,
    Holder,
    Job,
    Launched,
    Nearing,
    Opened,
    Paused,
    Qualified,
    Resumed,
    Started,
)
from services.indicators.tally import ordered


@dataclass(frozen=True, slots=True)
class Document:
    """What is kept of an object: the key it is sorted by, where it is, whose it is, and its sheet."""

    kind: str
    id: str
    sort: str
    territories: tuple[str, ...]
    member: str | None
    body: Mapping[str, Any]


def document(entity: str, facts: Sequence[AnyFact]) -> Document | None:
    """The document of an entity, or None if it has none: nothing that holds says what it is."""
    kind, _, name = entity.partition("/")
    make = MAKERS.get(kind)
    return make(name, ordered(live(facts))) if make else None


def _day(facts: Sequence[AnyFact], shape: type[Placed]) -> str | None:
    found = those(facts, shape)
    return date.fromordinal(found[0].day).isoformat() if found else None


def _territory(name: str, facts: Sequence[AnyFact]) -> Document | None:
    registered = those(facts, Registered)
    if not registered:
        return None
    said, admitted = registered[0].said, those(facts, Admitted)
    operators: set[str] = set()
    for fact in facts:
        match fact.said:
            case Admitted(operators=admitting):
                operators |= {o.member_id for o in admitting}
            case OperatorAssigned(member_id=member):
                operators.add(member)
            case OperatorReleased(member_id=member):
                operators.discard(member)
    body = {
        "id": name,
        "name": said.name,
        "kind": said.kind,
        "siren": said.siren,
        "insee": said.insee,
        "population": said.population,
        "epciLinks": [{"siren": link.siren, "relation": link.relation} for link in said.epci_links],
        "admittedOn": _day(facts, Admitted),
        "admittedPrecision": admitted[0].precision if admitted else None,
        "operators": sorted(operators),
        "accompaniments": sorted({f.said.accompaniment_id for f in admitted}),
        "projects": sorted({f.said.project_id for f in those(facts, Opened)}),
    }
    return Document("territory", name, f"{said.name.casefold()} {name}", (name,), None, body)


def _idea(name: str, facts: Sequence[AnyFact]) -> Document | None:
    proposed = those(facts, Proposed)
    if not proposed:
        return None
    said = proposed[0].said
    chosen = sorted({f.said.project_id for f in those(facts, Selected)})
    status = "selected" if chosen else "shortlisted" if those(facts, Shortlisted) else "proposed"
    body = {
        "id": name,
        "title": said.title,
        "description": said.description,
        "themes": said.themes,
        "needs": said.needs,
        "provenance": said.provenance,
        "status": status,
        "proposedOn": _day(facts, Proposed),
        "territories": said.territory_ids,
        "accompaniment": said.accompaniment_id,
        "projects": chosen,
        "member": proposed[0].member,
    }
    sort = f"{said.title.casefold()} {name}"
    return Document("idea", name, sort, said.territory_ids, proposed[0].member, body)


_STATUS: Final[tuple[tuple[type[Placed], str], ...]] = (
    (Abandoned, "abandoned"),
    (Started, "completed"),
    (Nearing, "nearing"),
    (Launched, "launching"),
    (Qualified, "qualified"),
)


def _project(name: str, facts: Sequence[AnyFact]) -> Document | None:
    opened = those(facts, Opened)
    if not opened:
        return None
    said, holders = opened[0].said, those(facts, Holder)
    shapes = [type(fact.said) for fact in facts]
    body = {
        "id": name,
        "title": said.title,
        "nature": said.nature,
        "originKind": said.origin_kind,
        "status": next((status for shape, status in _STATUS if shape in shapes), "opened"),
        "paused": next((shape for shape in reversed(shapes) if shape in (Paused, Resumed)), None) is Paused,
        "member": said.member_id,
        "territories": said.territory_ids,
        "accompaniments": said.accompaniment_ids,
        "ideas": said.idea_ids,
        "projectHolder": holders[-1].said.project_holder if holders else None,
        "openedOn": _day(facts, Opened),
        "qualifiedOn": _day(facts, Qualified),
        "launchedOn": _day(facts, Launched),
        "startedOn": _day(facts, Started),
        "activities": sorted({f.said.activity_id for f in those(facts, Started)}),
        "jobs": len({f.said.job_id for f in those(facts, Job)}),
    }
    return Document("project", name, f"{said.title.casefold()} {name}", said.territory_ids, said.member_id, body)


MAKERS: Final[Mapping[str, Callable[[str, Sequence[AnyFact]], Document | None]]] = {
    "territory": _territory,
    "idea": _idea,
    "project": _project,
}
