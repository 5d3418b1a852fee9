"""Actors: persons and organisations known by a participation, and heads that were only counted."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Final

from services.audit.facts import Fact
from services.audit.living import Living
from services.audit.tally import REGION, Tally

COUNTED: Final = ("actors_identified", "actor_organisations", "actors_declared_low")
DECLARED: Final = ("actors_declared",)
_NAMES: Final = {"person": "actors_identified", "organisation": "actor_organisations"}
# A gathering of a member (kind and id), under one accompaniment or under none.
Gathering = tuple[str, str | None, tuple[str, str]]


def count(living: Living, day: date, tally: Tally) -> None:
    """Adds what actors come to at the end of a day."""
    joined = [fact for fact in living.of("ideation.ParticipationRecorded") if fact.day <= day]
    registered = living.of("ideation.ActorRegistered")
    _everywhere(registered, joined, tally)
    _by_member(registered, joined, tally)
    _heads(living.of("ideation.HeadcountDeclared"), day, tally)


def _everywhere(registered: Iterable[Fact], joined: Iterable[Fact], tally: Tally) -> None:
    """In the region and in territories anyone's registration says what an actor is."""
    kinds: dict[str, set[str]] = defaultdict(set)
    where: dict[str, set[str]] = defaultdict(set)
    for fact in registered:
        kinds[fact.data["actor_id"]].add(fact.data["kind"])
    for fact in joined:
        where[fact.data["actor_id"]] |= {REGION, *fact.territories}
    for actor, scopes in where.items():
        for kind in kinds.get(actor, ()):
            tally.add(_NAMES[kind], scopes)


def _by_member(registered: Iterable[Fact], joined: Iterable[Fact], tally: Tally) -> None:
    """In a member's scope only its own registrations and participations count."""
    kinds: dict[tuple[str, str], set[str]] = defaultdict(set)
    for fact in registered:
        kinds[fact.own("actor_id")].add(fact.data["kind"])
    for member, actor in {fact.own("actor_id") for fact in joined}:
        for kind in kinds.get((member, actor), ()):
            tally.add(_NAMES[kind], [f"member/{member}"])


def _heads(declared: Iterable[Fact], day: date, tally: Tally) -> None:
    """At most the sum of all gatherings; at least the greatest of each accompaniment."""
    told: dict[Gathering, list[Fact]] = defaultdict(list)
    for fact in declared:
        told[fact.member, fact.data.get("accompaniment_id"), fact.data["activity"]].append(fact)
    greatest: dict[tuple[object, str], int] = defaultdict(int)
    for gathering, facts in told.items():
        if min(fact.day for fact in facts) > day:
            continue
        last = max(facts, key=lambda fact: fact.sequence)
        heads, precision = last.data["headcount"]
        anonymous, scopes = max(0, heads - last.data["identified"]), _scopes(last)
        tally.declare("actors_declared", scopes, anonymous, precision)
        for scope in scopes:
            group = gathering[1] or gathering, scope
            greatest[group] = max(greatest[group], anonymous)
    for (_, scope), anonymous in greatest.items():
        tally.add("actors_declared_low", [scope], anonymous)


def _scopes(fact: Fact) -> set[str]:
    """A gathering of the collective as a whole belongs to no member."""
    own = set() if fact.data["activity"][0] == "collective" else {f"member/{fact.member}"}
    return {REGION, *fact.territories, *own}
