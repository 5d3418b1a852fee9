"""Advisers and actors."""

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Decimal

from services.indicators.facts import AnyFact, Fact, those
from services.indicators.heard_ideation import (
    Actor,
    AdviserAppointed,
    AdviserAssigned,
    AdviserDeparted,
    AdviserUnassigned,
    Headcount,
    Participation,
)
from services.indicators.tally import ONLY_REGION, REGION, Scopes, Tally, firsts, ordered, places, scopes

FTE = 10_000


def scaled(value: Decimal) -> int:
    """A decimal as an integer of ten-thousandths, rounded half to even."""
    return int((value * FTE).quantize(Decimal(1), ROUND_HALF_EVEN))


def adviser(entity: str, facts: Sequence[AnyFact], tally: Tally) -> None:
    """Counted while appointed by a member and assigned to an accompaniment or a project."""
    appointed: dict[str, int] = {}
    assigned: dict[str, Scopes] = {}
    before: dict[tuple[str, str], int] = {}
    ever: set[str] = set()
    timeline = ordered(facts)
    for at, fact in enumerate(timeline):
        _step(fact, appointed, assigned)
        if at + 1 < len(timeline) and timeline[at + 1].day == fact.day:
            continue
        now = _counted(appointed, assigned)
        for indicator, scope in sorted(now.keys() | before.keys()):
            amount = now.get((indicator, scope), 0) - before.get((indicator, scope), 0)
            tally.add(indicator, (scope,), fact.day, fact, amount)
        fresh = sorted({scope for indicator, scope in now if indicator == "advisers_identified"} - ever)
        tally.add("advisers_mobilised_ever", tuple(fresh), fact.day, fact)
        ever.update(fresh)
        before = now


def _step(fact: AnyFact, appointed: dict[str, int], assigned: dict[str, Scopes]) -> None:
    match fact.said:
        case AdviserAppointed(member_id=member, share=share):
            appointed[member] = scaled(Decimal(share))
        case AdviserDeparted(member_id=member):
            appointed.pop(member, None)
        case AdviserAssigned(territory_ids=territories):
            assigned[_target(fact)] = tuple(f"territory/{t}" for t in territories)
        case AdviserUnassigned():
            assigned.pop(_target(fact), None)


def _target(fact: AnyFact) -> str:
    return f"{fact.said.accompaniment_id}/{fact.said.project_id}"


def _counted(appointed: dict[str, int], assigned: dict[str, Scopes]) -> dict[tuple[str, str], int]:
    if not appointed or not assigned:
        return {}
    where = {REGION, *(f"member/{m}" for m in appointed), *(t for ts in assigned.values() for t in ts)}
    counted = {("advisers_identified", scope): 1 for scope in where}
    counted["advisers_fte", REGION] = sum(appointed.values())
    for member, share in appointed.items():
        counted["advisers_fte", f"member/{member}"] = share
    return counted


def actor(entity: str, facts: Sequence[AnyFact], tally: Tally) -> None:
    """A registered actor counts once per scope, from the first participation there."""
    took_part = list(firsts(those(facts, Participation), scopes))
    for kind in sorted({f.said.kind for f in those(facts, Actor)}):
        indicator = "actors_identified" if kind == "person" else "actor_organisations"
        for fact, where in took_part:
            tally.add(indicator, where, fact.day, fact)


def headcounts(entity: str, facts: Sequence[AnyFact], tally: Tally) -> None:
    """Anonymous people per gathering; the low bound takes the largest one only, per scope."""
    last: dict[tuple[str, str], Fact[Headcount]] = {}
    for fact in those(facts, Headcount):
        key = (fact.said.activity.kind, fact.said.activity.id)
        if key not in last or last[key].order < fact.order:
            last[key] = fact
    highest: dict[str, int] = {}
    for fact in ordered(list(last.values())):
        said = fact.said
        amount = max(0, said.headcount.value - said.identified)
        where = places(fact) if said.activity.kind == "collective" else scopes(fact)
        tally.add_declared("actors_declared", where, fact, amount, said.headcount.precision)
        for scope in where:
            more = amount - highest.get(scope, 0)
            if more > 0:
                only = ONLY_REGION if scope == REGION else (scope,)
                tally.add("actors_declared_low", only, fact.day, fact, more)
                highest[scope] = amount
