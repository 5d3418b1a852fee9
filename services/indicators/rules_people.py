"""Advisers and actors."""

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Decimal

from services.indicators.facts import Fact
from services.indicators.tally import REGION, Tally, earliest, ordered, places, scopes

FTE = 10_000


def scaled(value: Decimal) -> int:
    """A decimal as an integer of ten-thousandths, rounded half to even."""
    return int((value * FTE).quantize(Decimal(1), ROUND_HALF_EVEN))


def adviser(entity: str, facts: Sequence[Fact], tally: Tally) -> None:
    """Counted while appointed by a member and assigned to an accompaniment or a project."""
    appointed: dict[str, int] = {}
    assigned: dict[str, list[str]] = {}
    before: dict[tuple[str, str], int] = {}
    ever: set[str] = set()
    timeline = ordered(facts)
    for at, fact in enumerate(timeline):
        _step(fact, appointed, assigned)
        if at + 1 < len(timeline) and timeline[at + 1].day == fact.day:
            continue
        now = _counted(appointed, assigned)
        for key in sorted(now.keys() | before.keys()):
            tally.add(key[0], [key[1]], fact.day, fact, now.get(key, 0) - before.get(key, 0))
        fresh = sorted({scope for indicator, scope in now if indicator == "advisers_identified"} - ever)
        tally.add("advisers_mobilised_ever", fresh, fact.day, fact)
        ever.update(fresh)
        before = now


def _step(fact: Fact, appointed: dict[str, int], assigned: dict[str, list[str]]) -> None:
    data = fact.data
    match fact.type:
        case "ideation.AdviserAppointed.v1":
            appointed[data["member_id"]] = scaled(Decimal(data["share"]))
        case "ideation.AdviserDeparted.v1":
            appointed.pop(data["member_id"], None)
        case "ideation.AdviserAssigned.v1":
            assigned[_target(fact)] = [f"territory/{t}" for t in data.get("territory_ids", ())]
        case "ideation.AdviserUnassigned.v1":
            assigned.pop(_target(fact), None)


def _target(fact: Fact) -> str:
    return f"{fact.data.get('accompaniment_id')}/{fact.data.get('project_id')}"


def _counted(appointed: dict[str, int], assigned: dict[str, list[str]]) -> dict[tuple[str, str], int]:
    if not appointed or not assigned:
        return {}
    where = {REGION, *(f"member/{m}" for m in appointed), *(t for ts in assigned.values() for t in ts)}
    counted = {("advisers_identified", scope): 1 for scope in where}
    counted["advisers_fte", REGION] = sum(appointed.values())
    for member, share in appointed.items():
        counted["advisers_fte", f"member/{member}"] = share
    return counted


def actor(entity: str, facts: Sequence[Fact], tally: Tally) -> None:
    """A registered actor counts once per scope, from the first participation there."""
    took_part = [f for f in facts if f.type == "ideation.ParticipationRecorded.v1"]
    for kind in sorted({f.data["kind"] for f in facts if f.type == "ideation.ActorRegistered.v1"}):
        indicator = "actors_identified" if kind == "person" else "actor_organisations"
        for scope, first in earliest(took_part, scopes).items():
            tally.add(indicator, (scope,), first.day, first)


def headcounts(entity: str, facts: Sequence[Fact], tally: Tally) -> None:
    """Anonymous people per gathering; the low bound takes the largest one only, per scope."""
    last: dict[tuple[str, str], Fact] = {}
    for fact in facts:
        if fact.type == "ideation.HeadcountDeclared.v1":
            key = (fact.data["activity"]["kind"], fact.data["activity"]["id"])
            if key not in last or last[key].order < fact.order:
                last[key] = fact
    highest: dict[str, int] = {}
    for fact in ordered(list(last.values())):
        counted = fact.data["headcount"]
        amount = max(0, counted["value"] - fact.data.get("identified", 0))
        where = places(fact) if fact.data["activity"]["kind"] == "collective" else scopes(fact)
        tally.add_declared("actors_declared", where, fact, amount, counted["precision"])
        for scope in where:
            if amount > highest.get(scope, 0):
                tally.add("actors_declared_low", (scope,), fact.day, fact, amount - highest.get(scope, 0))
                highest[scope] = amount
