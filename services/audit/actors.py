"""Actors: persons known by a participation, and heads that were only counted."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date

from services.audit.facts import Fact
from services.audit.tally import REGION, Tally


def count(live: Mapping[str, list[Fact]], day: date, tally: Tally) -> None:
    """Adds what actors come to at the end of a day."""
    kinds: dict[str, set[str]] = defaultdict(set)
    for fact in live.get("ideation.ActorRegistered.v1", []):
        kinds[fact.data["actor_id"]].add(fact.data["kind"])
    where: dict[str, set[str]] = defaultdict(set)
    for fact in live.get("ideation.ParticipationRecorded.v1", []):
        if fact.day <= day:
            where[fact.data["actor_id"]] |= {REGION, fact.teller, *fact.territories}
    for actor, scopes in where.items():
        if "person" in kinds[actor]:
            tally.add("actors_identified", scopes)
        if "organisation" in kinds[actor]:
            tally.add("actor_organisations", scopes)
    _heads(live.get("ideation.HeadcountDeclared.v1", []), day, tally)


def _heads(declared: list[Fact], day: date, tally: Tally) -> None:
    """The last told number of each activity; at most their sum, at least the greatest of each accompaniment."""
    latest: dict[tuple[str, str], Fact] = {}
    for fact in sorted(declared, key=lambda fact: fact.told):
        latest[fact.data["activity"]] = fact
    greatest: dict[tuple[str, str], int] = {}
    for (kind, activity), fact in latest.items():
        if fact.day > day:
            continue
        heads, precision = fact.data["headcount"]
        anonymous = max(0, heads - fact.data["identified"])
        scopes = {REGION, *fact.territories} | (set() if kind == "collective" else {fact.teller})
        tally.declare("actors_declared", scopes, anonymous, precision)
        group = fact.data.get("accompaniment_id") or f"headcount/{activity}"
        for scope in scopes:
            greatest[group, scope] = max(greatest.get((group, scope), 0), anonymous)
    for (_, scope), anonymous in greatest.items():
        tally.add("actors_declared_low", [scope], anonymous)
