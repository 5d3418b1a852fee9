"""Advisers and actors."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final

from services.indicators.facts import AnyFact, Fact, Held, several, those
from services.indicators.heard import Absent
from services.indicators.heard_ideation import (
    Actor,
    AdviserAppointed,
    AdviserAssigned,
    AdviserDeparted,
    AdviserUnassigned,
    Headcount,
    Participation,
)
from services.indicators.tally import REGION, Scopes, Tally, firsts, ordered, places, scopes, standing

_FTE: Final = 10_000
_STEPS: Final = (AdviserAppointed, AdviserDeparted, AdviserAssigned, AdviserUnassigned)
_KINDS: Final = (("person", "actors_identified"), ("organisation", "actor_organisations"))


@dataclass(slots=True)
class _Standing:
    """One adviser with one member: the share of the post, the places of each assignment, and where counted so far."""

    share: int | None = None
    assigned: dict[tuple[str | Absent, str | Absent], Scopes] = field(default_factory=dict)
    # How many assignments name a scope, and the scopes of those that came or went since `moves` was asked last: what
    # stays is not looked at again, since one adviser may be given thousands of assignments.
    naming: Counter[str] = field(default_factory=Counter)
    moved: set[str] = field(default_factory=set)
    counted: set[str] = field(default_factory=set)
    fte: int = 0

    @property
    def counts(self) -> bool:
        """Whether the adviser is to be counted at all for this member."""
        return self.share is not None and bool(self.assigned)

    def take(self, fact: AnyFact) -> None:
        said = fact.said
        purpose = said.accompaniment_id, said.project_id
        match said:
            case AdviserAppointed(share=share):
                self.share = scaled(Decimal(share))
            case AdviserDeparted():
                self.share = None
            case AdviserAssigned():
                self._assign(purpose, places(fact))
            case AdviserUnassigned():
                self._assign(purpose, ())

    def _assign(self, purpose: tuple[str | Absent, str | Absent], where: Scopes) -> None:
        before = self.assigned.pop(purpose, ())
        if where:
            self.assigned[purpose] = where
        self.naming.subtract(before)
        self.naming.update(where)
        self.moved.update(before, where)

    def moves(self, member: str) -> tuple[set[str], set[str]]:
        """Where the adviser has come to be counted for this member since this was asked last, and where no longer."""
        if not self.counts:
            added, gone = set[str](), set(self.counted)
        elif self.counted:
            added = {scope for scope in self.moved if self.naming[scope]} - self.counted
            gone = {scope for scope in self.moved if not self.naming[scope]} & self.counted
        else:
            added, gone = {f"member/{member}", *+self.naming}, set[str]()
        self.moved.clear()
        self.counted |= added
        self.counted -= gone
        return added, gone


def scaled(value: Decimal) -> int:
    """A decimal as an integer of ten-thousandths, rounded half to even."""
    return int((value * _FTE).quantize(Decimal(1), ROUND_HALF_EVEN))


def adviser(entity: str, facts: Held, tally: Tally) -> None:
    """Counted for a member while appointed and assigned by it; in a scope while counted there for any member."""
    standings: defaultdict[str, _Standing] = defaultdict(_Standing)
    holding: Counter[str] = Counter()
    ever: set[str] = set()
    for fact in _ends_of_days(ordered(several(facts, _STEPS)), standings):
        its = standings[fact.member]
        added, left = its.moves(fact.member)
        fresh = [scope for scope in sorted(added) if not holding[scope]]
        holding.update(added)
        holding.subtract(left)
        gone = [scope for scope in sorted(left) if not holding[scope]]
        tally.add("advisers_identified", tuple(fresh), fact)
        tally.add("advisers_identified", tuple(gone), fact, -1)
        tally.add("advisers_mobilised_ever", tuple(scope for scope in fresh if scope not in ever), fact)
        ever.update(fresh)
        fte = its.share if its.share is not None and its.counts else 0
        tally.add("advisers_fte", (REGION, f"member/{fact.member}"), fact, fte - its.fte)
        its.fte = fte


def _ends_of_days(timeline: Sequence[AnyFact], standings: defaultdict[str, _Standing]) -> Iterator[AnyFact]:
    """Lets each member's records happen in their order; gives the last of each member and day."""
    for at, fact in enumerate(timeline):
        standings[fact.member].take(fact)
        following = timeline[at + 1] if at + 1 < len(timeline) else None
        if following is None or (following.day, following.source) != (fact.day, fact.source):
            yield fact


def actor(entity: str, facts: Held, tally: Tally) -> None:
    """A registered actor counts once in each scope, from the first participation there."""
    registered, participations = those(facts, Actor), those(facts, Participation)
    if not registered or not participations:
        return
    took_part = list(firsts(participations, scopes))
    for kind, indicator in _KINDS:
        tellers = {fact.member for fact in registered if fact.said.kind == kind}
        if not tellers:
            continue
        for fact, where in took_part:
            if fact.member not in tellers:
                # In a member's scope only its own registrations say what an actor is.
                where = tuple(scope for scope in where if not scope.startswith("member/"))
            tally.add(indicator, where, fact)


def headcounts(entity: str, facts: Held, tally: Tally) -> None:
    """Anonymous people for each gathering; in the low bound only the largest one of an accompaniment, by scope."""
    highest: dict[str, int] = {}
    for first, last in _gatherings(those(facts, Headcount)):
        said = last.said
        amount = max(0, said.headcount.value - said.identified)
        where = places(last) if said.activity.kind == "collective" else scopes(last)
        tally.add_declared("actors_declared", where, last, amount, said.headcount.precision, since=first)
        if entity.startswith("headcount/"):
            highest = {}
        rises: defaultdict[int, list[str]] = defaultdict(list)
        for scope in where:
            rises[amount - highest.get(scope, 0)].append(scope)
            highest[scope] = max(amount, highest.get(scope, 0))
        for rise, risen in rises.items():
            if rise > 0:
                tally.add("actors_declared_low", tuple(risen), last, rise, day=first.day, dated=first.dated)


def _gatherings(counts: Sequence[Fact[Headcount]]) -> list[tuple[Fact[Headcount], Fact[Headcount]]]:
    """Of each gathering of a member: the headcount whose day it counts from, and the one with the highest sequence."""
    told: defaultdict[tuple[str, str, str], list[Fact[Headcount]]] = defaultdict(list)
    for fact in counts:
        told[fact.source, fact.said.activity.kind, fact.said.activity.id].append(fact)
    both = [(min(its, key=standing), max(its, key=lambda fact: fact.sequence)) for its in told.values()]
    return sorted(both, key=lambda pair: standing(pair[0]))
