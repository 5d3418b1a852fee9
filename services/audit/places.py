"""Territories: admitted subjects, whatever their kind, counted once however often they return."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from services.audit.facts import Fact
from services.audit.tally import REGION, Tally

_EPCI = {"is", "part"}


def count(live: Mapping[str, list[Fact]], day: date, tally: Tally) -> None:
    """Adds what territories come to at the end of a day."""
    admissions = _by(live.get("ideation.TerritoryAdmitted.v1", []), "territory_id")
    operators = _by(live.get("ideation.OperatorAssigned.v1", []), "territory_id")
    registered = _by(live.get("ideation.TerritoryRegistered.v1", []), "territory_id")
    opened: dict[str, list[date]] = defaultdict(list)
    for fact in live.get("projects.ProjectOpened.v1", []):
        for territory in fact.territories:
            opened[territory].append(fact.day)
    for name, admitted in admissions.items():
        territory = f"territory/{name}"
        first = min(fact.day for fact in admitted)
        scopes = _scopes(territory, admitted, operators.get(name, []), day)
        links = {link for fact in registered.get(name, []) for link in fact.data.get("epci_links", [])}
        tally.add("territories_epci" if links & _EPCI else "territories_not_epci", scopes)
        if opened[territory] and max(first, min(opened[territory])) <= day:
            tally.add("territories_with_project", [REGION, territory])
        for accompaniment, its in _by(admitted, "accompaniment_id").items():
            theirs = [one for one in operators.get(name, []) if one.data["accompaniment_id"] == accompaniment]
            tally.add("accompaniments_total", _scopes(territory, its, theirs, day))


def _by(facts: Iterable[Fact], name: str) -> dict[str, list[Fact]]:
    found: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        found[fact.data[name]].append(fact)
    return found


def _scopes(territory: str, admitted: list[Fact], assigned: list[Fact], day: date) -> set[str]:
    """The region and the territory once admitted, and each member once it is an operator."""
    scopes = set()
    for fact in admitted:
        if fact.day <= day:
            scopes |= {REGION, territory, *(f"member/{one}" for one in fact.data["operators"])}
    for fact in assigned:
        if fact.day <= day:
            scopes.add(f"member/{fact.data['member_id']}")
    return scopes
