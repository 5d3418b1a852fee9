"""Territories: registered subjects that were admitted, counted once however often they return."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Final

from services.audit.facts import Fact
from services.audit.living import Living
from services.audit.tally import REGION, Tally

COUNTED: Final = ("territories_epci", "territories_not_epci", "accompaniments_total", "territories_with_project")
_EPCI: Final = frozenset(("is", "part"))
# An accompaniment of a territory.
Place = tuple[str, str]
First = dict[str, date]


def count(living: Living, day: date, tally: Tally) -> None:
    """Adds what territories come to at the end of a day."""
    admitted = _admitted(living)
    operated = _operated(living, admitted)
    territories: dict[str, First] = defaultdict(dict)
    for (territory, _), first in admitted.items():
        _earliest(territories[territory], [REGION, f"territory/{territory}"], first)
    for (territory, accompaniment), members in operated.items():
        for member, first in members.items():
            _earliest(territories[territory], [f"member/{member}"], first)
        scopes = {f"member/{member}": first for member, first in members.items()}
        both = (REGION, f"territory/{territory}")
        scopes |= dict.fromkeys(both, admitted[territory, accompaniment])
        tally.add("accompaniments_total", _reached(scopes, day))
    epci, projects = _epci(living), _projects(living)
    for territory, scopes in territories.items():
        tally.add("territories_epci" if territory in epci else "territories_not_epci", _reached(scopes, day))
        with_project = {
            scope: max(first, projects[territory][opener])
            for scope, first in scopes.items()
            if (opener := scope if scope.startswith("member/") else REGION) in projects[territory]
        }
        tally.add("territories_with_project", _reached(with_project, day))


def _admitted(living: Living) -> dict[Place, date]:
    """The first admission of each accompaniment of a registered territory."""
    registered, found = living.registered(), dict[Place, date]()
    for fact in living.of("ideation.TerritoryAdmitted"):
        if fact.data["territory_id"] in registered:
            place = _place(fact)
            found[place] = min(fact.day, found.get(place, fact.day))
    return found


def _operated(living: Living, admitted: dict[Place, date]) -> dict[Place, First]:
    """The first day on which each member is an operator of an admitted accompaniment."""
    found: dict[Place, First] = {place: {} for place in admitted}
    for fact in living.of("ideation.TerritoryAdmitted"):
        if (place := _place(fact)) in admitted:
            _earliest(found[place], fact.data["operators"], fact.day)
    for fact in living.of("ideation.OperatorAssigned"):
        if (place := _place(fact)) in admitted:
            _earliest(found[place], [fact.data["member_id"]], max(fact.day, admitted[place]))
    return found


def _epci(living: Living) -> set[str]:
    """The territories that are an EPCI, or that name one of their parts as one."""
    return {
        fact.data["territory_id"]
        for fact in living.of("ideation.TerritoryRegistered")
        if _EPCI.intersection(fact.data["epci_links"])
    }


def _projects(living: Living) -> dict[str, First]:
    """The first opening of a project in each territory: by anyone, under the region, and by each member."""
    found: dict[str, First] = defaultdict(dict)
    for opening in living.of("projects.ProjectOpened"):
        for territory in opening.data["territory_ids"]:
            _earliest(found[territory], [REGION, f"member/{opening.member}"], opening.day)
    return found


def _place(fact: Fact) -> Place:
    return fact.data["territory_id"], fact.data["accompaniment_id"]


def _earliest(first: First, names: Iterable[str], day: date) -> None:
    for name in names:
        first[name] = min(day, first.get(name, day))


def _reached(first: First, day: date) -> list[str]:
    return [scope for scope, since in first.items() if since <= day]
