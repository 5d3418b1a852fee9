"""One document per territory, idea and project, for lists and sheets: pure functions of the same facts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from services.indicators.facts import Fact, live
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


def document(entity: str, facts: Sequence[Fact]) -> Document | None:
    """The document of an entity, or None if it has none."""
    kind, _, name = entity.partition("/")
    make = _MAKERS.get(kind)
    return make(name, ordered(live(facts))) if make else None


def _day(fact: Fact | None) -> str | None:
    return None if fact is None else date.fromordinal(fact.day).isoformat()


def _firsts(facts: Sequence[Fact]) -> dict[str, Fact]:
    found: dict[str, Fact] = {}
    for fact in facts:
        found.setdefault(fact.type.split(".")[1], fact)
    return found


def _territory(name: str, facts: Sequence[Fact]) -> Document | None:
    first = _firsts(facts)
    registered = first.get("TerritoryRegistered")
    if registered is None:
        return None
    data = registered.data
    operators: set[str] = set()
    begun: list[str] = []
    projects: list[str] = []
    for fact in facts:
        match fact.type:
            case "ideation.TerritoryAdmitted.v1":
                operators |= {o["member_id"] for o in fact.data.get("operators", ())}
                begun.append(fact.data["accompaniment_id"])
            case "ideation.OperatorAssigned.v1":
                operators.add(fact.data["member_id"])
            case "ideation.OperatorReleased.v1":
                operators.discard(fact.data["member_id"])
            case "projects.ProjectOpened.v1":
                projects.append(fact.data["project_id"])
    body = {
        "id": name,
        "name": data["name"],
        "kind": data["kind"],
        "siren": data.get("siren"),
        "insee": data.get("insee", []),
        "population": data.get("population"),
        "epciLinks": data.get("epci_links", []),
        "admittedOn": _day(first.get("TerritoryAdmitted")),
        "admittedPrecision": first["TerritoryAdmitted"].precision if "TerritoryAdmitted" in first else None,
        "operators": sorted(operators),
        "accompaniments": sorted(set(begun)),
        "projects": sorted(set(projects)),
    }
    return Document("territory", name, f"{data['name'].casefold()} {name}", (name,), None, body)


def _idea(name: str, facts: Sequence[Fact]) -> Document | None:
    first = _firsts(facts)
    proposed = first.get("IdeaProposed")
    if proposed is None:
        return None
    data = proposed.data
    chosen = sorted({f.data["project_id"] for f in facts if f.type == "ideation.IdeaSelected.v1"})
    status = "selected" if chosen else "shortlisted" if "IdeaShortlisted" in first else "proposed"
    body = {
        "id": name,
        "title": data["title"],
        "description": data.get("description"),
        "themes": data.get("themes", []),
        "needs": data.get("needs", []),
        "provenance": data["provenance"],
        "status": status,
        "proposedOn": _day(proposed),
        "territories": data.get("territory_ids", []),
        "accompaniment": data.get("accompaniment_id"),
        "projects": chosen,
        "member": proposed.member,
    }
    where = tuple(data.get("territory_ids", ()))
    return Document("idea", name, f"{data['title'].casefold()} {name}", where, proposed.member, body)


_STATUS: Final = (
    ("ProjectAbandoned", "abandoned"),
    ("ActivityStarted", "completed"),
    ("ProjectNearingDeclared", "nearing"),
    ("LaunchPhaseOpened", "launching"),
    ("ProjectQualified", "qualified"),
)


def _project(name: str, facts: Sequence[Fact]) -> Document | None:
    first = _firsts(facts)
    opened = first.get("ProjectOpened")
    if opened is None:
        return None
    data = opened.data
    holders = [f for f in facts if f.type == "projects.ProjectHolderIdentified.v1"]
    pauses = [f.type for f in facts if f.type in ("projects.ProjectPaused.v1", "projects.ProjectResumed.v1")]
    body = {
        "id": name,
        "title": data["title"],
        "nature": data["nature"],
        "originKind": data["origin_kind"],
        "status": next((status for kind, status in _STATUS if kind in first), "opened"),
        "paused": bool(pauses) and pauses[-1] == "projects.ProjectPaused.v1",
        "member": data["member_id"],
        "territories": data.get("territory_ids", []),
        "accompaniments": data.get("accompaniment_ids", []),
        "ideas": data.get("idea_ids", []),
        "projectHolder": holders[-1].data["project_holder"] if holders else None,
        "openedOn": _day(opened),
        "qualifiedOn": _day(first.get("ProjectQualified")),
        "launchedOn": _day(first.get("LaunchPhaseOpened")),
        "startedOn": _day(first.get("ActivityStarted")),
        "activities": sorted({f.data["activity_id"] for f in facts if f.type == "projects.ActivityStarted.v1"}),
        "jobs": len({f.data["job_id"] for f in facts if f.type == "projects.JobCreated.v1"}),
    }
    where = tuple(data.get("territory_ids", ()))
    return Document("project", name, f"{data['title'].casefold()} {name}", where, data["member_id"], body)


_MAKERS: Final[Mapping[str, Callable[[str, Sequence[Fact]], Document | None]]] = {
    "territory": _territory,
    "idea": _idea,
    "project": _project,
}
