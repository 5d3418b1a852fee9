"""The sheets of members, territories, ideas and projects, drawn anew from live facts by docs/figures.md, "Sheets".

A sheet is an object of GraphQL's field names; where the gateway writes node ids it has the codes that they stand for.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any, Final

from services.audit import canonical
from services.audit.facts import Fact
from services.audit.living import Living

Sheet = Mapping[str, Any]
Told = Mapping[str, Sequence[Fact]]
# What one may see: everybody, and who sees all (auditors, the coordinator).
LEVELS: Final[Mapping[str, frozenset[str]]] = {
    "anyone": frozenset(("public",)),
    "auditor": frozenset(("public", "partners", "member")),
}
# Fields that hold node ids, and of which type.
NODES: Final[Mapping[str, Mapping[str, str]]] = {
    "Member": {},
    "Territory": {"projects": "Project"},
    "Idea": {"territories": "Territory", "projects": "Project"},
    "Project": {"territories": "Territory", "ideas": "Idea"},
}
FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "Member": ("code", "legalName", "joinedOn", "leftOn"),
    "Territory": (
        *("code", "name", "type", "siren", "insee", "population", "admittedOn", "admittedPrecision"),
        *("operators", "accompaniments", "projects"),
    ),
    "Idea": (
        *("code", "title", "description", "status", "themes", "needs", "provenance", "proposedOn", "member"),
        *("territories", "accompaniment", "projects"),
    ),
    "Project": (
        *("code", "title", "nature", "originKind", "status", "paused", "member", "territories", "accompaniments"),
        *("ideas", "projectHolder", "openedOn", "qualifiedOn", "launchedOn", "startedOn", "activities", "jobs"),
    ),
}
_STATUS: Final = (
    ("projects.ProjectAbandoned", "abandoned"),
    ("projects.ActivityStarted", "completed"),
    ("projects.ProjectNearingDeclared", "nearing"),
    ("projects.LaunchPhaseOpened", "launching"),
    ("projects.ProjectQualified", "qualified"),
)


def digest(sheet: Sheet) -> str:
    """What two sheets that say the same have in common: SHA-256 of the canonical form."""
    return sha256(canonical.write(sheet)).hexdigest()


class Sheets:
    """All sheets that a moment's live facts make, by who looks on."""

    def __init__(self, living: Living) -> None:
        self._told: dict[str, dict[str, list[Fact]]] = defaultdict(dict)
        for fact in living.all():
            if fact.name in _HEARD:
                for entity in fact.entities:
                    kind, _, code = entity.partition("/")
                    if kind in _MAKERS and fact.name in _MAKERS[kind][1]:
                        self._told[kind].setdefault(code, []).append(fact)
        self._made: dict[str, dict[str, dict[str, Sheet]]] = {}

    def seen(self, view: str) -> Mapping[str, Mapping[str, Sheet]]:
        """The sheets that are there for this view, by type and code."""
        if view not in self._made:
            self._made[view] = self._make(LEVELS[view])
        return self._made[view]

    def _make(self, levels: frozenset[str]) -> dict[str, dict[str, Sheet]]:
        found: dict[str, dict[str, Sheet]] = {}
        for kind, (make, _) in _MAKERS.items():
            of_kind = found.setdefault(kind.title(), {})
            for code, facts in self._told[kind].items():
                sheet = make(_by_name(fact for fact in facts if fact.data["confidentiality"] in levels))
                if sheet is not None:
                    of_kind[code] = {"code": code, **sheet}
        for code, project in sorted(found["Project"].items()):
            for place in set(project["territories"]) & found["Territory"].keys():
                found["Territory"][place]["projects"].append(code)
        return found


def _by_name(facts: Iterable[Fact]) -> Told:
    found: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        found[fact.name].append(fact)
    return found


def _first(told: Told, name: str) -> Fact | None:
    return min(told.get(name, ()), key=lambda fact: fact.happened, default=None)


def _last(told: Told, *names: str) -> Fact | None:
    return max((fact for name in names for fact in told.get(name, ())), key=lambda fact: fact.happened, default=None)


def _day(fact: Fact | None) -> str | None:
    return None if fact is None else fact.day.isoformat()


def _member(told: Told) -> dict[str, Any] | None:
    joined = _first(told, "ideation.MemberJoined")
    if joined is None:
        return None
    last = _last(told, "ideation.MemberJoined", "ideation.MemberLeft")
    left = _day(last) if last is not None and last.name == "ideation.MemberLeft" else None
    return {"legalName": joined.data["legal_name"], "joinedOn": _day(joined), "leftOn": left}


def _territory(told: Told) -> dict[str, Any] | None:
    registered, admitted = _first(told, "ideation.TerritoryRegistered"), _first(told, "ideation.TerritoryAdmitted")
    if registered is None:
        return None
    accompaniments = sorted({fact.data["accompaniment_id"] for fact in told.get("ideation.TerritoryAdmitted", ())})
    return {
        **{field: registered.data[field] for field in ("name", "insee")},
        "type": registered.data["kind"],
        "siren": registered.data.get("siren"),
        "population": registered.data.get("population"),
        "admittedOn": _day(admitted),
        "admittedPrecision": None if admitted is None else admitted.precision.upper(),
        "operators": sorted({member for of, member in _operating(told) if of in accompaniments}),
        "accompaniments": accompaniments,
        "projects": [],
    }


def _operating(told: Told) -> set[tuple[str, str]]:
    """The members that operate each accompaniment after all that was said, in the order of facts."""
    steps = [fact for name in _OPERATING for fact in told.get(name, ())]
    found: set[tuple[str, str]] = set()
    for fact in sorted(steps, key=lambda fact: fact.happened):
        of = fact.data["accompaniment_id"]
        if fact.name == "ideation.TerritoryAdmitted":
            found |= {(of, member) for member in fact.data["operators"]}
        elif fact.name == "ideation.OperatorAssigned":
            found.add((of, fact.data["member_id"]))
        else:
            found.discard((of, fact.data["member_id"]))
    return found


def _idea(told: Told) -> dict[str, Any] | None:
    proposed = _first(told, "ideation.IdeaProposed")
    if proposed is None:
        return None
    said, owner = proposed.data, proposed.member
    chosen = sorted({fact.data["project_id"] for fact in told.get("ideation.IdeaSelected", ())})
    kept = "shortlisted" if "ideation.IdeaShortlisted" in told else "proposed"
    return {
        **{field: said[field] for field in ("title", "themes", "provenance")},
        "description": said.get("description"),
        "status": "selected" if chosen else kept,
        "needs": _owned(owner, said["needs"]),
        "proposedOn": _day(proposed),
        "member": owner,
        "territories": said["territory_ids"],
        "accompaniment": said.get("accompaniment_id"),
        "projects": _owned(owner, chosen),
    }


def _project(told: Told) -> dict[str, Any] | None:
    opened = _first(told, "projects.ProjectOpened")
    if opened is None:
        return None
    said, owner = opened.data, opened.member
    paused = _last(told, "projects.ProjectPaused", "projects.ProjectResumed")
    holder = _last(told, "projects.ProjectHolderIdentified")
    started = told.get("projects.ActivityStarted", ())
    return {
        **{field: said[field] for field in ("title", "nature")},
        "originKind": said["origin_kind"],
        "status": next((word for name, word in _STATUS if name in told), "opened"),
        "paused": paused is not None and paused.name == "projects.ProjectPaused",
        "member": owner,
        "territories": said["territory_ids"],
        "accompaniments": said.get("accompaniment_ids", []),
        "ideas": _owned(owner, said.get("idea_ids", [])),
        "projectHolder": None if holder is None else holder.data["project_holder"],
        "openedOn": _day(opened),
        "qualifiedOn": _day(_first(told, "projects.ProjectQualified")),
        "launchedOn": _day(_first(told, "projects.LaunchPhaseOpened")),
        "startedOn": _day(_first(told, "projects.ActivityStarted")),
        "activities": _owned(owner, sorted({fact.data["activity_id"] for fact in started})),
        "jobs": len({fact.data["job_id"] for fact in told.get("projects.JobCreated", ())}),
    }


def _owned(owner: str, ids: Iterable[str]) -> list[str]:
    """Owned objects as they are named outside their stream."""
    return [f"{owner}/{one}" for one in ids]


_OPERATING: Final = ("ideation.TerritoryAdmitted", "ideation.OperatorAssigned", "ideation.OperatorReleased")
_Maker = Callable[[Told], dict[str, Any] | None]
# Of each kind: its maker, and the events that it reads.
_MAKERS: Final[Mapping[str, tuple[_Maker, frozenset[str]]]] = {
    "member": (_member, frozenset(("ideation.MemberJoined", "ideation.MemberLeft"))),
    "territory": (_territory, frozenset(("ideation.TerritoryRegistered", *_OPERATING))),
    "idea": (_idea, frozenset(("ideation.IdeaProposed", "ideation.IdeaShortlisted", "ideation.IdeaSelected"))),
    "project": (
        _project,
        frozenset(
            (
                *("projects.ProjectOpened", "projects.ProjectHolderIdentified", "projects.ProjectPaused"),
                *("projects.ProjectResumed", "projects.JobCreated"),
                *(name for name, _ in _STATUS),
            )
        ),
    ),
}
_HEARD: Final = frozenset(name for _, names in _MAKERS.values() for name in names)
