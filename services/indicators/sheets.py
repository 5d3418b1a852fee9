"""What the sheets of members, territories, ideas and projects say: pure functions of live facts."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any, Final, NamedTuple

from services.indicators.facts import Held, several, those
from services.indicators.heard import ABSENT, Placed
from services.indicators.heard_ideation import (
    Admitted,
    Joined,
    Left,
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
from services.indicators.tally import first_of, ordered


class Sheet(NamedTuple):
    """What is shown of an object: what lists sort it by, whose it is, where it is, and the rest."""

    title: str
    owner: str
    territories: tuple[str, ...]
    body: Mapping[str, Any]


def _day(facts: Held, shape: type[Placed]) -> str | None:
    first = first_of(those(facts, shape))
    return None if first is None else _date(first.day)


@lru_cache(maxsize=8192)
def _date(day: int) -> str:
    return date.fromordinal(day).isoformat()


def _known(value: object) -> object:
    return None if value is ABSENT else value


def _codes(owner: str, ids: Iterable[str]) -> list[str]:
    """Owned objects as they are named outside their stream."""
    return [f"{owner}/{one}" for one in ids]


def _member(name: str, facts: Held) -> Sheet | None:
    joined = first_of(those(facts, Joined))
    if joined is None:
        return None
    said, last = joined.said, ordered(several(facts, (Joined, Left)))[-1]
    body = {
        "id": name,
        "legalName": said.legal_name,
        "siren": _known(said.siren),
        "joinedOn": _day(facts, Joined),
        "leftOn": _date(last.day) if type(last.said) is Left else None,
    }
    return Sheet(said.legal_name, joined.member, (), body)


def _territory(name: str, facts: Held) -> Sheet | None:
    registered, admitted = first_of(those(facts, Registered)), first_of(those(facts, Admitted))
    if registered is None:
        return None
    said = registered.said
    accompaniments = sorted({fact.said.accompaniment_id for fact in those(facts, Admitted)})
    body = {
        "id": name,
        "name": said.name,
        "kind": said.kind,
        "siren": _known(said.siren),
        "insee": said.insee,
        "population": _known(said.population),
        "epciLinks": [{"siren": link.siren, "relation": link.relation} for link in said.epci_links],
        "admittedOn": _day(facts, Admitted),
        "admittedPrecision": None if admitted is None else admitted.precision,
        "operators": sorted({member for of, member in _operating(facts) if of in accompaniments}),
        "accompaniments": accompaniments,
    }
    return Sheet(said.name, registered.member, (name,), body)


def _operating(facts: Held) -> set[tuple[str, str]]:
    """Accompaniments with the members that operate them now."""
    found: set[tuple[str, str]] = set()
    for fact in ordered(several(facts, (Admitted, OperatorAssigned, OperatorReleased))):
        match fact.said:
            case Admitted(accompaniment_id=accompaniment, operators=operators):
                found |= {(accompaniment, operator.member_id) for operator in operators}
            case OperatorAssigned(accompaniment_id=accompaniment, member_id=member):
                found.add((accompaniment, member))
            case OperatorReleased(accompaniment_id=accompaniment, member_id=member):
                found.discard((accompaniment, member))
    return found


def _idea(name: str, facts: Held) -> Sheet | None:
    proposed = first_of(those(facts, Proposed))
    if proposed is None:
        return None
    said, owner = proposed.said, proposed.member
    chosen = sorted({fact.said.project_id for fact in those(facts, Selected)})
    body = {
        "id": name,
        "title": said.title,
        "description": _known(said.description),
        "themes": said.themes,
        "needs": _codes(owner, said.needs),
        "provenance": said.provenance,
        "status": "selected" if chosen else "shortlisted" if those(facts, Shortlisted) else "proposed",
        "proposedOn": _day(facts, Proposed),
        "territories": said.territory_ids,
        "accompaniment": _known(said.accompaniment_id),
        "projects": _codes(owner, chosen),
        "member": owner,
    }
    return Sheet(said.title, owner, said.territory_ids, body)


_STATUS: Final[tuple[tuple[type[Placed], str], ...]] = (
    (Abandoned, "abandoned"),
    (Started, "completed"),
    (Nearing, "nearing"),
    (Launched, "launching"),
    (Qualified, "qualified"),
)


def _project(name: str, facts: Held) -> Sheet | None:
    opened, holders = first_of(those(facts, Opened)), ordered(those(facts, Holder))
    if opened is None:
        return None
    said, owner = opened.said, opened.member
    pauses = ordered(several(facts, (Paused, Resumed)))
    body = {
        "id": name,
        "title": said.title,
        "nature": said.nature,
        "originKind": said.origin_kind,
        "status": next((status for shape, status in _STATUS if those(facts, shape)), "opened"),
        "paused": bool(pauses) and type(pauses[-1].said) is Paused,
        "member": owner,
        "territories": said.territory_ids,
        "accompaniments": said.accompaniment_ids,
        "ideas": _codes(owner, said.idea_ids),
        "projectHolder": holders[-1].said.project_holder if holders else None,
        "openedOn": _day(facts, Opened),
        "qualifiedOn": _day(facts, Qualified),
        "launchedOn": _day(facts, Launched),
        "startedOn": _day(facts, Started),
        "activities": _codes(owner, sorted({fact.said.activity_id for fact in those(facts, Started)})),
        "jobs": len({fact.said.job_id for fact in those(facts, Job)}),
    }
    return Sheet(said.title, owner, said.territory_ids, body)


# Of each kind: its maker, and the facts that it reads.
MAKERS: Final[Mapping[str, tuple[Callable[[str, Held], Sheet | None], frozenset[type[Placed]]]]] = {
    "member": (_member, frozenset({Joined, Left})),
    "territory": (_territory, frozenset({Registered, Admitted, OperatorAssigned, OperatorReleased})),
    "idea": (_idea, frozenset({Proposed, Shortlisted, Selected})),
    "project": (
        _project,
        frozenset({Opened, Holder, Paused, Resumed, Job, *(shape for shape, _ in _STATUS)}),
    ),
}
